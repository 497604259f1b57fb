//! What the formats of findings share.

use std::collections::BTreeMap;

use kickoff_checks::{Check, Severity, Status};
use kickoff_evidence::sha256_hex;
use serde_json::{Map, Value, json};

use super::dossier::Dossier;
use crate::results::{Account, ResultRow};

/// What a finding says of its standard.
pub(super) const STANDARD: &str = "SOC 2 TSC 2017";

/// The identity of a finding, the same in every run: a digest over the check, the account, the region and the resource.
pub(super) fn identity(row: &ResultRow) -> String {
    sha256_hex(json!([row.check, row.account, row.region, row.resource]).to_string().as_bytes())
}

/// The status; none for one that this version does not know.
pub(super) fn status(row: &ResultRow) -> Option<Status> {
    Status::ALL.into_iter().find(|status| status.name() == row.status)
}

/// How much a finding matters: as much as its check says, but for what passes or does not arise, which alarms nobody. A
/// severity that this version does not know counts as high.
pub(super) fn severity(row: &ResultRow) -> Severity {
    match status(row) {
        Some(Status::Pass | Status::NotApplicable | Status::NoPopulation) => Severity::Info,
        _ => own_severity(row),
    }
}

/// Whether there is something to do about a result: it fails, an approved exception or not.
pub(super) fn fails(row: &ResultRow) -> bool {
    matches!(status(row), Some(Status::Fail | Status::Excluded))
}

/// The severity of the check.
pub(super) fn own_severity(row: &ResultRow) -> Severity {
    Severity::ALL.into_iter().find(|severity| severity.name() == row.severity).unwrap_or(Severity::High)
}

/// `Expected: ... Observed: ...`
pub(super) fn description(row: &ResultRow) -> String {
    let mut text = format!("Expected: {}. Observed: {}.", row.expected, row.observed);
    if let Some(reason) = &row.reason {
        text.push(' ');
        text.push_str(reason);
    }
    text
}

/// The accounts of a run, by id.
pub(super) fn accounts<'a>(dossier: &Dossier<'a>) -> BTreeMap<&'a str, &'a Account> {
    dossier.sources.document.run.accounts.iter().map(|account| (account.id.as_str(), account)).collect()
}

/// The checks that a run's results come from, by id; without those that this version does not have.
pub(super) fn checks<'a>(dossier: &Dossier<'a>) -> BTreeMap<&'a str, &'static Check> {
    let run = &dossier.sources.document.run;
    run.checks.iter().filter_map(|id| Some((id.as_str(), Check::get(id)?))).collect()
}

/// The test of a check's control, `CC6.1.03-T1`.
pub(super) fn test(check: &Check) -> String {
    format!("{}-T1", check.meta.control)
}

/// An object without what has no value.
pub(super) fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let filled = members.into_iter().filter(|(_, value)| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => true,
    });
    Value::Object(filled.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
}
