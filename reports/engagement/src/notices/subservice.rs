//! Notices on the reports of subservice organizations, and the bridge letters after them.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::reach::{Assured, MONTHS, reach};
use crate::cadence::Occurrence;
use crate::file::Engagement;
use crate::problems::Problems;
use crate::registers::Document;

pub(super) fn tell(file: &Engagement, days: Option<(Date, Date)>, notices: &mut Problems<'_>) {
    let Some((_, last)) = days else { return };
    for (at, organization) in file.subservice.iter().enumerate() {
        let assured = Assured {
            name: &organization.name,
            report: organization.report.as_deref(),
            until: organization.report_until,
            bridge: organization.bridge_until,
        };
        assured.tell(last, |name| format!("subservice[{at}].{name}"), notices);
    }
    for (at, document) in file.documents.iter().enumerate().filter(|(_, document)| is_letter(document)) {
        if is_followed(file, document) {
            continue;
        }
        letter(document, last, |name| format!("documents[{at}].{name}"), notices);
    }
}

/// Whether a document is a bridge letter, by what it is called.
fn is_letter(document: &Document) -> bool {
    [&document.title, &document.version, &document.file].into_iter().flatten().any(|name| {
        let lower = name.to_lowercase();
        let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
        let name = words.join(" ");
        ["bridge letter", "gap letter", "bridgeletter", "comfort letter"].iter().any(|known| name.contains(known))
    })
}

/// Whether another letter of the same title reaches further; letters without a title may be of other organizations.
fn is_followed(file: &Engagement, document: &Document) -> bool {
    let further = |other: &Document| document.until.zip(other.until).is_some_and(|(own, other)| own < other);
    document.title.is_some()
        && file.documents_for(&document.request).any(|other| other.title == document.title && further(other))
}

fn letter(document: &Document, last: Date, key: impl Fn(&str) -> String, notices: &mut Problems<'_>) {
    let request = &document.request;
    let span = document.occurrence.as_deref().and_then(Occurrence::parse);
    let Some(until) = document.until.or_else(|| span.as_ref().map(|span| span.last)) else {
        let what = format!(
            "the bridge letter for {request} does not say until when it reaches: write `effective` and `until`"
        );
        notices.add(&key("until"), what);
        return;
    };
    if until < last {
        let what =
            format!("the bridge letter for {request} ends on {until}, yours on {last}: ask for one that reaches it");
        notices.add(&key("until"), what);
    }
    let since = document.effective.or_else(|| span.map(|span| span.first));
    if let Some(since) = since.filter(|since| reach(since.saturating_sub(1.days())) < until) {
        let what = format!(
            "the bridge letter for {request} covers {since} to {until}: a bridge letter covers about {MONTHS} months; ask for a newer report"
        );
        notices.add(&key("until"), what);
    }
}
