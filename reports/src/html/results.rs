//! The results as data: a column for each property, rows by control, and what each control says of itself.

use std::collections::BTreeMap;
use std::io::{self, Write};

use kickoff_checks::{Page, Status};
use serde::Serialize;

use super::data::{Block, Names, Property, Table};
use crate::exceptions::ExceptionNote;
use crate::package::dossier::{account_name, seconds};
use crate::package::{Control, Dossier, Mark};
use crate::results::{ResultRow, Text, Threshold};

/// A control as its page shows it. Its results are those from `first` on, `count` of them.
#[derive(Serialize)]
struct ControlData<'a> {
    id: &'a str,
    test: String,
    check: &'a str,
    title: &'a str,
    severity: &'a str,
    level: &'a str,
    criteria: &'a [&'a str],
    first: usize,
    count: usize,
    result: String,
    procedure: String,
    expected: &'a str,
    fix: &'a str,
    thresholds: Vec<Threshold>,
    populations: Vec<&'a str>,
    own: Vec<Own<'a>>,
    page: Vec<(&'a str, Vec<&'a str>)>,
}

/// A control of the client's own.
#[derive(Serialize)]
struct Own<'a> {
    id: &'a str,
    wording: &'a str,
    owner: Option<&'a str>,
}

#[derive(Serialize)]
struct AccountData<'a> {
    id: &'a str,
    name: String,
    caller: &'a str,
}

/// Failures first, then what is open.
fn order(row: &ResultRow) -> usize {
    ["fail", "not-evaluated", "manual"].iter().position(|status| *status == row.status).unwrap_or(3)
}

fn control<'a>(dossier: &Dossier<'a>, control: &'a Control<'a>, first: usize) -> ControlData<'a> {
    let meta = control.check.meta;
    let engagement = dossier.sources.engagement;
    let of_check = || {
        let thresholds = control.check.thresholds(&engagement.thresholds).into_iter();
        let words = thresholds.map(|t| (t.name, format!("{} {}", t.value, t.unit), t.source));
        words
            .map(|(name, value, source)| Threshold {
                name: name.into(),
                value: value.trim_end().into(),
                source: source.into(),
            })
            .collect()
    };
    let Page { sections, .. } = control.check.page();
    ControlData {
        id: control.id,
        test: control.test(),
        check: meta.id,
        title: meta.title,
        severity: meta.severity.name(),
        level: meta.level.name(),
        criteria: meta.criteria,
        first,
        count: control.rows.len(),
        result: control.result(),
        procedure: control.procedure(dossier.sources.reperformed),
        expected: control.rows.first().map_or(meta.expected, |row| &row.expected),
        fix: meta.fix,
        thresholds: control.rows.first().map_or_else(of_check, |row| row.thresholds.clone()),
        populations: control.populations.iter().map(|one| dossier.populations[one.population].id).collect(),
        own: control
            .own
            .iter()
            .map(|own| Own {
                id: &own.id,
                wording: &own.wording,
                owner: own.owner.as_deref().map(|id| engagement.person(id).map_or(id, |person| person.name.as_str())),
            })
            .collect(),
        page: sections.into_iter().map(|section| (section.heading, section.lines)).collect(),
    }
}

pub(super) fn write<'a>(
    dossier: &'a Dossier<'a>,
    in_package: bool,
    names: &mut Names<'a>,
    to: &mut dyn Write,
) -> io::Result<()> {
    let document = dossier.sources.document;
    let mut rows: Vec<(&'a Control<'a>, &'a ResultRow)> = Vec::with_capacity(document.results.len());
    let mut controls = Vec::with_capacity(dossier.controls.len());
    for one in &dossier.controls {
        controls.push(control(dossier, one, rows.len()));
        let mut mine: Vec<&'a ResultRow> = one.rows.clone();
        mine.sort_by_key(|row| order(row));
        rows.extend(mine.into_iter().map(|row| (one, row)));
    }
    let accounts = document.run.accounts.iter().map(|account| AccountData {
        id: &account.id,
        name: account_name(account),
        caller: &account.caller,
    });
    let mut about = Block::open(to, "data-controls")?;
    about.field("package", &in_package)?;
    about.field("collected", &seconds(&document.run.started))?;
    about.column("statuses", Status::ALL.map(Status::name))?;
    about.column("marks", Mark::ALL.map(|mark| (mark.letter(), mark.meaning())))?;
    about.column("accounts", accounts)?;
    about.column("controls", controls)?;
    about.close()?;

    let mut block = Block::open(to, "data-results")?;
    let properties: [Property<ResultRow>; 8] = [
        ("status", |row| &row.status),
        ("account", |row| &row.account),
        ("region", |row| &row.region),
        ("resource", |row| &row.resource),
        ("type", |row| &row.resource_type),
        ("observed", |row| &row.observed),
        ("expected", |row| &row.expected),
        ("reason", |row| row.reason.as_deref().unwrap_or_default()),
    ];
    for (name, of) in properties {
        block.column(name, rows.iter().map(|(_, row)| names.number(of(row))))?;
    }
    let exception = |row: &'a ResultRow| row.exception.as_ref().map_or("", |note| &note.id);
    block.column("exception", rows.iter().map(|(_, row)| names.number(exception(row))))?;
    let deviation = |row| if order(row) == 0 { dossier.deviation(row).unwrap_or_default() } else { "" };
    block.column("deviation", rows.iter().map(|(_, row)| names.number(deviation(row))))?;
    let mut marks: Table<u8> = Table::new(0);
    block.column("marks", rows.iter().map(|(control, row)| marks.number(bits(&dossier.marks(control, row)))))?;
    block.column("markings", marks.values.iter().map(|bits| letters(*bits)))?;
    let mut sets: Table<&'a [Text]> = Table::new(&[]);
    block.column("evidence", rows.iter().map(|(_, row)| sets.number(&row.evidence)))?;
    block.column("sets", sets.values.iter().map(|set| set.join(" ")))?;
    let notes = document.results.iter().filter_map(|row| row.exception.as_ref());
    let notes: BTreeMap<&str, &ExceptionNote> = notes.map(|note| (note.id.as_str(), &**note)).collect();
    block.field("exceptions", &notes)?;
    block.close()
}

fn bits(marks: &[Mark]) -> u8 {
    let of = |mark: &Mark| Mark::ALL.iter().position(|known| known == mark).map_or(0, |at| 1 << at);
    marks.iter().map(of).fold(0, |all, one| all | one)
}

fn letters(bits: u8) -> String {
    let set = Mark::ALL.iter().enumerate().filter(|(at, _)| bits & (1 << at) != 0);
    set.map(|(_, mark)| mark.letter()).collect()
}
