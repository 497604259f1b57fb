//! # Attached customer-managed policies do not grant full admin
//!
//! ## What it asks
//! Whether a customer managed policy that is attached to something grants every action on every resource.
//!
//! ## Why an auditor asks
//! Who holds such a policy can do anything in the account, remove the logs of it included. Few may, and it should be
//! visible from the name `AdministratorAccess`, not hidden in a policy of the client's.
//!
//! ## How it is decided
//! The population is every customer managed policy that is attached to a user, group or role. One document is taken by
//! itself: what its Allow statements grant on every resource, less what its Deny statements without a condition deny
//! there. If that is every action that AWS documents → fail, however it is written: `*`, `NotAction`, or lists that
//! together name everything. A full grant that is confined by conditions, by `NotResource` or by denials → a person has
//! to judge. A document that cannot be read, or a statement that AWS would refuse or that is not known here, → not
//! evaluated, unless another statement fails for certain. Boundaries, SCPs and other policies, which may take a grant
//! away again, are not looked at.
//!
//! ## What else is accepted
//! An approved exception for a policy that has to exist, with its holders.
//!
//! ## What it does not see
//! Who holds the policy is not weighed: a group without members, a role that nobody can assume. Grants that need two
//! policies together, wide grants short of everything, and other versions of the policy (which
//! `iam-privilege-escalation-path` weighs) are not seen here. AWS managed policies are outside.
//!
//! ## Remediation
//! Console: IAM, Policies, the policy, Edit: name the services and resources that are needed. CLI: `aws iam
//! create-policy-version --policy-arn ARN --policy-document file://policy.json --set-as-default`. Terraform:
//! `aws_iam_policy`.
//!
//! ## Peers
//! Prowler `iam_customer_attached_policy_no_administrative_privileges`; Powerpipe `iam_policy_no_star_star`; AWS Config
//! `IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS`; CIS AWS Foundations v5 1.15; Security Hub IAM.1.
//!
//! ## References
//! AWS IAM User Guide, "Policies and permissions in IAM"; "IAM JSON policy elements reference"; Service Authorization
//! Reference.

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::grants;
use crate::{Evaluation, Kind, Level, Meta, Per, Severity};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-customer-policy-no-admin",
    control: "CC6.3.05",
    title: "Attached customer-managed policies do not grant full admin",
    severity: Severity::High,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.3"],
    needs: &[Need::Authorization],
    parameters: &[],
    expected: "the policy does not allow every action on every resource",
    fix: "replace the policy by one that names the services and resources that are needed",
};

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let subjects = grants::managed(view, view.authorization()?, true);
    grants::judge(view, &subjects, "does not grant every action on every resource", grants::full_admin)
}
