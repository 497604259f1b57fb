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
//! A mute rule silences the actions of the alarms that it names at times, while they stay switched on. An alarm that a
//! rule names which is scheduled or active is `manual`, with the times: a person judges whether it may be silent then.
//! A rule that names no alarm may mute any: AWS does not say, and it counts for each. Rules that are over do not
//! count. Where mute rules could not be read, an alarm with actions that are on is `not-evaluated`.
//!
//! ## What else is accepted
//! Nothing. For maintenance on the day of the scan, record an exception with an end date.
//!
//! ## What it does not see
//! Whether the actions lead to somebody is asked by `monitor-alarm-confirmed-subscriber` and the other `monitor-`
//! checks. Switching off and on again within the period leaves no trace in this answer. A composite alarm whose
//! actions are held back by a suppressor alarm (`ActionsSuppressor`) has them switched on all the same.
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
//! Amazon CloudWatch API Reference, `DescribeAlarms`, `EnableAlarmActions`, `PutAlarmMuteRule`.

use kickoff_facts::muting::AlarmMute;
use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::alerting::alarm;
use crate::reasoning::mutes;
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
    needs: &[Need::Alarms, Need::AlarmMutes],
    parameters: &[],
    expected: "the alarm's actions are switched on, and no rule mutes them",
    fix: "switch the actions of the alarm on again, or take the alarm out of the mute rule",
};

/// Decides.
///
/// # Errors
/// The region's alarms are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let mutes = view.alarm_mutes();
    let judged = view.alarms()?.iter().map(|found| {
        Finding::judge(alarm(found), |_| {
            let times = |mutes: &[AlarmMute]| mutes::of_alarm(mutes, found).into_iter().map(mutes::when).collect();
            let told = |times: Vec<String>| times.iter().map(|when| format!("; muted by {when}")).collect::<String>();
            if !found.actions_enabled {
                // What else silences it may not be known; that they are off is.
                let times: Vec<String> = mutes.as_ref().map(|mutes| times(mutes)).unwrap_or_default();
                return Ok(Verdict::fail(format!("actions are off{}", told(times))));
            }
            let times: Vec<String> = times(mutes.clone()?);
            let reason = "judge whether the alarm may be silent at these times";
            Ok(match times.is_empty() {
                true => Verdict::pass("actions are on"),
                false => Verdict::manual(format!("actions are on{}", told(times)), reason),
            })
        })
    });
    Ok(judged.collect())
}
