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
//! A region that was asked and that a service control policy closes has one row here, and no result of the other checks:
//! of the calls that list what runs there (networks, instances, databases, functions, queues) none was answered, and AWS
//! named the explicit deny of such a policy. That is evidence that the region is not in use. It is left to a person,
//! since the policy may exempt others than the role that asked, and since it stops nothing that ran before.
//!
//! ## What else is accepted
//! An approved exclusion of the region from the scope (`[[scope.exclusions]]`), or an approved exception.
//!
//! ## What it does not see
//! Local Zones, Wavelength Zones and Outposts are no regions of their own and are not counted. Whether a region that
//! is disabled today was enabled during the period is not seen: what was made there may still exist, and AWS goes on
//! charging for it.
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
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let scanned: BTreeSet<&str> = view.asked_regions().collect();
    let (enabled, other): (Vec<&Region>, Vec<&Region>) = view.all_regions()?.iter().partition(|r| r.is_enabled());
    let missed = enabled.iter().map(|region| region.name.as_str()).filter(|name| !scanned.contains(name));
    let (left_out, missing): (Vec<&str>, Vec<&str>) = missed.partition(|name| parameters.left_out.contains_key(*name));
    let counted = format!(
        "{} of {} enabled regions were scanned; not enabled: {}",
        enabled.len() - missing.len() - left_out.len(),
        enabled.len(),
        other.len()
    );
    let counted = match left_out.as_slice() {
        [] => counted,
        names => format!("{counted}; left out of scope: {}", names.join(", ")),
    };
    let verdict = if missing.is_empty() {
        Verdict::decide(!enabled.is_empty(), counted)
    } else {
        Verdict::fail(format!("{counted}; not scanned: {}", missing.join(", ")))
    };
    let reasons: Vec<&str> = parameters.left_out.values().map(String::as_str).collect();
    let verdict = if reasons.is_empty() { verdict } else { verdict.because(reasons.join("; ")) };
    let mut findings = vec![Finding::new(Resource::account(view), verdict)];
    for (region, refusal) in view.closed_regions().filter(|(name, _)| !parameters.left_out.contains_key(*name)) {
        let verdict = Verdict::manual(
            "closed by an SCP",
            format!(
                "nothing that runs or is kept there could be listed, by an explicit deny ({refusal}): see that the service control policy exempts nobody who works there, and that nothing from before it runs on; or have the region excluded from the scope"
            ),
        );
        findings.push(Finding::new(Resource::new("AWS::Region", format!("region/{region}")), verdict));
    }
    Ok(findings)
}
