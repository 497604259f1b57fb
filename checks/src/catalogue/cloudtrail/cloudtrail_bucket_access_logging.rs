//! # Access to the trail bucket is logged
//!
//! ## What it asks
//! Whether each bucket that a trail delivers to records who reads and changes the log files in it.
//!
//! ## Why an auditor asks
//! Whoever can reach the logs can learn from them or try to alter them. That access needs a record of its own.
//!
//! ## How it is decided
//! The population is every bucket that a trail delivers to, once for each region whose trails use it. Server access
//! logging must have a target that takes delivery; or a trail that is switched on records data events of the whole
//! bucket, reads and writes. A target takes delivery if it is a bucket of the same account and region, has no default
//! retention of Object Lock and no default encryption by KMS, and lets S3's log service write: by its policy, which is
//! evaluated for `logging.s3.amazonaws.com`, or by an ACL for the group LogDelivery. A target that does not exist any
//! more, or breaks one of these rules, is no access log → fail. Where it depends on a condition that is not known, or
//! where the target has Object Lock without a default retention, which AWS's pages exclude too → `manual`. A target
//! whose settings could not be read → `not-evaluated`. A bucket of another account is `not-evaluated`: its settings are
//! seen from that account. A bucket in a region that a service control policy closes, which no trail is seen to record,
//! is for a person: `manual`.
//!
//! ## What else is accepted
//! CloudTrail data events of the bucket, reads and writes, in place of server access logging.
//!
//! ## What it does not see
//! Whether log files arrive in the target, which `TargetPrefix` they have, how long they are kept there and who may
//! read them is not seen: S3 delivers access logs as best it can and tells of no error. Access by other ways than S3's
//! API, such as a replica of the bucket, is not looked at.
//!
//! ## Remediation
//! Console: S3, the bucket, Properties, Server access logging. CLI: `aws s3api put-bucket-logging --bucket NAME
//! --bucket-logging-status '{"LoggingEnabled":{"TargetBucket":"LOGS","TargetPrefix":"NAME/"}}'`. Terraform:
//! `aws_s3_bucket_logging`. The target should be another bucket, or the log logs itself; its policy lets
//! `logging.s3.amazonaws.com` put objects.
//!
//! ## Peers
//! Prowler `cloudtrail_logs_s3_bucket_access_logging_enabled`; Powerpipe `cloudtrail_s3_logging_enabled`; AWS Config
//! `CLOUDTRAIL_S3_BUCKET_ACCESS_LOGGING`; CIS AWS Foundations v5 3.4; CloudSploit `cloudtrailBucketAccessLogging`.
//!
//! ## Where peers differ
//! - Powerpipe `cloudtrail_s3_logging_enabled`: knows server access logging alone, and fails a bucket whose reads and
//!   writes a trail records as data events. AWS recommends these (Amazon S3 User Guide, "Logging options for Amazon
//!   S3"), while it delivers access logs as best it can: here either will do.
//! - Prowler `cloudtrail_logs_s3_bucket_access_logging_enabled`: knows server access logging alone, and fails a bucket
//!   whose reads and writes a trail records as data events. AWS recommends these (Amazon S3 User Guide, "Logging
//!   options for Amazon S3"), while it delivers access logs as best it can: here either will do.
//!
//! ## References
//! Amazon S3 User Guide, "Logging requests with server access logging", "Enabling Amazon S3 server access logging",
//! "Object Lock considerations"; API Reference, `GetBucketLogging`.

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::destination::{Takes, access_log};
use crate::reasoning::selectors::{Access, in_closed_region, object_recorders};
use crate::reasoning::{certainty, trail_buckets};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "cloudtrail-bucket-access-logging",
    control: "CC7.2.01",
    title: "Access to the trail bucket is logged",
    severity: Severity::Low,
    level: Level::Resource,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.2"],
    needs: &[Need::Trails, Need::Buckets, Need::LogBuckets, Need::LogTargets],
    parameters: &[],
    expected: "server access logging is on and its target takes delivery, or a trail records data events of the bucket, read and write",
    fix: "let the bucket's access log go to another bucket of the account and region that lets S3's log service write",
};

/// Decides.
///
/// # Errors
/// The region's trails or the account's log buckets are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    trail_buckets::judge(view, |bucket, settings, seen| {
        let view = bucket.owner.as_ref().unwrap_or(view);
        let target = seen.see(&settings.access_log_target).map(Option::as_deref);
        let log = target.and_then(|target| match target {
            Some(target) => access_log(view, seen, bucket.name, settings, target).map(|takes| Some((target, takes))),
            None => Ok(None),
        });
        if let Ok(Some((target, Takes::Yes))) = log {
            return Ok(Verdict::pass(format!("access is logged to {target}, which takes delivery")));
        }
        let told = match &log {
            Ok(Some((target, Takes::No(why)))) => format!("the access log goes to {target} and does not arrive: {why}"),
            _ => "no access log".to_owned(),
        };
        let recorders = |access| object_recorders(view, seen, bucket.name, Some(&settings.region), access);
        // Data events decide alone where they are there; otherwise what is not known of the log matters.
        let (reads, writes) = (recorders(Access::Read), recorders(Access::Write));
        if let (Ok(reads), Ok(writes)) = (&reads, &writes)
            && let (Some(read), Some(write)) = (reads.first(), writes.first())
        {
            let by = if read == write { read.clone() } else { format!("{read} and {write}") };
            return Ok(Verdict::pass(format!("{told}, but data events are recorded by {by}")));
        }
        if let Some((target, Takes::Depends(why))) = log? {
            let reason = format!("see whether logs of today are in {target}: {why}");
            return Ok(Verdict::manual(format!("access is logged to {target}"), reason));
        }
        let (reads, writes) = (reads.map(|names| !names.is_empty()), writes.map(|names| !names.is_empty()));
        if let Err(gap) = certainty::both(reads, writes) {
            return in_closed_region(view, Some(&settings.region)).ok_or(gap);
        }
        Ok(Verdict::fail(format!("{told}, and no trail records all reads and writes")))
    })
}
