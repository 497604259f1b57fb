//! # Inline policies do not grant full admin
//!
//! ## What it asks
//! Whether an inline policy of a user, group or role grants every action on every resource.
//!
//! ## Why an auditor asks
//! An administrator by an inline policy is seen in no list of policies and of their holders; an access review misses
//! him.
//!
//! ## How it is decided
//! The population is every user, group and role with an inline policy. Service-linked roles, which AWS owns, are left
//! out; the roles that Identity Center makes from permission sets count, for their inline policy grants like any other.
//! One document is taken by itself: what its Allow statements grant on every resource, less what its Deny statements
//! without a condition deny there. If that is every action that AWS documents → fail, however it is written: `*`,
//! `NotAction`, or lists that together name everything. A full grant that is confined by conditions, by `NotResource`
//! or by denials → a person has to judge. A document that cannot be read, or a statement that AWS would refuse or that
//! is not known here, → not evaluated, unless another statement fails for certain. Boundaries, SCPs and other policies,
//! which may take a grant away again, are not looked at.
//!
//! ## What else is accepted
//! An approved exception; better, `AdministratorAccess` attached to a role that is known.
//!
//! ## What it does not see
//! Grants that need several documents together, and wide grants short of everything, are not seen here: the engine's
//! checks (`iam-privilege-escalation-path`, `iam-admin-principal-population`) weigh them. A group without members, or
//! a role that nobody can assume, fails all the same.
//!
//! ## Remediation
//! Console: IAM, the user, group or role, Permissions, remove the inline policy. CLI: `aws iam delete-role-policy` (or
//! `-user-`, `-group-`). Terraform: remove `aws_iam_role_policy`. For a permission set: change it in Identity Center.
//!
//! ## Peers
//! Prowler `iam_inline_policy_no_administrative_privileges`; Powerpipe
//! `iam_inline_policy_no_administrative_privileges`.
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
    id: "iam-inline-policy-no-admin",
    control: "CC6.3.07",
    title: "Inline policies do not grant full admin",
    severity: Severity::Critical,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.3"],
    needs: &[Need::Authorization],
    parameters: &[],
    expected: "no inline policy allows every action on every resource",
    fix: "remove the inline policy, or name the services and resources that are needed",
};

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let subjects = grants::inline(view, view.authorization()?);
    grants::judge(view, &subjects, "no inline policy grants every action on every resource", grants::full_admin)
}
