//! Words that lists of any kind use, out of the table in `data/`: totals, names of sheets, what is still to be said.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

/// Records of a table with remarks: its fields, the last of which is split at bars by whoever takes it.
pub(crate) fn records(data: &'static str) -> impl Iterator<Item = csv::StringRecord> {
    csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(data.as_bytes()).into_records().filter_map(Result::ok)
}

/// A text as it is compared: lower case, without stops and marks, one space between words.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '°' | 'º' => plain.push('o'),
            '№' => plain.push_str(" no "),
            '#' => plain.push_str(" # "),
            c if c.is_alphanumeric() => plain.extend(c.to_lowercase()),
            _ => plain.push(' '),
        }
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

static WORDS: LazyLock<BTreeMap<String, HashMap<String, String>>> = LazyLock::new(|| {
    let mut all: BTreeMap<String, HashMap<String, String>> = BTreeMap::new();
    for record in records(include_str!("../../data/list_words.csv")) {
        let field = |at: usize| record.get(at).unwrap_or_default();
        let of = all.entry(field(0).to_owned()).or_default();
        of.extend(field(3).split('|').map(|word| (plain(word), field(4).to_owned())));
    }
    all
});

/// What a word of a kind is.
pub(crate) fn word(what: &str, text: &str) -> Option<&'static str> {
    WORDS.get(what)?.get(text).map(String::as_str)
}

/// Whether a text says that a row adds up others: `Total`, `Total: 45`, `45 Summe`.
pub(crate) fn is_total(text: &str) -> bool {
    let plain = plain(text);
    let words: Vec<&str> = plain.split(' ').filter(|word| !word.chars().all(|c| c.is_ascii_digit())).collect();
    word("total", &words.join(" ")).is_some()
}

/// Whether the name of a sheet says that it is of an earlier time: by itself, or by a year and that it is closed.
pub(crate) fn is_past(name: &str, has_year: bool) -> bool {
    let plain = plain(name);
    let words: Vec<&str> = plain.split(' ').collect();
    let any = |what| {
        (0..words.len()).any(|from| (from + 1..=words.len()).any(|to| word(what, &words[from..to].join(" ")).is_some()))
    };
    any("past") || (has_year && any("closed"))
}

/// Whether the name of a sheet says nothing of what is on it: `Sheet1`, `PBC`, `Requests 2026`.
pub(crate) fn is_plain_name(name: &str) -> bool {
    let plain = plain(name);
    let bare = plain.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
    bare.is_empty() || word("plain", bare).is_some() || word("plain", &plain).is_some()
}

/// Whether a cell says that something is still to be said, or is not there: `TBD`, `N/A`, `-`.
pub(crate) fn is_unknown(text: &str) -> bool {
    let plain = plain(text);
    plain.is_empty() || word("unknown", &plain).is_some()
}
