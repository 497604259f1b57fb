//! `kickoff report`: the evidence package of a run, or the brief of the kick-off meeting.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kickoff_evidence::Ledger;
use kickoff_evidence::package::LeftOut;
use kickoff_reports::results::day_in;

use crate::cli::ReportArgs;
use crate::commands::brief;
use crate::exit::{Exit, Failure};
use crate::terminal::fonts;
use crate::terminal::shortfalls;
use crate::terminal::streams;
use crate::walk::carry;
use crate::walk::finish;
use crate::walk::opened::Opened;
use crate::walk::outcomes;
use crate::walk::package::{self, Order, Parts, Replayed};
use crate::walk::seal::{CHAIN, Seals};

pub(crate) fn run(arguments: &ReportArgs) -> Result<Exit, Failure> {
    if arguments.brief {
        return brief::report(arguments);
    }
    let fonts = fonts::fonts(&arguments.font)?;
    let folder = match &arguments.path {
        Some(path) => path.clone(),
        None => outcomes::folder(&arguments.run)?.ok_or_else(|| {
            Failure::Usage(format!("there is no run under {}: `kickoff scan` makes one", arguments.run.runs.display()))
        })?,
    };
    let mut opened = Opened::of(&arguments.file)?;
    if arguments.with_documents {
        carry::announce(&opened)?;
    }
    let run = Arc::new(finish::open(&folder, &opened.file)?);
    // What is due or stale is judged on the day of the run, so that the same run gives the same package.
    opened.today = arguments.file.today.unwrap_or_else(|| day_in(&run.metadata, &opened.file));
    let runs = runs_of(&folder).unwrap_or_else(|| arguments.out.clone());
    let seals = Seals::open(&arguments.seal, None, &runs)?;
    let replayed = Replayed::of(&run, &opened.file, Some(&runs))?;
    let parts = Parts::of(&run, &opened, &replayed)?;
    let order = Order {
        run: &run,
        opened: &opened,
        out: &arguments.out,
        seals: &seals,
        fonts: &fonts,
        with_documents: arguments.with_documents,
    };
    let written = package::write(&order, &replayed, &parts)?;
    package::tell(&written, seals.signer.is_some())?;
    fonts::tell(&fonts)?;
    shortfalls::tell(&replayed.decided.document, &opened.file)?;
    for LeftOut { what, why } in &replayed.left_out {
        writeln!(streams::problems(), "Not in the package: {what}: {why}.")?;
    }
    Ok(if replayed.left_out.is_empty() && replayed.decided.document.shortfalls().is_empty() {
        Exit::Done
    } else {
        Exit::Incomplete
    })
}

/// The folder of runs that a run lies in, whose numbers and chain it continues.
pub(crate) fn runs_of(run: &Path) -> Option<PathBuf> {
    let folder = run.canonicalize().ok()?.parent()?.to_owned();
    [Ledger::FILE, CHAIN].iter().any(|file| folder.join(file).is_file()).then_some(folder)
}
