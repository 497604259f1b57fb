//! Finds the row that says what the columns of a list are, and which of them is what.

use std::collections::{BTreeMap, HashSet};

use super::vocabulary::{Meaning, known, meaning, plain};
use crate::columns::{Column, RequestColumns};
use crate::sheets::{Row, Table, letters, named};

/// Above the row that says what the columns are stand so many others at most.
const TITLES: usize = 30;

/// Where each column stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) at: BTreeMap<Column, usize>,
    /// The column that says more of what is asked for.
    pub(super) detail: Option<usize>,
    /// The heads, as they stand.
    pub(super) heads: Vec<String>,
    /// The columns of which somebody said which they are, and which are not there.
    pub(super) missing: Vec<Column>,
}

impl Columns {
    pub(super) fn place(&self, column: Column) -> Option<usize> {
        self.at.get(&column).copied()
    }

    /// What a row says in a column. What is struck through is withdrawn; a row whose text is, is left out as a whole.
    pub(super) fn cell<'a>(&self, column: Column, row: &'a Row) -> &'a str {
        let at = self.place(column);
        at.filter(|at| column == Column::Text || !row.struck.contains(at)).map_or("", |at| row.cell(at))
    }

    /// What a row says more of what is asked for.
    pub(super) fn more<'a>(&self, row: &'a Row) -> &'a str {
        self.detail.filter(|at| !row.struck.contains(at)).map_or("", |at| row.cell(at))
    }

    /// Whether what a row asks for is struck through: its title, or what stands alone in the place of one.
    pub(super) fn is_struck(&self, row: &Row) -> bool {
        let struck = |at: Option<usize>| at.is_some_and(|at| row.struck.contains(&at));
        let no_text = self.place(Column::Text).is_none_or(|at| row.cell(at).is_empty());
        struck(self.place(Column::Text)) || (no_text && struck(self.detail))
    }

    pub(super) fn head(&self, at: usize) -> &str {
        self.heads.get(at).map_or("", String::as_str)
    }

    /// Whether a column is one that is read.
    pub(super) fn has(&self, at: usize) -> bool {
        self.detail == Some(at) || self.at.values().any(|place| *place == at)
    }

    /// Whether what is asked for is known, and something besides.
    fn is_whole(&self) -> bool {
        self.at.contains_key(&Column::Text) && (self.at.len() > 1 || self.detail.is_some())
    }

    /// Finds what each head says; of several that say the same the surest is taken, of those the first.
    fn of(heads: Vec<String>, said: &[(Column, &str)], table: &Table) -> Self {
        let mut best: BTreeMap<Column, (usize, usize)> = BTreeMap::new();
        let (mut details, mut missing) = (Vec::new(), Vec::new());
        let mut taken = HashSet::new();
        // A column without a head has its letter.
        let width = if said.is_empty() { 0 } else { table.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0) };
        for (column, head) in said {
            match named(head, &heads, width) {
                Some(at) => {
                    best.insert(*column, (0, at));
                    taken.insert(at);
                }
                None => missing.push(*column),
            }
        }
        for (at, head) in heads.iter().enumerate().filter(|(at, _)| !taken.contains(at)) {
            let Some(Meaning { column, rank, detail }) = meaning(head) else { continue };
            if table.hidden_columns.contains(&at) && column != Column::Id {
                continue;
            }
            if detail {
                details.push(at);
                continue;
            }
            let place = best.entry(column).or_insert((rank, at));
            if rank < place.0 {
                *place = (rank, at);
            }
        }
        let mut at: BTreeMap<Column, usize> = best.into_iter().map(|(column, (_, at))| (column, at)).collect();
        // What says more of another is what is asked for where there is no other.
        let mut details = details.into_iter();
        if !at.contains_key(&Column::Text) {
            at.extend(details.next().map(|detail| (Column::Text, detail)));
        }
        let detail = details.next();
        Self { at, detail, heads, missing }
    }

    /// Looks at what stands under the heads: `Item` may number the requests or say them, and ids may stand under a head that
    /// says nothing.
    fn look_below(mut self, rows: &[Row], said: &[(Column, &str)]) -> Self {
        let fixed = |column: Column| said.iter().any(|(known, _)| *known == column);
        let numbers = |at: usize| {
            let mut cells = rows.iter().map(|row| row.cell(at)).filter(|cell| !cell.is_empty()).peekable();
            cells.peek().is_some() && cells.all(is_id)
        };
        let differ = |at: usize| {
            let mut seen = HashSet::new();
            rows.iter().map(|row| row.cell(at)).filter(|cell| !cell.is_empty()).all(|cell| seen.insert(cell))
        };
        let filled = |at: usize| rows.iter().any(|row| !row.cell(at).is_empty());
        if let Some(text) = self.place(Column::Text).filter(|_| !fixed(Column::Text))
            && numbers(text)
        {
            // What numbers is no request where another column could be it.
            let mut others: Vec<(usize, usize)> = Vec::new();
            for (at, head) in self.heads.iter().enumerate().filter(|(at, _)| *at != text) {
                let known = meaning(head).filter(|meaning| meaning.column == Column::Text);
                others.extend(known.filter(|_| filled(at) && !numbers(at)).map(|meaning| (meaning.rank, at)));
            }
            if let Some((_, other)) = others.into_iter().min() {
                self.at.insert(Column::Text, other);
                self.detail = self.detail.filter(|detail| *detail != other);
                self.at.entry(Column::Id).or_insert(text);
            }
        }
        if !self.at.contains_key(&Column::Id) {
            // The first column, where its head says nothing.
            let first = (0..self.heads.len()).find(|at| rows.iter().any(|row| !row.cell(*at).is_empty()));
            let free = first.filter(|at| !self.has(*at) && meaning(self.head(*at)).is_none());
            if let Some(at) = free.filter(|at| numbers(*at) && differ(*at)) {
                self.at.insert(Column::Id, at);
            }
        }
        self
    }
}

/// Whether a cell looks like the id of a request: short, of one piece, with a figure.
pub(super) fn is_id(cell: &str) -> bool {
    let short = cell.chars().count() <= 24 && cell.split_whitespace().count() <= 2;
    let figures = cell.chars().any(char::is_numeric);
    let words = cell.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() > 5).count();
    short && figures && words == 0
}

/// Where the list begins in a table, and what its columns are.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) columns: Columns,
    /// The place of its first row under the heads.
    pub(super) first: usize,
    /// It is a list that we wrote: under its heads stand requests, and nothing else.
    pub(super) own: bool,
}

/// Whether these are the heads of lists that we write, those that are read back.
fn is_own(heads: &[String]) -> bool {
    super::export::READ.iter().all(|own| heads.iter().any(|head| head == own))
}

/// Finds the heads of a table: the first row that says what is asked for and something besides, with the row below where
/// that goes on.
pub(super) fn place(table: &Table, said: &RequestColumns) -> Option<Placed> {
    let said = said.said();
    let columns = |heads: Vec<String>| Columns::of(heads, &said, table);
    let rows = &table.rows;
    let shown = |row: &Row| !row.hidden && row.filled().count() > 0;
    for (at, row) in rows.iter().enumerate().take(TITLES).filter(|(_, row)| shown(row)) {
        let below = rows.get(at + 1);
        let single = columns(row.cells.clone());
        // Only a list with nothing but requests has one head.
        let alone = row.filled().count() == 1
            && single.at.contains_key(&Column::Text)
            && rows.len() > at + 1
            && rows.iter().skip(at).all(|row| row.filled().count() == 1);
        let by_letters = !said.is_empty()
            && said.iter().all(|(column, _)| single.at.contains_key(column))
            && said.iter().any(|(column, _)| *column == Column::Text)
            && said.iter().all(|(column, _)| single.place(*column).is_some_and(|at| !row.cell(at).is_empty()));
        if is_own(&row.cells) {
            let mut columns = single;
            let standard = row.cells.iter().position(|head| head == Column::Standard.name());
            columns.at.extend(standard.map(|at| (Column::Standard, at)));
            return Some(Placed { columns, first: at + 1, own: true });
        }
        let two = below.filter(|below| goes_on(row, below)).map(|below| columns(joined(row, below)));
        let (found, first) = match two {
            Some(two) if two.is_whole() => (two, at + 2),
            _ if single.is_whole() || alone || by_letters => (with_above(single, rows, at, &said), at + 1),
            _ => continue,
        };
        let under = rows.get(first..).unwrap_or_default();
        return Some(Placed { columns: found.look_below(under, &said), first, own: false });
    }
    None
}

/// Whether the row below is heads too: at least two that we know, at least half of them, and no figure that numbers.
fn goes_on(row: &Row, below: &Row) -> bool {
    let filled = below.filled().count();
    let heads = below.filled().filter(|(_, cell)| meaning(cell).is_some()).count();
    let same = below.filled().all(|(at, cell)| row.cell(at) == cell);
    !same && filled >= 2 && heads >= 2 && heads * 2 > filled && !below.filled().any(|(_, cell)| is_id(cell))
}

/// The heads of two rows: both words where together they are known, else the lower, else the upper.
fn joined(row: &Row, below: &Row) -> Vec<String> {
    let heads = (0..row.cells.len().max(below.cells.len())).map(|at| {
        let (upper, lower) = (row.cell(at), below.cell(at));
        let both = format!("{upper} {lower}");
        match (upper.is_empty(), lower.is_empty()) {
            (_, true) => upper.to_owned(),
            (true, _) => lower.to_owned(),
            _ if upper != lower && meaning(&both).is_some() => both,
            _ if meaning(lower).is_none() && meaning(upper).is_some() => upper.to_owned(),
            _ => lower.to_owned(),
        }
    });
    heads.collect()
}

/// Heads that stand in the row above, where the row itself has none.
fn with_above(columns: Columns, rows: &[Row], at: usize, said: &[(Column, &str)]) -> Columns {
    let Some(above) = at.checked_sub(1).and_then(|above| rows.get(above)) else { return columns };
    let next = rows.get(at).is_some_and(|row| row.number == above.number + 1);
    let mut whole = columns;
    for (place, cell) in above.filled().filter(|_| next && above.filled().count() > 1) {
        let free = whole.head(place).is_empty();
        let named = said.iter().find(|(column, head)| whole.missing.contains(column) && plain(head) == plain(cell));
        let known = meaning(cell).map(|known| known.column).filter(|known| !whole.at.contains_key(known));
        if let Some(column) = named.map(|(column, _)| *column).or(known).filter(|_| free) {
            whole.at.insert(column, place);
            whole.missing.retain(|missing| *missing != column);
            if whole.heads.len() <= place {
                whole.heads.resize(place + 1, String::new());
            }
            if let Some(head) = whole.heads.get_mut(place) {
                *head = cell.to_owned();
            }
        }
    }
    whole
}

/// The row of a table that has most heads.
fn likely_row(table: &Table) -> Option<&Row> {
    let rows = table.rows.iter().take(TITLES).filter(|row| !row.hidden);
    // Of those that are equal the first.
    rows.collect::<Vec<_>>().into_iter().rev().max_by_key(|row| (known(&row.cells), row.filled().count()))
}

/// The heads of the row that has most, to be shown where none was found: each with the letters of its column.
pub(super) fn likely(table: &Table) -> Vec<String> {
    likely_row(table).map(|row| lettered(&row.cells)).unwrap_or_default()
}

/// Heads with the letters of their columns: `C Due date`.
pub(super) fn lettered(heads: &[String]) -> Vec<String> {
    let filled = heads.iter().enumerate().filter(|(_, head)| !head.is_empty());
    filled.map(|(at, head)| format!("{} {}", letters(at), head.replace('\n', " "))).collect()
}

/// The columns of which somebody said which they are, and which the row that has most heads does not have.
pub(super) fn not_there<'a>(table: &Table, said: &'a RequestColumns) -> Vec<(Column, &'a str)> {
    let said = said.said();
    let cells = likely_row(table).map(|row| row.cells.clone()).unwrap_or_default();
    let missing = Columns::of(cells, &said, table).missing;
    said.into_iter().filter(|(column, _)| missing.contains(column)).collect()
}
