//! What arguments name, as the walk takes it; and what has to be said of it.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use kickoff::walk::Failure;
use kickoff::walk::estate::{Asked, Files};
use kickoff::walk::opened::Opened;
use kickoff::walk::outcomes::{Counted, counted, newest_run};
use kickoff::walk::seal::{Seals, Wanted};
use kickoff_checks::{Selection, SelectionError};
use kickoff_engagement::nearest;
use kickoff_engagement::requests::Outcomes;

use crate::cli::{EstateArgs, FileArgs, RunArgs, SealArgs, SelectArgs};
use crate::terminal::{Terminal, streams};

/// kickoff.toml, with all that it names.
pub(crate) fn opened(arguments: &FileArgs) -> Result<Opened, Failure> {
    told(Opened::read(arguments.config.as_deref(), arguments.today)?)
}

/// kickoff.toml alone: what it names, its request list among it, need not be there, nor be what can be read.
pub(crate) fn alone(arguments: &FileArgs) -> Result<Opened, Failure> {
    told(Opened::alone(arguments.config.as_deref(), arguments.today)?)
}

/// Says where the file holds what looks like a secret.
fn told(opened: Opened) -> Result<Opened, Failure> {
    if !opened.masked.is_empty() {
        writeln!(
            streams::problems(),
            "{}: `{}` holds what looks like a secret; whatever is written has a mark in its place",
            opened.path().display(),
            opened.masked.join("`, `")
        )?;
    }
    Ok(opened)
}

/// The accounts that the policy engine is asked about.
pub(crate) fn asked(arguments: &EstateArgs) -> Result<Asked, Failure> {
    let files = Files {
        replay: arguments.replay.as_deref(),
        authorization_details: &arguments.authorization_details,
        scp: &arguments.scp,
        rcp: &arguments.rcp,
        resource_policies: &arguments.resource_policies,
        facts: &arguments.facts,
        action_data: arguments.action_data.as_deref(),
    };
    // The request list that the file names need not be there for this.
    let file = FileArgs { config: arguments.config.clone(), today: None };
    Asked::of(files, || Ok(alone(&file)?.file))
}

/// Who signs and stamps a package.
pub(crate) fn seals(arguments: &SealArgs, profile: Option<&str>, runs: &Path) -> Result<Seals, Failure> {
    let wanted = Wanted {
        key: arguments.key.as_deref(),
        kms_key: arguments.kms_key.as_deref(),
        profile,
        tsa: arguments.tsa.as_deref(),
        chain: arguments.chain.as_deref(),
    };
    Seals::open(wanted, runs, &Terminal::silent())
}

/// The selected checks, with a suggestion where nothing matches.
pub(crate) fn selection(arguments: &SelectArgs) -> Result<Selection, Failure> {
    Selection::of(&arguments.checks, &arguments.criteria).map_err(|error| {
        let near = match &error {
            SelectionError::NoCheck(given) => nearest(given, kickoff_checks::CHECKS.iter().map(|check| check.meta.id)),
            SelectionError::NoCriterion(given) => nearest(given, kickoff_checks::CRITERIA.iter().map(|c| c.id)),
            _ => String::new(),
        };
        Failure::Usage(format!("{error}{near} (`kickoff checks list` has them all)"))
    })
}

/// The folder of the run that is named, or of the newest one that can be replayed, if there is one.
pub(crate) fn folder(arguments: &RunArgs) -> Result<Option<PathBuf>, Failure> {
    match &arguments.run {
        Some(folder) => Ok(Some(folder.clone())),
        None => newest_run(&arguments.runs),
    }
}

/// The results that count, if there is a run; stderr is told which they are.
pub(crate) fn results(arguments: &RunArgs, opened: &Opened) -> Result<Option<Counted>, Failure> {
    let counted = counted(arguments.run.as_deref(), &arguments.runs, &opened.file, opened.today)?;
    let (from, left_out) = counted.as_ref().map_or((&[][..], &[][..]), |c| (&c.from, &c.left_out));
    for line in left_out {
        writeln!(streams::problems(), "Left out: {line}")?;
    }
    if from.is_empty() {
        let runs = arguments.runs.display();
        writeln!(streams::problems(), "There is no run under {runs}: `kickoff scan` makes one.")?;
    }
    for line in from {
        writeln!(streams::words(), "{line}")?;
    }
    Ok(counted)
}

/// The outcomes that count, if there is a run; stderr is told which they are.
pub(crate) fn outcomes(arguments: &RunArgs, opened: &Opened) -> Result<Option<Outcomes>, Failure> {
    Ok(results(arguments, opened)?.map(|counted| counted.outcomes))
}
