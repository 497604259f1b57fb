//! Reads an auditor's own list, from CSV or from a workbook.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use kickoff_checks::{CHECKS, CRITERIA};

use super::table::{self, Row, Table, TableError};
use super::{DEFAULT, Reach, Request, RequestKind, UNKNOWN_HOURS};
use crate::dates::{DateOrder, Told, told};
use crate::words::words;
use crate::{nearest, nearest_of};

/// The columns that a list may have, and what auditors call them. The first two it must have.
const COLUMNS: [(&str, &[&str]); 9] = [
    ("id", &["id", "request id", "request no", "request number", "ref", "reference", "no", "number", "#", "pbc id"]),
    ("text", &["text", "request", "request text", "description", "request description", "item", "evidence requested"]),
    ("criteria", &["criteria", "criterion", "tsc", "tsc ids", "trust services criteria", "soc 2 criteria"]),
    ("area", &["area", "section", "category", "domain"]),
    ("kind", &["kind", "type", "request type"]),
    ("owner", &["owner", "responsible", "assigned to", "assignee", "client owner", "poc"]),
    ("due", &["due", "due date", "date due", "deadline", "needed by"]),
    ("report", &["report", "report type"]),
    ("checks", &["checks", "check ids", "kickoff check ids"]),
];
const REQUIRED: usize = 2;

/// Reads a list by its file name's ending, `.csv` or `.xlsx`. `dates` says what `12/06/2026` is; where nothing does, the column
/// does as soon as one of its days can only be one.
///
/// # Errors
/// The file cannot be read, lacks a column, or holds what cannot be: with the sheet, the row and the column.
pub fn read(path: &Path, dates: Option<DateOrder>) -> Result<Vec<Request>, TableError> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        "csv" => in_csv(path, &table::bytes(path)?, dates),
        "xlsx" => in_xlsx(path, &table::bytes(path)?, dates),
        _ => Err(TableError::of_file(path, "is neither .csv nor .xlsx: save the list as one of them")),
    }
}

/// Reads a list from the bytes of a CSV file; `path` is for messages.
///
/// # Errors
/// As [`read`].
pub fn from_csv(path: &Path, bytes: &[u8]) -> Result<Vec<Request>, TableError> {
    in_csv(path, bytes, None)
}

fn in_csv(path: &Path, bytes: &[u8], dates: Option<DateOrder>) -> Result<Vec<Request>, TableError> {
    requests(&table::csv(path, bytes, is_head)?, dates)
}

/// Reads a list from the bytes of a workbook: its first sheet that has the columns; `path` is for messages.
///
/// # Errors
/// As [`read`].
pub fn from_xlsx(path: &Path, bytes: &[u8]) -> Result<Vec<Request>, TableError> {
    in_xlsx(path, bytes, None)
}

fn in_xlsx(path: &Path, bytes: &[u8], dates: Option<DateOrder>) -> Result<Vec<Request>, TableError> {
    let mut sheets = table::xlsx(path, bytes)?;
    sheets.iter_mut().for_each(|sheet| sheet.find_head(is_head));
    let whole = sheets.iter().find(|sheet| is_head(&sheet.head));
    match whole.or(sheets.first()) {
        Some(sheet) => requests(sheet, dates),
        None => Err(TableError::of_file(path, "has no sheet")),
    }
}

/// Whether a row says what the columns are.
fn is_head(cells: &[String]) -> bool {
    Columns::of(cells).missing().is_empty()
}

/// Where each column stands.
struct Columns(BTreeMap<&'static str, usize>);

impl Columns {
    fn of(head: &[String]) -> Self {
        let mut columns = BTreeMap::new();
        for (at, head) in head.iter().enumerate() {
            if let Some(name) = Self::name(head) {
                columns.entry(name).or_insert(at);
            }
        }
        Self(columns)
    }

    /// The column that a head is of, if it is one of ours.
    fn name(head: &str) -> Option<&'static str> {
        let plain: String = head.chars().map(|c| if c == '_' || c == '-' { ' ' } else { c }).collect();
        let plain = plain.trim_end_matches(['.', ':']).to_lowercase();
        COLUMNS.iter().find(|(_, names)| names.contains(&plain.trim())).map(|(name, _)| *name)
    }

    fn missing(&self) -> Vec<&'static str> {
        COLUMNS[..REQUIRED].iter().map(|(name, _)| *name).filter(|name| !self.0.contains_key(name)).collect()
    }

    fn cell<'a>(&self, name: &str, row: &'a Row) -> &'a str {
        self.0.get(name).and_then(|at| row.cells.get(*at)).map_or("", String::as_str)
    }
}

fn requests(table: &Table, dates: Option<DateOrder>) -> Result<Vec<Request>, TableError> {
    let columns = Columns::of(&table.head);
    let missing = columns.missing();
    if !missing.is_empty() {
        let wanted: Vec<String> = COLUMNS[..REQUIRED]
            .iter()
            .filter(|(name, _)| missing.contains(name))
            .map(|(name, names)| format!("`{name}` (or {})", names[1..].join(", ")))
            .collect();
        let there: Vec<&str> = table.head.iter().map(String::as_str).filter(|head| !head.is_empty()).collect();
        if there.is_empty() {
            return Err(table.error(None, None, "is empty"));
        }
        // What is there is the misspelt one: the name that it stands for is the right spelling.
        let near = there.iter().filter(|head| Columns::name(head).is_none()).find_map(|head| {
            nearest_of(&head.to_lowercase(), missing.iter().copied())
                .map(|name| format!(": is `{head}` meant for `{name}`?"))
        });
        let near = near.unwrap_or_default();
        let what = format!("has no column {}; it has {}{near}", wanted.join(" and none "), there.join(", "));
        return Err(table.error(None, None, what));
    }
    // A formula elsewhere, in a remark or a total, does no harm.
    if let Some((row, column)) = table.formulas.iter().find(|(_, column)| columns.0.values().any(|at| at == column)) {
        return Err(table.error(Some(*row), Some(*column), "holds a formula: paste the values in its place"));
    }
    let dates = dates.or_else(|| DateOrder::of(table.rows.iter().map(|row| columns.cell("due", row))));
    let mut requests: Vec<Request> = Vec::new();
    for row in &table.rows {
        let request = request(table, &columns, row, dates)?;
        if requests.iter().any(|other| other.id == request.id) {
            let at = columns.0.get("id").copied();
            return Err(table.error(Some(row.number), at, format!("request `{}` stands twice", request.id)));
        }
        requests.push(request);
    }
    if requests.is_empty() {
        return Err(table.error(None, None, "has its columns, and no request under them"));
    }
    Ok(requests)
}

fn request(table: &Table, columns: &Columns, row: &Row, dates: Option<DateOrder>) -> Result<Request, TableError> {
    let wrong = |column: &str, what: String| table.error(Some(row.number), columns.0.get(column).copied(), what);
    let cell = |name: &str| columns.cell(name, row);
    let filled = |name: &str| Some(cell(name)).filter(|text| !text.is_empty()).map(str::to_owned);
    for name in ["id", "text"] {
        if cell(name).is_empty() {
            return Err(wrong(name, "is empty".to_owned()));
        }
    }
    let criteria = known(cell("criteria"), CRITERIA.iter().map(|criterion| criterion.id))
        .map_err(|(id, near)| wrong("criteria", format!("there is no criterion `{id}`{near}")))?;
    // Lists are exported with the checks that this version does not have yet; so they may come back.
    let planned = DEFAULT.iter().flat_map(|request| request.checks.iter().map(String::as_str));
    let checks = known(cell("checks"), CHECKS.iter().map(|check| check.meta.id).chain(planned))
        .map_err(|(id, near)| wrong("checks", format!("there is no check `{id}`{near}")))?;
    let kind = kind(&cell("kind").to_lowercase()).map_err(|what| wrong("kind", what))?;
    let period_only = period_only(&cell("report").to_lowercase()).map_err(|what| wrong("report", what))?;
    let text = cell("due");
    let due = match told(text, dates) {
        Told::Day(day) => Some(day),
        Told::Open => None,
        Told::Either(day, month) => {
            let (first, second) = (DateOrder::DayFirst.name(), DateOrder::MonthFirst.name());
            let what = format!(
                "`{text}` can be {day} or {month}: say which with `request_dates = \"{first}\"` or `\"{second}\"` in kickoff.toml (--dates of an import)"
            );
            return Err(wrong("due", what));
        }
        Told::Unreadable => {
            return Err(wrong("due", format!("`{text}` is not a day that can be told: write it as 2026-03-31")));
        }
    };
    // A request of the default list keeps what is known of it; that an auditor uses the same id for another thing is
    // ruled out by the wording.
    let same = DEFAULT.iter().find(|known| known.id == cell("id") && known.text == cell("text"));
    let own = Request {
        id: cell("id").to_owned(),
        area: cell("area").to_owned(),
        text: cell("text").to_owned(),
        criteria,
        kind,
        period_only,
        reach: if checks.is_empty() { Reach::Unmapped } else { Reach::Part },
        checks,
        hours: UNKNOWN_HOURS,
        months: None,
        names: names(cell("text")),
        owner: filled("owner"),
        due,
        standard: Vec::new(),
    };
    Ok(match same {
        Some(known) => Request { owner: own.owner, due: own.due, ..known.clone() },
        None => own,
    })
}

/// The kind of a request. Auditors sort by words of their own, which say nothing here; one that is nearly ours is misspelt.
fn kind(text: &str) -> Result<Option<RequestKind>, String> {
    let known = RequestKind::ALL.into_iter().find(|known| known.name() == text);
    let near = if known.is_some() {
        String::new()
    } else {
        nearest(text, RequestKind::ALL.map(RequestKind::name).into_iter())
    };
    if near.is_empty() { Ok(known) } else { Err(format!("there is no kind `{text}`{near}")) }
}

/// Whether a request is asked for a Type 2 report only.
fn period_only(text: &str) -> Result<bool, String> {
    let plain: String = text.trim_start_matches("soc 2").chars().filter(|c| c.is_alphanumeric()).collect();
    match plain.as_str() {
        "type2" | "typeii" => Ok(true),
        "" | "both" | "all" | "type1" | "typei" | "type1type2" | "type12" | "type1and2" | "type1andtype2" => Ok(false),
        _ => Err(format!("there is no report `{text}`: write `both`, or `type-2` for what is asked for a period only")),
    }
}

/// What files of a request may be called: the names of the default list that its wording holds whole.
fn names(text: &str) -> Vec<String> {
    static NAMES: LazyLock<BTreeMap<&str, BTreeSet<String>>> = LazyLock::new(|| {
        DEFAULT.iter().flat_map(|request| &request.names).map(|name| (name.as_str(), words(name))).collect()
    });
    let given = words(text);
    NAMES.iter().filter(|(_, words)| words.is_subset(&given)).map(|(name, _)| (*name).to_owned()).collect()
}

/// Ids between semicolons, commas or spaces; the first that nothing has, with the nearest that there is.
fn known<'a>(text: &str, all: impl Iterator<Item = &'a str> + Clone) -> Result<Vec<String>, (String, String)> {
    let given = text.split([';', ',', ' ', '\n']).filter(|id| !id.is_empty());
    given
        .map(|id| match all.clone().find(|known| known.eq_ignore_ascii_case(id)) {
            Some(known) => Ok(known.to_owned()),
            None => Err((id.to_owned(), nearest(id, all.clone()))),
        })
        .collect()
}
