//! Alarms, and EventBridge rules that tell somebody of API calls.

use std::sync::LazyLock;

use kickoff_facts::logging::{Alarm, Rule};
use kickoff_facts::{Gap, Seen, View};

use crate::Resource;
use crate::frame::table::fields;
use crate::reasoning::answer::Answer;
use crate::reasoning::certainty::among;
use crate::reasoning::event_forms;
use crate::reasoning::event_pattern::Pattern;
use crate::reasoning::rule_patterns::RulePatterns;
use crate::reasoning::sample::{ANYTHING, Sample};

/// Calls that matter to security: the service, the call, where it comes from and when that was read.
const CALLS: &str = include_str!("../../data/alert_calls.csv");

static TABLE: LazyLock<Vec<[&'static str; 4]>> =
    LazyLock::new(|| CALLS.lines().skip(1).filter_map(|line| fields(line).try_into().ok()).collect());

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
    let (samples, patterns) = (samples(view), RulePatterns::of(view));
    let (mut certain, mut doubtful) = (Vec::new(), Vec::new());
    for rule in view.rules()?.iter().filter(|rule| rule.enabled) {
        match takes_api_calls(&patterns.get(&rule.pattern), &samples) {
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
fn takes_api_calls(pattern: &Pattern, samples: &[Sample]) -> Answer {
    Answer::any(samples.iter().map(|sample| pattern.answer(sample)))
}

/// Samples of events that CloudTrail sends to EventBridge: API calls, and sign-ins to the console that failed, were the
/// root user's, or were without MFA.
fn samples(view: &View<'_>) -> Vec<Sample> {
    let record = |form: &str, source: &str, name: &str| {
        let mut record = event_forms::record(view, "record", &[]);
        event_forms::fill(&mut record, view, form, &[]);
        record.set("readOnly", Sample::Fixed(false.into()));
        record.set("eventSource", Sample::text(format!("{source}.amazonaws.com")));
        record.set("eventName", Sample::text(name));
        record.set("awsRegion", Sample::text(view.region_name()));
        // An attempt that fails matters too.
        record.set("errorCode", ANYTHING.clone());
        record.set("errorMessage", ANYTHING.clone());
        record
    };
    let calls = TABLE.iter().map(|[service, call, ..]| {
        let detail = record("record-api", service, call);
        event_forms::event(view, &format!("aws.{service}"), "AWS API Call via CloudTrail", detail)
    });
    let sign_ins = [
        ("responseElements.ConsoleLogin", "Failure"),
        ("userIdentity.type", "Root"),
        ("additionalEventData.MFAUsed", "No"),
    ];
    let sign_ins = sign_ins.into_iter().map(|(path, value)| {
        let mut detail = record("record-sign-in", "signin", "ConsoleLogin");
        detail.set(path, Sample::text(value));
        event_forms::event(view, "aws.signin", "AWS Console Sign In via CloudTrail", detail)
    });
    calls.chain(sign_ins).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_call_has_its_service_and_source_and_day() {
        assert_eq!(TABLE.len(), CALLS.lines().count() - 1);
        for row in TABLE.iter() {
            let [service, call, source, read] = row;
            assert!(!service.is_empty() && call.starts_with(char::is_uppercase) && !source.is_empty(), "{row:?}");
            assert!(read.parse::<jiff::civil::Date>().is_ok(), "{row:?}");
            assert_eq!(TABLE.iter().filter(|other| other[..2] == row[..2]).count(), 1, "{row:?}");
        }
    }

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
            assert_eq!(takes_api_calls(&Pattern::read(pattern), &samples), expected, "{pattern}");
        }
        for (depends, why) in [
            (
                r#"{"source":["aws.kms"],"detail":{"eventName":["DisableKey"],"errorCode":["AccessDenied"]}}"#,
                r#"detail.errorCode ("AccessDenied")"#,
            ),
            (
                r#"{"source":["aws.kms"],"detail":{"eventName":["DisableKey"],"sourceIPAddress":[{"anything-but":"203.0.113.10"}]}}"#,
                r#"detail.sourceIPAddress ({"anything-but":"203.0.113.10"})"#,
            ),
            (
                r#"{"source":["aws.kms"],"detail":{"eventName":["DisableKey"],"userIdentity":{"userName":["x"]}}}"#,
                r#"detail.userIdentity.userName ("x")"#,
            ),
        ] {
            assert_eq!(takes_api_calls(&Pattern::read(depends), &samples), unsure(why));
        }
    }
}
