//! # Trail delivery is recent and error free
//!
//! ## What it asks
//! Whether the log files of each trail arrive in its bucket: the trail is on, the last delivery is recent, and the last
//! attempt had no error.
//!
//! ## Why an auditor asks
//! A trail can be switched on and still deliver nothing: the bucket is gone, or its policy or key was changed. Nobody
//! notices until the logs are needed.
//!
//! ## How it is decided
//! The population is every trail that the scanned regions list, each once. `fail` when the trail is not logging, when
//! `LatestDeliveryError` is set, when nothing was ever delivered, or when the last delivery is older than
//! `trail_delivery_max_age_hours`. Where log file validation is on, an error with the last digest file is `fail` as
//! well. A trail whose status cannot be read (an organization's, from a member) is `not-evaluated`. Delivery to a log
//! group is asked by `cloudtrail-cloudwatch`.
//!
//! ## What else is accepted
//! Nothing. A region without any activity delivers nothing for a while: set the limit to what is usual for you.
//!
//! ## What it does not see
//! Gaps earlier in the period are not seen: AWS tells the last delivery and the last error only, and
//! `TimeLoggingStopped` is not read (`cloudtrail-tamper-events-in-period` lists stops of 90 days). Notifications to
//! the trail's topic (`LatestNotificationError`) are not judged. That files lie in the bucket, and are whole, is not
//! looked at.
//!
//! ## Remediation
//! Console: CloudTrail, Trails, the trail's status. CLI: `aws cloudtrail get-trail-status --name NAME`, then mend the
//! bucket policy, the key policy or the bucket's name, or `aws cloudtrail start-logging --name NAME`. Terraform:
//! `enable_logging = true` in `aws_cloudtrail`, and the bucket policy.
//!
//! ## Peers
//! CloudSploit `cloudtrailDeliveryFailing`.
//!
//! ## References
//! AWS CloudTrail API Reference, `GetTrailStatus`; User Guide, "Amazon S3 bucket policy for CloudTrail".

use kickoff_facts::{Need, View};

use crate::parameters::{Parameters, TRAIL_DELIVERY_MAX_AGE};
use crate::reasoning::delivery;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "cloudtrail-delivery-healthy",
    control: "CC7.2.06",
    title: "Trail delivery is recent and error free",
    severity: Severity::High,
    level: Level::Resource,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.2"],
    needs: &[Need::Trails],
    parameters: &[&TRAIL_DELIVERY_MAX_AGE],
    expected: "the trail is logging, and delivered within {trail_delivery_max_age_hours} hours without an error",
    fix: "start logging, and mend what the error names: the bucket, its policy or the key policy",
};

/// Decides.
///
/// # Errors
/// The region's trails are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let limit = parameters.number(&TRAIL_DELIVERY_MAX_AGE);
    let judged = view.trails()?.iter().filter(|trail| trail.primary).map(|trail| {
        Finding::judge(Resource::new("AWS::CloudTrail::Trail", &trail.arn), |seen| {
            let status = seen.see(&trail.status)?;
            let state = delivery::state(view, status.last_delivery, status.delivery_error.as_deref(), limit);
            Ok(match (state, &status.digest_delivery_error) {
                (Ok(state) | Err(state), _) if !status.logging => {
                    Verdict::fail(format!("the trail is switched off; delivery {state}"))
                }
                (Err(state), _) => Verdict::fail(format!("delivery {state}")),
                (Ok(_), Some(error)) if trail.log_file_validation => {
                    Verdict::fail(format!("delivery of digest files fails with {error}"))
                }
                (Ok(state), _) => Verdict::pass(format!("delivery {state}")),
            })
        })
    });
    Ok(judged.collect())
}
