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
//! INSUFFICIENT_DATA alone are no alert: `fail`. An alarm that feeds a composite one needs no action of its own: where
//! the composite alarm's rule holds when this alarm goes off, whatever state the others are in, and the composite has an
//! action on ALARM or feeds one that has, it is `pass`. Where the rule turns on other alarms too, is not understood, or
//! the composite's actions can be suppressed, it is `manual`.
//!
//! ## What else is accepted
//! Any action on ALARM: a topic, a Lambda function, an OpsItem, a scaling policy. For an EventBridge rule on its change
//! of state, record an exception.
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
use kickoff_policy::truth::Truth;

use crate::parameters::Parameters;
use crate::reasoning::alerting::alarm;
use crate::reasoning::last_mile::composite::leads;
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
    expected: "at least one action on ALARM, of its own or of a composite alarm that takes it up",
    fix: "add an action on ALARM, or delete the alarm if nobody needs it",
};

/// Decides.
///
/// # Errors
/// The region's alarms are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let alarms = view.alarms()?;
    let judged = alarms.iter().zip(leads(alarms)).map(|(found, (leads, through))| {
        let [on_alarm, on_ok, on_silence] =
            [&found.alarm_actions, &found.ok_actions, &found.insufficient_data_actions].map(Vec::len);
        let observed = format!("actions: {on_alarm} on ALARM, {on_ok} on OK, {on_silence} on INSUFFICIENT_DATA");
        let verdict = match (leads, through) {
            (Truth::True, Some(composite)) => {
                Verdict::pass(format!("{observed}; composite alarm {} takes it up", composite.name))
            }
            (Truth::Unknown, Some(composite)) => Verdict::manual(
                format!("{observed}; composite alarm {} names it", composite.name),
                "whether the composite alarm goes off with it turns on more than this alarm: judge whether somebody is told",
            ),
            _ => Verdict::decide(on_alarm > 0, observed),
        };
        Finding::new(alarm(found), verdict)
    });
    Ok(judged.collect())
}
