//! Criteria, controls, their tests, and every result.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kickoff_checks::{Check, Kind, Status};
use kickoff_engagement::Engagement;

use super::super::dossier::{Control, Dossier};
use super::super::reconcile::Reconciled;
use super::sheet::{Cell, Sheet, auditor, col, people, word};
use crate::inventory::Asset;
use crate::paper::words::person;
use crate::results::ResultRow;

pub(super) fn criteria<'d>(dossier: &'d Dossier<'d>) -> Option<Sheet<'d>> {
    let mut columns = vec![
        col("Criterion", 10.0),
        col("What it is about", 40.0),
        col("Category", 15.0),
        col("In scope", 9.0),
        col("Controls", 30.0),
        col("Own controls", 14.0),
        col("Tests, automated", 11.0),
        col("Tests, manual", 9.0),
    ];
    columns.extend(Status::ALL.map(|status| col(status.name(), 13.0)));
    columns.extend([col("Coverage", 13.0), col("Still needed from people", 50.0)]);
    let rows = dossier.sources.document.criteria.iter().map(|criterion| {
        let checks: Vec<&Check> = criterion.checks.iter().filter_map(|id| Check::get(id)).collect();
        let of = |kind: Kind| checks.iter().filter(|check| check.meta.kind == kind).count();
        let controls =
            dossier.controls.iter().filter(|control| criterion.checks.iter().any(|id| id == control.check.meta.id));
        let controls: Vec<&str> = controls.map(|control| control.id).collect();
        let own = dossier.sources.engagement.controls.iter().filter(|own| own.criteria.contains(&criterion.id));
        let own: Vec<&str> = own.map(|own| own.id.as_str()).collect();
        let mut row: Vec<Cell<'_>> = vec![
            (&criterion.id).into(),
            (&criterion.name).into(),
            (&criterion.category).into(),
            if criterion.coverage == "not-in-scope" { "no" } else { "yes" }.into(),
            if controls.is_empty() { "none".into() } else { controls.join(" ").into() },
            own.join(" ").into(),
            of(Kind::Auto).into(),
            of(Kind::Manual).into(),
        ];
        let count = |status: Status| criterion.counts.get(status.name()).copied().unwrap_or_default();
        row.extend(Status::ALL.map(|status| count(status).into()));
        row.extend([word(criterion.coverage.as_str()), (&criterion.documents).into()]);
        row
    });
    Sheet::new(columns, rows, "60_machine/results.json")
}

pub(super) fn matrix<'d>(dossier: &'d Dossier<'d>) -> Option<Sheet<'d>> {
    let columns = vec![
        col("Control #", 11.0),
        col("Control", 44.0),
        col("Own control", 12.0),
        col("Own wording", 40.0),
        col("Owner", 18.0),
        people("Type: preventive or detective (to fill in)", 14.0),
        col("Automated or manual", 12.0),
        people("Frequency (to fill in)", 14.0),
        col("Risks", 14.0),
        col("Policies", 16.0),
        col("System", 20.0),
        col("Criteria", 16.0),
        col("Test", 34.0),
    ];
    let engagement = dossier.sources.engagement;
    let tested = dossier.controls.iter().map(move |control| {
        let meta = control.check.meta;
        let own: Vec<&str> = control.own.iter().map(|own| own.id.as_str()).collect();
        let wording: Vec<&str> = control.own.iter().map(|own| own.wording.as_str()).collect();
        let services: BTreeSet<&str> =
            control.check.operations().iter().filter_map(|operation| operation.id.split(':').next()).collect();
        vec![
            control.id.into(),
            meta.title.into(),
            own.join(" ").into(),
            wording.join("\n").into(),
            owners(engagement, &control.own).into(),
            Cell::Empty,
            if meta.kind == Kind::Auto { "automated" } else { "manual" }.into(),
            Cell::Empty,
            risks(dossier, &own, Some(meta.id)).into(),
            policies(engagement, &own).into(),
            services.into_iter().collect::<Vec<_>>().join(", ").into(),
            meta.criteria.join(" ").into(),
            format!("{}: {}", control.test(), meta.id).into(),
        ]
    });
    let named = |own: &kickoff_engagement::Control| {
        dossier.controls.iter().any(|control| control.own.iter().any(|named| named.id == own.id))
    };
    let untested = engagement.controls.iter().filter(move |own| !named(own)).map(move |own| {
        let id = [own.id.as_str()];
        vec![
            Cell::Empty,
            Cell::Empty,
            (&own.id).into(),
            (&own.wording).into(),
            owners(engagement, &[own]).into(),
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            risks(dossier, &id, None).into(),
            policies(engagement, &id).into(),
            Cell::Empty,
            own.criteria.join(" ").into(),
            "no test of this run".into(),
        ]
    });
    Sheet::new(columns, tested.chain(untested), "60_machine/results.json")
}

fn owners(engagement: &Engagement, own: &[&kickoff_engagement::Control]) -> String {
    let owners: BTreeSet<&str> =
        own.iter().filter_map(|own| own.owner.as_deref()).map(|id| person(engagement, id)).collect();
    owners.into_iter().collect::<Vec<_>>().join(", ")
}

/// The risks that name a control of the client's, or the check.
fn risks(dossier: &Dossier<'_>, own: &[&str], check: Option<&str>) -> String {
    let risks = dossier.sources.risks.iter().map(|entry| &entry.risk);
    let named = risks.filter(|risk| {
        risk.controls.iter().any(|id| own.contains(&id.as_str()))
            || risk.checks.iter().any(|id| Some(id.as_str()) == check)
    });
    named.map(|risk| risk.id.as_str()).collect::<Vec<_>>().join(" ")
}

fn policies(engagement: &Engagement, own: &[&str]) -> String {
    let named = engagement.policies.iter().filter(|policy| policy.controls.iter().any(|id| own.contains(&id.as_str())));
    named.map(|policy| policy.title.as_str()).collect::<Vec<_>>().join("; ")
}

pub(super) fn tests<'d>(dossier: &'d Dossier<'d>) -> Option<Sheet<'d>> {
    let columns = vec![
        col("Control #", 11.0),
        col("Control", 34.0),
        col("Test procedure", 58.0),
        col("Population ref + size", 34.0),
        col("Left out, and why", 40.0),
        col("Items tested", 9.0),
        col("Result (management)", 30.0),
        col("Deviations n/N", 11.0),
        col("Evidence ids", 32.0),
        auditor("Auditor W/P ref", 14.0),
        auditor("Auditor tickmark", 12.0),
        auditor("Auditor conclusion", 22.0),
    ];
    let rows = dossier.controls.iter().map(|control| {
        let tested = control.tested();
        vec![
            control.id.into(),
            control.check.meta.title.into(),
            format!("{}. {}", control.test(), control.procedure(dossier.sources.reperformed)).into(),
            populations(dossier, control).into(),
            left_out(dossier, control).into(),
            tested.into(),
            control.result().into(),
            match tested {
                0 => "none tested".into(),
                tested => format!("{}/{tested}", control.count(Status::Fail)).into(),
            },
            control.evidence.join(" ").into(),
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
        ]
    });
    Sheet::new(columns, rows, "Result detail, where each result has its own")
}

/// `POP-03 IAM users: 40`, a line each.
fn populations(dossier: &Dossier<'_>, control: &Control<'_>) -> String {
    let line = |one: &Reconciled| {
        let population = &dossier.populations[one.population];
        let lacking = if population.is_complete() { "" } else { " (not complete)" };
        format!("{} {}: {}{lacking}", population.id, population.what, one.size)
    };
    control.populations.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// `POP-03: 14 without a console password`, a line each; what does not meet is said.
fn left_out(dossier: &Dossier<'_>, control: &Control<'_>) -> String {
    let lines = control.populations.iter().flat_map(|one| {
        let id = dossier.populations[one.population].id;
        let difference = match one.difference() {
            0 => None,
            other => Some(format!("{id}: {other:+} that neither a result nor a reason accounts for")),
        };
        one.left_out.iter().map(move |(why, count)| format!("{id}: {count} {why}")).chain(difference)
    });
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() { "none".to_owned() } else { lines.join("\n") }
}

pub(super) fn results<'d>(dossier: &'d Dossier<'d>) -> Option<Sheet<'d>> {
    let columns = vec![
        col("Test", 13.0),
        col("Check", 24.0),
        col("Account", 14.0),
        col("Region", 12.0),
        col("Resource", 44.0),
        col("Name", 22.0),
        col("Owner tag", 14.0),
        col("Observed", 44.0),
        col("Expected", 30.0),
        col("Status", 13.0),
        col("Severity", 9.0),
        col("Marks", 8.0),
        col("Deviation or exception", 15.0),
        col("Evidence ids", 16.0),
        col("Reason", 30.0),
        col("Thresholds", 24.0),
    ];
    let assets: HashMap<(&str, &str), &Asset> =
        dossier.sources.inventory.assets.iter().map(|a| ((a.account.as_str(), a.arn.as_str()), a)).collect();
    let controls: BTreeMap<&str, &Control<'_>> =
        dossier.controls.iter().map(|control| (control.check.meta.id, control)).collect();
    // A result of a check that this version does not have is listed all the same, after the others.
    let known: BTreeSet<&str> = controls.keys().copied().collect();
    let others = dossier.sources.document.results.iter().filter(move |row| !known.contains(row.check.as_str()));
    let rows = dossier.controls.iter().flat_map(|control| control.rows.iter().copied()).chain(others);
    let rows = rows.map(move |row| {
        let control = controls.get(row.check.as_str());
        let asset = assets.get(&(row.account.as_str(), row.resource.as_str()));
        detail(dossier, control.copied(), asset.copied(), row)
    });
    Sheet::new(columns, rows, "60_machine/results.json")
}

fn detail<'d>(
    dossier: &'d Dossier<'d>,
    control: Option<&'d Control<'d>>,
    asset: Option<&'d Asset>,
    row: &'d ResultRow,
) -> Vec<Cell<'d>> {
    let marks = control.map(|control| dossier.marks(control, row)).unwrap_or_default();
    let thresholds = row.thresholds.iter().map(|t| format!("{} {} ({})", t.name, t.value, t.source));
    let note = dossier.deviation(row).or(row.exception.as_ref().map(|exception| exception.id.as_str()));
    vec![
        control.map(Control::test).into(),
        (&row.check).into(),
        (&row.account).into(),
        (&row.region).into(),
        (&row.resource).into(),
        asset.map(|asset| &asset.name).into(),
        asset.map(|asset| asset.owner.word()).into(),
        (&row.observed).into(),
        (&row.expected).into(),
        word(row.status.as_str()),
        (&row.severity).into(),
        marks.iter().map(|mark| mark.letter().to_string()).collect::<Vec<_>>().join(" ").into(),
        note.into(),
        row.evidence.join(" ").into(),
        row.reason.as_ref().into(),
        thresholds.collect::<Vec<_>>().join("\n").into(),
    ]
}
