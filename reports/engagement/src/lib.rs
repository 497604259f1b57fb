//! `kickoff.toml`: the engagement as code. Scope, people, thresholds, documents, requests, risks and exceptions, read,
//! held against each other, and joined with the results of a run.

pub mod access_review;
pub mod attestations;
mod cadence;
pub mod carried;
pub mod cells;
mod check;
mod check_auditor;
mod columns;
mod dates;
pub mod documents;
mod file;
pub mod files;
pub mod findings;
mod fold;
pub mod init;
mod notices;
mod people;
mod person_names;
pub mod printed;
mod problems;
mod quote;
mod read;
pub mod readiness;
mod regions;
pub mod register;
mod registers;
pub mod requests;
pub mod risks;
mod runs;
mod salvage;
mod schema;
mod scope;
mod secrets;
mod shape;
mod sheets;
mod statements;
mod thresholds;
mod vendors;
mod words;
mod write;
mod zone;

pub use cadence::{Every, Nature, Occurrence};
pub use columns::Said;
pub use file::{Auditor, Contact, Deliverable, Deliverer, Engagement, Entity, Report, ReportType, Schedule, Window};
pub use notices::counted;
pub use people::{Channel, Escalation, Person, WorkItem};
pub use problems::{EngagementError, Lines, Problem};
pub use regions::is_region_name;
pub use registers::{
    AccessReview, Attestation, Attested, Control, Document, Exception, Policy, RequestEntry, ResultScope, Risk,
    RiskState,
};
pub use runs::{RunEvery, Runs, length};
pub use schema::{SCHEMA, json_schema};
pub use scope::{Account, CATEGORIES, Exclusion, Method, Scope, Subservice, UserControl, is_account_id};
pub use secrets::{redacted, without_secrets};
pub use sheets::guessed_code;
pub use statements::{Finding, Return, ReturnState};
pub use vendors::Vendor;

/// `: did you mean ...?`, where something is near; nothing where not.
#[must_use]
pub fn nearest<'a>(given: &str, candidates: impl Iterator<Item = &'a str>) -> String {
    nearest_of(given, candidates).map(|candidate| format!(": did you mean `{candidate}`?")).unwrap_or_default()
}

/// The candidate that is most like what was given, where one is near.
pub(crate) fn nearest_of<'a>(given: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .map(|candidate| (strsim::jaro_winkler(given, candidate), candidate))
        .filter(|(near, _)| *near > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests;
