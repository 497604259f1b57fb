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
//! does not own has a target → pass, else fail. A target that is the management account itself does not count: these
//! policies never bind it. One known attachment decides; if none is known and the targets of a policy cannot be read →
//! `not-evaluated`. In a member account, and without an organization: `not-applicable`.
//!
//! What the policies deny is not judged here. Resource control policies are another kind and do not count.
//!
//! ## What else is accepted
//! Controls of AWS Control Tower, which are such policies.
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
use crate::reasoning::management;
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
    needs: &[Need::Organization, Need::OrganizationRoot, Need::OrganizationPolicies],
    parameters: &[],
    expected: "a service control policy of your own binds the root, a unit or a member account",
    fix: "attach a service control policy with your guardrails to the root or to a unit",
};

/// Decides.
///
/// # Errors
/// It is not known whether the account belongs to an organization.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    management::judge(view, |organization, seen| {
        let binds = |target: &str| target != organization.management_account;
        management::own_policy_in_force(view, seen, organization, "SERVICE_CONTROL_POLICY", binds)
    })
}
