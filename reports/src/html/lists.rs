//! The sections that scripts fill: their headings, and the form of the filters.

use kickoff_checks::Severity;
use maud::{Markup, html};

use super::badge;
use crate::package::Dossier;
use crate::summary::by_status;

fn choice(name: &str, label: &str, values: &[(String, String)]) -> Markup {
    html! {
        label { (label) " "
            select name=(name) {
                option value="" { "all" }
                @for (value, words) in values { option value=(value) { (words) } }
            }
        }
    }
}

fn twice(values: impl Iterator<Item = String>) -> Vec<(String, String)> {
    values.map(|value| (value.clone(), value)).collect()
}

pub(super) fn results(dossier: &Dossier<'_>) -> Markup {
    let document = dossier.sources.document;
    let mut regions: Vec<&str> = document.results.iter().map(|row| row.region.as_str()).collect();
    regions.sort_unstable();
    regions.dedup();
    let accounts = document.run.accounts.iter();
    let criteria = document.criteria.iter().filter(|criterion| !criterion.checks.is_empty());
    let controls = dossier
        .controls
        .iter()
        .map(|control| (control.id.to_owned(), format!("{} {}", control.id, control.check.meta.title)));
    html! {
        section.view #results aria-labelledby="results-heading" {
            h2 #results-heading tabindex="-1" { "Controls and results" }
            p.hint {
                "Each control with its results, failures first. Everything that was looked at is listed, what passed as well: it "
                "is evidence too."
            }
            form.filters.scripted hidden role="search" aria-label="Results" {
                div.pair {
                    label for="results-search" { "Search" }
                    input #results-search name="q" type="search" autocomplete="off" spellcheck="false"
                        placeholder="control, check, resource, reason, E-, DEV- or EXC- id";
                    button type="reset" { "Clear all" }
                }
                fieldset {
                    legend { "Status" }
                    @for (status, count) in by_status(document) {
                        @if count > 0 {
                            label.pick { input type="checkbox" name="status" value=(status.name()); " " (badge(status.name())) " " span data-count=(status.name()) { (count) } }
                        }
                    }
                }
                details.more { summary { "More filters" } div.choices {
                    (choice("criterion", "Criterion", &criteria.map(|c| (c.id.clone(), format!("{} {}", c.id, c.name))).collect::<Vec<_>>()))
                    (choice("control", "Control", &controls.collect::<Vec<_>>()))
                    (choice("severity", "Severity", &twice(Severity::ALL.iter().rev().map(|severity| severity.name().to_owned()))))
                    (choice("account", "Account", &accounts.map(|a| (a.id.clone(), crate::package::dossier::account_name(a))).collect::<Vec<_>>()))
                    (choice("region", "Region", &twice(regions.iter().map(|region| (*region).to_owned()))))
                    label { "Resource " input name="resource" type="text" autocomplete="off" spellcheck="false" placeholder="part of an ARN"; }
                    label { "Evidence " input name="evidence" type="text" autocomplete="off" spellcheck="false" placeholder="E-0042"; }
                } }
            }
            div.scripted hidden {
                p.count {
                    output #results-count aria-live="polite" {} " "
                    button #results-all type="button" aria-expanded="false" { "Open all" }
                }
                div #results-list {}
            }
        }
        section.view #control aria-labelledby="control-heading" hidden { h2 #control-heading tabindex="-1" { "Control" } div #control-page {} }
    }
}

fn searched(id: &str, label: &str, placeholder: &str) -> Markup {
    html! {
        form.filters.scripted hidden role="search" aria-label=(label) {
            div.pair {
                label for={ (id) "-search" } { "Search" }
                input #{ (id) "-search" } name="q" type="search" autocomplete="off" spellcheck="false" placeholder=(placeholder);
            }
        }
        div.scripted hidden {
            p.count { output #{ (id) "-count" } aria-live="polite" {} }
            div #{ (id) "-list" } {}
        }
    }
}

pub(super) fn deviations(dossier: &Dossier<'_>) -> Markup {
    let failing: usize = dossier.controls.iter().map(|control| control.count(kickoff_checks::Status::Fail)).sum();
    let numbered = dossier.deviations.len();
    html! {
        section.view #deviations aria-labelledby="deviations-heading" {
            h2 #deviations-heading tabindex="-1" { "Deviations" }
            p.hint { "Failing results that no approved exception takes out, by number. Whether one is an exception in the report, the auditor says." }
            @if numbered < failing {
                p { (failing - numbered) " of " a href="#results?status=fail" { (failing) " failing results" } " have no number yet." }
            }
            @if numbered > 0 {
                (searched("deviations", "Deviations", "DEV id, control, resource, reason"))
            } @else if failing == 0 { p { "No result fails." } }
        }
    }
}

pub(super) fn evidence() -> Markup {
    html! {
        section.view #evidence aria-labelledby="evidence-heading" {
            h2 #evidence-heading tabindex="-1" { "Evidence" }
            p.hint {
                "One item for each call, with all its pages and tries. The request id is AWS's: the entity's own CloudTrail knows "
                "the call by it. The digest is that of the stored body; " code { "zstd -dc exchanges/ACCOUNT.jsonl.zst" }
                " prints the exchanges of a run as they were recorded."
            }
            (searched("evidence", "Evidence", "E- id, call, account, region, parameter, request id"))
        }
        section.view #item aria-labelledby="item-heading" hidden { h2 #item-heading tabindex="-1" { "Evidence item" } div #item-page {} }
    }
}
