//! The words that request lists use, out of the tables in `data/`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use super::request::RequestKind;
use crate::columns::Column;

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

/// What a head says, and how surely: the lower the surer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) column: Column,
    pub(super) rank: usize,
    /// It says more of what another column names.
    pub(super) detail: bool,
}

#[derive(Default)]
struct Words {
    keys: HashMap<&'static str, usize>,
    /// Keys of scripts that put no spaces between words.
    joined: Vec<(&'static str, usize)>,
    with: HashSet<&'static str>,
}

#[derive(Default)]
struct Heads {
    names: HashMap<&'static str, Meaning>,
    words: BTreeMap<Column, Words>,
}

/// Whole heads rank before heads that are put together.
const PUT_TOGETHER: usize = 10_000;

static HEADS: LazyLock<Heads> = LazyLock::new(|| {
    let mut heads = Heads::default();
    let mut rank = 0;
    for record in records(include_str!("../../data/request_heads.csv")) {
        let field = |at: usize| record.get(at).unwrap_or_default();
        let Some(column) = Column::ALL.into_iter().find(|column| column.name() == field(0)) else { continue };
        let words = heads.words.entry(column).or_default();
        for head in field(4).split('|') {
            rank += 1;
            let head: &'static str = plain(head).leak();
            match field(1) {
                how @ ("name" | "detail") => {
                    heads.names.entry(head).or_insert(Meaning { column, rank, detail: how == "detail" });
                }
                "key" if head.chars().any(is_joined) => words.joined.push((head, rank)),
                "key" => {
                    words.keys.entry(head).or_insert(rank);
                }
                _ => {
                    words.with.insert(head);
                }
            }
        }
    }
    heads
});

/// Whether a letter belongs to a script without spaces: kana, Chinese characters, Hangul.
pub(super) fn is_joined(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
}

/// What a head says; none where it is no head of a column that we know.
pub(super) fn meaning(head: &str) -> Option<Meaning> {
    /// A head is no sentence.
    const LONGEST: usize = 60;
    if head.is_empty() || head.chars().count() > LONGEST {
        return None;
    }
    let head = plain(head);
    if let Some(known) = HEADS.names.get(head.as_str()) {
        return Some(*known);
    }
    let put_together = HEADS.words.iter().filter_map(|(column, words)| {
        let joined = |word: &str| words.joined.iter().find(|(key, _)| word.contains(key)).map(|(_, rank)| *rank);
        let mut keys = Vec::new();
        for word in head.split(' ') {
            match words.keys.get(word).copied().or_else(|| joined(word)) {
                Some(rank) => keys.push(rank),
                None if words.with.contains(word) => {}
                // A word that we do not know makes it another head.
                None => return None,
            }
        }
        keys.into_iter().min().map(|rank| Meaning { column: *column, rank: PUT_TOGETHER + rank, detail: false })
    });
    // What is asked for is said by most heads; the others are more special.
    put_together.min_by_key(|meaning| (meaning.column == Column::Text, meaning.rank))
}

/// How many of the cells are heads that we know.
pub(super) fn known(cells: &[String]) -> usize {
    let columns: HashSet<Column> =
        cells.iter().filter_map(|cell| meaning(cell)).map(|meaning| meaning.column).collect();
    columns.len()
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

fn word(what: &str, text: &str) -> Option<&'static str> {
    WORDS.get(what)?.get(text).map(String::as_str)
}

/// Whether a text says that a row adds up others: `Total`, `Total: 45`, `45 Summe`.
pub(super) fn is_total(text: &str) -> bool {
    let plain = plain(text);
    let words: Vec<&str> = plain.split(' ').filter(|word| !word.chars().all(|c| c.is_ascii_digit())).collect();
    word("total", &words.join(" ")).is_some()
}

/// Whether the name of a sheet says that it is of an earlier time: by itself, or by a year and that it is closed.
pub(super) fn is_past(name: &str, has_year: bool) -> bool {
    let plain = plain(name);
    let words: Vec<&str> = plain.split(' ').collect();
    let any = |what| {
        (0..words.len()).any(|from| (from + 1..=words.len()).any(|to| word(what, &words[from..to].join(" ")).is_some()))
    };
    any("past") || (has_year && any("closed"))
}

/// Whether the name of a sheet says nothing of what is on it: `Sheet1`, `PBC`, `Requests 2026`.
pub(super) fn is_plain_name(name: &str) -> bool {
    let plain = plain(name);
    let bare = plain.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
    bare.is_empty() || word("plain", bare).is_some() || word("plain", &plain).is_some()
}

/// What a request is answered with, in an auditor's words; none where they name none of ours, or several.
pub(super) fn kind(text: &str) -> Option<RequestKind> {
    let plain = plain(text);
    let name = word("kinds", &plain).or_else(|| {
        let mut found: Vec<&str> = plain.split(' ').filter_map(|one| word("kinds", one)).collect();
        found.sort_unstable();
        found.dedup();
        // Every word has to say it, but for those between.
        let all =
            plain.split(' ').all(|one| ["and", "or", "based", "of"].contains(&one) || word("kinds", one).is_some());
        found.first().copied().filter(|_| found.len() == 1 && all)
    })?;
    RequestKind::ALL.into_iter().find(|kind| kind.name() == name)
}

/// Whether a cell says that something is still to be said, or is not there: `TBD`, `N/A`, `-`.
pub(super) fn is_unknown(text: &str) -> bool {
    let plain = plain(text);
    plain.is_empty() || word("unknown", &plain).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_known_in_other_words_and_languages() {
        use Column::*;
        for (head, column) in [
            ("id", Some(Id)),
            ("Ref #", Some(Id)),
            ("N°", Some(Id)),
            ("Lfd. Nr.", Some(Id)),
            ("管理番号", Some(Id)),
            ("Sr. No.", Some(Id)),
            ("Auditor's Request Number", Some(Id)),
            ("Evidence_Requested", Some(Text)),
            ("Supporting documentation required", Some(Text)),
            ("Documents demandés", Some(Text)),
            ("Title", Some(Text)),
            ("TSC reference", Some(Criteria)),
            ("Related criteria", Some(Criteria)),
            ("SOC 2 Area", Some(Area)),
            ("Type of evidence", Some(Kind)),
            ("Contact email", Some(Owner)),
            ("Ansprechpartner", Some(Owner)),
            ("Fällig am", Some(Due)),
            ("Target date", Some(Due)),
            ("提出期限日", Some(Due)),
            ("Échéance", Some(Due)),
            ("Legal entity", Some(Entity)),
            ("Request Date", None),
            ("Requested by", None),
            ("Request status", None),
            ("Date received", None),
            ("Why It Is Needed", None),
            ("Control Name", None),
            ("Comments", None),
            ("System/Tool", None),
            ("", None),
        ] {
            assert_eq!(meaning(head).map(|meaning| meaning.column), column, "{head}");
        }
        assert!(meaning("Description").is_some_and(|meaning| meaning.detail));
        assert!(meaning("Item").is_some_and(|item| item.rank > meaning("Request Description").unwrap().rank));
    }

    #[test]
    fn totals_names_of_sheets_and_kinds_are_told_by_their_words() {
        for text in ["Total", "Grand total:", "Total: 45", "Summe", "合計"] {
            assert!(is_total(text), "{text}");
        }
        assert!(!is_total("Total population of users") && !is_total("45"));
        assert!(is_past("Prior year", false) && is_past("2025 (closed)", true) && !is_past("Closed", false));
        assert!(is_plain_name("Sheet1") && is_plain_name("PBC List 2026") && is_plain_name("2026"));
        assert!(!is_plain_name("Access") && !is_plain_name("HR requests"));
        for (text, known) in [
            ("Documents", Some(RequestKind::Document)),
            ("Policy", Some(RequestKind::Document)),
            ("Config", Some(RequestKind::Configuration)),
            ("Populations", Some(RequestKind::Population)),
            ("Sample Based", Some(RequestKind::Sample)),
            ("Document/Screenshot", Some(RequestKind::Document)),
            ("Population & Sample", None),
            ("Inquiry", None),
            ("", None),
        ] {
            assert_eq!(kind(text), known, "{text}");
        }
        assert!(is_unknown("TBD") && is_unknown("n/a") && is_unknown("-") && !is_unknown("Bob"));
    }
}
