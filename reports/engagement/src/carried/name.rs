//! Names under which every system can unpack a file: ASCII, short, no device, told apart in any case of letters.

use std::collections::{BTreeMap, BTreeSet};

use super::{FOLDER, INDEX};

/// The longest name of a request's folder, and of a file in it: with `45_documents/` before them they stay below 120 characters.
const LONGEST_FOLDER: usize = 40;
const LONGEST_FILE: usize = 60;
/// The longest ending that is kept.
const LONGEST_ENDING: usize = 8;
/// Names that Windows keeps for devices.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// The names that are given.
#[derive(Default)]
pub(super) struct Names {
    /// Paths in lower case.
    taken: BTreeSet<String>,
    /// Folders by their name in lower case: one that differs in case alone is the same.
    folders: BTreeMap<String, String>,
}

impl Names {
    /// A free path for a file of a request.
    pub(super) fn take(&mut self, request: &str, file: &str) -> String {
        let mut folder = safe(request, LONGEST_FOLDER, "request");
        if format!("{FOLDER}{folder}").eq_ignore_ascii_case(INDEX) {
            folder.push('_');
        }
        let folder = self.folders.entry(folder.to_ascii_lowercase()).or_insert(folder).clone();
        let own = file.rsplit('/').next().unwrap_or(file);
        let (stem, ending) = match own.rsplit_once('.') {
            Some((stem, ending)) if !stem.is_empty() && is_ending(ending) => (stem, format!(".{ending}")),
            _ => (own, String::new()),
        };
        // Room for the number of one whose name is taken.
        let stem = safe(stem, LONGEST_FILE - LONGEST_ENDING - 1, "document");
        let mut numbered = (1_u32..).map(|number| match number {
            1 => format!("{FOLDER}{folder}/{stem}{ending}"),
            _ => format!("{FOLDER}{folder}/{stem}_{number}{ending}"),
        });
        let free = numbered.find(|path| !self.taken.contains(&path.to_ascii_lowercase())).unwrap_or_default();
        self.taken.insert(free.to_ascii_lowercase());
        free
    }
}

fn is_ending(ending: &str) -> bool {
    !ending.is_empty() && ending.len() <= LONGEST_ENDING && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// A part of a path that every system takes. What cannot stand in it becomes `_`; where nothing is left, `other` stands there.
fn safe(name: &str, longest: usize, other: &str) -> String {
    let mut safe = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || " ._-()+,&@#=".contains(c) {
            safe.push(c);
        } else if !safe.ends_with('_') {
            safe.push('_');
        }
    }
    safe.truncate(longest);
    let trimmed = safe.trim_matches([' ', '.']);
    if !trimmed.chars().any(|c| c.is_ascii_alphanumeric()) {
        return other.to_owned();
    }
    let stem = trimmed.split('.').next().unwrap_or(trimmed).trim_end().to_ascii_lowercase();
    let numbered = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    let is_device = DEVICES.contains(&stem.as_str())
        || numbered.is_some_and(|number| number.len() == 1 && number.bytes().all(|byte| byte.is_ascii_digit()));
    if is_device { format!("_{trimmed}") } else { trimmed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_can_be_unpacked_anywhere() {
        let long = format!("docs/{}.pdf", "x".repeat(300));
        for (request, file, wanted) in [
            ("ORG-01", "a/b/Chart 2026.pdf", "45_documents/ORG-01/Chart 2026.pdf"),
            ("ORG-01", "other/chart 2026.PDF", "45_documents/ORG-01/chart 2026_2.PDF"),
            ("org-01", "x.pdf", "45_documents/ORG-01/x.pdf"),
            ("A.8/15: log?", "..", "45_documents/A.8_15_ log_/document"),
            ("../..", "../../etc/passwd", "45_documents/request/passwd"),
            ("index.csv", "a.csv", "45_documents/index.csv_/a.csv"),
            ("R", "CON.txt", "45_documents/R/_CON.txt"),
            ("R", "con .txt", "45_documents/R/_con.txt"),
            ("R", "監査.pdf", "45_documents/R/document.pdf"),
            ("R", "報告.pdf", "45_documents/R/document_2.pdf"),
            ("R", "a.b\u{e9}c", "45_documents/R/a.b_c"),
            ("R", "trailing. ", "45_documents/R/trailing"),
            ("R", ".hidden", "45_documents/R/hidden"),
            ("R", "line\nbreak.md", "45_documents/R/line_break.md"),
        ] {
            let mut names = Names::default();
            if file.starts_with("other") || request == "org-01" {
                names.take("ORG-01", "Chart 2026.pdf");
            }
            if file.starts_with('報') {
                names.take("R", "監査.pdf");
            }
            assert_eq!(names.take(request, file), wanted, "{request} {file}");
        }
        let mut names = Names::default();
        let request = "q".repeat(200);
        let all: BTreeSet<String> = (0..2000).map(|_| names.take(&request, &long)).collect();
        assert_eq!(all.len(), 2000, "each has a name of its own");
        assert!(all.iter().all(|name| name.len() <= 120), "{:?}", all.iter().max_by_key(|name| name.len()));
    }
}
