//! What was asked and how it was answered: evidence items, populations, coverage.

use std::collections::{BTreeSet, HashMap};

use super::super::dossier::{Dossier, account_name};
use super::super::item;
use super::super::populations::{Population, Subject};
use super::sheet::{Cell, Sheet, col, time, word};
use crate::outcomes::not_asked;
use crate::results::{ControlTotal, Evidence};

pub(super) fn ipe<'d>(dossier: &'d Dossier<'d>) -> Option<Sheet<'d>> {
    let columns = vec![
        col("Evidence id", 10.0),
        col("Call", 26.0),
        col("Account", 18.0),
        col("Region", 12.0),
        col("Parameters", 30.0),
        col("Filters", 18.0),
        col("Pages", 7.0),
        col("Records", 11.0),
        col("Truncated", 11.0),
        col("Control total", 16.0),
        col("Tie-out source", 18.0),
        col("Difference", 10.0),
        col("Started (UTC)", 20.0),
        col("Started (date)", 18.0),
        col("Finished (UTC)", 20.0),
        col("Finished (date)", 18.0),
        col("AWS's clock minus ours (s)", 9.0),
        col("Collected by", 30.0),
        col("Endpoint", 24.0),
        col("Redacted values", 9.0),
        col("SHA-256 of the first page", 34.0),
        col("AWS request id", 26.0),
        col("Status", 12.0),
        col("Reason", 26.0),
        col("Limits", 36.0),
    ];
    let document = dossier.sources.document;
    let accounts: HashMap<&str, (String, &str)> =
        document.run.accounts.iter().map(|a| (a.id.as_str(), (account_name(a), a.caller.as_str()))).collect();
    let mut totals: HashMap<&str, Vec<&ControlTotal>> = HashMap::new();
    for total in &document.control_totals {
        total.evidence.iter().for_each(|id| totals.entry(id).or_default().push(total));
    }
    let rows = document.evidence.iter().map(move |item| {
        let account = accounts.get(item.account.as_str());
        let tied = totals.get(item.id.as_str()).map_or(&[][..], Vec::as_slice);
        record(item, account, tied)
    });
    Sheet::new(columns, rows, "20_evidence, in the item's folder")
}

fn record<'d>(item: &'d Evidence, account: Option<&(String, &'d str)>, tied: &[&'d ControlTotal]) -> Vec<Cell<'d>> {
    let (first, last) = (item.exchanges.first(), item.exchanges.last());
    let pages: Vec<&str> = item.exchanges.iter().filter_map(|exchange| exchange.sha256.as_deref()).collect();
    let requests: Vec<&str> = item.exchanges.iter().filter_map(|exchange| exchange.request_id.as_deref()).collect();
    let redacted: u64 = item.exchanges.iter().map(|exchange| u64::from(exchange.redacted)).sum();
    let parameters: Vec<String> = item.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut row: Vec<Cell<'d>> = vec![
        (&item.id).into(),
        format!("{}:{}", item.service, item.operation).into(),
        account.map_or_else(|| (&item.account).into(), |(name, _)| name.clone().into()),
        (&item.region).into(),
        if parameters.is_empty() { "none".into() } else { parameters.join("\n").into() },
        item::filters(item).into(),
        item.pages.into(),
        match item.records {
            Some(records) => records.into(),
            None => item::held(item).into(),
        },
        match item.status.as_str() {
            "ok" | "absent" => "no",
            _ => "not read",
        }
        .into(),
    ];
    row.extend(tie(tied, "none was read"));
    row.extend(first.map_or([Cell::Empty, Cell::Empty], |exchange| time(&exchange.started)));
    row.extend(last.map_or([Cell::Empty, Cell::Empty], |exchange| time(&exchange.finished)));
    row.extend([
        item::clock_offset(item).into(),
        account.map(|(_, caller)| *caller).into(),
        first.map(|exchange| &exchange.endpoint).into(),
        redacted.into(),
        and_more(&pages).into(),
        and_more(&requests).into(),
        word(item.status.as_str()),
        item.reason.as_ref().into(),
        item::limits(item).join(" ").into(),
    ]);
    row
}

/// Control total, what it is tied to, and the difference; a line each where there are more.
fn tie<'d>(totals: &[&'d ControlTotal], none: impl Into<Cell<'d>>) -> [Cell<'d>; 3] {
    match totals {
        [] => ["none".into(), none.into(), Cell::Empty],
        [one] => [one.expected.into(), (&one.tied_to).into(), one.difference.into()],
        many => {
            let lines = |line: &dyn Fn(&ControlTotal) -> String| -> Cell<'d> {
                many.iter().map(|total| line(total)).collect::<Vec<_>>().join("\n").into()
            };
            [
                lines(&|total| format!("{} {}: {}", total.account, total.population, total.expected)),
                lines(&|total| total.tied_to.clone()),
                lines(&|total| total.difference.to_string()),
            ]
        }
    }
}

/// The first, and how many more there are.
fn and_more(all: &[&str]) -> String {
    match all {
        [] => "none".to_owned(),
        [one] => (*one).to_owned(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    }
}

pub(super) fn populations<'d>(dossier: &'d Dossier<'d>) -> Option<Sheet<'d>> {
    let columns = vec![
        col("Population", 11.0),
        col("Description", 32.0),
        col("Source call", 36.0),
        col("Parameters", 44.0),
        col("As of (UTC)", 20.0),
        col("As of (date)", 18.0),
        col("Rows", 8.0),
        col("Control total", 18.0),
        col("Tie-out source", 22.0),
        col("Difference", 10.0),
        col("Complete", 13.0),
        col("Why not complete", 44.0),
        col("Tests of it: listed, less what is left out, tested", 60.0),
        col("Evidence ids", 24.0),
        col("File", 36.0),
    ];
    let rows = dossier.populations.iter().enumerate().map(|(at, population)| {
        let tests = dossier.tests_of(at).map(|(control, one)| format!("{}: {}", control.test(), one.words()));
        let (calls, parameters) = source(dossier, population);
        let mut row: Vec<Cell<'_>> =
            vec![population.id.into(), (&population.what).into(), calls.into(), parameters.into()];
        row.extend(time(&dossier.sources.document.run.started));
        row.push(population.size().into());
        row.extend(tie(&population.totals, population.without_second_count()));
        row.extend([
            word(if population.is_complete() { "complete" } else { "not complete" }),
            population.incomplete.join("\n").into(),
            tests.collect::<Vec<_>>().join("\n").into(),
            population.evidence.join(" ").into(),
            population.place().into(),
        ]);
        row
    });
    Sheet::new(columns, rows, "30_populations")
}

/// At most so many sets of parameters are named; the IPE log has them all.
const NAMED: usize = 3;

/// The calls that a population was read with, and their parameters.
fn source(dossier: &Dossier<'_>, population: &Population<'_>) -> (String, String) {
    if let Subject::Accounts(_) | Subject::Regions(_) = population.subject {
        return ("the run's own plan, see Cover & scope".to_owned(), "none".to_owned());
    }
    let items: Vec<&Evidence> = population.evidence.iter().filter_map(|id| dossier.evidence(id)).collect();
    let calls: BTreeSet<String> = items.iter().map(|item| format!("{}:{}", item.service, item.operation)).collect();
    let sets = items.iter().filter(|item| !item.parameters.is_empty());
    let sets: BTreeSet<String> = sets
        .map(|item| {
            let parameters = item.parameters.iter().map(|(name, value)| format!("{name}={value}"));
            format!("{} {}", item.operation, parameters.collect::<Vec<_>>().join(" "))
        })
        .collect();
    let mut lines: Vec<String> = sets.iter().take(NAMED).cloned().collect();
    if sets.len() > NAMED {
        lines.push(format!("and {} more, see IPE log", sets.len() - NAMED));
    }
    let none = |list: String| if list.is_empty() { "none".to_owned() } else { list };
    (none(calls.into_iter().collect::<Vec<_>>().join("\n")), none(lines.join("\n")))
}

pub(super) fn coverage<'d>(dossier: &'d Dossier<'d>) -> Option<Sheet<'d>> {
    let columns = vec![
        col("Kind", 14.0),
        col("Account", 14.0),
        col("Region", 14.0),
        col("Service", 16.0),
        col("Operation or population", 34.0),
        col("Status", 15.0),
        col("Calls", 8.0),
        col("Pages", 8.0),
        col("Items read", 10.0),
        col("Tie-out source", 26.0),
        col("Control total", 10.0),
        col("Difference", 10.0),
        col("Reason", 60.0),
        col("Evidence ids", 18.0),
    ];
    let document = dossier.sources.document;
    let shortfalls = document.shortfalls().into_iter().map(|what| {
        let mut row = vec![const { Cell::Empty }; 14];
        row[0] = "shortfall".into();
        row[5] = word("shortfall");
        row[12] = what.into();
        row
    });
    let not_asked = not_asked(document, dossier.sources.engagement).lines().into_iter().map(|what| {
        let mut row = vec![const { Cell::Empty }; 14];
        row[0] = "not asked".into();
        row[5] = word("not asked");
        row[12] = what.into();
        row
    });
    let totals = document.control_totals.iter().map(|total| {
        vec![
            "control total".into(),
            (&total.account).into(),
            Cell::Empty,
            Cell::Empty,
            format!("{}, by {}", total.population, total.counted_by).into(),
            word(if total.ties() { "ties" } else { "does not tie" }),
            Cell::Empty,
            Cell::Empty,
            total.counted.into(),
            (&total.tied_to).into(),
            total.expected.into(),
            total.difference.into(),
            Cell::Empty,
            total.evidence.join(" ").into(),
        ]
    });
    let calls = document.coverage.iter().map(|row| {
        vec![
            "calls".into(),
            (&row.account).into(),
            (&row.region).into(),
            (&row.service).into(),
            (&row.operation).into(),
            word(row.status.as_str()),
            row.calls.into(),
            row.pages.into(),
            match row.items {
                Some(records) => records.into(),
                None if row.status == "ok" => "objects".into(),
                None => Cell::Empty,
            },
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            row.reason.as_ref().into(),
            Cell::Empty,
        ]
    });
    Sheet::new(columns, shortfalls.chain(not_asked).chain(totals).chain(calls), "60_machine/results.json")
}
