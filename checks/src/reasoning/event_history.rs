//! Populations of events from CloudTrail's event history, which holds 90 days: what was done in every region, for a
//! person to compare with what was approved.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kickoff_facts::activity::{AccountEvent, EventHistory};
use kickoff_facts::changes::Change;
use kickoff_facts::{Gap, View};

use crate::frame::wording::{count, day, entries, moment, names};
use crate::reasoning::regions;
use crate::{Entry, Evaluation, Finding, Resource, Verdict};

/// The call that tells events.
const CALL: &str = "cloudtrail:LookupEvents";

/// Whether a change of a service belongs to a question.
pub type Bears<'f> = &'f dyn Fn(&str, Change) -> bool;

/// The events of a question, in the regions that could be read.
#[derive(Debug)]
pub struct Population<'a> {
    /// The first second of the period.
    pub start: Timestamp,
    /// The last second of the period.
    pub end: Timestamp,
    /// The events with their regions, the oldest first.
    pub events: Vec<(&'a str, &'a AccountEvent)>,
    /// How many regions were read.
    pub regions: usize,
    /// Services of which only known operations were asked for, with their regions.
    pub by_name: Vec<String>,
    /// The events are changes: what each means is told.
    changes: bool,
}

/// One result for the account with its population, and one for each region that could not be read or was not scanned:
/// what happened there is not known.
///
/// # Errors
/// The account's regions are not known, or none was scanned.
pub fn judge<'a>(
    view: &View<'a>,
    family: impl Fn(&View<'a>) -> Result<&'a EventHistory, Gap>,
    belongs: impl Fn(&AccountEvent) -> bool,
    verdict: impl FnOnce(&Population<'a>) -> Verdict,
) -> Evaluation {
    population(view, family, belongs, None, verdict)
}

/// As [`judge`], for the changes that bear on something, by service.
///
/// # Errors
/// The account's regions are not known, or none was scanned.
pub fn judge_changes<'a>(
    view: &View<'a>,
    bears: Bears<'_>,
    belongs: impl Fn(&AccountEvent) -> bool,
    verdict: impl FnOnce(&Population<'a>) -> Verdict,
) -> Evaluation {
    let belongs =
        |event: &AccountEvent| event.change().is_some_and(|change| bears(&event.source, change)) && belongs(event);
    population(view, |region| region.change_events(), belongs, Some(bears), verdict)
}

fn population<'a>(
    view: &View<'a>,
    family: impl Fn(&View<'a>) -> Result<&'a EventHistory, Gap>,
    belongs: impl Fn(&AccountEvent) -> bool,
    bears: Option<Bears<'_>>,
    verdict: impl FnOnce(&Population<'a>) -> Verdict,
) -> Evaluation {
    let regions::Population { known, unknown: mut findings } = regions::population(view, CALL, family)?;
    let Some((_, first)) = known.first() else { return Ok(findings) };
    let (start, end, regions) = (first.start, first.end, known.len());
    let (mut events, mut by_name) = (Vec::new(), Vec::new());
    for (region, history) in &known {
        let region: &'a str = region;
        events.extend(history.events.iter().filter(|event| belongs(event)).map(|event| (region, event)));
        let Some(bears) = bears else { continue };
        // What a service does that is not known bears on what its unknown changes bear on.
        let asked =
            |source: &&String| kickoff_facts::changes::change(source, "").is_some_and(|change| bears(source, change));
        by_name.extend(history.by_name.iter().filter(asked).map(|source| format!("{source} in {region}")));
        let missed = history.unread.iter().find(|one| one.change().is_some_and(|change| bears(&one.source, change)));
        findings.extend(missed.map(|one| {
            let resource = Resource::new("AWS::Region", format!("region/{region}"));
            let message = format!("{} of {}: {}", one.name, one.source, one.gap.message);
            Finding { resource, outcome: Err(Gap { message, ..one.gap.clone() }), evidence: Vec::new() }
        }));
    }
    events.sort_by_key(|(region, event)| (event.time, *region, &event.id));
    let all = Population { start, end, events, regions, by_name, changes: bears.is_some() };
    findings.push(Finding::new(Resource::account(view), verdict(&all)));
    Ok(findings)
}

impl Population<'_> {
    /// The verdict on a population that somebody has to compare with something.
    #[must_use]
    pub fn verdict(&self, what: &str, task: &str) -> Verdict {
        let rest = "the event history holds 90 days only: the rest of a longer period comes from the trail, or from a scan \
                    every quarter";
        let mut reasons = Vec::new();
        if !self.events.is_empty() {
            reasons.push(task.to_owned());
        }
        if !self.by_name.is_empty() {
            reasons.push(format!(
                "there are too many events of {} to read them all: only operations that this version knows were asked for, \
                 others come from the trail",
                names(&self.by_name)
            ));
        }
        reasons.push(rest.to_owned());
        Verdict::manual(self.observed(what), reasons.join("; "))
            .listing(self.events.iter().map(|(region, event)| self.entry(region, event)).collect())
            .over(self.start, self.end)
    }

    /// The number of events, the period, how often each operation occurs, and the events themselves.
    fn observed(&self, what: &str) -> String {
        let mut text = format!(
            "{} from {} to {} in {}",
            count(self.events.len(), what),
            day(self.start),
            day(self.end),
            count(self.regions, "region")
        );
        let strange: Vec<&AccountEvent> =
            self.events.iter().map(|(_, event)| *event).filter(|event| self.is_unknown(event)).collect();
        if !strange.is_empty() {
            let kinds: BTreeSet<String> =
                strange.iter().map(|event| format!("{} of {}", event.name, event.source)).collect();
            text.push_str(&format!(
                ", {} of them by operations that this version does not know: {}",
                strange.len(),
                names(kinds)
            ));
        }
        let mut tally: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, event) in &self.events {
            *tally.entry(event.name.as_str()).or_default() += 1;
        }
        if tally.is_empty() {
            return text;
        }
        let tally: Vec<String> = tally.into_iter().map(|(name, number)| format!("{name} {number}")).collect();
        let told = entries(self.events.iter().map(|(region, event)| told(region, event)));
        format!("{text} ({}): {told}", tally.join(", "))
    }

    fn is_unknown(&self, event: &AccountEvent) -> bool {
        self.changes && event.change().is_some_and(|change| !change.known)
    }

    fn entry(&self, region: &str, event: &AccountEvent) -> Entry {
        let mut entry = entry(region, event);
        if let (true, Some(change)) = (self.changes, event.change()) {
            entry.push(("Bears on", change.bearing.name().to_owned()));
            entry.push(("What is changed", change.effect.to_owned()));
        }
        entry
    }
}

/// One event, field by field.
fn entry(region: &str, event: &AccountEvent) -> Entry {
    vec![
        ("Time (UTC)", event.time.map(moment).unwrap_or_default()),
        ("Region", region.to_owned()),
        ("Event", event.name.clone()),
        ("Service", event.source.clone()),
        ("By", event.actor.clone()),
        ("Kind of identity", kind(event)),
        ("Through", event.invoked_by.clone().unwrap_or_default()),
        ("On", event.target.join("; ")),
        ("Source address", event.source_ip.clone()),
        ("Error", event.error.clone().unwrap_or_default()),
        ("Event id", event.id.clone()),
    ]
}

/// The kind of identity; a session that another account opened for root is no sign-in of root.
fn kind(event: &AccountEvent) -> String {
    if event.assumed_root {
        format!("{} (session by sts:AssumeRoot)", event.actor_type)
    } else {
        event.actor_type.clone()
    }
}

/// One event, on one line.
fn told(region: &str, event: &AccountEvent) -> String {
    let at = event.time.map_or_else(|| "at an unknown time".to_owned(), moment);
    let mut text = format!("{at} {region} {} by {}", event.name, event.actor);
    if event.assumed_root {
        text.push_str(" (a root session by sts:AssumeRoot)");
    }
    if let Some(service) = event.invoked_by.as_ref().filter(|service| **service != event.actor) {
        text.push_str(&format!(" through {service}"));
    }
    if !event.target.is_empty() {
        text.push_str(&format!(" on {}", event.target.join(", ")));
    }
    if !event.source_ip.is_empty() {
        text.push_str(&format!(" from {}", event.source_ip));
    }
    if let Some(error) = &event.error {
        text.push_str(&format!(", refused: {error}"));
    }
    text.push_str(&format!(" [{}]", event.id));
    text
}

#[cfg(test)]
mod tests {
    use kickoff_facts::changes::change;

    /// What of the actions that blind logging leaves no event in the history: calls on objects are data events, and the
    /// permission to pass a lock is no call.
    const NO_EVENT: [&str; 4] =
        ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject", "s3:BypassGovernanceRetention"];

    /// Names of events that are not those of the action.
    fn event(action: &str) -> (String, &str) {
        let (service, name) = action.split_once(':').unwrap();
        let service = if service == "cloudwatch" { "monitoring" } else { service };
        let name = if name == "PutReplicationConfiguration" { "PutBucketReplication" } else { name };
        (format!("{service}.amazonaws.com"), name)
    }

    #[test]
    fn the_table_of_changes_has_every_action_that_blinds_logging() {
        let actions = include_str!("../../policy/data/log_tamper.txt").lines().filter(|line| !line.starts_with('#'));
        let actions: Vec<&str> = actions.filter_map(|line| line.split('|').nth(1)).collect();
        assert!(actions.len() > 60, "{}", actions.len());
        for action in actions.into_iter().filter(|action| !NO_EVENT.contains(action)) {
            let (source, name) = event(action);
            let found = change(&source, name);
            let known = found.is_some_and(|change| change.known);
            // The action that allows a lifecycle has another name than its event.
            assert!(known || action == "s3:PutLifecycleConfiguration", "{action}: {found:?}");
        }
    }
}
