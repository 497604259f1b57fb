//! What became of a file: on one line, what was taken, what was left out, and why.

use std::collections::BTreeMap;

use crate::sheets::left::{Why, counted, short, some};

/// What was taken and what was left out.
#[derive(Debug, Default)]
pub(super) struct Account {
    pub(super) sheets: Vec<(String, usize)>,
    pub(super) sheets_left: Vec<(String, &'static str)>,
    pub(super) rows_left: BTreeMap<Why, Vec<(String, u64)>>,
    /// Heads, and why their columns are left out.
    pub(super) columns_left: Vec<(String, &'static str)>,
    pub(super) new: usize,
    pub(super) changed: usize,
    pub(super) same: usize,
    /// Entries that the file does not have.
    pub(super) absent: Vec<String>,
    pub(super) made: Vec<String>,
    /// How something was taken that is written in another way.
    pub(super) taken_as: Vec<String>,
    /// Words that say that something is still to be said, by key.
    pub(super) open: BTreeMap<String, BTreeMap<String, usize>>,
    pub(super) shortened: Vec<(String, u64)>,
}

impl Account {
    pub(super) fn leave_row(&mut self, sheet: &str, why: Why, row: u64) {
        self.rows_left.entry(why).or_default().push((sheet.to_owned(), row));
    }

    pub(super) fn leave_column(&mut self, head: &str, why: &'static str) {
        let left = (head.split_whitespace().collect::<Vec<_>>().join(" "), why);
        if !self.columns_left.contains(&left) {
            self.columns_left.push(left);
        }
    }

    pub(super) fn open(&mut self, key: &str, words: &str) {
        *self.open.entry(key.to_owned()).or_default().entry(words.to_owned()).or_default() += 1;
    }

    pub(super) fn take_as(&mut self, what: String) {
        if !self.taken_as.contains(&what) {
            self.taken_as.push(what);
        }
    }

    fn places(&self, rows: &[(String, u64)]) -> String {
        let several = self.sheets.len() > 1;
        let place = |(sheet, row): &(String, u64)| if several { format!("{sheet} {row}") } else { row.to_string() };
        some(&rows.iter().map(place).collect::<Vec<_>>())
    }

    fn left(&self) -> Vec<String> {
        let mut left = Vec::new();
        if !self.sheets_left.is_empty() {
            let names: Vec<String> = self.sheets_left.iter().map(|(name, why)| format!("{name} ({why})")).collect();
            left.push(format!("sheets {}", some(&names)));
        }
        if !self.rows_left.is_empty() {
            let all = self.rows_left.iter().map(|(why, rows)| format!("{} ({})", self.places(rows), why.words()));
            left.push(format!("rows {}", all.collect::<Vec<_>>().join(", ")));
        }
        let whys: Vec<&str> = self.columns_left.iter().fold(Vec::new(), |mut whys, (_, why)| {
            if !whys.contains(why) {
                whys.push(why);
            }
            whys
        });
        for why in whys {
            let of = self.columns_left.iter().filter(|(_, other)| *other == why).map(|(head, _)| short(head));
            // Each is named: what is left out must be seen.
            left.push(format!("columns {} ({why})", of.collect::<Vec<_>>().join(", ")));
        }
        left
    }

    /// The line that is said after an import.
    pub(super) fn line(&self, name: &str) -> String {
        let rows: usize = self.sheets.iter().map(|(_, rows)| rows).sum();
        let sheets: Vec<String> = self.sheets.iter().map(|(name, rows)| format!("{name} {rows}")).collect();
        let from = match self.sheets.as_slice() {
            [(sheet, _)] if sheet.is_empty() => String::new(),
            [(sheet, _)] => format!(" of the sheet {sheet}"),
            all => format!(" of {} sheets ({})", all.len(), some(&sheets)),
        };
        let count = counted(rows, "row", "rows");
        let mut parts = vec![format!(
            "{name}: {count}{from}: {} new, {} changed, {} as they are",
            self.new, self.changed, self.same
        )];
        let left = self.left();
        if !left.is_empty() {
            parts.push(format!("Left out: {}", left.join("; ")));
        }
        if !self.absent.is_empty() {
            parts.push(format!("Not in the file, and kept: {}", some(&self.absent)));
        }
        if !self.made.is_empty() {
            parts.push(format!("Ids made: {}", some(&self.made)));
        }
        if !self.taken_as.is_empty() {
            parts.push(format!("Taken: {}", some(&self.taken_as)));
        }
        if !self.open.is_empty() {
            let of = |words: &BTreeMap<String, usize>| {
                let words: Vec<String> = words
                    .iter()
                    .map(|(words, count)| match count {
                        1 => format!("`{}`", short(words)),
                        count => format!("`{}` {count} times", short(words)),
                    })
                    .collect();
                some(&words)
            };
            let all: Vec<String> = self.open.iter().map(|(key, words)| format!("{key} {}", of(words))).collect();
            parts.push(format!("Still to be said, and not entered: {}", all.join("; ")));
        }
        if !self.shortened.is_empty() {
            parts.push(format!("Words struck through are left out in rows {}", self.places(&self.shortened)));
        }
        parts.join(". ").chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    }
}
