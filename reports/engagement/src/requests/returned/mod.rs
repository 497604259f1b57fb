//! A list that comes back from the auditor: what it says of each request, held against what was said before.

mod columns;
mod day;
mod hold;
mod read;
mod words;

use std::path::Path;

use jiff::civil::Date;

use super::import::ListError;
use super::options::ListOptions;
use super::request::Request;
use super::{heads, vocabulary};
use crate::columns::RequestColumns;
use crate::file::Engagement;
use crate::problems::EngagementError;
use crate::sheets::left::Why;
use crate::sheets::{self, ROWS, Table, TableError};
use crate::statements::Return;
use crate::write::{self, quoted};
use columns::Sheet;
use hold::List;

/// What is said of a list that comes back, where it does not tell itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReturnOptions {
    /// What `12/06/2026` is, and which column is what.
    pub list: ListOptions,
    /// The day of answers that have none of their own; that on which a workbook was saved, where nothing is said.
    pub on: Option<Date>,
    /// Who answered, where the list does not say.
    pub by: Option<String>,
    /// No answer is of a later day.
    pub today: Option<Date>,
}

/// A list that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnedList {
    /// What it says and the file does not have yet, in the order of the list.
    pub new: Vec<Return>,
    /// What was taken and what was left out, on one line.
    pub account: String,
}

/// Reads a list that came back: ours or the auditor's own, CSV or a workbook. `known` is the list in force.
///
/// # Errors
/// The file cannot be read, has no column in which an auditor answers, says two things of one request, or does not say when.
pub fn returned(
    path: &Path,
    known: &[Request],
    engagement: &Engagement,
    options: &ReturnOptions,
) -> Result<ReturnedList, ListError> {
    returned_bytes(path, &sheets::bytes(path)?, known, engagement, options)
}

/// Reads such a list from its bytes; `path` says what it is called.
///
/// # Errors
/// As [`returned`].
pub fn returned_bytes(
    path: &Path,
    bytes: &[u8],
    known: &[Request],
    engagement: &Engagement,
    options: &ReturnOptions,
) -> Result<ReturnedList, ListError> {
    let tables = sheets::tables(path, bytes, &super::vocabulary::known)?;
    let mut sheets_left = Vec::new();
    let mut sheets = Vec::new();
    for table in &tables {
        let name = table.sheet.as_deref().unwrap_or_default();
        match find(table, name, &options.list.columns) {
            Ok(sheet) => sheets.push(sheet),
            Err(why) => sheets_left.push(format!("{name} ({why})")),
        }
    }
    if let Some(cut) = sheets.iter().find(|sheet| sheet.table.cut) {
        let what = format!("has more than {ROWS} rows: that is not a list of requests");
        return Err(cut.table.error(None, None, what).into());
    }
    if sheets.is_empty() {
        return Err(without_answers(path, &tables));
    }
    let answers = read::read(&sheets, known, options.list.dates);
    if let Some(error) = answers.error() {
        return Err(error);
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let day = options.on.or_else(|| day::saved(bytes).map(|at| engagement.day_of(at)));
    hold::hold(path, &answers, &sheets_left, engagement, &List { name: &name, options, day })
}

/// A sheet with answers, or why it is left out.
fn find<'a>(table: &'a Table, name: &str, said: &RequestColumns) -> Result<Sheet<'a>, &'static str> {
    if table.hidden {
        return Err("hidden");
    }
    if table.rows.is_empty() {
        return Err("empty");
    }
    if vocabulary::is_past(name, name.contains("20")) {
        return Err("of an earlier time");
    }
    // What was said of the columns of one list need not hold for another.
    let found = Sheet::find(table, said).or_else(|| Sheet::find(table, &RequestColumns::default()));
    found.ok_or("no column of an auditor's answer")
}

/// No sheet has a column in which an auditor answers.
fn without_answers(path: &Path, tables: &[Table]) -> ListError {
    let table = tables.iter().filter(|table| !table.hidden).max_by_key(|table| heads::likely(table).len());
    let there = table.map(heads::likely).unwrap_or_default();
    let there = if there.is_empty() { String::new() } else { format!("; it has {}", there.join(", ")) };
    let what = format!(
        "has no ids of requests with an auditor's status or comment beside them{there}; say which column is which: --columns id=A,status=F,comment=G (heads or letters)"
    );
    table.map_or_else(|| TableError::of_file(path, &what), |table| table.error(None, None, &what)).into()
}

/// Adds what came back to the text of a file, at its end. Nothing that stands in it is touched.
///
/// # Errors
/// The text is no file that can be used, before or after.
pub fn append_returns(path: &Path, text: &str, new: &[Return]) -> Result<String, EngagementError> {
    write::append(path, text, "returns", &new.iter().map(block).collect::<Vec<_>>())
}

fn block(said: &Return) -> String {
    let mut block = format!("\n[[returns]]\nrequest = {}\non = {}\n", quoted(&said.request), said.on);
    for (key, value) in [
        ("state", said.state.map(|state| state.name().to_owned())),
        ("word", said.word.clone()),
        ("comment", said.comment.clone()),
        ("by", said.by.clone()),
        ("file", said.file.clone()),
    ] {
        if let Some(value) = value {
            block.push_str(&format!("{key} = {}\n", quoted(&value)));
        }
    }
    block
}

/// The words for a row that is left out.
fn why(why: Why) -> &'static str {
    why.words()
}
