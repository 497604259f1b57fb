//! Notices on exceptions: those that end, those that do not, those that nothing makes up for, and who approved them.

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::file::Engagement;
use crate::problems::Problems;
use crate::registers::{Control, Exception};

/// An exception is announced so many days before it ends.
const ANNOUNCED: i64 = 30;

/// What is accepted is looked at again after so many months at the latest.
const MONTHS: i32 = 12;

pub(super) fn tell(file: &Engagement, days: Option<(Date, Date)>, today: Date, notices: &mut Problems<'_>) {
    for (at, exception) in file.exceptions.iter().enumerate() {
        let key = |name: &str| format!("exceptions[{at}].{name}");
        let (id, ends) = (&exception.id, exception.expires);
        let left = i64::from((ends - today).get_days());
        if ends < today {
            notices.add(&key("expires"), format!("{id} ended on {ends}: it no longer counts"));
        } else if today < exception.approved {
            notices.add(&key("expires"), format!("{id} counts from {}", exception.approved));
        } else if left <= ANNOUNCED {
            notices.add(&key("expires"), format!("{id} ends on {ends}"));
        }
        // One that counted within the period is still asked about; one that ended before it is not.
        if ends < today && days.is_none_or(|(first, _)| ends < first) {
            continue;
        }
        if exception.approved.saturating_add(MONTHS.months()) < ends {
            let what = format!(
                "{id} counts until {ends}, more than {MONTHS} months after it was approved: give it an earlier end, and have it approved anew then"
            );
            notices.add(&key("expires"), what);
        }
        content(exception, key, notices);
        breadth(exception, &key("resource"), notices);
        approval(file, exception, key, notices);
    }
}

/// What stands there instead of words.
fn content(exception: &Exception, key: impl Fn(&str) -> String, notices: &mut Problems<'_>) {
    let (id, instead, why) = (&exception.id, &exception.compensating_control, &exception.reason);
    if says_nothing(instead) {
        let what = format!("{id}: `{instead}` makes up for nothing: say what is done instead, by whom and how often");
        notices.add(&key("compensating_control"), what);
    } else if instead.trim().eq_ignore_ascii_case(why.trim()) {
        let what = format!("{id}: the same words as `reason`: say what is done instead, by whom and how often");
        notices.add(&key("compensating_control"), what);
    }
    if says_nothing(why) {
        let what = format!("{id}: `{why}` gives no reason: say why what fails is accepted");
        notices.add(&key("reason"), what);
    }
}

/// Whether a text has no word that says something: `none`, `n/a`, `-`, `to be defined`, `no compensating control`.
fn says_nothing(text: &str) -> bool {
    const EMPTY: [&str; 58] = [
        "none",
        "no",
        "not",
        "nil",
        "null",
        "nothing",
        "na",
        "nope",
        "never",
        "yes",
        "ok",
        "okay",
        "tbd",
        "tba",
        "tbc",
        "todo",
        "wip",
        "pending",
        "unknown",
        "later",
        "soon",
        "open",
        "missing",
        "empty",
        "to",
        "be",
        "is",
        "are",
        "was",
        "there",
        "so",
        "far",
        "as",
        "of",
        "at",
        "this",
        "time",
        "the",
        "for",
        "now",
        "it",
        "yet",
        "any",
        "defined",
        "determined",
        "decided",
        "done",
        "known",
        "applicable",
        "available",
        "needed",
        "required",
        "necessary",
        "compensating",
        "control",
        "controls",
        "keine",
        "nichts",
    ];
    let lower = text.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    // One letter of the Latin script is no word; in others it may be.
    words.all(|word| (word.len() == 1 && !word.starts_with(|c: char| c.is_ascii_digit())) || EMPTY.contains(&word))
}

/// How much it takes out.
fn breadth(exception: &Exception, key: &str, notices: &mut Problems<'_>) {
    let all = |pattern: &String| pattern.chars().all(|c| c == '*');
    if exception.resource.as_ref().is_some_and(|pattern| !all(pattern)) {
        return;
    }
    let what = match (&exception.check, &exception.account) {
        (Some(_), Some(_)) => return,
        (Some(check), None) => format!("all that fails of {check}, of every resource in every account"),
        (None, Some(account)) => format!("all that fails in account {account}, of every check"),
        (None, None) => "all that fails, of every check in every account".to_owned(),
    };
    notices.add(key, format!("{} takes out {what}: name the `resource`, with `check` and `account`", exception.id));
}

/// Who approved it: somebody else than who asked for it, or who answers for the control that it is about.
fn approval(file: &Engagement, exception: &Exception, key: impl Fn(&str) -> String, notices: &mut Problems<'_>) {
    let (id, approver) = (&exception.id, &exception.approver);
    if exception.requester.as_ref() == Some(approver) {
        let what = format!("{id}: {approver} asked for it too: somebody else approves it");
        notices.add(&key("approver"), what);
        return;
    }
    let Some(check) = exception.check.as_ref().filter(|_| exception.requester.is_none()) else { return };
    let own = |control: &&Control| control.owner.as_ref() == Some(approver) && control.checks.contains(check);
    if let Some(control) = file.controls.iter().find(own) {
        let what = format!(
            "{id}: {approver} answers for {}, which {check} tests: somebody else approves it, or `requester` says who asked",
            control.id
        );
        notices.add(&key("approver"), what);
    }
}
