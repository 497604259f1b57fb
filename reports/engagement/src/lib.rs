//! `kickoff.toml`: the engagement as code. Scope, people, thresholds, documents, requests, risks and exceptions, read,
//! held against each other, and joined with the results of a run.

mod check;
mod documents;
mod file;
mod init;
mod people;
mod read;
mod readiness;
mod registers;
mod requests;
mod risks;
mod schema;
mod scope;
mod shape;
mod thresholds;

pub use documents::{Ambiguous, DocumentResult, Dropped, Match, documents, hash_below, match_folder, match_names};
pub use file::{Auditor, Contact, Deliverable, Engagement, Entity, Report, ReportType, ResultScope, Schedule, Window};
pub use init::{Answers, Found, FoundAccount, Owner, render, write_with_backup};
pub use people::{Channel, Escalation, Person, WorkItem};
pub use read::{EngagementError, Lines, Problem};
pub use readiness::{Part, Quality, Readiness, ReadinessInput, Task, readiness};
pub use registers::{Attestation, Attested, Control, Document, Exception, Policy, RequestEntry, Risk, RiskState};
pub use requests::{
    Answer, Answered, CheckOutcome, Outcomes, Progress, Reach, Request, RequestKind, RequestStatus, TableError,
    default_list, from_csv, from_xlsx, list, read as read_list, requests, to_csv, to_xlsx,
};
pub use risks::{
    LinkSet, Links, RegisterEntry, Score, Seeded, Standing, append_risks, links, risk_register, seed_risks,
};
pub use schema::{SCHEMA, json_schema};
pub use scope::{Account, CATEGORIES, Exclusion, Method, Scope, Subservice, UserControl, is_account_id};

/// `: did you mean ...?`, where something is near; nothing where not.
#[must_use]
pub fn nearest<'a>(given: &str, candidates: impl Iterator<Item = &'a str>) -> String {
    candidates
        .map(|candidate| (strsim::jaro_winkler(given, candidate), candidate))
        .filter(|(near, _)| *near > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| format!(": did you mean `{candidate}`?"))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
