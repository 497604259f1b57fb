//! # Recorder stops of the look-back
//!
//! ## What it asks
//! Whether somebody stopped, deleted or changed a Config recorder, its delivery channel, who collects from it, or a rule,
//! in the last 90 days, and who.
//!
//! ## Why an auditor asks
//! Config's history is evidence of change over the whole period only if it was recorded all the time. A recorder that
//! runs today may have rested last month.
//!
//! ## How it is decided
//! CloudTrail's event history is asked in each region for AWS Config's changes: of recorders, delivery channels, retention,
//! aggregators and authorizations, rules, conformance packs and remediation. Evaluations, queries and tags are left out. An
//! operation that the table of changes does not know is listed, and said to be unknown. As many as a cell of a sheet holds
//! are printed; the evidence holds all. Attempts that were refused are in the list and say so. A person compares them with
//! approved changes: `manual`, also where there are none, because the history holds 90 days. A region that could not be
//! read, or was not scanned, is `not-evaluated`, and so is one with more than 1000 events of one operation; the rest of its
//! events is listed. `cloudtrail-tamper-events-in-period` has these changes among those of all services.
//!
//! ## What else is accepted
//! A query of the trail itself, over the whole period.
//!
//! ## What it does not see
//! Events older than 90 days, and those of the last quarter of an hour, are not in the event history. Changes of the
//! recorder's role and of the delivery bucket are events of other services and not listed here. What a change was in
//! detail, such as the types before and after, is in the evidence and not in the list.
//!
//! ## Remediation
//! Run `kickoff scan` every quarter, so that the runs cover the period. Console: CloudTrail, Event history, event name
//! `StopConfigurationRecorder`. CLI: `aws cloudtrail lookup-events --lookup-attributes
//! AttributeKey=EventName,AttributeValue=StopConfigurationRecorder`. Terraform: an `aws_organizations_policy` that denies
//! these operations to all but one role.
//!
//! ## Peers
//! No peer prints it.
//!
//! ## References
//! AWS Config Developer Guide, "Logging AWS Config API calls with AWS CloudTrail"; AWS CloudTrail API Reference,
//! `LookupEvents`.

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::event_history;
use crate::{Evaluation, Kind, Level, Meta, Per, Severity};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "config-recorder-tamper",
    control: "CC7.1.03",
    title: "Recorder stops of the look-back",
    severity: Severity::Medium,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Manual,
    criteria: &["CC7.1", "CC8.1"],
    needs: &[Need::ChangeEvents, Need::Regions],
    parameters: &[],
    expected: "each change of what Config records was approved",
    fix: "find out who changed the recorder and why, and what went unrecorded meanwhile",
};

/// The service, as events name it.
const CONFIG: &str = "config.amazonaws.com";

/// Decides.
///
/// # Errors
/// The account's regions are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    event_history::judge_changes(
        view,
        &|source, _| source == CONFIG,
        |_| true,
        |all| all.verdict("recorder change", "compare each with its approval"),
    )
}
