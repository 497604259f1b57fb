//! # Log file integrity validation is on
//!
//! ## What it asks
//! Whether CloudTrail writes signed digest files for each trail, by which an altered or deleted log file can be found.
//!
//! ## Why an auditor asks
//! Logs are evidence for every other control. Without digests nobody can show that they are what CloudTrail wrote.
//!
//! ## How it is decided
//! The population is every trail that the scanned regions list, an organization's included, each once.
//! `LogFileValidationEnabled` must be true.
//!
//! ## What else is accepted
//! Nothing: Object Lock keeps objects, it does not show that what was written is what CloudTrail delivered.
//!
//! ## Remediation
//! Console: CloudTrail, Trails, General details, Edit, Log file validation. CLI:
//! `aws cloudtrail update-trail --name NAME --enable-log-file-validation`. Terraform:
//! `enable_log_file_validation = true` in `aws_cloudtrail`.
//!
//! ## Peers
//! Prowler `cloudtrail_log_file_validation_enabled`; AWS Config `CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED`;
//! CIS AWS Foundations v5 3.2.
//!
//! ## References
//! AWS CloudTrail User Guide, "Validating CloudTrail log file integrity".

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "cloudtrail-log-validation",
    control: "CC7.2.08",
    title: "Log file integrity validation is on",
    severity: Severity::Medium,
    level: Level::Resource,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.2", "CC7.3"],
    needs: &[Need::Trails],
    parameters: &[],
    expected: "digest files are written for the trail",
    fix: "switch on log file validation of the trail",
};

/// Decides.
///
/// # Errors
/// The region's trails are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let judged = view.trails()?.iter().filter(|trail| trail.primary).map(|trail| {
        let observed = if trail.log_file_validation { "validation is on" } else { "validation is off" };
        Finding::new(
            Resource::new("AWS::CloudTrail::Trail", &trail.arn),
            Verdict::decide(trail.log_file_validation, observed),
        )
    });
    Ok(judged.collect())
}
