//! Which of the standard requests a line of an auditor's list is: proposals with their reasons, rivals where two are about as
//! good, and nothing where nothing is sure.

mod asks;
mod set;
mod text;
mod vocabulary;
mod weigh;

use super::request::{Request, RequestKind};
use set::Places;
use weigh::{Found, Line};

/// A standard request that a line seems to be, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counterpart {
    /// The id of the standard request.
    pub standard: String,
    /// The words of the line that say so, as they stand there.
    pub words: Vec<String>,
}

impl Counterpart {
    /// The words, and what they mean: "`terminated employees`: HR-02".
    #[must_use]
    pub fn reason(&self) -> String {
        format!("{}: {}", quoted(&self.words), self.standard)
    }
}

fn quoted(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|words| format!("`{words}`")).collect();
    match quoted.as_slice() {
        [before @ .., last] if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        all => all.concat(),
    }
}

/// What a line of an auditor's list seems to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The standard requests that it is: all of them where it is sure, else those that it may be.
    pub counterparts: Vec<Counterpart>,
    /// Why it is not sure, or why there is none; empty where it is sure.
    pub doubt: String,
}

impl Reading {
    /// Whether nothing stands against the proposals.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        !self.counterparts.is_empty() && self.doubt.is_empty()
    }

    /// The reasons, in words.
    #[must_use]
    pub fn reason(&self) -> String {
        let reasons = self.counterparts.iter().map(Counterpart::reason);
        let doubt = Some(self.doubt.clone()).filter(|doubt| !doubt.is_empty());
        reasons.chain(doubt).collect::<Vec<_>>().join("; ")
    }
}

/// What a line seems to be. Its heading may say that it is of another system, and that or a column what it is answered with.
#[must_use]
pub fn read(request: &Request) -> Reading {
    let kind = match request.kind {
        Some(RequestKind::Population) => Some("list"),
        Some(RequestKind::Sample) => Some("sample"),
        // A document may be a policy or a record, and a configuration is told by its words.
        Some(RequestKind::Document | RequestKind::Configuration) | None => None,
    };
    of_line(&request.text, &request.area, kind)
}

fn of_line(line: &str, heading: &str, kind: Option<&str>) -> Reading {
    let read = weigh::read(line, heading, kind);
    let rivals = weigh::rivals(&read.found);
    let counterparts: Vec<Counterpart> =
        read.found.iter().filter(|found| found.counts()).map(|found| counterpart(found, &read, line)).collect();
    let mut against: Vec<String> = Vec::new();
    for what in read.found.iter().filter(|found| !found.counts()).map(|found| other(found, &read, line)) {
        if !against.contains(&what) {
            against.push(what);
        }
    }
    let doubt = if counterparts.is_empty() {
        if against.is_empty() { "no standard request reads like it".to_owned() } else { against.join("; ") }
    } else if !against.is_empty() {
        against.join("; ")
    } else if !rivals.is_empty() {
        "two readings that are about as good".to_owned()
    } else if let Some(words) = left_over(&read) {
        format!("{} may say that something else is asked for", quoted(&said(words, &read, line)))
    } else {
        String::new()
    };
    Reading { counterparts, doubt }
}

/// The words that a line says besides, where they are too many, or where nothing may be said besides.
fn left_over(read: &Line) -> Option<Places> {
    let counts = || read.found.iter().filter(|found| found.counts());
    let explained = counts().fold(Places::default(), |all, found| all.with(found.words()));
    if read.unknown.len() > explained.len() + 1 {
        return Some(read.unknown);
    }
    (counts().any(|found| found.ask.alone) && !read.unclaimed.is_empty()).then_some(read.unclaimed)
}

fn counterpart(found: &Found, read: &Line, line: &str) -> Counterpart {
    Counterpart { standard: found.ask.standard.clone().unwrap_or_default(), words: said(found.words(), read, line) }
}

/// What stands against a counterpart, in words.
fn other(found: &Found, read: &Line, line: &str) -> String {
    if found.away.is_empty() {
        let words = quoted(&said(found.things, read, line));
        format!("{words}: {}, which no standard request asks for", found.ask.told)
    } else {
        format!("{} is not the cloud that a scan reads", quoted(&said(found.away, read, line)))
    }
}

/// The words at some places, as they stand in the line; those that follow each other together.
fn said(places: Places, read: &Line, line: &str) -> Vec<String> {
    let mut runs: Vec<(usize, usize, usize)> = Vec::new();
    for at in places.iter() {
        let Some(word) = read.words.get(at) else { continue };
        match runs.last_mut() {
            Some((last, _, to)) if *last + 1 == at && read.words.get(*last).is_some_and(|w| w.part == word.part) => {
                (*last, *to) = (at, word.to);
            }
            _ => runs.push((at, word.from, word.to)),
        }
    }
    let mut words: Vec<String> = Vec::new();
    for (_, from, to) in runs {
        let text = line.get(from..to).unwrap_or_default().to_owned();
        if !words.contains(&text) {
            words.push(text);
        }
    }
    words
}
