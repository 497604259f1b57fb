//! AWS Config, GuardDuty and Security Hub.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Observed;

/// A Config recorder, with its state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Recorder {
    /// Its name, `default` almost always.
    pub name: String,
    /// The role it uses, by ARN.
    pub role: String,
    /// It records all supported types.
    pub all_supported: bool,
    /// It records global types (IAM).
    pub include_global: bool,
    /// `ALL_SUPPORTED_RESOURCE_TYPES`, `INCLUSION_BY_RESOURCE_TYPES`, `EXCLUSION_BY_RESOURCE_TYPES`; empty when not given.
    pub strategy: String,
    /// Types named for inclusion.
    pub types: Vec<String>,
    /// Types left out.
    pub excluded_types: Vec<String>,
    /// It records now.
    pub recording: bool,
    /// `Success`, `Failure`, `Pending`; empty when it never ran.
    pub last_status: String,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// How often it records: `CONTINUOUS`, `DAILY`; empty when not given, which is continuous.
    pub frequency: String,
    /// Types that are recorded at another frequency.
    pub frequency_of: Vec<FrequencyOf>,
}

/// Types that a recorder records at a frequency of their own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FrequencyOf {
    /// The types.
    pub types: Vec<String>,
    /// `CONTINUOUS`, `DAILY`.
    pub frequency: String,
}

/// How many resources of a type AWS Config has discovered. AWS Config Developer Guide, `GetDiscoveredResourceCounts`: of the
/// types that are recorded, some time after a change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DiscoveredCount {
    /// The type, `AWS::IAM::User`.
    pub kind: String,
    /// How many.
    pub count: u64,
}

/// A Config delivery channel, with its state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeliveryChannel {
    /// Its name.
    pub name: String,
    /// The bucket it delivers to.
    pub bucket: String,
    /// Its topic, by ARN.
    pub topic_arn: Option<String>,
    /// Delivery of configuration history to the bucket.
    pub history: Delivery,
    /// Delivery of snapshots to the bucket.
    pub snapshot: Delivery,
    /// Delivery of the configuration stream to the topic.
    pub stream: Delivery,
}

/// The last delivery of a kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Delivery {
    /// `Success`, `Failure`, `Not_Applicable`; empty when it never happened.
    pub status: String,
    /// What went wrong.
    pub error: Option<String>,
    /// The last success.
    pub last_success: Option<Timestamp>,
    /// The last attempt, of an export to the bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_attempt: Option<Timestamp>,
    /// When the next one is due, of an export to the bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Timestamp>,
}

/// A Config aggregator.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Aggregator {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// It collects the whole organization.
    pub organization: bool,
    /// It collects all regions.
    pub all_regions: bool,
    /// The regions it collects, when not all.
    pub regions: Vec<String>,
    /// The accounts it collects, when not the organization.
    pub accounts: Vec<String>,
    /// What it takes in, where not all that recorders record.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<AggregatorFilter>,
}

/// A filter of a Config aggregator.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AggregatorFilter {
    /// `ResourceType`, `ServicePrincipal`.
    pub on: String,
    /// `INCLUDE`.
    pub kind: String,
    /// Resource types, or services whose own recorders are meant.
    pub values: Vec<String>,
}

/// A Config rule, with what does not comply.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConfigRule {
    /// Its name.
    pub name: String,
    /// `COMPLIANT`, `NON_COMPLIANT`, `NOT_APPLICABLE`, `INSUFFICIENT_DATA`.
    pub compliance: String,
    /// What does not comply; asked for rules that say `NON_COMPLIANT` only.
    pub noncompliant: Observed<Vec<NonCompliant>>,
}

/// A resource that does not comply with a Config rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NonCompliant {
    /// Its type.
    pub resource_type: String,
    /// Its id.
    pub resource_id: String,
    /// When Config recorded this result: the time of the evaluation, at the earliest of the change.
    pub recorded: Option<Timestamp>,
}

/// A GuardDuty detector.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Detector {
    /// Its id.
    pub id: String,
    /// `ENABLED`, `DISABLED`, and its features.
    pub settings: Observed<DetectorSettings>,
}

/// `GetDetector`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DetectorSettings {
    /// It runs.
    pub enabled: bool,
    /// Features that are on: `S3_DATA_EVENTS`, `EKS_AUDIT_LOGS`, `EBS_MALWARE_PROTECTION`, `RDS_LOGIN_EVENTS`, ...
    pub features_on: Vec<String>,
    /// Features that are off.
    pub features_off: Vec<String>,
    /// What a feature has beside its own switch.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub additional: Vec<AdditionalConfiguration>,
}

/// A switch that a feature of GuardDuty has beside its own: whether GuardDuty installs the agent that the feature reads.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AdditionalConfiguration {
    /// The feature, `RUNTIME_MONITORING`.
    pub feature: String,
    /// `EKS_ADDON_MANAGEMENT`, `ECS_FARGATE_AGENT_MANAGEMENT`, `EC2_AGENT_MANAGEMENT`.
    pub name: String,
    /// It is on.
    pub on: bool,
}

/// A GuardDuty or Security Hub finding.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Finding {
    /// Its id.
    pub id: String,
    /// Its type (GuardDuty) or title (Security Hub).
    pub title: String,
    /// 0.1 to 10 in tenths (GuardDuty), 0 to 100 in whole numbers (Security Hub).
    pub severity: u32,
    /// The resource it is about.
    pub resource: String,
    /// When it was first seen.
    pub first_seen: Option<Timestamp>,
    /// When it was last updated.
    pub updated: Option<Timestamp>,
    /// It was made on request, to show what one looks like: it tells nothing of the account.
    pub sample: bool,
    /// Somebody, or a filter, put it away (GuardDuty).
    pub archived: bool,
}

/// Who runs GuardDuty for this account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GuardDutyAdministration {
    /// The administrator account of this member; none when it has none.
    pub administrator: Option<String>,
    /// `Enabled` when the relationship is in force.
    pub relationship: Option<String>,
}

/// How accounts of an organization come under GuardDuty's administrator: `DescribeOrganizationConfiguration`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GuardDutyMembership {
    /// For whom GuardDuty is switched on by itself: `ALL`, `NEW`, `NONE`; none where the answer does not say.
    pub auto_enable: Option<String>,
    /// The administrator has as many members as it can have.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub limit_reached: bool,
}

/// A finding aggregator of Security Hub.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FindingAggregator {
    /// Its ARN.
    pub arn: String,
    /// Which regions it gathers; asked in its own region only.
    pub linking: Observed<RegionLinking>,
}

impl FindingAggregator {
    /// The region that it gathers findings in.
    #[must_use]
    pub fn region(&self) -> &str {
        self.arn.split(':').nth(3).unwrap_or_default()
    }

    /// The account that it belongs to.
    #[must_use]
    pub fn account(&self) -> &str {
        self.arn.split(':').nth(4).unwrap_or_default()
    }
}

/// `GetFindingAggregator`: the regions whose findings an aggregator gathers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RegionLinking {
    /// `ALL_REGIONS`, `ALL_REGIONS_EXCEPT_SPECIFIED`, `SPECIFIED_REGIONS`, `NO_REGIONS`.
    pub mode: String,
    /// The regions that the mode speaks of.
    pub regions: Vec<String>,
}

/// Security Hub in a region.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Hub {
    /// Its ARN.
    pub arn: String,
    /// Enabled standards, by ARN, with `READY`, `PENDING`, `INCOMPLETE`, ...
    pub standards: Observed<Vec<(String, String)>>,
    /// The subscriptions of those that are ready, by ARN.
    pub subscriptions: Vec<String>,
}
