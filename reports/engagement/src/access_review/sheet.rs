//! Reads a sheet that came back: CSV or a workbook, its columns by their heads, in any order, its rows as they stand.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::civil::Date;

use super::heads::{Field, HEADS, field, known};
use crate::cells::unguarded;
use crate::dates::{DateOrder, Told, told};
use crate::sheets::{self, ROWS, Row, Table, TableError};

/// Above the heads stand so many rows at most.
const TITLES: usize = 30;

/// A row of a sheet, as it came back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// Its number in the file, counted from 1.
    pub number: u64,
    /// The sheet of the workbook that it stands on.
    pub sheet: Option<String>,
    /// The account: what its ARN says, or else the cell.
    pub account: String,
    /// The ARN.
    pub arn: String,
    /// The name.
    pub name: String,
    /// User, role, person, root user: as the sheet says.
    pub kind: String,
    /// The day that the list was made on.
    pub as_of: Option<Date>,
    /// Who reviewed it, as it stands.
    pub reviewer: String,
    /// What was decided, as it stands.
    pub decision: String,
    /// When, as it stands.
    pub decided: String,
    /// What stands in columns of remarks.
    pub remark: String,
    /// What the sheet says of the principal, by the place of the column in [`HEADS`].
    pub facts: Vec<(usize, String)>,
    /// The columns that hold a formula without its value, or an error.
    pub unread: bool,
    /// Its decision or its name is struck through.
    pub struck: bool,
}

/// A sheet that came back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Its rows, in their order, those that nobody sees included: who filters a list reviewed it all the same.
    pub lines: Vec<Line>,
    /// The day that the list was made on; the latest, where there are several.
    pub as_of: Option<Date>,
    /// What comes first in its days, where that is known.
    pub order: Option<DateOrder>,
    /// Whether its days are counted from 1904.
    pub from_1904: bool,
    /// What of it was left out, kept aside or is strange, a sentence each.
    pub told: Vec<String>,
}

/// Where the heads of a table stand, and what its columns are.
struct Placed<'a> {
    table: &'a Table,
    first: usize,
    fields: Vec<Option<Field>>,
    heads: &'a Row,
}

impl Placed<'_> {
    fn at(&self, wanted: Field) -> Option<usize> {
        self.fields.iter().position(|field| *field == Some(wanted))
    }

    fn cell<'r>(&self, row: &'r Row, wanted: Field) -> &'r str {
        self.at(wanted).map_or("", |at| bare(row.cell(at)))
    }

    fn rows(&self) -> impl Iterator<Item = &Row> {
        self.table.rows.iter().skip(self.first)
    }
}

/// A cell without the apostrophe that keeps a spreadsheet from computing it, and without spaces that nobody sees.
fn bare(cell: &str) -> &str {
    unguarded(cell.trim_matches(|c: char| c.is_whitespace() || ['\u{a0}', '\u{200b}', '\u{feff}'].contains(&c)))
}

/// The bytes of a file that is no larger than a sheet can be.
///
/// # Errors
/// It cannot be read, or is larger.
pub fn bytes(path: &Path) -> Result<Vec<u8>, TableError> {
    sheets::bytes(path)
}

/// Reads a sheet from its bytes; `path` says what it is called, and is for messages. `dates` says what comes first in days that
/// are written in figures.
///
/// # Errors
/// It is no file that a review comes back in, or has no heads of one.
pub fn from_bytes(path: &Path, bytes: &[u8], dates: Option<DateOrder>) -> Result<Sheet, TableError> {
    let tables = sheets::tables(path, bytes, &known)?;
    let mut sheet = Sheet::default();
    let mut found: Vec<Placed<'_>> = Vec::new();
    for table in &tables {
        match (place(table), table.hidden) {
            (Some(_), true) => {
                let name = table.sheet.as_deref().unwrap_or_default();
                sheet.told.push(format!("sheet `{name}` is hidden, and was not read"));
            }
            (Some(placed), false) => found.push(placed),
            (None, _) => {}
        }
    }
    if found.is_empty() {
        return Err(TableError::of_file(path, without_heads(&tables)));
    }
    if let Some(cut) = found.iter().find(|placed| placed.table.cut) {
        let what = format!("has more than {ROWS} rows: hand it in by account, each as a sheet of its own");
        return Err(cut.table.error(None, None, what));
    }
    sheet.order = dates.or_else(|| DateOrder::of(found.iter().flat_map(days)));
    sheet.from_1904 = found.iter().any(|placed| placed.table.from_1904);
    let several = found.len() > 1;
    for placed in &found {
        lines(placed, several, &mut sheet);
    }
    if sheet.lines.is_empty() {
        return Err(TableError::of_file(path, "has the heads of an access review, and no principal under them"));
    }
    let days: BTreeSet<Date> = sheet.lines.iter().filter_map(|line| line.as_of).collect();
    sheet.as_of = days.last().copied();
    if days.len() > 1 {
        let days: Vec<String> = days.iter().map(Date::to_string).collect();
        sheet.told.push(format!("rows of several days stand together: As of is {}", days.join(", ")));
    } else if days.is_empty() {
        sheet.told.push("no row says of which day it is (As of)".to_owned());
    }
    Ok(sheet)
}

/// The cells that hold days: of all of them together it shows what comes first in their figures, as a spreadsheet writes all
/// of a file in one way.
fn days<'a>(placed: &'a Placed<'_>) -> impl Iterator<Item = &'a str> {
    let of_days = |field: &Option<Field>| match field {
        Some(Field::AsOf | Field::Decided) => true,
        Some(Field::Fact(at)) => ["Last used", "Created"].contains(&HEADS[*at]),
        _ => false,
    };
    let at: Vec<usize> = (0..placed.fields.len()).filter(|at| of_days(&placed.fields[*at])).collect();
    placed.rows().flat_map(move |row| at.clone().into_iter().map(|at| row.cell(at)))
}

/// Finds the heads: the row that says which column tells of whom, and which of the decision.
fn place(table: &Table) -> Option<Placed<'_>> {
    table.rows.iter().enumerate().take(TITLES).find_map(|(at, row)| {
        let mut fields: Vec<Option<Field>> = Vec::new();
        for cell in &row.cells {
            let known = field(cell).filter(|_| !cell.trim().is_empty());
            // Of two that say the same the first counts; remarks may stand in several.
            let twice = |field: &Field| ![Field::Remark, Field::Ours].contains(field) && fields.contains(&Some(*field));
            fields.push(known.filter(|field| !twice(field)));
        }
        let has = |wanted: Field| fields.contains(&Some(wanted));
        let whom = has(Field::Arn) || (has(Field::Account) && has(Field::Name));
        (whom && has(Field::Decision)).then_some(Placed { table, first: at + 1, fields, heads: row })
    })
}

fn without_heads(tables: &[Table]) -> String {
    let rows = tables.iter().flat_map(|table| table.rows.iter().take(TITLES));
    let likely = rows.max_by_key(|row| (known(&row.cells), row.filled().count()));
    let there = likely.map(|row| row.filled().map(|(_, cell)| format!("`{cell}`")).take(12).collect::<Vec<_>>());
    let there = there.filter(|there| !there.is_empty()).map(|there| format!("; it has {}", there.join(", ")));
    format!(
        "has no heads of an access review: ARN (or Account ID and Name) and Decision, with Reviewer and Decision date, as `kickoff access-review --csv FILE` writes them{}",
        there.unwrap_or_default()
    )
}

fn lines(placed: &Placed<'_>, several: bool, sheet: &mut Sheet) {
    for (field, what) in [
        (Field::Reviewer, "no column says who reviewed (Reviewer)"),
        (Field::Decided, "no column says when it was decided (Decision date)"),
        (Field::Arn, "there is no column ARN: principals are told by account and name"),
    ] {
        if placed.at(field).is_none() {
            sheet.told.push(what.to_owned());
        }
    }
    let aside: Vec<String> = (placed.fields.iter().enumerate())
        .filter(|(at, field)| field.is_none() && placed.rows().any(|row| !row.cell(*at).is_empty()))
        .map(|(at, _)| match placed.heads.cell(at) {
            "" => format!("column {}", sheets::letters(at)),
            head => format!("`{}`", head.replace('\n', " ")),
        })
        .collect();
    if !aside.is_empty() {
        sheet.told.push(format!("more columns, kept aside: {}", aside.join(", ")));
    }
    let (mut empty, mut hidden) = (Vec::new(), 0_usize);
    for row in placed.rows() {
        let line = line(placed, row, several, sheet.order);
        let says = [&line.reviewer, &line.decision, &line.decided].iter().any(|cell| !cell.is_empty());
        let names = line.arn.starts_with("arn:") || (!line.name.is_empty() && !line.account.starts_with('('));
        if !names && !says {
            // A foot, a remark, what is not known of the whole.
            empty.push(row.number.to_string());
            continue;
        }
        hidden += usize::from(row.hidden);
        sheet.lines.push(line);
    }
    if !empty.is_empty() {
        sheet.told.push(format!("rows that name no principal, left out: {}", some(&empty)));
    }
    if hidden > 0 {
        sheet.told.push(format!("hidden rows, read like the others: {hidden}"));
    }
}

/// The first few of some names, and how many more there are.
pub(super) fn some(names: &[String]) -> String {
    const MOST: usize = 12;
    let shown = names.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    match names.len() {
        all if all > MOST => format!("{shown} and {} more", all - MOST),
        _ => shown,
    }
}

fn line(placed: &Placed<'_>, row: &Row, several: bool, order: Option<DateOrder>) -> Line {
    let cell = |field: Field| placed.cell(row, field).to_owned();
    let at = |wanted: fn(&Field) -> bool| {
        let known = placed.fields.iter().enumerate();
        known.filter_map(move |(at, field)| field.filter(wanted).map(|field| (at, field)))
    };
    let remarks = at(|field| *field == Field::Remark).map(|(at, _)| bare(row.cell(at)));
    let facts = at(|field| matches!(field, Field::Fact(_))).filter_map(|(at, field)| match field {
        Field::Fact(place) => Some((place, bare(row.cell(at)).to_owned())),
        _ => None,
    });
    let arn = cell(Field::Arn);
    // Of twelve figures a spreadsheet makes 1.11E+11: the ARN has them all.
    let account = arn.split(':').nth(4).filter(|account| account.len() == 12).map_or_else(
        || {
            let cell = cell(Field::Account);
            let figures = !cell.is_empty() && cell.len() < 12 && cell.bytes().all(|b| b.is_ascii_digit());
            if figures { format!("{cell:0>12}") } else { cell }
        },
        str::to_owned,
    );
    let as_of = match told(&cell(Field::AsOf), order, placed.table.from_1904) {
        Told::Day(day) => Some(day),
        _ => None,
    };
    let struck = [Field::Arn, Field::Name, Field::Decision].iter().filter_map(|field| placed.at(*field));
    Line {
        number: row.number,
        sheet: placed.table.sheet.clone().filter(|_| several),
        account,
        arn,
        name: cell(Field::Name),
        kind: cell(Field::Kind),
        as_of,
        reviewer: cell(Field::Reviewer),
        decision: cell(Field::Decision),
        decided: cell(Field::Decided),
        remark: remarks.filter(|remark| !remark.is_empty()).collect::<Vec<_>>().join("; "),
        facts: facts.collect(),
        unread: [Field::Reviewer, Field::Decision, Field::Decided]
            .iter()
            .any(|field| placed.at(*field).is_some_and(|at| row.unknown.contains(&at))),
        struck: struck.into_iter().any(|at| row.struck.contains(&at)),
    }
}
