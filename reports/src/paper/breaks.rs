//! Where a line may end within what has no spaces.

use super::script::is_bound;

/// Whether lines break on both sides of a character: the scripts of East Asia that have no spaces, and pictures.
fn is_open(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{312f}' | '\u{3190}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}')
        || matches!(c, '\u{ff01}'..='\u{ffef}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3ffff}')
}

/// What no line begins with.
fn is_end(c: char) -> bool {
    const ENDS: &str = "、。，．・：；？！ー〉》」』】〕）］｝〗〙〟’”…‥々〻ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ)]},.:;?!%";
    ENDS.contains(c)
}

/// What no line ends with.
fn is_start(c: char) -> bool {
    const STARTS: &str = "〈《「『【〔（［｛〖〘〝‘“￥＄([{";
    STARTS.contains(c)
}

/// The parts of a word between which a line may end.
pub(super) fn parts(word: &str) -> Vec<&str> {
    if word.is_ascii() {
        return vec![word];
    }
    let mut parts = Vec::new();
    let (mut from, mut before) = (0, None);
    for (at, c) in word.char_indices() {
        let breaks = before.is_some_and(|before| {
            (is_open(before) || is_open(c)) && !is_start(before) && !is_end(c) && !is_bound(c) && before != '\u{200d}'
        });
        if breaks {
            parts.push(&word[from..at]);
            from = at;
        }
        // A mark belongs to what it stands on.
        before = if is_bound(c) && c != '\u{200d}' { before } else { Some(c) };
    }
    parts.push(&word[from..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn east_asian_text_breaks_between_characters_and_not_before_a_full_stop() {
        assert_eq!(parts("北京，数据。"), ["北", "京，", "数", "据。"]);
        assert_eq!(parts("「ショッ」プ"), ["「ショッ」", "プ"]);
        assert_eq!(parts("データ"), ["デー", "タ"]);
        assert_eq!(parts("für"), ["für"]);
        // Words of other scripts stay whole beside them.
        assert_eq!(parts("用AWS云"), ["用", "AWS", "云"]);
        // A picture of several characters is one.
        assert_eq!(parts("👩\u{200d}🚀✅"), ["👩\u{200d}🚀", "✅"]);
    }
}
