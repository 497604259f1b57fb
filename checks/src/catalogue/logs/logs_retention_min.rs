//! # Log groups keep events at least the stated time
//!
//! ## What it asks
//! Whether each log group keeps its events at least `log_retention_min_days`.
//!
//! ## Why an auditor asks
//! Events that are deleted within the period can neither be sampled nor be used to look into an incident.
//!
//! ## How it is decided
//! The population is every log group of the scanned regions. A retention of at least the stated days is `pass`, and so
//! is no retention at all, which keeps events for ever. Less is `fail`. That some log groups must come to an end is
//! another question: `logs-retention-finite`. A log group of class `DELIVERY` keeps events a day or two and takes no other
//! retention: `not-applicable`.
//!
//! ## What else is accepted
//! Events that are forwarded and kept elsewhere can stand for it: record an exception for the log group.
//!
//! ## What it does not see
//! Whether events arrive at all, and since when, is not seen; a log group made yesterday passes. Streams that somebody
//! deletes by hand, and whether the group may be deleted (`deletionProtectionEnabled`), are not looked at. Retention
//! was perhaps shorter earlier in the period: what it ended does not come back.
//!
//! ## Remediation
//! Console: CloudWatch, Log groups, Retention setting. CLI: `aws logs put-retention-policy --log-group-name NAME
//! --retention-in-days 400`. Terraform: `retention_in_days` in `aws_cloudwatch_log_group`.
//!
//! ## Peers
//! Prowler `cloudwatch_log_group_retention_policy_specific_days_enabled`; Powerpipe
//! `cloudwatch_log_group_retention_period_365`; AWS Config `CW_LOGGROUP_RETENTION_PERIOD_CHECK`; CloudSploit
//! `logRetentionPeriod`.
//!
//! ## Where peers differ
//! - Powerpipe `cloudwatch_log_group_retention_period_365`: alarms on a log group that keeps its events for ever, as
//!   all do until a retention is set (Amazon CloudWatch Logs User Guide, "Change log data retention in CloudWatch
//!   Logs"). Whoever asks for a year at least gets it: `pass`. Whether they should end some day is asked by
//!   `logs-retention-finite`.
//!
//! ## References
//! Amazon CloudWatch Logs User Guide, "Change log data retention in CloudWatch Logs"; API Reference,
//! `DescribeLogGroups`.

use kickoff_facts::{Need, View};

use crate::frame::wording::count;
use crate::parameters::{LOG_RETENTION_MIN, Parameters};
use crate::reasoning::log_class::fixed;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "logs-retention-min",
    control: "CC7.2.18",
    title: "Log groups keep events at least the stated time",
    severity: Severity::Medium,
    level: Level::Resource,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.2", "CC7.3"],
    needs: &[Need::LogGroups],
    parameters: &[&LOG_RETENTION_MIN],
    expected: "events are kept at least {log_retention_min_days} days",
    fix: "lengthen the retention of the log group",
};

/// Decides.
///
/// # Errors
/// The region's log groups are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let limit = parameters.number(&LOG_RETENTION_MIN);
    let judged = view.log_groups()?.iter().map(|group| {
        let verdict = match group.retention_days {
            _ if group.has_fixed_settings() => fixed(group),
            Some(days) => Verdict::decide(u64::from(days) >= limit, format!("events are kept {}", count(days, "day"))),
            None => Verdict::pass("events are kept for ever"),
        };
        Finding::new(Resource::new("AWS::Logs::LogGroup", &group.arn), verdict)
    });
    Ok(judged.collect())
}
