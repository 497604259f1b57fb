//! What became of a list: on one line, what was taken, what was left out, and why.

use std::collections::BTreeMap;

use super::rows::Why;
use crate::columns::Column;

/// At most so many of anything are named.
const NAMED: usize = 6;

/// What was taken and what was left out.
#[derive(Debug, Default)]
pub(super) struct Account {
    sheets: Vec<(String, usize)>,
    sheets_left: Vec<(String, &'static str)>,
    rows_left: BTreeMap<Why, Vec<(String, u64)>>,
    columns_left: Vec<(String, bool)>,
    kept: BTreeMap<Column, BTreeMap<String, usize>>,
    made: usize,
    renamed: Vec<(String, String)>,
    shortened: Vec<(String, u64)>,
}

/// A few of many, and how many more there are.
pub(super) fn some(all: &[String]) -> String {
    let mut shown = all.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if all.len() > NAMED {
        shown.push_str(&format!(" and {} more", all.len() - NAMED));
    }
    shown
}

pub(super) fn counted(count: usize, one: &str, several: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {several}") }
}

/// Words on one line, and not too many.
pub(super) fn short(words: &str) -> String {
    const MOST: usize = 40;
    let plain = words.split_whitespace().collect::<Vec<_>>().join(" ");
    match plain.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", plain.get(..end).unwrap_or(&plain)),
        None => plain,
    }
}

impl Account {
    pub(super) fn take_sheet(&mut self, name: &str, rows: usize) {
        self.sheets.push((name.to_owned(), rows));
    }

    /// A row of a sheet is not taken after all.
    pub(super) fn give_back(&mut self, sheet: &str) {
        if let Some((_, rows)) = self.sheets.iter_mut().find(|(name, _)| name == sheet) {
            *rows = rows.saturating_sub(1);
        }
    }

    pub(super) fn leave_sheet(&mut self, name: &str, why: &'static str) {
        self.sheets_left.push((name.to_owned(), why));
    }

    pub(super) fn leave_row(&mut self, sheet: &str, why: Why, row: u64) {
        self.rows_left.entry(why).or_default().push((sheet.to_owned(), row));
    }

    pub(super) fn leave_column(&mut self, head: String, hidden: bool) {
        if !self.columns_left.contains(&(head.clone(), hidden)) {
            self.columns_left.push((head, hidden));
        }
    }

    /// Something is kept in the words of the list.
    pub(super) fn keep(&mut self, column: Column, words: &str) {
        *self.kept.entry(column).or_default().entry(words.to_owned()).or_default() += 1;
    }

    pub(super) fn make_id(&mut self) {
        self.made += 1;
    }

    pub(super) fn rename(&mut self, from: &str, to: &str) {
        self.renamed.push((from.to_owned(), to.to_owned()));
    }

    /// Words of a row are struck through, and left out.
    pub(super) fn shorten(&mut self, sheet: &str, row: u64) {
        self.shortened.push((sheet.to_owned(), row));
    }

    fn place(&self, (sheet, row): &(String, u64)) -> String {
        let several = self.sheets.len() > 1;
        if several { format!("{sheet} {row}") } else { row.to_string() }
    }

    fn places(&self, rows: &[(String, u64)]) -> String {
        some(&rows.iter().map(|row| self.place(row)).collect::<Vec<_>>())
    }

    /// The rows that are left out, by why.
    pub(super) fn rows_left(&self) -> String {
        let all = self.rows_left.iter().map(|(why, rows)| format!("{} ({})", self.places(rows), why.words()));
        all.collect::<Vec<_>>().join(", ")
    }

    /// The line that is said after an import.
    pub(super) fn line(&self, name: &str, requests: usize) -> String {
        let mut parts = Vec::new();
        let sheets: Vec<String> = self.sheets.iter().map(|(name, rows)| format!("{name} {rows}")).collect();
        let from = match self.sheets.as_slice() {
            [(sheet, _)] if sheet.is_empty() => String::new(),
            [(sheet, _)] => format!(" from the sheet {sheet}"),
            all => format!(" from {} sheets ({})", all.len(), some(&sheets)),
        };
        parts.push(format!("{name}: {} taken{from}", counted(requests, "request", "requests")));
        let mut left = Vec::new();
        if !self.sheets_left.is_empty() {
            let names: Vec<String> = self.sheets_left.iter().map(|(name, why)| format!("{name} ({why})")).collect();
            left.push(format!("sheets {}", some(&names)));
        }
        if !self.rows_left.is_empty() {
            left.push(format!("rows {}", self.rows_left()));
        }
        if !self.columns_left.is_empty() {
            let of = |hidden: bool| {
                let heads = self.columns_left.iter().filter(move |(_, is)| *is == hidden).map(|(head, _)| short(head));
                heads.collect::<Vec<_>>()
            };
            for (heads, why) in [(of(false), "not read here"), (of(true), "hidden")] {
                if !heads.is_empty() {
                    left.push(format!("columns {} ({why})", some(&heads)));
                }
            }
        }
        if !left.is_empty() {
            parts.push(format!("Left out: {}", left.join("; ")));
        }
        if self.made > 0 {
            parts.push(format!("Ids made: {}", self.made));
        }
        if !self.renamed.is_empty() {
            let all: Vec<String> = self.renamed.iter().map(|(from, to)| format!("{from} is {to}")).collect();
            parts.push(format!("Ids told apart: {}", some(&all)));
        }
        if !self.kept.is_empty() {
            let all: Vec<String> = self
                .kept
                .iter()
                .map(|(column, words)| {
                    let words: Vec<String> = words
                        .iter()
                        .map(|(words, count)| match count {
                            1 => format!("`{}`", short(words)),
                            count => format!("`{}` {count} times", short(words)),
                        })
                        .collect();
                    format!("{} {}", column.name(), some(&words))
                })
                .collect();
            parts.push(format!("Kept as words: {}", all.join("; ")));
        }
        if !self.shortened.is_empty() {
            parts.push(format!("Words struck through are left out in rows {}", self.places(&self.shortened)));
        }
        parts.join(". ").chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    }
}
