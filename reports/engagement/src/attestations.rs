//! Attestations as results: what a person states counts only with the file that shows it, and for its own time.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use jiff::ToSpan as _;
use jiff::civil::Date;
use kickoff_checks::Status;

use crate::cadence::{Occurrence, expected, which};
use crate::documents::content::{self, Verdict};
use crate::file::{Engagement, Report};
use crate::files::hash_below;
use crate::registers::{Attestation, Attested};

/// So many days after the day of a Type 1 report a statement may still be about it.
const NEAR_DAYS: i64 = 30;
/// An attestation is good for so many months.
const MONTHS: i32 = 12;

/// How an attestation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestationResult {
    /// The control.
    pub control: String,
    /// The criteria that it serves.
    pub criteria: Vec<String>,
    /// The request that it answers.
    pub request: Option<String>,
    /// The file that shows it, below the folder of kickoff.toml.
    pub evidence: String,
    /// What the person stated, or `manual` where something keeps it from counting; `not-evaluated` where the file that
    /// shows it cannot be read.
    pub status: Status,
    /// Who said so, and when.
    pub observed: String,
    /// What keeps it from counting.
    pub reasons: Vec<String>,
    /// What it is for, where the control is carried out every so often.
    pub occurrence: Option<String>,
    /// The digest of the file that shows it, in lower-case hexadecimal.
    pub sha256: Option<String>,
    /// Whether that file shows a picture and not a word.
    pub picture: bool,
}

impl AttestationResult {
    /// Whether the statement counts: its file is there, and it is of its time. One that something fails counts too: the
    /// auditor asked for evidence, not for good news.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.reasons.is_empty()
    }
}

/// The attestations on a day, and after them what is expected of a control that is carried out every so often and that nobody
/// attests to. Files lie below `folder`.
#[must_use]
pub fn register(engagement: &Engagement, folder: &Path, today: Date) -> Vec<AttestationResult> {
    let days = engagement.report.as_ref().and_then(Report::days);
    let mut all: Vec<AttestationResult> =
        engagement.attestations.iter().map(|attestation| judge(attestation, folder, days, today)).collect();
    for (control, every) in engagement.controls.iter().filter_map(|control| Some((control, control.every?))) {
        let said = || engagement.attestations.iter().filter(|said| said.control == control.id);
        let times = days.map(|days| expected(every, days)).unwrap_or_default();
        let there: BTreeSet<usize> = said().filter_map(|said| which(&times, &span(said), Some(said.on))).collect();
        let missing = times.iter().enumerate().filter(|(at, _)| !there.contains(at));
        all.extend(missing.map(|(_, one)| {
            let (status, reason) = one.missing(today, "nobody attests to it");
            AttestationResult {
                control: control.id.clone(),
                criteria: control.criteria.clone(),
                request: None,
                evidence: String::new(),
                status,
                observed: format!("{}: nothing is stated", one.name),
                reasons: vec![reason],
                occurrence: Some(one.name.clone()),
                sha256: None,
                picture: false,
            }
        }));
    }
    all
}

/// What a statement is for.
fn span(said: &Attestation) -> Occurrence {
    let day = || Occurrence { first: said.on, last: said.on, name: said.on.to_string() };
    said.occurrence.as_deref().and_then(Occurrence::parse).unwrap_or_else(day)
}

fn judge(said: &Attestation, folder: &Path, days: Option<(Date, Date)>, today: Date) -> AttestationResult {
    let mut reasons = Vec::new();
    let (mut sha256, mut unreadable) = (None, false);
    let looked = hash_below(folder, &said.evidence)
        .and_then(|(digest, _)| Ok((digest, content::look(&folder.join(&said.evidence))?)));
    let picture = looked.as_ref().is_ok_and(|(_, seen)| seen.picture);
    match looked.map(|(digest, seen)| (digest, seen.verdict)) {
        Ok((digest, Verdict::Fine)) => sha256 = Some(digest),
        Ok((_, Verdict::Nothing(how))) => reasons.push(format!("{} {how}", said.evidence)),
        Ok((_, Verdict::Link(_))) => reasons.push(format!("{} is a link: put the file itself there", said.evidence)),
        Ok((digest, Verdict::Page(what) | Verdict::Other(what))) => {
            sha256 = Some(digest);
            reasons.push(format!("{} {what}: a person has to open it", said.evidence));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            reasons.push(format!("{} is not there", said.evidence))
        }
        Err(error) => {
            unreadable = true;
            reasons.push(format!("{} cannot be read: {error}", said.evidence));
        }
    }
    // What was stated in a period does not grow old with the calendar.
    let day = days.map_or(today, |(_, last)| last.min(today));
    if said.on > today {
        reasons.push(format!("its day, {}, is still to come", said.on));
    } else if said.on.saturating_add(MONTHS.months()) < day {
        let ago = if day == today { "ago".to_owned() } else { format!("before {day}") };
        reasons.push(format!("it is stale: made on {}, more than {MONTHS} months {ago}", said.on));
    }
    // A Type 1 report has one day: a statement is seldom made on it, and is judged by its age alone.
    if let Some((first, last)) = days.filter(|(first, last)| first != last)
        && (said.on < first || said.on > last)
    {
        reasons.push(format!("made on {}, outside the period from {first} to {last}", said.on));
    }
    if let Some((day, _)) =
        days.filter(|(first, last)| first == last && said.on > last.saturating_add(NEAR_DAYS.days()))
    {
        reasons.push(format!("made on {}, more than {NEAR_DAYS} days after {day}, the day of the report", said.on));
    }
    let own = said.occurrence.as_deref().and_then(Occurrence::parse);
    if let Some(own) = own.filter(|own| said.on < own.first) {
        reasons.push(format!("made on {}, before {} began", said.on, own.name));
    }
    let status = match (reasons.is_empty(), unreadable, said.result) {
        (_, true, _) => Status::NotEvaluated,
        (false, ..) => Status::Manual,
        (true, _, Attested::Pass) => Status::Pass,
        (true, _, Attested::Fail) => Status::Fail,
        (true, _, Attested::NotApplicable) => Status::NotApplicable,
    };
    let note = said.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
    AttestationResult {
        control: said.control.clone(),
        criteria: said.criteria.clone(),
        request: said.request.clone(),
        evidence: said.evidence.clone(),
        status,
        observed: format!("{} on {}{note}", said.by, said.on),
        reasons,
        occurrence: said.occurrence.clone(),
        sha256,
        picture,
    }
}
