//! What fails, what is excepted and left out, and what is done about it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kickoff_evidence::count;

use super::super::dossier::Dossier;
use super::sheet::{Cell, Sheet, col, day, people, time, word};
use crate::paper::words::person;

pub(super) fn deviations<'d>(dossier: &'d Dossier<'d>) -> Option<Sheet<'d>> {
    let columns = vec![
        col("Deviation", 14.0),
        col("Control #", 10.0),
        col("Control", 30.0),
        col("Test", 13.0),
        col("Resource", 40.0),
        col("Account", 14.0),
        col("Region", 12.0),
        col("Severity", 10.0),
        col("Seen on (UTC)", 20.0),
        col("Seen on (date)", 18.0),
        col("Observed", 40.0),
        col("Expected", 30.0),
        col("What to do", 40.0),
        col("Evidence ids", 14.0),
        people("Last pass (to fill in)", 12.0),
        people("First fail (to fill in)", 12.0),
        people("Remediated (to fill in)", 12.0),
        people("Ticket (to fill in)", 12.0),
        people("Compensating control (to fill in)", 22.0),
    ];
    let seen = &dossier.sources.document.run.started;
    let rows = dossier.deviations.iter().map(move |deviation| {
        let (control, row) = (&dossier.controls[deviation.control], deviation.row);
        let mut cells: Vec<Cell<'_>> = vec![
            deviation.id.into(),
            control.id.into(),
            control.check.meta.title.into(),
            control.test().into(),
            (&row.resource).into(),
            (&row.account).into(),
            (&row.region).into(),
            word(row.severity.as_str()),
        ];
        cells.extend(time(seen));
        cells.extend([
            (&row.observed).into(),
            (&row.expected).into(),
            control.check.meta.fix.into(),
            row.evidence.join(" ").into(),
        ]);
        cells.resize(19, Cell::Empty);
        cells
    });
    Sheet::new(columns, rows, "60_machine/results.json")
}

pub(super) fn remediation<'d>(dossier: &'d Dossier<'d>) -> Option<Sheet<'d>> {
    let columns = vec![
        col("Deviation", 14.0),
        col("Severity", 10.0),
        col("Test", 13.0),
        col("Resource", 44.0),
        people("Management response (to fill in)", 34.0),
        people("Action (to fill in)", 34.0),
        people("Owner (to fill in)", 16.0),
        people("Due (to fill in)", 12.0),
        people("Done (to fill in)", 12.0),
        people("Retest run (to fill in)", 18.0),
        people("Retest result (to fill in)", 14.0),
    ];
    let rows = dossier.deviations.iter().map(|deviation| {
        let mut cells: Vec<Cell<'_>> = vec![
            deviation.id.into(),
            word(deviation.row.severity.as_str()),
            dossier.controls[deviation.control].test().into(),
            (&deviation.row.resource).into(),
        ];
        cells.resize(11, Cell::Empty);
        cells
    });
    Sheet::new(columns, rows, "60_machine/results.json")
}

pub(super) fn exceptions<'d>(dossier: &'d Dossier<'d>) -> Option<Sheet<'d>> {
    let columns = vec![
        col("Kind", 12.0),
        col("Exception", 11.0),
        col("Check or service", 28.0),
        col("Account", 15.0),
        col("Region", 14.0),
        col("Resource", 40.0),
        col("Reason", 40.0),
        col("Compensating control", 36.0),
        col("Approver", 18.0),
        col("Approved on", 12.0),
        col("Approved on (date)", 12.0),
        col("Expires", 12.0),
        col("Expires (date)", 12.0),
        col("On the day of the run", 16.0),
        col("Effect on counts", 34.0),
    ];
    let (engagement, document) = (dossier.sources.engagement, dossier.sources.document);
    let on = document.run.started.parse::<Timestamp>().ok().map(|time| engagement.day_of(time));
    let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
    for note in document.results.iter().filter_map(|row| row.exception.as_ref()) {
        *taken.entry(note.id.as_str()).or_default() += 1;
    }
    let exceptions = engagement.exceptions.iter().map(move |exception| {
        let mut row: Vec<Cell<'_>> = vec![
            "exception".into(),
            (&exception.id).into(),
            any(exception.check.as_deref()),
            any(exception.account.as_deref()),
            any(exception.region.as_deref()),
            any(exception.resource.as_deref()),
            (&exception.reason).into(),
            (&exception.compensating_control).into(),
            person(engagement, &exception.approver).into(),
        ];
        row.extend(day(Some(exception.approved)));
        row.extend(day(Some(exception.expires)));
        let standing = match on {
            Some(on) if exception.counts_on(on) => "in force",
            Some(on) if on < exception.approved => "not yet approved",
            Some(_) => "expired",
            None => "not known",
        };
        let effect = match taken.get(exception.id.as_str()).copied().unwrap_or_default() {
            0 if exception.check.as_ref().is_some_and(|check| !document.run.checks.contains(check)) => {
                "none: its check was not selected".to_owned()
            }
            0 => "none: it takes no result out".to_owned(),
            taken => format!("{} excluded instead of fail", count(taken, "result")),
        };
        row.extend([standing.into(), effect.into()]);
        row
    });
    let exclusions = engagement.scope.exclusions.iter().map(move |left_out| {
        let of = |wanted: &Option<String>, given: &str| wanted.as_deref().is_none_or(|wanted| wanted == given);
        let within = document
            .results
            .iter()
            .filter(|row| of(&left_out.account, &row.account) && of(&left_out.region, &row.region));
        let effect = match (&left_out.service, within.count()) {
            (Some(_), _) => "assets of the service are out of scope in Asset inventory".to_owned(),
            (None, 0) => "no result of the run is in it".to_owned(),
            (None, within) => format!("{} of the run in it, still counted", count(within, "result")),
        };
        let mut row: Vec<Cell<'_>> = vec![
            "exclusion".into(),
            Cell::Empty,
            left_out.service.as_ref().into(),
            left_out.account.as_ref().into(),
            left_out.region.as_ref().into(),
            Cell::Empty,
            (&left_out.reason).into(),
            Cell::Empty,
            person(engagement, &left_out.approver).into(),
        ];
        row.extend(day(left_out.approved));
        row.extend([Cell::Empty, Cell::Empty, "out of scope".into(), effect.into()]);
        row
    });
    Sheet::new(columns, exceptions.chain(exclusions), "kickoff.toml")
}

/// What an exception does not narrow.
fn any(narrowed: Option<&str>) -> Cell<'_> {
    narrowed.unwrap_or("any").into()
}
