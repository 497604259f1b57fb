//! # Trail objects outlive the audit period
//!
//! ## What it asks
//! Whether lifecycle rules of the bucket let log files live at least `trail_retention_min_days`.
//!
//! ## Why an auditor asks
//! A Type 2 report covers months. Logs that are deleted after thirty days cannot show what happened in the rest of
//! them, nor can an incident be traced back.
//!
//! ## How it is decided
//! The population is every bucket that a trail delivers to, once for each region whose trails use it. A rule bears on a
//! trail when it is enabled and its prefix overlaps the place of the trail's files:
//! `<prefix>/AWSLogs/<account>/CloudTrail...`, or `<prefix>/AWSLogs/o-.../<account>/CloudTrail...` for an
//! organization's trail. A rule for load-balancer logs in the same bucket does not. If such a rule expires current
//! objects sooner, or on a date (which takes objects of any age), the bucket is `fail`; no such rule keeps them for
//! ever: `pass`. With versioning enabled an expired object becomes a former version: the days until rules end former
//! versions are added, without such a rule it is kept, and a default retention of Object Lock holds it at least so
//! long. A rule that keeps the newest former versions (`NewerNoncurrentVersions`) ends no log file, because each is written
//! once. A rule that is narrowed to tags or sizes and too short is `manual`: the facts do not say which objects it
//! takes.
//!
//! ## What else is accepted
//! A copy kept elsewhere (a SIEM, CloudTrail Lake, a replica) can stand for it: record an exception. A bucket of
//! another account is `not-evaluated`.
//!
//! ## What it does not see
//! Objects are not listed: what is there today, and since when, is not seen, nor is what was deleted by hand. Rules
//! that move files to colder storage count as keeping them. `NewerNoncurrentVersions`, by which a rule keeps some
//! former versions for ever, is not read, and replicas and copies elsewhere are outside.
//!
//! ## Remediation
//! Console: S3, the bucket, Management, Lifecycle rules. CLI: `aws s3api put-bucket-lifecycle-configuration`.
//! Terraform: `expiration { days = 400 }` in `aws_s3_bucket_lifecycle_configuration`; transitions to Glacier save money
//! and delete nothing.
//!
//! ## Peers
//! None: no peer looks at the lifecycle of a trail's bucket.
//!
//! ## References
//! Amazon S3 User Guide, "Expiring objects", "Lifecycle configuration elements"; AWS CloudTrail User Guide, "Finding
//! your CloudTrail log files".

use kickoff_facts::logging::Trail;
use kickoff_facts::{Need, View};

use crate::parameters::{Parameters, TRAIL_RETENTION_MIN};
use crate::reasoning::lifecycle::{Kept, kept};
use crate::reasoning::trail_buckets;
use crate::{Evaluation, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "cloudtrail-bucket-retention",
    control: "CC7.2.03",
    title: "Trail objects outlive the audit period",
    severity: Severity::High,
    level: Level::Resource,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.2", "CC7.3", "C1.2"],
    needs: &[Need::Trails, Need::LogBuckets],
    parameters: &[&TRAIL_RETENTION_MIN],
    expected: "no lifecycle rule deletes the trail's files before {trail_retention_min_days} days",
    fix: "lengthen the lifecycle rule that expires the trail's files, or keep it off their prefix",
};

/// Decides.
///
/// # Errors
/// The region's trails or the account's log buckets are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let limit = parameters.number(&TRAIL_RETENTION_MIN);
    trail_buckets::judge(view, |bucket, settings, seen| {
        let paths: Vec<String> = bucket.trails.iter().flat_map(|trail| paths(trail, view.account_id())).collect();
        Ok(match kept(settings, seen, &paths, limit)? {
            Kept::LongEnough(told) => Verdict::pass(told),
            Kept::TooShort(told) => Verdict::fail(told),
            Kept::Unclear(told) => Verdict::manual(told, "see whether the tags or sizes take in the trail's files"),
        })
    })
}

/// Where a trail puts the files that matter to the account.
fn paths(trail: &Trail, account: &str) -> Vec<String> {
    let root = if trail.prefix.is_empty() { "AWSLogs".to_owned() } else { format!("{}/AWSLogs", trail.prefix) };
    if trail.organization {
        vec![format!("{root}/o-*/*/CloudTrail*"), format!("{root}/{account}/CloudTrail*")]
    } else {
        vec![format!("{root}/{account}/CloudTrail*")]
    }
}
