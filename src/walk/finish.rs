//! A run that its process did not finish: decided and sealed from the answers that were stored.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use kickoff_aws::is_aws_endpoint;
use kickoff_checks::Selection;
use kickoff_engagement::Engagement;
use kickoff_evidence::{AccountRecord, Archive, Run, RunError, RunMetadata, RunState, RunWriter, endpoint_of};

use super::decided::{decide, decide_in, write_decided};
use super::failure::Failure;
use super::news::{Listener, News};
use super::package::known;
use super::replay::replay;

/// Opens a run to make something of it; one that was not finished is finished first, and the listener hears of it.
///
/// # Errors
/// The run cannot be read or finished.
pub fn open(folder: &Path, engagement: &Engagement, listener: &dyn Listener) -> Result<Run, Failure> {
    match Run::open(folder) {
        Err(RunError::Unfinished { .. }) => {
            // It lies where its scan put it: in the folder of runs.
            let whole =
                folder.canonicalize().map_err(|error| Failure::Usage(format!("{}: {error}", folder.display())))?;
            let run = finish(&whole, engagement, whole.parent(), listener)?;
            let answers = run.metadata.accounts.iter().filter_map(|account| run.archive(&account.id)).map(Archive::len);
            let (answers, state) = (answers.sum::<usize>(), run.metadata.state);
            listener.hear(News::Finished { folder, answers, state });
            Ok(run)
        }
        opened => opened.map_err(|error| Failure::usage(&error)),
    }
}

/// Decides and seals a run from what was stored, with the numbers of its folder of runs.
///
/// # Errors
/// The run cannot be read, decided or written.
pub fn finish(
    folder: &Path,
    engagement: &Engagement,
    runs: Option<&Path>,
    listener: &dyn Listener,
) -> Result<Run, Failure> {
    let failed = |error: RunError| Failure::usage(&error);
    let (writer, mut metadata) = RunWriter::unfinished(folder).map_err(failed)?;
    if metadata.state == RunState::Running {
        as_stored(folder, &mut metadata)?;
    }
    let run = Run::unsealed(folder, metadata).map_err(failed)?;
    decided_by(writer, run, engagement, runs.map(|runs| (runs, listener)))?;
    Run::open(folder).map_err(failed)
}

/// Decides and seals a run whose answers and numbers are there, in its own folder.
pub(super) fn decided_in_place(writer: RunWriter, run: Run, engagement: &Engagement) -> Result<(), Failure> {
    decided_by(writer, run, engagement, None)
}

fn decided_by(
    writer: RunWriter,
    run: Run,
    engagement: &Engagement,
    runs: Option<(&Path, &dyn Listener)>,
) -> Result<(), Failure> {
    let run = Arc::new(run);
    let (known, _) = known(&run);
    if known.is_empty() {
        return Err(Failure::Usage(format!("{} has no check that this version knows", run.metadata.id)));
    }
    let selection = Selection(known);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut source = runtime.block_on(replay(&run, &selection.needs_in(&run.metadata.needs)))?;
    if source.metadata.state == RunState::Running {
        source.metadata.state = RunState::Interrupted;
    }
    let decided = match runs {
        Some((runs, listener)) => decide_in(runs, &mut source, &selection, engagement, listener)?,
        None => decide(&mut source, &selection, engagement)?,
    };
    write_decided(&writer, &source, &decided)?;
    // What the run was made for stays its own word, whatever this version has of it.
    let metadata =
        RunMetadata { checks: run.metadata.checks.clone(), needs: run.metadata.needs.clone(), ..source.metadata };
    writer.seal(&metadata).map(drop).map_err(|error| Failure::usage(&error))
}

/// Fills what a process could not say any more of its run: who asked, how long, and whom, as the answers tell it.
fn as_stored(folder: &Path, metadata: &mut RunMetadata) -> Result<(), Failure> {
    let failed = |error: RunError| Failure::usage(&error);
    let run = Run::unsealed(folder, metadata.clone()).map_err(failed)?;
    let (mut foreign, mut last) = (BTreeSet::new(), None::<Timestamp>);
    for account in &mut metadata.accounts {
        let Some(archive) = run.archive(&account.id) else { continue };
        for position in 0..u32::try_from(archive.len()).unwrap_or(u32::MAX) {
            let exchange = archive.read(position).map_err(failed)?;
            last = last.max(Some(exchange.finished));
            let endpoint = endpoint_of(&exchange.request.uri);
            if !is_aws_endpoint(&exchange.service, &exchange.region, endpoint) {
                foreign.insert(endpoint.to_owned());
            }
            // The caller is asked first, in the home region.
            if position == 0 {
                *account = AccountRecord {
                    partition: exchange.partition,
                    home_region: exchange.region,
                    caller: exchange.caller,
                    unreachable: None,
                    ..account.clone()
                };
            }
        }
    }
    metadata.foreign_endpoints = foreign.into_iter().collect();
    metadata.finished = Some(last.unwrap_or(metadata.started).round(jiff::Unit::Second).unwrap_or(metadata.started));
    Ok(())
}
