//! Access Analyzer.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Observed;
use crate::muting::MuteRule;

/// An analyzer, with its active findings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Analyzer {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// `ACCOUNT`, `ORGANIZATION`, `ACCOUNT_UNUSED_ACCESS`, `ORGANIZATION_UNUSED_ACCESS`, `ACCOUNT_INTERNAL_ACCESS`, ...
    pub kind: String,
    /// `ACTIVE`, `CREATING`, `DISABLED`, `FAILED`.
    pub status: String,
    /// Of an analyzer of unused access, its settings; none where AWS did not tell them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unused_access: Option<UnusedAccessSettings>,
    /// Findings that are neither resolved nor archived; asked for active analyzers only.
    pub active_findings: Observed<Vec<AnalyzerFinding>>,
    /// Rules that archive its findings; asked for active analyzers only.
    pub archive_rules: Observed<Vec<MuteRule>>,
}

impl Analyzer {
    /// Whether it looks for access from outside the zone of trust.
    #[must_use]
    pub fn is_external(&self) -> bool {
        matches!(self.kind.as_str(), "ACCOUNT" | "ORGANIZATION")
    }

    /// Whether it looks for access that is granted and not used.
    #[must_use]
    pub fn is_unused_access(&self) -> bool {
        self.kind.ends_with("_UNUSED_ACCESS")
    }
}

/// A finding of an analyzer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AnalyzerFinding {
    /// Its id.
    pub id: String,
    /// The resource it is about.
    pub resource: String,
    /// The resource's type.
    pub resource_type: String,
    /// `ExternalAccess`, `UnusedIAMRole`, ...
    pub kind: String,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// The account that owns the resource: an organization's analyzer tells of all of them.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub owner: String,
}

impl AnalyzerFinding {
    /// Whether the resource belongs to an account; one of which the owner is not told counts as its own.
    #[must_use]
    pub fn is_of(&self, account: &str) -> bool {
        self.owner.is_empty() || self.owner == account
    }
}

/// What an analyzer of unused access looks for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UnusedAccessSettings {
    /// Access that was not used for more than so many days makes a finding.
    pub age_days: Option<u32>,
    /// What makes no finding.
    pub exclusions: Vec<Exclusion>,
}

/// What an analyzer leaves out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Exclusion {
    /// These accounts; empty is all.
    pub accounts: Vec<String>,
    /// Users and roles with one of these tags, `key=value`, or the key alone; empty is all.
    pub tags: Vec<String>,
}
