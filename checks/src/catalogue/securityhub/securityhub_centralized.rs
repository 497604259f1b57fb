//! # Security Hub has a delegated administrator
//!
//! ## What it asks
//! Whether one account runs Security Hub for the organization, and gathers the findings of all regions in one.
//!
//! ## Why an auditor asks
//! Findings that lie in many accounts and regions are read by no one in particular.
//!
//! ## How it is decided
//! In the management account: `ListOrganizationAdminAccounts` names an administrator in every scanned region;
//! administrators are designated region by region. A region without one is `fail`.
//!
//! Where more than one region is enabled, a finding aggregator must gather them. It belongs to the administrator
//! account: if none is visible here and another account is the administrator, the result is `manual`, naming the
//! account; if this account is the administrator, it is `fail`. That nothing has to be gathered, or that there is no
//! aggregator, is said only where every enabled region was scanned; otherwise the result is `not-evaluated` and names
//! the regions that were not. Other accounts are `not-applicable`: the management account answers.
//!
//! ## What else is accepted
//! The management account as administrator, although AWS advises against it.
//!
//! ## Remediation
//! Console: Security Hub CSPM in the management account, Settings, Delegated administrator; then in that account,
//! Settings, Regions. CLI: `aws securityhub enable-organization-admin-account --admin-account-id ID`,
//! `aws securityhub create-finding-aggregator --region-linking-mode ALL_REGIONS`. Terraform:
//! `aws_securityhub_organization_admin_account`, `aws_securityhub_finding_aggregator`.
//!
//! ## Peers
//! Prowler `securityhub_delegated_admin_enabled_all_regions`.
//!
//! ## References
//! AWS Security Hub User Guide, "Managing Security Hub CSPM for multiple accounts with AWS Organizations";
//! "Understanding cross-Region aggregation".

use kickoff_facts::{Need, View};

use crate::parameters::Parameters;
use crate::reasoning::administrators::Administrators;
use crate::reasoning::{management, regions};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "securityhub-centralized",
    control: "CC4.1.04",
    title: "Security Hub has a delegated administrator",
    severity: Severity::Low,
    level: Level::Organization,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC4.1"],
    needs: &[Need::Organization, Need::SecurityHubOrganization, Need::FindingAggregators, Need::Regions],
    parameters: &[],
    expected: "every scanned region has a delegated administrator, and findings are gathered in one region",
    fix: "designate a delegated administrator for Security Hub in each region, and make a finding aggregator there",
};

/// Decides.
///
/// # Errors
/// Never: what is not known is told on the account.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    Ok(vec![Finding::judge(Resource::account(view), |_| {
        if let Err(verdict) = management::organization(view)? {
            return Ok(verdict);
        }
        let administrators = Administrators::read(view, |region| region.security_hub_organization())?;
        let observed = administrators.observed();
        if !administrators.missing.is_empty() {
            return Ok(Verdict::fail(observed));
        }
        let whole = regions::all_scanned(view, "securityhub:ListFindingAggregators");
        if view.regions().count() == 1 && whole.is_ok() {
            return Ok(Verdict::pass(format!("{observed}; one region is enabled, so nothing has to be gathered")));
        }
        let aggregators =
            regions::find(view, |region| Ok(region.finding_aggregators()?.iter().flatten().collect::<Vec<_>>()))?;
        Ok(if let Some(aggregator) = aggregators.first() {
            Verdict::pass(format!("{observed}; aggregator {aggregator}"))
        } else if administrators.accounts.contains(view.account_id()) {
            whole?;
            Verdict::fail(format!("{observed}; no finding aggregator"))
        } else {
            let accounts: Vec<&str> = administrators.accounts.into_iter().collect();
            let reason = format!("the finding aggregator belongs to {}: look there", accounts.join(", "));
            Verdict::manual(format!("{observed}; no finding aggregator is visible here"), reason)
        })
    })])
}
