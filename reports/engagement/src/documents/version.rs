//! The time of a policy: in force over the whole period, by one version or by several that follow each other.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::findings::Findings;
use crate::registers::Document;

/// From when to when a version was in force, as far as that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct InForce {
    pub(super) since: Option<Date>,
    pub(super) until: Option<Date>,
}

impl InForce {
    /// Whether it was in force on one of the days at least; so it is where nothing is known.
    pub(super) fn touches(self, (first, last): (Date, Date)) -> bool {
        self.since.is_none_or(|since| since <= last) && self.until.is_none_or(|until| first <= until)
    }
}

/// Whether one may replace another: of the same title, and of another version. Files of one version are parts of it.
fn replaces(one: &Document, other: &Document) -> bool {
    one.title == other.title && one.version != other.version
}

/// When each document was in force: until the day before the next of the same title came, where it does not say itself.
pub(super) fn in_force(documents: &[&Document]) -> Vec<InForce> {
    let since = |document: &Document| document.effective.or(document.approved);
    let spans = documents.iter().map(|document| {
        let own = since(document);
        let later = documents.iter().filter(|other| replaces(other, document)).filter_map(|other| since(other));
        let next = later.filter(|other| own.is_some_and(|own| own < *other)).min();
        let replaced = next.map(|next| next.saturating_sub(1.days()));
        InForce { since: own, until: document.until.into_iter().chain(replaced).min() }
    });
    spans.collect()
}

/// Why a version does not count that was not in force on any of the days, where another was.
pub(super) fn not_of(document: &Document, own: InForce, (first, last): (Date, Date)) -> String {
    match (own.until.filter(|until| *until < first), own.since) {
        (Some(until), _) if document.until.is_none() => format!(
            "replaced: in force until {until}, before {first}; where it is no older version of the other, give each its `title`"
        ),
        (Some(until), _) => format!("in force until {until}, before {first}"),
        (None, Some(since)) => format!("in force since {since}, after {last}"),
        (None, None) => format!("not in force by {last}"),
    }
}

/// Whether a document was in force over the days of a report; where others of the same title were before and after it,
/// without a day between. Spans are those of `in_force`, in the order of `documents`.
pub(super) fn judge(
    at: usize,
    documents: &[&Document],
    spans: &[InForce],
    (first, last): (Date, Date),
    today: Date,
    findings: &mut Findings,
) {
    let (Some(document), Some(own)) = (documents.get(at), spans.get(at)) else { return };
    let is_day = first == last;
    let others = || {
        let all = documents.iter().zip(spans).enumerate();
        all.filter(|(other, (one, _))| *other != at && one.title == document.title).map(|(_, (_, span))| *span)
    };
    if let Some(since) = own.since.filter(|since| *since > first) {
        let eve = since.saturating_sub(1.days());
        // Another one was in force on the day before; the one before that answers for itself.
        let before = others().any(|span| span.since.is_some_and(|other| other < since) && span.until == Some(eve));
        let ended = others().filter_map(|span| span.until).filter(|until| *until < eve).max();
        match ended.filter(|ended| *ended >= first) {
            _ if before => {}
            Some(ended) => findings
                .manual(format!("in force since {since}, and the one before it until {ended}: what was between?")),
            None if is_day => findings.manual(format!("in force since {since}: the report is as of {first}")),
            None => {
                findings.manual(format!("in force since {since}, and the period begins on {first}: what was before?"))
            }
        }
    }
    if let Some(until) = own.until.filter(|until| *until < last) {
        // One that came after the last day leaves the days before it open.
        let followed = others().any(|span| span.since.is_some_and(|since| since > until && since <= last));
        if until < first && !is_day {
            findings.fail(format!("in force until {until}, before the period, which begins on {first}"));
        } else if until < first {
            findings.fail(format!("in force until {until}: the report is as of {first}"));
        } else if !followed {
            let what = format!("in force until {until}, and the period ends on {last}: what came after?");
            // What nothing follows yet may still be followed in time.
            if until < today { findings.fail(what) } else { findings.manual(what) }
        }
    }
}

/// Says where a document was in force before it was approved. What was approved by the first day of a report is no matter
/// of it; an approval that is still to come is told as such.
pub(super) fn approved_late(document: &Document, first: Option<Date>, today: Date, findings: &mut Findings) {
    if let Some((since, approved)) = document.effective.zip(document.approved)
        && since < approved
        && first.is_none_or(|first| approved > first)
        && approved <= today
    {
        findings
            .manual(format!("in force since {since}, and approved on {approved} only: who had approved it before?"));
    }
}
