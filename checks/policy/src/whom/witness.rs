//! A text that two patterns have in common.

use crate::template::Token;

/// A character that no policy writes: only a wildcard takes it.
pub const MARK: char = '\u{1}';

/// Tokens of a pattern at the most: no name that AWS has is longer.
const MOST: usize = 2048;

/// A text that both patterns match, made with a character that fills what both leave open; none where there is none, or
/// a pattern is longer than any name.
pub(super) fn witness(one: &[Token], other: &[Token], filler: char) -> Option<String> {
    if one.len() > MOST || other.len() > MOST {
        return None;
    }
    let width = other.len() + 1;
    let mut dead = vec![false; (one.len() + 1) * width];
    let mut text = String::new();
    meet(one, other, filler, &mut text, &mut dead, width).then_some(text)
}

/// A pattern, and once more for each of its stars with that one holding what no policy writes: a text of the first alone
/// says nothing of what else a star can stand for.
pub(super) fn ways(pattern: &[Token]) -> Vec<Vec<Token>> {
    let stars = pattern.iter().enumerate().filter(|(_, token)| **token == Token::Star);
    let held = stars.map(|(at, _)| {
        let mut way = pattern.to_vec();
        way.splice(at..=at, [Token::Star, Token::Char(MARK), Token::Star]);
        way
    });
    std::iter::once(pattern.to_vec()).chain(held).collect()
}

/// The same of ARNs: where both are written out, each part meets its own. No name that `*` of `StringLike` stands for has a
/// colon where AWS has none.
pub(super) fn of_arns(one: &[Token], other: &[Token], filler: char) -> Option<String> {
    let (these, those) = (parts(one), parts(other));
    if these.len() != 6 || those.len() != 6 {
        return witness(one, other, filler);
    }
    let each: Option<Vec<String>> = these.into_iter().zip(those).map(|(a, b)| witness(a, b, filler)).collect();
    Some(each?.join(":"))
}

/// The parts of an ARN, six where it is written out.
fn parts(arn: &[Token]) -> Vec<&[Token]> {
    arn.splitn(6, |token| *token == Token::Char(':')).collect()
}

fn meet(one: &[Token], other: &[Token], filler: char, text: &mut String, dead: &mut [bool], width: usize) -> bool {
    let at = one.len() * width + other.len();
    if dead.get(at).copied().unwrap_or(true) {
        return false;
    }
    let put = |c: char, one: &[Token], other: &[Token], text: &mut String, dead: &mut [bool]| {
        let before = text.len();
        text.push(c);
        let met = meet(one, other, filler, text, dead, width);
        if !met {
            text.truncate(before);
        }
        met
    };
    let met = match (one, other) {
        ([], []) => true,
        ([Token::Star, rest @ ..], _) if meet(rest, other, filler, text, dead, width) => true,
        (_, [Token::Star, rest @ ..]) if meet(one, rest, filler, text, dead, width) => true,
        ([Token::Star, ..], [Token::Char(c), rest @ ..]) => put(*c, one, rest, text, dead),
        ([Token::Star, ..], [Token::One, rest @ ..]) => put(filler, one, rest, text, dead),
        ([Token::Char(c), rest @ ..], [Token::Star, ..]) => put(*c, rest, other, text, dead),
        ([Token::One, rest @ ..], [Token::Star, ..]) => put(filler, rest, other, text, dead),
        ([Token::Char(a), one @ ..], [Token::Char(b), other @ ..]) => a == b && put(*a, one, other, text, dead),
        ([Token::Char(c), one @ ..], [Token::One, other @ ..])
        | ([Token::One, one @ ..], [Token::Char(c), other @ ..]) => put(*c, one, other, text, dead),
        ([Token::One, one @ ..], [Token::One, other @ ..]) => put(filler, one, other, text, dead),
        _ => false,
    };
    if !met && let Some(place) = dead.get_mut(at) {
        *place = true;
    }
    met
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::tokens;

    #[test]
    fn each_star_holds_something_once() {
        let with = tokens("arn:aws:iam::1:role/?*", true);
        let found: Vec<Option<String>> = ways(&tokens("arn:*:iam::*:r*-a*", true))
            .iter()
            .map(|way| of_arns(way, &with, 'x').map(|arn| arn.replace(MARK, "!")))
            .collect();
        let name = |name: &str| Some(format!("arn:aws:iam::1:{name}"));
        assert_eq!(found, [name("role/-a"), None, None, name("role/!-a"), name("role/-a!")]);
    }

    #[test]
    fn a_text_in_common_is_found_or_there_is_none() {
        for (one, other, expected) in [
            (
                "arn:aws:iam::*:role/deploy",
                "arn:aws:iam::000000000001:?*",
                Some("arn:aws:iam::000000000001:role/deploy"),
            ),
            ("*", "arn:aws:iam::1:?*", Some("arn:aws:iam::1:x")),
            ("*:role/a?", "arn:aws:iam::1:?*", Some("arn:aws:iam::1:role/ax")),
            ("99*", "????", Some("99xx")),
            ("arn:aws:iam::2:*", "arn:aws:iam::1:*", None),
            ("a*b*c", "*bb?", Some("abbc")),
            ("", "?*", None),
        ] {
            let found = witness(&tokens(one, true), &tokens(other, true), 'x');
            assert_eq!(found.as_deref(), expected, "{one} {other}");
        }
    }
}
