//! The bands of `[risk_scale]`, and which of them each pair of levels falls into: by its score, or by a matrix.

use serde_json::{Map, Value};

use super::{Cell, Levels, Method};
use crate::fold::folded_words;
use crate::nearest;
use crate::problems::Problems;

/// A band as it is written.
pub(super) struct Band {
    pub(super) name: String,
    from: Option<u32>,
    to: Option<u32>,
}

/// Reads the bands, the lowest first.
pub(super) fn bands(value: &Value, problems: &mut Problems<'_>) -> Option<Vec<Band>> {
    let Value::Array(list) = value else {
        problems.add(
            "risk_scale.bands",
            "takes a list, the lowest first: [{ name = \"Low\", to = 4 }, { name = \"High\" }]",
        );
        return None;
    };
    let read: Vec<Option<Band>> = (0..).zip(list).map(|(at, entry)| band(at, entry, problems)).collect();
    let read: Vec<Band> = read.into_iter().collect::<Option<_>>()?;
    for (at, band) in read.iter().enumerate() {
        if read.iter().take(at).any(|other| folded_words(&other.name) == folded_words(&band.name)) {
            problems.add(&format!("risk_scale.bands[{at}]"), format!("`{}` stands twice", band.name));
            return None;
        }
    }
    if read.len() < 2 {
        problems.add("risk_scale.bands", "takes two bands at least, the lowest first");
        return None;
    }
    Some(read)
}

fn band(at: usize, entry: &Value, problems: &mut Problems<'_>) -> Option<Band> {
    let key = format!("risk_scale.bands[{at}]");
    let table = match entry {
        Value::String(name) if !name.trim().is_empty() => {
            return Some(Band { name: name.clone(), from: None, to: None });
        }
        Value::Object(table) => table,
        _ => {
            problems.add(&key, "takes a name, or { name = \"Low\", to = 4 }");
            return None;
        }
    };
    let mut sound = true;
    for other in table.keys().filter(|name| !["name", "from", "to"].contains(&name.as_str())) {
        let near = nearest(other, ["name", "from", "to"].into_iter());
        let near = if near.is_empty() { ": there are `name`, `from`, `to`".to_owned() } else { near };
        problems.say(&format!("{key}.{other}"), format!("unknown key `{other}`{near}"));
        sound = false;
    }
    let name = table.get("name").and_then(Value::as_str).filter(|name| !name.trim().is_empty());
    if name.is_none() {
        problems.add(&format!("{key}.name"), "is missing: what the band is called, in quotes");
    }
    let mut bound = |name: &str| {
        let given = table.get(name)?;
        let figure = given.as_u64().and_then(|figure| u32::try_from(figure).ok());
        if figure.is_none() {
            problems.add(&format!("{key}.{name}"), format!("takes a whole number, not {given}"));
            sound = false;
        }
        figure
    };
    let (from, to) = (bound("from"), bound("to"));
    name.filter(|_| sound).map(|name| Band { name: name.to_owned(), from, to })
}

/// The bands of our own scale, for a scale that has the same scores.
pub(super) fn ours() -> Vec<Band> {
    let bounds = [("low", Some(4)), ("medium", Some(9)), ("high", Some(14)), ("critical", None)];
    bounds.into_iter().map(|(name, to)| Band { name: name.to_owned(), from: None, to }).collect()
}

/// Which band each pair of levels falls into by its score.
pub(super) fn scored(
    (likelihood, impact): (&Levels, &Levels),
    method: Method,
    bands: &[Band],
    problems: &mut Problems<'_>,
) -> Option<Vec<Vec<Cell>>> {
    let score = |a: u8, b: u8| match method {
        Method::Sum => u32::from(a) + u32::from(b),
        Method::Product | Method::Matrix => u32::from(a) * u32::from(b),
    };
    let scores: Vec<Vec<u32>> =
        likelihood.all().iter().map(|a| impact.all().iter().map(|b| score(a.value, b.value)).collect()).collect();
    by_score(&scores, bands, problems)
}

/// Scores with their bands: each score has one band and no more.
fn by_score(scores: &[Vec<u32>], bands: &[Band], problems: &mut Problems<'_>) -> Option<Vec<Vec<Cell>>> {
    let mut all: Vec<u32> = scores.iter().flatten().copied().collect();
    all.sort_unstable();
    all.dedup();
    let (least, most) = (all.first().copied()?, all.last().copied()?);
    let mut spans: Vec<(u32, u32)> = Vec::new();
    let mut sound = true;
    for (at, band) in bands.iter().enumerate() {
        let key = format!("risk_scale.bands[{at}]");
        let is_last = at + 1 == bands.len();
        let Some(to) = band.to.or(is_last.then_some(most)) else {
            let what = format!("`{0}` says not up to which score it goes: {{ name = \"{0}\", to = 4 }}", band.name);
            problems.add(&key, what);
            sound = false;
            continue;
        };
        let before = spans.last().map(|(_, to)| *to);
        let from = band.from.or(before.map(|before| before.saturating_add(1))).unwrap_or(least.min(to));
        if let Some(before) = before.filter(|before| from <= *before || to <= *before) {
            let what = format!(
                "`{}` begins at {}: the band before it goes up to {before}; bands follow each other, the lowest first",
                band.name,
                from.min(to)
            );
            problems.add(&key, what);
            sound = false;
        } else if to < from {
            problems.add(&key, format!("`{}` ends at {to}, before it begins, at {from}", band.name));
            sound = false;
        }
        spans.push((from, to));
    }
    if !sound {
        return None;
    }
    let of = |score: u32| spans.iter().position(|(from, to)| (*from..=*to).contains(&score));
    let without: Vec<String> = all.iter().filter(|score| of(**score).is_none()).map(u32::to_string).collect();
    if !without.is_empty() {
        let what = format!("scores go from {least} to {most}, and no band has {}", without.join(", "));
        problems.add("risk_scale.bands", what);
        return None;
    }
    let row = |row: &Vec<u32>| row.iter().map(|score| Some((Some(*score), of(*score)?))).collect();
    scores.iter().map(row).collect()
}

/// Which band each pair of levels falls into by a matrix: a row for each likelihood, in it a cell for each impact.
pub(super) fn matrix(
    value: &Value,
    (likelihood, impact): (&Levels, &Levels),
    bands: &[Band],
    problems: &mut Problems<'_>,
) -> Option<Vec<Vec<Cell>>> {
    let rows: Vec<(String, &Value)> = match value {
        Value::Array(rows) => {
            rows.iter().enumerate().map(|(at, row)| (format!("risk_scale.matrix[{at}]"), row)).collect()
        }
        Value::Object(table) => named_rows(table, likelihood, problems)?,
        _ => {
            problems.add("risk_scale.matrix", "takes a list of rows, one for each likelihood, the lowest first");
            return None;
        }
    };
    if rows.len() != likelihood.all().len() {
        let what = format!("has {} rows, and likelihood has {} levels", rows.len(), likelihood.all().len());
        problems.add("risk_scale.matrix", what);
        return None;
    }
    let mut sound = true;
    let mut cells: Vec<Vec<Value>> = Vec::new();
    for (key, row) in &rows {
        let row = row.as_array().cloned().unwrap_or_default();
        if row.len() != impact.all().len() {
            problems.add(key, format!("has {} cells, and impact has {} levels", row.len(), impact.all().len()));
            sound = false;
        }
        cells.push(row);
    }
    if !sound {
        return None;
    }
    let figure = |cell: &Value| cell.as_u64().and_then(|figure| u32::try_from(figure).ok());
    let figures: Option<Vec<Vec<u32>>> = cells.iter().map(|row| row.iter().map(figure).collect()).collect();
    let read = match figures {
        Some(scores) => by_score(&scores, bands, problems)?,
        None => by_name(&cells, &rows, bands, problems)?,
    };
    let falls = |at: usize, row: &[Cell]| {
        let beside = row.windows(2).any(|pair| matches!(pair, [(_, less), (_, more)] if less > more));
        let below = at.checked_sub(1).and_then(|at| read.get(at));
        beside || below.is_some_and(|below| below.iter().zip(row).any(|((_, less), (_, more))| less > more))
    };
    let wrong = read.iter().enumerate().find(|(at, row)| falls(*at, row)).and_then(|(at, _)| rows.get(at));
    if let Some((key, _)) = wrong {
        problems.add(key, "a greater likelihood or impact falls into a lower band: rows go from the lowest likelihood to the highest, cells from the lowest impact to the highest");
        return None;
    }
    Some(read)
}

/// Rows by the names of the likelihoods: `"Rare" = ["Low", "Medium"]`.
fn named_rows<'v>(
    table: &'v Map<String, Value>,
    likelihood: &Levels,
    problems: &mut Problems<'_>,
) -> Option<Vec<(String, &'v Value)>> {
    let mut rows: Vec<(u8, String, &Value)> = Vec::new();
    for (name, row) in table {
        let key = format!("risk_scale.matrix.{name}");
        match likelihood.level_of(name) {
            Some(value) => rows.push((value, key, row)),
            None => {
                problems.say(&key, format!("`matrix`: likelihood has no level `{name}`{}", likelihood.told(name)));
                return None;
            }
        }
    }
    rows.sort_by_key(|(value, _, _)| *value);
    Some(rows.into_iter().map(|(_, key, row)| (key, row)).collect())
}

fn by_name(
    cells: &[Vec<Value>],
    rows: &[(String, &Value)],
    bands: &[Band],
    problems: &mut Problems<'_>,
) -> Option<Vec<Vec<Cell>>> {
    let mut sound = true;
    let mut read = Vec::new();
    for (row, (key, _)) in cells.iter().zip(rows) {
        let mut line = Vec::new();
        for (at, cell) in row.iter().enumerate() {
            let given = cell.as_str().map_or_else(|| cell.to_string(), str::to_owned);
            match bands.iter().position(|band| folded_words(&band.name) == folded_words(&given)) {
                Some(band) => line.push((None, band)),
                None => {
                    let near = nearest(&given, bands.iter().map(|band| band.name.as_str()));
                    problems.add(&format!("{key}[{at}]"), format!("there is no band `{given}`{near}"));
                    sound = false;
                }
            }
        }
        read.push(line);
    }
    sound.then_some(read)
}
