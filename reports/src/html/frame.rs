//! What every page carries: whose report it is and from where; how to read it; how far it goes.

use kickoff_checks::Status;
use kickoff_evidence::count;
use maud::{Markup, html};

use super::badge;
use crate::package::{Dossier, Frame, Mark};

/// The views, as they are named in links and in the bar. Each is a section of the page.
pub(super) const VIEWS: [(&str, &str); 9] = [
    ("overview", "Overview"),
    ("criteria", "Criteria"),
    ("results", "Controls and results"),
    ("populations", "Populations"),
    ("deviations", "Deviations"),
    ("access", "Access"),
    ("coverage", "Coverage"),
    ("evidence", "Evidence"),
    ("legend", "Legend"),
];

pub(super) fn banner(frame: &Frame) -> Markup {
    html! {
        header.banner {
            h1 { "Cloud configuration evidence" }
            // Open on the overview; within a section one line of it is enough.
            details #cover open {
                summary {
                    (frame.entity) " · " (frame.run) " · collected " (frame.collected)
                    @if !frame.warnings.is_empty() { " · " strong.alarm { (count(frame.warnings.len(), "note")) } }
                }
                p.sub { "SOC 2 evidence, prepared by management" }
                dl.facts {
                    @for (name, value) in frame.facts() {
                        div { dt { (name) } dd { (value) } }
                    }
                }
                @for warning in &frame.warnings { p.warning { strong { "Note. " } (warning) } }
            }
        }
    }
}

pub(super) fn bar() -> Markup {
    html! {
        nav #bar aria-label="Sections" {
            ul {
                @for (id, name) in VIEWS { li { a href={ "#" (id) } { (name) } } }
            }
        }
    }
}

/// Without scripts, what is static can be read; where the rest is.
pub(super) fn unscripted(in_package: bool) -> Markup {
    html! {
        noscript {
            p.warning {
                strong { "Scripts are off. " }
                "Search, results, deviations and evidence need them; everything else on this page can be read without. "
                @if in_package {
                    "The workbook 02_Workbook.xlsx and the CSV files of this package hold the same."
                } @else {
                    "The file results.json beside this page holds the same; in an evidence package, the workbook and the CSV files do."
                }
            }
        }
    }
}

fn status_means(status: Status) -> &'static str {
    match status {
        Status::Pass => "what was observed is what was expected",
        Status::Fail => "it is not: a deviation",
        Status::NotEvaluated => {
            "something that had to be known could not be read; the reason names the call. Never counted as a pass"
        }
        Status::NoPopulation => "there is nothing to test",
        Status::NotApplicable => "the question does not arise here",
        Status::Manual => "what was seen is listed, and a person judges",
        Status::Excluded => "fails, and an approved exception takes it out; its EXC id says which",
    }
}

pub(super) fn legend() -> Markup {
    html! {
        section.view #legend aria-labelledby="legend-heading" {
            h2 #legend-heading tabindex="-1" { "Legend" }
            h3 { "Statuses" }
            table.short {
                thead { tr { th scope="col" { "Status" } th scope="col" { "What it says of a result" } } }
                tbody { @for status in Status::ALL { tr { th scope="row" { (badge(status.name())) } td { (status_means(status)) } } } }
            }
            h3 { "Preparer's marks" }
            p.hint { "Management's own. Auditors' tickmarks and conclusions have no place on this page." }
            table.short {
                thead { tr { th scope="col" { "Mark" } th scope="col" { "What it stands for" } } }
                tbody { @for mark in Mark::ALL { tr { th scope="row" { (mark.letter()) } td { (mark.meaning()) } } } }
            }
            h3 { "Ids" }
            table.short {
                thead { tr { th scope="col" { "Id" } th scope="col" { "What it names" } } }
                tbody {
                    @for (id, what) in [
                        ("CC6.1", "a criterion"),
                        ("CC6.1.03", "a control: the criterion and a number that is never used again"),
                        ("CC6.1.03-T1", "the test of a control"),
                        ("E-0042", "an evidence item: one call, with all its pages and tries"),
                        ("POP-07", "a population"),
                        ("DEV-2026-003", "a deviation"),
                        ("EXC-004", "an approved exception"),
                    ] { tr { th scope="row" { (id) } td { (what) } } }
                }
            }
            h3 { "Keys" }
            p { kbd { "/" } " goes to the search, " kbd { "Esc" } " clears it. In a list: " kbd { "↑" } " " kbd { "↓" } " "
                kbd { "Page Up" } " " kbd { "Page Down" } " " kbd { "Home" } " " kbd { "End" } " move, " kbd { "Enter" }
                " opens and closes, " kbd { "Tab" } " goes on to the links of what is open." }
            p.hint { "The address of this page keeps the filters: copy it to send a view. Printing prints the view that is shown." }
        }
    }
}

/// The last lines of the page, and those at the foot of each printed sheet.
pub(super) fn footer(dossier: &Dossier<'_>) -> Markup {
    html! {
        footer {
            p {
                "Information prepared by the entity's management with " (dossier.frame.tool) ". It records configuration as AWS "
                "answered; it is no opinion, and no criterion is said to be met: a person concludes on criteria. Configuration "
                "is read shortly after it is changed at the earliest (AWS is eventually consistent), and credential reports may "
                "be up to four hours old."
            }
        }
    }
}
