//! The entries of a section as they stand in the text of kickoff.toml, and how the text is changed: value by value, and nothing
//! else is touched.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::kinds::Value;
use crate::write::quoted;

/// An entry, and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) values: BTreeMap<String, Value>,
    places: BTreeMap<String, Range<usize>>,
    /// Where its first letter stands, and the end of its last value.
    pub(crate) range: Range<usize>,
    /// The end of the last of its own values: another one goes there.
    last: usize,
    inline: bool,
}

impl Entry {
    /// The value of a key as a cell has it; nothing where there is none.
    pub(crate) fn cell(&self, key: &str) -> String {
        self.values.get(key).map(Value::cell).unwrap_or_default()
    }
}

/// How the entries of a section are written.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// There are none.
    Absent,
    /// `[[risks]]`
    Tables,
    /// `risks = [ { ... } ]`: between these brackets.
    Inline(Range<usize>),
    /// Within a table between braces, where nothing can be added.
    Closed(String),
}

/// The entries of a section.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    pub(crate) entries: Vec<Entry>,
    form: Form,
}

/// Finds the entries of a section in a text that can be used.
pub(crate) fn section(text: &str, path: &[&str]) -> Result<Section, String> {
    let root = DeTable::parse(text).map_err(|error| error.to_string())?;
    let mut table = root.get_ref();
    let absent = Section { entries: Vec::new(), form: Form::Absent };
    let Some((last, above)) = path.split_last() else { return Ok(absent) };
    let mut closed = None;
    for name in above {
        match table.get(*name) {
            Some(value) => match value.get_ref() {
                DeValue::Table(inner) => {
                    // Between braces, or by keys with points: `scope.regions = [...]`.
                    let begins = text.get(..value.span().start).and_then(|before| before.rsplit('\n').next());
                    let headed = [begins, text.get(value.span())].into_iter().flatten().collect::<String>();
                    let closes = !headed.trim_start().starts_with('[');
                    closed = closed.or(closes.then(|| (*name).to_owned()));
                    table = inner;
                }
                _ => return Ok(absent),
            },
            None => return Ok(absent),
        }
    }
    let Some(found) = table.get(*last) else {
        return Ok(Section { entries: Vec::new(), form: closed.map_or(Form::Absent, Form::Closed) });
    };
    let DeValue::Array(list) = found.get_ref() else { return Ok(absent) };
    let entries: Vec<Entry> = list.iter().filter_map(|value| entry(text, value)).collect();
    let form = if list.is_empty() || entries.iter().any(|entry| entry.inline) {
        Form::Inline(found.span())
    } else {
        Form::Tables
    };
    Ok(Section { entries, form })
}

fn entry(text: &str, value: &Spanned<DeValue<'_>>) -> Option<Entry> {
    let DeValue::Table(table) = value.get_ref() else { return None };
    let span = value.span();
    let inline = text.get(span.clone()).is_some_and(|written| written.starts_with('{'));
    let mut entry = Entry { values: BTreeMap::new(), places: BTreeMap::new(), range: span.clone(), last: 0, inline };
    entry.last = if inline { span.start + 1 } else { span.end };
    for (key, value) in table {
        entry.range.end = entry.range.end.max(end(value));
        if let Some(known) = known(value.get_ref()) {
            entry.last = entry.last.max(value.span().end);
            entry.values.insert(key.get_ref().to_string(), known);
            entry.places.insert(key.get_ref().to_string(), value.span());
        }
    }
    Some(entry)
}

/// Where a value ends, with everything in it.
fn end(value: &Spanned<DeValue<'_>>) -> usize {
    let own = value.span().end;
    match value.get_ref() {
        DeValue::Table(table) => table.iter().map(|(_, value)| end(value)).max().map_or(own, |last| last.max(own)),
        DeValue::Array(list) => list.iter().map(end).max().map_or(own, |last| last.max(own)),
        _ => own,
    }
}

fn known(value: &DeValue<'_>) -> Option<Value> {
    Some(match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => Value::Number(i64::from_str_radix(number.as_str(), number.radix()).ok()?),
        DeValue::Float(number) => Value::Text(number.to_string()),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Datetime(at) => match at.to_string().parse::<Date>() {
            Ok(day) => Value::Day(day),
            Err(_) => Value::Text(at.to_string()),
        },
        DeValue::Array(list) => {
            let texts = list.iter().map(|one| match one.get_ref() {
                DeValue::String(text) => Some(text.to_string()),
                _ => None,
            });
            Value::List(texts.collect::<Option<_>>()?)
        }
        DeValue::Table(_) => return None,
    })
}

/// A text, and what is to be changed in it.
pub(crate) struct Edits<'t> {
    text: &'t str,
    line: &'static str,
    splices: Vec<(Range<usize>, String)>,
    blocks: Vec<Vec<(String, Value)>>,
}

impl<'t> Edits<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        let line = if text.contains("\r\n") { "\r\n" } else { "\n" };
        Self { text, line, splices: Vec::new(), blocks: Vec::new() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.splices.is_empty() && self.blocks.is_empty()
    }

    /// Gives a key of an entry a value. What is remarked beside and within the old one stays.
    pub(crate) fn set(&mut self, entry: &Entry, key: &str, value: &Value) {
        let Some(place) = entry.places.get(key) else {
            let at = if entry.inline { entry.last } else { self.end_of_line(entry.last) };
            let new = match (entry.inline, entry.places.is_empty()) {
                (true, true) => format!(" {key} = {}", value.toml()),
                (true, false) => format!(", {key} = {}", value.toml()),
                (false, _) => format!("{}{key} = {}", self.line, value.toml()),
            };
            self.splices.push((at..at, new));
            return;
        };
        let remarks = self.text.get(place.clone()).map(remarks).unwrap_or_default();
        let new = match value {
            Value::List(texts) if !remarks.is_empty() => {
                let mut lines = vec!["[".to_owned()];
                lines.extend(remarks.iter().map(|remark| format!("    {remark}")));
                lines.extend(texts.iter().map(|text| format!("    {},", quoted(text))));
                lines.push("]".to_owned());
                lines.join(self.line)
            }
            value => value.toml(),
        };
        self.splices.push((place.clone(), new));
    }

    /// Adds an entry behind the others.
    pub(crate) fn add(&mut self, entry: Vec<(String, Value)>) {
        self.blocks.push(entry);
    }

    fn end_of_line(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        let end = rest.find('\n').map_or(self.text.len(), |end| at + end);
        if self.text.get(..end).is_some_and(|before| before.ends_with('\r')) && end > at { end - 1 } else { end }
    }

    /// The text with all of it.
    ///
    /// # Errors
    /// Nothing can be added to the section as it is written.
    pub(crate) fn apply(&mut self, section: &Section, path: &[&str]) -> Result<String, String> {
        let name = path.join(".");
        let blocks = std::mem::take(&mut self.blocks);
        if !blocks.is_empty() {
            let tables = || -> String {
                let block = |entry: &Vec<(String, Value)>| {
                    let lines = entry.iter().map(|(key, value)| format!("{key} = {}{}", value.toml(), self.line));
                    format!("{0}[[{name}]]{0}{1}", self.line, lines.collect::<String>())
                };
                blocks.iter().map(block).collect()
            };
            match (&section.form, section.entries.last()) {
                (Form::Closed(table), _) => {
                    return Err(format!(
                        "`{table}` is not written under a head of its own, and nothing can be added to it: write [{table}] and its keys below, then try again; the file is as it was"
                    ));
                }
                (Form::Tables, Some(last)) => {
                    let at = self.end_of_line(last.range.end);
                    let new = format!("{}{}", self.line, tables());
                    // The end of the line is there already.
                    let new = new.strip_suffix(self.line).unwrap_or(&new).to_owned();
                    self.splices.push((at..at, new));
                }
                (Form::Inline(span), last) => {
                    let inline: Vec<String> = blocks
                        .iter()
                        .map(|entry| {
                            let pairs = entry.iter().map(|(key, value)| format!("{key} = {}", value.toml()));
                            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
                        })
                        .collect();
                    let inline = inline.join(&format!(",{}    ", self.line));
                    let (at, new) = match last {
                        Some(last) => (last.range.end, format!(",{}    {inline}", self.line)),
                        None => (span.start + 1, format!("{0}    {inline},{0}", self.line)),
                    };
                    self.splices.push((at..at, new));
                }
                (Form::Tables | Form::Absent, _) => {
                    let ended = self.text.is_empty() || self.text.ends_with('\n');
                    let new = format!("{}{}", if ended { "" } else { self.line }, tables());
                    let new = if self.text.is_empty() { new.trim_start().to_owned() } else { new };
                    self.splices.push((self.text.len()..self.text.len(), new));
                }
            }
        }
        // Those at one place stay in the order in which they came.
        self.splices.sort_by_key(|(place, _)| (place.start, place.end));
        let mut whole = String::with_capacity(self.text.len() + 1024);
        let mut at = 0;
        for (place, new) in &self.splices {
            whole.push_str(self.text.get(at..place.start).unwrap_or_default());
            whole.push_str(new);
            at = place.end;
        }
        whole.push_str(self.text.get(at..).unwrap_or_default());
        Ok(whole)
    }
}

/// The remarks within a value that reaches over several lines.
fn remarks(written: &str) -> Vec<&str> {
    if !written.starts_with('[') {
        return Vec::new();
    }
    let (mut remarks, mut quote, mut escaped) = (Vec::new(), None, false);
    let mut skip = 0;
    for (at, c) in written.char_indices() {
        if at < skip {
            continue;
        }
        match (quote, c) {
            (Some('"'), '\\') if !escaped => escaped = true,
            (Some(open), c) if c == open && !escaped => quote = None,
            (Some(_), _) => escaped = false,
            (None, '"' | '\'') => quote = Some(c),
            (None, '#') => {
                let line = written.get(at..).and_then(|rest| rest.lines().next()).unwrap_or_default();
                skip = at + line.len();
                remarks.push(line.trim_end());
            }
            (None, _) => {}
        }
    }
    remarks
}
