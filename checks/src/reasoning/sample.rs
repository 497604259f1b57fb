//! Samples of events: what is the same in every event of a kind, and what differs from one to the next.

use std::collections::BTreeMap;

use serde_json::Value;

mod shape;

pub use shape::{Alphabet, Glob, Shape};

/// A part of an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Sample {
    /// No event of the kind has it.
    Absent,
    /// A text, a number or a flag that is the same in all of them.
    Fixed(Value),
    /// It differs from one to the next.
    Open(Open),
    /// Fields by name. Of a field that is not named nothing is known.
    Object(BTreeMap<String, Sample>),
    /// A list.
    List(Vec<Sample>),
}

/// What a part may be that differs from one event to the next.
#[derive(Debug, Clone, PartialEq)]
pub struct Open {
    /// Its values.
    pub values: Values,
    /// Some events do not have it.
    pub may_lack: bool,
}

/// Values that a part may have.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Whatever: a text, a number, fields, a list.
    Any,
    /// Texts of a shape.
    Text(Shape),
    /// One of these.
    Choice(Vec<Value>),
}

/// A part of which nothing is known.
pub static ANYTHING: Sample = Sample::Open(Open { values: Values::Any, may_lack: true });

/// A part that no event has.
pub static NOTHING: Sample = Sample::Absent;

impl Sample {
    /// A text that is the same in every event.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Fixed(Value::String(text.into()))
    }

    /// A field below this part. Nothing is below a text, a number or what is not there.
    #[must_use]
    pub fn child(&self, key: &str) -> &Self {
        match self {
            Self::Object(fields) => fields.get(key).unwrap_or(&ANYTHING),
            Self::Open(Open { values: Values::Any, .. }) => &ANYTHING,
            _ => &NOTHING,
        }
    }

    /// Puts a part where a path of names, `detail.severity`, leads.
    pub fn set(&mut self, path: &str, part: Self) {
        let (key, rest) = path.split_once('.').map_or((path, None), |(key, rest)| (key, Some(rest)));
        if !matches!(self, Self::Object(_)) {
            *self = Self::Object(BTreeMap::new());
        }
        if let Self::Object(fields) = self {
            match rest {
                Some(rest) => fields.entry(key.to_owned()).or_insert(Self::Object(BTreeMap::new())).set(rest, part),
                None => drop(fields.insert(key.to_owned(), part)),
            }
        }
    }

    /// The text here, where it is the same in every event.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Fixed(value) => value.as_str(),
            _ => None,
        }
    }
}

impl From<Value> for Sample {
    /// A sample of which everything that the JSON holds is the same in every event; what it holds as `null`, none has.
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Absent,
            Value::Object(fields) => Self::Object(fields.into_iter().map(|(key, value)| (key, value.into())).collect()),
            Value::Array(elements) => Self::List(elements.into_iter().map(Self::from).collect()),
            value => Self::Fixed(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parts_are_found_and_put_by_their_names() {
        let mut sample = Sample::from(json!({ "a": { "b": 1, "none": null } }));
        sample.set("a.c.d", Sample::text("x"));
        sample.set("e", Sample::Absent);
        assert_eq!(sample.child("a").child("b"), &Sample::Fixed(json!(1)));
        assert_eq!(sample.child("a").child("c").child("d").as_text(), Some("x"));
        assert_eq!(sample.child("a").child("none"), &Sample::Absent);
        assert_eq!(sample.child("a").child("b").child("below"), &Sample::Absent);
        assert_eq!(sample.child("e").child("below"), &Sample::Absent);
        assert_eq!(sample.child("unnamed").child("below"), &ANYTHING);
    }
}
