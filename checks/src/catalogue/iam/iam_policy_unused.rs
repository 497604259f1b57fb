//! # Customer-managed policies are attached to something
//!
//! ## What it asks
//! Whether each customer managed policy is attached to something.
//!
//! ## Why an auditor asks
//! A policy that nothing uses grants nothing. It clutters the review and may be attached one day without being read.
//!
//! ## How it is decided
//! The population is every customer managed policy. Attached to a user, group or role, or used as a permission boundary
//! → pass, else fail. Policies that AWS owns are left out. It is hygiene: an unused policy is no access.
//!
//! ## What else is accepted
//! A policy kept for a process that attaches it when needed, as an approved exception.
//!
//! ## What it does not see
//! Since when a policy is attached to nothing is not told. That its holder is a group without members, or a role that
//! nobody uses, does not count here; references from permission sets that are provisioned nowhere are not seen.
//!
//! ## Remediation
//! Console: IAM, Policies, filter by Customer managed and not attached, Delete. CLI: `aws iam delete-policy
//! --policy-arn ARN`. Terraform: remove `aws_iam_policy`.
//!
//! ## Peers
//! Powerpipe `iam_custom_policy_unused`, `iam_policy_unused`; AWS Config `IAM_POLICY_IN_USE`.
//!
//! ## References
//! AWS IAM User Guide, "Managed policies and inline policies"; API Reference, `ManagedPolicyDetail`.

use kickoff_facts::{Need, View};

use crate::frame::wording::count;
use crate::parameters::Parameters;
use crate::reasoning::tested::{own_policies, policy as resource};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-policy-unused",
    control: "CC6.3.13",
    title: "Customer-managed policies are attached to something",
    severity: Severity::Info,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.3"],
    needs: &[Need::Authorization],
    parameters: &[],
    expected: "the policy is attached, or is somebody's permission boundary",
    fix: "delete the policy, or record why it is kept",
};

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let own = own_policies(view, view.authorization()?, |_| None);
    let judged = own.into_iter().map(|policy| {
        let (attachments, boundaries) = (policy.attachments, policy.boundary_uses);
        let observed = format!("{}, {} as a boundary", count(attachments, "attachment"), count(boundaries, "use"));
        let verdict = Verdict::decide(attachments > 0 || boundaries > 0, observed);
        Finding::new(resource(policy), verdict)
    });
    Ok(judged.collect())
}
