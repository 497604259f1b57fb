//! # CloudShell file transfer rights are restricted
//!
//! ## What it asks
//! Whether `AWSCloudShellFullAccess` is attached to somebody.
//!
//! ## Why an auditor asks
//! The policy allows to move files in and out of CloudShell by the console, past every control on the network and on
//! devices.
//!
//! ## How it is decided
//! The AWS managed policy `AWSCloudShellFullAccess` attached to a user, a role, or a group that has members → fail,
//! else pass. Roles that Identity Center made count. A group without members gives the right to nobody. Other policies
//! that allow `cloudshell:GetFileDownloadUrls` and `cloudshell:GetFileUploadUrls`, the client's and administrators'
//! among them, are not looked at.
//!
//! ## What else is accepted
//! A policy of the client's that allows CloudShell without the two actions of file transfer.
//!
//! ## What it does not see
//! Boundaries and service control policies, which may take the right away, are not weighed. Whether somebody used
//! CloudShell, and what was moved, is not seen.
//!
//! ## Remediation
//! Console: IAM, Policies, AWSCloudShellFullAccess, Entities attached, Detach. CLI: `aws iam detach-group-policy
//! --group-name GROUP --policy-arn arn:aws:iam::aws:policy/AWSCloudShellFullAccess` (or `-user-`, `-role-`). Terraform:
//! remove the attachment.
//!
//! ## Peers
//! Prowler `iam_policy_cloudshell_admin_not_attached`; Powerpipe
//! `iam_user_group_role_cloudshell_fullaccess_restricted`; CIS AWS Foundations v5 1.21.
//!
//! ## References
//! AWS CloudShell User Guide, "Managing AWS CloudShell access and usage with IAM policies".

use kickoff_facts::{Need, View};

use crate::frame::wording::names;
use crate::parameters::Parameters;
use crate::reasoning::attachments::holders;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-cloudshell-full-access",
    control: "CC6.7.01",
    title: "CloudShell file transfer rights are restricted",
    severity: Severity::Low,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.7", "CC6.3"],
    needs: &[Need::Authorization],
    parameters: &[],
    expected: "AWSCloudShellFullAccess is attached to no user, role, or group with members",
    fix: "detach AWSCloudShellFullAccess, and allow CloudShell without file transfer where it is needed",
};

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let holders = holders(view.authorization()?, "AWSCloudShellFullAccess");
    let verdict = if holders.is_empty() {
        Verdict::pass("AWSCloudShellFullAccess is attached to no user, role, or group with members")
            .because("other policies that allow file transfer are not looked at")
    } else {
        Verdict::fail(format!("AWSCloudShellFullAccess: {}", names(holders)))
    };
    Ok(vec![Finding::new(Resource::account(view), verdict)])
}
