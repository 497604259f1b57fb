//! What each row of a list is: a request, the heading of a section, a total, a note, or nothing that is asked for.

use super::heads::{Columns, Placed, is_id};
use super::vocabulary::meaning;
use crate::columns::Column;
use crate::sheets::left::{Why, is_sum};
use crate::sheets::{Row, Table};

/// A row that asks for something, and the heading that it stands under.
#[derive(Debug)]
pub(super) struct Taken<'a> {
    pub(super) row: &'a Row,
    pub(super) section: Option<String>,
}

/// The rows of a list, sorted.
#[derive(Debug, Default)]
pub(super) struct Sorted<'a> {
    pub(super) taken: Vec<Taken<'a>>,
    pub(super) left: Vec<(Why, u64)>,
}

/// What a row seems to be by itself.
enum Seems {
    Request,
    /// Words alone: a heading where requests follow, else a note.
    Words(String),
    Left(Why),
}

/// What holds for the list as a whole.
struct Habits {
    has_ids: bool,
    /// Most rows have more than an id and what is asked for.
    has_more: bool,
    /// Most ids look like ids.
    ids_look_so: bool,
    /// Most rows are not in bold.
    is_light: bool,
}

/// Sorts the rows under the heads. A list that we wrote has requests and nothing else, but for those that somebody struck.
pub(super) fn sort<'a>(table: &'a Table, placed: &Placed) -> Sorted<'a> {
    let columns = &placed.columns;
    let rows = table.rows.get(placed.first..).unwrap_or_default();
    let mut sorted = Sorted::default();
    if placed.own {
        for row in rows {
            if columns.is_struck(row) {
                sorted.left.push((Why::Struck, row.number));
            } else {
                sorted.taken.push(Taken { row, section: None });
            }
        }
        return sorted;
    }
    let habits = habits(rows, columns);
    let seems: Vec<Seems> = rows.iter().map(|row| seems(row, columns, &habits)).collect();
    let last = seems.iter().rposition(|seems| matches!(seems, Seems::Request));
    let mut section = None;
    for (at, (row, seems)) in rows.iter().zip(seems).enumerate() {
        match seems {
            Seems::Request => sorted.taken.push(Taken { row, section: section.clone() }),
            Seems::Words(words) if Some(at) < last && is_heading(&words) => {
                section = Some(words);
                sorted.left.push((Why::Heading, row.number));
            }
            Seems::Words(_) => sorted.left.push((Why::Note, row.number)),
            Seems::Left(why) => sorted.left.push((why, row.number)),
        }
    }
    sorted
}

/// A heading is short, and no sentence.
fn is_heading(words: &str) -> bool {
    const LONGEST: usize = 80;
    words.chars().count() <= LONGEST && !words.ends_with('.') && !words.contains('\n')
}

fn habits(rows: &[Row], columns: &Columns) -> Habits {
    let asking = || rows.iter().filter(|row| !columns.cell(Column::Text, row).is_empty());
    let has_ids = asking().any(|row| !columns.cell(Column::Id, row).is_empty());
    // Where requests have ids, those without are no measure of the others.
    let asking = || asking().filter(|row| !has_ids || !columns.cell(Column::Id, row).is_empty());
    let all = asking().count();
    let most = |count: usize| count * 2 > all;
    let ids = || asking().map(|row| columns.cell(Column::Id, row)).filter(|id| !id.is_empty());
    Habits {
        has_ids,
        has_more: most(asking().filter(|row| more(row, columns) > 0).count()),
        ids_look_so: ids().filter(|id| is_id(id)).count() * 2 > ids().count(),
        is_light: most(asking().filter(|row| !row.bold).count()),
    }
}

/// How many cells are filled besides the id and what is asked for, those not counted that reach down from above.
fn more(row: &Row, columns: &Columns) -> usize {
    let (id, text) = (columns.place(Column::Id), columns.place(Column::Text));
    let counts = |at: &usize| !row.from_above.contains(at) && !row.struck.contains(at);
    row.filled().filter(|(at, _)| Some(*at) != id && Some(*at) != text && counts(at)).count()
}

fn seems(row: &Row, columns: &Columns, habits: &Habits) -> Seems {
    let text_at = columns.place(Column::Text);
    let (id, text) = (columns.cell(Column::Id, row), columns.cell(Column::Text, row));
    let detail = columns.more(row);
    let more = more(row, columns);
    if row.hidden {
        return Seems::Left(Why::Hidden);
    }
    // A heading or a note may be struck as well.
    let all_struck = row.filled().next().is_some() && row.filled().all(|(at, _)| row.struck.contains(&at));
    if columns.is_struck(row) || all_struck {
        return Seems::Left(Why::Struck);
    }
    let heads = row.filled().filter(|(at, cell)| columns.head(*at) == *cell).count();
    if heads >= 2 && heads * 2 > row.filled().count() {
        return Seems::Left(Why::HeadsAgain);
    }
    if is_sum(row) {
        return Seems::Left(Why::Total);
    }
    let unread = [text_at, columns.detail].into_iter().flatten().any(|at| row.unknown.contains(&at));
    match (id.is_empty(), text.is_empty() && detail.is_empty()) {
        // What it asks for cannot be read: that is told, not left out.
        (_, true) if unread => Seems::Request,
        (true, true) => match (row.filled().next(), row.filled().count()) {
            (Some((_, words)), 1) => Seems::Words(words.to_owned()),
            _ => Seems::Left(Why::Note),
        },
        (false, true) if more == 0 && !is_id(id) => Seems::Words(id.to_owned()),
        // `PBC-050` without a word is a place that was kept free; a sentence with something beside it is a note.
        (false, true) if is_id(id) || !habits.ids_look_so => Seems::Left(Why::NoRequest),
        (false, true) => Seems::Left(Why::Note),
        (no_id, false) => {
            let from_above = text_at.is_some_and(|at| row.from_above.contains(&at));
            let id_from_above = columns.place(Column::Id).is_some_and(|at| row.from_above.contains(&at));
            if from_above && (no_id || id_from_above) && detail.is_empty() {
                return Seems::Left(Why::Continued);
            }
            let words = if text.is_empty() { detail } else { text };
            let alone = more == 0 && (no_id || id_from_above);
            if alone && no_id && is_only_words(row, words, habits) {
                return Seems::Words(words.to_owned());
            }
            if !no_id && more == 0 && habits.ids_look_so && !is_id(id) && id.split_whitespace().count() > 2 {
                return Seems::Left(Why::Note);
            }
            Seems::Request
        }
    }
}

/// Whether words without anything beside them are no request.
fn is_only_words(row: &Row, words: &str, habits: &Habits) -> bool {
    // A criterion or a number before words makes a heading: `CC6 - Access`, `2. People`, `A) People`.
    let first = words.split([' ', '-', ':', ')']).next().unwrap_or_default();
    let numbered = first.len() <= 5
        && words.len() > first.len()
        && (first.ends_with('.') || first.chars().any(|c| c.is_ascii_digit()) || words[first.len()..].starts_with(')'));
    let loud = words.chars().any(char::is_alphabetic) && !words.chars().any(char::is_lowercase) && words.is_ascii();
    let marked = row.wide || (row.bold && habits.is_light);
    let like_heading = marked || numbered || loud;
    if habits.has_ids {
        // In a list of ids and nothing else, one row may lack its id.
        habits.has_more || like_heading || meaning(words).is_some()
    } else {
        marked || (habits.has_more && like_heading)
    }
}
