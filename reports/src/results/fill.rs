//! Fills the types of the contract from what a run gave.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use kickoff_checks::{CRITERIA, Row, Status, Strength};
use kickoff_engagement::Engagement;
use kickoff_evidence::{EvidenceId, GapKind, Item, ItemKey, Outcome, RunState};
use kickoff_facts::Operation;

use super::text::Texts;
use super::told::Told;
use super::{Account, Coverage, Criterion, Evidence, Exchange, Input, OrganizationAccount, ResultRow, Run, Threshold};
use crate::exceptions;

pub(super) fn run(input: &Input<'_>, told: &[Told]) -> Run {
    let meta = input.run;
    let accounts = meta.accounts.iter().map(|account| {
        let told = told.iter().find(|told| told.account == account.id);
        let declared = input.engagement.scope.accounts.iter().find(|declared| declared.id == account.id);
        let enabled = told.and_then(|told| told.enabled.as_ref());
        Account {
            id: account.id.clone(),
            alias: told.and_then(|told| told.alias.clone()),
            name: declared.and_then(|d| d.name.clone()),
            environment: declared.and_then(|d| d.environment.clone()),
            partition: account.partition.clone(),
            caller: account.caller.clone(),
            regions: account.regions.clone(),
            disabled_regions: account.disabled_regions.clone(),
            regions_not_scanned: enabled
                .map(|enabled| enabled.iter().filter(|region| !account.regions.contains(region)).cloned().collect()),
        }
    });
    Run {
        id: meta.id.clone(),
        state: match meta.state {
            RunState::Complete => "complete",
            RunState::Interrupted | RunState::Running => "interrupted",
        }
        .to_owned(),
        started: meta.started.to_string(),
        finished: meta.finished.as_ref().map(Timestamp::to_string),
        collected_by: format!("{} {}", meta.tool.name, meta.tool.version),
        evaluated_by: format!("kickoff {}", input.version),
        foreign_endpoints: meta.foreign_endpoints.clone(),
        route: meta.route.words(),
        accounts: accounts.collect(),
        accounts_not_scanned: {
            let has = |id: &str| meta.accounts.iter().any(|account| account.id == id);
            let listed: BTreeSet<&OrganizationAccount> =
                told.iter().flat_map(|told| &told.members).filter(|member| !has(&member.id)).collect();
            listed.into_iter().cloned().collect()
        },
        checks: input.selection.0.iter().map(|check| check.meta.id.to_owned()).collect(),
    }
}

pub(super) fn result(
    row: Row,
    engagement: &Engagement,
    day: Date,
    cited: &BTreeSet<EvidenceId>,
    texts: &mut Texts,
) -> ResultRow {
    let meta = row.check.meta;
    let thresholds = row.check.thresholds(&engagement.thresholds);
    let exception = exceptions::note(&row, engagement, day).map(Box::new);
    let mut one = |text: &str| texts.one(text);
    ResultRow {
        check: one(meta.id),
        title: one(meta.title),
        status: one(row.status.name()),
        severity: one(meta.severity.name()),
        criteria: meta.criteria.iter().map(|id| one(id)).collect(),
        account: one(&row.account),
        region: one(&row.region),
        resource: row.resource.id,
        resource_type: one(row.resource.kind),
        observed: row.observed,
        expected: one(&row.expected),
        reason: row.reason,
        exception,
        thresholds: thresholds
            .into_iter()
            .map(|t| Threshold {
                name: one(t.name),
                value: one(format!("{} {}", t.value, t.unit).trim_end()),
                source: one(t.source),
            })
            .collect(),
        evidence: cited.iter().map(|id| one(&id.to_string())).collect(),
        listed: row.listed,
        window: row.window,
    }
}

/// What is said of an answer of which the first page was wanted.
const FIRST_PAGE: &str = "the first page is all that was asked for: AWS has more";

fn status(outcome: &Outcome) -> (&'static str, Option<String>) {
    match outcome {
        Outcome::Complete { more: true, .. } => ("ok", Some(FIRST_PAGE.to_owned())),
        Outcome::Complete { .. } => ("ok", None),
        Outcome::Absent { code } => ("absent", Some(code.clone())),
        Outcome::Pending => (GapKind::NotCollected.name(), Some("the run ended before the answer came".to_owned())),
        Outcome::Gap(gap) => (gap.kind.name(), Some(gap.message.clone()).filter(|text| !text.is_empty())),
    }
}

pub(super) fn evidence(item: &Item, id: EvidenceId) -> Evidence {
    let (status, reason) = status(&item.outcome);
    let (pages, records) = match item.outcome {
        Outcome::Complete { pages, records, .. } => (pages, records),
        _ => (0, None),
    };
    Evidence {
        id: id.to_string(),
        account: item.key.account.clone(),
        region: item.key.region.clone(),
        service: item.key.service.clone(),
        operation: item.key.operation.clone(),
        parameters: item.key.parameters.clone(),
        status: status.to_owned(),
        reason,
        pages,
        records,
        exchanges: item
            .exchanges
            .iter()
            .map(|e| Exchange {
                position: e.position,
                status: e.status,
                started: e.started.to_string(),
                finished: e.finished.to_string(),
                attempt: e.attempt,
                request_id: e.request_id.clone(),
                aws_date: e.date.clone(),
                endpoint: e.endpoint.clone(),
                sha256: e.sha256.clone(),
                bytes: e.bytes,
                redacted: e.redacted,
                record: e.record.clone(),
            })
            .collect(),
    }
}

/// Whether the answers to a question hold lists of records.
fn lists(key: &ItemKey) -> bool {
    Operation::get(&format!("{}:{}", key.service, key.operation)).is_some_and(|op| op.holds.is_list())
}

/// One row for each account, region and operation, and one for each region in scope that is not enabled.
pub(super) fn coverage(
    items: &[(EvidenceId, Item)],
    accounts: &[Told],
    left_out: &BTreeMap<String, String>,
) -> Vec<Coverage> {
    let mut rows: BTreeMap<(String, String, String, String), Coverage> = BTreeMap::new();
    for (_, item) in items {
        let key = &item.key;
        let place = (key.account.clone(), key.region.clone(), key.service.clone(), key.operation.clone());
        let row = rows.entry(place).or_insert_with(|| Coverage {
            account: key.account.clone(),
            region: key.region.clone(),
            service: key.service.clone(),
            operation: key.operation.clone(),
            status: "ok".to_owned(),
            calls: 0,
            pages: 0,
            items: lists(key).then_some(0),
            reason: None,
        });
        row.calls += u32::try_from(item.exchanges.len()).unwrap_or(u32::MAX);
        match &item.outcome {
            Outcome::Complete { pages, records, .. } => {
                row.pages += pages;
                if let Some(records) = records {
                    *row.items.get_or_insert_default() += records;
                }
            }
            Outcome::Absent { .. } => row.pages += 1,
            other => {
                let (status, reason) = status(other);
                // The first in the order of the items; further ones stand in the evidence list.
                if row.status == "ok" {
                    status.clone_into(&mut row.status);
                    row.reason = reason;
                }
            }
        }
    }
    for told in accounts {
        for region in &told.disabled {
            let place = (told.account.clone(), region.clone(), String::new(), String::new());
            rows.insert(
                place,
                Coverage {
                    account: told.account.clone(),
                    region: region.clone(),
                    service: "*".to_owned(),
                    operation: "*".to_owned(),
                    status: GapKind::RegionDisabled.name().to_owned(),
                    calls: 0,
                    pages: 0,
                    items: None,
                    reason: Some(
                        "the region is not enabled for this account, so that nothing can exist there".to_owned(),
                    ),
                },
            );
        }
    }
    let homes: BTreeMap<&str, &Told> = accounts.iter().map(|told| (told.account.as_str(), told)).collect();
    for row in rows.values_mut().filter(|row| row.is_lacking()) {
        let Some(told) = homes.get(row.account.as_str()) else { continue };
        let refused = row.status == GapKind::Denied.name() || row.status == GapKind::NotCollected.name();
        if told.closed.contains(&row.region) && refused {
            "closed".clone_into(&mut row.status);
        } else if left_out.contains_key(&row.region) && row.region != told.home {
            // The home region answers for what belongs to no region as well.
            "left-out".clone_into(&mut row.status);
        }
    }
    rows.into_values().collect()
}

/// The coverage class of each criterion:
/// `tested`: configuration bears on most technical controls, every check that
/// the catalogue plans for it ran, those that are still to come among them, and every result was decided; `partly`: something was
/// decided; `manual`: documents and people only; `not-tested`: configuration bears on it, and nothing was decided.
pub(super) fn criteria(input: &Input<'_>, results: &[ResultRow]) -> Vec<Criterion> {
    CRITERIA
        .iter()
        .map(|criterion| {
            let mut counts: BTreeMap<String, u64> = BTreeMap::new();
            for row in results.iter().filter(|row| row.criteria.iter().any(|id| id == criterion.id)) {
                *counts.entry(row.status.to_string()).or_default() += 1;
            }
            let checks: Vec<String> = input
                .selection
                .0
                .iter()
                .filter(|check| check.meta.criteria.contains(&criterion.id))
                .map(|check| check.meta.id.to_owned())
                .collect();
            let count = |status: Status| counts.get(status.name()).copied().unwrap_or_default();
            let decided = count(Status::Pass) + count(Status::Fail);
            let class = if !input.engagement.scope.has_category(criterion.category) {
                "not-in-scope"
            } else if criterion.strength == Strength::None {
                "manual"
            } else if decided == 0 {
                "not-tested"
            } else if criterion.strength == Strength::Strong
                && count(Status::NotEvaluated) + count(Status::Manual) == 0
                && checks.len() >= criterion.planned_checks
            {
                "tested"
            } else {
                "partly"
            };
            Criterion {
                id: criterion.id.to_owned(),
                category: criterion.category.to_owned(),
                name: criterion.name.to_owned(),
                coverage: class.to_owned(),
                checks,
                counts,
                documents: criterion.documents.to_owned(),
            }
        })
        .collect()
}
