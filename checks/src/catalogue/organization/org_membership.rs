//! # Account belongs to an organization
//!
//! ## What it asks
//! Whether the account belongs to an organization of AWS Organizations.
//!
//! ## Why an auditor asks
//! Outside an organization no guardrail, central log or central root management reaches the account.
//!
//! ## How it is decided
//! `DescribeOrganization` names an organization → pass; it answers that the account is in none → fail. Whose
//! organization it is, is told and not judged.
//!
//! ## What else is accepted
//! A firm with a single account may do without; record it as an approved exception.
//!
//! ## What it does not see
//! Whether the organization is yours, and which policies bind the account in it, is not judged. An invitation that is
//! open, and a membership that ended within the period, are not seen.
//!
//! ## Remediation
//! Console: AWS Organizations, Create an organization, or accept the invitation. CLI: `aws organizations
//! create-organization --feature-set ALL`, or `aws organizations accept-handshake --handshake-id ID`. Terraform:
//! `aws_organizations_organization`.
//!
//! ## Peers
//! Prowler `organizations_account_part_of_organizations`; Powerpipe `account_part_of_organizations`; AWS Config
//! `ACCOUNT_PART_OF_ORGANIZATIONS`.
//!
//! ## References
//! AWS Organizations User Guide, "What is AWS Organizations?"; API Reference, `DescribeOrganization`.

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "org-membership",
    control: "CC5.2.02",
    title: "Account belongs to an organization",
    severity: Severity::Low,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC5.2", "CC6.1"],
    needs: &[Need::Organization],
    parameters: &[],
    expected: "the account belongs to an organization",
    fix: "invite the account to your organization, or create one",
};

/// Decides.
///
/// # Errors
/// It is not known whether the account belongs to an organization.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let verdict = match view.organization()? {
        Some(organization) if organization.management_account == view.account_id() => {
            Verdict::pass(format!("the management account of {}", organization.id))
        }
        Some(organization) => {
            let (id, management) = (&organization.id, &organization.management_account);
            Verdict::pass(format!("a member of {id}, whose management account is {management}"))
        }
        None => Verdict::fail("in no organization"),
    };
    Ok(vec![Finding::new(Resource::account(view), verdict)])
}
