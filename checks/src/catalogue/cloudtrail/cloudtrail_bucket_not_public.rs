//! # Trail bucket is private
//!
//! ## What it asks
//! Whether anyone outside can read or write the buckets that trails deliver to, through the bucket policy or the ACL.
//!
//! ## Why an auditor asks
//! Logs name users, addresses and resources. A public log bucket tells an attacker what to try, and lets him see
//! whether he was noticed.
//!
//! ## How it is decided
//! The population is every bucket that a trail delivers to, once for each region whose trails use it. The bucket is
//! `fail` when AWS calls its policy public (`GetBucketPolicyStatus`) and the bucket's own block does not restrict
//! public policies, or when its ACL grants something to `AllUsers` or `AuthenticatedUsers` and the bucket's own block
//! does not ignore public ACLs. An ACL that grants something to another canonical id than the owner's is `manual`: the
//! block on public access holds back the public alone, and AWS does not tell whose an id is. The block of the whole account is not read here: a policy that is public fails even
//! where that block holds it back, because one switch would open the bucket. What is not known matters only where the
//! answer turns on it.
//!
//! ## What else is accepted
//! No block at all, as long as neither policy nor ACL is public. A bucket of another account is `not-evaluated`.
//!
//! ## What it does not see
//! Access points of the bucket and their policies, ACLs of single objects, and the block on public access of the whole
//! account are not read. Accounts that the bucket policy names are not the public: `cloudtrail-bucket-writers` asks
//! for those that may write. What was open earlier in the period and is closed today is not seen.
//!
//! ## Remediation
//! Console: S3, the bucket, Permissions, Block public access. CLI: `aws s3api put-public-access-block --bucket NAME
//! --public-access-block-configuration
//! BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true`. Terraform:
//! `aws_s3_bucket_public_access_block`.
//!
//! ## Peers
//! Prowler `cloudtrail_logs_s3_bucket_is_not_publicly_accessible`; Powerpipe `cloudtrail_bucket_not_public`; AWS Config
//! `CLOUDTRAIL_S3_BUCKET_PUBLIC_ACCESS_PROHIBITED`; CloudSploit `cloudtrailBucketPrivate`.
//!
//! ## Where peers differ
//! - Powerpipe `cloudtrail_bucket_not_public`: alarms on a policy that names everyone, even where a condition confines
//!   it to one account or address, and reads no public access block. AWS does not call such a policy public (Amazon S3
//!   User Guide, "The meaning of public"): here its answer counts, `GetBucketPolicyStatus`.
//!
//! ## References
//! Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage", "The meaning of public".

use kickoff_facts::storage::{AclGrant, PublicAccessBlock};
use kickoff_facts::{Need, View};

use crate::frame::wording::line;
use crate::parameters::Parameters;
use crate::reasoning::certainty::both;
use crate::reasoning::trail_buckets;
use crate::{Evaluation, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "cloudtrail-bucket-not-public",
    control: "CC6.1.03",
    title: "Trail bucket is private",
    severity: Severity::Critical,
    level: Level::Resource,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC6.1", "CC6.6"],
    needs: &[Need::Trails, Need::LogBuckets],
    parameters: &[],
    expected: "neither the policy nor the ACL of the bucket is public, or its block on public access holds them back",
    fix: "set all four switches of the bucket's block on public access, and take the public statement or grant away",
};

/// Decides.
///
/// # Errors
/// The region's trails or the account's log buckets are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    trail_buckets::judge(view, |_, settings, seen| {
        let block = seen.see(&settings.public_access_block);
        let open = |held: fn(&PublicAccessBlock) -> bool| block.clone().map(|block| !block.as_ref().is_some_and(held));
        let policy = seen.see(&settings.policy_is_public).map(|public| *public == Some(true));
        let policy = both(policy, open(|block| block.restrict));
        let acl = seen.see(&settings.acl);
        let grants = acl.clone().map(|grants| public_groups(grants));
        let by_acl = both(grants.clone().map(|groups| !groups.is_empty()), open(|block| block.ignore_acls));
        // Either way in is enough.
        let mut ways = Vec::new();
        if policy == Ok(true) {
            ways.push("the policy is public".to_owned());
        }
        if by_acl == Ok(true) {
            ways.push(format!("the ACL grants to {}", grants?.join(", ")));
        }
        if !ways.is_empty() {
            return Ok(Verdict::fail(ways.join(" and ")));
        }
        policy?;
        by_acl?;
        let accounts = acl.map(|grants| accounts(grants))?;
        if !accounts.is_empty() {
            let reason = "AWS does not tell whose canonical id it is, and the block on public access does not hold it back: judge whether it is meant";
            return Ok(Verdict::manual(format!("the ACL grants {}", accounts.join(", ")), reason));
        }
        Ok(Verdict::pass(match block {
            Ok(Some(PublicAccessBlock { block_acls: true, ignore_acls: true, block_policy: true, restrict: true })) => {
                "all four switches of the block on public access are on"
            }
            Ok(Some(_)) => "neither the policy nor the ACL opens it; the block on public access is partly on",
            Ok(None) => "neither the policy nor the ACL is public; the bucket has no block of its own",
            Err(_) => "neither the policy nor the ACL is public; the block on public access was not read",
        }))
    })
}

/// The groups of an ACL that stand for everyone, by their last name, each once.
fn public_groups(grants: &[AclGrant]) -> Vec<&str> {
    let mut names: Vec<&str> = grants.iter().filter_map(AclGrant::everyone).collect();
    names.dedup();
    names
}

/// What an ACL grants to accounts by their canonical ids.
fn accounts(grants: &[AclGrant]) -> Vec<String> {
    let accounts = grants.iter().filter(|grant| grant.group().is_none());
    accounts.map(|grant| format!("{} to the canonical id {}", grant.permission, line(&grant.grantee))).collect()
}
