//! Exit statuses, and the failures that end a run.

use std::fmt;
use std::io;
use std::process::ExitCode;

/// Exit statuses, a published contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, nothing at or above `--fail-on`.
    Done = 0,
    /// Done, something is.
    Found = 1,
    /// Wrong usage or configuration.
    Usage = 2,
    /// Done, but coverage is incomplete.
    Incomplete = 3,
    /// Nothing could be collected.
    Nothing = 4,
    /// An error of kickoff itself, or of a library in it.
    Failed = 5,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command ends early; the message says what happened, on what, and what to do.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Wrong usage or configuration.
    Usage(String),
    /// Nothing could be collected.
    Nothing(String),
    /// A stream or file of ours failed.
    Io(io::Error),
}

impl Failure {
    pub(crate) fn usage(error: &dyn fmt::Display) -> Self {
        Self::Usage(error.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) | Self::Nothing(text) => f.write_str(text),
            Self::Io(error) => write!(f, "{error}"),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<&Failure> for Exit {
    fn from(failure: &Failure) -> Self {
        match failure {
            Failure::Usage(_) | Failure::Io(_) => Self::Usage,
            Failure::Nothing(_) => Self::Nothing,
        }
    }
}
