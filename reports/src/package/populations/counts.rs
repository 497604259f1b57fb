//! What AWS counts of a population: second counts, and what AWS Config counts beside.

use std::collections::BTreeSet;

use crate::inventory::Asset;
use crate::package::sources::Sources;
use crate::results::ControlTotal;

/// The second counts of a population, and what is wrong with those that do not agree.
pub(super) fn tied<'a>(sources: &Sources<'a>, name: Option<&str>) -> (Vec<&'a ControlTotal>, Vec<String>) {
    let all = sources.document.control_totals.iter();
    // What is regional has one a region: `open high GuardDuty findings in eu-west-1`.
    let named = |total: &&ControlTotal| {
        let rest = name.and_then(|name| total.population.strip_prefix(name));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(" in "))
    };
    let totals: Vec<&ControlTotal> = all.filter(named).collect();
    let untied = totals.iter().filter(|total| !total.ties()).map(|total| {
        let ControlTotal { account, counted, tied_to, expected, .. } = total;
        format!("{account}: {counted} were read, {tied_to} says {expected}{}", total.members())
    });
    let untied = untied.collect();
    (totals, untied)
}

/// What AWS Config counts of kinds, by account and region, beside what is listed of them there. What belongs to no region is
/// counted in each region whose recorder takes it in.
pub(super) fn beside(sources: &Sources<'_>, items: &[&Asset], kinds: &[&str]) -> Vec<String> {
    let told = sources.inventory.discovered.iter().filter(|counted| kinds.contains(&counted.kind.as_str()));
    let told = told.map(|counted| {
        // Buckets are recorded where they are.
        let global = belongs_to_no_region(&counted.kind) && !counted.kind.starts_with("AWS::S3::");
        let here = |asset: &&&Asset| {
            let there = global || asset.region == counted.region;
            asset.account == counted.account && asset.kind == counted.kind && there
        };
        let (listed, count) = (items.iter().filter(here).count() as u64, counted.count);
        let ids: Vec<String> =
            counted.evidence.iter().filter_map(|item| sources.ids.get(item)).map(ToString::to_string).collect();
        let difference = match listed.abs_diff(count) {
            0 => "no difference".to_owned(),
            some => format!("difference {some}"),
        };
        let (account, region, kind) = (&counted.account, &counted.region, &counted.kind);
        format!("{account} {region}: {count} of {kind} counted ({}), {listed} listed, {difference}", ids.join(", "))
    });
    let unknown = sources.inventory.uncounted.iter().map(|why| format!("{why}, so that nothing is counted there"));
    told.chain(unknown).collect()
}

/// What is wrong where a list does not hold what was counted in all regions of an account.
pub(super) fn short(totals: &[&ControlTotal], account: &str, listed: usize) -> Option<String> {
    let mut own = totals.iter().filter(|total| total.account == account).peekable();
    let by = own.peek()?.counted_by.clone();
    let counted: u64 = own.map(|total| total.counted).sum();
    (listed as u64 != counted).then(|| format!("{account}: {listed} are listed, {by} gave {counted}"))
}

/// The accounts of totals, each once.
pub(super) fn accounts_of<'a>(totals: &[&'a ControlTotal]) -> BTreeSet<&'a str> {
    totals.iter().map(|total| total.account.as_str()).collect()
}

/// What belongs to no region lacks nothing in a region that was not asked.
pub(super) fn belongs_to_no_region(kind: &str) -> bool {
    ["AWS::IAM::", "AWS::Organizations::", "AWS::SSO::", "AWS::S3::"].iter().any(|global| kind.starts_with(global))
}
