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
//! administrators are designated region by region. A region without one is `fail`; so is an administrator that is no
//! account of the organization or of the run.
//!
//! Where more than one region is enabled, a finding aggregator of the administrator account must gather them; that
//! account's own facts are looked at where it is in the run. What the aggregator gathers is its linking mode
//! (`GetFindingAggregator`): `ALL_REGIONS`, all but those that it names, those that it names, or none. A region where
//! Security Hub is on and that is not gathered is `fail`. An enabled region that is not gathered and was not scanned is
//! `manual`: whether Security Hub is on there is not known. A linking mode that could not be read is `not-evaluated`, and
//! so is what depends on aggregators, or on a region's Security Hub, that could not be read; a mode that this version does
//! not know is `manual`.
//!
//! If no aggregator of the administrator is visible and another account is the administrator, the result is `manual`,
//! naming the account; if this account is the administrator, it is `fail`. That nothing has to be gathered, or that
//! there is no aggregator, is said only where every enabled region was scanned; otherwise the result is `not-evaluated`
//! and names the regions that were not. Other accounts are `not-applicable`: the management account answers. Whether new
//! member accounts get Security Hub by themselves (`DescribeOrganizationConfiguration`) is not read.
//!
//! ## What else is accepted
//! The management account as administrator, although AWS advises against it.
//!
//! ## What it does not see
//! Which members are enrolled, and by which configuration (`ConfigurationType`), is not asked: `securityhub-enabled`
//! sees each account by itself. Whether the administrator looks at the findings, and the newer Security Hub, which is
//! managed apart, are outside.
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
//! "Understanding cross-Region aggregation"; AWS Security Hub API Reference, `GetFindingAggregator`.

use std::collections::{BTreeMap, BTreeSet};

use kickoff_facts::detection::{FindingAggregator, RegionLinking};
use kickoff_facts::{Gap, Need, Seen, View};

use crate::frame::wording::names;
use crate::parameters::Parameters;
use crate::reasoning::administrators::Administrators;
use crate::reasoning::destination::Accounts;
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
    needs: &[
        Need::Organization,
        Need::Members,
        Need::SecurityHubOrganization,
        Need::SecurityHub,
        Need::FindingAggregators,
        Need::Regions,
    ],
    parameters: &[],
    expected: "every scanned region has a delegated administrator of yours, which gathers the findings of all regions in one",
    fix: "designate a delegated administrator for Security Hub in each region, and let its finding aggregator link all regions",
};

/// Decides.
///
/// # Errors
/// Never: what is not known is told on the account.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    Ok(vec![Finding::judge(Resource::account(view), |seen| {
        if let Err(verdict) = management::organization(view)? {
            return Ok(verdict);
        }
        let administrators = Administrators::read(view, |region| region.security_hub_organization())?;
        let observed = administrators.observed();
        if !administrators.missing.is_empty() {
            return Ok(Verdict::fail(observed));
        }
        if let Some(verdict) = administrators.foreign(&Accounts::of(view))? {
            return Ok(verdict);
        }
        let whole = regions::all_scanned(view, "securityhub:ListFindingAggregators");
        if view.regions().count() == 1 && whole.is_ok() {
            return Ok(Verdict::pass(format!("{observed}; one region is enabled, so nothing has to be gathered")));
        }
        let (found, unread) = aggregators(view, &administrators.accounts);
        Ok(if !found.is_empty() {
            gathered(view, seen, &observed, found, unread)?
        } else if let Some(gap) = unread {
            return Err(gap);
        } else if administrators.accounts.contains(view.account_id()) {
            whole?;
            Verdict::fail(format!("{observed}; no finding aggregator"))
        } else {
            let accounts: Vec<&str> = administrators.accounts.into_iter().collect();
            let reason = format!("the finding aggregator belongs to {}: look there", accounts.join(", "));
            Verdict::manual(format!("{observed}; no finding aggregator of it is visible here"), reason)
        })
    })])
}

/// The aggregators of the administrators, each as the region tells it in which it gathers, where that was asked, and why
/// there may be others.
fn aggregators<'a>(
    view: &View<'a>,
    accounts: &BTreeSet<&str>,
) -> (BTreeMap<&'a str, &'a FindingAggregator>, Option<Gap>) {
    let mut all: BTreeMap<&str, &FindingAggregator> = BTreeMap::new();
    let mut add = |found: Vec<&'a FindingAggregator>| {
        for aggregator in found.into_iter().filter(|aggregator| accounts.contains(aggregator.account())) {
            let known = all.entry(aggregator.arn.as_str()).or_insert(aggregator);
            if aggregator.linking.get().is_ok() {
                *known = aggregator;
            }
        }
    };
    let look = |region: &View<'a>| Ok(region.finding_aggregators()?.iter().flatten().collect::<Vec<_>>());
    let here = regions::each(view, look);
    here.known.into_iter().for_each(|(_, found)| add(found));
    let mut gap = here.gap;
    for there in accounts.iter().filter_map(|account| view.neighbour(account)) {
        // Of an account without a region in the run nothing was asked: its aggregator is for a person to look at.
        let theirs = regions::each(&there, look);
        theirs.known.into_iter().for_each(|(_, found)| add(found));
        gap = gap.or(theirs.gap.filter(|_| there.regions().next().is_some()));
        view.adopt(&there);
    }
    (all, gap)
}

/// Whether an aggregator gathers what has to be gathered: the best of them.
fn gathered(
    view: &View<'_>,
    seen: &Seen,
    observed: &str,
    found: BTreeMap<&str, &FindingAggregator>,
    unread: Option<Gap>,
) -> Result<Verdict, Gap> {
    let (mut wrong, mut open, mut gap) = (Vec::new(), Vec::new(), unread);
    for aggregator in found.into_values() {
        let home = aggregator.region();
        let linking = match seen.see(&aggregator.linking) {
            Ok(linking) => linking,
            Err(error) => {
                gap = gap.or(Some(error));
                continue;
            }
        };
        let told = format!("the aggregator of {home} in account {} gathers {}", aggregator.account(), words(linking));
        let Some(left) = left_out(view, home, linking) else {
            open.push((told, format!("the linking mode {} is not known: see what it gathers", linking.mode)));
            continue;
        };
        let (mut with_findings, mut unknown, mut without, mut unread) = (Vec::new(), Vec::new(), Vec::new(), None);
        for region in left? {
            match view.regions().find(|here| here.region_name() == region) {
                Some(here) => {
                    let hub = here.security_hub();
                    view.adopt(&here);
                    match hub {
                        Ok(Some(_)) => with_findings.push(region),
                        Ok(None) => without.push(region),
                        Err(error) => unread = unread.or(Some(error)),
                    }
                }
                None => unknown.push(region),
            }
        }
        if !with_findings.is_empty() {
            wrong.push(format!("{told}, and not {}, where Security Hub is on", names(with_findings)));
        } else if unread.is_some() {
            gap = gap.or(unread);
        } else if !unknown.is_empty() {
            let reason = format!("see that Security Hub is not on in {}, which is not gathered", names(unknown));
            open.push((told, reason));
        } else if without.is_empty() {
            return Ok(Verdict::pass(format!("{observed}; {told}")));
        } else {
            let off = format!("not {}, where Security Hub is off", names(without));
            return Ok(Verdict::pass(format!("{observed}; {told}, {off}")));
        }
    }
    match (gap, open.into_iter().next()) {
        (None, None) => Ok(Verdict::fail(format!("{observed}; {}", wrong.join("; ")))),
        (Some(gap), _) => Err(gap),
        (None, Some((told, reason))) => Ok(Verdict::manual(format!("{observed}; {told}"), reason)),
    }
}

fn words(linking: &RegionLinking) -> String {
    match linking.mode.as_str() {
        "ALL_REGIONS" => "all regions".to_owned(),
        "ALL_REGIONS_EXCEPT_SPECIFIED" => format!("all regions but {}", names(&linking.regions)),
        "SPECIFIED_REGIONS" => format!("the regions {}", names(&linking.regions)),
        "NO_REGIONS" => "no other region".to_owned(),
        mode => format!("by {mode} {}", names(&linking.regions)),
    }
}

/// The enabled regions that an aggregator leaves out; none where its linking mode is not known.
fn left_out<'a>(view: &View<'a>, home: &str, linking: &RegionLinking) -> Option<Result<Vec<&'a str>, Gap>> {
    let listed = |region: &str| linking.regions.iter().any(|linked| linked == region);
    let gathers: Box<dyn Fn(&str) -> bool> = match linking.mode.as_str() {
        "ALL_REGIONS" => return Some(Ok(Vec::new())),
        "ALL_REGIONS_EXCEPT_SPECIFIED" => Box::new(|region| !listed(region)),
        "SPECIFIED_REGIONS" => Box::new(listed),
        "NO_REGIONS" => Box::new(|_| false),
        _ => return None,
    };
    Some(view.all_regions().map(|all| {
        let enabled = all.iter().filter(|region| region.is_enabled()).map(|region| region.name.as_str());
        enabled.filter(|region| *region != home && !view.is_left_out(region) && !gathers(region)).collect()
    }))
}
