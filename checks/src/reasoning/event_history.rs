//! Populations of events from CloudTrail's event history, which holds 90 days: what was done in every region, for a
//! person to compare with what was approved.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kickoff_facts::activity::{AccountEvent, EventHistory};
use kickoff_facts::{Gap, View};

use crate::frame::wording::{count, day, entries, moment};
use crate::reasoning::regions;
use crate::{Entry, Evaluation, Finding, Resource, Verdict};

/// The call that tells events.
const CALL: &str = "cloudtrail:LookupEvents";

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
    let regions::Population { known, unknown: mut findings } = regions::population(view, CALL, family)?;
    if let Some((_, first)) = known.first() {
        let (start, end, regions) = (first.start, first.end, known.len());
        let of = |(region, history): &(&'a str, &'a EventHistory)| {
            let region = *region;
            let own = history.events.iter().filter(|event| belongs(event));
            own.map(|event| (region, event)).collect::<Vec<_>>()
        };
        let mut events: Vec<(&str, &AccountEvent)> = known.iter().flat_map(of).collect();
        events.sort_by_key(|(region, event)| (event.time, *region, &event.id));
        let all = Population { start, end, events, regions };
        findings.push(Finding::new(Resource::account(view), verdict(&all)));
    }
    Ok(findings)
}

impl Population<'_> {
    /// The verdict on a population that somebody has to compare with something.
    #[must_use]
    pub fn verdict(&self, what: &str, task: &str) -> Verdict {
        let rest = "the event history holds 90 days only: the rest of a longer period comes from the trail, or from a scan \
                    every quarter";
        let reason = if self.events.is_empty() { rest.to_owned() } else { format!("{task}; {rest}") };
        Verdict::manual(self.observed(what), reason)
            .listing(self.events.iter().map(|(r, e)| entry(r, e)).collect())
            .over(self.start, self.end)
    }

    /// The number of events, the period, how often each operation occurs, and the events themselves.
    fn observed(&self, what: &str) -> String {
        let text = format!(
            "{} from {} to {} in {}",
            count(self.events.len(), what),
            day(self.start),
            day(self.end),
            count(self.regions, "region")
        );
        let mut names: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, event) in &self.events {
            *names.entry(event.name.as_str()).or_default() += 1;
        }
        if names.is_empty() {
            return text;
        }
        let tally: Vec<String> = names.into_iter().map(|(name, number)| format!("{name} {number}")).collect();
        let told = entries(self.events.iter().map(|(region, event)| told(region, event)));
        format!("{text} ({}): {told}", tally.join(", "))
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
