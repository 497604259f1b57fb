//! Approved exceptions in results: a failing result that one covers is excluded, and says by whom, why and until when.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kickoff_checks::{Row, Status};
use kickoff_engagement::{Engagement, ResultScope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The approved exception that takes a failing result out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExceptionNote {
    /// Its id in kickoff.toml.
    pub id: String,
    /// Why.
    pub reason: String,
    /// What is done instead.
    pub compensating_control: String,
    /// Who approved it, by name where kickoff.toml has one.
    pub approver: String,
    /// The day of the approval.
    pub approved: String,
    /// The last day on which it counts.
    pub expires: String,
}

fn scope(row: &Row) -> ResultScope<'_> {
    ResultScope { check: row.check.meta.id, account: &row.account, region: &row.region, resource: &row.resource.id }
}

/// Takes failing results out that an exception covers on a day, and counts them by the exception's id; exceptions that
/// count and took nothing out stand there with 0. Only failures are taken out: what passes needs no exception, and what
/// is unknown or left to a person stays so.
pub fn exclude(rows: &mut [Row], engagement: &Engagement, day: Date) -> BTreeMap<String, usize> {
    let mut taken: BTreeMap<String, usize> =
        engagement.exceptions_on(day).map(|exception| (exception.id.clone(), 0)).collect();
    for row in rows.iter_mut().filter(|row| row.status == Status::Fail) {
        let Some(exception) = engagement.exception_for(&scope(row), day) else { continue };
        *taken.entry(exception.id.clone()).or_default() += 1;
        let approver = name(engagement, &exception.approver);
        let why = format!(
            "fails, and is excluded by {}: {} Instead: {} Approved by {approver} on {}, until {}.",
            exception.id,
            sentence(&exception.reason),
            sentence(&exception.compensating_control),
            exception.approved,
            exception.expires
        );
        row.status = Status::Excluded;
        row.reason = Some(match row.reason.take() {
            Some(reason) => format!("{why} {reason}"),
            None => why,
        });
    }
    taken
}

/// The exception of an excluded result.
pub(crate) fn note(row: &Row, engagement: &Engagement, day: Date) -> Option<ExceptionNote> {
    let exception = engagement.exception_for(&scope(row), day).filter(|_| row.status == Status::Excluded)?;
    Some(ExceptionNote {
        id: exception.id.clone(),
        reason: exception.reason.clone(),
        compensating_control: exception.compensating_control.clone(),
        approver: name(engagement, &exception.approver),
        approved: exception.approved.to_string(),
        expires: exception.expires.to_string(),
    })
}

fn name(engagement: &Engagement, id: &str) -> String {
    engagement.person(id).map_or_else(|| id.to_owned(), |person| person.name.clone())
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}
