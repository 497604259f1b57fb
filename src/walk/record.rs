//! A run from its first question to its seal: collected or replayed, decided, and written.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kickoff_aws::Tape;
use kickoff_checks::Selection;
use kickoff_engagement::Engagement;
use kickoff_evidence::{Ledger, Run, RunError, RunState, RunWriter};

use super::decided::{Decided, decide, decide_in, write_decided};
use super::failure::Failure;
use super::finish::finish;
use super::live::{Live, live};
use super::news::Listener;
use super::package::{Replayed, not_decided};
use super::replay::replay;
use super::source::{Doors, Source};

/// A run that is whole, with what was decided from its answers.
pub struct Recorded {
    /// The run.
    pub run: Arc<Run>,
    /// What its stored answers gave.
    pub replayed: Replayed,
    /// Where it lies.
    pub folder: PathBuf,
    /// What a live run was recorded on. As long as something is made of the run it is kept: a crash can then say that the run is.
    pub tape: Option<Arc<Tape>>,
}

/// Collects a run from AWS, decides and seals it, and decides it again from what it stored: what cannot be, is no evidence.
///
/// # Errors
/// Nothing can be collected, or the run cannot be written.
pub fn from_aws(wanted: &Live<'_>, engagement: &Engagement, listener: &dyn Listener) -> Result<Recorded, Failure> {
    let runtime = runtime()?;
    let mut source = runtime.block_on(live(wanted, &wanted.selection.needs(), listener))?;
    // Credentials and connections are done with.
    drop(runtime);
    let folder = wanted.out.join(&source.metadata.id);
    let (run, tape) = if source.metadata.state == RunState::Interrupted {
        // What an interrupt cut is told by what was stored, and by nothing else.
        drop(source);
        (finish(&folder, engagement, folder.parent(), listener)?, None)
    } else {
        // The folder's ids are held since the numbers were given, until they are written.
        let decided = decide(&mut source, wanted.selection, engagement)?;
        (complete(&mut source, &decided, &folder)?, source.writer)
    };
    let run = Arc::new(run);
    let replayed = Replayed::of(&run, engagement, None)?;
    Ok(Recorded { run, replayed, folder, tape })
}

/// What AWS answered, before anything is decided from it.
pub struct Gathered {
    /// The run, as far as it was asked.
    pub run: Arc<Run>,
    /// The ways into its accounts.
    pub doors: Doors,
    /// What their connections live on.
    pub runtime: tokio::runtime::Runtime,
    /// What it was recorded on: kept as long as something is made of the run, so that a crash can say that the run is.
    pub tape: Option<Arc<Tape>>,
}

/// Collects a run from AWS, and decides nothing.
///
/// # Errors
/// Nothing can be collected, or the run cannot be written.
pub fn collect(wanted: &Live<'_>, listener: &dyn Listener) -> Result<Gathered, Failure> {
    let runtime = runtime()?;
    let mut source = runtime.block_on(live(wanted, &wanted.selection.needs(), listener))?;
    let folder = wanted.out.join(&source.metadata.id);
    let doors = source.doors.take().ok_or_else(|| Failure::Usage("no account was entered".to_owned()))?;
    let tape = source.writer.take();
    let run = Run::unsealed(&folder, source.metadata).map_err(|error| Failure::usage(&error))?;
    Ok(Gathered { run: Arc::new(run), doors, runtime, tape })
}

/// Decides a recorded run again, into a run of its own in a folder of runs.
///
/// # Errors
/// The run cannot be read, or the new one written.
pub fn from_run(
    path: &Path,
    out: &Path,
    selection: &Selection,
    engagement: &Engagement,
    listener: &dyn Listener,
) -> Result<Recorded, Failure> {
    let run = Arc::new(Run::open(path).map_err(|error| Failure::usage(&error))?);
    let needs = selection.needs_in(&run.metadata.needs);
    let mut source = runtime()?.block_on(replay(&run, &needs))?;
    // What a part of the checks says does not take the place of what all of them said.
    let part = match selection.0.len() {
        all if all == kickoff_checks::CHECKS.len() => String::new(),
        some => format!("-{some}-checks"),
    };
    let folder = out.join(format!("{}-replay{part}", source.metadata.id));
    let decided = decide_in(out, &mut source, selection, engagement, listener)?;
    keep(&run, &source, &decided, &folder)?;
    let left_out = not_decided(&run, selection);
    Ok(Recorded { run, replayed: Replayed { source, decided, left_out }, folder, tape: None })
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

/// Completes the run that was recorded: facts, results, ids, manifest. The folder of runs learns the ids as well.
fn complete(source: &mut Source, decided: &Decided, folder: &Path) -> Result<Run, Failure> {
    let Some(tape) = &source.writer else {
        return Err(Failure::Usage("a replay writes no run".to_owned()));
    };
    let writer = tape.run();
    let failed = |error: RunError| Failure::usage(&error);
    write_decided(writer, source, decided)?;
    if let Some(runs) = folder.parent() {
        source.ledger.write(&runs.join(Ledger::FILE)).map_err(failed)?;
    }
    // Sealed last: a run that is whole has its numbers in the folder.
    writer.seal(&source.metadata).map_err(failed)?;
    // The ids are written: others may have the folder.
    drop(source.lock.take());
    Run::open(folder).map_err(failed)
}

/// Makes a run of its own of a replay: the answers with what was decided from them now. Whatever takes a run takes it.
fn keep(run: &Run, source: &Source, decided: &Decided, folder: &Path) -> Result<(), Failure> {
    let failed = |error: RunError| Failure::usage(&error);
    let writer = RunWriter::at(folder, &source.metadata).map_err(failed)?;
    writer.answers_of(run).map_err(failed)?;
    write_decided(&writer, source, decided)?;
    writer.seal(&source.metadata).map(drop).map_err(failed)
}
