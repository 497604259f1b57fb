//! Texts with policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, `${*}`.
//!
//! Source: IAM User Guide, "IAM policy elements: Variables and tags". They exist from version 2012-10-17 on.

use crate::context::{Context, Lookup};
use crate::version::Version;

/// One element of a text that is matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// Any text.
    Star,
    /// Any one character.
    One,
    /// This character.
    Char(char),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(Box<str>),
    Variable {
        key: Box<str>,
        default: Option<Box<str>>,
    },
    /// `${*}`, `${?}`, `${$}`: the character itself.
    Literal(char),
}

/// A text with variables in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Box<[Piece]>);

/// A template with its variables put in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rendered {
    /// All variables are known.
    Known(Vec<Token>),
    /// A variable has no value and no default: nothing matches.
    Missing,
    /// A variable is not known: stars stand in its place, so what does not match certainly does not.
    Unknown(Vec<Token>),
}

impl Template {
    /// The template of a text, or none when it has no variable (or the language version knows none).
    #[must_use]
    pub fn parse(text: &str, version: Version) -> Option<Template> {
        if version == Version::V2008 || !text.contains("${") {
            return None;
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            let Some(end) = rest[at..].find('}') else { break };
            let inner = &rest[at + 2..at + end];
            if at > 0 {
                pieces.push(Piece::Text(rest[..at].into()));
            }
            pieces.push(Piece::of(inner));
            rest = &rest[at + end + 1..];
        }
        if pieces.is_empty() {
            return None;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.into()));
        }
        Some(Template(pieces.into()))
    }

    /// Puts the values in. `wild`: `*` and `?` of the text itself are wildcards; those of a value never are.
    pub fn render(&self, context: &dyn Context, wild: bool) -> Rendered {
        let mut tokens = Vec::new();
        let mut unknown = false;
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => tokens.extend(text.chars().map(|c| token(c, wild))),
                Piece::Literal(c) => tokens.push(Token::Char(*c)),
                Piece::Variable { key, default } => match (context.lookup(key), default) {
                    (Lookup::One(value), _) => tokens.extend(value.chars().map(Token::Char)),
                    // Multivalued keys cannot be variables.
                    (Lookup::Missing | Lookup::Many(_), Some(default)) => {
                        tokens.extend(default.chars().map(Token::Char))
                    }
                    (Lookup::Missing | Lookup::Many(_), None) => return Rendered::Missing,
                    (Lookup::Unknown | Lookup::Present | Lookup::Within(_), _) => {
                        unknown = true;
                        tokens.push(Token::Star);
                    }
                },
            }
        }
        if unknown { Rendered::Unknown(tokens) } else { Rendered::Known(tokens) }
    }

    /// The keys that it asks for, in lower case.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Variable { key, .. } => Some(&**key),
            _ => None,
        })
    }
}

impl Piece {
    fn of(inner: &str) -> Piece {
        let mut chars = inner.chars();
        if let (Some(c @ ('*' | '?' | '$')), None) = (chars.next(), chars.next()) {
            return Piece::Literal(c);
        }
        let (key, default) = match inner.split_once(',') {
            Some((key, default)) => {
                let default = default.trim();
                (key, Some(default.strip_prefix('\'').and_then(|d| d.strip_suffix('\'')).unwrap_or(default)))
            }
            None => (inner, None),
        };
        Piece::Variable { key: key.trim().to_ascii_lowercase().into(), default: default.map(Into::into) }
    }
}

/// The token of a character of a pattern.
#[must_use]
pub fn token(c: char, wild: bool) -> Token {
    match c {
        '*' if wild => Token::Star,
        '?' if wild => Token::One,
        c => Token::Char(c),
    }
}

/// The tokens of a text.
#[must_use]
pub fn tokens(text: &str, wild: bool) -> Vec<Token> {
    text.chars().map(|c| token(c, wild)).collect()
}

/// Whether a pattern matches a text: backtracking to the last star only.
#[must_use]
pub fn matches(pattern: &[Token], text: &[char]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(Token::Star) => {
                back = Some((p, t));
                p += 1;
            }
            Some(Token::One) => {
                p += 1;
                t += 1;
            }
            Some(Token::Char(c)) if *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match back {
                Some((star, from)) => {
                    back = Some((star, from + 1));
                    p = star + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|token| *token == Token::Star)
}

/// How two patterns stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The first matches everything that the second does.
    Covers,
    /// Some text is matched by both.
    Intersects,
    /// No text is matched by both.
    Disjoint,
}

/// How the first pattern stands to the second. Exact for `intersects`; `covers` is exact for patterns as policies have them
/// and errs to `Intersects` where a cover is only given by several wildcards together.
#[must_use]
pub fn relation(first: &[Token], second: &[Token]) -> Relation {
    if covers(first, second) {
        Relation::Covers
    } else if intersects(first, second) {
        Relation::Intersects
    } else {
        Relation::Disjoint
    }
}

/// Whether `first` matches every text that `second` matches: `second`'s star is a symbol that only a star of `first` takes.
#[must_use]
pub fn covers(first: &[Token], second: &[Token]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while t < second.len() {
        let step = match (first.get(p), second[t]) {
            (Some(Token::Star), _) => {
                back = Some((p, t));
                p += 1;
                continue;
            }
            (Some(Token::One), Token::One | Token::Char(_)) => true,
            (Some(Token::Char(a)), Token::Char(b)) => *a == b,
            _ => false,
        };
        if step {
            p += 1;
            t += 1;
        } else if let Some((star, from)) = back {
            back = Some((star, from + 1));
            p = star + 1;
            t = from + 1;
        } else {
            return false;
        }
    }
    first[p..].iter().all(|token| *token == Token::Star)
}

/// Whether some text is matched by both patterns.
#[must_use]
pub fn intersects(first: &[Token], second: &[Token]) -> bool {
    // reach[j]: some text is matched by first[..i] and second[..j].
    let mut reach = vec![false; second.len() + 1];
    reach[0] = true;
    close(&mut reach, second);
    for token in first {
        let mut next = vec![false; second.len() + 1];
        match token {
            Token::Star => {
                // From any reachable j on, the star takes what second asks for.
                let mut seen = false;
                for (j, slot) in next.iter_mut().enumerate() {
                    seen |= reach[j];
                    *slot = seen;
                }
            }
            one => {
                for j in 0..=second.len() {
                    if !reach[j] {
                        continue;
                    }
                    match second.get(j) {
                        Some(Token::Star) => next[j] = true,
                        Some(other) if compatible(*one, *other) => next[j + 1] = true,
                        _ => {}
                    }
                }
            }
        }
        close(&mut next, second);
        reach = next;
    }
    reach[second.len()]
}

/// Stars of the second pattern may take nothing.
fn close(reach: &mut [bool], second: &[Token]) {
    for j in 0..second.len() {
        if reach[j] && second[j] == Token::Star {
            reach[j + 1] = true;
        }
    }
}

fn compatible(a: Token, b: Token) -> bool {
    match (a, b) {
        (Token::Char(a), Token::Char(b)) => a == b,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn related(a: &str, b: &str) -> Relation {
        relation(&tokens(a, true), &tokens(b, true))
    }

    #[test]
    fn patterns_stand_to_each_other() {
        for (a, b, expected) in [
            ("*", "*", Relation::Covers),
            ("*", "arn:aws:s3:::b/*", Relation::Covers),
            ("arn:aws:s3:::b/*", "*", Relation::Intersects),
            ("arn:aws:s3:::b*", "arn:aws:s3:::b/*", Relation::Covers),
            ("arn:aws:s3:::a/*", "arn:aws:s3:::b/*", Relation::Disjoint),
            ("a*z", "a?*z", Relation::Covers),
            ("a?z", "a*z", Relation::Intersects),
            ("a?z", "abz", Relation::Covers),
            ("*a", "b*", Relation::Intersects),
            ("a*b*c", "a*c", Relation::Intersects),
            ("ab", "abc", Relation::Disjoint),
            ("**", "*", Relation::Covers),
            ("", "", Relation::Covers),
        ] {
            assert_eq!(related(a, b), expected, "{a} against {b}");
        }
    }

    #[test]
    fn variables_are_read_with_defaults_and_escapes() {
        assert_eq!(Template::parse("${aws:username}", Version::V2008), None);
        assert_eq!(Template::parse("plain*", Version::V2012), None);
        let template = Template::parse("arn:${aws:username, 'no one'}/${*}/*", Version::V2012).unwrap();
        assert_eq!(template.keys().collect::<Vec<_>>(), ["aws:username"]);
        let given = crate::context::Given::new([], false);
        let Rendered::Known(tokens) = template.render(&given, true) else { panic!("the default is there") };
        let text: Vec<char> = "arn:no one/*/x".chars().collect();
        assert!(matches(&tokens, &text));
        assert!(!matches(&tokens, &"arn:no one/y/x".chars().collect::<Vec<_>>()));
    }
}
