//! # Alarm state changes of the look-back
//!
//! ## What it asks
//! Which CloudWatch alarms went off lately, when, and when they were calm again, in every region.
//!
//! ## Why an auditor asks
//! An alarm that goes off calls for an answer. This is the population from which an auditor samples alarms and asks for the
//! ticket of each.
//!
//! ## How it is decided
//! CloudWatch's history is asked in each region for changes of state of metric and composite alarms, also of alarms that do
//! not exist any more. How many there are of each alarm is told, and each change with its time, as far as a cell of a sheet
//! holds them; the evidence holds all. 90 days are asked for, and CloudWatch keeps 30: a scan every month is needed to
//! carry the population over a longer period. A person takes the sample: `manual`, also where there are none. A region that
//! could not be read, or was not scanned, is `not-evaluated`, and so is one with more than 2000 changes.
//!
//! ## What else is accepted
//! The incident tool's export of alarms, tied to this list for a month.
//!
//! ## What it does not see
//! CloudWatch keeps 30 days. Whether an action was carried out, who was told and what they did is not in the list: of
//! the history only changes of state are asked for, not the items of kind `Action`. Alerts of EventBridge rules and of
//! other products leave no state here.
//!
//! ## Remediation
//! Run `kickoff scan` every month, so that the runs cover the period. Console: CloudWatch, All alarms, History. CLI:
//! `aws cloudwatch describe-alarm-history --history-item-type StateUpdate`. Terraform: an `aws_cloudwatch_event_rule` on
//! `CloudWatch Alarm State Change` with a log group as its target keeps what the history forgets.
//!
//! ## Peers
//! No peer prints it.
//!
//! ## References
//! Amazon CloudWatch User Guide, "Using Amazon CloudWatch alarms"; API Reference, `DescribeAlarmHistory`.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use kickoff_facts::logging::{AlarmChange, AlarmHistory};
use kickoff_facts::{Need, View};

use crate::frame::wording::{count, day, entries, moment, names};
use crate::parameters::Parameters;
use crate::reasoning::regions;
use crate::{Entry, Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "monitor-alarm-history-in-period",
    control: "CC7.2.22",
    title: "Alarm state changes of the look-back",
    severity: Severity::Info,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Manual,
    criteria: &["CC7.2", "CC7.3"],
    needs: &[Need::AlarmHistory, Need::Regions],
    parameters: &[],
    expected: "each alarm that went off was answered",
    fix: "record what was done about the alarm",
};

/// Decides.
///
/// # Errors
/// The account's regions are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let regions::Population { known, unknown: mut findings } =
        regions::population(view, "cloudwatch:DescribeAlarmHistory", |region| region.alarm_history())?;
    if let Some((_, first)) = known.first() {
        let mut changes: Vec<(&str, &AlarmChange)> =
            known.iter().flat_map(|(region, history)| history.changes.iter().map(|change| (*region, change))).collect();
        changes.sort_by_key(|(region, change)| (change.time, *region, &change.alarm));
        findings.push(Finding::new(Resource::account(view), verdict(first, known.len(), &changes)));
    }
    Ok(findings)
}

/// How long CloudWatch keeps the history of alarms.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

fn verdict(history: &AlarmHistory, regions: usize, changes: &[(&str, &AlarmChange)]) -> Verdict {
    // What is older than that AWS has forgotten: none of it in the answer does not say that there was none.
    let oldest = history.end.checked_sub(KEPT).unwrap_or(history.start);
    let oldest = changes.iter().filter_map(|(_, change)| change.time).fold(oldest, Timestamp::min);
    let from = history.start.max(oldest);
    let text = format!(
        "{} from {} to {} in {}",
        count(changes.len(), "state change"),
        day(from),
        day(history.end),
        count(regions, "region")
    );
    let rest = "CloudWatch keeps 30 days only: a longer period needs a scan every month";
    if changes.is_empty() {
        return Verdict::manual(text, rest).over(from, history.end);
    }
    let mut alarms: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (region, change) in changes {
        *alarms.entry((region, &change.alarm)).or_default() += 1;
    }
    let tally = names(alarms.into_iter().map(|((region, alarm), number)| format!("{alarm} in {region} {number}")));
    let told = entries(changes.iter().map(|(region, change)| {
        let at = change.time.map_or_else(|| "at an unknown time".to_owned(), moment);
        format!("{at} {region} {}: {}", change.alarm, change.summary)
    }));
    Verdict::manual(
        format!("{text} ({tally}): {told}"),
        format!("take the sample, and compare each with its ticket; {rest}"),
    )
    .listing(changes.iter().map(|(region, change)| entry(region, change)).collect())
    .over(from, history.end)
}

/// One change, field by field.
fn entry(region: &str, change: &AlarmChange) -> Entry {
    vec![
        ("Time (UTC)", change.time.map(moment).unwrap_or_default()),
        ("Region", region.to_owned()),
        ("Alarm", change.alarm.clone()),
        ("Change", change.summary.clone()),
    ]
}
