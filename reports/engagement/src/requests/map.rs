//! Both lists beside each other: which standard requests the lines of an auditor's list are, what is proposed, and which of
//! ours no line covers.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::civil::Date;

use super::counterpart::{self, Reading};
use super::named::is_standard;
use super::request::{DEFAULT, Request};
use super::status::{Outcomes, Progress, RequestStatus, statuses};
use crate::attestations::AttestationResult;
use crate::documents::DocumentResult;
use crate::file::Engagement;

/// How a line of an auditor's list stands against the default list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is a request of the default list, word for word.
    Itself,
    /// Somebody said which requests it is the same as.
    Mapped(Vec<String>),
    /// Somebody said that none is, and why.
    NoCounterpart(String),
    /// Nobody said anything yet: what it seems to be.
    Open(Reading),
}

/// A line of an auditor's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The request.
    pub request: Request,
    /// How it stands.
    pub standing: Standing,
}

impl Line {
    /// Whether something is proposed for it, with nothing against it.
    #[must_use]
    pub fn is_proposed(&self) -> bool {
        matches!(&self.standing, Standing::Open(reading) if reading.is_sure())
    }

    /// Whether it may be one of several requests, or none.
    #[must_use]
    pub fn is_in_doubt(&self) -> bool {
        matches!(&self.standing, Standing::Open(reading) if !reading.is_sure() && !reading.counterparts.is_empty())
    }

    /// Whether nobody said which request it is, or that none is.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.standing, Standing::Open(_))
    }

    /// The state in a word or two.
    #[must_use]
    pub fn state(&self) -> &'static str {
        match &self.standing {
            Standing::Itself => "ours",
            Standing::Mapped(_) => "mapped",
            Standing::NoCounterpart(_) => "has none",
            Standing::Open(_) if self.is_proposed() => "proposed",
            Standing::Open(_) if self.is_in_doubt() => "in doubt",
            Standing::Open(_) => "nothing found",
        }
    }

    /// The requests of the default list that it is, or that it seems to be.
    #[must_use]
    pub fn standard(&self) -> Vec<&str> {
        match &self.standing {
            Standing::Itself => vec![&self.request.id],
            Standing::Mapped(ids) => ids.iter().map(String::as_str).collect(),
            Standing::NoCounterpart(_) => Vec::new(),
            Standing::Open(reading) => reading.counterparts.iter().map(|one| one.standard.as_str()).collect(),
        }
    }

    /// Why, in words.
    #[must_use]
    pub fn reason(&self) -> String {
        match &self.standing {
            Standing::Itself => "the same id and words as in the default list".to_owned(),
            Standing::Mapped(_) => "said in kickoff.toml, or by the list".to_owned(),
            Standing::NoCounterpart(why) => why.clone(),
            Standing::Open(reading) => reading.reason(),
        }
    }
}

/// An auditor's list against the default list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// The lines of the auditor's list, in its order; none where kickoff.toml names none.
    pub lines: Vec<Line>,
    /// The requests of the default list that no line is the same as.
    pub uncovered: Vec<Request>,
}

impl Mapping {
    /// The lines of which nobody said which request they are.
    pub fn open(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.is_open())
    }

    /// How many lines are what, in a sentence; empty where there is no list, or nothing is open.
    #[must_use]
    pub fn account(&self) -> String {
        let open = self.open().count();
        if open == 0 {
            return String::new();
        }
        let proposed = self.lines.iter().filter(|line| line.is_proposed()).count();
        let doubtful = self.lines.iter().filter(|line| line.is_in_doubt()).count();
        let mut text = format!(
            "{open} of {} lines of the auditor's list are held against no built-in request yet: ",
            self.lines.len()
        );
        let is = |count: usize, one: &str, several: &str| format!("{count} {}", if count == 1 { one } else { several });
        let _ = write!(
            text,
            "{}, {}, {}",
            is(proposed, "has a proposal", "have a proposal"),
            is(doubtful, "is in doubt between rivals", "are in doubt between rivals"),
            is(open - proposed - doubtful, "has none", "have none"),
        );
        text.push_str(" (`kickoff requests --map` shows them");
        text.push_str(if proposed > 0 { "; with --accept it enters the proposals)" } else { ")" });
        text
    }
}

/// Holds the lines of the auditor's list that is in force against the default list. `list` is the list in force.
#[must_use]
pub fn mapping(engagement: &Engagement, list: &[Request]) -> Mapping {
    if engagement.request_list.is_none() {
        return Mapping::default();
    }
    let lines: Vec<Line> = list
        .iter()
        .filter(|request| request.listed)
        .map(|request| Line { request: request.clone(), standing: standing(engagement, request) })
        .collect();
    let covered: BTreeSet<&str> = lines.iter().filter(|line| !line.is_open()).flat_map(Line::standard).collect();
    let uncovered = DEFAULT.iter().filter(|request| !covered.contains(request.id.as_str())).cloned().collect();
    Mapping { uncovered, lines }
}

fn standing(engagement: &Engagement, request: &Request) -> Standing {
    if is_standard(request) {
        return Standing::Itself;
    }
    let entry = engagement.requests.iter().find(|entry| entry.id == request.id);
    if let Some(why) = entry.and_then(|entry| entry.no_counterpart.clone()) {
        return Standing::NoCounterpart(why);
    }
    if !request.standard.is_empty() {
        return Standing::Mapped(request.standard.clone());
    }
    Standing::Open(counterpart::read(request))
}

/// The requests of the default list that no line is the same as, and that something answers already.
#[must_use]
pub fn unasked(
    engagement: &Engagement,
    mapping: &Mapping,
    run: Option<&Outcomes>,
    documents: &[DocumentResult],
    attestations: &[AttestationResult],
    today: Date,
) -> Vec<RequestStatus> {
    // What is said of an id that the auditor's list has is said of that one.
    let theirs: BTreeSet<&str> = mapping.lines.iter().map(|line| line.request.id.as_str()).collect();
    let ours = |id: &str| !theirs.contains(id);
    let documents: Vec<DocumentResult> = documents.iter().filter(|found| ours(&found.request)).cloned().collect();
    let attestations: Vec<AttestationResult> =
        attestations.iter().filter(|said| said.request.as_deref().is_none_or(ours)).cloned().collect();
    let mut all = statuses(engagement, &mapping.uncovered, run, &documents, &attestations, today);
    all.retain(|status| !matches!(status.progress, Progress::Open | Progress::NotApplicable));
    all.sort_by(|a, b| a.request.id.cmp(&b.request.id));
    all
}
