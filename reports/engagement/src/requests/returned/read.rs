//! Reads the answers of a list: what each of its rows says of which request, and when.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

use super::super::heads::Columns;
use super::super::import::ListError;
use super::super::request::Request;
use super::super::told::asked;
use super::super::{ids, vocabulary};
use super::columns::Sheet;
use super::words::{self, Answer};
use crate::columns::Column;
use crate::dates::{DateOrder, Told, told};
use crate::sheets::left::Why;
use crate::sheets::{Row, TableError};
use crate::statements::ReturnState;

/// What a row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    /// The request that is meant; none where the list in force has none of that id.
    pub(super) request: Option<String>,
    /// The id as it stands in the row; its first words where it has none.
    pub(super) id: String,
    /// Where it stands, for people.
    pub(super) place: String,
    /// The last of its days.
    pub(super) on: Option<Date>,
    pub(super) state: Option<ReturnState>,
    pub(super) word: Option<String>,
    pub(super) comment: Option<String>,
    pub(super) by: Option<String>,
    /// It stands in a list that we wrote.
    pub(super) own: bool,
}

impl Said {
    /// Whether the row says anything.
    pub(super) fn is_empty(&self) -> bool {
        self.state.is_none() && self.word.is_none() && self.comment.is_none()
    }
}

/// The answers of a list, and what of it was left out.
#[derive(Debug, Default)]
pub(super) struct Answers {
    pub(super) said: Vec<Said>,
    pub(super) left: Vec<(Why, String)>,
    pub(super) unread: BTreeSet<String>,
    pub(super) problems: Vec<TableError>,
    pub(super) asks_dates: bool,
}

impl Answers {
    /// Why they cannot be used, where they cannot.
    pub(super) fn error(&self) -> Option<ListError> {
        (!self.problems.is_empty()).then(|| ListError::new(self.problems.clone(), self.asks_dates))
    }
}

/// Reads the sheets of a list; `known` is the list in force.
pub(super) fn read(sheets: &[Sheet<'_>], known: &[Request], dates: Option<DateOrder>) -> Answers {
    let mut answers = Answers::default();
    let known = &Known::of(known);
    let several = sheets.len() > 1;
    let days = |sheet: &Sheet<'_>| -> Vec<String> {
        let cells = sheet.rows.iter().flat_map(|row| {
            [Answer::On, Answer::Given]
                .into_iter()
                .flat_map(move |answer| sheet.cells(answer, row).map(|(_, cell)| cell.to_owned()))
        });
        cells.collect()
    };
    let all: Vec<String> = sheets.iter().flat_map(days).collect();
    let pool = DateOrder::of(all.iter().map(String::as_str));
    for sheet in sheets {
        let own = days(sheet);
        let order = dates.or_else(|| DateOrder::of(own.iter().map(String::as_str))).or(pool);
        let place = |number: u64| if several { format!("{} {number}", sheet.name()) } else { number.to_string() };
        answers.left.extend(sheet.left.iter().map(|(why, row)| (*why, place(*row))));
        answers.unread.extend(sheet.unread());
        for row in &sheet.rows {
            let said = answers.row(sheet, row, known, order, place(row.number));
            answers.said.push(said);
        }
    }
    answers
}

impl Answers {
    fn row(
        &mut self,
        sheet: &Sheet<'_>,
        row: &Row,
        known: &Known<'_>,
        order: Option<DateOrder>,
        place: String,
    ) -> Said {
        for at in [Answer::Status, Answer::Comment].iter().filter_map(|answer| sheet.answers.get(answer)).flatten() {
            if row.unknown.contains(at) && !row.struck.contains(at) {
                let what =
                    "holds a formula whose value is not in the file: open it in a spreadsheet program, and save it";
                self.problems.push(sheet.table.error(Some(row.number), Some((*at, sheet.columns.head(*at))), what));
            }
        }
        let status: Vec<&str> = sheet.cells(Answer::Status, row).map(|(_, cell)| cell).collect();
        let status = status.first().copied().filter(|cell| cell.chars().any(char::is_alphanumeric));
        let told = status.map(words::state);
        let said = told.as_ref().and_then(|told| told.state);
        let mut comments: Vec<String> =
            sheet.cells(Answer::Comment, row).map(|(_, cell)| cell.to_owned()).filter(|cell| says(cell)).collect();
        comments.dedup();
        // Whose status it is is not sure: beside a note that is the auditor's for sure it accepts nothing.
        let settles = matches!(said, Some(ReturnState::Accepted | ReturnState::NotApplicable));
        let doubted = settles && sheet.theirs && !comments.is_empty() && !status.is_some_and(words::is_auditors);
        let state = said.filter(|_| !doubted);
        let rest = told.and_then(|told| told.rest);
        comments.extend(rest.filter(|_| comments.is_empty()));
        let given = self.days(sheet, row, Answer::Given, order).filter(|_| state == Some(ReturnState::Received));
        let on = self.days(sheet, row, Answer::On, order).or(given);
        let by = sheet.cells(Answer::By, row).map(|(_, cell)| cell.to_owned()).next();
        let (id, text) = named(&sheet.columns, row);
        Said {
            request: request(known, &id, &text, sheet.name(), sheet.columns.cell(Column::Entity, row)),
            id: if id.is_empty() { text.split_whitespace().take(6).collect::<Vec<_>>().join(" ") } else { id },
            place,
            on,
            state,
            word: status.filter(|word| state.is_none_or(|state| !is_name(state, word))).map(str::to_owned),
            comment: Some(comments.join("\n")).filter(|comment| !comment.is_empty()),
            by: by.filter(|by| !vocabulary::is_unknown(by)),
            own: sheet.own,
        }
    }

    /// The last day that a row has in some columns.
    fn days(&mut self, sheet: &Sheet<'_>, row: &Row, answer: Answer, order: Option<DateOrder>) -> Option<Date> {
        let mut last = None;
        for (at, cell) in sheet.cells(answer, row) {
            let problem = |what: String| sheet.table.error(Some(row.number), Some((at, sheet.columns.head(at))), what);
            match told(cell, order, sheet.table.from_1904) {
                Told::Day(day) => last = last.max(Some(day)),
                // What looks like a day and is none would be another day.
                Told::Unreadable if cell.chars().any(|c| c.is_ascii_digit()) => {
                    self.problems.push(problem(format!("`{cell}` is no day that can be read: write it as 2026-12-05")));
                }
                // A day that is not told, or a word such as `yes`, says nothing of when.
                Told::Open | Told::Unreadable => {}
                Told::Either(..) if self.asks_dates => {}
                Told::Either(day, month) => {
                    let (first, second) = (DateOrder::DayFirst.name(), DateOrder::MonthFirst.name());
                    let what = format!("`{cell}` can be {day} or {month}: say which with --dates {first} or {second}");
                    self.problems.push(problem(what));
                    self.asks_dates = true;
                }
            }
        }
        last
    }
}

/// Whether a comment says something: `-` and `n/a` do not.
fn says(comment: &str) -> bool {
    !vocabulary::is_unknown(comment)
}

/// Whether a word is the name of a state: then it need not be kept beside it.
fn is_name(state: ReturnState, word: &str) -> bool {
    let plain = vocabulary::plain(word);
    plain == vocabulary::plain(state.name())
}

/// The id of a row, and what it asks for.
fn named(columns: &Columns, row: &Row) -> (String, String) {
    let text = asked(columns.cell(Column::Text, row), columns.more(row));
    (columns.cell(Column::Id, row).trim().to_owned(), text)
}

/// The list in force, by id.
pub(super) struct Known<'a> {
    all: &'a [Request],
    by_id: HashMap<&'a str, &'a Request>,
    /// Those that are the same but for case, spaces and stops; none where several are.
    near: HashMap<String, Option<&'a Request>>,
}

impl<'a> Known<'a> {
    pub(super) fn of(all: &'a [Request]) -> Self {
        let mut near: HashMap<String, Option<&Request>> = HashMap::new();
        for request in all {
            near.entry(vocabulary::plain(&request.id)).and_modify(|one| *one = None).or_insert(Some(request));
        }
        near.remove("");
        Self { all, by_id: all.iter().map(|request| (request.id.as_str(), request)).collect(), near }
    }

    fn near(&self, id: &str) -> Option<&'a Request> {
        self.near.get(&vocabulary::plain(id)).copied().flatten()
    }
}

/// The request that a row means. Ids are told apart as they were when the list was taken: by the sheet, by the company, by a
/// number behind them, in which case the words decide. One that differs by its case or its spaces is the same.
fn request(known: &Known<'_>, id: &str, text: &str, sheet: &str, entity: &str) -> Option<String> {
    if id.is_empty() {
        // An id was made of the words, or the one column that tells has the ids, as the tracker of a package does.
        let found = known.by_id.get(ids::made(text).as_str()).copied().or_else(|| known.near(text));
        return found.map(|request| request.id.clone());
    }
    let by_sheet = format!("{sheet}-{id}");
    let names = [format!("{by_sheet} ({entity})"), format!("{id} ({entity})"), by_sheet, id.to_owned()];
    let exact = |name: &String| known.by_id.get(name.as_str()).copied();
    let near = |name: &String| known.near(name);
    let same = |a: &str, b: &str| vocabulary::plain(a) == vocabulary::plain(b) && !vocabulary::plain(a).is_empty();
    let found = names.iter().find_map(exact).or_else(|| names.iter().find_map(near))?;
    // `7` and `7 (2)`: two requests of one id.
    let prefix = format!("{} (", found.id);
    let numbered = |request: &&Request| {
        let number = request.id.strip_prefix(&prefix).and_then(|rest| rest.strip_suffix(')'));
        number.is_some_and(|number| number.parse::<u32>().is_ok())
    };
    let worded = |request: &&Request| same(&request.text, text);
    let other = known.all.iter().filter(numbered).find(worded).filter(|_| !worded(&found));
    Some(other.unwrap_or(found).id.clone())
}
