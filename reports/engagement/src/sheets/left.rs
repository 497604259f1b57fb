//! What of a sheet is left out, and how it is said.

use super::grid::Row;
use super::words::is_total;

/// At most so many of anything are named.
const NAMED: usize = 6;

/// Why a row is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Why {
    Hidden,
    Struck,
    Heading,
    Total,
    Note,
    HeadsAgain,
    NoRequest,
    Continued,
    Twice,
}

impl Why {
    /// In words, for one row and for several.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Hidden => "hidden",
            Self::Struck => "struck through",
            Self::Heading => "a heading",
            Self::Total => "a total",
            Self::Note => "a note",
            Self::HeadsAgain => "the heads again",
            Self::NoRequest => "nothing asked for",
            Self::Continued => "the row above goes on",
            Self::Twice => "there already",
        }
    }
}

/// Whether a row adds up others: it says so, and all else in it are numbers.
pub(crate) fn is_sum(row: &Row) -> bool {
    let mut filled = row.filled();
    filled.next().is_some_and(|(_, cell)| is_total(cell))
        && filled.all(|(_, cell)| cell.chars().all(|c| c.is_ascii_digit() || ".,% /".contains(c)))
}

/// A few of many, and how many more there are.
pub(crate) fn some(all: &[String]) -> String {
    let mut shown = all.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if all.len() > NAMED {
        shown.push_str(&format!(" and {} more", all.len() - NAMED));
    }
    shown
}

/// How many there are, in words.
pub(crate) fn counted(count: usize, one: &str, several: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {several}") }
}

/// Words on one line, and not too many.
pub(crate) fn short(words: &str) -> String {
    const MOST: usize = 40;
    let plain = words.split_whitespace().collect::<Vec<_>>().join(" ");
    match plain.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", plain.get(..end).unwrap_or(&plain)),
        None => plain,
    }
}
