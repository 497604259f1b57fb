//! The words in which auditors answer: heads of their columns, and what a status says, out of the tables in `data/`.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::sheets::words::{plain, records};
use crate::statements::ReturnState;

/// The columns in which an auditor answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Answer {
    Status,
    Comment,
    /// The day of the answer.
    On,
    /// The day on which the auditor got what was asked for.
    Given,
    By,
}

/// How surely a column is the auditor's: the lower the surer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// In lists that we write.
    Own,
    First,
    /// Where no other is.
    Then,
}

static HEADS: LazyLock<HashMap<String, (Answer, Rank)>> = LazyLock::new(|| {
    let mut heads = HashMap::new();
    for record in records(include_str!("../../../data/return_heads.csv")) {
        let field = |at: usize| record.get(at).unwrap_or_default();
        let answer = match field(0) {
            "status" => Answer::Status,
            "comment" => Answer::Comment,
            "on" => Answer::On,
            "given" => Answer::Given,
            "by" => Answer::By,
            _ => continue,
        };
        let rank = match field(1) {
            "own" => Rank::Own,
            "first" => Rank::First,
            _ => Rank::Then,
        };
        for head in field(4).split('|') {
            heads.entry(plain(head)).or_insert((answer, rank));
        }
    }
    heads
});

/// What a head says; none where it is no head of an answer. What stands in brackets behind it, `(to fill in)`, does not count.
pub(super) fn head(text: &str) -> Option<(Answer, Rank)> {
    let bare = text.split(['(', '[']).next().filter(|bare| !bare.trim().is_empty()).unwrap_or(text);
    HEADS.get(&plain(text)).or_else(|| HEADS.get(&plain(bare))).copied()
}

static WORDS: LazyLock<HashMap<String, ReturnState>> = LazyLock::new(|| {
    let mut words = HashMap::new();
    for record in records(include_str!("../../../data/return_words.csv")) {
        let field = |at: usize| record.get(at).unwrap_or_default();
        let Some(state) = ReturnState::ALL.into_iter().find(|state| state.name() == field(0)) else { continue };
        words.extend(field(3).split('|').map(|word| (plain(word), state)));
    }
    words
});

/// What a status says, and what it says besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// None where the word is none that we know.
    pub(super) state: Option<ReturnState>,
    /// A reason that stands behind the word: `N/A - no board`.
    pub(super) rest: Option<String>,
}

/// Reads a status. A word that is known decides, with a day or initials behind it: `Accepted 12/5/2026 JR`. Where more stands
/// behind it, it decides only what leaves something to do, or that the request does not arise: `Accepted, but page 2 is missing`
/// is no acceptance. Nor is one with a mark of doubt.
pub(super) fn state(text: &str) -> Told {
    let doubt = text.contains(DOUBT);
    let leaves = |state: &ReturnState| {
        !doubt || matches!(state, ReturnState::Partial | ReturnState::Question | ReturnState::Returned)
    };
    let told = stated(text);
    Told { state: told.state.filter(leaves), rest: told.rest.filter(|_| told.state.as_ref().is_some_and(leaves)) }
}

/// Question marks and crosses: whoever writes them has not settled it.
const DOUBT: [char; 9] = ['?', '？', '¿', '؟', '✗', '✘', '❌', '☒', '✖'];

fn stated(text: &str) -> Told {
    let whole = plain(text);
    if let Some(state) = WORDS.get(&whole) {
        return Told { state: Some(*state), rest: None };
    }
    let Some((first, rest)) = first_part(text) else { return Told { state: None, rest: None } };
    let Some(state) = WORDS.get(&plain(first)).copied() else { return Told { state: None, rest: None } };
    let says = !is_mark(rest);
    let state = match state {
        // Another status behind it is no reason, nor is it initials.
        _ if WORDS.get(&plain(rest)).is_some_and(|other| *other != state) => None,
        _ if !says || WORDS.contains_key(&plain(rest)) => Some(state),
        ReturnState::Partial | ReturnState::Question | ReturnState::Returned => Some(state),
        // `no board` is a reason, `NO` is none.
        ReturnState::NotApplicable if rest.contains(' ') || !unsettles(rest) => Some(state),
        _ => None,
    };
    Told { state, rest: Some(rest.to_owned()).filter(|_| says && state.is_some()) }
}

/// The words before the first mark that parts a status from what stands behind it; those before a figure, where there is none.
fn first_part(text: &str) -> Option<(&str, &str)> {
    let cut = |at: usize, width: usize| Some((text.get(..at)?.trim(), text.get(at + width..)?.trim()));
    let marks = [" - ", " – ", " — ", ": ", ", ", "; ", " (", "\n", " / ", ". "];
    let parted = marks.iter().filter_map(|mark| text.find(mark).map(|at| (at, mark.len()))).min();
    let (first, rest) = match parted {
        Some((at, width)) => cut(at, width)?,
        None => cut(text.find(|c: char| c.is_ascii_digit())?, 0)?,
    };
    let rest = rest.trim_end_matches(')');
    // A figure may stand before the mark: `Accepted 2026-12-05 (JR)`.
    let figure = first.find(|c: char| c.is_ascii_digit()).filter(|_| !WORDS.contains_key(&plain(first)));
    match figure.and_then(|at| Some((first.get(..at)?.trim(), first.get(at..)?))) {
        Some((word, day)) if is_mark(day) => Some((word, rest)),
        _ => Some((first, rest)),
    }
}

/// Whether a status is a word that nobody but an auditor says of a request: the client completes and closes as well.
pub(super) fn is_auditors(text: &str) -> bool {
    const STEMS: [&str; 16] = [
        "accept",
        "approv",
        "cleared",
        "satisf",
        "signed off",
        "no further",
        "akzept",
        "angenommen",
        "abgenommen",
        "genehmigt",
        "approuv",
        "aceptad",
        "aprobad",
        "geaccept",
        "goedgekeurd",
        "akkoord",
    ];
    let plain = plain(text);
    STEMS.iter().any(|stem| plain.contains(stem))
}

/// Words as short as initials that take back or leave open what stands before them.
fn unsettles(word: &str) -> bool {
    const WORDS: [&str; 22] = [
        "no", "not", "nok", "ko", "tbd", "tbc", "tba", "na", "wip", "nein", "non", "nee", "niet", "nicht", "nie",
        "never", "yet", "but", "if", "eta", "esc", "inc",
    ];
    WORDS.contains(&word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase().as_str())
}

/// Whether a text is a day or initials, and says nothing of the request. A share of the work is no day: `50%`, `3/5`.
fn is_mark(text: &str) -> bool {
    let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"];
    let little = ["on", "by", "am", "von", "le", "el", "op", "per", "at", "the"];
    let words = || text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let marks = words().all(|word| {
        let lower = word.to_lowercase();
        let figures = word.chars().all(|c| c.is_ascii_digit());
        let initials = word.chars().count() <= 3 && word.chars().all(char::is_uppercase) && !unsettles(word);
        figures || initials || little.contains(&lower.as_str()) || months.contains(&lower.as_str())
    });
    let figures: Vec<&str> = words().filter(|word| word.chars().all(|c| c.is_ascii_digit())).collect();
    let month = words().any(|word| months.contains(&word.to_lowercase().as_str()));
    let is_day = match figures.as_slice() {
        [] => true,
        // `5 Dec`, `20261205`; a figure alone counts something.
        [one] => month || one.len() == 8,
        // `12/5` is the fifth of a twelfth month, or the other way about; `3/5` may be three of five.
        [one, other] => month || one.parse::<u8>().ok() > other.parse::<u8>().ok(),
        _ => true,
    };
    marks && is_day && !text.contains('%')
}

#[cfg(test)]
mod tests {
    use super::ReturnState::*;
    use super::*;

    #[test]
    fn a_status_is_known_in_the_words_of_portals_and_four_languages() {
        for (text, wanted) in [
            ("Accepted", Some(Accepted)),
            ("CLOSED", Some(Accepted)),
            ("Complete", Some(Accepted)),
            ("Partially accepted", Some(Partial)),
            ("Incomplete", Some(Partial)),
            ("Needs more info", Some(Question)),
            ("Follow-up required", Some(Question)),
            ("Returned to client", Some(Returned)),
            ("Not accepted", Some(Returned)),
            ("Re-opened", Some(Returned)),
            ("N/A", Some(NotApplicable)),
            ("Submitted", Some(Received)),
            ("Under review", Some(Received)),
            ("Ready for audit", Some(Received)),
            ("Not received", Some(Open)),
            ("Outstanding", Some(Open)),
            ("Akzeptiert", Some(Accepted)),
            ("Zurückgegeben", Some(Returned)),
            ("Rückfrage", Some(Question)),
            ("entfällt", Some(NotApplicable)),
            ("Teilweise akzeptiert", Some(Partial)),
            ("In Prüfung", Some(Received)),
            ("Accepté", Some(Accepted)),
            ("À compléter", None),
            ("Sans objet", Some(NotApplicable)),
            ("Devuelto", Some(Returned)),
            ("No aplica", Some(NotApplicable)),
            ("Geaccepteerd", Some(Accepted)),
            ("Teruggestuurd", Some(Returned)),
            ("Accepted 12/5/2026", Some(Accepted)),
            ("Accepted - JR", Some(Accepted)),
            ("Accepted 5 Dec (JR)", Some(Accepted)),
            ("Returned: page 2 is missing", Some(Returned)),
            ("Accepted, but page 2 is missing", None),
            ("Accepted with comments", None),
            ("N/A - please explain why?", None),
            ("Received / Returned", None),
            ("Escalated to EQR", None),
            ("Not yet accepted", None),
            ("Unaccepted", None),
            ("Accepted: NO", None),
            ("Accepted, NOT", None),
            ("Closed: NOT OK", None),
            ("Complete 50%", None),
            ("Complete 0%", None),
            ("Completed: 80 %", None),
            ("Complete 50", None),
            ("Closed 3/5", None),
            ("Done (0/3)", None),
            ("Accepted (TBD)", None),
            ("Accepted: TBC", None),
            ("Accepted - N/A", None),
            ("Accepted; WIP", None),
            ("Accepted?", None),
            ("Complete ??", None),
            ("OK?", None),
            ("Accepted ✗", None),
            ("N/A?", None),
            ("N/A - NO", None),
            ("Question?", Some(Question)),
            ("Returned: where is page 2?", Some(Returned)),
            ("Accepted - OK", Some(Accepted)),
            ("Accepted 2026-12-05", Some(Accepted)),
            ("Accepted 20261205 JR", Some(Accepted)),
            ("Accepted 12/5", Some(Accepted)),
        ] {
            assert_eq!(state(text).state, wanted, "{text}");
        }
        let said = state("N/A - no board");
        assert_eq!((said.state, said.rest.as_deref()), (Some(NotApplicable), Some("no board")));
    }

    #[test]
    fn heads_of_answers_are_known_and_those_of_the_client_are_not() {
        for (text, wanted) in [
            ("Auditor Status (to fill in)", Some(Answer::Status)),
            ("Status", Some(Answer::Status)),
            ("Prüferkommentar", Some(Answer::Comment)),
            ("Auditor's comments", Some(Answer::Comment)),
            ("Zurück am", Some(Answer::On)),
            ("Date returned", Some(Answer::On)),
            ("Date delivered", Some(Answer::Given)),
            ("Reviewed by", Some(Answer::By)),
            ("Client status", None),
            ("Management response", None),
            ("Client comments", None),
            ("Due date", None),
        ] {
            assert_eq!(head(text).map(|(answer, _)| answer), wanted, "{text}");
        }
        assert!(head("Auditor comments").unwrap().1 < head("Comments").unwrap().1);
    }
}
