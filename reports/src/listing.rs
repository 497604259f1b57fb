//! Lists of what people keep: a table for the terminal, tab-separated lines for a pipe, CSV for a spreadsheet.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return for a formula; names are foreign,
//! so such a cell gets an apostrophe in front.

use tabled::builder::Builder;
use tabled::settings::Style;

/// A column: its head, and its share of a terminal's width; none where only lines and CSV have it.
pub type Column = (&'static str, Option<usize>);

/// A list: rows under columns.
#[derive(Debug, Clone)]
pub struct Listing<'a> {
    /// The columns.
    pub columns: &'a [Column],
    /// The rows, a cell for each column.
    pub rows: Vec<Vec<String>>,
}

/// A column of a table is never narrower.
const MOST_NARROW: usize = 8;
/// A cell of a table has so many letters at most; lines, CSV and JSON have them all.
const MOST_LETTERS: usize = 240;

impl Listing<'_> {
    /// The table for a terminal of a width.
    #[must_use]
    pub fn table(&self, width: usize) -> String {
        let shown: Vec<(usize, &str, usize)> =
            (0..).zip(self.columns).filter_map(|(at, (head, share))| Some((at, *head, (*share)?))).collect();
        let rows: Vec<Vec<String>> = self
            .rows
            .iter()
            .map(|row| {
                shown.iter().map(|(at, ..)| row.get(*at).map(|cell| clipped(cell)).unwrap_or_default()).collect()
            })
            .collect();
        let needs = (0..).zip(&shown).map(|(place, (_, head, share))| {
            let cells = rows.iter().map(|row| longest(&row[place]));
            (cells.chain([longest(head)]).max().unwrap_or_default(), *share)
        });
        let widths = widths(&needs.collect::<Vec<_>>(), width.saturating_sub(3 * shown.len() + 1));
        let mut table = Builder::default();
        table.push_record(shown.iter().map(|(_, head, _)| *head));
        for row in &rows {
            table.push_record(row.iter().zip(&widths).map(|(cell, width)| wrapped(cell, *width)));
        }
        format!("{}\n", table.build().with(Style::modern_rounded()))
    }

    /// One tab-separated line a row, with a header.
    #[must_use]
    pub fn lines(&self) -> String {
        let heads: Vec<&str> = self.columns.iter().map(|(head, _)| *head).collect();
        let mut text = heads.join("\t") + "\n";
        for row in &self.rows {
            let cells: Vec<String> =
                row.iter().map(|cell| crate::drawing::clean_lines(&cell.replace(['\t', '\n', '\r'], " "))).collect();
            text.push_str(&(cells.join("\t") + "\n"));
        }
        text
    }

    /// CSV (RFC 4180), with a header.
    ///
    /// # Errors
    /// The writer of CSV refuses.
    pub fn csv(&self) -> Result<String, csv::Error> {
        crate::drawing::csv(self.columns.iter().map(|(head, _)| *head), self.rows.iter())
    }
}

/// Wrapped between words: ids and days stay whole where they fit.
fn wrapped(text: &str, width: usize) -> String {
    let options = textwrap::Options::new(width)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(text, options)
}

fn longest(text: &str) -> usize {
    text.lines().map(|line| line.chars().count()).max().unwrap_or_default()
}

fn clipped(cell: &str) -> String {
    let cell = crate::drawing::clean_lines(cell);
    if cell.chars().count() <= MOST_LETTERS { cell } else { cell.chars().take(MOST_LETTERS).chain(['…']).collect() }
}

/// The widths of columns from what they need and their shares: what needs no more than its share gets what it needs, and
/// the others share the rest.
fn widths(needs: &[(usize, usize)], room: usize) -> Vec<usize> {
    let mut widths: Vec<Option<usize>> = vec![None; needs.len()];
    loop {
        let taken: usize = widths.iter().flatten().sum();
        let open = || needs.iter().zip(&widths).filter(|(_, width)| width.is_none()).map(|(need, _)| need);
        let shares: usize = open().map(|(_, share)| share).sum();
        let part = |share: usize| (room.saturating_sub(taken) * share / shares.max(1)).max(MOST_NARROW);
        let small = (0..).zip(needs).find(|(at, (need, share))| widths[*at].is_none() && *need <= part(*share));
        match small {
            Some((at, (need, _))) => widths[at] = Some(*need),
            None => {
                return needs
                    .iter()
                    .zip(&widths)
                    .map(|((_, share), width)| width.unwrap_or_else(|| part(*share)))
                    .collect();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[("id", Some(10)), ("text", Some(40)), ("sha256", None)];

    fn listing() -> Listing<'static> {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        Listing { columns: COLUMNS, rows: vec![row(["A-1", "=1+1, or\nmore\u{1b}", "00ff"])] }
    }

    #[test]
    fn a_table_fits_and_leaves_out_what_is_for_machines() {
        let rows = vec![vec!["A-1".to_owned(), "word ".repeat(40), "00ff".to_owned()]];
        let text = Listing { rows, ..listing() }.table(60);
        assert!(text.lines().all(|line| line.chars().count() <= 60), "{text}");
        assert!(text.contains("A-1") && !text.contains("sha256") && !text.contains("00ff"), "{text}");
    }

    #[test]
    fn what_is_narrow_leaves_its_room_to_others_and_days_stay_whole() {
        assert_eq!(widths(&[(10, 50), (200, 50)], 80), [10, 70]);
        assert_eq!(widths(&[(200, 50), (300, 50)], 80), [40, 40]);
        let rows = vec![vec!["2026-11-20".to_owned(), "word ".repeat(200), String::new()]];
        let text = Listing { rows, ..listing() }.table(60);
        assert!(text.contains("2026-11-20") && text.contains('…'), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 60), "{text}");
    }

    #[test]
    fn lines_and_csv_have_every_column_and_no_formula() {
        assert_eq!(listing().lines(), "id\ttext\tsha256\nA-1\t=1+1, or more\u{fffd}\t00ff\n");
        assert_eq!(listing().csv().unwrap(), "id,text,sha256\r\nA-1,\"'=1+1, or\nmore\u{1b}\",00ff\r\n");
    }
}
