//! What the name of a file says: its words, the time and the version that it names, and the part that it is of a delivery.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::languages::plain;
use crate::cadence::{Occurrence, in_figures, is_fiscal, is_span, word_of_month};
use crate::fold::composed;
use crate::words::words;

/// `data/document_names.csv`: each row's names as sets of words.
pub(super) struct Known {
    rows: Vec<(String, Vec<BTreeSet<String>>)>,
    /// By which a file says that it is no evidence, in order.
    phrases: Vec<Vec<String>>,
}

/// The known names, read once.
pub(super) static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let text = include_str!("../../data/document_names.csv");
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let mut known = Known { rows: Vec::new(), phrases: Vec::new() };
    for record in reader.records().filter_map(Result::ok) {
        let (what, names) = (record.get(0).unwrap_or_default(), record.get(1).unwrap_or_default().split('|'));
        match what {
            "none" => known.phrases.extend(names.map(|name| name.split(' ').map(str::to_owned).collect())),
            // Words that names are read without elsewhere count here as they stand.
            "unfit" => known.rows.push((what.to_owned(), vec![names.map(str::to_owned).collect()])),
            _ => known.rows.push((what.to_owned(), names.map(words).collect())),
        }
    }
    known
});

impl Known {
    /// Where in the data the row is that has a name, for names of different things.
    pub(super) fn thing(&self, name: &BTreeSet<String>) -> Option<usize> {
        self.rows.iter().position(|(what, names)| what == "thing" && names.contains(name))
    }

    /// Whether there is one for each system, vendor or person.
    pub(super) fn has_subjects(&self, name: &BTreeSet<String>) -> bool {
        self.rows.iter().any(|(what, names)| what == "subjects" && names.contains(name))
    }

    /// Names of well-known documents that no request asks for.
    pub(super) fn others(&self) -> impl Iterator<Item = &BTreeSet<String>> {
        self.rows.iter().filter(|(what, _)| what == "other").flat_map(|(_, names)| names)
    }

    fn has(&self, what: &str, word: &str) -> bool {
        self.rows.iter().any(|(row, names)| row == what && names.iter().any(|name| name.contains(word)))
    }
}

/// What a name says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileName {
    /// Its words, without times, versions and codes.
    pub(super) core: BTreeSet<String>,
    /// Those that say what goes with another document: `retest letter`.
    pub(super) roles: BTreeSet<String>,
    /// The time that it names.
    pub(super) time: Option<Occurrence>,
    /// The version that it names, `4.2`.
    pub(super) version: Option<String>,
    /// The part of a delivery that it is, `2`.
    part: Option<String>,
    /// The quarter or half-year that it names without a year.
    pub(super) bare: Option<String>,
    /// The word by which it says that another one counts.
    pub(super) unfit: Option<String>,
    /// What it is called, in order, without times, versions and codes.
    pub(super) title: String,
}

/// The name of a file or a folder without what stands before and behind it.
pub(super) fn stem(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    // `Policy v2.1` as a folder's name has no ending.
    name.rsplit_once('.')
        .filter(|(_, ending)| !ending.starts_with(|c: char| c.is_ascii_digit()))
        .map_or(name, |(stem, _)| stem)
}

impl FileName {
    /// Reads a name. A time that it lacks is that of the nearest folder that names one.
    pub(super) fn of(file: &str) -> Self {
        let stem = &composed(stem(file));
        let parents = file.rsplit('/').skip(1);
        let time =
            Occurrence::named(stem, None).or_else(|| parents.filter_map(|at| Occurrence::named(at, None)).next());
        let tokens: Vec<&str> =
            stem.split(|c: char| !c.is_alphanumeric() && c != '.').filter(|t| !t.is_empty()).collect();
        let (mut version, mut part, mut kept) = (None, None, Vec::new());
        for (at, token) in tokens.iter().enumerate() {
            let lower = token.to_lowercase();
            let before = at.checked_sub(1).and_then(|at| tokens.get(at)).map(|t| plain(t)).unwrap_or_default();
            let said = ["v", "version", "rev", "revision", "fassung", "versie"].contains(&before.as_str());
            let number = lower.strip_prefix('v').unwrap_or(&lower).trim_matches('.');
            let figures = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || c == '.');
            let day = number.contains('.') && number.split('.').any(|part| part.len() == 4);
            if figures && !day && (said || lower.starts_with('v') || number.contains('.')) {
                version = Some(number.to_owned());
            } else if figures && KNOWN.has("part", &before) {
                part = Some(number.to_owned());
            } else if figures {
                // The figures of a code, a day or a copy.
            } else if !(is_time(&lower) || (at == 0 && is_code(&tokens))) {
                kept.push(*token);
            }
        }
        let title = kept.join(" ");
        let all = words(&title);
        let (roles, core) = all.into_iter().partition(|word| KNOWN.has("role", word));
        let said = plain(stem);
        let unfit = said.split(|c: char| !c.is_alphanumeric()).find(|word| KNOWN.has("unfit", word)).map(str::to_owned);
        let figures = in_figures(stem);
        let bare = figures.iter().find(|token| is_quarter(token)).cloned();
        // The quarter of a fiscal year is none of the calendar: it keeps the year that it is of.
        let bare = bare.map(|bare| match figures.iter().find(|token| is_fiscal(token)) {
            Some(year) => format!("{year} {bare}"),
            None => bare,
        });
        Self { core, roles, time, bare, version, part, unfit, title }
    }

    /// Its words without those for the form of a document; with them, where nothing else is left.
    pub(super) fn subject(&self) -> BTreeSet<&str> {
        self.core.iter().map(String::as_str).filter(|word| !KNOWN.has("form", word)).collect()
    }

    /// Whether it is of another time than another one.
    pub(super) fn is_of_another_time(&self, other: &Self) -> bool {
        match (&self.time, &other.time) {
            (Some(own), Some(other)) => own.last < other.first || other.last < own.first,
            // `Q1` and `Q2` of a year that neither says.
            (None, None) => self.bare.as_ref().zip(other.bare.as_ref()).is_some_and(|(own, other)| own != other),
            _ => false,
        }
    }

    /// Whether it is of a later version or time than another one, as far as both say.
    pub(super) fn is_later_than(&self, other: &Self) -> bool {
        let parts = |version: &String| -> Vec<u64> {
            version.split('.').map(|part| part.parse().unwrap_or_default()).collect()
        };
        let versions = self.version.as_ref().zip(other.version.as_ref());
        let versions: Option<(Vec<u64>, Vec<u64>)> = versions.map(|(own, other)| (parts(own), parts(other)));
        match versions.filter(|(own, other)| own != other) {
            Some((own, other)) => own > other,
            None => self.time.as_ref().zip(other.time.as_ref()).is_some_and(|(own, other)| own.first > other.last),
        }
    }

    /// Whether both name their version, and not the same.
    pub(super) fn is_another_version(&self, other: &Self) -> bool {
        self.version.as_ref().zip(other.version.as_ref()).is_some_and(|(own, other)| own != other)
    }

    /// Whether both name the part that they are, and not the same.
    pub(super) fn is_another_part(&self, other: &Self) -> bool {
        self.part.as_ref().zip(other.part.as_ref()).is_some_and(|(own, other)| own != other)
    }
}

/// Whether a name begins with a code, `POL-001`; `SOC 2` is none.
fn is_code(tokens: &[&str]) -> bool {
    let [code, number, ..] = tokens else { return false };
    code.len() <= 5
        && code.chars().all(|c| c.is_ascii_uppercase())
        && number.len() >= 2
        && number.chars().all(|c| c.is_ascii_digit())
}

/// Whether a word of a name is of a time: `q3`, `2026q3`, `h2`, `oct`, `fall`.
fn is_time(word: &str) -> bool {
    // `2026q3` and `q32026` have their year beside them.
    let beside =
        |year: &str, rest: &str| year.len() == 4 && year.chars().all(|c| c.is_ascii_digit()) && is_quarter(rest);
    is_quarter(word)
        || is_span(word)
        || word.split_at_checked(4).is_some_and(|(year, rest)| beside(year, rest))
        || word.split_at_checked(2).is_some_and(|(rest, year)| beside(year, rest))
        || KNOWN.has("season", word)
        || word_of_month(word).is_some()
        || is_fiscal(word)
}

fn is_quarter(word: &str) -> bool {
    ["q1", "q2", "q3", "q4", "h1", "h2"].contains(&word)
}

/// The words by which a name says that its file is no evidence.
pub(super) fn says_none(file: &str) -> Option<String> {
    let said = plain(stem(file));
    let said: Vec<&str> = said.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    KNOWN
        .phrases
        .iter()
        .find(|phrase| {
            // `Richtlinienvorlage` is a template as well.
            let ends = matches!(phrase.as_slice(), [one] if one.len() >= 7 && said.iter().any(|word| word.ends_with(one.as_str())));
            ends || said.windows(phrase.len()).any(|words| words == phrase.as_slice())
        })
        .map(|phrase| phrase.join(" "))
}
