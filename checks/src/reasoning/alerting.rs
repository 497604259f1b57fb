//! Alarms, and EventBridge rules that tell somebody of API calls.

use kickoff_facts::logging::{Alarm, Rule};
use kickoff_facts::{Gap, Seen, View};
use serde_json::{Value, json};

use crate::Resource;
use crate::reasoning::certainty::among;
use crate::reasoning::event_pattern::{Answer, Pattern};
use crate::reasoning::routing::event;

/// Calls that matter to security, by service: its name in `source`, and the names of the calls. They follow the
/// monitoring section of the CIS AWS Foundations Benchmark, with GuardDuty added.
const CALLS: [(&str, &[&str]); 8] = [
    ("cloudtrail", &["StopLogging", "DeleteTrail", "UpdateTrail", "CreateTrail", "PutEventSelectors"]),
    (
        "iam",
        &[
            "CreateUser",
            "CreateAccessKey",
            "CreateLoginProfile",
            "DeactivateMFADevice",
            "AttachUserPolicy",
            "AttachRolePolicy",
            "AttachGroupPolicy",
            "DetachUserPolicy",
            "DetachRolePolicy",
            "DetachGroupPolicy",
            "PutUserPolicy",
            "PutRolePolicy",
            "PutGroupPolicy",
            "DeleteUserPolicy",
            "DeleteRolePolicy",
            "DeleteGroupPolicy",
            "CreatePolicy",
            "DeletePolicy",
            "CreatePolicyVersion",
            "DeletePolicyVersion",
            "UpdateAssumeRolePolicy",
        ],
    ),
    ("kms", &["DisableKey", "ScheduleKeyDeletion"]),
    ("s3", &["PutBucketPolicy", "DeleteBucketPolicy", "PutBucketAcl", "PutBucketPublicAccessBlock"]),
    ("config", &["StopConfigurationRecorder", "DeleteDeliveryChannel", "PutConfigurationRecorder"]),
    ("guardduty", &["DeleteDetector", "UpdateDetector", "StopMonitoringMembers"]),
    (
        "ec2",
        &[
            "AuthorizeSecurityGroupIngress",
            "AuthorizeSecurityGroupEgress",
            "CreateSecurityGroup",
            "DeleteSecurityGroup",
            "CreateNetworkAclEntry",
            "ReplaceNetworkAclEntry",
            "AttachInternetGateway",
            "CreateRoute",
            "ReplaceRoute",
            "CreateVpcPeeringConnection",
            "DeleteFlowLogs",
        ],
    ),
    ("organizations", &["LeaveOrganization", "DetachPolicy", "DisablePolicyType", "UpdatePolicy"]),
];

/// An alarm as the resource of a result.
#[must_use]
pub fn alarm(alarm: &Alarm) -> Resource {
    let kind = if alarm.composite { "AWS::CloudWatch::CompositeAlarm" } else { "AWS::CloudWatch::Alarm" };
    Resource::new(kind, &alarm.arn)
}

/// Rules that take in events from CloudTrail, are enabled and have a target.
#[derive(Debug, Default)]
pub struct ApiCallRules {
    /// Those that let a sample through, by name.
    pub certain: Vec<String>,
    /// Those of which it depends on the event, with the fields that decide.
    pub doubtful: Vec<String>,
}

/// The rules of a region that let an API call which matters to security, or a console sign-in, through.
///
/// # Errors
/// The rules are not known; or none was found, and the targets of one are not known.
pub fn api_call_rules(view: &View<'_>, seen: &Seen) -> Result<ApiCallRules, Gap> {
    let samples = samples(view);
    let (mut certain, mut doubtful) = (Vec::new(), Vec::new());
    for rule in view.rules()?.iter().filter(|rule| rule.enabled) {
        match takes_api_calls(&rule.pattern, &samples) {
            Answer::Yes => certain.push((rule, rule.name.clone())),
            Answer::Unsure(mut why) => {
                why.sort();
                why.dedup();
                doubtful.push((rule, format!("{}: depends on {}", rule.name, why.join(", "))));
            }
            Answer::No => {}
        }
    }
    let targeted = |rules: Vec<(&Rule, String)>| {
        among(rules, |(rule, told)| Ok((!seen.see(&rule.targets)?.is_empty()).then_some(told)))
    };
    let certain = targeted(certain)?;
    // What is in doubt matters only where nothing is certain.
    let doubtful = if certain.is_empty() { targeted(doubtful)? } else { Vec::new() };
    Ok(ApiCallRules { certain, doubtful })
}

/// Whether an event pattern lets one of the samples through.
fn takes_api_calls(pattern: &str, samples: &[Value]) -> Answer {
    let Some(pattern) = Pattern::parse(pattern) else { return Answer::No };
    Answer::any(samples.iter().map(|sample| pattern.answer(sample)))
}

/// Samples of events that CloudTrail sends to EventBridge: API calls, and sign-ins to the console that failed, were the
/// root user's, or were without MFA.
fn samples(view: &View<'_>) -> Vec<Value> {
    let record = |kind: &str, source: &str, name: &str| {
        json!({
            "eventType": kind, "eventCategory": "Management", "managementEvent": true, "readOnly": false,
            "eventSource": format!("{source}.amazonaws.com"), "eventName": name, "awsRegion": view.region_name(),
            "recipientAccountId": view.account_id(),
        })
    };
    let calls = CALLS.iter().flat_map(|(source, names)| names.iter().map(move |name| (source, name)));
    let calls = calls.map(|(source, name)| {
        let detail = record("AwsApiCall", source, name);
        event(view, &format!("aws.{source}"), "AWS API Call via CloudTrail", detail)
    });
    let sign_ins = [
        ("responseElements", json!({ "ConsoleLogin": "Failure" })),
        ("userIdentity", json!({ "type": "Root" })),
        ("additionalEventData", json!({ "MFAUsed": "No" })),
    ];
    let sign_ins = sign_ins.into_iter().map(|(field, value)| {
        let mut detail = record("AwsConsoleSignIn", "signin", "ConsoleLogin");
        detail[field] = value;
        event(view, "aws.signin", "AWS Console Sign In via CloudTrail", detail)
    });
    calls.chain(sign_ins).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn patterns_that_let_api_calls_through() {
        let facts = json!({
            "account": "111122223333", "partition": "aws", "as_of": "2026-03-02T00:00:00Z", "home_region": "us-east-1",
        });
        let facts = serde_json::from_value(facts).unwrap();
        let samples = samples(&View::account(&facts, &[]));
        let unsure = |why: &str| Answer::Unsure(vec![why.to_owned()]);
        for (pattern, expected) in [
            (r#"{"source":["aws.iam"],"detail-type":["AWS API Call via CloudTrail"]}"#, Answer::Yes),
            (r#"{"detail-type":[{"prefix":"AWS API Call"}]}"#, Answer::Yes),
            (r#"{"detail-type":[{"wildcard":"*via CloudTrail"}]}"#, Answer::Yes),
            (r#"{"detail":{"eventName":["StopLogging","DeleteTrail"]}}"#, Answer::Yes),
            (
                r#"{"$or":[{"source":["aws.health"]},{"detail-type":["AWS Console Sign In via CloudTrail"]}]}"#,
                Answer::Yes,
            ),
            (
                r#"{"detail-type":["AWS Console Sign In via CloudTrail"],"detail":{"userIdentity":{"type":["Root"]}}}"#,
                Answer::Yes,
            ),
            (r#"{"detail-type":[{"anything-but":["GuardDuty Finding"]}]}"#, Answer::Yes),
            (r#"{"source":["aws.guardduty"],"detail-type":["GuardDuty Finding"]}"#, Answer::No),
            (r#"{"detail-type":["GuardDuty Finding"],"detail":{"eventName":["StopLogging"]}}"#, Answer::No),
            (r#"{"source":["my.app"],"detail-type":["AWS API Call via CloudTrail"]}"#, Answer::No),
            (r#"{"source":["my.app"],"detail":{"eventName":["StopLogging"]}}"#, Answer::No),
            (r#"{"source":["aws.s3"],"detail":{"eventName":["StopLogging"]}}"#, Answer::No),
            (r#"{"detail-type":["AWS API Call via CloudTrail"],"detail":{"eventName":["CreateTags"]}}"#, Answer::No),
            ("not json", Answer::No),
        ] {
            assert_eq!(takes_api_calls(pattern, &samples), expected, "{pattern}");
        }
        let depends = r#"{"source":["aws.kms"],"detail":{"eventName":["DisableKey"],"errorCode":["AccessDenied"]}}"#;
        assert_eq!(takes_api_calls(depends, &samples), unsure("detail.errorCode"));
    }
}
