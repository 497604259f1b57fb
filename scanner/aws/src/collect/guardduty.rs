//! GuardDuty.

use std::collections::BTreeSet;

use aws_sdk_guardduty::Client;
use aws_sdk_guardduty::types as sdk;
use futures::future::join_all;
use kickoff_facts::detection::{
    AdditionalConfiguration, Detector, DetectorSettings, Finding, GuardDutyAdministration, GuardDutyMembership,
};
use kickoff_facts::muting::{MuteCondition, MuteRule, MuteTest, Muting};
use kickoff_facts::{GlobalFacts, Need, Observed, RegionalFacts, Tie};

use super::shared::{follows, inherited, speaks_for, text};
use crate::call::ask;
use crate::session::{Session, client};

families! {
    regional Detectors detectors = |session, _, region, _| detectors(session, region);
    regional GuardDutyFindings guardduty_findings = |session, _, region, known| findings(session, region, known);
    regional GuardDutyHistory guardduty_history = |session, _, region, known| history(session, region, known);
    regional GuardDutyMuting guardduty_muting = |session, _, region, known| muting(session, region, known);
    regional GuardDutyAdministrator guardduty_administrator =
        |session, _, region, known| administrator(session, region, known);
    regional GuardDutyOrganization guardduty_organization =
        |session, facts, region, _| organization(session, region, &facts.global);
    regional GuardDutyAutoEnable guardduty_auto_enable =
        |session, facts, region, known| auto_enable(session, region, known, &facts.global);
}

/// High begins at 7.0.
const HIGH: i64 = 7;
/// So many pages of ids are read of a region's whole history; more are a gap.
const MOST: u32 = 20;
/// `GetFindings` takes so many ids.
const BATCH: usize = 50;

fn guardduty(session: &Session, region: &str) -> Client {
    client!(aws_sdk_guardduty, session, region)
}

pub(super) async fn detectors(session: &Session, region: &str) -> Observed<Vec<Detector>> {
    let client = guardduty(session, region);
    let listed = session
        .pages(ask("guardduty:ListDetectors", region), |token, call| {
            let request = client.list_detectors().set_next_token(token).customize().interceptor(call).send();
            async { request.await.map(|out| (out.detector_ids.unwrap_or_default(), out.next_token)) }
        })
        .await
        .observed();
    let ids = match listed.get() {
        Ok(ids) => ids,
        Err(gap) => return gap.clone().into(),
    };
    let client = &client;
    let asked = ids.iter().map(|id| async move {
        let parameters = [("DetectorId", id.as_str())];
        let settings = session
            .one(ask("guardduty:GetDetector", region).with(&parameters), |call| {
                client.get_detector().detector_id(id).customize().interceptor(call).send()
            })
            .await
            .observed()
            .map(|out| {
                let named = |on: bool| {
                    let mut names: Vec<String> = out
                        .features()
                        .iter()
                        .filter(|f| (f.status() == Some(&sdk::FeatureStatus::Enabled)) == on)
                        .filter_map(|f| f.name().map(|name| name.as_str().to_owned()))
                        .collect();
                    names.sort();
                    names
                };
                DetectorSettings {
                    enabled: out.status() == Some(&sdk::DetectorStatus::Enabled),
                    features_on: named(true),
                    features_off: named(false),
                    additional: additional(out.features()),
                }
            });
        Detector { id: id.clone(), settings }
    });
    follows(join_all(asked).await, &listed)
}

fn additional(features: &[sdk::DetectorFeatureConfigurationResult]) -> Vec<AdditionalConfiguration> {
    let of = |feature: &sdk::DetectorFeatureConfigurationResult| {
        let name = feature.name().map(|name| name.as_str().to_owned()).unwrap_or_default();
        let each = feature.additional_configuration().iter().map(move |one| AdditionalConfiguration {
            feature: name.clone(),
            name: one.name().map(|name| name.as_str().to_owned()).unwrap_or_default(),
            on: one.status() == Some(&sdk::FeatureStatus::Enabled),
        });
        each.collect::<Vec<_>>()
    };
    let mut all: Vec<AdditionalConfiguration> = features.iter().flat_map(of).collect();
    all.sort();
    all
}

/// The region's detector, or what the caller has to return: a gap, or none.
macro_rules! detector {
    ($known:expr, $operation:literal) => {
        match $known.detectors.get().map(|list| list.first()) {
            Err(gap) => return inherited(gap, $operation).into(),
            Ok(None) => return follows(None, &$known.detectors),
            Ok(Some(detector)) => detector.id.as_str(),
        }
    };
}

/// An administrator sees its members' findings too: they are told where they belong.
fn own(session: &Session) -> sdk::builders::FindingCriteriaBuilder {
    let account = sdk::Condition::builder().equals(session.account()).build();
    sdk::FindingCriteria::builder().criterion("accountId", account)
}

/// High findings that are open.
pub(super) async fn findings(session: &Session, region: &str, known: &RegionalFacts) -> Observed<Option<Vec<Finding>>> {
    let detector = detector!(known, "guardduty:ListFindings");
    let criteria = own(session)
        .criterion("severity", sdk::Condition::builder().greater_than_or_equal(HIGH).build())
        .criterion("service.archived", sdk::Condition::builder().equals("false").build())
        .build();
    let told = "severity >= 7, service.archived = false, accountId = own";
    matching(session, region, detector, criteria, (Need::GuardDutyFindings, told), None).await
}

/// All findings that GuardDuty keeps, which it does for 90 days.
pub(super) async fn history(session: &Session, region: &str, known: &RegionalFacts) -> Observed<Option<Vec<Finding>>> {
    let detector = detector!(known, "guardduty:ListFindings");
    let told = (Need::GuardDutyHistory, "accountId = own");
    matching(session, region, detector, own(session).build(), told, Some(MOST)).await
}

/// The findings that meet criteria; `told` says these in words, `most` bounds the pages of their ids.
async fn matching(
    session: &Session,
    region: &str,
    detector: &str,
    criteria: sdk::FindingCriteria,
    (need, told): (Need, &str),
    most: Option<u32>,
) -> Observed<Option<Vec<Finding>>> {
    let client = guardduty(session, region);
    let parameters = [("DetectorId", detector), ("FindingCriteria", told)];
    let mut asked = ask("guardduty:ListFindings", region).with(&parameters);
    asked.most = most;
    let listed = session
        .pages(asked, |token, call| {
            let request = client
                .list_findings()
                .detector_id(detector)
                .finding_criteria(criteria.clone())
                .max_results(50)
                .set_next_token(token)
                .customize()
                .interceptor(call)
                .send();
            async { request.await.map(|out| (out.finding_ids.unwrap_or_default(), out.next_token)) }
        })
        .await
        .observed();
    let ids = match listed.get() {
        Ok(ids) => ids,
        Err(gap) => return gap.clone().into(),
    };
    let mut ids = ids.clone();
    ids.sort();
    let client = &client;
    let asked = ids.chunks(BATCH).map(|batch| async move {
        let parameters = [("DetectorId", detector), ("FindingIds", &batch.join(", "))];
        session
            .one(ask("guardduty:GetFindings", region).with(&parameters), |call| {
                client
                    .get_findings()
                    .detector_id(detector)
                    .set_finding_ids(Some(batch.to_vec()))
                    .customize()
                    .interceptor(call)
                    .send()
            })
            .await
            .observed()
            .map(|out| out.findings.unwrap_or_default())
    });
    let mut all = follows(Vec::new(), &listed);
    for batch in join_all(asked).await {
        all = all.and(batch).map(|(mut all, batch)| {
            all.extend(batch);
            all
        });
    }
    if let Observed::Known { value, evidence } = &all {
        // A finding that is asked for and not returned must not read as handled.
        let given: BTreeSet<&str> = value.iter().filter_map(|found: &sdk::Finding| found.id()).collect();
        let ids: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
        let population = format!("GuardDuty findings with {told}");
        let (by, listed_by) = ("guardduty:GetFindings", "guardduty:ListFindings");
        session
            .tie(Tie::listed(&population, (by, &given), (listed_by, &ids), &[need]).within(region).under(&[evidence]));
    }
    all.map(|all| {
        let mut all: Vec<Finding> = all.iter().map(finding).collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        Some(all)
    })
}

fn finding(f: &sdk::Finding) -> Finding {
    let service = f.service();
    let date = |text: Option<&str>| text.and_then(|text| text.parse().ok());
    Finding {
        id: text(f.arn().or(f.id())),
        title: text(f.r#type()),
        // In tenths: 8.9 is 89. GuardDuty's figures run from 0.1 to 10.
        severity: tenths(f.severity().unwrap_or_default()),
        resource: f.resource().map(|r| text(r.resource_type())).unwrap_or_default(),
        first_seen: date(service.and_then(|s| s.event_first_seen())).or_else(|| date(f.created_at())),
        updated: date(f.updated_at()),
        archived: service.and_then(|s| s.archived()).unwrap_or_default(),
        sample: f.title().is_some_and(|title| title.starts_with("[SAMPLE]")),
    }
}

/// A severity in tenths, without a cast that could wrap.
pub(super) fn tenths(severity: f64) -> u32 {
    (0..=100_u32).rev().find(|n| f64::from(*n) / 10.0 <= severity + 1e-9).unwrap_or_default()
}

/// The filters that archive what they take in.
pub(super) async fn muting(session: &Session, region: &str, known: &RegionalFacts) -> Observed<Option<Muting>> {
    let detector = detector!(known, "guardduty:ListFilters");
    let off = |found: &Detector| found.settings.get().is_ok_and(|settings| !settings.enabled);
    if known.detectors.get().is_ok_and(|all| all.first().is_some_and(off)) {
        return follows(None, &known.detectors);
    }
    let client = guardduty(session, region);
    let parameters = [("DetectorId", detector)];
    let listed = session
        .pages(ask("guardduty:ListFilters", region).with(&parameters), |token, call| {
            let request =
                client.list_filters().detector_id(detector).set_next_token(token).customize().interceptor(call).send();
            async { request.await.map(|out| (out.filter_names.unwrap_or_default(), out.next_token)) }
        })
        .await
        .or_absent_of_member();
    let mut names = match listed.get() {
        Ok(Some(names)) => names.clone(),
        Ok(None) => return follows(Some(Muting { rules: Vec::new(), elsewhere: true }), &listed),
        Err(gap) => return gap.clone().into(),
    };
    names.sort();
    let client = &client;
    let asked = names.iter().map(|name| async move {
        let parameters = [("DetectorId", detector), ("FilterName", name)];
        session
            .one(ask("guardduty:GetFilter", region).with(&parameters), |call| {
                client.get_filter().detector_id(detector).filter_name(name).customize().interceptor(call).send()
            })
            .await
            .observed()
            .map(|out| MuteRule {
                name: name.clone(),
                action: out.action().map(|action| action.as_str().to_owned()).unwrap_or_default(),
                conditions: out.finding_criteria().map(conditions).unwrap_or_default(),
            })
    });
    let mut all = follows(Vec::new(), &listed);
    for one in join_all(asked).await {
        all = all.and(one).map(|(mut all, one)| {
            all.push(one);
            all
        });
    }
    all.map(|mut rules| {
        rules.retain(|rule| rule.action == "ARCHIVE");
        Some(Muting { rules, elsewhere: false })
    })
}

/// What a filter asks of a finding. AWS tells some comparisons under an old name too.
#[allow(deprecated, reason = "filters of old are told under the old names")]
fn conditions(criteria: &sdk::FindingCriteria) -> Vec<MuteCondition> {
    let mut found = Vec::new();
    for (field, condition) in criteria.criterion().into_iter().flatten() {
        let mut add = |test: MuteTest, values: Vec<String>| {
            if !values.is_empty() {
                found.push(MuteCondition { field: field.clone(), test, values });
            }
        };
        let either = |new: &[String], old: &[String]| if new.is_empty() { old.to_vec() } else { new.to_vec() };
        let number = |new: Option<i64>, old: Option<i32>| {
            new.or(old.map(i64::from)).map(|number| number.to_string()).into_iter().collect::<Vec<_>>()
        };
        add(MuteTest::Is, either(condition.equals(), condition.eq()));
        add(MuteTest::IsNot, either(condition.not_equals(), condition.neq()));
        add(MuteTest::Above, number(condition.greater_than(), condition.gt()));
        add(MuteTest::AtLeast, number(condition.greater_than_or_equal(), condition.gte()));
        add(MuteTest::Below, number(condition.less_than(), condition.lt()));
        add(MuteTest::AtMost, number(condition.less_than_or_equal(), condition.lte()));
        add(MuteTest::Like, condition.matches().to_vec());
        add(MuteTest::IsNot, condition.not_matches().to_vec());
    }
    found.sort();
    found
}

pub(super) async fn administrator(
    session: &Session,
    region: &str,
    known: &RegionalFacts,
) -> Observed<Option<GuardDutyAdministration>> {
    let detector = detector!(known, "guardduty:GetAdministratorAccount");
    let client = guardduty(session, region);
    let parameters = [("DetectorId", detector)];
    session
        .one(ask("guardduty:GetAdministratorAccount", region).with(&parameters), |call| {
            client.get_administrator_account().detector_id(detector).customize().interceptor(call).send()
        })
        .await
        .observed()
        .map(|out| {
            let administrator = out.administrator();
            Some(GuardDutyAdministration {
                administrator: administrator.and_then(|a| a.account_id()).map(str::to_owned),
                relationship: administrator.and_then(|a| a.relationship_status()).map(str::to_owned),
            })
        })
}

pub(super) async fn organization(
    session: &Session,
    region: &str,
    global: &GlobalFacts,
) -> Observed<Option<Vec<String>>> {
    const OPERATION: &str = "guardduty:ListOrganizationAdminAccounts";
    match speaks_for(session, global) {
        Err(gap) => return inherited(&gap, OPERATION).into(),
        Ok(None) => return follows(None, &global.organization),
        Ok(Some(_)) => {}
    }
    let client = guardduty(session, region);
    session
        .pages(ask(OPERATION, region), |token, call| {
            let request =
                client.list_organization_admin_accounts().set_next_token(token).customize().interceptor(call).send();
            async { request.await.map(|out| (out.admin_accounts.unwrap_or_default(), out.next_token)) }
        })
        .await
        .observed()
        .map(|accounts| {
            let enabled = |a: &&sdk::AdminAccount| a.admin_status() == Some(&sdk::AdminStatus::Enabled);
            let mut ids: Vec<String> = accounts.iter().filter(enabled).map(|a| text(a.admin_account_id())).collect();
            ids.sort();
            Some(ids)
        })
}

/// Only the administrator account may ask; that is one without an administrator of its own, in an organization.
pub(super) async fn auto_enable(
    session: &Session,
    region: &str,
    known: &RegionalFacts,
    global: &GlobalFacts,
) -> Observed<Option<GuardDutyMembership>> {
    const OPERATION: &str = "guardduty:DescribeOrganizationConfiguration";
    let detector = detector!(known, "guardduty:DescribeOrganizationConfiguration");
    match global.organization.get() {
        Err(gap) => return inherited(gap, OPERATION).into(),
        Ok(None) => return follows(None, &global.organization),
        Ok(Some(_)) => {}
    }
    match known.guardduty_administrator.get() {
        Err(gap) => return inherited(gap, OPERATION).into(),
        Ok(Some(found)) if found.administrator.is_some() => return follows(None, &known.guardduty_administrator),
        Ok(_) => {}
    }
    let client = guardduty(session, region);
    let parameters = [("DetectorId", detector)];
    session
        .one(ask(OPERATION, region).with(&parameters), |call| {
            client.describe_organization_configuration().detector_id(detector).customize().interceptor(call).send()
        })
        .await
        .parse(|out| {
            // The older member stands for new accounts alone.
            #[allow(deprecated)]
            let older = out.auto_enable.map(|new| if new { "NEW" } else { "NONE" });
            let told = out.auto_enable_organization_members().map(|kind| kind.as_str()).or(older);
            Ok(GuardDutyMembership {
                auto_enable: told.map(str::to_owned),
                limit_reached: out.member_account_limit_reached == Some(true),
            })
        })
        // AWS says so to an account that is not the administrator.
        .or_absent()
}
