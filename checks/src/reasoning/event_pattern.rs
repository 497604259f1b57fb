//! Event patterns of EventBridge: whether a rule lets an event through.
//!
//! The event is a sample. What it holds is the same for all events of its kind; what it does not hold differs from one
//! to the next, and what it holds as `null` no such event has. So there are three answers, and what is not understood
//! is never taken for a match.

use serde_json::{Map, Value};

use crate::parameters::wildcard;

/// Whether a pattern lets an event through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It lets every event of the kind through.
    Yes,
    /// It lets none through.
    No,
    /// It depends on these fields of the event, or on forms that are not understood.
    Unsure(Vec<String>),
}

impl Answer {
    /// A certain answer.
    pub fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }

    /// It depends on this.
    pub fn unsure(why: impl Into<String>) -> Self {
        Self::Unsure(vec![why.into()])
    }

    /// The opposite.
    #[must_use]
    pub fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            unsure => unsure,
        }
    }

    /// All must hold: a certain no decides.
    pub fn all(answers: impl IntoIterator<Item = Self>) -> Self {
        Self::join(answers, &Self::No, Self::Yes)
    }

    /// One is enough: a certain yes decides.
    pub fn any(answers: impl IntoIterator<Item = Self>) -> Self {
        Self::join(answers, &Self::Yes, Self::No)
    }

    fn join(answers: impl IntoIterator<Item = Self>, decisive: &Self, otherwise: Self) -> Self {
        let mut doubts = Vec::new();
        for answer in answers {
            match answer {
                Self::Unsure(why) => doubts.extend(why),
                answer if answer == *decisive => return answer,
                _ => {}
            }
        }
        if doubts.is_empty() { otherwise } else { Self::Unsure(doubts) }
    }
}

/// An event pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern(Map<String, Value>);

impl Pattern {
    /// Reads a pattern; none when it is not a JSON object that asks for something.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match serde_json::from_str(text) {
            Ok(Value::Object(fields)) if !fields.is_empty() => Some(Self(fields)),
            _ => None,
        }
    }

    /// The kinds of events (`detail-type`) of a source for which the pattern waits by name and that are not among the
    /// known ones.
    pub fn unknown_kinds(&self, source: &str, known: &[&str]) -> Vec<String> {
        let list = |field: &str| self.0.get(field).and_then(Value::as_array);
        let concerned = list("source").is_none_or(|wanted| field(wanted, Some(&source.into()), "source") != Answer::No);
        let kinds = list("detail-type").into_iter().flatten().filter_map(Value::as_str);
        let waits = kinds.filter(|kind| concerned && !known.contains(kind));
        waits.map(str::to_owned).collect()
    }

    /// Whether the pattern lets an event through.
    #[must_use]
    pub fn answer(&self, event: &Value) -> Answer {
        // Most rules are told apart by where an event comes from: asked first, so that the rest need not be.
        let refused = |key: &str| {
            let wanted = self.0.get(key).and_then(Value::as_array);
            wanted.is_some_and(|wanted| field(wanted, child(Some(event), key), key) == Answer::No)
        };
        if refused("source") || refused("detail-type") { Answer::No } else { object(&self.0, Some(event), "") }
    }
}

/// A part of the event: none where the sample does not say.
type Node<'a> = Option<&'a Value>;

fn object(pattern: &Map<String, Value>, node: Node<'_>, path: &str) -> Answer {
    Answer::all(pattern.iter().map(|(key, wanted)| {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match wanted {
            Value::Array(alternatives) if key == "$or" => Answer::any(alternatives.iter().map(|one| match one {
                Value::Object(fields) => object(fields, node, path.trim_end_matches("$or").trim_end_matches('.')),
                _ => Answer::unsure(&path),
            })),
            Value::Object(fields) => object(fields, child(node, key), &path),
            Value::Array(wanted) => field(wanted, child(node, key), &path),
            _ => Answer::unsure(path),
        }
    }))
}

/// A field of a part. Nothing is below `null`, a text or a number.
fn child<'a>(node: Node<'a>, key: &str) -> Node<'a> {
    match node? {
        Value::Object(fields) => fields.get(key),
        _ => Some(&Value::Null),
    }
}

/// One of the wanted values is enough.
fn field(wanted: &[Value], node: Node<'_>, path: &str) -> Answer {
    match node {
        None | Some(Value::Object(_) | Value::Array(_)) => Answer::unsure(path),
        Some(value) => Answer::any(wanted.iter().map(|one| matches(one, value, path))),
    }
}

fn matches(wanted: &Value, value: &Value, path: &str) -> Answer {
    let Value::Object(form) = wanted else { return Answer::of(equal(wanted, value)) };
    let mut forms = form.iter();
    let (Some((name, operand)), None) = (forms.next(), forms.next()) else { return Answer::unsure(path) };
    if let ("exists", Value::Bool(exists)) = (name.as_str(), operand) {
        return Answer::of(value.is_null() != *exists);
    }
    if value.is_null() {
        return Answer::No;
    }
    let doubt = || Answer::unsure(format!("{path} ({name})"));
    match (name.as_str(), operand) {
        ("anything-but", Value::Object(_)) => matches(operand, value, path).not(),
        ("anything-but", Value::Array(listed)) => Answer::of(!listed.iter().any(|one| equal(one, value))),
        ("anything-but", one) => Answer::of(!equal(one, value)),
        ("numeric", Value::Array(comparison)) => match value.as_f64() {
            Some(number) => numeric(comparison, number).map_or_else(doubt, Answer::of),
            None => Answer::No,
        },
        (_, Value::Array(listed))
            if matches!(name.as_str(), "prefix" | "suffix" | "wildcard" | "equals-ignore-case") =>
        {
            Answer::any(listed.iter().map(|one| textual(name, one, value).map_or_else(doubt, Answer::of)))
        }
        (_, one) => textual(name, one, value).map_or_else(doubt, Answer::of),
    }
}

/// Numbers are equal however they are written.
fn equal(wanted: &Value, value: &Value) -> bool {
    match (wanted.as_f64(), value.as_f64()) {
        (Some(wanted), Some(value)) => (wanted - value).abs() < 1e-9,
        _ => !value.is_null() && wanted == value,
    }
}

/// A comparison of texts; none when it is not understood.
fn textual(name: &str, operand: &Value, value: &Value) -> Option<bool> {
    let Some(text) = value.as_str() else {
        // A number matches no form of text; the form itself must be known.
        return matches!(name, "prefix" | "suffix" | "wildcard" | "equals-ignore-case").then_some(false);
    };
    if let Value::Object(form) = operand {
        let folded = form.get("equals-ignore-case").filter(|_| form.len() == 1)?.as_str()?.to_lowercase();
        return match name {
            "prefix" => Some(text.to_lowercase().starts_with(&folded)),
            "suffix" => Some(text.to_lowercase().ends_with(&folded)),
            _ => None,
        };
    }
    let operand = operand.as_str()?;
    match name {
        "prefix" => Some(text.starts_with(operand)),
        "suffix" => Some(text.ends_with(operand)),
        "equals-ignore-case" => Some(text.to_lowercase() == operand.to_lowercase()),
        "wildcard" if !operand.contains('\\') => Some(wildcard(operand, text, None)),
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
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(pattern: &Value) -> Answer {
        let event = json!({
            "source": "aws.guardduty", "detail-type": "GuardDuty Finding", "account": "111122223333",
            "detail": { "severity": 8.0, "service": { "archived": false }, "compliance": null },
        });
        Pattern::parse(&pattern.to_string()).map_or(Answer::No, |pattern| pattern.answer(&event))
    }

    #[test]
    fn patterns_that_let_it_through() {
        for pattern in [
            json!({ "source": ["aws.guardduty"] }),
            json!({ "source": ["aws.s3", "aws.guardduty"], "detail-type": ["GuardDuty Finding"] }),
            json!({ "source": [{ "prefix": "aws." }] }),
            json!({ "source": [{ "prefix": "" }] }),
            json!({ "source": [{ "prefix": { "equals-ignore-case": "AWS.G" } }] }),
            json!({ "source": [{ "suffix": "duty" }] }),
            json!({ "source": [{ "suffix": { "equals-ignore-case": "DUTY" } }] }),
            json!({ "source": [{ "wildcard": "aws.*d*y" }] }),
            json!({ "source": [{ "equals-ignore-case": "AWS.GuardDuty" }] }),
            json!({ "source": [{ "anything-but": ["aws.s3", "aws.ec2"] }] }),
            json!({ "source": [{ "anything-but": "aws.s3" }] }),
            json!({ "source": [{ "anything-but": { "prefix": "com." } }] }),
            json!({ "source": [{ "anything-but": { "suffix": ["ec2", "s3"] } }] }),
            json!({ "source": [{ "exists": true }] }),
            json!({ "detail": { "severity": [{ "numeric": [">=", 7] }] } }),
            json!({ "detail": { "severity": [{ "numeric": [">=", 8, "<=", 8] }] } }),
            json!({ "detail": { "severity": [{ "numeric": [">", 7, "<", 9] }] } }),
            json!({ "detail": { "severity": [{ "numeric": ["=", 8] }] } }),
            json!({ "detail": { "severity": [7, 7.5, 8] } }),
            json!({ "detail": { "service": { "archived": [false] }, "compliance": { "status": [{ "exists": false }] } } }),
            json!({ "$or": [{ "source": ["aws.s3"] }, { "detail": { "severity": [8] } }] }),
        ] {
            assert_eq!(answer(&pattern), Answer::Yes, "{pattern}");
        }
    }

    #[test]
    fn patterns_that_do_not() {
        for pattern in [
            json!({ "source": ["aws.securityhub"] }),
            json!({ "source": ["AWS.GuardDuty"] }),
            json!({ "source": [] }),
            json!({ "source": ["aws.guardduty"], "detail-type": ["AWS API Call via CloudTrail"] }),
            json!({ "source": [{ "anything-but": ["aws.s3", "aws.guardduty"] }] }),
            json!({ "source": [{ "anything-but": { "prefix": "aws." } }] }),
            json!({ "source": [{ "wildcard": "aws.*duty*x" }] }),
            json!({ "source": [{ "wildcard": "aws.guardduty*y" }] }),
            json!({ "detail": { "severity": [{ "numeric": ["<", 8] }] } }),
            json!({ "detail": { "severity": [{ "numeric": [">", 8] }] } }),
            json!({ "detail": { "severity": [{ "numeric": ["<=", 7] }] } }),
            json!({ "detail": { "severity": [{ "numeric": [">=", 9] }] } }),
            json!({ "detail": { "severity": [{ "numeric": ["=", 9] }] } }),
            json!({ "detail": { "severity": [{ "prefix": "8" }] } }),
            json!({ "detail": { "severity": ["8"] } }),
            json!({ "detail": { "compliance": { "status": ["FAILED"] } } }),
            json!({ "detail": { "compliance": { "status": [{ "anything-but": "PASSED" }] } } }),
            json!({ "detail": { "type": ["x"] }, "source": ["aws.s3"] }),
            json!({}),
            json!([]),
        ] {
            assert_eq!(answer(&pattern), Answer::No, "{pattern}");
        }
    }

    #[test]
    fn what_is_not_understood_or_not_known_is_no_match() {
        for (pattern, why) in [
            (json!({ "detail": { "type": [{ "prefix": "Recon" }] } }), "detail.type"),
            (json!({ "detail": { "$or": [{ "type": ["x"] }, { "severity": [1] }] } }), "detail.type"),
            (json!({ "resources": [{ "exists": false }] }), "resources"),
            (json!({ "detail": ["x"] }), "detail"),
            (json!({ "account": [{ "cidr": "10.0.0.0/8" }] }), "account (cidr)"),
            (json!({ "source": [{ "wildcard": "aws\\*" }] }), "source (wildcard)"),
            (json!({ "source": [{ "anything-but": { "future": "x" } }] }), "source (future)"),
            (json!({ "source": [{ "future": [] }] }), "source (future)"),
            (json!({ "detail": { "severity": [{ "numeric": ["~", 7] }] } }), "detail.severity (numeric)"),
            (json!({ "detail": { "severity": [{ "numeric": [] }] } }), "detail.severity (numeric)"),
            (json!({ "source": "aws.guardduty" }), "source"),
            (json!({ "source": [{}] }), "source"),
        ] {
            assert_eq!(answer(&pattern), Answer::Unsure(vec![why.into()]), "{pattern}");
        }
    }

    #[test]
    fn a_certain_match_decides_over_a_doubt() {
        assert_eq!(answer(&json!({ "source": [{ "future": 1 }, "aws.guardduty"] })), Answer::Yes);
    }
}
