//! What the cells of a request say, put into our terms.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use super::request::{DEFAULT, RequestKind};
use super::vocabulary;
use crate::words::words;

/// What is asked for: the title, and what says more of it.
pub(super) fn asked(title: &str, detail: &str) -> String {
    let (short, long) = (title.to_lowercase(), detail.to_lowercase());
    if detail.is_empty() || short.contains(&long) {
        title.to_owned()
    } else if long.contains(&short) {
        detail.to_owned()
    } else {
        format!("{title}: {detail}")
    }
}

/// What a request is answered with, and an auditor's own words for it where they are none of ours.
pub(super) fn read_kind(text: &str) -> (Option<RequestKind>, Option<&str>) {
    let kind = vocabulary::kind(text);
    (kind, Some(text).filter(|text| kind.is_none() && !text.is_empty()))
}

/// Whether a request is asked for a Type 2 report only, and the words for it that say something else.
pub(super) fn period_only(text: &str) -> (bool, Option<&str>) {
    let plain = vocabulary::plain(text).replace("soc 2", "").replace("soc2", "");
    let plain: String = plain.split_whitespace().collect();
    let first = ["type1", "typei", "typ1", "t1"];
    let two = plain.contains("type2") || plain.contains("typeii") || plain.contains("typ2") || plain == "t2";
    let one =
        plain.replace("typeii", "").contains("typei") || first.iter().any(|one| *one != "typei" && plain.contains(one));
    let known = two || one || ["", "both", "all", "12"].contains(&plain.as_str());
    (two && !one && !plain.contains("1and2") && !plain.contains("12"), Some(text).filter(|_| !known))
}

/// What files of a request may be called: the names of the default list that its wording holds whole.
pub(super) fn names(text: &str) -> Vec<String> {
    /// The names by the first of their words, with all of them.
    static NAMES: LazyLock<HashMap<String, BTreeMap<&str, BTreeSet<String>>>> = LazyLock::new(|| {
        let mut names: HashMap<String, BTreeMap<&str, BTreeSet<String>>> = HashMap::new();
        for name in DEFAULT.iter().flat_map(|request| &request.names) {
            let words = words(name);
            if let Some(first) = words.first().cloned() {
                names.entry(first).or_default().insert(name, words);
            }
        }
        names
    });
    let given = words(text);
    let begun = given.iter().filter_map(|word| NAMES.get(word)).flatten();
    let whole = begun.filter(|(_, words)| words.is_subset(&given)).map(|(name, _)| (*name).to_owned());
    whole.collect::<BTreeSet<_>>().into_iter().collect()
}
