//! Lists of what people keep: entries for the terminal, tab-separated lines for a pipe, CSV for a spreadsheet.
//!
//! In a terminal, what is short (ids, days, states) stands in columns and is never broken; the sentence that says what an entry
//! is about takes the rest of the line, and what is to be known besides stands indented under it.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return for a formula; names are foreign,
//! so such a cell gets an apostrophe in front.

use std::fmt::Write as _;

use textwrap::core::display_width;
use textwrap::{Options, WordSeparator, WordSplitter};

use crate::drawing::{self, clean_lines};

/// Where a terminal has a column; lines and CSV have them all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Beside the others: an id, a day, a figure, a name.
    Column,
    /// The sentence that takes the rest of the line: one column of a list.
    Rest,
    /// On lines of its own under the entry, with its head.
    Under,
    /// Under the entry too, on the line of the one before.
    With,
    /// Nowhere.
    Nowhere,
}

/// A column: its head, and its place in a terminal.
pub type Column = (&'static str, Place);

/// A list: rows under columns.
#[derive(Debug, Clone)]
pub struct Listing<'a> {
    /// The columns.
    pub columns: &'a [Column],
    /// The rows, a cell for each column.
    pub rows: Vec<Vec<String>>,
}

/// A column is never wider; what is longer is wrapped in it.
const WIDEST: usize = 24;
/// Where less is left for the sentence, it stands under the columns.
const LEAST: usize = 28;
/// What stands under an entry is so far to the right at most.
const INDENT: usize = 6;
/// ... and has so many lines a paragraph at most; lines, CSV and JSON have it all.
const MOST_LINES: usize = 4;
/// Between columns.
const GAP: usize = 2;

impl Listing<'_> {
    /// The entries for a terminal of a width.
    #[must_use]
    pub fn entries(&self, width: usize) -> String {
        let of = |wanted: Place| (0..).zip(self.columns).filter(move |(_, (_, place))| *place == wanted);
        let columns: Vec<Drawn> = of(Place::Column).map(|(at, (head, _))| Drawn::of(head, at, &self.rows)).collect();
        let indent = columns.first().map_or(0, |first| (first.width + GAP).min(INDENT));
        let beside = width.saturating_sub(columns.iter().map(|column| column.width + GAP).sum());
        let room = width.saturating_sub(indent).max(LEAST);
        let rest = of(Place::Rest).next();
        let mut text = String::new();
        let entry = |text: &mut String, cells: Vec<Vec<String>>, sentence: &str| {
            let fits = beside >= LEAST && sentence.split(' ').all(|word| display_width(word) <= beside);
            let lines = wrapped(sentence, if fits { beside } else { room });
            push_row(text, &cells, &columns, if fits { &lines } else { &[] });
            if !fits && !sentence.is_empty() {
                push_under(text, indent, &lines);
            }
        };
        let heads = columns.iter().map(|column| vec![column.head.to_owned()]).collect();
        entry(&mut text, heads, rest.map_or("", |(_, (head, _))| head));
        let _ = writeln!(text, "{}", "─".repeat(width));
        for row in &self.rows {
            let cell = |at: usize| row.get(at).map(|cell| clean_lines(cell)).unwrap_or_default();
            let cells = columns.iter().map(|column| wrapped(&cell(column.at), column.width)).collect();
            entry(&mut text, cells, &rest.map(|(at, _)| cell(at)).unwrap_or_default());
            let mut under: Vec<String> = Vec::new();
            for (at, (head, place)) in (0..).zip(self.columns) {
                let value = cell(at);
                let said = format!("{head}: {}", value.trim());
                match (place, under.last_mut()) {
                    (Place::Under | Place::With, _) if value.trim().is_empty() => {}
                    (Place::With, Some(line)) => line.push_str(&format!("; {said}")),
                    (Place::Under | Place::With, _) => under.push(said),
                    (Place::Column | Place::Rest | Place::Nowhere, _) => {}
                }
            }
            for said in under {
                push_under(&mut text, indent, &clipped(&said, room));
            }
        }
        text
    }

    /// One tab-separated line a row, with a header.
    #[must_use]
    pub fn lines(&self) -> String {
        let heads: Vec<&str> = self.columns.iter().map(|(head, _)| *head).collect();
        let mut text = heads.join("\t") + "\n";
        for row in &self.rows {
            let cells: Vec<String> =
                row.iter().map(|cell| clean_lines(&cell.replace(['\t', '\n', '\r'], " "))).collect();
            text.push_str(&(cells.join("\t") + "\n"));
        }
        text
    }

    /// CSV (RFC 4180), with a header.
    ///
    /// # Errors
    /// The writer of CSV refuses.
    pub fn csv(&self) -> Result<String, csv::Error> {
        drawing::csv(self.columns.iter().map(|(head, _)| *head), self.rows.iter(), "the JSON of the same command")
    }
}

/// A column as it is drawn.
struct Drawn {
    head: &'static str,
    at: usize,
    width: usize,
    /// Figures stand to the right.
    right: bool,
}

impl Drawn {
    fn of(head: &'static str, at: usize, rows: &[Vec<String>]) -> Self {
        let cells = || rows.iter().filter_map(|row| row.get(at)).map(|cell| clean_lines(cell));
        let widest = cells().flat_map(|cell| cell.lines().map(display_width).collect::<Vec<_>>()).max();
        let width = widest.unwrap_or_default().min(WIDEST).max(display_width(head));
        let right = cells().all(|cell| cell.bytes().all(|b| b.is_ascii_digit()));
        Self { head, at, width, right: right && !rows.is_empty() }
    }
}

/// Cells beside each other, each with its own lines, and the sentence after them.
fn push_row(text: &mut String, cells: &[Vec<String>], columns: &[Drawn], sentence: &[String]) {
    let deepest = cells.iter().map(Vec::len).chain([sentence.len()]).max().unwrap_or_default();
    for at in 0..deepest {
        let mut line = String::new();
        for (lines, column) in cells.iter().zip(columns) {
            let cell = lines.get(at).map_or("", String::as_str);
            let pad = " ".repeat(column.width.saturating_sub(display_width(cell)));
            let _ = if column.right { write!(line, "{pad}{cell}") } else { write!(line, "{cell}{pad}") };
            line.push_str(&" ".repeat(GAP));
        }
        line.push_str(sentence.get(at).map_or("", String::as_str));
        text.push_str(line.trim_end());
        text.push('\n');
    }
}

fn push_under(text: &mut String, indent: usize, lines: &[String]) {
    for line in lines {
        let _ = writeln!(text, "{}{line}", " ".repeat(indent));
    }
}

/// What stands under an entry: each of its paragraphs is cut where it is long, and says so.
fn clipped(said: &str, room: usize) -> Vec<String> {
    let mut out = Vec::new();
    for (at, paragraph) in said.lines().enumerate() {
        let indent = if at == 0 { "" } else { "  " };
        let mut lines = wrapped(paragraph, room.saturating_sub(2 + indent.len()));
        lines.iter_mut().for_each(|line| line.insert_str(0, indent));
        let more = lines.len() > MOST_LINES;
        lines.truncate(MOST_LINES);
        if let Some(last) = lines.last_mut().filter(|_| more) {
            last.push_str(" …");
        }
        out.append(&mut lines);
    }
    out
}

/// A text that stands by itself, on lines of a width.
#[must_use]
pub fn paragraph(text: &str, width: usize) -> String {
    textwrap::fill(&clean_lines(text), width)
}

/// Wrapped between words: ids, days and ARNs stay whole where they fit.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let options =
        Options::new(width.max(1)).word_separator(WordSeparator::AsciiSpace).word_splitter(WordSplitter::NoHyphenation);
    textwrap::wrap(text, options).into_iter().map(std::borrow::Cow::into_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] =
        &[("id", Place::Column), ("text", Place::Rest), ("why", Place::Under), ("sha256", Place::Nowhere)];

    fn listing(cells: [&str; 4]) -> Listing<'static> {
        Listing { columns: COLUMNS, rows: vec![cells.map(str::to_owned).to_vec()] }
    }

    #[test]
    fn entries_fit_and_leave_out_what_is_for_machines() {
        let long = "word ".repeat(200);
        for width in [40, 80, 100, 160] {
            let text = listing(["A-1", &long, &long, "00ff"]).entries(width);
            assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
            assert!(!text.contains("sha256") && !text.contains("00ff"), "{text}");
            // The sentence is whole; what stands under it is cut, and says so.
            assert!(text.matches("word").count() > 200 && text.ends_with(" …\n"), "{text}");
        }
        let text = listing(["2026-11-20", "short", "", ""]).entries(40);
        assert_eq!(text, format!("id          text\n{}\n2026-11-20  short\n", "─".repeat(40)));
    }

    #[test]
    fn what_does_not_fit_beside_stands_under_and_ids_stay_whole() {
        let columns: &[Column] =
            &[("id", Place::Column), ("day", Place::Column), ("hours", Place::Column), ("text", Place::Rest)];
        let row = ["ACME-0000000001", "2026-11-20", "12", "What is asked for, in words."].map(str::to_owned).to_vec();
        let text = Listing { columns, rows: vec![row] }.entries(44);
        let lines: Vec<&str> = text.lines().collect();
        // The head is laid out as the rows are: what has no room beside stands under.
        assert_eq!(lines[1].trim(), "text");
        assert_eq!(lines[3], "ACME-0000000001  2026-11-20     12");
        assert_eq!(lines[4], "      What is asked for, in words.");
        let columns: &[Column] =
            &[("id", Place::Column), ("a", Place::Under), ("b", Place::With), ("c", Place::With), ("d", Place::Under)];
        let row = ["A-1", "1", "", "3", ""].map(str::to_owned).to_vec();
        let text = Listing { columns, rows: vec![row] }.entries(40);
        assert!(text.ends_with("\nA-1\n     a: 1; c: 3\n"), "{text}");
    }

    #[test]
    fn lines_and_csv_have_every_column_and_no_formula() {
        let listing = listing(["A-1", "=1+1, or\nmore\u{1b}", "", "00ff"]);
        assert_eq!(listing.lines(), "id\ttext\twhy\tsha256\nA-1\t=1+1, or more\u{fffd}\t\t00ff\n");
        assert_eq!(listing.csv().unwrap(), "id,text,why,sha256\r\nA-1,\"'=1+1, or\nmore\u{1b}\",,00ff\r\n");
    }
}
