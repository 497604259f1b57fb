//! Why a walk ends early.

use std::fmt;
use std::io;

/// Why a walk ends early; the message says what happened, on what, and what to do.
#[derive(Debug)]
pub enum Failure {
    /// Wrong usage or configuration.
    Usage(String),
    /// Nothing could be collected.
    Nothing(String),
    /// A stream or file of ours failed.
    Io(io::Error),
}

impl Failure {
    /// A failure of what was given: its words are those of an error.
    pub fn usage(error: &dyn fmt::Display) -> Self {
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

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Usage(_) | Self::Nothing(_) => None,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
