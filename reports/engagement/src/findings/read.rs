//! Reads a list of findings, as the auditor or a tracker has them: what its rows say, and what of it is left out.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::LazyLock;

use super::table::{KEYS, heads};
use crate::dates::{DateOrder, Told, told};
use crate::fold::folded;
use crate::requests::{ListError, TableError};
use crate::sheets::left::{Why, some};
use crate::sheets::shown::{Sheet, sheets};
use crate::sheets::words::{is_unknown, plain, records};
use crate::sheets::{Row, letters};

/// Where each key stands among the columns.
pub(super) const ID: usize = 0;
pub(super) const TEXT: usize = 1;
pub(super) const RAISED: usize = 2;
/// Lists of ids.
pub(super) const LISTS: [usize; 4] = [4, 5, 6, 7];
pub(super) const OWNER: usize = 8;
pub(super) const CLOSED: usize = 12;
/// Days.
pub(super) const DAYS: [usize; 3] = [RAISED, 9, CLOSED];
/// Behind the keys: what a list says of how far a finding is.
const STATUS: usize = KEYS.len();

/// The cells of a row, one for each key.
pub(super) type Cells = [String; KEYS.len()];

/// How far a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Open,
    Closed,
}

/// A word that says how far a finding is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Says {
    pub(super) standing: Standing,
    pub(super) word: String,
    /// We may have written it, on an earlier day.
    pub(super) ours: bool,
}

/// A row that says what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListRow {
    pub(super) place: String,
    pub(super) cells: Cells,
    pub(super) says: Vec<Says>,
}

/// A list of findings, read; not yet held against the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingRows {
    pub(super) rows: Vec<ListRow>,
    pub(super) left: Vec<String>,
    pub(super) name: String,
}

static HEADS: LazyLock<HashMap<String, usize>> = LazyLock::new(|| {
    let mut heads = HashMap::new();
    for record in records(include_str!("../../data/finding_heads.csv")) {
        let field = |at: usize| record.get(at).unwrap_or_default();
        let key = KEYS.iter().position(|(_, key, _)| *key == field(0));
        let Some(at) = key.or((field(0) == "status").then_some(STATUS)) else { continue };
        for head in field(3).split('|') {
            heads.entry(plain(head)).or_insert(at);
        }
    }
    heads
});

/// What says that a finding is open, and that it is closed.
static STANDINGS: LazyLock<HashMap<String, Standing>> = LazyLock::new(|| {
    let mut words = HashMap::new();
    for record in records(include_str!("../../data/finding_heads.csv")) {
        let standing = match record.get(0) {
            Some("is open") => Standing::Open,
            Some("is closed") => Standing::Closed,
            _ => continue,
        };
        for word in record.get(3).unwrap_or_default().split('|') {
            words.entry(folded(&plain(word))).or_insert(standing);
        }
    }
    words
});

/// How far a finding is by a cell: by all of it, or by what stands before a mark, `Closed (by Jane)`.
fn standing(cell: &str) -> Option<Standing> {
    let of = |text: &str| STANDINGS.get(&folded(&plain(text))).copied();
    let before = cell.split(['(', '[', ':', ',', ';', '–', '—', '\n']).next().unwrap_or(cell);
    let before = before.split(" - ").next().unwrap_or(before);
    of(cell).or_else(|| of(before))
}

/// Reads a list of findings: a CSV file or a workbook, every sheet that has an id or a day beside what was found.
///
/// # Errors
/// The file cannot be read, has no such columns, or holds what cannot be.
pub fn read(path: &Path, dates: Option<DateOrder>) -> Result<FindingRows, ListError> {
    let shown = sheets(path, &|cells| cells.iter().filter(|cell| HEADS.contains_key(&plain(cell))).count())?;
    let several = shown.sheets.len() > 1;
    let mut reading = Reading { path, dates, rows: Vec::new(), left: Vec::new(), problems: Vec::new(), asks: false };
    reading.left.extend(shown.hidden.iter().map(|name| format!("sheet {name} (hidden)")));
    let mut any = false;
    for sheet in &shown.sheets {
        if let Some(placed) = place(sheet) {
            any = true;
            reading.sheet(sheet, &placed, several);
        } else {
            reading.left.push(format!("sheet {} (no heads of a list of findings)", sheet.name));
        }
    }
    if !any {
        let what = "has no column that says what was found (`text`, `Finding`, `Observation`) with an id, a day or an owner beside it";
        return Err(TableError::of_file(path, what).into());
    }
    if !reading.problems.is_empty() {
        return Err(ListError::new(reading.problems, reading.asks));
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(FindingRows { rows: reading.rows, left: reading.left, name })
}

/// The heads of a sheet.
struct Placed {
    heads: Vec<String>,
    /// The number of their row, and which of the rows that are shown is the first behind it.
    number: u64,
    first: usize,
    columns: BTreeMap<usize, usize>,
    /// How far a finding is stands there as we write it.
    ours: bool,
}

impl Placed {
    fn cell(&self, row: &Row, at: usize) -> String {
        self.columns.get(&at).map(|place| row.cell(*place).trim().to_owned()).unwrap_or_default()
    }

    /// Whether a cell holds a formula whose value is not known.
    fn is_unknown(&self, row: &Row, at: usize) -> bool {
        self.columns.get(&at).is_some_and(|place| row.unknown.contains(place) && row.cell(*place).is_empty())
    }

    /// `C (Severity)`.
    fn column(&self, at: usize) -> String {
        let place = self.columns.get(&at).copied().unwrap_or_default();
        let head = self.heads.get(place).map(String::as_str).unwrap_or_default();
        format!("{} ({})", letters(place), head.replace('\n', " "))
    }
}

/// The first row that has the heads of a list of findings.
fn place(sheet: &Sheet) -> Option<Placed> {
    const TITLES: usize = 30;
    sheet.rows.iter().take(TITLES).enumerate().find_map(|(at, row)| {
        let mut columns = BTreeMap::new();
        for (place, cell) in row.cells.iter().enumerate() {
            if let Some(column) = HEADS.get(&plain(cell)) {
                columns.entry(*column).or_insert(place);
            }
        }
        let is_own = heads().iter().all(|head| row.cells.iter().any(|cell| cell == head));
        // What somebody put beside what we wrote says more than that.
        let beside = || {
            row.cells
                .iter()
                .rposition(|cell| HEADS.get(&plain(cell)) == Some(&STATUS) && !heads().contains(&cell.as_str()))
        };
        let added = is_own.then(beside).flatten();
        if let Some(place) = added {
            columns.insert(STATUS, place);
        }
        let keys = columns.keys().filter(|column| **column != STATUS).count();
        (columns.contains_key(&TEXT) && keys > 1).then(|| Placed {
            heads: row.cells.clone(),
            number: row.number,
            first: at + 1,
            columns,
            ours: is_own && added.is_none(),
        })
    })
}

/// What is read so far.
struct Reading<'a> {
    path: &'a Path,
    dates: Option<DateOrder>,
    rows: Vec<ListRow>,
    left: Vec<String>,
    problems: Vec<TableError>,
    asks: bool,
}

impl Reading<'_> {
    fn sheet(&mut self, sheet: &Sheet, placed: &Placed, several: bool) {
        let rows = sheet.rows.get(placed.first..).unwrap_or_default();
        let place = |number: u64| if several { format!("{} {number}", sheet.name) } else { number.to_string() };
        let days: Vec<String> = rows.iter().flat_map(|row| DAYS.map(|at| placed.cell(row, at))).collect();
        let order = self.dates.or_else(|| DateOrder::of(days.iter().map(String::as_str)));
        let (mut shortened, mut words) = (Vec::new(), BTreeSet::new());
        for row in rows {
            let place = place(row.number);
            if row.struck.iter().chain(&row.shortened).any(|at| placed.columns.values().any(|place| place == at)) {
                shortened.push(place.clone());
            }
            let status = placed.cell(row, STATUS);
            if standing(&status).is_none() && !is_unknown(&status) {
                words.insert(status);
            }
            self.row(row, place, placed, (order, sheet.from_1904));
        }
        for why in [Why::Hidden, Why::Struck] {
            let of = sheet.left.iter().filter(|(other, number)| *other == why && *number > placed.number);
            let of: Vec<String> = of.map(|(_, number)| place(*number)).collect();
            self.leave_rows(&of, why.words());
        }
        self.leave_rows(&shortened, "words struck through");
        let words = words.into_iter().map(|word| format!("status `{word}` (neither open nor closed)"));
        self.left.extend(words);
        // Ours to say, and not to be told.
        let ours = heads();
        let unread = placed.heads.iter().enumerate().filter(|(at, head)| {
            let filled = rows.iter().any(|row| !row.cell(*at).is_empty());
            filled && !placed.columns.values().any(|place| place == at) && !ours.contains(&head.as_str())
        });
        self.left.extend(unread.map(|(_, head)| format!("column {} (not read here)", head.replace('\n', " "))));
    }

    fn leave_rows(&mut self, places: &[String], why: &str) {
        match places {
            [] => {}
            [one] => self.left.push(format!("row {one} ({why})")),
            all => self.left.push(format!("rows {} ({why})", some(all))),
        }
    }

    fn problem(&mut self, what: String) {
        self.problems.push(TableError::of_file(self.path, what));
    }

    fn row(&mut self, row: &Row, place: String, placed: &Placed, (order, from_1904): (Option<DateOrder>, bool)) {
        let mut cells: Cells = std::array::from_fn(|at| placed.cell(row, at));
        if cells[TEXT].is_empty() && !placed.is_unknown(row, TEXT) {
            if row.filled().next().is_some() {
                self.left.push(format!("row {place} (it does not say what was found)"));
            }
            return;
        }
        for at in (0..=STATUS).filter(|at| placed.is_unknown(row, *at)) {
            self.problem(format!(
                "row {place}, column {}: holds a formula without its value, or an error: open the file in a spreadsheet program and save it, or paste the values in its place",
                placed.column(at)
            ));
        }
        let mut says = Vec::new();
        // `Open` in the place of a day is a word for how far it is.
        if standing(&cells[CLOSED]) == Some(Standing::Open) {
            let word = std::mem::take(&mut cells[CLOSED]);
            says.push(Says { standing: Standing::Open, word, ours: false });
        }
        let word = placed.cell(row, STATUS);
        if let Some(standing) = standing(&word) {
            // Only these are ours where it is open; `closed` has its day beside it.
            let ours = placed.ours && ["open", "overdue"].contains(&word.as_str());
            says.push(Says { standing, word, ours });
        }
        for at in DAYS {
            match told(&cells[at], order, from_1904) {
                Told::Day(day) => cells[at] = day.to_string(),
                Told::Open => cells[at].clear(),
                Told::Unreadable => {
                    let name = KEYS[at].0;
                    self.problem(format!("row {place}: `{}` is no day: write {name} as 2026-12-31", cells[at]));
                }
                Told::Either(day, month) => {
                    self.asks = true;
                    self.problem(format!(
                        "row {place}: `{}` can be {day} or {month}: say which with --dates day-first or month-first",
                        cells[at]
                    ));
                }
            }
        }
        self.rows.push(ListRow { place, cells, says });
    }
}
