//! Holds the answers of a list against what was said before: what is new, what is there already, what contradicts itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::Date;

use super::super::back::{in_force, statements};
use super::super::import::ListError;
use super::read::{Answers, Said};
use super::{ReturnOptions, ReturnedList, why};
use crate::file::Engagement;
use crate::registers::RequestEntry;
use crate::sheets::TableError;
use crate::sheets::left::{counted, short, some};
use crate::statements::{Return, ReturnState};

/// What is known of a list as a whole.
pub(super) struct List<'a> {
    pub(super) name: &'a str,
    pub(super) options: &'a ReturnOptions,
    /// The day of answers that have none of their own.
    pub(super) day: Option<Date>,
}

/// What becomes of the rows.
#[derive(Default)]
struct Tally {
    new: Vec<Return>,
    same: usize,
    waiting: usize,
    silent: usize,
    unknown: Vec<String>,
    words: BTreeMap<String, usize>,
    without_status: usize,
    undated: Vec<String>,
    /// Answers that got the day of the list.
    dated: usize,
    again: Vec<String>,
}

/// Gives what is new, and the account of it.
pub(super) fn hold(
    path: &Path,
    answers: &Answers,
    sheets_left: &[String],
    engagement: &Engagement,
    list: &List<'_>,
) -> Result<ReturnedList, ListError> {
    let mut tally = Tally::default();
    let mut problems = Vec::new();
    let problem = |what: String| TableError::of_file(path, what);
    let rows = answers.said.len();
    // The rows of each request, in the order of the list.
    let mut order: Vec<&str> = Vec::new();
    let mut by_request: BTreeMap<&str, Vec<&Said>> = BTreeMap::new();
    for said in &answers.said {
        match &said.request {
            None if said.is_empty() => tally.silent += 1,
            None => tally.unknown.push(format!("`{}` in row {}", short(&said.id), said.place)),
            Some(id) => {
                let rows = by_request.entry(id).or_default();
                if rows.is_empty() {
                    order.push(id);
                }
                rows.push(said);
            }
        }
    }
    for id in order {
        let rows: Vec<&Said> = by_request.remove(id).unwrap_or_default();
        match merged(id, &rows) {
            Ok(merged) => {
                tally.silent += rows.iter().filter(|said| said.is_empty()).count();
                tally.again.extend(merged.again);
                let entry = engagement.requests.iter().find(|entry| entry.id == id);
                let mut known = statements(engagement, entry, id, None);
                for said in merged.said {
                    tally.take(id, said, entry, &mut known, list);
                }
            }
            Err(what) => problems.push(problem(what)),
        }
    }
    if let (Some(first), count) = (tally.undated.first(), tally.undated.len()) {
        let what = format!(
            "{} of no day ({first}): say when the auditor gave them, --on 2026-12-01, or add a column with the days",
            if count == 1 { "1 answer is".to_owned() } else { format!("{count} answers are") },
        );
        problems.push(problem(what));
    }
    if let Some(today) = list.options.today {
        let late = tally.new.iter().filter(|said| said.on > today);
        problems.extend(late.map(|said| {
            problem(format!("{}: {}, which is still to come (today is {today})", said.request, said.told()))
        }));
    }
    if !problems.is_empty() {
        return Err(ListError::new(problems, false).asking_day(!tally.undated.is_empty()));
    }
    let account = tally.line(list, rows, answers, sheets_left);
    Ok(ReturnedList { new: tally.new, account })
}

/// What the rows of one request say together.
struct Merged<'a> {
    said: Vec<&'a Said>,
    again: Vec<String>,
}

/// The rows of one request. Those of days of their own are a history; two of one day, or of no day, must not contradict each other.
fn merged<'a>(id: &str, rows: &[&'a Said]) -> Result<Merged<'a>, String> {
    let (mut kept, mut again): (Vec<&Said>, Vec<String>) = (Vec::new(), Vec::new());
    for said in rows.iter().copied().filter(|said| !said.is_empty()) {
        let same = |other: &Said| (other.state, &other.word, &other.comment) == (said.state, &said.word, &said.comment);
        let together = |other: &Said| other.on == said.on || other.on.is_none() || said.on.is_none();
        match kept.iter().copied().find(|other| together(other)) {
            None => kept.push(said),
            Some(other) if same(other) => again.push(said.place.clone()),
            Some(other) if other.state == said.state && (other.state.is_some() || other.word == said.word) => {
                kept.push(said)
            }
            Some(other) => {
                return Err(format!(
                    "rows {} and {} say two things of {id}: {}, and {}; leave one of them, or give each its day",
                    other.place,
                    said.place,
                    what(other),
                    what(said)
                ));
            }
        }
    }
    kept.sort_by_key(|said| said.on);
    Ok(Merged { said: kept, again })
}

fn what(said: &Said) -> String {
    match (said.state, &said.word, &said.comment) {
        (_, Some(word), _) => format!("`{}`", short(word)),
        (Some(state), ..) => state.words().to_owned(),
        (None, None, Some(comment)) => format!("`{}`", short(comment)),
        (None, None, None) => "nothing".to_owned(),
    }
}

fn plain(text: Option<&String>) -> String {
    text.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")).unwrap_or_default()
}

/// Whether two say the same, whenever it was said. What an entry of our own says has no words.
fn is_same(known: &Return, said: &Said) -> bool {
    known.state == said.state
        && plain(known.comment.as_ref()) == plain(said.comment.as_ref())
        && (known.word.is_none() || said.word.is_none() || plain(known.word.as_ref()) == plain(said.word.as_ref()))
}

impl Tally {
    fn take(&mut self, id: &str, said: &Said, entry: Option<&RequestEntry>, known: &mut Vec<Return>, list: &List<'_>) {
        let (decides, remark, opens) = in_force(known);
        // A list that lives says again what it said: that is nothing new. A day of its own tells.
        let stands = [decides, remark].into_iter().flatten().any(|known| is_same(known, said));
        let there = |on: Date| known.iter().any(|known| known.on == on && is_same(known, said));
        if said.on.map_or(stands, there) {
            self.same += 1;
            return;
        }
        // That they still wait need not be written where nobody said anything else.
        let waits = said.state == Some(ReturnState::Open) && said.comment.is_none();
        let nothing = decides.is_none() && entry.is_none_or(|entry| entry.delivered.is_none());
        if waits && (nothing || opens) {
            self.waiting += 1;
            return;
        }
        // In our own list, a day that was left as it was is that of the answer before.
        let before = decides.map(|before| before.on);
        let own_day = said.on.filter(|on| !(said.own && before == Some(*on) && list.day.is_some_and(|day| day >= *on)));
        let Some(on) = own_day.or(list.day) else {
            self.undated.push(format!("row {}", said.place));
            return;
        };
        if own_day.is_none() {
            // The same list again, which was read in the meantime.
            if there(on) {
                self.same += 1;
                return;
            }
            self.dated += 1;
        }
        match (said.state, &said.word) {
            (None, Some(word)) => *self.words.entry(short(word)).or_default() += 1,
            (None, None) => self.without_status += 1,
            _ => {}
        }
        let new = Return {
            request: id.to_owned(),
            on,
            state: said.state,
            word: said.word.clone(),
            comment: said.comment.clone(),
            by: said.by.clone().or_else(|| list.options.by.clone()),
            file: Some(list.name.to_owned()),
        };
        known.push(new.clone());
        known.sort_by_key(|said| said.on);
        self.new.push(new);
    }

    /// The line that is said after a list was read.
    fn line(&self, list: &List<'_>, rows: usize, answers: &Answers, sheets_left: &[String]) -> String {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for said in &self.new {
            *counts.entry(said.state.map_or("undecided", ReturnState::words)).or_default() += 1;
        }
        let order = ReturnState::ALL.into_iter().map(ReturnState::words).chain(["undecided"]);
        let counts: Vec<String> =
            order.filter_map(|state| counts.get(state).map(|count| format!("{count} {state}"))).collect();
        let new = if counts.is_empty() { "nothing new".to_owned() } else { format!("new: {}", counts.join(", ")) };
        let mut parts =
            vec![format!("{}: {}; {new}; unchanged: {}", list.name, counted(rows, "row", "rows"), self.same)];
        for (count, what) in [(self.waiting, "Still waited for"), (self.silent, "Without an answer")] {
            if count > 0 {
                parts.push(format!("{what}: {count}"));
            }
        }
        if !self.unknown.is_empty() {
            parts.push(format!("Not in the list, and not taken: {}", some(&self.unknown)));
        }
        if !self.words.is_empty() {
            let words = self.words.iter().map(|(word, count)| match count {
                1 => format!("`{word}`"),
                count => format!("`{word}` {count} times"),
            });
            parts.push(format!("Words that are kept and decide nothing: {}", some(&words.collect::<Vec<_>>())));
        }
        if self.without_status > 0 {
            parts.push(format!("Comments without a status: {}", self.without_status));
        }
        if let Some(day) = list.day.filter(|_| self.dated > 0) {
            parts.push(match list.options.on {
                Some(_) => format!("Of {day}, as --on says: {}", self.dated),
                None => format!("Of {day}, when the workbook was last saved: {} (--on says another day)", self.dated),
            });
        }
        let mut left = Vec::new();
        if !sheets_left.is_empty() {
            left.push(format!("sheets {}", some(sheets_left)));
        }
        let reasons: BTreeSet<_> = answers.left.iter().map(|(why, _)| *why).collect();
        for reason in reasons {
            let rows: Vec<String> =
                answers.left.iter().filter(|(why, _)| *why == reason).map(|(_, row)| row.clone()).collect();
            left.push(format!("rows {} ({})", some(&rows), why(reason)));
        }
        if !self.again.is_empty() {
            left.push(format!("rows {} (there already)", some(&self.again)));
        }
        if !answers.unread.is_empty() {
            let heads: Vec<String> = answers.unread.iter().map(|head| short(head)).collect();
            left.push(format!("columns {} (not read here)", some(&heads)));
        }
        if !left.is_empty() {
            parts.push(format!("Left out: {}", left.join("; ")));
        }
        parts.join(". ").chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    }
}
