//! # Human access goes through a central identity provider
//!
//! ## What it asks
//! Whether people reach the account through a central identity provider, and not with passwords of IAM users.
//!
//! ## Why an auditor asks
//! One directory means one place to join, change and leave. A password in IAM survives the person's account in the
//! directory.
//!
//! ## How it is decided
//! An IAM user with a console password who is neither in `break_glass_users` nor in `service_users` → fail, whatever
//! else there is: an identity provider that exists is not proof that people use it. Without such a user, roles that
//! Identity Center made (`AWSReservedSSO_...`), or another role whose trust policy names a SAML provider of the account →
//! pass.
//!
//! If neither is seen, the check is `manual`: people may come from another account by assuming a role, or through an
//! OpenID Connect provider, which mostly serves pipelines and workloads; its kind of user cannot be told from the
//! configuration. Service users with a password have `iam-service-user-with-password`. Root is not counted.
//!
//! ## What else is accepted
//! Identity Center; a SAML provider that a role trusts; break-glass users that you declare in `break_glass_users`;
//! access by role from another account whose own people are federated, confirmed by you.
//!
//! ## What it does not see
//! Access keys of people, which need no sign-in, are not counted here. Whether anybody signs in by the federated
//! roles, whether the provider asks for MFA, and until when its metadata is valid (`ValidUntil`) is not seen. Who is
//! whom among IAM users is your declaration.
//!
//! ## Remediation
//! Console: IAM Identity Center, Enable, connect your identity provider, assign permission sets; then disable console
//! access of the IAM users. CLI: `aws iam delete-login-profile --user-name NAME`. Terraform:
//! `aws_ssoadmin_permission_set` and `aws_ssoadmin_account_assignment` in place of `aws_iam_user_login_profile`.
//!
//! ## Peers
//! Prowler `iam_check_saml_providers_sts`; CIS AWS Foundations v5 1.20.
//!
//! ## Where peers differ
//! - Prowler `iam_check_saml_providers_sts`: passes an account that has any SAML provider, while its people sign in
//!   with passwords of IAM users. A provider does not take a password away: here such a user fails, unless you declared
//!   him.
//!
//! ## References
//! AWS IAM User Guide, "Identity providers and federation into AWS"; IAM Identity Center User Guide, "What is IAM
//! Identity Center?".

use kickoff_facts::iam::Role;
use kickoff_facts::{Need, View};

use crate::frame::wording::{count, names};
use crate::parameters::{BREAK_GLASS_USERS, Parameters, SERVICE_USERS};
use crate::reasoning::credentials::console_users;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-federated-access",
    control: "CC6.1.09",
    title: "Human access goes through a central identity provider",
    severity: Severity::Medium,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1", "CC6.2"],
    needs: &[Need::CredentialReport, Need::Authorization, Need::SamlProviders, Need::OidcProviders],
    parameters: &[&BREAK_GLASS_USERS, &SERVICE_USERS],
    expected: "people sign in through an identity provider; only break-glass users ({break_glass_users}) and service users ({service_users}) have a console password",
    fix: "give the users access through Identity Center and remove their console passwords, or declare them as break-glass users",
};

/// Decides.
///
/// # Errors
/// The credential report is not known, or the roles and providers are not where they decide.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let exempt = |name: &str| parameters.matches(&BREAK_GLASS_USERS, name) || parameters.matches(&SERVICE_USERS, name);
    let report = view.credential_report()?;
    let people = console_users(view, report, |name| !exempt(name))?;
    if !people.is_empty() {
        let who = names(people.iter().map(|row| &row.user));
        let observed = format!("{} with a console password: {who}", count(people.len(), "IAM user"));
        return Ok(vec![Finding::new(Resource::account(view), Verdict::fail(observed))]);
    }
    let roles = &view.authorization()?.roles;
    let (from_center, others): (Vec<&Role>, Vec<&Role>) = roles.iter().partition(|role| role.is_identity_center());
    let providers = view.saml_providers()?;
    let trusted = |provider: &&String| others.iter().any(|role| role.trust.contains(&format!("\"{provider}\"")));
    let in_use: Vec<&String> = providers.iter().filter(trusted).collect();
    let mut ways = Vec::new();
    if !from_center.is_empty() {
        ways.push(format!("Identity Center ({})", count(from_center.len(), "role")));
    }
    if !in_use.is_empty() {
        ways.push(format!("SAML: {}", names(in_use)));
    }
    let none = "no person's IAM user has a console password";
    let verdict = if ways.is_empty() {
        let oidc = names(view.oidc_providers()?.iter().map(|provider| &provider.arn));
        let oidc = if oidc.is_empty() { "none".to_owned() } else { oidc };
        Verdict::manual(
            format!("{none}; no role of Identity Center or of a SAML provider; OpenID Connect providers: {oidc}"),
            "say how people reach this account, and confirm that they sign in through a central identity provider",
        )
    } else {
        Verdict::pass(format!("{none}; {}", ways.join("; ")))
    };
    Ok(vec![Finding::new(Resource::account(view), verdict)])
}
