//! How things stand on the day: progress, documents, requests, gaps, risks.

use std::collections::{BTreeMap, BTreeSet};

use kickoff_checks::{Severity, Status};
use kickoff_engagement::RiskState;
use kickoff_engagement::documents::DocumentResult;
use kickoff_engagement::requests::{Progress, RequestStatus};
use kickoff_engagement::risks::{Method, RiskScale, Standing};

use super::BriefInput;
use crate::paper::Block;
use crate::paper::words::{Words, capital, first, long, many, person, with_verb};
use crate::results::Text;
use crate::summary::{OfCheck, by_check};

/// So many rows of a list are shown; the register has them all.
pub(super) const SHOWN: usize = 10;

pub(super) fn progress(input: &BriefInput<'_>) -> Vec<Block> {
    let readiness = input.readiness;
    let mut text =
        "Each part of the engagement is counted by itself from the registers and the last scan; there is no \
        figure for the whole."
            .to_owned();
    if !readiness.tasks.is_empty() {
        let tasks = with_verb(readiness.tasks.len(), "task", ["remains", "remain"]);
        let hours = many(readiness.hours(), "hour");
        let unowned = readiness.tasks.iter().filter(|task| task.owner.is_none()).count();
        text.push_str(&format!(
            " Before the kick-off {tasks}, about {hours} by estimate; without an owner yet: {unowned}."
        ));
    }
    text.push_str(" Where no owner is named below, management names one.");
    let rows = readiness.parts.iter().map(|part| {
        let (name, what) = match part.name {
            "frame" => ("Frame", "items stated: scope, people, schedule and the like"),
            "documents" => ("Documents", "documents there, approved and in force"),
            "requests" => ("Requests", "points: four for a request that is answered with good evidence"),
            "checks" => ("Configuration", "checks that hold wherever they were decided"),
            "risks" => ("Risks", "risks decided by a person"),
            other => (other, part.unit),
        };
        let stands = match part.of {
            0 => Words::unsettled("Nothing to count yet"),
            of => format!("{} of {of}", part.have).into(),
        };
        [Words::from(name), stands, what.into()]
    });
    let columns = [("Part", 22), ("Stands at", 18), ("Counted in", 60)];
    vec![Block::paragraph(text), Block::table(columns, rows.collect())]
}

pub(super) fn handed_over(input: &BriefInput<'_>) -> Vec<Block> {
    let mut blocks = documents(input);
    blocks.extend(requests(input));
    blocks
}

fn documents(input: &BriefInput<'_>) -> Vec<Block> {
    let wanted: Vec<&DocumentResult> = input.documents.iter().filter(|d| d.status != Status::NotApplicable).collect();
    let open: Vec<&&DocumentResult> = wanted.iter().filter(|d| d.status != Status::Pass).collect();
    // An occurrence that is still to come is not handed in late.
    let missing = open.iter().filter(|document| !document.entered && document.status == Status::Fail).count();
    let rest = open.len() - missing;
    let mut text = format!(
        "{} asked for: {} there, approved and in force; {rest} there with something to mend or to look at; {missing} \
         not handed in.",
        with_verb(wanted.len(), "document", ["is", "are"]),
        wanted.len() - open.len(),
    );
    text.push_str(&more(open.len(), "document", "the document register"));
    // What is there and is wrong says more at the meeting than what everybody knows to be missing.
    let mut shown = open;
    shown.sort_by_key(|document| !document.entered);
    let rows = shown.iter().take(SHOWN).map(|document| {
        let request = input.requests.iter().find(|status| status.request.id == document.request);
        let owner = document.owner.as_deref().or(request.and_then(|status| status.owner.as_deref()));
        let told = document.entered || document.occurrence.is_some();
        let what = if told { capital(&document.reasons.join("; ")) } else { "Not handed in".to_owned() };
        [Words::from(&document.request), (&document.title).into(), what.into(), owned(input, owner)]
    });
    let columns = [("Request", 12), ("Document", 42), ("What is open", 26), ("Owner", 20)];
    let mut blocks = vec![Block::subheading("Documents"), Block::paragraph(text)];
    if !shown.is_empty() {
        blocks.push(Block::table(columns, rows.collect()));
    }
    blocks
}

fn requests(input: &BriefInput<'_>) -> Vec<Block> {
    let applies = |status: &&RequestStatus| status.progress != Progress::NotApplicable;
    let asked: Vec<&RequestStatus> = input.requests.iter().filter(applies).collect();
    let count = |progress| asked.iter().filter(|status| status.progress == progress).count();
    let overdue = asked.iter().filter(|status| status.overdue).count();
    let mut text = format!(
        "{}: {} accepted, {} handed over, {} ready to hand over, {} answered in part, {} open again, {} open. {overdue} overdue; {} \
         without a day, {} without an owner.",
        many(asked.len(), "request"),
        count(Progress::Accepted),
        count(Progress::Delivered) + count(Progress::Redelivered),
        count(Progress::Ready),
        count(Progress::Partly),
        count(Progress::Reopened),
        count(Progress::Open),
        asked.iter().filter(|status| status.due.is_none() && !status.progress.is_settled()).count(),
        asked.iter().filter(|status| status.owner.is_none() && !status.progress.is_settled()).count(),
    );
    let mut due: Vec<&&RequestStatus> =
        asked.iter().filter(|status| status.due.is_some() && !status.progress.is_settled()).collect();
    due.sort_by_key(|status| (status.due, &status.request.id));
    text.push_str(&more(due.len(), "dated request", "the request list"));
    let rows = due.iter().take(SHOWN).map(|status| {
        let mut day = Words::day(status.due, "the owner");
        if status.overdue {
            day = Words::unsettled(format!("{}, overdue", day.text));
        }
        let owner = owned(input, status.owner.as_deref());
        let progress = match status.progress {
            Progress::Ready => "Ready to hand over",
            Progress::Partly => "Answered in part",
            Progress::Reopened => "Open again",
            _ => "Open",
        };
        [Words::from(&status.request.id), (&status.request.text).into(), day, progress.into(), owner]
    });
    let columns = [("Request", 12), ("Asked for", 35), ("Due", 18), ("State", 15), ("Owner", 20)];
    let mut blocks = vec![Block::subheading("Requests"), Block::paragraph(text)];
    if !due.is_empty() {
        blocks.push(Block::table(columns, rows.collect()));
    }
    blocks
}

pub(super) fn owned(input: &BriefInput<'_>, owner: Option<&str>) -> Words {
    owner.map_or_else(|| Words::unsettled("Not yet named"), |id| person(input.engagement, id).into())
}

/// Of a list that is longer than its table, how many are not shown.
pub(super) fn more(all: usize, one: &str, place: &str) -> String {
    match all.saturating_sub(SHOWN) {
        0 => String::new(),
        rest => {
            let more = with_verb(rest, &format!("more {one}"), ["stands", "stand"]);
            format!(" The first {SHOWN} are listed; {more} in {place}.")
        }
    }
}

pub(super) fn gaps(input: &BriefInput<'_>) -> Vec<Block> {
    let Some(results) = input.results else {
        return vec![Block::Paragraph(Words::unsettled(
            "No scan yet: what is open in the configuration is not known.",
        ))];
    };
    let checks = by_check(results);
    let failing: Vec<&OfCheck<'_>> = checks.iter().filter(|check| check.count(Status::Fail) > 0).collect();
    let counted: Vec<String> = Severity::ALL
        .into_iter()
        .rev()
        .map(|severity| (severity, failing.iter().filter(|c| c.check.meta.severity == severity).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| format!("{count} {severity}"))
        .collect();
    let mut text = match counted.is_empty() {
        true => "No check of the last scan fails.".to_owned(),
        false => format!("{} of the last scan fail: {}.", many(failing.len(), "check"), counted.join(", ")),
    };
    let grave: Vec<&&OfCheck<'_>> = failing.iter().filter(|c| c.check.meta.severity >= Severity::High).collect();
    if grave.len() < failing.len() {
        text.push_str(" Those of critical and high severity are listed; the others stand in the results of the scan.");
    }
    let mut blocks = vec![Block::paragraph(text)];
    let rows = grave.iter().map(|check| {
        let failed: BTreeSet<&str> = check
            .rows
            .iter()
            .filter(|row| row.status == Status::Fail.name())
            .flat_map(|row| row.evidence.iter().map(Text::as_str))
            .collect();
        let evidence: Vec<&str> = failed.into_iter().collect();
        let (meta, fails) = (check.check.meta, check.count(Status::Fail));
        [
            Words::from(capital(meta.severity.name())),
            meta.title.into(),
            format!("{fails} of {}", check.rows.len()).into(),
            first(meta.criteria, 3).into(),
            first(&evidence, 2).into(),
        ]
    });
    let columns =
        [("Severity", 11), ("What should hold", 43), ("Does not hold", 13), ("Criteria", 14), ("Evidence", 19)];
    if !grave.is_empty() {
        blocks.push(Block::table(columns, rows.collect()));
    }
    let unread = checks.iter().filter(|check| check.count(Status::NotEvaluated) > 0).count();
    if unread > 0 {
        let calls: BTreeSet<String> = results
            .coverage
            .iter()
            .filter(|row| row.is_lacking())
            .map(|row| format!("{}:{}", row.service, row.operation))
            .collect();
        let calls: Vec<String> = calls.into_iter().collect();
        let why = match calls.is_empty() {
            true => String::new(),
            false => format!(" Calls that gave no whole answer: {}.", first(&calls, 5)),
        };
        let text =
            format!("{} could not be decided everywhere, as something could not be read.{why}", many(unread, "check"));
        blocks.push(Block::Paragraph(Words::unsettled(text)));
    }
    let excluded: usize = checks.iter().map(|check| check.count(Status::Excluded)).sum();
    if excluded > 0 {
        let text = format!("{} taken out by approved exceptions.", with_verb(excluded, "result", ["is", "are"]));
        blocks.push(Block::paragraph(text));
    }
    blocks
}

/// What a score is, on our scale or on the company's own.
fn how_scored(scale: &RiskScale) -> String {
    if scale.is_ours() {
        return "A score is likelihood times impact, each from 1 to 5, with the controls as they are.".to_owned();
    }
    let how = match scale.method() {
        Method::Product => "A score is likelihood times impact",
        Method::Sum => "A score is likelihood plus impact",
        Method::Matrix => "A matrix of likelihood and impact says what a risk is",
    };
    format!(
        "{how}, with the controls as they are, on the entity's own scale: likelihood from {}, impact from {}. Where \
         kickoff's scale, 1 to 5 each way and their product, says something else, that stands beside it.",
        scale.likelihood().span(),
        scale.impact().span(),
    )
}

pub(super) fn risks(input: &BriefInput<'_>) -> Vec<Block> {
    let mut open: Vec<_> = input.risks.iter().filter(|entry| entry.risk.state != RiskState::Rejected).collect();
    open.sort_by_key(|entry| (std::cmp::Reverse(entry.residual.weight), &entry.risk.id));
    if open.is_empty() {
        return vec![Block::Paragraph(Words::open("Risks", "management"))];
    }
    let mut levels: BTreeMap<&str, usize> = BTreeMap::new();
    open.iter().for_each(|entry| *levels.entry(&entry.residual.band).or_default() += 1);
    let counted = input.engagement.risk_scale.bands().iter().rev();
    let counted = counted.filter_map(|band| levels.get(band.as_str()).map(|count| format!("{count} {band}")));
    let undecided = || open.iter().filter(|entry| entry.is_undecided());
    let mut text = format!(
        "{}: {}. Decided on by nobody yet: {}{}. {}",
        many(open.len(), "risk"),
        counted.collect::<Vec<_>>().join(", "),
        undecided().count(),
        // A proposal of the file is somebody's; one that stands in no file is made of results.
        match undecided().filter(|entry| entry.standing == Standing::New).count() {
            0 => String::new(),
            ours => format!(", {ours} of them proposed from the results of the scan"),
        },
        how_scored(&input.engagement.risk_scale),
    );
    text.push_str(&more(open.len(), "risk", "the risk register"));
    let rows = open.iter().take(SHOWN).map(|entry| {
        let risk = &entry.risk;
        let state = match risk.state {
            RiskState::Proposed => Words::unsettled("Proposed"),
            _ => "Decided".into(),
        };
        let owner = owned(input, risk.owner.as_deref());
        let ours = entry.residual.ours_in_full().map(|ours| format!("; kickoff's scale: {ours}"));
        let score = format!("{}{}", entry.residual.in_words(), ours.unwrap_or_default());
        let review = risk.review.map(|day| format!("; review {}", long(day))).unwrap_or_default();
        let state = Words { text: format!("{}{review}", state.text), ..state };
        [Words::from(&risk.id), (&risk.threat).into(), (&risk.asset).into(), score.into(), state, owner]
    });
    let columns =
        [("Risk", 9), ("What might happen", 32), ("To what", 17), ("Score", 12), ("State", 14), ("Owner", 16)];
    vec![Block::paragraph(text), Block::table(columns, rows.collect())]
}
