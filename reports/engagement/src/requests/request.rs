//! A request: what it is, and the default list of them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use kickoff_checks::CRITERIA;

use super::criteria;
use crate::cadence::{Every, Nature};
use crate::file::{Engagement, ReportType};

/// What a request is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestKind {
    /// A document.
    Document,
    /// A list that is complete.
    Population,
    /// How something is configured.
    Configuration,
    /// Items that the auditor picks from a population.
    Sample,
}

impl RequestKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Document, Self::Population, Self::Configuration, Self::Sample];

    /// The name used in lists.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Population => "population",
            Self::Configuration => "configuration",
            Self::Sample => "sample",
        }
    }
}

/// How much of an answer a scan can give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// None: documents and people.
    None,
    /// Nobody said which checks answer it.
    Unmapped,
    /// A part; the rest is a person's.
    Part,
    /// All of it.
    Full,
}

/// A line of an auditor's request list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `IAM-02`, or the auditor's own id.
    pub id: String,
    /// The heading that it stands under.
    pub area: String,
    /// What is asked for.
    pub text: String,
    /// The criteria that it bears on.
    pub criteria: Vec<String>,
    /// What it is answered with; none where the list does not say.
    pub kind: Option<RequestKind>,
    /// Whether it is asked for a Type 2 report only: what happened over a period.
    pub period_only: bool,
    /// How much of an answer a scan can give.
    pub reach: Reach,
    /// The checks that answer it, those that this version does not have included.
    pub checks: Vec<String>,
    /// Effort of a person, in hours: our estimate.
    pub hours: u32,
    /// A document for it is good for so many months, where it states no review of its own; none where it does not age.
    pub months: Option<i32>,
    /// Whether it asks for what holds over a time or for what happened on a day; none where nobody said.
    pub nature: Option<Nature>,
    /// How often what it asks for is done; none where once is enough.
    pub every: Option<Every>,
    /// What its files are called.
    pub names: Vec<String>,
    /// Who answers it, as the list says.
    pub owner: Option<String>,
    /// When it is due, as the list says.
    pub due: Option<Date>,
    /// The requests of the default list that it is the same as, as the file says: what answers them answers it.
    pub standard: Vec<String>,
    /// Whether it is a line of an auditor's list.
    pub listed: bool,
    /// What an auditor's list says where it could not be put into our terms, word for word, by column: `due` is `TBD`,
    /// `criteria` is `A.8.15`.
    pub said: BTreeMap<String, String>,
}

impl Request {
    /// The criteria, and what the list says in their place.
    #[must_use]
    pub fn all_criteria(&self) -> Vec<String> {
        self.criteria.iter().chain(self.said.get("criteria")).cloned().collect()
    }

    /// What the list says of a column, word for word, where it could not be put into our terms.
    #[must_use]
    pub fn words(&self, column: &str) -> Option<&str> {
        self.said.get(column).map(String::as_str)
    }

    /// Why the request does not arise in an engagement: the file says so, it is for another type of report, or all its
    /// criteria belong to categories that were not chosen.
    #[must_use]
    pub fn does_not_arise(&self, engagement: &Engagement) -> Option<String> {
        let entry = engagement.requests.iter().find(|entry| entry.id == self.id);
        if let Some(reason) = entry.and_then(|entry| entry.not_applicable.as_ref()) {
            return Some(format!("does not arise: {reason}"));
        }
        if self.period_only && engagement.report.as_ref().is_some_and(|report| report.kind == ReportType::Type1) {
            return Some("does not arise: it is asked for a Type 2 report only".to_owned());
        }
        let mut categories = self.criteria.iter().filter_map(|id| CRITERIA.iter().find(|c| c.id == id));
        // A category by its name is more than the criteria beside it.
        let more = self.words("criteria").is_some_and(criteria::names_more);
        let chosen = self.criteria.is_empty() || more || categories.any(|c| engagement.scope.has_category(c.category));
        (!chosen).then(|| "does not arise: its criteria belong to categories that were not chosen".to_owned())
    }
}

const DATA: &str = include_str!("../../data/requests.csv");

/// The default list, read once.
pub(crate) static DEFAULT: LazyLock<Vec<Request>> = LazyLock::new(|| {
    csv::Reader::from_reader(DATA.as_bytes()).records().filter_map(|record| request(&record.ok()?)).collect()
});

fn request(record: &csv::StringRecord) -> Option<Request> {
    let field = |at: usize| record.get(at).unwrap_or_default();
    let list = |at: usize, by: char| field(at).split(by).filter(|s| !s.is_empty()).map(str::to_owned).collect();
    let months: i32 = field(9).parse().ok()?;
    Some(Request {
        id: field(0).to_owned(),
        area: field(1).to_owned(),
        text: field(2).to_owned(),
        criteria: list(3, ';'),
        kind: Some(RequestKind::ALL.into_iter().find(|kind| kind.name() == field(4))?),
        period_only: field(5) == "type-2",
        reach: match field(6) {
            "full" => Reach::Full,
            "partial" => Reach::Part,
            "no" => Reach::None,
            _ => return None,
        },
        checks: list(7, ';'),
        hours: field(8).parse().ok()?,
        months: (months > 0).then_some(months),
        nature: Some(match field(11) {
            "policy" => Nature::Policy,
            "record" => Nature::Record,
            _ => return None,
        }),
        every: None,
        names: list(10, '|'),
        owner: None,
        due: None,
        standard: Vec::new(),
        listed: false,
        said: BTreeMap::new(),
    })
}

/// What auditors usually ask for, in our words.
#[must_use]
pub fn default_list() -> Vec<Request> {
    DEFAULT.clone()
}

/// The effort of a request that the default list does not have.
pub(super) const UNKNOWN_HOURS: u32 = 4;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_default_list_is_whole() {
        let list = default_list();
        assert_eq!(list.len(), DATA.lines().count() - 1);
        assert_eq!(list.len(), 80);
        let ids: BTreeSet<&str> = list.iter().map(|request| request.id.as_str()).collect();
        assert_eq!(ids.len(), 80, "ids are unique");
        for request in &list {
            assert!(request.criteria.iter().all(|id| CRITERIA.iter().any(|c| c.id == id)), "{}", request.id);
            assert!(request.reach != Reach::Full || !request.checks.is_empty(), "{}", request.id);
            assert!(request.kind != Some(RequestKind::Document) || !request.names.is_empty(), "{}", request.id);
        }
    }
}
