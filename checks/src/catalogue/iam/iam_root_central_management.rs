//! # The organization manages the root credentials of its members centrally
//!
//! ## What it asks
//! Whether central management of root credentials is switched on for the organization.
//!
//! ## Why an auditor asks
//! Every member account has a root user of its own. Central management removes their passwords and keys and refuses
//! their recovery, so that there is nothing to protect, review and rotate in each account.
//!
//! ## How it is decided
//! In the management account: `ListOrganizationsFeatures` has `RootCredentialsManagement` → pass. The feature off, or
//! IAM not trusted in the organization → fail. `RootSessions` is told, but not asked for; where it is on and service control
//! policies deny what root sessions are for, the result says so, as it does where that is not known. In a member account,
//! and without an organization: `not-applicable`. An account to which IAM's administration is delegated could ask as well;
//! it is left to the management account.
//!
//! The feature does not remove credentials that are there: `iam-root-mfa` and `iam-root-no-access-keys` look at each
//! account.
//!
//! ## What else is accepted
//! MFA on the root user of each account and no root access keys, if you do not run an organization with all features.
//!
//! ## What it does not see
//! Which members still hold root credentials is not asked here: `iam-root-mfa` and `iam-root-no-access-keys` tell it
//! in each account. Who may use the feature, and whether it was used in the period, is not seen. The management
//! account's own root user is not covered by it.
//!
//! ## Remediation
//! Console: in the management account, IAM, Root access management, Enable. CLI: `aws organizations
//! enable-aws-service-access --service-principal iam.amazonaws.com`, then `aws iam
//! enable-organizations-root-credentials-management`. Terraform: `aws_iam_organizations_features`.
//!
//! ## Peers
//! Prowler `iam_root_credentials_management_enabled`; CIS AWS Foundations v7 2.1.1.
//!
//! ## References
//! AWS IAM User Guide, "Centrally manage root access for member accounts"; API Reference, `ListOrganizationsFeatures`.

use kickoff_facts::{Need, View};

use crate::frame::wording::names;
use crate::parameters::Parameters;
use crate::reasoning::{management, service_control};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-root-central-management",
    control: "CC6.1.18",
    title: "The organization manages the root credentials of its members centrally",
    severity: Severity::High,
    level: Level::Organization,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1", "CC6.3"],
    needs: &[
        Need::Organization,
        Need::RootManagement,
        Need::OrganizationRoot,
        Need::OrganizationTree,
        Need::OrganizationPolicies,
        Need::Members,
    ],
    parameters: &[],
    expected: "RootCredentialsManagement is enabled",
    fix: "enable central management of root credentials in the management account",
};

/// Decides.
///
/// # Errors
/// It is not known whether the account belongs to an organization.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    management::judge(view, |organization, seen| {
        let Some(central) = view.root_management()? else {
            return Ok(Verdict::fail("central root management cannot be on: IAM is not trusted in the organization"));
        };
        let on = central.features.iter().any(|feature| feature == "RootCredentialsManagement");
        let features = if central.features.is_empty() { "none".to_owned() } else { names(&central.features) };
        let told = service_control::said_of_root_sessions(view, seen, organization);
        Ok(Verdict::decide(on, format!("features that are on: {features}{told}")))
    })
}
