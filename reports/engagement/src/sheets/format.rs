//! Numbers of a workbook as a person sees them: days, and ids with their zeros.

use jiff::ToSpan as _;
use jiff::civil::date;

/// What a number is shown as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Format {
    /// As it is.
    Plain,
    /// A day.
    Day,
    /// With so many figures at least, so many of them after the point, and words around: `"PBC-"000`.
    Figures { before: String, figures: usize, after_point: usize, after: String },
}

impl Format {
    /// The format of one of the numbers that Excel has built in.
    pub(super) fn built_in(id: u32) -> Self {
        match id {
            2 | 4 | 39 | 40 => {
                Self::Figures { before: String::new(), figures: 1, after_point: 2, after: String::new() }
            }
            14..=17 | 22 | 27..=31 | 34..=36 | 50..=58 => Self::Day,
            _ => Self::Plain,
        }
    }

    /// The format of a code, `dd/mm/yyyy` or `000`.
    pub(super) fn of(code: &str) -> Self {
        /// An id has fewer figures.
        const LONGEST: usize = 30;
        /// No spreadsheet program takes a longer code; each style that has it keeps its words.
        const LONGEST_CODE: usize = 255;
        if code.chars().count() > LONGEST_CODE {
            return Self::Plain;
        }
        // Only what positive numbers get.
        let (mut words, mut plain, mut chars) = ([String::new(), String::new()], String::new(), code.chars());
        // Whether figures go on after words: `000-00`.
        let mut broken = false;
        while let Some(c) = chars.next() {
            // Words before the figures, and words after them.
            let side = usize::from(!plain.is_empty());
            match c {
                '"' => words[side].extend(chars.by_ref().take_while(|c| *c != '"')),
                '\\' => words[side].extend(chars.next()),
                '[' => {
                    chars.by_ref().find(|c| *c == ']');
                }
                '_' | '*' => {
                    chars.next();
                }
                ';' => break,
                '-' | ' ' | '/' if !plain.contains(['y', 'm', 'd', 'Y', 'M', 'D']) => words[side].push(c),
                c => {
                    broken |= !words[1].is_empty();
                    plain.push(c.to_ascii_lowercase());
                }
            }
        }
        if plain != "general" && plain.contains(['d', 'y']) {
            return Self::Day;
        }
        let [before, after] = words;
        let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
        let zeros = |text: &str| text.chars().all(|c| c == '0');
        let figures = whole.trim_start_matches('#');
        if broken || plain.len() > LONGEST || plain.is_empty() || !zeros(figures) || !zeros(part) || figures.is_empty()
        {
            return Self::Plain;
        }
        if figures.len() == 1 && part.is_empty() && before.is_empty() && after.is_empty() {
            return Self::Plain;
        }
        Self::Figures { before, figures: figures.len(), after_point: part.len(), after }
    }

    /// A number in this format.
    pub(super) fn show(&self, number: &str, from_1904: bool) -> String {
        let Ok(value) = number.parse::<f64>() else { return number.to_owned() };
        match self {
            Self::Plain => value.to_string(),
            Self::Day => day(value, from_1904).unwrap_or_else(|| value.to_string()),
            Self::Figures { before, figures, after_point, after } => {
                let width = figures + if *after_point > 0 { after_point + 1 } else { 0 };
                format!("{before}{value:0width$.after_point$}{after}")
            }
        }
    }
}

/// The day of a number of days; none where there is no such day.
pub(super) fn day(value: f64, from_1904: bool) -> Option<String> {
    let base = if from_1904 { date(1904, 1, 1) } else { date(1899, 12, 30) };
    // A fraction is a time of the day. Beyond 9999 there is no day.
    if !(1.0..2_958_466.0).contains(&value) {
        return None;
    }
    let days = value.floor() as i64;
    // There was no 29 February 1900, which Excel counts.
    let days = if !from_1904 && days < 60 { days + 1 } else { days };
    base.checked_add(days.days()).ok().map(|day| day.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_a_person_sees_them() {
        for (code, number, shown) in [
            ("General", "12", "12"),
            ("General", "1.1", "1.1"),
            ("0", "12", "12"),
            ("000", "7", "007"),
            ("\"PBC-\"000", "7", "PBC-007"),
            ("0.00", "1.1", "1.10"),
            ("#,##0", "1200", "1200"),
            ("dd/mm/yyyy", "46360", "2026-12-04"),
            ("[$-409]d\\-mmm\\-yy;@", "46360.98", "2026-12-04"),
            ("yyyy\"年\"m\"月\"d\"日\"", "46360", "2026-12-04"),
            ("h:mm", "0.5", "0.5"),
            ("@", "12", "12"),
            ("dd.mm.yyyy", "text", "text"),
        ] {
            assert_eq!(Format::of(code).show(number, false), shown, "{code} {number}");
        }
        assert_eq!(Format::of(&format!("\"{}\"000", "x".repeat(255))), Format::Plain);
        assert_eq!(Format::Day.show("44898", true), "2026-12-04");
        assert_eq!(Format::Day.show("1", false), "1900-01-01");
        assert_eq!(Format::built_in(14), Format::Day);
        assert_eq!(day(1e300, false), None);
    }
}
