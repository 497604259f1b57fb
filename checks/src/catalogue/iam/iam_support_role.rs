//! # Someone can open AWS Support cases
//!
//! ## What it asks
//! Whether somebody was given the right to open AWS Support cases.
//!
//! ## Why an auditor asks
//! In an incident somebody has to be able to reach AWS at once, without becoming root or administrator for it.
//!
//! ## How it is decided
//! The AWS managed policy `AWSSupportAccess` is attached to a user, a role, or a group that has members → pass, else
//! fail. A role that Identity Center made from a permission set with this policy counts. A group without members gives
//! the right to nobody. Other policies that allow `support:*`, administrators' among them, are not looked at: the right
//! should be given on purpose.
//!
//! ## What else is accepted
//! A permission set of Identity Center that carries `AWSSupportAccess` and is provisioned in the account.
//!
//! ## What it does not see
//! The support plan of the account is not read: under the basic plan no technical case can be opened, whoever has the
//! right. Who may assume the role, and boundaries or service control policies that may take the right away, are not
//! weighed.
//!
//! ## Remediation
//! Console: IAM, Roles, Create role, attach `AWSSupportAccess`, and let the incident team assume it. CLI: `aws iam
//! attach-role-policy --role-name support --policy-arn arn:aws:iam::aws:policy/AWSSupportAccess`. Terraform:
//! `aws_iam_role_policy_attachment`, or `aws_ssoadmin_managed_policy_attachment` for a permission set.
//!
//! ## Peers
//! Prowler `iam_support_role_created`; Powerpipe `iam_support_role`; CIS AWS Foundations v5 1.16.
//!
//! ## References
//! AWS Support User Guide, "Manage access to AWS Support Center".

use kickoff_facts::{Need, View};

use crate::frame::wording::names;
use crate::parameters::Parameters;
use crate::reasoning::attachments::holders;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-support-role",
    control: "CC7.4.01",
    title: "Someone can open AWS Support cases",
    severity: Severity::Low,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC7.4"],
    needs: &[Need::Authorization],
    parameters: &[],
    expected: "AWSSupportAccess is attached to a user, a role, or a group with members",
    fix: "attach AWSSupportAccess to the role of the incident team",
};

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let holders = holders(view.authorization()?, "AWSSupportAccess");
    let verdict = if holders.is_empty() {
        Verdict::fail("AWSSupportAccess is attached to no user, role, or group with members")
            .because("other policies that allow support actions are not looked at")
    } else {
        Verdict::pass(format!("AWSSupportAccess: {}", names(holders)))
    };
    Ok(vec![Finding::new(Resource::account(view), verdict)])
}
