//! # IAM Identity Center is the console entry point
//!
//! ## What it asks
//! Whether the organization has an active instance of IAM Identity Center with permission sets to hand out.
//!
//! ## Why an auditor asks
//! One place where people sign in is one place where a leaver is shut out. Users in each account are forgotten.
//!
//! ## How it is decided
//! In the management account, whose instance lies in one region: an instance that the account owns, with the status
//! `ACTIVE` and at least one permission set that somebody is assigned → pass; one that is not active, without a permission
//! set, or whose sets nobody is assigned → fail. If no assignment is known and some cannot be read → `not-evaluated`. No
//! instance in any region, and no SAML provider of the account's own → fail; with such a provider → `manual`, because
//! people may come in through it. "No instance" needs every enabled region to have been scanned, or the result is
//! `not-evaluated`. In a member account, and without an organization: `not-applicable`; an instance of a single account
//! gives no access to AWS accounts.
//!
//! ## What else is accepted
//! An identity provider that signs people in to each account by SAML, without Identity Center: `iam-federated-access`
//! judges that account by account.
//!
//! ## What it does not see
//! Whether anybody signs in by it, whether it covers every account, and where its people come from (the identity
//! source) is not read: no API tells the source. Console passwords of IAM users, which go around it, are asked by
//! `iam-federated-access` in each account.
//!
//! ## Remediation
//! Console: IAM Identity Center, Enable, in the management account; then Permission sets, Create. CLI:
//! `aws sso-admin create-permission-set`; the organization's instance can be enabled in the console only. Terraform:
//! `aws_ssoadmin_permission_set`.
//!
//! ## Peers
//! No peer has a check of Identity Center.
//!
//! ## References
//! IAM Identity Center User Guide, "Organization and account instances of IAM Identity Center"; API Reference,
//! `ListInstances`.

use kickoff_facts::{Need, View};

use crate::frame::wording::{count, names};
use crate::parameters::Parameters;
use crate::reasoning::certainty::among;
use crate::reasoning::identity_center::{CALL, assignments, permission_sets};
use crate::reasoning::{management, regions};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "sso-instance-active",
    control: "CC6.1.37",
    title: "IAM Identity Center is the console entry point",
    severity: Severity::Medium,
    level: Level::Organization,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1", "CC6.2"],
    needs: &[
        Need::Organization,
        Need::IdentityCenters,
        Need::PermissionSets,
        Need::Assignments,
        Need::SamlProviders,
        Need::Regions,
    ],
    parameters: &[],
    expected: "the organization's instance of Identity Center is active and people are assigned its permission sets",
    fix: "enable Identity Center in the management account and give people access through permission sets",
};

/// Decides.
///
/// # Errors
/// It is not known whether the account belongs to an organization.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    management::judge(view, |_, seen| {
        let instances = regions::find(view, |region| {
            let own = region.identity_centers()?.iter().filter(|instance| instance.owner == view.account_id());
            Ok(own.map(|instance| (region.region_name(), instance)).collect())
        })?;
        let active = instances.iter().find(|(_, instance)| instance.status == "ACTIVE");
        if let Some((region, instance)) = active {
            let sets = permission_sets(view)?.len();
            let observed = format!("{} is active in {region}, with {}", instance.arn, count(sets, "permission set"));
            if sets == 0 {
                return Ok(Verdict::fail(observed));
            }
            let assigned =
                among(assignments(view)?, |one| Ok((!seen.see(&one.assignments)?.is_empty()).then_some(())))?;
            let observed = match assigned.len() {
                0 => format!("{observed}, of which nobody is assigned any"),
                assigned => format!("{observed}, of which {assigned} assigned to somebody"),
            };
            return Ok(Verdict::decide(!assigned.is_empty(), observed));
        }
        if let Some((region, instance)) = instances.first() {
            return Ok(Verdict::fail(format!("{} in {region} is {}", instance.arn, instance.status)));
        }
        regions::all_scanned(view, CALL)?;
        let none = "no instance of Identity Center in any region";
        // Identity Center makes a provider of its own in each account that it serves.
        let own = |arn: &&String| !arn.contains(":saml-provider/AWSSSO_");
        let providers = names(view.saml_providers()?.iter().filter(own));
        Ok(if providers.is_empty() {
            Verdict::fail(none)
        } else {
            Verdict::manual(
                format!("{none}; SAML providers: {providers}"),
                "say whether people reach every account through the SAML provider",
            )
        })
    })
}
