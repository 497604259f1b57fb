//! # Rights to alter or stop CloudTrail are restricted
//!
//! ## What it asks
//! Whether a policy lets its holder stop, delete or change a trail.
//!
//! ## Why an auditor asks
//! Who can stop the trail can act unrecorded. The right belongs to few.
//!
//! ## How it is decided
//! The population is every customer managed policy that is attached to a user, group or role, and every user, group and
//! role with an inline policy. A policy attached to nothing grants nothing; service-linked roles and AWS managed
//! policies are not the client's. A statement that allows `cloudtrail:StopLogging`, `DeleteTrail`, `UpdateTrail` or
//! `PutEventSelectors`, by whatever pattern, on any trail → fail. Administrators by a policy of the client's fail too.
//! A Deny of the same document without a condition, on all resources of the kind, takes the action away. A grant under
//! a condition → a person has to judge. A document that cannot be read, or a statement that AWS would refuse or that is
//! not known here, → not evaluated, unless another statement fails for certain. Boundaries, SCPs and other policies,
//! which may take a grant away again, are not looked at.
//!
//! ## What else is accepted
//! An SCP that denies these actions (see `org-scp-guardrails`), or an approved exception for the role that keeps the
//! trail.
//!
//! ## What it does not see
//! The bucket, the key and the log group of a trail are other ways to silence it and are not asked for; neither are
//! event data stores (`cloudtrail:DeleteEventDataStore`, `cloudtrail:StopEventDataStoreIngestion`) and
//! `cloudtrail:PutInsightSelectors`. AWS managed policies such as `AWSCloudTrail_FullAccess` are outside, and who
//! holds the policy is not weighed.
//!
//! ## Remediation
//! Console: IAM, Policies, the policy, Edit. CLI: `aws iam create-policy-version --policy-arn ARN --policy-document
//! file://policy.json --set-as-default`, `aws iam put-role-policy` for an inline one. Terraform: `aws_iam_policy`,
//! `aws_iam_role_policy`.
//!
//! ## Peers
//! Prowler `iam_policy_no_full_access_to_cloudtrail`, `iam_inline_policy_no_full_access_to_cloudtrail`; Powerpipe
//! `iam_policy_no_full_access_to_cloudtrail` (all three ask for `cloudtrail:*` only).
//!
//! ## Where peers differ
//! - Prowler `iam_policy_no_full_access_to_cloudtrail`, `iam_inline_policy_no_full_access_to_cloudtrail`: asks for
//!   `cloudtrail:*`, and passes a policy that allows `cloudtrail:StopLogging` or `cloudtrail:DeleteTrail` by name.
//!   Either ends the record (Service Authorization Reference, "AWS CloudTrail"): here each of four such actions fails.
//!
//! ## References
//! Service Authorization Reference, "AWS CloudTrail"; AWS CloudTrail User Guide, "Identity and access management".

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::grants::{self, Scope};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-policy-cloudtrail-full",
    control: "CC6.3.10",
    title: "Rights to alter or stop CloudTrail are restricted",
    severity: Severity::Medium,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.3", "CC7.2"],
    needs: &[Need::Authorization],
    parameters: &[],
    expected: "no trail can be stopped, deleted or changed by the policy",
    fix: "take these actions out of the policy, and deny them in an SCP",
};

/// What stops a trail, or makes it record less.
const DANGEROUS: [&str; 4] =
    ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail", "cloudtrail:PutEventSelectors"];

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let trails = Scope { service: "cloudtrail", resource: "trail/*" };
    grants::judge(view, &grants::granting(view, view.authorization()?), "allows to stop or change no trail", |policy| {
        grants::rights(policy, &DANGEROUS, trails, Scope::touched, "trails")
    })
}
