//! What is wrong with the file: where each key stands, problems as they are found, and the error that they make.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// Something that is wrong in the file, or worth saying about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The line, where it has one.
    pub line: Option<usize>,
    /// The key, as in `exceptions.approver`; empty where the words name it.
    pub key: String,
    /// What it is, and what to do.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.key.is_empty() {
            write!(f, "`{}`: ", self.key)?;
        }
        f.write_str(&self.what)
    }
}

/// Why the file cannot be used: where, what, and what to do; a line for each problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngagementError {
    path: PathBuf,
    problems: Vec<Problem>,
}

impl EngagementError {
    /// The problems, in the order of their lines.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    pub(crate) fn new(path: &Path, problems: Vec<Problem>) -> Self {
        Self { path: path.to_owned(), problems }
    }

    pub(crate) fn of(path: &Path, problem: Problem) -> Self {
        Self::new(path, vec![problem])
    }

    pub(crate) fn of_file(path: &Path, what: String) -> Self {
        Self::of(path, Problem { line: None, key: String::new(), what })
    }
}

impl fmt::Display for EngagementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.problems.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}", self.path.display())?;
            if let Some(line) = problem.line {
                write!(f, ", line {line}")?;
            }
            write!(f, ": {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for EngagementError {}

/// Where each key stands in the file: `exceptions[0].approver`, counted from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines(BTreeMap<String, usize>);

impl Lines {
    /// Says where a key stands.
    pub(crate) fn set(&mut self, key: &str, line: usize) {
        self.0.insert(key.to_owned(), line);
    }

    /// The line of a key; of what holds it where the key itself is not there.
    #[must_use]
    pub fn of(&self, key: &str) -> Option<usize> {
        let mut key = key;
        loop {
            if let Some(line) = self.0.get(key) {
                return Some(*line);
            }
            key = &key[..key.rfind(['.', '['])?];
        }
    }

    /// An entry of a list is gone: those after it have the number before, and stand where they stood.
    pub(crate) fn forget_entry(&mut self, list: &str, gone: usize) {
        let shifted = std::mem::take(&mut self.0).into_iter().filter_map(|(key, line)| {
            let entry =
                key.strip_prefix(list).and_then(|rest| rest.strip_prefix('[')).and_then(|rest| rest.split_once(']'));
            let Some((number, rest)) = entry.and_then(|(n, rest)| Some((n.parse::<usize>().ok()?, rest))) else {
                return Some((key, line));
            };
            match number.cmp(&gone) {
                Ordering::Less => Some((key, line)),
                Ordering::Equal => None,
                Ordering::Greater => Some((format!("{list}[{}]{rest}", number - 1), line)),
            }
        });
        self.0 = shifted.collect();
    }
}

/// A key without the numbers of list entries.
pub(crate) fn plain(key: &str) -> String {
    key.split('.').map(|part| part.split('[').next().unwrap_or(part)).collect::<Vec<_>>().join(".")
}

/// Problems as they are found.
#[derive(Debug)]
pub(crate) struct Problems<'a> {
    lines: &'a Lines,
    found: Vec<Problem>,
    /// The keys, with the numbers of list entries.
    keys: Vec<String>,
}

impl<'a> Problems<'a> {
    pub(crate) fn new(lines: &'a Lines) -> Self {
        Self { lines, found: Vec::new(), keys: Vec::new() }
    }

    /// Something is wrong at a key.
    pub(crate) fn add(&mut self, key: &str, what: impl Into<String>) {
        self.found.push(Problem { line: self.lines.of(key), key: plain(key), what: what.into() });
        self.keys.push(key.to_owned());
    }

    /// Something is wrong at a key that the words name themselves.
    pub(crate) fn say(&mut self, key: &str, what: impl Into<String>) {
        self.found.push(Problem { line: self.lines.of(key), key: String::new(), what: what.into() });
        self.keys.push(key.to_owned());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The keys at which something is wrong.
    pub(crate) fn keys(&self) -> &[String] {
        &self.keys
    }

    /// What was found, in the order of the lines.
    pub(crate) fn into_found(mut self) -> Vec<Problem> {
        self.found.sort();
        self.found.dedup();
        self.found
    }
}
