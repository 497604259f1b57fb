//! The file as a whole, and the frame of the engagement: who is examined, by whom, for which time, and when.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kickoff_checks::Parameters;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::columns::RequestColumns;
use crate::dates::DateOrder;
use crate::people::{Channel, Escalation, Person, WorkItem};
use crate::problems::Lines;
use crate::registers::{
    AccessReview, Attestation, Control, Document, Exception, Policy, RequestEntry, ResultScope, Risk,
};
use crate::risks::scale::RiskScale;
use crate::runs::Runs;
use crate::scope::{Scope, Subservice};
use crate::statements::{Finding, Return};
use crate::vendors::Vendor;

/// `kickoff.toml`, read and checked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Engagement {
    /// Who is examined.
    pub entity: Option<Entity>,
    /// Type 1 with its day, or Type 2 with its period.
    pub report: Option<Report>,
    /// Who examines.
    pub auditor: Option<Auditor>,
    /// When what happens.
    pub schedule: Schedule,
    /// When a run is expected, where runs come by a schedule.
    pub runs: Option<Runs>,
    /// What is in scope.
    pub scope: Scope,
    /// Organizations whose controls are relied on.
    pub subservice: Vec<Subservice>,
    /// Companies that serve the client: what they hold, and how far their reports reach.
    pub vendors: Vec<Vendor>,
    /// The people of the engagement.
    pub people: Vec<Person>,
    /// What they do, and who answers for it.
    pub work: Vec<WorkItem>,
    /// How they talk to each other.
    pub channels: Vec<Channel>,
    /// Who is told when an issue stays open.
    pub escalation: Vec<Escalation>,
    /// The client's own controls.
    pub controls: Vec<Control>,
    /// The client's policies.
    pub policies: Vec<Policy>,
    /// An auditor's own request list, CSV or XLSX; the default list where there is none.
    pub request_list: Option<String>,
    /// What `12/06/2026` is in that list: `day-first` or `month-first`; the list's own days tell where they can.
    pub request_dates: Option<DateOrder>,
    /// Which column of that list is what, where its heads do not tell: the words of the head, or the letter of the column.
    pub request_columns: Option<RequestColumns>,
    /// What is known about single requests.
    pub requests: Vec<RequestEntry>,
    /// What the auditor said of requests, each with its day.
    pub returns: Vec<Return>,
    /// What the auditor found, open and closed.
    pub findings: Vec<Finding>,
    /// Documents that answer requests.
    pub documents: Vec<Document>,
    /// Risks, seeded from results or written by hand.
    pub risks: Vec<Risk>,
    /// Approved exceptions.
    pub exceptions: Vec<Exception>,
    /// Controls that a person attests to.
    pub attestations: Vec<Attestation>,
    /// Access reviews that came back filled in.
    pub access_reviews: Vec<AccessReview>,
    /// The scale that risks are rated on: the company's own where the file has one.
    #[serde(skip)]
    pub risk_scale: RiskScale,
    /// The client's thresholds, defaults elsewhere.
    #[serde(skip)]
    pub thresholds: Parameters,
    /// The policies that thresholds come from: policy ids by the thresholds' names.
    #[serde(skip)]
    pub threshold_policies: BTreeMap<String, String>,
    /// Where each key stands in the file.
    #[serde(skip)]
    pub lines: Lines,
}

impl Engagement {
    /// The person of an id.
    #[must_use]
    pub fn person(&self, id: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }

    /// The first document that answers a request.
    #[must_use]
    pub fn document(&self, request: &str) -> Option<&Document> {
        self.documents.iter().find(|document| document.request == request)
    }

    /// The documents that answer a request, in the order of the file.
    pub fn documents_for<'a>(&'a self, request: &'a str) -> impl Iterator<Item = &'a Document> {
        self.documents.iter().filter(move |document| document.request == request)
    }

    /// Exceptions that count on a day: approved by then, and not past their last day.
    pub fn exceptions_on(&self, day: Date) -> impl Iterator<Item = &Exception> {
        self.exceptions.iter().filter(move |exception| exception.counts_on(day))
    }

    /// The exception that takes a result out on a day, if there is one.
    #[must_use]
    pub fn exception_for(&self, result: &ResultScope<'_>, day: Date) -> Option<&Exception> {
        self.exceptions_on(day).find(|exception| exception.covers(result))
    }
}

/// `[entity]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entity {
    /// The legal name.
    pub name: String,
    /// The system that the report describes.
    pub system: String,
    /// What the system does, in a sentence or two.
    pub description: Option<String>,
    /// What the engagement is to achieve.
    #[serde(default)]
    pub goals: Vec<String>,
}

/// The type of a SOC 2 report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum ReportType {
    /// The design of controls on one day.
    #[serde(rename = "type-1")]
    Type1,
    /// Their design and operation over a period.
    #[serde(rename = "type-2")]
    Type2,
}

/// `[report]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// `type-1` or `type-2`.
    #[serde(rename = "type")]
    pub kind: ReportType,
    /// The day of a Type 1 report.
    pub as_of: Option<Date>,
    /// The first day of a Type 2 period.
    pub from: Option<Date>,
    /// Its last day.
    pub to: Option<Date>,
}

impl Report {
    /// The days that evidence is for: the day of a Type 1 report, or the period of a Type 2 report.
    #[must_use]
    pub fn days(&self) -> Option<(Date, Date)> {
        match self.kind {
            ReportType::Type1 => self.as_of.map(|day| (day, day)),
            ReportType::Type2 => self.from.zip(self.to),
        }
    }

    /// Why what was collected from one day to another (UTC) is off-date: it is not of the days of the report. None where it
    /// is, and where the report has no days.
    #[must_use]
    pub fn off_date(&self, first: Date, last: Date) -> Option<String> {
        let (from, to) = self.days()?;
        let days = |apart: jiff::Span| match apart.get_days() {
            1 => "1 day".to_owned(),
            days => format!("{days} days"),
        };
        let how = if last < from {
            format!("{} before", days(from - last))
        } else if to < first {
            format!("{} after", days(first - to))
        } else {
            return None;
        };
        let of = match self.kind {
            ReportType::Type1 => format!("{from}, the day of the report"),
            ReportType::Type2 => format!("the period of the report, {from} to {to}"),
        };
        let when = if first == last { format!("on {first}") } else { format!("from {first} to {last}") };
        Some(format!("off-date: collected {when} (UTC), {how} {of}"))
    }
}

/// `[auditor]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Auditor {
    /// The firm.
    pub firm: String,
    /// Its people.
    #[serde(default)]
    pub contacts: Vec<Contact>,
}

/// `[[auditor.contacts]]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// The name.
    pub name: String,
    /// Partner, manager, senior, ...
    pub role: Option<String>,
    /// An address to write to.
    pub email: Option<String>,
}

/// `[schedule]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Schedule {
    /// Where the engagement is, by its IANA time zone, `Europe/Berlin`: it decides which day today is. UTC, where nothing is said.
    pub zone: Option<String>,
    /// The day of the kick-off meeting.
    pub kickoff: Option<Date>,
    /// Fieldwork, interviews, draft review, ...
    pub windows: Vec<Window>,
    /// What is handed over, and when.
    pub deliverables: Vec<Deliverable>,
    /// Results of a run that is older answer no request in full: days, 90 where nothing is said.
    pub run_max_age_days: Option<u32>,
}

impl Engagement {
    /// Why the results of a run do not count in full on a day; none where they do: it is of none of the days of a report that are
    /// over, or too old. A run is held against the day that the
    /// report ends on, once that is past: evidence of the period does not grow old with the calendar.
    #[must_use]
    pub fn stale(&self, run: Date, today: Date) -> Option<String> {
        /// A quarter, as long as most reviews take to come round.
        const MOST: u32 = 90;
        let last = self.report.as_ref().and_then(Report::days).map(|(_, last)| last);
        // Before the days of the report are over, a run of an earlier day shows how far one is; a later one shows nothing of them.
        let over = last.is_some_and(|last| last < today);
        if let Some(off) = self.report.as_ref().and_then(|report| report.off_date(run, run)).filter(|_| over) {
            return Some(off);
        }
        let day = last.map_or(today, |last| last.min(today));
        let (age, most) = ((day - run).get_days(), self.schedule.run_max_age_days.unwrap_or(MOST));
        (i64::from(age) > i64::from(most)).then(|| {
            format!("{age} days old: results count for {most} days (`run_max_age_days` of [schedule]); scan again")
        })
    }
}

/// `[[schedule.windows]]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// What it is for.
    pub name: String,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

/// `[[schedule.deliverables]]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deliverable {
    /// What is handed over.
    pub name: String,
    /// When.
    pub due: Date,
    /// By whom: an id of `[[people]]`.
    pub owner: Option<String>,
    /// `auditor`, for what the auditor hands over.
    pub from: Option<Deliverer>,
}

/// Who hands something over, where it is none of `[[people]]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Deliverer {
    /// The auditor.
    Auditor,
}
