//! # Every root event of the look-back is listed
//!
//! ## What it asks
//! What the root user did in the last 90 days, in every region.
//!
//! ## Why an auditor asks
//! Root escapes every limit. An auditor takes each use of it and asks for the reason, the approval and who it was.
//!
//! ## How it is decided
//! CloudTrail's event history is asked in each region for the events of the user `root` and of the account's alias, and
//! those whose identity is of type `Root` are kept, reads and failed sign-ins included. They are printed with time,
//! operation, source address and error as far as a cell of a sheet holds them; the evidence holds all. Events that a
//! service made in root's name say so, and so do those of root sessions that the organization's management account or a
//! delegated administrator opened by `sts:AssumeRoot`: nobody signed in as root there, and the number of them is told. A person compares them with the tickets: `manual`, also where there are none, because the history holds
//! 90 days and the audit period may be longer. The day of the last root sign-in in the credential report is told beside
//! it where it falls into the period. A region that could not be read, or was not scanned, is `not-evaluated`, and so is
//! one with more than 1000 events under one name. Events of the last quarter of an hour may not have arrived yet.
//!
//! ## What else is accepted
//! A query of the trail itself, over the whole period.
//!
//! ## What it does not see
//! Events older than 90 days, and those of the last quarter of an hour, are not in the event history. It holds
//! management events only: reads and writes of objects with root's keys are data events of the trail. Root users of
//! other accounts stand in those accounts.
//!
//! ## Remediation
//! Run `kickoff scan` every quarter, so that the runs cover the period. Console: CloudTrail, Event history, user name
//! `root`. CLI: `aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=root`. Terraform:
//! an alarm on root use (`aws_cloudwatch_log_metric_filter`) makes the next one known.
//!
//! ## Peers
//! No peer prints it.
//!
//! ## References
//! AWS CloudTrail User Guide, "Viewing recent management events"; "CloudTrail userIdentity element"; API Reference,
//! `LookupEvents`.

use kickoff_facts::{Need, View};

use crate::frame::wording::day;
use crate::parameters::Parameters;
use crate::reasoning::event_history;
use crate::{Evaluation, Kind, Level, Meta, Per, Severity};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-root-activity-in-period",
    control: "CC6.1.17",
    title: "Every root event of the look-back is listed",
    severity: Severity::High,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Manual,
    criteria: &["CC6.1", "CC7.2", "CC7.3"],
    needs: &[Need::RootEvents, Need::Regions, Need::CredentialReport],
    parameters: &[],
    expected: "each use of root in the look-back has a reason and an approval",
    fix: "find out who used root and why, record it, and move the task to a role",
};

/// Decides.
///
/// # Errors
/// The account's regions are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let signed_in = view.credential_report().ok().and_then(|report| report.root.as_ref()?.password_last_used);
    event_history::judge(
        view,
        |region| region.root_events(),
        |_| true,
        |all| {
            let mut verdict = all.verdict("root event", "compare each with its ticket");
            let sessions = all.events.iter().filter(|(_, event)| event.assumed_root).count();
            if sessions > 0 {
                let told = format!("; {sessions} of them in root sessions by sts:AssumeRoot, no sign-in of root");
                verdict.observed.push_str(&told);
            }
            if let Some(at) = signed_in.filter(|at| (all.start..=all.end).contains(at)) {
                let told = format!("; the credential report dates root's last sign-in {}", day(at));
                verdict.observed.push_str(&told);
            }
            verdict
        },
    )
}
