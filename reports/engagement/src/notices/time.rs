//! Notices on time: a period that an auditor would not report on, and a plan in the wrong order.

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::file::{Engagement, ReportType, Window};
use crate::problems::Problems;

/// The shortest and the longest period that readers of a Type 2 report take without a question, in months.
const SHORTEST: i32 = 3;
const LONGEST: i32 = 12;

pub(super) fn tell(file: &Engagement, days: Option<(Date, Date)>, notices: &mut Problems<'_>) {
    kickoff(file, notices);
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

fn stage(window: &Window) -> Stage {
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
    let lower = window.name.to_lowercase();
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

fn kickoff(file: &Engagement, notices: &mut Problems<'_>) {
    let Some(kickoff) = file.schedule.kickoff else { return };
    let early = file.schedule.windows.iter().filter(|window| window.from < kickoff && stage(window) != Stage::Other);
    if let Some(window) = early.min_by_key(|window| window.from) {
        let what = format!(
            "the kick-off on {kickoff} is after `{}` begins, {}: what is asked for then is agreed there; move one of them",
            window.name, window.from
        );
        notices.add("schedule.kickoff", what);
    }
}

fn windows(file: &Engagement, (_, last): (Date, Date), notices: &mut Problems<'_>) {
    let staged = || file.schedule.windows.iter().map(|window| (stage(window), window)).enumerate();
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
