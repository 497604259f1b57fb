//! What the cells of a request say, put into our terms.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use super::request::{DEFAULT, RequestKind};
use super::vocabulary;
use crate::words::words;

/// What is asked for: the title, and what says more of it. One that the other has word for word is not said twice.
pub(crate) fn asked(title: &str, detail: &str) -> String {
    let (short, long) = (title.to_lowercase(), detail.to_lowercase());
    if detail.is_empty() || holds(&short, &long) {
        title.to_owned()
    } else if title.is_empty() || holds(&long, &short) {
        detail.to_owned()
    } else {
        format!("{title}: {detail}")
    }
}

/// Whether a text has words within it, as words: `logs` does not stand in `catalogs`.
fn holds(text: &str, words: &str) -> bool {
    let goes_on = |before: Option<char>, after: Option<char>| match (before, after) {
        // Scripts without spaces show no ends of words.
        (Some(a), Some(b)) => a.is_alphanumeric() && b.is_alphanumeric() && !vocabulary::is_joined(a.max(b)),
        _ => false,
    };
    let (first, last) = (words.chars().next(), words.chars().next_back());
    text.match_indices(words).any(|(at, found)| {
        let (before, after) = (text.get(..at), text.get(at + found.len()..));
        let before = before.and_then(|before| before.chars().next_back());
        let after = after.and_then(|after| after.chars().next());
        !goes_on(before, first) && !goes_on(last, after)
    })
}

/// What a request is answered with, and an auditor's own words for it where they are none of ours.
pub(super) fn read_kind(text: &str) -> (Option<RequestKind>, Option<&str>) {
    let kind = vocabulary::kind(text);
    (kind, Some(text).filter(|text| kind.is_none() && !text.is_empty()))
}

/// Whether a request is asked for a Type 2 report only, and the words for it where they say something else as well.
pub(super) fn period_only(text: &str) -> (bool, Option<&str>) {
    const BETWEEN: [&str; 17] = [
        "and", "or", "und", "oder", "et", "ou", "y", "en", "only", "nur", "report", "reports", "soc2", "the", "for",
        "a", "an",
    ];
    const NOT: [&str; 10] = ["not", "no", "except", "without", "nicht", "kein", "ohne", "außer", "pas", "non"];
    let plain = vocabulary::plain(text).replace("soc 2", "soc2");
    // `1 and 2`, without a word that says of what.
    let mut figures = ["1 2", "1 and 2", "i ii", "i and ii", "12"].contains(&plain.as_str());
    let (mut one, mut two, mut not, mut other, mut after_type) = (false, false, false, false, false);
    for word in plain.split(' ') {
        let word = word.strip_prefix("soc2").filter(|rest| !rest.is_empty()).unwrap_or(word);
        let of_type = ["types", "type", "typ", "t"].iter().find_map(|name| word.strip_prefix(name));
        // `Type 2, 1 January`: the figure of another thing does not go on counting.
        let goes_on = types(word).filter(|(first, _)| figures && (after_type || !(*first && two)));
        if of_type == Some("") && word != "t" {
            (figures, after_type) = (true, true);
        } else if let Some((first, second)) = of_type.and_then(types).or(goes_on) {
            (one, two, figures, after_type) = (one || first, two || second, true, false);
        } else if ["both", "all"].contains(&word) {
            (one, two) = (true, true);
        } else if !word.is_empty() && !BETWEEN.contains(&word) {
            not |= NOT.contains(&word);
            (other, figures) = (true, false);
        }
    }
    (two && !one && !not, Some(text).filter(|_| other))
}

/// Whether a figure names the first type of reports, and whether the second.
fn types(figure: &str) -> Option<(bool, bool)> {
    match figure {
        "1" | "i" => Some((true, false)),
        "2" | "ii" => Some((false, true)),
        "12" => Some((true, true)),
        _ => None,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_title_says_is_left_out_only_where_its_words_stand_in_the_other() {
        for (title, detail, told) in [
            ("Logs", "Catalogs of all assets", "Logs: Catalogs of all assets"),
            ("Test", "The latest report", "Test: The latest report"),
            ("Catalogs of all assets", "logs", "Catalogs of all assets: logs"),
            ("Org chart", "The org chart with roles", "The org chart with roles"),
            ("Logs", "Logs, and who reads them", "Logs, and who reads them"),
            ("Logs", "Catalogs and logs", "Catalogs and logs"),
            ("The org chart with roles", "Org chart", "The org chart with roles"),
            ("組織図", "最新の組織図を提出", "最新の組織図を提出"),
            ("", "Org chart", "Org chart"),
            ("Org chart", "", "Org chart"),
        ] {
            assert_eq!(asked(title, detail), told, "{title} {detail}");
        }
    }

    #[test]
    fn types_of_reports_are_told_and_other_words_kept() {
        for (text, only, kept) in [
            ("Type 2", true, false),
            ("type-2", true, false),
            ("SOC2 Type 2", true, false),
            ("SOC2Type2", true, false),
            ("SOC 2, Type II", true, false),
            ("Type II only", true, false),
            ("T2", true, false),
            ("Typ 2", true, false),
            ("both", false, false),
            ("Both types", false, false),
            ("", false, false),
            ("Type 1", false, false),
            ("Type I", false, false),
            ("Type1/Type2", false, false),
            ("Type 1 and 2", false, false),
            ("Type I & II", false, false),
            ("1/2", false, false),
            ("Type 2 (12 months)", true, true),
            ("Type 2, 1 January to 31 December", true, true),
            ("Type 2 + ISO 27001", true, true),
            ("Type 1 (as of 1 June)", false, true),
            ("Not for Type 2", false, true),
            ("SOC 1", false, true),
            ("SOC 2 + ISO 27001", false, true),
            ("SOC 2", false, false),
            ("Type 2 / Type 1", false, false),
            ("Type 2 (1 year)", true, true),
            ("Interim", false, true),
            ("2 samples", false, true),
            ("2", false, true),
        ] {
            let (period_only, words) = period_only(text);
            assert_eq!((period_only, words), (only, Some(text).filter(|_| kept)), "{text}");
        }
    }
}
