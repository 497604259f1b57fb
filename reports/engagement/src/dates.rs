//! Days as auditors write them: which there are, and which could be two.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

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
        for (a, b, _) in cells.filter_map(|cell| figures(&without_times(&cell.to_lowercase()).join(" "))) {
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

/// Reads a cell. `from_1904` says what a bare number of days is counted from.
pub(crate) fn told(text: &str, order: Option<DateOrder>, from_1904: bool) -> Told {
    let text = text.trim();
    let plain = text.to_lowercase();
    if ["", "-", "–", "—", "tbd", "tba", "tbc", "n/a", "na", "none", "open", "to be determined", "to be agreed"]
        .contains(&plain.as_str())
    {
        return Told::Open;
    }
    // `2026年12月4日`, and a time of the day, which adds nothing: `2026-12-04 00:00:00`, `2026-12-04T23:30:00Z`.
    let plain = plain.replace(['年', '月'], "-").replace('日', " ");
    let words = without_times(&plain);
    let plain = words.join(" ");
    let is_clock = |(day, time): &(&str, &str)| day.len() == 10 && time.starts_with(|c: char| c.is_ascii_digit());
    let day = plain.split_once('t').filter(is_clock).map_or(plain.as_str(), |(day, _)| day);
    if let Some(day) = year_first(day).or_else(|| serial(text, from_1904)).or_else(|| worded(&plain)) {
        return Told::Day(day);
    }
    // `by 12/06/2026`: the one word with figures.
    let mut with_figures = words.iter().filter(|word| word.contains(|c: char| c.is_ascii_digit()));
    let day = match (with_figures.next(), with_figures.next()) {
        (Some(word), None) if words.iter().all(|other| other == word || is_beside(other)) => {
            word.trim_matches(|c: char| !c.is_ascii_digit())
        }
        _ => day,
    };
    if let Some(day) = year_first(day) {
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

/// The words of a cell without the times of a day, which add nothing: `17:00`, `5pm`, `10 am`, `1730 hrs`.
fn without_times(text: &str) -> Vec<&str> {
    let (mut words, mut before): (Vec<&str>, _) = (Vec::new(), None);
    for word in text.split_whitespace() {
        let hour = before.replace(word).filter(|before| !is_time(before) && is_hour(before, bare(word)));
        if hour.is_some() {
            words.pop();
        } else if !is_time(word) {
            words.push(word);
        }
    }
    words
}

/// A word without the marks around it.
fn bare(word: &str) -> &str {
    word.trim_matches(['(', ')', ',', ';', '.'])
}

/// Whether a number is an hour before such a word: `10 am`, `17 uhr`, `1730 hrs`.
fn is_hour(number: &str, word: &str) -> bool {
    let number = bare(number);
    let value =
        Some(number).filter(|text| text.bytes().all(|b| b.is_ascii_digit())).and_then(|n| n.parse::<u16>().ok());
    match word {
        "am" | "pm" | "a.m" | "p.m" | "noon" | "midnight" => value.is_some_and(|hour| number.len() <= 2 && hour <= 12),
        "h" | "hr" | "hrs" | "hours" | "uhr" | "o'clock" => value.is_some_and(|value| match number.len() {
            4 => value <= 2400 && value % 100 < 60,
            length => length <= 2 && value <= 24,
        }),
        _ => false,
    }
}

/// `23:30`, `17:00:00z`, `5pm`, `17h`.
fn is_time(word: &str) -> bool {
    let word = bare(word);
    let figures = word.trim_end_matches(|c: char| c.is_alphabetic());
    let clock = figures.contains(':') && figures.chars().all(|c| c.is_ascii_digit() || [':', '.', '+'].contains(&c));
    clock || is_hour(figures, &word[figures.len()..])
}

/// `2026-12-04`, `2026/12/4`, `2026.12.04`, `20261204`.
fn year_first(text: &str) -> Option<Date> {
    if text.len() == 8 && text.starts_with("20") && text.bytes().all(|b| b.is_ascii_digit()) {
        return Date::new(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?).ok();
    }
    let parts: Vec<&str> = text.trim().trim_end_matches('.').split(['-', '/', '.']).map(str::trim).collect();
    let [year, month, day] = parts.as_slice() else { return None };
    let short = |part: &&&str| (1..=2).contains(&part.len());
    if year.len() != 4 || [month, day].iter().filter(|part| short(part)).count() != 2 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Two figures and a year, with one kind of separator: `12/06/2026`, `4.12.26`.
fn figures(text: &str) -> Option<(i8, i8, i16)> {
    // Words around it do no harm: `Fri 12/06/2026`.
    let text = text
        .split_whitespace()
        .find(|word| word.contains(|c: char| c.is_ascii_digit()))
        .filter(|word| text.split_whitespace().all(|other| other == *word || is_beside(other) || is_time(other)));
    let text = text?.trim_matches(|c: char| !c.is_ascii_digit());
    let by = text.chars().find(|c| ['/', '.', '-'].contains(c))?;
    let parts: Vec<&str> = text.split(by).collect();
    let [a, b, year] = parts.as_slice() else { return None };
    let figure = |part: &str| Some(part).filter(|part| part.len() <= 2).and_then(|part| part.parse::<i8>().ok());
    let year = match (year.len(), year.parse::<i16>().ok()?) {
        (4, year) => year,
        (2, year) => 2000 + year,
        _ => return None,
    };
    Some((figure(a)?, figure(b)?, year))
}

/// A spreadsheet's number of a day, where the cell lost its format, of this century's first decades.
fn serial(text: &str, from_1904: bool) -> Option<Date> {
    let whole = text.split_once('.').filter(|(_, part)| part.bytes().all(|b| b.is_ascii_digit()));
    let days: i64 =
        whole.map_or(text, |(whole, _)| whole).parse().ok().filter(|days| (30_000..80_000).contains(days))?;
    let base = if from_1904 { date(1904, 1, 1) } else { date(1899, 12, 30) };
    let day = base.checked_add(days.days()).ok()?;
    (2000..2100).contains(&day.year()).then_some(day)
}

/// Months and their number by their names, and words that may stand beside a day.
static WORDS: LazyLock<(HashMap<String, i8>, HashSet<String>)> = LazyLock::new(|| {
    let (mut months, mut beside) = (HashMap::new(), HashSet::new());
    let mut reader =
        csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(include_str!("../data/months.csv").as_bytes());
    for record in reader.records().filter_map(Result::ok) {
        let words = record.get(2).unwrap_or_default().split('|').map(str::to_owned);
        match record.get(1) {
            Some("months" | "short") => months.extend(words.zip(1_i8..)),
            _ => beside.extend(words),
        }
    }
    (months, beside)
});

fn is_beside(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    word.is_empty() || WORDS.1.contains(word)
}

/// The number of a month: its name, or three letters of it at least.
pub(crate) fn month(word: &str) -> Option<i8> {
    let (months, _) = &*WORDS;
    let begun = || {
        let mut all =
            months.iter().filter(|(name, _)| word.chars().count() >= 3 && name.starts_with(word)).map(|(_, at)| *at);
        let first = all.next()?;
        // `jui` begins two.
        all.all(|other| other == first).then_some(first)
    };
    months.get(word).copied().or_else(begun)
}

/// `4 Dec 2026`, `Dec 4, 2026`, `4th December 2026`, `Friday, December 4, 2026`, `4. Dezember 2026`, `4 de diciembre de 2026`.
fn worded(text: &str) -> Option<Date> {
    let between = |c: char| [' ', ',', '-', '.', '/', '(', ')', '\'', '’'].contains(&c);
    let (mut day, mut found, mut year) = (None, None, None);
    // What stands between a word and the one before it: of the month, and of the word that is read.
    let (mut before_month, mut rest) = ("", text);
    while let Some(start) = rest.find(|c| !between(c)) {
        let (sign, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(between).unwrap_or(from.len()));
        rest = after;
        let number = word.trim_end_matches(|c: char| c.is_alphabetic());
        if number.is_empty() {
            match month(word) {
                // A day of the week may be a month's too: `mar`, Tuesday and March.
                Some(at) if found.is_none() => {
                    found = Some(at);
                    before_month = if day.is_some() { sign } else { "" };
                }
                _ if is_beside(word) => {}
                _ => return None,
            }
        } else if number.len() == 4 && year.is_none() && number == word {
            // `1730` is a time of the day.
            year = number.parse().ok().filter(|year| (2000..2100).contains(year));
            year?;
        } else if number.len() <= 2
            && day.is_none()
            && ["", "st", "nd", "rd", "th", "er", "e", "º", "ª", "o"].contains(&&word[number.len()..])
        {
            day = number.parse().ok();
        } else if day.is_some() && found.is_some() && year.is_none() && number == word {
            let next = after.split_whitespace().next().map_or("", bare);
            // `4-Dec-10 am`.
            year = Some(short_year(number, before_month, sign).filter(|_| !is_hour(number, next))?);
        } else {
            return None;
        }
    }
    Date::new(year?, found?, day?).ok()
}

/// A year of two figures behind a day and its month: `4-Dec-26`, `4 Dec 26`, `Dec 4 '26`. Two figures may be the end of a
/// range or a time of the day as well, `Dec 14-15`, `4 Dec, 10 am`: they are a year where the form says so, or where no hour
/// is so high.
fn short_year(number: &str, before_month: &str, sign: &str) -> Option<i16> {
    /// A day has no more hours.
    const HOURS: i16 = 24;
    let year = number.parse::<i16>().ok().filter(|_| number.len() == 2)?;
    let is_form = ["-", "/", "."].contains(&sign) && before_month == sign;
    let is_spaced = [" ", ". "].contains(&before_month) && [" ", ". "].contains(&sign) && year > HOURS;
    (is_form || is_spaced || sign.ends_with(['\'', '’'])).then_some(2000 + year)
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
            "4th Dec 2026, 5pm",
            "4 Dec 2026 17h",
            "Friday, December 4, 2026",
            "04.12.2026",
            "4.12.26",
            // The days from 1899-12-30 to 2026-12-04.
            "46360",
            "46360.98",
            "20261204",
            "2026.12.4",
            "4-Dec-26",
            "4. Dezember 2026",
            "4 décembre 2026",
            "4 de diciembre de 2026",
            "2026年12月4日",
            "EOD 4 Dec 2026",
            "04.12.2026 (EOD)",
            "04.12.2026 17:00 Uhr",
            "Fri 4 Dec 2026, 5pm",
            "Dec 4, 2026, 10 am",
            "4 Dec 2026 at 5 p.m.",
            "10 am on 4 Dec 2026",
            "4. Dezember 2026, 17 Uhr",
            "4 Dec 2026 17:00 Uhr",
            "4 Dec 2026 1730 hrs",
            "4 Dec 26",
            "4. Dez. 26",
            "4/Dec/26",
            "Dec 4 '26",
            "4 Dec ’26",
        ] {
            assert_eq!(told(text, None, false), fourth, "{text}");
        }
        // Only one of the two exists.
        assert_eq!(told("12/31/2026", None, false), Told::Day(date(2026, 12, 31)));
        assert_eq!(told("31/12/2026", None, false), Told::Day(date(2026, 12, 31)));
        assert_eq!(told("by 31/12/2026", None, false), Told::Day(date(2026, 12, 31)));
        assert_eq!(told("06/06/2026", None, false), Told::Day(date(2026, 6, 6)));
        assert_eq!(told("44898", None, true), fourth);
        assert_eq!(told("12/06/2026 17:00", None, false), Told::Either(date(2026, 6, 12), date(2026, 12, 6)));
        for text in [
            "ASAP",
            "Week 1",
            "Week 50 2026",
            "2026",
            "13/13/2026",
            "31 Feb 2026",
            "12",
            "4 Dec",
            "Dec Jan 4 2026",
            "December 2026",
            "2 weeks after kick-off",
            "Q4 2026",
            "20261304",
            // The end of a range is no year.
            "Dec 14-15",
            "Dec 14 - 15",
            "Dec 14/15",
            "Dec 14 to 15",
            "Dec 14 – 15",
            "14 Dec - 15",
            "14 Dec-15",
            "14-15 Dec",
            "14 Dec - 15 Dec",
            "Dec 14-15, 2026",
            "14-15 Dec 2026",
            "2026-12-04to2026-12-10",
            // Nor is a time of the day.
            "Dec 4, 10 am",
            "Dec 4, 10",
            "Dec 4, 10 - 11 am",
            "4 Dec 10 am",
            "4-Dec-10 am",
            "4 Dec 10",
            "4 Dec, 26",
            "4. Dez., 17 Uhr",
            "4 Dec 17 h",
            "4 Dec 1730",
            "4 Dec 2030 hrs",
            "Dec 4, 1200 noon",
        ] {
            assert_eq!(told(text, None, false), Told::Unreadable, "{text}");
        }
        for text in ["TBD", "n/a", "-", " "] {
            assert_eq!(told(text, None, false), Told::Open, "{text}");
        }
    }

    #[test]
    fn what_could_be_two_days_is_one_only_where_it_is_said() {
        let (june, december) = (date(2026, 6, 12), date(2026, 12, 6));
        assert_eq!(told("12/06/2026", None, false), Told::Either(june, december));
        assert_eq!(told("12/06/2026", Some(DateOrder::DayFirst), false), Told::Day(june));
        assert_eq!(told("12/06/2026", Some(DateOrder::MonthFirst), false), Told::Day(december));
        // The other way round there is no such day.
        assert_eq!(told("12/31/2026", Some(DateOrder::DayFirst), false), Told::Unreadable);
        let of = |cells: &[&str]| DateOrder::of(cells.iter().copied());
        assert_eq!(of(&["12/06/2026", "31/12/2026"]), Some(DateOrder::DayFirst));
        assert_eq!(of(&["12/06/2026", "12/31/2026", "TBD"]), Some(DateOrder::MonthFirst));
        assert_eq!(of(&["25/06/2026 10 am"]), Some(DateOrder::DayFirst));
        assert_eq!(of(&["12/06/2026", "01/02/2026"]), None);
        assert_eq!(of(&["31/12/2026", "12/31/2026"]), None);
    }
}
