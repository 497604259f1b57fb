//! # Every IAM user with a console password has MFA
//!
//! ## What it asks
//! Whether each IAM user who can sign in to the console with a password has an active MFA device.
//!
//! ## Why an auditor asks
//! A password alone is phished, guessed or reused. MFA on interactive access is the control that auditors ask for
//! first.
//!
//! ## How it is decided
//! The population is every IAM user with `password_enabled` in the credential report. `mfa_active` → pass, else fail.
//! Users without a password are not part of it, and root has `iam-root-mfa`. Break-glass users are part of it. The kind
//! of device is `iam-user-hardware-mfa`.
//!
//! It says that a device is assigned, not that the user's policies demand it for every call.
//!
//! ## What else is accepted
//! Sign-in through Identity Center or another provider that demands MFA, with no password in IAM.
//!
//! ## What it does not see
//! Whether policies ask for MFA, so that a stolen access key is worth less, is not looked at. Sign-ins without MFA in
//! the period are in CloudTrail and not read here. People who come by an identity provider are under its rules:
//! `sso-mfa-enforcement`.
//!
//! ## Remediation
//! Console: IAM, Users, the user, Security credentials, Assign MFA device. CLI: `aws iam create-virtual-mfa-device` and
//! `aws iam enable-mfa-device`, or remove the password with `aws iam delete-login-profile --user-name NAME`. Terraform:
//! remove `aws_iam_user_login_profile` and give access through Identity Center.
//!
//! ## Peers
//! Prowler `iam_user_mfa_enabled_console_access`; Powerpipe `iam_user_console_access_mfa_enabled`,
//! `iam_user_mfa_enabled`; AWS Config `MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS`, `IAM_USER_MFA_ENABLED`; CIS AWS Foundations
//! v5 1.9.
//!
//! ## Where peers differ
//! - Powerpipe `iam_user_mfa_enabled`: alarms on users without a password, who cannot sign in to the console, and on
//!   the row of root. A sign-in is what MFA protects: here the population is the users who have a password, and root
//!   has `iam-root-mfa`.
//!
//! ## References
//! AWS IAM User Guide, "Multi-factor authentication in IAM"; "Getting credential reports for your AWS account".

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::credentials::{has_mfa, judge_console_users};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-user-console-mfa",
    control: "CC6.1.27",
    title: "Every IAM user with a console password has MFA",
    severity: Severity::High,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1", "CC6.6"],
    needs: &[Need::CredentialReport],
    parameters: &[],
    expected: "a user with a console password has an active MFA device",
    fix: "assign an MFA device to the user, or remove the console password",
};

/// Decides.
///
/// # Errors
/// The credential report is not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let report = view.credential_report()?;
    Ok(judge_console_users(view, report, |row| {
        let mfa = has_mfa(view, row)?;
        let observed = if mfa { "console password, MFA is active" } else { "console password, no MFA" };
        Ok(Verdict::decide(mfa, observed))
    }))
}
