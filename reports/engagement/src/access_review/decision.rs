//! What a reviewer decided, out of the words of a cell.

use super::words::{is, plain};

/// What a reviewer decided on a principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Its access stays.
    Keep,
    /// Its access goes.
    Revoke,
    /// Its access stays and is changed: how, where that is said.
    Change(Option<String>),
}

impl Decision {
    /// The name used in lists.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Revoke => "revoke",
            Self::Change(_) => "change",
        }
    }
}

/// What a cell says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// A decision.
    Decided(Decision),
    /// Nothing yet.
    Nothing,
    /// Something that is no word for a decision, or is one for two.
    Unclear,
}

/// A word for a decision; `change` without how.
fn word(text: &str) -> Option<Decision> {
    let plain = plain(text);
    [("keep", Decision::Keep), ("revoke", Decision::Revoke), ("change", Decision::Change(None))]
        .into_iter()
        .find_map(|(what, decision)| is(what, &plain).then_some(decision))
}

/// Reads a cell: a word for a decision by itself, or before a remark, `modify: read only`. `remark` is what stands beside it.
pub(super) fn decision(cell: &str, remark: &str) -> Said {
    let cell = cell.trim();
    let told = plain(cell);
    if told.is_empty() && cell.contains(['✓', '✔', '✅']) {
        // Whether it was looked at or is kept, a tick does not tell.
        return Said::Unclear;
    }
    if told.is_empty() || is("open", &told) {
        return Said::Nothing;
    }
    // Who asks has not decided.
    if cell.contains(['?', '？', '؟']) {
        return Said::Unclear;
    }
    let (decision, rest) = match word(cell) {
        Some(decision) => (decision, ""),
        None => {
            let ends = [":", ";", ",", "(", ".", "\n", " - ", " – ", " — ", "->", "→"];
            let at = ends.iter().filter_map(|end| cell.find(end)).min();
            let Some((first, rest)) = at.and_then(|at| cell.split_at_checked(at)) else { return Said::Unclear };
            let Some(decision) = word(first) else { return Said::Unclear };
            (decision, rest.trim_matches(|c: char| !c.is_alphanumeric() && c != ')' && c != '*').trim())
        }
    };
    match decision {
        Decision::Change(_) => {
            let how = Some(rest).filter(|rest| !rest.is_empty()).unwrap_or(remark.trim());
            Said::Decided(Decision::Change((!how.is_empty()).then(|| how.to_owned())))
        }
        // `keep, but remove admin rights` decides two things.
        other if speaks_against(rest, &other) => Said::Unclear,
        other => Said::Decided(other),
    }
}

/// Whether a remark has a word for another decision, or says no to this one: `keep, no longer needed`.
fn speaks_against(rest: &str, decision: &Decision) -> bool {
    let plain = plain(rest);
    if is("not", &plain) {
        return true;
    }
    let words: Vec<&str> = plain.split(' ').filter(|word| !word.is_empty()).collect();
    let runs = |from: usize| (from + 1..=words.len()).map(move |to| (from, to));
    (0..words.len()).flat_map(runs).any(|(from, to)| {
        let run = words.get(from..to).unwrap_or_default().join(" ");
        let before = words.get(..from).unwrap_or_default();
        if *decision == Decision::Keep && is("against", &run) {
            return !is_denied(before);
        }
        // `keep, do not remove` keeps; `keep, is not approved` does not.
        word(&run).is_some_and(|other| (other == *decision) == is_denied(before))
    })
}

/// Whether the word after some others is denied by them: `not`, `not to be`, `no longer`.
fn is_denied(before: &[&str]) -> bool {
    before.iter().rev().find(|word| !is("filler", word)).is_some_and(|word| is("not", word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions_are_read_in_the_words_of_reviewers() {
        use Decision::*;
        let how = |text: &str| Said::Decided(Change(Some(text.to_owned())));
        for (cell, remark, wanted) in [
            ("Keep", "", Said::Decided(Keep)),
            (" KEEP. ", "", Said::Decided(Keep)),
            ("ok", "", Said::Decided(Keep)),
            ("Behalten", "", Said::Decided(Keep)),
            ("Conserver", "", Said::Decided(Keep)),
            ("No change", "", Said::Decided(Keep)),
            ("keep - needed for on-call", "", Said::Decided(Keep)),
            ("Remove", "", Said::Decided(Revoke)),
            ("No longer needed", "left in May", Said::Decided(Revoke)),
            ("löschen", "", Said::Decided(Revoke)),
            ("Revoke (left on 1 October)", "", Said::Decided(Revoke)),
            ("RÉVOQUER", "", Said::Decided(Revoke)),
            ("modify: read only", "", how("read only")),
            ("Reduce", "drop AdministratorAccess", how("drop AdministratorAccess")),
            ("Reduce", "", Said::Decided(Change(None))),
            ("einschränken: nur lesen", "", how("nur lesen")),
            ("", "", Said::Nothing),
            ("-", "", Said::Nothing),
            ("TBD", "", Said::Nothing),
            ("offen", "", Said::Nothing),
            ("maybe", "", Said::Unclear),
            ("no", "", Said::Unclear),
            ("✓", "", Said::Unclear),
            ("remove admin rights", "", Said::Unclear),
            ("keep, but remove admin rights", "", Said::Unclear),
            ("keep or remove?", "", Said::Unclear),
            ("keep?", "", Said::Unclear),
            ("needed?", "", Said::Unclear),
            ("?", "", Said::Nothing),
            ("keep, no longer needed", "", Said::Unclear),
            ("keep; no longer needed", "", Said::Unclear),
            ("ok (access no longer required)", "", Said::Unclear),
            ("Ja, nicht mehr benötigt", "", Said::Unclear),
            ("Ja, wird nicht länger gebraucht", "", Said::Unclear),
            ("oui, n'est plus nécessaire", "", Said::Unclear),
            ("sí, ya no se necesita", "", Said::Unclear),
            ("ja, niet meer nodig", "", Said::Unclear),
            ("Keep (will be offboarded)", "", Said::Unclear),
            ("keep: no", "", Said::Unclear),
            ("keep, but is not to be approved", "", Said::Unclear),
            ("keep, do not remove", "", Said::Decided(Keep)),
            ("keep - not to be removed", "", Said::Decided(Keep)),
            ("Keep (no change needed)", "", Said::Decided(Keep)),
            ("Behalten, keine Änderung", "", Said::Decided(Keep)),
            ("Behalten, nicht löschen", "", Said::Decided(Keep)),
            ("keep, still needed", "", Said::Decided(Keep)),
            ("remove, no longer needed", "", Said::Decided(Revoke)),
            ("Remove; do not keep", "", Said::Decided(Revoke)),
            ("remove: left the company", "", Said::Decided(Revoke)),
        ] {
            assert_eq!(decision(cell, remark), wanted, "{cell}");
        }
    }
}
