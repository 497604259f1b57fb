//! What is said of a file that is taken as a register, and what became of it.

use std::fmt;

use crate::columns::Said;
use crate::dates::DateOrder;
use crate::problems::EngagementError;
use crate::sheets::TableError;

/// What is said of a file, where it does not tell itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// What `12/06/2026` is; where nothing says, a column does as soon as one of its days can only be one.
    pub dates: Option<DateOrder>,
    /// Which column is what, and which are kept in the note.
    pub columns: Said,
    /// What new entries get where the file says nothing: keys and words.
    pub fill: Vec<(String, String)>,
}

/// Something that an import changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The entry, by its id or what it is called.
    pub entry: String,
    /// The key; none for an entry that is new.
    pub key: Option<String>,
    /// What stood there.
    pub old: String,
    /// What stands there now; of a new entry, what it is.
    pub new: String,
}

/// What an import comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The text of kickoff.toml with all of it; the text as it was, where nothing changes.
    pub text: String,
    /// What was taken and what was left out, on one line.
    pub account: String,
    /// What changes, in the order of the file.
    pub changes: Vec<Change>,
}

/// Why a file cannot be taken: everything that is wrong, a line for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportError {
    pub(super) problems: Vec<String>,
    /// Whether it is not known what comes first, the day or the month.
    pub asks_dates: bool,
}

impl From<TableError> for ImportError {
    fn from(problem: TableError) -> Self {
        Self::of(vec![problem.to_string()])
    }
}

impl From<EngagementError> for ImportError {
    fn from(error: EngagementError) -> Self {
        Self::of(vec![error.to_string()])
    }
}

impl ImportError {
    pub(super) fn of(problems: Vec<String>) -> Self {
        Self { problems, asks_dates: false }
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problems.join("\n"))
    }
}

impl std::error::Error for ImportError {}
