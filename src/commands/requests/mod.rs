//! `kickoff requests`: the auditor's list with its status, read from and written to the auditor's own files.

mod mapped;
mod returned;

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

use kickoff::walk::Failure;
use kickoff::walk::opened::Opened;
use kickoff_engagement::cells::BYTE_ORDER_MARK;
use kickoff_engagement::requests::{
    DateOrder, ListError, ListOptions, Listed, RequestStatus, Source, adopt, mapping, read, to_csv, to_xlsx, unasked,
};
use kickoff_reports::listing::{Column, Listing, Place};
use serde_json::{Value, json};

use super::given;
use crate::cli::{ListFormat, RequestsArgs};
use crate::commands::documents;
use crate::exit::Exit;
use crate::terminal::files::save;
use crate::terminal::lists::{self, some};
use crate::terminal::streams;

const COLUMNS: &[Column] = &[
    ("id", Place::Column),
    ("due", Place::Column),
    ("when", Place::Column),
    ("owner", Place::Column),
    ("progress", Place::Column),
    ("what is asked", Place::Rest),
    ("same as", Place::Under),
    ("auditor", Place::Under),
    ("criteria", Place::Under),
    ("answered by", Place::With),
    ("the run answers", Place::Nowhere),
    ("evidence", Place::Under),
    ("document", Place::Nowhere),
    ("missing", Place::Under),
];

/// At most so many ids of evidence are drawn.
const DRAWN: usize = 6;

pub(crate) fn run(arguments: &RequestsArgs) -> Result<Exit, Failure> {
    if let Some(list) = &arguments.import {
        // The list that is named so far may be the one that cannot be read.
        import(&given::alone(&arguments.file)?, list, arguments)?;
    }
    let mut opened = given::opened(&arguments.file)?;
    if let Some(list) = &arguments.returned {
        returned::enter(&opened, list, arguments)?;
        opened = given::opened(&arguments.file)?;
    }
    let run = given::outcomes(&arguments.run, &opened)?;
    let registers = opened.registers(run.as_ref())?;
    if arguments.map {
        return mapped::run(arguments, opened, registers, run);
    }
    let both = mapping(&opened.file, &registers.list);
    let standards =
        unasked(&opened.file, &both, run.as_ref(), &registers.documents, &registers.attestations, opened.today);
    let statuses = registers.requests;
    if let Some(path) = &arguments.export {
        export(path, &statuses)?;
    }
    if arguments.format == ListFormat::Csv {
        // The form that can be read back.
        lists::print(&to_csv(&statuses))?;
        mapped::tell(&both, &standards)?;
        return Ok(Exit::Done);
    }
    let drawn = lists::width().is_some();
    let listing = Listing { columns: COLUMNS, rows: statuses.iter().map(|status| row(status, drawn)).collect() };
    lists::list(arguments.format, &listing, || {
        let requests: Vec<Value> = statuses.iter().map(describe).collect();
        json!({ "today": opened.today, "zone": opened.file.zone(), "run": run.map(|run| run.run), "requests": requests })
    })?;
    mapped::tell(&both, &standards)?;
    Ok(Exit::Done)
}

/// Takes a list as the list of kickoff.toml, and says what of it was taken and what was left out.
fn import(opened: &Opened, list: &Path, arguments: &RequestsArgs) -> Result<(), Failure> {
    let below = opened.below(list)?;
    let before = ListOptions::of_list(&opened.file, &below);
    let mut said = ListOptions { dates: arguments.dates.map(Into::into), columns: before.columns };
    arguments.columns.iter().for_each(|columns| said.columns.merge(columns));
    // What is wrong in the list is told of the list, before kickoff.toml is thought of.
    let listed = read_or_ask(list, &mut said, before.dates)?;
    lists::tell_code(list)?;
    let text = adopt(opened.path(), &opened.text()?, &below, &said).map_err(|error| Failure::usage(&error))?;
    save(opened.path(), text.as_bytes())?;
    writeln!(streams::words(), "{}", listed.account)?;
    Ok(())
}

/// Reads a list with what is said of it; a person at a terminal is asked for what is missing.
fn read_or_ask(list: &Path, said: &mut ListOptions, dates: Option<DateOrder>) -> Result<Listed, Failure> {
    let asks = std::io::stdin().is_terminal() && console::Term::stderr().is_term();
    loop {
        let error = match read(list, &ListOptions { dates: said.dates.or(dates), columns: said.columns.clone() }) {
            Ok(listed) => return Ok(listed),
            Err(error) => error,
        };
        if !asks || !ask(&error, said)? {
            return Err(Failure::usage(&error));
        }
    }
}

/// Asks for what a list does not tell. False where there is nothing to ask, or no answer.
fn ask(error: &ListError, said: &mut ListOptions) -> Result<bool, Failure> {
    let terminal = console::Term::stderr();
    let answer = |question: &str| -> Result<String, Failure> {
        terminal.write_str(question)?;
        Ok(terminal.read_line()?.trim().to_owned())
    };
    if !error.heads.is_empty() {
        let heads = error.heads.join(", ");
        let text = answer(&format!(
            "The columns of the list: {heads}.\nWhich says what is asked for (its letter or its head)? "
        ))?;
        let id = answer("Which has the ids (nothing where there are none)? ")?;
        for (name, head) in [("text", &text), ("id", &id)].into_iter().filter(|(_, head)| !head.is_empty()) {
            said.columns.set(name, head).map_err(Failure::Usage)?;
        }
        return Ok(!text.is_empty());
    }
    if error.asks_dates {
        let order = answer(&format!("{error}\nWhat comes first in its days, the day or the month (d or m)? "))?;
        said.dates = match order.to_lowercase().chars().next() {
            Some('d') => Some(DateOrder::DayFirst),
            Some('m') => Some(DateOrder::MonthFirst),
            _ => None,
        };
        return Ok(said.dates.is_some());
    }
    Ok(false)
}

fn export(path: &Path, statuses: &[RequestStatus]) -> Result<(), Failure> {
    match path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("csv") => save(path, format!("{BYTE_ORDER_MARK}{}", to_csv(statuses)).as_bytes()),
        Some("xlsx") => save(path, &to_xlsx(statuses).map_err(|error| Failure::usage(&error))?),
        _ => Err(Failure::Usage(format!("{} ends in neither .csv nor .xlsx", path.display()))),
    }
}

/// Whether it is overdue, due this week, or neither.
fn when(status: &RequestStatus) -> &'static str {
    match (status.overdue, status.due_this_week) {
        (true, _) => "overdue",
        (_, true) => "this week",
        _ => "",
    }
}

fn row(status: &RequestStatus, drawn: bool) -> Vec<String> {
    let by: Vec<String> = status.answered_by().iter().map(ToString::to_string).collect();
    vec![
        status.request.id.clone(),
        status.due_text(),
        when(status).to_owned(),
        status.owner.clone().unwrap_or_else(|| if drawn { "nobody yet".to_owned() } else { String::new() }),
        status.progress.name().to_owned(),
        status.request.text.clone(),
        status.request.standard.join(" "),
        returned::told(status),
        status.request.all_criteria().join(" "),
        by.join("; "),
        status.answer.answered.name().to_owned(),
        some(&status.answer.evidence, if drawn { DRAWN } else { usize::MAX }),
        status.document.clone().unwrap_or_default(),
        status.reasons.join("; "),
    ]
}

fn describe(status: &RequestStatus) -> Value {
    let request = &status.request;
    json!({
        "id": request.id,
        "area": request.area,
        "text": request.text,
        "standard": request.standard,
        "criteria": request.criteria,
        "as_written": request.said,
        "kind": request.kind.map(|kind| kind.name()),
        "period_only": request.period_only,
        "owner": status.owner,
        "due": status.due,
        "overdue": status.overdue,
        "due_this_week": status.due_this_week,
        "progress": status.progress.name(),
        "answered": status.answer.answered.name(),
        "answered_by": status.answered_by().iter().map(Source::name).collect::<Vec<_>>(),
        "checks": request.checks,
        "evidence": status.answer.evidence,
        "document": status.document,
        "attestations": status.attestations.iter().map(documents::attestation).collect::<Vec<_>>(),
        "reasons": status.reasons,
        "hours": request.hours,
        "note": status.note,
        "auditor": returned::describe(status),
    })
}
