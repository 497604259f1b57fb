//! # IAM password policy sets the minimum length
//!
//! ## What it asks
//! Whether the password policy asks for `password_min_length` characters.
//!
//! ## Why an auditor asks
//! Length is what makes a password hard to guess. The figure has to be the one in your written policy.
//!
//! ## How it is decided
//! No IAM user with a console password → `not-applicable`, as the policy binds no one else; it does not bind root. No
//! policy of the account's own → AWS's default is judged: at least 8 characters, three of the four character classes,
//! no reuse prevention and no expiry. `MinimumPasswordLength` at least the figure → pass, else fail.
//!
//! ## What else is accepted
//! A password policy in your identity provider, with no console passwords in IAM.
//!
//! ## What it does not see
//! Passwords themselves cannot be seen: the policy binds a password when it is set, and older ones may be shorter.
//! Passwords of root, of Identity Center's directory and of an identity provider are under other policies.
//!
//! ## Remediation
//! Console: IAM, Account settings, Password policy, Edit. CLI: `aws iam update-account-password-policy
//! --minimum-password-length 14 ...`; name every setting, as those left out fall back to their defaults. Terraform:
//! `minimum_password_length = 14` in `aws_iam_account_password_policy`.
//!
//! ## Peers
//! Prowler `iam_password_policy_minimum_length_14`; Powerpipe `iam_account_password_policy_min_length_14`,
//! `iam_account_password_policy_strong_min_reuse_24`, `iam_account_password_policy_strong_min_length_8`; AWS Config
//! `IAM_PASSWORD_POLICY`; CIS AWS Foundations v5 1.7.
//!
//! ## Where peers differ
//! - Powerpipe `iam_account_password_policy_strong_min_reuse_24`: gives one verdict over seven settings, so that a
//!   policy alarms for want of expiry within 90 days, against which NIST SP 800-63B advises, and it asks accounts
//!   without IAM users too. The policy binds IAM users alone (AWS IAM User Guide, "Set an account password policy for
//!   IAM users"): here each setting is held against your written policy, and without a user with a password it is
//!   `not-applicable`.
//!
//! ## References
//! AWS IAM User Guide, "Set an account password policy for IAM users"; API Reference, `GetAccountPasswordPolicy`.

use kickoff_facts::{Need, View};

use crate::parameters::{PASSWORD_MIN_LENGTH, Parameters};
use crate::reasoning::credentials::judge_password_policy;
use crate::{Evaluation, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-password-policy-length",
    control: "CC6.1.13",
    title: "IAM password policy sets the minimum length",
    severity: Severity::Medium,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1"],
    needs: &[Need::CredentialReport, Need::PasswordPolicy],
    parameters: &[&PASSWORD_MIN_LENGTH],
    expected: "passwords have at least {password_min_length} characters",
    fix: "set the minimum length in the account's password policy",
};

/// What AWS asks for where an account has no policy of its own.
const DEFAULT_LENGTH: u32 = 8;

/// Decides.
///
/// # Errors
/// The credential report or the password policy is not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let least = parameters.number(&PASSWORD_MIN_LENGTH);
    judge_password_policy(view, |policy| {
        let length = policy.map_or(DEFAULT_LENGTH, |policy| policy.minimum_length);
        Verdict::decide(u64::from(length) >= least, format!("at least {length} characters"))
    })
}
