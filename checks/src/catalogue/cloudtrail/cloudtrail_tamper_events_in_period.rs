//! # Changes of logging, detection and guardrails of the look-back
//!
//! ## What it asks
//! Whether somebody stopped, deleted or changed in the last 90 days what records, what finds, who is told, or what limits
//! everybody; and who.
//!
//! ## Why an auditor asks
//! A trail that records today says nothing of last month, and a detector that runs today may have rested. Whoever wants to
//! act unseen stops what watches first and starts it again; only the events tell.
//!
//! ## How it is decided
//! CloudTrail's event history, which cannot be switched off, is asked in each region for the changes of every service whose
//! logging or detection a control relies on: CloudTrail (trails, selectors, event data stores, channels), AWS Config,
//! GuardDuty (detectors, filters, lists, members, destinations), Security Hub (standards, controls, automation rules,
//! findings that are suppressed, aggregators), Access Analyzer, Inspector, Macie, Detective, Security Lake, CloudWatch
//! (alarms, mute rules, metric streams) and its logs (groups, retention, filters, subscriptions, policies, keys, masking),
//! sharing by the Observability Access Manager, EventBridge, SNS, flow logs and traffic mirrors of EC2, DNS query logs, web
//! ACL logs, delivery streams, load balancers' and databases' logs, buckets, KMS keys, documents of Systems Manager, and of
//! what limits everybody: Organizations, regions, password rules, root access and contacts. One table says which operations
//! these are (`change_events.csv` in the source, with AWS's page and the date of each). Of services that do nothing but
//! watch, every other change is listed too, and said to be unknown; what only reads is told by the event's `readOnly`.
//! Changes of a bucket that holds no trail, flow log or Config history are counted and not listed, where it is known which
//! buckets do.
//!
//! As many as a cell of a sheet holds are printed; the evidence holds all. Attempts that were refused are in the list and
//! say so. A person compares them with approved changes: `manual`, also where there are none, because the history holds 90
//! days. A region that could not be read, or was not scanned, is `not-evaluated`, and so is one with more than 1000 events
//! of one operation; the rest of its events is listed. A trail of the organization is changed in the account that owns it,
//! and the event stands there. Objects that are deleted are data events, which this history does not hold.
//!
//! ## What else is accepted
//! A query of the trail itself, over the whole period, with its digest files validated.
//!
//! ## What it does not see
//! Events older than 90 days, and those of the last quarter of an hour, are not in the event history. What a change
//! was in detail, such as the selectors before and after, is in the evidence and not in the list. What was changed
//! outside of AWS's API, such as the rules of a SIEM or an agent on a server, leaves no event here.
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

use std::cell::Cell;

use kickoff_facts::activity::AccountEvent;
use kickoff_facts::{Need, View};

use crate::frame::wording::count;
use crate::parameters::Parameters;
use crate::reasoning::event_history;
use crate::{Evaluation, Kind, Level, Meta, Per, Severity};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "cloudtrail-tamper-events-in-period",
    control: "CC7.2.13",
    title: "Changes of logging, detection and guardrails of the look-back",
    severity: Severity::High,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Manual,
    criteria: &["CC7.2", "CC7.3", "CC8.1"],
    needs: &[Need::ChangeEvents, Need::LogBuckets, Need::Regions],
    parameters: &[],
    expected: "each change of what is recorded, looked for and limited was approved",
    fix: "find out who made the change and why, and what went unseen meanwhile",
};

/// Decides.
///
/// # Errors
/// The account's regions are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    // Which buckets hold logs is not known everywhere; then all count.
    let log_buckets = view.log_buckets().ok();
    let elsewhere = |event: &AccountEvent| {
        let bucket = event.target.iter().find_map(|target| target.strip_prefix("bucketName "));
        match (event.source.as_str(), bucket, log_buckets) {
            ("s3.amazonaws.com", Some(bucket), Some(logs)) => logs.iter().all(|log| log.name != bucket),
            _ => false,
        }
    };
    let left_out = Cell::new(0_usize);
    event_history::judge_changes(
        view,
        // Who administers for the organization may switch off what watches it.
        &|source, change| !change.bearing.is_access() || source == "organizations.amazonaws.com",
        |event| {
            let out = elsewhere(event);
            left_out.set(left_out.get() + usize::from(out));
            !out
        },
        |all| {
            let mut verdict = all.verdict("change", "compare each with its approval");
            if left_out.get() > 0 {
                let other = count(left_out.get(), "change");
                verdict.observed = format!("beside {other} of buckets that hold no logs: {}", verdict.observed);
            }
            verdict
        },
    )
}
