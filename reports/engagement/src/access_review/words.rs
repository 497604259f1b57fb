//! The words of a filled-in access review, out of `data/review_words.csv`.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::person_names::folded;

/// What a word may be a word for, by what stands in the first column of the table.
type Table = HashMap<&'static str, HashSet<String>>;

static WORDS: LazyLock<Table> = LazyLock::new(|| {
    let mut all = Table::new();
    let data = include_str!("../../data/review_words.csv");
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(data.as_bytes());
    for record in reader.records().filter_map(Result::ok) {
        let field = |at: usize| record.get(at).unwrap_or_default();
        let of = all.entry(field(0).to_owned().leak()).or_default();
        of.extend(field(3).split('|').map(plain));
    }
    all
});

/// A text as it is compared: folded, without stops and marks, one space between words.
pub(super) fn plain(text: &str) -> String {
    let folded = folded(text);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Whether a text, as it is compared, is a word for something.
pub(super) fn is(what: &str, plain: &str) -> bool {
    WORDS.get(what).is_some_and(|words| words.contains(plain))
}
