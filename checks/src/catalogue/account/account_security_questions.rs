//! # Root security questions
//!
//! ## What it asks
//! Nothing any more: AWS retired the security challenge questions of the root user.
//!
//! ## Why an auditor asks
//! Older control lists and benchmarks ask that the questions are set. The row answers them.
//!
//! ## How it is decided
//! `not-applicable`: no new questions can be set since January 2024. What helps to get an account back is judged by
//! `account-contact-current` and `account-security-contact`, and what protects root by `iam-root-mfa`.
//!
//! ## What else is accepted
//! Nothing is asked for.
//!
//! ## What it does not see
//! Nothing is read. Questions that were answered before January 2024 may still stand in the account: no API tells
//! them.
//!
//! ## Remediation
//! Console: Account, Contact information and Alternate contacts, in place of the questions. CLI:
//! `aws account get-alternate-contact --alternate-contact-type SECURITY`. Terraform: `aws_account_alternate_contact`.
//!
//! ## Peers
//! Prowler `account_security_questions_are_registered_in_the_aws_account`; CIS AWS Foundations v3 1.3, v4 1.3.
//!
//! ## References
//! AWS Account Management Reference Guide, "Update the root user of your account".

use kickoff_facts::View;

use crate::parameters::Parameters;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "account-security-questions",
    control: "CC6.1.02",
    title: "Root security questions",
    severity: Severity::Info,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Manual,
    criteria: &["CC6.1"],
    needs: &[],
    parameters: &[],
    expected: "nothing: AWS retired the questions",
    fix: "keep the contacts of the account current, and protect root with MFA",
};

/// Decides.
///
/// # Errors
/// Never.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let verdict = Verdict::not_applicable("nothing was asked", "AWS retired the security questions of the root user");
    Ok(vec![Finding::new(Resource::account(view), verdict)])
}
