//! Tables of text out of a CSV file or the sheets of a workbook, with the place of each cell and how it looks.

mod book;
mod bound;
mod csv;
mod format;
mod formula;
mod grid;
mod part;
mod sheet;

use std::io::Read as _;
use std::path::Path;

use self::csv::table as of_csv;
use book::tables as of_workbook;
pub use grid::TableError;
pub(crate) use grid::{ROWS, Row, Table, column_of, letters};

/// A list of requests is smaller than this.
const LARGEST: u64 = 32 << 20;

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

/// Reads the tables of a file by what it holds; where it is neither a workbook nor text, says what it is and what to do. `known`
/// says how many of some cells are heads, by which the separator of a CSV file is told.
pub(crate) fn tables(path: &Path, bytes: &[u8], known: &dyn Fn(&[String]) -> usize) -> Result<Vec<Table>, TableError> {
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
    let is_text = match ending.as_str() {
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
    if !is_text {
        return refuse("is neither .csv nor .xlsx: save the list as one of them");
    }
    Ok(vec![of_csv(path, bytes, known)?])
}
