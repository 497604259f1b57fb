//! Populations of events from CloudTrail's event history, which holds 90 days: what was done in every region, for a
//! person to compare with what was approved.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kickoff_facts::activity::{AccountEvent, EventHistory};
use kickoff_facts::{Gap, View};

use crate::wording::{count, day, line};
use crate::{Evaluation, Finding, Resource, Verdict, regions};

/// Events are written out up to so many characters; a cell of a sheet holds no more than 32,767.
const PRINTED: usize = 24_000;

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
    view.all_regions()?;
    let (mut findings, mut found) = (Vec::new(), None::<Population<'a>>);
    for region in view.regions() {
        match family(&region) {
            Ok(history) => {
                let all = found.get_or_insert_with(|| Population {
                    start: history.start,
                    end: history.end,
                    events: Vec::new(),
                    regions: 0,
                });
                all.regions += 1;
                let own = history.events.iter().filter(|event| belongs(event));
                all.events.extend(own.map(|event| (region.region_name(), event)));
            }
            Err(gap) => {
                findings.push(Finding { resource: Resource::region(&region), outcome: Err(gap), evidence: vec![] })
            }
        }
        view.adopt(&region);
    }
    if let Err(gap) = regions::all_scanned(view, CALL) {
        let resource = Resource::new("AWS::Region", format!("region/{}", gap.region));
        findings.push(Finding { resource, outcome: Err(gap), evidence: vec![] });
    }
    match found {
        Some(mut all) => {
            all.events.sort_by_key(|(region, event)| (event.time, *region, &event.id));
            findings.push(Finding::new(Resource::account(view), verdict(&all)));
        }
        None if findings.is_empty() => {
            return Err(regions::not_collected(CALL, view.home_region(), "no region was scanned"));
        }
        None => {}
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
        let mut names: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, event) in &self.events {
            *names.entry(event.name.as_str()).or_default() += 1;
        }
        if names.is_empty() {
            return text;
        }
        let tally: Vec<String> = names.into_iter().map(|(name, number)| format!("{name} {number}")).collect();
        text.push_str(&format!(" ({})", tally.join(", ")));
        for (at, (region, event)) in self.events.iter().enumerate() {
            if text.len() > PRINTED {
                let more = self.events.len() - at;
                text.push_str(&format!("; and {more} more, which the evidence holds"));
                break;
            }
            text.push_str(if at == 0 { ": " } else { "; " });
            text.push_str(&told(region, event));
        }
        text
    }
}

/// One event, on one line.
fn told(region: &str, event: &AccountEvent) -> String {
    let at =
        event.time.map_or_else(|| "at an unknown time".to_owned(), |at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    let mut text = format!("{at} {region} {} by {}", event.name, event.actor);
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
    line(&text)
}
