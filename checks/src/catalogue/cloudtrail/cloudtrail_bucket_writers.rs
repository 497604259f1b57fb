//! # Only CloudTrail can write, and few can delete, trail objects
//!
//! ## What it asks
//! Whether the policy or the ACL of each bucket that a trail delivers to lets anyone but CloudTrail write objects, and
//! whom the policy lets delete them or change their protection.
//!
//! ## Why an auditor asks
//! Logs prove something only while nobody can add to them, replace them or take them away.
//!
//! ## How it is decided
//! The population is every bucket that a trail delivers to, once for each region whose trails use it. Its policy is
//! read, statement by statement. An Allow to write objects for anyone but `cloudtrail.amazonaws.com` → fail. A service
//! works for every customer of AWS: where it may write for an account, an organization and a resource that nobody names
//! (no condition on `aws:SourceArn`, `aws:SourceAccount`, `aws:SourceOrgID` or `aws:SourceOrgPaths` that keeps those out),
//! and not only below `AWSLogs/` with the id of the account or the organization → fail, for services of which AWS
//! documents that they send these keys, CloudTrail being one. An Allow to
//! delete objects, or to change the bucket's policy, lifecycle, versioning or lock, for everybody, another account as a
//! whole or a service → fail; for users and roles by name, or for the bucket's own account as a whole (which leaves it
//! to identity policies) → `manual`. Another service of AWS that may write → `manual`: other logs may share the bucket.
//! A service that writes for another account than those of the organization, or for a resource whose ARN names no account
//! (a bucket) without `aws:SourceAccount` → `manual`.
//! A grant of the bucket's ACL to write, or to change the ACL, for another account (by its canonical id) or for
//! everybody → fail; a group that stands for everybody does not count where the bucket's block on public access ignores
//! such grants. One for S3's log delivery group → `manual`.
//! A statement or grant that a Deny without a condition, or on the caller, may take back → `manual`. Otherwise → pass. A
//! policy or an ACL that cannot be read, or a policy of which a part is in doubt, → `not-evaluated`, unless something fails.
//!
//! Identity policies in the bucket's account can also let principals write and delete; that is not judged here.
//!
//! ## What else is accepted
//! A few roles that may delete, for a process that you describe. A bucket of another account is `not-evaluated`.
//!
//! ## What it does not see
//! Identity policies of the bucket's account, access points, replication into the bucket and ACLs of single objects
//! are not looked at. Rights that change the ACL, the encryption or the ownership of the bucket (`s3:PutBucketAcl`,
//! `s3:PutEncryptionConfiguration`, `s3:PutBucketOwnershipControls`) are not among those that are asked for. Who did
//! write or delete in the period is in the access log or the data events.
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

use kickoff_facts::storage::BucketSettings;
use kickoff_facts::{Gap, Need, Seen, View};
use kickoff_policy::compile::{Compiled, Policy};
use kickoff_policy::document::{PrincipalEntry, Statement};
use kickoff_policy::whom::Who;
use kickoff_policy::whom::deputies::Asked;

use crate::frame::wording::line;
use crate::parameters::{Parameters, VENDOR_ACCOUNTS};
use crate::reasoning::trail_buckets;
use crate::reasoning::trust::{self, CALLER_KEYS, Judged};
use crate::reasoning::whom::{Known, Standing};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity};

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
    needs: &[Need::Trails, Need::LogBuckets, Need::Organization, Need::Members],
    parameters: &[&VENDOR_ACCOUNTS],
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
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    const CALL: &str = "s3:GetBucketPolicy";
    trail_buckets::judge(view, |bucket, settings, seen| {
        let view = bucket.owner.as_ref().unwrap_or(view);
        let known = Known::read(view, parameters);
        let subject = format!("bucket {}", bucket.name);
        let granted = granted(settings, seen);
        let Some(text) = seen.see(&settings.policy)? else {
            let otherwise = "the bucket has no policy that lets anyone write or delete, and neither does its ACL";
            return trust::settle(&subject, granted, Ok(()), None, Some(otherwise));
        };
        let whose = format!("the policy of bucket {}", bucket.name);
        let policy = trust::parse(view, CALL, &whose, text)?;
        let allows = policy.statements.iter().filter(|s| s.allows() && !s.source.doubtful);
        let judged = allows.filter_map(|s| look(view, &known, &policy, s)).chain(granted).collect();
        let speaks = |s: &Statement| trust::speaks_of(s, WRITES) || trust::speaks_of(s, REMOVES);
        let closing = trust::closing(&policy, CALLER_KEYS, speaks);
        let doubted = trust::doubt(view, CALL, &whose, &policy);
        let otherwise = Some("nobody but CloudTrail may write or delete by the bucket policy, and nobody by the ACL");
        trust::settle(&subject, judged, doubted, closing, otherwise)
    })
}

/// What the ACL lets others than the bucket's owner write.
///
/// Source: Amazon S3 User Guide, "Access control list (ACL) overview" and "Blocking public access to your Amazon S3 storage":
/// `WRITE` is to create objects and to replace one's own, and `IgnorePublicAcls` takes grants to everybody away.
fn granted(settings: &BucketSettings, seen: &Seen) -> Vec<Result<Judged, Gap>> {
    let grants = match seen.see(&settings.acl) {
        Ok(grants) => grants.iter().filter(|grant| grant.writes()),
        Err(gap) => return vec![Err(gap)],
    };
    let judged = grants.filter_map(|grant| {
        let told = |whom: &str| format!("the ACL grants {} to {whom}", grant.permission);
        match (grant.everyone(), grant.group()) {
            (Some(group), _) => match seen.see(&settings.public_access_block) {
                Ok(block) if block.as_ref().is_some_and(|block| block.ignore_acls) => None,
                Ok(_) => Some(Ok(Judged::Bad(format!("{}: take it out", told(group))))),
                Err(gap) => Some(Err(gap)),
            },
            (None, Some(group)) => Some(Ok(Judged::Open(told(group)))),
            (None, None) => Some(Ok(Judged::Bad(format!(
                "{}: take it out",
                told(&format!("canonical id {}", line(&grant.grantee)))
            )))),
        }
    });
    judged.collect()
}

/// Services that may write for whoever likes, and those that write for somebody who is not the client.
fn deputies(known: &Known<'_>, policy: &Policy, statement: &Compiled) -> (Vec<String>, Result<Vec<String>, Gap>) {
    let (mut open, mut others, mut gap) = (Vec::new(), Vec::new(), None);
    for party in known.parties(policy, statement, true) {
        let Who::Service(name) = &party.who else { continue };
        let answer = known.answer(&party, statement, Asked::Resource);
        match answer.standing {
            Standing::Anybody => open.push(name.clone()),
            // Of a service of which nothing is known its name is told with the others.
            Standing::Unknown if party.is_whoever() => {}
            Standing::Stranger | Standing::Unknown => {
                gap = gap.or(answer.gap);
                others.push(answer.words);
            }
            _ => {}
        }
    }
    (open, gap.map_or(Ok(others), Err))
}

/// Whether a statement speaks of nothing but what is written for the account, or for the organization as a whole: the id is in
/// the path that the service writes to.
fn path_tells(known: &Known<'_>, statement: &Statement) -> bool {
    let own = |path: &str| {
        let Some((_, behind)) = path.split_once("/AWSLogs/") else { return false };
        let id = behind.split('/').next().unwrap_or_default();
        known.own().is_outside(id) == Ok(false) || known.own().organization().is_some_and(|own| own.id == id)
    };
    let listed = statement.resources.as_ref();
    listed.is_some_and(|listed| {
        !listed.not && !listed.entries.is_empty() && listed.entries.iter().all(|entry| own(entry))
    })
}

fn look(view: &View<'_>, known: &Known<'_>, policy: &Policy, compiled: &Compiled) -> Option<Result<Judged, Gap>> {
    let statement = &compiled.source;
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
        return Some(Ok(Judged::Bad(format!("{place} lets everybody {what}, {conditions}: take it out"))));
    }
    let (mut bad, mut open, mut unread) = (Vec::new(), Vec::new(), None);
    if writes && !path_tells(known, statement) {
        let (anybody, others) = deputies(known, policy, compiled);
        if !anybody.is_empty() {
            return Some(Ok(Judged::Bad(format!(
                "{place} lets {} {what} for any account of AWS, {conditions}: ask for aws:SourceArn or aws:SourceAccount",
                anybody.join(", ")
            ))));
        }
        match others {
            Ok(others) => open.extend(others),
            Err(gap) => unread = Some(gap),
        }
    }
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
        return Some(Ok(Judged::Bad(format!("{place} lets {} {what}, {conditions}: take it out", bad.join(", ")))));
    }
    if let Some(gap) = unread {
        return Some(Err(gap));
    }
    (!open.is_empty()).then(|| Ok(Judged::Open(format!("{place} lets {} {what}, {conditions}", open.join(", ")))))
}
