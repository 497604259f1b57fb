//! # Unattached customer policies do not hold dormant admin grants
//!
//! ## What it asks
//! Whether a customer managed policy that is attached to nothing would grant every action on every resource.
//!
//! ## Why an auditor asks
//! It grants nothing today, but one attachment, perhaps by somebody who may attach policies and not write them, makes
//! an administrator.
//!
//! ## How it is decided
//! The population is every customer managed policy that is attached to no user, group or role; permission boundaries
//! that are attached to nothing are among them. One document is taken by itself: what its Allow statements grant on
//! every resource, less what its Deny statements without a condition deny there. If that is every action that AWS
//! documents → fail, however it is written: `*`, `NotAction`, or lists that together name everything. A full grant that
//! is confined by conditions, by `NotResource` or by denials → a person has to judge. A document that cannot be read,
//! or a statement that AWS would refuse or that is not known here, → not evaluated, unless another statement fails for
//! certain. Boundaries, SCPs and other policies, which may take a grant away again, are not looked at.
//!
//! ## What else is accepted
//! An approved exception for a policy kept for emergencies.
//!
//! ## What it does not see
//! Who could attach the policy is asked by `iam-privilege-escalation-path`. Other versions of the policy are not read
//! here, nor grants short of everything. A policy that is attached for an hour and detached again is seen only in
//! `iam-access-change-population`.
//!
//! ## Remediation
//! Console: IAM, Policies, filter by Customer managed and not attached, Delete. CLI: `aws iam delete-policy
//! --policy-arn ARN`. Terraform: remove `aws_iam_policy`.
//!
//! ## Peers
//! Prowler `iam_customer_unattached_policy_no_administrative_privileges`; Powerpipe
//! `iam_custom_policy_unattached_no_star_star`.
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
    id: "iam-unattached-policy-no-admin",
    control: "CC6.3.18",
    title: "Unattached customer policies do not hold dormant admin grants",
    severity: Severity::Low,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.3"],
    needs: &[Need::Authorization],
    parameters: &[],
    expected: "the policy would not allow every action on every resource",
    fix: "delete the policy",
};

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let subjects = grants::managed(view, view.authorization()?, false);
    grants::judge(view, &subjects, "would not grant every action on every resource", grants::full_admin)
}
