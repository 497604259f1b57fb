//! Figures that more than one report shows.

use std::collections::BTreeMap;

use kickoff_checks::{Check, Severity, Status};

use crate::results::{Document, ResultRow};

/// The results of one check.
#[derive(Debug)]
pub struct OfCheck<'a> {
    /// The check.
    pub check: &'static Check,
    /// Its results, in the document's order.
    pub rows: Vec<&'a ResultRow>,
}

impl OfCheck<'_> {
    /// How many results have a status.
    #[must_use]
    pub fn count(&self, status: Status) -> usize {
        self.rows.iter().filter(|row| row.status == status.name()).count()
    }

    /// What the check's results come to, for sorting and colouring: the first of fail, not evaluated, manual, pass, and
    /// so on that occurs.
    #[must_use]
    pub fn foremost(&self) -> Status {
        [Status::Fail, Status::NotEvaluated, Status::Manual, Status::Pass, Status::Excluded, Status::NoPopulation]
            .into_iter()
            .find(|status| self.count(*status) > 0)
            .unwrap_or(Status::NotApplicable)
    }
}

/// Results by check: failures first, the worst first.
#[must_use]
pub fn by_check(document: &Document) -> Vec<OfCheck<'_>> {
    let mut rows: BTreeMap<&str, Vec<&ResultRow>> = BTreeMap::new();
    for row in &document.results {
        rows.entry(&row.check).or_default().push(row);
    }
    let mut groups: Vec<OfCheck<'_>> =
        rows.into_iter().filter_map(|(id, rows)| Check::get(id).map(|check| OfCheck { check, rows })).collect();
    groups.sort_by_key(|group| {
        let order = match group.foremost() {
            Status::Fail => 0,
            Status::NotEvaluated => 1,
            Status::Manual => 2,
            Status::Pass => 3,
            _ => 4,
        };
        (order, std::cmp::Reverse(group.check.meta.severity), group.check.meta.id)
    });
    groups
}

/// How many results have each status, in the order of [`Status::ALL`].
#[must_use]
pub fn by_status(document: &Document) -> Vec<(Status, usize)> {
    let count = |status: Status| document.results.iter().filter(|row| row.status == status.name()).count();
    Status::ALL.into_iter().map(|status| (status, count(status))).collect()
}

/// Whether a failure of a severity, or a worse one, is there.
#[must_use]
pub fn fails_at(document: &Document, severity: Severity) -> bool {
    let at_least: Vec<&str> = Severity::ALL.into_iter().filter(|s| *s >= severity).map(Severity::name).collect();
    document.results.iter().any(|row| row.status == Status::Fail.name() && at_least.contains(&row.severity.as_str()))
}
