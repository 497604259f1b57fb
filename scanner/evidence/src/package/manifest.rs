//! The two manifests: `manifest.json` for programs, `MANIFEST.sha256` for `sha256sum -c`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{NOT_LISTED, name};
use crate::run::Tool;

/// The format that this version writes, and the newest that it reads.
pub const SCHEMA: &str = "kickoff/package/1";
pub(crate) const FORMAT: u32 = 1;

/// A file of the package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedFile {
    /// Its path below the package's folder.
    pub path: String,
    /// Its SHA-256.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

/// Something that the package does not hold though a reader might look for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// The file or sheet.
    pub what: String,
    /// The reason.
    pub why: String,
}

/// `manifest.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// `kickoff/package/1`.
    pub schema: String,
    /// The name of the package: its folder in the ZIP.
    pub package: String,
    /// The run that it was made from.
    pub run: String,
    /// The program that made it.
    pub tool: Tool,
    /// When it was made (UTC).
    pub created: Timestamp,
    /// Every file but the manifests and what is made from them, sorted.
    pub files: Vec<ListedFile>,
    /// What is not there, and why.
    pub left_out: Vec<LeftOut>,
}

/// The number of a schema, if it is one of ours.
pub(crate) fn format_of(schema: &str) -> Option<u32> {
    schema.strip_prefix("kickoff/package/")?.parse().ok()
}

/// `MANIFEST.sha256` over files and their digests.
pub(crate) fn root_text<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    files.fold(String::new(), |mut text, (name, digest)| {
        let _ = writeln!(text, "{digest}  {name}");
        text
    })
}

/// What `MANIFEST.sha256` lists, and the lines that are wrong.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    pub(crate) files: BTreeMap<String, String>,
    pub(crate) wrong: Vec<(usize, String)>,
}

/// Reads `MANIFEST.sha256`; a wrong line does not hide the others.
pub(crate) fn parse_root(text: &str) -> Listed {
    let mut listed = Listed::default();
    let mut seen = BTreeSet::new();
    for (index, line) in text.split_inclusive('\n').enumerate() {
        match parse_line(line) {
            Ok((_, name)) if NOT_LISTED.contains(&name) => {
                listed.wrong.push((index + 1, format!("lists {name:?}, which cannot list itself")));
            }
            Ok((_, name)) if !seen.insert(name.to_ascii_lowercase()) => {
                listed.wrong.push((index + 1, format!("lists {name:?} a second time")));
            }
            Ok((digest, name)) => {
                listed.files.insert(name.to_owned(), digest.to_owned());
            }
            Err(why) => listed.wrong.push((index + 1, why)),
        }
    }
    listed
}

fn parse_line(line: &str) -> Result<(&str, &str), String> {
    let line = line.strip_suffix('\n').ok_or("has no end")?;
    let (digest, name) = line.split_once("  ").ok_or("is not a digest and a name")?;
    if digest.len() != 64 || !digest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(format!("begins with {digest:?}, which is not a SHA-256"));
    }
    name::check(name).map_err(|e| e.to_string())?;
    Ok((digest, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_lines_are_numbered_and_do_not_hide_the_rest() {
        let (a, b) = ("a".repeat(64), "B".repeat(64));
        let text = format!(
            "{a}  one.txt\nnothing\n{b}  two.txt\n{a}  ../three\n{a}  ONE.txt\n{a}  four.txt\r\n{a}  90_integrity/chain.jsonl\n{a}  end"
        );
        let listed = parse_root(&text);
        assert_eq!(listed.files.keys().collect::<Vec<_>>(), ["one.txt"]);
        assert_eq!(listed.wrong.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 3, 4, 5, 6, 7, 8]);
        assert!(listed.wrong[2].1.contains("leads out of the package"));
        assert!(listed.wrong[3].1.contains("a second time"));
    }
}
