//! The sheets of a list that is none of requests, as plain text.

use std::path::Path;

use super::{Known, TableError, bytes, tables};

/// A sheet that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sheet {
    pub(crate) name: String,
    /// The rows that are shown and not struck through: their numbers and their cells.
    pub(crate) rows: Vec<(u64, Vec<String>)>,
    pub(crate) from_1904: bool,
}

/// The sheets of a file that are shown and have something in them.
///
/// # Errors
/// The file cannot be read, or is neither CSV nor a workbook.
pub(crate) fn sheets(path: &Path, known: Known<'_>) -> Result<Vec<Sheet>, TableError> {
    let tables = tables(path, &bytes(path)?, known)?;
    let shown = tables.into_iter().filter(|table| !table.hidden && !table.rows.is_empty());
    let sheets = shown.map(|table| {
        let rows = table.rows.into_iter().filter(|row| {
            let struck = row.filled().next().is_some() && row.filled().all(|(at, _)| row.struck.contains(&at));
            !row.hidden && !struck
        });
        Sheet {
            name: table.sheet.unwrap_or_default(),
            rows: rows.map(|row| (row.number, row.cells)).collect(),
            from_1904: table.from_1904,
        }
    });
    Ok(sheets.collect())
}
