//! `chain.jsonl`: one line per package, each with the digest of the line before, so that none can be taken out
//! or slipped in afterwards.

use std::io;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::PackageError;
use crate::exchange::sha256_hex;

/// One package of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainLine {
    /// The run that the package was made from.
    pub run: String,
    /// The package.
    pub package: String,
    /// The SHA-256 of its `MANIFEST.sha256`.
    pub manifest_sha256: String,
    /// When it was made (UTC).
    pub created: Timestamp,
    /// The SHA-256 of the line before, its newline included; none for the first.
    pub previous: Option<String>,
}

/// Where a chain is broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} {why}")]
pub struct ChainError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

/// Reads a chain and checks that every line names the one before.
pub(crate) fn parse(bytes: &[u8]) -> Result<Vec<ChainLine>, ChainError> {
    let mut lines: Vec<ChainLine> = Vec::new();
    let mut previous: Option<String> = None;
    for (index, raw) in bytes.split_inclusive(|b| *b == b'\n').enumerate() {
        let broken = |why: String| ChainError { line: index + 1, why };
        let Some(text) = raw.strip_suffix(b"\n") else {
            return Err(broken("has no end".to_owned()));
        };
        let line: ChainLine =
            serde_json::from_slice(text).map_err(|e| broken(format!("is not a line of a chain: {e}")))?;
        if line.previous != previous {
            return Err(broken(if index == 0 {
                "names a line before it, and there is none".to_owned()
            } else {
                "does not name the line before it: one was changed, taken out or put in".to_owned()
            }));
        }
        if lines.last().is_some_and(|before| line.created < before.created) {
            return Err(broken("is dated before the line before it".to_owned()));
        }
        previous = Some(sha256_hex(raw));
        lines.push(line);
    }
    Ok(lines)
}

/// Checks a chain that a package is to continue, before anything is done; one that is not there yet is empty.
///
/// # Errors
/// It cannot be read, is broken, or ends after `now`.
pub fn check_chain(path: &Path, now: Timestamp) -> Result<(), PackageError> {
    match std::fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(PackageError::Read { path: path.to_owned(), source }),
        Ok(text) => {
            let late = |lines: Vec<ChainLine>| match lines.last().filter(|last| last.created > now) {
                Some(_) => Err(ChainError { line: lines.len(), why: "is dated in the future".to_owned() }),
                None => Ok(()),
            };
            parse(&text).and_then(late).map_err(|source| PackageError::Chain { path: path.to_owned(), source })
        }
    }
}

/// A chain with one more line. The earlier part must be whole.
pub(crate) fn append(earlier: &[u8], mut line: ChainLine) -> Result<Vec<u8>, ChainError> {
    let lines = parse(earlier)?;
    let number = lines.len() + 1;
    if lines.last().is_some_and(|before| line.created < before.created) {
        return Err(ChainError { line: number - 1, why: "is dated after the package that is to follow it".to_owned() });
    }
    line.previous = earlier.split_inclusive(|b| *b == b'\n').next_back().map(sha256_hex);
    let mut text = earlier.to_vec();
    serde_json::to_writer(&mut text, &line).map_err(|e| ChainError { line: number, why: e.to_string() })?;
    text.push(b'\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(day: u8) -> ChainLine {
        ChainLine {
            run: format!("RUN-{day}"),
            package: "P".to_owned(),
            manifest_sha256: "0".repeat(64),
            created: format!("2026-03-{day:02}T00:00:00Z").parse().unwrap(),
            previous: None,
        }
    }

    fn three() -> Vec<u8> {
        let first = append(b"", line(1)).unwrap();
        append(&append(&first, line(2)).unwrap(), line(3)).unwrap()
    }

    #[test]
    fn a_chain_grows_and_reads_back() {
        let lines = parse(&three()).unwrap();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0].previous, None);
        assert!(lines[2].previous.as_ref().is_some_and(|digest| digest.len() == 64));
    }

    #[test]
    fn a_line_taken_out_changed_or_back_dated_is_found() {
        let text = String::from_utf8(three()).unwrap();
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let of = |text: String| parse(text.as_bytes()).unwrap_err().line;
        assert_eq!(of([lines[0], lines[2]].concat()), 2);
        assert_eq!(of([lines[1], lines[2]].concat()), 1);
        assert_eq!(of(text.replace("RUN-1", "RUN-7")), 2);
        assert_eq!(of(text.trim_end().to_owned()), 3);
        assert_eq!(of(format!("{text}{{}}\n")), 4);
        assert_eq!(append(text.as_bytes(), line(2)).unwrap_err().line, 3);
        assert_eq!(append(lines[1].as_bytes(), line(9)).unwrap_err().line, 1);
    }
}
