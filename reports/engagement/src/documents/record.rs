//! The time of a record: minutes, a review, a test, a list. It is of a day in the period, or near the day of a Type 1 report.

use jiff::ToSpan as _;
use jiff::civil::Date;
use kickoff_checks::Status;

use crate::cadence::{Every, LATE_DAYS, Occurrence, expected, which};
use crate::registers::Document;
use crate::requests::request::{Request, RequestKind};

/// So near the day of a Type 1 report a record is, where nobody said how long it is good for: a quarter.
const NEAR_MONTHS: i32 = 3;
/// So near that day, or the end of a period, a list of how things stand is taken, in days.
const NEAR_DAYS: i64 = 30;

/// Where a record lies in time.
pub(super) enum Place {
    /// Where the report wants it; for which of the occurrences, if any are expected.
    Within(Option<usize>),
    /// Elsewhere.
    Outside(String),
    /// It has no day.
    Undated,
}

/// What a request expects of the time of its records.
pub(super) struct Times {
    days: Option<(Date, Date)>,
    /// The occurrences, in order; none where one record is enough.
    pub(super) expected: Vec<Occurrence>,
    every: Option<Every>,
    months: Option<i32>,
    period_only: bool,
    is_list: bool,
}

impl Times {
    pub(super) fn new(request: &Request, days: Option<(Date, Date)>) -> Self {
        let expected = request.every.zip(days).map(|(every, days)| expected(every, days));
        Self {
            days,
            expected: expected.unwrap_or_default(),
            every: request.every,
            months: request.months,
            period_only: request.period_only,
            is_list: is_list(request),
        }
    }

    /// Where a record lies, and what a person has to look at.
    pub(super) fn place(&self, document: &Document) -> (Place, Option<(Status, String)>) {
        let (day, stated) = (day(document, self.is_list), stated(document, self.is_list));
        let span = match (&stated, day) {
            (Some(stated), _) => stated.clone(),
            (None, Some(day)) => Occurrence { first: day, last: day, name: day.to_string() },
            (None, None) => return (Place::Undated, None),
        };
        let Some((first, last)) = self.days else { return (Place::Within(None), None) };
        if let Some(day) = day.filter(|day| *day < span.first) {
            return (Place::Outside(format!("it is of {day}, before {} began", span.name)), None);
        }
        // A list without a day is of no time, whatever it is said to be for.
        let undated =
            (self.is_list && day.is_none()).then(|| (Status::Fail, "it does not say when it was collected".to_owned()));
        if !self.expected.is_empty() {
            let Some(at) = which(&self.expected, &span, day) else {
                let names: Vec<&str> = self.expected.iter().map(|one| one.name.as_str()).collect();
                return (Place::Outside(format!("it is of {}: expected are {}", span.name, names.join(", "))), None);
            };
            let late = day.zip(stated).filter(|(day, stated)| stated.last.saturating_add(LATE_DAYS.days()) < *day);
            let told = match (late, day) {
                (Some((day, stated)), _) => Some(format!("it is of {}, and was done on {day}: late", stated.name)),
                (None, Some(day)) if day < first => {
                    Some(format!("done on {day}, before the period, which begins on {first}"))
                }
                (None, Some(day)) if day > last && first != last => {
                    Some(format!("done on {day}, after the period, which ended on {last}"))
                }
                _ => None,
            };
            // On the day of a Type 1 report there is no period that it could be before; what came after it shows nothing of it.
            let told = match day {
                _ if first != last => told,
                Some(day) if day > last => Some(format!("done on {day}, after {last}, the day of the report")),
                _ => None,
            };
            return (Place::Within(Some(at)), undated.or(told.map(|told| (Status::Manual, told))));
        }
        let (place, told) = self.once(&span, first, last);
        let told = undated.or(told);
        // What it says that it is for is no more than its own day shows.
        let Some(day) = day.filter(|_| stated.is_some()) else { return (place, told) };
        let (own, own_told) = self.once(&Occurrence { first: day, last: day, name: day.to_string() }, first, last);
        match (place, own) {
            // Minutes are approved, and a review is signed, after what they are of.
            (place @ Place::Within(_), Place::Outside(_)) if day > last && !self.is_list => {
                let of = if first == last {
                    format!("{last}, the day of the report")
                } else {
                    format!("the period, which ended on {last}")
                };
                (
                    place,
                    told.or(Some((
                        Status::Manual,
                        format!("it is of {}, and was done on {day}, after {of}", span.name),
                    ))),
                )
            }
            (Place::Within(_), own @ Place::Outside(_)) => (own, None),
            (place, _) => (place, told.or(own_told)),
        }
    }

    /// Where one record is enough.
    fn once(&self, span: &Occurrence, first: Date, last: Date) -> (Place, Option<(Status, String)>) {
        let name = &span.name;
        let within = (Place::Within(None), None);
        let manual = |what: String| (Place::Within(None), Some((Status::Manual, what)));
        if first == last {
            let months = self.months.or(self.every.and_then(Every::months)).unwrap_or(NEAR_MONTHS);
            let (begin, far) = if self.is_list {
                (first.saturating_sub(NEAR_DAYS.days()), format!("{NEAR_DAYS} days"))
            } else {
                (first.saturating_sub(months.months()), format!("{months} months"))
            };
            return if span.last < begin {
                (
                    Place::Outside(format!("it is of {name}, more than {far} before {first}, the day of the report")),
                    None,
                )
            } else if span.first <= first {
                within
            } else if span.first <= first.saturating_add(NEAR_DAYS.days()) {
                manual(format!("it is of {name}, after {first}, the day of the report: was it so on that day?"))
            } else {
                (
                    Place::Outside(format!(
                        "it is of {name}, more than {NEAR_DAYS} days after {first}, the day of the report"
                    )),
                    None,
                )
            };
        }
        // What is asked for in the period lies in it; what is good for a year may be older than the period is long.
        let good_for = self.months.filter(|_| !self.period_only && !self.is_list);
        let begin = good_for.map_or(first, |months| first.min(last.saturating_sub(months.months())));
        if span.last < begin {
            let what = match good_for {
                Some(months) => {
                    format!("it is of {name}, more than {months} months before the period ends, on {last}")
                }
                None => format!("it is of {name}, before the period, which begins on {first}"),
            };
            return (Place::Outside(what), None);
        }
        if self.is_list && self.period_only && span.last < last {
            return manual(format!("collected on {name}, and the period ends on {last}: it cannot be complete"));
        }
        if span.first <= last {
            return within;
        }
        match (self.is_list, self.period_only) {
            // A list of what happened in the period is complete once that has ended.
            (true, true) => within,
            (true, false) if span.first <= last.saturating_add(NEAR_DAYS.days()) => within,
            (true, false) => manual(format!(
                "it is of {name}, more than {NEAR_DAYS} days after the period, which ended on {last}: was it so then?"
            )),
            (false, _) => (Place::Outside(format!("it is of {name}, after the period, which ended on {last}")), None),
        }
    }
}

/// Whether a request is answered with a list, a sample or settings: taken from a system on a day, and approved by nobody.
pub(super) fn is_list(request: &Request) -> bool {
    request.kind.is_some_and(|kind| kind != RequestKind::Document)
}

/// The day that a record is of.
pub(super) fn day(document: &Document, is_list: bool) -> Option<Date> {
    if is_list {
        return document.on.or(document.collected).or(document.effective);
    }
    document.on.or(document.effective).or(document.approved).or(document.collected)
}

/// What a record says that it is for: its own key, or a quarter, a half-year or a month in its version or title.
fn stated(document: &Document, is_list: bool) -> Option<Occurrence> {
    let told = |text: &Option<String>| {
        let found = Occurrence::named(text.as_deref()?, day(document, is_list))?;
        // A year, `2026 template`, or a day says too little or is told by its own key.
        let (year, one) = (found.name.len() == 4, found.first == found.last);
        (!year && !one).then_some(found)
    };
    let own = document.occurrence.as_deref().and_then(Occurrence::parse);
    own.or_else(|| told(&document.version)).or_else(|| told(&document.title))
}
