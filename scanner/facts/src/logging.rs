//! CloudTrail and CloudWatch Logs: what is recorded; with the alarms, topics and event rules of [`crate::alerting`].

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Observed;
pub use crate::alerting::{
    Alarm, AlarmChange, AlarmHistory, Condition, Metric, Rule, SubscriptionFilter, Term, Topic, TopicAttributes,
    TopicKey, TopicKeySettings, TopicSubscription,
};

/// A trail, as one region lists it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Trail {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The region where it was made; elsewhere it is a shadow.
    pub home_region: String,
    /// True in exactly one region of the scan: the home region, or, when that is not in scope, the first that lists it.
    /// Checks on trails as resources look at primary ones, so that no trail is judged twice.
    pub primary: bool,
    /// It records every region.
    pub multi_region: bool,
    /// It belongs to the organization.
    pub organization: bool,
    /// It records events of global services.
    pub global_service_events: bool,
    /// Digest files are written.
    pub log_file_validation: bool,
    /// The bucket it delivers to.
    pub bucket: String,
    /// The key prefix in the bucket, without slashes at the ends.
    pub prefix: String,
    /// The KMS key, by ARN or id.
    pub kms_key: Option<String>,
    /// The log group it delivers to, by ARN.
    pub log_group_arn: Option<String>,
    /// Its topic, by ARN.
    pub topic_arn: Option<String>,
    /// Its state, asked in the home region.
    pub status: Observed<TrailStatus>,
    /// What it records, asked in the home region.
    pub selectors: Observed<Selectors>,
    /// The kinds of Insights it makes; empty when none.
    pub insights: Observed<Vec<InsightSelector>>,
}

impl Trail {
    /// Whether the trail records events of a region.
    #[must_use]
    pub fn covers(&self, region: &str) -> bool {
        self.multi_region || self.home_region == region
    }

    /// The account that owns the trail.
    #[must_use]
    pub fn owner(&self) -> &str {
        self.arn.split(':').nth(4).unwrap_or_default()
    }
}

/// `GetTrailStatus`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrailStatus {
    /// It records now.
    pub logging: bool,
    /// When it was last switched on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logging_since: Option<Timestamp>,
    /// The last delivery to the bucket.
    pub last_delivery: Option<Timestamp>,
    /// What S3 said when the last delivery failed.
    pub delivery_error: Option<String>,
    /// The last delivery to the log group.
    pub last_log_group_delivery: Option<Timestamp>,
    /// What CloudWatch Logs said when the last delivery failed.
    pub log_group_delivery_error: Option<String>,
    /// The last delivery of a digest file.
    pub last_digest_delivery: Option<Timestamp>,
    /// What S3 said when the last delivery of a digest failed.
    pub digest_delivery_error: Option<String>,
}

/// `GetEventSelectors`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Selectors {
    /// Basic selectors; empty when advanced ones are in force.
    pub basic: Vec<BasicSelector>,
    /// Advanced selectors.
    pub advanced: Vec<AdvancedSelector>,
}

/// A basic event selector.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BasicSelector {
    /// `All`, `ReadOnly`, `WriteOnly`.
    pub read_write: String,
    /// Management events are recorded.
    pub management: bool,
    /// Services whose management events are left out, `kms.amazonaws.com`.
    pub excluded_sources: Vec<String>,
    /// Data resources: type and ARNs.
    pub data: Vec<DataResource>,
}

/// A data resource of a basic selector.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DataResource {
    /// `AWS::S3::Object`, ...
    pub kind: String,
    /// ARNs, each a prefix: `arn:aws:s3` is every bucket, `arn:aws:s3:::name/` one.
    pub values: Vec<String>,
}

/// An advanced event selector: all its field conditions hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AdvancedSelector {
    /// Its name.
    pub name: String,
    /// Its conditions.
    pub fields: Vec<FieldSelector>,
}

impl AdvancedSelector {
    /// The conditions on a field.
    pub fn on<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a FieldSelector> {
        self.fields.iter().filter(move |f| f.field == field)
    }
}

/// A condition of an advanced selector; within a list one match is enough, negations must all hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FieldSelector {
    /// `eventCategory`, `readOnly`, `eventSource`, `eventName`, `resources.type`, `resources.ARN`, ...
    pub field: String,
    /// Exactly one of these.
    pub equals: Vec<String>,
    /// Begins with one of these.
    pub starts_with: Vec<String>,
    /// Ends with one of these.
    pub ends_with: Vec<String>,
    /// None of these.
    pub not_equals: Vec<String>,
    /// Begins with none of these.
    pub not_starts_with: Vec<String>,
    /// Ends with none of these.
    pub not_ends_with: Vec<String>,
}

impl FieldSelector {
    /// Whether a value meets the condition.
    #[must_use]
    pub fn matches(&self, value: &str) -> bool {
        let positive = self.equals.is_empty() && self.starts_with.is_empty() && self.ends_with.is_empty()
            || self.equals.iter().any(|x| x == value)
            || self.starts_with.iter().any(|x| value.starts_with(x.as_str()))
            || self.ends_with.iter().any(|x| value.ends_with(x.as_str()));
        positive
            && !self.not_equals.iter().any(|x| x == value)
            && !self.not_starts_with.iter().any(|x| value.starts_with(x.as_str()))
            && !self.not_ends_with.iter().any(|x| value.ends_with(x.as_str()))
    }
}

/// A kind of Insights that a trail makes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InsightSelector {
    /// `ApiCallRateInsight`, `ApiErrorRateInsight`.
    pub kind: String,
    /// The events that it looks at: `Management`, `Data`. AWS takes none for management events.
    pub categories: Vec<String>,
}

impl InsightSelector {
    /// Whether it looks at a category of events.
    #[must_use]
    pub fn looks_at(&self, category: &str) -> bool {
        if self.categories.is_empty() {
            category == "Management"
        } else {
            self.categories.iter().any(|named| named == category)
        }
    }
}

/// A log group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogGroup {
    /// Its name.
    pub name: String,
    /// Its ARN, without the trailing `:*`.
    pub arn: String,
    /// How many days events are kept; none is for ever.
    pub retention_days: Option<u32>,
    /// The KMS key, by ARN; none means a key of the service.
    pub kms_key: Option<String>,
    /// Bytes stored.
    pub stored_bytes: u64,
    /// How many metric filters it has, as CloudWatch Logs counts them. None when the answer does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_filters: Option<u64>,
    /// `STANDARD`, `INFREQUENT_ACCESS`, `DELIVERY`; empty where AWS did not say.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub class: String,
}

impl LogGroup {
    /// Whether its class fixes what others let one set: groups of class `DELIVERY` keep events a day or two, only to hand
    /// them on to S3 or X-Ray (CloudWatch Logs User Guide, "Log classes").
    #[must_use]
    pub fn has_fixed_settings(&self) -> bool {
        self.class == "DELIVERY"
    }
}

/// A metric filter.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MetricFilter {
    /// Its name.
    pub name: String,
    /// The log group it reads.
    pub log_group: String,
    /// Its pattern.
    pub pattern: String,
    /// The metrics it feeds.
    pub metrics: Vec<Published>,
    /// Which events it looks at, by fields that CloudWatch Logs adds: `@aws.account IN ["111122223333"]`; none is all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selection: Option<String>,
    /// Fields that CloudWatch Logs adds to events, and that the filter makes dimensions of: `@aws.account`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub system_dimensions: Vec<String>,
    /// It looks at events as the log group's transformer leaves them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub transformed: bool,
}

/// A metric that a metric filter feeds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Published {
    /// The namespace.
    pub namespace: String,
    /// The metric's name.
    pub name: String,
    /// What an event that matches is worth: a number, or a field of the event, `$.size`.
    pub value: String,
    /// What is published while events come in and none matches; none is nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<f64>,
    /// Names of dimensions and the fields of the event that give their values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<(String, String)>,
    /// Its unit; none is AWS's word `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// A resource policy of CloudWatch Logs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogResourcePolicy {
    /// Its name.
    pub name: String,
    /// The document, as JSON text.
    pub document: String,
}

/// A subscription of a log group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Subscription {
    /// Its name.
    pub name: String,
    /// Where events go, by ARN.
    pub destination: String,
    /// Its filter pattern, empty for all events; none when it is not known.
    pub pattern: Option<String>,
    /// Which events it takes by the account or region that they come from; none is all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selection: Option<String>,
}

/// The resource policy of a log group of its own, beside those of the account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogGroupPolicy {
    /// The log group's name.
    pub log_group: String,
    /// Which security log it holds, `trail acme-main`.
    pub holds: String,
    /// Its policies; AWS allows one.
    pub policies: Observed<Vec<LogResourcePolicy>>,
}

/// The subscriptions of a log group that holds security logs (a trail's, or VPC flow logs).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SecurityLogGroup {
    /// The log group's name.
    pub log_group: String,
    /// Which security log it holds, `trail acme-main`.
    pub holds: String,
    /// Its subscriptions.
    pub subscriptions: Observed<Vec<Subscription>>,
}

/// An account-wide subscription policy of CloudWatch Logs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccountSubscription {
    /// Its name.
    pub name: String,
    /// Where events go, by ARN; none when the policy cannot be read.
    pub destination: Option<String>,
    /// Its filter pattern, empty for all events; none when the policy does not say.
    pub pattern: Option<String>,
    /// Which log groups it leaves out or in, as AWS states it; none is all.
    pub selection: Option<String>,
}

/// A link by which the account shares its CloudWatch data with a monitoring account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SharingLink {
    /// Its ARN.
    pub arn: String,
    /// The sink of the monitoring account, by ARN.
    pub sink: String,
    /// What is shared: `AWS::CloudWatch::Metric`, `AWS::Logs::LogGroup`, ...
    pub data: Vec<String>,
}

/// The preferences of Session Manager in a region, as far as they are about logging.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SessionPreferences {
    /// The bucket that sessions are logged to.
    pub bucket: Option<String>,
    /// The log group that sessions are logged to.
    pub log_group: Option<String>,
    /// What the document's parameters are where whoever begins a session does not name another value.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub defaults: BTreeMap<String, String>,
}
