//! Amazon Inspector.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Observed;

/// What Inspector scans in a region: `ENABLED`, `ENABLING`, `DISABLED`, `SUSPENDED`, ...
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Inspector {
    /// Instances.
    pub ec2: String,
    /// Images in ECR.
    pub ecr: String,
    /// Functions and their packages; empty where Inspector does not scan them.
    pub lambda: String,
    /// The code of functions; empty where Inspector does not scan it.
    pub lambda_code: String,
}

impl Inspector {
    /// Whether it scans anything.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        [&self.ec2, &self.ecr, &self.lambda, &self.lambda_code].into_iter().any(|state| state == "ENABLED")
    }
}

/// A resource that Inspector knows of and does not scan.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NotScanned {
    /// `AWS_EC2_INSTANCE`, `AWS_ECR_REPOSITORY`, `AWS_LAMBDA_FUNCTION`.
    pub kind: String,
    /// Its id or ARN.
    pub id: String,
    /// `UNMANAGED_EC2_INSTANCE`, `EXCLUDED_BY_TAG`, `RESOURCE_TERMINATED`, ...
    pub reason: String,
}

/// The open findings of a region.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Vulnerabilities {
    /// Severity `CRITICAL`.
    pub critical: Observed<OldestFirst>,
    /// Severity `HIGH`.
    pub high: Observed<OldestFirst>,
}

/// The oldest open findings of a severity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OldestFirst {
    /// At most a hundred, the oldest first.
    pub findings: Vec<Vulnerability>,
    /// There are more, all of them younger.
    pub more: bool,
}

/// An open finding.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Vulnerability {
    /// Its ARN.
    pub arn: String,
    /// Its title: the CVE and the package.
    pub title: String,
    /// The resource.
    pub resource: String,
    /// When it was first seen.
    pub first_seen: Option<Timestamp>,
    /// Whether a version without it is out: `YES`, `PARTIAL`, `NO`; empty where Inspector did not say.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub fix: String,
}
