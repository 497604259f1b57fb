//! Whether a pattern that depends on something is about the events that are asked for, or takes some of any.

use crate::reasoning::event_pattern::Answer;
use crate::reasoning::sample::Sample;

/// The answer of a pattern to an event, put right: a pattern that asks no more of it than of any other call, and then for a
/// field to have a certain value, is an alert on something else (an old version of TLS, say). It takes a part of all calls and
/// not these. `narrow` is told why.
pub fn about(
    answer: Answer,
    sample: Option<&Sample>,
    narrow: &mut Option<String>,
    ask: impl Fn(&Sample) -> Answer,
) -> Answer {
    let (Answer::Unsure(why), Some(sample)) = (&answer, sample) else { return answer };
    let mut other = foreign(sample);
    let Answer::Unsure(of_other) = ask(&other) else { return answer };
    // A doubt begins with the field: `$.tlsDetails.tlsVersion = "TLSv1"`.
    let sorted = |doubts: &[String]| {
        let mut fields: Vec<String> =
            doubts.iter().map(|doubt| doubt.split(' ').next().unwrap_or_default().to_owned()).collect();
        fields.sort();
        fields.dedup();
        fields
    };
    let fields = sorted(why);
    if fields != sorted(&of_other) || !fields.iter().all(|field| take_out(&mut other, field)) {
        return answer;
    }
    // Where the field lacks, a comparison with a value does not match; one that leaves a value out may.
    if ask(&other) != Answer::No {
        return answer;
    }
    narrow.get_or_insert_with(|| {
        format!("it takes any event in which {} has a certain value, not these", fields.join(", "))
    });
    Answer::No
}

/// A call of another service by somebody ordinary, told as the event is: a record of CloudTrail, or an event that holds one.
fn foreign(sample: &Sample) -> Sample {
    let mut other = sample.clone();
    let on_bus = matches!(sample.child("source"), Sample::Fixed(_));
    if on_bus {
        other.set("source", Sample::text("aws.unheard"));
        other.set("detail-type", Sample::text("AWS API Call via CloudTrail"));
    }
    let below = |path: &str| if on_bus { format!("detail.{path}") } else { path.to_owned() };
    other.set(&below("eventSource"), Sample::text("unheard.amazonaws.com"));
    other.set(&below("eventName"), Sample::text("NothingOfTheKind"));
    other.set(&below("eventType"), Sample::text("AwsApiCall"));
    for field in ["errorCode", "errorMessage", "responseElements", "additionalEventData", "requestParameters"] {
        other.set(&below(field), Sample::Absent);
    }
    let record = if on_bus { sample.child("detail") } else { sample };
    if record.child("userIdentity").child("type").as_text().is_some_and(|who| who != "IAMUser") {
        other.set(&below("userIdentity.type"), Sample::text("IAMUser"));
    }
    other
}

/// Takes a field out of an event, by the path that an answer names; no where it is none.
fn take_out(event: &mut Sample, path: &str) -> bool {
    let path = path.strip_prefix("$.").unwrap_or(path);
    let plain = |key: &str| !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if !path.split('.').all(plain) {
        return false;
    }
    event.set(path, Sample::Absent);
    true
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::reasoning::event_pattern::Pattern;
    use crate::reasoning::filter_pattern::FilterPattern;

    fn record() -> Sample {
        Sample::from(json!({
            "eventType": "AwsApiCall", "eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging",
            "errorCode": null, "errorMessage": null, "userIdentity": { "type": "IAMUser", "userName": "ann" },
        }))
    }

    #[test]
    fn a_filter_on_something_else_is_told_from_one_that_narrows() {
        for (pattern, counts) in [
            (r#"{ $.tlsDetails.tlsVersion = "TLSv1" }"#, false),
            (r#"{ $.vpcEndpointId = "vpce-1" && $.awsRegion = "eu-west-1" }"#, false),
            (r#"{ $.userIdentity.accessKeyId = "AKIA*" }"#, false),
            // These are about the event, or leave a little out: a person has to look.
            (r#"{ $.eventName = "StopLogging" && $.tlsDetails.tlsVersion = "TLSv1" }"#, true),
            (r#"{ $.eventSource = "cloudtrail.amazonaws.com" && $.userAgent != "*Terraform*" }"#, true),
            (r#"{ $.userAgent != "*Terraform*" }"#, true),
            (r#"{ $.vpcEndpointId NOT EXISTS }"#, true),
        ] {
            let parsed = FilterPattern::parse(pattern).unwrap();
            let answer = parsed.answer(&record());
            assert!(matches!(answer, Answer::Unsure(_)), "{pattern}: {answer:?}");
            let mut why = None;
            let after = about(answer.clone(), Some(&record()), &mut why, |event| parsed.answer(event));
            assert_eq!((after == answer, why.is_none()), (counts, counts), "{pattern}: {after:?}");
        }
    }

    #[test]
    fn so_is_a_rule() {
        let mut event =
            Sample::from(json!({ "source": "aws.cloudtrail", "detail-type": "AWS API Call via CloudTrail" }));
        event.set("detail", record());
        for (pattern, counts) in [
            (r#"{"detail":{"tlsDetails":{"tlsVersion":["TLSv1"]}}}"#, false),
            (r#"{"source":["aws.cloudtrail"],"detail":{"tlsDetails":{"tlsVersion":["TLSv1"]}}}"#, true),
        ] {
            let parsed = Pattern::read(pattern);
            let answer = parsed.answer(&event);
            let after = about(answer.clone(), Some(&event), &mut None, |event| parsed.answer(event));
            assert_eq!(after == answer, counts, "{pattern}");
        }
        assert_eq!(about(Answer::Yes, Some(&event), &mut None, |_| Answer::No), Answer::Yes);
        assert_eq!(about(Answer::unsure("x"), None, &mut None, |_| Answer::No), Answer::unsure("x"));
    }
}
