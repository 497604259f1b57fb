//! `kickoff requests`: the auditor's list with its status, read from and written to the auditor's own files.

use std::path::Path;

use kickoff_engagement::requests::{RequestStatus, adopt, to_csv, to_xlsx};
use kickoff_reports::listing::{Column, Listing};
use serde_json::{Value, json};

use crate::cli::{ListFormat, RequestsArgs};
use crate::engagement::{Opened, save};
use crate::exit::{Exit, Failure};
use crate::lists::{self, some};
use crate::outcomes;

/// Lines for a pipe.
const FLAT: &[Column] = &[
    ("id", None),
    ("criteria", None),
    ("owner", None),
    ("due", None),
    ("when", None),
    ("progress", None),
    ("answered", None),
    ("evidence", None),
    ("document", None),
    ("text", None),
    ("reasons", None),
];

/// Columns for a terminal.
const DRAWN: &[Column] = &[
    ("request", Some(14)),
    ("due, owner", Some(14)),
    ("progress, run", Some(16)),
    ("what is asked", Some(38)),
    ("evidence", Some(16)),
    ("what is missing", Some(42)),
];

pub(crate) fn run(arguments: &RequestsArgs) -> Result<Exit, Failure> {
    let mut opened = Opened::of(&arguments.file)?;
    if let Some(list) = &arguments.import {
        let below = opened.below(list)?;
        let text = adopt(opened.path(), &opened.text()?, &below).map_err(|error| Failure::usage(&error))?;
        opened.save(&text)?;
        opened = Opened::of(&arguments.file)?;
    }
    let run = outcomes::last(&arguments.run)?;
    let statuses = opened.registers(run.as_ref())?.requests;
    if let Some(path) = &arguments.export {
        export(path, &statuses)?;
    }
    if arguments.format == ListFormat::Csv {
        // The form that can be read back.
        lists::print(&to_csv(&statuses))?;
        return Ok(Exit::Done);
    }
    let drawn = Listing { columns: DRAWN, rows: statuses.iter().map(drawn).collect() };
    let flat = Listing { columns: FLAT, rows: statuses.iter().map(flat).collect() };
    lists::list(arguments.format, &drawn, &flat, || {
        let requests: Vec<Value> = statuses.iter().map(describe).collect();
        json!({ "today": opened.today, "run": run.map(|run| run.run), "requests": requests })
    })?;
    Ok(Exit::Done)
}

fn export(path: &Path, statuses: &[RequestStatus]) -> Result<(), Failure> {
    match path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("csv") => save(path, to_csv(statuses).as_bytes()),
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

fn due(status: &RequestStatus) -> String {
    status.due.map(|due| due.to_string()).unwrap_or_default()
}

fn drawn(status: &RequestStatus) -> Vec<String> {
    let request = &status.request;
    let lines = |lines: [&str; 3]| lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    vec![
        lines([&request.id, &request.criteria.join(" "), ""]),
        lines([&due(status), when(status), status.owner.as_deref().unwrap_or("nobody yet")]),
        lines([status.progress.name(), &format!("run: {}", status.answer.answered.name()), ""]),
        request.text.clone(),
        some(&status.answer.evidence, 3),
        status.reasons.join("; "),
    ]
}

fn flat(status: &RequestStatus) -> Vec<String> {
    vec![
        status.request.id.clone(),
        status.request.criteria.join(" "),
        status.owner.clone().unwrap_or_default(),
        due(status),
        when(status).to_owned(),
        status.progress.name().to_owned(),
        status.answer.answered.name().to_owned(),
        status.answer.evidence.join(" "),
        status.document.clone().unwrap_or_default(),
        status.request.text.clone(),
        status.reasons.join("; "),
    ]
}

fn describe(status: &RequestStatus) -> Value {
    let request = &status.request;
    json!({
        "id": request.id,
        "area": request.area,
        "text": request.text,
        "criteria": request.criteria,
        "kind": request.kind.map(|kind| kind.name()),
        "period_only": request.period_only,
        "owner": status.owner,
        "due": status.due,
        "overdue": status.overdue,
        "due_this_week": status.due_this_week,
        "progress": status.progress.name(),
        "answered": status.answer.answered.name(),
        "checks": request.checks,
        "evidence": status.answer.evidence,
        "document": status.document,
        "reasons": status.reasons,
        "hours": request.hours,
        "note": status.note,
    })
}
