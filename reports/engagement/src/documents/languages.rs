//! What documents are called in other languages than English: German, French, Spanish, Dutch. A name is read only where nothing
//! in it is left that might make it the name of something else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::dates::month;
use crate::fold::{composed, fold, folded_words};
use crate::words::{is_noise, words};

/// A name of a document, in the words of its language.
struct Name {
    words: BTreeSet<String>,
    /// What the document is called in English.
    english: String,
    /// A system, a vendor, a person or a place may stand beside it.
    is_open: bool,
}

/// A language.
#[derive(Default)]
struct Language {
    names: Vec<Name>,
    /// Each word that names know, by its stem: the stem of the word that it stands for.
    stems: BTreeMap<String, String>,
    /// Several words that stand for one, as they are written between spaces.
    phrases: Vec<(String, String)>,
    form: BTreeSet<String>,
    other: BTreeSet<String>,
    other_phrases: Vec<String>,
}

/// The languages, and the words that say nothing in any of them.
struct Known {
    languages: Vec<Language>,
    harmless: BTreeSet<String>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let text = include_str!("../../data/names_in_languages.csv");
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let records: Vec<csv::StringRecord> = reader.records().filter_map(Result::ok).collect();
    let mut languages: BTreeMap<String, Language> = BTreeMap::new();
    let mut harmless = BTreeSet::new();
    for record in &records {
        let field = |at: usize| record.get(at).unwrap_or_default();
        let language = languages.entry(field(0).to_owned()).or_default();
        let listed = || field(3).split('|').map(folded_words).filter(|word| !word.is_empty());
        match field(1) {
            "same" => listed().for_each(|word| language.same(&folded_words(field(2)), &word)),
            "form" => language.form.extend(listed().map(|word| stem(&word).to_owned())),
            "other" => {
                let (phrases, single): (Vec<_>, Vec<_>) = listed().partition(|word| word.contains(' '));
                language.other_phrases.extend(phrases);
                language.other.extend(single.iter().map(|word| stem(word).to_owned()));
            }
            "harmless" => harmless.extend(listed()),
            _ => {}
        }
    }
    // Names last: what their words stand for is known now.
    for record in records.iter().filter(|record| record.get(1) == Some("name")) {
        let (language, english) = (record.get(0).unwrap_or_default(), record.get(2).unwrap_or_default());
        let Some(language) = languages.get_mut(language) else { continue };
        for name in record.get(3).unwrap_or_default().split('|') {
            language.name(&folded_words(name), english, name.starts_with('+'));
        }
    }
    for language in languages.values_mut() {
        for word in language.form.iter().chain(&language.other).cloned().collect::<Vec<_>>() {
            language.stems.entry(word.clone()).or_insert(word);
        }
        // What a form stands for is a form as well.
        language.form = language.form.iter().map(|word| language.stems.get(word).unwrap_or(word).clone()).collect();
    }
    Known { languages: languages.into_values().collect(), harmless }
});

impl Language {
    fn same(&mut self, one: &str, other: &str) {
        if other.contains(' ') {
            self.phrases.push((format!(" {other} "), format!(" {one} ")));
        } else {
            self.stems.insert(stem(other).to_owned(), stem(one).to_owned());
        }
        self.stems.insert(stem(one).to_owned(), stem(one).to_owned());
    }

    fn name(&mut self, name: &str, english: &str, is_open: bool) {
        let known = name.split(' ').map(|word| {
            let stem = stem(word).to_owned();
            self.stems.entry(stem.clone()).or_insert(stem).clone()
        });
        let words = known.collect();
        self.names.push(Name { words, english: english.to_owned(), is_open });
    }

    /// The known words that a word is made of: `informationssicherheitsrichtlinie` is three. None where something is left.
    fn parts(&self, word: &str) -> Option<Vec<&String>> {
        if let Some(known) = self.stems.get(stem(word)) {
            return Some(vec![known]);
        }
        self.compound(word, MOST_PARTS)
    }

    fn compound(&self, word: &str, most: usize) -> Option<Vec<&String>> {
        if most == 0 {
            return None;
        }
        // The longest beginning first. Short words are too much like parts of others.
        let ends = word.char_indices().map(|(at, _)| at).chain([word.len()]).rev().filter(|end| *end >= LEAST);
        for end in ends {
            let Some((begun, rest)) = word.split_at_checked(end) else { continue };
            let Some(known) = self.stems.get(begun) else { continue };
            for link in LINKS {
                let Some(rest) = rest.strip_prefix(link) else { continue };
                if rest.is_empty() {
                    return Some(vec![known]);
                }
                if let Some(after) = self.compound(rest, most - 1) {
                    return Some([vec![known], after].concat());
                }
            }
        }
        None
    }
}

/// A compound has so many parts at most ...
const MOST_PARTS: usize = 5;
/// ... each of so many letters at least.
const LEAST: usize = 4;
/// What stands between the parts of a compound, or behind the last.
const LINKS: [&str; 14] = ["", "s", "e", "n", "en", "es", "er", "em", "ns", "se", "ens", "sen", "ers", "ern"];

/// A word without its ending.
fn stem(word: &str) -> &str {
    let ending = ["en", "er", "es", "em", "e", "n", "s"].into_iter();
    let mut shorter =
        ending.filter_map(|ending| word.strip_suffix(ending)).filter(|rest| rest.chars().count() >= LEAST);
    shorter.next().map_or(word, stem)
}

/// What a name is in English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Translation {
    /// The documents that it names.
    pub(super) names: BTreeSet<String>,
    /// The words by which it was told, as they stand.
    pub(super) words: Vec<String>,
    /// All that it says, in English as far as it is known.
    pub(super) core: BTreeSet<String>,
}

/// Reads the title of a file, without times and versions. `own` are words of names that the engagement knows, of the entity and
/// of its vendors, folded.
pub(super) fn translate(title: &str, own: &BTreeSet<String>) -> Option<Translation> {
    let folded = format!(" {} ", folded_words(&spaced(title)));
    if KNOWN.languages.iter().any(|language| language.is_other(&folded)) {
        return None;
    }
    let found: Vec<Translation> = KNOWN.languages.iter().filter_map(|language| language.read(&folded, own)).collect();
    let first = found.first()?.clone();
    let names = found.into_iter().flat_map(|found| found.names).collect();
    Some(Translation { names, ..first })
}

/// A title in which words that are written together have a space between them: `GmbH` is two of them as well.
fn spaced(title: &str) -> String {
    let mut spaced = String::new();
    let mut before = ' ';
    for c in composed(title).chars() {
        if c.is_uppercase() && before.is_lowercase() {
            spaced.push(' ');
        }
        spaced.push(c);
        before = c;
    }
    spaced
}

/// Whether a word is known in some language, and by more than a form.
fn means(word: &str) -> bool {
    let more = |language: &Language, parts: Vec<&String>| parts.into_iter().any(|part| !language.form.contains(part));
    KNOWN.languages.iter().any(|language| language.parts(word).is_some_and(|parts| more(language, parts)))
}

impl Language {
    /// Whether a word of a name says that it is about something else.
    fn is_other(&self, folded: &str) -> bool {
        self.other_phrases.iter().any(|phrase| folded.contains(&format!(" {phrase} ")))
            || folded.split(' ').filter_map(|word| self.parts(word)).flatten().any(|part| self.other.contains(part))
    }

    fn read(&self, folded: &str, own: &BTreeSet<String>) -> Option<Translation> {
        let text = self.phrases.iter().fold(folded.to_owned(), |text, (several, one)| text.replace(several, one));
        let (mut known, mut soft, mut unknown) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let mut told: Vec<(&str, Vec<&String>)> = Vec::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let says_nothing = KNOWN.harmless.contains(word) || own.contains(word) || is_beside(word);
            match self.parts(word) {
                Some(parts) => {
                    known.extend(parts.iter().copied());
                    if says_nothing {
                        soft.extend(parts.iter().copied());
                    }
                    told.push((word, parts));
                }
                None if says_nothing => {}
                None => drop(unknown.insert(word)),
            }
        }
        let held: Vec<&Name> =
            self.names.iter().filter(|name| name.words.iter().all(|word| known.contains(word))).collect();
        let is_part = |name: &Name| {
            held.iter().any(|other| other.words.len() > name.words.len() && name.words.is_subset(&other.words))
        };
        let whole: Vec<&Name> = held.iter().copied().filter(|name| !is_part(name)).collect();
        let used: BTreeSet<&String> = whole.iter().flat_map(|name| &name.words).collect();
        let left = known.iter().any(|word| !used.contains(word) && !soft.contains(word) && !self.form.contains(*word));
        // What stands beside an open name is a name as well, and no word of another language.
        let beside = || whole.iter().all(|name| name.is_open) && !unknown.iter().any(|word| means(word));
        if whole.is_empty() || left || !(unknown.is_empty() || beside()) {
            return None;
        }
        let names: BTreeSet<String> = whole.iter().map(|name| name.english.clone()).collect();
        let by = told.iter().filter(|(_, parts)| parts.iter().any(|part| used.contains(part)));
        let mut core: BTreeSet<String> = names.iter().flat_map(|name| words(name)).collect();
        core.extend(unknown.into_iter().map(str::to_owned));
        Some(Translation { names, words: by.map(|(word, _)| (*word).to_owned()).collect(), core })
    }
}

/// Figures, letters of a list, months, and what says nothing in English either.
fn is_beside(word: &str) -> bool {
    let has_figures = || word.chars().any(|c| c.is_ascii_digit());
    (word.len() <= 4 && has_figures())
        || word.chars().all(|c| c.is_ascii_digit())
        || word.chars().count() == 1
        || month(word).is_some()
        || is_noise(word)
        || BESIDE.contains(&word)
}

/// What stands in names of files in every language.
const BESIDE: [&str; 13] = ["iso", "iec", "soc", "tsc", "en", "de", "fr", "es", "nl", "pol", "rl", "doc", "v"];

/// The words of names that the engagement knows, folded: they say nothing of what a document is.
pub(super) fn own_words<'n>(names: impl IntoIterator<Item = &'n str>) -> BTreeSet<String> {
    let split = |name: &str| {
        let both = [name.to_owned(), spaced(name)];
        both.iter()
            .flat_map(|name| folded_words(name).split(' ').map(str::to_owned).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    };
    // What a name shares with documents is no name.
    names.into_iter().flat_map(split).filter(|word| word.chars().count() > 1 && !means(word)).collect()
}

/// A text without accents, in lower case: so the words of the data stand.
pub(super) fn plain(text: &str) -> String {
    fold(&composed(text))
}
