//! # IAM password policy asks for mixed character classes
//!
//! ## What it asks
//! Whether the password policy asks for `password_character_classes` of the four character classes.
//!
//! ## Why an auditor asks
//! Some written policies ask for mixed characters. The setting has to match the policy, whichever it is; NIST SP
//! 800-63B advises length instead.
//!
//! ## How it is decided
//! No IAM user with a console password → `not-applicable`, as the policy binds no one else; it does not bind root. No
//! policy of the account's own → AWS's default is judged: at least 8 characters, three of the four character classes,
//! no reuse prevention and no expiry. In a policy of its own the classes that are asked for are counted: lower case,
//! upper case, digits, symbols. At least the figure → pass, else fail. A policy of its own that asks for no class
//! counts as none, weaker than the default.
//!
//! ## What else is accepted
//! A password policy in your identity provider, with no console passwords in IAM. A written policy that asks for fewer
//! classes: set the figure.
//!
//! ## What it does not see
//! Passwords themselves cannot be seen: the policy binds a password when it is set, and older ones may not meet it.
//! Passwords of root, of Identity Center's directory and of an identity provider are under other policies.
//!
//! ## Remediation
//! Console: IAM, Account settings, Password policy, Edit. CLI: `aws iam update-account-password-policy
//! --require-symbols --require-numbers --require-uppercase-characters --require-lowercase-characters ...`; name every
//! setting, as those left out fall back to their defaults. Terraform: `require_symbols = true` in
//! `aws_iam_account_password_policy`.
//!
//! ## Peers
//! Prowler `iam_password_policy_lowercase`, `iam_password_policy_uppercase`, `iam_password_policy_number`; Powerpipe
//! `iam_account_password_policy_one_lowercase_letter`, `iam_account_password_policy_one_uppercase_letter`,
//! `iam_account_password_policy_one_number`, `iam_account_password_policy_strong_min_reuse_24`; AWS Config
//! `IAM_PASSWORD_POLICY`.
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

use crate::parameters::{PASSWORD_CLASSES, Parameters};
use crate::reasoning::credentials::judge_password_policy;
use crate::{Evaluation, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-password-policy-complexity",
    control: "CC6.1.11",
    title: "IAM password policy asks for mixed character classes",
    severity: Severity::Low,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1"],
    needs: &[Need::CredentialReport, Need::PasswordPolicy],
    parameters: &[&PASSWORD_CLASSES],
    expected: "passwords have characters of {password_character_classes} classes",
    fix: "ask for the character classes of your written policy in the account's password policy",
};

/// So many of the four classes AWS asks for where an account has no policy of its own.
const DEFAULT_CLASSES: u64 = 3;

/// Decides.
///
/// # Errors
/// The credential report or the password policy is not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let least = parameters.number(&PASSWORD_CLASSES);
    judge_password_policy(view, |policy| {
        let Some(policy) = policy else {
            return Verdict::decide(DEFAULT_CLASSES >= least, format!("any {DEFAULT_CLASSES} of the four classes"));
        };
        let classes = [
            (policy.lowercase, "lower case"),
            (policy.uppercase, "upper case"),
            (policy.numbers, "digits"),
            (policy.symbols, "symbols"),
        ];
        let (asked, names): (Vec<bool>, Vec<&str>) = classes.into_iter().filter(|(asked, _)| *asked).unzip();
        let number = asked.len() as u64;
        let which = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        Verdict::decide(number >= least, format!("{number} of the four classes: {which}"))
    })
}
