//! # No expired TLS certificate is stored in IAM
//!
//! ## What it asks
//! Whether a TLS certificate that is stored in IAM has expired.
//!
//! ## Why an auditor asks
//! An expired certificate breaks connections, or teaches people to click warnings away. IAM does not renew what it
//! stores.
//!
//! ## How it is decided
//! The population is every server certificate in IAM. Its `Expiration` lies ahead of the time of the run → pass, else
//! fail. Without a date → fail. Certificates of ACM are not stored in IAM and not looked at; ACM renews its own.
//!
//! ## What else is accepted
//! AWS Certificate Manager, with no certificates in IAM.
//!
//! ## What it does not see
//! Whether a load balancer or a distribution uses the certificate is not read, nor its chain, its algorithm or the
//! names that it is for. One that expires tomorrow passes today. Certificates of ACM and those on servers are not
//! looked at.
//!
//! ## Remediation
//! Console: none lists them; use ACM for the new one. CLI: `aws iam delete-server-certificate --server-certificate-name
//! NAME`, after load balancers and distributions use another. Terraform: replace `aws_iam_server_certificate` by
//! `aws_acm_certificate`.
//!
//! ## Peers
//! Prowler `iam_no_expired_server_certificates_stored`; Powerpipe `iam_server_certificate_not_expired`; CIS AWS
//! Foundations v5 1.18.
//!
//! ## References
//! AWS IAM User Guide, "Manage server certificates in IAM".

use kickoff_facts::{Need, View};

use crate::frame::wording::day;
use crate::parameters::Parameters;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-expired-server-cert",
    control: "CC6.7.02",
    title: "No expired TLS certificate is stored in IAM",
    severity: Severity::Medium,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.7"],
    needs: &[Need::ServerCertificates],
    parameters: &[],
    expected: "the certificate has not expired",
    fix: "change over to a certificate of ACM and delete the expired one",
};

/// Decides.
///
/// # Errors
/// The server certificates are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let judged = view.server_certificates()?.iter().map(|certificate| {
        let verdict = match certificate.expires {
            Some(at) if at > view.as_of() => Verdict::pass(format!("expires {}", day(at))),
            Some(at) => Verdict::fail(format!("expired {}", day(at))),
            None => Verdict::fail("AWS gives no date of expiry"),
        };
        Finding::new(Resource::new("AWS::IAM::ServerCertificate", &certificate.arn), verdict)
    });
    Ok(judged.collect())
}
