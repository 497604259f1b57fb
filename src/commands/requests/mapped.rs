//! `kickoff requests --map`: the auditor's list beside the built-in requests, and what is accepted of it.

use std::io::Write as _;

use kickoff::walk::Failure;
use kickoff::walk::opened::{Opened, Registers};
use kickoff_engagement::requests::{
    Chosen, Line, Mapping, Outcomes, RequestStatus, Source, Standing, accept, default_list, mapping, unasked,
};
use kickoff_reports::listing::{Column, Listing, Place};
use serde_json::{Value, json};

use crate::cli::{Accepted, RequestsArgs};
use crate::commands::given;
use crate::exit::Exit;
use crate::terminal::files::save;
use crate::terminal::{lists, streams};

const COLUMNS: &[Column] = &[
    ("id", Place::Column),
    ("state", Place::Column),
    ("same as", Place::Column),
    ("what is asked", Place::Rest),
    ("why", Place::Under),
    ("built-in", Place::Under),
];

/// Enters what is to be accepted, and lists both lists beside each other.
pub(crate) fn run(
    arguments: &RequestsArgs,
    opened: Opened,
    registers: Registers,
    run: Option<Outcomes>,
) -> Result<Exit, Failure> {
    let Some(list) = opened.file.request_list.clone() else {
        let what = format!(
            "{} names no list of an auditor's: `kickoff requests --import FILE` takes one, and --map holds it against the built-in requests",
            opened.path().display()
        );
        return Err(Failure::Usage(what));
    };
    let both = mapping(&opened.file, &registers.list);
    let (opened, registers) = if arguments.accept.is_empty() {
        (opened, registers)
    } else {
        enter(&opened, &both, &arguments.accept)?;
        let opened = given::opened(&arguments.file)?;
        let registers = opened.registers(run.as_ref())?;
        (opened, registers)
    };
    let both = mapping(&opened.file, &registers.list);
    let standards =
        unasked(&opened.file, &both, run.as_ref(), &registers.documents, &registers.attestations, opened.today);
    let rows = both.lines.iter().map(row).chain(standards.iter().map(standard_row));
    let listing = Listing { columns: COLUMNS, rows: rows.collect() };
    lists::list(arguments.format, &listing, || {
        json!({
            "list": list,
            "run": run.map(|run| run.run),
            "lines": both.lines.iter().map(describe).collect::<Vec<_>>(),
            "not_asked": standards.iter().map(describe_standard).collect::<Vec<_>>(),
        })
    })?;
    tell(&both, &standards)?;
    Ok(Exit::Done)
}

/// Enters what is accepted in kickoff.toml.
fn enter(opened: &Opened, both: &Mapping, accepted: &[Accepted]) -> Result<(), Failure> {
    let chosen: Vec<Chosen> = accepted.iter().filter_map(|accepted| accepted.0.clone()).collect();
    if !chosen.is_empty() && chosen.len() < accepted.len() {
        let what = "--accept without an id enters all proposals: give it once and alone, or with the id of each line";
        return Err(Failure::Usage(what.to_owned()));
    }
    let text = opened.text()?;
    let (longer, entered) = accept(opened.path(), &text, both, &chosen).map_err(|error| Failure::usage(&error))?;
    if entered == 0 {
        writeln!(streams::words(), "Nothing is proposed that is not entered already")?;
        return Ok(());
    }
    save(opened.path(), longer.as_bytes())?;
    let lines = if entered == 1 { "1 line".to_owned() } else { format!("{entered} lines") };
    writeln!(streams::words(), "Entered: `standard` for {lines} of the auditor's list")?;
    Ok(())
}

/// Says what of the auditor's list is held against nothing yet, and what of ours nobody asks for though it is answered.
pub(crate) fn tell(both: &Mapping, standards: &[RequestStatus]) -> Result<(), Failure> {
    let mut words = streams::words();
    let account = both.account();
    if !account.is_empty() {
        writeln!(words, "{account}")?;
    }
    // As long as no line is mapped, this would be said of all.
    if !both.lines.is_empty() && !standards.is_empty() {
        let how = |named: &str| {
            standards.iter().filter(|status| status.answered_by().iter().any(|by| by.name() == named)).count()
        };
        let (requests, are) = if standards.len() == 1 { ("request", "is") } else { ("requests", "are") };
        writeln!(
            words,
            "{} built-in {requests} that no line of the auditor's list covers {are} answered already: {} by the run, {} by documents (`kickoff requests --map` lists them)",
            standards.len(),
            how("run"),
            how("document"),
        )?;
    }
    Ok(())
}

/// The words of requests of the default list, by their ids.
fn built_in(ids: &[&str]) -> String {
    let all = default_list();
    let of = |id: &&str| all.iter().find(|request| request.id == **id).map(|request| format!("{id} {}", request.text));
    ids.iter().filter_map(of).collect::<Vec<_>>().join("; ")
}

fn row(line: &Line) -> Vec<String> {
    let standard = line.standard();
    let between = if line.is_in_doubt() { " or " } else { " " };
    vec![
        line.request.id.clone(),
        line.state().to_owned(),
        format!("{}{}", standard.join(between), if line.is_in_doubt() { "?" } else { "" }),
        line.request.text.clone(),
        line.reason(),
        if line.standing == Standing::Itself { String::new() } else { built_in(&standard) },
    ]
}

fn standard_row(status: &RequestStatus) -> Vec<String> {
    vec![
        String::new(),
        "not asked".to_owned(),
        status.request.id.clone(),
        status.request.text.clone(),
        format!("no line is the same as it; answered by {}", by(status).join("; ")),
        String::new(),
    ]
}

fn by(status: &RequestStatus) -> Vec<String> {
    let by = status.answered_by();
    if by.is_empty() {
        return vec![status.progress.name().to_owned()];
    }
    by.iter().map(ToString::to_string).collect()
}

fn describe(line: &Line) -> Value {
    let proposals = match &line.standing {
        Standing::Open(reading) => reading
            .counterparts
            .iter()
            .map(|one| json!({ "standard": one.standard, "words": one.words, "reason": one.reason() }))
            .collect(),
        _ => Vec::new(),
    };
    let standard = if line.is_open() { Vec::new() } else { line.standard() };
    json!({
        "id": line.request.id,
        "text": line.request.text,
        "state": line.state(),
        "standard": standard,
        "proposals": proposals,
        "reason": line.reason(),
    })
}

fn describe_standard(status: &RequestStatus) -> Value {
    json!({
        "id": status.request.id,
        "text": status.request.text,
        "progress": status.progress.name(),
        "answered_by": status.answered_by().iter().map(Source::name).collect::<Vec<_>>(),
    })
}
