//! The access review as it comes back filled in: every row decided, by somebody else than the reviewed, in its time; and what was
//! to be revoked, as a run has it.
//!
//! What needs no run is told by [`judge`]; a run is given as a plain list of principals, so that nothing here knows a policy.

mod against;
mod decision;
mod entry;
mod heads;
mod judge;
mod register;
mod reviewers;
mod row;
mod sheet;
mod tasks;
#[cfg(test)]
mod tests;
mod told;
mod words;

pub use crate::cadence::Occurrence;
pub use against::{Became, FollowUp, Present, Principal, Totals, follow, totals};
pub use decision::Decision;
pub use entry::{Counted, Entry, append};
pub use heads::{HEADS, NEVER_USED};
pub use judge::{Review, judge};
pub use register::{REQUEST, ReviewResult, counts, occurrence, occurrence_of, register};
pub use reviewers::Reviewer;
pub use row::{Fault, JudgedRow};
pub use sheet::{Line, Sheet, bytes, from_bytes};
pub use tasks::{ReviewTask, tasks};
pub use told::{Part, of_run, of_sheet};
