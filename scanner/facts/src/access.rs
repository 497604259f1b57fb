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
}
