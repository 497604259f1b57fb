//! What was asked, of whom, and how it ended.

use std::collections::BTreeMap;
use std::io::{self, Write};

use kickoff_checks::CHECKS;
use maud::{Markup, html};

use super::data::{Block, Names, Property};
use super::{badge, rest};
use crate::results::{Coverage, Document};

/// At most so many rows of a table that can be read without scripts; the list below it has them all.
const ROWS: usize = 500;

/// The calls of a service in an account, all regions together.
#[derive(Default)]
struct OfService {
    asked: usize,
    requests: u64,
    pages: u64,
    records: u64,
    lacking: usize,
}

fn by_service(document: &Document) -> BTreeMap<(&str, &str), OfService> {
    let mut services: BTreeMap<(&str, &str), OfService> = BTreeMap::new();
    for row in document.coverage.iter().filter(|row| row.operation != "*") {
        let sum = services.entry((&row.account, &row.service)).or_default();
        sum.asked += 1;
        sum.requests += u64::from(row.calls);
        sum.pages += u64::from(row.pages);
        sum.records += row.items.unwrap_or_default();
        sum.lacking += usize::from(row.is_lacking());
    }
    services
}

pub(super) fn section(document: &Document) -> Markup {
    let lacking: Vec<&Coverage> = document.coverage.iter().filter(|row| row.status != "ok").collect();
    let requests: u64 = document.coverage.iter().map(|row| u64::from(row.calls)).sum();
    let services = by_service(document);
    html! {
        section.view #coverage aria-labelledby="coverage-heading" {
            h2 #coverage-heading tabindex="-1" { "Coverage" }
            p {
                (requests) " requests for " (document.coverage.len()) " operations and regions; " (CHECKS.len())
                " checks are in the catalogue, " (document.run.checks.len()) " were selected."
            }
            h3 { "What could not be read" }
            @if lacking.is_empty() { p { "Nothing: every call succeeded." } } @else {
                div.wide { table {
                    thead { tr {
                        th scope="col" { "Call" } th scope="col" { "Account" } th scope="col" { "Region" } th scope="col" { "Status" }
                        th scope="col" { "What AWS said" }
                    } }
                    tbody {
                        @for row in lacking.iter().take(ROWS) {
                            tr {
                                th scope="row" { code { (row.service) ":" (row.operation) } }
                                td { (row.account) } td.keep { (row.region) } td { (badge(&row.status)) }
                                td.small { (row.reason.as_deref().unwrap_or_default()) }
                            }
                        }
                    }
                } }
                (rest(lacking.len(), ROWS, "the list of every call below"))
            }
            h3 { "By account and service" }
            div.wide { table.short {
                thead { tr {
                    th scope="col" { "Account" } th scope="col" { "Service" } th.n scope="col" { "Operations and regions" } th.n scope="col" { "Requests" }
                    th.n scope="col" { "Pages" } th.n scope="col" { "Records" } th.n scope="col" { "Not read" }
                } }
                tbody {
                    @for ((account, service), sum) in services.iter().take(ROWS) {
                        tr {
                            td { (account) } th scope="row" { (service) } td.n { (sum.asked) } td.n { (sum.requests) }
                            td.n { (sum.pages) } td.n { (sum.records) } td.n class=[(sum.lacking > 0).then_some("bad")] { (sum.lacking) }
                        }
                    }
                }
            } }
            (rest(services.len(), ROWS, "the list of every call below"))
            div.scripted hidden {
                h3 { "Every call" }
                div #coverage-list {}
            }
        }
    }
}

pub(super) fn data<'a>(document: &'a Document, names: &mut Names<'a>, to: &mut dyn Write) -> io::Result<()> {
    let rows = &document.coverage;
    let mut block = Block::open(to, "data-coverage")?;
    let properties: [Property<Coverage>; 6] = [
        ("account", |row| &row.account),
        ("region", |row| &row.region),
        ("service", |row| &row.service),
        ("operation", |row| &row.operation),
        ("status", |row| &row.status),
        ("reason", |row| row.reason.as_deref().unwrap_or_default()),
    ];
    for (name, of) in properties {
        block.column(name, rows.iter().map(|row| names.number(of(row))))?;
    }
    block.column("calls", rows.iter().map(|row| row.calls))?;
    block.column("pages", rows.iter().map(|row| row.pages))?;
    block.column("items", rows.iter().map(|row| row.items))?;
    block.close()
}
