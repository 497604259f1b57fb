//! Enters a review that was read into kickoff.toml.

use std::fmt::Write as _;
use std::path::Path;

use crate::dates::DateOrder;
use crate::file::Engagement;
use crate::problems::{EngagementError, Problem};
use crate::write::{self, list, quoted};

/// A review to be entered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// What it is for: `2026-Q3`.
    pub occurrence: String,
    /// The file, below the folder of kickoff.toml.
    pub file: String,
    /// Its digest.
    pub sha256: String,
    /// The accounts that it is for, where that is not all of the scope.
    pub accounts: Vec<String>,
    /// What comes first in its days, where somebody said so.
    pub dates: Option<DateOrder>,
    /// The run that its rows were counted against, and how many principals of it have no row.
    pub counted: Option<(String, usize)>,
}

/// Adds a review to the text of a file, at its end. Nothing that stands in it is touched. None where the same file, byte for
/// byte, is entered for the same time already.
///
/// # Errors
/// The text is no file that can be used; or it has the file already, with another digest, for another time, or not counted.
pub fn append(path: &Path, text: &str, entry: &Entry) -> Result<Option<String>, EngagementError> {
    let file = Engagement::parse(path, text)?;
    let known = file.access_reviews.iter().enumerate().find(|(_, known)| known.file == entry.file);
    if let Some((at, known)) = known {
        if known.occurrence == entry.occurrence && known.sha256.eq_ignore_ascii_case(&entry.sha256) {
            let Some((run, left_out)) = entry.counted.as_ref().filter(|_| known.counted.is_none()) else {
                return Ok(None);
            };
            let key = format!("access_reviews[{at}].file");
            let what = format!(
                "`{}` is entered, and was not counted: write counted = {} and left_out = {left_out} there",
                entry.file,
                quoted(run)
            );
            return Err(EngagementError::of(path, Problem { line: file.lines.of(&key), key, what }));
        }
        let key = format!("access_reviews[{at}].file");
        let what = if known.occurrence == entry.occurrence {
            format!(
                "`{}` is entered for {} as it was before it changed: write its new digest there, sha256 = \"{}\"",
                entry.file, known.occurrence, entry.sha256
            )
        } else {
            format!(
                "`{}` is entered for {} already: correct that, or save the review of {} as a file of its own",
                entry.file, known.occurrence, entry.occurrence
            )
        };
        return Err(EngagementError::of(path, Problem { line: file.lines.of(&key), key, what }));
    }
    let mut block = String::from("\n[[access_reviews]]\n");
    let _ = writeln!(block, "occurrence = {}", quoted(&entry.occurrence));
    let _ = writeln!(block, "file = {}", quoted(&entry.file));
    let _ = writeln!(block, "sha256 = {}", quoted(&entry.sha256));
    if !entry.accounts.is_empty() {
        let _ = writeln!(block, "accounts = {}", list(&entry.accounts));
    }
    if let Some(dates) = entry.dates {
        let _ = writeln!(block, "dates = {}", quoted(dates.name()));
    }
    if let Some((run, left_out)) = &entry.counted {
        let _ = writeln!(block, "counted = {}\nleft_out = {left_out}", quoted(run));
    }
    write::append(path, text, "access_reviews", &[block]).map(Some)
}
