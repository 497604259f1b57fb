//! Takes findings from a list, as the auditor or a tracker has them, into the file: new ones at its end, and of those that are
//! there the words that changed. An empty cell takes nothing away, nor does a row that is missing.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::LazyLock;

use toml_edit::{DocumentMut, Item, Value};

use super::table::{KEYS, own};
use crate::dates::{DateOrder, Told, told};
use crate::file::Engagement;
use crate::nearest;
use crate::problems::EngagementError;
use crate::requests::{ListError, TableError};
use crate::sheets::shown::{Sheet, sheets};
use crate::sheets::words::{plain, records};
use crate::write::{self, quoted};

/// Where each key stands among the columns.
const ID: usize = 0;
const TEXT: usize = 1;
const RAISED: usize = 2;
/// Lists of ids.
const LISTS: [usize; 4] = [4, 5, 6, 7];
const OWNER: usize = 8;
/// Days.
const DAYS: [usize; 3] = [RAISED, 9, 12];

/// A list of findings, read; not yet held against the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingRows {
    rows: Vec<(String, [String; KEYS.len()])>,
    left: Vec<String>,
    name: String,
}

/// What a list of findings makes of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedFindings {
    /// The text of the file after it; none where the list says nothing new.
    pub text: Option<String>,
    /// What was taken and what was left out, on one line; then each change on its own.
    pub account: Vec<String>,
}

static HEADS: LazyLock<HashMap<String, usize>> = LazyLock::new(|| {
    let mut heads = HashMap::new();
    for record in records(include_str!("../../data/finding_heads.csv")) {
        let field = |at: usize| record.get(at).unwrap_or_default();
        let Some(at) = KEYS.iter().position(|(_, key, _)| *key == field(0)) else { continue };
        for head in field(3).split('|') {
            heads.entry(plain(head)).or_insert(at);
        }
    }
    heads
});

/// Reads a list of findings: a CSV file or a workbook, every sheet that has an id or a day beside what was found.
///
/// # Errors
/// The file cannot be read, has no such columns, or holds what cannot be.
pub fn read(path: &Path, dates: Option<DateOrder>) -> Result<FindingRows, ListError> {
    let mut found = FindingRows {
        rows: Vec::new(),
        left: Vec::new(),
        name: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
    };
    let (mut problems, mut asks) = (Vec::new(), false);
    let all = sheets(path, &|cells| cells.iter().filter(|cell| HEADS.contains_key(&plain(cell))).count())?;
    let several = all.len() > 1;
    let mut any = false;
    for sheet in &all {
        let Some((first, columns)) = place(sheet) else {
            found.left.push(format!("sheet {} (no heads of a list of findings)", sheet.name));
            continue;
        };
        any = true;
        let heads = sheet.rows.get(first - 1).map(|(_, cells)| cells.clone()).unwrap_or_default();
        let rows = sheet.rows.get(first..).unwrap_or_default();
        let cell = |cells: &[String], at: usize| -> String {
            let place = columns.get(&at).and_then(|place| cells.get(*place));
            place.map(|cell| cell.trim().to_owned()).unwrap_or_default()
        };
        let days: Vec<String> = rows.iter().flat_map(|(_, cells)| DAYS.map(|at| cell(cells, at))).collect();
        let order = dates.or_else(|| DateOrder::of(days.iter().map(String::as_str)));
        for (number, cells) in rows {
            let place = if several { format!("{} {number}", sheet.name) } else { number.to_string() };
            let mut row: [String; KEYS.len()] = std::array::from_fn(|at| cell(cells, at));
            if row[TEXT].is_empty() {
                let filled = cells.iter().any(|cell| !cell.is_empty());
                found.left.extend(filled.then(|| format!("row {place} (it does not say what was found)")));
                continue;
            }
            for at in DAYS {
                match told(&row[at], order, sheet.from_1904) {
                    Told::Day(day) => row[at] = day.to_string(),
                    Told::Open => row[at].clear(),
                    Told::Unreadable => {
                        let what = format!("row {place}: `{}` is no day: write {} as 2026-12-31", row[at], KEYS[at].0);
                        problems.push(TableError::of_file(path, what));
                    }
                    Told::Either(day, month) => {
                        let what = format!(
                            "row {place}: `{}` can be {day} or {month}: say which with --dates day-first or month-first",
                            row[at]
                        );
                        asks = true;
                        problems.push(TableError::of_file(path, what));
                    }
                }
            }
            found.rows.push((place, row));
        }
        // Ours to say, and not to be told.
        let ours = super::table::heads();
        let unread = heads.iter().enumerate().filter(|(at, head)| {
            let filled = rows.iter().any(|(_, cells)| cells.get(*at).is_some_and(|cell| !cell.is_empty()));
            filled && !columns.values().any(|place| place == at) && !ours.contains(&head.as_str())
        });
        found.left.extend(unread.map(|(_, head)| format!("column {} (not read here)", head.replace('\n', " "))));
    }
    if !any {
        let what = "has no column that says what was found (`text`, `Finding`, `Observation`) with an id, a day or an owner beside it";
        return Err(TableError::of_file(path, what).into());
    }
    if problems.is_empty() { Ok(found) } else { Err(ListError::new(problems, asks)) }
}

/// The row behind the heads, and the place of each column.
fn place(sheet: &Sheet) -> Option<(usize, BTreeMap<usize, usize>)> {
    const TITLES: usize = 30;
    sheet.rows.iter().take(TITLES).enumerate().find_map(|(row, (_, cells))| {
        let mut columns = BTreeMap::new();
        for (at, cell) in cells.iter().enumerate() {
            if let Some(column) = HEADS.get(&plain(cell)) {
                columns.entry(*column).or_insert(at);
            }
        }
        (columns.contains_key(&TEXT) && columns.len() > 1).then_some((row + 1, columns))
    })
}

fn same(a: &str, b: &str) -> bool {
    a.split_whitespace().eq(b.split_whitespace())
}

/// Takes the rows of a list into the text of a file. Nothing that they do not name is touched.
///
/// # Errors
/// A row says what cannot be, two rows say two things of one finding, or the text is no file that can be used.
pub fn merge(path: &Path, text: &str, list: &Path, rows: &FindingRows) -> Result<MergedFindings, ListError> {
    let unusable = |error: EngagementError| {
        ListError::new(
            error.problems().iter().map(|problem| TableError::of_file(path, problem.to_string())).collect(),
            false,
        )
    };
    let file = Engagement::parse(path, text).map_err(unusable)?;
    let mut problems = Vec::new();
    let mut problem =
        |place: &str, what: String| problems.push(TableError::of_file(list, format!("row {place}: {what}")));
    let (mut changes, mut new): (Vec<Change>, Vec<[String; KEYS.len()]>) = (Vec::new(), Vec::new());
    let (mut seen, mut unchanged): (BTreeMap<String, (&str, [String; KEYS.len()])>, usize) = (BTreeMap::new(), 0);
    let mut next = next_number(&file, rows);
    for (place, row) in &rows.rows {
        let mut row = row.clone();
        row[OWNER] = match owner(&file, &row[OWNER]) {
            Ok(owner) => owner,
            Err(what) => {
                problem(place, what);
                continue;
            }
        };
        let known = known(&file, &row);
        if row[ID].is_empty() {
            row[ID] = known.map_or_else(
                || {
                    next += 1;
                    format!("F-{:03}", next - 1)
                },
                |at| file.findings[at].id.clone(),
            );
        }
        match seen.get(&plain(&row[ID])) {
            Some((_, before)) if before.iter().skip(1).eq(row.iter().skip(1)) => continue,
            Some((before, _)) => {
                problem(place, format!("says another thing of {} than row {before}", row[ID]));
                continue;
            }
            None => {}
        }
        seen.insert(plain(&row[ID]), (place, row.clone()));
        let Some(at) = known else {
            if row[RAISED].is_empty() {
                problem(place, format!("{} does not say when it was raised", row[ID]));
            }
            new.push(row);
            continue;
        };
        let written = own(&file.findings[at]);
        let before = changes.len();
        for (column, (_, key, _)) in KEYS.iter().enumerate().skip(1) {
            if !row[column].is_empty() && !same(&row[column], &written[column]) {
                changes.push(Change { at, key, column, old: written[column].clone(), new: row[column].clone() });
            }
        }
        unchanged += usize::from(changes.len() == before);
    }
    if !problems.is_empty() {
        return Err(ListError::new(problems, false));
    }
    let missing = file.findings.iter().filter(|finding| !seen.contains_key(&plain(&finding.id))).count();
    let changed = changes.iter().map(|change| change.at).collect::<BTreeSet<_>>().len();
    let mut line = format!("{}: {} new, {changed} changed, {unchanged} as they were", rows.name, new.len());
    if missing > 0 {
        let _ = write!(line, ". Not in the list, and kept: {missing}");
    }
    if !rows.left.is_empty() {
        let _ = write!(line, ". Left out: {}", rows.left.join("; "));
    }
    let mut account = vec![line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>()];
    account.extend(changes.iter().map(|change| change.told(&file)));
    account.extend(new.iter().map(|row| format!("{}: new", row[ID])));
    if new.is_empty() && changes.is_empty() {
        return Ok(MergedFindings { text: None, account });
    }
    let edited = change(path, text, &changes).map_err(unusable)?;
    let blocks: Vec<String> = new.iter().map(block).collect();
    let text = write::append(path, &edited, "findings", &blocks).map_err(unusable)?;
    Ok(MergedFindings { text: Some(text), account })
}

/// A word that changed.
struct Change {
    at: usize,
    key: &'static str,
    column: usize,
    old: String,
    new: String,
}

impl Change {
    fn told(&self, file: &Engagement) -> String {
        let id = file.findings.get(self.at).map_or("", |finding| finding.id.as_str());
        let one = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        match self.old.is_empty() {
            true => format!("{id}: {} is `{}` now", self.key, one(&self.new)),
            false => format!("{id}: {} was `{}`, and is `{}` now", self.key, one(&self.old), one(&self.new)),
        }
    }
}

/// The finding that a row means: by its id, else by its words.
fn known(file: &Engagement, row: &[String]) -> Option<usize> {
    let by_id = || file.findings.iter().position(|finding| plain(&finding.id) == plain(&row[ID]));
    let by_text = || file.findings.iter().position(|finding| same(&finding.text, &row[TEXT]));
    if row[ID].is_empty() { by_text() } else { by_id() }
}

/// The id of a person that is named by it, by name or by address.
fn owner(file: &Engagement, said: &str) -> Result<String, String> {
    if said.is_empty() {
        return Ok(String::new());
    }
    let is = |name: &str| plain(name) == plain(said);
    let found =
        file.people.iter().find(|person| is(&person.id) || is(&person.name) || person.email.as_deref().is_some_and(is));
    found.map(|person| person.id.clone()).ok_or_else(|| {
        let near = nearest(said, file.people.iter().flat_map(|person| [person.id.as_str(), person.name.as_str()]));
        format!("there is no person `{said}` in [[people]]{near}")
    })
}

/// One more than the highest number in use, in the file and in the list.
fn next_number(file: &Engagement, rows: &FindingRows) -> u32 {
    let ids = file.findings.iter().map(|finding| &finding.id).chain(rows.rows.iter().map(|(_, row)| &row[ID]));
    let numbers = ids.filter_map(|id| id.strip_prefix("F-")?.parse::<u32>().ok());
    numbers.max().unwrap_or_default().saturating_add(1)
}

/// The ids in a cell.
fn ids(cell: &str) -> Vec<String> {
    cell.split([';', ',', '\n']).map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect()
}

fn is_day(column: usize) -> bool {
    DAYS.contains(&column)
}

fn block(row: &[String; KEYS.len()]) -> String {
    let mut block = String::from("\n[[findings]]\n");
    for (column, (_, key, _)) in KEYS.iter().enumerate().filter(|(column, _)| !row[*column].is_empty()) {
        let value = match column {
            column if is_day(column) => row[column].clone(),
            column if LISTS.contains(&column) => write::list(&ids(&row[column])),
            column => quoted(&row[column]),
        };
        let _ = writeln!(block, "{key} = {value}");
    }
    block
}

/// The text of a file with other words in some of its findings; remarks and all else stay.
fn change(path: &Path, text: &str, changes: &[Change]) -> Result<String, EngagementError> {
    if changes.is_empty() {
        return Ok(text.to_owned());
    }
    let unread = |what: String| EngagementError::of_file(path, what);
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| unread(error.to_string()))?;
    let Some(tables) = document.get_mut("findings").and_then(Item::as_array_of_tables_mut) else {
        let what = "`findings` is written as `findings = [...]`: write each of its entries under a [[findings]] of its own, then try again; the file is as it was";
        return Err(unread(what.to_owned()));
    };
    for change in changes {
        let Some(table) = tables.get_mut(change.at) else { continue };
        let new: Value = match change.column {
            column if is_day(column) => match change.new.parse::<toml_edit::Datetime>() {
                Ok(day) => day.into(),
                Err(error) => return Err(unread(error.to_string())),
            },
            column if LISTS.contains(&column) => ids(&change.new).into_iter().collect::<toml_edit::Array>().into(),
            _ => change.new.as_str().into(),
        };
        match table.get_mut(change.key).and_then(Item::as_value_mut) {
            Some(value) => {
                let decor = value.decor().clone();
                *value = new;
                *value.decor_mut() = decor;
            }
            None => drop(table.insert(change.key, Item::Value(new))),
        }
    }
    Ok(document.to_string())
}
