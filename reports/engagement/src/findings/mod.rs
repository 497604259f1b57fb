//! What the auditor found, followed to its end: open until the auditor says that it is closed, whatever a run says.

mod merge;
mod read;
mod table;

use std::path::Path;

use jiff::civil::Date;
use kickoff_checks::Status;

use crate::documents::content::{self, Verdict};
use crate::file::Engagement;
use crate::files::hash_below;
use crate::requests::Outcomes;
use crate::statements::Finding;

pub use merge::{MergedFindings, merge};
pub use read::{FindingRows, read};
pub use table::{cells, heads, to_csv, to_xlsx};

/// How far a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingState {
    /// Its day is past, and it is not closed.
    Overdue,
    /// It is not closed.
    Open,
    /// The auditor closed it.
    Closed,
}

impl FindingState {
    /// The name used in lists.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

/// What the run says of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// It names no check.
    NoCheck,
    /// There is no run.
    NoRun,
    /// Some of its checks fail: which, and how often.
    Fails(Vec<String>),
    /// None fails, and of some it is not known: which, and why.
    Unknown(Vec<String>),
    /// All of its checks ran after it was raised, and none fails.
    Fixed,
}

impl Seen {
    /// The name used in lists.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NoCheck => "no-check",
            Self::NoRun => "no-run",
            Self::Fails(_) => "fails",
            Self::Unknown(_) => "unknown",
            Self::Fixed => "fixed",
        }
    }
}

/// A finding and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingResult {
    /// The finding.
    pub finding: Finding,
    /// How far it is.
    pub state: FindingState,
    /// What the run says.
    pub seen: Seen,
    /// The digest of the file that shows that it is mended, in lower-case hexadecimal.
    pub sha256: Option<String>,
    /// What is left to do, or to be looked at.
    pub reasons: Vec<String>,
}

impl FindingResult {
    /// What the run says, in words; of a finding that is closed as well.
    #[must_use]
    pub fn against_the_run(&self) -> String {
        let closed = self.state == FindingState::Closed;
        match &self.seen {
            Seen::NoCheck => "it names no check: a run cannot tell".to_owned(),
            Seen::NoRun => "there is no run yet".to_owned(),
            Seen::Fails(which) if closed => format!("closed, and the run says it fails: {}", which.join("; ")),
            Seen::Fails(which) => format!("still there: {}", which.join("; ")),
            Seen::Unknown(why) => format!("not known: {}", why.join("; ")),
            Seen::Fixed if closed => "none of its checks fails".to_owned(),
            Seen::Fixed => "the run says fixed, the auditor has not closed it".to_owned(),
        }
    }

    /// What is to be done for it, and why; none where it is closed and nothing speaks against that.
    #[must_use]
    pub fn task(&self) -> Option<(String, String)> {
        let Finding { id, text, .. } = &self.finding;
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let what = match (self.state, &self.seen) {
            (FindingState::Closed, Seen::Fails(_)) => format!("{id}: tell the auditor that it is there again: {text}"),
            (FindingState::Closed, _) => return None,
            (_, Seen::Fixed) => format!("{id}: show the auditor that it is mended, to be closed: {text}"),
            _ => format!("{id}: mend what the auditor found: {text}"),
        };
        Some((what, self.reasons.join("; ")))
    }
}

/// The findings as they stand on a day, those that are overdue first, then the open ones by their day, then those that are closed.
/// Files lie below `folder`.
#[must_use]
pub fn register(engagement: &Engagement, folder: &Path, run: Option<&Outcomes>, today: Date) -> Vec<FindingResult> {
    let mut all: Vec<FindingResult> =
        engagement.findings.iter().map(|finding| judge(finding, folder, run, today)).collect();
    all.sort_by_key(|result| {
        let due = result.finding.due;
        (result.state, due.is_none(), due, result.finding.raised)
    });
    all
}

fn judge(finding: &Finding, folder: &Path, run: Option<&Outcomes>, today: Date) -> FindingResult {
    let state = match (finding.closed, finding.due) {
        (Some(closed), _) if closed <= today => FindingState::Closed,
        (_, Some(due)) if due < today => FindingState::Overdue,
        _ => FindingState::Open,
    };
    let mut result =
        FindingResult { finding: finding.clone(), state, seen: seen(finding, run), sha256: None, reasons: Vec::new() };
    if state != FindingState::Closed || matches!(result.seen, Seen::Fails(_)) {
        result.reasons.push(result.against_the_run());
    }
    let mut reasons = Vec::new();
    match finding.evidence.as_deref().map(|file| (file, shown(folder, file))) {
        Some((_, Ok(sha256))) => result.sha256 = Some(sha256),
        Some((file, Err(why))) => reasons.push(format!("its evidence, {file}, {why}")),
        None => {}
    }
    if state != FindingState::Closed {
        if let Some(closed) = finding.closed {
            reasons.push(format!("the day on which it is closed, {closed}, is still to come"));
        }
        if let Some(due) = finding.due.filter(|due| *due < today) {
            reasons.push(format!("it was to be mended by {due}"));
        }
        for (lacks, what) in [
            (finding.owner.is_none(), "it has no owner"),
            (finding.response.is_none(), "management has not answered it"),
            (finding.due.is_none(), "it has no day"),
        ] {
            if lacks {
                reasons.push(what.to_owned());
            }
        }
    }
    result.reasons.extend(reasons);
    result
}

/// The digest of a file that shows something, or what is wrong with it.
fn shown(folder: &Path, file: &str) -> Result<String, String> {
    let looked =
        hash_below(folder, file).and_then(|(digest, _)| Ok((digest, content::look(&folder.join(file))?.verdict)));
    match looked {
        Ok((digest, Verdict::Fine)) => Ok(digest),
        Ok((_, Verdict::Nothing(how))) => Err(how.to_string()),
        Ok((_, Verdict::Link(_))) => Err("is a link: put the file itself there".to_owned()),
        Ok((_, Verdict::Page(what) | Verdict::Other(what))) => Err(format!("{what}: a person has to open it")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err("is not there".to_owned()),
        Err(error) => Err(format!("cannot be read: {error}")),
    }
}

/// What a run says of a finding. A run from before it was raised shows nothing of its mending, and an exception mends nothing.
fn seen(finding: &Finding, run: Option<&Outcomes>) -> Seen {
    if finding.checks.is_empty() {
        return Seen::NoCheck;
    }
    let Some(run) = run else { return Seen::NoRun };
    let (mut fails, mut unknown) = (Vec::new(), Vec::new());
    for id in &finding.checks {
        let Some(outcome) = run.checks.get(id).filter(|outcome| outcome.total() > 0) else {
            unknown.push(format!("{id} is not part of the run"));
            continue;
        };
        let (all, count) = (outcome.total(), |status| outcome.count(status));
        let says = |status: Status, what: &str| match count(status) {
            0 => None,
            some => Some(format!("{id}: {some} of {all} results {what}")),
        };
        if let Some(failing) = says(Status::Fail, "fail") {
            fails.push(failing);
            continue;
        }
        let lacks = [
            (Status::NotEvaluated, "could not be evaluated"),
            (Status::Manual, "are for a person to judge"),
            (Status::Excluded, "are taken out by an exception, which mends nothing"),
        ];
        unknown.extend(lacks.into_iter().filter_map(|(status, what)| says(status, what)));
        if let Some(on) = outcome.on.filter(|on| *on < finding.raised) {
            unknown.push(format!("{id}: the run is of {on}, before the finding of {}", finding.raised));
        }
        unknown.extend(outcome.stale.clone());
    }
    unknown.dedup();
    match (fails.is_empty(), unknown.is_empty()) {
        (false, _) => Seen::Fails(fails),
        (true, false) => Seen::Unknown(unknown),
        (true, true) => Seen::Fixed,
    }
}
