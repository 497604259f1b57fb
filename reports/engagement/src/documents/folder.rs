//! A folder of files, matched to requests by the words of their names. What is not certain is said, never guessed.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::file::Engagement;
use crate::problems::EngagementError;
use crate::requests::request::Request;
use crate::words::words;
use crate::write::{self, quoted, remark};

/// A match needs so many hundredths of the words of one of the request's names ...
const ENOUGH: u32 = 75;
/// ... and must lead the next request by so many.
const LEAD: u32 = 15;
/// Folders are followed so deep.
const DEPTH: usize = 8;

/// A file that answers a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The file, below the folder.
    pub file: String,
    /// The request.
    pub request: String,
    /// How much of the request's name the file's name has, in hundredths of its weight.
    pub score: u32,
    /// The words that they share.
    pub words: Vec<String>,
}

/// A file that might answer more than one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ambiguous {
    /// The file, below the folder.
    pub file: String,
    /// The requests, the best first.
    pub candidates: Vec<Match>,
}

/// What became of the files of a folder: each is in one of the lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Files that answer one request and no other, and are alone in it.
    pub matched: Vec<Match>,
    /// Files that might answer more than one request.
    pub ambiguous: Vec<Ambiguous>,
    /// Files that share a request with another file: a person picks one.
    pub contested: Vec<Match>,
    /// Files that were matched to nothing, and why.
    pub unmatched: Vec<(String, String)>,
}

/// Matches the files of a folder and the folders below.
///
/// # Errors
/// A folder cannot be read.
pub fn match_folder(folder: &Path, list: &[Request]) -> io::Result<Dropped> {
    let (mut files, mut skipped) = (Vec::new(), Vec::new());
    walk(folder, &PathBuf::new(), 0, &mut files, &mut skipped)?;
    let mut dropped = match_names(&files, list);
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
        let Some(name) = path.to_str().map(|name| name.replace('\\', "/")) else {
            skipped.push((path.to_string_lossy().into_owned(), "its name is not Unicode".to_owned()));
            continue;
        };
        let kind = entry.file_type()?;
        if kind.is_symlink() {
            skipped.push((name, "is a link: put the file itself into the folder".to_owned()));
        } else if entry.file_name().to_string_lossy().starts_with('.') {
            skipped.push((name, "is hidden".to_owned()));
        } else if kind.is_dir() && depth < DEPTH {
            walk(root, &path, depth + 1, files, skipped)?;
        } else if kind.is_file() {
            files.push(name);
        } else {
            skipped.push((name, "is not a file, or lies too deep".to_owned()));
        }
    }
    Ok(())
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
    let (taken, new): (Vec<&Match>, Vec<&Match>) =
        matches.iter().partition(|found| file.document(&found.request).is_some());
    let block = |found: &&Match| {
        let below = below.trim_end_matches('/');
        let place = if below.is_empty() { found.file.clone() } else { format!("{below}/{}", found.file) };
        let why = format!("Matched by {} (score {}): is it this document?", found.words.join(", "), found.score);
        format!(
            "\n{}[[documents]]\nrequest = {}\nfile = {}\nreceived = {received}\n# owner = \"\"\n# version = \"\"\n# approved = 2026-01-01\n# approver = \"\"\n",
            remark(&why),
            quoted(&found.request),
            quoted(&place),
        )
    };
    let blocks: Vec<String> = new.iter().map(block).collect();
    Ok((write::append(path, text, "documents", &blocks)?, taken.into_iter().cloned().collect()))
}

/// Matches file names to requests.
#[must_use]
pub fn match_names(files: &[String], list: &[Request]) -> Dropped {
    let names = Names::new(list);
    let mut dropped = Dropped::default();
    let mut matched: BTreeMap<String, Vec<Match>> = BTreeMap::new();
    for file in files {
        let candidates = names.candidates(file);
        match candidates.as_slice() {
            [] => dropped.unmatched.push((file.clone(), "its name is like that of no request".to_owned())),
            [one] => matched.entry(one.request.clone()).or_default().push(one.clone()),
            _ => dropped.ambiguous.push(Ambiguous { file: file.clone(), candidates }),
        }
    }
    for mut matches in matched.into_values() {
        if matches.len() > 1 {
            dropped.contested.append(&mut matches);
        } else {
            dropped.matched.append(&mut matches);
        }
    }
    dropped
}

/// What files of requests are called, in words, and how much each word weighs.
struct Names<'a> {
    /// A request's id and one of its names.
    names: Vec<(&'a str, BTreeSet<String>)>,
    /// In how many requests' names a word stands.
    common: BTreeMap<String, u32>,
}

impl<'a> Names<'a> {
    fn new(list: &'a [Request]) -> Self {
        let mut names = Vec::new();
        let mut common = BTreeMap::new();
        for request in list {
            let own: Vec<BTreeSet<String>> = request.names.iter().map(|name| words(name)).collect();
            for word in own.iter().flatten().collect::<BTreeSet<_>>() {
                *common.entry(word.clone()).or_default() += 1;
            }
            names.extend(own.into_iter().filter(|name| !name.is_empty()).map(|name| (request.id.as_str(), name)));
        }
        Self { names, common }
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
        let stem = file.rsplit('/').next().unwrap_or(file);
        let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
        let given = words(stem);
        let mut best: BTreeMap<&str, Match> = BTreeMap::new();
        for (request, name) in &self.names {
            let shared: Vec<String> = name.intersection(&given).cloned().collect();
            let score = 100 * self.weigh(shared.iter()) / self.weigh(name.iter()).max(1);
            let found = Match { file: file.to_owned(), request: (*request).to_owned(), score, words: shared };
            if score >= ENOUGH
                && best.get(request).is_none_or(|other| (other.score, other.words.len()) < (score, found.words.len()))
            {
                best.insert(request, found);
            }
        }
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
