//! The words by which lists ask for things, by what they mean; read from a table.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use super::set::Places;
use super::text::{Word, folded};

/// The table.
pub(super) const WORDS: &str = include_str!("../../../data/counterpart_words.csv");

/// What a concept is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    /// What something is answered with.
    Kind,
    /// What something is about.
    Thing,
    /// What is said of a thing.
    Aspect,
    /// A system or a place that is not the cloud.
    Away,
}

/// What a word of a phrase is like.
#[derive(Debug)]
enum Pattern {
    Whole(String),
    Begins(String),
    Ends(String),
    /// A number of things.
    Count,
}

impl Pattern {
    fn new(text: &str) -> Self {
        if text == "#" {
            return Self::Count;
        }
        let plain = folded(text.trim_matches('*'));
        // What is cut off is no word; but the words that it begins have lost the `s` at their end.
        let cut = || {
            let begun = text.trim_matches('*').to_lowercase();
            begun.strip_suffix('s').filter(|rest| !rest.ends_with('s')).map_or(begun.clone(), str::to_owned)
        };
        match (text.starts_with('*'), text.ends_with('*')) {
            (false, false) => Self::Whole(plain),
            (false, true) => Self::Begins(cut()),
            (true, _) => Self::Ends(plain),
        }
    }

    fn fits(&self, word: &str) -> bool {
        match self {
            Self::Whole(text) => word == text,
            Self::Begins(text) => word.starts_with(text.as_str()),
            Self::Ends(text) => word.len() > text.len() && word.ends_with(text.as_str()),
            Self::Count => word.len() <= 3 && is_number(word),
        }
    }
}

/// Whether a word is a number.
fn is_number(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_digit())
}

/// A phrase, and its concept; none for words that say nothing.
#[derive(Debug)]
struct Phrase {
    words: Vec<Pattern>,
    concept: Option<usize>,
}

/// What words do besides what they mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Details follow.
    Cut,
    /// Another request begins.
    Join,
    /// A remark begins.
    Aside,
}

/// The words of all languages.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    /// The concepts, with what they are.
    pub(super) concepts: Vec<(String, Sort)>,
    skipped: HashSet<String>,
    marks: HashMap<String, Vec<(Vec<String>, Mark)>>,
    phrases: Vec<Phrase>,
    /// Phrases by their first word, by how that begins or ends, and those that begin with a number.
    whole: HashMap<String, Vec<usize>>,
    begins: HashMap<String, Vec<usize>>,
    counts: Vec<usize>,
    ends: HashMap<String, Vec<usize>>,
    /// The lengths of such begins and ends, in bytes.
    begin_lengths: BTreeSet<usize>,
    end_lengths: BTreeSet<usize>,
}

/// Where a concept stands in a line: the places of its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) concept: usize,
    pub(super) words: Places,
}

/// What the words of a line mean.
#[derive(Debug, Default)]
pub(super) struct Meant {
    pub(super) spots: Vec<Spot>,
    /// The words that are known, or say nothing.
    pub(super) known: Places,
}

/// The records of a table, without its remarks.
pub(super) fn records(table: &'static str) -> impl Iterator<Item = csv::StringRecord> {
    csv::ReaderBuilder::new().comment(Some(b'#')).flexible(true).from_reader(table.as_bytes()).into_records().flatten()
}

/// The vocabulary, read once.
pub(super) static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let mut all = Vocabulary::default();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for record in records(WORDS) {
        let field = |at: usize| record.get(at).unwrap_or_default();
        let phrases = field(3).split('|').filter(|phrase| !phrase.is_empty());
        let parts = |phrase: &str| -> Vec<String> {
            phrase.split([' ', '.', '/']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        let mark = match field(0) {
            "cut" => Some(Mark::Cut),
            "join" => Some(Mark::Join),
            "aside" => Some(Mark::Aside),
            _ => None,
        };
        if let Some(mark) = mark {
            for phrase in phrases {
                let words: Vec<String> = parts(phrase).iter().map(|word| folded(word)).collect();
                if let Some(first) = words.first() {
                    all.marks.entry(first.clone()).or_default().push((words, mark));
                }
            }
            continue;
        }
        if field(0) == "skip" {
            all.skipped.extend(phrases.map(folded));
            continue;
        }
        let sort = match field(0) {
            "kind" => Some(Sort::Kind),
            "thing" => Some(Sort::Thing),
            "aspect" => Some(Sort::Aspect),
            "away" => Some(Sort::Away),
            _ => None,
        };
        let concept = sort.map(|sort| {
            *places.entry(field(1).to_owned()).or_insert_with(|| {
                all.concepts.push((field(1).to_owned(), sort));
                all.concepts.len() - 1
            })
        });
        for phrase in phrases {
            let words: Vec<Pattern> = parts(phrase).iter().map(|word| Pattern::new(word)).collect();
            let at = all.phrases.len();
            match words.first() {
                Some(Pattern::Whole(text)) => all.whole.entry(text.clone()).or_default().push(at),
                Some(Pattern::Begins(text)) => {
                    all.begin_lengths.insert(text.len());
                    all.begins.entry(text.clone()).or_default().push(at);
                }
                Some(Pattern::Ends(text)) => {
                    all.end_lengths.insert(text.len());
                    all.ends.entry(text.clone()).or_default().push(at);
                }
                Some(Pattern::Count) => all.counts.push(at),
                None => continue,
            }
            all.phrases.push(Phrase { words, concept });
        }
    }
    all
});

impl Vocabulary {
    /// The place of a concept.
    pub(super) fn concept(&self, name: &str) -> Option<usize> {
        self.concepts.iter().position(|(known, _)| known == name)
    }

    /// What a concept is.
    pub(super) fn sort(&self, concept: usize) -> Sort {
        self.concepts.get(concept).map_or(Sort::Kind, |(_, sort)| *sort)
    }

    /// The marks that stand in a line, with the places of their first words and how many they have; at one place the longest.
    pub(super) fn marks(&self, words: &[Word]) -> Vec<(usize, usize, Mark)> {
        let here = |at: usize| {
            let word = words.get(at)?;
            let begun = self.marks.get(&word.text).into_iter().flatten();
            let fits = |(phrase, _): &&(Vec<String>, Mark)| {
                phrase.iter().zip(at..).all(|(text, at)| {
                    words.get(at).is_some_and(|other| other.text == *text && other.sentence == word.sentence)
                })
            };
            begun.filter(fits).max_by_key(|(phrase, _)| phrase.len()).map(|(phrase, mark)| (at, phrase.len(), *mark))
        };
        (0..words.len()).filter_map(here).collect()
    }

    /// What the words mean. Words that only connect others are stepped over.
    pub(super) fn meant(&self, words: &[Word], marks: &[(usize, usize, Mark)]) -> Meant {
        let marked: Places = marks.iter().flat_map(|(at, length, _)| *at..at + length).collect();
        let connects = |at: usize, word: &Word| self.skipped.contains(&word.text) || marked.has(at);
        let mut meant = Meant::default();
        let mut told: Vec<usize> = Vec::new();
        for (at, word) in words.iter().enumerate() {
            // Days and figures say nothing of what is asked for.
            if connects(at, word) || is_number(&word.text) {
                meant.known.add(at);
            }
            if !connects(at, word) {
                told.push(at);
            }
            // A word that marks something may mean something as well.
            if marked.has(at) && !self.skipped.contains(&word.text) {
                told.push(at);
            }
        }
        for begin in 0..told.len() {
            for phrase in self.begun(words, &told, begin) {
                let Some(at) = self.fitting(phrase, words, &told, begin) else { continue };
                meant.known = meant.known.with(at);
                if let Some(concept) = phrase.concept {
                    meant.spots.push(Spot { concept, words: at });
                }
            }
        }
        self.keep_longest(&mut meant.spots);
        meant
    }

    /// The phrases that may begin at a word.
    fn begun<'a>(&'a self, words: &[Word], told: &[usize], begin: usize) -> Vec<&'a Phrase> {
        let Some(word) = told.get(begin).and_then(|at| words.get(*at)) else { return Vec::new() };
        let mut places: Vec<usize> = self.whole.get(&word.text).into_iter().flatten().copied().collect();
        let long = word.text.len();
        for length in self.begin_lengths.iter().take_while(|length| **length <= long) {
            let start = word.text.get(..*length).and_then(|start| self.begins.get(start));
            places.extend(start.into_iter().flatten());
        }
        for length in self.end_lengths.iter().take_while(|length| **length < long) {
            let end = word.text.get(long - length..).and_then(|end| self.ends.get(end));
            places.extend(end.into_iter().flatten());
        }
        // A count of things is short.
        places.extend(self.counts.iter().filter(|_| is_number(&word.text)));
        places.into_iter().filter_map(|at| self.phrases.get(at)).collect()
    }

    /// The places of the words of a phrase, where it stands at a word and no pause is within it.
    fn fitting(&self, phrase: &Phrase, words: &[Word], told: &[usize], begin: usize) -> Option<Places> {
        let mut at = Places::default();
        let mut part = None;
        for (pattern, place) in phrase.words.iter().zip(begin..) {
            let place = *told.get(place)?;
            let word = words.get(place)?;
            if !pattern.fits(&word.text) || *part.get_or_insert(word.part) != word.part {
                return None;
            }
            at.add(place);
        }
        Some(at)
    }

    /// A thing within a longer phrase for another is not meant: `incident response plan` is no incident.
    fn keep_longest(&self, spots: &mut Vec<Spot>) {
        let is_thing = |spot: &Spot| self.sort(spot.concept) != Sort::Kind;
        let long: Vec<Spot> = spots.iter().filter(|spot| is_thing(spot) && spot.words.len() > 1).copied().collect();
        let within = |spot: &Spot, other: &Spot| {
            other.concept != spot.concept && spot.words != other.words && spot.words.within(other.words)
        };
        spots.retain(|spot| !is_thing(spot) || !long.iter().any(|other| within(spot, other)));
    }
}
