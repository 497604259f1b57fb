//! What a request asks for, by its words, where nobody said it.

use crate::cadence::Nature;
use crate::words::words;

/// What the words of a request say, where it does not say so itself. The last word of a phrase is what it is about: an access
/// review procedure is a procedure, a policy review a review. The first phrase that tells decides: a plan and its last test are
/// asked for as a plan.
pub(super) fn read_nature(text: &str) -> Option<Nature> {
    const POLICIES: [&str; 9] =
        ["policy", "procedure", "plan", "standard", "handbook", "charter", "guideline", "process", "playbook"];
    const RECORDS: [&str; 29] = [
        "minute",
        "meeting",
        "review",
        "recertification",
        "test",
        "exercise",
        "scan",
        "report",
        "assessment",
        "list",
        "listing",
        "register",
        "log",
        "export",
        "record",
        "evidence",
        "proof",
        "result",
        "training",
        "ticket",
        "screenshot",
        "sample",
        "population",
        "acknowledgement",
        "approval",
        "chart",
        "diagram",
        "inventory",
        "audit",
    ];
    const BETWEEN: [&str; 14] =
        ["of", "for", "and", "with", "in", "on", "that", "to", "by", "covering", "showing", "including", "from", "or"];
    let mut told = None;
    for word in text.split_whitespace() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        if BETWEEN.contains(&bare.as_str()) {
            if told.is_some() {
                break;
            }
            continue;
        }
        for part in words(word) {
            if POLICIES.contains(&part.as_str()) {
                told = Some(Nature::Policy);
            } else if RECORDS.contains(&part.as_str()) {
                told = Some(Nature::Record);
            }
        }
        if told.is_some() && word.ends_with([',', ';', ':', '.', ')']) {
            break;
        }
    }
    told
}

/// Whether the words of a request ask for what is taken from a system, and approved by nobody: a list, an export, a screenshot.
/// A register is kept, and is a document.
pub(super) fn asks_for_list(text: &str) -> bool {
    const LISTS: [&str; 9] =
        ["list", "listing", "export", "population", "sample", "screenshot", "extract", "dump", "printout"];
    let of_lists = words(text).iter().any(|word| LISTS.contains(&word.as_str()));
    of_lists && read_nature(text) != Some(Nature::Policy)
}
