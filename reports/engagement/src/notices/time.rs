//! Notices on time: a period that an auditor would not report on, and a plan in the wrong order.

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::file::{Engagement, ReportType};
use crate::problems::Problems;

/// The shortest and the longest period that readers of a Type 2 report take without a question, in months.
const SHORTEST: i32 = 3;
const LONGEST: i32 = 12;

pub(super) fn tell(file: &Engagement, days: Option<(Date, Date)>, notices: &mut Problems<'_>) {
    if !kickoff(file, notices)
        && let Some((first, last)) = days
    {
        after(file, first, last, notices);
    }
    handed_over(file, days, notices);
    cadences(file, days, notices);
    let is_period = file.report.as_ref().is_some_and(|report| report.kind == ReportType::Type2);
    if let Some(days) = days.filter(|_| is_period) {
        period(days, notices);
        windows(file, days, notices);
    }
}

fn period((first, last): (Date, Date), notices: &mut Problems<'_>) {
    let long = match (last - first).get_days() + 1 {
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    };
    // Three months from 1 July end on 30 September.
    let end_of = |months: i32| first.saturating_add(months.months()).saturating_sub(1.days());
    if last < end_of(SHORTEST) {
        let what = format!(
            "a period of {long}, {first} to {last}: less than {SHORTEST} months show little of how controls operate; agree it with the auditor, or take a longer one"
        );
        notices.add("report.to", what);
    } else if last > end_of(LONGEST) {
        let what = format!(
            "a period of {long}, {first} to {last}: reports cover {LONGEST} months at most, one after the other; agree it with the auditor, or take a shorter one"
        );
        notices.add("report.to", what);
    }
}

/// What a window of the schedule is for, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Not the auditor's: a readiness assessment, a penetration test.
    Other,
    /// May lie within the period.
    Interim,
    /// Tests the period to its last day.
    Fieldwork,
    /// The report is written.
    Report,
}

fn stage(name: &str) -> Stage {
    // What people call the period itself is among them.
    const OTHER: [&str; 30] = [
        "readiness",
        "prepar",
        "pre audit",
        "preaudit",
        "pre assess",
        "gap ",
        "dry run",
        "mock",
        "remediat",
        "plan",
        "kick",
        "scoping",
        "train",
        "internal",
        "penetration",
        "pentest",
        "pen test",
        "restore",
        "recovery",
        "backup",
        "vorbereit",
        "observation",
        "audit period",
        "audit window",
        "report period",
        "reporting period",
        "review period",
        "examination period",
        "prüfungszeitraum",
        "period of",
    ];
    const INTERIM: [&str; 7] =
        ["of design", "interim", "walkthrough", "walk through", "interview", "zwischen", "roll forward"];
    const REPORT: [&str; 6] = ["draft", "report", "opinion", "issuance", "entwurf", "bericht"];
    const FIELDWORK: [&str; 9] =
        ["fieldwork", "field work", "on site", "onsite", "testing", "tests of", "examination", "audit", "prüfung"];
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let name = format!("{} ", words.join(" "));
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    match () {
        () if has(&OTHER) => Stage::Other,
        () if has(&INTERIM) => Stage::Interim,
        () if has(&REPORT) => Stage::Report,
        () if has(&FIELDWORK) => Stage::Fieldwork,
        () => Stage::Other,
    }
}

/// Whether the kick-off is after what the auditor begins with, which is told.
fn kickoff(file: &Engagement, notices: &mut Problems<'_>) -> bool {
    let Some(kickoff) = file.schedule.kickoff else { return false };
    let early =
        file.schedule.windows.iter().filter(|window| window.from < kickoff && stage(&window.name) != Stage::Other);
    let Some(window) = early.min_by_key(|window| window.from) else { return false };
    let what = format!(
        "the kick-off on {kickoff} is after `{}` begins, {}: what is asked for then is agreed there; move one of them",
        window.name, window.from
    );
    notices.add("schedule.kickoff", what);
    true
}

/// A kick-off when nothing can be done any more for the days of the report.
fn after(file: &Engagement, first: Date, last: Date, notices: &mut Problems<'_>) {
    let Some(kickoff) = file.schedule.kickoff.filter(|kickoff| *kickoff > last) else { return };
    let what = if first == last {
        format!(
            "the kick-off on {kickoff} is after {last}, the day of the report: how things stood then has to be on record already"
        )
    } else {
        format!(
            "the kick-off on {kickoff} is after the period, which ends on {last}: what was not done or kept in it cannot be made up for; move it, or take a later period"
        )
    };
    notices.add("schedule.kickoff", what);
}

/// What is handed over before it is agreed on, and a report on days that are still to come; work that belongs after the kick-off.
fn handed_over(file: &Engagement, days: Option<(Date, Date)>, notices: &mut Problems<'_>) {
    let is_period = days.is_some_and(|(first, last)| first != last);
    for (at, deliverable) in file.schedule.deliverables.iter().enumerate() {
        let (name, due, key) = (&deliverable.name, deliverable.due, format!("schedule.deliverables[{at}].due"));
        if let Some(kickoff) = file.schedule.kickoff.filter(|kickoff| due < *kickoff && !comes_first(name)) {
            let what = format!(
                "`{name}` is due on {due}, and the kick-off is on {kickoff}: what is handed over is agreed there; move one of them"
            );
            notices.add(&key, what);
        } else if let Some((_, last)) =
            days.filter(|(_, last)| is_period && due <= *last && stage(name) == Stage::Report)
        {
            let what = format!(
                "`{name}` is due on {due}, and the period ends on {last}: the report is written after it; move one of them"
            );
            notices.add(&key, what);
        }
    }
    for (at, work) in file.work.iter().enumerate() {
        let early = file.schedule.kickoff.zip(work.due).filter(|(kickoff, due)| due < kickoff && work.done.is_none());
        // What is sent to the auditor or agreed with the auditor is none of their work.
        let name = work.name.to_lowercase().replace("auditor", "");
        if let Some((kickoff, due)) = early.filter(|_| stage(&name) != Stage::Other && !comes_first(&name)) {
            let what = format!(
                "`{}` is due on {due}, and the kick-off is on {kickoff}: the auditor begins there; move one of them",
                work.name
            );
            notices.add(&format!("work[{at}].due"), what);
        }
    }
}

/// Whether something is agreed or made before a kick-off, by its name.
fn comes_first(name: &str) -> bool {
    const FIRST: [&str; 14] = [
        "readiness",
        "prepar",
        "engagement letter",
        "contract",
        "agreement",
        "nda",
        "proposal",
        "statement of work",
        "scope",
        "scoping",
        "plan",
        "kick",
        "gap ",
        "vorbereit",
    ];
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let name = format!("{} ", words.join(" "));
    FIRST.iter().any(|part| name.contains(part))
}

/// What is to be done every so often where no days say how often that is.
fn cadences(file: &Engagement, days: Option<(Date, Date)>, notices: &mut Problems<'_>) {
    if days.is_some() {
        return;
    }
    let say = "expects nothing as long as [report] does not say the days: write `from` and `to`, or `as_of`";
    for (at, control) in file.controls.iter().enumerate().filter(|(_, control)| control.every.is_some()) {
        notices.add(&format!("controls[{at}].every"), format!("`every` of {} {say}", control.id));
    }
    for (at, request) in file.requests.iter().enumerate().filter(|(_, request)| request.every.is_some()) {
        notices.add(&format!("requests[{at}].every"), format!("`every` of {} {say}", request.id));
    }
}

fn windows(file: &Engagement, (_, last): (Date, Date), notices: &mut Problems<'_>) {
    let staged = || file.schedule.windows.iter().map(|window| (stage(&window.name), window)).enumerate();
    for (at, (stage, window)) in staged().filter(|(_, (_, window))| window.from <= last) {
        let (name, from) = (&window.name, window.from);
        let what = match stage {
            Stage::Other | Stage::Interim => continue,
            Stage::Fieldwork => format!(
                "`{name}` begins on {from}, and the period ends on {last}: its last days can be tested after it only; move it, or call it interim and plan another"
            ),
            Stage::Report => format!(
                "`{name}` begins on {from}, and the period ends on {last}: the report is written after it; move one of them"
            ),
        };
        notices.add(&format!("schedule.windows[{at}].from"), what);
    }
    let fieldwork = staged().any(|(_, (stage, _))| stage == Stage::Fieldwork);
    let interim = staged().filter(|(_, (stage, _))| *stage == Stage::Interim);
    let ends = interim.map(|(at, (_, window))| (window.to, at)).max();
    if let Some((to, at)) = ends.filter(|(to, _)| !fieldwork && *to <= last) {
        let what = format!(
            "the last fieldwork ends on {to}, and the period on {last}: plan another after it, for its last days"
        );
        notices.add(&format!("schedule.windows[{at}].to"), what);
    }
}
