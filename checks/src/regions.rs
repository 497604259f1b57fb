//! Questions that are decided for the whole account from what its regions say.

use kickoff_facts::{Gap, GapKind, View};

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
