//! What a package is written from: the frame that every page carries, controls with their tests, populations, deviations.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use kickoff_checks::{Check, Status};
use kickoff_engagement::{Report, ReportType};

use super::populations::{self, Population};
use super::reconcile::{Counted, Reconciled};
use super::sources::Sources;
use crate::outcomes::not_asked;
use crate::paper::words::{capital, listed, many};
use crate::results::{Account, Evidence, LeftOut, ResultRow, Text};

/// What every page, sheet and file carries, so that it can stand alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The entity; `Entity not named` where kickoff.toml does not say.
    pub entity: String,
    /// The system.
    pub system: Option<String>,
    /// `SOC 2 Type 2, 2026-07-01 to 2026-12-31`, or that it is not said; with a mark where the run is off-date.
    pub report: String,
    /// Why the run is off-date: what it collected is not of the days of the report.
    pub off_date: Option<String>,
    /// `111122223333 (acme-prod, production)`; how many more there are after the third.
    pub accounts: String,
    /// The regions that were asked, over all accounts.
    pub regions: String,
    /// When configuration was collected: `2026-03-02 02:00:00 to 02:01:10 UTC`.
    pub collected: String,
    /// `kickoff 0.1.0`.
    pub tool: String,
    /// The run's id.
    pub run: String,
    /// SHA-256 over the list of raw evidence.
    pub digest: String,
    /// What stands on every page, as it takes the pages one by one: `NOT AWS`, `THROUGH OTHERS`, `SCOPE IN PART`.
    pub marks: Vec<&'static str>,
    /// What a reader must know before anything else: an interrupted run, answers that are not AWS's or came through
    /// others' hands, calls that failed.
    pub warnings: Vec<String>,
}

impl Frame {
    /// One line for the foot of a page or the end of a sheet.
    #[must_use]
    pub fn line(&self) -> String {
        let mut off = self.off_date.as_ref().map(|off| format!("{off} | ")).unwrap_or_default();
        self.marks.iter().for_each(|mark| off.push_str(&format!("{mark} | ")));
        format!(
            "{off}{} | {} | {} | collected {} | {} | {} | evidence sha256 {}",
            self.entity, self.accounts, self.regions, self.collected, self.tool, self.run, self.digest
        )
    }

    /// Names and values, for a cover.
    #[must_use]
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let mut facts = vec![("Entity", self.entity.clone())];
        facts.extend(self.system.clone().map(|system| ("System", system)));
        facts.extend([
            ("Report", self.report.clone()),
            ("Accounts", self.accounts.clone()),
            ("Regions", self.regions.clone()),
            ("Collected", self.collected.clone()),
            ("Prepared with", self.tool.clone()),
            ("Run", self.run.clone()),
            ("Evidence digest", format!("sha256 {}", self.digest)),
        ]);
        facts
    }
}

/// A preparer's mark on a result. Auditors have a column of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// Agreed to AWS's answer.
    Source,
    /// The population is complete: all pages read, the control total tied.
    Population,
    /// The rule was applied again to the stored answer.
    Reperformed,
    /// A deviation.
    Deviation,
    /// Excluded by an approved exception.
    Excluded,
    /// There is no population.
    NoPopulation,
    /// A read error: not evaluated.
    Error,
    /// A person judges.
    Manual,
}

impl Mark {
    /// All marks, in the order of the legend.
    pub const ALL: [Self; 8] = [
        Self::Source,
        Self::Population,
        Self::Reperformed,
        Self::Deviation,
        Self::Excluded,
        Self::NoPopulation,
        Self::Error,
        Self::Manual,
    ];

    /// The letter.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::Source => 'S',
            Self::Population => 'P',
            Self::Reperformed => 'R',
            Self::Deviation => 'D',
            Self::Excluded => 'X',
            Self::NoPopulation => 'N',
            Self::Error => 'E',
            Self::Manual => 'M',
        }
    }

    /// What it stands for.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Source => "agreed to the answer of the AWS API that is in the package",
            Self::Population => "population complete: all pages read, and the control total ties",
            Self::Reperformed => "rule applied again, offline, to the stored answer, with the same outcome",
            Self::Deviation => "deviation",
            Self::Excluded => "excluded by an approved exception, see its EXC id",
            Self::NoPopulation => "no population: there was nothing to test",
            Self::Error => "read error: not evaluated, see the reason",
            Self::Manual => "manual: a person judges",
        }
    }
}

/// A control with its test: one check of the catalogue.
#[derive(Debug)]
pub struct Control<'a> {
    /// `CC6.1.03`.
    pub id: &'static str,
    /// The check that tests it.
    pub check: &'static Check,
    /// The client's own controls that name the check, by id.
    pub own: Vec<&'a kickoff_engagement::Control>,
    /// Its results, in the document's order.
    pub rows: Vec<&'a ResultRow>,
    /// What it is a test of, and what became of each of those populations.
    pub populations: Vec<Reconciled>,
    /// The ids of its evidence, in order.
    pub evidence: Vec<&'a str>,
}

impl Control<'_> {
    /// The test's id, `CC6.1.03-T1`.
    #[must_use]
    pub fn test(&self) -> String {
        format!("{}-T1", self.id)
    }

    /// How many results have a status.
    #[must_use]
    pub fn count(&self, status: Status) -> usize {
        self.rows.iter().filter(|row| row.status == status.name()).count()
    }

    /// How many items were tested: results that were decided, exceptions included.
    #[must_use]
    pub fn tested(&self) -> usize {
        self.count(Status::Pass) + self.count(Status::Fail) + self.count(Status::Excluded)
    }

    /// Management's result in words. Counts only: a conclusion is the auditor's.
    #[must_use]
    pub fn result(&self) -> String {
        let words = [
            (Status::Fail, "deviation", "deviations"),
            (Status::Excluded, "excluded by exception", "excluded by exception"),
            (Status::NotEvaluated, "not evaluated", "not evaluated"),
            (Status::Manual, "for a person to judge", "for a person to judge"),
            (Status::NotApplicable, "not applicable", "not applicable"),
            (Status::NoPopulation, "without a population", "without a population"),
        ];
        let mut parts = Vec::new();
        if self.tested() > 0 {
            parts.push(format!("{} of {} as expected", self.count(Status::Pass), self.tested()));
        }
        parts.extend(words.iter().filter_map(|(status, one, many)| match self.count(*status) {
            0 => None,
            1 => Some(format!("1 {one}")),
            count => Some(format!("{count} {many}")),
        }));
        if parts.is_empty() { "no result".to_owned() } else { parts.join("; ") }
    }

    /// What was done, in the auditors' own verbs.
    #[must_use]
    pub fn procedure(&self, reperformed: bool) -> String {
        let operations: Vec<&str> = self.check.operations().iter().map(|operation| operation.id).collect();
        let of = match self.check.meta.level {
            kickoff_checks::Level::Resource => "each item of the population",
            kickoff_checks::Level::Region => "each region",
            kickoff_checks::Level::Account => "each account",
            kickoff_checks::Level::Organization => "the organization",
        };
        let expected = self.rows.first().map_or(self.check.meta.expected, |row| row.expected.as_str());
        let mut text = if operations.is_empty() {
            format!("Inquired: no call of the AWS API tells it. Expected for {of}: {expected}.")
        } else {
            format!("Inspected the answers of {} for {of}; expected: {expected}.", operations.join(", "))
        };
        if reperformed && !operations.is_empty() {
            text.push_str(" Reperformed: the rule was applied again, offline, to the stored answers.");
        }
        text
    }
}

/// A failing result, with its number.
#[derive(Debug, Clone, Copy)]
pub struct Deviation<'a> {
    /// `DEV-2026-003`.
    pub id: &'a str,
    /// Index into [`Dossier::controls`].
    pub control: usize,
    /// The result.
    pub row: &'a ResultRow,
}

/// What a package is written from.
#[derive(Debug)]
pub struct Dossier<'a> {
    /// Where it comes from.
    pub sources: Sources<'a>,
    /// What every page carries.
    pub frame: Frame,
    /// The controls, by id.
    pub controls: Vec<Control<'a>>,
    /// The populations, by id.
    pub populations: Vec<Population<'a>>,
    /// The deviations, by id.
    pub deviations: Vec<Deviation<'a>>,
    evidence: BTreeMap<&'a str, &'a Evidence>,
    /// The controls that cite each item, as indices.
    citing: BTreeMap<&'a str, Vec<usize>>,
}

impl<'a> Dossier<'a> {
    /// Puts a dossier together.
    #[must_use]
    pub fn new(sources: Sources<'a>) -> Self {
        let document = sources.document;
        let populations = populations::all(&sources);
        let mut rows: BTreeMap<&str, Vec<&ResultRow>> = BTreeMap::new();
        for row in &document.results {
            rows.entry(&row.check).or_default().push(row);
        }
        let mut left_out: BTreeMap<&str, Vec<&LeftOut>> = BTreeMap::new();
        for one in &document.left_out {
            left_out.entry(&one.check).or_default().push(one);
        }
        let counted = Counted::new(&populations);
        let selected = document.run.checks.iter().filter_map(|id| Check::get(id));
        let mut controls: Vec<Control<'a>> = selected
            .map(|check| {
                let rows = rows.remove(check.meta.id).unwrap_or_default();
                let mut evidence: Vec<&str> =
                    rows.iter().flat_map(|row| row.evidence.iter().map(Text::as_str)).collect();
                evidence.sort_unstable_by_key(|id| (id.len(), *id));
                evidence.dedup();
                let own = sources.engagement.controls.iter();
                let left_out = left_out.remove(check.meta.id).unwrap_or_default();
                Control {
                    id: check.meta.control,
                    check,
                    own: own.filter(|own| own.checks.iter().any(|id| id == check.meta.id)).collect(),
                    populations: counted.reconcile(check, &rows, &left_out),
                    rows,
                    evidence,
                }
            })
            .collect();
        controls.sort_by_key(|control| criterion_order(control.id));
        let mut deviations: Vec<Deviation<'a>> = Vec::new();
        for (at, control) in controls.iter().enumerate() {
            for row in control.rows.iter().filter(|row| row.status == Status::Fail.name()) {
                if let Some(id) = sources.deviations.get(&row.key()) {
                    deviations.push(Deviation { id, control: at, row });
                }
            }
        }
        deviations.sort_by_key(|deviation| (deviation.id.len(), deviation.id));
        let mut citing: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, control) in controls.iter().enumerate() {
            control.evidence.iter().for_each(|id| citing.entry(id).or_default().push(at));
        }
        Self {
            frame: frame(&sources),
            citing,
            controls,
            populations,
            deviations,
            evidence: document.evidence.iter().map(|item| (item.id.as_str(), item)).collect(),
            sources,
        }
    }

    /// The evidence item of an id.
    #[must_use]
    pub fn evidence(&self, id: &str) -> Option<&'a Evidence> {
        self.evidence.get(id).copied()
    }

    /// The controls whose tests cite an evidence item, in the order of their ids.
    pub fn citing(&self, id: &str) -> impl Iterator<Item = &Control<'a>> {
        self.citing.get(id).into_iter().flatten().map(|at| &self.controls[*at])
    }

    /// The controls that test a population, and what became of it in each; the population by its place.
    pub fn tests_of(&self, population: usize) -> impl Iterator<Item = (&Control<'a>, &Reconciled)> {
        let of =
            move |control: &'_ Control<'a>| control.populations.iter().position(|one| one.population == population);
        let tests = self.controls.iter().filter_map(move |control| Some((control, of(control)?)));
        tests.map(|(control, at)| (control, &control.populations[at]))
    }

    /// The number of a deviation, for a failing result.
    #[must_use]
    pub fn deviation(&self, row: &ResultRow) -> Option<&'a str> {
        self.sources.deviations.get(&row.key()).map(String::as_str)
    }

    /// The preparer's marks of a result.
    #[must_use]
    pub fn marks(&self, control: &Control<'_>, row: &ResultRow) -> Vec<Mark> {
        let mut marks = Vec::new();
        let read = |id: &Text| self.evidence(id).is_some_and(|item| matches!(item.status.as_str(), "ok" | "absent"));
        // What was not evaluated agrees with nothing, and no rule was applied to it.
        let decided = row.status != Status::NotEvaluated.name();
        if decided && !row.evidence.is_empty() && row.evidence.iter().all(read) {
            marks.push(Mark::Source);
            let mine = |one: &Reconciled| {
                let population = &self.populations[one.population];
                population.kinds.contains(&row.resource_type.as_str()) && population.ties(&row.account)
            };
            if control.populations.iter().any(mine) {
                marks.push(Mark::Population);
            }
            if self.sources.reperformed {
                marks.push(Mark::Reperformed);
            }
        }
        marks.extend(match row.status.as_str() {
            "fail" => Some(Mark::Deviation),
            "excluded" => Some(Mark::Excluded),
            "no-population" => Some(Mark::NoPopulation),
            "not-evaluated" => Some(Mark::Error),
            "manual" => Some(Mark::Manual),
            _ => None,
        });
        marks
    }
}

/// The place of a criterion or of a control under it: `CC6.2` before `CC6.10`, and the categories as the criteria have them.
#[must_use]
pub fn criterion_order(id: &str) -> (usize, Vec<u32>) {
    let letters = id.trim_end_matches(|c: char| !c.is_ascii_alphabetic());
    let category = ["CC", "A", "C", "PI", "P"].iter().position(|known| *known == letters).unwrap_or(usize::MAX);
    (category, id[letters.len()..].split('.').map(|part| part.parse().unwrap_or(u32::MAX)).collect())
}

/// A time without its fraction: `2026-03-02 02:00:14`.
#[must_use]
pub fn seconds(time: &str) -> String {
    time.parse::<jiff::Timestamp>().map_or_else(|_| time.to_owned(), |t| t.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

/// `111122223333 (acme-prod, production)`.
#[must_use]
pub fn account_name(account: &Account) -> String {
    let more: Vec<&str> = [account.alias.as_deref().or(account.name.as_deref()), account.environment.as_deref()]
        .into_iter()
        .flatten()
        .collect();
    if more.is_empty() { account.id.clone() } else { format!("{} ({})", account.id, more.join(", ")) }
}

fn frame(sources: &Sources<'_>) -> Frame {
    let (run, engagement) = (&sources.document.run, sources.engagement);
    let mut regions: Vec<&str> =
        run.accounts.iter().flat_map(|account| account.regions.iter().map(String::as_str)).collect();
    regions.sort_unstable();
    regions.dedup();
    let mut warnings = Vec::new();
    let off_date = off_date(sources);
    if let Some(off) = &off_date {
        warnings.push(format!("{}. It is no evidence of any day but those of its collection.", capital(off)));
    }
    if run.state == "interrupted" {
        warnings.push("The run was interrupted: what had not been read is not evaluated.".to_owned());
    }
    if !run.foreign_endpoints.is_empty() {
        warnings.push(format!(
            "Not AWS: the answers came from {}. They are no evidence of an AWS account.",
            run.foreign_endpoints.join(", ")
        ));
    }
    warnings.extend(run.route.iter().cloned());
    match sources.document.shortfalls().len() {
        0 => {}
        1 => warnings.push("Coverage is incomplete: 1 shortfall is listed.".to_owned()),
        count => warnings.push(format!("Coverage is incomplete: {count} shortfalls are listed.")),
    }
    let not_asked = not_asked(sources.document, engagement);
    if !not_asked.is_empty() {
        let regions: BTreeSet<&String> = not_asked.regions.iter().flat_map(|(_, regions)| regions).collect();
        let counted = [
            (not_asked.accounts.len(), "account"),
            (not_asked.organization.len(), "organization account"),
            (regions.len(), "enabled region"),
        ];
        let mut counted: Vec<String> =
            counted.into_iter().filter(|(number, _)| *number > 0).map(|(number, what)| many(number, what)).collect();
        if !not_asked.unknown.is_empty() {
            counted.push("regions that may be enabled".to_owned());
        }
        warnings.push(format!("Not asked, though there or in scope: {}.", listed(&counted)));
    }
    let marks = [
        (!run.foreign_endpoints.is_empty(), "NOT AWS"),
        (!run.route.is_empty(), "THROUGH OTHERS"),
        (!not_asked.is_empty(), "SCOPE IN PART"),
    ];
    let accounts: Vec<String> = run.accounts.iter().take(3).map(account_name).collect();
    let more = run.accounts.len().saturating_sub(3);
    Frame {
        entity: engagement.entity.as_ref().map_or_else(|| "Entity not named".to_owned(), |entity| entity.name.clone()),
        system: engagement.entity.as_ref().map(|entity| entity.system.clone()),
        report: match &off_date {
            Some(off) => format!("{} ({off})", report_words(engagement.report.as_ref())),
            None => report_words(engagement.report.as_ref()),
        },
        off_date,
        accounts: accounts.join(", ") + &if more == 0 { String::new() } else { format!(" and {more} more") },
        regions: if regions.is_empty() { "no region".to_owned() } else { regions.join(", ") },
        collected: match &run.finished {
            Some(end) => format!("{} to {} UTC", seconds(&run.started), seconds(end)),
            None => format!("from {} UTC", seconds(&run.started)),
        },
        tool: run.evaluated_by.clone(),
        run: run.id.clone(),
        digest: sources.digest.to_owned(),
        marks: marks.into_iter().filter_map(|(holds, mark)| holds.then_some(mark)).collect(),
        warnings,
    }
}

/// Why a run is off-date; none where the report has no days.
fn off_date(sources: &Sources<'_>) -> Option<String> {
    let run = &sources.document.run;
    let day = |time: &str| time.parse::<jiff::Timestamp>().ok().map(|time| time.to_zoned(TimeZone::UTC).date());
    let first = day(&run.started)?;
    let last = run.finished.as_deref().and_then(day).unwrap_or(first);
    sources.engagement.report.as_ref()?.off_date(first, last)
}

fn report_words(report: Option<&Report>) -> String {
    let Some(report) = report else { return "SOC 2, type and period not said".to_owned() };
    let name = match report.kind {
        ReportType::Type1 => "SOC 2 Type 1",
        ReportType::Type2 => "SOC 2 Type 2",
    };
    match report.days() {
        Some((from, to)) if from == to => format!("{name} as of {from}"),
        Some((from, to)) => format!("{name}, {from} to {to}"),
        None => format!("{name}, dates not said"),
    }
}
