//! A folder of files, matched to requests by the words of their names. What is not certain is said, never guessed.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::content::{self, Verdict};
use super::languages::{own_words, translate};
use super::matches::{Ambiguous, Dropped, Match};
use super::name::{FileName, KNOWN, says_none, stem};
use super::pointer;
use super::together;
use crate::cadence::Occurrence;
use crate::file::Engagement;
use crate::fold::{composed, folded_words};
use crate::problems::EngagementError;
use crate::registers::{Document, RequestEntry};
use crate::requests::request::Request;
use crate::words::words;
use crate::write::{self, quoted, remark};

/// A match needs so many hundredths of the words of one of the request's names ...
const ENOUGH: u32 = 75;
/// ... and must lead the next request by so many.
const LEAD: u32 = 15;
/// Folders are followed so deep.
const DEPTH: usize = 8;

/// Matches the files of a folder and the folders below; what the engagement calls its files counts before what they are called
/// elsewhere.
///
/// # Errors
/// A folder cannot be read.
pub fn match_folder(folder: &Path, list: &[Request], engagement: &Engagement) -> io::Result<Dropped> {
    let (mut files, mut skipped) = (Vec::new(), Vec::new());
    walk(folder, &PathBuf::new(), 0, &mut files, &mut skipped)?;
    let mut dropped = match_names(&files, list, engagement);
    dropped.unmatched.extend(skipped);
    dropped.unmatched.sort();
    Ok(dropped)
}

fn walk(
    root: &Path,
    below: &Path,
    depth: usize,
    files: &mut Vec<String>,
    skipped: &mut Vec<(String, String)>,
) -> io::Result<()> {
    let mut entries = std::fs::read_dir(root.join(below))?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = below.join(entry.file_name());
        if !cfg!(windows) && entry.file_name().to_string_lossy().contains('\\') {
            // kickoff.toml has `/` between folders, and this would be none.
            skipped.push((path.to_string_lossy().into_owned(), "its name has a `\\`: give it another".to_owned()));
            continue;
        }
        let Some(name) = path.to_str().map(|name| name.replace('\\', "/")) else {
            skipped.push((path.to_string_lossy().into_owned(), "its name is not Unicode".to_owned()));
            continue;
        };
        let kind = entry.file_type()?;
        let own = entry.file_name().to_string_lossy().to_lowercase();
        if kind.is_symlink() {
            skipped.push((name, "is a link: put the file itself into the folder".to_owned()));
        } else if entry.file_name().to_string_lossy().starts_with('.') {
            skipped.push((name, "is hidden".to_owned()));
        } else if let Some(why) = is_junk(&own) {
            skipped.push((name, why.to_owned()));
        } else if kind.is_dir() && is_bundle(&own) {
            skipped.push((name, "is a folder that one program opens as a document: export it as PDF".to_owned()));
        } else if kind.is_dir() && depth < DEPTH {
            // One folder that cannot be read keeps the others from nobody.
            if let Err(error) = walk(root, &path, depth + 1, files, skipped) {
                skipped.push((name, format!("cannot be read: {error}")));
            }
        } else if kind.is_file() {
            match holds_none(&root.join(&path)) {
                Some(why) => skipped.push((name, why)),
                None => files.push(name),
            }
        } else {
            skipped.push((name, "is not a file, or lies too deep".to_owned()));
        }
    }
    Ok(())
}

/// Whether a folder, by its name in lower case, is what a program of macOS keeps a document in.
fn is_bundle(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    ["pages", "numbers", "key", "rtfd", "graffle", "oo3", "textbundle"].contains(&ending)
}

/// Why a file or a folder is none that a person made, by its name in lower case.
fn is_junk(name: &str) -> Option<&'static str> {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match name {
        "thumbs.db" | "desktop.ini" | "__macosx" => Some("is the system's, and nobody's document"),
        _ if name.starts_with("~$") => Some("is what an editor leaves while a document is open"),
        _ if ["tmp", "bak", "part", "crdownload"].contains(&ending) => {
            Some("is a leftover: put the document itself there")
        }
        _ => None,
    }
}

/// Why a file is no document, by what it holds. One that cannot be read, or is called other than it is, stays: the register
/// tells of it.
fn holds_none(path: &Path) -> Option<String> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    if pointer::is_named(&ending) {
        return Some("is a shortcut: put the file itself into the folder".to_owned());
    }
    match content::look(path).ok()?.verdict {
        Verdict::Fine | Verdict::Other(_) => None,
        Verdict::Nothing(how) => Some(how.to_owned()),
        Verdict::Link(None) => Some("is a link: put the document itself there".to_owned()),
        Verdict::Link(Some(target)) => Some(format!("is a link to {target}: put the document itself there")),
        Verdict::Page(what) => Some(format!("{what}: put the document itself there")),
    }
}

/// Adds the matched files of a folder to the text of a file, at its end, as documents that were received on a day. What
/// only a person knows, the owner, the version and the approval, is left as a comment. `below` is the folder's path
/// below that of kickoff.toml. Gives the new text, and the matches that were left out because their request has a document.
///
/// # Errors
/// The text is not a file that can be used, before or after.
pub fn append(
    path: &Path,
    text: &str,
    below: &str,
    matches: &[Match],
    received: Date,
) -> Result<(String, Vec<Match>), EngagementError> {
    let file = Engagement::parse(path, text)?;
    let below = below.trim_end_matches('/');
    let place = |found: &Match| if below.is_empty() { found.file.clone() } else { format!("{below}/{}", found.file) };
    // One of another time or another version than all that are there is new.
    let is_there = |found: &Match| {
        let apart = |document: &Document| {
            let same_file = document.file.as_deref() == Some(place(found).as_str());
            let other =
                |own: Option<&str>, known: Option<&String>| own.zip(known).is_some_and(|(own, known)| own != known);
            let time = found.time.as_ref().map(|time| time.name.as_str());
            let occurrence = other(time, document.occurrence.as_ref());
            !same_file && (occurrence || other(found.version.as_deref(), document.version.as_ref()))
        };
        file.documents_for(&found.request).any(|document| !apart(document))
    };
    let (taken, new): (Vec<&Match>, Vec<&Match>) = matches.iter().partition(|found| is_there(found));
    let block = |found: &&Match| {
        let why = format!("Matched by {} (score {}): is it this document?", found.words.join(", "), found.score);
        let mut block = format!(
            "\n{}[[documents]]\nrequest = {}\nfile = {}\nreceived = {received}\n",
            remark(&why),
            quoted(&found.request),
            quoted(&place(found)),
        );
        let said = [("title", &found.title), ("version", &found.version)];
        for (key, value) in said.iter().filter_map(|(key, value)| Some((key, value.as_ref()?))) {
            block += &format!("{key} = {}\n", quoted(value));
        }
        if let Some(time) = &found.time {
            // A day is the document's own; a year or a span of months would say less than its day does.
            if time.first == time.last {
                block += &format!("on = {}\n", time.first);
            } else if time.name.len() > 4 && Occurrence::parse(&time.name).is_some() {
                block += &format!("occurrence = {}\n", quoted(&time.name));
            }
        }
        block += "# owner = \"\"\n";
        if found.version.is_none() {
            block += "# version = \"\"\n";
        }
        block + "# approved = 2026-01-01\n# approver = \"\"\n"
    };
    let blocks: Vec<String> = new.iter().map(block).collect();
    Ok((write::append(path, text, "documents", &blocks)?, taken.into_iter().cloned().collect()))
}

/// Matches file names to requests.
#[must_use]
pub fn match_names(files: &[String], list: &[Request], engagement: &Engagement) -> Dropped {
    let names = Names::new(list, engagement);
    let mut dropped = Dropped::default();
    let mut matched: BTreeMap<String, Vec<Match>> = BTreeMap::new();
    for file in files {
        if let Some(said) = says_none(file) {
            dropped.unmatched.push((file.clone(), format!("its name says `{said}`: it is no evidence")));
            continue;
        }
        let candidates = names.candidates(file);
        match candidates.as_slice() {
            [] => dropped.unmatched.push((file.clone(), "its name is like that of no request".to_owned())),
            [one] => matched.entry(one.request.clone()).or_default().push(one.clone()),
            _ => dropped.ambiguous.push(Ambiguous { file: file.clone(), candidates }),
        }
    }
    for (id, mut matches) in matched {
        let request = list.iter().find(|request| request.id == id);
        match request.filter(|_| matches.len() > 1) {
            None => dropped.matched.append(&mut matches),
            Some(request) => {
                let (mut together, contested) = together::sort(request, names.called(&id), &matches);
                // One that is certain beside others that are not is alone.
                if together.len() > 1 { &mut dropped.grouped } else { &mut dropped.matched }.append(&mut together);
                dropped.contested.extend(contested);
            }
        }
    }
    dropped
}

/// A match of a file by some of its words.
fn found(file: &str, request: &str, score: u32, words: Vec<String>) -> Match {
    let said = FileName::of(file);
    Match {
        file: file.to_owned(),
        request: request.to_owned(),
        score,
        words,
        folder: None,
        title: None,
        time: said.time,
        version: said.version,
        english: None,
    }
}

/// What files of requests are called, in words, and how much each word weighs.
struct Names<'a> {
    /// A request's id and one of its names.
    names: Vec<(&'a str, BTreeSet<String>)>,
    /// In how many requests' names a word stands.
    common: BTreeMap<String, u32>,
    /// What the company calls the files of a request: folded words.
    called: Vec<(&'a RequestEntry, Vec<BTreeSet<String>>)>,
    /// Words of names that the engagement knows: they say nothing of what a document is.
    own: BTreeSet<String>,
}

fn folded(name: &str) -> BTreeSet<String> {
    folded_words(&composed(name)).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

impl<'a> Names<'a> {
    fn new(list: &'a [Request], engagement: &'a Engagement) -> Self {
        let mut names = Vec::new();
        let mut common = BTreeMap::new();
        for request in list {
            let own: Vec<BTreeSet<String>> = request.names.iter().map(|name| words(name)).collect();
            for word in own.iter().flatten().collect::<BTreeSet<_>>() {
                *common.entry(word.clone()).or_default() += 1;
            }
            names.extend(own.into_iter().filter(|name| !name.is_empty()).map(|name| (request.id.as_str(), name)));
        }
        let of_list = |entry: &&RequestEntry| list.iter().any(|request| request.id == entry.id);
        let entries = engagement.requests.iter().filter(|entry| !entry.names.is_empty()).filter(of_list);
        let called = entries.map(|entry| (entry, entry.names.iter().map(|name| folded(name)).collect())).collect();
        let entity = engagement.entity.iter().flat_map(|entity| [entity.name.as_str(), entity.system.as_str()]);
        let vendors = engagement.subservice.iter().map(|organization| organization.name.as_str());
        Self { names, common, called, own: own_words(entity.chain(vendors)) }
    }

    /// What the company calls the files of a request.
    fn called(&self, request: &str) -> &'a [String] {
        let entry = self.called.iter().find(|(entry, _)| entry.id == request);
        entry.map_or(&[], |(entry, _)| entry.names.as_slice())
    }

    /// A word that few requests share says more: `incident` more than `policy`.
    fn weight(&self, word: &str) -> u32 {
        match self.common.get(word) {
            None | Some(0) => 0,
            Some(1) => 6,
            Some(2) => 5,
            Some(3 | 4) => 4,
            Some(5..=8) => 3,
            Some(_) => 2,
        }
    }

    fn weigh<'w>(&self, words: impl Iterator<Item = &'w String>) -> u32 {
        words.map(|word| self.weight(word)).sum()
    }

    /// The requests that a file may answer, the best first: one, where it is certain.
    fn candidates(&self, file: &str) -> Vec<Match> {
        let own = self.of_any(file, file);
        if !own.is_empty() {
            return own;
        }
        // A folder that is called like a request holds what was handed over for it; each word of the name has to be there.
        let mut folders = file.match_indices('/').rev().map(|(end, _)| &file[..end]);
        let folders = folders.find_map(|folder| {
            let found = self.of_any(file, folder);
            let whole = matches!(found.as_slice(), [one] if one.score == 100);
            whole.then(|| found.into_iter().map(|one| Match { folder: Some(folder.to_owned()), ..one }).collect())
        });
        folders.unwrap_or_default()
    }

    /// The requests that the name of a file or of a folder above it is for: as the company calls it, or else as it is called in
    /// English, or else in another language.
    fn of_any(&self, file: &str, at: &str) -> Vec<Match> {
        let found = self.company(file, at);
        let found = if found.is_empty() { self.named(file, stem(at)) } else { found };
        if found.is_empty() { self.translated(file, at) } else { found }
    }

    /// The requests whose files the company calls so; of two names the one with more words.
    fn company(&self, file: &str, at: &str) -> Vec<Match> {
        let given = folded(stem(at));
        let all = self.called.iter().flat_map(|(entry, names)| names.iter().map(|name| (entry.id.as_str(), name)));
        let held: Vec<_> = all.filter(|(_, name)| !name.is_empty() && name.is_subset(&given)).collect();
        let most = held.iter().map(|(_, name)| name.len()).max();
        let mut best: BTreeMap<&str, Match> = BTreeMap::new();
        for (request, name) in held.into_iter().filter(|(_, name)| Some(name.len()) == most) {
            best.entry(request).or_insert_with(|| found(file, request, 100, name.iter().cloned().collect()));
        }
        best.into_values().collect()
    }

    /// The requests whose names a name is in another language.
    fn translated(&self, file: &str, at: &str) -> Vec<Match> {
        let Some(said) = translate(&FileName::of(at).title, &self.own) else { return Vec::new() };
        let english: Vec<BTreeSet<String>> = said.names.iter().map(|name| words(name)).collect();
        let mut best: BTreeMap<&str, Match> = BTreeMap::new();
        for (request, _) in self.names.iter().filter(|(_, name)| english.contains(name)) {
            let found = Match { english: Some(said.core.clone()), ..found(file, request, 100, said.words.clone()) };
            best.entry(request).or_insert(found);
        }
        best.into_values().collect()
    }

    /// The requests whose names are like a name.
    fn named(&self, file: &str, stem: &str) -> Vec<Match> {
        let given = words(stem);
        let mut best: BTreeMap<&str, Match> = BTreeMap::new();
        for (request, name) in &self.names {
            let shared: Vec<String> = name.intersection(&given).cloned().collect();
            let score = 100 * self.weigh(shared.iter()) / self.weigh(name.iter()).max(1);
            if score >= ENOUGH
                && best.get(request).is_none_or(|other| (other.score, other.words.len()) < (score, shared.len()))
            {
                best.insert(request, found(file, request, score, shared));
            }
        }
        // A well-known document that nobody asked for is none of the requests whose names its own holds.
        let others: Vec<&BTreeSet<String>> = KNOWN.others().filter(|other| other.is_subset(&given)).collect();
        best.retain(|_, found| {
            !others
                .iter()
                .any(|other| other.len() > found.words.len() && found.words.iter().all(|word| other.contains(word)))
        });
        let all: Vec<Match> = best.into_values().collect();
        // A name that another one holds whole, `risk assessment` in `vendor risk assessment`, is not what is meant.
        let mut rest: Vec<Match> = all
            .iter()
            .filter(|one| {
                !all.iter().any(|other| {
                    other.score + LEAD > one.score
                        && other.words.len() > one.words.len()
                        && one.words.iter().all(|word| other.words.contains(word))
                })
            })
            .cloned()
            .collect();
        rest.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.request.cmp(&b.request)));
        let first = rest.first().map_or(0, |first| first.score);
        rest.retain(|candidate| candidate.score + LEAD > first);
        rest
    }
}
