//! # Root sign-in is protected by MFA
//!
//! ## What it asks
//! Whether an MFA device protects the root user of the account.
//!
//! ## Why an auditor asks
//! Root can do everything in the account and no IAM policy limits it. A password alone must not be enough to become
//! root.
//!
//! ## How it is decided
//! `GetAccountSummary` says it: `AccountMFAEnabled` is 1 → pass, 0 → fail. Where root has neither a password nor an
//! access key, as in a member account whose root credentials were removed centrally, the check is `not-applicable`,
//! never pass. Where AWS gives no entry for the password, the MFA flag alone decides.
//!
//! MFA protects the sign-in. It does not protect root's access keys: `iam-root-no-access-keys` asks for those.
//!
//! ## What else is accepted
//! Central management of root credentials, which removes root's password (`iam-root-central-management`).
//!
//! ## What it does not see
//! The kind of device is asked by `iam-root-hardware-mfa`; how many there are, where they lie and who holds them is
//! not seen. Who can get into root's mailbox or phone, and so recover the account, is outside.
//!
//! ## Remediation
//! Console: sign in as root, Security credentials, Assign MFA device. There is no CLI call or Terraform resource that
//! does it for the root user of a standalone account. In a member account: remove the root credentials from the
//! management account with `aws iam enable-organizations-root-credentials-management` and a root session (`aws sts
//! assume-root`).
//!
//! ## Peers
//! Prowler `iam_root_mfa_enabled`; Powerpipe `iam_root_user_mfa_enabled`,
//! `iam_root_user_account_console_access_mfa_enabled`; AWS Config `ROOT_ACCOUNT_MFA_ENABLED`; ScoutSuite
//! `iam-root-account-no-mfa`; CIS AWS Foundations v5 1.4.
//!
//! ## Where peers differ
//! - Prowler `iam_root_mfa_enabled`: gives no result at all where the credential report shows neither a password nor an
//!   active key of root. Silence looks like a check that did not run: here the result is `not-applicable`, with the
//!   reason.
//! - ScoutSuite `iam-root-account-no-mfa`: fails a member account whose root credentials were removed centrally (issue
//!   1710). Such a root user cannot sign in (AWS IAM User Guide, "Centrally manage root access for member accounts"),
//!   so that MFA has nothing to protect: `not-applicable`.
//!
//! ## References
//! AWS IAM User Guide, "Multi-factor authentication for AWS account root user"; "Centrally manage root access for
//! member accounts"; API Reference, `GetAccountSummary`.

use kickoff_facts::iam::Credential;
use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::credentials::{root_without_credentials, undisputed};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-root-mfa",
    control: "CC6.1.21",
    title: "Root sign-in is protected by MFA",
    severity: Severity::Critical,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1", "CC6.6"],
    needs: &[Need::AccountSummary],
    parameters: &[],
    expected: "root has an MFA device, or no credential at all",
    fix: "assign an MFA device to root, or remove the root credentials of a member account centrally",
};

/// Decides.
///
/// # Errors
/// The account summary is not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let summary = view.account_summary()?;
    let verdict = if let Some(verdict) = root_without_credentials(view, summary)? {
        verdict
    } else {
        undisputed(view, summary, Credential::Mfa)?;
        let password = match summary.root_password_present {
            Some(true) => "root has a password",
            Some(false) => "root has no password, but an access key",
            None => "AWS does not say whether root has a password",
        };
        let mfa = if summary.root_mfa_enabled { "MFA is on" } else { "MFA is off" };
        Verdict::decide(summary.root_mfa_enabled, format!("{mfa}; {password}"))
    };
    Ok(vec![Finding::new(Resource::root(view), verdict)])
}
