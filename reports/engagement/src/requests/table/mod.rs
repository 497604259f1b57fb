//! Tables of text out of a CSV file or the sheets of a workbook, with the place of each cell and how it looks.

mod book;
mod csv;
mod format;
mod formula;
mod sheet;

use std::fmt;
use std::io::Read as _;
use std::path::{Path, PathBuf};

pub(super) use self::csv::table as of_csv;
pub(super) use book::tables as of_workbook;

/// A list of requests is smaller than this.
const LARGEST: u64 = 32 << 20;
/// ... and has fewer rows and columns.
pub(super) const ROWS: usize = 20_000;
const COLUMNS: usize = 200;

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
pub(super) struct Row {
    pub(super) number: u64,
    pub(super) cells: Vec<String>,
    /// Nobody who opens the workbook sees it.
    pub(super) hidden: bool,
    /// What is in it is in bold.
    pub(super) bold: bool,
    /// A cell of it reaches over several columns.
    pub(super) wide: bool,
    /// The columns whose text is struck through, counted from 0.
    pub(super) struck: Vec<usize>,
    /// The columns of which words are struck through, and left out.
    pub(super) shortened: Vec<usize>,
    /// The columns whose text reaches down from a row above.
    pub(super) from_above: Vec<usize>,
    /// The columns that hold a formula without its value, or an error.
    pub(super) unknown: Vec<usize>,
}

impl Row {
    pub(super) fn cell(&self, at: usize) -> &str {
        self.cells.get(at).map_or("", String::as_str)
    }

    /// The columns that have something in them, with it.
    pub(super) fn filled(&self) -> impl Iterator<Item = (usize, &str)> {
        self.cells.iter().map(String::as_str).enumerate().filter(|(_, cell)| !cell.is_empty())
    }

    fn put(&mut self, column: usize, text: String) {
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
pub(super) struct Table {
    pub(super) path: PathBuf,
    pub(super) sheet: Option<String>,
    /// Nobody who opens the workbook sees it; its rows are not read.
    pub(super) hidden: bool,
    /// Days are counted from 1904.
    pub(super) from_1904: bool,
    /// The columns that nobody sees.
    pub(super) hidden_columns: Vec<usize>,
    pub(super) rows: Vec<Row>,
    /// It has more rows than a list has, and those beyond were not read.
    pub(super) cut: bool,
    /// It has cells beyond the columns that a list has.
    pub(super) beyond: bool,
}

impl Table {
    /// Something is wrong in a row; in a cell, where its column and head are given.
    pub(super) fn error(&self, row: Option<u64>, column: Option<(usize, &str)>, what: impl Into<String>) -> TableError {
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
pub(super) fn letters(at: usize) -> String {
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
pub(super) fn column_of(letters: &str) -> Option<usize> {
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

/// The bytes of a file that is no larger than a list can be.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>, TableError> {
    let unreadable = |error: std::io::Error| TableError::of_file(path, format!("it cannot be read: {error}"));
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if u64::try_from(bytes.len()).is_ok_and(|size| size > LARGEST) {
        return Err(TableError::of_file(path, "is larger than 32 MiB: that is not a list of requests"));
    }
    Ok(bytes)
}

/// Reads the tables of a file by what it holds; where it is neither a workbook nor text, says what it is and what to do.
pub(super) fn tables(path: &Path, bytes: &[u8]) -> Result<Vec<Table>, TableError> {
    let refuse = |what: &str| Err(TableError::of_file(path, what));
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        let packed: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        return refuse(if bytes.windows(packed.len()).any(|window| window == packed) {
            "is protected by a password: open it with that password, save it without one, and import that"
        } else {
            "is a workbook of Excel 97 to 2003 (.xls): open it in a spreadsheet program, save it as .xlsx, and import that"
        });
    }
    if bytes.starts_with(b"PK") {
        return of_workbook(path, bytes);
    }
    let known = match ending.as_str() {
        "csv" | "tsv" | "tab" | "txt" => true,
        "xlsx" | "xlsm" => return refuse("is not an XLSX workbook: it does not begin as one"),
        _ => false,
    };
    if bytes.starts_with(b"%PDF") {
        return refuse("is a PDF: ask for the list as .xlsx or .csv");
    }
    let start = String::from_utf8_lossy(bytes.get(..200).unwrap_or(bytes)).trim_start().to_ascii_lowercase();
    if ["<!doctype", "<html", "<?xml", "<table"].iter().any(|tag| start.starts_with(tag)) {
        return refuse(
            "is a page of the web under another name: open it in a spreadsheet program, save it as .xlsx, and import that",
        );
    }
    if !known {
        return refuse("is neither .csv nor .xlsx: save the list as one of them");
    }
    Ok(vec![of_csv(path, bytes)?])
}
