//! Alarms, and EventBridge rules that tell somebody of API calls.

use kickoff_facts::logging::Alarm;
use kickoff_facts::{Gap, Seen, View};
use serde_json::Value;

use crate::Resource;
use crate::certainty::among;
use crate::parameters::wildcard;

/// The kinds of event that CloudTrail sends to EventBridge.
const DETAIL_TYPES: [&str; 3] =
    ["AWS API Call via CloudTrail", "AWS Console Sign In via CloudTrail", "AWS Service Event via CloudTrail"];

/// An alarm as the resource of a result.
#[must_use]
pub fn alarm(alarm: &Alarm) -> Resource {
    let kind = if alarm.composite { "AWS::CloudWatch::CompositeAlarm" } else { "AWS::CloudWatch::Alarm" };
    Resource::new(kind, &alarm.arn)
}

/// The rules of a region that take in events from CloudTrail, are enabled and have a target.
///
/// # Errors
/// The rules are not known; or none was found, and the targets of one are not known.
pub fn api_call_rules<'a>(view: &View<'a>, seen: &Seen) -> Result<Vec<&'a str>, Gap> {
    let rules = view.rules()?.iter().filter(|rule| rule.enabled && takes_api_calls(&rule.pattern));
    among(rules, |rule| Ok((!seen.see(&rule.targets)?.is_empty()).then_some(rule.name.as_str())))
}

/// Whether an event pattern asks for events from CloudTrail: by `detail-type`, or, without one, by a field of `detail`
/// that a CloudTrail record has.
#[must_use]
pub fn takes_api_calls(pattern: &str) -> bool {
    serde_json::from_str(pattern).is_ok_and(|pattern: Value| asks(&pattern))
}

fn asks(pattern: &Value) -> bool {
    if let Some(Value::Array(alternatives)) = pattern.get("$or")
        && alternatives.iter().any(asks)
    {
        return true;
    }
    match pattern.get("detail-type") {
        Some(Value::Array(filters)) => filters.iter().any(|f| DETAIL_TYPES.iter().any(|text| matches(f, text))),
        Some(_) => false,
        None => pattern.get("detail").is_some_and(|d| d.get("eventName").or(d.get("eventSource")).is_some()),
    }
}

/// Whether a filter of an event pattern takes in a text. What it only leaves out (`anything-but`) asks for nothing.
fn matches(filter: &Value, text: &str) -> bool {
    match filter {
        Value::String(exact) => exact == text,
        Value::Object(operator) => operator.iter().any(|(operator, value)| match (operator.as_str(), value.as_str()) {
            ("prefix", Some(value)) => text.starts_with(value),
            ("suffix", Some(value)) => text.ends_with(value),
            ("wildcard", Some(value)) => wildcard(value.as_bytes(), text.as_bytes()),
            ("equals-ignore-case", Some(value)) => value.eq_ignore_ascii_case(text),
            _ => false,
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::takes_api_calls;

    #[test]
    fn patterns_that_ask_for_api_calls() {
        for (pattern, expected) in [
            (r#"{"source":["aws.iam"],"detail-type":["AWS API Call via CloudTrail"]}"#, true),
            (r#"{"detail-type":[{"prefix":"AWS API Call"}]}"#, true),
            (r#"{"detail-type":[{"wildcard":"*via CloudTrail"}]}"#, true),
            (r#"{"detail":{"eventName":["StopLogging","DeleteTrail"]}}"#, true),
            (r#"{"$or":[{"source":["aws.health"]},{"detail-type":["AWS Console Sign In via CloudTrail"]}]}"#, true),
            (r#"{"source":["aws.guardduty"],"detail-type":["GuardDuty Finding"]}"#, false),
            (r#"{"detail-type":["GuardDuty Finding"],"detail":{"eventName":["x"]}}"#, false),
            (r#"{"detail-type":[{"anything-but":["GuardDuty Finding"]}]}"#, false),
            ("not json", false),
        ] {
            assert_eq!(takes_api_calls(pattern), expected, "{pattern}");
        }
    }
}
