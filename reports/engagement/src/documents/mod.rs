//! The register of documents: what auditors ask for, what is there, and what is wrong with it.

mod folder;

use std::path::Path;
use std::{io, iter};

use jiff::ToSpan as _;
use jiff::civil::Date;
use kickoff_checks::Status;

use crate::file::{Engagement, Report, ReportType};
use crate::files::hash_below;
use crate::registers::Document;
use crate::requests::request::{Request, RequestKind};

pub use folder::{Ambiguous, Dropped, Match, append, match_folder, match_names};

/// How the document of a request stands: a result like any other.
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
    /// The status. `pass` says that the document is there, in force, approved and not stale; nobody read it.
    pub status: Status,
    /// What was seen: the file with its version, or the link.
    pub observed: String,
    /// What is wrong, or left to a person.
    pub reasons: Vec<String>,
    /// The digest of the file, in lower-case hexadecimal.
    pub sha256: Option<String>,
    /// Its length.
    pub bytes: Option<u64>,
    /// Since when it is in force.
    pub effective: Option<Date>,
    /// When it was taken from where it is kept.
    pub collected: Option<Date>,
    /// When it reached the engagement.
    pub received: Option<Date>,
}

/// The register on a day: the requests that a document answers, and those that have one. Files lie below `folder`.
#[must_use]
pub fn register(engagement: &Engagement, list: &[Request], folder: &Path, today: Date) -> Vec<DocumentResult> {
    list.iter()
        .filter_map(|request| {
            let document = iter::once(&request.id).chain(&request.standard).find_map(|id| engagement.document(id));
            let wanted = document.is_some() || request.kind == Some(RequestKind::Document);
            wanted.then(|| judge(engagement, request, document, folder, today))
        })
        .collect()
}

/// Findings about one document; the worst decides.
#[derive(Default)]
struct Findings(Vec<(Status, String)>);

impl Findings {
    fn fail(&mut self, what: impl Into<String>) {
        self.0.push((Status::Fail, what.into()));
    }

    fn manual(&mut self, what: impl Into<String>) {
        self.0.push((Status::Manual, what.into()));
    }

    fn status(&self) -> Status {
        [Status::Fail, Status::NotEvaluated, Status::Manual]
            .into_iter()
            .find(|status| self.0.iter().any(|(found, _)| found == status))
            .unwrap_or(Status::Pass)
    }
}

fn judge(
    engagement: &Engagement,
    request: &Request,
    document: Option<&Document>,
    folder: &Path,
    today: Date,
) -> DocumentResult {
    let mut result = DocumentResult {
        request: request.id.clone(),
        criteria: request.criteria.clone(),
        title: document.and_then(|document| document.title.clone()).unwrap_or_else(|| request.text.clone()),
        owner: document.and_then(|document| document.owner.clone()),
        entered: document.is_some(),
        status: Status::Fail,
        observed: "nothing is entered".to_owned(),
        reasons: Vec::new(),
        sha256: None,
        bytes: None,
        effective: document.and_then(|document| document.effective),
        collected: document.and_then(|document| document.collected),
        received: document.and_then(|document| document.received),
    };
    if let Some(reason) = request.does_not_arise(engagement) {
        result.status = Status::NotApplicable;
        result.reasons.push(reason);
        return result;
    }
    let Some(document) = document else {
        result.reasons.push("kickoff.toml has no document for it".to_owned());
        return result;
    };
    let mut findings = Findings::default();
    result.observed = observe(document, folder, &mut findings, &mut result.sha256, &mut result.bytes);
    if document.owner.is_none() {
        findings.fail("it has no owner");
    }
    // Lists and samples are taken from a system: they have a day of their own instead of an approval.
    if request.kind.is_none_or(|kind| kind == RequestKind::Document) {
        approval(document, today, &mut findings);
        age(document, request, today, &mut findings);
        if let Some(report) = &engagement.report {
            in_force(document, report, &mut findings);
        }
    } else {
        collection(document, request, engagement.report.as_ref(), &mut findings);
    }
    result.status = findings.status();
    result.reasons = findings.0.into_iter().map(|(_, what)| what).collect();
    result
}

/// Looks at the file or names the link.
fn observe(
    document: &Document,
    folder: &Path,
    findings: &mut Findings,
    sha256: &mut Option<String>,
    bytes: &mut Option<u64>,
) -> String {
    let version = document.version.as_ref().map(|version| format!(", version {version}")).unwrap_or_default();
    let Some(file) = &document.file else {
        return match &document.link {
            Some(link) => {
                findings.manual("it is a link: a person has to open it, and no digest fixes what was there");
                format!("{link}{version}")
            }
            None => {
                findings.fail("it names neither a file nor a link");
                "nothing is entered".to_owned()
            }
        };
    };
    match hash_below(folder, file) {
        Ok((digest, length)) => {
            if length == 0 {
                findings.fail(format!("{file} is empty"));
            }
            *sha256 = Some(digest);
            *bytes = Some(length);
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => findings.fail(format!("{file} is not there")),
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => findings.fail(format!("{file}: {error}")),
        Err(error) => findings.0.push((Status::NotEvaluated, format!("{file} cannot be read: {error}"))),
    }
    format!("{file}{version}")
}

fn approval(document: &Document, today: Date, findings: &mut Findings) {
    if document.version.is_none() {
        findings.fail("it states no version");
    }
    match document.approved {
        None => findings.fail("nobody approved it"),
        Some(day) if day > today => findings.fail(format!("its approval, {day}, is still to come")),
        Some(_) if document.approver.is_none() => findings.fail("it does not say who approved it"),
        Some(_) => {}
    }
}

fn age(document: &Document, request: &Request, today: Date, findings: &mut Findings) {
    match (document.next_review, document.approved, request.months) {
        (Some(day), ..) if day < today => findings.fail(format!("it is stale: its review was due on {day}")),
        (None, Some(approved), Some(months)) => {
            let until = approved.saturating_add(months.months());
            if until < today {
                findings.fail(format!("it is stale: approved on {approved}, more than {months} months ago"));
            }
        }
        _ => {}
    }
}

/// A document of a Type 2 report is in force over the whole period; of a Type 1 report, on its day.
fn in_force(document: &Document, report: &Report, findings: &mut Findings) {
    let Some((first, _)) = report.days() else { return };
    if let Some(since) = document.effective.or(document.approved)
        && since > first
    {
        let what = match report.kind {
            ReportType::Type1 => format!("in force since {since}: the report is as of {first}"),
            ReportType::Type2 => format!("in force since {since}, and the period begins on {first}: what was before?"),
        };
        findings.manual(what);
    }
}

fn collection(document: &Document, request: &Request, report: Option<&Report>, findings: &mut Findings) {
    let Some(collected) = document.collected else {
        findings.fail("it does not say when it was collected");
        return;
    };
    let last = report.and_then(Report::days).map(|(_, last)| last);
    if let Some(last) = last.filter(|last| request.period_only && collected < *last) {
        findings.manual(format!("collected on {collected}, and the period ends on {last}: it cannot be complete"));
    }
}
