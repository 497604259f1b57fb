//! Holds a review that came back against who is there: the run that its list was made of, and a run after it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::decision::Decision;
use super::heads::HEADS;
use super::judge::{Review, key, label};
use super::row::{Fault, JudgedRow, is_of_permission_set};
use crate::dates::{Told, told};
use crate::person_names::folded;

/// A principal, as a run has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Principal {
    /// The account's number.
    pub account: String,
    /// Its ARN; empty where the run tells names only.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The day that it was made on, where that is known.
    pub created: Option<Date>,
    /// Why its access is gone though it is there, `with neither a password nor an active access key`; none where it is not, and
    /// where that is not known.
    pub shut: Option<String>,
    /// The ways in, in words.
    pub ways_in: Vec<String>,
    /// What a sheet would say of it, by the place of the column in [`HEADS`].
    pub facts: Vec<(usize, String)>,
    /// Who else shares its ARN is not known, and why.
    pub people_not_known: Option<String>,
}

/// Who was there when a run was made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Present {
    /// The run's id.
    pub run: String,
    /// Its day.
    pub day: Date,
    /// The accounts of which principals are known.
    pub accounts: BTreeSet<String>,
    /// The principals.
    pub principals: Vec<Principal>,
    /// It tells of IAM users alone: roles and people are not known.
    pub users_only: bool,
}

/// The principals of a run by what tells them apart.
struct Index<'a> {
    present: &'a Present,
    by_key: BTreeMap<(String, String), &'a Principal>,
    /// By account and name; none where a user and a role share them.
    by_name: BTreeMap<(String, String), Option<&'a Principal>>,
    by_arn: BTreeMap<String, Vec<&'a Principal>>,
}

impl<'a> Index<'a> {
    fn of(present: &'a Present) -> Self {
        let (mut by_key, mut by_arn) = (BTreeMap::new(), BTreeMap::<String, Vec<&Principal>>::new());
        let mut by_name = BTreeMap::new();
        for one in &present.principals {
            by_key.insert(key(&one.account, &one.arn, &one.name), one);
            by_name.entry(key(&one.account, "", &one.name)).and_modify(|known| *known = None).or_insert(Some(one));
            by_arn.entry(folded(&one.arn)).or_default().push(one);
        }
        Self { present, by_key, by_name, by_arn }
    }

    fn find(&self, row: &JudgedRow) -> Option<&'a Principal> {
        let line = &row.line;
        let named = |name: &str| self.by_name.get(&key(&line.account, "", name)).copied().flatten();
        if line.arn.is_empty() {
            return named(&line.name);
        }
        let known = self.by_key.get(&key(&line.account, &line.arn, &line.name)).copied();
        let alone = || match self.by_arn.get(&folded(&line.arn)).map(Vec::as_slice) {
            // The name was written over, or is not there.
            Some([one]) if !is_person(row) => Some(*one),
            _ => None,
        };
        // A run that tells names only, and a row that has the ARN of a user.
        let by_name = || {
            let user = line.arn.split_once(":user/").map(|(_, path)| path.rsplit('/').next().unwrap_or(path))?;
            named(user).filter(|_| self.present.users_only)
        };
        known.or_else(alone).or_else(by_name)
    }
}

/// What keeps a principal that is not found from being gone: another goes by its name.
fn namesake(row: &JudgedRow, index: &Index<'_>) -> Option<String> {
    let line = &row.line;
    let known = index.by_name.get(&key(&line.account, "", &line.name))?;
    let is_user = |arn: &str| arn.contains(":user/");
    match known {
        None if line.arn.is_empty() => Some("several go by its name, and the sheet has no ARN".to_owned()),
        // Behind a role of a permission set the same name stands for each of several.
        Some(one) if !is_person(row) && is_user(&one.arn) == is_user(&line.arn) => {
            Some(format!("its ARN is not in the run, and {} goes by its name", one.arn))
        }
        _ => None,
    }
}

fn is_person(row: &JudgedRow) -> bool {
    folded(row.line.kind.trim()) == "person"
}

/// How the principals of a sheet stand to those of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// The run, and its day.
    pub run: String,
    /// Its day.
    pub day: Date,
    /// Whether it is of the day that the list was made on.
    pub same_day: bool,
    /// Principals of the run, in the accounts of the sheet.
    pub principals: usize,
    /// Principals of the sheet that the run has.
    pub found: usize,
    /// Principals of the run that the sheet lacks, though they were there when it was made.
    pub left_out: Vec<String>,
    /// Principals of the run that were made since.
    pub new_since: Vec<String>,
    /// Principals of the run that the sheet lacks, and of which it is not known when they were made.
    pub unknown_age: Vec<String>,
    /// Principals of the sheet that the run does not have. Of the day of the list, they were added by hand.
    pub not_in_run: Vec<String>,
    /// How many of them nothing explains: a principal that was to be revoked may be gone from a later run.
    pub not_accounted_for: usize,
    /// Accounts of the run that the sheet has no row of, with how many principals they have.
    pub accounts_left: Vec<(String, usize)>,
    /// Facts that are not what we wrote, by principal; none where the run is of another day.
    pub altered: Option<Vec<(String, Vec<&'static str>)>>,
}

/// Counts the principals of a sheet against those of a run.
#[must_use]
pub fn totals(review: &Review, present: &Present) -> Totals {
    let index = Index::of(present);
    let same_day = review.as_of == Some(present.day);
    let mut totals = Totals { run: present.run.clone(), day: present.day, same_day, ..Totals::default() };
    let mut there = BTreeSet::new();
    let mut altered = Vec::new();
    for row in &review.rows {
        match index.find(row) {
            Some(one) => {
                totals.found += 1;
                there.insert(key(&one.account, &one.arn, &one.name));
                let mut heads = named_otherwise(row, one);
                heads.extend(differing(&row.line.facts, &one.facts, |_| true));
                if !heads.is_empty() {
                    altered.push((row.label.clone(), heads));
                }
            }
            None => {
                let revoked = row.is_decided() && row.decision == Some(Decision::Revoke);
                totals.not_accounted_for += usize::from(same_day || !revoked);
                totals.not_in_run.push(row.label.clone());
            }
        }
    }
    totals.altered = same_day.then_some(altered);
    let mut others: BTreeMap<&str, usize> = BTreeMap::new();
    for one in &present.principals {
        if !review.accounts.contains(&one.account) {
            *others.entry(&one.account).or_default() += 1;
            continue;
        }
        totals.principals += 1;
        if there.contains(&key(&one.account, &one.arn, &one.name)) {
            continue;
        }
        let name = label(&one.name, &one.arn, &one.account, review.accounts.len() > 1);
        match (one.created, review.as_of) {
            _ if same_day => totals.left_out.push(name),
            (Some(made), Some(as_of)) if made > as_of => totals.new_since.push(name),
            (Some(_), Some(_)) if !is_of_permission_set(&one.arn) => totals.left_out.push(name),
            // A sheet that does not say of which day it is cannot show that one came later.
            (_, None) => totals.left_out.push(name),
            _ => totals.unknown_age.push(name),
        }
    }
    totals.accounts_left = others.into_iter().map(|(account, count)| (account.to_owned(), count)).collect();
    totals
}

/// The heads under which a row says whom it is of, and says it otherwise than its ARN does.
fn named_otherwise(row: &JudgedRow, one: &Principal) -> Vec<&'static str> {
    let line = &row.line;
    let mut heads = Vec::new();
    if !line.name.trim().is_empty() && folded(line.name.trim()) != folded(bare_name(one)) {
        heads.push("Name");
    }
    let kind = super::words::plain(&line.kind);
    let is_other = match kind.as_str() {
        "user" => !one.arn.contains(":user/"),
        "role" => !one.arn.contains(":role/"),
        "person" => !is_of_permission_set(&one.arn),
        _ => false,
    };
    if is_other && !one.arn.is_empty() {
        heads.push("Type");
    }
    heads
}

/// The name of a principal as a sheet that was read has it: without the apostrophe that keeps it from being computed.
fn bare_name(one: &Principal) -> &str {
    crate::cells::unguarded(one.name.trim())
}

/// The heads of the facts that differ.
fn differing(ours: &[(usize, String)], theirs: &[(usize, String)], counts: fn(&str) -> bool) -> Vec<&'static str> {
    let of = |at: usize| theirs.iter().find(|(place, _)| *place == at).map(|(_, fact)| fact.as_str());
    let differ = ours.iter().filter_map(|(at, fact)| {
        let head = HEADS.get(*at)?;
        let other = of(*at)?;
        (counts(head) && !is_same(fact, other)).then_some(*head)
    });
    differ.collect()
}

/// Whether two cells say the same: a spreadsheet writes days and numbers in its own way, breaks and joins lines, and cuts what
/// is long.
fn is_same(one: &str, other: &str) -> bool {
    /// A cell that is longer is cut.
    const LONG: usize = 32_000;
    let plain = |text: &str| {
        let bare = crate::cells::unguarded(text.trim()).replace(['\u{a0}', '\r', '\n', '\t'], " ");
        bare.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let (one, other) = (plain(one), plain(other));
    if one == other || one.len() > LONG || other.len() > LONG {
        return true;
    }
    let day = |text: &str| match told(text, None, false) {
        Told::Day(day) => vec![day],
        Told::Either(one, other) => vec![one, other],
        Told::Open | Told::Unreadable => Vec::new(),
    };
    let theirs = day(&other);
    day(&one).iter().any(|day| theirs.contains(day))
}

/// What became of a principal that was to lose something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Became {
    /// Its access is gone: how.
    Gone(String),
    /// It is still there: with what.
    There(String),
    /// The run does not tell: why.
    NotKnown(String),
}

impl Became {
    /// The name used in lists.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Gone(_) => "gone",
            Self::There(_) => "still-there",
            Self::NotKnown(_) => "not-known",
        }
    }

    /// How, with what, or why.
    #[must_use]
    pub fn why(&self) -> &str {
        match self {
            Self::Gone(why) | Self::There(why) | Self::NotKnown(why) => why,
        }
    }
}

/// What became of a decision that takes something away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    /// The principal.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Its account.
    pub account: String,
    /// What was decided.
    pub decision: Decision,
    /// On which day, where that can be read.
    pub day: Option<Date>,
    /// By whom.
    pub reviewer: String,
    /// What became of it; of a change, whether anything that it holds is other than it was.
    pub became: Became,
    /// The days from the decision to the run; none where the day is not known.
    pub days: Option<i64>,
}

impl FollowUp {
    /// `revoke ida.holm, decided on 2026-10-05 by Alice Meyer`.
    #[must_use]
    pub fn words(&self) -> String {
        let day = self.day.map(|day| format!(" on {day}")).unwrap_or_default();
        let by = if self.reviewer.is_empty() { String::new() } else { format!(" by {}", self.reviewer) };
        let what = match &self.decision {
            Decision::Change(Some(how)) => format!("change {} ({how})", self.name),
            other => format!("{} {}", other.name(), self.name),
        };
        format!("{what}, decided{day}{by}")
    }
}

/// What became of each decision that takes something away, as a run has it.
#[must_use]
pub fn follow(review: &Review, present: &Present) -> Vec<FollowUp> {
    let index = Index::of(present);
    let rows = review.rows.iter().filter(|row| row.is_decided());
    let taken = rows.filter_map(|row| {
        let decision = row.decision.clone().filter(|decision| *decision != Decision::Keep)?;
        let became = became(row, &decision, &index);
        Some(FollowUp {
            name: row.label.clone(),
            arn: row.line.arn.clone(),
            account: row.line.account.clone(),
            decision,
            day: row.day,
            reviewer: row.line.reviewer.replace('\n', " "),
            became,
            days: row.day.map(|day| i64::from((present.day - day).get_days())),
        })
    });
    taken.collect()
}

fn became(row: &JudgedRow, decision: &Decision, index: &Index<'_>) -> Became {
    let (line, present) = (&row.line, index.present);
    let not_known = |why: String| Became::NotKnown(why);
    if let Some(day) = row.day.or(line.as_of).filter(|day| present.day < *day) {
        return not_known(format!("{} is of {}, before {day}: it proves nothing", present.run, present.day));
    }
    if present.users_only && !line.arn.contains(":user/") {
        return not_known("the results of the run tell of IAM users alone".to_owned());
    }
    if !present.accounts.contains(&line.account) {
        return not_known(format!("the principals of account {} are not in {}", line.account, present.run));
    }
    let Some(one) = index.find(row) else {
        if row.has(Fault::ByHand) {
            return not_known("it was added by hand, and is no principal that the run has".to_owned());
        }
        if let Some(why) = namesake(row, index) {
            return not_known(why);
        }
        let role = index.by_arn.get(&folded(&line.arn)).and_then(|all| all.first());
        return match role.and_then(|role| role.people_not_known.clone()).filter(|_| is_person(row)) {
            Some(why) => not_known(why),
            None => Became::Gone(format!("not in {} any more", present.run)),
        };
    };
    let became = match decision {
        Decision::Change(_) => changed(row, one, index.present.users_only),
        _ => revoked(row, one),
    };
    match became {
        // A run of the same day may have been made before.
        Became::There(what) if row.day == Some(present.day) => {
            not_known(format!("{} is of the day of the decision, and then: {what}", present.run))
        }
        other => other,
    }
}

fn revoked(row: &JudgedRow, one: &Principal) -> Became {
    if let Some((made, day)) = one.created.zip(row.day).filter(|(made, day)| made > day) {
        return Became::There(format!("made again on {made}, after the decision of {day}"));
    }
    match (&one.shut, one.ways_in.is_empty()) {
        (Some(how), _) => Became::Gone(format!("it is there, {how}")),
        (None, false) => Became::There(format!("ways in: {}", one.ways_in.join("; "))),
        (None, true) => Became::There("what ways in it has is not known".to_owned()),
    }
}

/// Whether a principal holds other than the sheet says. Whether that is the change that was decided, a person sees.
fn changed(row: &JudgedRow, one: &Principal, users_only: bool) -> Became {
    const HELD: fn(&str) -> bool = |head| {
        [
            "Ways in",
            "Groups",
            "Policies",
            "Permissions boundary",
            "Effective privilege",
            "Privilege by service and access level",
            "Administrator",
            "Active access keys",
        ]
        .contains(&head)
    };
    if users_only {
        return Became::NotKnown("the results of the run do not tell what it holds".to_owned());
    }
    let compared = row.line.facts.iter().any(|(at, _)| HEADS.get(*at).is_some_and(|head| HELD(head)));
    if !compared {
        return Became::NotKnown("the sheet does not say what it held".to_owned());
    }
    match differing(&row.line.facts, &one.facts, HELD).as_slice() {
        [] => Became::There("nothing that it holds is changed".to_owned()),
        heads => Became::Gone(format!("changed: {}; a person compares", heads.join(", "))),
    }
}
