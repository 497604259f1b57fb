//! `kickoff report`: the evidence package of a run, or the brief of the kick-off meeting.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kickoff_evidence::{Ledger, Run};
use kickoff_reports::results::day;

use crate::cli::{FileArgs, ReportArgs};
use crate::engagement::Opened;
use crate::exit::{Exit, Failure};
use crate::package::{self, Order, Parts, Replayed};
use crate::seal::{CHAIN, Seals};
use crate::{brief, outcomes};

pub(crate) fn run(arguments: &ReportArgs) -> Result<Exit, Failure> {
    if arguments.brief {
        return brief::report(arguments);
    }
    let folder = match &arguments.path {
        Some(path) => path.clone(),
        None => outcomes::folder(&arguments.run)?.ok_or_else(|| {
            Failure::Usage(format!("there is no run under {}: `kickoff scan` makes one", arguments.run.runs.display()))
        })?,
    };
    let run = Arc::new(Run::open(&folder).map_err(|error| Failure::usage(&error))?);
    // What is due or stale is judged on the day of the run, so that the same run gives the same package.
    let today = arguments.file.today.unwrap_or_else(|| day(&run.metadata));
    let opened = Opened::of(&FileArgs { config: arguments.file.config.clone(), today: Some(today) })?;
    let seals = Seals::open(&arguments.seal, None, &runs_of(&folder, &arguments.out))?;
    let mut replayed = Replayed::of(&run, &opened.file)?;
    let parts = Parts::of(&run, &opened, &mut replayed)?;
    let written =
        package::write(&Order { run: &run, opened: &opened, out: &arguments.out, seals: &seals }, &replayed, &parts)?;
    package::tell(&written, seals.signer.is_some())?;
    for id in &replayed.unknown {
        writeln!(std::io::stderr(), "Not in the package: {id}, a check of the run that this version does not have.")?;
    }
    Ok(if replayed.unknown.is_empty() && replayed.decided.document.shortfalls().is_empty() {
        Exit::Done
    } else {
        Exit::Incomplete
    })
}

/// The folder whose chain a package continues: the one that the run lies in where that is a folder of runs, else the one that
/// the package is written to.
fn runs_of(run: &Path, out: &Path) -> PathBuf {
    let folder = run.canonicalize().ok().and_then(|run| run.parent().map(Path::to_owned));
    let is_of_runs = |folder: &PathBuf| [Ledger::FILE, CHAIN].iter().any(|file| folder.join(file).is_file());
    folder.filter(is_of_runs).unwrap_or_else(|| out.to_owned())
}
