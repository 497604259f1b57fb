//! Questions that are decided for the whole account from what its regions say.

use kickoff_facts::{Gap, GapKind, View};

/// Looks for something in every region that was asked. What was found anywhere counts, even where another region could
/// not be read; "nothing" needs every region to have been read.
///
/// # Errors
/// Nothing was found, and a region could not be read, or none was asked.
pub fn find<'a, T>(view: &View<'a>, mut look: impl FnMut(&View<'a>) -> Result<Vec<T>, Gap>) -> Result<Vec<T>, Gap> {
    let (mut found, mut gap) = (Vec::new(), None);
    for region in view.regions() {
        match look(&region) {
            Ok(here) => found.extend(here),
            Err(error) => gap = gap.or(Some(error)),
        }
        view.adopt(&region);
    }
    if view.regions().next().is_none() {
        gap = Some(Gap {
            kind: GapKind::NotCollected,
            call: "every regional call".to_owned(),
            region: view.home_region().to_owned(),
            message: "no region was scanned".to_owned(),
            evidence: None,
        });
    }
    match gap {
        Some(gap) if found.is_empty() => Err(gap),
        _ => Ok(found),
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
