//! The register of documents: what auditors ask for, what is there, and what is wrong with it.

pub(crate) mod content;
mod findings;
mod folder;
mod given;
mod inside;
mod languages;
mod matches;
mod name;
mod nature;
mod page;
mod pointer;
mod record;
mod together;
mod version;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::iter;
use std::path::Path;

use jiff::ToSpan as _;
use jiff::civil::Date;
use kickoff_checks::Status;

use crate::access_review;
use crate::cadence::{Every, Nature};
use crate::file::{Engagement, Report};
use crate::registers::Document;
use crate::requests::request::{DEFAULT, Request, RequestKind};
use findings::Findings;
use given::{Given, Shelf, There};
use nature::{asks_for_list, read_nature};
use record::Place;

pub use folder::{append, match_folder, match_names};
pub use matches::{Ambiguous, Dropped, Match};

/// How a document of a request stands: a result like any other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentResult {
    /// The request.
    pub request: String,
    /// The criteria that it bears on.
    pub criteria: Vec<String>,
    /// Its title.
    pub title: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Whether kickoff.toml has an entry for it.
    pub entered: bool,
    /// Whether what the entry names may be something: not where its file is absent or holds nothing.
    pub there: bool,
    /// The status. `pass` says that the document is there, of its time, approved and not stale; nobody read it.
    /// `not-applicable` says that the request does not arise, or that another document answers for the time of the report.
    pub status: Status,
    /// What was seen: the file with its version, or the link.
    pub observed: String,
    /// What is wrong, or left to a person.
    pub reasons: Vec<String>,
    /// What it is for, where something is done every so often: `2026-Q3`.
    pub occurrence: Option<String>,
    /// The file, below the folder of kickoff.toml.
    pub file: Option<String>,
    /// Where it is, for what is not handed over as a file.
    pub link: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// The digest of the file, in lower-case hexadecimal.
    pub sha256: Option<String>,
    /// Its length.
    pub bytes: Option<u64>,
    /// Whether it shows a picture and not a word, by what it holds.
    pub picture: bool,
    /// Since when it is in force.
    pub effective: Option<Date>,
    /// When it was taken from where it is kept.
    pub collected: Option<Date>,
    /// When it reached the engagement.
    pub received: Option<Date>,
}

/// The register on a day: the requests that a document answers, and those that have one. A request has a row for each of its
/// documents, and for each occurrence that lacks one. Files lie below `folder`.
#[must_use]
pub fn register(engagement: &Engagement, list: &[Request], folder: &Path, today: Date) -> Vec<DocumentResult> {
    let days = engagement.report.as_ref().and_then(Report::days);
    let reviews = access_review::register(engagement, folder, today);
    let shelf = Shelf::of(engagement, &reviews, folder);
    let listed = list.iter().filter(|request| request.listed);
    let own: BTreeSet<&str> = listed.map(|request| request.id.as_str()).collect();
    let rows = list.iter().flat_map(|request| {
        // An id that an auditor's list has for another request is that one's.
        let ids: Vec<&str> = ids(request).filter(|id| *id == request.id || !own.contains(id)).collect();
        let given: Vec<&Given<'_>> = ids.iter().flat_map(|id| shelf.of_request(id)).collect();
        let documents: Vec<&Document> = given.iter().map(|given| given.document).collect();
        let wanted = !documents.is_empty() || request.every.is_some() || request.kind == Some(RequestKind::Document);
        if !wanted {
            return Vec::new();
        }
        let Some(reason) = request.does_not_arise(engagement) else {
            return Asked { request, documents, days, today }.rows(&given, &shelf);
        };
        let given = documents.iter().map(|document| Some(*document));
        let given = given.chain(documents.is_empty().then_some(None));
        given.map(|document| not_counted(row(request, document), reason.clone())).collect()
    });
    rows.collect()
}

/// The ids of the requests whose documents answer one: its own, and those that it is the same as.
fn ids(request: &Request) -> impl Iterator<Item = &str> {
    iter::once(&request.id).chain(request.standard.iter().filter(|id| **id != request.id)).map(String::as_str)
}

/// How a request stands by its rows in the register: the worst of them, those that do not count left out; none where no
/// document that counts is entered, or none is there: an empty file answers nothing.
#[must_use]
pub fn standing<'a>(rows: impl Iterator<Item = &'a DocumentResult>) -> Option<Status> {
    let counts: Vec<&DocumentResult> = rows.filter(|row| row.status != Status::NotApplicable).collect();
    let worst = findings::worst(counts.iter().map(|row| row.status));
    counts.iter().any(|row| row.entered && row.there).then_some(worst)
}

/// A row of which nothing is known but what is entered.
fn row(request: &Request, document: Option<&Document>) -> DocumentResult {
    DocumentResult {
        request: request.id.clone(),
        criteria: request.criteria.clone(),
        title: document.and_then(|document| document.title.clone()).unwrap_or_else(|| request.text.clone()),
        owner: document.and_then(|document| document.owner.clone()),
        entered: document.is_some(),
        there: document.is_some(),
        status: Status::Fail,
        observed: "nothing is entered".to_owned(),
        reasons: Vec::new(),
        occurrence: document.and_then(|document| document.occurrence.clone()),
        file: document.and_then(|document| document.file.clone()),
        link: document.and_then(|document| document.link.clone()),
        version: document.and_then(|document| document.version.clone()),
        sha256: None,
        bytes: None,
        picture: false,
        effective: document.and_then(|document| document.effective),
        collected: document.and_then(|document| document.collected),
        received: document.and_then(|document| document.received),
    }
}

fn not_counted(row: DocumentResult, reason: String) -> DocumentResult {
    DocumentResult { status: Status::NotApplicable, reasons: vec![reason], ..row }
}

/// A document, its row and what is found about it.
struct Held<'a> {
    document: &'a Document,
    row: DocumentResult,
    findings: Findings,
    /// Why it does not count, where another does.
    left_out: Option<String>,
}

/// A request with its documents.
struct Asked<'a> {
    request: &'a Request,
    documents: Vec<&'a Document>,
    /// The days of the report.
    days: Option<(Date, Date)>,
    today: Date,
}

impl Asked<'_> {
    fn rows(&self, given: &[&Given<'_>], shelf: &Shelf<'_>) -> Vec<DocumentResult> {
        let nature = self.request.nature.or_else(|| read_nature(&self.request.text));
        // What is done every so often is no policy, unless somebody says so.
        let is_policy =
            nature == Some(Nature::Policy) && (self.request.every.is_none() || self.request.nature == nature);
        let is_list = record::is_list(self.request) && !is_policy;
        // So are those that an auditor's own list asks for without saying what kind of thing it wants.
        let is_export = self.request.kind.is_none() && !is_policy && asks_for_list(&self.request.text);
        let own: Vec<&str> = ids(self.request).collect();
        let held = given.iter().map(|given| {
            let document = given.document;
            let (mut row, mut findings) = (row(self.request, Some(document)), Findings::default());
            let There { observed, there, sha256, bytes, picture } = given.told(&mut findings);
            row = DocumentResult { observed, there, sha256, bytes, picture, ..row };
            shelf.shared(given, &own, &mut findings);
            if let Some(review) = given.review {
                // It is told by what it holds: its rows say who decided, and when.
                let _ = write!(row.observed, ": {}", review.counts());
                review.findings.iter().for_each(|(status, what)| findings.add(*status, what.clone()));
                return Held { document, row, findings, left_out: None };
            }
            if document.owner.is_none() {
                findings.fail("it has no owner");
            }
            // Lists and samples are taken from a system: they have a day of their own instead of an approval.
            let is_taken = is_export && (document.collected.is_some() || document.on.is_some());
            if !is_list && !is_taken {
                approval(document, nature, self.today, &mut findings);
            }
            received(document, self.today, &mut findings);
            Held { document, row, findings, left_out: None }
        });
        let mut held: Vec<Held<'_>> = held.collect();
        let missing = match (nature, self.days) {
            _ if is_policy => {
                self.versions(&mut held);
                Vec::new()
            }
            (None, Some(days)) if !is_list => {
                held.iter_mut().for_each(|held| self.unsaid(days, held));
                Vec::new()
            }
            _ => self.records(is_list, &mut held),
        };
        let lacking = self.lacking();
        let judged = held.into_iter().map(|held| match held.left_out {
            Some(reason) => not_counted(held.row, reason),
            None => {
                let (status, reasons) = held.findings.told();
                DocumentResult { status, reasons, ..held.row }
            }
        });
        let mut all: Vec<DocumentResult> = judged.chain(missing).chain(lacking).collect();
        if all.is_empty() {
            let reasons = vec!["kickoff.toml has no document for it".to_owned()];
            all.push(DocumentResult { reasons, ..row(self.request, None) });
        }
        all
    }

    /// Rows for the requests of the default list that this one is the same as and that no document answers, where another of
    /// them has one: what asks for two policies is not answered by one of them.
    fn lacking(&self) -> Vec<DocumentResult> {
        let request = self.request;
        let has = |id: &str| self.documents.iter().any(|document| document.request == id);
        if request.standard.len() < 2 || has(&request.id) || self.documents.is_empty() {
            return Vec::new();
        }
        let asks =
            |id: &&String| DEFAULT.iter().any(|known| known.id == **id && known.kind == Some(RequestKind::Document));
        let lacking = request.standard.iter().filter(asks).filter(|id| !has(id));
        let row = |id: &String| DocumentResult {
            observed: format!("{id}: nothing is entered"),
            reasons: vec![format!("it is the same as {id} too: kickoff.toml has no document for that one")],
            ..row(request, None)
        };
        lacking.map(row).collect()
    }

    /// Versions of policies: each of its time, together of the whole.
    fn versions(&self, held: &mut [Held<'_>]) {
        let spans = version::in_force(&self.documents);
        // Where there is no report yet, what counts is what is in force today.
        let days = self.days.unwrap_or((self.today, self.today));
        for (at, (held, span)) in held.iter_mut().zip(&spans).enumerate() {
            let mut same = self.documents.iter().zip(&spans).filter(|(one, _)| one.title == held.document.title);
            if !span.touches(days) && same.any(|(_, span)| span.touches(days)) {
                held.left_out = Some(version::not_of(held.document, *span, days));
                continue;
            }
            // What was replaced, or is of a period that is past, does not grow old with the calendar.
            let ends = [self.days.map(|(_, last)| last), span.until].into_iter().flatten();
            let day = ends.chain([self.today]).min().unwrap_or(self.today);
            self.age(day, held);
            if let Some(days) = self.days {
                version::judge(at, &self.documents, &spans, days, self.today, &mut held.findings);
            }
            let first = self.days.map(|(first, _)| first);
            version::approved_late(held.document, first, self.today, &mut held.findings);
        }
    }

    /// Records, each of its day; gives the rows of the occurrences that none is for.
    fn records(&self, is_list: bool, held: &mut [Held<'_>]) -> Vec<DocumentResult> {
        let times = record::Times::new(self.request, self.days);
        let mut answered = vec![false; times.expected.len()];
        let (mut any, mut outside) = (false, Vec::new());
        for (at, held) in held.iter_mut().enumerate() {
            let day = record::day(held.document, is_list);
            let told = |day: &Date| !is_list && held.document.approved == Some(*day);
            if let Some(day) = day.filter(|day| *day > self.today && !told(day)) {
                held.findings.fail(format!("its day, {day}, is still to come"));
            }
            let (place, told) = times.place(held.document);
            if let Some((status, what)) = told {
                held.findings.add(status, what);
            }
            match place {
                Place::Within(expected) => {
                    any = true;
                    let one = expected.and_then(|at| answered.get_mut(at).zip(times.expected.get(at)));
                    if let Some((answered, one)) = one {
                        *answered = true;
                        let _ = write!(held.row.observed, ", for {}", one.name);
                        held.row.occurrence = Some(one.name.clone());
                    }
                    match self.days {
                        // A record of its period does not grow old with the calendar.
                        Some((_, last)) => review_due(held, last.min(self.today)),
                        None if is_list => {}
                        None => self.age(self.today, held),
                    }
                }
                Place::Undated if is_list => held.findings.fail("it does not say when it was collected"),
                // That nobody approved it, which is one of its days, is told already.
                Place::Undated => {}
                Place::Outside(why) => outside.push((at, why)),
            }
        }
        for (at, why) in outside {
            let Some(held) = held.get_mut(at) else { continue };
            // Where another answers, one of another time is not asked for.
            if any {
                held.left_out = Some(format!("{why}: it does not count"));
            } else {
                held.findings.fail(why);
            }
        }
        let missing = times.expected.iter().zip(answered).filter(|(_, answered)| !answered);
        let missing = missing.map(|(one, _)| {
            let (status, what) = one.missing(self.today, "kickoff.toml has no document for it");
            DocumentResult {
                status,
                observed: format!("{}: nothing is entered", one.name),
                occurrence: Some(one.name.clone()),
                reasons: vec![what],
                ..row(self.request, None)
            }
        });
        missing.collect()
    }

    /// Where nobody said whether a request asks for a policy or for a record, a person looks.
    fn unsaid(&self, (first, last): (Date, Date), held: &mut Held<'_>) {
        self.age(last.min(self.today), held);
        version::approved_late(held.document, Some(first), self.today, &mut held.findings);
        let say = "write `nature = \"record\"` or `nature = \"policy\"` for it under [[requests]]";
        match record::day(held.document, false) {
            Some(day) if day < first => held
                .findings
                .manual(format!("it is of {day}, before {first}: right for a policy and not for a record; {say}")),
            Some(day) if day > first => held
                .findings
                .manual(format!("it is of {day}: right for a record, and for a policy what was before? {say}")),
            _ => {}
        }
    }

    /// Whether a document was too old on a day.
    fn age(&self, day: Date, held: &mut Held<'_>) {
        let months = self.request.every.and_then(Every::months).or(self.request.months);
        let approved = held.document.approved.filter(|_| held.document.next_review.is_none());
        if let Some((approved, months)) = approved.zip(months)
            && approved.saturating_add(months.months()) < day
        {
            let what = format!("it is stale: approved on {approved}, more than {months} months ago");
            held.findings.fail(if day == self.today { what } else { what.replace("ago", &format!("before {day}")) });
        }
        review_due(held, day);
    }
}

fn review_due(held: &mut Held<'_>, day: Date) {
    if let Some(due) = held.document.next_review.filter(|due| *due < day) {
        held.findings.fail(format!("it is stale: its review was due on {due}"));
    }
}

/// Whether it can have reached the engagement when it is said to have.
fn received(document: &Document, today: Date, findings: &mut Findings) {
    let Some(received) = document.received else { return };
    if received > today {
        findings.fail(format!("the day that it was received, {received}, is still to come"));
    } else if let Some(on) = document.on.filter(|on| received < *on) {
        findings
            .manual(format!("it is of {on}, and was received on {received}, before that: which of the two is right?"));
    }
}

fn approval(document: &Document, nature: Option<Nature>, today: Date, findings: &mut Findings) {
    // A record is told by its day.
    if document.version.is_none() && nature != Some(Nature::Record) {
        findings.fail("it states no version");
    }
    match document.approved {
        None => findings.fail("nobody approved it"),
        Some(day) if day > today => findings.fail(format!("its approval, {day}, is still to come")),
        Some(_) if document.approver.is_none() => findings.fail("it does not say who approved it"),
        Some(_) => {}
    }
}
