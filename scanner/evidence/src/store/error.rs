//! Why a store cannot be read or written.

use super::home::HomeError;
use crate::error::RunError;
use crate::seal::SignError;

/// Why a store cannot be read or written. Each message says what is wrong and with which object.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The place did not do what was asked of it.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// A run that is to be added, or that was made of units, cannot be read or written.
    #[error(transparent)]
    Run(#[from] RunError),
    /// There is no store.
    #[error("{place} is no store: it has no store.json; `kickoff scan --store` and `kickoff store add` begin one")]
    NoStore {
        /// The place.
        place: String,
    },
    /// The store has no such run.
    #[error("{place} has no run {run}{near}")]
    NoRun {
        /// The place.
        place: String,
        /// The run that was asked for.
        run: String,
        /// What it has, in words.
        near: String,
    },
    /// An object is not what its name says.
    #[error("{place} is damaged: {why}")]
    Damaged {
        /// The object.
        place: String,
        /// What was found.
        why: String,
    },
    /// An object is of a newer version.
    #[error(
        "{place} has format {found}; this version reads up to {newest}: use the kickoff that wrote it, or a newer one"
    )]
    Newer {
        /// The object.
        place: String,
        /// The format named there.
        found: String,
        /// The newest that this version reads.
        newest: &'static str,
    },
    /// An object is there with another content than the one that was to be written.
    #[error(
        "{place} is there already with other content (SHA-256 {there}, not {new}): what a store holds is never replaced. \
         Of a run this is so where it was decided by another version or with another kickoff.toml, or collected twice under one id"
    )]
    Different {
        /// The object.
        place: String,
        /// The digest of what is there.
        there: String,
        /// The digest of what was to be written.
        new: String,
    },
    /// The clock stands before the last link of the chain.
    #[error(
        "the clock says {now}, and link {seq} of {place} is dated {last}: set the clock, and do the same again; what was written stays. \
         Where the clock is right, that of the link's writer was wrong: `kickoff store check` says so, and runs get links again once that time has come"
    )]
    Clock {
        /// The store.
        place: String,
        /// The number of the last link.
        seq: u32,
        /// When it was made.
        last: jiff::Timestamp,
        /// What the clock says.
        now: jiff::Timestamp,
    },
    /// The clock stands before the run: a link is never dated before its run.
    #[error(
        "the clock says {now}, and {run} began at {started}: set the clock, and do the same again; what was written stays, and nothing is lost"
    )]
    Early {
        /// The run.
        run: String,
        /// When it began, by AWS's clock.
        started: jiff::Timestamp,
        /// What the clock says.
        now: jiff::Timestamp,
    },
    /// A link without a signature would follow one with.
    #[error("link {seq} of {place} is signed by {name}, and no key was given: sign this one too (--key or --kms-key)")]
    Unsigned {
        /// The store.
        place: String,
        /// The number of the last link.
        seq: u32,
        /// The name of its key.
        name: String,
    },
    /// A run was not closed.
    #[error(
        "{place} has {run}, and no link for it: it was not closed, and does not count; `kickoff store add` of the same run closes it"
    )]
    NotClosed {
        /// The place.
        place: String,
        /// The run.
        run: String,
    },
    /// The key does not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
}
