//! How two resource patterns stand to each other, on their bytes: what is asked most, without making lists of tokens of them.
//!
//! The same as [`crate::template::relation`] says of their tokens, for texts of ASCII.

use crate::template::Relation;

/// A pattern of ASCII, to which a star may be added.
#[derive(Clone, Copy)]
struct Bytes<'a> {
    text: &'a [u8],
    star: bool,
}

impl Bytes<'_> {
    fn len(self) -> usize {
        self.text.len() + usize::from(self.star)
    }

    fn at(self, place: usize) -> Option<u8> {
        match self.text.get(place) {
            Some(byte) => Some(*byte),
            None => (self.star && place == self.text.len()).then_some(b'*'),
        }
    }
}

/// How a pattern, with a star behind it if `star`, stands to another; none when one is not ASCII, or longer than is decided here.
pub(crate) fn relation(first: &str, star: bool, second: &str) -> Option<Relation> {
    if !first.is_ascii() || !second.is_ascii() {
        return None;
    }
    let (first, second) = (Bytes { text: first.as_bytes(), star }, Bytes { text: second.as_bytes(), star: false });
    if covers(first, second) {
        return Some(Relation::Covers);
    }
    intersects(first, second).map(|both| if both { Relation::Intersects } else { Relation::Disjoint })
}

fn covers(first: Bytes<'_>, second: Bytes<'_>) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while let Some(asked) = second.at(t) {
        let step = match first.at(p) {
            Some(b'*') => {
                back = Some((p, t));
                p += 1;
                continue;
            }
            Some(b'?') => asked != b'*',
            Some(byte) => byte == asked,
            None => false,
        };
        if step {
            (p, t) = (p + 1, t + 1);
        } else if let Some((star, from)) = back {
            back = Some((star, from + 1));
            (p, t) = (star + 1, from + 1);
        } else {
            return false;
        }
    }
    (p..first.len()).all(|place| first.at(place) == Some(b'*'))
}

/// Whether some text is matched by both: a set of places of the second is kept in the bits of a number.
fn intersects(first: Bytes<'_>, second: Bytes<'_>) -> Option<bool> {
    let wild = |byte: u8| matches!(byte, b'*' | b'?');
    let mut start = 0;
    while let (Some(one), Some(other)) = (first.at(start), second.at(start)) {
        if wild(one) || wild(other) {
            break;
        }
        if one != other {
            return Some(false);
        }
        start += 1;
    }
    let rest = second.len() - start;
    if rest > 126 {
        return None;
    }
    let stars = (0..rest).filter(|at| second.at(start + at) == Some(b'*')).fold(0_u128, |set, at| set | 1 << at);
    // Stars of the second may take nothing.
    let close = |mut set: u128| loop {
        let more = set | (set & stars) << 1;
        if more == set {
            return set;
        }
        set = more;
    };
    let all: u128 = (1 << (rest + 1)) - 1;
    let mut reached = close(1);
    for place in start..first.len() {
        let byte = first.at(place)?;
        let next = if byte == b'*' {
            // From the first place on the star takes what the second asks for.
            all & !((reached & reached.wrapping_neg()) - 1)
        } else {
            let mut next = reached & stars;
            let mut left = reached & !stars;
            while left != 0 {
                let at = left.trailing_zeros();
                left &= left - 1;
                let fits =
                    second.at(start + at as usize).is_some_and(|other| byte == b'?' || other == b'?' || other == byte);
                next |= u128::from(fits) << (at + 1);
            }
            next & all
        };
        if next == 0 {
            return Some(false);
        }
        reached = close(next);
    }
    Some(reached >> rest & 1 == 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::template::{relation as by_tokens, tokens};

    proptest! {
        #[test]
        fn agrees_with_tokens(first in "[ab:*?]{0,9}", second in "[ab:*?]{0,9}", star in any::<bool>()) {
            let whole = if star { format!("{first}*") } else { first.clone() };
            let expected = by_tokens(&tokens(&whole, true), &tokens(&second, true));
            prop_assert_eq!(relation(&first, star, &second), Some(expected));
        }
    }

    #[test]
    fn long_and_foreign_texts_are_left_to_tokens() {
        assert_eq!(relation("é*", false, "*"), None);
        let long = "a*".repeat(100);
        assert_eq!(relation("*b*", false, &long), None);
        assert_eq!(relation("b*", false, &long), Some(Relation::Disjoint));
    }
}
