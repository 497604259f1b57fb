//! The CSVs of a package: populations, and registers with the results one by one.
//!
//! Each can stand alone: the last columns of every row say of which entity, run and evidence it is. A table without rows is
//! not written; what is left out is listed with the reason.

mod documents;

use std::collections::BTreeMap;
use std::io::{self, Write};

use jiff::Timestamp;
use kickoff_checks::Entry;
use kickoff_engagement::carried::INDEX;
use kickoff_engagement::cells::BYTE_ORDER_MARK;
use kickoff_engagement::{Exception, Vendor, findings, requests};

use super::dossier::{Control, Deviation, Dossier, Mark};
use super::populations::{Population, Subject};
use super::returned;
use crate::results::{Account, ResultRow};
use crate::{drawing, inventory, review_tables};

type Records<'a> = Box<dyn Iterator<Item = Vec<String>> + 'a>;

/// A CSV of the package.
pub struct Table<'a> {
    /// Where it lies in the package: `40_registers/deviations.csv`.
    pub path: String,
    heads: Vec<&'static str>,
    records: Box<dyn Fn() -> Records<'a> + 'a>,
    /// What stands at the end of every row.
    ends: Vec<(&'static str, String)>,
}

impl std::fmt::Debug for Table<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table").field("path", &self.path).field("heads", &self.heads).finish_non_exhaustive()
    }
}

impl Table<'_> {
    /// Writes the table row by row, and says how many there are below the header.
    ///
    /// # Errors
    /// The writer fails.
    pub fn write(&self, to: &mut dyn Write) -> io::Result<u64> {
        let heads = self.heads.iter().copied().chain(self.ends.iter().map(|(head, _)| *head));
        let records = (self.records)().map(|record| {
            let ends = self.ends.iter().map(|(_, cell)| cell.clone());
            record.into_iter().chain(ends)
        });
        to.write_all(BYTE_ORDER_MARK.as_bytes())?;
        drawing::write_csv(heads, records, "60_machine", to).map_err(io::Error::from)
    }
}

/// The tables of a package, and what is left out of it.
#[derive(Debug)]
pub struct Registers<'a> {
    /// The tables, each with a row at least.
    pub tables: Vec<Table<'a>>,
    /// What is left out, by its path, and why.
    pub left_out: Vec<(String, String)>,
}

/// The populations and registers of a dossier.
#[must_use]
pub fn registers<'d>(dossier: &'d Dossier<'_>) -> Registers<'d> {
    let mut list = Registers { tables: Vec::new(), left_out: Vec::new() };
    for population in &dossier.populations {
        list.population(dossier, population);
    }
    let sources = &dossier.sources;
    list.register(dossier, "assets", "no asset is known", &inventory::HEADS, || {
        Box::new(inventory::records(sources.inventory, sources.ids).map(Vec::from))
    });
    let unread = match sources.review {
        Some(_) => "none",
        None => "principals and policies were not read",
    };
    let heads = sources.review.map(review_tables::heads).unwrap_or_default();
    list.register(dossier, "access_review", unread, &heads, || {
        Box::new(sources.review.into_iter().flat_map(review_tables::records))
    });
    list.register(
        dossier,
        "access_reviews",
        "kickoff.toml has none that came back filled in",
        &returned::HEADS,
        || Box::new(returned::records(sources).into_iter().map(Vec::from)),
    );
    list.register(dossier, "results", "no check gave a result", RESULTS, || results(dossier));
    list.register(dossier, "deviations", "none", DEVIATIONS, || {
        Box::new(dossier.deviations.iter().map(|deviation| deviation_cells(dossier, deviation)))
    });
    list.register(dossier, "remediation", "there is no deviation", REMEDIATION, || {
        Box::new(dossier.deviations.iter().map(|deviation| remediation_cells(dossier, deviation)))
    });
    list.register(dossier, "exceptions", "none", EXCEPTIONS, || exceptions(dossier));
    let scaled = !sources.engagement.risk_scale.is_ours();
    let heads = if scaled { [RISKS, OURS].concat() } else { RISKS.to_vec() };
    list.register(dossier, "risks", "none", &heads, move || risks(dossier, scaled));
    list.register(dossier, "vendors", "none", VENDORS, || vendors(dossier));
    list.register(dossier, "pbc", "there is no request list", &requests::heads(), || {
        Box::new(sources.requests.iter().map(|status| requests::cells(status).to_vec()))
    });
    list.register(dossier, "findings", "kickoff.toml has no findings of the auditor", &findings::heads(), || {
        Box::new(sources.findings.iter().map(findings::cells))
    });
    list.register(
        dossier,
        "documents",
        "none is entered or asked for",
        &documents::with_place(dossier, documents::DOCUMENTS),
        || documents::documents(dossier),
    );
    list.register(
        dossier,
        "manual_attestations",
        "none",
        &documents::with_place(dossier, documents::ATTESTATIONS),
        || documents::attestations(dossier),
    );
    if dossier.sources.carried.is_some() {
        list.list(dossier, INDEX, "kickoff.toml names no document", documents::CARRIED, || documents::carried(dossier));
    }
    list
}

impl<'d> Registers<'d> {
    fn register(
        &mut self,
        dossier: &'d Dossier<'_>,
        name: &str,
        empty: &str,
        heads: &[&'static str],
        records: impl Fn() -> Records<'d> + 'd,
    ) {
        self.list(dossier, &format!("40_registers/{name}.csv"), empty, heads, records);
    }

    fn list(
        &mut self,
        dossier: &'d Dossier<'_>,
        path: &str,
        empty: &str,
        heads: &[&'static str],
        records: impl Fn() -> Records<'d> + 'd,
    ) {
        let path = path.to_owned();
        if records().next().is_none() {
            self.left_out.push((path, empty.to_owned()));
            return;
        }
        let ends = ends(dossier);
        self.tables.push(Table { path, heads: heads.to_vec(), records: Box::new(records), ends });
    }

    fn population(&mut self, dossier: &'d Dossier<'_>, population: &'d Population<'d>) {
        let complete = match population.is_complete() {
            true => "yes".to_owned(),
            false => format!("no: {}", population.incomplete.join("; ")),
        };
        if population.size() == 0 {
            let why = match (population.is_complete(), population.does_not_arise) {
                (true, why) => why.unwrap_or("none").to_owned(),
                (false, _) => population.incomplete.join("; "),
            };
            self.left_out.push((population.file(), why));
            return;
        }
        let listed: Vec<&'static str>;
        let (heads, records): (&[&'static str], Box<dyn Fn() -> Records<'d> + 'd>) = match &population.subject {
            Subject::Accounts(items) => {
                (ACCOUNTS, Box::new(|| Box::new(items.iter().map(|account| account_cells(account)))))
            }
            Subject::Regions(items) => {
                (REGIONS, Box::new(|| Box::new(items.iter().map(|(account, region)| owned([account, region])))))
            }
            Subject::Assets(items) => (
                &inventory::HEADS,
                Box::new(|| {
                    let ids = dossier.sources.ids;
                    Box::new(items.iter().map(|asset| inventory::record(asset, ids).to_vec()))
                }),
            ),
            Subject::Listed(items) => {
                let fields = items.first().into_iter().flat_map(|(_, entry)| entry.iter().map(|(name, _)| *name));
                listed = ["Account ID"].into_iter().chain(fields).chain(["Evidence"]).collect();
                (&listed, Box::new(|| Box::new(items.iter().map(|(row, entry)| listed_cells(row, entry)))))
            }
        };
        let mut all =
            vec![("Population", format!("{} {}", population.id, population.what)), ("Population complete", complete)];
        all.extend(ends(dossier));
        self.tables.push(Table { path: population.file(), heads: heads.to_vec(), records, ends: all });
    }
}

/// What every row says of where it comes from.
fn ends(dossier: &Dossier<'_>) -> Vec<(&'static str, String)> {
    let frame = &dossier.frame;
    let mut ends = vec![("Entity", frame.entity.clone())];
    if !frame.warnings.is_empty() {
        ends.push(("Warnings", frame.warnings.join(" ")));
    }
    ends.extend([
        ("Run", frame.run.clone()),
        ("Collected (UTC)", frame.collected.trim_end_matches(" UTC").to_owned()),
        ("Evidence digest", frame.digest.clone()),
    ]);
    ends
}

fn owned<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).into()
}

const ACCOUNTS: &[&str] = &[
    "Account ID",
    "Alias",
    "Name",
    "Environment",
    "Partition",
    "Asked by",
    "Regions asked",
    "Regions in scope that are not enabled",
    "Regions enabled and not asked",
];

fn account_cells(account: &Account) -> Vec<String> {
    let some = |text: &Option<String>| text.clone().unwrap_or_default();
    vec![
        account.id.clone(),
        some(&account.alias),
        some(&account.name),
        some(&account.environment),
        account.partition.clone(),
        account.caller.clone(),
        account.regions.join(" "),
        account.disabled_regions.join(" "),
        account.regions_not_scanned.as_ref().map_or_else(|| "unknown".to_owned(), |regions| regions.join(" ")),
    ]
}

const REGIONS: &[&str] = &["Account ID", "Region"];

fn listed_cells(row: &ResultRow, entry: &Entry) -> Vec<String> {
    let fields = entry.iter().map(|(_, cell)| cell.clone());
    [row.account.to_string()].into_iter().chain(fields).chain([row.evidence.join(" ")]).collect()
}

const RESULTS: &[&str] = &[
    "Test",
    "Control",
    "Check",
    "Title",
    "Severity",
    "Criteria",
    "Account ID",
    "Region",
    "Resource",
    "Type",
    "Observed",
    "Expected",
    "Status",
    "Reason",
    "Marks",
    "Deviation or exception",
    "Thresholds",
    "Evidence",
];

/// All results, in the document's order.
fn results<'d>(dossier: &'d Dossier<'_>) -> Records<'d> {
    let controls: BTreeMap<&str, &Control<'_>> =
        dossier.controls.iter().map(|control| (control.check.meta.id, control)).collect();
    Box::new(dossier.sources.document.results.iter().map(move |row| {
        let control = controls.get(row.check.as_str());
        let marks = control.map(|control| dossier.marks(control, row)).unwrap_or_default();
        let exception = row.exception.as_ref().map(|note| note.id.as_str());
        let thresholds = row.thresholds.iter().map(|t| format!("{} = {} ({})", t.name, t.value, t.source));
        owned([
            &control.map(|control| control.test()).unwrap_or_default(),
            control.map(|control| control.id).unwrap_or_default(),
            &row.check,
            &row.title,
            &row.severity,
            &row.criteria.join(" "),
            &row.account,
            &row.region,
            &row.resource,
            &row.resource_type,
            &row.observed,
            &row.expected,
            &row.status,
            row.reason.as_deref().unwrap_or_default(),
            &marks.into_iter().map(|mark: Mark| mark.letter().to_string()).collect::<Vec<_>>().join(" "),
            dossier.deviation(row).or(exception).unwrap_or_default(),
            &thresholds.collect::<Vec<_>>().join("; "),
            &row.evidence.join(" "),
        ])
    }))
}

const DEVIATIONS: &[&str] = &[
    "Deviation",
    "Test",
    "Control",
    "Check",
    "Title",
    "Severity",
    "Criteria",
    "Account ID",
    "Region",
    "Resource",
    "Type",
    "Observed",
    "Expected",
    "Reason",
    "Seen in the run of (UTC)",
    "Evidence",
];

fn deviation_cells(dossier: &Dossier<'_>, deviation: &Deviation<'_>) -> Vec<String> {
    let (row, control) = (deviation.row, &dossier.controls[deviation.control]);
    owned([
        deviation.id,
        &control.test(),
        control.id,
        &row.check,
        &row.title,
        &row.severity,
        &row.criteria.join(" "),
        &row.account,
        &row.region,
        &row.resource,
        &row.resource_type,
        &row.observed,
        &row.expected,
        row.reason.as_deref().unwrap_or_default(),
        &super::dossier::seconds(&dossier.sources.document.run.started),
        &row.evidence.join(" "),
    ])
}

/// The last seven are management's.
const REMEDIATION: &[&str] = &[
    "Deviation",
    "Severity",
    "Control",
    "Account ID",
    "Region",
    "Resource",
    "Management response",
    "Action",
    "Owner",
    "Due",
    "Done",
    "Retest run",
    "Retest result",
];

fn remediation_cells(dossier: &Dossier<'_>, deviation: &Deviation<'_>) -> Vec<String> {
    let row = deviation.row;
    let control = dossier.controls[deviation.control].id;
    let mut cells = owned([deviation.id, &row.severity, control, &row.account, &row.region, &row.resource]);
    cells.resize(REMEDIATION.len(), String::new());
    cells
}

const EXCEPTIONS: &[&str] = &[
    "Exception",
    "Check",
    "Account ID",
    "Region",
    "Resource",
    "Reason",
    "Compensating control",
    "Approver",
    "Approved",
    "Last day",
    "In force on the day of the run",
    "Results excluded",
];

/// All exceptions, those that are past or to come included; what one does not narrow is `any`.
fn exceptions<'d>(dossier: &'d Dossier<'_>) -> Records<'d> {
    let document = dossier.sources.document;
    let engagement = dossier.sources.engagement;
    let day = document.run.started.parse::<Timestamp>().map(|time| engagement.day_of(time));
    let mut excluded: BTreeMap<&str, u64> = BTreeMap::new();
    for note in document.results.iter().filter_map(|row| row.exception.as_ref()) {
        *excluded.entry(&note.id).or_default() += 1;
    }
    Box::new(dossier.sources.engagement.exceptions.iter().map(move |exception: &Exception| {
        let any = |narrowed: &Option<String>| narrowed.clone().unwrap_or_else(|| "any".to_owned());
        let in_force = match &day {
            Ok(day) if exception.counts_on(*day) => "yes",
            Ok(_) => "no",
            Err(_) => "unknown",
        };
        vec![
            exception.id.clone(),
            any(&exception.check),
            any(&exception.account),
            any(&exception.region),
            any(&exception.resource),
            exception.reason.clone(),
            exception.compensating_control.clone(),
            person(dossier, &exception.approver),
            exception.approved.to_string(),
            exception.expires.to_string(),
            in_force.to_owned(),
            excluded.get(exception.id.as_str()).copied().unwrap_or_default().to_string(),
        ]
    }))
}

/// A person's name; the id where kickoff.toml has none.
fn person(dossier: &Dossier<'_>, id: &str) -> String {
    dossier.sources.engagement.person(id).map_or_else(|| id.to_owned(), |person| person.name.clone())
}

const RISKS: &[&str] = &[
    "Risk",
    "State",
    "Threat",
    "Asset",
    "Likelihood",
    "Impact",
    "Inherent",
    "Treatment",
    "Controls",
    "Checks",
    "Criteria",
    "Residual",
    "Owner",
    "Treatment due",
    "Review",
    "Note",
];

/// Beside the company's own scale: the same on ours, where it is something else.
const OURS: &[&str] = &["Inherent (kickoff's scale)", "Residual (kickoff's scale)"];

fn risks<'d>(dossier: &'d Dossier<'_>, scaled: bool) -> Records<'d> {
    Box::new(dossier.sources.risks.iter().map(move |entry| {
        let risk = &entry.risk;
        let ours = [&entry.inherent, &entry.residual].map(|rating| rating.ours_in_full().unwrap_or_default());
        let own = vec![
            risk.id.clone(),
            risk.state.name().to_owned(),
            risk.threat.clone(),
            risk.asset.clone(),
            entry.inherent.likelihood.name(),
            entry.inherent.impact.name(),
            entry.inherent.short(),
            risk.treatment.clone().unwrap_or_default(),
            risk.controls.join(" "),
            risk.checks.join(" "),
            risk.criteria.join(" "),
            entry.residual.short(),
            risk.owner.as_deref().map(|owner| person(dossier, owner)).unwrap_or_default(),
            risk.due.map(|day| day.to_string()).unwrap_or_default(),
            risk.review.map(|day| day.to_string()).unwrap_or_default(),
            risk.note.clone().unwrap_or_default(),
        ];
        own.into_iter().chain(ours.into_iter().filter(|_| scaled)).collect()
    }))
}

const VENDORS: &[&str] = &[
    "Vendor",
    "Name",
    "Service",
    "Data held",
    "Criticality",
    "Report",
    "Report from",
    "Report until",
    "Bridge letter until",
    "Report file",
    "Reviewed",
    "Next review",
    "Owner",
    "Account IDs",
    "Note",
];

/// Vendors, as management entered them.
fn vendors<'d>(dossier: &'d Dossier<'_>) -> Records<'d> {
    Box::new(dossier.sources.engagement.vendors.iter().map(|vendor: &Vendor| {
        let some = |text: &Option<String>| text.clone().unwrap_or_default();
        let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
        vec![
            vendor.id.clone(),
            vendor.name.clone(),
            some(&vendor.service),
            some(&vendor.holds),
            some(&vendor.criticality),
            some(&vendor.report),
            day(vendor.report_from),
            day(vendor.report_until),
            day(vendor.bridge_until),
            some(&vendor.report_file),
            day(vendor.reviewed),
            day(vendor.next_review),
            vendor.owner.as_deref().map(|owner| person(dossier, owner)).unwrap_or_default(),
            vendor.accounts.join(" "),
            some(&vendor.note),
        ]
    }))
}

#[cfg(test)]
mod tests;
