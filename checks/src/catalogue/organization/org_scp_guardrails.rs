//! # Service control policies beyond the default are attached
//!
//! ## What it asks
//! Whether a service control policy of your own, beyond the default `FullAWSAccess`, is attached to the root, a unit or
//! a member account.
//!
//! ## Why an auditor asks
//! Service control policies are the limits that no administrator of a member account can lift.
//!
//! ## How it is decided
//! In the management account: all features are on, the root has `SERVICE_CONTROL_POLICY` enabled, and a policy that AWS
//! does not own restricts something where it is attached → pass, else fail. A target counts where an active member account
//! is it or stands under it: not a unit without accounts, not a suspended account, and not the management account, which
//! these policies never bind. A policy restricts something where it has a Deny; or where it allows a part only, and no
//! policy beside it on the same target allows everything, as `FullAWSAccess` does. One that is known decides; if none is
//! known and the targets, the accounts under them or the document of a policy cannot be read → `not-evaluated`. Without an
//! active member account, in a member account, and without an organization: `not-applicable`.
//!
//! What the policies deny is not judged here. Resource control policies are another kind and do not count.
//!
//! ## What else is accepted
//! Controls of AWS Control Tower, which are such policies.
//!
//! ## What it does not see
//! Which actions a policy denies, to whom and with which exemptions is asked by `org-scp-protects-logging` and
//! `org-scp-root-deny`, for logging and for root alone. Policies that were attached later than the period began are
//! not told from others. Resource control policies and declarative policies are other kinds.
//!
//! ## Remediation
//! Console: AWS Organizations, Policies, Service control policies, Enable, Create policy, attach it. CLI: `aws
//! organizations enable-policy-type --policy-type SERVICE_CONTROL_POLICY ...`, `aws organizations create-policy`, `aws
//! organizations attach-policy`. Terraform: `aws_organizations_policy` and `aws_organizations_policy_attachment`.
//!
//! ## Peers
//! Prowler `organizations_scp_check_deny_regions`; CIS AWS Foundations v7 2.1.2.
//!
//! ## References
//! AWS Organizations User Guide, "Service control policies (SCPs)"; "SCP evaluation".

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::{management, own_policies};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "org-scp-guardrails",
    control: "CC5.2.03",
    title: "Service control policies beyond the default are attached",
    severity: Severity::Medium,
    level: Level::Organization,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC5.2", "CC6.3"],
    needs: &[
        Need::Organization,
        Need::OrganizationRoot,
        Need::OrganizationPolicies,
        Need::OrganizationTree,
        Need::Members,
    ],
    parameters: &[],
    expected: "a service control policy of your own restricts what a member account may do",
    fix: "attach a service control policy with your guardrails to the root or to a unit that holds accounts",
};

/// Decides.
///
/// # Errors
/// It is not known whether the account belongs to an organization.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    management::judge(view, |organization, seen| {
        own_policies::judge(view, seen, organization, own_policies::Kind::ServiceControl)
    })
}
