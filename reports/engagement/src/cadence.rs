//! How often something is done, and the occurrences that a report expects, each by its name: `2026-Q3`, `2026-08`.

use jiff::ToSpan as _;
use jiff::civil::{Date, ISOWeekDate, Weekday};
use kickoff_checks::Status;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::dates::month;
use crate::fold::fold;

/// Whether what a request asks for holds over a time, or happened on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Nature {
    /// A policy, a plan: in force over the whole period, or on the day of a Type 1 report.
    Policy,
    /// Minutes, a review, a test, a list: of a day in the period, or near the day of a Type 1 report.
    Record,
}

impl Nature {
    /// The name used in lists.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Record => "record",
        }
    }
}

/// How often something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Every {
    /// Each week, from Monday.
    Week,
    /// Each month.
    Month,
    /// Each quarter.
    Quarter,
    /// Twice a year.
    HalfYear,
    /// Once a year.
    Year,
}

impl Every {
    /// How many months one takes; none for a week.
    pub(crate) fn months(self) -> Option<i32> {
        match self {
            Self::Week => None,
            Self::Month => Some(1),
            Self::Quarter => Some(3),
            Self::HalfYear => Some(6),
            Self::Year => Some(12),
        }
    }
}

/// A review is done so many days after what it is for has ended, at most.
pub(crate) const LATE_DAYS: i64 = 30;

/// A span of days with a name: what one review, scan or meeting is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
    /// `2026-Q3`, `2026-08`, `2026-H2`, `2026`, `2026-W31`.
    pub name: String,
}

impl Occurrence {
    /// The one of the calendar that a day lies in.
    pub(crate) fn of(every: Every, day: Date) -> Self {
        let Some(months) = every.months() else {
            let first = day.saturating_sub(i64::from(day.weekday().since(Weekday::Monday)).days());
            let week = day.iso_week_date();
            let name = format!("{}-W{:02}", week.year(), week.week());
            return Self { first, last: first.saturating_add(6.days()), name };
        };
        let before = (i32::from(day.month()) - 1) % months;
        let first = day.first_of_month().saturating_sub(before.months());
        let nth = (i32::from(first.month()) - 1) / months + 1;
        let name = match every {
            Every::Quarter => format!("{}-Q{nth}", day.year()),
            Every::HalfYear => format!("{}-H{nth}", day.year()),
            Every::Year => day.year().to_string(),
            Every::Month | Every::Week => format!("{}-{nth:02}", day.year()),
        };
        Self { first, last: first.saturating_add(months.months()).saturating_sub(1.days()), name }
    }

    /// How one stands on a day that nothing is there for: `fail` once it is over, and left to a person until then.
    pub(crate) fn missing(&self, today: Date, why: &str) -> (Status, String) {
        if self.last < today {
            (Status::Fail, format!("{} is missing: {why}", self.name))
        } else {
            (Status::Manual, format!("{} is still to come: it ends on {}", self.name, self.last))
        }
    }

    /// One by its name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let (year, rest) = name.split_once('-').map_or((name, None), |(year, rest)| (year, Some(rest)));
        let year: i16 = Some(year).filter(|year| year.len() == 4)?.parse().ok()?;
        let Some(rest) = rest else {
            return Some(Self::of(Every::Year, Date::new(year, 1, 1).ok()?));
        };
        if let Some(week) = rest.strip_prefix(['W', 'w']) {
            let monday = ISOWeekDate::new(year, week.parse().ok()?, Weekday::Monday).ok()?;
            return Some(Self::of(Every::Week, monday.date()));
        }
        let (every, nth) = match rest.split_at_checked(1)? {
            ("Q" | "q", nth) => (Every::Quarter, nth),
            ("H" | "h", nth) => (Every::HalfYear, nth),
            _ if rest.len() == 2 => (Every::Month, rest),
            _ => return None,
        };
        let nth: i8 = nth.parse().ok().filter(|nth| (1..=12).contains(nth))?;
        let month = (i32::from(nth) - 1) * every.months()? + 1;
        Some(Self::of(every, Date::new(year, i8::try_from(month).ok()?, 1).ok()?))
    }

    /// The one that a text names, `Access review Q3 2026`: a day, a month, a span of months, a quarter, a half-year or a year.
    /// Where a quarter stands without its year, it is the last that began by `day`.
    pub(crate) fn named(text: &str, day: Option<Date>) -> Option<Self> {
        let figures = in_figures(text);
        let parts: Vec<&str> = figures.iter().map(String::as_str).collect();
        let years = || parts.iter().enumerate().filter_map(|(at, part)| Some((at, year(part)?)));
        let part = |at: usize| parts.get(at).copied();
        let two = |at: usize| part(at).filter(|part| part.len() == 2)?.parse::<i8>().ok();
        let one_day = |day: Date| Self { first: day, last: day, name: day.to_string() };
        for (at, year) in years() {
            let on = two(at + 1).zip(two(at + 2)).and_then(|(month, day)| Date::new(year, month, day).ok());
            // `14.10.2026`; `10-14-2026` where a figure can only be the day.
            let before = at.checked_sub(2).and_then(|at| two(at).zip(two(at + 1)));
            let written = before.and_then(|(a, b)| match (a > 12, b > 12) {
                (false, true) => Date::new(year, a, b).ok(),
                (true, false) => Date::new(year, b, a).ok(),
                _ if text.contains(&format!("{a:02}.{b:02}.{year}")) => Date::new(year, b, a).ok(),
                _ => None,
            });
            if let Some(day) = on.or(written) {
                return Some(one_day(day));
            }
        }
        let whole = parts.iter().filter(|part| part.len() == 8 && part.starts_with("20"));
        let whole = whole.filter_map(|part| Date::strptime("%Y%m%d", part).ok());
        if let Some(day) = whole.into_iter().next() {
            return Some(one_day(day));
        }
        // The quarters and years of a fiscal year are not those of the calendar, and which they are a name does not say.
        if parts.iter().any(|part| is_fiscal(part)) {
            return None;
        }
        // `Q3`, `Q3 2026`, `2026Q3`, `2026-H2`.
        for found in &parts {
            let (own_year, short) = match found.split_at_checked(4).filter(|_| found.len() == 6) {
                Some((first, rest)) if year(first).is_some() => (year(first), rest),
                _ => match found.split_at_checked(2).filter(|_| found.len() == 6) {
                    Some((rest, last)) if year(last).is_some() => (year(last), rest),
                    _ => (None, *found),
                },
            };
            if !["q1", "q2", "q3", "q4", "h1", "h2"].contains(&short) {
                continue;
            }
            let of = |year: i16| Self::parse(&format!("{year:04}-{short}"));
            let given = own_year.or_else(|| years().next().map(|(_, year)| year));
            return match (given, day) {
                (Some(year), _) => of(year),
                (None, Some(day)) => {
                    of(day.year()).filter(|found| found.first <= day).or_else(|| of(day.year().saturating_sub(1)))
                }
                (None, None) => None,
            };
        }
        let (at, year) = years().next()?;
        let before = |back: usize| at.checked_sub(back).and_then(part).and_then(word_of_month);
        // `Jul-Dec 2026`, `Oct 2026`, `2026 Oct`: what is far from the year may be no month.
        let mut months: Vec<i8> =
            [before(2).filter(|_| before(1).is_some()), before(1)].into_iter().flatten().collect();
        if months.is_empty() {
            months.extend(part(at + 1).and_then(word_of_month));
        }
        let of_month = |month: i8| Date::new(year, month, 1).ok().map(|day| Self::of(Every::Month, day));
        match months.as_slice() {
            [one] => of_month(*one),
            [first, last] => {
                let (first, last) = of_month(*first).zip(of_month(*last)).filter(|(first, last)| first < last)?;
                Some(Self { name: format!("{} to {}", first.name, last.name), first: first.first, last: last.last })
            }
            _ => two(at + 1).and_then(of_month).or_else(|| Self::parse(&format!("{year:04}"))),
        }
    }
}

/// Whether a word of a name says that its years are fiscal ones: `FY26`, `FY2026`, `fiscal`.
pub(crate) fn is_fiscal(part: &str) -> bool {
    let figures = part.strip_prefix("fy");
    part == "fiscal" || figures.is_some_and(|figures| figures.bytes().all(|byte| byte.is_ascii_digit()))
}

fn year(part: &str) -> Option<i16> {
    part.parse().ok().filter(|year| part.len() == 4 && (2000..2100).contains(year))
}

/// The parts of a text in lower case, a quarter or a half of a year as `q3` and `h1` however it is written: `3. Quartal`,
/// `Quartal 3`, `3e kwartaal`, `2º trimestre`, `1er semestre`; `T3 2026` and `3T 2026`, where a year stands beside it.
pub(crate) fn in_figures(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let parts: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let part = |at: Option<usize>| at.and_then(|at| parts.get(at)).copied();
    let short = |at: usize, one: &str| {
        let digit = one
            .strip_prefix('t')
            .or_else(|| one.strip_suffix('t'))
            .filter(|digit| one.len() == 2 && nth(digit).is_some());
        let beside = [at.checked_sub(1), Some(at + 1)].into_iter().any(|at| part(at).and_then(year).is_some());
        digit.filter(|_| beside).map(|digit| format!("q{digit}"))
    };
    let mut figures: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(one) = part(Some(at)) {
        let before = at.checked_sub(1).and_then(|at| part(Some(at))).and_then(nth);
        let after = part(Some(at + 1)).filter(|after| after.len() == 1).and_then(nth);
        match (span(one), before, after) {
            (Some(letter), Some(nth), _) if figures.last().map(String::as_str) == part(at.checked_sub(1)) => {
                figures.pop();
                figures.push(format!("{letter}{nth}"));
            }
            (Some(letter), None, Some(nth)) => {
                figures.push(format!("{letter}{nth}"));
                at += 1;
            }
            _ => figures.push(short(at, one).unwrap_or_else(|| one.to_owned())),
        }
        at += 1;
    }
    figures
}

/// `3`, `3rd`, `3e`, `1er`, `2º`, `iii`.
fn nth(part: &str) -> Option<u8> {
    if let Some(at) = ["i", "ii", "iii", "iv"].iter().position(|roman| *roman == part) {
        return u8::try_from(at + 1).ok();
    }
    let digit = part.chars().next()?.to_digit(10).filter(|digit| (1..=4).contains(digit))?;
    let ending = part.get(1..)?;
    let endings = ["", "st", "nd", "rd", "th", "er", "e", "ème", "eme", "º", "ª", "o", "do", "to", "ste", "de"];
    endings.contains(&ending).then(|| u8::try_from(digit).ok()).flatten()
}

/// The letter of a part of a year, by its word.
fn span(word: &str) -> Option<char> {
    match word {
        "quarter" | "quartal" | "quartals" | "trimestre" | "kwartaal" => Some('q'),
        "halbjahr" | "halbjahres" | "semestre" | "semester" | "halfjaar" | "half" => Some('h'),
        _ => None,
    }
}

/// Whether a word is one for a quarter or a half of a year.
pub(crate) fn is_span(word: &str) -> bool {
    word != "half" && span(word).is_some()
}

/// The month that a word in lower case is the name of: in full, or in three letters in English and German, as in other languages
/// words of other things begin as months do.
pub(crate) fn word_of_month(word: &str) -> Option<i8> {
    const SHORT: [&str; 16] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "sept", "mrz", "okt", "dez",
    ];
    /// English, German, French, Spanish and Dutch, without accents.
    const FULL: [&str; 12] = [
        "january|januar|janvier|enero|januari",
        "february|februar|fevrier|febrero|februari",
        "march|marz|mars|marzo|maart",
        "april|avril|abril",
        "may|mai|mayo|mei",
        "june|juni|juin|junio",
        "july|juli|juillet|julio",
        "august|aout|agosto|augustus",
        "september|septembre|septiembre|setiembre",
        "october|oktober|octobre|octubre",
        "november|novembre|noviembre",
        "december|dezember|decembre|diciembre",
    ];
    let plain = fold(word);
    let full = FULL.iter().position(|names| names.split('|').any(|name| name == plain));
    let full = full.and_then(|at| i8::try_from(at + 1).ok());
    full.or_else(|| month(word).filter(|_| SHORT.contains(&word)))
}

/// What the days of a report expect of something that is done every so often, in order. Weeks, months and quarters are those of the
/// calendar that end in the period. Years and half-years are counted back from its end, as a period seldom begins with a year.
/// On the day of a Type 1 report it is the last that has ended, or the one that runs.
pub(crate) fn expected(every: Every, (first, last): (Date, Date)) -> Vec<Occurrence> {
    // A report has one day where it is of Type 1.
    if first == last {
        let running = Occurrence::of(every, last);
        let ended = Occurrence::of(every, running.first.saturating_sub(1.days()));
        return vec![Occurrence { first: ended.first, last, name: format!("{} or later", ended.name) }];
    }
    let mut found = Vec::new();
    if let (Every::HalfYear | Every::Year, Some(months)) = (every, every.months()) {
        let mut end = last;
        loop {
            let start = end.saturating_add(1.days()).saturating_sub(months.months());
            // The last one may have begun before the period; one before that must lie in it.
            if !found.is_empty() && start < first {
                break;
            }
            let calendar = Occurrence::of(every, end);
            let what = if every == Every::Year { "year" } else { "half-year" };
            let name = if calendar.last == end { calendar.name } else { format!("the {what} to {end}") };
            found.push(Occurrence { first: start, last: end, name });
            if start <= first {
                break;
            }
            end = start.saturating_sub(1.days());
        }
        found.reverse();
        return found;
    }
    let mut next = Occurrence::of(every, first);
    while next.last <= last {
        let after = Occurrence::of(every, next.last.saturating_add(1.days()));
        found.push(next);
        // At the end of all days nothing follows.
        if found.last().is_some_and(|before| after.first <= before.first) {
            break;
        }
        next = after;
    }
    found
}

/// Which of the occurrences a record is for: the one that what it is for ends in, or else the one that its day lies in.
pub(crate) fn which(expected: &[Occurrence], span: &Occurrence, day: Option<Date>) -> Option<usize> {
    let ends_in = |end: Date| expected.iter().position(|one| one.first <= end && end <= one.last);
    // A year that goes on after the period is still that of its day.
    let meets = |one: &Occurrence| span.first <= one.last && one.first <= span.last;
    ends_in(span.last).or_else(|| day.and_then(ends_in).filter(|at| expected.get(*at).is_some_and(meets)))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn names(every: Every, from: Date, to: Date) -> Vec<String> {
        expected(every, (from, to)).into_iter().map(|found| found.name).collect()
    }

    #[test]
    fn a_period_expects_what_ends_in_it() {
        let half = (date(2026, 7, 1), date(2026, 12, 31));
        assert_eq!(names(Every::Quarter, half.0, half.1), ["2026-Q3", "2026-Q4"]);
        assert_eq!(
            names(Every::Month, half.0, half.1),
            ["2026-07", "2026-08", "2026-09", "2026-10", "2026-11", "2026-12"]
        );
        assert_eq!(names(Every::HalfYear, half.0, half.1), ["2026-H2"]);
        // Once a year is once in the year that the period ends.
        assert_eq!(names(Every::Year, half.0, half.1), ["2026"]);
        assert_eq!(names(Every::Year, date(2025, 10, 1), date(2026, 9, 30)), ["the year to 2026-09-30"]);
        assert_eq!(names(Every::Year, date(2025, 1, 1), date(2026, 12, 31)), ["2025", "2026"]);
        assert_eq!(names(Every::Quarter, date(2026, 8, 15), date(2026, 11, 14)), ["2026-Q3"]);
        assert!(names(Every::Quarter, date(2026, 7, 1), date(2026, 8, 31)).is_empty());
        // 2026-07-01 is a Wednesday: its week, the 27th, ends on the 5th.
        let weeks = names(Every::Week, date(2026, 7, 1), date(2026, 7, 31));
        assert_eq!(weeks, ["2026-W27", "2026-W28", "2026-W29", "2026-W30"]);
        let one = expected(Every::Quarter, (date(2026, 12, 15), date(2026, 12, 15)));
        assert_eq!(one.len(), 1);
        assert_eq!(
            (one[0].name.as_str(), one[0].first, one[0].last),
            ("2026-Q3 or later", date(2026, 7, 1), date(2026, 12, 15))
        );
    }

    #[test]
    fn occurrences_are_read_by_name() {
        for (name, first, last) in [
            ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30)),
            ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
            ("2026-H1", date(2026, 1, 1), date(2026, 6, 30)),
            ("2024", date(2024, 1, 1), date(2024, 12, 31)),
            ("2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        ] {
            let found = Occurrence::parse(name).unwrap();
            assert_eq!((found.name.as_str(), found.first, found.last), (name, first, last));
        }
        for name in
            ["Q3", "2026-Q5", "2026-13", "2026-00", "2026-W54", "26-Q1", "2026-Q", "2026-é", "2026-", "third quarter"]
        {
            assert_eq!(Occurrence::parse(name), None, "{name}");
        }
    }

    #[test]
    fn texts_name_occurrences() {
        let day = Some(date(2026, 10, 5));
        for (text, name) in [
            ("Access Review Q3 2026", Some("2026-Q3")),
            ("UAR_2026Q4", Some("2026-Q4")),
            ("review Q3", Some("2026-Q3")),
            // The fourth quarter of 2026 had begun; the day is in it.
            ("review Q4", Some("2026-Q4")),
            ("Board Minutes 2026-07-15", Some("2026-07-15")),
            ("Restore Test 2026-08", Some("2026-08")),
            ("Org Chart Oct 2026", Some("2026-10")),
            ("New Hires Jul-Dec 2026", Some("2026-07 to 2026-12")),
            ("New Hires 2026 H2", Some("2026-H2")),
            ("scan_20260801", Some("2026-08-01")),
            ("Minutes 2026.07.15", Some("2026-07-15")),
            ("Protokoll 04.10.2026", Some("2026-10-04")),
            ("Minutes 10-14-2026", Some("2026-10-14")),
            // Which of the two is the month, nobody says.
            ("Minutes 04-10-2026", Some("2026")),
            ("Risk Register 2026", Some("2026")),
            ("Access Control Policy v2.1", None),
            // As other languages say it.
            ("Protokoll 3. Quartal 2026", Some("2026-Q3")),
            ("Protokoll Quartal 4 2026", Some("2026-Q4")),
            ("III. Quartal 2026", Some("2026-Q3")),
            ("Revue des accès 2e trimestre 2026", Some("2026-Q2")),
            ("Revue T3 2026", Some("2026-Q3")),
            ("Revisión 3T 2026", Some("2026-Q3")),
            ("Notulen 1e kwartaal 2026", Some("2026-Q1")),
            ("Bericht 1. Halbjahr 2026", Some("2026-H1")),
            ("PV 2ème semestre 2026", Some("2026-H2")),
            ("Restore Test août 2026", Some("2026-08")),
            ("Prueba octubre 2026", Some("2026-10")),
            ("Hersteltest maart 2026", Some("2026-03")),
            // A year is far from it: the name of a machine.
            ("Instances t3 large", None),
            // The first quarter of a fiscal year may be any; a day is a day.
            ("Access Review FY26 Q1", None),
            ("Access Review Q1 fiscal 2026", None),
            ("Minutes FY2026 2026-02-10", Some("2026-02-10")),
        ] {
            assert_eq!(Occurrence::named(text, day).map(|found| found.name).as_deref(), name, "{text}");
        }
        assert_eq!(Occurrence::named("review Q3", None), None);
        let january = Occurrence::named("Q4", Some(date(2027, 1, 8))).unwrap();
        // 2027-Q4 had not begun: it is the one of the year before.
        assert_eq!(january.name, "2026-Q4");
    }
}
