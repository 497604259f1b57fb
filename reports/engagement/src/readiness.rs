//! Readiness: how far each part of the engagement is, and what must be done before the kick-off, in order.
//!
//! There is no figure for the whole: each part states its own, with what it is made of and what caps it.

mod frame;

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use kickoff_checks::{Check, Severity, Status};

use crate::access_review::{self, ReviewResult};
use crate::documents::DocumentResult;
use crate::file::{Engagement, ReportType};
use crate::findings::FindingResult;
use crate::problems::Problem;
use crate::requests::{Answered, Back, CheckOutcome, Outcomes, Progress, Reach, RequestStatus};
use crate::risks::RegisterEntry;
use crate::statements::ReturnState;

/// What readiness is reckoned from.
#[derive(Debug, Clone, Copy)]
pub struct ReadinessInput<'a> {
    /// The file.
    pub engagement: &'a Engagement,
    /// The requests as they stand.
    pub requests: &'a [RequestStatus],
    /// The documents as they stand.
    pub documents: &'a [DocumentResult],
    /// The risk register.
    pub risks: &'a [RegisterEntry],
    /// The access reviews that came back.
    pub reviews: &'a [ReviewResult],
    /// What the auditor found, as it stands.
    pub findings: &'a [FindingResult],
    /// The last run.
    pub run: Option<&'a Outcomes>,
    /// The day.
    pub today: Date,
}

/// How good the evidence for a request is. A better kind counts for more; see [`Quality::cap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quality {
    /// There is none.
    None,
    /// A link: what was there on a day, nobody can tell later.
    Link,
    /// A picture of a screen.
    Picture,
    /// A document with its digest that something is wrong with, or that a person has to judge.
    Flawed,
    /// A person's word, with a file that shows it.
    Attested,
    /// The recorded answers of one day.
    Day,
    /// A document with its digest, in force and approved.
    Document,
    /// The auditor has accepted it.
    Accepted,
}

/// A request counts for so many points.
const POINTS: u32 = 4;

impl Quality {
    /// What evidence of this kind counts for at most, of four points. What shows one day counts for no more than half
    /// where the report is on a period; a picture of one day, for a quarter.
    #[must_use]
    pub fn cap(self, report: ReportType) -> u32 {
        let period = report == ReportType::Type2;
        match self {
            Self::None => 0,
            Self::Link => 1,
            Self::Picture if period => 1,
            Self::Day if period => 2,
            Self::Picture | Self::Flawed | Self::Attested => 2,
            Self::Day | Self::Document | Self::Accepted => POINTS,
        }
    }

    /// What it is, in words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "nothing",
            Self::Link => "a link",
            Self::Picture => "a picture",
            Self::Flawed => "a document that lacks something",
            Self::Attested => "a person's word",
            Self::Day => "the record of one day",
            Self::Document => "a document",
            Self::Accepted => "what the auditor accepted",
        }
    }
}

/// A part of the engagement, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: &'static str,
    /// What is there.
    pub have: u32,
    /// Of how much.
    pub of: u32,
    /// What a unit is.
    pub unit: &'static str,
    /// What keeps it from being more, one line each.
    pub limits: Vec<String>,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} of {} {}", self.name, self.have, self.of, self.unit)
    }
}

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
    /// Who: an id of `[[people]]`; none where nobody is named yet.
    pub owner: Option<String>,
    /// Effort, in hours: our estimate, or the file's figure.
    pub hours: u32,
    /// When: its own day, or that of the kick-off.
    pub due: Option<Date>,
}

/// How far the engagement is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// The day of the kick-off.
    pub kickoff: Option<Date>,
    /// Days until then; negative when it is past.
    pub days_left: Option<i32>,
    /// The parts.
    pub parts: Vec<Part>,
    /// What must be done before the kick-off, in order.
    pub tasks: Vec<Task>,
    /// What an auditor would ask about in the file: no part is less for it.
    pub notices: Vec<Problem>,
}

impl Readiness {
    /// The effort of all tasks, in hours.
    #[must_use]
    pub fn hours(&self) -> u32 {
        self.tasks.iter().map(|task| task.hours).sum()
    }

    /// All parts on one line.
    #[must_use]
    pub fn summary(&self) -> String {
        self.parts.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }
}

/// Reckons how far the engagement is.
///
/// The order of tasks: what frames the engagement, as all else hangs on it; work items of the plan; documents, the
/// longest work first; what access reviews revoke and is still there; critical and high checks that fail or are unknown; what the
/// auditor found, and what the auditor gave back; other
/// requests by their day; risks that nobody decided on.
#[must_use]
pub fn assess(input: &ReadinessInput<'_>) -> Readiness {
    let kickoff = input.engagement.schedule.kickoff;
    let frame = frame::items(input.engagement);
    let missing: Vec<&frame::Item> = frame.iter().filter(|item| !item.there).collect();
    let parts = vec![
        Part {
            name: "frame",
            have: count(frame.len() - missing.len()),
            of: count(frame.len()),
            unit: "items",
            limits: missing.iter().map(|item| format!("{}: not there", item.what)).collect(),
        },
        documents(input),
        requests(input),
        controls(input),
        risks(input),
    ];
    let mut tasks: Vec<Task> = missing
        .iter()
        .map(|item| Task {
            what: format!("State {}", item.what),
            why: item.why.to_owned(),
            owner: None,
            hours: item.hours,
            due: kickoff,
        })
        .collect();
    tasks.extend(work(input, kickoff));
    tasks.extend(document_tasks(input, kickoff));
    tasks.extend(review_tasks(input, kickoff));
    tasks.extend(failure_tasks(input, kickoff));
    tasks.retain(|task| before(task.due, kickoff));
    // What the auditor waits for is not put off by a meeting that may be long past.
    tasks.extend(finding_tasks(input));
    tasks.extend(answer_tasks(input));
    let later = request_tasks(input, kickoff).into_iter().chain(risk_tasks(input, kickoff));
    tasks.extend(later.filter(|task| before(task.due, kickoff)));
    Readiness {
        kickoff,
        days_left: kickoff.map(|day| (day - input.today).get_days()),
        parts,
        tasks,
        notices: input.engagement.notices(input.today),
    }
}

/// Whether something is due by the kick-off; without a day for either, it is.
fn before(due: Option<Date>, kickoff: Option<Date>) -> bool {
    due.zip(kickoff).is_none_or(|(due, kickoff)| due <= kickoff)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn work(input: &ReadinessInput<'_>, kickoff: Option<Date>) -> Vec<Task> {
    let open = input.engagement.work.iter().filter(|work| work.done.is_none());
    let mut tasks: Vec<Task> = open
        .map(|work| Task {
            what: work.name.clone(),
            why: "it is in the plan".to_owned(),
            owner: work.responsible.first().cloned(),
            hours: work.hours.unwrap_or_default(),
            due: work.due.or(kickoff),
        })
        .collect();
    tasks.sort_by_key(|task| task.due);
    tasks
}

fn documents(input: &ReadinessInput<'_>) -> Part {
    let wanted = || input.documents.iter().filter(|document| document.status != Status::NotApplicable);
    // Documents that lack the same stand on one line.
    let mut lacks: Vec<(String, Vec<&str>)> = Vec::new();
    for document in wanted().filter(|document| document.status != Status::Pass) {
        let why = document.reasons.join("; ");
        match lacks.iter_mut().find(|(known, _)| *known == why) {
            Some((_, ids)) => ids.push(&document.request),
            None => lacks.push((why, vec![&document.request])),
        }
    }
    Part {
        name: "documents",
        have: count(wanted().filter(|document| document.status == Status::Pass).count()),
        of: count(wanted().count()),
        unit: "there, approved and in force",
        limits: lacks.into_iter().map(|(why, ids)| format!("{why} ({})", ids.join(", "))).collect(),
    }
}

fn document_tasks(input: &ReadinessInput<'_>, kickoff: Option<Date>) -> Vec<Task> {
    let open =
        input.documents.iter().filter(|d| [Status::Fail, Status::NotEvaluated, Status::Manual].contains(&d.status));
    let mut tasks: Vec<Task> = open
        .filter_map(|document| {
            let status = input.requests.iter().find(|status| status.request.id == document.request)?;
            let open = !status.progress.is_settled() && status.progress != Progress::Reopened;
            open.then(|| Task {
                what: match &document.occurrence {
                    Some(occurrence) => format!("{}: {}, {occurrence}", document.request, document.title),
                    None => format!("{}: {}", document.request, document.title),
                },
                why: document.reasons.join("; "),
                owner: document.owner.clone().or_else(|| status.owner.clone()),
                // What is there and lacks a day or a name is corrected in an hour.
                hours: if document.sha256.is_some() { 1 } else { status.request.hours },
                due: status.due.or(kickoff),
            })
        })
        .collect();
    tasks.sort_by(|a, b| b.hours.cmp(&a.hours).then_with(|| a.what.cmp(&b.what)));
    tasks
}

fn requests(input: &ReadinessInput<'_>) -> Part {
    // Until it is known which report it is, evidence is held to what a period asks for.
    let report = input.engagement.report.as_ref().map_or(ReportType::Type2, |report| report.kind);
    let (mut have, mut of, mut limits) = (0, 0, BTreeMap::new());
    for status in input.requests.iter().filter(|status| status.progress != Progress::NotApplicable) {
        of += POINTS;
        let quality = quality(input, status);
        let whole = match status.progress {
            Progress::Open | Progress::NotApplicable => 0,
            // What was returned as a whole is not answered.
            Progress::Reopened if status.back.as_ref().and_then(Back::state).is_none_or(is_whole) => 0,
            Progress::Partly | Progress::Reopened => POINTS / 2,
            Progress::Ready | Progress::Delivered | Progress::Redelivered | Progress::Accepted => POINTS,
        };
        let points = whole.min(quality.cap(report));
        have += points;
        if points < POINTS {
            let capped = if points < whole { "capped: answered with" } else { "answered with" };
            limits.entry((quality, capped)).or_insert_with(Vec::new).push(status.request.id.as_str());
        }
    }
    let limits =
        limits.into_iter().map(|((quality, how), ids)| format!("{how} {}: {}", quality.name(), ids.join(", ")));
    let limits = unmapped(input).into_iter().chain(limits).collect();
    Part { name: "requests", have, of, unit: "points, four for each request", limits }
}

/// Lines of an auditor's list that no run can answer, as nobody said which request of ours they are, or that none is.
fn unmapped(input: &ReadinessInput<'_>) -> Option<String> {
    let open = input.requests.iter().filter(|status| status.request.listed && status.request.reach == Reach::Unmapped);
    let open = open.filter(|status| status.progress != Progress::NotApplicable);
    let mut ids: Vec<&str> = open.map(|status| status.request.id.as_str()).collect();
    ids.sort_unstable();
    (!ids.is_empty()).then(|| {
        format!(
            "{} of the auditor's list held against no built-in request, so that no run answers {} (kickoff requests --map): {}",
            if ids.len() == 1 { "1 line".to_owned() } else { format!("{} lines", ids.len()) },
            if ids.len() == 1 { "it" } else { "them" },
            ids.join(", ")
        )
    })
}

/// Whether a state gives back all of a request.
fn is_whole(state: ReturnState) -> bool {
    matches!(state, ReturnState::Returned | ReturnState::Open)
}

/// The best evidence that a request has.
fn quality(input: &ReadinessInput<'_>, status: &RequestStatus) -> Quality {
    if status.progress == Progress::Accepted {
        return Quality::Accepted;
    }
    let id = &status.request.id;
    let counts = |document: &&DocumentResult| &document.request == id && document.status != Status::NotApplicable;
    let entered = input.documents.iter().filter(counts).filter(|document| document.entered);
    let of_each = entered.map(|document| match (&document.sha256, document.status) {
        (Some(_), _) if document.picture => Quality::Picture,
        (Some(_), Status::Pass) => Quality::Document,
        (Some(_), _) => Quality::Flawed,
        (None, Status::Manual) => Quality::Link,
        (None, _) => Quality::None,
    });
    // Of several the worst decides, and where one is missing none is whole.
    let lacks = input.documents.iter().filter(counts).any(|document| !document.entered);
    let by_document = of_each.min().map(|worst| if lacks { worst.min(Quality::Flawed) } else { worst });
    // A word that does not count, as its file is not there or its time is past, is no evidence.
    let by_word = status.attestations.iter().filter(|said| said.counts());
    let by_word = by_word.map(|said| if said.picture { Quality::Picture } else { Quality::Attested }).max();
    let by_run = (status.answer.answered > Answered::Not).then_some(Quality::Day);
    [by_document, by_word, by_run].into_iter().flatten().max().unwrap_or(Quality::None)
}

fn request_tasks(input: &ReadinessInput<'_>, kickoff: Option<Date>) -> Vec<Task> {
    let open = input.requests.iter().filter(|status| !status.progress.is_settled());
    // Requests that a document answers have their task already.
    let open = open.filter(|status| !input.documents.iter().any(|document| document.request == status.request.id));
    // What the auditor gave back has its task already.
    let open = open.filter(|status| status.progress != Progress::Reopened);
    open.map(|status| {
        let ready = status.progress == Progress::Ready;
        Task {
            what: format!("{}: {}", status.request.id, status.request.text),
            why: if ready { "all is there: hand it over".to_owned() } else { status.reasons.join("; ") },
            owner: status.owner.clone(),
            hours: if ready { 1 } else { status.request.hours },
            due: status.due.or(kickoff),
        }
    })
    .collect()
}

/// What the auditor found and has not closed.
fn finding_tasks(input: &ReadinessInput<'_>) -> Vec<Task> {
    let open = input.findings.iter().filter_map(|result| Some((result, result.task()?)));
    let task = open.map(|(result, (what, why))| Task {
        what,
        why,
        owner: result.finding.owner.clone(),
        hours: CORRECTION,
        due: result.finding.due,
    });
    task.collect()
}

/// What the auditor said of a request, and what else it lacks.
fn told(status: &RequestStatus) -> String {
    let said = status.back.iter().flat_map(Back::lines);
    said.chain(status.reasons.iter().cloned()).collect::<Vec<_>>().join("; ")
}

/// What the auditor gave back or asks, those that are open again first.
fn answer_tasks(input: &ReadinessInput<'_>) -> Vec<Task> {
    let asked = input
        .requests
        .iter()
        .filter_map(|status| Some((status, status.back.as_ref()?.task(&status.request.id, &status.request.text)?)));
    let mut open: Vec<(&RequestStatus, String)> = asked.collect();
    open.sort_by_key(|(status, _)| (status.progress != Progress::Reopened, status.due.is_none(), status.due));
    let task = open.into_iter().map(|(status, what)| Task {
        what,
        why: told(status),
        owner: status.owner.clone(),
        hours: CORRECTION,
        due: status.due,
    });
    task.collect()
}

fn outcomes<'a>(input: &ReadinessInput<'a>) -> impl Iterator<Item = (&'static Check, &'a CheckOutcome)> {
    let run = input.run.into_iter().flat_map(|run| &run.checks);
    run.filter_map(|(id, outcome)| Check::get(id).map(|check| (check, outcome)))
}

fn controls(input: &ReadinessInput<'_>) -> Part {
    let (mut have, mut of, mut limits) = (0, 0, Vec::new());
    for (check, outcome) in outcomes(input) {
        let (fails, unknown) = (outcome.count(Status::Fail), outcome.count(Status::NotEvaluated));
        if fails + unknown + outcome.count(Status::Pass) == 0 {
            continue;
        }
        of += 1;
        if fails + unknown == 0 {
            have += 1;
        } else {
            let some = |count, what: [&str; 2]| {
                (count > 0).then(|| format!("{count} {}", if count == 1 { what[0] } else { what[1] }))
            };
            let said = [some(fails, ["fails", "fail"]), some(unknown, ["is unknown", "are unknown"])];
            limits.push(format!("{}: {}", check.meta.id, said.into_iter().flatten().collect::<Vec<_>>().join(", ")));
        }
    }
    if input.run.is_none() {
        limits.push("there is no run yet".to_owned());
    }
    Part { name: "checks", have, of, unit: "hold wherever they were decided", limits }
}

/// Effort to correct what a check found, or to let it be read, in hours: our estimate.
const CORRECTION: u32 = 2;

/// What reviewers decided and nobody carried out.
fn review_tasks(input: &ReadinessInput<'_>, kickoff: Option<Date>) -> Vec<Task> {
    let tasks = access_review::tasks(input.reviews, input.run.and_then(|run| run.present.as_ref()));
    let owner = input.requests.iter().find(|status| status.request.id == access_review::REQUEST);
    let owner = owner.and_then(|status| status.owner.clone());
    let task = |task: access_review::ReviewTask| Task {
        what: task.what,
        why: task.why,
        owner: owner.clone(),
        hours: CORRECTION,
        due: kickoff,
    };
    tasks.into_iter().map(task).collect()
}

fn failure_tasks(input: &ReadinessInput<'_>, kickoff: Option<Date>) -> Vec<Task> {
    let grave = |check: &Check| check.meta.severity >= Severity::High;
    let mut open: Vec<(&Check, &CheckOutcome)> = outcomes(input)
        .filter(|(check, outcome)| {
            grave(check) && outcome.count(Status::Fail) + outcome.count(Status::NotEvaluated) > 0
        })
        .collect();
    open.sort_by_key(|(check, _)| (std::cmp::Reverse(check.meta.severity), check.meta.id));
    open.into_iter()
        .map(|(check, outcome)| {
            let (id, fails) = (check.meta.id, outcome.count(Status::Fail));
            let control =
                input.engagement.controls.iter().find(|control| control.checks.iter().any(|check| check == id));
            let unknown = outcome.count(Status::NotEvaluated);
            let (what, why) = if fails > 0 {
                (
                    check.meta.fix.to_owned(),
                    format!("{}, and {fails} of {} results fail", check.meta.severity, outcome.total()),
                )
            } else {
                let what = "let it be read: the result names the call".to_owned();
                (what, format!("{}, and {unknown} of {} results are unknown", check.meta.severity, outcome.total()))
            };
            Task {
                what: format!("{id}: {what}"),
                why,
                owner: control.and_then(|control| control.owner.clone()),
                hours: CORRECTION,
                due: kickoff,
            }
        })
        .collect()
}

fn risks(input: &ReadinessInput<'_>) -> Part {
    let undecided: Vec<&str> =
        input.risks.iter().filter(|entry| entry.is_undecided()).map(|entry| entry.risk.id.as_str()).collect();
    Part {
        name: "risks",
        have: count(input.risks.len() - undecided.len()),
        of: count(input.risks.len()),
        unit: "decided by a person",
        limits: if undecided.is_empty() { Vec::new() } else { vec![format!("proposed: {}", undecided.join(", "))] },
    }
}

fn risk_tasks(input: &ReadinessInput<'_>, kickoff: Option<Date>) -> Vec<Task> {
    let mut open: Vec<&RegisterEntry> = input.risks.iter().filter(|entry| entry.is_undecided()).collect();
    open.sort_by_key(|entry| std::cmp::Reverse(entry.residual.weight));
    open.into_iter()
        .map(|entry| Task {
            what: format!("{}: accept, edit or reject: {}", entry.risk.id, entry.risk.threat),
            why: format!("proposed, with a residual score of {}", entry.residual.in_words()),
            owner: entry.risk.owner.clone(),
            hours: 1,
            due: kickoff,
        })
        .collect()
}
