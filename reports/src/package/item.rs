//! What an evidence item says of itself, wherever it is told: in its IPE record and in the workbook.

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use crate::results::{Evidence, Exchange};

/// What an item is, in a line.
pub(super) fn title(item: &Evidence) -> String {
    let parameters: Vec<String> = item.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let of = if parameters.is_empty() { String::new() } else { format!(" for {}", parameters.join(", ")) };
    format!("{}:{}{of} in {} of account {}", item.service, item.operation, item.region, item.account)
}

/// How many records an item holds, or that it is one object.
pub(super) fn held(item: &Evidence) -> String {
    match (item.records, item.status.as_str()) {
        (Some(records), _) => records.to_string(),
        (None, "ok") => "one object".to_owned(),
        (None, _) => "none".to_owned(),
    }
}

/// The parameters that leave something out of the answer, or `none`. Every parameter does, but those that name what is asked
/// about, and those that are known to leave nothing out.
pub(super) fn filters(item: &Evidence) -> String {
    let narrows = |name: &&String| {
        let lower = name.to_ascii_lowercase();
        let names = ["name", "id", "ids", "arn", "arns"].iter().any(|end| lower.ends_with(end));
        !names && !WHOLE.contains(&name.as_str())
    };
    let narrowing: Vec<&str> = item.parameters.keys().filter(narrows).map(String::as_str).collect();
    if narrowing.is_empty() { "none".to_owned() } else { format!("by {}", narrowing.join(", ")) }
}

/// Parameters that leave nothing out: what is asked about, all kinds that there are, the order.
const WHOLE: [&str; 7] =
    ["Bucket", "Rule", "AlternateContactType", "AllUsers", "AlarmTypes", "includeShadowTrails", "sort"];

/// AWS's clock minus the collector's, in seconds, by the last answer that tells. AWS tells whole seconds and reads its clock
/// somewhere between the request and the answer: what lies between them is no offset.
pub(super) fn clock_offset(item: &Evidence) -> Option<i64> {
    item.exchanges.iter().rev().find_map(offset)
}

fn offset(exchange: &Exchange) -> Option<i64> {
    let aws = rfc2822::parse(exchange.aws_date.as_deref()?).ok()?.timestamp().as_second();
    let started = exchange.started.parse::<Timestamp>().ok()?.as_second();
    let finished = exchange.finished.parse::<Timestamp>().ok()?.as_second();
    Some(if aws < started { aws - started } else { (aws - finished).max(0) })
}

/// What an item does not show.
pub(super) fn limits(item: &Evidence) -> Vec<&'static str> {
    match item.status.as_str() {
        "ok" => {}
        "absent" => return vec![MOMENT, "AWS answered that there is none; the answer is an error code.", CONSISTENT],
        _ => return vec!["It was not read, or not to the end: nothing follows from what it lacks."],
    }
    let mut limits = vec![MOMENT, CONSISTENT];
    limits.extend(match (item.service.as_str(), item.operation.as_str()) {
        ("iam", "GetCredentialReport" | "GenerateCredentialReport") => {
            Some("AWS makes a credential report at most every four hours.")
        }
        ("cloudtrail", "LookupEvents") => {
            Some("The event history holds management events of the last 90 days, of one region.")
        }
        ("cloudwatch", "DescribeAlarmHistory") => Some("CloudWatch keeps the history of an alarm for 30 days."),
        ("iam", "GetServiceLastAccessedDetails") => {
            Some("IAM tells the last access of 400 days at most, and of some services late.")
        }
        _ => None,
    });
    if item.exchanges.iter().any(|exchange| exchange.redacted > 0) {
        limits.push("Secret values were redacted before the answer was stored.");
    }
    limits
}

const MOMENT: &str = "It shows the configuration at the moment of the call, not before or after it.";
const CONSISTENT: &str = "AWS is eventually consistent: a change of the last minutes may not be in the answer.";
