//! What a document says of an account besides its results.

use std::collections::BTreeSet;

use kickoff_evidence::{EvidenceId, EvidenceRef, Numbered};
use kickoff_facts::AccountFacts;
use kickoff_facts::organization::Region;

use super::{ControlTotal, OrganizationAccount};

/// What a document says of an account besides its results.
#[derive(Debug)]
pub(super) struct Told {
    pub account: String,
    pub alias: Option<String>,
    /// The regions that are enabled, where the list could be read.
    pub enabled: Option<Vec<String>>,
    pub disabled: Vec<String>,
    /// Regions that a service control policy closes.
    pub closed: Vec<String>,
    /// The region that answers for global services.
    pub home: String,
    /// Active accounts of the organization, where the account may list them.
    pub members: Vec<OrganizationAccount>,
    pub control_totals: Vec<ControlTotal>,
}

impl Told {
    pub fn of(facts: &AccountFacts, numbered: &Numbered) -> Self {
        let (account, global) = (&facts.account, &facts.global);
        let enabled = |regions: &[Region]| -> Vec<String> {
            regions.iter().filter(|region| region.is_enabled()).map(|region| region.name.clone()).collect()
        };
        let totals = facts.control_totals.iter().map(|total| ControlTotal {
            account: account.clone(),
            population: total.population.clone(),
            counted_by: total.counted_by.clone(),
            counted: total.counted,
            tied_to: total.tied_to.clone(),
            expected: total.expected,
            difference: total.difference(),
            missing: total.missing.clone(),
            extra: total.extra.clone(),
            stale: total.stale.clone(),
            evidence: cited(&total.evidence, numbered).iter().map(ToString::to_string).collect(),
        });
        Self {
            account: account.clone(),
            alias: global.aliases.get().ok().and_then(|aliases| aliases.first().cloned()),
            enabled: global.all_regions.get().ok().map(|regions| enabled(regions)),
            disabled: facts.disabled_regions.clone(),
            closed: facts.closed_regions().map(|(name, _)| name.to_owned()).collect(),
            home: facts.home_region.clone(),
            members: global
                .members
                .get()
                .into_iter()
                .flatten()
                .flatten()
                .filter(|member| member.state == "ACTIVE")
                .map(|member| OrganizationAccount { id: member.id.clone(), name: member.name.clone() })
                .collect(),
            control_totals: totals.collect(),
        }
    }
}

pub(super) fn cited(evidence: &[EvidenceRef], numbered: &Numbered) -> BTreeSet<EvidenceId> {
    evidence.iter().filter_map(|handle| numbered.ids.get(handle).copied()).collect()
}
