//! Questions that are decided for the whole account from what its regions say.

use kickoff_facts::{Gap, View};

/// Looks for something in every region that was asked. What was found anywhere counts, even where another region could
/// not be read; "nothing" needs every region to have been read.
///
/// # Errors
/// Nothing was found, and a region could not be read.
pub fn find<'a, T>(view: &View<'a>, mut look: impl FnMut(&View<'a>) -> Result<Vec<T>, Gap>) -> Result<Vec<T>, Gap> {
    let (mut found, mut gap) = (Vec::new(), None);
    for region in view.regions() {
        match look(&region) {
            Ok(here) => found.extend(here),
            Err(error) => gap = gap.or(Some(error)),
        }
        view.adopt(&region);
    }
    match gap {
        Some(gap) if found.is_empty() => Err(gap),
        _ => Ok(found),
    }
}
