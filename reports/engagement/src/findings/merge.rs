//! Takes findings from a list, as the auditor or a tracker has them, into the file: new ones at its end, and of those that are
//! there the words that changed. An empty cell takes nothing away, nor does a row that is missing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use toml_edit::{DocumentMut, Item, Value};

use super::read::{CLOSED, Cells, DAYS, FindingRows, ID, LISTS, ListRow, OWNER, RAISED, Standing, TEXT};
use super::table::{KEYS, own};
use crate::file::Engagement;
use crate::nearest;
use crate::problems::EngagementError;
use crate::requests::{ListError, TableError};
use crate::sheets::words::{is_unknown, plain};
use crate::statements::Finding;
use crate::write::{self, quoted};

/// What a list of findings makes of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedFindings {
    /// The text of the file after it; none where the list says nothing new.
    pub text: Option<String>,
    /// What was taken and what was left out, on one line; then each change on its own.
    pub account: Vec<String>,
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
    let (mut changes, mut new): (Vec<Change>, Vec<Cells>) = (Vec::new(), Vec::new());
    let mut seen: BTreeMap<(Option<usize>, String), (&str, Cells)> = BTreeMap::new();
    let (mut unchanged, mut stay) = (0, Vec::new());
    let mut next = next_number(&file, rows);
    for given in &rows.rows {
        let place = given.place.as_str();
        let mut row = given.cells.clone();
        let found = owner(&file, &row[OWNER]).and_then(|owner| {
            row[OWNER] = owner;
            known(&file, &row)
        });
        let at = match found {
            Ok(at) => at,
            Err(what) => {
                problem(place, what);
                continue;
            }
        };
        let finding = at.and_then(|at| file.findings.get(at));
        if let Some(finding) = finding {
            row[ID].clone_from(&finding.id);
        } else if row[ID].is_empty() {
            row[ID] = format!("F-{next:03}");
            next += 1;
        }
        let of = (at, if at.is_some() { String::new() } else { alike(&row[ID]) });
        match seen.get(&of) {
            Some((_, before)) if before.iter().skip(1).eq(row.iter().skip(1)) => continue,
            Some((before, _)) => {
                problem(place, format!("says another thing of {} than row {before}", row[ID]));
                continue;
            }
            None => {}
        }
        seen.insert(of, (place, row.clone()));
        match stands(finding, given) {
            Ok(said) => stay.extend(said.map(|said| format!("{}: {said}", row[ID]))),
            Err(what) => problem(place, format!("{}: {what}", row[ID])),
        }
        let (Some(at), Some(finding)) = (at, finding) else {
            if row[RAISED].is_empty() {
                problem(place, format!("{} does not say when it was raised", row[ID]));
            }
            new.push(row);
            continue;
        };
        let written = own(finding);
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
    let missing = file.findings.len() - seen.keys().filter(|(at, _)| at.is_some()).count();
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
    account.extend(stay);
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

/// An id as it is held against others: case and spaces say nothing, every other mark does.
fn alike(id: &str) -> String {
    id.split_whitespace().collect::<String>().to_lowercase()
}

/// The finding that a row means: by its id, letter for letter or but for case and spaces; where it has none, by its words.
fn known(file: &Engagement, row: &Cells) -> Result<Option<usize>, String> {
    let id = &row[ID];
    if id.is_empty() {
        return Ok(file.findings.iter().position(|finding| same(&finding.text, &row[TEXT])));
    }
    if let Some(at) = file.findings.iter().position(|finding| finding.id == *id) {
        return Ok(Some(at));
    }
    if is_unknown(id) {
        return Err(format!("`{id}` is no id: write one with letters or figures, or none, and it is made"));
    }
    let near = file.findings.iter().enumerate().filter(|(_, finding)| alike(&finding.id) == alike(id));
    let near: Vec<(usize, &str)> = near.map(|(at, finding)| (at, finding.id.as_str())).collect();
    match near.as_slice() {
        [] => Ok(None),
        [(at, _)] => Ok(Some(*at)),
        several => {
            let ids: Vec<String> = several.iter().map(|(_, id)| format!("`{id}`")).collect();
            Err(format!("`{id}` may be {}: write it as kickoff.toml has it", ids.join(" or ")))
        }
    }
}

/// Holds what a row says of how far a finding is against the file: what stays as it is, or what cannot be taken. An empty cell
/// takes nothing away, so that no list opens a finding again.
fn stands(finding: Option<&Finding>, row: &ListRow) -> Result<Option<String>, String> {
    let (closed, given) = (finding.and_then(|finding| finding.closed), &row.cells[CLOSED]);
    let mut stays = None;
    for said in &row.says {
        let word = &said.word;
        match (said.standing, closed) {
            (Standing::Open, Some(day)) if said.ours => {
                stays = Some(format!(
                    "closed on {day}, and stays so, though its state is `{word}`: if it is open again, take `closed` and `closed_by` away in kickoff.toml"
                ));
            }
            (Standing::Open, Some(day)) => {
                return Err(format!(
                    "is `{word}` here, and was closed on {day}: if it is open again, take `closed` and `closed_by` away from it in kickoff.toml; if not, mend the list"
                ));
            }
            (Standing::Open, None) if !said.ours && !given.is_empty() => {
                return Err(format!("is `{word}`, and closed on {given}: mend the one that is wrong"));
            }
            (Standing::Closed, None) if given.is_empty() => {
                return Err(format!(
                    "is `{word}`, and not said to be so since when: write the day under `closed`, and who says so under `closed by`"
                ));
            }
            _ => {}
        }
    }
    Ok(stays)
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
    let ids = file.findings.iter().map(|finding| &finding.id).chain(rows.rows.iter().map(|row| &row.cells[ID]));
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

fn block(row: &Cells) -> String {
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
