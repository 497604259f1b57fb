//! Texts of which only the shape is known, held against patterns with `*`.

use std::borrow::Cow;

/// The characters of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {
    /// Any.
    Any,
    /// Those of an address of IPv4 or IPv6.
    Address,
    /// Digits.
    Digits,
    /// Those of a UUID.
    Uuid,
    /// Those of the name of a region.
    Region,
    /// Those of a time as ISO 8601 has it.
    Time,
}

impl Alphabet {
    /// Whether it has a character.
    #[must_use]
    pub fn has(self, c: char) -> bool {
        match self {
            Self::Any => true,
            Self::Address => c.is_ascii_hexdigit() || matches!(c, '.' | ':'),
            Self::Digits => c.is_ascii_digit(),
            Self::Uuid => c.is_ascii_hexdigit() || c == '-',
            Self::Region => c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-',
            Self::Time => c.is_ascii_digit() || matches!(c, 'T' | 'Z' | ':' | '-' | '.'),
        }
    }
}

/// A shape of texts: a known beginning, and then characters of an alphabet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// How each begins.
    pub begin: String,
    /// The characters after that.
    pub alphabet: Alphabet,
    /// What none of them holds; empty where there is no such thing.
    pub without: String,
}

/// A pattern of texts: parts with any text between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob<'p> {
    parts: Vec<Cow<'p, str>>,
    /// Capital letters and small ones are the same.
    fold: bool,
}

impl<'p> Glob<'p> {
    /// A text of which each `*` stands for any text.
    #[must_use]
    pub fn stars(pattern: &'p str) -> Self {
        Self { parts: pattern.split('*').map(Cow::Borrowed).collect(), fold: false }
    }

    /// A text in which `\*` and `\\` stand for a star and a backslash; none where a backslash stands before another
    /// character.
    #[must_use]
    pub fn escaped(pattern: &'p str) -> Option<Self> {
        if !pattern.contains('\\') {
            return Some(Self::stars(pattern));
        }
        let (mut parts, mut part, mut rest) = (Vec::new(), String::new(), pattern.chars());
        while let Some(c) = rest.next() {
            match c {
                '*' => parts.push(Cow::Owned(std::mem::take(&mut part))),
                '\\' => part.push(rest.next().filter(|c| matches!(c, '*' | '\\'))?),
                c => part.push(c),
            }
        }
        parts.push(Cow::Owned(part));
        Some(Self { parts, fold: false })
    }

    /// A text as it is, and whether any text may stand before and after it.
    #[must_use]
    pub fn literal(text: &'p str, before: bool, after: bool) -> Self {
        let mut parts = vec![Cow::Borrowed(text)];
        if before {
            parts.insert(0, Cow::Borrowed(""));
        }
        if after {
            parts.push(Cow::Borrowed(""));
        }
        Self { parts, fold: false }
    }

    /// Without regard to capital letters.
    #[must_use]
    pub fn folded(mut self) -> Self {
        self.parts = self.parts.into_iter().map(|part| Cow::Owned(part.to_lowercase())).collect();
        self.fold = true;
        self
    }

    /// Whether a text matches.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let text = if self.fold { Cow::Owned(text.to_lowercase()) } else { Cow::Borrowed(text) };
        let (text, Some((first, rest))) = (text.as_ref(), self.parts.split_first()) else { return false };
        let Some((last, inner)) = rest.split_last() else { return text == first.as_ref() };
        let Some(mut text) = text.strip_prefix(first.as_ref()).and_then(|text| text.strip_suffix(last.as_ref())) else {
            return false;
        };
        for part in inner {
            match text.split_once(part.as_ref()) {
                Some((_, after)) => text = after,
                None => return false,
            }
        }
        true
    }
}

impl Shape {
    /// Texts of an alphabet.
    #[must_use]
    pub fn of(alphabet: Alphabet) -> Self {
        Self { begin: String::new(), alphabet, without: String::new() }
    }

    /// Texts with a beginning.
    #[must_use]
    pub fn beginning(begin: impl Into<String>) -> Self {
        Self { begin: begin.into(), ..Self::of(Alphabet::Any) }
    }

    /// Whether a pattern matches every text of the shape, or none; otherwise it may match some and not others.
    #[must_use]
    pub fn answer(&self, glob: &Glob<'_>) -> Option<bool> {
        let begin = if glob.fold { Cow::Owned(self.begin.to_lowercase()) } else { Cow::Borrowed(self.begin.as_str()) };
        let (first, rest) = glob.parts.split_first()?;
        let first = first.as_ref();
        let agrees = if rest.is_empty() {
            first.starts_with(begin.as_ref())
        } else {
            first.starts_with(begin.as_ref()) || begin.starts_with(first)
        };
        let has = |c: char| {
            let cases = || c.to_uppercase().chain(c.to_lowercase());
            begin.contains(c) || self.alphabet.has(c) || (glob.fold && cases().any(|c| self.alphabet.has(c)))
        };
        let held_off = |part: &str| !glob.fold && !self.without.is_empty() && part.contains(&self.without);
        if !agrees || glob.parts.iter().any(|part| !part.chars().all(has) || held_off(part)) {
            return Some(false);
        }
        // With an open end, what stands in the known beginning is in every text.
        let every = match rest {
            [] => false,
            [last] => last.is_empty() && begin.starts_with(first),
            [inner, last] => first.is_empty() && last.is_empty() && begin.contains(inner.as_ref()),
            _ => glob.parts.iter().all(|part| part.is_empty()),
        };
        every.then_some(true)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_every_text_of_a_shape_is_and_none() {
        let address = || Shape::of(Alphabet::Address);
        let role = || Shape {
            without: "AWSServiceRoleFor".to_owned(),
            ..Shape::beginning("arn:aws:sts::111122223333:assumed-role/")
        };
        for (shape, pattern, expected) in [
            (address(), "*", Some(true)),
            (address(), "delivery.logs.amazonaws.com", Some(false)),
            (address(), "*.amazonaws.com", Some(false)),
            (address(), "AWS Internal", Some(false)),
            (address(), "203.0.113.10", None),
            (address(), "203.0.113.*", None),
            (address(), "2001:db8::*", None),
            (role(), "arn:aws:*", Some(true)),
            (role(), "*:assumed-role/*", Some(true)),
            (role(), "arn:aws:sts::111122223333:assumed-role/*", Some(true)),
            (role(), "arn:aws:sts::111122223333:assumed-role/deployer/*", None),
            (role(), "*deployer*", None),
            (role(), "arn:aws:iam::*", Some(false)),
            (role(), "*AWSServiceRoleFor*", Some(false)),
            (role(), "arn:aws:sts::111122223333:assumed-role", Some(false)),
            (Shape::of(Alphabet::Digits), "111122223333", None),
            (Shape::of(Alphabet::Digits), "anonymous", Some(false)),
        ] {
            assert_eq!(shape.answer(&Glob::stars(pattern)), expected, "{pattern} of {shape:?}");
        }
        assert_eq!(role().answer(&Glob::stars("ARN:AWS:*").folded()), Some(true));
        assert_eq!(Shape::of(Alphabet::Uuid).answer(&Glob::stars("A*").folded()), None);
    }

    #[test]
    fn a_backslash_takes_the_meaning_of_a_star() {
        let matches = |pattern: &str, text: &str| Glob::escaped(pattern).map(|glob| glob.matches(text));
        assert_eq!(matches(r"a\*b", "a*b"), Some(true));
        assert_eq!(matches(r"a\*b", "axb"), Some(false));
        assert_eq!(matches(r"a\\*", r"a\x"), Some(true));
        assert_eq!(matches(r"a\x", "ax"), None);
        assert_eq!(matches("a*b*", "axxbyy"), Some(true));
    }

    /// A text of a shape, from letters that are drawn.
    fn member(shape: &Shape, drawn: &str) -> Option<String> {
        let text = format!("{}{}", shape.begin, drawn.chars().filter(|c| shape.alphabet.has(*c)).collect::<String>());
        (shape.without.is_empty() || !text.contains(&shape.without)).then_some(text)
    }

    proptest! {
        #[test]
        fn a_pattern_matches_as_a_shell_does(pattern in "[ab*]{0,8}", text in "[ab]{0,10}") {
            let expected = crate::parameters::wildcard(&pattern, &text, None);
            prop_assert_eq!(Glob::stars(&pattern).matches(&text), expected);
        }

        #[test]
        fn a_certain_answer_holds_for_every_text(
            begin in "[a1]{0,3}", without in "(|a1|b)", digits in any::<bool>(), fold in any::<bool>(),
            pattern in "[aA1b*]{0,6}", drawn in prop::collection::vec("[aA1b]{0,6}", 1..20),
        ) {
            let alphabet = if digits { Alphabet::Digits } else { Alphabet::Any };
            let shape = Shape { begin, alphabet, without };
            let glob = Glob::stars(&pattern);
            let glob = if fold { glob.folded() } else { glob };
            if let Some(answer) = shape.answer(&glob) {
                for text in drawn.iter().filter_map(|drawn| member(&shape, drawn)) {
                    prop_assert_eq!(glob.matches(&text), answer, "{} in {:?}", text, shape);
                }
            }
        }
    }
}
