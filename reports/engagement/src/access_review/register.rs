//! The reviews that kickoff.toml names, each read again from its file: what an occurrence of the request is answered with.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::civil::Date;
use kickoff_checks::Status;

use super::judge::{Review, judge};
use super::sheet::from_bytes;
use crate::cadence::{LATE_DAYS, Occurrence};
use crate::file::Engagement;
use crate::files::{bytes_below, digest};
use crate::registers::{AccessReview, Document};

/// The request of the default list that a review answers.
pub const REQUEST: &str = "IAM-12";

/// How a review of kickoff.toml stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewResult {
    /// What it is for.
    pub occurrence: String,
    /// The request that it answers.
    pub request: String,
    /// The file, below the folder of kickoff.toml.
    pub file: String,
    /// The digest of the file as it is now; none where it cannot be read.
    pub sha256: Option<String>,
    /// The review, judged; none where the file cannot be read.
    pub review: Option<Review>,
    /// What keeps it from counting, and what is for a person to look at.
    pub findings: Vec<(Status, String)>,
    /// As a document of its request.
    pub document: Document,
}

impl ReviewResult {
    /// The status by itself, whatever the time of the report.
    #[must_use]
    pub fn status(&self) -> Status {
        let has = |wanted: Status| self.findings.iter().any(|(status, _)| *status == wanted);
        let worst = [Status::Fail, Status::NotEvaluated, Status::Manual].into_iter().find(|status| has(*status));
        worst.unwrap_or(Status::Pass)
    }

    /// What was found, in words.
    #[must_use]
    pub fn reasons(&self) -> Vec<String> {
        self.findings.iter().map(|(_, what)| what.clone()).collect()
    }

    /// `31 principals: 27 keep, 3 revoke, 1 change`, with who reviewed.
    #[must_use]
    pub fn counts(&self) -> String {
        let Some(review) = &self.review else { return "it cannot be read".to_owned() };
        let names: Vec<&str> = review.reviewers.iter().map(|reviewer| reviewer.name.as_str()).collect();
        let by = if names.is_empty() { String::new() } else { format!(", by {}", names.join(", ")) };
        format!("{}{by}", counts(review))
    }
}

/// `29 of 31 principals decided: 25 keep, 3 revoke, 1 change`.
#[must_use]
pub fn counts(review: &Review) -> String {
    let of = |name| review.decided_to(name);
    format!(
        "{} of {} principals decided: {} keep, {} revoke, {} change",
        review.decided(),
        review.rows.len(),
        of("keep"),
        of("revoke"),
        of("change")
    )
}

/// The reviews of the file on a day, in its order. Files lie below `folder`.
#[must_use]
pub fn register(engagement: &Engagement, folder: &Path, today: Date) -> Vec<ReviewResult> {
    let all = &engagement.access_reviews;
    let mut results: Vec<ReviewResult> = all.iter().map(|entry| one(entry, engagement, folder, today)).collect();
    for at in 0..results.len() {
        let Some(entry) = all.get(at) else { continue };
        // The sheets of an occurrence are one review: what none of them has is told with the first.
        let beside = || all.iter().zip(&results).filter(|(other, _)| is_beside(entry, other));
        let first = all.iter().position(|other| is_beside(entry, other)) == Some(at);
        let has: BTreeSet<&String> =
            beside().filter_map(|(_, result)| result.review.as_ref()).flat_map(|review| &review.accounts).collect();
        let readable = beside().all(|(_, result)| result.review.is_some());
        let scope = engagement.scope.accounts.iter().map(|account| &account.id);
        let lacking: Vec<String> = scope.filter(|id| !has.contains(id)).cloned().collect();
        if first && readable && !lacking.is_empty() {
            let what = format!("no row of accounts in scope: {}", lacking.join(", "));
            if let Some(result) = results.get_mut(at) {
                result.findings.push((Status::Fail, what));
            }
        }
    }
    results
}

fn is_beside(one: &AccessReview, other: &AccessReview) -> bool {
    Occurrence::parse(&one.occurrence) == Occurrence::parse(&other.occurrence) && request(one) == request(other)
}

fn request(entry: &AccessReview) -> &str {
    entry.request.as_deref().unwrap_or(REQUEST)
}

fn one(entry: &AccessReview, engagement: &Engagement, folder: &Path, today: Date) -> ReviewResult {
    let mut findings = Vec::new();
    let of = Occurrence::parse(&entry.occurrence);
    let (mut sha256, mut review) = (None, None);
    match bytes_below(folder, &entry.file) {
        Err(error) => {
            let absent = error.kind() == std::io::ErrorKind::NotFound;
            let what = if absent { "is not there".to_owned() } else { format!("cannot be read: {error}") };
            let status = if absent { Status::Fail } else { Status::NotEvaluated };
            findings.push((status, format!("{} {what}", entry.file)));
        }
        Ok(bytes) => {
            let found = digest(&bytes);
            if !entry.sha256.eq_ignore_ascii_case(&found) {
                let what = format!(
                    "{} changed since it was read: its SHA-256 is {found}; if that is right, write it under [[access_reviews]]",
                    entry.file
                );
                findings.push((Status::Manual, what));
            }
            sha256 = Some(found);
            match from_bytes(Path::new(&entry.file), &bytes, entry.dates) {
                Ok(sheet) => {
                    let judged = judge(&sheet, engagement, of.as_ref(), today);
                    findings.extend(judged.findings());
                    findings.extend(time(&judged, of.as_ref()).map(|what| (Status::Fail, what)));
                    findings.extend(undated(&judged).map(|what| (Status::Manual, what)));
                    findings.extend(scope(&judged, entry).map(|what| (Status::Fail, what)));
                    findings.extend(completeness(entry));
                    review = Some(judged);
                }
                Err(error) => findings.push((Status::NotEvaluated, error.to_string())),
            }
        }
    }
    let day = review.as_ref().and_then(Review::last_day);
    let document = Document {
        request: request(entry).to_owned(),
        title: Some(format!("Access review, {}", entry.occurrence)),
        file: Some(entry.file.clone()),
        occurrence: Some(entry.occurrence.clone()),
        on: day,
        ..Document::default()
    };
    ReviewResult {
        occurrence: entry.occurrence.clone(),
        request: request(entry).to_owned(),
        file: entry.file.clone(),
        sha256,
        review,
        findings,
        document,
    }
}

/// Why a list is not of the time that it was reviewed for: each of its rows must be.
pub(super) fn time(review: &Review, of: Option<&Occurrence>) -> Option<String> {
    let ((first, as_of), of) = review.first_as_of.zip(review.as_of).zip(of)?;
    if first < of.first {
        return Some(format!("its list is of {first}, before {} began, on {}", of.name, of.first));
    }
    let late = (as_of - of.last).get_days() > i32::try_from(LATE_DAYS).unwrap_or(i32::MAX);
    late.then(|| format!("its list is of {as_of}, more than {LATE_DAYS} days after {} ended, on {}", of.name, of.last))
}

/// That it is not known of which day a list is, or some of its rows are.
pub(super) fn undated(review: &Review) -> Option<String> {
    match (review.as_of, review.undated) {
        (None, _) => Some("no row says of which day its list is (As of)".to_owned()),
        (Some(_), 0) => None,
        (Some(_), rows) => Some(format!("rows that do not say of which day they are (As of): {rows}")),
    }
}

/// What is to be said of the count of its rows: a sheet does not show which of its rows were taken out, put in or changed.
fn completeness(entry: &AccessReview) -> Vec<(Status, String)> {
    let Some(run) = &entry.counted else {
        let what = "its rows were not counted against a run, so that one that was taken out is not seen: `kickoff access-review --returned FILE --replay RUN --write` counts them";
        return vec![(Status::Manual, what.to_owned())];
    };
    let counts = [
        (
            Status::Fail,
            entry.left_out,
            format!("principals of {run} without a row, though they were there when the list was made"),
        ),
        (
            Status::Manual,
            entry.unknown_age,
            format!("principals of {run} without a row, and it is not known whether they were there"),
        ),
        (Status::Manual, entry.other_accounts, format!("principals of {run} in accounts that it has no row of")),
        (Status::Manual, entry.not_in_run, format!("rows that name no principal of {run}")),
        (Status::Manual, entry.altered.unwrap_or_default(), format!("rows that are not as {run} has them")),
    ];
    let found = counts.into_iter().filter(|(_, count, _)| *count > 0);
    found.map(|(status, count, what)| (status, format!("{what}: {count}"))).collect()
}

/// The accounts that an entry is said to be for and of which it has no row.
fn scope(review: &Review, entry: &AccessReview) -> Option<String> {
    let lacking: Vec<&str> =
        entry.accounts.iter().filter(|id| !review.accounts.contains(*id)).map(String::as_str).collect();
    (!lacking.is_empty()).then(|| format!("no row of accounts that it is for: {}", lacking.join(", ")))
}

/// The occurrence of a calendar that a day lies in, by how often the request asks: a quarter where nothing is said.
#[must_use]
pub fn occurrence_of(engagement: &Engagement, day: Date) -> Occurrence {
    let every = engagement
        .requests
        .iter()
        .find(|entry| entry.every.is_some() && (entry.id == REQUEST || entry.standard.iter().any(|id| id == REQUEST)));
    let every = every.and_then(|entry| entry.every).unwrap_or(crate::cadence::Every::Quarter);
    Occurrence::of(every, day)
}

/// An occurrence by its name, `2026-Q3`.
#[must_use]
pub fn occurrence(name: &str) -> Option<Occurrence> {
    Occurrence::parse(name)
}
