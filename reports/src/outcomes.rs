//! What a run gave, for the registers of the engagement: results and evidence by check.

use std::collections::{BTreeMap, BTreeSet};

use kickoff_checks::Status;
use kickoff_engagement::requests::{CheckOutcome, Outcomes};

use crate::results::{Document, Text};

/// The outcomes of a run, from its results.
#[must_use]
pub fn outcomes(document: &Document) -> Outcomes {
    let mut checks: BTreeMap<String, (CheckOutcome, BTreeSet<&str>)> = BTreeMap::new();
    for row in &document.results {
        // A document is read by types of its own; a status that this version does not know counts as unknown.
        let status = Status::ALL.into_iter().find(|status| status.name() == row.status);
        let status = status.unwrap_or(Status::NotEvaluated);
        let (outcome, evidence) = checks.entry(row.check.to_string()).or_default();
        *outcome.statuses.entry(status).or_default() += 1;
        if status == Status::Fail {
            outcome.failing.push(row.resource.clone());
        }
        evidence.extend(row.evidence.iter().map(Text::as_str));
    }
    let checks = checks.into_iter().map(|(id, (mut outcome, evidence))| {
        outcome.evidence = evidence.into_iter().map(str::to_owned).collect();
        (id, outcome)
    });
    Outcomes { run: document.run.id.clone(), checks: checks.collect() }
}
