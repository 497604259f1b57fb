//! Alarms, their metrics, topics and event rules: who is told.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Observed;

/// A CloudWatch alarm: on a metric, composite, or on a query of logs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Alarm {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Composite: judged from other alarms.
    pub composite: bool,
    /// Of a composite one, the rule: `ALARM("a") OR ALARM("b")`.
    pub rule: Option<String>,
    /// Metric namespace; empty for composites and metric maths.
    pub namespace: String,
    /// Metric name; empty for composites and metric maths.
    pub metric: String,
    /// `OK`, `ALARM`, `INSUFFICIENT_DATA`.
    pub state: String,
    /// Since when it is in that state.
    pub state_since: Option<Timestamp>,
    /// Actions are switched on.
    pub actions_enabled: bool,
    /// Actions on ALARM, by ARN.
    pub alarm_actions: Vec<String>,
    /// Actions on OK, by ARN.
    pub ok_actions: Vec<String>,
    /// Actions on INSUFFICIENT_DATA, by ARN.
    pub insufficient_data_actions: Vec<String>,
    /// `missing`, `notBreaching`, `breaching`, `ignore`: what silence means.
    pub treat_missing_data: String,
    /// The metrics that it watches, those of metric maths included.
    pub watches: Vec<Metric>,
    /// Queries that it watches: searches, Metrics Insights, PromQL, and those of log alarms.
    pub queries: Vec<String>,
    /// It watches a query of logs.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub on_logs: bool,
    /// The log groups that its query of logs is put to, by name or ARN; empty where the query names them itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub log_groups: Vec<String>,
    /// What raises it; none for composites and for those that watch queries of logs or of PromQL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
    /// Of a composite one, the alarm that can hold its actions back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressor: Option<String>,
}

/// What raises a metric alarm.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Condition {
    /// `Sum`, `Average`, `p99`, ...; empty for metric maths, whose terms have one each.
    pub statistic: String,
    /// Seconds that the statistic is taken over; of metric maths the longest of its terms'.
    pub period: u32,
    /// `GreaterThanOrEqualToThreshold`, ...
    pub comparison: String,
    /// With what the statistic is compared; none where that is not one number.
    pub threshold: Option<f64>,
    /// How many periods are looked at.
    pub evaluation_periods: u32,
    /// How many of them must be beyond the threshold; none is all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datapoints_to_alarm: Option<u32>,
    /// The unit that it watches; none is any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// A percentile of few data points changes nothing.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub few_samples_ignored: bool,
    /// Periods are those of the clock; else they end when the alarm is evaluated.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub wall_clock: bool,
    /// The terms of metric maths.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<Term>,
}

/// A term of metric maths: a metric, or an expression on other terms.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Term {
    /// The name by which expressions mean it.
    pub id: String,
    /// Its expression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// Its metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric: Option<Metric>,
    /// Of a metric, `Sum`, `p99`, ...
    #[serde(skip_serializing_if = "String::is_empty")]
    pub statistic: String,
    /// Of a metric, the unit that is asked for; none is any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The account that has the metric, where it is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The alarm watches it.
    pub returned: bool,
}

/// Changes of alarms' states in a period. CloudWatch keeps them for a month, also those of alarms that were deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlarmHistory {
    /// The first second that was asked for (UTC).
    pub start: Timestamp,
    /// The last second: when the run began (UTC).
    pub end: Timestamp,
    /// The changes, the oldest first.
    #[serde(default)]
    pub changes: Vec<AlarmChange>,
}

/// A change of an alarm's state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AlarmChange {
    /// The alarm's name.
    pub alarm: String,
    /// When (UTC).
    pub time: Option<Timestamp>,
    /// What happened, as CloudWatch says it: `Alarm updated from OK to ALARM`.
    pub summary: String,
}

/// An SNS topic that an alarm, a rule or a trail tells.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Topic {
    /// Its ARN.
    pub arn: String,
    /// What tells it: `alarm cpu-high`, `rule guardduty-high`.
    pub told_by: Vec<String>,
    /// Its subscriptions; known as none when the topic does not exist any more.
    pub subscriptions: Observed<Option<Vec<TopicSubscription>>>,
    /// Who may publish to it, and by which key it is encrypted; asked where somebody confirmed a subscription.
    pub attributes: Observed<TopicAttributes>,
}

/// `GetTopicAttributes`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TopicAttributes {
    /// Its policy, as JSON text.
    pub policy: String,
    /// The key that encrypts it; none where no key does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<TopicKey>,
}

/// The KMS key of a topic.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TopicKey {
    /// As the topic names it: an id, an ARN or an alias.
    pub id: String,
    /// The key itself; known as none when it does not exist any more. AWS's own key for SNS is not asked about.
    pub settings: Observed<Option<TopicKeySettings>>,
}

/// What the KMS key of a topic is set to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TopicKeySettings {
    /// Its ARN.
    pub arn: String,
    /// `CUSTOMER` or `AWS`.
    pub manager: String,
    /// `Enabled`, `Disabled`, `PendingDeletion`, ...
    pub state: String,
    /// The key policy, as JSON text.
    pub policy: Observed<String>,
}

/// A subscription of a topic.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TopicSubscription {
    /// `email`, `https`, `lambda`, `sqs`, ...
    pub protocol: String,
    /// Where it goes; of a web address the host only.
    pub endpoint: String,
    /// The endpoint said yes: an unconfirmed one hears nothing.
    pub confirmed: bool,
    /// Which messages it takes; none is all. Asked of confirmed ones only.
    pub filter: Observed<Option<SubscriptionFilter>>,
}

/// The filter policy of a subscription.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SubscriptionFilter {
    /// The policy, as JSON text.
    pub policy: String,
    /// It is put to the body of messages; else to their attributes.
    pub body: bool,
}

/// An EventBridge rule on the default bus that has an event pattern.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// It is enabled.
    pub enabled: bool,
    /// The event pattern, as JSON text.
    pub pattern: String,
    /// Its targets, by ARN; asked for enabled rules only.
    pub targets: Observed<Vec<String>>,
}

/// A metric of CloudWatch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Metric {
    /// Its namespace, `AWS/RDS`.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Names and values of its dimensions.
    pub dimensions: Vec<(String, String)>,
}
