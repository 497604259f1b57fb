//! Results in the AWS Security Finding Format, for `BatchImportFindings` of Security Hub.
//!
//! `Compliance.Status` is PASSED for `pass` and for nothing else; FAILED for `fail` and `excluded`; WARNING where a person
//! judges; NOT_AVAILABLE for what could not be read. What does not arise (`no-population`, `not-applicable`) is NOT_AVAILABLE
//! too, and archived.
//!
//! A finding's `Id` is the same in every run, so that a later run updates it and Security Hub keeps the first `CreatedAt`.
//! Security Hub takes `Workflow` and `Note` when a finding is new, and leaves both to people afterwards: a finding that an
//! exception covers later has to be suppressed with `BatchUpdateFindings`. Severity and types are the provider's own, in
//! `FindingProviderFields`: those at the top belong to people as well.
//!
//! Limits are counted in bytes, so that they hold however AWS counts. What is cut ends in an ellipsis; only what identifies a
//! finding is never cut.

use kickoff_checks::{Check, Severity, Status};
use serde_json::{Value, json};

use super::dossier::Dossier;
use super::findings::{self, STANDARD, object};
use crate::results::{Account, ResultRow};

const TYPE: &str = "Software and Configuration Checks/Industry and Regulatory Standards/SOC 2";
/// Partitions by the names that the format has for them.
const PARTITIONS: [&str; 3] = ["aws", "aws-cn", "aws-us-gov"];
const TITLE: usize = 256;
const DESCRIPTION: usize = 1024;
const RECOMMENDATION: usize = 512;
const NOTE: usize = 512;
const RESOURCE: usize = 512;
const FIELD: usize = 2048;
const REQUIREMENTS: usize = 32;

/// The findings, one for each result, in the order of the results. Security Hub takes those of one account and region at a
/// time, a hundred at most.
pub fn findings<'d>(dossier: &'d Dossier<'_>) -> impl Iterator<Item = Value> + 'd {
    let (accounts, checks) = (findings::accounts(dossier), findings::checks(dossier));
    dossier.sources.document.results.iter().map(move |row| {
        let account = accounts.get(row.account.as_str()).copied();
        finding(dossier, row, account, checks.get(row.check.as_str()).copied())
    })
}

fn finding(dossier: &Dossier<'_>, row: &ResultRow, account: Option<&Account>, check: Option<&Check>) -> Value {
    let run = &dossier.sources.document.run;
    let partition = account.map_or("aws", |account| account.partition.as_str());
    let (status, record) = status(row);
    let excluded = row.status == Status::Excluded.name();
    let requirements = row.criteria.iter().take(REQUIREMENTS).map(|id| format!("{STANDARD}/{id}"));
    let reason = row.reason.as_deref().unwrap_or("excluded by an approved exception");
    let fix = check.filter(|_| findings::fails(row)).map(|check| check.meta.fix);
    object([
        ("SchemaVersion", json!("2018-10-08")),
        ("Id", json!(format!("kickoff/{}/{}", row.check, findings::identity(row)))),
        (
            "ProductArn",
            json!(format!(
                "arn:{partition}:securityhub:{}:{account}:product/{account}/default",
                row.region,
                account = row.account
            )),
        ),
        ("ProductName", json!("kickoff")),
        ("GeneratorId", json!(format!("kickoff/{}", row.check))),
        ("AwsAccountId", json!(row.account)),
        ("Region", json!(row.region)),
        ("CreatedAt", json!(run.started)),
        ("UpdatedAt", json!(run.started)),
        (
            "FindingProviderFields",
            json!({
                "Severity": { "Label": label(findings::severity(row)), "Original": row.severity },
                "Types": [TYPE],
            }),
        ),
        ("Title", json!(cut(&row.title, TITLE))),
        ("Description", json!(cut(&findings::description(row), DESCRIPTION))),
        ("Resources", json!([resource(row, partition)])),
        (
            "Compliance",
            object([("Status", json!(status)), ("RelatedRequirements", json!(requirements.collect::<Vec<_>>()))]),
        ),
        ("Remediation", json!(fix.map(|fix| json!({ "Recommendation": { "Text": cut(fix, RECOMMENDATION) } })))),
        ("RecordState", json!(record)),
        ("Workflow", json!(excluded.then(|| json!({ "Status": "SUPPRESSED" })))),
        (
            "Note",
            json!(excluded.then(|| json!({
                "Text": cut(reason, NOTE), "UpdatedBy": "kickoff", "UpdatedAt": run.started,
            }))),
        ),
        ("ProductFields", product_fields(dossier, row, check)),
    ])
}

fn status(row: &ResultRow) -> (&'static str, &'static str) {
    match findings::status(row) {
        Some(Status::Pass) => ("PASSED", "ACTIVE"),
        Some(Status::Fail | Status::Excluded) => ("FAILED", "ACTIVE"),
        Some(Status::Manual) => ("WARNING", "ACTIVE"),
        Some(Status::NotEvaluated) | None => ("NOT_AVAILABLE", "ACTIVE"),
        Some(Status::NoPopulation | Status::NotApplicable) => ("NOT_AVAILABLE", "ARCHIVED"),
    }
}

fn label(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "INFORMATIONAL",
        Severity::Low => "LOW",
        Severity::Medium => "MEDIUM",
        Severity::High => "HIGH",
        Severity::Critical => "CRITICAL",
    }
}

fn resource(row: &ResultRow, partition: &str) -> Value {
    let kind = resource_type(&row.resource_type);
    // Security Hub's own name for an account.
    let id = match kind {
        "AwsAccount" => format!("AWS::::Account:{}", row.account),
        _ => cut(&row.resource, RESOURCE),
    };
    object([
        ("Type", json!(kind)),
        ("Id", json!(id)),
        ("Partition", json!(PARTITIONS.contains(&partition).then_some(partition))),
        ("Region", json!(row.region)),
    ])
}

/// The format's name for a type of CloudFormation's.
fn resource_type(kind: &str) -> &'static str {
    match kind {
        "AWS::Account" => "AwsAccount",
        "AWS::CloudTrail::Trail" => "AwsCloudTrailTrail",
        "AWS::CloudWatch::Alarm" => "AwsCloudWatchAlarm",
        "AWS::EC2::Instance" => "AwsEc2Instance",
        "AWS::EC2::SecurityGroup" => "AwsEc2SecurityGroup",
        "AWS::EC2::Volume" => "AwsEc2Volume",
        "AWS::EC2::VPC" => "AwsEc2Vpc",
        "AWS::ECR::Repository" => "AwsEcrRepository",
        "AWS::ElasticLoadBalancingV2::LoadBalancer" => "AwsElbv2LoadBalancer",
        "AWS::GuardDuty::Detector" => "AwsGuardDutyDetector",
        "AWS::IAM::AccessKey" => "AwsIamAccessKey",
        "AWS::IAM::Group" => "AwsIamGroup",
        "AWS::IAM::ManagedPolicy" => "AwsIamPolicy",
        "AWS::IAM::Role" => "AwsIamRole",
        "AWS::IAM::User" => "AwsIamUser",
        "AWS::KMS::Key" => "AwsKmsKey",
        "AWS::Lambda::Function" => "AwsLambdaFunction",
        "AWS::RDS::DBInstance" => "AwsRdsDbInstance",
        "AWS::S3::Bucket" => "AwsS3Bucket",
        "AWS::SNS::Topic" => "AwsSnsTopic",
        "AWS::SQS::Queue" => "AwsSqsQueue",
        _ => "Other",
    }
}

fn product_fields(dossier: &Dossier<'_>, row: &ResultRow, check: Option<&Check>) -> Value {
    let run = &dossier.sources.document.run;
    let text = |text: &str| json!(cut(text.trim(), FIELD));
    object([
        ("kickoff/run", text(&run.id)),
        ("kickoff/entity", text(&dossier.frame.entity)),
        ("kickoff/tool", text(&run.evaluated_by)),
        ("kickoff/control", text(check.map(|check| check.meta.control).unwrap_or_default())),
        ("kickoff/test", text(&check.map(findings::test).unwrap_or_default())),
        ("kickoff/criteria", text(&row.criteria.join(" "))),
        ("kickoff/status", text(&row.status)),
        ("kickoff/resource", text(&row.resource)),
        ("kickoff/resource-type", text(&row.resource_type)),
        ("kickoff/observed", text(&row.observed)),
        ("kickoff/expected", text(&row.expected)),
        ("kickoff/reason", text(row.reason.as_deref().unwrap_or_default())),
        ("kickoff/evidence", text(&row.evidence.join(" "))),
        ("kickoff/evidence-digest", text(&dossier.frame.digest)),
        ("kickoff/deviation", text(dossier.deviation(row).unwrap_or_default())),
        ("kickoff/exception", text(row.exception.as_ref().map(|note| note.id.as_str()).unwrap_or_default())),
        ("kickoff/warnings", text(&dossier.frame.warnings.join(" "))),
    ])
}

/// A text of at most so many bytes; one that is cut ends in an ellipsis.
fn cut(text: &str, bytes: usize) -> String {
    const ELLIPSIS: char = '…';
    if text.len() <= bytes {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(bytes.saturating_sub(ELLIPSIS.len_utf8()));
    format!("{}{ELLIPSIS}", &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::made::{ACCOUNT, Made};

    fn all(made: &Made) -> Vec<Value> {
        findings(&made.dossier()).collect()
    }

    #[test]
    fn nothing_but_a_pass_has_passed() {
        let found = all(&Made::new());
        let statuses: Vec<[&str; 4]> = found[..7]
            .iter()
            .map(|finding| {
                [
                    &finding["ProductFields"]["kickoff/status"],
                    &finding["Compliance"]["Status"],
                    &finding["RecordState"],
                    &finding["FindingProviderFields"]["Severity"]["Label"],
                ]
                .map(|value| value.as_str().unwrap())
            })
            .collect();
        assert_eq!(
            statuses,
            [
                ["pass", "PASSED", "ACTIVE", "INFORMATIONAL"],
                ["fail", "FAILED", "ACTIVE", "HIGH"],
                ["not-evaluated", "NOT_AVAILABLE", "ACTIVE", "HIGH"],
                ["no-population", "NOT_AVAILABLE", "ARCHIVED", "INFORMATIONAL"],
                ["not-applicable", "NOT_AVAILABLE", "ARCHIVED", "INFORMATIONAL"],
                ["manual", "WARNING", "ACTIVE", "HIGH"],
                ["excluded", "FAILED", "ACTIVE", "HIGH"],
            ]
        );
        let suppressed: Vec<bool> = found.iter().map(|finding| finding.get("Workflow").is_some()).collect();
        assert_eq!(suppressed, [false, false, false, false, false, false, true, false, false]);
        assert_eq!(found[6]["Workflow"], json!({ "Status": "SUPPRESSED" }));
        assert_eq!(found[6]["Note"]["Text"], "fails, and is excluded by EXC-001: It is sealed.");
        assert_eq!(found[6]["ProductFields"]["kickoff/exception"], "EXC-001");
    }

    #[test]
    fn a_status_that_is_not_known_has_not_passed() {
        let mut made = Made::new();
        made.document.results[0].status = "perfect".into();
        assert_eq!(all(&made)[0]["Compliance"]["Status"], "NOT_AVAILABLE");
    }

    #[test]
    fn a_finding_is_of_the_account_and_region_and_names_its_evidence() {
        let finding = &all(&Made::new())[1];
        assert_eq!(finding["ProductArn"], "arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/default");
        assert_eq!((&finding["AwsAccountId"], &finding["Region"]), (&json!(ACCOUNT), &json!("eu-west-1")));
        assert_eq!(finding["GeneratorId"], "kickoff/iam-user-console-mfa");
        assert_eq!(
            finding["Resources"],
            json!([{
                "Type": "AwsIamUser", "Id": "arn:aws:iam::111122223333:user/fail", "Partition": "aws",
                "Region": "eu-west-1",
            }])
        );
        assert_eq!(
            finding["Compliance"]["RelatedRequirements"],
            json!(["SOC 2 TSC 2017/CC6.1", "SOC 2 TSC 2017/CC6.6"])
        );
        assert_eq!(
            finding["Description"],
            "Expected: a user with a console password has an active MFA device. Observed: password, no MFA device."
        );
        assert_eq!(
            finding["Remediation"]["Recommendation"]["Text"],
            "assign an MFA device to the user, or remove the console password"
        );
        let fields = &finding["ProductFields"];
        assert_eq!(fields["kickoff/control"], "CC6.1.27");
        assert_eq!(fields["kickoff/evidence"], "E-0001");
        assert_eq!(fields["kickoff/deviation"], "DEV-2026-001");
        assert!(fields.get("kickoff/reason").is_none(), "Security Hub refuses empty values");
    }

    #[test]
    fn a_later_run_updates_the_same_finding() {
        let (first, mut made) = (all(&Made::new()), Made::new());
        made.document.run.started = "2026-03-03T02:00:00Z".to_owned();
        made.document.results[1].status = "pass".into();
        let second = all(&made);
        assert_eq!(first[1]["Id"], second[1]["Id"]);
        assert_ne!(first[1]["Id"], first[0]["Id"]);
        assert_eq!(second[1]["UpdatedAt"], "2026-03-03T02:00:00Z");
    }

    #[test]
    fn limits_hold_for_texts_of_any_length() {
        let mut made = Made::new();
        let long = "ä".repeat(5000);
        let excluded = &mut made.document.results[6];
        (excluded.title, excluded.observed, excluded.resource) = (long.as_str().into(), long.clone(), long.clone());
        excluded.reason = Some(long);
        excluded.evidence = (1..=1000).map(|number| format!("E-{number:04}").into()).collect();
        excluded.criteria = (1..=40).map(|number| format!("CC{number}").into()).collect();
        let finding = &all(&made)[6];
        let text = |pointer: &str| finding.pointer(pointer).unwrap().as_str().unwrap();
        for (pointer, limit) in [
            ("/Title", 256),
            ("/Description", 1024),
            ("/Note/Text", 512),
            ("/Resources/0/Id", 512),
            ("/ProductFields/kickoff~1observed", 2048),
            ("/ProductFields/kickoff~1evidence", 2048),
        ] {
            let text = text(pointer);
            assert!(text.len() <= limit && text.len() > limit - 6 && text.ends_with('…'), "{pointer}: {}", text.len());
        }
        assert!(text("/Id").len() <= 512);
        assert_eq!(finding["Compliance"]["RelatedRequirements"].as_array().unwrap().len(), 32);
        let fields = finding["ProductFields"].as_object().unwrap();
        assert!(fields.len() <= 50 && fields.iter().all(|(name, _)| name.len() <= 128));
        assert!(finding.to_string().len() <= 240_000);
    }

    #[test]
    fn what_fits_is_not_cut() {
        assert_eq!(cut("1234567890", 10), "1234567890");
        assert_eq!(cut("12345678901", 10), "1234567…");
        assert_eq!(cut("ääääää", 10), "äää…");
    }

    #[test]
    fn accounts_have_the_name_that_security_hub_gives_them_and_partitions_their_own_arns() {
        let mut made = Made::new();
        made.document.run.accounts[0].partition = "aws-eusc".to_owned();
        made.document.results[0].resource_type = "AWS::Account".into();
        made.document.results[1].resource_type = "AWS::Region".into();
        let found = all(&made);
        assert_eq!(
            found[0]["Resources"][0],
            json!({ "Type": "AwsAccount", "Id": "AWS::::Account:111122223333", "Region": "eu-west-1" })
        );
        assert!(found[0]["ProductArn"].as_str().unwrap().starts_with("arn:aws-eusc:securityhub:eu-west-1:"));
        assert_eq!(found[1]["Resources"][0]["Type"], "Other");
    }
}
