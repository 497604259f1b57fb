//! Which way a text runs, and what its characters are to each other.

use std::collections::BTreeSet;

use unicode_bidi::{BidiClass, BidiInfo, Level, bidi_class};

/// Whether a text runs from right to left: its first letter says so.
pub(crate) fn is_rtl(text: &str) -> bool {
    let strong = text.chars().map(bidi_class).find(|c| matches!(c, BidiClass::L | BidiClass::R | BidiClass::AL));
    matches!(strong, Some(BidiClass::R | BidiClass::AL))
}

/// Whether anything in a text runs from right to left.
pub(super) fn has_rtl(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(|c| matches!(bidi_class(c), BidiClass::R | BidiClass::AL | BidiClass::AN))
}

/// Whether a character shows nothing by itself, and steers those beside it: joiners, variation selectors, tags, and
/// the hyphen of a break that is not made.
pub(super) fn is_silent(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}')
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a character belongs to the one before it.
pub(super) fn is_bound(c: char) -> bool {
    is_silent(c) || matches!(bidi_class(c), BidiClass::NSM) || matches!(c, '\u{1f3fb}'..='\u{1f3ff}')
}

/// A text in its order, part by part, each with whether it is read from right to left.
pub(crate) fn by_direction(text: &str) -> Vec<(&str, bool)> {
    if !has_rtl(text) {
        return vec![(text, false)];
    }
    let level = if is_rtl(text) { Level::rtl() } else { Level::ltr() };
    let bidi = BidiInfo::new(text, Some(level));
    let mut parts: Vec<(usize, bool)> = Vec::new();
    for (at, _) in text.char_indices() {
        let rtl = bidi.levels.get(at).is_some_and(Level::is_rtl);
        if parts.last().is_none_or(|(_, before)| *before != rtl) {
            parts.push((at, rtl));
        }
    }
    let ends = parts.iter().skip(1).map(|(at, _)| *at).chain([text.len()]);
    parts.iter().zip(ends).map(|((at, rtl), end)| (&text[*at..end], *rtl)).collect()
}

/// Whether a text has characters of East Asia.
pub(crate) fn has_east_asian(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(is_east_asian)
}

pub(super) fn is_east_asian(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}')
        || matches!(c, '\u{ff01}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

/// How the characters of East Asia are written: the same ones look different.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EastAsian {
    Japanese,
    Korean,
    Traditional,
    Simplified,
}

/// How they are written where these stand together; none where there are none.
pub(crate) fn east_asian(chars: &BTreeSet<char>) -> Option<EastAsian> {
    let any = |of: std::ops::RangeInclusive<char>| chars.range(of).next().is_some();
    if any('\u{3041}'..='\u{30fa}') {
        Some(EastAsian::Japanese)
    } else if any('\u{ac00}'..='\u{d7af}') {
        Some(EastAsian::Korean)
    } else if any('\u{3105}'..='\u{312f}') {
        Some(EastAsian::Traditional)
    } else {
        chars.iter().any(|c| is_east_asian(*c)).then_some(EastAsian::Simplified)
    }
}

/// The bracket that stands for one in a text that runs the other way.
pub(super) fn mirrored(c: char) -> char {
    const PAIRS: [(char, char); 6] = [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>'), ('«', '»'), ('‹', '›')];
    let other = PAIRS.iter().find_map(|(left, right)| match c {
        c if c == *left => Some(*right),
        c if c == *right => Some(*left),
        _ => None,
    });
    other.unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_letter_says_which_way_a_text_runs() {
        assert!(is_rtl("(1) شركة AWS") && !is_rtl("AWS شركة") && !is_rtl("123"));
        assert!(has_rtl("AWS שלום") && !has_rtl("北京"));
    }

    #[test]
    fn a_text_falls_into_parts_by_direction() {
        assert_eq!(by_direction("for בנק and"), [("for ", false), ("בנק", true), (" and", false)]);
        assert_eq!(by_direction("בנק AWS"), [("בנק ", true), ("AWS", false)]);
        assert_eq!(by_direction("plain"), [("plain", false)]);
    }

    #[test]
    fn kana_make_a_text_japanese() {
        let of = |text: &str| east_asian(&text.chars().collect());
        assert_eq!(of("株式会社アクメ"), Some(EastAsian::Japanese));
        assert_eq!(of("北京"), Some(EastAsian::Simplified));
        assert_eq!((of("주식회사 北"), of("Acme")), (Some(EastAsian::Korean), None));
    }
}
