//! `kickoff store`: runs that last.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kickoff::walk::Failure;
use kickoff::walk::store::home;
use kickoff::walk::stored::{self, Stored, Way};
use kickoff_aws::aws_now;
use kickoff_evidence::store::{Expected, FolderHome, Level, Store, StoreError};
use kickoff_evidence::{Run, count};
use serde_json::json;

use super::given;
use crate::cli::{FileArgs, Format, SealArgs, StoreArgs, StoreCommand, WhichStore};
use crate::exit::Exit;
use crate::terminal::{Terminal, lists, streams};

pub(crate) fn run(arguments: &StoreArgs) -> Result<Exit, Failure> {
    match &arguments.command {
        StoreCommand::Add { runs, which, config, key } => add(runs, which, config.as_deref(), &key.clone().into()),
        StoreCommand::Check { which, max_age, keys, format } => {
            let keys = keys.iter().map(|given| given::verifier_key(given)).collect::<Result<Vec<_>, _>>()?;
            check(which, &Expected { keys, now: aws_now(), max_age: *max_age }, *format)
        }
        StoreCommand::List { which, format } => list(which, *format),
        StoreCommand::Mirror { which, folder } => mirror(which, folder),
    }
}

/// Puts recorded runs into a store, the oldest first.
fn add(folders: &[PathBuf], which: &WhichStore, config: Option<&Path>, seal: &SealArgs) -> Result<Exit, Failure> {
    let opened = given::alone(&FileArgs { config: config.map(Path::to_owned), today: None })?;
    let terminal = Terminal::silent();
    let signer = given::signer(seal, which.profile.as_deref())?;
    let mut runs: Vec<Arc<Run>> = Vec::new();
    for folder in folders {
        runs.push(stored::open(folder, &opened.file, &terminal)?);
    }
    runs.sort_by_key(|run| run.metadata.started);
    let home = home(&which.store, which.profile.as_deref(), &terminal)?;
    let store = Store::begin(home, aws_now()).map_err(|error| Failure::usage(&error))?;
    let way = Way { store: &store, engagement: &opened.file, signer: signer.as_deref(), listener: &terminal };
    for run in runs {
        told(&store, &stored::put(&way, &run, None)?)?;
    }
    Ok(Exit::Done)
}

/// Says what was put.
pub(crate) fn told(store: &Store, stored: &Stored) -> Result<(), Failure> {
    let Stored { run, new, there, link, seals, .. } = stored;
    let units = match (new, there) {
        (new, 0) => format!("{} put", count(new, "unit")),
        (0, there) => format!("{} there already", count(there, "unit")),
        (new, there) => format!("{} put, {there} there already", count(new, "unit")),
    };
    let sealed = if *seals == 0 { String::new() } else { format!("; {}", count(seals, "seal call")) };
    let which = if link.new { "" } else { ", as before" };
    writeln!(
        streams::words(),
        "Store:  {}: {}, {units}; link {}{which} (sha256 {}){sealed}",
        store.name(),
        run.id,
        link.seq,
        link.sha256
    )?;
    Ok(())
}

fn check(which: &WhichStore, expected: &Expected, format: Format) -> Result<Exit, Failure> {
    let store = given::store(&which.store, which.profile.as_deref())?;
    let checked = store.check(expected).map_err(|error| Failure::usage(&error))?;
    let word = |level: Level| match level {
        Level::Altered => "altered",
        Level::Lacking => "lacking",
        Level::Told => "note",
    };
    if format == Format::Json {
        let findings = checked.findings.iter();
        let findings: Vec<_> = findings
            .map(|finding| json!({ "level": word(finding.level), "object": finding.what, "finding": finding.why }))
            .collect();
        let slots: Vec<_> =
            checked.slots.iter().map(|slot| json!({ "at": slot.at.to_string(), "run": slot.run })).collect();
        let newest = checked.newest.as_ref();
        lists::print_json(&json!({
            "schema": "kickoff/store-check/1",
            "store": store.name(),
            "id": store.about.id,
            "objects": checked.objects,
            "bytes": checked.bytes,
            "runs": checked.runs,
            "units": checked.units,
            "newest": newest.map(|(seq, run, at)| json!({ "link": seq, "run": run, "at": at.to_string() })),
            "signed_by": checked.signed_by,
            "slots": slots,
            "findings": findings,
        }))?;
    } else {
        let mut out = streams::text();
        writeln!(
            out,
            "Store     {} ({}, {} compared)",
            store.name(),
            count(checked.objects, "object"),
            bytes(checked.bytes)
        )?;
        writeln!(out, "Runs      {} with a link, {} whole", checked.runs, count(checked.units, "unit"))?;
        if let Some((seq, run, at)) = &checked.newest {
            writeln!(out, "Newest    link {seq}, {run}, made at {at}")?;
        }
        match &checked.signed_by {
            Some(key) if expected.keys.is_empty() => {
                writeln!(
                    out,
                    "Signed    by {key}: the store's own word, unless you know the key by another way (--key)"
                )?;
            }
            Some(key) => writeln!(out, "Signed    by {key}")?,
            None => writeln!(
                out,
                "Signed    by nobody: what was made anew from the first link on, nothing here would tell"
            )?,
        }
        if !checked.slots.is_empty() {
            let missing = checked.slots.iter().filter(|slot| slot.run.is_none()).count();
            writeln!(out, "Slots     {} expected, {missing} without a run", checked.slots.len())?;
        }
        for finding in &checked.findings {
            writeln!(out, "{:<9} {} {}", word(finding.level).to_uppercase(), finding.what, finding.why)?;
        }
    }
    Ok(match checked.worst() {
        Some(Level::Altered) => Exit::Found,
        Some(Level::Lacking) => Exit::Incomplete,
        Some(Level::Told) | None => Exit::Done,
    })
}

fn list(which: &WhichStore, format: Format) -> Result<Exit, Failure> {
    let store = given::store(&which.store, which.profile.as_deref())?;
    let failed = |error: StoreError| Failure::usage(&error);
    let mut rows = Vec::new();
    for (_, link, _) in store.links().map_err(failed)? {
        match store.list_of(&link) {
            Ok(file) => rows.push(file),
            // What is damaged `store check` names.
            Err(StoreError::Damaged { .. }) => {
                writeln!(streams::problems(), "Left out: {}: `kickoff store check` says why", link.run)?
            }
            Err(error) => return Err(failed(error)),
        }
    }
    if format == Format::Json {
        let rows: Vec<_> = rows
            .iter()
            .map(|file| {
                let accounts: Vec<&str> = file.units.iter().map(|unit| unit.account.as_str()).collect();
                json!({ "run": file.run.id, "started": file.run.started.to_string(), "state": file.run.state, "accounts": accounts })
            })
            .collect();
        lists::print_json(&json!(rows))?;
        return Ok(Exit::Done);
    }
    let mut out = streams::text();
    for file in &rows {
        let state = serde_json::to_value(file.run.state).unwrap_or_default();
        let state = state.as_str().unwrap_or_default().to_owned();
        writeln!(out, "{}\t{}\t{}\t{state}", file.run.id, file.run.started, count(file.units.len(), "account"))?;
    }
    Ok(Exit::Done)
}

fn mirror(which: &WhichStore, folder: &Path) -> Result<Exit, Failure> {
    let store = given::store(&which.store, which.profile.as_deref())?;
    let done = store.mirror(&FolderHome::new(folder)).map_err(|error| Failure::usage(&error))?;
    writeln!(
        streams::text(),
        "Mirror    {} copied ({}), {} there already",
        count(done.copied, "object"),
        bytes(done.bytes),
        done.there
    )?;
    for (key, why) in &done.altered {
        writeln!(streams::text(), "ALTERED   {key}: {why}")?;
    }
    Ok(if done.altered.is_empty() { Exit::Done } else { Exit::Found })
}

fn bytes(number: u64) -> String {
    match number {
        0..1024 => count(number, "byte"),
        1024..1_048_576 => format!("{} KiB", number / 1024),
        _ => format!("{} MiB", number >> 20),
    }
}
