//! Access Analyzer.

use aws_sdk_accessanalyzer::Client;
use aws_sdk_accessanalyzer::types as sdk;
use futures::future::join_all;
use kickoff_evidence::{Gap, GapKind};
use kickoff_facts::Observed;
use kickoff_facts::access::{Analyzer, AnalyzerFinding, Exclusion, UnusedAccessSettings};
use kickoff_facts::muting::{MuteCondition, MuteRule, MuteTest};

use super::shared::{follows, text, time};
use crate::call::ask;
use crate::session::{Session, client};

families! {
    regional Analyzers analyzers = |session, _, region, _| analyzers(session, region);
}

const RULES: &str = "accessanalyzer:ListArchiveRules";

pub(super) async fn analyzers(session: &Session, region: &str) -> Observed<Vec<Analyzer>> {
    const FINDINGS: &str = "accessanalyzer:ListFindingsV2";
    let client = client!(aws_sdk_accessanalyzer, session, region);
    let listed = session
        .pages(ask("accessanalyzer:ListAnalyzers", region), |token, call| {
            let request = client.list_analyzers().set_next_token(token).customize().interceptor(call).send();
            async { request.await.map(|out| (out.analyzers, out.next_token)) }
        })
        .await
        .observed();
    let found = match listed.get() {
        Ok(found) => found,
        Err(gap) => return gap.clone().into(),
    };
    let client = &client;
    let asked = found.iter().map(|analyzer| async move {
        let arn = analyzer.arn();
        let status = analyzer.status().as_str();
        let active_findings = if status == "ACTIVE" {
            let active = sdk::Criterion::builder().eq("ACTIVE").build();
            let parameters = [("analyzerArn", arn), ("filter", "status = ACTIVE")];
            session
                .pages(ask(FINDINGS, region).with(&parameters), |token, call| {
                    let request = client
                        .list_findings_v2()
                        .analyzer_arn(arn)
                        .filter("status", active.clone())
                        .max_results(100)
                        .set_next_token(token)
                        .customize()
                        .interceptor(call)
                        .send();
                    async { request.await.map(|out| (out.findings, out.next_token)) }
                })
                .await
                .observed()
                .map(|findings| {
                    let mut findings: Vec<AnalyzerFinding> = findings
                        .iter()
                        .map(|f| AnalyzerFinding {
                            id: f.id().to_owned(),
                            resource: text(f.resource()),
                            resource_type: f.resource_type().as_str().to_owned(),
                            kind: f.finding_type().map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
                            created: time(Some(f.created_at())),
                            owner: f.resource_owner_account().to_owned(),
                        })
                        .collect();
                    findings.sort_by(|a, b| a.id.cmp(&b.id));
                    findings
                })
        } else {
            Gap {
                kind: GapKind::NotCollected,
                call: FINDINGS.to_owned(),
                region: region.to_owned(),
                message: format!("the analyzer is {status}"),
                evidence: None,
            }
            .into()
        };
        let archive_rules = match active_findings.get() {
            Err(gap) if gap.kind == GapKind::NotCollected => Gap { call: RULES.to_owned(), ..gap.clone() }.into(),
            _ => archive_rules(session, client, analyzer.name(), region).await,
        };
        Analyzer {
            arn: arn.to_owned(),
            name: analyzer.name().to_owned(),
            kind: analyzer.r#type().as_str().to_owned(),
            status: status.to_owned(),
            unused_access: analyzer.configuration().and_then(|c| c.as_unused_access().ok()).map(unused_access),
            active_findings,
            archive_rules,
        }
    });
    let mut analyzers = join_all(asked).await;
    analyzers.sort_by(|a, b| a.arn.cmp(&b.arn));
    follows(analyzers, &listed)
}

/// The rules by which an analyzer archives findings as it makes them.
async fn archive_rules(session: &Session, client: &Client, name: &str, region: &str) -> Observed<Vec<MuteRule>> {
    let parameters = [("analyzerName", name)];
    session
        .pages(ask(RULES, region).with(&parameters), |token, call| {
            let request = client
                .list_archive_rules()
                .analyzer_name(name)
                .set_next_token(token)
                .customize()
                .interceptor(call)
                .send();
            async { request.await.map(|out| (out.archive_rules, out.next_token)) }
        })
        .await
        .observed()
        .map(|rules| {
            let mut rules: Vec<MuteRule> = rules.iter().map(rule).collect();
            rules.sort();
            rules
        })
}

fn rule(rule: &sdk::ArchiveRuleSummary) -> MuteRule {
    let mut conditions = Vec::new();
    for (field, criterion) in rule.filter() {
        let mut add = |test: MuteTest, values: Vec<String>| {
            if !values.is_empty() {
                conditions.push(MuteCondition { field: field.clone(), test, values });
            }
        };
        add(MuteTest::Is, criterion.eq().to_vec());
        add(MuteTest::IsNot, criterion.neq().to_vec());
        add(MuteTest::Contains, criterion.contains().to_vec());
        add(MuteTest::Other, criterion.exists().map(|exists| format!("exists: {exists}")).into_iter().collect());
    }
    conditions.sort();
    MuteRule { name: rule.rule_name().to_owned(), action: "ARCHIVE".to_owned(), conditions }
}

fn unused_access(settings: &sdk::UnusedAccessConfiguration) -> UnusedAccessSettings {
    let tag = |(key, value): (&String, &String)| if value.is_empty() { key.clone() } else { format!("{key}={value}") };
    let exclusion = |one: &sdk::AnalysisRuleCriteria| {
        let mut tags: Vec<String> = one.resource_tags().iter().flatten().map(tag).collect();
        tags.sort();
        Exclusion { accounts: one.account_ids().to_vec(), tags }
    };
    UnusedAccessSettings {
        age_days: settings.unused_access_age().and_then(|days| u32::try_from(days).ok()),
        exclusions: settings.analysis_rule().into_iter().flat_map(|rule| rule.exclusions()).map(exclusion).collect(),
    }
}
