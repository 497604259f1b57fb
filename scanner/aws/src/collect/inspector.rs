//! Amazon Inspector, by declared operations.

use jiff::Timestamp;
use kickoff_facts::inspector::{Inspector, NotScanned, OldestFirst, Vulnerabilities, Vulnerability};
use kickoff_facts::muting::{MuteRule, Muting};
use kickoff_facts::{Observed, RegionalFacts};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::conditions::conditions;
use super::json::Json;
use super::shared::{epoch, follows, inherited};
use crate::call::ask;
use crate::declared::{INSPECTOR, Payload};
use crate::session::Session;

families! {
    regional Inspector inspector = |session, _, region, _| status(session, region);
    regional InspectorNotScanned inspector_not_scanned =
        |session, _, region, known| not_scanned(session, region, known);
    regional Vulnerabilities vulnerabilities = |session, _, region, known| findings(session, region, known);
    regional InspectorMuting inspector_muting = |session, _, region, known| muting(session, region, known);
}

const STATUS: Json =
    Json { service: INSPECTOR, payload: |body| Payload::Post("/status/batch/get", body), token: "nextToken" };
const COVERAGE: Json =
    Json { service: INSPECTOR, payload: |body| Payload::Post("/coverage/list", body), token: "nextToken" };
const FILTERS: Json =
    Json { service: INSPECTOR, payload: |body| Payload::Post("/filters/list", body), token: "nextToken" };
const FINDINGS: Json =
    Json { service: INSPECTOR, payload: |body| Payload::Post("/findings/list", body), token: "nextToken" };

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statuses {
    accounts: Vec<Account>,
    #[serde(default)]
    failed_accounts: Vec<FailedAccount>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Account {
    account_id: String,
    resource_state: Resources,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resources {
    ec2: State,
    ecr: State,
    lambda: Option<State>,
    lambda_code: Option<State>,
}

#[derive(Deserialize)]
struct State {
    status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FailedAccount {
    error_code: String,
}

pub(super) async fn status(session: &Session, region: &str) -> Observed<Inspector> {
    let account = session.account();
    let parameters = [("accountIds", account)];
    STATUS
        .one::<Statuses>(
            session,
            ask("inspector2:BatchGetAccountStatus", region).with(&parameters),
            json!({ "accountIds": [account] }),
        )
        .await
        .parse(|found| {
            let Some(own) = found.accounts.into_iter().find(|a| a.account_id == account) else {
                let code = found.failed_accounts.into_iter().next().map_or_else(String::new, |f| f.error_code);
                return Err(format!("it says nothing of this account {code}"));
            };
            let Resources { ec2, ecr, lambda, lambda_code } = own.resource_state;
            let text = |state: Option<State>| state.map(|s| s.status).unwrap_or_default();
            Ok(Inspector { ec2: ec2.status, ecr: ecr.status, lambda: text(lambda), lambda_code: text(lambda_code) })
        })
        .observed()
}

/// Gives `none` where Inspector scans nothing, and goes on where it does.
macro_rules! enabled {
    ($known:expr, $operation:expr) => {
        match $known.inspector.get() {
            Err(gap) => return inherited(gap, $operation).into(),
            Ok(inspector) if !inspector.is_enabled() => return follows(None, &$known.inspector),
            Ok(_) => {}
        }
    };
}

fn equals(value: &str) -> serde_json::Value {
    json!({ "comparison": "EQUALS", "value": value })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Coverage {
    covered_resources: Vec<Covered>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Covered {
    resource_type: String,
    resource_id: String,
    scan_status: Option<ScanStatus>,
}

#[derive(Deserialize)]
struct ScanStatus {
    reason: String,
}

pub(super) async fn not_scanned(
    session: &Session,
    region: &str,
    known: &RegionalFacts,
) -> Observed<Option<Vec<NotScanned>>> {
    const OPERATION: &str = "inspector2:ListCoverage";
    enabled!(known, OPERATION);
    let parameters = [(
        "filterCriteria",
        "scanStatusCode = INACTIVE, scanType = PACKAGE, accountId = own, resourceType = instances, repositories, functions",
    )];
    let kinds = ["AWS_EC2_INSTANCE", "AWS_ECR_REPOSITORY", "AWS_LAMBDA_FUNCTION"];
    let body = json!({
        "filterCriteria": {
            // An administrator sees its members' resources too: they are told where they belong.
            "accountId": [equals(session.account())],
            "scanStatusCode": [equals("INACTIVE")],
            "scanType": [equals("PACKAGE")],
            "resourceType": kinds.map(equals),
        },
        "maxResults": 200,
    });
    COVERAGE
        .pages(session, ask(OPERATION, region).with(&parameters), body, |page: Coverage| {
            (page.covered_resources, page.next_token)
        })
        .await
        .observed()
        .map(|list| {
            let read = |c: Covered| NotScanned {
                kind: c.resource_type,
                id: c.resource_id,
                reason: c.scan_status.map(|s| s.reason).unwrap_or_default(),
            };
            let mut all: Vec<NotScanned> = list.into_iter().map(read).collect();
            all.sort();
            Some(all)
        })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Findings {
    findings: Vec<RawFinding>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawFinding {
    finding_arn: String,
    title: Option<String>,
    first_observed_at: Option<f64>,
    fix_available: Option<String>,
    #[serde(default)]
    resources: Vec<RawResource>,
}

#[derive(Deserialize)]
struct RawResource {
    id: String,
}

pub(super) async fn findings(
    session: &Session,
    region: &str,
    known: &RegionalFacts,
) -> Observed<Option<Vulnerabilities>> {
    enabled!(known, "inspector2:ListFindings");
    let (critical, high) = futures::join!(oldest(session, region, "CRITICAL"), oldest(session, region, "HIGH"));
    follows(Some(Vulnerabilities { critical, high }), &known.inspector)
}

/// The oldest open findings of a severity. There can be very many; the hundred oldest decide whether any is too old.
async fn oldest(session: &Session, region: &str, severity: &str) -> Observed<OldestFirst> {
    let parameters = [
        ("filterCriteria", "findingStatus = ACTIVE, awsAccountId = own"),
        ("severity", severity),
        ("sort", "oldest first"),
    ];
    let body = json!({
        "filterCriteria": {
            "awsAccountId": [equals(session.account())],
            "findingStatus": [equals("ACTIVE")],
            "severity": [equals(severity)],
        },
        "sortCriteria": { "field": "FIRST_OBSERVED_AT", "sortOrder": "ASC" },
        "maxResults": 100,
    });
    FINDINGS
        .one::<Findings>(session, ask("inspector2:ListFindings", region).with(&parameters), body)
        .await
        .first_page(|page| page.next_token.as_ref().is_some_and(|token| !token.is_empty()))
        .parse(|page| {
            let more = page.next_token.is_some_and(|token| !token.is_empty());
            let findings: Vec<Vulnerability> = page.findings.into_iter().map(finding).collect();
            let dates: Vec<Timestamp> = findings.iter().filter_map(|f| f.first_seen).collect();
            // Of a list that is cut and not in order, the oldest may be missing.
            if more && (dates.len() < findings.len() || !dates.is_sorted()) {
                return Err("the findings are not in the order of their dates".to_owned());
            }
            Ok(OldestFirst { findings, more })
        })
        .observed()
}

fn finding(f: RawFinding) -> Vulnerability {
    Vulnerability {
        arn: f.finding_arn,
        title: f.title.unwrap_or_default(),
        resource: f.resources.into_iter().next().map(|r| r.id).unwrap_or_default(),
        first_seen: f.first_observed_at.and_then(epoch),
        fix: f.fix_available.unwrap_or_default(),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Filters {
    filters: Vec<RawFilter>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
struct RawFilter {
    name: String,
    action: String,
    criteria: Map<String, Value>,
}

/// The filters that suppress what they take in.
pub(super) async fn muting(session: &Session, region: &str, known: &RegionalFacts) -> Observed<Option<Muting>> {
    const OPERATION: &str = "inspector2:ListFilters";
    enabled!(known, OPERATION);
    let parameters = [("action", "SUPPRESS")];
    FILTERS
        .pages(
            session,
            ask(OPERATION, region).with(&parameters),
            json!({ "action": "SUPPRESS", "maxResults": 100 }),
            |page: Filters| (page.filters, page.next_token),
        )
        .await
        .or_absent_of_member()
        .map(|found| {
            let elsewhere = found.is_none();
            let rule = |f: RawFilter| MuteRule { name: f.name, action: f.action, conditions: conditions(&f.criteria) };
            let mut rules: Vec<MuteRule> = found.into_iter().flatten().map(rule).collect();
            rules.retain(|rule| rule.action == "SUPPRESS");
            rules.sort();
            Some(Muting { rules, elsewhere })
        })
}
