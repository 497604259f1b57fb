//! # Primary, billing and operations contacts are current
//!
//! ## What it asks
//! Whether the primary, operations and billing contacts are people or teams who would answer AWS today.
//!
//! ## Why an auditor asks
//! AWS writes to these contacts before it limits an account, and about invoices and outages. A contact who left does
//! not answer.
//!
//! ## How it is decided
//! Always `manual`: AWS knows the contacts, not whether they are current. The result names the three contacts, with
//! e-mail addresses masked and without address and phone number, and somebody who knows the firm confirms them. The
//! security contact has `account-security-contact`.
//!
//! ## What else is accepted
//! Team addresses in place of persons; contacts that the management account sets for its members.
//!
//! ## What it does not see
//! Whether an address still receives mail, and who reads it, is not seen; neither are the root user's own e-mail
//! address and phone number, which AWS uses too. The postal address and the phone numbers of the contacts are redacted
//! before anything is kept.
//!
//! ## Remediation
//! Console: Account, Contact information and Alternate contacts. CLI: `aws account put-contact-information` and `aws
//! account put-alternate-contact --alternate-contact-type OPERATIONS ...`. Terraform: `aws_account_primary_contact` and
//! `aws_account_alternate_contact`.
//!
//! ## Peers
//! Prowler `account_maintain_current_contact_details`,
//! `account_maintain_different_contact_details_to_security_billing_and_operations`; CIS AWS Foundations v5 1.1.
//!
//! ## References
//! AWS Account Management Reference Guide, "Update the primary contact for your AWS account"; "Update the alternate
//! contacts for your AWS account".

use kickoff_facts::{Need, View};

use crate::frame::wording::line;
use crate::parameters::Parameters;
use crate::reasoning::contacts::shown;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "account-contact-current",
    control: "CC2.3.01",
    title: "Primary, billing and operations contacts are current",
    severity: Severity::Low,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Manual,
    criteria: &["CC2.3", "CC7.4"],
    needs: &[Need::AlternateContacts, Need::PrimaryContact],
    parameters: &[],
    expected: "a person confirms that each contact is current",
    fix: "replace contacts who left by people or teams who answer",
};

/// Decides.
///
/// # Errors
/// The contacts are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let alternates = view.alternate_contacts()?;
    let primary = view.primary_contact()?;
    let finding = Finding::judge(Resource::account(view), |seen| {
        let operations = seen.see(&alternates.operations)?.as_ref().map_or("none".to_owned(), shown);
        let billing = seen.see(&alternates.billing)?.as_ref().map_or("none".to_owned(), shown);
        let company = primary.company.as_ref().map(|name| format!(", {}", line(name))).unwrap_or_default();
        let name = line(&primary.full_name);
        Ok(Verdict::manual(
            format!("primary: {name}{company}, {}; operations: {operations}; billing: {billing}", primary.country),
            "confirm that these contacts are current and would answer",
        ))
    });
    Ok(vec![finding])
}
