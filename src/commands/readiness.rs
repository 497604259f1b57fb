//! `kickoff readiness`: how far each part of the engagement is, and what must be done before the kick-off, in order.

use std::fmt::Write as _;
use std::path::Path;

use kickoff::walk::Failure;
use kickoff::walk::opened::Opened;
use kickoff_engagement::counted;
use kickoff_engagement::readiness::{Readiness, Task};
use kickoff_reports::listing::{Column, Listing, Place};
use serde_json::{Value, json};

use super::given;
use crate::cli::{ListFormat, ReadinessArgs};
use crate::exit::Exit;
use crate::terminal::lists;
use crate::terminal::lists::told;

const PARTS: &[Column] = &[
    ("part", Place::Column),
    ("have", Place::Column),
    ("of", Place::Column),
    ("unit", Place::Rest),
    ("lacking", Place::Under),
];

const TASKS: &[Column] = &[
    ("order", Place::Column),
    ("due", Place::Column),
    ("owner", Place::Column),
    ("hours", Place::Column),
    ("task", Place::Rest),
    ("why", Place::Under),
];

/// At most so many limits of a part are drawn.
const DRAWN: usize = 3;

pub(crate) fn run(arguments: &ReadinessArgs) -> Result<Exit, Failure> {
    let opened = given::opened(&arguments.file)?;
    let run = given::outcomes(&arguments.run, &opened)?;
    let registers = opened.registers(run.as_ref())?;
    let readiness = opened.readiness(&registers, run.as_ref());
    let tasks = Listing { columns: TASKS, rows: (1..).zip(&readiness.tasks).map(|(at, task)| row(at, task)).collect() };
    match arguments.format {
        ListFormat::Table => {
            let most = if lists::width().is_some() { DRAWN } else { usize::MAX };
            let mut text = lists::text(&parts(&readiness, most));
            let zone = opened
                .file
                .schedule
                .zone
                .as_ref()
                .map(|_| format!("It is {} in {}. ", opened.today, opened.file.zone()));
            let _ = writeln!(text, "\n{}{}\n", zone.unwrap_or_default(), head(&readiness));
            text.push_str(&lists::text(&tasks));
            text.push_str(&notices(&readiness, opened.path()));
            lists::print(&text)?;
        }
        ListFormat::Json => lists::print_json(&describe(&readiness, &opened, run.map(|run| run.run)))?,
        ListFormat::Csv => lists::print(&tasks.csv().map_err(|error| Failure::usage(&error))?)?,
    }
    Ok(Exit::Done)
}

fn head(readiness: &Readiness) -> String {
    let when = match (readiness.kickoff, readiness.days_left) {
        (Some(day), Some(left)) if left < 0 => format!("The kick-off was on {day}, {} days ago.", -left),
        (Some(day), Some(left)) => format!("The kick-off is on {day}, in {left} days."),
        _ => "The kick-off has no day yet: every task counts.".to_owned(),
    };
    format!("{when} Before it: {} tasks, {} hours.", readiness.tasks.len(), readiness.hours())
}

/// What `kickoff check-config` says about the file, as it says it; nothing where it says nothing.
fn notices(readiness: &Readiness, path: &Path) -> String {
    if readiness.notices.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{} about the file, which no figure counts:\n", counted(&readiness.notices));
    for notice in &readiness.notices {
        let _ = writeln!(text, "{}", told(path, "notice: ", notice));
    }
    text
}

fn parts(readiness: &Readiness, most: usize) -> Listing<'static> {
    let rows = readiness.parts.iter().map(|part| {
        let mut limits: Vec<String> = part.limits.iter().take(most).cloned().collect();
        if part.limits.len() > most {
            limits.push(format!("and {} more: --format json has all", part.limits.len() - most));
        }
        let unit = part.unit.to_owned();
        // In a pipe a row is a line.
        let limits = limits.join(if lists::width().is_some() { "\n" } else { "; " });
        vec![part.name.to_owned(), part.have.to_string(), part.of.to_string(), unit, limits]
    });
    Listing { columns: PARTS, rows: rows.collect() }
}

fn row(at: usize, task: &Task) -> Vec<String> {
    vec![
        at.to_string(),
        task.due.map(|due| due.to_string()).unwrap_or_default(),
        task.owner.clone().unwrap_or_else(|| "nobody yet".to_owned()),
        task.hours.to_string(),
        task.what.clone(),
        task.why.clone(),
    ]
}

fn describe(readiness: &Readiness, opened: &Opened, run: Option<String>) -> Value {
    let parts = readiness.parts.iter().map(
        |part| json!({ "name": part.name, "have": part.have, "of": part.of, "unit": part.unit, "limits": part.limits }),
    );
    let tasks = readiness.tasks.iter().map(
        |task| json!({ "task": task.what, "why": task.why, "owner": task.owner, "hours": task.hours, "due": task.due }),
    );
    let notices =
        readiness.notices.iter().map(|notice| json!({ "line": notice.line, "key": notice.key, "notice": notice.what }));
    json!({
        "today": opened.today,
        "zone": opened.file.zone(),
        "run": run,
        "kickoff": readiness.kickoff,
        "days_left": readiness.days_left,
        "parts": parts.collect::<Vec<_>>(),
        "tasks": tasks.collect::<Vec<_>>(),
        "hours": readiness.hours(),
        "notices": notices.collect::<Vec<_>>(),
    })
}
