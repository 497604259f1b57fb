//! The sections that are read first: what there is, what is lacking, the 61 criteria.

use kickoff_checks::Status;
use maud::{Markup, html};

use super::{capped, cite, rest};
use crate::outcomes::not_asked;
use crate::package::Dossier;
use crate::paper::words::with_verb;
use crate::results::{Criterion, Document};
use crate::summary::by_status;

/// At most so many lines of a list; data and files have them all.
const LINES: usize = 100;

pub(super) fn overview(dossier: &Dossier<'_>) -> Markup {
    let document = dossier.sources.document;
    html! {
        section.view #overview aria-labelledby="overview-heading" {
            h2 #overview-heading tabindex="-1" { "Overview" }
            (shortfalls(dossier))
            h3 { "Results by status" }
            ul.tiles {
                @for (status, count) in by_status(document) {
                    @if count > 0 || matches!(status, Status::Pass | Status::Fail | Status::NotEvaluated) {
                        li class={ "tile " (status.name()) } {
                            a href={ "#results?status=" (status.name()) } { b { (count) } span { (status.name()) } }
                        }
                    }
                }
            }
            (totals(document))
            (accounts(document))
        }
    }
}

fn shortfalls(dossier: &Dossier<'_>) -> Markup {
    let document = dossier.sources.document;
    let shortfalls = document.shortfalls();
    let not_asked = not_asked(document, dossier.sources.engagement).lines();
    let shown: usize = dossier.controls.iter().map(|control| control.rows.len()).sum();
    html! {
        @if shown < document.results.len() {
            p.warning {
                strong { "Not all results are shown: " }
                (with_verb(document.results.len() - shown, "result", ["is", "are"])) " of checks that " (dossier.frame.tool) " does not know or that were not selected. results.json has them."
            }
        }
        @if shortfalls.is_empty() {
            p {
                @if not_asked.is_empty() { "Coverage is complete: every" } @else { "Every" }
                " planned call succeeded, and the control totals tie."
            }
        } @else {
            div.warning {
                h3 { "Coverage is incomplete: " (shortfalls.len()) @if shortfalls.len() == 1 { " shortfall" } @else { " shortfalls" } }
                p { "What depends on them is not-evaluated, never passed." }
                ul { @for line in shortfalls.iter().take(LINES) { li { (line) } } }
                (rest(shortfalls.len(), LINES, "results.json"))
            }
        }
        @if !not_asked.is_empty() {
            div.warning {
                h3 { "Not asked, though there or in scope" }
                p { "Nothing was read of them." }
                ul { @for line in not_asked.iter().take(LINES) { li { (line) } } }
                (rest(not_asked.len(), LINES, "results.json"))
            }
        }
    }
}

fn totals(document: &Document) -> Markup {
    html! {
        @if !document.control_totals.is_empty() {
            h3 { "Control totals" }
            div.wide { table {
                thead { tr {
                    th scope="col" { "Population" } th scope="col" { "Account" } th.n scope="col" { "Read" } th.n scope="col" { "Second count" }
                    th.n scope="col" { "Difference" } th scope="col" { "Tied to" } th scope="col" { "Evidence" }
                } }
                tbody {
                    // What does not tie stands first.
                    @let (untied, tied): (Vec<_>, Vec<_>) = document.control_totals.iter().partition(|total| !total.ties());
                    @for total in untied.into_iter().chain(tied).take(LINES) {
                        tr class=[(!total.ties()).then_some("bad")] {
                            th scope="row" { (total.population) } td { (total.account) } td.n { (total.counted) } td.n { (total.expected) }
                            td.n { (total.difference) @if !total.ties() { " does not tie" (total.members()) } }
                            td.call { code { (total.tied_to) } } td { (cite(&total.evidence)) }
                        }
                    }
                }
            } }
            (rest(document.control_totals.len(), LINES, "results.json"))
        }
    }
}

fn accounts(document: &Document) -> Markup {
    let run = &document.run;
    html! {
        h3 { "Accounts and regions" }
        div.wide { table {
            thead { tr {
                th scope="col" { "Account" } th scope="col" { "Name" } th scope="col" { "Environment" } th scope="col" { "Partition" }
                th scope="col" { "Collected as" } th scope="col" { "Regions asked" } th scope="col" { "Regions not asked" }
            } }
            tbody {
                @for account in run.accounts.iter().take(LINES) {
                    tr {
                        th scope="row" { (account.id) }
                        td { (account.alias.as_ref().or(account.name.as_ref()).map_or("", String::as_str)) }
                        td { (account.environment.as_deref().unwrap_or_default()) }
                        td { (account.partition) }
                        td { code { (account.caller) } }
                        td { (account.regions.join(", ")) }
                        td {
                            @if !account.disabled_regions.is_empty() { "in scope but not enabled: " (account.disabled_regions.join(", ")) br; }
                            @match &account.regions_not_scanned {
                                Some(missed) if !missed.is_empty() => { "enabled and not scanned: " (missed.join(", ")) },
                                Some(_) => { "none" },
                                None => { "which other regions are enabled is not known" },
                            }
                        }
                    }
                }
            }
        } }
        (rest(run.accounts.len(), LINES, "results.json"))
        p.small { "Collected by " (run.collected_by) ", decided by " (run.evaluated_by) "; " (run.checks.len()) " checks were selected." }
    }
}

pub(super) fn criteria(document: &Document) -> Markup {
    html! {
        section.view #criteria aria-labelledby="criteria-heading" {
            h2 #criteria-heading tabindex="-1" { "The 61 criteria" }
            p.hint {
                strong { "tested" } ": configuration bears on most of the technical controls, every check that the catalogue plans for it ran, those of later versions included, and every result was decided. "
                strong { "partly" } ": some of it was decided. "
                strong { "manual" } ": documents and people only. "
                strong { "not-tested" } ": configuration bears on it, and nothing was decided in this run. "
                strong { "not-in-scope" } ": the category is not part of the engagement. "
                "No criterion is said to pass. A number leads to its results."
            }
            div.wide { table.criteria {
                thead { tr {
                    th scope="col" { "Criterion" } th scope="col" { "What it is about" } th scope="col" { "Coverage" } th.n scope="col" { "Pass" }
                    th.n scope="col" { "Fail" } th.n scope="col" { "Not evaluated" } th.n scope="col" { "Other" }
                    th scope="col" { "Still needed from people" }
                } }
                tbody { @for one in &document.criteria { (criterion(one)) } }
            } }
        }
    }
}

fn criterion(criterion: &Criterion) -> Markup {
    let count = |status: Status| criterion.counts.get(status.name()).copied().unwrap_or_default();
    let all: u64 = criterion.counts.values().sum();
    let (pass, fail, open) = (count(Status::Pass), count(Status::Fail), count(Status::NotEvaluated));
    let leads = |number: u64, statuses: &str| {
        html! {
            @if number == 0 { "0" }
            @else { a href={ "#results?criterion=" (criterion.id) "&status=" (statuses) } { (number) } }
        }
    };
    let own = [Status::Pass, Status::Fail, Status::NotEvaluated];
    let others: Vec<&str> = Status::ALL.into_iter().filter(|status| !own.contains(status)).map(Status::name).collect();
    html! {
        tr #(criterion.id) tabindex="-1" class={ "class-" (criterion.coverage) } {
            th scope="row" {
                @if criterion.checks.is_empty() { (criterion.id) }
                @else { a href={ "#results?criterion=" (criterion.id) } { (criterion.id) } }
            }
            td { (criterion.name) }
            td { span class={ "class " (criterion.coverage) } { (criterion.coverage) } }
            @if criterion.checks.is_empty() {
                td.n {} td.n {} td.n {} td.n {}
            } @else {
                td.n { (leads(pass, "pass")) }
                td.n class=[(fail > 0).then_some("bad")] { (leads(fail, "fail")) }
                td.n { (leads(open, "not-evaluated")) }
                td.n { (leads(all - pass - fail - open, &others.join(","))) }
            }
            td.small { (criterion.documents) }
        }
    }
}

pub(super) fn populations(dossier: &Dossier<'_>, in_package: bool) -> Markup {
    html! {
        section.view #populations aria-labelledby="populations-heading" {
            h2 #populations-heading tabindex="-1" { "Populations" }
            p.hint { "Everything of a kind that the run knows to exist, unfiltered, with a second count where AWS offers one." }
            @if dossier.populations.is_empty() { p { "None." } } @else {
                div.wide { table.populations {
                    thead { tr {
                        th scope="col" { "Population" } th scope="col" { "What it lists" } th.n scope="col" { "Items" } th scope="col" { "Complete" }
                        th scope="col" { "Second count" } th scope="col" { "Evidence" } th scope="col" { "File in the package" }
                    } }
                    tbody {
                        @for population in &dossier.populations {
                            tr #(population.id) tabindex="-1" {
                                th scope="row" { (population.id) }
                                td { (population.what) }
                                td.n { (population.size()) }
                                td {
                                    @if population.is_complete() { "nothing is known to be missing" } @else {
                                        strong { "no" }
                                        ul { @for why in population.incomplete.iter().take(LINES) { li { (why) } } }
                                        (rest(population.incomplete.len(), LINES, "results.json"))
                                    }
                                }
                                td { @if population.totals.is_empty() { "none" } @else {
                                    @for total in population.totals.iter().take(LINES) {
                                        div { (total.account) ": " (total.counted) " read, " code { (total.tied_to) } " says " (total.expected) ", difference " (total.difference) }
                                    }
                                    (rest(population.totals.len(), LINES, "results.json"))
                                } }
                                td { (capped(&population.evidence)) }
                                td {
                                    @if in_package && population.size() > 0 { a href=(population.file()) { code { (population.file()) } } }
                                    @else { (population.place()) }
                                }
                            }
                        }
                    }
                } }
            }
        }
    }
}
