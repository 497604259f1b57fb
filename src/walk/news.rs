//! What a walk tells whoever started it, while it works. It prints nothing itself.

use std::path::Path;
use std::sync::Arc;

use jiff::SignedDuration;
use kickoff_aws::{Observer, Person, Tape};
use kickoff_engagement::carried::Carried;
use kickoff_evidence::RunState;
use tokio_util::sync::CancellationToken;

/// Something that happened, or that takes a while.
#[derive(Clone, Copy)]
pub enum News<'a> {
    /// AWS's clock is so far ahead of this machine's; behind it where that is negative.
    ClockOff(SignedDuration),
    /// Another process writes to a folder of runs, and is waited for.
    Waiting(&'a Path),
    /// From here on answers go to a tape. Whoever cancels ends the collection; what was read is kept.
    Recording(&'a Arc<Tape>, &'a CancellationToken),
    /// Nothing is asked any more, whether collection came to its end or failed.
    Recorded,
    /// A run whose process had ended was finished from what was stored.
    Finished {
        /// Its folder.
        folder: &'a Path,
        /// How many answers there were.
        answers: usize,
        /// Whether everything had been asked.
        state: RunState,
    },
    /// A call that was to seal something was not made, or not answered: nothing is lost but that seal.
    NotSealed {
        /// What it was to seal.
        what: &'a str,
        /// What went wrong.
        why: &'a str,
    },
    /// What became of the documents that a package carries.
    Carried(&'a [Carried]),
}

/// Whoever started a walk.
pub trait Listener: Send + Sync {
    /// Hears what happened.
    fn hear(&self, news: News<'_>);

    /// Hears of each call that is under way.
    fn observer(&self) -> Observer;

    /// Who is asked for codes, and told what is waited for.
    fn person(&self) -> Arc<dyn Person>;
}

/// Hears of calls, and makes nothing of it.
#[must_use]
pub fn unheard() -> Observer {
    Arc::new(|_| {})
}
