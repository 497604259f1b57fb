//! What a walk tells, in words on stderr.

use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use jiff::SignedDuration;
use kickoff::walk::news::{Listener, News, unheard};
use kickoff_aws::{Observer, Person};
use kickoff_engagement::carried::{Carried, FOLDER, total};
use kickoff_evidence::{RunState, count};

use super::files::size;
use super::person::person;
use super::progress::Bars;
use super::{signals, streams};
use crate::crash;

/// The terminal that a command was started in.
pub(crate) struct Terminal {
    /// Live progress; none where calls are not worth a line.
    bars: Option<Bars>,
}

impl Terminal {
    /// Calls that are under way are shown.
    pub(crate) fn live() -> Self {
        Self { bars: Some(Bars::new()) }
    }

    /// Calls that are under way are not shown.
    pub(crate) fn silent() -> Self {
        Self { bars: None }
    }
}

impl Listener for Terminal {
    fn hear(&self, news: News<'_>) {
        // Where nothing can be said, the work goes on all the same.
        let _ = match news {
            News::ClockOff(ahead) => writeln!(streams::problems(), "{}", clock(ahead)),
            News::Waiting(folder) => {
                writeln!(streams::words(), "Waiting: another kickoff writes to {}.", folder.display())
            }
            News::Recording(tape, cancel) => {
                crash::watch(tape);
                signals::end_collection(cancel.clone(), tape.run().path());
                Ok(())
            }
            News::Recorded => {
                signals::end_process();
                if let Some(bars) = &self.bars {
                    bars.finish();
                }
                Ok(())
            }
            News::Finished { folder, answers, state } => finished(folder, answers, state),
            News::NotSealed { what, why } => writeln!(
                streams::problems(),
                "Not sealed: no call of AWS STS carries the digest of {what}: {why}. The store is whole without it."
            ),
            News::Carried(carried) => documents(carried),
        };
    }

    fn observer(&self) -> Observer {
        self.bars.as_ref().map_or_else(unheard, Bars::observer)
    }

    fn person(&self) -> Arc<dyn Person> {
        person()
    }
}

/// What is said of a clock that is off.
fn clock(ahead: SignedDuration) -> String {
    let (way, seconds) = match ahead.as_secs() {
        seconds if seconds < 0 => ("ahead of", -seconds),
        seconds => ("behind", seconds),
    };
    let much = if seconds < 120 { count(seconds, "second") } else { format!("{} minutes", (seconds + 30) / 60) };
    format!(
        "The clock of this machine is {much} {way} AWS's. Calls are signed, and the run is dated, by AWS's; set the machine's clock."
    )
}

fn finished(folder: &Path, answers: usize, state: RunState) -> io::Result<()> {
    let state = match state {
        RunState::Complete => "everything had been asked",
        RunState::Interrupted | RunState::Running => "what had not been asked is not known",
    };
    writeln!(
        streams::problems(),
        "Finished: the process of {} ended before its run was whole. It was decided from the {} that were stored; {state}.",
        folder.display(),
        count(answers, "answer")
    )
}

fn documents(carried: &[Carried]) -> io::Result<()> {
    let (files, bytes) = total(carried);
    writeln!(streams::words(), "Documents: {} ({}) in {FOLDER} of the package", count(files, "file"), size(bytes))?;
    for (one, why) in carried.iter().filter_map(|one| Some((one, one.place.as_ref().err()?))) {
        let what = if one.original.is_empty() { &one.title } else { &one.original };
        writeln!(streams::problems(), "Not carried: {what}, for {}: {why}", one.request)?;
    }
    Ok(())
}
