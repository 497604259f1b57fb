//! # Alarms have an action
//!
//! ## What it asks
//! Whether each CloudWatch alarm does something when it goes into ALARM.
//!
//! ## Why an auditor asks
//! An alarm without an action is a light that nobody sees.
//!
//! ## How it is decided
//! The population is every alarm, metric and composite. At least one action on ALARM is `pass`. Actions on OK or on
//! INSUFFICIENT_DATA alone are no alert: `fail`. The facts do not tell which alarms only feed a composite alarm; such
//! an alarm needs no action of its own and is `fail` all the same.
//!
//! ## What else is accepted
//! Any action on ALARM: a topic, a Lambda function, an OpsItem, a scaling policy. For an alarm that only feeds a
//! composite one, and for an EventBridge rule on its change of state, record an exception.
//!
//! ## What it does not see
//! Where the action leads, and whether it is allowed and switched on, is asked by the other `monitor-` checks. Whether
//! the alarm can fire, and what is watched by no alarm at all, is not this check's question.
//!
//! ## Remediation
//! Console: CloudWatch, Alarms, Edit, Notification, In alarm. CLI: `aws cloudwatch put-metric-alarm --alarm-actions ARN
//! ...`. Terraform: `alarm_actions` in `aws_cloudwatch_metric_alarm`.
//!
//! ## Peers
//! Prowler `cloudwatch_alarm_actions_alarm_state_configured`; AWS Config `CLOUDWATCH_ALARM_ACTION_CHECK`; ScoutSuite
//! `cloudwatch-alarm-without-actions`; Powerpipe `cloudwatch_alarm_action_enabled`.
//!
//! ## Where peers differ
//! - Powerpipe `cloudwatch_alarm_action_enabled`: accepts an action on OK alone. Such an alarm speaks when all is well
//!   again and is silent when it goes off (Amazon CloudWatch API Reference, `PutMetricAlarm`): here it fails.
//!
//! ## References
//! Amazon CloudWatch User Guide, "Alarm actions"; API Reference, `DescribeAlarms`.

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::alerting::alarm;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "monitor-alarm-has-action",
    control: "CC7.2.21",
    title: "Alarms have an action",
    severity: Severity::Medium,
    level: Level::Resource,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.2", "CC7.3", "CC7.4"],
    needs: &[Need::Alarms],
    parameters: &[],
    expected: "at least one action on ALARM",
    fix: "add an action on ALARM, or delete the alarm if nobody needs it",
};

/// Decides.
///
/// # Errors
/// The region's alarms are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let judged = view.alarms()?.iter().map(|found| {
        let [on_alarm, on_ok, on_silence] =
            [&found.alarm_actions, &found.ok_actions, &found.insufficient_data_actions].map(Vec::len);
        let observed = format!("actions: {on_alarm} on ALARM, {on_ok} on OK, {on_silence} on INSUFFICIENT_DATA");
        Finding::new(alarm(found), Verdict::decide(on_alarm > 0, observed))
    });
    Ok(judged.collect())
}
