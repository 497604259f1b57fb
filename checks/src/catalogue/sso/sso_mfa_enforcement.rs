//! # Identity Center or IdP enforces MFA
//!
//! ## What it asks
//! Whether people who sign in through IAM Identity Center, or through an identity provider of your own, are asked for a
//! second factor at every sign-in.
//!
//! ## Why an auditor asks
//! Where people sign in by federation, the MFA that AWS can see on IAM users protects nobody. It is the provider that has
//! to ask.
//!
//! ## How it is decided
//! No public API tells the MFA mode of Identity Center, and AWS knows nothing of another provider's: `manual`, in the
//! management account, which owns the Identity Center of the organization, and in every account that has a SAML provider
//! of its own. The providers that Identity Center makes for itself (`AWSSSO_..._DO_NOT_DELETE`) are not counted. In a
//! member account without one this is decided in the management account, and in an account without an organization and
//! without a provider nobody signs in by federation: `not-applicable`.
//!
//! ## What else is accepted
//! A dated screenshot of Identity Center, Settings, Authentication, Multi-factor authentication; the export of the
//! sign-on policy of the identity provider, when that is the identity source.
//!
//! ## What it does not see
//! Nothing of MFA is read: neither the setting nor the devices that people registered. Sign-ins of the period are
//! events of CloudTrail that are not looked at. OpenID Connect providers, which mostly serve programs, do not count as
//! ways of people.
//!
//! ## Remediation
//! Console: IAM Identity Center, Settings, Authentication, Configure MFA: prompt every time they sign in, and require
//! users without a device to register one. CLI: none. Terraform: none for Identity Center; the provider's own for others.
//!
//! ## Peers
//! No peer decides it.
//!
//! ## References
//! AWS IAM Identity Center User Guide, "Prompt users for MFA"; "Enforce MFA device registration".

use kickoff_facts::{Need, View};

use crate::frame::wording::names;
use crate::parameters::Parameters;
use crate::reasoning::management::{Standing, alone, member, standing};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "sso-mfa-enforcement",
    control: "CC6.1.38",
    title: "Identity Center or IdP enforces MFA",
    severity: Severity::High,
    level: Level::Organization,
    per: Per::Account,
    kind: Kind::Manual,
    criteria: &["CC6.1", "CC6.6"],
    needs: &[Need::Organization, Need::SamlProviders],
    parameters: &[],
    expected: "everyone who signs in by federation is asked for a second factor every time",
    fix: "set Identity Center, or the identity provider, to ask for MFA at every sign-in",
};

/// Decides.
///
/// # Errors
/// The organization, or the account's SAML providers, are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let standing = standing(view)?;
    let own: Vec<&String> = view.saml_providers()?.iter().filter(|arn| !is_identity_center(arn)).collect();
    let mut ways = Vec::new();
    if let Standing::Management(organization) = standing {
        ways.push(format!("the management account of {}, which owns its Identity Center", organization.id));
    }
    if !own.is_empty() {
        ways.push(format!("SAML: {}", names(own)));
    }
    let verdict = match standing {
        _ if !ways.is_empty() => Verdict::manual(
            ways.join("; "),
            "no API tells whether MFA is asked for: add a dated screenshot of the MFA settings, or the provider's policy",
        ),
        Standing::Member(organization) => member(organization),
        _ => alone(),
    };
    Ok(vec![Finding::new(Resource::account(view), verdict)])
}

/// Whether Identity Center made a SAML provider for itself.
fn is_identity_center(arn: &str) -> bool {
    let name = arn.rsplit('/').next().unwrap_or(arn);
    name.starts_with("AWSSSO_") && name.ends_with("_DO_NOT_DELETE")
}
