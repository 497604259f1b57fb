//! The wildcards of the policy language: `*` is any run of characters, the empty one too, `?` is exactly one character.
//!
//! There is no escape and there are no classes; both wildcards cross `:` and `/`.
//! Source: IAM User Guide, "IAM JSON policy elements: Resource" and "…: Action".

/// Does `text` match `pattern`, letter for letter? For ARNs and for the values of `StringLike`, whose case counts.
pub fn matches(pattern: &str, text: &str) -> bool {
    run(pattern.as_bytes(), text.as_bytes(), |p, t| p == t)
}

/// Does `text` match `pattern` when ASCII letters are folded? For actions, whose case does not count.
pub fn matches_ignore_case(pattern: &str, text: &str) -> bool {
    run(pattern.as_bytes(), text.as_bytes(), |p, t| p.eq_ignore_ascii_case(&t))
}

/// One pass with a way back to the last star only: an earlier star never has to give way, because whatever it could
/// take the later one can take too. So the time is at most |pattern| × |text|, and no pattern makes it exponential.
fn run(pattern: &[u8], text: &[u8], same: impl Fn(u8, u8) -> bool) -> bool {
    let (mut p, mut t) = (0, 0);
    // Where to go on in the pattern after the last star, and where its run of text ends so far.
    let mut star: Option<(usize, usize)> = None;
    while let Some(&c) = text.get(t) {
        match pattern.get(p) {
            Some(b'*') => {
                p += 1;
                star = Some((p, t));
            }
            Some(b'?') => {
                p += 1;
                t += char_len(c);
            }
            Some(&want) if same(want, c) => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((after, end)) = star else { return false };
                // The run grows by a whole character, so that a `?` after it never begins inside one.
                let end = end + text.get(end).map_or(1, |&c| char_len(c));
                star = Some((after, end));
                (p, t) = (after, end);
            }
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|&c| c == b'*'))
}

/// How many bytes the character takes whose first byte this is. The text is UTF-8, being a `str`.
fn char_len(first: u8) -> usize {
    match first {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xff => 4,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition, without any cleverness.
    fn by_definition(pattern: &[char], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some(('*', rest)), None) => by_definition(rest, text),
            (Some(('*', rest)), Some((_, after))) => by_definition(rest, text) || by_definition(pattern, after),
            (Some(('?', rest)), Some((_, after))) => by_definition(rest, after),
            (Some((p, rest)), Some((t, after))) => p == t && by_definition(rest, after),
            _ => false,
        }
    }

    #[test]
    fn wildcards() {
        for (pattern, text, answer) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("**", "abc", true),
            ("?", "", false),
            ("?", "é", true),
            ("??", "é", false),
            ("*é?", "aéé", true),
            ("a*c", "abbc", true),
            ("a*c", "abcd", false),
            ("*ab", "aab", true),
            ("a*b*c", "a/b:c", true),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b/x/y", true),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b", false),
            ("s3:Get*", "s3:getobject", false),
        ] {
            assert_eq!(matches(pattern, text), answer, "{pattern:?} on {text:?}");
        }
        assert!(matches_ignore_case("S3:get*", "s3:GetObject"));
        assert!(matches_ignore_case("ec2:Describe?mages", "ec2:describeImages"));
        assert!(!matches_ignore_case("ec2:Describe?mages", "ec2:describemages"));
    }

    #[test]
    fn many_stars_take_no_exponential_time() {
        let (pattern, text) = ("a*".repeat(2000) + "b", "a".repeat(5000));
        assert!(!matches(&pattern, &text));
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(pattern in "[ab*?é]{0,8}", text in "[abé]{0,10}") {
            let (p, t): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
            prop_assert_eq!(matches(&pattern, &text), by_definition(&p, &t));
        }

        #[test]
        fn folding_is_lower_casing(pattern in "[abAB*?]{0,8}", text in "[abAB]{0,10}") {
            let folded = matches(&pattern.to_ascii_lowercase(), &text.to_ascii_lowercase());
            prop_assert_eq!(matches_ignore_case(&pattern, &text), folded);
        }
    }
}
