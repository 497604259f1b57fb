//! Security Hub, by declared operations.

use futures::future::join_all;
use kickoff_evidence::{Gap, GapKind};
use kickoff_facts::detection::{Finding, FindingAggregator, Hub, RegionLinking};
use kickoff_facts::{GlobalFacts, Observed, RegionalFacts};
use serde::Deserialize;
use serde_json::json;

use super::securityhub_muting;
use super::shared::{follows, in_path, inherited, speaks_for};
use crate::call::ask;
use crate::declared::{Payload, SECURITY_HUB, send};
use crate::session::Session;

families! {
    regional SecurityHub security_hub = |session, _, region, _| hub(session, region);
    regional SecurityHubFindings security_hub_findings = |session, _, region, known| findings(session, region, known);
    regional SecurityHubMuting security_hub_muting =
        |session, _, region, known| securityhub_muting::muting(session, region, known);
    regional SecurityHubOrganization security_hub_organization =
        |session, facts, region, _| organization(session, region, &facts.global);
    regional FindingAggregators finding_aggregators = |session, _, region, known| aggregators(session, region, known);
}

/// What Security Hub answers where it is not enabled. `InvalidAccessException` stands for a lack of permission as well, and only
/// the message tells them apart.
const NOT_SUBSCRIBED: [&str; 3] = ["not subscribed", "not enabled", "ResourceNotFoundException"];

fn with_token(path: &str, token: Option<String>) -> Payload {
    Payload::Get(match token {
        None => path.to_owned(),
        Some(token) => {
            let token = percent_encoding::utf8_percent_encode(&token, percent_encoding::NON_ALPHANUMERIC);
            format!("{path}?NextToken={token}")
        }
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawHub {
    hub_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawStandard {
    standards_subscription_arn: String,
    standards_arn: String,
    standards_status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Standards {
    standards_subscriptions: Vec<RawStandard>,
    next_token: Option<String>,
}

pub(super) async fn hub(session: &Session, region: &str) -> Observed<Option<Hub>> {
    let described = session
        .one(ask("securityhub:DescribeHub", region), |call| {
            send(session, SECURITY_HUB, "DescribeHub", region, Payload::Get("/accounts".to_owned()), call)
        })
        .await
        .parse(|body| serde_json::from_slice::<RawHub>(&body).map_err(|e| e.to_string()))
        .or_absent_where(&NOT_SUBSCRIBED);
    let (arn, evidence) = match described {
        Observed::Known { value: Some(hub), evidence } => (hub.hub_arn, evidence),
        Observed::Known { value: None, evidence } => return Observed::Known { value: None, evidence },
        Observed::Unknown { gap } => return gap.into(),
    };
    let standards = session
        .declared_pages(
            ask("securityhub:GetEnabledStandards", region),
            |token, call| {
                let body = token.map_or_else(|| json!({}), |token| json!({ "NextToken": token }));
                send(session, SECURITY_HUB, "GetEnabledStandards", region, Payload::Post("/standards/get", body), call)
            },
            |body| {
                let page: Standards = serde_json::from_slice(body).map_err(|e| e.to_string())?;
                Ok((page.standards_subscriptions, page.next_token))
            },
        )
        .await
        .observed();
    let ready = standards.get().into_iter().flatten().filter(|standard| standard.standards_status == "READY");
    let mut subscriptions: Vec<String> = ready.map(|standard| standard.standards_subscription_arn.clone()).collect();
    subscriptions.sort();
    let standards = standards.map(|list| {
        let mut standards: Vec<(String, String)> =
            list.into_iter().map(|s| (s.standards_arn, s.standards_status)).collect();
        standards.sort();
        standards
    });
    Observed::Known { value: Some(Hub { arn, standards, subscriptions }), evidence }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Findings {
    findings: Vec<RawFinding>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawFinding {
    id: String,
    title: String,
    severity: Option<RawSeverity>,
    first_observed_at: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
    #[serde(default)]
    resources: Vec<RawResource>,
    #[serde(default)]
    sample: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawSeverity {
    normalized: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawResource {
    id: String,
}

pub(super) async fn findings(session: &Session, region: &str, known: &RegionalFacts) -> Observed<Option<Vec<Finding>>> {
    const OPERATION: &str = "securityhub:GetFindings";
    match known.security_hub.get() {
        Err(gap) => return inherited(gap, OPERATION).into(),
        Ok(None) => return follows(None, &known.security_hub),
        Ok(Some(_)) => {}
    }
    let parameters = [(
        "Filters",
        "SeverityLabel = CRITICAL, RecordState = ACTIVE, WorkflowStatus = NEW or NOTIFIED, AwsAccountId = own, Region = this",
    )];
    session
        .declared_pages(
            ask(OPERATION, region).with(&parameters),
            |token, call| {
                let equals = |value: &str| json!({ "Value": value, "Comparison": "EQUALS" });
                let mut body = json!({
                    "Filters": {
                        "AwsAccountId": [equals(session.account())],
                        "Region": [equals(region)],
                        "SeverityLabel": [equals("CRITICAL")],
                        "RecordState": [equals("ACTIVE")],
                        "WorkflowStatus": [equals("NEW"), equals("NOTIFIED")],
                    },
                    "MaxResults": 100,
                });
                if let Some(token) = token {
                    body["NextToken"] = token.into();
                }
                send(session, SECURITY_HUB, "GetFindings", region, Payload::Post("/findings", body), call)
            },
            |body| {
                let page: Findings = serde_json::from_slice(body).map_err(|e| e.to_string())?;
                Ok((page.findings, page.next_token))
            },
        )
        .await
        .observed()
        .map(|list| {
            let date = |text: Option<String>| text.and_then(|text| text.parse().ok());
            let mut findings: Vec<Finding> = list
                .into_iter()
                .map(|f| Finding {
                    id: f.id,
                    title: f.title,
                    severity: f.severity.and_then(|s| s.normalized).unwrap_or_default(),
                    resource: f.resources.into_iter().next().map(|r| r.id).unwrap_or_default(),
                    first_seen: date(f.first_observed_at).or_else(|| date(f.created_at)),
                    updated: date(f.updated_at),
                    sample: f.sample,
                    archived: false,
                })
                .collect();
            findings.sort_by(|a, b| a.id.cmp(&b.id));
            Some(findings)
        })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Administrators {
    admin_accounts: Vec<RawAdministrator>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawAdministrator {
    account_id: String,
    status: String,
}

pub(super) async fn organization(
    session: &Session,
    region: &str,
    global: &GlobalFacts,
) -> Observed<Option<Vec<String>>> {
    const OPERATION: &str = "securityhub:ListOrganizationAdminAccounts";
    match speaks_for(session, global) {
        Err(gap) => return inherited(&gap, OPERATION).into(),
        Ok(None) => return follows(None, &global.organization),
        Ok(Some(_)) => {}
    }
    session
        .declared_pages(
            ask(OPERATION, region),
            |token, call| {
                let payload = with_token("/organization/admin", token);
                send(session, SECURITY_HUB, "ListOrganizationAdminAccounts", region, payload, call)
            },
            |body| {
                let page: Administrators = serde_json::from_slice(body).map_err(|e| e.to_string())?;
                Ok((page.admin_accounts, page.next_token))
            },
        )
        .await
        .observed()
        .map(|list| {
            let mut ids: Vec<String> =
                list.into_iter().filter(|a| a.status == "ENABLED").map(|a| a.account_id).collect();
            ids.sort();
            Some(ids)
        })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Aggregators {
    finding_aggregators: Vec<RawAggregator>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawAggregator {
    finding_aggregator_arn: String,
}

pub(super) async fn aggregators(
    session: &Session,
    region: &str,
    known: &RegionalFacts,
) -> Observed<Option<Vec<FindingAggregator>>> {
    const OPERATION: &str = "securityhub:ListFindingAggregators";
    match known.security_hub.get() {
        Err(gap) => return inherited(gap, OPERATION).into(),
        Ok(None) => return follows(None, &known.security_hub),
        Ok(Some(_)) => {}
    }
    let listed = session
        .declared_pages(
            ask(OPERATION, region),
            |token, call| {
                let payload = with_token("/findingAggregator/list", token);
                send(session, SECURITY_HUB, "ListFindingAggregators", region, payload, call)
            },
            |body| {
                let page: Aggregators = serde_json::from_slice(body).map_err(|e| e.to_string())?;
                Ok((page.finding_aggregators, page.next_token))
            },
        )
        .await
        .observed();
    let found = match listed.get() {
        Ok(found) => found,
        Err(gap) => return gap.clone().into(),
    };
    let asked = found.iter().map(|raw| async move {
        let mut aggregator =
            FindingAggregator { arn: raw.finding_aggregator_arn.clone(), ..FindingAggregator::default() };
        aggregator.linking = if aggregator.region() == region {
            linking(session, region, &aggregator.arn).await
        } else {
            let message = format!("asked in {}, where it gathers", aggregator.region());
            let (kind, call) = (GapKind::NotCollected, "securityhub:GetFindingAggregator".to_owned());
            Gap { kind, call, region: region.to_owned(), message, evidence: None }.into()
        };
        aggregator
    });
    follows(Some(join_all(asked).await), &listed)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawLinking {
    region_linking_mode: String,
    #[serde(default)]
    regions: Option<Vec<String>>,
}

/// Every region lists an aggregator; what it gathers is asked where it gathers.
async fn linking(session: &Session, region: &str, arn: &str) -> Observed<RegionLinking> {
    let parameters = [("FindingAggregatorArn", arn)];
    let path = format!("/findingAggregator/get/{}", in_path(arn));
    session
        .one(ask("securityhub:GetFindingAggregator", region).with(&parameters), |call| {
            send(session, SECURITY_HUB, "GetFindingAggregator", region, Payload::Get(path.clone()), call)
        })
        .await
        .parse(|body| serde_json::from_slice::<RawLinking>(&body).map_err(|e| e.to_string()))
        .observed()
        .map(|raw| {
            let mut regions = raw.regions.unwrap_or_default();
            regions.sort();
            RegionLinking { mode: raw.region_linking_mode, regions }
        })
}

#[cfg(test)]
mod tests {
    use super::Findings;

    #[test]
    fn a_sample_is_known_as_one() {
        let page = r#"{ "Findings": [ { "Id": "a", "Title": "t", "Sample": true }, { "Id": "b", "Title": "t" } ] }"#;
        let page: Findings = serde_json::from_str(page).unwrap();
        assert_eq!(page.findings.iter().map(|finding| finding.sample).collect::<Vec<_>>(), [true, false]);
    }
}
