//! # Root user holds no X.509 signing certificate
//!
//! ## What it asks
//! Whether the root user has an X.509 signing certificate.
//!
//! ## Why an auditor asks
//! A signing certificate is a forgotten way to sign requests of some old services as root, without MFA.
//!
//! ## How it is decided
//! `GetAccountSummary`, `AccountSigningCertificatesPresent`: 0 → pass, else fail. Inactive certificates count, as root
//! can switch them on again.
//!
//! ## What else is accepted
//! Nothing: no service that is sold today needs one.
//!
//! ## What it does not see
//! What the certificate was used for, and certificates that were deleted within the period, are not seen. Signing
//! certificates of IAM users are told by `iam-user-population`; key pairs of root for CloudFront are not in the
//! answer.
//!
//! ## Remediation
//! Console: sign in as root, Security credentials, X.509 certificates, delete. In a member account, from the management
//! account: a root session with the task policy `IAMDeleteRootUserCredentials`, then `aws iam
//! delete-signing-certificate`. Terraform has no resource for root.
//!
//! ## Peers
//! ScoutSuite `iam-root-account-with-active-certs`; CloudSploit `rootSigningCertificate`.
//!
//! ## References
//! AWS IAM User Guide, "Managing signing certificates"; API Reference, `GetAccountSummary`.

use kickoff_facts::iam::Credential;
use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::credentials::undisputed;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-root-no-signing-certs",
    control: "CC6.1.23",
    title: "Root user holds no X.509 signing certificate",
    severity: Severity::Medium,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1"],
    needs: &[Need::AccountSummary],
    parameters: &[],
    expected: "root has no signing certificate, active or not",
    fix: "delete the signing certificates of root",
};

/// Decides.
///
/// # Errors
/// The account summary is not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let summary = view.account_summary()?;
    undisputed(view, summary, Credential::Certificates)?;
    let present = summary.root_signing_certificates_present;
    let observed = if present { "root has a signing certificate" } else { "root has no signing certificate" };
    Ok(vec![Finding::new(Resource::root(view), Verdict::decide(!present, observed))])
}
