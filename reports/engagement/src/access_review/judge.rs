//! What is decided, by whom and when: held against the people of the file and the time that the review is for. No run is needed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan as _;
use jiff::civil::Date;
use kickoff_checks::Status;

use super::decision::{Decision, Said, decision};
use super::reviewers::{Reviewer, reviewers, self_review};
use super::row::{Fault, JudgedRow, is_of_permission_set};
use super::sheet::{Line, Sheet};
use super::words::{is, plain};
use crate::cadence::{LATE_DAYS, Occurrence};
use crate::dates::{DateOrder, Told, told};
use crate::file::Engagement;
use crate::person_names::folded;

/// A review that came back, judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Review {
    /// Its rows, each principal once: of several that say the same the first.
    pub rows: Vec<JudgedRow>,
    /// How many rows the sheet has.
    pub all: usize,
    /// The day that the list was made on; the latest, where there are several.
    pub as_of: Option<Date>,
    /// The earliest.
    pub first_as_of: Option<Date>,
    /// How many rows do not say of which day they are.
    pub undated: usize,
    /// The accounts of its principals.
    pub accounts: BTreeSet<String>,
    /// Who reviewed.
    pub reviewers: Vec<Reviewer>,
    /// What of the sheet was left out, kept aside or is strange.
    pub told: Vec<String>,
    /// A day could be two, and nothing tells which: one of them.
    pub open_day: Option<String>,
}

impl Review {
    /// How many principals have something of a kind.
    #[must_use]
    pub fn count(&self, fault: Fault) -> usize {
        self.rows.iter().filter(|row| row.has(fault)).count()
    }

    /// How many principals are decided.
    #[must_use]
    pub fn decided(&self) -> usize {
        self.rows.iter().filter(|row| row.is_decided()).count()
    }

    /// How many principals are decided so: `keep`, `revoke`, `change`.
    #[must_use]
    pub fn decided_to(&self, name: &str) -> usize {
        let so = |row: &&JudgedRow| row.is_decided() && row.decision.as_ref().is_some_and(|d| d.name() == name);
        self.rows.iter().filter(so).count()
    }

    /// The last day of its decisions.
    #[must_use]
    pub fn last_day(&self) -> Option<Date> {
        self.rows.iter().filter_map(|row| row.day).max()
    }

    /// What keeps it from counting, and what is for a person to look at: a sentence for each kind.
    #[must_use]
    pub fn findings(&self) -> Vec<(Status, String)> {
        let all = self.rows.len();
        let found = Fault::ALL.into_iter().filter_map(|fault| {
            let rows: Vec<&JudgedRow> = self.rows.iter().filter(|row| row.has(fault)).collect();
            let names: Vec<String> = rows.iter().map(|row| row.label.clone()).collect();
            let names = super::sheet::some(&names);
            (!rows.is_empty()).then(|| (fault.status(), format!("{} of {all} {}: {names}", rows.len(), fault.words())))
        });
        found.collect()
    }
}

/// A principal as people call it: its name, or what of the ARN is one; with its account, where there are several.
pub(super) fn label(name: &str, arn: &str, account: &str, several: bool) -> String {
    let name = if name.is_empty() { arn } else { name };
    if several && !account.is_empty() { format!("{name} ({account})") } else { name.to_owned() }
}

/// What tells a principal from others: its ARN, in one case and without accents; for the people of a permission set, who share
/// one, the name too.
pub(super) fn key(account: &str, arn: &str, name: &str) -> (String, String) {
    match arn {
        "" => (account.to_owned(), folded(name)),
        arn if is_of_permission_set(arn) => (folded(arn), folded(name)),
        arn => (folded(arn), String::new()),
    }
}

/// Judges a sheet, for a time and on a day.
#[must_use]
pub fn judge(sheet: &Sheet, engagement: &Engagement, of: Option<&Occurrence>, today: Date) -> Review {
    let order = sheet.order.or_else(|| only_order(sheet, today));
    let mut review =
        Review { all: sheet.lines.len(), as_of: sheet.as_of, told: sheet.told.clone(), ..Review::default() };
    let accounts = sheet.lines.iter().map(|line| &line.account).filter(|account| account.len() == 12);
    review.accounts = accounts.cloned().collect();
    review.first_as_of = sheet.lines.iter().filter_map(|line| line.as_of).min();
    review.undated = sheet.lines.iter().filter(|line| line.as_of.is_none()).count();
    let several = review.accounts.len() > 1;
    let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
    let judge = Judge { engagement, order, from_1904: sheet.from_1904, of, today, several };
    for line in &sheet.lines {
        let row = judge.row(line, &mut review.open_day);
        let key = key(&line.account, &line.arn, &line.name);
        match seen.get(&key).and_then(|at| review.rows.get_mut(*at)) {
            Some(first) => again(first, row, &mut review.told),
            None => {
                seen.insert(key, review.rows.len());
                review.rows.push(row);
            }
        }
    }
    review.reviewers = reviewers(&review.rows, engagement);
    review
}

/// A principal that stands in several rows: of two decisions that agree one is enough, and of one that is made and one that is not.
/// What is said and is no decision that is known may be another one.
fn again(first: &mut JudgedRow, second: JudgedRow, told: &mut Vec<String>) {
    let (one, other) = (first.line.number, second.line.number);
    let differ = match (&first.decision, &second.decision) {
        (Some(Decision::Change(Some(first))), Some(Decision::Change(Some(second)))) => plain(first) != plain(second),
        (Some(first), Some(second)) => first.name() != second.name(),
        (None, None) => false,
        (None, Some(_)) => first.has(Fault::Unclear),
        (Some(_), None) => second.has(Fault::Unclear),
    };
    let name = first.label.clone();
    // The row that says more is taken: a decision, how it is to be changed, or that what is said is not clear.
    let says = |row: &JudgedRow| match row.decision {
        None if row.has(Fault::Unclear) => 1,
        None => 0,
        Some(Decision::Change(None)) => 2,
        Some(_) => 3,
    };
    if differ {
        let what = format!("row {one} says {}, row {other} {}", said(first), said(&second));
        first.faults.push((Fault::Contradicted, what));
    } else if says(&second) > says(first) && !first.has(Fault::Contradicted) {
        *first = second;
    }
    first.again = Some(other);
    told.push(format!("{name} stands twice, in rows {one} and {other}"));
}

/// What a row says of its principal: the decision, with how it is to be changed, or the words that are none.
fn said(row: &JudgedRow) -> String {
    match &row.decision {
        Some(Decision::Change(Some(how))) => format!("change ({how})"),
        Some(decision) => decision.name().to_owned(),
        None => format!("`{}`", row.line.decision),
    }
}

/// What rows are held against.
struct Judge<'a> {
    engagement: &'a Engagement,
    order: Option<DateOrder>,
    from_1904: bool,
    of: Option<&'a Occurrence>,
    today: Date,
    several: bool,
}

impl Judge<'_> {
    fn row(&self, line: &Line, open_day: &mut Option<String>) -> JudgedRow {
        let label = label(&line.name, &line.arn, &line.account, self.several);
        let mut faults = Vec::new();
        let decision = match decision(&line.decision, &line.remark) {
            Said::Decided(decision) => Some(decision),
            Said::Nothing => {
                let what = match (line.unread, line.decision.as_str()) {
                    (true, _) => "a formula stands there without its value".to_owned(),
                    (_, "") => "nothing is said".to_owned(),
                    (_, said) => format!("it says `{said}`"),
                };
                faults.push((Fault::Undecided, what));
                None
            }
            Said::Unclear => {
                faults.push((Fault::Unclear, format!("it says `{}`", line.decision)));
                None
            }
        };
        let mut day = None;
        // What is not decided has neither a reviewer nor a day to be held to.
        if let Some(decision) = &decision {
            if *decision == Decision::Change(None) {
                faults.push((Fault::NoChange, format!("it says `{}`", line.decision)));
            }
            let reviewer = plain(&line.reviewer);
            if reviewer.is_empty() || is("open", &reviewer) {
                faults.push((Fault::NoReviewer, "nobody is named".to_owned()));
            } else if let Some((fault, what)) = self_review(line, &label, self.engagement) {
                faults.push((fault, what));
            }
            match told(&line.decided, self.order, self.from_1904) {
                Told::Day(found) => {
                    day = Some(found);
                    faults.extend(wrong_day(found, line, self.of, self.today).map(|what| (Fault::WrongDay, what)));
                }
                Told::Open => faults.push((Fault::NoDay, "no day is named".to_owned())),
                Told::Either(one, other) => {
                    open_day.get_or_insert_with(|| format!("`{}` is {one} or {other}", line.decided));
                    faults.push((Fault::NoDay, format!("`{}` is {one} or {other}", line.decided)));
                }
                Told::Unreadable => faults.push((Fault::NoDay, format!("`{}` is no day", line.decided))),
            }
        }
        // What we wrote says something of each principal, if only that it is not known.
        if line.facts.iter().all(|(_, fact)| fact.is_empty()) && !line.facts.is_empty() {
            faults.push((Fault::ByHand, "no fact stands beside the name".to_owned()));
        }
        if line.struck {
            faults.push((Fault::Struck, "it was read as if it were not".to_owned()));
        }
        faults.sort();
        JudgedRow { line: line.clone(), label, decision, day, faults, again: None }
    }
}

/// Why a decision cannot be of a day.
fn wrong_day(day: Date, line: &Line, of: Option<&Occurrence>, today: Date) -> Option<String> {
    if day > today {
        return Some(format!("{day} is still to come"));
    }
    if let Some(as_of) = line.as_of.filter(|as_of| day < *as_of) {
        return Some(format!("{day} is before {as_of}, when the list was made"));
    }
    let of = of?;
    if day < of.first {
        return Some(format!("{day} is before {} began, on {}", of.name, of.first));
    }
    let late = day > of.last.saturating_add(LATE_DAYS.days());
    late.then(|| format!("{day} is more than {LATE_DAYS} days after {} ended, on {}", of.name, of.last))
}

/// What comes first in the days of decisions, where only one of the two puts all of them after the list was made and before today.
fn only_order(sheet: &Sheet, today: Date) -> Option<DateOrder> {
    let cells = || sheet.lines.iter().filter(|line| !line.decided.is_empty());
    let fits = |order: DateOrder| {
        cells().all(|line| match told(&line.decided, Some(order), sheet.from_1904) {
            Told::Day(day) => day <= today && line.as_of.is_none_or(|as_of| as_of <= day),
            Told::Open => true,
            _ => false,
        })
    };
    match (fits(DateOrder::DayFirst), fits(DateOrder::MonthFirst)) {
        (true, false) => Some(DateOrder::DayFirst),
        (false, true) => Some(DateOrder::MonthFirst),
        _ => None,
    }
}
