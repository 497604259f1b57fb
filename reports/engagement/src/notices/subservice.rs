//! Notices on the reports of subservice organizations, and the bridge letters after them.

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::cadence::Occurrence;
use crate::file::Engagement;
use crate::problems::Problems;
use crate::registers::Document;
use crate::scope::Subservice;

/// A bridge letter covers so many months after the report, about: it is management's word and nobody examined it.
const REACH: i32 = 3;

pub(super) fn tell(file: &Engagement, days: Option<(Date, Date)>, notices: &mut Problems<'_>) {
    let Some((_, last)) = days else { return };
    for (at, organization) in file.subservice.iter().enumerate() {
        of_organization(organization, last, |name| format!("subservice[{at}].{name}"), notices);
    }
    for (at, document) in file.documents.iter().enumerate().filter(|(_, document)| is_letter(document)) {
        if is_followed(file, document) {
            continue;
        }
        letter(document, last, |name| format!("documents[{at}].{name}"), notices);
    }
}

/// The last day that a letter reaches to that goes on from the day after another.
fn reach(after: Date) -> Date {
    after.saturating_add(1.days()).saturating_add(REACH.months()).saturating_sub(1.days())
}

fn of_organization(organization: &Subservice, last: Date, key: impl Fn(&str) -> String, notices: &mut Problems<'_>) {
    let name = &organization.name;
    let Some(until) = organization.report_until else {
        if organization.report.is_some() || organization.bridge_until.is_some() {
            let what = format!("the report of {name} does not say until when it reaches: write `report_until`");
            notices.add(&key("report"), what);
        }
        return;
    };
    let newer = "ask for a newer report";
    let about = format!("a bridge letter covers about {REACH} months");
    match organization.bridge_until {
        None if until < last => {
            let what = if reach(until) < last {
                format!("{newer}: {about}, and does not reach that far")
            } else {
                "ask for a bridge letter".to_owned()
            };
            notices.add(&key("report_until"), format!("the report of {name} ends on {until}, yours on {last}: {what}"));
        }
        Some(bridge) if bridge <= until && until < last => {
            let what = format!(
                "the bridge letter of {name} ends on {bridge}, and its report on {until}: ask for one that reaches {last}, where yours ends"
            );
            notices.add(&key("bridge_until"), what);
        }
        Some(bridge) if until < last => {
            if bridge < last {
                let what = format!(
                    "the bridge letter of {name} ends on {bridge}, yours on {last}: ask for one that reaches it"
                );
                notices.add(&key("bridge_until"), what);
            }
            if reach(until) < bridge {
                let what = format!("the bridge letter of {name} goes on from {until} to {bridge}: {about}; {newer}");
                notices.add(&key("bridge_until"), what);
            }
        }
        None | Some(_) => {}
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
            "the bridge letter for {request} covers {since} to {until}: a bridge letter covers about {REACH} months; ask for a newer report"
        );
        notices.add(&key("until"), what);
    }
}
