//! The registers: principals for their review, assets, risks, requests, and what the results rest on.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kickoff_checks::parameters::PARAMETERS;
use kickoff_engagement::Method;
use kickoff_engagement::carried::{Carried, INDEX};
use kickoff_engagement::requests::{Back, Progress};
use kickoff_engagement::risks::{Level, Rating, Standing};

use super::super::dossier::Dossier;
use super::super::returned;
use super::sheet::{Cell, Column, Sheet, auditor, col, day, people, word};
use crate::inventory::tables as asset_tables;
use crate::paper::words::{many, person};
use crate::results::Threshold;
use crate::review_tables;

/// Widths of the columns of the access review.
const REVIEW: [f64; review_tables::HEADS.len()] = [
    14.0, 40.0, 20.0, 10.0, 11.0, 28.0, 34.0, 18.0, 28.0, 20.0, 34.0, 44.0, 14.0, 28.0, 11.0, 12.0, 12.0, 30.0, 10.0,
    24.0, 28.0, 12.0, 16.0, 18.0, 12.0,
];

/// How the columns are headed that the reviewer fills in.
const REVIEWER: [(&str, &str); 3] = [
    ("Reviewer", "Reviewer (to fill in)"),
    ("Decision", "Decision: keep, modify, remove (to fill in)"),
    ("Decision date", "Decision date (to fill in)"),
];

/// Columns of days: each has a date beside it.
const DAYS: [(&str, &str); 3] =
    [("Last used", "Last used (date)"), ("Created", "Created (date)"), ("As of", "As of (date)")];

pub(super) fn access<'d>(dossier: &'d Dossier<'d>) -> Option<Sheet<'d>> {
    let review = dossier.sources.review?;
    let mut columns: Vec<Column> = Vec::new();
    for (head, width) in review_tables::columns(review).map(|at| (review_tables::HEADS[at], REVIEW[at])) {
        match REVIEWER.iter().find(|(name, _)| *name == head) {
            Some((_, left)) => columns.push(people(left, width)),
            None => columns.push(col(head, width)),
        }
        columns.extend(DAYS.iter().find(|(name, _)| *name == head).map(|(_, dated)| col(dated, 12.0)));
    }
    columns.extend([people("Removal proof (to fill in)", 18.0), people("Ticket (to fill in)", 12.0)]);
    let width = columns.len();
    let principals = review_tables::records(review).map(move |cells| {
        let mut row: Vec<Cell<'_>> = Vec::with_capacity(width);
        for (head, text) in review_tables::heads(review).into_iter().zip(cells) {
            let left = REVIEWER.iter().any(|(name, _)| *name == head);
            let dated = DAYS.iter().any(|(name, _)| *name == head).then(|| text.parse().map_or(Cell::Empty, Cell::Day));
            row.push(if left { Cell::Empty } else { text.into() });
            row.extend(dated);
        }
        row.resize(width, Cell::Empty);
        row
    });
    // What the whole review does not know stands under it, so that nobody who filters takes the list for whole.
    let unknown = review
        .population
        .not_known
        .iter()
        .map(|one| vec!["(not known)".into(), format!("{}: {}", many(one.count, "principal"), one.what).into()]);
    Sheet::new(columns, principals.chain(unknown), "40_registers/access_review.csv")
}

/// Widths of the columns of the reviews that came back.
const RETURNED: [f64; returned::HEADS.len()] = [
    11.0, 10.0, 30.0, 24.0, 12.0, 16.0, 8.0, 10.0, 9.0, 8.0, 8.0, 8.0, 9.0, 11.0, 30.0, 12.0, 10.0, 10.0, 10.0, 40.0,
    14.0, 50.0,
];

pub(super) fn returned<'d>(dossier: &'d Dossier<'d>) -> Option<Sheet<'d>> {
    let columns: Vec<Column> =
        returned::HEADS.into_iter().zip(RETURNED).map(|(head, width)| col(head, width)).collect();
    let rows = returned::records(&dossier.sources).into_iter();
    let cell = |(head, text): (&str, String)| match text.parse::<u32>() {
        // Figures are summed; a year is a name.
        Ok(figure) if !["Occurrence", "Accounts"].contains(&head) => figure.into(),
        _ if head == "Status" => word(text),
        _ => text.into(),
    };
    let rows = rows.map(move |record| returned::HEADS.into_iter().zip(record).map(cell).collect());
    Sheet::new(columns, rows, "40_registers/access_reviews.csv")
}

/// Widths of the columns of the inventory.
const INVENTORY: [f64; asset_tables::HEADS.len()] =
    [44.0, 24.0, 26.0, 14.0, 14.0, 16.0, 13.0, 13.0, 11.0, 11.0, 11.0, 10.0, 30.0, 34.0, 40.0, 18.0];

pub(super) fn assets<'d>(dossier: &'d Dossier<'d>) -> Option<Sheet<'d>> {
    let columns: Vec<Column> =
        asset_tables::HEADS.into_iter().zip(INVENTORY).map(|(head, width)| col(head, width)).collect();
    let rows = asset_tables::records(dossier.sources.inventory, dossier.sources.ids);
    let rows = rows.map(|record| record.into_iter().map(Cell::from).collect());
    Sheet::new(columns, rows, "40_registers/assets.csv")
}

pub(super) fn risks<'d>(dossier: &'d Dossier<'d>) -> Option<Sheet<'d>> {
    let mut columns = vec![
        col("Risk", 8.0),
        col("State", 11.0),
        col("Threat", 36.0),
        col("Asset", 24.0),
        col("Likelihood", 10.0),
        col("Impact", 8.0),
        col("Inherent", 9.0),
        col("Inherent level", 10.0),
        col("Treatment", 34.0),
        col("Controls", 14.0),
        col("Tests", 34.0),
        col("Residual likelihood", 10.0),
        col("Residual impact", 9.0),
        col("Residual", 9.0),
        col("Residual level", 10.0),
        col("Criteria", 14.0),
        col("Policies", 14.0),
        col("Owner", 16.0),
        col("Treatment due", 12.0),
        col("Treatment due (date)", 12.0),
        col("Review on", 12.0),
        col("Review on (date)", 12.0),
        col("Against this run", 30.0),
        col("How the results come to it", 36.0),
        col("Note", 24.0),
    ];
    let engagement = dossier.sources.engagement;
    let scaled = !engagement.risk_scale.is_ours();
    if scaled {
        columns.extend([col("Inherent (kickoff's scale)", 16.0), col("Residual (kickoff's scale)", 16.0)]);
    }
    let rows = dossier.sources.risks.iter().map(move |entry| {
        let risk = &entry.risk;
        let mut row: Vec<Cell<'_>> =
            vec![(&risk.id).into(), word(risk.state.name()), (&risk.threat).into(), (&risk.asset).into()];
        row.extend(rated(&entry.inherent));
        row.extend([risk.treatment.as_ref().into(), risk.controls.join(" ").into(), risk.checks.join(" ").into()]);
        row.extend(rated(&entry.residual));
        row.extend([
            risk.criteria.join(" ").into(),
            risk.policies.join(" ").into(),
            risk.owner.as_ref().map(|id| person(engagement, id)).into(),
        ]);
        row.extend(day(risk.due));
        row.extend(day(risk.review));
        row.extend([standing(&entry.standing).into(), entry.explanation.as_ref().into(), risk.note.as_ref().into()]);
        if scaled {
            row.extend([&entry.inherent, &entry.residual].map(|rating| rating.ours_in_full().into()));
        }
        row
    });
    Sheet::new(columns, rows, "40_registers/risks.csv")
}

/// Likelihood, impact, score and band; a word of the company's stands before its figure.
fn rated(rating: &Rating) -> [Cell<'_>; 4] {
    let level = |level: &Level| match &level.word {
        Some(_) => level.name().into(),
        None => u32::from(level.value).into(),
    };
    [level(&rating.likelihood), level(&rating.impact), rating.score.into(), word(&rating.band)]
}

pub(super) fn vendors<'d>(dossier: &'d Dossier<'d>) -> Option<Sheet<'d>> {
    let columns = vec![
        col("Vendor", 10.0),
        col("Name", 26.0),
        col("Service", 30.0),
        col("Data held", 26.0),
        col("Criticality, in management's word", 14.0),
        col("Report on file", 24.0),
        col("Report from", 12.0),
        col("Report from (date)", 12.0),
        col("Report until", 12.0),
        col("Report until (date)", 12.0),
        col("Bridge letter until", 12.0),
        col("Bridge letter until (date)", 12.0),
        col("Against the entity's period", 34.0),
        col("Report file", 28.0),
        col("Reviewed", 12.0),
        col("Reviewed (date)", 12.0),
        col("Next review", 12.0),
        col("Next review (date)", 12.0),
        col("Owner", 18.0),
        col("Account IDs", 18.0),
        col("Note", 30.0),
    ];
    let engagement = dossier.sources.engagement;
    let rows = engagement.vendors.iter().map(move |vendor| {
        let mut row: Vec<Cell<'_>> = vec![
            (&vendor.id).into(),
            (&vendor.name).into(),
            vendor.service.as_ref().into(),
            vendor.holds.as_ref().into(),
            vendor.criticality.as_ref().into(),
            vendor.report.as_ref().into(),
        ];
        row.extend(day(vendor.report_from));
        row.extend(day(vendor.report_until));
        row.extend(day(vendor.bridge_until));
        let shows = vendor.report.is_some() || vendor.report_until.is_some();
        row.push(if shows { bridge(dossier, vendor.report_until, vendor.bridge_until).into() } else { Cell::Empty });
        row.push(vendor.report_file.as_ref().into());
        row.extend(day(vendor.reviewed));
        row.extend(day(vendor.next_review));
        row.extend([
            vendor.owner.as_ref().map(|id| person(engagement, id)).into(),
            vendor.accounts.join(" ").into(),
            vendor.note.as_ref().into(),
        ]);
        row
    });
    Sheet::new(columns, rows, "40_registers/vendors.csv")
}

fn standing(standing: &Standing) -> String {
    match standing {
        Standing::New => "proposed by results; nobody decided yet".to_owned(),
        Standing::Agrees => "results say the same".to_owned(),
        Standing::Differs(how) => format!("results differ: {}", how.join("; ")),
        Standing::NoLongerSeen => "its checks ran, and none fails any more".to_owned(),
        Standing::NotLookedAt => "no check of the run bears on it".to_owned(),
    }
}

pub(super) fn requests<'d>(dossier: &'d Dossier<'d>) -> Option<Sheet<'d>> {
    // The wording is the auditor's only where the list is: kickoff's own list is in kickoff's words.
    let wording = match dossier.sources.engagement.request_list {
        Some(_) => "Wording of the auditor's list",
        None => "Wording (kickoff's list, not the auditor's)",
    };
    let carried = dossier.sources.carried;
    let mut columns = vec![
        col("Request", 11.0),
        col(wording, 50.0),
        col("Same as, of kickoff's list", 13.0),
        col("Criteria", 16.0),
        col("Owner", 18.0),
        people("Requested on (to fill in)", 12.0),
        col("Due", 12.0),
        col("Due (date)", 12.0),
        col("Overdue", 10.0),
        col("Internal status", 14.0),
        col("Handed over", 12.0),
        col("Handed over (date)", 12.0),
        col("Accepted, as management recorded", 13.0),
        auditor("Auditor status", 14.0),
        auditor("Auditor comment", 34.0),
        auditor("Auditor date", 12.0),
        auditor("Auditor", 14.0),
        col("Answered by the run", 11.0),
        col("Evidence ids", 24.0),
        col("Document or link", 34.0),
        col("What is missing", 44.0),
        col("Comment", 24.0),
    ];
    // Where the documents themselves are in the package, the tracker leads to them.
    columns.extend(carried.map(|_| col("Documents in this package", 44.0)));
    let engagement = dossier.sources.engagement;
    let rows = dossier.sources.requests.iter().map(move |status| {
        let request = &status.request;
        let entry = engagement.requests.iter().find(|entry| entry.id == request.id);
        let mut row: Vec<Cell<'_>> = vec![
            (&request.id).into(),
            (&request.text).into(),
            request.standard.join(" ").into(),
            request.criteria.join(" ").into(),
            status.owner.as_ref().map(|id| person(engagement, id)).into(),
            Cell::Empty,
        ];
        row.extend(day(status.due));
        row.push(if status.overdue { word("overdue") } else { Cell::Empty });
        row.push(match status.progress {
            Progress::NotApplicable => "does not arise".into(),
            progress => word(progress.name()),
        });
        row.extend(day(entry.and_then(|entry| entry.delivered)));
        row.extend([entry.and_then(|entry| entry.accepted).map(|day| day.to_string()).into()]);
        row.extend(super::auditor::said(status.back.as_ref().and_then(Back::shown)));
        row.extend([
            status.answer.answered.name().into(),
            status.answer.evidence.join(" ").into(),
            status.document.as_ref().into(),
            status.reasons.join("\n").into(),
            status.note.as_ref().into(),
        ]);
        row.extend(carried.map(|carried| packed(carried, &request.id).into()));
        row
    });
    Sheet::new(columns, rows, "40_registers/pbc.csv")
}

/// The files of a request that lie in the package, and how many do not.
fn packed(carried: &[Carried], request: &str) -> String {
    let own = || carried.iter().filter(|one| one.request == request);
    let mut places: Vec<&str> = own().filter_map(|one| one.place.as_deref().ok()).collect();
    places.dedup();
    let not = own().filter(|one| one.place.is_err()).count();
    let not = (not > 0).then(|| format!("{} not carried: see {INDEX}", many(not, "document")));
    places.into_iter().map(str::to_owned).chain(not).collect::<Vec<_>>().join("\n")
}

pub(super) fn changes<'d>(dossier: &'d Dossier<'d>) -> Option<Sheet<'d>> {
    let columns = vec![
        col("Kind", 26.0),
        col("Of", 26.0),
        col("Item", 54.0),
        col("Value", 30.0),
        col("Source or policy", 34.0),
        col("Criteria", 14.0),
        col("Tests", 36.0),
        col("Owner", 18.0),
        col("Until", 12.0),
        col("Until (date)", 12.0),
        col("Note", 50.0),
    ];
    let width = columns.len();
    let (engagement, document) = (dossier.sources.engagement, dossier.sources.document);
    let mut rows: Vec<Vec<Cell<'d>>> = Vec::new();
    let mut say = |row: Vec<Cell<'d>>| {
        let mut row = row;
        row.resize(width, Cell::Empty);
        rows.push(row);
    };
    let run = &document.run;
    say(vec!["version".into(), "this run".into(), "collected with".into(), (&run.collected_by).into()]);
    say(vec!["version".into(), "this run".into(), "decided with, and its rules".into(), (&run.evaluated_by).into()]);
    say(vec!["version".into(), "this run".into(), "checks selected".into(), run.checks.len().into()]);
    for (threshold, checks) in thresholds(dossier) {
        let about =
            PARAMETERS.iter().find(|parameter| parameter.name == threshold.name).map(|known| known.about.trim());
        // The policy is that of the client's figure; a default has a source of its own.
        let policy =
            engagement.threshold_policies.get(threshold.name.as_str()).filter(|_| threshold.source == "kickoff.toml");
        let policy =
            policy.map(|id| engagement.policies.iter().find(|policy| &policy.id == id).map_or(id, |p| &p.title));
        let source = match policy {
            Some(policy) => format!("{}: {policy}", threshold.source),
            None => threshold.source.to_string(),
        };
        let mut row: Vec<Cell<'d>> =
            vec!["threshold in force".into(), (&threshold.name).into(), about.into(), (&threshold.value).into()];
        row.extend([source.into(), Cell::Empty, checks.join(" ").into()]);
        say(row);
    }
    for organization in &engagement.subservice {
        let name = &organization.name;
        let method = match organization.method {
            Method::CarveOut => "carve-out: its controls are left out of the examination",
            Method::Inclusive => "inclusive: its controls are part of the examination",
        };
        let used = format!("services used: {}", organization.services.join(", "));
        say(vec!["subservice organization".into(), name.into(), used.into(), method.into()]);
        let mut report: Vec<Cell<'d>> = vec!["report on file".into(), name.into()];
        report.push(organization.report.as_ref().map_or_else(|| "none is named".into(), Cell::from));
        report.resize(8, Cell::Empty);
        report.extend(day(organization.report_until));
        report.push(bridge(dossier, organization.report_until, organization.bridge_until).into());
        say(report);
        for relied_on in &organization.relied_on {
            say(vec!["control relied on (CSOC)".into(), name.into(), relied_on.into()]);
        }
        for asked in &organization.user_controls {
            say(vec![
                "control asked of users (CUEC)".into(),
                name.into(),
                (&asked.control).into(),
                Cell::Empty,
                Cell::Empty,
                asked.criteria.join(" ").into(),
                asked.checks.join(" ").into(),
                asked.owner.as_ref().map(|id| person(engagement, id)).into(),
            ]);
        }
    }
    Sheet::new(columns, rows.into_iter(), "60_machine/results.json")
}

/// Whether a report reaches the end of the entity's own period, or the bridge letter after it does.
fn bridge(dossier: &Dossier<'_>, until: Option<Date>, letter: Option<Date>) -> String {
    let end = dossier.sources.engagement.report.as_ref().and_then(kickoff_engagement::Report::days).map(|(_, to)| to);
    match (until, end) {
        (None, _) => "its period is not said".to_owned(),
        (Some(until), Some(end)) if until < end => {
            let letter = match letter {
                Some(bridge) if bridge >= end => format!("a bridge letter reaches to {bridge}"),
                Some(bridge) if bridge > until => format!("a bridge letter reaches to {bridge} only"),
                _ => "the days after it need a bridge letter".to_owned(),
            };
            format!("ends before the entity's own period, {end}: {letter}")
        }
        (Some(_), Some(_)) => "reaches the end of the entity's own period".to_owned(),
        (Some(_), None) => "the entity's own period is not said".to_owned(),
    }
}

/// The thresholds that bear on results, with the checks that read them.
fn thresholds<'d>(dossier: &'d Dossier<'d>) -> Vec<(&'d Threshold, Vec<&'d str>)> {
    let mut found: BTreeMap<(&str, &str, &str), (&Threshold, Vec<&str>)> = BTreeMap::new();
    for row in &dossier.sources.document.results {
        for threshold in &row.thresholds {
            let key = (threshold.name.as_str(), threshold.value.as_str(), threshold.source.as_str());
            let (_, checks) = found.entry(key).or_insert((threshold, Vec::new()));
            if checks.last() != Some(&row.check.as_str()) && !checks.contains(&row.check.as_str()) {
                checks.push(&row.check);
            }
        }
    }
    found.into_values().collect()
}
