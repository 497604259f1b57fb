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
//! `LogFileValidationEnabled` must be true, and digests must come: CloudTrail delivers one every hour, also where
//! nothing happened. `fail` when the trail is switched off, when the last digest met an error, when none ever came, or
//! when the newest is older than `trail_delivery_max_age_hours`. A trail that was switched on within that time and has
//! no new digest yet is `manual`. A trail of another account (an organization's, from a member) is judged as its owner
//! sees it, where that account is in the run, and else by what AWS tells a member: `GetTrailStatus` takes the ARN of
//! such a trail. Where the status was not asked for, the setting alone passes, and the reason says so; a status that
//! was denied or failed is `not-evaluated`.
//!
//! ## What else is accepted
//! Nothing: Object Lock keeps objects, it does not show that what was written is what CloudTrail delivered.
//!
//! ## What it does not see
//! The digest files themselves are not read and no log file is validated: `aws cloudtrail validate-logs` does that,
//! for a period. Whether validation was on during the whole period is told by `cloudtrail-tamper-events-in-period`,
//! and only as far back as 90 days.
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

use kickoff_facts::logging::TrailStatus;
use kickoff_facts::{GapKind, Need, View};

use crate::parameters::{Parameters, TRAIL_DELIVERY_MAX_AGE};
use crate::reasoning::delivery;
use crate::reasoning::trails::told_by_owner;
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
    parameters: &[&TRAIL_DELIVERY_MAX_AGE],
    expected: "digest files are written for the trail, the newest within {trail_delivery_max_age_hours} hours",
    fix: "switch on log file validation of the trail, start its logging, or mend what the delivery error names",
};

/// Decides.
///
/// # Errors
/// The region's trails are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let limit = parameters.number(&TRAIL_DELIVERY_MAX_AGE);
    let judged = view.trails()?.iter().filter(|trail| trail.primary).map(|trail| {
        Finding::judge(Resource::new("AWS::CloudTrail::Trail", &trail.arn), |seen| {
            let theirs = told_by_owner(view, trail);
            let off = theirs.as_ref().is_ok_and(|theirs| !theirs.log_file_validation);
            if off || !trail.log_file_validation {
                return Ok(Verdict::fail("validation is off"));
            }
            // What a member was told decides where its owner was not.
            let trail = theirs.or_else(|gap| if trail.status.get().is_ok() { Ok(trail) } else { Err(gap) })?;
            match seen.see(&trail.status) {
                Ok(status) => Ok(digests(view, status, limit)),
                Err(gap) if trail.owner() != view.account_id() && gap.kind == GapKind::NotCollected => {
                    let reason = format!("whether digests come is for the account that owns the trail: {gap}");
                    Ok(Verdict::pass("validation is on").because(reason))
                }
                Err(gap) => Err(gap),
            }
        })
    });
    Ok(judged.collect())
}

/// Whether digests come of a trail that is to write them.
fn digests(view: &View<'_>, status: &TrailStatus, limit: u64) -> Verdict {
    if !status.logging {
        return Verdict::fail("validation is on, but the trail is switched off: no digest is written");
    }
    let state = delivery::state(view, status.last_digest_delivery, status.digest_delivery_error.as_deref(), limit);
    let young = status.logging_since.is_some_and(|at| view.hours_since(at) <= limit);
    match state {
        Ok(state) => Verdict::pass(format!("validation is on, delivery of a digest {state}")),
        Err(state) if young && status.digest_delivery_error.is_none() => Verdict::manual(
            format!("validation is on, delivery of a digest {state}"),
            "the trail was switched on a short time ago: look whether digests have come since",
        ),
        Err(state) => Verdict::fail(format!("validation is on, but delivery of a digest {state}")),
    }
}
