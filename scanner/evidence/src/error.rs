//! Why a run cannot be read or written.

use std::io;
use std::path::PathBuf;

/// The format that this version writes, and the newest that it reads.
pub const SCHEMA: &str = "kickoff/run/1";

/// Why a run cannot be read or written. Each message says what is wrong and with which file.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A file that must be there is not.
    #[error("{} cannot be read: {source}", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Not a run directory.
    #[error("{} is not a run: it has no run.json", path.display())]
    NotARun {
        /// The directory.
        path: PathBuf,
    },
    /// A file is cut short or is not what its name says.
    #[error("{} is damaged: {why}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// A file differs from its digest in the manifest.
    #[error("{} was altered: its SHA-256 is {found}, the manifest says {listed}", path.display())]
    Altered {
        /// The file.
        path: PathBuf,
        /// The digest in the manifest.
        listed: String,
        /// The digest of the file.
        found: String,
    },
    /// The run never ended, not even by an interrupt.
    #[error(
        "{0} was not finished: the process that wrote it ended before it was whole. What AWS answered until then is kept: `kickoff report {0}` finishes it",
        path.display()
    )]
    Unfinished {
        /// The directory.
        path: PathBuf,
    },
    /// Another process is still writing the run.
    #[error("{} is being written by another kickoff: wait until it ends", path.display())]
    Busy {
        /// The directory.
        path: PathBuf,
    },
    /// The run is from a newer version.
    #[error("{} has format {found}; this version reads up to {SCHEMA}: use the kickoff that wrote it, or a newer one", path.display())]
    Newer {
        /// The directory.
        path: PathBuf,
        /// The format named there.
        found: String,
    },
    /// Writing failed.
    #[error("{} cannot be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}
