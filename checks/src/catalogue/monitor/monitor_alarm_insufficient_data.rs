//! # Security alarms are not stuck without data
//!
//! ## What it asks
//! Whether any alarm on security events has been in INSUFFICIENT_DATA for longer than `alarm_no_data_max_hours`.
//!
//! ## Why an auditor asks
//! An alarm whose metric went silent may watch nothing any more: the log group was replaced, the filter deleted, the
//! metric renamed.
//!
//! ## How it is decided
//! The population is every metric alarm on a metric that a metric filter of the region feeds, by namespace and name. An
//! alarm in INSUFFICIENT_DATA for more than the stated hours, or since a time that AWS does not state, is `fail`; any
//! other state is `pass`. Security events are rare, so an alarm that treats missing data as `missing` falls silent
//! between two of them; one that treats it as `notBreaching` goes to OK. Metric maths and composite alarms name no
//! metric and are left out. OK does not prove that events arrive: `cloudtrail-cloudwatch` asks that.
//!
//! ## What else is accepted
//! A metric filter with a default value of 0, which gives data all the time.
//!
//! ## What it does not see
//! Metrics are not read: how many data points came, and when the last, is not seen beside the alarm's state. Alarms on
//! metrics that something else than a metric filter feeds are not in the population. Being without data earlier in the
//! period is told by `monitor-alarm-history-in-period`, for 30 days.
//!
//! ## Remediation
//! Console: CloudWatch, Alarms, Edit, Missing data treatment, good. CLI: `aws cloudwatch put-metric-alarm
//! --treat-missing-data notBreaching ...`. Terraform: `treat_missing_data = "notBreaching"` in
//! `aws_cloudwatch_metric_alarm`, or `default_value = "0"` in the metric filter. First see that the filter still reads
//! a log group that gets events.
//!
//! ## Peers
//! None.
//!
//! ## References
//! Amazon CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data"; API Reference,
//! `DescribeAlarms`.

use kickoff_facts::logging::Published;
use kickoff_facts::{Need, View};

use crate::frame::wording::count;
use crate::parameters::{ALARM_NO_DATA_MAX, Parameters};
use crate::reasoning::alerting::alarm;
use crate::reasoning::tested::tested;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "monitor-alarm-insufficient-data",
    control: "CC7.2.23",
    title: "Security alarms are not stuck without data",
    severity: Severity::Medium,
    level: Level::Resource,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.2"],
    needs: &[Need::Alarms, Need::MetricFilters],
    parameters: &[&ALARM_NO_DATA_MAX],
    expected: "an alarm on a metric filter is without data for at most {alarm_no_data_max_hours} hours",
    fix: "see that the metric filter still gets events, and treat missing data as notBreaching",
};

/// Decides.
///
/// # Errors
/// The region's alarms or metric filters are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let limit = parameters.number(&ALARM_NO_DATA_MAX);
    let alarms = view.alarms()?;
    let fed: Vec<&Published> = view.metric_filters()?.iter().flat_map(|filter| &filter.metrics).collect();
    let security = tested(view, alarms, alarm, |found| {
        let watches = fed.iter().any(|one| one.namespace == found.namespace && one.name == found.metric);
        (!watches).then_some("watches no metric that a metric filter feeds")
    });
    let judged = security.into_iter().map(|found| {
        let since = found.state_since.map(|at| (view.hours_since(at), at.strftime("%Y-%m-%d %H:%M UTC").to_string()));
        let observed = match &since {
            Some((hours, at)) => format!("{} since {at}, {}", found.state, count(hours, "hour")),
            None => format!("{} since a time that AWS does not state", found.state),
        };
        let silent = found.state == "INSUFFICIENT_DATA" && since.is_none_or(|(hours, _)| hours > limit);
        let verdict = Verdict::decide(!silent, format!("{observed}; missing data is {}", found.treat_missing_data));
        Finding::new(alarm(found), verdict)
    });
    Ok(judged.collect())
}
