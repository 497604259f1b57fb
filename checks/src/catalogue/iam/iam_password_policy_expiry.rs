//! # IAM password expiry matches the written policy
//!
//! ## What it asks
//! Whether passwords expire as your written policy says: within `password_max_age_days`, or not at all when that is 0.
//!
//! ## Why an auditor asks
//! Auditors test what the written policy says. NIST SP 800-63B advises against forced expiry, so none is asked for
//! until you state a figure.
//!
//! ## How it is decided
//! No IAM user with a console password → `not-applicable`, as the policy binds no one else; it does not bind root. No
//! policy of the account's own → AWS's default is judged: at least 8 characters, three of the four character classes,
//! no reuse prevention and no expiry. With `password_max_age_days` of 0, the default, no expiry is asked for → pass,
//! and what holds is told. With a figure: `MaxPasswordAge` at most the figure → pass; longer, or no expiry → fail.
//!
//! ## What else is accepted
//! A password policy in your identity provider, with no console passwords in IAM.
//!
//! ## What it does not see
//! Whether users may change a password (`AllowUsersToChangePassword`) and are locked out when it ends (`HardExpiry`)
//! is not read. How old a password is (`password_last_changed`) is not judged here. Passwords of root, of Identity
//! Center's directory and of an identity provider are under other policies.
//!
//! ## Remediation
//! Console: IAM, Account settings, Password policy, Edit. CLI: `aws iam update-account-password-policy
//! --max-password-age 90 ...`; name every setting, as those left out fall back to their defaults. Terraform:
//! `max_password_age = 90` in `aws_iam_account_password_policy`.
//!
//! ## Peers
//! Prowler `iam_password_policy_expires_passwords_within_90_days_or_less`; Powerpipe `iam_password_policy_expire_90`,
//! `iam_account_password_policy_strong_min_reuse_24`; AWS Config `IAM_PASSWORD_POLICY`; ScoutSuite
//! `iam-password-policy-expiration-threshold`.
//!
//! ## Where peers differ
//! - Powerpipe `iam_account_password_policy_strong_min_reuse_24`: gives one verdict over seven settings, so that a
//!   policy alarms for want of expiry within 90 days, against which NIST SP 800-63B advises, and it asks accounts
//!   without IAM users too. The policy binds IAM users alone (AWS IAM User Guide, "Set an account password policy for
//!   IAM users"): here each setting is held against your written policy, and without a user with a password it is
//!   `not-applicable`.
//! - Prowler `iam_password_policy_expires_passwords_within_90_days_or_less`: fails a password policy without expiry,
//!   whether or not the account has IAM users. NIST SP 800-63B advises against forced expiry, and AWS's default has
//!   none: here it is asked for when your written policy states a figure.
//! - ScoutSuite `iam-password-policy-expiration-threshold`: fires in an account without IAM users (issue 1496). The
//!   policy binds nobody there: `not-applicable`.
//!
//! ## References
//! AWS IAM User Guide, "Set an account password policy for IAM users"; API Reference, `GetAccountPasswordPolicy`. NIST
//! SP 800-63B, "Memorized Secret Verifiers".

use kickoff_facts::{Need, View};

use crate::frame::wording::count;
use crate::parameters::{PASSWORD_MAX_AGE, Parameters};
use crate::reasoning::credentials::judge_password_policy;
use crate::{Evaluation, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-password-policy-expiry",
    control: "CC6.1.12",
    title: "IAM password expiry matches the written policy",
    severity: Severity::Info,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1"],
    needs: &[Need::CredentialReport, Need::PasswordPolicy],
    parameters: &[&PASSWORD_MAX_AGE],
    expected: "passwords expire within {password_max_age_days} days; 0 asks for no expiry",
    fix: "set the expiry of your written policy in the account's password policy",
};

/// Decides.
///
/// # Errors
/// The credential report or the password policy is not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let limit = parameters.number(&PASSWORD_MAX_AGE);
    judge_password_policy(view, |policy| match policy.and_then(|policy| policy.max_age_days) {
        Some(days) => Verdict::decide(
            limit == 0 || u64::from(days) <= limit,
            format!("passwords expire after {}", count(days, "day")),
        ),
        None => Verdict::decide(limit == 0, "passwords do not expire"),
    })
}
