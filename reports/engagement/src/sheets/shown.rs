//! The sheets of a list that is none of requests: what of them is shown, and what is left out.

use std::path::Path;

use super::left::Why;
use super::{Known, ROWS, Row, TableError, bytes, tables};

/// A sheet that is shown.
#[derive(Debug, Clone)]
pub(crate) struct Sheet {
    pub(crate) name: String,
    /// The rows that are shown and not struck through; a cell of theirs that is struck through is empty.
    pub(crate) rows: Vec<Row>,
    /// The numbers of the other rows, and why they are not among them.
    pub(crate) left: Vec<(Why, u64)>,
    pub(crate) from_1904: bool,
}

/// The sheets of a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shown {
    pub(crate) sheets: Vec<Sheet>,
    /// The names of those that nobody sees.
    pub(crate) hidden: Vec<String>,
}

/// The sheets of a file that are shown and have something in them.
///
/// # Errors
/// The file cannot be read, is neither CSV nor a workbook, or has more rows than are read.
pub(crate) fn sheets(path: &Path, known: Known<'_>) -> Result<Shown, TableError> {
    let mut shown = Shown::default();
    for table in tables(path, &bytes(path)?, known)? {
        if table.hidden {
            shown.hidden.push(table.sheet.unwrap_or_default());
            continue;
        }
        if table.cut {
            return Err(table.error(None, None, format!("has more than {ROWS} rows: that is no such list")));
        }
        if table.rows.is_empty() {
            continue;
        }
        let (mut rows, mut left) = (Vec::new(), Vec::new());
        for mut row in table.rows {
            let struck = row.filled().next().is_some() && row.filled().all(|(at, _)| row.struck.contains(&at));
            if row.hidden || struck {
                left.push((if row.hidden { Why::Hidden } else { Why::Struck }, row.number));
                continue;
            }
            for at in &row.struck {
                if let Some(cell) = row.cells.get_mut(*at) {
                    cell.clear();
                }
            }
            rows.push(row);
        }
        let name = table.sheet.unwrap_or_default();
        shown.sheets.push(Sheet { name, rows, left, from_1904: table.from_1904 });
    }
    Ok(shown)
}
