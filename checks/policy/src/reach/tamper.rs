//! Who, short of the administrators, can blind the logs: on the trails, buckets and detectors that were collected, else on
//! all of a kind, since which ones keep the logs is not told by policies.

use std::collections::BTreeMap;

use super::asking::fill;
use crate::access::{Certainty, Tamper, TamperGrant};
use crate::actions::ActionId;
use crate::compile::Target;
use crate::estate::{Estate, Principal, cite};
use crate::truth::Truth;

/// An action that blinds the logs, with what to ask about in one account.
struct Blinding {
    action: ActionId,
    targets: Vec<Target>,
    /// Which documents have an Allow that covers one of the targets whole.
    documents: Vec<bool>,
}

/// The kind of a row of the table without what it adds in brackets, in the words in which resources are collected.
fn kind(cell: &str) -> &str {
    match cell.split(" (").next().unwrap_or(cell) {
        "trail log group" => "log group",
        "any bucket" => "log bucket",
        kind => kind,
    }
}

/// The rows of the table, for one account.
fn rows(estate: &Estate, account: usize) -> Vec<Blinding> {
    let text = include_str!("../../data/log_tamper.txt");
    let data = &estate.accounts[account];
    let watched = estate.watched.get(&data.account);
    let mut found = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split('|');
        let (Some(_), Some(name), Some(cell)) = (cells.next(), cells.next(), cells.next()) else { continue };
        let Some(action) = estate.table.id(name) else { continue };
        let service = name.split(':').next().unwrap_or_default();
        let takes = estate.table.takes_resource(action);
        let targets = match watched.and_then(|kinds| kinds.get(kind(cell))) {
            // Config and EventBridge both have rules.
            Some(arns) => {
                let own = arns.iter().filter(|arn| arn.split(':').nth(2) == Some(service));
                own.map(|arn| Target::one(if takes { arn } else { "*" })).collect()
            }
            None => {
                let template = estate.table.resource_types(action).next().map(|(_, template)| template);
                let arn = template.map_or("*".to_owned(), |t| fill(t, data, "*"));
                vec![Target::new(&arn, takes)]
            }
        };
        if targets.is_empty() {
            continue;
        }
        let whole = |document: &crate::estate::Document| {
            document.unreadable.is_none()
                && document.allowed.contains(action)
                && document.about(action).filter(|s| s.allows()).any(|s| {
                    // A right on some named resources is no right on the logs unless those are among them.
                    s.covers_everything()
                        || targets.iter().any(|t| s.covers(t, &super::trust::Stranger::new(estate)).certain())
                })
        };
        let documents = estate.documents.iter().map(whole).collect();
        found.push(Blinding { action, targets, documents });
    }
    found
}

/// What can be done, and to what.
type Doing<'a> = (Vec<ActionId>, Vec<&'a str>);

fn grants(estate: &Estate, p: &Principal, rows: &[Blinding]) -> Vec<TamperGrant> {
    // By policy and statement that grants, and by certainty: what on what.
    let mut grouped: BTreeMap<(usize, usize, Certainty), Doing<'_>> = BTreeMap::new();
    for row in rows {
        if !p.held.iter().any(|held| row.documents[held.document]) {
            continue;
        }
        for target in &row.targets {
            let mut by: Option<(Truth, usize, usize)> = None;
            let truth = estate.weigh(p, row.action, target, &[], &mut |layer, held, says| {
                if let (Some(statement), "identity") = (says.allow_by, layer)
                    && by.is_none_or(|(truth, ..)| says.allow > truth)
                    && let Some(at) = p.held.iter().position(|one| std::ptr::eq(one, held))
                {
                    by = Some((says.allow, at, statement.source.number));
                }
            });
            if let (true, Some((_, policy, statement))) = (truth.possible(), by) {
                let (actions, resources) = grouped.entry((policy, statement, Certainty::from(truth))).or_default();
                if actions.last() != Some(&row.action) {
                    actions.push(row.action);
                }
                if !resources.contains(&target.text()) {
                    resources.push(target.text());
                }
            }
        }
    }
    let told = grouped.into_iter().filter_map(|((policy, number, certainty), (actions, resources))| {
        let held = p.held.get(policy)?;
        let statements = &estate.documents[held.document].policy.statements;
        let statement = statements.iter().find(|s| s.source.number == number)?;
        let first = estate.table.name(*actions.first()?);
        Some(TamperGrant {
            certainty,
            evidence: vec![cite("identity", held, statement, first)],
            actions: actions.iter().map(|a| estate.table.name(*a).to_owned()).collect(),
            resources: resources.into_iter().map(str::to_owned).collect(),
        })
    });
    told.collect()
}

/// Who can blind the logs.
pub(super) fn log_tamper(estate: &Estate, administrator: impl Fn(usize) -> bool) -> Vec<Tamper> {
    let rows: Vec<Vec<Blinding>> = (0..estate.accounts.len()).map(|account| rows(estate, account)).collect();
    let people = estate.principals.iter().enumerate().filter(|(at, p)| !administrator(*at) && !p.is_service_linked());
    let told = people.map(|(_, p)| Tamper { principal: p.arn.clone(), grants: grants(estate, p, &rows[p.account]) });
    told.filter(|one| !one.grants.is_empty()).collect()
}
