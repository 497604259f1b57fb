//! Whose answers are: resources that only the account that is asked can own, held against the account that was meant.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kickoff_evidence::tree;
use serde_json::Value;

/// Operations that list what the asked account itself owns, and where the names of that stand: the path of members below the
/// answer, `*` for each of a list. Operations that also list what others own or share (trails of an organization, keys,
/// shared networks, policies of AWS) are not here. From the API references of the services.
const OWN: &[(&str, &[&str])] = &[
    ("sts:GetCallerIdentity", &["Arn"]),
    ("iam:GetAccountAuthorizationDetails", &["UserDetailList.*.Arn", "GroupDetailList.*.Arn", "RoleDetailList.*.Arn"]),
    ("iam:ListVirtualMFADevices", &["VirtualMFADevices.*.SerialNumber"]),
    ("iam:ListSAMLProviders", &["SAMLProviderList.*.Arn"]),
    ("iam:ListOpenIDConnectProviders", &["OpenIDConnectProviderList.*.Arn"]),
    ("iam:ListServerCertificates", &["ServerCertificateMetadataList.*.Arn"]),
    ("cloudwatch:DescribeAlarms", &["MetricAlarms.*.AlarmArn", "CompositeAlarms.*.AlarmArn", "LogAlarms.*.AlarmArn"]),
    ("events:ListRules", &["Rules.*.Arn"]),
    ("lambda:ListFunctions", &["Functions.*.FunctionArn"]),
    ("logs:DescribeLogGroups", &["logGroups.*.arn"]),
    ("securityhub:DescribeHub", &["HubArn"]),
    ("accessanalyzer:ListAnalyzers", &["analyzers.*.arn"]),
    ("rds:DescribeDBInstances", &["DBInstances.DBInstance.*.DBInstanceArn"]),
    ("elbv2:DescribeLoadBalancers", &["LoadBalancers.*.LoadBalancerArn"]),
    ("ecr:DescribeRepositories", &["repositories.*.repositoryArn"]),
];

const REPORT: &str = "iam:GetCredentialReport";

/// Resources in an answer that another account owns than the one that was asked: somebody else answered. Answers of
/// operations that cannot tell, and answers that cannot be read, give none.
#[must_use]
pub fn of_others(operation: &str, account: &str, body: &[u8]) -> Vec<String> {
    let paths = OWN.iter().find(|(name, _)| *name == operation).map(|(_, paths)| *paths);
    if paths.is_none() && operation != REPORT {
        return Vec::new();
    }
    let Some(answer) = tree(body) else { return Vec::new() };
    let answer = result(operation, &answer);
    let mut names = Vec::new();
    if operation == REPORT {
        names.extend(reported(answer));
    }
    for path in paths.unwrap_or_default() {
        below(answer, path, &mut names);
    }
    names.retain(|name| owner(name).is_some_and(|owner| owner != account));
    names
}

/// The account in an ARN; none where it has none, and in what is no ARN.
fn owner(arn: &str) -> Option<&str> {
    let mut parts = arn.split(':');
    (parts.next()? == "arn").then_some(())?;
    parts.nth(3).filter(|account| account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()))
}

/// The part of an answer that XML wraps twice: `<XResponse><XResult>`.
fn result<'a>(operation: &str, answer: &'a Value) -> &'a Value {
    let name = operation.split(':').nth(1).unwrap_or_default();
    let mut at = answer;
    for wrapped in [format!("{name}Response"), format!("{name}Result")] {
        at = at.get(&wrapped).unwrap_or(at);
    }
    at
}

fn below(value: &Value, path: &str, names: &mut Vec<String>) {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    if first == "*" {
        let each: &[Value] = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
        for one in each {
            below(one, rest.unwrap_or_default(), names);
        }
        return;
    }
    match (value.get(first), rest) {
        (Some(found), Some(rest)) => below(found, rest, names),
        (Some(Value::String(name)), None) => names.push(name.clone()),
        _ => {}
    }
}

/// The ARNs of a credential report: the second column.
fn reported(answer: &Value) -> Vec<String> {
    let content = answer.get("Content").and_then(Value::as_str).unwrap_or_default();
    let packed: String = content.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let Ok(report) = STANDARD.decode(packed) else { return Vec::new() };
    let report = String::from_utf8_lossy(&report);
    report.lines().skip(1).filter_map(|line| Some(line.split(',').nth(1)?.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN_ACCOUNT: &str = "111122223333";

    #[test]
    fn what_another_account_owns_is_found_in_each_language() {
        let xml = |account: &str| {
            format!(
                "<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult><UserDetailList>\
                 <member><Arn>arn:aws:iam::{account}:user/ann</Arn>\
                 <AttachedManagedPolicies><member><PolicyArn>arn:aws:iam::999988887777:policy/x</PolicyArn></member></AttachedManagedPolicies>\
                 </member></UserDetailList><RoleDetailList/></GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>"
            )
        };
        let details = "iam:GetAccountAuthorizationDetails";
        assert!(of_others(details, OWN_ACCOUNT, xml(OWN_ACCOUNT).as_bytes()).is_empty());
        assert_eq!(
            of_others(details, OWN_ACCOUNT, xml("444455556666").as_bytes()),
            ["arn:aws:iam::444455556666:user/ann"]
        );
        let json = br#"{"Rules":[{"Arn":"arn:aws:events:eu-west-1:111122223333:rule/a"},{"Arn":"arn:aws:events:eu-west-1:444455556666:rule/b"}]}"#;
        assert_eq!(of_others("events:ListRules", OWN_ACCOUNT, json), ["arn:aws:events:eu-west-1:444455556666:rule/b"]);
        // Alarms are of three kinds, each in a list of its own.
        for list in ["MetricAlarms", "CompositeAlarms", "LogAlarms"] {
            let arn = "arn:aws:cloudwatch:eu-west-1:444455556666:alarm:a";
            let body = format!(r#"{{"{list}":[{{"AlarmArn":"{arn}"}}]}}"#);
            assert_eq!(of_others("cloudwatch:DescribeAlarms", OWN_ACCOUNT, body.as_bytes()), [arn]);
        }
        // A trail can be an organization's, and its ARN the management account's.
        assert!(of_others("cloudtrail:DescribeTrails", OWN_ACCOUNT, json).is_empty());
        assert!(of_others("events:ListRules", OWN_ACCOUNT, b"{").is_empty());
    }

    #[test]
    fn a_credential_report_tells_whose_it_is() {
        let report = STANDARD.encode("user,arn,mfa_active\n<root_account>,arn:aws:iam::444455556666:root,true\n");
        let body = format!(
            "<GetCredentialReportResponse><GetCredentialReportResult><Content>{report}</Content></GetCredentialReportResult></GetCredentialReportResponse>"
        );
        assert_eq!(of_others(REPORT, OWN_ACCOUNT, body.as_bytes()), ["arn:aws:iam::444455556666:root"]);
        assert!(of_others(REPORT, "444455556666", body.as_bytes()).is_empty());
    }

    #[test]
    fn every_operation_that_tells_is_one_that_is_asked() {
        for (name, _) in OWN {
            assert!(crate::Operation::get(name).is_some(), "{name}");
        }
    }
}
