//! Questions that are decided for the whole account from what its regions say.

use std::collections::BTreeSet;

use kickoff_facts::{Gap, GapKind, View};

use crate::{Finding, Resource};

/// Looks for something in every region that was asked. What was found anywhere counts, even where another region could
/// not be read; "nothing" needs every region to have been read.
///
/// # Errors
/// Nothing was found, and a region could not be read, or none was asked.
pub fn find<'a, T>(view: &View<'a>, look: impl FnMut(&View<'a>) -> Result<Vec<T>, Gap>) -> Result<Vec<T>, Gap> {
    let answers = each(view, look);
    let found: Vec<T> = answers.known.into_iter().flat_map(|(_, found)| found).collect();
    match answers.gap {
        Some(gap) if found.is_empty() => Err(gap),
        _ => Ok(found),
    }
}

/// What the regions that were asked say, one by one.
#[derive(Debug)]
pub struct Answers<'a, T> {
    /// The regions that could be read, with what they say.
    pub known: Vec<(&'a str, T)>,
    /// Why another could not be read; also set where no region was asked at all.
    pub gap: Option<Gap>,
}

/// Asks every region the same. What one region says is certain even where another could not be read, so the gap is
/// given beside the answers: "all of them" needs it to be none.
pub fn each<'a, T>(view: &View<'a>, mut look: impl FnMut(&View<'a>) -> Result<T, Gap>) -> Answers<'a, T> {
    let mut answers = Answers { known: Vec::new(), gap: None };
    for region in view.regions() {
        match look(&region) {
            Ok(answer) => answers.known.push((region.region_name(), answer)),
            Err(gap) => answers.gap = answers.gap.or(Some(gap)),
        }
        view.adopt(&region);
    }
    if answers.known.is_empty() && answers.gap.is_none() {
        answers.gap = Some(not_collected("every call", view.home_region(), "no region was scanned"));
    }
    answers
}

/// What makes up a population, region by region, for a person to judge.
#[derive(Debug)]
pub struct Population<'a, T> {
    /// The regions that could be read, with what they say.
    pub known: Vec<(&'a str, T)>,
    /// A finding on each region that could not be read or was not scanned: nothing is known of it.
    pub unknown: Vec<Finding>,
}

/// Asks every region for its part of a population.
///
/// # Errors
/// The account's regions are not known, or none was scanned.
pub fn population<'a, T>(
    view: &View<'a>,
    call: &str,
    mut look: impl FnMut(&View<'a>) -> Result<T, Gap>,
) -> Result<Population<'a, T>, Gap> {
    view.all_regions()?;
    let finding = |region: &str, gap: Gap| {
        let resource = Resource::new("AWS::Region", format!("region/{region}"));
        Finding { resource, outcome: Err(gap), evidence: Vec::new() }
    };
    let mut all = Population { known: Vec::new(), unknown: Vec::new() };
    for region in view.regions() {
        match look(&region) {
            Ok(found) => all.known.push((region.region_name(), found)),
            Err(gap) => all.unknown.push(finding(region.region_name(), gap)),
        }
        view.adopt(&region);
    }
    if let Err(gap) = all_scanned(view, call) {
        all.unknown.push(finding(&gap.region.clone(), gap));
    }
    if all.known.is_empty() && all.unknown.is_empty() {
        return Err(not_collected(call, view.home_region(), "no region was scanned"));
    }
    Ok(all)
}

/// That every region which the account has enabled was scanned: "nothing anywhere" needs it, what was found does not.
///
/// # Errors
/// The regions of the account are not known, or an enabled one was not scanned; the call is what would have told there.
pub fn all_scanned(view: &View<'_>, call: &str) -> Result<(), Gap> {
    // Closed by a policy, or left out of scope: neither is news here, `account-region-coverage` says it once.
    let asked: BTreeSet<&str> = view.asked_regions().collect();
    let enabled = view.all_regions()?.iter().filter(|region| region.is_enabled()).map(|region| region.name.as_str());
    let left: Vec<&str> = enabled.filter(|region| !asked.contains(region) && !view.is_left_out(region)).collect();
    if left.is_empty() { Ok(()) } else { Err(not_collected(call, &left.join(", "), "enabled and not scanned")) }
}

/// The gap that a region outside of the scope leaves.
#[must_use]
pub fn not_collected(call: &str, region: &str, message: &str) -> Gap {
    Gap {
        kind: GapKind::NotCollected,
        call: call.to_owned(),
        region: region.to_owned(),
        message: message.to_owned(),
        evidence: None,
    }
}

/// Whether a window on a region is the one in which a check that is called for each region says something of the whole
/// account, so that it is said once: the home region, or the first where that was not scanned.
#[must_use]
pub fn speaks_for_account(view: &View<'_>) -> bool {
    let home = view.home_region();
    let scanned = |region: &str| view.regions().any(|here| here.region_name() == region);
    let first = view.regions().next().map(|here| here.region_name());
    (if scanned(home) { Some(home) } else { first }) == Some(view.region_name())
}
