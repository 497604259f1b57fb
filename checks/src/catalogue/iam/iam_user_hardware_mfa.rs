//! # Console users with MFA hold a security key or a hardware token
//!
//! ## What it asks
//! Whether an IAM user whose console sign-in has MFA holds a FIDO security key, a passkey or a hardware token, and not
//! virtual devices alone.
//!
//! ## Why an auditor asks
//! A code from an app can be typed into a false page; a security key does not answer one. No SOC 2 criterion asks for
//! hardware: a failure is advice.
//!
//! ## How it is decided
//! The population is every IAM user with a console password and an active MFA device. Which users are privileged is not
//! decided yet, so it is not limited to them. In `ListMFADevices`, a device whose serial number is no ARN (a hardware
//! token) or is of type `u2f` (a security key or passkey) → pass. Virtual devices alone, SMS, or no device listed →
//! fail. A virtual device beside a key passes; the result counts it, as it can be used in the key's place. AWS does not
//! tell a synced passkey from a hardware key. Users without MFA are for `iam-user-console-mfa`.
//!
//! ## What else is accepted
//! An identity provider that demands phishing-resistant MFA, with no console passwords in IAM.
//!
//! ## What it does not see
//! The make of a security key, whether a passkey is synced, and who holds the device is not told by AWS. Which of
//! several devices a user signs in with is not seen, and people who come by an identity provider are outside.
//!
//! ## Remediation
//! Console: IAM, Users, the user, Security credentials, Assign MFA device, Passkey or security key; then remove the
//! virtual device. CLI: `aws iam deactivate-mfa-device` removes the virtual one; a security key is registered in the
//! console. Terraform has no resource for it.
//!
//! ## Peers
//! Prowler `iam_user_hardware_mfa_enabled`; Powerpipe `iam_user_hardware_mfa_enabled`.
//!
//! ## References
//! AWS IAM User Guide, "Assign a passkey or security key in the AWS Management Console"; API Reference,
//! `ListMFADevices`.

use kickoff_facts::iam::{Credential, CredentialRow};
use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::credentials::{has_mfa, has_password, judge_users};
use crate::reasoning::gaps::unsaid;
use crate::{Evaluation, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-user-hardware-mfa",
    control: "CC6.1.28",
    title: "Console users with MFA hold a security key or a hardware token",
    severity: Severity::Low,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1"],
    needs: &[Need::CredentialReport, Need::UserMfaDevices],
    parameters: &[],
    expected: "a device of the user is a security key, a passkey or a hardware token",
    fix: "register a security key for the user and remove the virtual device",
};

/// Decides.
///
/// # Errors
/// The credential report or the list of devices is not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let report = view.credential_report()?;
    let listed = view.user_mfa_devices()?;
    let left_out = |row: &CredentialRow| {
        let device = row.reported_mfa() || row.undisputed(Credential::Mfa).is_err();
        let without_mfa = || (!device).then_some("without MFA: iam-user-console-mfa judges that");
        let without = (row.password_enabled == Some(false)).then_some("without a console password");
        without.or_else(without_mfa)
    };
    Ok(judge_users(view, report, left_out, |seen, row| {
        has_password(view, row)?;
        has_mfa(view, row)?;
        let Some(of_user) = listed.iter().find(|of_user| of_user.user == row.user) else {
            return Err(unsaid(view, "iam:ListMFADevices", format!("nothing was told of {}", row.user)));
        };
        let devices = seen.see(&of_user.devices)?;
        let physical = devices.iter().filter(|serial| is_physical(serial)).count();
        let others = devices.len() - physical;
        let observed = format!("{physical} key or hardware token, {others} virtual or SMS");
        Ok(Verdict::decide(physical > 0, observed))
    }))
}

/// Whether a serial number is that of a security key, a passkey or a hardware token. Virtual devices and SMS have an ARN of
/// another type; a hardware token has the number that is printed on it.
fn is_physical(serial: &str) -> bool {
    !serial.starts_with("arn:") || serial.split(':').nth(5).is_some_and(|resource| resource.starts_with("u2f/"))
}
