//! # All findings of the look-back with first seen, archived and age
//!
//! ## What it asks
//! Which findings GuardDuty made in the last 90 days, and which of them were put away.
//!
//! ## Why an auditor asks
//! That no high finding is open today can mean that all were handled, or that somebody archived them unread. This is the
//! population from which an auditor samples findings and asks for the ticket of each.
//!
//! ## How it is decided
//! Every finding of this account that GuardDuty keeps in each region, of any severity, archived or not; sample findings,
//! which GuardDuty makes on request, are left out. Each is told with its type, severity, resource, first day, last update
//! and id, as far as a cell of a sheet holds them; the evidence holds all. The age of an open one is counted from when it
//! was first seen. GuardDuty does not say when a finding was archived or by whom: the ticket does. It keeps findings 90
//! days. A person takes the sample: `manual`, also where there are none. A region that could not be read, or was not
//! scanned, is `not-evaluated`, and so is one with more than 1000 findings. Without a detector in any region:
//! `not-applicable`.
//!
//! ## What else is accepted
//! The incident tool's export of findings, tied to this list for a quarter.
//!
//! ## What it does not see
//! Findings older than 90 days are gone. When and by whom a finding was archived, and what was done about it, is not
//! in the answer; neither is what a member's administrator did in its own tools. What GuardDuty did not look for,
//! since a plan was off, cannot be in the list.
//!
//! ## Remediation
//! Run `kickoff scan` every quarter, so that the runs cover the period. Console: GuardDuty, Findings, All findings. CLI:
//! `aws guardduty list-findings --detector-id ID`. Terraform: `aws_guardduty_publishing_destination` keeps what GuardDuty
//! forgets.
//!
//! ## Peers
//! No peer prints it.
//!
//! ## References
//! Amazon GuardDuty User Guide, "Managing Amazon GuardDuty findings"; API Reference, `ListFindings`, `GetFindings`.

use jiff::SignedDuration;
use kickoff_facts::detection::Finding as GuardDutyFinding;
use kickoff_facts::{Need, View};

use crate::frame::wording::{count, day, entries};
use crate::parameters::Parameters;
use crate::reasoning::regions;
use crate::{Entry, Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "guardduty-finding-triage-in-period",
    control: "CC7.3.02",
    title: "All findings of the look-back with first seen, archived and age",
    severity: Severity::Medium,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Manual,
    criteria: &["CC7.3", "CC7.4"],
    needs: &[Need::GuardDutyHistory, Need::Regions],
    parameters: &[],
    expected: "each finding was looked at and answered in time",
    fix: "record what was done about the finding",
};

/// Decides.
///
/// # Errors
/// The account's regions are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let regions::Population { known, unknown: mut findings } =
        regions::population(view, "guardduty:ListFindings", |region| region.guardduty_history())?;
    let watched: Vec<_> = known.iter().filter_map(|(region, found)| Some((*region, found.as_ref()?))).collect();
    if !watched.is_empty() {
        findings.push(Finding::new(Resource::account(view), verdict(view, &watched, known.len())));
    } else if !known.is_empty() {
        let reason = "nothing looks here; guardduty-enabled judges that";
        let verdict = Verdict::not_applicable(format!("no detector in {}", count(known.len(), "region")), reason);
        findings.push(Finding::new(Resource::account(view), verdict));
    }
    Ok(findings)
}

/// How long GuardDuty keeps findings.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

fn verdict(view: &View<'_>, watched: &[(&str, &Vec<GuardDutyFinding>)], regions: usize) -> Verdict {
    let mut all: Vec<(&str, &GuardDutyFinding)> = watched
        .iter()
        .flat_map(|(region, found)| found.iter().filter(|finding| !finding.sample).map(|finding| (*region, finding)))
        .collect();
    all.sort_by_key(|(region, finding)| (finding.first_seen, *region, &finding.id));
    let archived = all.iter().filter(|(_, finding)| finding.archived).count();
    let text = format!(
        "{}, {archived} archived, until {}; a detector in {} of {}",
        count(all.len(), "finding"),
        day(view.as_of()),
        watched.len(),
        count(regions, "region")
    );
    let from = view.as_of().checked_sub(KEPT).unwrap_or(view.as_of());
    let rest = "GuardDuty keeps 90 days only: a longer period needs a scan every quarter";
    if all.is_empty() {
        return Verdict::manual(text, rest).over(from, view.as_of());
    }
    let told = entries(all.iter().map(|(region, finding)| told(view, region, finding)));
    Verdict::manual(format!("{text}: {told}"), format!("take the sample, and compare each with its ticket; {rest}"))
        .listing(all.iter().map(|(region, finding)| entry(region, finding)).collect())
        .over(from, view.as_of())
}

fn entry(region: &str, finding: &GuardDutyFinding) -> Entry {
    let on = |at: Option<jiff::Timestamp>| at.map(day).unwrap_or_default();
    vec![
        ("Region", region.to_owned()),
        ("Type", finding.title.clone()),
        ("Severity", format!("{}.{}", finding.severity / 10, finding.severity % 10)),
        ("Resource", finding.resource.clone()),
        ("First seen", on(finding.first_seen)),
        ("Updated", on(finding.updated)),
        ("Archived", if finding.archived { "yes" } else { "no" }.to_owned()),
        ("Finding id", finding.id.rsplit('/').next().unwrap_or(&finding.id).to_owned()),
    ]
}

fn told(view: &View<'_>, region: &str, finding: &GuardDutyFinding) -> String {
    let on = |at: Option<jiff::Timestamp>| at.map_or_else(|| "on an unknown day".to_owned(), day);
    let state = match finding.first_seen {
        _ if finding.archived => "archived".to_owned(),
        Some(at) => format!("open for {}", count(view.days_since(at), "day")),
        None => "open".to_owned(),
    };
    let (whole, tenths) = (finding.severity / 10, finding.severity % 10);
    format!(
        "{region} {} of severity {whole}.{tenths} on {}, first seen {}, updated {}, {state} [{}]",
        finding.title,
        finding.resource,
        on(finding.first_seen),
        on(finding.updated),
        finding.id.rsplit('/').next().unwrap_or(&finding.id)
    )
}
