//! Event patterns of EventBridge: whether a rule lets an event through.
//!
//! Source: Amazon EventBridge User Guide, "Comparison operators for use in event patterns". The event is a sample: what
//! is the same in all events of its kind decides, and where the pattern turns on what differs from one to the next the
//! answer names the field and what of it is let through. What is not understood is never taken for a match.

use std::fmt::Write as _;

use serde_json::{Map, Value};

pub use crate::reasoning::answer::Answer;
use crate::reasoning::sample::{Alphabet, Glob, Open, Sample, Shape, Values};

mod network;

/// An event pattern.
#[derive(Debug, Clone, PartialEq)]
pub enum Pattern {
    /// What it asks of the fields.
    Fields(Map<String, Value>),
    /// A text that is no event pattern as far as can be told.
    Unread(String),
}

impl Pattern {
    /// Reads a pattern.
    #[must_use]
    pub fn read(text: &str) -> Self {
        match serde_json::from_str(text) {
            Ok(Value::Object(fields)) if !fields.is_empty() => Self::Fields(fields),
            _ => Self::Unread(text.to_owned()),
        }
    }

    /// Whether it could not be read.
    #[must_use]
    pub fn is_unread(&self) -> bool {
        matches!(self, Self::Unread(_))
    }

    fn list(&self, field: &str) -> Option<&[Value]> {
        match self {
            Self::Fields(fields) => fields.get(field)?.as_array().map(Vec::as_slice),
            Self::Unread(_) => None,
        }
    }

    /// The kinds of events (`detail-type`) of a source for which the pattern waits by name and that are not among the
    /// known ones.
    pub fn unknown_kinds(&self, source: &str, known: impl FnOnce() -> Vec<&'static str>) -> Vec<String> {
        let source = Sample::text(source);
        if self.list("source").is_some_and(|wanted| field(wanted, &source, "source") == Answer::No) {
            return Vec::new();
        }
        let known: Vec<Sample> = known().into_iter().map(Sample::text).collect();
        let waits = |one: &&Value| {
            known.iter().all(|kind| field(std::slice::from_ref(*one), kind, "detail-type") == Answer::No)
        };
        let kinds = self.list("detail-type").into_iter().flatten().filter(waits);
        kinds.map(|kind| kind.as_str().map_or_else(|| kind.to_string(), str::to_owned)).collect()
    }

    /// Whether the pattern lets an event through.
    #[must_use]
    pub fn answer(&self, event: &Sample) -> Answer {
        match self {
            Self::Fields(fields) => {
                // Most rules are told apart by where an event comes from: asked first, so that the rest need not be.
                let refused =
                    |key: &str| self.list(key).is_some_and(|wanted| field(wanted, event.child(key), key) == Answer::No);
                if refused("source") || refused("detail-type") { Answer::No } else { object(fields, event, "") }
            }
            // What cannot be read is about the event where it names its service.
            Self::Unread(text) => match event.child("source").as_text() {
                Some(source) if text.contains(source.trim_start_matches("aws.")) => {
                    Answer::unsure("its pattern, which is not understood")
                }
                _ => Answer::No,
            },
        }
    }
}

fn object(pattern: &Map<String, Value>, part: &Sample, path: &str) -> Answer {
    Answer::all(pattern.iter().map(|(key, wanted)| {
        let path = || if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match wanted {
            Value::Array(alternatives) if key == "$or" => Answer::any(alternatives.iter().map(|one| match one {
                Value::Object(fields) => object(fields, part, path().trim_end_matches("$or").trim_end_matches('.')),
                _ => Answer::unsure(path()),
            })),
            Value::Object(fields) => object(fields, part.child(key), &path()),
            Value::Array(wanted) => field(wanted, part.child(key), &path()),
            _ => Answer::unsure(path()),
        }
    }))
}

/// One of the wanted values is enough.
fn field(wanted: &[Value], part: &Sample, path: &str) -> Answer {
    let doubt = || Answer::unsure(format!("{path} ({})", listed(wanted)));
    let one_of = |value: &Value| Answer::any(wanted.iter().map(|one| matches(one, value, path)));
    match part {
        Sample::Fixed(value) => one_of(value),
        Sample::Absent => one_of(&Value::Null),
        Sample::Object(_) | Sample::List(_) => doubt(),
        Sample::Open(Open { values, may_lack }) => {
            let lacks = may_lack.then(|| one_of(&Value::Null));
            match values {
                Values::Any => doubt(),
                Values::Choice(choice) => Answer::across(choice.iter().map(one_of).chain(lacks), doubt),
                Values::Text(shape) => {
                    let of_shape = Answer::any(wanted.iter().map(|one| shaped(one, shape, path, &doubt)));
                    Answer::across(std::iter::once(of_shape).chain(lacks), doubt)
                }
            }
        }
    }
}

/// What is wanted of a field, in words: of a long list the beginning.
fn listed(wanted: &[Value]) -> String {
    const MOST: usize = 4;
    let mut words = String::new();
    for (at, one) in wanted.iter().take(MOST).enumerate() {
        let _ = write!(words, "{}{one}", if at > 0 { ", " } else { "" });
    }
    if wanted.len() > MOST {
        let _ = write!(words, " and {} more", wanted.len() - MOST);
    }
    words
}

/// A form of comparison and what it compares with, `{"prefix": "x"}`.
fn form(wanted: &Value) -> Option<(&str, &Value)> {
    let mut forms = wanted.as_object()?.iter();
    match (forms.next(), forms.next()) {
        (Some((name, operand)), None) => Some((name, operand)),
        _ => None,
    }
}

fn matches(wanted: &Value, value: &Value, path: &str) -> Answer {
    if !wanted.is_object() {
        // A sample does not tell a field that is null from one that is not there.
        return if wanted.is_null() && value.is_null() {
            Answer::unsure(path)
        } else {
            Answer::of(equal(wanted, value))
        };
    }
    let Some((name, operand)) = form(wanted) else { return Answer::unsure(path) };
    let doubt = || Answer::unsure(format!("{path} ({name})"));
    match (name, operand) {
        ("exists", Value::Bool(exists)) => Answer::of(value.is_null() != *exists),
        _ if value.is_null() => Answer::No,
        ("anything-but", Value::Object(_)) => matches(operand, value, path).not(),
        ("anything-but", Value::Array(listed)) => Answer::of(!listed.iter().any(|one| equal(one, value))),
        ("anything-but", one) => Answer::of(!equal(one, value)),
        ("numeric", Value::Array(comparison)) => match value.as_f64() {
            Some(number) => numeric(comparison, number).map_or_else(doubt, Answer::of),
            None => Answer::No,
        },
        ("cidr", Value::String(range)) => match value.as_str() {
            Some(text) => network::contains(range, text).map_or_else(doubt, Answer::of),
            None => Answer::No,
        },
        // A number matches no form of text; the form itself must be known.
        _ => match (globs(name, operand), value.as_str()) {
            (Some(globs), Some(text)) => Answer::of(globs.iter().any(|glob| glob.matches(text))),
            (Some(_), None) => Answer::No,
            (None, _) => doubt(),
        },
    }
}

/// What is asked of a text of which the shape alone is known.
fn shaped(wanted: &Value, shape: &Shape, path: &str, some: &impl Fn() -> Answer) -> Answer {
    let any =
        |globs: &[Glob<'_>]| Answer::any(globs.iter().map(|glob| shape.answer(glob).map_or_else(some, Answer::of)));
    let literal = |one: &Value| one.as_str().map_or(Answer::No, |text| any(&[Glob::literal(text, false, false)]));
    if !wanted.is_object() {
        return literal(wanted);
    }
    let Some((name, operand)) = form(wanted) else { return Answer::unsure(path) };
    match (name, operand) {
        ("exists", Value::Bool(exists)) => Answer::of(*exists),
        ("anything-but", Value::Object(_)) => shaped(operand, shape, path, some).not(),
        ("anything-but", Value::Array(listed)) => Answer::any(listed.iter().map(literal)).not(),
        ("anything-but", one) => literal(one).not(),
        ("numeric", Value::Array(_)) => Answer::No,
        ("cidr", Value::String(_)) if shape.alphabet == Alphabet::Address => some(),
        _ => globs(name, operand).map_or_else(|| Answer::unsure(format!("{path} ({name})")), |globs| any(&globs)),
    }
}

/// Numbers are equal however they are written.
fn equal(wanted: &Value, value: &Value) -> bool {
    match (wanted.as_f64(), value.as_f64()) {
        (Some(wanted), Some(value)) => (wanted - value).abs() < 1e-9,
        _ => wanted == value,
    }
}

/// The texts that a form stands for: one is enough; none when it is not understood.
fn globs<'p>(name: &str, operand: &'p Value) -> Option<Vec<Glob<'p>>> {
    match (name, operand) {
        ("prefix" | "suffix" | "wildcard" | "equals-ignore-case", Value::Array(listed)) => {
            listed.iter().map(|one| glob(name, one)).collect()
        }
        _ => glob(name, operand).map(|one| vec![one]),
    }
}

fn glob<'p>(name: &str, operand: &'p Value) -> Option<Glob<'p>> {
    if let Value::Object(form) = operand {
        let text = form.get("equals-ignore-case").filter(|_| form.len() == 1)?.as_str()?;
        return match name {
            "prefix" => Some(Glob::literal(text, false, true).folded()),
            "suffix" => Some(Glob::literal(text, true, false).folded()),
            _ => None,
        };
    }
    let text = operand.as_str()?;
    match name {
        "prefix" => Some(Glob::literal(text, false, true)),
        "suffix" => Some(Glob::literal(text, true, false)),
        "equals-ignore-case" => Some(Glob::literal(text, false, false).folded()),
        "wildcard" => Glob::escaped(text),
        _ => None,
    }
}

/// `[">=", 7, "<", 9]`; none when it is not understood.
fn numeric(comparison: &[Value], number: f64) -> Option<bool> {
    let (pairs, rest) = comparison.as_chunks::<2>();
    if pairs.is_empty() || !rest.is_empty() {
        return None;
    }
    let mut holds = true;
    for [operator, bound] in pairs {
        let bound = bound.as_f64()?;
        holds &= match operator.as_str()? {
            "=" => (number - bound).abs() < 1e-9,
            "<" => number < bound,
            "<=" => number <= bound,
            ">" => number > bound,
            ">=" => number >= bound,
            _ => return None,
        };
    }
    Some(holds)
}

#[cfg(test)]
mod tests;
