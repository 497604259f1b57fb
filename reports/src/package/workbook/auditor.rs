//! What the auditor said: in the tracker of requests, and the findings with their end.

use kickoff_engagement::Return;

use super::super::dossier::Dossier;
use super::sheet::{Cell, Column, Sheet, col, day, word};
use crate::paper::words::person;

/// The cells of the auditor's columns in the tracker: status, comment, day and name, as they were said; room for them where
/// nothing was.
pub(super) fn said<'d>(said: Option<&'d Return>) -> [Cell<'d>; 4] {
    let Some(said) = said else { return [Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty] };
    let status = said.word.as_deref().or_else(|| said.state.map(|state| state.words()));
    [status.into(), said.comment.as_ref().into(), said.on.to_string().into(), said.by.as_ref().into()]
}

/// The findings of the auditor, those that are overdue first; closed ones stay.
pub(super) fn findings<'d>(dossier: &'d Dossier<'d>) -> Option<Sheet<'d>> {
    let columns: Vec<Column> = vec![
        col("Finding", 10.0),
        col("State", 10.0),
        col("What the auditor found", 46.0),
        col("Severity, in the auditor's word", 14.0),
        col("Raised", 12.0),
        col("Raised (date)", 12.0),
        col("Criteria", 14.0),
        col("Controls", 14.0),
        col("Tests", 30.0),
        col("Requests", 14.0),
        col("Owner", 18.0),
        col("Due", 12.0),
        col("Due (date)", 12.0),
        col("Management response", 40.0),
        col("Against this run", 36.0),
        col("Evidence of remediation", 30.0),
        col("SHA-256 of it", 24.0),
        col("Closed by the auditor on", 12.0),
        col("Closed (date)", 12.0),
        col("Closed by", 16.0),
        col("What is left to do", 40.0),
        col("Note", 24.0),
    ];
    let engagement = dossier.sources.engagement;
    let rows = dossier.sources.findings.iter().map(move |result| {
        let finding = &result.finding;
        let mut row: Vec<Cell<'_>> = vec![
            (&finding.id).into(),
            word(result.state.name()),
            (&finding.text).into(),
            finding.severity.as_ref().into(),
        ];
        row.extend(day(Some(finding.raised)));
        row.extend([
            finding.criteria.join(" ").into(),
            finding.controls.join(" ").into(),
            finding.checks.join(" ").into(),
            finding.requests.join(" ").into(),
            finding.owner.as_ref().map(|id| person(engagement, id)).into(),
        ]);
        row.extend(day(finding.due));
        row.extend([
            finding.response.as_ref().into(),
            result.against_the_run().into(),
            finding.evidence.as_ref().into(),
            result.sha256.as_ref().into(),
        ]);
        row.extend(day(finding.closed));
        row.extend([finding.closed_by.as_ref().into(), result.reasons.join("\n").into(), finding.note.as_ref().into()]);
        row
    });
    Sheet::new(columns, rows, "40_registers/findings.csv")
}
