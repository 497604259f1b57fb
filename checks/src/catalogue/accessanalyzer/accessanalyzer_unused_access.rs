//! # Unused-access analyzer runs and its findings are worked
//!
//! ## What it asks
//! Whether an analyzer of unused access is active, and whether its findings are worked within
//! `unused_access_finding_max_age_days`.
//!
//! ## Why an auditor asks
//! Access that nobody uses is access that nobody misses when it is taken away, and that an attacker can use.
//!
//! ## How it is decided
//! For the account: an analyzer of unused access that is `ACTIVE` in any scanned region; IAM is global, so one region
//! is enough. Its active findings must be within the limit, counted in whole days from when they were made; one
//! without a date cannot be shown to be. Without an analyzer the result is `manual`, not `fail`, because it is a paid
//! feature: the access review must then show how unused access is found. If none was found and a region could not be
//! read, the result is `not-evaluated`.
//!
//! ## What else is accepted
//! An access review that uses last-access data; an organization's analyzer in the delegated administrator account.
//!
//! ## Remediation
//! Console: IAM, Access Analyzer, Unused access, work the findings. CLI:
//! `aws accessanalyzer create-analyzer --analyzer-name unused --type ACCOUNT_UNUSED_ACCESS`,
//! `aws accessanalyzer list-findings-v2 --analyzer-arn ARN`. Terraform: `aws_accessanalyzer_analyzer` with
//! `type = "ACCOUNT_UNUSED_ACCESS"`.
//!
//! ## Peers
//! No peer asks it.
//!
//! ## References
//! AWS IAM User Guide, "Findings for unused access".

use kickoff_facts::{Need, View};

use crate::parameters::{Parameters, UNUSED_ACCESS_MAX_AGE};
use crate::reasoning::finding_age::Ages;
use crate::reasoning::regions;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "accessanalyzer-unused-access",
    control: "CC6.2.01",
    title: "Unused-access analyzer runs and its findings are worked",
    severity: Severity::Medium,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.2", "CC6.3"],
    needs: &[Need::Analyzers],
    parameters: &[&UNUSED_ACCESS_MAX_AGE],
    expected: "no active finding of unused access is older than {unused_access_finding_max_age_days} days",
    fix: "remove the access that the findings name, or archive them with a reason",
};

/// Decides.
///
/// # Errors
/// Never: what is not known is told on the account.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let limit = parameters.number(&UNUSED_ACCESS_MAX_AGE);
    Ok(vec![Finding::judge(Resource::account(view), |seen| {
        let analyzers = regions::find(view, |region| {
            let here = region.analyzers()?.iter().filter(|a| a.is_unused_access() && a.status == "ACTIVE");
            Ok(here.map(|analyzer| (region.region_name(), analyzer)).collect())
        })?;
        if analyzers.is_empty() {
            let reason = "a paid feature: the access review must show how access that nobody uses is found";
            return Ok(Verdict::manual("no active analyzer of unused access in any scanned region", reason));
        }
        let (mut told, mut gap, mut within) = (Vec::new(), None, true);
        for (region, analyzer) in analyzers {
            match seen.see(&analyzer.active_findings) {
                Ok(active) => {
                    let mut ages = Ages::default();
                    ages.add(view, active.iter().map(|finding| finding.created), limit);
                    within &= ages.within();
                    told.push(format!("{} in {region}: active findings: {ages}", analyzer.name));
                }
                Err(error) => gap = gap.or(Some(error)),
            }
        }
        match gap {
            Some(gap) if within => Err(gap),
            _ => Ok(Verdict::decide(within, told.join("; "))),
        }
    })])
}
