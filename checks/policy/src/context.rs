//! What is known of a request's context keys.

use std::borrow::Cow;
use std::collections::HashMap;

/// What is known of one context key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup<'a> {
    /// Nothing: it may be there or not, with any value.
    Unknown,
    /// The request does not have it.
    Missing,
    /// The request has it, with a value that is not known.
    Present,
    /// The request has it, with some time of a span; or it may lack.
    Within(Times),
    /// A single value.
    One(Cow<'a, str>),
    /// A multivalued key, not empty.
    Many(&'a [String]),
}

/// A span of time in which the value of a key lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// The first time that is possible.
    pub first: jiff::Timestamp,
    /// The last.
    pub last: jiff::Timestamp,
    /// The request may also lack the key.
    pub may_lack: bool,
}

/// Knowledge of a request's context. Keys come in lower case: AWS folds their case.
pub trait Context {
    /// What is known of a key.
    fn lookup(&self, key: &str) -> Lookup<'_>;
}

/// A context in which nothing is known.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nothing;

impl Context for Nothing {
    fn lookup(&self, _key: &str) -> Lookup<'_> {
        Lookup::Unknown
    }
}

/// A value that a request names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A single value.
    One(String),
    /// A list; an empty one is as good as a missing key, which is how AWS sends it.
    Many(Vec<String>),
}

/// A context given by name; what is not named is missing or unknown.
#[derive(Debug, Clone, Default)]
pub struct Given {
    values: HashMap<String, Value>,
    rest_unknown: bool,
}

impl Given {
    /// A context of these keys; other keys are unknown when `rest_unknown`, else missing.
    pub fn new(values: impl IntoIterator<Item = (String, Value)>, rest_unknown: bool) -> Given {
        let values = values.into_iter().map(|(key, value)| (key.to_ascii_lowercase(), value)).collect();
        Given { values, rest_unknown }
    }
}

impl Context for Given {
    fn lookup(&self, key: &str) -> Lookup<'_> {
        match self.values.get(key) {
            Some(Value::One(value)) => Lookup::One(Cow::Borrowed(value)),
            Some(Value::Many(values)) if !values.is_empty() => Lookup::Many(values),
            Some(Value::Many(_)) => Lookup::Missing,
            None if self.rest_unknown => Lookup::Unknown,
            None => Lookup::Missing,
        }
    }
}
