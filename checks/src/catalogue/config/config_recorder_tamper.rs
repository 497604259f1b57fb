//! # Recorder stops of the look-back
//!
//! ## What it asks
//! Whether somebody stopped, deleted or changed a Config recorder or its delivery channel in the last 90 days, and who.
//!
//! ## Why an auditor asks
//! Config's history is evidence of change over the whole period only if it was recorded all the time. A recorder that
//! runs today may have rested last month.
//!
//! ## How it is decided
//! CloudTrail's event history is asked in each region for `StopConfigurationRecorder`, `StartConfigurationRecorder`,
//! `DeleteConfigurationRecorder`, `PutConfigurationRecorder`, `DeleteDeliveryChannel`, `PutDeliveryChannel` and
//! `PutRetentionConfiguration`. As many as a cell of a sheet holds are printed; the evidence holds all. Attempts that were refused are in the list
//! and say so. A person compares them with approved changes: `manual`, also where there are none, because the history
//! holds 90 days. A region that could not be read, or was not scanned, is `not-evaluated`.
//!
//! ## What else is accepted
//! A query of the trail itself, over the whole period.
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

use kickoff_facts::activity::Change;
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

/// Decides.
///
/// # Errors
/// The account's regions are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    event_history::judge(
        view,
        |region| region.change_events(),
        |event| event.change() == Some(Change::Recorder),
        |all| all.verdict("recorder change", "compare each with its approval"),
    )
}
