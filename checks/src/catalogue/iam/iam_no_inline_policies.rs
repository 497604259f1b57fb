//! # Users, groups and roles avoid inline policies
//!
//! ## What it asks
//! Whether users, groups and roles do without inline policies.
//!
//! ## Why an auditor asks
//! An inline policy has no versions, cannot be reviewed in one place, and is easily missed when access is looked over.
//!
//! ## How it is decided
//! The population is every IAM user, group and role. An inline policy → fail. Left out are service-linked roles, which
//! AWS owns, and the roles that Identity Center makes from permission sets, whose inline policy is the permission set.
//! It is advice: an inline policy grants no more than a managed one. `AWSExposedCredentialPolicy_DO_NOT_REMOVE`, by which
//! AWS marks a leaked key, does not count: `iam-user-key-exposed` judges it.
//!
//! ## What else is accepted
//! An inline policy that is kept in code and reviewed there, as an approved exception.
//!
//! ## What it does not see
//! What an inline policy grants does not matter here. Inline policies of permission sets, and policies of resources,
//! are not counted.
//!
//! ## Remediation
//! Console: IAM, the user, group or role, Permissions: create a managed policy with the same document, attach it,
//! remove the inline one. CLI: `aws iam create-policy`, `aws iam attach-role-policy`, `aws iam delete-role-policy` (or
//! `-user-`, `-group-`). Terraform: `aws_iam_policy` with an attachment in place of `aws_iam_role_policy`.
//!
//! ## Peers
//! Powerpipe `iam_group_user_role_no_inline_policies`; AWS Config `IAM_NO_INLINE_POLICY_CHECK`.
//!
//! ## Where peers differ
//! - Powerpipe `iam_group_user_role_no_inline_policies`: alarms on every role that Identity Center makes from a
//!   permission set with an inline policy. Identity Center writes that policy, and it is changed there, not in the
//!   account (IAM Identity Center User Guide, "Manage AWS accounts with permission sets"): such roles are left out
//!   here.
//!
//! ## References
//! AWS IAM User Guide, "Managed policies and inline policies".

use kickoff_facts::iam::Role;
use kickoff_facts::{Need, View};

use crate::frame::wording::names;
use crate::parameters::Parameters;
use crate::reasoning::leaked_keys;
use crate::reasoning::tested::own_roles;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-no-inline-policies",
    control: "CC6.3.08",
    title: "Users, groups and roles avoid inline policies",
    severity: Severity::Low,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.3"],
    needs: &[Need::Authorization],
    parameters: &[],
    expected: "no inline policy",
    fix: "turn the inline policy into a managed policy and attach that",
};

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let authorization = view.authorization()?;
    let users = authorization.users.iter().map(|user| ("AWS::IAM::User", &user.arn, &user.inline));
    let groups = authorization.groups.iter().map(|group| ("AWS::IAM::Group", &group.arn, &group.inline));
    let by_identity_center = |role: &Role| role.is_identity_center().then_some("made by Identity Center");
    let roles = own_roles(view, authorization, by_identity_center)
        .into_iter()
        .map(|role| ("AWS::IAM::Role", &role.arn, &role.inline));
    let judged = users.chain(groups).chain(roles).map(|(kind, arn, inline)| {
        let (marks, own): (Vec<&String>, Vec<&String>) =
            inline.iter().map(|policy| &policy.name).partition(|name| leaked_keys::inline(name).is_some());
        let left = if marks.is_empty() { String::new() } else { format!(" but {}, a mark of AWS", names(marks)) };
        let verdict = if own.is_empty() {
            Verdict::pass(format!("no inline policy{left}"))
        } else {
            Verdict::fail(format!("inline: {}", names(own)))
        };
        Finding::new(Resource::new(kind, arn), verdict)
    });
    Ok(judged.collect())
}
