//! # Enabled regions compared with scanned regions
//!
//! ## What it asks
//! Whether every region that the account has enabled was scanned.
//!
//! ## Why an auditor asks
//! Resources can exist in every enabled region. What a scan did not look at, it says nothing of.
//!
//! ## How it is decided
//! The regions that the account has enabled, by default or by choice, those that are being disabled included, are
//! compared with the regions that were asked in this run. Each enabled one must be among them. That a region was asked
//! does not mean that every call there succeeded: the coverage table and the `not-evaluated` results tell that.
//!
//! ## What else is accepted
//! A scope statement that leaves a region out, as an approved exception; a region that a service control policy closes
//! still counts until then.
//!
//! ## Remediation
//! Console: Account, AWS Regions, disable those that are not used. CLI: `aws account list-regions`,
//! `aws account disable-region --region-name REGION`, and `kickoff scan` without `--region`. Terraform:
//! `aws_account_region`.
//!
//! ## Peers
//! No peer prints it.
//!
//! ## References
//! AWS Account Management Reference Guide, "Enable or disable AWS Regions in your account".

use std::collections::BTreeSet;

use kickoff_facts::organization::Region;
use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "account-region-coverage",
    control: "CC2.1.01",
    title: "Enabled regions compared with scanned regions",
    severity: Severity::High,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC2.1", "CC7.2"],
    needs: &[Need::Regions],
    parameters: &[],
    expected: "every enabled region was scanned",
    fix: "add the missing regions to the scope of the scan, or disable those that are not used",
};

/// Decides.
///
/// # Errors
/// The regions of the account are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let scanned: BTreeSet<&str> = view.regions().map(|region| region.region_name()).collect();
    let (enabled, other): (Vec<&Region>, Vec<&Region>) = view.all_regions()?.iter().partition(|r| r.is_enabled());
    let missing: Vec<&str> =
        enabled.iter().map(|region| region.name.as_str()).filter(|name| !scanned.contains(name)).collect();
    let counted = format!(
        "{} of {} enabled regions were scanned; {} are not enabled",
        enabled.len() - missing.len(),
        enabled.len(),
        other.len()
    );
    let verdict = if missing.is_empty() {
        Verdict::decide(!enabled.is_empty(), counted)
    } else {
        Verdict::fail(format!("{counted}; not scanned: {}", missing.join(", ")))
    };
    Ok(vec![Finding::new(Resource::account(view), verdict)])
}
