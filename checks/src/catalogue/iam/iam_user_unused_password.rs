//! # Console passwords idle past the limit are removed
//!
//! ## What it asks
//! Whether each console password of an IAM user was used within `unused_credential_days`.
//!
//! ## Why an auditor asks
//! A password that nobody uses belongs to somebody who left or changed role, and nobody notices when it is used by
//! another.
//!
//! ## How it is decided
//! The population is every IAM user with a console password. Whole days since `password_last_used` are counted. When no
//! use is known, they are counted since `password_last_changed`, else since the user was created: a password that was
//! never used grows old too. More than the limit → fail; no date at all → fail. The CIS benchmark counts the 45th day
//! as idle already; set 44 to follow it to the day.
//!
//! A new password does not count as a use. Break-glass users are part of the population: their idleness is a matter for
//! an approved exception.
//!
//! ## What else is accepted
//! Nothing replaces it for a password that exists.
//!
//! ## What it does not see
//! Use is a sign-in to the console: what the user does with access keys does not count. Sign-ins before AWS kept the
//! date (October 2014) are not known. Whether the person still works for you is not in AWS; the report may be up to
//! four hours old.
//!
//! ## Remediation
//! Console: IAM, Users, the user, Security credentials, Manage console access, Disable. CLI: `aws iam
//! delete-login-profile --user-name NAME`. Terraform: remove `aws_iam_user_login_profile`.
//!
//! ## Peers
//! Prowler `iam_user_console_access_unused`; Powerpipe `iam_user_unused_credentials_45`,
//! `iam_user_unused_credentials_90`, `iam_user_console_access_unused_45`; AWS Config
//! `IAM_USER_UNUSED_CREDENTIALS_CHECK`; CIS AWS Foundations v5 1.11.
//!
//! ## Where peers differ
//! - Prowler `iam_user_console_access_unused`: passes a password that was never used. It works all the same, and the
//!   credential report says since when it stands: here it grows old from then on, as CIS AWS Foundations asks.
//!
//! ## References
//! AWS IAM User Guide, "Find unused AWS credentials"; "Getting credential reports for your AWS account".

use kickoff_facts::{Need, View};

use crate::parameters::{Parameters, UNUSED_CREDENTIAL};
use crate::reasoning::credentials::{judge_console_users, judge_idle};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-user-unused-password",
    control: "CC6.2.05",
    title: "Console passwords idle past the limit are removed",
    severity: Severity::Medium,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.2", "CC6.3"],
    needs: &[Need::CredentialReport],
    parameters: &[&UNUSED_CREDENTIAL],
    expected: "a console password was used within the last {unused_credential_days} days, or is not older than that",
    fix: "remove the console password of the user",
};

/// Decides.
///
/// # Errors
/// The credential report is not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let report = view.credential_report()?;
    let limit = parameters.number(&UNUSED_CREDENTIAL);
    Ok(judge_console_users(view, report, |row| {
        Ok(judge_idle(view, row.password_last_used, row.password_last_changed.or(row.created), limit))
    }))
}
