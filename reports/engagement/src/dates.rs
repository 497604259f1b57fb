//! Days as auditors write them: which there are, and which could be two.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use schemars::JsonSchema;
use serde::Deserialize;

/// What comes first where a day is written in figures, `12/06/2026`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DateOrder {
    /// 12 June.
    DayFirst,
    /// 6 December.
    MonthFirst,
}

impl DateOrder {
    /// The name in kickoff.toml.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DayFirst => "day-first",
            Self::MonthFirst => "month-first",
        }
    }

    /// What the cells of a column can only be: where one has a figure over 12, it is the day. None where none tells, or where
    /// they contradict each other.
    pub(crate) fn of<'a>(cells: impl Iterator<Item = &'a str>) -> Option<Self> {
        let (mut day, mut month) = (false, false);
        for (a, b, _) in cells.filter_map(figures) {
            day |= a > 12 && b <= 12;
            month |= b > 12 && a <= 12;
        }
        match (day, month) {
            (true, false) => Some(Self::DayFirst),
            (false, true) => Some(Self::MonthFirst),
            _ => None,
        }
    }
}

/// What a cell says of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// This day.
    Day(Date),
    /// That there is none yet.
    Open,
    /// One of two days, the first figure being the day or the month.
    Either(Date, Date),
    /// Nothing that can be read.
    Unreadable,
}

/// Reads a cell.
pub(crate) fn told(text: &str, order: Option<DateOrder>) -> Told {
    let text = text.trim();
    let plain = text.to_lowercase();
    if ["", "-", "–", "tbd", "tba", "n/a", "na", "none", "open", "to be determined", "to be agreed"]
        .contains(&plain.as_str())
    {
        return Told::Open;
    }
    // A time of day adds nothing: `2026-12-04 00:00:00`, `2026-12-04T23:30:00Z`.
    let day = plain.split_once(['t', ' ']).filter(|(day, _)| day.len() == 10).map_or(plain.as_str(), |(day, _)| day);
    if let Ok(day) = day.replace('/', "-").parse::<Date>() {
        return Told::Day(day);
    }
    if let Some(day) = serial(text).or_else(|| worded(&plain)) {
        return Told::Day(day);
    }
    let Some((a, b, year)) = figures(day) else { return Told::Unreadable };
    let first = Date::new(year, b, a).ok();
    let second = Date::new(year, a, b).ok();
    // With points the day comes first wherever they are used.
    let order = order.or(day.contains('.').then_some(DateOrder::DayFirst));
    match (first, second, order) {
        (Some(day), _, Some(DateOrder::DayFirst)) | (_, Some(day), Some(DateOrder::MonthFirst)) => Told::Day(day),
        (Some(one), Some(other), None) if one != other => Told::Either(one, other),
        (Some(day), _, None) | (None, Some(day), None) => Told::Day(day),
        _ => Told::Unreadable,
    }
}

/// Two figures and a year, with one kind of separator: `12/06/2026`, `4.12.26`.
fn figures(text: &str) -> Option<(i8, i8, i16)> {
    let by = text.chars().find(|c| ['/', '.', '-'].contains(c))?;
    let parts: Vec<&str> = text.trim().split(by).map(str::trim).collect();
    let [a, b, year] = parts.as_slice() else { return None };
    let figure = |part: &str| Some(part).filter(|part| part.len() <= 2).and_then(|part| part.parse::<i8>().ok());
    let year = match (year.len(), year.parse::<i16>().ok()?) {
        (4, year) => year,
        (2, year) => 2000 + year,
        _ => return None,
    };
    Some((figure(a)?, figure(b)?, year))
}

/// A spreadsheet's number of a day, where the cell lost its format: days since 1899-12-30, of this century's first decades.
fn serial(text: &str) -> Option<Date> {
    let days: i64 = text.parse().ok().filter(|days| (36_526..=73_050).contains(days))?;
    date(1899, 12, 30).checked_add(days.days()).ok()
}

/// `4 Dec 2026`, `Dec 4, 2026`, `4th December 2026`, `Friday, December 4, 2026`.
fn worded(text: &str) -> Option<Date> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let (mut day, mut month, mut year) = (None, None, None);
    for word in text.split([' ', ',', '-', '.', '/']).filter(|word| !word.is_empty()) {
        let number = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        if number.is_empty() {
            let found = MONTHS
                .iter()
                .position(|name| word.len() >= 3 && (name.starts_with(word) || word == "sept" && *name == "september"));
            match found {
                Some(at) if month.is_none() => month = i8::try_from(at + 1).ok(),
                Some(_) => return None,
                // The day of the week.
                None if word.ends_with("day") || ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].contains(&word) => {}
                None => return None,
            }
        } else if number.len() == 4 && year.is_none() && number == word {
            year = number.parse().ok();
        } else if number.len() <= 2 && day.is_none() && ["", "st", "nd", "rd", "th"].contains(&&word[number.len()..]) {
            day = number.parse().ok();
        } else {
            return None;
        }
    }
    Date::new(year?, month?, day?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_they_are_written() {
        let fourth = Told::Day(date(2026, 12, 4));
        for text in [
            "2026-12-04",
            "2026/12/04",
            "2026-12-04 00:00:00",
            "2026-12-04T23:30:00Z",
            "4 Dec 2026",
            "04-Dec-2026",
            "Dec 4, 2026",
            "December 4th 2026",
            "Friday, December 4, 2026",
            "04.12.2026",
            "4.12.26",
            // The days from 1899-12-30 to 2026-12-04.
            "46360",
        ] {
            assert_eq!(told(text, None), fourth, "{text}");
        }
        // Only one of the two exists.
        assert_eq!(told("12/31/2026", None), Told::Day(date(2026, 12, 31)));
        assert_eq!(told("31/12/2026", None), Told::Day(date(2026, 12, 31)));
        assert_eq!(told("06/06/2026", None), Told::Day(date(2026, 6, 6)));
        for text in ["ASAP", "Week 1", "2026", "13/13/2026", "31 Feb 2026", "12", "4 Dec", "Dec Jan 4 2026"] {
            assert_eq!(told(text, None), Told::Unreadable, "{text}");
        }
        for text in ["TBD", "n/a", "-", " "] {
            assert_eq!(told(text, None), Told::Open, "{text}");
        }
    }

    #[test]
    fn what_could_be_two_days_is_one_only_where_it_is_said() {
        let (june, december) = (date(2026, 6, 12), date(2026, 12, 6));
        assert_eq!(told("12/06/2026", None), Told::Either(june, december));
        assert_eq!(told("12/06/2026", Some(DateOrder::DayFirst)), Told::Day(june));
        assert_eq!(told("12/06/2026", Some(DateOrder::MonthFirst)), Told::Day(december));
        // The other way round there is no such day.
        assert_eq!(told("12/31/2026", Some(DateOrder::DayFirst)), Told::Unreadable);
        let of = |cells: &[&str]| DateOrder::of(cells.iter().copied());
        assert_eq!(of(&["12/06/2026", "31/12/2026"]), Some(DateOrder::DayFirst));
        assert_eq!(of(&["12/06/2026", "12/31/2026", "TBD"]), Some(DateOrder::MonthFirst));
        assert_eq!(of(&["12/06/2026", "01/02/2026"]), None);
        assert_eq!(of(&["31/12/2026", "12/31/2026"]), None);
    }
}
