//! Where a store lies: a folder or a bucket, seen through the three things that a store asks of either.

use std::io::Write;
use std::path::Path;

use super::layout::is_hidden;

/// A place that holds a store. Nothing in it is ever overwritten or deleted: the trait has no way to.
pub trait Home: Send + Sync {
    /// What it is called: a path, or `s3://bucket/prefix`.
    fn name(&self) -> &str;

    /// Creates an object, whole or not at all, where there is none of that key. Of two writers at once one creates it, and the
    /// other is told that it is there.
    ///
    /// # Errors
    /// It is not known to be there: the place cannot be written, or did not answer.
    fn create(&self, key: &str, content: Content<'_>) -> Result<Created, HomeError>;

    /// Every object whose key begins with a prefix, sorted by key.
    ///
    /// # Errors
    /// The place cannot be read.
    fn list(&self, prefix: &str) -> Result<Vec<Stored>, HomeError>;

    /// Writes the oldest content of an object, the one that was there before anybody could put another on top of it.
    ///
    /// # Errors
    /// The place cannot be read, or `to` cannot be written.
    fn read(&self, object: &Stored, to: &mut dyn Write) -> Result<(), HomeError>;

    /// Whether nothing at all is in the place.
    ///
    /// # Errors
    /// The place cannot be read.
    fn is_empty(&self) -> Result<bool, HomeError> {
        Ok(self.list("")?.iter().all(|stored| is_hidden(&stored.key)))
    }

    /// What the place does not do to hold what is written to it, a sentence each: versions, retention.
    fn lacks(&self) -> Vec<String> {
        Vec::new()
    }
}

/// What an object holds.
#[derive(Debug, Clone, Copy)]
pub enum Content<'a> {
    /// Bytes in memory.
    Bytes(&'a [u8]),
    /// The bytes of a file.
    File(&'a Path),
}

/// What became of a create.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    /// It is there now.
    New,
    /// There was one already; whether it holds the same is not said.
    There,
}

/// An object of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its key, relative to the store: `chain/00000001.json`.
    pub key: String,
    /// The length of its oldest content in bytes.
    pub bytes: u64,
    /// The version id of its oldest content, where the place keeps versions.
    pub version: Option<String>,
    /// What was done to it after it was created; nothing, where nobody did anything.
    pub altered: Option<Altered>,
}

/// What was done to an object that nobody may touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Altered {
    /// Other contents were put on top of the oldest: so many.
    Versions(usize),
    /// It was deleted: a delete marker hides it, and its contents are kept behind the marker.
    Marked,
    /// A delete marker is all that is left of it.
    Gone,
    /// No file stands in its place, but a link or something else that leads elsewhere.
    NoFile,
}

impl Altered {
    /// Whether nothing of what was written can be read any more.
    #[must_use]
    pub const fn is_lost(self) -> bool {
        matches!(self, Self::Gone | Self::NoFile)
    }
}

impl std::fmt::Display for Altered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Versions(1) => f.write_str("another content was put on top of it; the oldest is read"),
            Self::Versions(count) => write!(f, "{count} other contents were put on top of it; the oldest is read"),
            Self::Marked => {
                f.write_str("it was deleted, and stands behind a delete marker; its oldest content is read")
            }
            Self::NoFile => f.write_str("it is no file: something that leads elsewhere stands in its place"),
            Self::Gone => f.write_str("it was deleted: a delete marker is all that is left of it"),
        }
    }
}

/// Why a place did not do what was asked of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place} {why}")]
pub struct HomeError {
    /// The object or the store.
    pub place: String,
    /// What went wrong, and what to do: `cannot be written: ...`.
    pub why: String,
}

/// Whether a key is one that a store may have: no place outside of it, nothing hidden, nothing that a file system or a bucket
/// would read otherwise.
#[must_use]
pub fn is_key(key: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'='))
    };
    key.len() <= 512 && key.split('/').all(part)
}
