//! Collectors: one module a service, filling the fact families that the selected checks need. Each registers its own.

#[macro_use]
mod family;

mod accessanalyzer;
mod account;
mod activity;
mod cloudtrail;
mod cloudwatch;
mod conditions;
mod config;
mod credential_report;
mod ec2;
mod ecr;
mod events;
mod guardduty;
mod iam;
mod iam_credentials;
mod identity_center;
mod inspector;
mod json;
mod kms;
mod lambda;
mod logs;
mod oam;
mod organizations;
mod query;
mod s3;
mod securityhub;
mod securityhub_muting;
mod shared;
mod sns;
mod sqs;
mod ssm;
mod totals;

use std::collections::BTreeMap;

use futures::future::join_all;
use jiff::Timestamp;
use kickoff_evidence::{AccountRecord, ItemKey, Outcome, Register};
use kickoff_facts::{AccountFacts, Gap, GapKind, GlobalFacts, Need, RegionalFacts};

use self::family::{Family, Work};
use crate::session::Session;

/// Which regions to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestedRegions {
    /// Every region that the account has enabled.
    Enabled,
    /// These, as far as they are enabled.
    Named(Vec<String>),
    /// Exactly these and those found disabled: what a recorded run did.
    Recorded {
        /// Asked.
        enabled: Vec<String>,
        /// In scope, and not enabled.
        disabled: Vec<String>,
    },
}

/// What was collected of an account.
#[derive(Debug)]
pub struct Collected {
    /// The facts.
    pub facts: AccountFacts,
    /// Regions in scope that do not exist in the partition, sorted.
    pub unknown_regions: Vec<String>,
}

/// What each collector registers.
const COLLECTORS: &[&[Family]] = &[
    accessanalyzer::FAMILIES,
    account::FAMILIES,
    activity::FAMILIES,
    cloudtrail::FAMILIES,
    cloudwatch::FAMILIES,
    config::FAMILIES,
    credential_report::FAMILIES,
    ec2::FAMILIES,
    ecr::FAMILIES,
    events::FAMILIES,
    guardduty::FAMILIES,
    iam::FAMILIES,
    iam_credentials::FAMILIES,
    identity_center::FAMILIES,
    inspector::FAMILIES,
    kms::FAMILIES,
    lambda::FAMILIES,
    logs::FAMILIES,
    oam::FAMILIES,
    organizations::FAMILIES,
    query::FAMILIES,
    s3::FAMILIES,
    securityhub::FAMILIES,
    sns::FAMILIES,
    sqs::FAMILIES,
    ssm::FAMILIES,
];

/// Collects fact families of one account.
pub async fn collect(session: &Session, needs: &[Need], regions: &RequestedRegions) -> Collected {
    let mut facts = AccountFacts {
        account: session.account().to_owned(),
        partition: session.partition().to_owned(),
        as_of: session.started(),
        caller: session.caller().to_owned(),
        home_region: session.home_region().to_owned(),
        disabled_regions: Vec::new(),
        global: GlobalFacts::default(),
        regions: BTreeMap::new(),
        control_totals: Vec::new(),
    };
    account::caller(session).await;
    // The scope depends on which regions are enabled, whatever the checks need.
    facts.global.all_regions = account::regions(session).await;
    let unknown_regions = scope(session, &mut facts, regions);
    if !unknown_regions.is_empty() {
        return Collected { facts, unknown_regions };
    }
    let mut ties = totals::Ties::new(plan);
    for level in levels(needs) {
        let work: Vec<Work<'_>> = level.iter().flat_map(|need| plan(session, &facts, *need)).collect();
        let stores = join_all(work).await;
        for store in stores {
            store(&mut facts);
        }
        // Before anything is asked that follows from it.
        ties.hold(session, &mut facts).await;
    }
    facts.control_totals = ties.totals();
    Collected { facts, unknown_regions }
}

/// The facts of an account that could not be entered: every family is a gap, with the reason.
#[must_use]
pub fn unreachable(account: &AccountRecord, as_of: Timestamp, reason: &str, register: &Register) -> AccountFacts {
    let key = ItemKey {
        account: account.id.clone(),
        region: account.home_region.clone(),
        service: "sts".to_owned(),
        operation: "AssumeRole".to_owned(),
        parameters: BTreeMap::new(),
    };
    let item = register.open(&account.partition, key);
    let gap = Gap {
        kind: GapKind::Denied,
        call: "sts:AssumeRole".to_owned(),
        region: account.home_region.clone(),
        message: reason.to_owned(),
        evidence: Some(item),
    };
    register.close(item, Outcome::Gap(gap.clone()));
    let (mut global, mut regional) = (GlobalFacts::default(), RegionalFacts::default());
    for need in Need::ALL {
        global.set_gap(*need, gap.clone());
        regional.set_gap(*need, gap.clone());
    }
    AccountFacts {
        account: account.id.clone(),
        partition: account.partition.clone(),
        as_of,
        caller: String::new(),
        home_region: account.home_region.clone(),
        disabled_regions: Vec::new(),
        global,
        regions: BTreeMap::from([(account.home_region.clone(), regional)]),
        control_totals: Vec::new(),
    }
}

/// Decides which regions are asked; returns those that do not exist.
fn scope(session: &Session, facts: &mut AccountFacts, requested: &RequestedRegions) -> Vec<String> {
    let known = facts.global.all_regions.get().cloned().ok();
    let mut unknown = Vec::new();
    let mut asked: Vec<String> = Vec::new();
    match (requested, &known) {
        (RequestedRegions::Recorded { enabled, disabled }, _) => {
            asked.clone_from(enabled);
            facts.disabled_regions.clone_from(disabled);
        }
        (RequestedRegions::Enabled, Some(known)) => {
            asked.extend(known.iter().filter(|r| r.is_enabled()).map(|r| r.name.clone()));
        }
        // Which regions are enabled is not known: the home region at least is.
        (RequestedRegions::Enabled, None) => asked.push(session.home_region().to_owned()),
        (RequestedRegions::Named(names), known) => {
            for name in names {
                match known.as_ref().map(|known| known.iter().find(|r| r.name == *name)) {
                    Some(None) => unknown.push(name.clone()),
                    Some(Some(region)) if !region.is_enabled() => facts.disabled_regions.push(name.clone()),
                    Some(Some(_)) | None => asked.push(name.clone()),
                }
            }
        }
    }
    facts.disabled_regions.sort();
    facts.disabled_regions.dedup();
    facts.regions = asked.into_iter().map(|name| (name, RegionalFacts::default())).collect();
    unknown
}

/// The families in the order in which they can be collected: each level needs only those before it.
fn levels(needs: &[Need]) -> Vec<Vec<Need>> {
    let mut left: Vec<Need> =
        Need::closure(needs.iter().copied()).into_iter().filter(|n| *n != Need::Regions).collect();
    let mut levels = Vec::new();
    while !left.is_empty() {
        let (now, later): (Vec<Need>, Vec<Need>) =
            left.iter().partition(|need| need.after().iter().all(|before| !left.contains(before)));
        if now.is_empty() {
            // The table has a circle; a test would have caught it.
            levels.push(later);
            break;
        }
        levels.push(now);
        left = later;
    }
    levels
}

/// The work of a family; none where no collector registers it, and then it stays a gap.
fn plan<'a>(session: &'a Session, facts: &'a AccountFacts, need: Need) -> Vec<Work<'a>> {
    let registered = COLLECTORS.iter().copied().flatten().find(|family| family.need == need);
    registered.map_or_else(Vec::new, |family| (family.plan)(session, facts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_is_registered_once() {
        let mut registered: Vec<Need> = COLLECTORS.iter().copied().flatten().map(|family| family.need).collect();
        registered.sort();
        // The scope asks for the regions before any family is collected.
        let wanted: Vec<Need> = Need::ALL.iter().copied().filter(|need| *need != Need::Regions).collect();
        assert_eq!(registered, wanted);
    }
}
