//! A table of text out of a CSV file or a sheet of a workbook, with the place of each cell.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};

use calamine::{DataRef, ExcelDateTime, Reader as _, Xlsx, XlsxError};

use crate::cells::is_formula;

/// A list of requests is smaller than this.
const LARGEST: u64 = 32 << 20;
/// ... and has fewer rows and columns.
const ROWS: u32 = 20_000;
const COLUMNS: u32 = 200;
/// Above the row that says what the columns are stand so many others at most.
const TITLES: usize = 20;

/// Why a list cannot be used: the file, where in it, and what.
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

/// A row: its number in the file, counted from 1, and its cells.
pub(crate) struct Row {
    pub(crate) number: u64,
    pub(crate) cells: Vec<String>,
}

/// A sheet, or a CSV file.
pub(crate) struct Table {
    pub(crate) path: PathBuf,
    pub(crate) sheet: Option<String>,
    /// The row that says what the columns are: the first that has something in it, until another is found to be it.
    pub(crate) head: Vec<String>,
    /// The rows below that have something in them.
    pub(crate) rows: Vec<Row>,
    /// Where formulas stand: row, counted from 1, and column, counted from 0.
    pub(crate) formulas: Vec<(u64, usize)>,
}

impl Table {
    /// Something is wrong in a row; in a cell, where its column is given.
    pub(crate) fn error(&self, row: Option<u64>, column: Option<usize>, what: impl Into<String>) -> TableError {
        TableError {
            path: self.path.clone(),
            sheet: self.sheet.clone(),
            row,
            column: column.map(|at| column_name(at, self.head.get(at).map(String::as_str))),
            what: what.into(),
        }
    }

    /// Takes the first row that says what the columns are as the head: lists begin with a title, a date, a remark.
    pub(crate) fn find_head(&mut self, is_head: impl Fn(&[String]) -> bool) {
        if is_head(&self.head) {
            return;
        }
        let at = self.rows.iter().take(TITLES).position(|row| is_head(&row.cells));
        if let Some(head) = at.and_then(|at| self.rows.drain(..=at).next_back()) {
            self.head = head.cells;
        }
    }

    fn new(path: &Path, sheet: Option<&str>, rows: Vec<Row>, formulas: Vec<(u64, usize)>) -> Self {
        let mut rows = rows.into_iter().filter(|row| row.cells.iter().any(|cell| !cell.is_empty()));
        let head = rows.next().map(|row| row.cells).unwrap_or_default();
        Self { path: path.to_owned(), sheet: sheet.map(str::to_owned), head, rows: rows.collect(), formulas }
    }
}

/// `C (Due date)`, as a spreadsheet shows it.
fn column_name(at: usize, head: Option<&str>) -> String {
    let mut letters = String::new();
    let mut rest = at + 1;
    while rest > 0 {
        let letter = u8::try_from((rest - 1) % 26).unwrap_or_default();
        letters.insert(0, char::from(b'A' + letter));
        rest = (rest - 1) / 26;
    }
    match head.filter(|head| !head.is_empty()) {
        Some(head) => format!("{letters} ({head})"),
        None => letters,
    }
}

/// The bytes of a file that is no larger than a list can be.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, TableError> {
    let unreadable = |error: std::io::Error| TableError::of_file(path, format!("it cannot be read: {error}"));
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if u64::try_from(bytes.len()).is_ok_and(|size| size > LARGEST) {
        return Err(TableError::of_file(path, "is larger than 32 MiB: that is not a list of requests"));
    }
    Ok(bytes)
}

/// The text of a file that is not UTF-8, as spreadsheets of Western Europe and America write it: Windows-1252. None where the
/// file is UTF-8, or holds what that code does not have.
fn western(bytes: &[u8]) -> Option<String> {
    /// 0x80 to 0x9F; five of them are nothing.
    const HIGH: [Option<char>; 32] = [
        Some('€'),
        None,
        Some('‚'),
        Some('ƒ'),
        Some('„'),
        Some('…'),
        Some('†'),
        Some('‡'),
        Some('ˆ'),
        Some('‰'),
        Some('Š'),
        Some('‹'),
        Some('Œ'),
        None,
        Some('Ž'),
        None,
        None,
        Some('‘'),
        Some('’'),
        Some('“'),
        Some('”'),
        Some('•'),
        Some('–'),
        Some('—'),
        Some('˜'),
        Some('™'),
        Some('š'),
        Some('›'),
        Some('œ'),
        None,
        Some('ž'),
        Some('Ÿ'),
    ];
    if std::str::from_utf8(bytes).is_ok() {
        return None;
    }
    // Above that it is Latin-1, whose codes are Unicode's.
    let read = |byte: &u8| match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        0 => None,
        byte => Some(char::from(*byte)),
    };
    bytes.iter().map(read).collect()
}

/// A comma, a semicolon or a tab: the one that makes a head of one of the first lines; where none does, whichever the first
/// line has most of.
fn separator(bytes: &[u8], is_head: impl Fn(&[String]) -> bool) -> u8 {
    let known = [b',', b';', b'\t'];
    for line in bytes.split(|b| *b == b'\n').take(TITLES + 1) {
        let heads = |by: u8| {
            let cells = line.split(|b| *b == by);
            let cell = |cell| String::from_utf8_lossy(cell).trim().trim_matches('"').to_owned();
            is_head(&cells.map(cell).collect::<Vec<_>>())
        };
        if let Some(by) = known.into_iter().find(|by| heads(*by)) {
            return by;
        }
    }
    let first = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
    // Some programs say which it is on the first line: `sep=;`.
    if let Some(by) = first.strip_prefix(b"sep=").and_then(|rest| rest.first()).filter(|by| known.contains(by)) {
        return *by;
    }
    // Of those that are equal the last wins: the comma.
    known.into_iter().rev().max_by_key(|by| first.iter().filter(|b| *b == by).count()).unwrap_or(b',')
}

/// The line on which a quoted cell begins that does not end.
fn unclosed(bytes: &[u8], by: u8) -> Option<u64> {
    let (mut opened, mut line, mut before) = (None, 1, by);
    for byte in bytes {
        match (*byte, opened) {
            // A quote within a quoted cell ends it; a second one after it opens it again.
            (b'"', Some(_)) => opened = None,
            (b'"', None) if before == by || before == b'\n' || before == b'"' => opened = Some(line),
            _ => {}
        }
        if *byte == b'\n' {
            line += 1;
        }
        before = *byte;
    }
    opened
}

/// Reads a CSV file; its separator is a comma, a semicolon or a tab.
pub(crate) fn csv(path: &Path, bytes: &[u8], is_head: impl Fn(&[String]) -> bool) -> Result<Table, TableError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let decoded = western(bytes);
    let bytes = decoded.as_deref().map_or(bytes, str::as_bytes);
    let by = separator(bytes, &is_head);
    if let Some(row) = unclosed(bytes, by) {
        let what = "a quote is opened and not closed: what follows would be taken for one cell";
        return Err(TableError { row: Some(row), ..TableError::of_file(path, what) });
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(by).from_reader(bytes);
    let (mut rows, mut formulas) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.map_err(|error| TableError {
            row: error.position().map(csv::Position::line),
            ..TableError::of_file(path, "is not CSV in UTF-8")
        })?;
        let number = record.position().map_or(0, csv::Position::line);
        let cells = record.iter().enumerate().map(|(column, cell)| {
            let cell = cell.trim();
            if cell.starts_with('=') {
                formulas.push((number, column));
            }
            // What a spreadsheet would take for a formula is written with an apostrophe before it.
            cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell).to_owned()
        });
        rows.push(Row { number, cells: cells.collect() });
    }
    let mut table = Table::new(path, None, rows, formulas);
    table.find_head(is_head);
    Ok(table)
}

/// Reads the sheets of a workbook.
pub(crate) fn xlsx(path: &Path, bytes: &[u8]) -> Result<Vec<Table>, TableError> {
    let not_a_workbook = |error: &XlsxError| TableError::of_file(path, format!("is not an XLSX workbook: {error}"));
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|error| not_a_workbook(&error))?;
    book.sheet_names().iter().map(|name| sheet(path, &mut book, name)).collect()
}

fn sheet(path: &Path, book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Table, TableError> {
    let damaged = |error: XlsxError| TableError {
        sheet: Some(name.to_owned()),
        ..TableError::of_file(path, format!("cannot be read: {error}"))
    };
    let mut reader = book.worksheet_cells_reader(name).map_err(damaged)?;
    let mut rows: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let mut formulas = Vec::new();
    // One cell at a time: a sheet may claim any size.
    while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(damaged)? {
        let (row, column) = cell.pos;
        if row >= ROWS || column >= COLUMNS {
            if matches!(cell.value, DataRef::Empty) {
                continue;
            }
            return Err(TableError {
                sheet: Some(name.to_owned()),
                row: Some(u64::from(row) + 1),
                ..TableError::of_file(path, format!("has more than {ROWS} rows or {COLUMNS} columns"))
            });
        }
        let column = usize::try_from(column).unwrap_or_default();
        if cell.formula.is_some() {
            formulas.push((u64::from(row) + 1, column));
        }
        let cells = rows.entry(row).or_default();
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        cells[column] = text(&cell.value);
    }
    let rows = rows.into_iter().map(|(row, cells)| Row { number: u64::from(row) + 1, cells }).collect();
    Ok(Table::new(path, Some(name), rows, formulas))
}

fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(n) => n.to_string(),
        // Whole numbers print without a fraction: request 12, not 12.0.
        DataRef::Float(n) => n.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(at) => day(at),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

fn day(at: &ExcelDateTime) -> String {
    let (year, month, day, ..) = at.to_ymd_hms_milli();
    format!("{year:04}-{month:02}-{day:02}")
}
