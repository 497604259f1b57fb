//! A table of text: its rows with their cells, the names of its columns, and what is wrong in it.

use std::fmt;
use std::path::{Path, PathBuf};

/// A list of requests has fewer rows than this.
pub(crate) const ROWS: usize = 20_000;
/// ... and fewer columns.
pub(super) const COLUMNS: usize = 200;

/// What is wrong with a list: the file, where in it, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableError {
    pub(crate) path: PathBuf,
    pub(crate) sheet: Option<String>,
    pub(crate) row: Option<u64>,
    pub(crate) column: Option<String>,
    pub(crate) what: String,
}

impl TableError {
    pub(crate) fn of_file(path: &Path, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), sheet: None, row: None, column: None, what: what.into() }
    }
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(sheet) = &self.sheet {
            write!(f, ", sheet `{sheet}`")?;
        }
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.what)
    }
}

impl std::error::Error for TableError {}

/// A row: its number in the file, counted from 1, its cells, and how they look.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    pub(crate) number: u64,
    pub(crate) cells: Vec<String>,
    /// Nobody who opens the workbook sees it.
    pub(crate) hidden: bool,
    /// What is in it is in bold.
    pub(crate) bold: bool,
    /// A cell of it reaches over several columns.
    pub(crate) wide: bool,
    /// The columns whose text is struck through, counted from 0.
    pub(crate) struck: Vec<usize>,
    /// The columns of which words are struck through, and left out.
    pub(crate) shortened: Vec<usize>,
    /// The columns whose text reaches down from a row above.
    pub(crate) from_above: Vec<usize>,
    /// The columns that hold a formula without its value, or an error.
    pub(crate) unknown: Vec<usize>,
}

impl Row {
    pub(crate) fn cell(&self, at: usize) -> &str {
        self.cells.get(at).map_or("", String::as_str)
    }

    /// The columns that have something in them, with it.
    pub(crate) fn filled(&self) -> impl Iterator<Item = (usize, &str)> {
        self.cells.iter().map(String::as_str).enumerate().filter(|(_, cell)| !cell.is_empty())
    }

    pub(super) fn put(&mut self, column: usize, text: String) {
        if self.cells.len() <= column {
            self.cells.resize(column + 1, String::new());
        }
        if let Some(cell) = self.cells.get_mut(column) {
            *cell = text;
        }
    }
}

/// A sheet, or a CSV file: the rows that have something in them.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) path: PathBuf,
    pub(crate) sheet: Option<String>,
    /// Nobody who opens the workbook sees it; its rows are not read.
    pub(crate) hidden: bool,
    /// Days are counted from 1904.
    pub(crate) from_1904: bool,
    /// The columns that nobody sees.
    pub(crate) hidden_columns: Vec<usize>,
    pub(crate) rows: Vec<Row>,
    /// It has more rows than a list has, and those beyond were not read.
    pub(crate) cut: bool,
    /// It has cells beyond the columns that a list has.
    pub(crate) beyond: bool,
}

impl Table {
    /// Something is wrong in a row; in a cell, where its column and head are given.
    pub(crate) fn error(&self, row: Option<u64>, column: Option<(usize, &str)>, what: impl Into<String>) -> TableError {
        TableError {
            path: self.path.clone(),
            sheet: self.sheet.clone(),
            row,
            column: column.map(|(at, head)| column_name(at, head)),
            what: what.into(),
        }
    }
}

/// `A`, `AB`: the letters of a column counted from 0.
pub(crate) fn letters(at: usize) -> String {
    let mut letters = String::new();
    let mut rest = at + 1;
    while rest > 0 {
        let letter = u8::try_from((rest - 1) % 26).unwrap_or_default();
        letters.insert(0, char::from(b'A' + letter));
        rest = (rest - 1) / 26;
    }
    letters
}

/// The column of letters, counted from 0; none where they are none.
pub(crate) fn column_of(letters: &str) -> Option<usize> {
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let mut at = 0;
    for letter in letters.bytes() {
        let letter = letter.to_ascii_uppercase();
        at = at * 26 + usize::from(letter.checked_sub(b'A').filter(|n| *n < 26)?) + 1;
    }
    at.checked_sub(1)
}

/// `C (Due date)`, as a spreadsheet shows it.
fn column_name(at: usize, head: &str) -> String {
    let letters = letters(at);
    if head.is_empty() { letters } else { format!("{letters} ({head})") }
}
