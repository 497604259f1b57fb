//! Filter patterns of CloudWatch Logs, which metric filters and subscriptions use: whether one matches an event.
//!
//! Source: Amazon CloudWatch Logs User Guide, "Filter pattern syntax for metric filters, subscription filters, filter
//! log events, and Live Tail". The event is a sample, as for [`crate::reasoning::event_pattern`]: where the pattern turns on
//! what differs from one event to the next, the answer names the field and what of it is taken. What the guide leaves
//! open is in doubt, and never taken for a match.

use std::fmt;

mod answer;
mod literal;
mod parse;
#[cfg(test)]
mod tests;

pub use parse::PatternError;

/// A filter pattern.
#[derive(Debug, Clone, PartialEq)]
pub enum FilterPattern {
    /// Words in the text of the event; none match every event.
    Terms(Vec<Term>),
    /// `{ ... }`: a condition on the fields of a JSON event.
    Json(Condition),
    /// `[a, b = 1, ...]`: fields between spaces.
    Delimited(String),
    /// A text that is no pattern as far as can be told.
    Unread {
        /// The text.
        text: String,
        /// Why not.
        error: PatternError,
    },
}

/// A word, a phrase or a regular expression that is looked for in the text of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// What a hit means.
    pub role: Role,
    /// What is looked for.
    pub text: Text,
}

/// What it means that a term is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It must be there.
    Must,
    /// `?`: one of these must be there.
    May,
    /// `-`: it must not be there.
    MustNot,
}

/// A text that is compared or looked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Text {
    /// Without quotes.
    Word(String),
    /// In double quotes.
    Quoted(String),
    /// Between `%`.
    Regex(String),
}

/// A condition on the fields of an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// `&&`.
    All(Vec<Condition>),
    /// `||`.
    Any(Vec<Condition>),
    /// A comparison.
    Compare(Selector, Operator, Text),
    /// `IS NULL`, `IS TRUE`, `IS FALSE`.
    Is(Selector, Constant),
    /// `NOT EXISTS`.
    NotExists(Selector),
}

/// A field of an event: `$.a.b[0]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector(pub Vec<Step>);

/// A step of a selector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// `.name`, or `["name"]`.
    Key(String),
    /// `[0]`.
    Index(usize),
    /// `[*]`: any element.
    Each,
}

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `=`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    AtMost,
    /// `>`.
    Greater,
    /// `>=`.
    AtLeast,
}

/// What `IS` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constant {
    /// `NULL`.
    Null,
    /// `TRUE`.
    True,
    /// `FALSE`.
    False,
}

impl fmt::Display for FilterPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Terms(terms) => {
                for (at, term) in terms.iter().enumerate() {
                    if at > 0 {
                        f.write_str(" ")?;
                    }
                    match term.role {
                        Role::Must => {}
                        Role::May => f.write_str("?")?,
                        Role::MustNot => f.write_str("-")?,
                    }
                    term.text.fmt(f)?;
                }
                Ok(())
            }
            Self::Json(condition) => write!(f, "{{ {condition} }}"),
            Self::Delimited(fields) => write!(f, "[{fields}]"),
            Self::Unread { text, .. } => f.write_str(text),
        }
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Quoted(text) => quoted(f, text),
            Self::Regex(regex) => write!(f, "%{regex}%"),
        }
    }
}

fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    write!(f, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let join = |f: &mut fmt::Formatter<'_>, parts: &[Self], sign: &str| {
            for (at, part) in parts.iter().enumerate() {
                if at > 0 {
                    f.write_str(sign)?;
                }
                write!(f, "({part})")?;
            }
            Ok(())
        };
        match self {
            Self::All(parts) => join(f, parts, " && "),
            Self::Any(parts) => join(f, parts, " || "),
            Self::Compare(selector, operator, text) => write!(f, "{selector} {} {text}", operator.sign()),
            Self::Is(selector, constant) => write!(f, "{selector} IS {}", constant.name()),
            Self::NotExists(selector) => write!(f, "{selector} NOT EXISTS"),
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        for step in &self.0 {
            match step {
                Step::Key(key) if !key.is_empty() && key.chars().all(parse::in_name) => write!(f, ".{key}")?,
                Step::Key(key) => {
                    f.write_str("[")?;
                    quoted(f, key)?;
                    f.write_str("]")?;
                }
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Each => f.write_str("[*]")?,
            }
        }
        Ok(())
    }
}

impl Operator {
    fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }
}

impl Constant {
    fn name(self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::True => "TRUE",
            Self::False => "FALSE",
        }
    }
}
