//! # Security alternate contact is set
//!
//! ## What it asks
//! Whether the account has an alternate contact for security.
//!
//! ## Why an auditor asks
//! AWS writes to this contact about abuse, exposed keys and compromised resources. Without one, only the owner of the
//! root address is told.
//!
//! ## How it is decided
//! `GetAlternateContact` for `SECURITY` gives a contact → pass; it answers that there is none → fail. The address is
//! shown masked. Whether somebody reads what arrives there cannot be seen.
//!
//! ## What else is accepted
//! Nothing for the account itself. In an organization the management account can set it for all members.
//!
//! ## What it does not see
//! Whether the address works, whether it is a team's or one person's, and who answers is not seen. The operations and
//! billing contacts have `account-contact-current`.
//!
//! ## Remediation
//! Console: Account, Alternate contacts, Security. CLI: `aws account put-alternate-contact --alternate-contact-type
//! SECURITY ...`, for a member with `--account-id` from the management account. Terraform:
//! `aws_account_alternate_contact`.
//!
//! ## Peers
//! Prowler `account_security_contact_information_is_registered`; Powerpipe
//! `account_alternate_contact_security_registered`; AWS Config `SECURITY_ACCOUNT_INFORMATION_PROVIDED`; CIS AWS
//! Foundations v5 1.2.
//!
//! ## References
//! AWS Account Management Reference Guide, "Update the alternate contacts for your AWS account"; API Reference,
//! `GetAlternateContact`.

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::contacts::shown;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "account-security-contact",
    control: "CC7.3.01",
    title: "Security alternate contact is set",
    severity: Severity::Medium,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC7.3", "CC7.4", "CC2.3"],
    needs: &[Need::AlternateContacts],
    parameters: &[],
    expected: "a security contact is set",
    fix: "set the security contact to an address that the team reads",
};

/// Decides.
///
/// # Errors
/// The contacts are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let contacts = view.alternate_contacts()?;
    let finding = Finding::judge(Resource::account(view), |seen| {
        Ok(match seen.see(&contacts.security)? {
            Some(contact) => Verdict::pass(shown(contact)),
            None => Verdict::fail("no security contact"),
        })
    });
    Ok(vec![finding])
}
