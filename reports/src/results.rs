//! `results.json`, a published contract with types of its own: internal types may change, these may not.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kickoff_checks::{CRITERIA, Row, Selection, Status, Strength};
use kickoff_engagement::Engagement;
use kickoff_evidence::{EvidenceId, EvidenceRef, GapKind, Item, Numbered, Outcome, RunMetadata, RunState};
use kickoff_facts::AccountFacts;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::exceptions::{self, ExceptionNote};

/// The schema's name.
pub const SCHEMA: &str = "kickoff/results/1";

/// The whole document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// `kickoff/results/1`.
    pub schema: String,
    /// The run.
    pub run: Run,
    /// What was asked, of whom, and how it ended.
    pub coverage: Vec<Coverage>,
    /// Populations tied to a second count.
    pub control_totals: Vec<ControlTotal>,
    /// All 61 criteria. None is ever said to pass.
    pub criteria: Vec<Criterion>,
    /// The results.
    pub results: Vec<ResultRow>,
    /// The evidence items that results cite.
    pub evidence: Vec<Evidence>,
}

/// A run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// `RUN-20260302T020000Z-9f31c2aa`.
    pub id: String,
    /// `complete` or `interrupted`.
    pub state: String,
    /// When it began, the time that ages are reckoned from (UTC, RFC 3339).
    pub started: String,
    /// When collection ended (UTC, RFC 3339).
    pub finished: Option<String>,
    /// The program that collected, `kickoff 0.1.0`.
    pub collected_by: String,
    /// The program that decided the results; another than the collector's on replay by another version.
    pub evaluated_by: String,
    /// Endpoints that answered in place of AWS. Empty when AWS itself answered.
    pub foreign_endpoints: Vec<String>,
    /// The accounts.
    pub accounts: Vec<Account>,
    /// The checks that were selected.
    pub checks: Vec<String>,
}

/// An account of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Twelve digits.
    pub id: String,
    /// The account's alias, where it has one and it was read.
    pub alias: Option<String>,
    /// What kickoff.toml calls it.
    pub name: Option<String>,
    /// `production`, ..., from kickoff.toml.
    pub environment: Option<String>,
    /// `aws`, `aws-us-gov`, `aws-cn`, ...
    pub partition: String,
    /// Who asked.
    pub caller: String,
    /// Regions that were asked.
    pub regions: Vec<String>,
    /// Regions in scope that are not enabled.
    pub disabled_regions: Vec<String>,
    /// Regions that are enabled and were not asked; none where the list of regions could not be read.
    pub regions_not_scanned: Option<Vec<String>>,
}

/// How the calls of one operation went in one region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The service.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// `ok`, or the first thing that went wrong: `denied`, `throttled`, `failed`, `region-disabled`, `not-collected`.
    pub status: String,
    /// Requests, retries included.
    pub calls: u32,
    /// Pages that were read.
    pub pages: u32,
    /// Records that were read.
    pub items: u64,
    /// What AWS said, where something went wrong.
    pub reason: Option<String>,
}

/// A population tied to a second count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ControlTotal {
    /// The account.
    pub account: String,
    /// What was counted.
    pub population: String,
    /// The operation that listed it.
    pub counted_by: String,
    /// How many were read.
    pub counted: u64,
    /// The operation that counted again.
    pub tied_to: String,
    /// How many it says there are.
    pub expected: u64,
    /// Read minus expected.
    pub difference: i64,
    /// The evidence of both.
    pub evidence: Vec<String>,
}

/// A criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// `CC6.1`.
    pub id: String,
    /// The category.
    pub category: String,
    /// Our short name for it.
    pub name: String,
    /// `tested`, `partly`, `manual`, `not-in-scope`, `not-tested`.
    pub coverage: String,
    /// The checks of this run that inform it.
    pub checks: Vec<String>,
    /// Results of those checks by status.
    pub counts: BTreeMap<String, u64>,
    /// What people have to supply.
    pub documents: String,
}

/// A result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResultRow {
    /// The check's id.
    pub check: String,
    /// What holds when it passes.
    pub title: String,
    /// `pass`, `fail`, `not-evaluated`, `no-population`, `not-applicable`, `manual`, `excluded`.
    pub status: String,
    /// `info`, `low`, `medium`, `high`, `critical`.
    pub severity: String,
    /// The criteria that the check informs, the primary one first.
    pub criteria: Vec<String>,
    /// The account.
    pub account: String,
    /// The region; the home region for what belongs to none.
    pub region: String,
    /// What the result is about: an ARN where there is one.
    pub resource: String,
    /// Its type, as CloudFormation names it.
    pub resource_type: String,
    /// What was seen.
    pub observed: String,
    /// What is expected.
    pub expected: String,
    /// Why, where that needs saying.
    pub reason: Option<String>,
    /// The approved exception, where the status is `excluded`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<ExceptionNote>,
    /// Thresholds and declarations that bear on it.
    pub thresholds: Vec<Threshold>,
    /// The ids of its evidence.
    pub evidence: Vec<String>,
}

/// A threshold or a declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// Its name in kickoff.toml.
    pub name: String,
    /// Its value with its unit, in words.
    pub value: String,
    /// `kickoff.toml`, or the source of the default.
    pub source: String,
}

/// An evidence item: a call with all its pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// `E-0042`.
    pub id: String,
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The service.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// The parameters, but for page tokens.
    pub parameters: BTreeMap<String, String>,
    /// `ok`, `absent` (AWS says there is none), or a kind of gap.
    pub status: String,
    /// What AWS said, where something went wrong or there is none.
    pub reason: Option<String>,
    /// Pages that were read.
    pub pages: u32,
    /// Records that were read.
    pub records: u64,
    /// The exchanges.
    pub exchanges: Vec<Exchange>,
}

/// An exchange of an evidence item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// Where it stands in the account's archive. Not part of the contract: the order of an archive means nothing.
    #[serde(skip)]
    pub position: u32,
    /// HTTP status; none when no answer came.
    pub status: Option<u16>,
    /// When the request went out (UTC).
    pub started: String,
    /// When the answer was complete (UTC).
    pub finished: String,
    /// Which try it was.
    pub attempt: u32,
    /// AWS's request id, by which CloudTrail knows it.
    pub request_id: Option<String>,
    /// AWS's own clock: the `Date` header of the answer.
    pub aws_date: Option<String>,
    /// Who answered.
    pub endpoint: String,
    /// SHA-256 of the stored body.
    pub sha256: Option<String>,
    /// Length of the stored body.
    pub bytes: u64,
    /// Values that were redacted.
    pub redacted: u32,
}

/// What a document is made from.
#[derive(Debug)]
pub struct Input<'a> {
    /// The run.
    pub run: &'a RunMetadata,
    /// Facts of each account.
    pub facts: &'a [AccountFacts],
    /// Results of all accounts.
    pub rows: &'a [Row],
    /// Evidence items.
    pub numbered: &'a Numbered,
    /// Scope and thresholds.
    pub engagement: &'a Engagement,
    /// The checks.
    pub selection: &'a Selection,
    /// The version of the program that decided.
    pub version: &'a str,
}

impl Document {
    /// Makes the document. The same input gives the same bytes.
    #[must_use]
    pub fn new(input: &Input<'_>) -> Self {
        let Numbered { items, ids } = input.numbered;
        let cite = |evidence: &[EvidenceRef]| {
            let ids: BTreeSet<EvidenceId> = evidence.iter().filter_map(|e| ids.get(e).copied()).collect();
            ids.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let results: Vec<ResultRow> =
            input.rows.iter().map(|row| result(row, input.engagement, day(input.run), &cite)).collect();
        let mut control_totals: Vec<ControlTotal> = Vec::new();
        for facts in input.facts {
            control_totals.extend(facts.control_totals.iter().map(|total| ControlTotal {
                account: facts.account.clone(),
                population: total.population.clone(),
                counted_by: total.counted_by.clone(),
                counted: total.counted,
                tied_to: total.tied_to.clone(),
                expected: total.expected,
                difference: total.difference(),
                evidence: cite(&total.evidence),
            }));
        }
        Self {
            schema: SCHEMA.to_owned(),
            run: run(input),
            coverage: coverage(items, input.facts),
            control_totals,
            criteria: criteria(input, &results),
            evidence: items.iter().map(|(id, item)| evidence(item, *id)).collect(),
            results,
        }
    }

    /// The document's text, as it is written and printed.
    ///
    /// # Errors
    /// None that can happen: the types are plain.
    pub fn to_json(&self) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        self.write_json(&mut text)?;
        Ok(text)
    }

    /// Writes the document's text piece by piece: it is long where there are many accounts.
    ///
    /// # Errors
    /// The writer fails.
    pub fn write_json(&self, to: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *to, self)?;
        to.write_all(b"\n")
    }

    /// The JSON Schema of the document.
    ///
    /// # Errors
    /// None that can happen.
    pub fn json_schema() -> Result<String, serde_json::Error> {
        let mut schema = schemars::schema_for!(Self);
        schema.insert("$id".to_owned(), SCHEMA.into());
        schema.insert("title".to_owned(), "kickoff results, version 1".into());
        serde_json::to_string_pretty(&schema).map(|text| text + "\n")
    }

    /// What fails, by check, account, region and resource: what a deviation is known by.
    pub fn deviations(&self) -> impl Iterator<Item = [String; 4]> {
        let failing = self.results.iter().filter(|row| row.status == Status::Fail.name());
        failing.map(|row| [&row.check, &row.account, &row.region, &row.resource].map(Clone::clone))
    }

    /// Why coverage is incomplete: calls that did not succeed, totals that do not tie, an interrupted run. Regions that
    /// are not enabled hold nothing and do not count.
    #[must_use]
    pub fn shortfalls(&self) -> Vec<String> {
        let mut shortfalls = Vec::new();
        if self.run.state == "interrupted" {
            shortfalls.push("the run was interrupted".to_owned());
        }
        for row in self.coverage.iter().filter(|row| row.status != "ok" && row.operation != "*") {
            let reason = row.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
            shortfalls.push(format!(
                "{}:{} in {} of {}: {}{reason}",
                row.service, row.operation, row.region, row.account, row.status
            ));
        }
        for total in self.control_totals.iter().filter(|total| total.difference != 0) {
            shortfalls.push(format!(
                "{} in {}: {} were read by {}, {} says {} (difference {:+})",
                total.population,
                total.account,
                total.counted,
                total.counted_by,
                total.tied_to,
                total.expected,
                total.difference
            ));
        }
        shortfalls
    }
}

fn run(input: &Input<'_>) -> Run {
    let meta = input.run;
    let accounts = meta.accounts.iter().map(|account| {
        let facts = input.facts.iter().find(|facts| facts.account == account.id);
        let declared = input.engagement.scope.accounts.iter().find(|declared| declared.id == account.id);
        let known = facts.and_then(|facts| facts.global.all_regions.get().ok());
        Account {
            id: account.id.clone(),
            alias: facts.and_then(|f| f.global.aliases.get().ok()).and_then(|aliases| aliases.first().cloned()),
            name: declared.and_then(|d| d.name.clone()),
            environment: declared.and_then(|d| d.environment.clone()),
            partition: account.partition.clone(),
            caller: account.caller.clone(),
            regions: account.regions.clone(),
            disabled_regions: account.disabled_regions.clone(),
            regions_not_scanned: known.map(|known| {
                let missed = known.iter().filter(|r| r.is_enabled() && !account.regions.contains(&r.name));
                missed.map(|r| r.name.clone()).collect()
            }),
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
        accounts: accounts.collect(),
        checks: input.selection.0.iter().map(|check| check.meta.id.to_owned()).collect(),
    }
}

/// The day of a run, which exceptions are held against: never that of its reader.
#[must_use]
pub fn day(run: &RunMetadata) -> Date {
    run.started.to_zoned(TimeZone::UTC).date()
}

fn result(row: &Row, engagement: &Engagement, day: Date, cite: &impl Fn(&[EvidenceRef]) -> Vec<String>) -> ResultRow {
    let meta = row.check.meta;
    ResultRow {
        check: meta.id.to_owned(),
        title: meta.title.to_owned(),
        status: row.status.name().to_owned(),
        severity: meta.severity.name().to_owned(),
        criteria: meta.criteria.iter().map(|id| (*id).to_owned()).collect(),
        account: row.account.clone(),
        region: row.region.clone(),
        resource: row.resource.id.clone(),
        resource_type: row.resource.kind.to_owned(),
        observed: row.observed.clone(),
        expected: row.expected.clone(),
        reason: row.reason.clone(),
        exception: exceptions::note(row, engagement, day),
        thresholds: row
            .check
            .thresholds(&engagement.thresholds)
            .into_iter()
            .map(|t| Threshold {
                name: t.name.to_owned(),
                value: format!("{} {}", t.value, t.unit).trim_end().to_owned(),
                source: t.source.to_owned(),
            })
            .collect(),
        evidence: cite(&row.evidence),
    }
}

fn status(outcome: &Outcome) -> (&'static str, Option<String>) {
    match outcome {
        Outcome::Complete { .. } => ("ok", None),
        Outcome::Absent { code } => ("absent", Some(code.clone())),
        Outcome::Pending => (GapKind::NotCollected.name(), Some("the run ended before the answer came".to_owned())),
        Outcome::Gap(gap) => (gap.kind.name(), Some(gap.message.clone()).filter(|text| !text.is_empty())),
    }
}

fn evidence(item: &Item, id: EvidenceId) -> Evidence {
    let (status, reason) = status(&item.outcome);
    let (pages, records) = match item.outcome {
        Outcome::Complete { pages, records } => (pages, records),
        _ => (0, 0),
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
            })
            .collect(),
    }
}

/// One row for each account, region and operation, and one for each region in scope that is not enabled.
fn coverage(items: &[(EvidenceId, Item)], accounts: &[AccountFacts]) -> Vec<Coverage> {
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
            items: 0,
            reason: None,
        });
        row.calls += u32::try_from(item.exchanges.len()).unwrap_or(u32::MAX);
        match &item.outcome {
            Outcome::Complete { pages, records } => {
                row.pages += pages;
                row.items += records;
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
    for facts in accounts {
        for region in &facts.disabled_regions {
            let place = (facts.account.clone(), region.clone(), String::new(), String::new());
            rows.insert(
                place,
                Coverage {
                    account: facts.account.clone(),
                    region: region.clone(),
                    service: "*".to_owned(),
                    operation: "*".to_owned(),
                    status: GapKind::RegionDisabled.name().to_owned(),
                    calls: 0,
                    pages: 0,
                    items: 0,
                    reason: Some(
                        "the region is not enabled for this account, so that nothing can exist there".to_owned(),
                    ),
                },
            );
        }
    }
    rows.into_values().collect()
}

/// The coverage class of each criterion:
/// `tested`: configuration bears on most technical controls, every check that
/// the core catalogue plans for it ran, and every result was decided; `partly`: something was
/// decided; `manual`: documents and people only; `not-tested`: configuration bears on it, and nothing was decided.
fn criteria(input: &Input<'_>, results: &[ResultRow]) -> Vec<Criterion> {
    CRITERIA
        .iter()
        .map(|criterion| {
            let mut counts: BTreeMap<String, u64> = BTreeMap::new();
            for row in results.iter().filter(|row| row.criteria.iter().any(|id| id == criterion.id)) {
                *counts.entry(row.status.clone()).or_default() += 1;
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
