//! Questions that are decided for the whole account from what its regions say.

use kickoff_facts::{Gap, GapKind, View};

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
        answers.gap = Some(Gap {
            kind: GapKind::NotCollected,
            call: "every call".to_owned(),
            region: view.home_region().to_owned(),
            message: "no region was scanned".to_owned(),
            evidence: None,
        });
    }
    answers
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
