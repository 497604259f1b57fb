//! The inventory for people: CSV with every asset, and a table for the terminal.

use std::collections::BTreeMap;

use kickoff_evidence::{EvidenceId, EvidenceRef};

use super::{Asset, Incomplete, Inventory, LIMITS, Property};
use crate::drawing::{self, clean_lines};
use crate::inventory::Standing;

/// At most so many assets are drawn; the CSV has them all.
const DRAWN: usize = 200;

/// The columns.
pub(crate) const HEADS: [&str; 16] = [
    "ARN",
    "Name",
    "Type",
    "Account ID",
    "Region",
    "Owner",
    "Environment",
    "Data class",
    "Public",
    "Encrypted",
    "Logged",
    "In scope",
    "Why",
    "Details",
    "Not known",
    "Evidence",
];

/// The inventory as CSV (RFC 4180).
///
/// # Errors
/// The writer of CSV refuses.
pub fn csv(inventory: &Inventory, ids: &BTreeMap<EvidenceRef, EvidenceId>) -> Result<String, csv::Error> {
    drawing::csv(HEADS, records(inventory, ids))
}

/// A record for each asset, and after them one for each kind that is not complete. Evidence is cited by its ids.
pub(crate) fn records<'a>(
    inventory: &'a Inventory,
    ids: &'a BTreeMap<EvidenceRef, EvidenceId>,
) -> impl Iterator<Item = [String; HEADS.len()]> + 'a {
    let assets = inventory.assets.iter().map(|asset| record(asset, ids));
    assets.chain(inventory.incomplete.iter().map(missing))
}

fn record(asset: &Asset, ids: &BTreeMap<EvidenceRef, EvidenceId>) -> [String; HEADS.len()] {
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
fn missing(incomplete: &Incomplete) -> [String; HEADS.len()] {
    let mut record = [const { String::new() }; HEADS.len()];
    record[0] = "(list not complete)".to_owned();
    record[2] = incomplete.kinds.join("; ");
    record[3].clone_from(&incomplete.account);
    record[4].clone_from(&incomplete.region);
    record[14].clone_from(&incomplete.why);
    record
}

/// The table, with how many there are and what is not complete under it.
#[must_use]
pub fn render(inventory: &Inventory, width: usize) -> String {
    let columns = [("asset", 40), ("whose", 18), ("state", 20), ("in scope", 22)];
    let rows = inventory.assets.iter().take(DRAWN).map(|asset| {
        let (owner, class) = (asset.owner.word(), asset.data_class.word());
        let (public, encrypted, logged) = (asset.public.word(), asset.encrypted.word(), asset.logged.word());
        [
            format!("{}\n{}\n{} {}", asset.arn, asset.kind, asset.account, asset.region),
            format!("owner {owner}\nenvironment {}\ndata class {class}", asset.environment.word()),
            format!("public {public}\nencrypted {encrypted}\nlogged {logged}"),
            format!("{}: {}", asset.scope.standing.word(), asset.scope.why),
        ]
    });
    let mut text = drawing::table(columns, rows, width);
    if inventory.assets.len() > DRAWN {
        text.push_str(&format!("{} more are in the CSV.\n", inventory.assets.len() - DRAWN));
    }
    text.push_str(&textwrap::fill(&clean_lines(&population(inventory)), width.max(60)));
    text.push('\n');
    text
}

/// How many there are of each kind, and what is not complete.
#[must_use]
pub fn population(inventory: &Inventory) -> String {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    inventory.assets.iter().for_each(|asset| *kinds.entry(asset.kind).or_default() += 1);
    let standing = |wanted| inventory.assets.iter().filter(|asset| asset.scope.standing == wanted).count();
    let counted: Vec<String> = kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let mut text = format!(
        "{} assets, {} in scope, {} out of it, {} not decided: {}.\n{LIMITS}",
        inventory.assets.len(),
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
