//! `kickoff report`: the evidence package of a run, or the brief of the kick-off meeting.

use std::io::Write as _;
use std::sync::Arc;

use kickoff::walk::news::Listener;
use kickoff::walk::package::{self, Order, Parts, Replayed};
use kickoff::walk::seal::runs_of;
use kickoff::walk::{Failure, carry, finish};
use kickoff_evidence::package::LeftOut;
use kickoff_reports::results::day_in;

use super::given::Folder;
use super::{brief, given};
use crate::cli::ReportArgs;
use crate::exit::Exit;
use crate::terminal::{Terminal, files, fonts, shortfalls, streams};

pub(crate) fn run(arguments: &ReportArgs) -> Result<Exit, Failure> {
    if arguments.brief {
        return brief::report(arguments);
    }
    let fonts = fonts::fonts(&arguments.font)?;
    let mut opened = given::opened(&arguments.file)?;
    let folder = match &arguments.path {
        Some(path) => Folder::Own(path.clone()),
        None => given::folder(&arguments.run, &arguments.accounts, &opened.file)?.ok_or_else(|| {
            Failure::Usage(format!("there is no run under {}: `kickoff scan` makes one", arguments.run.runs.display()))
        })?,
    };
    if arguments.with_documents {
        files::will_be_carried(carry::expected(&opened)?)?;
    }
    let terminal = Terminal::silent();
    let run = Arc::new(finish::open(folder.path(), &opened.file, &terminal)?);
    // What is due or stale is judged on the day of the run, so that the same run gives the same package.
    opened.today = arguments.file.today.unwrap_or_else(|| day_in(&run.metadata, &opened.file));
    let runs = runs_of(folder.path()).unwrap_or_else(|| arguments.out.clone());
    let seals = given::seals(&arguments.seal, None, &runs)?;
    // A run of a store has the store's numbers; those of a folder of runs are not its.
    let numbers = matches!(folder, Folder::Own(_)).then_some((runs.as_path(), &terminal as &dyn Listener));
    let replayed = Replayed::of(&run, &opened.file, numbers)?;
    let parts = Parts::of(&run, &opened, &replayed)?;
    let order = Order {
        run: &run,
        opened: &opened,
        out: &arguments.out,
        seals: &seals,
        fonts: &fonts,
        with_documents: arguments.with_documents,
        listener: &terminal,
    };
    let written = package::write(&order, &replayed, &parts)?;
    files::packaged(&written, seals.signer.is_some())?;
    fonts::tell(&fonts)?;
    shortfalls::tell(&replayed.decided.document, &opened.file)?;
    if !arguments.accounts.is_empty() {
        writeln!(
            streams::words(),
            "The package is of account {}: it was decided from its answers alone, without those of the run's other accounts.",
            arguments.accounts.join(", ")
        )?;
    }
    for LeftOut { what, why } in &replayed.left_out {
        writeln!(streams::problems(), "Not in the package: {what}: {why}.")?;
    }
    Ok(if replayed.left_out.is_empty() && replayed.decided.document.shortfalls().is_empty() {
        Exit::Done
    } else {
        Exit::Incomplete
    })
}
