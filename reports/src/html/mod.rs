//! The HTML report: one file, no network, readable without scripts. Scripts only filter and open what a link names.

use std::io::{self, Write};

use kickoff_checks::{CHECKS, Status};
use kickoff_evidence::Run;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::access::Access;
use crate::results::{Coverage, Document, Evidence, ResultRow};
use crate::summary::{OfCheck, by_check, by_status};

mod evidence;
pub mod picture;

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// Writes the report of a document, with who can do what where that was worked out; bodies of evidence are read from the run one at a time.
///
/// # Errors
/// The file cannot be written.
pub fn write(document: &Document, run: &Run, access: Option<&Access>, to: &mut dyn Write) -> io::Result<()> {
    let title = format!("kickoff report {}", document.run.id);
    let head = html! {
        (DOCTYPE)
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            // Nothing is loaded, whatever a recorded body holds.
            meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
            title { (title) }
            style { (PreEscaped(STYLE)) }
        }
    };
    put(to, html! { (head) })?;
    to.write_all(b"<body>\n")?;
    put(to, banner(document, run, access.is_some()))?;
    to.write_all(b"<main>\n")?;
    put(to, overview(document))?;
    put(to, criteria(document))?;
    put(
        to,
        html! {
            h2 #results { "Results by check" }
            p.hint {
                "Failures first, the most severe first. Everything that was looked at is listed, what passed as well: it is "
                "evidence too. Open a check for its resources; each evidence id leads to the call it came from."
            }
            div.filters {
                label for="search" { "Search " }
                input #search type="search" placeholder="check, resource, criterion, evidence id";
                (status_filter(document))
                output #shown {}
            }
        },
    )?;
    for group in by_check(document) {
        put(to, check(&group))?;
    }
    if let Some(access) = access {
        put(to, picture::summary(access))?;
    }
    put(to, coverage(document))?;
    evidence::write(document, run, to)?;
    put(
        to,
        html! {
            footer {
                p {
                    "Information prepared by the entity's management with kickoff. It records configuration as AWS answered; it "
                    "is no opinion, and no criterion is said to be met: a person concludes on criteria. Configuration "
                    "is read shortly after it is changed at the earliest (AWS is eventually consistent), and credential reports may "
                    "be up to four hours old."
                }
            }
        },
    )?;
    to.write_all(b"</main>\n")?;
    put(to, html! { script { (PreEscaped(SCRIPT)) } })?;
    to.write_all(b"</body>\n</html>\n")
}

fn put(to: &mut dyn Write, markup: Markup) -> io::Result<()> {
    to.write_all(markup.into_string().as_bytes())?;
    to.write_all(b"\n")
}

/// A time without its fraction: `2026-03-02 02:00:14 UTC`.
fn time(text: &str) -> String {
    text.parse::<jiff::Timestamp>()
        .map_or_else(|_| text.to_owned(), |t| t.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

fn badge(status: &str) -> Markup {
    html! { span class={ "badge " (status) } { (status) } }
}

fn cite(ids: &[String]) -> Markup {
    html! { @for id in ids { a.cite href={ "#" (id) } { (id) } " " } }
}

fn banner(document: &Document, run: &Run, access: bool) -> Markup {
    let meta = &document.run;
    html! {
        header {
            h1 { "Cloud configuration evidence" }
            p.sub { "SOC 2 kick-off report, prepared by management" }
            dl.facts {
                @for account in &meta.accounts {
                    dt { "Account" }
                    dd {
                        strong { (account.id) }
                        @if let Some(alias) = account.alias.as_ref().or(account.name.as_ref()) { " " (alias) }
                        @if let Some(environment) = &account.environment { " · " (environment) }
                        " · partition " (account.partition)
                    }
                    dt { "Regions" }
                    dd {
                        (account.regions.join(", "))
                        @if !account.disabled_regions.is_empty() {
                            span.muted { " · in scope but not enabled: " (account.disabled_regions.join(", ")) }
                        }
                        @match &account.regions_not_scanned {
                            Some(missed) if !missed.is_empty() => span.muted { " · enabled and not scanned: " (missed.join(", ")) },
                            Some(_) => "",
                            None => span.muted { " · which other regions are enabled is not known" },
                        }
                    }
                    dt { "Collected as" }
                    dd { code { (account.caller) } }
                }
                dt { "As of" }
                dd { (time(&meta.started)) @if let Some(end) = &meta.finished { span.muted { " to " (time(end)) } } }
                dt { "Run" }
                dd { code { (meta.id) } " · collected by " (meta.collected_by) ", decided by " (meta.evaluated_by) }
                dt { "Manifest" }
                dd { code.digest { "sha256 " (run.manifest_digest) } }
            }
            @if meta.state == "interrupted" {
                p.warning { strong { "This run was interrupted." } " What had not been read is marked not-evaluated." }
            }
            @if !meta.foreign_endpoints.is_empty() {
                p.warning {
                    strong { "Not AWS. " }
                    "These answers came from " (meta.foreign_endpoints.join(", "))
                    ", not from an endpoint of AWS. They are no evidence of an AWS account."
                }
            }
            nav {
                a href="#overview" { "Overview" } a href="#criteria" { "Criteria" } a href="#results" { "Results" }
                @if access { a href="#access" { "Access" } }
                a href="#coverage" { "Coverage" } a href="#evidence" { "Evidence" }
            }
        }
    }
}

fn overview(document: &Document) -> Markup {
    let shortfalls = document.shortfalls();
    html! {
        section #overview {
            h2 { "Overview" }
            ul.tiles {
                @for (status, count) in by_status(document) {
                    @if count > 0 || matches!(status, Status::Pass | Status::Fail | Status::NotEvaluated) {
                        li class={ "tile " (status.name()) } { b { (count) } span { (status.name()) } }
                    }
                }
            }
            @if shortfalls.is_empty() {
                p { "Coverage is complete: every planned call succeeded, and the control totals tie." }
            } @else {
                div.warning {
                    strong { "Coverage is incomplete" } ": " (shortfalls.len())
                    @if shortfalls.len() == 1 { " shortfall." } @else { " shortfalls." }
                    " What depends on them is not-evaluated, never passed."
                    ul { @for line in &shortfalls { li { (line) } } }
                }
            }
            @if !document.control_totals.is_empty() {
                h3 { "Control totals" }
                table {
                    thead { tr { th { "Population" } th { "Account" } th.n { "Read" } th.n { "Second count" } th.n { "Difference" } th { "Tied to" } th { "Evidence" } } }
                    tbody {
                        @for total in &document.control_totals {
                            tr class=[(total.difference != 0).then_some("bad")] {
                                td { (total.population) } td { (total.account) } td.n { (total.counted) } td.n { (total.expected) }
                                td.n { (total.difference) } td { code { (total.tied_to) } } td { (cite(&total.evidence)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn criteria(document: &Document) -> Markup {
    html! {
        section {
            h2 #criteria { "The 61 criteria" }
            p.hint {
                strong { "tested" } ": configuration bears on most of the technical controls, every check that the core catalogue plans for it ran, and every result was decided. "
                strong { "partly" } ": some of it was decided. "
                strong { "manual" } ": documents and people only. "
                strong { "not-tested" } ": configuration bears on it, and nothing was decided in this run. "
                strong { "not-in-scope" } ": the category is not part of the engagement. "
                "No criterion is said to pass."
            }
            table.criteria {
                thead { tr {
                    th { "Criterion" } th { "What it is about" } th { "Coverage" } th.n { "Pass" } th.n { "Fail" }
                    th.n { "Not evaluated" } th.n { "Other" } th { "Still needed from people" }
                } }
                tbody {
                    @for criterion in &document.criteria {
                        @let count = |status: Status| criterion.counts.get(status.name()).copied().unwrap_or_default();
                        @let all: u64 = criterion.counts.values().sum();
                        @let (pass, fail, open) = (count(Status::Pass), count(Status::Fail), count(Status::NotEvaluated));
                        tr class={ "class-" (criterion.coverage) } {
                            td {
                                @if criterion.checks.is_empty() { (criterion.id) }
                                @else { a href="#results" data-find=(criterion.id) { (criterion.id) } }
                            }
                            td { (criterion.name) }
                            td { span class={ "class " (criterion.coverage) } { (criterion.coverage) } }
                            @if criterion.checks.is_empty() {
                                td.n {} td.n {} td.n {} td.n {}
                            } @else {
                                td.n { (pass) } td.n class=[(fail > 0).then_some("bad")] { (fail) }
                                td.n { (open) } td.n { (all - pass - fail - open) }
                            }
                            td.small { (criterion.documents) }
                        }
                    }
                }
            }
        }
    }
}

fn status_filter(document: &Document) -> Markup {
    html! {
        @for (status, count) in by_status(document) {
            @if count > 0 {
                label.pick { input type="checkbox" checked data-status=(status.name()); " " (status.name()) " " span.muted { (count) } }
            }
        }
    }
}

fn check(group: &OfCheck<'_>) -> Markup {
    let meta = group.check.meta;
    let foremost = group.foremost();
    let counts: Vec<(Status, usize)> =
        Status::ALL.into_iter().map(|s| (s, group.count(s))).filter(|(_, count)| *count > 0).collect();
    let page = group.check.page();
    html! {
        details.check #{ "check-" (meta.id) } data-find={ (meta.id) " " (meta.title) " " (meta.criteria.join(" ")) } {
            summary {
                (badge(foremost.name()))
                span class={ "severity " (meta.severity.name()) } { (meta.severity.name()) }
                span.title { (meta.title) }
                span.id { (meta.id) }
                span.counts { @for (status, count) in &counts { span class={ "count " (status.name()) } { (count) " " (status.name()) } " " } }
            }
            div.inside {
                p {
                    @for section in page.sections.iter().filter(|s| s.heading == "What it asks") { (section.lines.join(" ")) }
                }
                p.small {
                    "Criteria: " (meta.criteria.join(", ")) " · Expected: " strong { (expected(group)) }
                }
                @if let Some(row) = group.rows.first() {
                    @for threshold in &row.thresholds {
                        p.small { "Threshold " code { (threshold.name) } " = " strong { (threshold.value) } span.muted { " (" (threshold.source) ")" } }
                    }
                }
                @if group.count(Status::Fail) > 0 { p { strong { "What to do: " } (meta.fix) "." } }
                details.page {
                    summary { "How it is decided, what else is accepted, remediation, references" }
                    @for section in page.sections.iter().filter(|s| s.heading != "What it asks") {
                        h4 { (section.heading) }
                        p { (section.lines.join(" ")) }
                    }
                }
                (rows(&group.rows))
            }
        }
    }
}

fn expected(group: &OfCheck<'_>) -> String {
    group.rows.first().map(|row| row.expected.clone()).unwrap_or_default()
}

fn rows(rows: &[&ResultRow]) -> Markup {
    let mut sorted: Vec<&&ResultRow> = rows.iter().collect();
    let order = |row: &ResultRow| match row.status.as_str() {
        "fail" => 0,
        "not-evaluated" => 1,
        "manual" => 2,
        _ => 3,
    };
    sorted.sort_by_key(|row| order(row));
    html! {
        table.rows {
            thead { tr { th { "Status" } th { "Resource" } th { "Region" } th { "Observed" } th { "Evidence" } } }
            tbody {
                @for row in sorted {
                    tr data-status=(row.status) {
                        td { (badge(&row.status)) }
                        td.resource { code { (row.resource) } }
                        td { (row.region) @if rows.iter().any(|r| r.account != row.account) { br; span.muted { (row.account) } } }
                        td {
                            (row.observed)
                            @if let Some(reason) = &row.reason {
                                @if !row.observed.is_empty() { br; }
                                span.muted { (reason) }
                            }
                        }
                        td { (cite(&row.evidence)) }
                    }
                }
            }
        }
    }
}

fn coverage(document: &Document) -> Markup {
    let not_ok: Vec<&Coverage> = document.coverage.iter().filter(|row| row.status != "ok").collect();
    let table = |rows: &[&Coverage]| {
        html! {
            table {
                thead { tr { th { "Account" } th { "Region" } th { "Call" } th { "Status" } th.n { "Requests" } th.n { "Pages" } th.n { "Records" } th { "What AWS said" } } }
                tbody {
                    @for row in rows {
                        tr {
                            td { (row.account) } td { (row.region) } td { code { (row.service) ":" (row.operation) } }
                            td { (badge(&row.status)) } td.n { (row.calls) } td.n { (row.pages) } td.n { (row.items) }
                            td.small { (row.reason.as_deref().unwrap_or_default()) }
                        }
                    }
                }
            }
        }
    };
    let all: Vec<&Coverage> = document.coverage.iter().collect();
    let calls: u32 = document.coverage.iter().map(|row| row.calls).sum();
    html! {
        section {
            h2 #coverage { "Coverage" }
            p { (calls) " requests for " (document.coverage.len()) " operations and regions; " (CHECKS.len()) " checks are in the catalogue, " (document.run.checks.len()) " were selected." }
            @if !not_ok.is_empty() { h3 { "What could not be read" } (table(&not_ok)) }
            details { summary { "Every call" } (table(&all)) }
        }
    }
}

/// The anchor-free name of an evidence item's call.
fn call(item: &Evidence) -> String {
    format!("{}:{}", item.service, item.operation)
}
