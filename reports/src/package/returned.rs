//! The access reviews that came back, as a register: what was decided in each, by whom, and what became of it.

use kickoff_engagement::access_review::{Fault, ReviewResult, follow};

use super::sources::Sources;
use crate::present;

/// The columns.
pub(super) const HEADS: [&str; 22] = [
    "Occurrence",
    "Request",
    "File",
    "SHA-256",
    "List of",
    "Accounts",
    "Rows",
    "Principals",
    "Decided",
    "Keep",
    "Revoke",
    "Change",
    "Not decided",
    "Reviewed by the reviewed",
    "Reviewers",
    "Last decision",
    "Revoked and gone",
    "Revoked and still there",
    "Revoked, not known",
    "Still there",
    "Status",
    "Reasons",
];

/// A record for each file.
pub(super) fn records(sources: &Sources<'_>) -> Vec<[String; HEADS.len()]> {
    if sources.returned.is_empty() {
        return Vec::new();
    }
    let run = &sources.document.run.id;
    let present = sources.review.map(|review| present::of_review(review, run));
    sources.returned.iter().map(|result| record(result, present.as_ref())).collect()
}

fn record(
    result: &ReviewResult,
    present: Option<&kickoff_engagement::access_review::Present>,
) -> [String; HEADS.len()] {
    let review = result.review.clone().unwrap_or_default();
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let to = |name| review.decided_to(name).to_string();
    let reviewers = review.reviewers.iter().map(|one| format!("{} ({})", one.name, one.rows));
    let followed = present.map(|present| follow(&review, present)).unwrap_or_default();
    let revoked = || followed.iter().filter(|one| one.decision.name() == "revoke");
    let became = |name: &str| match present {
        Some(_) => revoked().filter(|one| one.became.name() == name).count().to_string(),
        None => "principals were not read".to_owned(),
    };
    let there = revoked().filter(|one| one.became.name() == "still-there");
    let there = there.map(|one| format!("{}: {}", one.words(), one.became.why()));
    [
        result.occurrence.clone(),
        result.request.clone(),
        result.file.clone(),
        result.sha256.clone().unwrap_or_default(),
        day(review.as_of),
        review.accounts.iter().cloned().collect::<Vec<_>>().join(" "),
        review.all.to_string(),
        review.rows.len().to_string(),
        review.decided().to_string(),
        to("keep"),
        to("revoke"),
        to("change"),
        (review.rows.len() - review.decided()).to_string(),
        review.count(Fault::SelfReview).to_string(),
        reviewers.collect::<Vec<_>>().join("; "),
        day(review.last_day()),
        became("gone"),
        became("still-there"),
        became("not-known"),
        there.collect::<Vec<_>>().join("; "),
        result.status().name().to_owned(),
        result.reasons().join("; "),
    ]
}
