//! Heads of registers: what stands under each, out of the table in `data/`.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use super::Register;
use super::kinds::Field;
use crate::columns::Said;
use crate::fold::folded;
use crate::sheets::words::{plain, records};
use crate::sheets::{Row, Table, letters, named};

/// What a head says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// What stands under it is the key's.
    Whole,
    /// It says more of it.
    Detail,
    /// It is a part of a name.
    Part,
    /// A figure that is reckoned.
    Reckoned,
}

#[derive(Debug, Clone, Copy)]
struct Meaning {
    key: &'static str,
    how: How,
    rank: usize,
}

#[derive(Debug, Default)]
struct Known {
    order: Vec<&'static str>,
    names: HashMap<String, Meaning>,
    with: HashSet<String>,
}

/// Heads that say it whole rank before those that other words stand beside.
const BESIDE: usize = 10_000;

static KNOWN: LazyLock<BTreeMap<&'static str, Known>> = LazyLock::new(|| {
    let mut all: BTreeMap<&'static str, Known> = BTreeMap::new();
    let mut rank = 0;
    for record in records(include_str!("../../data/register_heads.csv")) {
        let field = |at: usize| -> &'static str { record.get(at).unwrap_or_default().to_owned().leak() };
        let (register, key) = (field(0), field(1));
        let known = all.entry(register).or_default();
        let heads = || field(5).split('|').map(|head| folded(&plain(head))).filter(|head| !head.is_empty());
        let how = match field(2) {
            "name" => How::Whole,
            "detail" => How::Detail,
            "part" => How::Part,
            "reckoned" => How::Reckoned,
            _ => {
                known.with.extend(heads());
                continue;
            }
        };
        if how == How::Whole && !known.order.contains(&key) {
            known.order.push(key);
            // A key is its own head, before all others.
            known.names.insert(folded(&plain(key)), Meaning { key, how, rank: 0 });
        }
        for head in heads() {
            rank += 1;
            known.names.entry(head).or_insert(Meaning { key, how, rank });
        }
    }
    all
});

/// The order in which the keys of a register are written.
pub(super) fn order(register: &str) -> &'static [&'static str] {
    KNOWN.get(register).map_or(&[], |known| known.order.as_slice())
}

/// A head without what stands in brackets.
fn bare(head: &str) -> String {
    let mut deep = 0_usize;
    let kept = head.chars().filter(|c| match c {
        '(' | '[' => {
            deep += 1;
            false
        }
        ')' | ']' => {
            deep = deep.saturating_sub(1);
            false
        }
        _ => deep == 0,
    });
    folded(&plain(&kept.collect::<String>()))
}

fn meaning(register: &str, head: &str) -> Option<Meaning> {
    /// A head is no sentence.
    const LONGEST: usize = 60;
    if head.is_empty() || head.chars().count() > LONGEST {
        return None;
    }
    let known = KNOWN.get(register)?;
    let head = bare(head);
    if let Some(found) = known.names.get(&head) {
        return Some(*found);
    }
    let rest: Vec<&str> = head.split(' ').filter(|word| !known.with.contains(*word)).collect();
    let found = known.names.get(&rest.join(" "))?;
    Some(Meaning { rank: found.rank + BESIDE, ..*found })
}

/// How many of the cells are heads that are known.
pub(super) fn known(register: &str, cells: &[String]) -> usize {
    cells.iter().filter_map(|cell| meaning(register, cell)).map(|found| found.key).collect::<HashSet<_>>().len()
}

/// The scale that a head names in brackets: `Likelihood (1-5)`.
pub(super) fn scale(head: &str) -> Option<(i64, i64)> {
    let inside = head.split_once(['(', '['])?.1.split([')', ']']).next()?;
    let numbers: Vec<i64> = inside
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .map_while(|n| n.parse().ok())
        .collect();
    match numbers.as_slice() {
        [least, most] if least < most => Some((*least, *most)),
        // `1 = low, 2, 3, 4, 5 = high`
        [least, .., most] if numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]) => Some((*least, *most)),
        _ => None,
    }
}

/// Where each key stands in a table.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    pub(super) at: BTreeMap<String, usize>,
    /// A column that says more of a key.
    pub(super) detail: BTreeMap<String, usize>,
    /// The first and the last name, where they stand apart.
    pub(super) parts: Option<(usize, usize)>,
    pub(super) reckoned: Vec<usize>,
    /// Columns whose words are kept in the note.
    pub(super) kept: Vec<usize>,
    pub(super) heads: Vec<String>,
    /// What somebody said of columns that are not there.
    pub(super) missing: Vec<String>,
}

impl Columns {
    pub(super) fn head(&self, at: usize) -> &str {
        self.heads.get(at).map_or("", String::as_str)
    }

    /// Whether a column is read.
    pub(super) fn has(&self, at: usize) -> bool {
        self.at.values().chain(self.detail.values()).chain(&self.kept).any(|place| *place == at)
            || self.parts.is_some_and(|(first, last)| first == at || last == at)
    }

    /// Where a key is read from, for messages.
    pub(super) fn place(&self, key: &str) -> Option<usize> {
        let part = self.parts.filter(|_| key == "name").map(|(first, _)| first);
        self.at.get(key).or_else(|| self.detail.get(key)).copied().or(part)
    }

    fn known(&self) -> usize {
        self.at.len() + usize::from(self.parts.is_some())
    }

    fn of(heads: Vec<String>, register: &Register, fields: &[Field], said: &Said, table: &Table) -> Self {
        let mut best: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        let mut columns = Self::default();
        let mut taken = HashSet::new();
        let width = table.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        for (key, head) in &said.keys {
            match named(head, &heads, width) {
                Some(at) => {
                    columns.at.insert(key.clone(), at);
                    taken.insert(at);
                }
                None => columns.missing.push(head.clone()),
            }
        }
        for head in &said.kept {
            match named(head, &heads, width) {
                Some(at) => columns.kept.push(at),
                None => columns.missing.push(head.clone()),
            }
        }
        taken.extend(&columns.kept);
        let mut parts: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, head) in heads.iter().enumerate().filter(|(at, _)| !taken.contains(at)) {
            let Some(found) = meaning(register.name, head) else { continue };
            let is_hidden = table.hidden_columns.contains(&at);
            match found.how {
                How::Reckoned => columns.reckoned.push(at),
                _ if is_hidden && found.key != "id" => {}
                How::Part => {
                    parts.entry(found.key).or_insert(at);
                }
                How::Detail => {
                    columns.detail.entry(found.key.to_owned()).or_insert(at);
                }
                How::Whole if fields.iter().any(|field| field.key == found.key) => {
                    let place = best.entry(found.key).or_insert((found.rank, at));
                    if found.rank < place.0 {
                        *place = (found.rank, at);
                    }
                }
                How::Whole => {}
            }
        }
        for (key, (_, at)) in best {
            columns.at.entry(key.to_owned()).or_insert(at);
        }
        columns.parts = parts.get("first").zip(parts.get("last")).map(|(first, last)| (*first, *last));
        if columns.at.contains_key("name") {
            columns.parts = None;
        } else if let (None, Some(only)) = (columns.parts, parts.get("last").or_else(|| parts.get("first"))) {
            columns.at.insert("name".to_owned(), *only);
        }
        // What says more of another is that other where it stands alone.
        for (key, at) in std::mem::take(&mut columns.detail) {
            match columns.at.entry(key) {
                Entry::Occupied(taken) => {
                    columns.detail.insert(taken.key().clone(), at);
                }
                Entry::Vacant(free) => {
                    free.insert(at);
                }
            }
        }
        columns.heads = heads;
        columns
    }
}

/// A table with its heads, and where its entries begin.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) columns: Columns,
    pub(super) first: usize,
    /// It is one that we wrote: under its heads stand entries, and nothing else.
    pub(super) own: bool,
}

/// Above the heads stand so many rows at most.
const TITLES: usize = 30;

/// Finds the heads of a table: the row, or the two rows, that say most; none where no row says what an entry is.
pub(super) fn place(table: &Table, register: &Register, fields: &[Field], said: &Said) -> Option<Placed> {
    let columns = |heads: Vec<String>| Columns::of(heads, register, fields, said, table);
    let tells = |columns: &Columns| {
        let names = |key: &&str| columns.at.contains_key(*key) || (*key == "name" && columns.parts.is_some());
        let by = register.natural.iter().flat_map(|keys| keys.iter()).chain(["id"].iter());
        let told = by.clone().any(names);
        told && (columns.known() > 1
            || (!said.keys.is_empty() && said.keys.iter().all(|(key, _)| names(&key.as_str()))))
    };
    let mut best: Option<(usize, Placed)> = None;
    let shown = |row: &&Row| !row.hidden && row.filled().count() > 0;
    for (at, row) in table.rows.iter().enumerate().take(TITLES).filter(|(_, row)| shown(row)) {
        let own = fields.iter().map(Field::head).collect::<HashSet<_>>();
        let is_own = row.filled().all(|(_, cell)| own.contains(cell));
        let single = columns(row.cells.clone());
        let below = table.rows.get(at + 1).filter(|below| below.number == row.number + 1 && !is_own);
        let two = below
            .filter(|below| goes_on(register.name, row, below))
            .map(|below| columns(joined(register.name, row, below)));
        let two = two.filter(|two| two.known() > single.known());
        let (found, first) = match two {
            Some(two) => (two, at + 2),
            None => (single, at + 1),
        };
        let score = found.known();
        if tells(&found) && best.as_ref().is_none_or(|(most, _)| score > *most) {
            best = Some((score, Placed { columns: found, first, own: is_own }));
        }
        if is_own && best.is_some() {
            break;
        }
    }
    best.map(|(_, placed)| placed)
}

/// Whether the row below is heads too: at least two that are known, alone or with what stands above, and half of them.
fn goes_on(register: &str, row: &Row, below: &Row) -> bool {
    let heads = joined(register, row, below);
    let is_head = |(at, cell): &(usize, &str)| {
        let head = heads.get(*at).filter(|head| *head != row.cell(*at));
        meaning(register, cell).is_some() || head.is_some_and(|head| meaning(register, head).is_some())
    };
    let known = below.filled().filter(is_head).count();
    known > 1 && known * 2 >= below.filled().count()
}

/// The heads of two rows: the upper one reaches to the right as far as it is not followed by another.
fn joined(register: &str, row: &Row, below: &Row) -> Vec<String> {
    let mut above = String::new();
    let heads = (0..row.cells.len().max(below.cells.len())).map(|at| {
        let (upper, lower) = (row.cell(at), below.cell(at));
        if !upper.is_empty() {
            upper.clone_into(&mut above);
        }
        let both = format!("{above} {lower}");
        match () {
            () if lower.is_empty() => upper.to_owned(),
            () if above != lower && meaning(register, &both).is_some() => both,
            () if meaning(register, lower).is_none() && meaning(register, upper).is_some() => upper.to_owned(),
            () => lower.to_owned(),
        }
    });
    heads.collect()
}

/// The heads of the row that has most that is known, each with the letters of its column.
pub(super) fn likely(table: &Table, register: &str) -> Vec<String> {
    let rows: Vec<&Row> = table.rows.iter().take(TITLES).filter(|row| !row.hidden).collect();
    // Of those that are equal the first.
    let row = rows.into_iter().rev().max_by_key(|row| (known(register, &row.cells), row.filled().count()));
    row.map(|row| row.filled().map(|(at, head)| format!("{} {}", letters(at), head.replace('\n', " "))).collect())
        .unwrap_or_default()
}
