//! `kickoff verify`: what a package says of itself, held against what is in it.

use std::io::Write as _;
use std::path::Path;

use jiff::Timestamp;
use kickoff_checks::{Check, Selection};
use kickoff_engagement::Engagement;
use kickoff_evidence::package::{Package, Trust, VerifierKey, verify};
use kickoff_evidence::{Difference, differences};
use serde_json::Value;

use crate::cli::VerifyArgs;
use crate::decided::{decide, facts_json};
use crate::exit::{Exit, Failure};
use crate::scan::VERSION;
use crate::source;
use crate::unpack::{file, unpack};

/// So many differences are told for each file.
const TOLD: usize = 50;

pub(crate) fn run(arguments: &VerifyArgs) -> Result<Exit, Failure> {
    let keys = arguments.keys.iter().map(|given| key(given)).collect::<Result<Vec<_>, _>>()?;
    let mut out = std::io::stdout().lock();
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
    /// So many facts' files and results are the same; which version decided before, where that is another.
    Same { accounts: usize, results: usize, other: Option<String> },
    /// Something came out differently.
    Differs(Vec<String>),
    /// It could not be done.
    Not(String),
}

impl Again {
    fn lines(&self) -> Vec<String> {
        match self {
            Self::Same { accounts, results, other } => {
                let accounts = if *accounts == 1 { "1 account".to_owned() } else { format!("{accounts} accounts") };
                let mut lines = vec![format!(
                    "Again     The facts of {accounts} and all {results} results were made again from the stored answers, and are the same."
                )];
                lines.extend(other.as_ref().map(|other| {
                    format!("Again     They were decided by {other} then, and by kickoff {VERSION} now.")
                }));
                lines
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
    let unknown: Vec<&str> =
        run.metadata.checks.iter().map(String::as_str).filter(|id| Check::get(id).is_none()).collect();
    if !unknown.is_empty() {
        return Err(format!("this version, {VERSION}, does not have the checks {}", unknown.join(", ")));
    }
    let selection = Selection(run.metadata.checks.iter().filter_map(|id| Check::get(id)).collect());
    let engagement = match file(package, "60_machine/kickoff.toml")? {
        None => Engagement::default(),
        Some(text) => {
            let text = String::from_utf8(text).map_err(|_| "60_machine/kickoff.toml is not text".to_owned())?;
            Engagement::parse(Path::new("60_machine/kickoff.toml"), &text).map_err(|error| error.to_string())?
        }
    };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let mut source =
        runtime.block_on(source::replay(run, &selection.needs())).map_err(|failure| failure.to_string())?;
    drop(runtime);
    let decided = decide(&mut source, &selection, &engagement);
    let mut found = Vec::new();
    for facts in &source.facts {
        let name = format!("60_machine/facts/{}.json", facts.account);
        let made = facts_json(&source, facts).map_err(|failure| failure.to_string())?;
        compare(package, &name, &made, None, &mut found)?;
    }
    let made = decided.json().map_err(|failure| failure.to_string())?;
    let other = compare(package, "60_machine/results.json", &made, Some("/run/evaluated_by"), &mut found)?;
    if found.is_empty() {
        let results = decided.document.results.len();
        Ok(Again::Same { accounts: source.facts.len(), results, other })
    } else {
        Ok(Again::Differs(found))
    }
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
