//! Puts an event to a filter pattern.

use serde_json::Value;

use super::literal::{self, compiled};
use super::{Condition, Constant, FilterPattern, Operator, Role, Selector, Step, Term, Text};
use crate::parameters::wildcard;
use crate::reasoning::event_pattern::Answer;

/// A part of the event: none where the sample does not say.
type Node<'a> = Option<&'a Value>;

impl FilterPattern {
    /// Whether the pattern matches an event.
    #[must_use]
    pub fn answer(&self, event: &Value) -> Answer {
        match self {
            Self::Terms(terms) => in_text(terms, event),
            Self::Json(condition) => holds(condition, event),
            Self::Delimited(_) => Answer::No,
        }
    }
}

fn holds(condition: &Condition, event: &Value) -> Answer {
    match condition {
        Condition::All(parts) => Answer::all(parts.iter().map(|part| holds(part, event))),
        Condition::Any(parts) => Answer::any(parts.iter().map(|part| holds(part, event))),
        Condition::Compare(selector, operator, text) => each(selector, event, |node| match node {
            Some(value) => compare(selector, *operator, text, value),
            None => Answer::unsure(selector.to_string()),
        }),
        Condition::Is(selector, constant) => each(selector, event, |node| match (node, constant) {
            (None, _) | (Some(Value::Null), Constant::Null) => Answer::unsure(selector.to_string()),
            (Some(value), Constant::True) => Answer::of(*value == Value::Bool(true)),
            (Some(value), Constant::False) => Answer::of(*value == Value::Bool(false)),
            (Some(_), Constant::Null) => Answer::No,
        }),
        Condition::NotExists(selector) => each(selector, event, |node| match node {
            None => Answer::unsure(selector.to_string()),
            Some(value) => Answer::of(value.is_null()),
        }),
    }
}

/// Asks the same of every node that a selector points to; one is enough.
fn each(selector: &Selector, event: &Value, ask: impl Fn(Node<'_>) -> Answer) -> Answer {
    let mut nodes: Vec<Node<'_>> = vec![Some(event)];
    for step in &selector.0 {
        nodes = nodes.into_iter().flat_map(|node| follow(step, node)).collect();
    }
    Answer::any(nodes.into_iter().map(ask))
}

/// Nothing is below `null`, a text or a number, and beyond the end of a list.
fn follow<'a>(step: &Step, node: Node<'a>) -> Vec<Node<'a>> {
    const NOTHING: &Value = &Value::Null;
    match (step, node) {
        (_, None) => vec![None],
        (Step::Key(key), Some(Value::Object(fields))) => vec![fields.get(key)],
        (Step::Index(index), Some(Value::Array(elements))) => vec![Some(elements.get(*index).unwrap_or(NOTHING))],
        (Step::Each, Some(Value::Array(elements))) => elements.iter().map(Some).collect(),
        _ => vec![Some(NOTHING)],
    }
}

fn compare(selector: &Selector, operator: Operator, text: &Text, value: &Value) -> Answer {
    let doubt = || Answer::unsure(selector.to_string());
    let equal = match value {
        // "If a property selector points to an array or object, the metric filter won't match."
        Value::Array(_) | Value::Object(_) => return Answer::No,
        // The guide does not say whether != matches an event without the field; no other comparison can.
        Value::Null if operator == Operator::NotEqual => return doubt(),
        Value::Null => return Answer::No,
        // Booleans are for IS; the guide does not say what a comparison makes of them.
        Value::Bool(_) => return doubt(),
        Value::Number(number) => match text {
            Text::Word(word) => match (literal::number(word), number.as_f64()) {
                (Some(wanted), Some(number)) if !matches!(operator, Operator::Equal | Operator::NotEqual) => {
                    return Answer::of(match operator {
                        Operator::Less => number < wanted,
                        Operator::AtMost => number <= wanted,
                        Operator::Greater => number > wanted,
                        _ => number >= wanted,
                    });
                }
                (Some(wanted), Some(number)) => Answer::of((wanted - number).abs() < 1e-9),
                _ => alike(word, &number.to_string()).map_or_else(doubt, Answer::of),
            },
            Text::Quoted(_) | Text::Regex(_) => doubt(),
        },
        Value::String(found) => match (operator, text) {
            (Operator::Equal | Operator::NotEqual, Text::Word(wanted) | Text::Quoted(wanted)) => {
                alike(wanted, found).map_or_else(doubt, Answer::of)
            }
            (Operator::Equal | Operator::NotEqual, Text::Regex(regex)) => {
                compiled(regex).map_or_else(doubt, |regex| Answer::of(regex.is_match(found)))
            }
            _ => return Answer::No,
        },
    };
    if operator == Operator::NotEqual { equal.not() } else { equal }
}

/// Whether a text is the wanted one. A `*` at the ends stands for any text; inside, older editions of the guide say
/// that it stands for itself, newer ones do not say: none where that matters.
fn alike(wanted: &str, found: &str) -> Option<bool> {
    let inner = wanted.trim_matches('*');
    let matches = wildcard(wanted, found, None);
    if !inner.contains('*') {
        return Some(matches);
    }
    let literal = match (wanted.starts_with('*'), wanted.ends_with('*')) {
        (true, true) => found.contains(inner),
        (true, false) => found.ends_with(inner),
        (false, true) => found.starts_with(inner),
        (false, false) => found == inner,
    };
    (literal == matches).then_some(matches)
}

/// Terms in the text of the event. The sample is not the whole text: a term that is not in it may be in an event, so
/// it is no match where it must be there, and a doubt where it must not.
fn in_text(terms: &[Term], event: &Value) -> Answer {
    let mut texts = Vec::new();
    pieces(event, &mut texts);
    let found = |term: &Term| match &term.text {
        Text::Word(text) | Text::Quoted(text) => texts.iter().any(|piece| piece.contains(text.trim())),
        Text::Regex(regex) => compiled(regex).is_some_and(|regex| texts.iter().any(|piece| regex.is_match(piece))),
    };
    let of = |role: Role| terms.iter().filter(move |term| term.role == role);
    let must = Answer::all(of(Role::Must).map(|term| Answer::of(found(term))));
    let must_not = Answer::all(of(Role::MustNot).map(|term| {
        if found(term) { Answer::No } else { Answer::unsure(format!("whether {} is in the text", term.text)) }
    }));
    let may = match (of(Role::May).count(), of(Role::May).any(found), terms.len()) {
        (0, ..) | (_, true, _) => Answer::Yes,
        // The guide says that ? is ignored beside other terms.
        (few, false, all) if few < all => Answer::unsure("what ? means beside other terms"),
        _ => Answer::No,
    };
    Answer::all([must, must_not, may])
}

/// The parts of an event's text that are known: each field with its value, as JSON without spaces.
fn pieces(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::Object(_) | Value::Array(_) => pieces(value, texts),
                    Value::Null => {}
                    _ => texts.push(format!("{}:{value}", Value::from(key.as_str()))),
                }
            }
        }
        Value::Array(elements) => elements.iter().for_each(|element| pieces(element, texts)),
        Value::Null => {}
        _ => texts.push(value.to_string()),
    }
}
