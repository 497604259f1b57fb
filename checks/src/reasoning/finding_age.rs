//! How long something has been open, against a limit. The limit itself passes; what has no date cannot be shown to be
//! young and does not.

use std::fmt;

use jiff::Timestamp;
use kickoff_facts::View;

use crate::Verdict;
use crate::frame::wording::count;

/// Judges one thing that is open since a time.
#[must_use]
pub fn judge(view: &View<'_>, what: &str, since: Option<Timestamp>, limit: u64) -> Verdict {
    match since {
        Some(at) => {
            let age = view.days_since(at);
            Verdict::decide(
                age <= limit,
                format!("{what}; open for {}, since {}", count(age, "day"), at.strftime("%Y-%m-%d")),
            )
        }
        None => Verdict::fail(format!("{what}; it has no date, so its age cannot be shown")),
    }
}

/// The ages of many things that are open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ages {
    /// How many there are.
    pub count: usize,
    /// How many are over the limit.
    pub over: usize,
    /// How many have no date.
    pub undated: usize,
    /// Since when the oldest is open, and its age in days.
    pub oldest: Option<(Timestamp, u64)>,
}

impl Ages {
    /// Adds things that are open since these times.
    pub fn add(&mut self, view: &View<'_>, since: impl IntoIterator<Item = Option<Timestamp>>, limit: u64) {
        for since in since {
            self.count += 1;
            match since {
                None => self.undated += 1,
                Some(at) => {
                    let age = view.days_since(at);
                    self.over += usize::from(age > limit);
                    self.oldest = Some(self.oldest.map_or((at, age), |oldest| oldest.min((at, age))));
                }
            }
        }
    }

    /// Whether all are within the limit, as far as dates show.
    #[must_use]
    pub fn within(&self) -> bool {
        self.over == 0 && self.undated == 0
    }
}

impl fmt::Display for Ages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.count)?;
        if let Some((at, age)) = self.oldest {
            write!(f, ", the oldest {} old, of {}", count(age, "day"), at.strftime("%Y-%m-%d"))?;
        }
        if self.over > 0 {
            write!(f, ", {} over the limit", self.over)?;
        }
        if self.undated > 0 {
            write!(f, ", {} without a date", self.undated)?;
        }
        Ok(())
    }
}
