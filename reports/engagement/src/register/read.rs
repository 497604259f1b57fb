//! Reads a file of people's own as a register: its sheets, its heads, and the rows that are entries.

use std::path::Path;

use super::Register;
use super::heads::{self, Columns, Placed};
use super::kinds::Field;
use crate::columns::Said;
use crate::requests::told::asked;
use crate::sheets::left::{Why, is_sum, some};
use crate::sheets::words::is_past;
use crate::sheets::{ROWS, Row, Table, TableError};

/// A sheet with its entries.
#[derive(Debug)]
pub(super) struct Sheet<'a> {
    pub(super) table: &'a Table,
    pub(super) columns: Columns,
    pub(super) own: bool,
    pub(super) rows: Vec<&'a Row>,
    pub(super) left: Vec<(Why, u64)>,
}

impl Sheet<'_> {
    pub(super) fn name(&self) -> &str {
        self.table.sheet.as_deref().unwrap_or_default()
    }

    /// What a row says under a key. What is struck through is withdrawn.
    pub(super) fn cell(&self, key: &str, row: &Row) -> String {
        let of = |at: Option<usize>| at.filter(|at| !row.struck.contains(at)).map_or("", |at| row.cell(at));
        let at = |key: &str| self.columns.at.get(key).copied();
        if let Some((first, last)) = self.columns.parts.filter(|_| key == "name") {
            return format!("{} {}", of(Some(first)), of(Some(last))).trim().to_owned();
        }
        let said = of(at(key));
        let more = of(self.columns.detail.get(key).copied());
        if more.is_empty() { said.to_owned() } else { asked(said, more) }
    }

    /// Whether a key has a column.
    pub(super) fn has(&self, key: &str) -> bool {
        self.columns.place(key).is_some()
    }

    /// The columns of a key, whose cells cannot be told.
    pub(super) fn is_unknown(&self, key: &str, row: &Row) -> bool {
        self.columns.place(key).is_some_and(|at| row.unknown.contains(&at))
    }

    /// Something is wrong in a row, under a key.
    pub(super) fn error(&self, row: &Row, key: &str, what: impl Into<String>) -> TableError {
        let place = self.columns.place(key).map(|at| (at, self.columns.head(at)));
        let what = what.into();
        let what = if place.is_some() || key.is_empty() { what } else { format!("`{key}`: {what}") };
        self.table.error(Some(row.number), place, what)
    }
}

/// What was read, and the sheets that were left out.
#[derive(Debug)]
pub(super) struct Read<'a> {
    pub(super) sheets: Vec<Sheet<'a>>,
    pub(super) left: Vec<(String, &'static str)>,
}

/// Finds the entries of the tables of a file.
pub(super) fn read<'a>(
    path: &Path,
    tables: &'a [Table],
    register: &Register,
    fields: &[Field],
    said: &Said,
) -> Result<Read<'a>, Vec<TableError>> {
    let mut read = Read { sheets: Vec::new(), left: Vec::new() };
    for table in tables {
        let name = table.sheet.clone().unwrap_or_default();
        if table.hidden {
            read.left.push((name, "hidden"));
            continue;
        }
        if table.cut {
            return Err(vec![table.error(None, None, format!("has more than {ROWS} rows: that is no register"))]);
        }
        match heads::place(table, register, fields, said) {
            Some(placed) => read.sheets.push(sorted(table, placed)),
            None if table.rows.is_empty() => read.left.push((name, "empty")),
            None => read.left.push((name, "no heads of this register")),
        }
    }
    let old = |sheet: &Sheet<'_>| is_past(sheet.name(), sheet.name().contains(|c: char| c.is_ascii_digit()));
    if read.sheets.iter().any(|sheet| !old(sheet)) {
        let (past, now): (Vec<_>, Vec<_>) = read.sheets.into_iter().partition(old);
        read.left.extend(past.iter().map(|sheet| (sheet.name().to_owned(), "of an earlier time")));
        read.sheets = now;
    }
    let Some(first) = read.sheets.first() else {
        return Err(vec![without_heads(path, tables, register, fields)]);
    };
    let nowhere = |head: &&String| read.sheets.iter().all(|sheet| sheet.columns.missing.contains(head));
    let missing: Vec<TableError> = first
        .columns
        .missing
        .iter()
        .filter(nowhere)
        .map(|head| first.table.error(None, None, format!("has no column `{head}`; it has {}", lettered(first))))
        .collect();
    if missing.is_empty() { Ok(read) } else { Err(missing) }
}

fn lettered(sheet: &Sheet<'_>) -> String {
    let heads = sheet.columns.heads.iter().enumerate().filter(|(_, head)| !head.is_empty());
    heads.map(|(at, head)| format!("{} {head}", crate::sheets::letters(at))).collect::<Vec<_>>().join(", ")
}

fn without_heads(path: &Path, tables: &[Table], register: &Register, fields: &[Field]) -> TableError {
    let shown = tables.iter().filter(|table| !table.hidden && !table.rows.is_empty());
    let Some(table) = shown.max_by_key(|table| heads::likely(table, register.name).len()) else {
        return TableError::of_file(path, "has no rows that can be seen");
    };
    let there = heads::likely(table, register.name);
    let keys: Vec<&str> = fields.iter().map(|field| field.key).collect();
    let what = format!(
        "has no row of heads of {}; it has {}: say which column is what, --columns {}=HEAD or a letter; the keys are {}",
        register.several,
        if there.is_empty() { "no heads".to_owned() } else { some(&there) },
        register.natural.first().and_then(|keys| keys.first()).unwrap_or(&"id"),
        keys.join(", "),
    );
    table.error(None, None, what)
}

/// Sorts the rows under the heads.
fn sorted(table: &Table, placed: Placed) -> Sheet<'_> {
    let Placed { columns, first, own } = placed;
    let mut sheet = Sheet { table, columns, own, rows: Vec::new(), left: Vec::new() };
    let wide = sheet.columns.at.len() > 1 || sheet.columns.parts.is_some();
    for row in table.rows.get(first..).unwrap_or_default() {
        let heads = || row.filled().filter(|(at, cell)| sheet.columns.head(*at) == *cell).count();
        let read = || row.filled().filter(|(at, _)| sheet.columns.has(*at)).count();
        let unread = row.unknown.iter().any(|at| sheet.columns.has(*at));
        let struck = row.filled().next().is_some() && row.filled().all(|(at, _)| row.struck.contains(&at));
        let why = match () {
            () if row.hidden => Some(Why::Hidden),
            () if struck => Some(Why::Struck),
            () if own => None,
            () if heads() >= 2 && heads() * 2 > row.filled().count() => Some(Why::HeadsAgain),
            () if is_sum(row) => Some(Why::Total),
            () if unread => None,
            () if read() == 0 => Some(Why::Note),
            () if wide && row.filled().count() == 1 => {
                Some(if row.wide || row.bold { Why::Heading } else { Why::Note })
            }
            () => None,
        };
        match why {
            Some(why) => sheet.left.push((why, row.number)),
            None => sheet.rows.push(row),
        }
    }
    sheet
}
