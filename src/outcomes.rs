//! The run whose results count for requests, risks and readiness: the one that is named, or the newest.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use kickoff_engagement::Engagement;
use kickoff_engagement::requests::Outcomes;
use kickoff_reports::outcomes::outcomes;
use kickoff_reports::results::{Document, SCHEMA};

use crate::cli::RunArgs;
use crate::exit::Failure;

/// The outcomes of the run, if there is one; stderr is told which it is.
pub(crate) fn last(arguments: &RunArgs, engagement: &Engagement) -> Result<Option<Outcomes>, Failure> {
    Ok(document(arguments)?.map(|document| outcomes(&document, engagement)))
}

/// The results of the run, if there is one; stderr is told which it is.
pub(crate) fn document(arguments: &RunArgs) -> Result<Option<Document>, Failure> {
    let folder = match &arguments.run {
        Some(folder) => Some(folder.clone()),
        None => find(&arguments.runs, "results.json")?,
    };
    let mut words = io::stderr().lock();
    let Some(folder) = folder else {
        writeln!(words, "There is no run under {}: `kickoff scan` makes one.", arguments.runs.display())?;
        return Ok(None);
    };
    let document = read(&folder.join("results.json"))?;
    let state = if document.run.state == "interrupted" { ", which was interrupted" } else { "" };
    writeln!(words, "Results of {}{state}: {}", document.run.id, folder.display())?;
    Ok(Some(document))
}

/// The folder of the run that is named, or of the newest one that can be replayed, if there is one.
pub(crate) fn folder(arguments: &RunArgs) -> Result<Option<PathBuf>, Failure> {
    match &arguments.run {
        Some(folder) => Ok(Some(folder.clone())),
        None => newest_run(&arguments.runs),
    }
}

/// The folder of the newest run that can be replayed, if there is one.
pub(crate) fn newest_run(runs: &Path) -> Result<Option<PathBuf>, Failure> {
    find(runs, "run.json")
}

fn find(runs: &Path, file: &str) -> Result<Option<PathBuf>, Failure> {
    newest(runs, file).map_err(|error| Failure::Usage(format!("{} cannot be read: {error}", runs.display())))
}

/// The folder of the newest run that has a file: by the time in its name, and of a run and its replays the one that was
/// decided last.
fn newest(runs: &Path, file: &str) -> io::Result<Option<PathBuf>> {
    let entries = match fs::read_dir(runs) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut found: Vec<(String, SystemTime, PathBuf)> = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(rest) = name.strip_prefix("RUN-") else { continue };
        let Ok(results) = fs::metadata(entry.path().join(file)) else { continue };
        let stamp = rest.split('-').next().unwrap_or(rest).to_owned();
        found.push((stamp, results.modified()?, entry.path()));
    }
    Ok(found.into_iter().max().map(|(.., path)| path))
}

fn read(path: &Path) -> Result<Document, Failure> {
    let bytes =
        fs::read(path).map_err(|error| Failure::Usage(format!("{} cannot be read: {error}", path.display())))?;
    let again = "decide again with `kickoff scan --replay RUN`";
    let document: Document = serde_json::from_slice(&bytes)
        .map_err(|error| Failure::Usage(format!("{} cannot be used: {error}; {again}", path.display())))?;
    if document.schema != SCHEMA {
        let what = format!("has format {}; this version reads {SCHEMA}; {again}", document.schema);
        return Err(Failure::Usage(format!("{} {what}", path.display())));
    }
    Ok(document)
}
