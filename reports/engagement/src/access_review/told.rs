//! What is told of a review that came back, part by part: a head, and a line for each thing.

use super::against::{Became, FollowUp, Totals};
use super::decision::Decision;
use super::judge::Review;
use super::register::{counts, time, undated};
use super::row::Fault;
use super::sheet::some;
use crate::cadence::Occurrence;
use crate::file::Engagement;

/// A head with its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What the lines are about, with how many there are.
    pub head: String,
    /// The lines.
    pub lines: Vec<String>,
}

impl Part {
    fn new(head: impl Into<String>, lines: Vec<String>) -> Self {
        Self { head: head.into(), lines }
    }
}

/// What the sheet says by itself: how many rows, decisions, reviewers, and each row with something wrong.
#[must_use]
pub fn of_sheet(review: &Review, engagement: &Engagement, of: Option<&Occurrence>) -> Vec<Part> {
    let mut rows = format!("{} rows, {} principals", review.all, review.rows.len());
    if let Some(day) = review.as_of {
        rows.push_str(&format!("; its list is of {day}"));
    }
    if let Some(of) = of {
        rows.push_str(&format!("; reviewed for {}, {} to {}", of.name, of.first, of.last));
    }
    let mut sheet = vec![rows, counts(review)];
    sheet.extend(time(review, of));
    // That no row at all says so the sheet has told.
    sheet.extend(undated(review).filter(|_| review.as_of.is_some()));
    sheet.extend(review.told.iter().cloned());
    let mut parts = vec![Part::new("The sheet", sheet)];
    let known = review.reviewers.iter().map(|one| {
        let who = match &one.person {
            Some(id) => format!("`{id}` of [[people]]"),
            None if engagement.people.is_empty() => "kickoff.toml names no [[people]]".to_owned(),
            None => "nobody of [[people]]: who is it?".to_owned(),
        };
        format!("{}: {}, {who}", one.name, rows_of(one.rows))
    });
    let known: Vec<String> = known.collect();
    if !known.is_empty() {
        parts.push(Part::new("Reviewers", known));
    }
    for fault in Fault::ALL {
        let rows = review.rows.iter().filter_map(|row| {
            let (_, what) = row.faults.iter().find(|(found, _)| *found == fault)?;
            let sheet = row.line.sheet.as_ref().map(|sheet| format!(", {sheet}")).unwrap_or_default();
            Some(format!("{} (row {}{sheet}): {what}", row.label, row.line.number))
        });
        let rows: Vec<String> = rows.collect();
        if !rows.is_empty() {
            let words = fault.words();
            let (first, rest) = words.split_at(1);
            parts.push(Part::new(format!("{}{rest}: {}", first.to_uppercase(), rows.len()), rows));
        }
    }
    parts
}

fn rows_of(count: usize) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
}

/// What runs say: the control total against the run that the list was made of, or one after it, and what became of revocations.
#[must_use]
pub fn of_run(totals: &Totals, follow: &[FollowUp]) -> Vec<Part> {
    let mut lines = vec![format!(
        "{} of {}: {} principals in the accounts of the sheet; the sheet has {} of them",
        totals.run, totals.day, totals.principals, totals.found
    )];
    let mut tell = |what: &str, names: &[String]| {
        if !names.is_empty() {
            lines.push(format!("{what} ({}): {}", names.len(), some(names)));
        }
    };
    tell("in the run and not in the sheet, though they were there when it was made", &totals.left_out);
    tell("made since, for the next review", &totals.new_since);
    tell("in the run and not in the sheet; when they were made is not known", &totals.unknown_age);
    let not_in_run = if totals.same_day {
        "in the sheet and no principal of ours: added by hand"
    } else {
        "in the sheet and not in the run: gone since, or never ours"
    };
    tell(not_in_run, &totals.not_in_run);
    for (account, count) in &totals.accounts_left {
        lines.push(format!("account {account} is in the run with {count} principals, and the sheet has no row of it"));
    }
    match &totals.altered {
        Some(altered) if altered.is_empty() => lines.push("facts: as we wrote them".to_owned()),
        Some(altered) => {
            for (name, heads) in altered {
                lines.push(format!("{name}: not as we wrote it: {}", heads.join(", ")));
            }
        }
        None => lines.push("facts are not compared: the run is not of the day that the list was made on".to_owned()),
    }
    let mut parts = vec![Part::new("Against the run", lines)];
    parts.extend(followed("Revoked", follow, |decision| *decision == Decision::Revoke));
    parts.extend(followed("To be changed", follow, |decision| matches!(decision, Decision::Change(_))));
    parts
}

fn followed(head: &str, follow: &[FollowUp], wanted: fn(&Decision) -> bool) -> Option<Part> {
    let chosen: Vec<&FollowUp> = follow.iter().filter(|one| wanted(&one.decision)).collect();
    if chosen.is_empty() {
        return None;
    }
    let count = |name: &str| chosen.iter().filter(|one| one.became.name() == name).count();
    let (done, open) = if head == "Revoked" { ("gone", "still there") } else { ("changed", "as before") };
    let head =
        format!("{head}: {} {done}, {} {open}, {} not known", count("gone"), count("still-there"), count("not-known"));
    // What is still there first.
    let order = ["still-there", "not-known", "gone"];
    let lines = order.iter().flat_map(|name| chosen.iter().filter(move |one| one.became.name() == *name));
    let lines = lines.map(|one| {
        let state = match &one.became {
            Became::Gone(_) => done,
            Became::There(_) => open,
            Became::NotKnown(_) => "not known",
        };
        let days = match (&one.became, one.days) {
            (Became::There(_), Some(1)) => ", 1 day after".to_owned(),
            (Became::There(_), Some(days)) => format!(", {days} days after"),
            _ => String::new(),
        };
        format!("{state}{days}: {}: {}", one.words(), one.became.why())
    });
    Some(Part::new(head, lines.collect()))
}
