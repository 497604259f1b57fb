//! The text of a body without its escapes, and the way back to the bytes that were received.
//!
//! A secret is written in as many ways as there are documents within documents: `"` is `\"` in JSON, `\\\"` in JSON within
//! JSON, `&quot;` in XML and `%22` in a policy that IAM sends. Expressions are put to one spelling instead.

use std::borrow::Cow;
use std::ops::Range;

/// A text without escapes.
#[derive(Debug)]
pub(super) struct Plain<'a> {
    /// The text.
    pub text: Cow<'a, [u8]>,
    /// Where the text and the body part: from an index of the text on, until the next, both go on byte by byte.
    jumps: Vec<(usize, usize)>,
}

/// Stands for `<` and `>` that were escaped: they end no element.
const ESCAPED_BRACKET: u8 = 0x02;

impl<'a> Plain<'a> {
    /// Takes the escapes out.
    pub fn of(body: &'a [u8]) -> Self {
        if !body.iter().any(|byte| matches!(byte, b'\\' | b'%' | b'&')) {
            return Self { text: Cow::Borrowed(body), jumps: Vec::new() };
        }
        let (mut text, mut jumps) = (Vec::with_capacity(body.len()), Vec::new());
        let mut at = 0;
        while let Some((byte, next)) = character(body, at) {
            if next == at + 1 {
                text.push(byte);
            } else {
                jumps.push((text.len(), at));
                text.push(byte);
                jumps.push((text.len(), next));
            }
            at = next;
        }
        Self { text: Cow::Owned(text), jumps }
    }

    /// Where a range of the text stands in the body. It never parts a character or an escape.
    pub fn range(&self, body: &[u8], range: Range<usize>) -> Range<usize> {
        let place = |at: usize| {
            let jump = self.jumps.partition_point(|(text, _)| *text <= at);
            match jump.checked_sub(1).and_then(|last| self.jumps.get(last)) {
                Some((text, from)) => from + (at - text),
                None => at,
            }
        };
        let (mut start, mut end) = (place(range.start), place(range.end).min(body.len()));
        let within = |at: usize| body.get(at).is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000);
        while start > 0 && within(start) {
            start -= 1;
        }
        while within(end) {
            end += 1;
        }
        start..end
    }
}

/// The character at a place, with its backslashes, and where the next begins.
fn character(body: &[u8], at: usize) -> Option<(u8, usize)> {
    let (byte, mut next) = unit(body, at)?;
    if byte != b'\\' {
        return Some((byte, next));
    }
    // However many backslashes stand before it: each document within another doubles them.
    while let Some((b'\\', after)) = unit(body, next) {
        next = after;
    }
    Some(match unit(body, next) {
        Some((b'n' | b'r' | b't', after)) => (b'\n', after),
        Some((quoted @ (b'"' | b'\'' | b'/'), after)) => (quoted, after),
        Some((b'u', after)) => match code(body.get(after..after + 4), 16) {
            Some(code) => (code, after + 4),
            None => (b'\\', next),
        },
        _ => (b'\\', next),
    })
}

/// The byte at a place, without percent-encoding or an entity, and where the next begins.
fn unit(body: &[u8], at: usize) -> Option<(u8, usize)> {
    let byte = *body.get(at)?;
    let rest = body.get(at + 1..).unwrap_or_default();
    let decoded = match byte {
        b'%' => percent(rest),
        b'&' => entity(rest),
        _ => None,
    };
    Some(decoded.map_or((byte, at + 1), |(byte, length)| (byte, at + 1 + length)))
}

/// `2F`, or `252F` where it was encoded twice: the byte, and how long its code is.
fn percent(rest: &[u8]) -> Option<(u8, usize)> {
    let hex = |at: usize| {
        let digits = rest.get(at..at + 2)?;
        u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let mut at = 0;
    while rest.get(at..at + 2) == Some(b"25") && hex(at + 2).is_some() {
        at += 2;
    }
    Some((hex(at)?, at + 2))
}

/// `quot;`, or `amp;quot;` where it was escaped twice: the byte, and how long its name is.
fn entity(rest: &[u8]) -> Option<(u8, usize)> {
    let mut at = 0;
    while rest[at..].starts_with(b"amp;") && named(&rest[at + 4..]).is_some() {
        at += 4;
    }
    named(&rest[at..]).map(|(byte, length)| (byte, at + length))
}

fn named(rest: &[u8]) -> Option<(u8, usize)> {
    const NAMES: [(&[u8], u8); 5] =
        [(b"quot;", b'"'), (b"apos;", b'\''), (b"amp;", b'&'), (b"lt;", ESCAPED_BRACKET), (b"gt;", ESCAPED_BRACKET)];
    if let Some((name, byte)) = NAMES.iter().find(|(name, _)| rest.starts_with(name)) {
        return Some((*byte, name.len()));
    }
    let end = rest.iter().take(8).position(|byte| *byte == b';')?;
    let number = rest.get(..end)?.strip_prefix(b"#")?;
    let byte = match number.strip_prefix(b"x") {
        Some(digits) => code(Some(digits), 16)?,
        None => code(Some(number), 10)?,
    };
    Some((if matches!(byte, b'<' | b'>') { ESCAPED_BRACKET } else { byte }, end + 1))
}

/// The character of a code; `?` for one that is not ASCII.
fn code(digits: Option<&[u8]>, radix: u32) -> Option<u8> {
    let code = u32::from_str_radix(std::str::from_utf8(digits?).ok()?, radix).ok()?;
    Some(u8::try_from(code).ok().filter(u8::is_ascii).unwrap_or(b'?'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_go_however_deep_they_are() {
        for (body, expected) in [
            (r#"a \"b\" \\\"c\\\" d"#, r#"a "b" "c" d"#),
            (r"one\ntwo\\nthree\\\\nfour", "one\ntwo\nthree\nfour"),
            (r"a\u003db\u00e9\/", "a=b?/"),
            ("%7B%22a%22%3A%2B%7D", r#"{"a":+}"#),
            ("%5C%22a%5C%22 %5C%5C%22", r#""a" ""#),
            ("%257B 100%25 5%", "{ 100% 5%"),
            ("a&quot;b&apos;c&amp;d&#34;e&#x2F;f&amp;quot;g &nbsp;&", "a\"b'c&d\"e/f\"g &nbsp;&"),
            ("&lt;b&gt;", "\u{2}b\u{2}"),
        ] {
            assert_eq!(String::from_utf8_lossy(&Plain::of(body.as_bytes()).text), expected, "{body}");
        }
    }

    #[test]
    fn a_range_leads_back_to_whole_escapes() {
        let body = r#"x=\"s%2Fcret\" é"#;
        let plain = Plain::of(body.as_bytes());
        let at = plain.text.windows(6).position(|part| part == b"s/cret").unwrap_or_default();
        assert_eq!(&body[plain.range(body.as_bytes(), at..at + 6)], "s%2Fcret");
        assert_eq!(&body[plain.range(body.as_bytes(), at - 1..at)], r#"\""#);
        let end = plain.text.len();
        assert_eq!(&body[plain.range(body.as_bytes(), end - 1..end)], "é");
    }

    proptest! {
        #[test]
        fn ranges_lie_in_the_body_and_part_no_letter(body in "[a\\\\%&;\"nu0-9é]{0,40}", from in 0_usize..40, long in 0_usize..40) {
            let plain = Plain::of(body.as_bytes());
            let from = from.min(plain.text.len());
            let range = plain.range(body.as_bytes(), from..(from + long).min(plain.text.len()));
            prop_assert!(body.get(range).is_some());
        }
    }
}
