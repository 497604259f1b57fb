//! # Only CloudTrail can write, and few can delete, trail objects
//!
//! ## What it asks
//! Whether the policy of each bucket that a trail delivers to lets anyone but CloudTrail write objects, and whom it
//! lets delete them or change their protection.
//!
//! ## Why an auditor asks
//! Logs prove something only while nobody can add to them, replace them or take them away.
//!
//! ## How it is decided
//! The population is every bucket that a trail delivers to, once for each region whose trails use it. Its policy is
//! read, statement by statement. An Allow to write objects for anyone but `cloudtrail.amazonaws.com` → fail. An Allow to
//! delete objects, or to change the bucket's policy, lifecycle, versioning or lock, for everybody, another account as a
//! whole or a service → fail; for users and roles by name, or for the bucket's own account as a whole (which leaves it
//! to identity policies) → `manual`. Another service of AWS that may write → `manual`: other logs may share the bucket.
//! A statement that a Deny without a condition, or on the caller, may take back → `manual`. Otherwise → pass. A policy
//! that cannot be read, or of which a part is in doubt, → `not-evaluated`, unless another statement fails.
//!
//! Identity policies in the bucket's account can also let principals write and delete; that is not judged here.
//!
//! ## What else is accepted
//! A few roles that may delete, for a process that you describe. A bucket of another account is `not-evaluated`.
//!
//! ## Remediation
//! Console: S3, the bucket, Permissions, Bucket policy: leave the two statements of CloudTrail. CLI: `aws s3api
//! put-bucket-policy`. Terraform: `aws_s3_bucket_policy`.
//!
//! ## Peers
//! None of the tools that were compared has it.
//!
//! ## References
//! AWS CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail"; "Security best practices in AWS CloudTrail".

use kickoff_facts::{Need, View};
use kickoff_policy::document::{PrincipalEntry, Statement};

use crate::parameters::Parameters;
use crate::reasoning::trail_buckets;
use crate::reasoning::trust::{self, CALLER_KEYS, Judged};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "cloudtrail-bucket-writers",
    control: "CC6.3.02",
    title: "Only CloudTrail can write, and few can delete, trail objects",
    severity: Severity::High,
    level: Level::Resource,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC6.3", "CC7.2"],
    needs: &[Need::Trails, Need::LogBuckets],
    parameters: &[],
    expected: "the bucket policy lets only CloudTrail write, and lets nobody delete except roles that are named and accounted for",
    fix: "take the statements for anyone but CloudTrail out of the bucket policy",
};

const WRITES: &[&str] = &["s3:PutObject", "s3:ReplicateObject"];

const REMOVES: &[&str] = &[
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketPolicy",
    "s3:PutLifecycleConfiguration",
    "s3:PutBucketVersioning",
    "s3:PutBucketObjectLockConfiguration",
    "s3:BypassGovernanceRetention",
];

/// Decides.
///
/// # Errors
/// The region's trails or the account's log buckets are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    const CALL: &str = "s3:GetBucketPolicy";
    trail_buckets::judge(view, |bucket, settings, seen| {
        let view = bucket.owner.as_ref().unwrap_or(view);
        let Some(text) = seen.see(&settings.policy)? else {
            return Ok(Verdict::pass("the bucket has no policy that lets anyone write or delete"));
        };
        let whose = format!("the policy of bucket {}", bucket.name);
        let policy = trust::parse(view, CALL, &whose, text)?;
        let allows = policy.statements.iter().filter(|s| s.allows() && !s.source.doubtful);
        let judged = allows.filter_map(|s| look(view, &s.source)).map(Ok).collect();
        let speaks = |s: &Statement| trust::speaks_of(s, WRITES) || trust::speaks_of(s, REMOVES);
        let closing = trust::closing(&policy, CALLER_KEYS, speaks);
        let doubted = trust::doubt(view, CALL, &whose, &policy);
        let otherwise = Some("nobody but CloudTrail may write or delete by the bucket policy");
        trust::settle(&format!("bucket {}", bucket.name), judged, doubted, closing, otherwise)
    })
}

fn look(view: &View<'_>, statement: &Statement) -> Option<Judged> {
    let writes = trust::speaks_of(statement, WRITES);
    let removes = trust::speaks_of(statement, REMOVES);
    let what = match (writes, removes) {
        (false, false) => return None,
        (true, false) => "write",
        (true, true) => "write and delete",
        (false, true) => "delete or unprotect",
    };
    let (place, conditions) = (trust::place(statement), trust::conditions(statement));
    if trust::means_everybody(statement) {
        return Some(Judged::Bad(format!("{place} lets everybody {what}, {conditions}: take it out")));
    }
    let (mut bad, mut open) = (Vec::new(), Vec::new());
    for principal in trust::principals(statement) {
        match principal {
            PrincipalEntry::Service(name) if name == "cloudtrail.amazonaws.com" && !removes => {}
            PrincipalEntry::Service(name) if !removes => open.push(name.clone()),
            PrincipalEntry::Account(_) if trust::account_of(principal) == Some(view.account_id()) => {
                open.push(format!("account {}", view.account_id()));
            }
            PrincipalEntry::Arn(arn) if !writes => open.push(arn.clone()),
            PrincipalEntry::Anyone => {}
            PrincipalEntry::Account(text)
            | PrincipalEntry::Arn(text)
            | PrincipalEntry::Id(text)
            | PrincipalEntry::Service(text)
            | PrincipalEntry::Federated(text)
            | PrincipalEntry::Canonical(text) => bad.push(text.clone()),
        }
    }
    if !bad.is_empty() {
        return Some(Judged::Bad(format!("{place} lets {} {what}, {conditions}: take it out", bad.join(", "))));
    }
    (!open.is_empty()).then(|| Judged::Open(format!("{place} lets {} {what}, {conditions}", open.join(", "))))
}
