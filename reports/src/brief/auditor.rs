//! What the auditor gave back, and what the auditor found.

use kickoff_engagement::findings::{FindingResult, FindingState};
use kickoff_engagement::requests::{Progress, RequestStatus};

use super::BriefInput;
use super::state::{SHOWN, more, owned};
use crate::paper::Block;
use crate::paper::words::{Words, capital, many};

/// Both; none where the auditor has said nothing yet.
pub(super) fn section(input: &BriefInput<'_>) -> Option<Vec<Block>> {
    let said: Vec<&RequestStatus> = input.requests.iter().filter(|status| status.back.is_some()).collect();
    let mut blocks = Vec::new();
    if said.is_empty() && input.findings.is_empty() {
        return None;
    }
    if !said.is_empty() {
        blocks.extend(returned(input, &said));
    }
    if !input.findings.is_empty() {
        blocks.extend(findings(input));
    }
    Some(blocks)
}

fn returned(input: &BriefInput<'_>, said: &[&RequestStatus]) -> Vec<Block> {
    let count = |progress| said.iter().filter(|status| status.progress == progress).count();
    let open: Vec<&&RequestStatus> = said.iter().filter(|status| status.progress == Progress::Reopened).collect();
    let mut text = format!(
        "The auditor has answered on {}: {} accepted, {} not applicable, {} open again, {} handed over again since.",
        many(said.len(), "request"),
        count(Progress::Accepted),
        count(Progress::NotApplicable),
        open.len(),
        count(Progress::Redelivered),
    );
    text.push_str(&more(open.len(), "request", "the request list"));
    let rows = open.iter().take(SHOWN).map(|status| {
        let back = status.back.as_ref();
        let told = back.and_then(|back| back.shown()).map(|said| capital(&said.told())).unwrap_or_default();
        let day = Words::day(status.due, "the owner");
        [Words::from(&status.request.id), told.into(), day, owned(input, status.owner.as_deref())]
    });
    let columns = [("Request", 12), ("The auditor", 50), ("Due", 18), ("Owner", 20)];
    let mut blocks = vec![Block::subheading("Requests that came back"), Block::paragraph(text)];
    if !open.is_empty() {
        blocks.push(Block::table(columns, rows.collect()));
    }
    blocks
}

fn findings(input: &BriefInput<'_>) -> Vec<Block> {
    let open: Vec<&FindingResult> =
        input.findings.iter().filter(|result| result.state != FindingState::Closed).collect();
    let overdue = open.iter().filter(|result| result.state == FindingState::Overdue).count();
    let mut text = format!(
        "{} of the auditor: {} closed by the auditor, {} open, {overdue} of them overdue.",
        many(input.findings.len(), "finding"),
        input.findings.len() - open.len(),
        open.len(),
    );
    text.push_str(&more(open.len(), "finding", "the list of findings"));
    let rows = open.iter().take(SHOWN).map(|result| {
        let finding = &result.finding;
        let day = Words::day(finding.due, "the owner");
        let day = match result.state {
            FindingState::Overdue => Words::unsettled(format!("{}, overdue", day.text)),
            FindingState::Open | FindingState::Closed => day,
        };
        let severity = finding.severity.as_deref().map_or_else(|| Words::unsettled("Not said"), Words::from);
        [
            Words::from(&finding.id),
            (&finding.text).into(),
            severity,
            capital(&result.against_the_run()).into(),
            day,
            owned(input, finding.owner.as_deref()),
        ]
    });
    let columns = [
        ("Finding", 10),
        ("What was found", 32),
        ("Severity", 11),
        ("Against the run", 20),
        ("Due", 13),
        ("Owner", 14),
    ];
    let mut blocks = vec![Block::subheading("Findings"), Block::paragraph(text)];
    if !open.is_empty() {
        blocks.push(Block::table(columns, rows.collect()));
    }
    blocks
}
