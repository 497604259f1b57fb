//! Reads an auditor's own list as it comes, from CSV or from a workbook.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::sync::LazyLock;

use kickoff_checks::{CHECKS, Check};

use super::account::Account;
use super::criteria;
use super::export;
use super::heads::{self, Columns, Placed};
use super::ids::{self, Draft};
use super::options::ListOptions;
use super::request::{DEFAULT, Reach, Request, UNKNOWN_HOURS};
use super::rows::{self, Sorted, Taken};
use super::told::{asked, names, period_only, read_kind};
use super::vocabulary;
use crate::columns::{Column, RequestColumns};
use crate::dates::{DateOrder, Told, told};
use crate::sheets::{self, ROWS, Table, TableError};
use crate::{nearest, nearest_of};

/// Why a list cannot be used: everything that is wrong with it, a line for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListError {
    problems: Vec<TableError>,
    /// The heads, each after the letters of its column, where it is not known which says what is asked for.
    pub heads: Vec<String>,
    /// Whether it is not known what comes first, the day or the month.
    pub asks_dates: bool,
    /// Whether it is not known of what day the answers of a list are.
    pub asks_day: bool,
}

impl ListError {
    pub(crate) fn new(problems: Vec<TableError>, asks_dates: bool) -> Self {
        Self { problems, heads: Vec::new(), asks_dates, asks_day: false }
    }

    pub(super) fn asking_day(self, asks_day: bool) -> Self {
        Self { asks_day, ..self }
    }

    /// What is wrong, in the order of the list.
    #[must_use]
    pub fn problems(&self) -> &[TableError] {
        &self.problems
    }
}

impl From<TableError> for ListError {
    fn from(problem: TableError) -> Self {
        Self::new(vec![problem], false)
    }
}

impl fmt::Display for ListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.problems.iter().enumerate() {
            write!(f, "{}{problem}", if at > 0 { "\n" } else { "" })?;
        }
        Ok(())
    }
}

impl std::error::Error for ListError {}

/// A list that was read, and an account of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The requests, in the order of the list.
    pub requests: Vec<Request>,
    /// What was taken and what was left out, on one line.
    pub account: String,
}

/// Reads a list: a CSV file or a workbook.
///
/// # Errors
/// The file cannot be read, lacks a column, or holds what cannot be: with the sheet, the row and the column.
pub fn read(path: &Path, options: &ListOptions) -> Result<Listed, ListError> {
    from_bytes(path, &sheets::bytes(path)?, options)
}

/// Reads a list from its bytes; `path` says what it is called, and is for messages.
///
/// # Errors
/// As [`read`].
pub fn from_bytes(path: &Path, bytes: &[u8], options: &ListOptions) -> Result<Listed, ListError> {
    let tables = sheets::tables(path, bytes, &vocabulary::known)?;
    let mut reading = Reading::default();
    let mut lists: Vec<List<'_>> = Vec::new();
    for table in &tables {
        let name = table.sheet.clone().unwrap_or_default();
        if table.hidden {
            reading.account.leave_sheet(&name, "hidden");
            continue;
        }
        match heads::place(table, &options.columns) {
            Some(placed) => lists.push(List::new(table, placed)),
            None if table.rows.is_empty() => reading.account.leave_sheet(&name, "empty"),
            None => reading.account.leave_sheet(&name, "no heads of a list of requests"),
        }
    }
    if lists.is_empty() {
        return Err(without_heads(path, &tables, &options.columns));
    }
    leave_others(&mut lists, &mut reading.account);
    let said = options.columns.said();
    let missing = said.into_iter().filter(|(column, _)| lists.iter().all(|list| list.columns.missing.contains(column)));
    for (column, head) in missing {
        if let Some(list) = lists.first() {
            let there = heads::lettered(&list.columns.heads);
            reading.problems.push(list.table.error(None, None, no_column(column, head, &there)));
        }
    }
    reading.pool = DateOrder::of(lists.iter().flat_map(List::days));
    let several = lists.len() > 1;
    for list in &lists {
        reading.list(list, options, several);
    }
    if reading.problems.is_empty() && reading.drafts.is_empty() {
        let (table, left) = (lists.first().map(|list| list.table), reading.account.rows_left());
        let what = if left.is_empty() { String::new() } else { format!(" ({left})") };
        let what = format!("has its columns, and no request under them{what}");
        return Err(table
            .map_or_else(|| TableError::of_file(path, &what), |table| table.error(None, None, &what))
            .into());
    }
    if !reading.problems.is_empty() {
        return Err(ListError::new(reading.problems, reading.asks_dates));
    }
    let mut account = reading.account;
    let requests: Vec<Request> = ids::settle(reading.drafts, &mut account);
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Listed { account: account.line(&name, requests.len()), requests })
}

/// Somebody said which column is what, and there is none of that head or letter.
fn no_column(column: Column, head: &str, there: &[String]) -> String {
    let named = || there.iter().filter_map(|head| head.split_once(' ')).map(|(_, head)| head);
    format!(
        "has no column `{head}`, which is to be `{name}`{near}; it has {there}: say which it is, --columns {name}=HEAD, or a letter (`request_columns` of kickoff.toml)",
        name = column.name(),
        near = nearest_of(head, named()).map(|near| format!(": is `{near}` meant?")).unwrap_or_default(),
        there = there.join(", "),
    )
}

/// Nothing in the file says what is asked for.
fn without_heads(path: &Path, tables: &[Table], said: &RequestColumns) -> ListError {
    let shown = || tables.iter().filter(|table| !table.hidden && !table.rows.is_empty());
    let table = shown().max_by_key(|table| heads::likely(table).len());
    let Some(table) = table else {
        let hidden = tables.iter().any(|table| table.hidden);
        let what = if hidden { "has nothing but hidden sheets: show the one that has the list" } else { "is empty" };
        return TableError::of_file(path, what).into();
    };
    let there = heads::likely(table);
    let missing = heads::not_there(table, said);
    if !missing.is_empty() {
        let problem = |(column, head)| table.error(None, None, no_column(column, head, &there));
        let problems = missing.into_iter().map(problem).collect();
        return ListError::new(problems, false);
    }
    // What is there is the misspelt one: the name that it stands for is the right spelling.
    let named = there.iter().filter_map(|head| head.split_once(' ')).map(|(_, head)| head);
    let near = named.filter(|head| vocabulary::meaning(head).is_none()).find_map(|head| {
        nearest_of(&head.to_lowercase(), ["text", "request"].into_iter())
            .map(|name| format!(": is `{head}` meant for `{name}`?"))
    });
    let what = format!(
        "has no column `text`, what is asked for, with another beside it; it has {}{}; say which it is: --columns text=HEAD, or a letter (`request_columns` of kickoff.toml)",
        there.join(", "),
        near.unwrap_or_default()
    );
    ListError { heads: there, ..ListError::new(vec![table.error(None, None, what)], false) }
}

/// A table with its heads, and its rows sorted.
struct List<'a> {
    table: &'a Table,
    columns: Columns,
    sorted: Sorted<'a>,
    own: bool,
    /// Some of its rows name checks that there are.
    names_checks: bool,
}

impl<'a> List<'a> {
    fn new(table: &'a Table, placed: Placed) -> Self {
        let sorted = rows::sort(table, &placed);
        let cells = sorted.taken.iter().map(|taken| placed.columns.cell(Column::Checks, taken.row));
        let names_checks = cells.flat_map(check_ids).any(|id| KNOWN.contains(id.as_str()));
        Self { table, columns: placed.columns, sorted, own: placed.own, names_checks }
    }

    fn name(&self) -> &str {
        self.table.sheet.as_deref().unwrap_or_default()
    }

    fn days(&self) -> impl Iterator<Item = &str> {
        self.sorted.taken.iter().map(|taken| self.columns.cell(Column::Due, taken.row))
    }

    /// What tells its requests from others: their ids, or what they ask for.
    fn keys(&self) -> BTreeSet<&str> {
        let column = if self.columns.place(Column::Id).is_some() { Column::Id } else { Column::Text };
        self.sorted.taken.iter().map(|taken| self.columns.cell(column, taken.row)).collect()
    }

    /// The last year that the name of its sheet has.
    fn year(&self) -> Option<u16> {
        let numbers = self.name().split(|c: char| !c.is_ascii_digit()).filter_map(|part| match part.len() {
            4 => part.parse().ok().filter(|year| (2000..2100).contains(year)),
            2 if self.name().to_lowercase().contains("fy") => part.parse::<u16>().ok().map(|year| 2000 + year),
            _ => None,
        });
        numbers.max()
    }
}

/// Leaves out sheets of an earlier year, and lists of values, where others have requests.
fn leave_others(lists: &mut Vec<List<'_>>, account: &mut Account) {
    let newest = lists.iter().filter_map(List::year).max();
    let new: Vec<BTreeSet<&str>> =
        lists.iter().filter(|list| newest.is_some() && list.year() == newest).map(List::keys).collect();
    let earlier = |list: &List<'_>| {
        let before = list.year().zip(newest).is_some_and(|(year, newest)| year < newest);
        let again = || {
            let here = list.keys();
            new.iter().any(|there| here.intersection(there).count() * 2 >= here.len().max(1))
        };
        vocabulary::is_past(list.name(), list.year().is_some()) || (before && again())
    };
    let values = |list: &List<'_>| {
        let texts = || list.sorted.taken.iter().map(|taken| list.columns.cell(Column::Text, taken.row));
        texts().all(|text| text.is_ascii() && text.split_whitespace().count() < 2)
    };
    let why: Vec<Option<&str>> = lists
        .iter()
        .map(|list| {
            if list.sorted.taken.is_empty() {
                Some("no request under its heads")
            } else if earlier(list) {
                Some("of an earlier time")
            } else if values(list) {
                Some("single words")
            } else {
                None
            }
        })
        .collect();
    if why.iter().all(Option::is_some) {
        return;
    }
    let mut why = why.into_iter();
    lists.retain(|list| {
        let why = why.next().flatten();
        if let Some(why) = why {
            account.leave_sheet(list.name(), why);
        }
        why.is_none()
    });
}

#[derive(Default)]
struct Reading {
    account: Account,
    problems: Vec<TableError>,
    drafts: Vec<Draft>,
    /// The order of days that all sheets tell together.
    pool: Option<DateOrder>,
    asks_dates: bool,
}

impl Reading {
    fn list(&mut self, list: &List<'_>, options: &ListOptions, several: bool) {
        if list.table.cut {
            let what = format!("has more than {ROWS} rows: that is not a list of requests");
            self.problems.push(list.table.error(None, None, what));
            return;
        }
        self.account.take_sheet(list.name(), list.sorted.taken.len());
        for (why, row) in &list.sorted.left {
            self.account.leave_row(list.name(), *why, *row);
        }
        self.columns_left(list);
        let dates = options.dates.or_else(|| DateOrder::of(list.days())).or(self.pool);
        let mut open: Vec<(u64, String)> = Vec::new();
        for taken in &list.sorted.taken {
            self.request(list, taken, dates, several, &mut open);
        }
        if let Some((row, what)) = open.first() {
            let more = match open.len() {
                1 => String::new(),
                all => format!(" ({all} days of this column are open)"),
            };
            let at = list.columns.place(Column::Due).unwrap_or_default();
            let what = format!("{what}{more}");
            self.problems.push(list.table.error(Some(*row), Some((at, list.columns.head(at))), what));
            self.asks_dates = true;
        }
    }

    /// Names the columns that have something in them and are not read.
    fn columns_left(&mut self, list: &List<'_>) {
        if list.table.beyond {
            self.account.leave_column("beyond the 200th".to_owned(), false);
        }
        // A row may have more cells than there are heads.
        let width = list.sorted.taken.iter().map(|taken| taken.row.cells.len()).max().unwrap_or_default();
        // What we write into a list besides is ours.
        let ours = |head: &str| list.own && export::heads().contains(&head);
        for at in (0..width).filter(|at| !list.columns.has(*at)) {
            let head = list.columns.head(at);
            if ours(head) {
                continue;
            }
            let filled = list.sorted.taken.iter().any(|taken| !taken.row.cell(at).is_empty());
            if filled {
                let head = if head.trim().is_empty() { sheets::letters(at) } else { head.replace('\n', " ") };
                self.account.leave_column(head, list.table.hidden_columns.contains(&at));
            }
        }
    }

    fn request(
        &mut self,
        list: &List<'_>,
        taken: &Taken<'_>,
        dates: Option<DateOrder>,
        several: bool,
        open: &mut Vec<(u64, String)>,
    ) {
        let (columns, row) = (&list.columns, taken.row);
        let cell = |column: Column| columns.cell(column, row);
        let place = |column: Column| columns.place(column).map(|at| (at, columns.head(at)));
        let mut wrong = Vec::new();
        let mut problem = |column: Column, what: String| {
            wrong.push(list.table.error(Some(row.number), place(column), what));
        };
        let title_unread = columns.place(Column::Text).is_some_and(|at| row.unknown.contains(&at));
        let detail = columns.detail.map(|at| (Column::Text, at));
        for (column, at) in columns.at.iter().map(|(column, at)| (*column, *at)).chain(detail) {
            if row.unknown.contains(&at) {
                match column {
                    // Beside a title, what says more of it is told.
                    Column::Text if title_unread || cell(Column::Text).is_empty() => problem(
                        column,
                        "holds a formula without its value, or an error: open the list in a spreadsheet program and save it, or paste the values in its place".to_owned(),
                    ),
                    // An id is made in its place.
                    Column::Id => {}
                    _ => self.account.keep(column, "a formula without its value"),
                }
            }
        }
        let text = asked(cell(Column::Text), columns.more(row));
        if list.own && (text.is_empty() || cell(Column::Id).is_empty()) {
            let column = if text.is_empty() { Column::Text } else { Column::Id };
            problem(column, "is empty".to_owned());
        }
        let mut said: BTreeMap<String, String> = BTreeMap::new();
        let criteria = criteria::told(cell(Column::Criteria));
        if !criteria.words.is_empty() {
            criteria.words.iter().for_each(|words| self.account.keep(Column::Criteria, words));
            said.insert(Column::Criteria.name().to_owned(), criteria.words.join("; "));
        }
        let (checks, checks_words) = match checks(list, cell(Column::Checks)) {
            Ok(told) => told,
            Err(what) => {
                problem(Column::Checks, what);
                (Vec::new(), None)
            }
        };
        let standard = ids_in(cell(Column::Standard));
        if let Some(unknown) = standard.iter().find(|id| !is_standard(id)) {
            let near = nearest(unknown, DEFAULT.iter().map(|request| request.id.as_str()));
            problem(Column::Standard, format!("the default list has no request `{unknown}`{near}"));
        }
        let entity = cell(Column::Entity).to_owned();
        let (kind, kind_words) = read_kind(cell(Column::Kind));
        let (period_only, report_words) = period_only(cell(Column::Report));
        let due_text = cell(Column::Due);
        let (due, due_words) = match told(due_text, dates, list.table.from_1904) {
            Told::Day(day) => (Some(day), None),
            Told::Open => (None, Some(due_text).filter(|text| text.chars().any(char::is_alphanumeric))),
            Told::Unreadable => (None, Some(due_text)),
            Told::Either(day, month) => {
                let (first, second) = (DateOrder::DayFirst.name(), DateOrder::MonthFirst.name());
                let what = format!(
                    "`{due_text}` can be {day} or {month}: say which with --dates {first} or {second} (`request_dates = \"{first}\"` in kickoff.toml)"
                );
                open.push((row.number, what));
                (None, None)
            }
        };
        let owner_text = cell(Column::Owner);
        let nobody = vocabulary::is_unknown(owner_text);
        let owner_words = Some(owner_text).filter(|text| nobody && text.chars().any(char::is_alphanumeric));
        for (column, words) in [
            (Column::Kind, kind_words),
            (Column::Report, report_words),
            (Column::Due, due_words),
            (Column::Owner, owner_words),
            (Column::Checks, checks_words),
            (Column::Entity, Some(entity.as_str()).filter(|entity| !entity.is_empty())),
        ] {
            if let Some(words) = words {
                self.account.keep(column, words);
                said.insert(column.name().to_owned(), words.to_owned());
            }
        }
        self.problems.extend(wrong);
        if row.shortened.iter().chain(&row.struck).any(|at| columns.has(*at)) {
            self.account.shorten(list.name(), row.number);
        }
        let own = Request {
            id: cell(Column::Id).to_owned(),
            area: area(list, taken, several),
            names: names(&text),
            text,
            criteria: criteria.criteria,
            kind,
            period_only,
            reach: if checks.is_empty() { Reach::Unmapped } else { Reach::Part },
            checks,
            hours: UNKNOWN_HOURS,
            months: None,
            nature: None,
            every: None,
            owner: Some(owner_text).filter(|text| !text.is_empty() && !nobody).map(str::to_owned),
            due,
            standard,
            listed: true,
            said,
        };
        // A request of the default list keeps what is known of it; that an auditor uses the same id for another thing is
        // ruled out by the wording.
        let same = DEFAULT.iter().find(|known| known.id == own.id && known.text == own.text);
        let request = match same {
            Some(known) => Request { owner: own.owner, due: own.due, said: own.said, listed: true, ..known.clone() },
            None => own,
        };
        self.drafts.push(Draft { request, sheet: list.name().to_owned(), row: row.number, entity });
    }
}

/// The heading that a request stands under: its own cell, else the section, else the sheet where its name says something.
fn area(list: &List<'_>, taken: &Taken<'_>, several: bool) -> String {
    let own = list.columns.cell(Column::Area, taken.row);
    if !own.is_empty() || list.own {
        return own.to_owned();
    }
    let sheet = Some(list.name()).filter(|name| several || !vocabulary::is_plain_name(name));
    let sheet = sheet.filter(|name| !name.is_empty() && list.columns.place(Column::Area).is_none());
    match (sheet, &taken.section) {
        (Some(sheet), Some(section)) if several => format!("{sheet}: {section}"),
        (_, Some(section)) => section.clone(),
        (sheet, None) => sheet.unwrap_or_default().to_owned(),
    }
}

/// The checks that this version knows, or will: lists are exported with those that it does not have yet, and may come back.
static KNOWN: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    let planned = DEFAULT.iter().flat_map(|request| request.checks.iter().map(String::as_str));
    CHECKS.iter().map(|check: &Check| check.meta.id).chain(planned).collect()
});

/// The ids in a cell of checks.
fn check_ids(text: &str) -> impl Iterator<Item = String> {
    ids_in(text).into_iter().map(|id| id.to_lowercase())
}

/// The ids in a cell.
fn ids_in(text: &str) -> Vec<String> {
    text.split([';', ',', ' ', '\n']).filter(|id| !id.is_empty()).map(str::to_owned).collect()
}

/// Whether the default list has a request of an id.
fn is_standard(id: &str) -> bool {
    DEFAULT.iter().any(|request| request.id == id)
}

/// The checks that a list names. Where none of its words is one, its column means something else: they are kept as words.
fn checks<'a>(list: &List<'_>, text: &'a str) -> Result<(Vec<String>, Option<&'a str>), String> {
    let given: Vec<String> = check_ids(text).collect();
    let Some(unknown) = given.iter().find(|id| !KNOWN.contains(id.as_str())) else {
        return Ok((given, None));
    };
    let near = nearest(unknown, KNOWN.iter().copied());
    if near.is_empty() && !list.names_checks {
        Ok((Vec::new(), Some(text)))
    } else {
        Err(format!("there is no check `{unknown}`{near}"))
    }
}
