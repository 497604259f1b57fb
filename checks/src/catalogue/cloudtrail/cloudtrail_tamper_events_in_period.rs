//! # Trail stops, deletes and selector changes of the look-back
//!
//! ## What it asks
//! Whether somebody stopped, deleted or changed a trail or an event data store in the last 90 days, or chose other events
//! for it, and who.
//!
//! ## Why an auditor asks
//! A trail that records today says nothing of last month. Whoever wants to act unseen stops the trail first and starts it
//! again; only the events tell.
//!
//! ## How it is decided
//! CloudTrail's event history, which cannot be switched off, is asked in each region for `StopLogging`, `StartLogging`,
//! `DeleteTrail`, `UpdateTrail`, `PutEventSelectors`, `StopEventDataStoreIngestion`, `UpdateEventDataStore` and
//! `DeleteEventDataStore`. As many as a cell of a sheet holds are printed; the evidence holds all. Attempts that were refused are in the list and
//! say so. A person compares them with approved changes: `manual`, also where there are none, because the history holds
//! 90 days. A region that could not be read, or was not scanned, is `not-evaluated`. A trail of the organization is
//! changed in the account that owns it, and the event stands there.
//!
//! ## What else is accepted
//! A query of the trail itself, over the whole period, with its digest files validated.
//!
//! ## Remediation
//! Run `kickoff scan` every quarter, so that the runs cover the period. Console: CloudTrail, Event history, event name
//! `StopLogging`. CLI: `aws cloudtrail lookup-events --lookup-attributes
//! AttributeKey=EventName,AttributeValue=StopLogging`. Terraform: an `aws_organizations_policy` that denies these
//! operations to all but one role.
//!
//! ## Peers
//! No peer prints it.
//!
//! ## References
//! AWS CloudTrail User Guide, "Viewing recent management events"; API Reference, `LookupEvents`, `StopLogging`.

use kickoff_facts::activity::Change;
use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::event_history;
use crate::{Evaluation, Kind, Level, Meta, Per, Severity};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "cloudtrail-tamper-events-in-period",
    control: "CC7.2.13",
    title: "Trail stops, deletes and selector changes of the look-back",
    severity: Severity::High,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Manual,
    criteria: &["CC7.2", "CC7.3", "CC8.1"],
    needs: &[Need::ChangeEvents, Need::Regions],
    parameters: &[],
    expected: "each change of what trails record was approved",
    fix: "find out who changed the trail and why, and what went unrecorded meanwhile",
};

/// Decides.
///
/// # Errors
/// The account's regions are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    event_history::judge(
        view,
        |region| region.change_events(),
        |event| event.change() == Some(Change::Trail),
        |all| all.verdict("trail change", "compare each with its approval"),
    )
}
