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
        other if speaks_of_another(rest, &other) => Said::Unclear,
        other => Said::Decided(other),
    }
}

/// Whether a remark has a word for another decision.
fn speaks_of_another(rest: &str, decision: &Decision) -> bool {
    let plain = plain(rest);
    let mut words = plain.split(' ').filter(|word| !word.is_empty());
    words.any(|one| word(one).is_some_and(|other| &other != decision))
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
        ] {
            assert_eq!(decision(cell, remark), wanted, "{cell}");
        }
    }
}
