//! `kickoff documents`: the register, and the files of a dropped folder.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use kickoff::walk::Failure;
use kickoff::walk::opened::Opened;
use kickoff_engagement::attestations::{self, AttestationResult};
use kickoff_engagement::documents::{DocumentResult, Dropped, append, match_folder, register};
use kickoff_engagement::requests::Request;
use kickoff_reports::listing::{Column, Listing, Place};
use serde_json::{Value, json};

use super::given;
use crate::cli::{DocumentsArgs, ListFormat};
use crate::exit::Exit;
use crate::terminal::files::save;
use crate::terminal::{lists, streams};

const COLUMNS: &[Column] = &[
    ("request", Place::Column),
    ("status", Place::Column),
    ("owner", Place::Column),
    ("title", Place::Rest),
    ("observed", Place::Under),
    ("reasons", Place::Under),
    ("criteria", Place::Nowhere),
    ("effective", Place::Under),
    ("collected", Place::With),
    ("received", Place::With),
    ("sha256", Place::Under),
    ("bytes", Place::Nowhere),
];

/// What persons state, with the file that shows it.
const STATED: &[Column] = &[
    ("control", Place::Column),
    ("status", Place::Column),
    ("request", Place::Column),
    ("stated", Place::Rest),
    ("evidence", Place::Under),
    ("reasons", Place::Under),
    ("criteria", Place::Nowhere),
    ("sha256", Place::Under),
];

pub(crate) fn run(arguments: &DocumentsArgs) -> Result<Exit, Failure> {
    let mut opened = given::opened(&arguments.file)?;
    let list = opened.requests()?;
    let dropped = match &arguments.folder {
        None => None,
        Some(folder) => Some(
            match_folder(folder, &list, &opened.file)
                .map_err(|error| Failure::Usage(format!("{} cannot be read: {error}", folder.display())))?,
        ),
    };
    if let (true, Some(folder), Some(dropped)) = (arguments.write, &arguments.folder, &dropped) {
        add(&opened, folder, dropped)?;
        opened = given::opened(&arguments.file)?;
    }
    let results = register(&opened.file, &list, opened.folder(), opened.today);
    let stated = attestations::register(&opened.file, opened.folder(), opened.today);
    let listing = Listing { columns: COLUMNS, rows: results.iter().map(row).collect() };
    lists::list(arguments.format, &listing, || {
        json!({
            "today": opened.today,
            "zone": opened.file.zone(),
            "documents": results.iter().map(describe).collect::<Vec<_>>(),
            "attestations": stated.iter().map(attestation).collect::<Vec<_>>(),
            "folder": dropped.as_ref().map(|dropped| folder_json(dropped, &list)),
        })
    })?;
    if arguments.format == ListFormat::Table && !stated.is_empty() {
        let listing = Listing { columns: STATED, rows: stated.iter().map(stated_row).collect() };
        lists::print(&format!("\n{}", lists::text(&listing)))?;
    }
    if let Some(dropped) = dropped.filter(|_| arguments.format != ListFormat::Json) {
        let text = told(&dropped, &list);
        // A spreadsheet gets rows and nothing else.
        match arguments.format {
            ListFormat::Csv => streams::words().write_all(text.as_bytes())?,
            _ => lists::print(&text)?,
        }
    }
    Ok(Exit::Done)
}

/// Appends what was matched to the file.
fn add(opened: &Opened, folder: &Path, dropped: &Dropped) -> Result<(), Failure> {
    let below = opened.below(folder)?;
    let text = opened.text()?;
    let found = [dropped.matched.as_slice(), dropped.grouped.as_slice()].concat();
    let (longer, taken) =
        append(opened.path(), &text, &below, &found, opened.today).map_err(|error| Failure::usage(&error))?;
    let mut words = streams::words();
    for left in &taken {
        writeln!(words, "Left out: {}: request {} has a document already", left.file, left.request)?;
    }
    let added = found.len() - taken.len();
    if added == 0 {
        writeln!(words, "Nothing to add to {}", opened.path().display())?;
        return Ok(());
    }
    writeln!(words, "Added:   {added}; owner, version and approval of each are for a person to fill in")?;
    drop(words);
    save(opened.path(), longer.as_bytes())
}

fn stated_row(result: &AttestationResult) -> Vec<String> {
    vec![
        result.control.clone(),
        result.status.name().to_owned(),
        result.request.clone().unwrap_or_default(),
        result.observed.clone(),
        result.evidence.clone(),
        result.reasons.join("; "),
        result.criteria.join(" "),
        result.sha256.clone().unwrap_or_default(),
    ]
}

/// An attestation, for machines.
pub(crate) fn attestation(result: &AttestationResult) -> Value {
    json!({
        "control": result.control,
        "criteria": result.criteria,
        "request": result.request,
        "status": result.status.name(),
        "observed": result.observed,
        "reasons": result.reasons,
        "evidence": result.evidence,
        "sha256": result.sha256,
    })
}

fn row(result: &DocumentResult) -> Vec<String> {
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    vec![
        result.request.clone(),
        result.status.name().to_owned(),
        result.owner.clone().unwrap_or_default(),
        result.title.clone(),
        // That nothing is entered is what the reason says too.
        if result.entered { result.observed.clone() } else { String::new() },
        result.reasons.join("; "),
        result.criteria.join(" "),
        day(result.effective),
        day(result.collected),
        day(result.received),
        result.sha256.clone().unwrap_or_default(),
        result.bytes.map(|bytes| bytes.to_string()).unwrap_or_default(),
    ]
}

fn describe(result: &DocumentResult) -> Value {
    json!({
        "request": result.request,
        "criteria": result.criteria,
        "title": result.title,
        "owner": result.owner,
        "entered": result.entered,
        "status": result.status.name(),
        "observed": result.observed,
        "reasons": result.reasons,
        "occurrence": result.occurrence,
        "sha256": result.sha256,
        "bytes": result.bytes,
        "effective": result.effective,
        "collected": result.collected,
        "received": result.received,
    })
}

fn text_of<'a>(list: &'a [Request], id: &str) -> &'a str {
    list.iter().find(|request| request.id == id).map_or("", |request| request.text.as_str())
}

/// What became of each file.
fn told(dropped: &Dropped, list: &[Request]) -> String {
    let mut text = String::from("\n");
    for found in &dropped.matched {
        let words = found.words.join(", ");
        let _ = writeln!(
            text,
            "matched    {}: {} {} (by {words})",
            found.file,
            found.request,
            text_of(list, &found.request)
        );
    }
    for found in &dropped.grouped {
        let of = [found.title.as_deref(), found.version.as_deref(), found.time.as_ref().map(|time| time.name.as_str())];
        let of: Vec<&str> = of.into_iter().flatten().collect();
        let of = if of.is_empty() { String::new() } else { format!(" ({})", of.join(", ")) };
        let _ = writeln!(text, "together   {}: {} {}{of}", found.file, found.request, text_of(list, &found.request));
    }
    for file in &dropped.ambiguous {
        let ids: Vec<&str> = file.candidates.iter().map(|candidate| candidate.request.as_str()).collect();
        let _ = writeln!(text, "ambiguous  {}: {}", file.file, ids.join(" or "));
    }
    for (found, why) in &dropped.contested {
        let _ = writeln!(text, "contested  {}: {}: {why}: a person picks", found.file, found.request);
    }
    for (file, why) in &dropped.unmatched {
        let _ = writeln!(text, "unmatched  {file}: {why}");
    }
    text
}

fn folder_json(dropped: &Dropped, list: &[Request]) -> Value {
    let one = |found: &kickoff_engagement::documents::Match| {
        let text = text_of(list, &found.request);
        json!({
            "file": found.file,
            "request": found.request,
            "text": text,
            "score": found.score,
            "words": found.words,
            "folder": found.folder,
            "title": found.title,
            "time": found.time.as_ref().map(|time| &time.name),
            "version": found.version,
        })
    };
    let ambiguous = dropped
        .ambiguous
        .iter()
        .map(|file| json!({ "file": file.file, "candidates": file.candidates.iter().map(one).collect::<Vec<_>>() }));
    let contested = dropped.contested.iter().map(|(found, why)| {
        let mut told = one(found);
        told["reason"] = why.as_str().into();
        told
    });
    let unmatched = dropped.unmatched.iter().map(|(file, why)| json!({ "file": file, "reason": why }));
    json!({
        "matched": dropped.matched.iter().map(one).collect::<Vec<_>>(),
        "ambiguous": ambiguous.collect::<Vec<_>>(),
        "grouped": dropped.grouped.iter().map(one).collect::<Vec<_>>(),
        "contested": contested.collect::<Vec<_>>(),
        "unmatched": unmatched.collect::<Vec<_>>(),
    })
}
