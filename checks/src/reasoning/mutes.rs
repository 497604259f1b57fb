//! What puts findings and alarms away before anybody sees them. A rule that singles out a resource or a finding was written
//! for it; one whose conditions are but severity, type, state, account or time takes in whatever comes, and a person has to
//! judge it.

use kickoff_facts::logging::Alarm;
use kickoff_facts::muting::{AlarmMute, MuteCondition, MuteRule, MuteTest, Muting};
use kickoff_facts::{EvidenceRef, Gap, View};

use crate::frame::table::fields;
use crate::frame::wording::{count, day, entries, line, names};
use crate::{Finding, Resource, Verdict};

mod common;

use common::is_common;

/// The fields of each service by which nothing is singled out.
const BROAD: &str = include_str!("../../data/broad_fields.csv");

/// The rules by which a service puts findings away, with the evidence that the window does not note by itself, as a result on
/// the region; none where there is no rule.
pub fn on_region(
    view: &View<'_>,
    service: &str,
    (muting, evidence): (Result<Option<&Muting>, Gap>, Vec<EvidenceRef>),
    takes_in: impl Fn(&MuteRule) -> bool,
) -> Option<Finding> {
    let outcome = match muting {
        Err(gap) => Err(gap),
        Ok(None) => return None,
        Ok(Some(Muting { elsewhere: true, .. })) => Ok(Verdict::not_applicable(
            "rules that put findings away are not this account's to see",
            "the administrator account of the service makes them: they stand with its results",
        )),
        Ok(Some(Muting { rules, .. })) => Ok(verdict(service, rules, takes_in)?),
    };
    Some(Finding { resource: Resource::region(view), outcome, evidence })
}

/// The verdict on rules that put findings away; `takes_in` says which can take in what the check is about.
pub fn verdict(service: &str, rules: &[MuteRule], takes_in: impl Fn(&MuteRule) -> bool) -> Option<Verdict> {
    if rules.is_empty() {
        return None;
    }
    let (reaching, others): (Vec<&MuteRule>, Vec<&MuteRule>) = rules.iter().partition(|rule| takes_in(rule));
    let mut told = Vec::new();
    for (rules, what) in [(&reaching, "put away what it looks for"), (&others, "put away other findings")] {
        if !rules.is_empty() {
            let all = entries(rules.iter().map(|rule| words(rule)));
            told.push(format!("{} {what}: {all}", count(rules.len(), "rule")));
        }
    }
    let told = told.join("; ");
    let wide: Vec<&str> =
        reaching.iter().filter(|rule| is_wide(service, rule)).map(|rule| rule.name.as_str()).collect();
    Some(if wide.is_empty() {
        Verdict::pass(told)
    } else {
        let reason = format!(
            "judge what {} puts away: it names no resource and no finding, only such things as severity, type, state or account",
            names(wide)
        );
        Verdict::manual(told, reason)
    })
}

/// Whether nothing that a rule asks for singles out a resource or a finding.
#[must_use]
pub fn is_wide(service: &str, rule: &MuteRule) -> bool {
    // Of several conditions on a field that it must meet, one is enough for these services (Security Hub API Reference,
    // `StringFilter`; Inspector API Reference, `FilterCriteria`): each must single something out.
    let alternatives = ["securityhub", "inspector"].contains(&service);
    let others_too = |condition: &MuteCondition| {
        let of_field = |other: &&MuteCondition| other.field.eq_ignore_ascii_case(&condition.field);
        let positive = rule.conditions.iter().filter(of_field).filter(|other| other.test != MuteTest::IsNot);
        !alternatives || positive.into_iter().all(|other| singles_out(service, other))
    };
    !rule.conditions.iter().any(|condition| singles_out(service, condition) && others_too(condition))
}

/// Whether whatever meets a condition is a certain resource or finding, or one of a few. A value that every one of a kind has
/// does not tell them apart.
fn singles_out(service: &str, condition: &MuteCondition) -> bool {
    let says_something = |value: &String| match condition.test {
        MuteTest::Is if !value.contains(['*', '?']) => !value.trim().is_empty(),
        _ => !is_common(&condition.field, value),
    };
    let by_text = matches!(condition.test, MuteTest::Is | MuteTest::Contains | MuteTest::Begins | MuteTest::Like);
    let broad = BROAD.lines().skip(1).map(fields).any(|row| {
        matches!(row.as_slice(), [of, field, ..] if *of == service && field.eq_ignore_ascii_case(&condition.field))
    });
    by_text && !broad && !condition.values.is_empty() && condition.values.iter().all(says_something)
}

/// A rule in words: its name, what it does, and what it asks for.
#[must_use]
pub fn words(rule: &MuteRule) -> String {
    let asks = |condition: &MuteCondition| {
        let values: Vec<String> = condition.values.iter().map(|value| line(value)).collect();
        let sign = condition.test.sign();
        let parts = [condition.field.as_str(), sign, &values.join(" or ")];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    };
    let asked: Vec<String> = rule.conditions.iter().map(asks).collect();
    let asked = if asked.is_empty() { "whatever comes".to_owned() } else { asked.join(" and ") };
    format!("{} ({}: {asked})", line(&rule.name), rule.action)
}

/// Whether a rule takes in a finding with a number of this or more: false only where its conditions say so.
#[must_use]
pub fn takes_in_from(rule: &MuteRule, field: &str, least: f64) -> bool {
    let number = |value: &String| value.parse::<f64>().ok();
    rule.conditions.iter().filter(|condition| condition.field.eq_ignore_ascii_case(field)).all(|condition| {
        condition.values.iter().any(|value| match (condition.test, number(value)) {
            (MuteTest::Below, Some(bound)) => bound > least,
            (MuteTest::AtMost | MuteTest::Is, Some(bound)) => bound >= least,
            _ => true,
        })
    })
}

/// Whether a rule takes in a finding with one of these labels: false only where its conditions say so.
#[must_use]
pub fn takes_in_label(rule: &MuteRule, field: &str, labels: &[&str]) -> bool {
    let of: Vec<&MuteCondition> =
        rule.conditions.iter().filter(|condition| condition.field.eq_ignore_ascii_case(field)).collect();
    let meets = |condition: &MuteCondition, label: &str| {
        condition.values.iter().any(|value| {
            let (value, label) = (value.to_ascii_uppercase(), label.to_ascii_uppercase());
            match condition.test {
                MuteTest::Is => value == label,
                MuteTest::Begins => label.starts_with(&value),
                MuteTest::Contains => label.contains(&value),
                _ => true,
            }
        })
    };
    labels.iter().any(|label| {
        let (not, wanted): (Vec<&MuteCondition>, Vec<&MuteCondition>) =
            of.iter().copied().partition(|condition| condition.test == MuteTest::IsNot);
        let excluded =
            not.iter().any(|condition| condition.values.iter().any(|value| value.eq_ignore_ascii_case(label)));
        !excluded && (wanted.is_empty() || wanted.iter().any(|condition| meets(condition, label)))
    })
}

/// The mute rules that hit an alarm, those that are over left out. One that names no alarm may hit any.
pub fn of_alarm<'a>(mutes: &'a [AlarmMute], alarm: &Alarm) -> Vec<&'a AlarmMute> {
    let hits = |mute: &&AlarmMute| mute.alarms.is_empty() || mute.alarms.contains(&alarm.name);
    mutes.iter().filter(|mute| mute.status != "EXPIRED").filter(hits).collect()
}

/// What mutes an alarm at times, now or later, in words; none where nothing does.
///
/// # Errors
/// The mute rules of the region are not known.
pub fn muting(here: &View<'_>, alarm: &Alarm) -> Result<Option<String>, Gap> {
    let times: Vec<String> = of_alarm(here.alarm_mutes()?, alarm).into_iter().map(when).collect();
    Ok((!times.is_empty()).then(|| format!("muted by {}", times.join(" and by "))))
}

/// When a mute rule mutes, in words: `nightly: cron(0 2 * * *) for PT4H, Europe/Berlin, now`.
#[must_use]
pub fn when(mute: &AlarmMute) -> String {
    let times = match (mute.expression.as_str(), mute.duration.as_str()) {
        ("", _) | (_, "") => "at times that are not told".to_owned(),
        (expression, duration) => format!("{expression} for {duration}"),
    };
    let mut told = format!("{}: {times}", line(&mute.name));
    if mute.alarms.is_empty() {
        told.push_str(", whichever alarm");
    }
    told.push_str(&format!(", {}", mute.timezone.as_deref().unwrap_or("UTC")));
    if let Some(starts) = mute.starts {
        told.push_str(&format!(", from {}", day(starts)));
    }
    if let Some(expires) = mute.expires {
        told.push_str(&format!(", until {}", day(expires)));
    }
    if mute.status == "ACTIVE" {
        told.push_str(", at the time of the run too");
    }
    told
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn condition(field: &str, test: MuteTest, values: &[&str]) -> MuteCondition {
        MuteCondition { field: field.into(), test, values: values.iter().map(|v| (*v).to_owned()).collect() }
    }

    fn rule(conditions: Vec<MuteCondition>) -> MuteRule {
        MuteRule { name: "quiet".into(), action: "ARCHIVE".into(), conditions }
    }

    #[test]
    fn every_row_of_broad_fields_is_read_and_has_a_page() {
        for line in BROAD.lines().skip(1) {
            let row = fields(line);
            assert!(row.len() == 4 && row[2].starts_with("https://docs.aws.amazon.com/"), "{line}");
            assert!(row[3].parse::<jiff::civil::Date>().is_ok(), "{line}");
        }
    }

    const ONE: &str = "arn:aws:ec2:us-east-1:111122223333:instance/i-0abcdef1234567890";

    #[test]
    fn a_rule_is_wide_that_singles_nothing_out() {
        use MuteTest::{AtMost, Begins, Contains, Is, IsNot, Like, Other};
        for (service, conditions, expected) in [
            ("guardduty", vec![], true),
            ("guardduty", vec![condition("severity", AtMost, &["8"])], true),
            ("guardduty", vec![condition("type", Is, &["Recon:EC2/Portscan"])], true),
            ("guardduty", vec![condition("resource.instanceDetails.instanceId", Is, &["i-1"])], false),
            ("guardduty", vec![condition("resource.instanceDetails.instanceId", IsNot, &["i-1"])], true),
            ("guardduty", vec![condition("resource.instanceDetails.instanceId", Like, &["*"])], true),
            ("guardduty", vec![condition("resource.instanceDetails.instanceId", Is, &["i-1", ""])], true),
            (
                "guardduty",
                vec![condition("service.action.networkConnectionAction.localPortDetails.port", Is, &["22"])],
                false,
            ),
            ("accessanalyzer", vec![condition("resourceType", Is, &["AWS::S3::Bucket"])], true),
            ("accessanalyzer", vec![condition("isPublic", Is, &["false"])], true),
            ("accessanalyzer", vec![condition("principal.AWS", Contains, &["464622532012"])], false),
            ("accessanalyzer", vec![condition("resource", Other, &["exists: true"])], true),
            (
                "securityhub",
                vec![condition("SeverityLabel", Is, &["CRITICAL"]), condition("ProductName", Is, &["Inspector"])],
                true,
            ),
            ("securityhub", vec![condition("ResourceId", Begins, &["arn:aws:s3:::scratch-"])], false),
            ("securityhub", vec![condition("ComplianceSecurityControlId", Is, &["IAM.6"])], false),
            ("inspector", vec![condition("severity", Is, &["CRITICAL"]), condition("fixAvailable", Is, &["NO"])], true),
            ("inspector", vec![condition("vulnerabilityId", Is, &["CVE-2024-3094"])], false),
            // A value that all of them have.
            ("inspector", vec![condition("vulnerabilityId", Begins, &["CVE-"])], true),
            ("securityhub", vec![condition("ResourceId", Begins, &["arn:aws:"])], true),
            ("accessanalyzer", vec![condition("resource", Contains, &["arn:"])], true),
            ("guardduty", vec![condition("resource.instanceDetails.instanceId", Like, &["i-*"])], true),
            ("guardduty", vec![condition("resource.instanceDetails.instanceId", Is, &["i-*"])], true),
            ("guardduty", vec![condition("resource.instanceDetails.instanceId", Is, &["i-0abcdef1*"])], false),
            // Conditions on one field are alternatives in Security Hub and Inspector, and add up in the others.
            (
                "securityhub",
                vec![condition("ResourceId", Is, &[ONE]), condition("ResourceId", Begins, &["arn:aws:"])],
                true,
            ),
            (
                "securityhub",
                vec![condition("ResourceId", Is, &[ONE]), condition("ResourceId", Begins, &["arn:aws:s3:::scratch-"])],
                false,
            ),
            (
                "securityhub",
                vec![condition("ResourceId", Is, &[ONE]), condition("ResourceId", IsNot, &["arn:aws:"])],
                false,
            ),
            (
                "inspector",
                vec![condition("vulnerabilityId", Begins, &["CVE-"]), condition("resourceId", Is, &["i-1"])],
                false,
            ),
            (
                "accessanalyzer",
                vec![condition("resource", Is, &[ONE]), condition("resource", Contains, &["arn:"])],
                false,
            ),
        ] {
            let rule = rule(conditions);
            assert_eq!(is_wide(service, &rule), expected, "{service} {}", words(&rule));
        }
    }

    #[test]
    fn a_rule_takes_in_what_its_severity_does_not_exclude() {
        use MuteTest::{AtLeast, AtMost, Begins, Below, Is, IsNot};
        for (conditions, expected) in [
            (vec![], true),
            (vec![condition("severity", Below, &["4"])], false),
            (vec![condition("severity", Below, &["7"])], false),
            (vec![condition("severity", AtMost, &["7"])], true),
            (vec![condition("severity", AtLeast, &["4"])], true),
            (vec![condition("severity", Is, &["2", "5"])], false),
            (vec![condition("severity", Is, &["2", "8"])], true),
            (vec![condition("type", Is, &["Recon"])], true),
        ] {
            let rule = rule(conditions);
            assert_eq!(takes_in_from(&rule, "severity", 7.0), expected, "{}", words(&rule));
        }
        for (conditions, expected) in [
            (vec![], true),
            (vec![condition("SeverityLabel", Is, &["LOW", "MEDIUM"])], false),
            (vec![condition("SeverityLabel", Is, &["LOW", "CRITICAL"])], true),
            (vec![condition("SeverityLabel", IsNot, &["CRITICAL"])], false),
            (vec![condition("SeverityLabel", IsNot, &["LOW"])], true),
            (vec![condition("SeverityLabel", Begins, &["CRIT"])], true),
        ] {
            let rule = rule(conditions);
            assert_eq!(takes_in_label(&rule, "SeverityLabel", &["CRITICAL"]), expected, "{}", words(&rule));
        }
    }

    #[test]
    fn when_an_alarm_is_muted_is_told_in_words() {
        let mute = AlarmMute {
            name: "nightly".into(),
            status: "ACTIVE".into(),
            alarms: vec!["sec-root".into()],
            expression: "cron(0 2 * * *)".into(),
            duration: "PT4H".into(),
            timezone: Some("Europe/Berlin".into()),
            starts: None,
            expires: Some("2026-04-01T00:00:00Z".parse().unwrap()),
        };
        assert_eq!(
            when(&mute),
            "nightly: cron(0 2 * * *) for PT4H, Europe/Berlin, until 2026-04-01, at the time of the run too"
        );
        let named = |name: &str| Alarm { name: name.into(), ..Alarm::default() };
        let all = [mute];
        assert_eq!(of_alarm(&all, &named("sec-root")).len(), 1);
        assert!(of_alarm(&all, &named("sec-root-2")).is_empty());
    }

    #[test]
    fn a_mute_rule_that_names_no_alarm_may_mute_any_at_any_time() {
        let mute = AlarmMute { name: "all".into(), status: "SCHEDULED".into(), ..AlarmMute::default() };
        assert_eq!(when(&mute), "all: at times that are not told, whichever alarm, UTC");
        let any = Alarm { name: "sec-root".into(), ..Alarm::default() };
        let over = AlarmMute { status: "EXPIRED".into(), ..mute.clone() };
        assert_eq!(of_alarm(&[mute, over], &any).len(), 1);
    }
}
