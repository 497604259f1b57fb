//! # IAM password policy blocks reuse
//!
//! ## What it asks
//! Whether the password policy refuses the last `password_reuse_prevention` passwords.
//!
//! ## Why an auditor asks
//! A password that leaked should not come back. The figure has to be the one in your written policy.
//!
//! ## How it is decided
//! No IAM user with a console password → `not-applicable`, as the policy binds no one else; it does not bind root. No
//! policy of the account's own → AWS's default is judged: at least 8 characters, three of the four character classes,
//! no reuse prevention and no expiry. `PasswordReusePrevention` at least the figure → pass; less, or none → fail. AWS
//! remembers 24 at the most.
//!
//! ## What else is accepted
//! A password policy in your identity provider, with no console passwords in IAM.
//!
//! ## What it does not see
//! It is the setting of today: what users reused before is not seen, nor whether they may change their passwords at
//! all (`AllowUsersToChangePassword`). Passwords of root, of Identity Center's directory and of an identity provider
//! are under other policies.
//!
//! ## Remediation
//! Console: IAM, Account settings, Password policy, Edit. CLI: `aws iam update-account-password-policy
//! --password-reuse-prevention 24 ...`; name every setting, as those left out fall back to their defaults. Terraform:
//! `password_reuse_prevention = 24` in `aws_iam_account_password_policy`.
//!
//! ## Peers
//! Prowler `iam_password_policy_reuse_24`; Powerpipe `iam_account_password_policy_reuse_24`,
//! `iam_account_password_policy_strong_min_reuse_24`; AWS Config `IAM_PASSWORD_POLICY`; CIS AWS Foundations v5 1.8.
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

use crate::parameters::{PASSWORD_REUSE, Parameters};
use crate::reasoning::credentials::judge_password_policy;
use crate::{Evaluation, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-password-policy-reuse",
    control: "CC6.1.14",
    title: "IAM password policy blocks reuse",
    severity: Severity::Low,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1"],
    needs: &[Need::CredentialReport, Need::PasswordPolicy],
    parameters: &[&PASSWORD_REUSE],
    expected: "the last {password_reuse_prevention} passwords are refused",
    fix: "set the number of passwords to remember in the account's password policy",
};

/// Decides.
///
/// # Errors
/// The credential report or the password policy is not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let least = parameters.number(&PASSWORD_REUSE);
    judge_password_policy(view, |policy| match policy.and_then(|policy| policy.reuse_prevention) {
        Some(last) => Verdict::decide(u64::from(last) >= least, format!("the last {last} passwords are refused")),
        None => Verdict::decide(least == 0, "former passwords may be used again"),
    })
}
