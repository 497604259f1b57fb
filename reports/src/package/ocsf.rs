//! Results as OCSF 1.6.0 Compliance Findings (class 2003, profile `cloud`): JSON, a line for each.
//!
//! `compliance.status_id` is Pass for `pass` and Fail for `fail`, and for nothing else. What could not be read
//! (`not-evaluated`) is Unknown. `manual`, `excluded`, `no-population` and `not-applicable` are Other, with the word in
//! `compliance.status`. The status as results.json has it stands in `compliance.status_code`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use jiff::Timestamp;
use kickoff_checks::{Check, Severity, Status};
use serde_json::{Value, json};

use super::dossier::Dossier;
use super::findings::{self, STANDARD, object};
use crate::results::{Account, ResultRow};

const VERSION: &str = "1.6.0";
/// The type of account ids: AWS Account.
const AWS_ACCOUNT: u32 = 10;

/// Writes a line for each result, and says how many there are.
///
/// # Errors
/// The writer fails; or the run says no time.
pub fn write(dossier: &Dossier<'_>, to: &mut dyn Write) -> io::Result<u64> {
    let document = dossier.sources.document;
    let started: Timestamp = document.run.started.parse().map_err(|error| {
        io::Error::new(io::ErrorKind::InvalidData, format!("{} of {}: {error}", document.run.started, document.run.id))
    })?;
    let (accounts, checks) = (findings::accounts(dossier), findings::checks(dossier));
    let remedies: BTreeMap<&str, Value> = checks.iter().map(|(id, check)| (*id, remediation(check))).collect();
    let mut lines = 0;
    for row in &document.results {
        let about = About {
            check: checks.get(row.check.as_str()).copied(),
            account: accounts.get(row.account.as_str()).copied(),
            remediation: remedies.get(row.check.as_str()).filter(|_| findings::fails(row)).cloned(),
            milliseconds: started.as_millisecond(),
        };
        serde_json::to_writer(&mut *to, &finding(dossier, row, about))?;
        to.write_all(b"\n")?;
        lines += 1;
    }
    Ok(lines)
}

/// What a finding says besides its result.
struct About<'a> {
    check: Option<&'static Check>,
    account: Option<&'a Account>,
    remediation: Option<Value>,
    milliseconds: i64,
}

fn finding(dossier: &Dossier<'_>, row: &ResultRow, about: About<'_>) -> Value {
    let run = &dossier.sources.document.run;
    let (uid, time) = (findings::identity(row), about.milliseconds);
    let (severity_id, severity) = severity(findings::severity(row));
    let (state_id, state) = if row.status == "excluded" { (3, "Suppressed") } else { (1, "New") };
    let partition = about.account.map(|account| account.partition.as_str());
    object([
        ("activity_id", json!(1)),
        ("activity_name", json!("Create")),
        ("category_uid", json!(2)),
        ("category_name", json!("Findings")),
        ("class_uid", json!(2003)),
        ("class_name", json!("Compliance Finding")),
        ("type_uid", json!(200_301)),
        ("type_name", json!("Compliance Finding: Create")),
        ("time", json!(time)),
        ("timezone_offset", json!(0)),
        ("severity_id", json!(severity_id)),
        ("severity", json!(severity)),
        ("status_id", json!(state_id)),
        ("status", json!(state)),
        ("message", json!(format!("{}: {}", row.status, row.title))),
        ("metadata", metadata(dossier, row, &uid)),
        (
            "finding_info",
            object([
                ("uid", json!(uid)),
                ("title", json!(row.title)),
                ("desc", json!(findings::description(row))),
                ("created_time", json!(time)),
                ("types", json!(["SOC 2"])),
            ]),
        ),
        ("compliance", compliance(row, about.check)),
        (
            "cloud",
            object([
                ("provider", json!("AWS")),
                ("account", account(row, about.account)),
                ("region", json!(row.region)),
                ("cloud_partition", json!(partition)),
            ]),
        ),
        (
            "resources",
            json!([object([
                ("uid", json!(row.resource)),
                ("type", json!(row.resource_type)),
                ("region", json!(row.region)),
                ("cloud_partition", json!(partition)),
            ])]),
        ),
        ("remediation", json!(about.remediation)),
        (
            "unmapped",
            object([
                ("entity", json!(dossier.frame.entity)),
                ("run", json!(run.id)),
                ("test", json!(about.check.map(findings::test))),
                ("observed", json!(row.observed)),
                ("expected", json!(row.expected)),
                ("evidence", json!(row.evidence)),
                ("evidence_digest", json!(dossier.frame.digest)),
                ("deviation", json!(dossier.deviation(row))),
                ("exception", json!(row.exception)),
                ("warnings", json!(dossier.frame.warnings)),
            ]),
        ),
    ])
}

fn metadata(dossier: &Dossier<'_>, row: &ResultRow, uid: &str) -> Value {
    let run = &dossier.sources.document.run;
    let (name, version) = run.evaluated_by.split_once(' ').unwrap_or((&run.evaluated_by, ""));
    object([
        ("version", json!(VERSION)),
        ("product", object([("name", json!(name)), ("vendor_name", json!("kickoff")), ("version", json!(version))])),
        ("uid", json!(format!("{}/{uid}", run.id))),
        ("correlation_uid", json!(run.id)),
        ("event_code", json!(row.check)),
        ("original_time", json!(run.started)),
        ("profiles", json!(["cloud"])),
    ])
}

fn compliance(row: &ResultRow, check: Option<&Check>) -> Value {
    let (status_id, status) = match findings::status(row) {
        Some(Status::Pass) => (1, "Pass"),
        Some(Status::Fail) => (3, "Fail"),
        Some(Status::NotEvaluated) | None => (0, "Unknown"),
        Some(Status::Manual) => (99, "Manual"),
        Some(Status::Excluded) => (99, "Excluded"),
        Some(Status::NoPopulation) => (99, "No population"),
        Some(Status::NotApplicable) => (99, "Not applicable"),
    };
    let (severity_id, severity) = severity(findings::own_severity(row));
    let parameters: Vec<Value> =
        row.thresholds.iter().map(|threshold| json!({ "name": threshold.name, "value": threshold.value })).collect();
    object([
        ("control", json!(check.map(|check| check.meta.control))),
        ("desc", json!(row.title)),
        ("requirements", json!(row.criteria)),
        ("standards", json!([STANDARD])),
        ("status_id", json!(status_id)),
        ("status", json!(status)),
        ("status_code", json!(row.status)),
        ("status_details", json!(row.reason.as_slice())),
        ("control_parameters", json!(parameters)),
        (
            "checks",
            json!([object([
                ("uid", json!(row.check)),
                ("name", json!(row.title)),
                ("desc", json!(row.expected)),
                ("severity_id", json!(severity_id)),
                ("severity", json!(severity)),
                ("standards", json!([STANDARD])),
                ("status_id", json!(status_id)),
                ("status", json!(status)),
            ])]),
        ),
    ])
}

fn account(row: &ResultRow, account: Option<&Account>) -> Value {
    let name = account.and_then(|account| account.alias.as_deref().or(account.name.as_deref()));
    let environment = account.and_then(|account| account.environment.as_deref());
    object([
        ("uid", json!(row.account)),
        ("name", json!(name)),
        ("type_id", json!(AWS_ACCOUNT)),
        ("type", json!("AWS Account")),
        ("labels", json!(environment.as_slice())),
    ])
}

/// What to do, and where AWS says more.
fn remediation(check: &Check) -> Value {
    let page = check.page();
    let references = page.sections.iter().filter(|section| section.heading == "References");
    let references: Vec<String> = references.flat_map(|section| section.items()).collect();
    object([("desc", json!(check.meta.fix)), ("references", json!(references))])
}

fn severity(severity: Severity) -> (u32, &'static str) {
    match severity {
        Severity::Info => (1, "Informational"),
        Severity::Low => (2, "Low"),
        Severity::Medium => (3, "Medium"),
        Severity::High => (4, "High"),
        Severity::Critical => (5, "Critical"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::made::{ACCOUNT, DIGEST, Made};

    const SCHEMA: &str = include_str!("../../data/ocsf-1.6.0-compliance-finding.schema.json");

    fn lines(made: &Made) -> Vec<Value> {
        let mut text = Vec::new();
        let written = write(&made.dossier(), &mut text).unwrap();
        let lines: Vec<Value> =
            String::from_utf8(text).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(written, lines.len() as u64);
        lines
    }

    #[test]
    fn every_line_is_valid_and_nothing_but_a_pass_passes() {
        let lines = lines(&Made::new());
        let validator = jsonschema::validator_for(&serde_json::from_str(SCHEMA).unwrap()).unwrap();
        for line in &lines {
            let errors: Vec<String> = validator.iter_errors(line).map(|error| error.to_string()).collect();
            assert_eq!(errors, Vec::<String>::new(), "{line}");
        }
        let compliance = |at: usize| &lines[at]["compliance"];
        let statuses: Vec<(&Value, &Value, &Value)> = (0..7)
            .map(|at| (&compliance(at)["status_code"], &compliance(at)["status_id"], &compliance(at)["status"]))
            .collect();
        let expected = [
            ("pass", 1, "Pass"),
            ("fail", 3, "Fail"),
            ("not-evaluated", 0, "Unknown"),
            ("no-population", 99, "No population"),
            ("not-applicable", 99, "Not applicable"),
            ("manual", 99, "Manual"),
            ("excluded", 99, "Excluded"),
        ];
        for ((code, id, words), wanted) in statuses.into_iter().zip(expected) {
            assert_eq!((code, id, words), (&json!(wanted.0), &json!(wanted.1), &json!(wanted.2)));
        }
        let severities: Vec<&Value> = lines[..7].iter().map(|line| &line["severity_id"]).collect();
        assert_eq!(severities, [1, 4, 4, 1, 1, 4, 4]);
        assert_eq!(lines[6]["status"], "Suppressed");
        assert_eq!(lines[6]["unmapped"]["exception"]["id"], "EXC-001");
    }

    #[test]
    fn a_finding_says_where_it_comes_from() {
        let lines = lines(&Made::new());
        let fail = &lines[1];
        // 2026-03-02T02:00:00Z.
        assert_eq!(fail["time"], 1_772_416_800_000_i64);
        assert_eq!(
            fail["metadata"]["product"],
            json!({"name": "kickoff", "vendor_name": "kickoff", "version": "0.1.0"})
        );
        assert_eq!(fail["metadata"]["event_code"], "iam-user-console-mfa");
        assert_eq!(fail["compliance"]["control"], "CC6.1.27");
        assert_eq!(fail["compliance"]["requirements"], json!(["CC6.1", "CC6.6"]));
        assert_eq!(
            fail["cloud"],
            json!({
                "provider": "AWS", "region": "eu-west-1", "cloud_partition": "aws",
                "account": {
                    "uid": ACCOUNT, "name": "acme-prod", "type_id": 10, "type": "AWS Account", "labels": ["production"],
                },
            })
        );
        assert_eq!(fail["resources"][0]["uid"], format!("arn:aws:iam::{ACCOUNT}:user/fail"));
        assert_eq!(fail["remediation"]["desc"], "assign an MFA device to the user, or remove the console password");
        assert!(lines[0].get("remediation").is_none());
        let unmapped = &fail["unmapped"];
        assert_eq!((&unmapped["deviation"], &unmapped["test"]), (&json!("DEV-2026-001"), &json!("CC6.1.27-T1")));
        assert_eq!((&unmapped["evidence"], &unmapped["evidence_digest"]), (&json!(["E-0001"]), &json!(DIGEST)));
    }

    #[test]
    fn a_finding_keeps_its_uid_over_runs_and_changes() {
        let (first, mut made) = (lines(&Made::new()), Made::new());
        made.document.run.id = "RUN-20260303T020000Z-00000001".to_owned();
        made.document.run.started = "2026-03-03T02:00:00Z".to_owned();
        made.document.results[1].status = "pass".into();
        made.document.results[2].region = "eu-central-1".into();
        let second = lines(&made);
        let uid = |lines: &[Value], at: usize| lines[at]["finding_info"]["uid"].clone();
        assert_eq!(uid(&first, 1), uid(&second, 1));
        assert_ne!(uid(&first, 2), uid(&second, 2));
        assert_ne!(first[1]["metadata"]["uid"], second[1]["metadata"]["uid"]);
        let mut uids: Vec<String> = first.iter().map(|line| line["finding_info"]["uid"].to_string()).collect();
        uids.sort();
        uids.dedup();
        assert_eq!(uids.len(), first.len());
    }

    #[test]
    fn answers_that_are_not_of_aws_are_said_in_every_finding() {
        let mut made = Made::new();
        made.document.run.foreign_endpoints.push("http://127.0.0.1:4566".to_owned());
        for line in lines(&made) {
            assert!(line["unmapped"]["warnings"][0].as_str().unwrap().starts_with("Not AWS"), "{line}");
        }
    }

    #[test]
    fn a_run_without_a_time_is_refused() {
        let mut made = Made::new();
        made.document.run.started = "today".to_owned();
        assert_eq!(write(&made.dossier(), &mut Vec::new()).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
