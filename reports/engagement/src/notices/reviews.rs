//! Notices on risks and documents: reviews that are overdue or too far off, figures that cannot be, documents that go
//! stale before the report's last day.

use std::collections::HashMap;

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::cadence::{Every, Nature};
use crate::file::{Engagement, ReportType};
use crate::problems::Problems;
use crate::registers::{Document, RequestEntry, Risk, RiskState};
use crate::requests::{self, Request};
use crate::risks::scale::RiskScale;

/// Risks and documents are looked at again after so many months, where nothing else is known.
const MONTHS: i32 = 12;

pub(super) fn risks(file: &Engagement, today: Date, notices: &mut Problems<'_>) {
    for (at, risk) in file.risks.iter().enumerate() {
        let (id, key) = (&risk.id, |name: &str| format!("risks[{at}].{name}"));
        if let Some(due) = risk.review {
            if due < today {
                let what =
                    format!("the review of {id} was due on {due}: look at it again, and enter when the next is due");
                notices.add(&key("review"), what);
            } else if too_far(today, due, MONTHS) {
                let what = format!("{id} is looked at again on {due} only: risks are reviewed once a year at least");
                notices.add(&key("review"), what);
            }
        }
        if risk.state == RiskState::Rejected {
            continue;
        }
        if let Some(due) = risk.due.filter(|due| *due < today) {
            let what = format!(
                "the treatment of {id} was due on {due}: once it is done, take `due` out and enter what is left as residual"
            );
            notices.add(&key("due"), what);
        }
        let above = above_inherent(&file.risk_scale, risk);
        if let Some((name, what)) = &above {
            notices.add(&key(name), format!("{id}: {what}: controls make a risk no greater; correct one of them"));
        }
        if risk.state == RiskState::Proposed {
            continue;
        }
        if risk.owner.is_none() {
            notices.add(&key("owner"), format!("{id} is decided, and nobody answers for it: name its `owner`"));
        }
        let residual = file.risk_scale.rate(risk.residual(), None);
        // Figures that cannot be are put right first.
        if above.is_none() && residual.is_top && risk.controls.is_empty() && risk.note.is_none() {
            let score = residual.score.zip(residual.most).map(|(score, most)| format!(", {score} of {most}"));
            let what = format!(
                "{id} stays {}{}, and no control treats it: name its `controls`, or say in `note` who accepts it and why",
                residual.band,
                score.unwrap_or_default()
            );
            notices.add(&key("state"), what);
        }
    }
}

/// The first residual figure that is above the inherent one, and what is above what.
fn above_inherent(scale: &RiskScale, risk: &Risk) -> Option<(&'static str, String)> {
    let figures = [
        ("residual_likelihood", risk.residual_likelihood, "likelihood", risk.likelihood),
        ("residual_impact", risk.residual_impact, "impact", risk.impact),
    ];
    let above = figures.into_iter().filter_map(|(name, residual, of, inherent)| {
        residual.filter(|residual| *residual > inherent).map(|residual| (name, residual, of, inherent))
    });
    let told: Vec<(&'static str, String)> = above
        .map(|(name, residual, of, inherent)| {
            let level = |figure| if of == "impact" { scale.impact() } else { scale.likelihood() }.level(figure).name();
            (name, format!("`{name}` {} is above `{of}` {}", level(residual), level(inherent)))
        })
        .collect();
    let first = told.first()?.0;
    Some((first, told.into_iter().map(|(_, what)| what).collect::<Vec<_>>().join(", ")))
}

pub(super) fn documents(file: &Engagement, days: Option<(Date, Date)>, today: Date, notices: &mut Problems<'_>) {
    let list = requests::with_own(requests::default_list(), file);
    let known: HashMap<&str, &Request> = list.iter().map(|request| (request.id.as_str(), request)).collect();
    let own: HashMap<&str, &RequestEntry> = file.requests.iter().map(|entry| (entry.id.as_str(), entry)).collect();
    let mut together: HashMap<&str, Vec<&Document>> = HashMap::new();
    for document in &file.documents {
        together.entry(&document.request).or_default().push(document);
    }
    let last = days.map(|(_, last)| last);
    let mut alone: Vec<(usize, &str)> = Vec::new();
    for (at, document) in file.documents.iter().enumerate() {
        let id = document.request.as_str();
        let (nature, months) = asked(own.get(id).copied(), &known, id);
        let beside = together.get(id).map_or(&[][..], Vec::as_slice);
        if is_replaced(document, beside) || document.until.is_some_and(|until| until < today) {
            continue;
        }
        let is_policy = nature == Some(Nature::Policy);
        if is_policy && document.owner.is_some() && document.owner == document.approver {
            alone.push((at, id));
        }
        let due = document.next_review.map(|due| (due, format!("its review is due on {due}")));
        let due = due.or_else(|| {
            // A record does not grow old; where nobody said what is asked for, a person looks.
            let (approved, months) = document.approved.zip(months).filter(|_| is_policy)?;
            let end = approved.saturating_add(months.months());
            Some((end, format!("approved on {approved}, it is good for {months} months, until {end}")))
        });
        let Some((due, told)) = due else { continue };
        let key =
            format!("documents[{at}].{}", if document.next_review.is_some() { "next_review" } else { "approved" });
        if due < last.map_or(today, |last| last.min(today)) {
            let what = format!(
                "the document for {id} is overdue: {}; review it, and enter the day that it was approved again",
                told.replace(" is due", " was due")
            );
            notices.add(&key, what);
        } else if let Some(last) = last.filter(|last| due < *last) {
            let of = if is_day(file) { "the day of the report" } else { "the end of the period" };
            let what = format!("the document for {id} goes stale before {of}, {last}: {told}; review it before then");
            notices.add(&key, what);
        }
        let usual = months.unwrap_or(MONTHS);
        let late =
            document.approved.zip(document.next_review).filter(|(approved, next)| too_far(*approved, *next, usual));
        if let Some((approved, next)) = late {
            let what = format!(
                "the document for {id}, approved on {approved}, is reviewed on {next} only: auditors take {usual} months; review it earlier"
            );
            notices.add(&key, what);
        }
    }
    if let Some((at, _)) = alone.first() {
        let ids: Vec<&str> = alone.iter().map(|(_, id)| *id).collect();
        let what = format!("owner and approver are one person for {}: somebody else approves a policy", ids.join(", "));
        notices.add(&format!("documents[{at}].approver"), what);
    }
}

/// Whether a request asks for a policy or for a record, and how many months a document for it is good for, as far as the
/// file says; the words of an auditor's own list are not looked at here.
fn asked(own: Option<&RequestEntry>, known: &HashMap<&str, &Request>, id: &str) -> (Option<Nature>, Option<i32>) {
    let same = own.into_iter().flat_map(|entry| &entry.standard).map(String::as_str);
    let known: Vec<&Request> = std::iter::once(id).chain(same).filter_map(|id| known.get(id).copied()).collect();
    let nature = own.and_then(|entry| entry.nature).or_else(|| known.iter().find_map(|request| request.nature));
    let every = own.and_then(|entry| entry.every).and_then(Every::months);
    let months =
        every.or_else(|| known.iter().find_map(|request| request.every.and_then(Every::months).or(request.months)));
    (nature, months)
}

/// Whether a review is more than a month later than it should be.
fn too_far(from: Date, review: Date, months: i32) -> bool {
    from.saturating_add((months + 1).months()) < review
}

fn is_day(file: &Engagement) -> bool {
    file.report.as_ref().is_some_and(|report| report.kind == ReportType::Type1)
}

/// Whether a later version of a document is among those that answer its request.
fn is_replaced(document: &Document, beside: &[&Document]) -> bool {
    let since = |document: &Document| document.effective.or(document.approved);
    beside.iter().any(|other| {
        other.title == document.title
            && other.version != document.version
            && since(document).zip(since(other)).is_some_and(|(own, other)| own < other)
    })
}
