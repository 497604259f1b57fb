//! Exit statuses.

use std::process::ExitCode;

use kickoff::walk::Failure;

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

impl Exit {
    /// Of an answer about accounts: where one is lacking, or policies cannot be read, it is not whole.
    pub(crate) fn of_answers(whole: bool) -> Self {
        if whole { Self::Done } else { Self::Incomplete }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
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
