//! # IAM users get permissions from groups only
//!
//! ## What it asks
//! Whether an IAM user has policies of its own, attached or inline, instead of getting its permissions from groups.
//!
//! ## Why an auditor asks
//! Permissions that are given to a person one by one are never taken back together. Groups make a role in the firm
//! visible and reviewable.
//!
//! ## How it is decided
//! The population is every IAM user. A managed policy attached to the user, or an inline policy of the user → fail. A
//! permission boundary grants nothing and does not count. Nor does the policy by which AWS marks a leaked key, such as
//! `AWSCompromisedKeyQuarantineV3`: it only denies, AWS says not to remove it, and `iam-user-key-exposed` judges it; what
//! is observed names it.
//!
//! ## What else is accepted
//! Identity Center permission sets or roles, with no IAM users.
//!
//! ## What it does not see
//! What the policies grant does not matter here: a narrow one fails like a wide one. Policies of resources that name
//! the user, and what the user gets by assuming a role, are not counted.
//!
//! ## Remediation
//! Console: IAM, Users, the user, Permissions, remove the policies and add the user to a group. CLI: `aws iam
//! detach-user-policy`, `aws iam delete-user-policy`, `aws iam add-user-to-group`. Terraform:
//! `aws_iam_user_group_membership` in place of `aws_iam_user_policy_attachment` and `aws_iam_user_policy`.
//!
//! ## Peers
//! Prowler `iam_policy_attached_only_to_group_or_roles`; Powerpipe `iam_user_no_inline_attached_policies`,
//! `iam_user_no_policies`; AWS Config `IAM_USER_NO_POLICIES_CHECK`; CIS AWS Foundations v5 1.14.
//!
//! ## References
//! AWS IAM User Guide, "IAM user groups"; "Managed policies and inline policies".

use kickoff_facts::{Need, View};

use crate::frame::wording::names;
use crate::parameters::Parameters;
use crate::reasoning::attachments::policy_names;
use crate::reasoning::leaked_keys;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-user-permissions-via-groups",
    control: "CC6.3.20",
    title: "IAM users get permissions from groups only",
    severity: Severity::Low,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.3"],
    needs: &[Need::Authorization],
    parameters: &[],
    expected: "no policy is attached to the user or embedded in it",
    fix: "move the permissions to a group and add the user to it",
};

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let judged = view.authorization()?.users.iter().map(|user| {
        let attached = user.attached.iter().filter(|arn| leaked_keys::attached(arn).is_none());
        let attached = policy_names(attached).map(|name| format!("{name} (attached)"));
        let inline = user.inline.iter().filter(|policy| leaked_keys::inline(&policy.name).is_none());
        let inline = inline.map(|policy| format!("{} (inline)", policy.name));
        let own: Vec<String> = attached.chain(inline).collect();
        let marks: Vec<&str> = leaked_keys::marks(user).map(|(name, _)| name).collect();
        let left = match marks.is_empty() {
            true => String::new(),
            false => format!("; left out: {}, by which AWS marks a leaked key", names(marks)),
        };
        let verdict = if own.is_empty() {
            Verdict::pass(format!("no policies of its own{left}"))
        } else {
            Verdict::fail(format!("policies of its own: {}{left}", names(own)))
        };
        Finding::new(Resource::new("AWS::IAM::User", &user.arn), verdict)
    });
    Ok(judged.collect())
}
