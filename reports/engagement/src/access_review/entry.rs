//! Enters a review that was read into kickoff.toml.

use std::fmt::Write as _;
use std::path::Path;

use super::against::Totals;
use crate::dates::DateOrder;
use crate::file::Engagement;
use crate::problems::{EngagementError, Problem};
use crate::registers::AccessReview;
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
    /// What came of counting its rows against a run.
    pub counted: Option<Counted>,
}

/// What of a run a sheet lacks, and what of a sheet the run does not have: numbers, as they are entered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    /// The run.
    pub run: String,
    /// Principals without a row that were there when the list was made.
    pub left_out: usize,
    /// Principals without a row of which it is not known whether they were there.
    pub unknown_age: usize,
    /// Principals of accounts that the sheet has no row of.
    pub other_accounts: usize,
    /// Rows that name no principal of the run.
    pub not_in_run: usize,
    /// Rows that do not say what we wrote; none where the run is of another day.
    pub altered: Option<usize>,
}

impl Counted {
    /// The numbers of a count. `accounts` are those that the review is for; none where it is for all.
    #[must_use]
    pub fn of(totals: &Totals, accounts: &[String]) -> Self {
        let others = totals.accounts_left.iter().filter(|(id, _)| accounts.is_empty() || accounts.contains(id));
        Self {
            run: totals.run.clone(),
            left_out: totals.left_out.len(),
            unknown_age: totals.unknown_age.len(),
            other_accounts: others.map(|(_, count)| count).sum(),
            not_in_run: totals.not_accounted_for,
            altered: totals.altered.as_ref().map(Vec::len),
        }
    }

    /// As an entry has them; none where it was not counted.
    fn entered(known: &AccessReview) -> Option<Self> {
        Some(Self {
            run: known.counted.clone()?,
            left_out: known.left_out,
            unknown_age: known.unknown_age,
            other_accounts: known.other_accounts,
            not_in_run: known.not_in_run,
            altered: known.altered,
        })
    }

    /// Its numbers: what was not compared and what was and is as we wrote it are one.
    fn numbers(&self) -> [usize; 5] {
        let altered = self.altered.unwrap_or_default();
        [self.left_out, self.unknown_age, self.other_accounts, self.not_in_run, altered]
    }

    /// Its keys in the order in which they are written.
    fn keys(&self) -> Vec<String> {
        let mut keys = vec![format!("counted = {}", quoted(&self.run)), format!("left_out = {}", self.left_out)];
        for (key, count) in [
            ("unknown_age", self.unknown_age),
            ("other_accounts", self.other_accounts),
            ("not_in_run", self.not_in_run),
        ] {
            // An entry without the key says none.
            if count > 0 {
                keys.push(format!("{key} = {count}"));
            }
        }
        keys.extend(self.altered.map(|count| format!("altered = {count}")));
        keys
    }
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
            // A count against another run stands; one against the same run that came out otherwise is told.
            let before = Counted::entered(known);
            let differs = |now: &&Counted| {
                let before = before.as_ref();
                before.is_none_or(|before| before.run == now.run && before.numbers() != now.numbers())
            };
            let Some(counted) = entry.counted.as_ref().filter(differs) else {
                return Ok(None);
            };
            let key = format!("access_reviews[{at}].file");
            let was = if before.is_none() { "was not counted" } else { "was counted otherwise" };
            let what = format!("`{}` is entered, and {was}: write {} there", entry.file, counted.keys().join(", "));
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
    for key in entry.counted.iter().flat_map(Counted::keys) {
        let _ = writeln!(block, "{key}");
    }
    write::append(path, text, "access_reviews", &[block]).map(Some)
}
