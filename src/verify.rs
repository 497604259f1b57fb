//! `kickoff verify`: what a package says of itself, held against what is in it.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use jiff::Timestamp;
use kickoff_aws::is_aws_endpoint;
use kickoff_engagement::Engagement;
use kickoff_evidence::package::{Package, Trust, VerifierKey, verify};
use kickoff_evidence::{Difference, count, differences};
use kickoff_reports::results::day;
use serde_json::Value;

use crate::again::lists;
use crate::cli::VerifyArgs;
use crate::engagement::Opened;
use crate::exit::{Exit, Failure};
use crate::package::{Parts, Replayed, is_written, known};
use crate::unpack::{file, unpack};
use crate::version::VERSION;

/// The results, by their path in a package.
const RESULTS: &str = "60_machine/results.json";

/// So many differences are told for each file.
const TOLD: usize = 50;

/// So many differences are told in all.
const TOLD_IN_ALL: usize = 200;

pub(crate) fn run(arguments: &VerifyArgs) -> Result<Exit, Failure> {
    let keys = arguments.keys.iter().map(|given| key(given)).collect::<Result<Vec<_>, _>>()?;
    let mut out = crate::streams::text();
    if std::fs::symlink_metadata(&arguments.package).is_err() {
        return Err(Failure::Usage(format!("{} is not there", arguments.package.display())));
    }
    let package = match Package::open(&arguments.package) {
        Ok(package) => package,
        Err(error) => {
            writeln!(out, "REFUSED   {error}")?;
            return Ok(Exit::Found);
        }
    };
    let seals = verify(&package, &Trust { keys }, Timestamp::now());
    if let Some(name) = &seals.package {
        writeln!(out, "Package   {name}")?;
    }
    for line in seals.lines() {
        writeln!(out, "Seals     {line}")?;
    }
    for difference in &seals.differences {
        writeln!(out, "DIFFERS   {difference}")?;
    }
    let again = if arguments.digests_only {
        Again::Not("not asked for (--digests-only)".to_owned())
    } else {
        reperform(&package)
    };
    for line in again.lines() {
        writeln!(out, "{line}")?;
    }
    let exit = match (&again, seals.agrees()) {
        (_, false) | (Again::Differs(_), _) => Exit::Found,
        (Again::Not(_), true) if !arguments.digests_only => Exit::Incomplete,
        (Again::Same { lists: Lists::Other(_), .. }, true) => Exit::Incomplete,
        _ => Exit::Done,
    };
    let verdict = match exit {
        Exit::Done if arguments.digests_only => "What was checked is as it should be; results were not decided again.",
        Exit::Done => "What was checked is as it should be.",
        Exit::Incomplete => "Nothing differs, but not everything could be checked.",
        _ => "The package is not what it says it is.",
    };
    writeln!(out, "{verdict}")?;
    Ok(exit)
}

/// A verifier key, or a file with one.
fn key(given: &str) -> Result<VerifierKey, Failure> {
    let path = Path::new(given);
    let text = if path.is_file() {
        std::fs::read_to_string(path).map_err(|error| Failure::Usage(format!("{given} cannot be read: {error}")))?
    } else {
        given.to_owned()
    };
    text.trim().parse().map_err(|error| Failure::Usage(format!("{given:?} is not a verifier key: {error}")))
}

/// What deciding again came to.
enum Again {
    /// So many facts' files, results and lists are the same.
    Same { accounts: usize, results: usize, lists: Lists },
    /// Something came out differently.
    Differs(Vec<String>),
    /// It could not be done.
    Not(String),
}

/// What stands beside the answers: IPE records and rows of items, populations, registers that come from the results.
enum Lists {
    /// So many files are the same.
    Same(usize),
    /// Another version wrote them, and may have worded them otherwise: its name.
    Other(String),
}

impl Again {
    fn lines(&self) -> Vec<String> {
        match self {
            Self::Same { accounts, results, lists } => {
                let accounts = count(accounts, "account");
                vec![
                    format!(
                        "Again     The facts of {accounts} and all {results} results were made again from the stored answers, and are the same."
                    ),
                    match lists {
                        Lists::Same(files) => format!(
                            "Again     So are {files} files that list them: IPE records, rows, populations, results, deviations, exceptions, remediation, assets, access, OCSF."
                        ),
                        Lists::Other(other) => format!(
                            "Again     The package says that {other} decided them; this is kickoff {VERSION}, which may word lists otherwise: they were NOT made again."
                        ),
                    },
                    "Again     Papers, workbook, explorer and the registers of documents, requests, risks and attestations are vouched for by their digests alone.".to_owned(),
                ]
            }
            Self::Differs(found) => found.iter().map(|line| format!("DIFFERS   {line}")).collect(),
            Self::Not(why) => vec![format!("Again     Facts and results were not made again: {why}.")],
        }
    }
}

/// Makes facts and results again from the stored answers, and compares.
fn reperform(package: &Package) -> Again {
    match made_again(package) {
        Ok(again) => again,
        Err(why) => Again::Not(why),
    }
}

fn made_again(package: &Package) -> Result<Again, String> {
    let unpacked = unpack(package)?;
    let run = &unpacked.run;
    let (_, unknown) = known(run);
    if !unknown.is_empty() {
        return Err(format!("this version, {VERSION}, does not have the checks {}", unknown.join(", ")));
    }
    let mut engagement = match file(package, "60_machine/kickoff.toml")? {
        None => Engagement::default(),
        Some(text) => {
            let text = String::from_utf8(text).map_err(|_| "60_machine/kickoff.toml is not text".to_owned())?;
            Engagement::parse(Path::new("60_machine/kickoff.toml"), &text).map_err(|error| error.to_string())?
        }
    };
    // Its file is the entity's, and is not in the package.
    engagement.request_list = None;
    let opened = Opened::in_folder(run.path(), engagement, day(&run.metadata));
    let told = |failure: Failure| failure.to_string();
    let replayed = Replayed::of(run, &opened.file, None).map_err(told)?;
    let parts = Parts::of(run, &opened, &replayed).map_err(told)?;
    let mut found = Vec::new();
    for text in replayed.source.facts.texts(&replayed.source.numbered) {
        let (account, made) = text.map_err(told)?;
        compare(package, &format!("60_machine/facts/{account}.json"), &made, None, &mut found)?;
    }
    let document = &replayed.decided.document;
    let asked = document.evidence.iter().flat_map(|item| &item.exchanges).map(|exchange| exchange.endpoint.as_str());
    let foreign: BTreeSet<&str> = asked.filter(|endpoint| !is_aws_endpoint(endpoint)).collect();
    let admitted = |endpoint: &&str| run.metadata.foreign_endpoints.iter().any(|known| known == endpoint);
    found.extend(foreign.into_iter().filter(|endpoint| !admitted(endpoint)).map(|endpoint| {
        format!("60_machine/run.json does not say that answers came from {endpoint}, which is not AWS")
    }));
    let failed = |error: &dyn std::fmt::Display| format!("{RESULTS}: {error}");
    let same = match package.size(RESULTS) {
        None => false,
        Some(_) => {
            let stored = package.read(RESULTS).map_err(|error| failed(&error))?;
            is_written(document, stored).map_err(|error| failed(&error))?
        }
    };
    let other = if same {
        None
    } else {
        let made = replayed.decided.json().map_err(told)?;
        compare(package, RESULTS, &made, Some("/run/evaluated_by"), &mut found)?
    };
    let (accounts, results) = (replayed.source.facts.accounts().len(), document.results.len());
    let lists = match other {
        Some(other) => Lists::Other(other),
        // What follows from them differs as well.
        None if !found.is_empty() => Lists::Same(0),
        None => Lists::Same(lists(package, run, &opened, &replayed, parts, &mut found).map_err(told)?),
    };
    let more = found.len().saturating_sub(TOLD_IN_ALL);
    if more > 0 {
        found.truncate(TOLD_IN_ALL);
        found.push(format!("and in {}", count(more, "more place")));
    }
    Ok(if found.is_empty() { Again::Same { accounts, results, lists } } else { Again::Differs(found) })
}

/// Compares a file of the package with what was made again. What stands at `aside` may differ, and is given back if it does.
fn compare(
    package: &Package,
    name: &str,
    made: &[u8],
    aside: Option<&str>,
    found: &mut Vec<String>,
) -> Result<Option<String>, String> {
    let Some(stored) = file(package, name)? else {
        found.push(format!("{name} is not there, and the stored answers give it"));
        return Ok(None);
    };
    if stored == made {
        return Ok(None);
    }
    let Ok(mut was) = serde_json::from_slice::<Value>(&stored) else {
        found.push(format!("{name} is not JSON"));
        return Ok(None);
    };
    let is: Value = serde_json::from_slice(made).map_err(|error| error.to_string())?;
    let mut other = None;
    if let Some(place) = aside
        && let (Some(then), Some(now)) = (was.pointer_mut(place), is.pointer(place))
        && then != now
    {
        other = then.as_str().map(str::to_owned);
        *then = now.clone();
    }
    let told = differences(&was, &is, TOLD);
    if told.is_empty() && other.is_none() {
        found.push(format!("{name} holds the same in another writing"));
    }
    found.extend(told.iter().map(|difference| named(name, difference)));
    Ok(other)
}

fn named(file: &str, difference: &Difference) -> String {
    format!("{file} {difference} (the package's word first, the stored answers' second)")
}
