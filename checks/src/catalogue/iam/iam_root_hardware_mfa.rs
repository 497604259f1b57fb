//! # Root MFA is phishing-resistant or hardware based
//!
//! ## What it asks
//! Whether the MFA of the root user is a FIDO security key or passkey, or a hardware token, and not an app on a phone.
//!
//! ## Why an auditor asks
//! A code of a virtual device can be typed into a false page, and the device is copied with the phone's backup. No SOC
//! 2 criterion asks for hardware: treat a failure as advice unless your own policy claims it.
//!
//! ## How it is decided
//! `GetAccountSummary` says whether root has MFA. If it has, and `ListVirtualMFADevices` shows no device that is
//! assigned to root, the device is a key or a hardware token → pass. A virtual device of root → fail. No MFA → fail. No
//! root credential → `not-applicable`.
//!
//! AWS shows an account only the virtual devices of its root. Whether a FIDO key is registered beside a virtual device
//! cannot be seen; the virtual one can be used in its place, so it fails all the same, and the result says so. A
//! virtual device that is not assigned does not count, whatever its name.
//!
//! ## What else is accepted
//! Removal of the root credentials of member accounts; a policy of your own that accepts virtual MFA, as an approved
//! exception.
//!
//! ## What it does not see
//! How many keys root has, where they lie and who holds them is not seen. AWS does not tell a passkey that is synced
//! between devices from a hardware key. The root users of members whose accounts are not in the run are not looked at.
//!
//! ## Remediation
//! Console: sign in as root, Security credentials, assign a passkey, security key or hardware TOTP token, then remove
//! the virtual device. CLI and Terraform cannot assign a FIDO key.
//!
//! ## Peers
//! Prowler `iam_root_hardware_mfa_enabled`; Powerpipe `iam_root_user_hardware_mfa_enabled`; AWS Config
//! `ROOT_ACCOUNT_HARDWARE_MFA_ENABLED`; CIS AWS Foundations v5 1.5.
//!
//! ## Where peers differ
//! - Prowler `iam_root_hardware_mfa_enabled`: gives no result at all where the credential report shows neither a
//!   password nor an active key of root. Silence looks like a check that did not run: here the result is
//!   `not-applicable`, with the reason.
//!
//! ## References
//! AWS IAM User Guide, "Passkey or security key for the root user"; API Reference, `ListVirtualMFADevices`.

use kickoff_facts::iam::Credential;
use kickoff_facts::{Need, View};

use crate::frame::wording::names;
use crate::parameters::Parameters;
use crate::reasoning::credentials::{root_without_credentials, undisputed};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-root-hardware-mfa",
    control: "CC6.1.19",
    title: "Root MFA is phishing-resistant or hardware based",
    severity: Severity::High,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1", "CC6.6"],
    needs: &[Need::AccountSummary, Need::VirtualMfaDevices],
    parameters: &[],
    expected: "root has MFA, and none of its devices is virtual",
    fix: "assign a security key to root and remove the virtual device",
};

/// Decides.
///
/// # Errors
/// The account summary is not known, or the virtual devices are not where they decide.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let summary = view.account_summary()?;
    let verdict = if let Some(verdict) = root_without_credentials(view, summary)? {
        verdict
    } else if let Err(gap) = undisputed(view, summary, Credential::Mfa) {
        return Err(gap);
    } else if !summary.root_mfa_enabled {
        Verdict::fail("MFA is off")
    } else {
        let of_root = |user: &Option<String>| user.as_ref().is_some_and(|arn| arn.ends_with(":root"));
        let devices = view.virtual_mfa_devices()?.iter().filter(|device| of_root(&device.user_arn));
        let virtual_ones: Vec<&str> = devices.map(|device| device.serial.as_str()).collect();
        if virtual_ones.is_empty() {
            Verdict::pass("MFA is on, and no virtual device is assigned to root")
        } else {
            Verdict::fail(format!("MFA is on, with a virtual device: {}", names(virtual_ones)))
                .because("AWS does not show whether a key stands beside the virtual device")
        }
    };
    Ok(vec![Finding::new(Resource::root(view), verdict)])
}
