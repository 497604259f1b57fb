//! `kickoff register`: a register of kickoff.toml shown, joined with a file that people keep, and written to one.

use std::fmt::Display;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

use kickoff::walk::Failure;
use kickoff::walk::opened::Opened;
use kickoff_engagement::Said;
use kickoff_engagement::cells::BYTE_ORDER_MARK;
use kickoff_engagement::register::{Change, ImportError, Imported, Options, Register, Table, import, table};
use kickoff_engagement::requests::DateOrder;
use kickoff_reports::listing::{Column, Listing, Place};
use serde_json::{Value, json};

use super::given;
use crate::cli::{FileArgs, ListFormat, RegisterArgs, RegisterFileArgs};
use crate::exit::Exit;
use crate::terminal::files::save;
use crate::terminal::{lists, streams};

/// What an import changes.
const CHANGES: &[Column] =
    &[("entry", Place::Column), ("key", Place::Column), ("before", Place::Under), ("now", Place::Rest)];

pub(crate) fn run(arguments: &RegisterArgs) -> Result<Exit, Failure> {
    let register = named(&arguments.name)?;
    if import_and_export(register, &arguments.file, &arguments.of_file, arguments.format)? {
        return Ok(Exit::Done);
    }
    let opened = given::alone(&arguments.file)?;
    let text = opened.shown().unwrap_or_default();
    let table = table(register, text).map_err(|what| Failure::usage(&what))?;
    if arguments.format == ListFormat::Csv {
        // The form that can be read back.
        lists::print(&table.to_csv())?;
        return Ok(Exit::Done);
    }
    let columns = columns(&table);
    let listing = Listing { columns: &columns, rows: table.rows.clone() };
    let entries = register.entries(text).map_err(|what| Failure::usage(&what))?;
    let mut notices = opened.file.notices(opened.today);
    notices.retain(|notice| register.tells(&notice.key));
    lists::list(arguments.format, &listing, || {
        let notices: Vec<Value> = notices
            .iter()
            .map(|notice| json!({ "line": notice.line, "key": notice.key, "what": notice.what }))
            .collect();
        json!({ "today": opened.today, "register": register.name, "entries": entries, "notices": notices })
    })?;
    if arguments.format == ListFormat::Table {
        let mut words = streams::words();
        for notice in &notices {
            writeln!(words, "{}", lists::told(opened.path(), "notice: ", notice))?;
        }
        if table.rows.is_empty() {
            writeln!(words, "{} has no {}", opened.path().display(), register.several)?;
        }
    }
    Ok(Exit::Done)
}

/// The register of a name; the arguments know no other.
pub(crate) fn named(name: &str) -> Result<&'static Register, Failure> {
    Register::of(name).ok_or_else(|| Failure::Usage(format!("there is no register `{name}`")))
}

/// Where a file is named: takes it into kickoff.toml, and writes the register to one. False where none is.
pub(crate) fn import_and_export(
    register: &'static Register,
    file: &FileArgs,
    arguments: &RegisterFileArgs,
    format: ListFormat,
) -> Result<bool, Failure> {
    if let Some(path) = &arguments.import {
        take(register, &given::alone(file)?, path, arguments, format)?;
    }
    if let Some(path) = &arguments.export {
        let opened = given::alone(file)?;
        let table = table(register, opened.shown().unwrap_or_default()).map_err(|what| Failure::usage(&what))?;
        write(path, &table)?;
    }
    Ok(arguments.import.is_some() || arguments.export.is_some())
}

/// Joins a file with the register, says what changes, and writes kickoff.toml unless it is only to be shown.
fn take(
    register: &'static Register,
    opened: &Opened,
    path: &Path,
    arguments: &RegisterFileArgs,
    format: ListFormat,
) -> Result<(), Failure> {
    let text = opened.text()?;
    let mut columns = Said { keys: Vec::new(), kept: arguments.keep.clone() };
    arguments.columns.iter().for_each(|said| columns.keys.extend(said.keys.iter().cloned()));
    let fill = arguments.fill.iter().flat_map(|said| said.keys.iter().cloned()).collect();
    let mut options = Options { dates: arguments.dates.map(Into::into), columns, fill };
    let imported = loop {
        let taken = import(register, (opened.path(), &text), opened.shown(), path, &options);
        let error = match taken {
            Ok(imported) => break imported,
            Err(error) => error,
        };
        if !ask(&error, &mut options)? {
            return Err(Failure::usage(&error));
        }
    };
    lists::tell_code(path)?;
    let changes = &imported.changes;
    let listing = Listing { columns: CHANGES, rows: changes.iter().map(row).collect() };
    lists::list(format, &listing, || describe(register, &imported, arguments.dry_run))?;
    if arguments.dry_run {
        writeln!(streams::words(), "{}", imported.account)?;
        let would = if changes.is_empty() { "Nothing would change" } else { "Nothing was written: --dry-run" };
        writeln!(streams::words(), "{would}")?;
    } else {
        if changes.is_empty() {
            writeln!(streams::words(), "Nothing to change in {}", opened.path().display())?;
        } else {
            save(opened.path(), imported.text.as_bytes())?;
        }
        writeln!(streams::words(), "{}", imported.account)?;
    }
    Ok(())
}

/// Asks a person at a terminal what comes first in the days of a file. False where there is nothing to ask, or no answer.
fn ask(error: &ImportError, options: &mut Options) -> Result<bool, Failure> {
    let terminal = console::Term::stderr();
    if !error.asks_dates || options.dates.is_some() || !std::io::stdin().is_terminal() || !terminal.is_term() {
        return Ok(false);
    }
    terminal.write_str(&format!("{error}\nWhat comes first in its days, the day or the month (d or m)? "))?;
    options.dates = match terminal.read_line()?.trim().to_lowercase().chars().next() {
        Some('d') => Some(DateOrder::DayFirst),
        Some('m') => Some(DateOrder::MonthFirst),
        _ => None,
    };
    Ok(options.dates.is_some())
}

fn row(change: &Change) -> Vec<String> {
    let key = change.key.clone().unwrap_or_else(|| "(new)".to_owned());
    vec![change.entry.clone(), key, change.old.clone(), change.new.clone()]
}

fn describe(register: &Register, imported: &Imported, dry_run: bool) -> Value {
    let changes: Vec<Value> = imported
        .changes
        .iter()
        .map(|change| json!({ "entry": change.entry, "key": change.key, "before": change.old, "now": change.new }))
        .collect();
    json!({ "register": register.name, "dry_run": dry_run, "account": imported.account, "changes": changes })
}

/// Where each column of a register stands in a terminal: what tells an entry from others in columns, the rest under it.
fn columns(table: &Table) -> Vec<Column> {
    let place = |at: usize, main: bool| match (at, main) {
        (_, true) => Place::Rest,
        (0, false) => Place::Column,
        _ => Place::Under,
    };
    table.columns.iter().enumerate().map(|(at, column)| (column.key, place(at, column.is_main))).collect()
}

fn write(path: &Path, table: &Table) -> Result<(), Failure> {
    let failed = |what: &dyn Display| Failure::Usage(format!("{}: {what}", path.display()));
    match path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("csv") => save(path, format!("{BYTE_ORDER_MARK}{}", table.to_csv()).as_bytes()),
        Some("xlsx") => save(path, &table.to_xlsx().map_err(|error| failed(&error))?),
        _ => Err(Failure::Usage(format!("{} ends in neither .csv nor .xlsx", path.display()))),
    }
}
