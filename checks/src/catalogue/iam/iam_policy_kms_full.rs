//! # Rights to decrypt with every KMS key are restricted
//!
//! ## What it asks
//! Whether a policy lets its holder decrypt with every KMS key.
//!
//! ## Why an auditor asks
//! Encryption at rest protects from those who may read the storage and not use the key. Who may use every key is not
//! kept out by any.
//!
//! ## How it is decided
//! The population is every customer managed policy that is attached to a user, group or role, and every user, group and
//! role with an inline policy. A policy attached to nothing grants nothing; service-linked roles and AWS managed
//! policies are not the client's. A statement that allows `kms:Decrypt` or `kms:ReEncryptFrom`, by whatever pattern, on
//! every key of a region or of all (`*`, `arn:aws:kms:REGION:ACCOUNT:key/*`), or on all but some → fail. Whether key
//! policies admit the account's policies is not asked. A Deny of the same document without a condition, on all
//! resources of the kind, takes the action away. A grant under a condition → a person has to judge. A document that
//! cannot be read, or a statement that AWS would refuse or that is not known here, → not evaluated, unless another
//! statement fails for certain. Boundaries, SCPs and other policies, which may take a grant away again, are not looked
//! at.
//!
//! ## What else is accepted
//! A condition on `kms:ViaService` or on a key's tags, which a person judges; an approved exception for forensics.
//!
//! ## What it does not see
//! Rights that lead to decryption by a detour are not asked for: `kms:CreateGrant`, `kms:PutKeyPolicy`. Grants that
//! exist on keys, key policies that name somebody by themselves, and AWS managed policies are outside, and who holds
//! the policy is not weighed.
//!
//! ## Remediation
//! Console: IAM, Policies, the policy, Edit. CLI: `aws iam create-policy-version --policy-arn ARN --policy-document
//! file://policy.json --set-as-default`, `aws iam put-role-policy` for an inline one. Terraform: `aws_iam_policy`,
//! `aws_iam_role_policy`.
//!
//! ## Peers
//! Prowler `iam_policy_no_full_access_to_kms`, `iam_inline_policy_no_full_access_to_kms`; Powerpipe
//! `iam_policy_no_full_access_to_kms`; AWS Config `IAM_CUSTOMER_POLICY_BLOCKED_KMS_ACTIONS`,
//! `IAM_INLINE_POLICY_BLOCKED_KMS_ACTIONS`; Security Hub KMS.1, KMS.2.
//!
//! ## References
//! AWS KMS Developer Guide, "Using IAM policies with AWS KMS"; "Best practices for IAM policies".

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::grants::{self, Scope};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-policy-kms-full",
    control: "CC6.1.15",
    title: "Rights to decrypt with every KMS key are restricted",
    severity: Severity::Medium,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1", "CC6.3"],
    needs: &[Need::Authorization],
    parameters: &[],
    expected: "decryption is allowed with named keys only",
    fix: "name the keys in Resource",
};

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let keys = Scope { service: "kms", resource: "key/*" };
    grants::judge(
        view,
        &grants::granting(view, view.authorization()?),
        "does not allow to decrypt with every key",
        |policy| grants::rights(policy, &["kms:Decrypt", "kms:ReEncryptFrom"], keys, Scope::reached, "every key"),
    )
}
