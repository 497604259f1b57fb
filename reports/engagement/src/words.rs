//! The words of names and sentences, so that they can be compared.

use std::collections::BTreeSet;

/// Words that say nothing of what a document is.
const NOISE: [&str; 22] = [
    "the", "of", "and", "for", "a", "an", "our", "final", "draft", "copy", "signed", "approved", "version", "rev",
    "new", "old", "latest", "pdf", "docx", "xlsx", "scan", "company",
];

/// The words of a name or a sentence: lower case, singular, without numbers, versions and noise.
pub(crate) fn words(name: &str) -> BTreeSet<String> {
    let mut spaced = String::new();
    let mut before = ' ';
    for c in name.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            spaced.push(' ');
        }
        spaced.push(c);
        before = c;
    }
    let parts = spaced.split(|c: char| !c.is_alphanumeric());
    let parts = parts.filter(|part| !part.is_empty() && !is_version(part)).map(|part| singular(&part.to_lowercase()));
    parts.filter(|part| !is_noise(part)).collect()
}

/// Whether a word in lower case says nothing of what a document is.
pub(crate) fn is_noise(word: &str) -> bool {
    NOISE.contains(&word)
}

/// `2026`, `v3`, `v12`.
fn is_version(part: &str) -> bool {
    let digits = part.strip_prefix(['v', 'V']).unwrap_or(part);
    digits.chars().all(|c| c.is_ascii_digit())
}

/// The singular of an English word, as far as its ending tells.
pub(crate) fn singular(word: &str) -> String {
    match word.strip_suffix("ies").filter(|stem| stem.len() > 2) {
        Some(stem) => format!("{stem}y"),
        None if word.ends_with("ss") || word.len() < 4 => word.to_owned(),
        None => word.strip_suffix('s').unwrap_or(word).to_owned(),
    }
}
