//! What is left to do of reviews that came back: revocations that a run does not show.

use super::against::{Became, FollowUp, Present, follow};
use super::register::ReviewResult;

/// Something that a reviewer decided and that is still to be done or looked at: what, and why that is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewTask {
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
}

/// The revocations of reviews that were not carried out, one by one; and, together, those that the run does not tell of.
#[must_use]
pub fn tasks(results: &[ReviewResult], present: Option<&Present>) -> Vec<ReviewTask> {
    let mut tasks = Vec::new();
    for result in results {
        let Some(review) = &result.review else { continue };
        let none = Present::default();
        let followed = follow(review, present.unwrap_or(&none));
        let revoked = || followed.iter().filter(|one| one.decision.name() == "revoke");
        for one in revoked().filter(|one| present.is_some() && matches!(one.became, Became::There(_))) {
            let after = one.days.map(|days| format!(", {days} days after the decision")).unwrap_or_default();
            let run = present.map(|present| present.run.clone()).unwrap_or_default();
            tasks.push(ReviewTask {
                what: one.words(),
                why: format!("still there in {run}{after}: {}", one.became.why()),
            });
        }
        let open: Vec<&FollowUp> =
            revoked().filter(|one| present.is_none() || matches!(one.became, Became::NotKnown(_))).collect();
        if let Some(first) = open.first() {
            let names: Vec<String> = open.iter().map(|one| one.name.clone()).collect();
            let why = if present.is_none() { "there is no run that tells who is there" } else { first.became.why() };
            tasks.push(ReviewTask {
                what: format!(
                    "see that what the access review of {} revokes is gone: {}",
                    result.occurrence,
                    super::sheet::some(&names)
                ),
                why: format!(
                    "{why}; `kickoff access-review --returned {} --replay RUN` holds them against a run",
                    result.file
                ),
            });
        }
    }
    tasks
}
