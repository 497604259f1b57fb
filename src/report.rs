//! `kickoff report`: the evidence package of a run, or the brief of the kick-off meeting.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kickoff_evidence::Run;
use kickoff_reports::results::day;

use crate::cli::{FileArgs, ReportArgs};
use crate::engagement::Opened;
use crate::exit::{Exit, Failure};
use crate::package::{self, CHAIN, Order, Parts, Replayed};
use crate::{brief, outcomes, seal};

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
    let replayed = Replayed::of(&run, &opened.file)?;
    let parts = Parts::of(&run, &opened, &replayed)?;
    let signer = seal::signer(&arguments.seal, None)?;
    let url = arguments.seal.tsa.clone();
    let stamp = |digest: &[u8; 32]| seal::stamp(url.as_deref().unwrap_or_default(), digest);
    let written = package::write(
        &Order {
            run: &run,
            opened: &opened,
            out: &arguments.out,
            chain: arguments.seal.chain.clone().unwrap_or_else(|| beside(&folder)),
            signer: signer.as_deref(),
            stamp: url.is_some().then_some(&stamp),
        },
        &replayed,
        &parts,
    )?;
    package::tell(&written, signer.is_some())?;
    Ok(if replayed.decided.document.shortfalls().is_empty() { Exit::Done } else { Exit::Incomplete })
}

/// The chain of the folder that a run lies in.
fn beside(run: &Path) -> PathBuf {
    let folder = run.canonicalize().ok().and_then(|run| run.parent().map(Path::to_owned));
    folder.unwrap_or_else(|| PathBuf::from(".")).join(CHAIN)
}
