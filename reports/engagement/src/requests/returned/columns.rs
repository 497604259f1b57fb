//! Finds the columns in which an auditor answers, and the rows that have an answer.

use std::collections::BTreeMap;

use super::super::heads::{self, Columns};
use super::super::rows;
use super::super::vocabulary::{meaning, plain};
use super::words::{Answer, Rank, head};
use crate::columns::{Column, RequestColumns};
use crate::sheets::left::Why;
use crate::sheets::{Row, Table, column_of};

/// Above the heads stand so many rows at most.
const TITLES: usize = 30;

/// A sheet with answers: its columns, its rows, and the rows that are left out.
pub(super) struct Sheet<'a> {
    pub(super) table: &'a Table,
    pub(super) columns: Columns,
    pub(super) answers: BTreeMap<Answer, Vec<usize>>,
    pub(super) rows: Vec<&'a Row>,
    pub(super) left: Vec<(Why, u64)>,
    /// It is a list that we wrote.
    pub(super) own: bool,
    /// Its status may be anybody's, and other columns are the auditor's for sure.
    pub(super) theirs: bool,
}

impl<'a> Sheet<'a> {
    /// Finds the answers of a sheet; none where it has neither a status nor a comment, or nothing that tells which request is
    /// meant. What is said of the columns holds where the sheet has them.
    pub(super) fn find(table: &'a Table, said: &RequestColumns) -> Option<Self> {
        let placed = heads::place(table, said);
        if let Some(placed) = placed {
            let (answers, theirs) = answers(&placed.columns, table, said, placed.own);
            if has_answers(&answers) {
                let sorted = rows::sort(table, &placed);
                let mut rows: Vec<&Row> = sorted.taken.into_iter().map(|taken| taken.row).collect();
                let mut left = sorted.left;
                // A row that asks for nothing may have an answer: its id says what is meant. One that is hidden is one that a
                // filter left out when the list was saved.
                let under = table.rows.get(placed.first..).unwrap_or_default();
                let spare = |why: Why, number: u64| {
                    let row = under
                        .iter()
                        .find(|row| row.number == number)
                        .filter(|_| why == Why::NoRequest || why == Why::Hidden)?;
                    answered(row, &answers).then_some(row)
                };
                left.retain(|(why, number)| match spare(*why, *number) {
                    Some(row) => {
                        rows.push(row);
                        false
                    }
                    None => true,
                });
                rows.sort_by_key(|row| row.number);
                return Some(Self { table, columns: placed.columns, answers, rows, left, own: placed.own, theirs });
            }
        }
        Self::by_ids(table, said)
    }

    /// A sheet that has ids and answers, and does not say what was asked for.
    fn by_ids(table: &'a Table, said: &RequestColumns) -> Option<Self> {
        for (at, row) in table.rows.iter().enumerate().take(TITLES).filter(|(_, row)| !row.hidden) {
            let named = said.id.as_deref();
            let named = named.and_then(|head| row.cells.iter().position(|cell| plain(cell) == plain(head)));
            let known = |wanted: Column| {
                row.cells.iter().position(|cell| meaning(cell).is_some_and(|known| known.column == wanted))
            };
            // `Request` may be the head of the ids.
            let Some(id) = named.or_else(|| known(Column::Id)).or_else(|| known(Column::Text)) else { continue };
            let columns =
                Columns { at: BTreeMap::from([(Column::Id, id)]), heads: row.cells.clone(), ..Columns::default() };
            let (answers, theirs) = answers(&columns, table, said, false);
            if !has_answers(&answers) {
                continue;
            }
            let (mut rows, mut left) = (Vec::new(), Vec::new());
            for row in table.rows.iter().skip(at + 1) {
                match (row.hidden, row.struck.contains(&id), row.cell(id).is_empty()) {
                    (true, ..) if !answered(row, &answers) => left.push((Why::Hidden, row.number)),
                    (_, true, _) => left.push((Why::Struck, row.number)),
                    (.., true) => left.push((Why::Note, row.number)),
                    _ => rows.push(row),
                }
            }
            return Some(Self { table, columns, answers, rows, left, own: false, theirs });
        }
        None
    }

    /// What a row says in the columns of an answer, those that are filled; what is struck through is withdrawn.
    pub(super) fn cells<'r>(&'r self, answer: Answer, row: &'r Row) -> impl Iterator<Item = (usize, &'r str)> {
        let at = self.answers.get(&answer).into_iter().flatten().copied();
        let cells = at.filter(|at| !row.struck.contains(at)).map(|at| (at, row.cell(at).trim()));
        cells.filter(|(_, cell)| !cell.is_empty())
    }

    pub(super) fn name(&self) -> &str {
        self.table.sheet.as_deref().unwrap_or_default()
    }

    /// The heads of columns that have something in them and are not read.
    pub(super) fn unread(&self) -> Vec<String> {
        let read = |at: usize| self.columns.has(at) || self.answers.values().flatten().any(|place| *place == at);
        let ours = |head: &str| self.own && super::super::export::heads().contains(&head);
        let filled = |at: usize| self.rows.iter().any(|row| !row.cell(at).is_empty());
        let heads =
            self.columns.heads.iter().enumerate().filter(|(at, head)| !head.is_empty() && !read(*at) && !ours(head));
        heads.filter(|(at, _)| filled(*at)).map(|(_, head)| head.replace('\n', " ")).collect()
    }
}

fn has_answers(answers: &BTreeMap<Answer, Vec<usize>>) -> bool {
    answers.contains_key(&Answer::Status) || answers.contains_key(&Answer::Comment)
}

fn answered(row: &Row, answers: &BTreeMap<Answer, Vec<usize>>) -> bool {
    answers.values().flatten().any(|at| !row.cell(*at).is_empty())
}

/// The columns of the answers. Of several that say the status the surest is taken; comments, days and names are taken from all
/// that are the auditor's for sure, else from the first of the others.
///
/// With it whether the status may be anybody's while others of them are the auditor's for sure.
fn answers(columns: &Columns, table: &Table, said: &RequestColumns, own: bool) -> (BTreeMap<Answer, Vec<usize>>, bool) {
    let mut found: BTreeMap<Answer, Vec<(Rank, usize)>> = BTreeMap::new();
    for (at, text) in columns.heads.iter().enumerate() {
        let Some((answer, rank)) = head(text).filter(|_| !columns.has(at)) else { continue };
        // In a list that we wrote, the auditor's columns are called as we call them, or were put beside.
        let ours = own && rank != Rank::Own && super::super::export::heads().contains(&text.as_str());
        if !ours && !table.hidden_columns.contains(&at) {
            found.entry(answer).or_default().push((rank, at));
        }
    }
    let mut answers: BTreeMap<Answer, Vec<usize>> = BTreeMap::new();
    let best = |answer: Answer| found.get(&answer).and_then(|places| places.iter().map(|(rank, _)| *rank).min());
    let theirs = said.status.is_none()
        && best(Answer::Status) == Some(Rank::Then)
        && best(Answer::Comment).is_some_and(|rank| rank < Rank::Then);
    for (answer, mut places) in found {
        places.sort_unstable();
        let best = places.first().map_or(Rank::Then, |(rank, _)| *rank);
        let all = answer != Answer::Status && best != Rank::Then;
        let sure = places.into_iter().filter(|(rank, _)| if best == Rank::Then { true } else { *rank < Rank::Then });
        answers.insert(answer, sure.map(|(_, at)| at).take(if all { usize::MAX } else { 1 }).collect());
    }
    for (answer, name) in [
        (Answer::Status, &said.status),
        (Answer::Comment, &said.comment),
        (Answer::On, &said.on),
        (Answer::By, &said.by),
    ] {
        let Some(name) = name else { continue };
        let by_head = columns.heads.iter().position(|head| plain(head) == plain(name));
        if let Some(at) = by_head.or_else(|| column_of(name).filter(|at| *at < columns.heads.len() && name.len() <= 2))
        {
            answers.insert(answer, vec![at]);
        }
    }
    (answers, theirs)
}
