//! Tables of text out of a CSV file or the sheets of a workbook, with the place of each cell and how it looks.

mod book;
mod bound;
mod csv;
mod format;
mod formula;
mod grid;
pub(crate) mod left;
mod part;
mod sheet;
pub(crate) mod shown;
pub(crate) mod words;

use std::io::Read as _;
use std::path::Path;

pub use self::csv::guessed_code;
pub(crate) use self::csv::table as of_csv;
pub(crate) use book::tables as of_workbook;
pub use grid::TableError;
pub(crate) use grid::{ROWS, Row, Table, column_of, letters};

/// A list is smaller than this.
const LARGEST: u64 = 32 << 20;

/// The bytes of a file that is no larger than a list can be.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, TableError> {
    let unreadable = |error: std::io::Error| TableError::of_file(path, format!("it cannot be read: {error}"));
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if u64::try_from(bytes.len()).is_ok_and(|size| size > LARGEST) {
        return Err(TableError::of_file(path, "is larger than 32 MiB: that is not a list"));
    }
    Ok(bytes)
}

/// The column that somebody named: by its head, else by its letters where a table is so wide.
pub(crate) fn named(head: &str, heads: &[String], width: usize) -> Option<usize> {
    let wanted = words::plain(head);
    let found = heads.iter().position(|head| words::plain(head) == wanted && !wanted.is_empty());
    found.or_else(|| column_of(head).filter(|at| *at < width && head.len() <= 2))
}

/// How many of the cells of a row are heads that are known: it tells the separator of a CSV.
pub(crate) type Known<'a> = &'a dyn Fn(&[String]) -> usize;

/// Reads the tables of a file by what it holds; where it is neither a workbook nor text, says what it is and what to do.
pub(crate) fn tables(path: &Path, bytes: &[u8], known: Known<'_>) -> Result<Vec<Table>, TableError> {
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
    if bytes.is_empty() {
        return refuse("is empty: it was not copied or saved to its end");
    }
    let is_known = ["csv", "tsv", "tab", "txt"].contains(&ending.as_str());
    let is_book = ["xlsx", "xlsm", "xltx", "xltm", "xls"].contains(&ending.as_str());
    if bytes.starts_with(b"%PDF") {
        return refuse("is a PDF: ask for the list as .xlsx or .csv");
    }
    let start = String::from_utf8_lossy(bytes.get(..200).unwrap_or(bytes)).trim_start().to_ascii_lowercase();
    let start = start.trim_start_matches('\u{feff}');
    if start.starts_with("<?xml") {
        return refuse(
            "is XML, as some programs save a sheet or a page: open it in a spreadsheet program, save it as .xlsx, and import that",
        );
    }
    if ["<!doctype", "<html", "<table", "<meta", "<style"].iter().any(|tag| start.starts_with(tag)) {
        return refuse(
            "is a page of the web under another name: open it in a spreadsheet program, save it as .xlsx, and import that",
        );
    }
    if is_book {
        let is_plain = bytes.iter().take(4096).all(|byte| *byte >= 0x20 || b"\t\r\n\x0c".contains(byte));
        return refuse(if is_plain {
            "is text under the name of a workbook: rename it to .csv, and import that"
        } else {
            "is not an XLSX workbook: it does not begin as one"
        });
    }
    if !is_known {
        return refuse("is neither .csv nor .xlsx: save the list as one of them");
    }
    Ok(vec![of_csv(path, bytes, known)?])
}
