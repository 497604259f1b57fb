//! `kickoff findings`: what the auditor found, followed to its end, against the last run.

use std::io::Write as _;
use std::path::Path;

use kickoff::walk::Failure;
use kickoff::walk::opened::Opened;
use kickoff_engagement::cells::BYTE_ORDER_MARK;
use kickoff_engagement::findings::{self, FindingResult, FindingState, to_csv, to_xlsx};
use kickoff_reports::listing::{Column, Listing, Place};
use serde_json::{Value, json};

use super::given;
use crate::cli::{FindingsArgs, ListFormat};
use crate::exit::Exit;
use crate::terminal::files::save;
use crate::terminal::{lists, streams};

const COLUMNS: &[Column] = &[
    ("id", Place::Column),
    ("state", Place::Column),
    ("severity", Place::Column),
    ("due", Place::Column),
    ("owner", Place::Column),
    ("what was found", Place::Rest),
    ("raised", Place::Under),
    ("criteria", Place::With),
    ("controls", Place::With),
    ("checks", Place::With),
    ("requests", Place::With),
    ("against the run", Place::Under),
    ("response", Place::Under),
    ("evidence", Place::Under),
    ("closed", Place::Under),
    ("left to do", Place::Under),
    ("note", Place::Under),
];

pub(crate) fn run(arguments: &FindingsArgs) -> Result<Exit, Failure> {
    let mut opened = given::opened(&arguments.file)?;
    if let Some(list) = &arguments.import {
        import(&opened, list, arguments)?;
        opened = given::opened(&arguments.file)?;
    }
    let run = given::outcomes(&arguments.run, &opened)?;
    let found = findings::register(&opened.file, opened.folder(), run.as_ref(), opened.today);
    if let Some(path) = &arguments.export {
        export(path, &found)?;
    }
    if arguments.format == ListFormat::Csv {
        // The form that can be read back.
        lists::print(&to_csv(&found))?;
        return Ok(Exit::Done);
    }
    if found.is_empty() {
        writeln!(
            streams::words(),
            "There is no finding: [[findings]] of {} takes them, and --import reads a list of them.",
            opened.path().display()
        )?;
    }
    let drawn = lists::width().is_some();
    let listing = Listing { columns: COLUMNS, rows: found.iter().map(|result| row(result, drawn)).collect() };
    lists::list(arguments.format, &listing, || {
        let all: Vec<Value> = found.iter().map(describe).collect();
        json!({ "today": opened.today, "run": run.map(|run| run.run), "findings": all })
    })?;
    Ok(Exit::Done)
}

/// Takes a list of findings into kickoff.toml, and says each word that changes.
fn import(opened: &Opened, list: &Path, arguments: &FindingsArgs) -> Result<(), Failure> {
    let rows = findings::read(list, arguments.dates.map(Into::into)).map_err(|error| Failure::usage(&error))?;
    let merged =
        findings::merge(opened.path(), &opened.text()?, list, &rows).map_err(|error| Failure::usage(&error))?;
    lists::tell_code(list)?;
    let mut words = streams::words();
    for line in &merged.account {
        writeln!(words, "{line}")?;
    }
    let Some(text) = merged.text else {
        writeln!(words, "Nothing to change in {}", opened.path().display())?;
        return Ok(());
    };
    drop(words);
    save(opened.path(), text.as_bytes())
}

fn export(path: &Path, found: &[FindingResult]) -> Result<(), Failure> {
    match path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("csv") => save(path, format!("{BYTE_ORDER_MARK}{}", to_csv(found)).as_bytes()),
        Some("xlsx") => save(path, &to_xlsx(found).map_err(|error| Failure::usage(&error))?),
        _ => Err(Failure::Usage(format!("{} ends in neither .csv nor .xlsx", path.display()))),
    }
}

fn row(result: &FindingResult, drawn: bool) -> Vec<String> {
    let finding = &result.finding;
    let some = |text: &Option<String>| text.clone().unwrap_or_default();
    let closed = match (finding.closed, &finding.closed_by) {
        (Some(day), Some(by)) => format!("{day} by {by}"),
        (Some(day), None) => day.to_string(),
        (None, _) => String::new(),
    };
    let evidence = match (&finding.evidence, &result.sha256) {
        (Some(file), Some(sha256)) => format!("{file} (sha256 {sha256})"),
        (Some(file), None) => file.clone(),
        (None, _) => String::new(),
    };
    // What the run says stands above already.
    let left = result.reasons.iter().filter(|reason| **reason != result.against_the_run());
    vec![
        finding.id.clone(),
        result.state.name().to_owned(),
        some(&finding.severity),
        finding.due.map(|due| due.to_string()).unwrap_or_default(),
        finding.owner.clone().unwrap_or_else(|| {
            let open = result.state != FindingState::Closed;
            if drawn && open { "nobody yet".to_owned() } else { String::new() }
        }),
        finding.text.clone(),
        finding.raised.to_string(),
        finding.criteria.join(" "),
        finding.controls.join(" "),
        finding.checks.join(" "),
        finding.requests.join(" "),
        result.against_the_run(),
        some(&finding.response),
        evidence,
        closed,
        left.cloned().collect::<Vec<_>>().join("; "),
        some(&finding.note),
    ]
}

fn describe(result: &FindingResult) -> Value {
    let finding = &result.finding;
    json!({
        "id": finding.id,
        "state": result.state.name(),
        "text": finding.text,
        "severity": finding.severity,
        "raised": finding.raised,
        "criteria": finding.criteria,
        "controls": finding.controls,
        "checks": finding.checks,
        "requests": finding.requests,
        "owner": finding.owner,
        "due": finding.due,
        "response": finding.response,
        "run": result.seen.name(),
        "against_the_run": result.against_the_run(),
        "evidence": finding.evidence,
        "sha256": result.sha256,
        "closed": finding.closed,
        "closed_by": finding.closed_by,
        "reasons": result.reasons,
        "note": finding.note,
    })
}
