//! Deciding on facts of which some are not known: a gap matters only where the answer turns on it.

use kickoff_facts::Gap;

/// Whether both hold. One that is known not to hold decides, whatever is not known of the other.
///
/// # Errors
/// Neither is known not to hold, and one is not known.
pub fn both(a: Result<bool, Gap>, b: Result<bool, Gap>) -> Result<bool, Gap> {
    match (a, b) {
        (Ok(false), _) | (_, Ok(false)) => Ok(false),
        (Ok(true), Ok(true)) => Ok(true),
        (Err(gap), _) | (_, Err(gap)) => Err(gap),
    }
}

/// What a look finds among some things. What was found counts, even where another thing could not be seen; "nothing"
/// needs all of them to have been seen.
///
/// # Errors
/// Nothing was found, and something could not be seen.
pub fn among<T, U>(
    things: impl IntoIterator<Item = T>,
    mut look: impl FnMut(T) -> Result<Option<U>, Gap>,
) -> Result<Vec<U>, Gap> {
    let (mut found, mut gap) = (Vec::new(), None);
    for thing in things {
        match look(thing) {
            Ok(here) => found.extend(here),
            Err(error) => gap = gap.or(Some(error)),
        }
    }
    match gap {
        Some(gap) if found.is_empty() => Err(gap),
        _ => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kickoff_facts::GapKind;

    fn gap() -> Gap {
        let (call, region) = ("s3:GetBucketAcl".to_owned(), "us-east-1".to_owned());
        Gap { kind: GapKind::Denied, call, region, message: String::new(), evidence: None }
    }

    #[test]
    fn a_gap_matters_only_where_the_answer_turns_on_it() {
        assert_eq!(both(Err(gap()), Ok(false)), Ok(false));
        assert_eq!(both(Ok(false), Err(gap())), Ok(false));
        assert_eq!(both(Ok(true), Err(gap())), Err(gap()));
        assert_eq!(both(Ok(true), Ok(true)), Ok(true));
    }

    #[test]
    fn nothing_needs_everything_to_have_been_seen() {
        let look = |x: Result<u8, Gap>| x.map(|n| (n > 1).then_some(n));
        assert_eq!(among([Err(gap()), Ok(2)], look), Ok(vec![2]));
        assert_eq!(among([Ok(1), Err(gap())], look), Err(gap()));
        assert_eq!(among([Ok(1), Ok(0)], look), Ok(vec![]));
    }
}
