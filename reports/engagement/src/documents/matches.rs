//! What became of the files of a folder.

use std::collections::BTreeSet;

use crate::cadence::Occurrence;

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
    /// The folder whose name it was matched by, where its own says nothing.
    pub folder: Option<String>,
    /// What it is called, where a request has several documents.
    pub title: Option<String>,
    /// The time that its name names.
    pub time: Option<Occurrence>,
    /// The version that its name names.
    pub version: Option<String>,
    /// The words of its name in English, where it was read in another language.
    pub english: Option<BTreeSet<String>>,
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
    /// Files that answer one request together: quarters, versions, several documents, files of one delivery.
    pub grouped: Vec<Match>,
    /// Files that might answer more than one request.
    pub ambiguous: Vec<Ambiguous>,
    /// Files that share a request with another file, and why they do not go together: a person picks one.
    pub contested: Vec<(Match, String)>,
    /// Files that were matched to nothing, and why.
    pub unmatched: Vec<(String, String)>,
}
