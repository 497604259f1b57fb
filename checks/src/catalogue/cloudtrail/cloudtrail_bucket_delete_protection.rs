//! # Trail bucket resists deletion (MFA delete or Object Lock)
//!
//! ## What it asks
//! Whether log files, once delivered, can be destroyed by somebody who merely has the right to delete objects.
//!
//! ## Why an auditor asks
//! Who breaks in deletes the logs. Protection that does not hang on the same permissions keeps the evidence.
//!
//! ## How it is decided
//! The population is every bucket that a trail delivers to, once for each region whose trails use it. `pass` with
//! Object Lock and a default retention of at least `trail_retention_min_days`, in either mode, or with MFA delete while
//! versioning is enabled. A shorter default retention lets go of every file before that, Object Lock without one locks
//! nothing by itself, versioning alone leaves versions deletable, and MFA delete with versioning suspended leaves new
//! objects unprotected: `fail`. A retention of which AWS does not tell the time is `manual`. In `GOVERNANCE` mode, who has
//! `s3:BypassGovernanceRetention` can delete; the mode and the days are told, for a person to weigh against the period
//! of the audit.
//!
//! ## What else is accepted
//! A bucket policy that denies deletion to everyone, in a log-archive account, is as good, but telling it takes an
//! evaluation of policies that this check does not do: record it as an exception. A bucket of another account is
//! `not-evaluated`.
//!
//! ## What it does not see
//! Protection of single objects (legal holds, a retention of their own) and objects that were written before Object
//! Lock was switched on are not looked at. Nor is it asked who may lift the protection: `cloudtrail-bucket-writers`
//! reads the bucket policy; identity policies, service control policies and copies in other buckets are outside.
//!
//! ## Remediation
//! Console: S3, the bucket, Properties, Object Lock, default retention. CLI: `aws s3api put-object-lock-configuration
//! --bucket NAME --object-lock-configuration
//! '{"ObjectLockEnabled":"Enabled","Rule":{"DefaultRetention":{"Mode":"COMPLIANCE","Days":365}}}'`. Terraform:
//! `aws_s3_bucket_object_lock_configuration`. MFA delete can be set by the root user only.
//!
//! ## Peers
//! Prowler `cloudtrail_bucket_requires_mfa_delete`; Powerpipe `cloudtrail_trail_bucket_mfa_enabled`; CloudSploit
//! `cloudtrailBucketDelete`, `cloudtrailObjectLock`.
//!
//! ## Where peers differ
//! - Powerpipe `cloudtrail_trail_bucket_mfa_enabled`: asks for MFA delete alone, and fails a bucket whose objects
//!   Object Lock keeps in compliance mode, which no user can end, root included (Amazon S3 User Guide, "Locking objects
//!   with Object Lock"). Here either will do.
//! - Prowler `cloudtrail_bucket_requires_mfa_delete`: asks for MFA delete alone, and fails a bucket whose objects
//!   Object Lock keeps in compliance mode, which no user can end, root included (Amazon S3 User Guide, "Locking objects
//!   with Object Lock"). Here either will do.
//!
//! ## References
//! Amazon S3 User Guide, "Locking objects with Object Lock", "Configuring MFA delete".

use kickoff_facts::{Need, View};

use crate::frame::wording::count;
use crate::parameters::{Parameters, TRAIL_RETENTION_MIN};
use crate::reasoning::trail_buckets;
use crate::{Evaluation, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "cloudtrail-bucket-delete-protection",
    control: "CC7.2.02",
    title: "Trail bucket resists deletion (MFA delete or Object Lock)",
    severity: Severity::Medium,
    level: Level::Resource,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.2", "CC6.1"],
    needs: &[Need::Trails, Need::LogBuckets],
    parameters: &[&TRAIL_RETENTION_MIN],
    expected: "Object Lock with a default retention of at least {trail_retention_min_days} days, or MFA delete with versioning enabled",
    fix: "set a default retention of Object Lock on the bucket, or lengthen it, or set MFA delete",
};

/// Decides.
///
/// # Errors
/// The region's trails or the account's log buckets are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let limit = parameters.number(&TRAIL_RETENTION_MIN);
    trail_buckets::judge(view, |_, settings, seen| {
        let (lock, versioning) = (seen.see(&settings.object_lock), seen.see(&settings.versioning));
        let retention =
            lock.as_ref().ok().and_then(|lock| lock.as_ref()).and_then(|lock| Some((lock.mode.as_ref()?, lock.days)));
        if let Some((mode, Some(days))) = retention
            && u64::from(days) >= limit
        {
            return Ok(Verdict::pass(format!("Object Lock keeps each object {}, mode {mode}", count(days, "day"))));
        }
        if versioning.as_ref().is_ok_and(|versioning| versioning.enabled && versioning.mfa_delete) {
            return Ok(Verdict::pass("deleting a version takes MFA"));
        }
        let (lock, versioning) = (lock?, versioning?);
        let lock = match retention {
            Some((mode, Some(days))) => {
                let kept = count(days, "day");
                format!("Object Lock keeps each object {kept} of the {limit} that are asked for, mode {mode}")
            }
            Some((mode, None)) => {
                let observed = format!("Object Lock with a default retention, mode {mode}");
                return Ok(Verdict::manual(observed, "AWS does not tell how long it keeps objects: see the bucket"));
            }
            None if lock.is_some() => "Object Lock without a default retention".to_owned(),
            None => "no Object Lock".to_owned(),
        };
        let versions = match (versioning.enabled, versioning.mfa_delete) {
            (true, _) => "versioning without MFA delete",
            (false, true) => "MFA delete, but versioning is suspended",
            (false, false) => "no versioning",
        };
        Ok(Verdict::fail(format!("{lock}, {versions}")))
    })
}
