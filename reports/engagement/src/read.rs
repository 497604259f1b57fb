//! Reads the file: TOML to values with the line of each key, and what is wrong with it, all at once.

use std::path::Path;

use serde_json::{Map, Number, Value};
use toml::de::{DeTable, DeValue};

use crate::file::Engagement;
use crate::problems::{EngagementError, Lines, Problem, Problems};
use crate::risks::scale;
use crate::salvage::salvage;
use crate::{check, requests, schema, shape, thresholds, vendors};

impl Engagement {
    /// Reads the file, and the request list that it names; other files that it names are looked for, not opened.
    ///
    /// # Errors
    /// It is not there, is not TOML, has a key that does not exist, a value that cannot be, or a name that nothing has.
    pub fn read(path: &Path) -> Result<Self, EngagementError> {
        Ok(Self::read_with_text(path)?.0)
    }

    /// Reads the file as [`Engagement::read`] does, and gives its text as well.
    ///
    /// # Errors
    /// Those of [`Engagement::read`].
    pub fn read_with_text(path: &Path) -> Result<(Self, String), EngagementError> {
        let text = text_of(path)?;
        Ok((Self::whole(path, &text)?, text))
    }

    /// Reads the file as [`Engagement::parse`] does, and gives its text as well: what it names need not be there, nor be a
    /// list that can be read.
    ///
    /// # Errors
    /// Those of [`Engagement::parse`], and the file is not there.
    pub fn parse_with_text(path: &Path) -> Result<(Self, String), EngagementError> {
        let text = text_of(path)?;
        Ok((Self::parse(path, &text)?, text))
    }

    /// Reads the text of a file, and the request list that it names.
    pub(crate) fn whole(path: &Path, text: &str) -> Result<Self, EngagementError> {
        let folder = path.parent().unwrap_or(Path::new(""));
        Self::examined(path, text, |read, problems| {
            check::links(read, folder, problems);
            if read.request_list.is_some() && problems.is_empty() {
                match requests::list(read, folder) {
                    Ok(list) => check::request_ids(read, &list, problems),
                    Err(error) => {
                        error.problems().iter().for_each(|problem| problems.add("request_list", problem.to_string()));
                    }
                }
            }
        })
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// As [`Self::read`], but for the request list, which is not opened.
    pub fn parse(path: &Path, text: &str) -> Result<Self, EngagementError> {
        Self::examined(path, text, |_, _| {})
    }

    /// Reads the text of a file, and holds it against itself and something more. Where a part does not fit the schema, the
    /// rest is held all the same: everything that is wrong is told in one go.
    fn examined(path: &Path, text: &str, more: impl Fn(&Self, &mut Problems<'_>)) -> Result<Self, EngagementError> {
        let error = |problems| Err(EngagementError::new(path, problems));
        let starts = LineStarts::new(text);
        let (table, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            let mut problems: Vec<Problem> = errors.iter().map(|e| not_toml(e, text, &starts)).collect();
            problems.sort();
            // What follows on the line of an error is mostly its consequence, and so is a key that seems to stand twice
            // because the head of its table could not be read.
            problems.dedup_by_key(|problem| problem.line);
            if problems.iter().any(|problem| !problem.what.starts_with(TWICE)) {
                problems.retain(|problem| !problem.what.starts_with(TWICE));
            }
            return error(problems);
        }
        let mut lines = Lines::default();
        let mut unreadable = Vec::new();
        let mut value = into_table(table.get_ref(), "", &starts, &mut lines, &mut unreadable);
        let mut problems = Problems::new(&lines);
        for (key, what) in unreadable {
            problems.add(&key, what);
        }
        let own = value.as_object_mut().and_then(|file| file.remove("thresholds"));
        // What stands in the place of a word that is no level fits: nothing has to be taken out for it.
        let mut of_scale = Problems::new(&lines);
        let scale = scale::take(&mut value, &mut of_scale);
        let schema = if scale.is_some() { &schema::SCALED } else { &schema::FILE };
        shape::check(&value, schema, &mut problems);
        let wrong = problems.keys().to_vec();
        let thresholds = thresholds::read(own.as_ref(), &mut problems);
        let mut found = problems.into_found();
        found.extend(of_scale.into_found());
        let Some(salvaged) = salvage(value, lines.clone(), schema, wrong) else { return error(found) };
        let mut file: Self = match serde_json::from_value(salvaged.value.clone()) {
            Ok(file) => file,
            Err(e) if found.is_empty() => return Err(EngagementError::of_file(path, e.to_string())),
            Err(_) => return error(found),
        };
        (file.thresholds, file.threshold_policies) = thresholds;
        file.risk_scale = scale.unwrap_or_default();
        vendors::declare(&file.vendors, &mut file.thresholds);
        let mut problems = Problems::new(&salvaged.lines);
        check::references(&file, &mut problems);
        more(&file, &mut problems);
        found.extend(problems.into_found().into_iter().filter(|problem| !salvaged.explains(problem)));
        found.sort();
        if !found.is_empty() {
            return error(found);
        }
        file.lines = lines;
        Ok(file)
    }
}

fn text_of(path: &Path) -> Result<String, EngagementError> {
    std::fs::read_to_string(path).map_err(|error| EngagementError::of_file(path, format!("it cannot be read: {error}")))
}

const TWICE: &str = "duplicate key";

/// What the reader of TOML says, with the key that stands twice, which it leaves to its reader to see.
fn not_toml(error: &toml::de::Error, text: &str, starts: &LineStarts) -> Problem {
    let mut what = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
    if what.starts_with(TWICE)
        && let Some(key) = error.span().and_then(|span| text.get(span))
    {
        what = format!("{TWICE} `{key}`: it stands above already");
    }
    Problem { line: error.span().map(|span| starts.line(span.start)), key: String::new(), what }
}

/// Where lines begin.
pub(crate) struct LineStarts(Vec<usize>);

impl LineStarts {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at).collect())
    }

    /// The line of an offset, counted from 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.0.partition_point(|end| *end < offset) + 1
    }
}

fn into_table(
    table: &DeTable<'_>,
    key: &str,
    starts: &LineStarts,
    lines: &mut Lines,
    unreadable: &mut Vec<(String, String)>,
) -> Value {
    let mut map = Map::new();
    for (name, value) in table {
        let key = if key.is_empty() { name.get_ref().to_string() } else { format!("{key}.{}", name.get_ref()) };
        lines.set(&key, starts.line(name.span().start));
        map.insert(name.get_ref().to_string(), into_value(value.get_ref(), &key, starts, lines, unreadable));
    }
    Value::Object(map)
}

fn into_value(
    value: &DeValue<'_>,
    key: &str,
    starts: &LineStarts,
    lines: &mut Lines,
    unreadable: &mut Vec<(String, String)>,
) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::from(number),
            Err(_) => {
                unreadable.push((key.to_owned(), format!("{number} is too large")));
                Value::Null
            }
        },
        DeValue::Float(number) => match number.as_str().parse().ok().and_then(Number::from_f64) {
            Some(number) => Value::Number(number),
            None => {
                unreadable.push((key.to_owned(), format!("{number} is not a number that can be used")));
                Value::Null
            }
        },
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Datetime(at) => Value::String(at.to_string()),
        DeValue::Array(list) => {
            let list = list.iter().enumerate().map(|(at, entry)| {
                let key = format!("{key}[{at}]");
                lines.set(&key, starts.line(entry.span().start));
                into_value(entry.get_ref(), &key, starts, lines, unreadable)
            });
            Value::Array(list.collect())
        }
        DeValue::Table(table) => into_table(table, key, starts, lines, unreadable),
    }
}
