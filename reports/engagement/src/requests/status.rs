//! How each request stands: what the last run answers, what people have handed over, and what is due.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use kickoff_checks::{Check, Status};
use kickoff_facts::Need;

use super::back::{Back, back};
use super::counterpart;
use super::request::{Reach, Request};
use crate::access_review::Present;
use crate::attestations::AttestationResult;
use crate::documents::{DocumentResult, standing};
use crate::file::Engagement;
use crate::registers::RequestEntry;
use crate::statements::ReturnState;

/// What one check gave in a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckOutcome {
    /// How many results have each status.
    pub statuses: BTreeMap<Status, u64>,
    /// The resources that fail.
    pub failing: Vec<String>,
    /// The ids of the evidence items that its results cite.
    pub evidence: Vec<String>,
    /// The run that gave them, and why it no longer counts in full, where it is too old.
    pub stale: Option<String>,
    /// The day of the run that gave them (UTC).
    pub on: Option<Date>,
}

impl CheckOutcome {
    /// How many results have a status.
    #[must_use]
    pub fn count(&self, status: Status) -> u64 {
        self.statuses.get(&status).copied().unwrap_or_default()
    }

    /// How many results there are.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.statuses.values().sum()
    }
}

/// What a run was not asked about, though it is there or in scope. An exclusion of kickoff.toml is a decision, and not among it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NotAsked {
    /// Accounts of the scope that the run does not have.
    pub accounts: Vec<String>,
    /// Regions that are enabled in an account and were not asked, by account.
    pub regions: Vec<(String, Vec<String>)>,
    /// Accounts of which it is not known what regions are enabled.
    pub unknown: Vec<String>,
    /// Active accounts of the organization that neither the scope nor an exclusion names, `444455556666 (data)`.
    pub organization: Vec<String>,
}

impl NotAsked {
    /// Whether everything was asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty() && self.regions.is_empty() && self.unknown.is_empty() && self.organization.is_empty()
    }

    /// A line for the accounts, and one for the regions of each account.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if !self.accounts.is_empty() {
            lines.push(format!("accounts in scope: {}", self.accounts.join(", ")));
        }
        if !self.organization.is_empty() {
            lines.push(format!(
                "accounts of the organization that neither the scope nor an exclusion names: {}",
                self.organization.join(", ")
            ));
        }
        let regions = self.regions.iter();
        lines.extend(regions.map(|(account, regions)| format!("enabled regions of {account}: {}", regions.join(", "))));
        let unknown = self.unknown.iter();
        lines.extend(unknown.map(|account| format!("other regions of {account}: which are enabled is not known")));
        lines
    }
}

/// What a run gave: results and evidence by check id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// The run's id.
    pub run: String,
    /// The checks that were run.
    pub checks: BTreeMap<String, CheckOutcome>,
    /// What was not asked: a request for all accounts and regions is not answered by some.
    pub not_asked: NotAsked,
    /// Who was there, as far as results tell: IAM users.
    pub present: Option<Present>,
}

impl Outcomes {
    /// Takes from another run what this one was not made for. What that one did not ask counts then as well.
    pub fn complete_with(&mut self, other: Self) {
        let lacking: Vec<_> = other.checks.into_iter().filter(|(id, _)| !self.checks.contains_key(id)).collect();
        if lacking.is_empty() {
            return;
        }
        self.checks.extend(lacking);
        self.present = self.present.take().or(other.present);
        let (ours, theirs) = (&mut self.not_asked, other.not_asked);
        let of_both = |ours: &mut Vec<String>, theirs: Vec<String>| {
            ours.extend(theirs);
            ours.sort();
            ours.dedup();
        };
        of_both(&mut ours.accounts, theirs.accounts);
        of_both(&mut ours.unknown, theirs.unknown);
        for (account, regions) in theirs.regions {
            match ours.regions.iter_mut().find(|(known, _)| *known == account) {
                Some((_, known)) => of_both(known, regions),
                None => ours.regions.push((account, regions)),
            }
        }
    }
}

/// How far a run answers a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answered {
    /// Not at all.
    Not,
    /// In part; the reasons say what is missing.
    Partly,
    /// Fully.
    Fully,
}

impl Answered {
    /// The name used in lists.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Not => "not",
            Self::Partly => "partly",
            Self::Fully => "fully",
        }
    }
}

/// What a run says to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// How far it answers.
    pub answered: Answered,
    /// The ids of the evidence.
    pub evidence: Vec<String>,
    /// What is missing, and why.
    pub reasons: Vec<String>,
}

/// How far people are with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Progress {
    /// Nothing is there that would answer it.
    Open,
    /// The auditor gave it back: a question, a part, or all of it is open again.
    Reopened,
    /// A part is there.
    Partly,
    /// All is there, and has to be handed over.
    Ready,
    /// It was handed to the auditor.
    Delivered,
    /// It came back, and was handed over again.
    Redelivered,
    /// The auditor accepted it.
    Accepted,
    /// The request does not arise.
    NotApplicable,
}

impl Progress {
    /// The name used in lists.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Reopened => "reopened",
            Self::Partly => "partly",
            Self::Ready => "ready",
            Self::Delivered => "delivered",
            Self::Redelivered => "delivered-again",
            Self::Accepted => "accepted",
            Self::NotApplicable => "not-applicable",
        }
    }

    /// Whether nothing is left to do for it.
    #[must_use]
    pub fn is_settled(self) -> bool {
        self >= Self::Delivered
    }
}

/// What answers a request, as far as it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A document; whole where nothing is wrong with it.
    Document {
        /// It is there, approved and in force.
        whole: bool,
    },
    /// A person's word, with the file that shows it.
    Attestation,
    /// The last run; whole where it answers fully.
    Run {
        /// It answers fully.
        whole: bool,
    },
}

impl Source {
    /// The name used in lists.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Document { .. } => "document",
            Self::Attestation => "attestation",
            Self::Run { .. } => "run",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Document { whole: true } => "its document",
            Self::Document { whole: false } => "its document, in part",
            Self::Attestation => "a person's word",
            Self::Run { whole: true } => "the last run",
            Self::Run { whole: false } => "the last run, in part",
        })
    }
}

/// A request and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestStatus {
    /// The request.
    pub request: Request,
    /// Who answers it: kickoff.toml's word, or the list's.
    pub owner: Option<String>,
    /// When it is due: kickoff.toml's word, or the list's.
    pub due: Option<Date>,
    /// What the run says to it.
    pub answer: Answer,
    /// The document that answers it, with its status.
    pub document: Option<String>,
    /// Whether nothing is wrong with that document.
    pub by_document: bool,
    /// What persons state to it.
    pub attestations: Vec<AttestationResult>,
    /// How far people are.
    pub progress: Progress,
    /// Whether its day is past and something is left to do.
    pub overdue: bool,
    /// Whether its day is in the week of today, and something is left to do.
    pub due_this_week: bool,
    /// What is missing, and why.
    pub reasons: Vec<String>,
    /// A remark of a person's.
    pub note: Option<String>,
    /// What the auditor says of it; none where nothing was said.
    pub back: Option<Back>,
}

impl RequestStatus {
    /// When it is due, or what the list says in place of a day.
    #[must_use]
    pub fn due_text(&self) -> String {
        self.due.map_or_else(|| self.request.words("due").unwrap_or_default().to_owned(), |due| due.to_string())
    }

    /// What answers it, as far as it is answered.
    #[must_use]
    pub fn answered_by(&self) -> Vec<Source> {
        let document = self.document.as_ref().map(|_| Source::Document { whole: self.by_document });
        let word = self.attestations.iter().any(AttestationResult::counts).then_some(Source::Attestation);
        let run = (self.answer.answered > Answered::Not)
            .then_some(Source::Run { whole: self.answer.answered == Answered::Fully });
        [document, word, run].into_iter().flatten().collect()
    }
}

/// The check whose population is every account of the organization.
const ALL_ACCOUNTS: &str = "org-account-inventory";

/// What a run says to a request. A failing check answers: the auditor asked for evidence, not for good news.
#[must_use]
pub fn answer(request: &Request, run: Option<&Outcomes>) -> Answer {
    let mut evidence = BTreeSet::new();
    let mut reasons = Vec::new();
    let (mut some, mut all) = (false, true);
    let (mut left_out, mut planned) = (Vec::new(), Vec::new());
    if let Some(run) = run {
        for id in &request.checks {
            let outcome = run.checks.get(id).filter(|outcome| outcome.total() > 0);
            let Some(outcome) = outcome else {
                all = false;
                if Check::get(id).is_some() { &mut left_out } else { &mut planned }.push(id.as_str());
                continue;
            };
            evidence.extend(outcome.evidence.iter().cloned());
            let unknown = outcome.count(Status::NotEvaluated);
            if unknown > 0 {
                all = false;
                reasons.push(format!("{id}: {unknown} of {} results could not be evaluated", outcome.total()));
            }
            // What has no evidence hands nothing to anybody: a check that waits for a word of the client, for one.
            let decided = outcome.count(Status::Pass) + outcome.count(Status::Fail) > 0;
            let gives = unknown < outcome.total() && (decided || !outcome.evidence.is_empty());
            if unknown < outcome.total() && !gives {
                all = false;
                reasons.push(format!("{id}: the run has no evidence for it"));
            }
            some |= gives;
            if let Some(stale) = &outcome.stale {
                all = false;
                if !reasons.contains(stale) {
                    reasons.push(stale.clone());
                }
            }
        }
        let mut of_regions = request.checks.iter().filter_map(|id| Check::get(id)).flat_map(|check| check.meta.needs);
        // The list of regions is the account's, and a check of it is about all of them.
        let regional = of_regions.any(|need| !need.is_global() || *need == Need::Regions);
        let mut not_asked = run.not_asked.clone();
        // Accounts that nobody has decided on are named by the run; a request is about what is in scope, but for one that wants
        // the list of accounts to be that of the organization.
        if !request.checks.iter().any(|id| id == ALL_ACCOUNTS) {
            not_asked.organization.clear();
        }
        if !regional {
            (not_asked.regions, not_asked.unknown) = (Vec::new(), Vec::new());
        }
        if some && !not_asked.is_empty() {
            all = false;
            reasons.push(format!("the run did not ask {}", not_asked.lines().join("; ")));
        }
    } else if !request.checks.is_empty() {
        reasons.push("there is no run yet".to_owned());
    }
    for (what, ids) in [("not part of the run", left_out), ("this version has no check", planned)] {
        if !ids.is_empty() {
            reasons.push(format!("{what}: {}", ids.join(", ")));
        }
    }
    match request.reach {
        Reach::None => reasons.push("a scan cannot answer it: documents or people have to".to_owned()),
        Reach::Unmapped => reasons.push(unmapped(request)),
        Reach::Part => reasons.push("a scan can give a part of it; the rest is for a person".to_owned()),
        Reach::Full => {}
    }
    if request.period_only && some {
        reasons.push("it asks for a period, and a run shows one day".to_owned());
    }
    let fully = some && all && request.reach == Reach::Full && !request.period_only;
    let answered = match (fully, some) {
        (true, _) => Answered::Fully,
        (false, true) => Answered::Partly,
        (false, false) => Answered::Not,
    };
    Answer { answered, evidence: evidence.into_iter().collect(), reasons }
}

/// That no check is named for a request, and which of the default list it seems to be.
fn unmapped(request: &Request) -> String {
    let reading = counterpart::read(request);
    let ids: Vec<&str> = reading.counterparts.iter().map(|one| one.standard.as_str()).collect();
    match (reading.is_sure(), ids.is_empty()) {
        (true, _) => format!(
            "no check is named for it; it reads like {} of the default list: `kickoff requests --map --accept {}` says that it is",
            ids.join(" and "),
            request.id
        ),
        (false, false) => format!(
            "no check is named for it; it may be {} of the default list: `kickoff requests --map` says what is in doubt",
            ids.join(" or ")
        ),
        (false, true) => "no check is named for it: name them as its `checks`, if a scan can answer it".to_owned(),
    }
}

/// The list with its status on a day: what the auditor gave back first, then what is overdue, then what is due this week, then by day; what has no day
/// and what is settled last.
#[must_use]
pub fn statuses(
    engagement: &Engagement,
    list: &[Request],
    run: Option<&Outcomes>,
    documents: &[DocumentResult],
    attestations: &[AttestationResult],
    today: Date,
) -> Vec<RequestStatus> {
    // What is said of a standard request is said of the line that is the same as it, unless the list has that id for another.
    let listed = list.iter().filter(|request| request.listed);
    let own: BTreeSet<&str> = listed.map(|request| request.id.as_str()).collect();
    let speaks_of = |id: &str, request: &Request| {
        id == request.id || (!own.contains(id) && request.standard.iter().any(|same| same == id))
    };
    let mut statuses: Vec<RequestStatus> = list
        .iter()
        .map(|request| {
            let entry = entry(engagement, request, list);
            let entry = entry.as_deref();
            let document: Vec<&DocumentResult> =
                documents.iter().filter(|document| document.request == request.id).collect();
            let said =
                attestations.iter().filter(|said| said.request.as_ref().is_some_and(|id| speaks_of(id, request)));
            let said = said.cloned().collect();
            let accepts = |id: &str| engagement.returns.iter().any(|said| said.request == id && said.accepts());
            let ours = stands_for(request, list).filter(|ours| is_alone(request, list) || !accepts(ours));
            let back = back(engagement, entry, &request.id, ours, &document);
            status(engagement, request, (entry, back), answer(request, run), &document, said, today)
        })
        .collect();
    statuses.sort_by_key(|status| {
        let order = match (status.progress.is_settled(), status.overdue, status.due_this_week, status.due) {
            (true, ..) => 5,
            _ if status.progress == Progress::Reopened => 0,
            (_, true, ..) => 1,
            (_, _, true, _) => 2,
            (_, _, _, Some(_)) => 3,
            (_, _, _, None) => 4,
        };
        (order, status.due, status.request.id.clone())
    });
    statuses
}

/// The one of ours that a request is the same as, where the list has that no more.
fn stands_for<'r>(request: &'r Request, list: &[Request]) -> Option<&'r str> {
    let [standard] = request.standard.as_slice() else { return None };
    list.iter().all(|other| other.id != *standard).then_some(standard.as_str())
}

fn is_alone(request: &Request, list: &[Request]) -> bool {
    list.iter().filter(|other| other.standard == request.standard).count() < 2
}

/// What the file says of a request, and where it is the same as one of ours that the list has no more, of that one: who answers
/// it, whether it was handed over and accepted.
fn entry<'e>(engagement: &'e Engagement, request: &Request, list: &[Request]) -> Option<Cow<'e, RequestEntry>> {
    let of = |id: &str| engagement.requests.iter().find(|entry| entry.id == id);
    let own = of(&request.id);
    let same = stands_for(request, list).and_then(of);
    // Of several lines that stand for one of ours, an auditor who accepted that one accepted none of them yet.
    let alone = || is_alone(request, list);
    match (own, same) {
        (Some(own), Some(same)) => Some(Cow::Owned(RequestEntry {
            owner: own.owner.clone().or_else(|| same.owner.clone()),
            delivered: own.delivered.or(same.delivered),
            accepted: own.accepted.or(same.accepted.filter(|_| alone())),
            note: own.note.clone().or_else(|| same.note.clone()),
            ..own.clone()
        })),
        // The day of the auditor's list comes before the one that we had.
        (None, Some(same)) => Some(Cow::Owned(RequestEntry {
            due: request.due.or(same.due),
            accepted: same.accepted.filter(|_| alone()),
            ..same.clone()
        })),
        (own, None) => own.map(Cow::Borrowed),
    }
}

fn status(
    engagement: &Engagement,
    request: &Request,
    (entry, back): (Option<&RequestEntry>, Option<Back>),
    answer: Answer,
    documents: &[&DocumentResult],
    attestations: Vec<AttestationResult>,
    today: Date,
) -> RequestStatus {
    let attested = attestations.iter().any(AttestationResult::counts);
    // Only what somebody entered counts here: a document that is missing is told by its own register, unless others of the
    // request are there.
    let entered = standing(documents.iter().copied());
    let by_document = entered == Some(Status::Pass);
    let counts = || documents.iter().filter(|document| document.status != Status::NotApplicable);
    let absent = request.does_not_arise(engagement);
    let said = back.as_ref().and_then(Back::state);
    let accepted = match &back {
        Some(_) => said == Some(ReturnState::Accepted),
        None => entry.is_some_and(|entry| entry.accepted.is_some()),
    };
    // That an auditor wants something wins over our own word that it does not arise.
    let progress = if let Some(back) = back.as_ref().filter(|back| back.opens) {
        if back.is_open() { Progress::Reopened } else { Progress::Redelivered }
    } else if absent.is_some() || back.as_ref().is_some_and(|back| back.agreed().is_some()) {
        Progress::NotApplicable
    } else if accepted {
        Progress::Accepted
    } else if entry.is_some_and(|entry| entry.delivered.is_some()) || said == Some(ReturnState::Received) {
        Progress::Delivered
    } else if by_document || answer.answered == Answered::Fully {
        Progress::Ready
    } else if entered.is_some() || attested || answer.answered == Answered::Partly {
        Progress::Partly
    } else {
        Progress::Open
    };
    // That a document has to answer it need not be said where there is one.
    let told = by_document || (entered.is_some() && request.reach == Reach::None);
    let mut reasons = if told { Vec::new() } else { answer.reasons.clone() };
    if let Some(reason) = absent {
        reasons = vec![reason];
    } else if let Some(agreed) = back.as_ref().and_then(Back::agreed) {
        reasons = vec![format!("does not arise, says the auditor: {}", agreed.told())];
    } else if counts().any(|document| document.entered) {
        let several = counts().count() > 1;
        let told = counts().flat_map(|document| {
            // With several, each is told by its name.
            let name = if several && document.entered { format!("{}: ", document.observed) } else { String::new() };
            document.reasons.iter().map(move |reason| format!("{name}{reason}"))
        });
        reasons.extend(told);
    }
    if progress != Progress::NotApplicable {
        let lacks = attestations.iter().filter(|said| !said.counts());
        reasons.extend(lacks.map(|said| format!("the attestation of {}: {}", said.control, said.reasons.join(", "))));
    }
    let due = entry.and_then(|entry| entry.due).or(request.due);
    let open = !progress.is_settled();
    RequestStatus {
        request: request.clone(),
        owner: entry.and_then(|entry| entry.owner.clone()).or_else(|| request.owner.clone()),
        due,
        answer,
        document: entered.map(|_| {
            let all = counts().map(|document| format!("{} ({})", document.observed, document.status));
            all.collect::<Vec<_>>().join("; ")
        }),
        by_document,
        attestations,
        progress,
        overdue: open && due.is_some_and(|due| due < today),
        due_this_week: open && due.is_some_and(|due| today <= due && due <= sunday(today)),
        reasons,
        note: entry.and_then(|entry| entry.note.clone()),
        back,
    }
}

/// The Sunday that ends the week of a day.
fn sunday(day: Date) -> Date {
    let left = i64::from(Weekday::Sunday.since(day.weekday()));
    day.saturating_add(left.days())
}
