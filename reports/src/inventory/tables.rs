//! The inventory as a list, for people and for machines.

use std::collections::BTreeMap;

use kickoff_evidence::{EvidenceId, EvidenceRef, count};
use serde_json::{Value, json};

use super::{Asset, Incomplete, Inventory, LIMITS, Property};
use crate::inventory::Standing;
use crate::listing::{Column, Listing, Place};

const COLUMNS: &[Column] = &[
    ("ARN", Place::Rest),
    ("Name", Place::Nowhere),
    ("Type", Place::Under),
    ("Account ID", Place::With),
    ("Region", Place::Column),
    ("Owner", Place::Under),
    ("Environment", Place::With),
    ("Data class", Place::With),
    ("Public", Place::Under),
    ("Encrypted", Place::With),
    ("Logged", Place::With),
    ("In scope", Place::Column),
    ("Why", Place::Under),
    ("Details", Place::Nowhere),
    ("Not known", Place::Nowhere),
    ("Evidence", Place::Nowhere),
];

/// The inventory as a list: a row for each asset, and after them one for each kind that is not complete. Evidence is cited
/// by its ids.
#[must_use]
pub fn listing(inventory: &Inventory, ids: &BTreeMap<EvidenceRef, EvidenceId>) -> Listing<'static> {
    Listing { columns: COLUMNS, rows: records(inventory, ids).map(Vec::from).collect() }
}

/// The records: one for each asset, and after them one for each kind that is not complete.
pub(crate) fn records<'i>(
    inventory: &'i Inventory,
    ids: &'i BTreeMap<EvidenceRef, EvidenceId>,
) -> impl Iterator<Item = [String; COLUMNS.len()]> + 'i {
    let assets = inventory.assets.iter().map(|asset| record(asset, ids));
    assets.chain(inventory.incomplete.iter().map(missing))
}

/// The heads of the records.
pub(crate) const HEADS: [&str; COLUMNS.len()] = heads();

const fn heads() -> [&'static str; COLUMNS.len()] {
    let mut heads = [""; COLUMNS.len()];
    let mut at = 0;
    while at < COLUMNS.len() {
        heads[at] = COLUMNS[at].0;
        at += 1;
    }
    heads
}

/// The inventory for machines: assets with the reason for all that is unknown, and what is not complete.
#[must_use]
pub fn json(inventory: &Inventory, ids: &BTreeMap<EvidenceRef, EvidenceId>) -> Value {
    let asset = |asset: &Asset| {
        let evidence = asset.evidence.iter().filter_map(|evidence| ids.get(evidence)).map(ToString::to_string);
        json!({
            "arn": asset.arn,
            "name": asset.name,
            "type": asset.kind,
            "account": asset.account,
            "region": asset.region,
            "owner": asset.owner.word(),
            "environment": asset.environment.word(),
            "data_class": asset.data_class.word(),
            "public": asset.public.word(),
            "encrypted": asset.encrypted.word(),
            "logged": asset.logged.word(),
            "in_scope": asset.scope.standing.word(),
            "why": asset.scope.why,
            "details": asset.details,
            "not_known": asset.not_known(),
            "evidence": evidence.collect::<Vec<_>>(),
        })
    };
    let incomplete =
        |one: &Incomplete| json!({ "account": one.account, "region": one.region, "types": one.kinds, "why": one.why });
    json!({
        "assets": inventory.assets.iter().map(asset).collect::<Vec<_>>(),
        "incomplete": inventory.incomplete.iter().map(incomplete).collect::<Vec<_>>(),
        "limits": LIMITS,
    })
}

/// An asset as a record.
pub(crate) fn record(asset: &Asset, ids: &BTreeMap<EvidenceRef, EvidenceId>) -> [String; COLUMNS.len()] {
    let cell = |property: &Property| property.word().to_owned();
    let evidence = asset.evidence.iter().filter_map(|evidence| ids.get(evidence));
    [
        asset.arn.clone(),
        asset.name.clone(),
        asset.kind.to_owned(),
        asset.account.clone(),
        asset.region.clone(),
        cell(&asset.owner),
        cell(&asset.environment),
        cell(&asset.data_class),
        cell(&asset.public),
        cell(&asset.encrypted),
        cell(&asset.logged),
        asset.scope.standing.word().to_owned(),
        asset.scope.why.clone(),
        asset.details.clone(),
        asset.not_known().join("; "),
        evidence.map(ToString::to_string).collect::<Vec<_>>().join(" "),
    ]
}

/// A kind that is not complete is a record of its own, so that nobody who filters the sheet takes the list for whole.
fn missing(incomplete: &Incomplete) -> [String; COLUMNS.len()] {
    let mut record = [const { String::new() }; COLUMNS.len()];
    record[0] = "(list not complete)".to_owned();
    record[2] = incomplete.kinds.join("; ");
    record[3].clone_from(&incomplete.account);
    record[4].clone_from(&incomplete.region);
    record[14].clone_from(&incomplete.why);
    record
}

/// How many there are of each kind, and what is not complete.
#[must_use]
pub fn population(inventory: &Inventory) -> String {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    inventory.assets.iter().for_each(|asset| *kinds.entry(asset.kind).or_default() += 1);
    let standing = |wanted| inventory.assets.iter().filter(|asset| asset.scope.standing == wanted).count();
    let counted: Vec<String> = kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let mut text = format!(
        "{}, {} in scope, {} out of it, {} not decided: {}.\n{LIMITS}",
        count(inventory.assets.len(), "asset"),
        standing(Standing::In),
        standing(Standing::Out),
        standing(Standing::Open),
        counted.join(", ")
    );
    for one in &inventory.incomplete {
        let kinds = if one.kinds.is_empty() { String::new() } else { format!("{}: ", one.kinds.join(", ")) };
        text.push_str(&format!("\nNot complete in {} {}: {kinds}{}.", one.account, one.region, one.why));
    }
    text
}
