//! # Alarm actions are not switched off
//!
//! ## What it asks
//! Whether the actions of each CloudWatch alarm are switched on.
//!
//! ## Why an auditor asks
//! Actions are switched off during maintenance and forgotten. The alarm then changes its colour and tells nobody.
//!
//! ## How it is decided
//! The population is every alarm, metric and composite. `ActionsEnabled` must be true. Whether there is an action at
//! all is asked by `monitor-alarm-has-action`: a new alarm has its actions switched on, even when it has none.
//!
//! ## What else is accepted
//! Nothing. For maintenance on the day of the scan, record an exception with an end date.
//!
//! ## Remediation
//! Console: CloudWatch, Alarms, Actions, Alarm actions, Enable. CLI: `aws cloudwatch enable-alarm-actions --alarm-names
//! NAME`. Terraform: `actions_enabled = true` in `aws_cloudwatch_metric_alarm`.
//!
//! ## Peers
//! Prowler `cloudwatch_alarm_actions_enabled`; Powerpipe `cloudwatch_alarm_action_enabled_check`; AWS Config
//! `CLOUDWATCH_ALARM_ACTION_ENABLED_CHECK`.
//!
//! ## References
//! Amazon CloudWatch API Reference, `DescribeAlarms`, `EnableAlarmActions`.

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::alerting::alarm;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "monitor-alarm-actions-enabled",
    control: "CC7.2.19",
    title: "Alarm actions are not switched off",
    severity: Severity::Medium,
    level: Level::Resource,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.2", "CC4.2"],
    needs: &[Need::Alarms],
    parameters: &[],
    expected: "the alarm's actions are switched on",
    fix: "switch the actions of the alarm on again",
};

/// Decides.
///
/// # Errors
/// The region's alarms are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let judged = view.alarms()?.iter().map(|found| {
        let observed = if found.actions_enabled { "actions are on" } else { "actions are off" };
        Finding::new(alarm(found), Verdict::decide(found.actions_enabled, observed))
    });
    Ok(judged.collect())
}
