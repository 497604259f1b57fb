//! Papers on pages.

use proptest::prelude::*;

use super::face::Faces;
use super::words::printable;

/// Texts that have broken documents before.
pub(crate) fn foreign() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\u{0}-\u{20}\u{7f}-\u{a0}<>&\"']{0,40}",
        "[a-z/:]{200,400}",
        "[\u{5d0}-\u{5ea} a-z0-9()]{1,80}",
        "[\u{4e00}-\u{4fff}\u{1f600}-\u{1f640}\u{e000}-\u{e0ff}\u{fff0}-\u{ffff}]{1,80}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn lines_fit_and_lose_nothing(text in foreign(), width in 20_f32..400.0) {
        let text = printable(&text);
        let faces = Faces::get().unwrap();
        let lines = faces.regular.lines(&text, 9.0, width);
        // A line of one character may be wider than a column that is narrower than it.
        prop_assert!(lines.iter().all(|line| line.chars().count() <= 1 || faces.regular.width(line, 9.0) <= width + 0.01));
        prop_assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
    }
}
