//! # All grants and removals of access of the look-back
//!
//! ## What it asks
//! Which users, credentials, roles, memberships, policies and assignments were made, changed or taken away in the last
//! 90 days, by whom.
//!
//! ## Why an auditor asks
//! This is the population from which an auditor samples: for each grant the request and its approval, for each leaver the
//! removal and its date.
//!
//! ## How it is decided
//! CloudTrail's event history is asked for the changes of IAM, which appear in one region of a partition (`us-east-1`;
//! `us-gov-west-1`; `cn-north-1`), of IAM Identity Center, its directory and what provisions it, which appear in its home
//! region, of IAM Roles Anywhere, of delegated administration in Organizations, and for sessions as a member's root user
//! (`AssumeRoot`). Every change of these services counts that the table of changes does not name as bearing on nothing
//! (sign-ins, reports, tags of what is no principal): one of an operation that the table does not know is listed, and said
//! to be unknown. What only reads is told by the event's `readOnly`, not by its name.
//!
//! Where one page holds all changes of a region, or twenty pages all events of a service, they are read from it; otherwise
//! operation by operation, and then the reason says that operations which the table does not know were not asked for. The
//! events are printed with time, who did it, to what, source address and error, the oldest first, as far as a cell of a
//! sheet holds them; the evidence holds all. Attempts that were refused are in the list and say so. A person takes the
//! sample: `manual`, also where there are none, because the history holds 90 days. A region that could not be read, or was
//! not scanned, is `not-evaluated`, and so is one with more than 1000 events of one operation; the rest of its events is
//! listed. Identity Center's events stand in the account that owns or administers it, not in this one. People whom an
//! external identity provider adds to its own groups do not appear. Policies of resources (of buckets, keys, topics) are
//! not in this population; those that bear on logs and alarms are in `cloudtrail-tamper-events-in-period`.
//!
//! ## What else is accepted
//! A query of the trail itself, over the whole period; a ticket system's export, tied to such a query.
//!
//! ## What it does not see
//! Events older than 90 days, and those of the last quarter of an hour, are not in the event history. Shares of RAM,
//! grants of KMS, and rights within databases, clusters and applications are not in the list. Changes that an identity
//! provider makes on its own side are seen there only. What a policy said before and after is in the evidence.
//!
//! ## Remediation
//! Run `kickoff scan` every quarter, so that the runs cover the period. Console: CloudTrail, Event history, event source
//! `iam.amazonaws.com`. CLI: `aws cloudtrail lookup-events --region us-east-1 --lookup-attributes
//! AttributeKey=EventName,AttributeValue=CreateUser`. Terraform: `aws_cloudtrail` keeps what the history forgets.
//!
//! ## Peers
//! No peer prints it.
//!
//! ## References
//! AWS IAM User Guide, "Logging IAM and AWS STS API calls with AWS CloudTrail"; IAM Identity Center User Guide, "Logging
//! IAM Identity Center API calls"; AWS CloudTrail API Reference, `LookupEvents`.

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::event_history;
use crate::{Evaluation, Kind, Level, Meta, Per, Severity};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-access-change-population",
    control: "CC6.2.02",
    title: "All grants and removals of access of the look-back",
    severity: Severity::Medium,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Manual,
    criteria: &["CC6.2", "CC6.3", "CC8.1"],
    needs: &[Need::ChangeEvents, Need::Regions],
    parameters: &[],
    expected: "each grant of access was approved, and each leaver's access was taken away in time",
    fix: "record the approval that is missing, or take the access away",
};

/// Decides.
///
/// # Errors
/// The account's regions are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    event_history::judge_changes(
        view,
        &|_, change| change.bearing.is_access(),
        |_| true,
        |all| all.verdict("access change", "take the sample, and compare each with its approval"),
    )
}
