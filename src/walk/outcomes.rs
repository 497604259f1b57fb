//! The runs whose results count for requests, risks and readiness: the one that is named, or the newest ones that asked.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kickoff_engagement::Engagement;
use kickoff_engagement::requests::Outcomes;
use kickoff_evidence::{RunMetadata, count};
use kickoff_reports::outcomes::outcomes;
use kickoff_reports::results::{Document, SCHEMA};

use super::failure::Failure;

/// What counts, and where it came from.
pub struct Counted {
    /// The outcomes of all that count.
    pub outcomes: Outcomes,
    /// The results of the run that counts first.
    pub document: Document,
    /// Which runs gave results, a line each.
    pub from: Vec<String>,
    /// Which runs could not be read, a line each.
    pub left_out: Vec<String>,
}

/// What counts, if there is a run: of the one that is named, or of the newest ones of a folder that were made for each check.
///
/// # Errors
/// The run that is named, or the newest one, cannot be read.
pub fn counted(
    run: Option<&Path>,
    runs: &Path,
    engagement: &Engagement,
    today: Date,
) -> Result<Option<Counted>, Failure> {
    let mut left_out = Vec::new();
    let candidates = match run {
        Some(folder) => vec![Candidate::of(folder, engagement, today)?],
        None => candidates(runs, engagement, today, &mut left_out)?,
    };
    let mut from = Vec::new();
    let mut counted: Option<(Outcomes, Document)> = None;
    for Candidate { folder, document, outcomes, .. } in candidates {
        let before = counted.as_ref().map_or(0, |(all, _)| all.checks.len());
        let id = document.run.id.clone();
        let state = if document.run.state == "interrupted" { ", which was interrupted" } else { "" };
        match &mut counted {
            Some((all, _)) => all.complete_with(outcomes),
            None => counted = Some((outcomes, document)),
        }
        let gave = counted.as_ref().map_or(0, |(all, _)| all.checks.len()) - before;
        if gave > 0 {
            from.push(format!("Results of {id}{state}, {}: {}", count(gave, "check"), folder.display()));
        }
    }
    Ok(counted.map(|(outcomes, document)| Counted { outcomes, document, from, left_out }))
}

/// A run whose results may count.
struct Candidate {
    folder: PathBuf,
    document: Document,
    outcomes: Outcomes,
    /// It is not too old: such a run counts before one that is.
    fresh: bool,
    /// It asked all accounts of the scope and all enabled regions, and was not interrupted: such a run counts before one that
    /// was narrowed.
    whole: bool,
}

impl Candidate {
    fn of(folder: &Path, engagement: &Engagement, today: Date) -> Result<Self, Failure> {
        let document = read(&folder.join("results.json"))?;
        let mut outcomes = outcomes(&document, engagement);
        let started = document.run.started.parse::<Timestamp>().ok().map(|at| at.to_zoned(TimeZone::UTC).date());
        let stale = started.and_then(|day| engagement.stale(day, today));
        let whole = outcomes.not_asked.is_empty() && document.run.state == "complete";
        let fresh = stale.is_none();
        if let Some(stale) = stale {
            for outcome in outcomes.checks.values_mut() {
                outcome.stale = Some(format!("{} is {stale}", document.run.id));
            }
        }
        Ok(Self { folder: folder.to_owned(), document, outcomes, fresh, whole })
    }
}

/// The runs of a folder in the order in which they count, as far as they are needed: until each check has results of a run
/// that asked everything.
fn candidates(
    runs: &Path,
    engagement: &Engagement,
    today: Date,
    left_out: &mut Vec<String>,
) -> Result<Vec<Candidate>, Failure> {
    let mut found: Vec<Candidate> = Vec::new();
    let mut wanted: BTreeSet<&str> = kickoff_checks::CHECKS.iter().map(|check| check.meta.id).collect();
    for folder in newest_first(runs, "results.json")? {
        // A night's run may be one of hundreds: its results are read only where it was made for something that is wanted.
        if made_for(&folder).is_some_and(|checks| !checks.iter().any(|id| wanted.contains(id.as_str()))) {
            continue;
        }
        let candidate = match Candidate::of(&folder, engagement, today) {
            Ok(candidate) => candidate,
            // The newest one must be readable; what an older one would add is told to be lacking.
            Err(failure) if !found.is_empty() => {
                left_out.push(failure.to_string());
                continue;
            }
            Err(failure) => return Err(failure),
        };
        if candidate.whole {
            wanted.retain(|id| !candidate.outcomes.checks.contains_key(*id));
        }
        found.push(candidate);
        if wanted.is_empty() || found.len() == MOST_READ {
            break;
        }
    }
    // The order of the time stays among equals.
    found.sort_by_key(|candidate| Reverse((candidate.fresh, candidate.whole)));
    Ok(found)
}

/// Where every run was narrowed, so many of the newest are looked at: results are megabytes.
const MOST_READ: usize = 40;

/// The checks that a run was made for, without reading its results; none where it does not say.
fn made_for(folder: &Path) -> Option<Vec<String>> {
    let metadata: RunMetadata = serde_json::from_slice(&fs::read(folder.join("run.json")).ok()?).ok()?;
    Some(metadata.checks)
}

/// The folder of the newest run that can be replayed, if there is one.
///
/// # Errors
/// The folder of runs cannot be read.
pub fn newest_run(runs: &Path) -> Result<Option<PathBuf>, Failure> {
    find(runs, "run.json")
}

fn find(runs: &Path, file: &str) -> Result<Option<PathBuf>, Failure> {
    Ok(newest_first(runs, file)?.into_iter().next())
}

fn newest_first(runs: &Path, file: &str) -> Result<Vec<PathBuf>, Failure> {
    listed(runs, file).map_err(|error| Failure::Usage(format!("{} cannot be read: {error}", runs.display())))
}

/// The folders of the runs that have a file, newest first: by the time in their names, and of a run and its replays the one that
/// was decided last.
fn listed(runs: &Path, file: &str) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(runs) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
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
    found.sort();
    Ok(found.into_iter().rev().map(|(.., path)| path).collect())
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
