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
//! is enough. Its active findings on this account must be within the limit, counted in whole days from when they were
//! made; one without a date cannot be shown to be. Those that an organization's analyzer has of other accounts are
//! counted apart. An analyzer that reports access only when it was not used for longer than `role_unused_days`, or that
//! leaves out this account, or users and roles by a tag, does not see everything: where no other does, a person has to
//! judge what it leaves out → `manual`. Without an analyzer the result is `manual`, not `fail`, because it is a paid
//! feature: the access review must then show how unused access is found. If none was found and a region could not be
//! read, the result is `not-evaluated`.
//!
//! ## What else is accepted
//! An access review that uses last-access data; an organization's analyzer in the delegated administrator account.
//!
//! ## What it does not see
//! What the findings say of each principal, and those that were resolved or archived, are not read. Unused access is
//! told of IAM users and roles alone: groups, and access by the policies of resources, are not in it. Regions that
//! were not scanned may hold another analyzer.
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

use std::collections::BTreeSet;

use kickoff_facts::access::{Analyzer, AnalyzerFinding};
use kickoff_facts::{Need, View};

use crate::frame::wording::{count, names};
use crate::parameters::{Parameters, ROLE_UNUSED, UNUSED_ACCESS_MAX_AGE};
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
    parameters: &[&UNUSED_ACCESS_MAX_AGE, &ROLE_UNUSED],
    expected: "no active finding of unused access is older than {unused_access_finding_max_age_days} days",
    fix: "remove the access that the findings name, or archive them with a reason; let the analyzer see all of it",
};

/// Decides.
///
/// # Errors
/// Never: what is not known is told on the account.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let (limit, unused) = (parameters.number(&UNUSED_ACCESS_MAX_AGE), parameters.number(&ROLE_UNUSED));
    Ok(vec![Finding::judge(Resource::account(view), |seen| {
        let analyzers = regions::find(view, |region| {
            let here = region.analyzers()?.iter().filter(|a| a.is_unused_access() && a.status == "ACTIVE");
            Ok(here.map(|analyzer| (region.region_name(), analyzer)).collect())
        })?;
        if analyzers.is_empty() {
            let reason = "a paid feature: the access review must show how access that nobody uses is found";
            return Ok(Verdict::manual("no active analyzer of unused access in any scanned region", reason));
        }
        let (mut told, mut gap, mut within, mut narrow, mut whole) = (Vec::new(), None, true, Vec::new(), false);
        for (region, analyzer) in analyzers {
            match seen.see(&analyzer.active_findings) {
                Ok(active) => {
                    let (own, others): (Vec<&AnalyzerFinding>, Vec<&AnalyzerFinding>) =
                        active.iter().partition(|finding| finding.is_of(view.account_id()));
                    let mut ages = Ages::default();
                    ages.add(view, own.iter().map(|finding| finding.created), limit);
                    within &= ages.within();
                    let mut words = format!("{} in {region}: active findings: {ages}", analyzer.name);
                    if !others.is_empty() {
                        let owners: BTreeSet<&str> = others.iter().map(|finding| finding.owner.as_str()).collect();
                        words.push_str(&format!(" (and {} of {})", others.len(), names(owners)));
                    }
                    let shortcomings = shortcomings(view, analyzer, unused);
                    whole |= shortcomings.is_empty();
                    if !shortcomings.is_empty() {
                        narrow.push(format!("{} {}", analyzer.name, shortcomings.join(" and ")));
                    }
                    told.push(words);
                }
                Err(error) => gap = gap.or(Some(error)),
            }
        }
        match gap {
            Some(gap) if within => Err(gap),
            _ if within && !whole => Ok(Verdict::manual(
                told.join("; "),
                format!("{}: show how access that nobody uses is found there", narrow.join("; ")),
            )),
            _ => Ok(Verdict::decide(within, told.join("; "))),
        }
    })])
}

/// What an analyzer does not see of an account.
fn shortcomings(view: &View<'_>, analyzer: &Analyzer, unused: u64) -> Vec<String> {
    let Some(settings) = &analyzer.unused_access else { return Vec::new() };
    let mut all = Vec::new();
    if let Some(days) = settings.age_days.filter(|days| u64::from(*days) > unused) {
        all.push(format!("reports access only when it was not used for {}", count(days, "day")));
    }
    let here = |account: &String| account == view.account_id();
    for one in settings.exclusions.iter().filter(|one| one.accounts.is_empty() || one.accounts.iter().any(here)) {
        all.push(if one.tags.is_empty() {
            "leaves out this account".to_owned()
        } else {
            format!("leaves out users and roles tagged {}", names(&one.tags))
        });
    }
    all
}
