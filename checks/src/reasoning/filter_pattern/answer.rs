//! Puts an event to a filter pattern.

use serde_json::Value;

use super::literal::{self, compiled};
use super::{Condition, Constant, FilterPattern, Operator, PatternError, Role, Selector, Step, Term, Text};
use crate::reasoning::answer::Answer;
use crate::reasoning::sample::{ANYTHING, Glob, NOTHING, Open, Sample, Shape, Values};

impl FilterPattern {
    /// Whether the pattern matches an event.
    #[must_use]
    pub fn answer(&self, event: &Sample) -> Answer {
        match self {
            Self::Terms(terms) => in_text(terms, event),
            Self::Json(condition) => holds(condition, event),
            Self::Delimited(fields) => delimited(fields),
            Self::Unread { text, error } => unread(text, error, event),
        }
    }

    /// Why it could not be read.
    #[must_use]
    pub fn error(&self) -> Option<&PatternError> {
        if let Self::Unread { error, .. } = self { Some(error) } else { None }
    }
}

fn holds(condition: &Condition, event: &Sample) -> Answer {
    let doubt = || Answer::unsure(condition.to_string());
    match condition {
        Condition::All(parts) => Answer::all(parts.iter().map(|part| holds(part, event))),
        Condition::Any(parts) => Answer::any(parts.iter().map(|part| holds(part, event))),
        Condition::Compare(selector, operator, text) => each(selector, event, |part| match part {
            // "If a property selector points to an array or object, the metric filter won't match."
            Sample::List(_) | Sample::Object(_) => Answer::No,
            leaf => values(
                leaf,
                &doubt,
                |value| compare(*operator, text, value, &doubt),
                |shape| shaped(*operator, text, shape).map_or_else(doubt, Answer::of),
            ),
        }),
        Condition::Is(selector, constant) => each(selector, event, |part| match (part, constant) {
            (Sample::List(_) | Sample::Object(_), _) => Answer::No,
            (leaf, Constant::Null) => {
                values(leaf, &doubt, |value| if value.is_null() { doubt() } else { Answer::No }, |_| Answer::No)
            }
            (leaf, flag) => {
                let wanted = Value::Bool(*flag == Constant::True);
                values(leaf, &doubt, |value| Answer::of(*value == wanted), |_| Answer::No)
            }
        }),
        Condition::NotExists(selector) => each(selector, event, |part| match part {
            Sample::List(_) | Sample::Object(_) => Answer::No,
            leaf => values(leaf, &doubt, |value| Answer::of(value.is_null()), |_| Answer::No),
        }),
    }
}

/// The answer for all that a text, a number or a flag may be; `null` stands for none.
fn values(
    leaf: &Sample,
    doubt: &impl Fn() -> Answer,
    of: impl Fn(&Value) -> Answer,
    of_shape: impl Fn(&Shape) -> Answer,
) -> Answer {
    match leaf {
        Sample::Fixed(value) => of(value),
        Sample::Absent => of(&Value::Null),
        Sample::List(_) | Sample::Object(_) | Sample::Open(Open { values: Values::Any, .. }) => doubt(),
        Sample::Open(Open { values, may_lack }) => {
            let lacks = may_lack.then(|| of(&Value::Null));
            match values {
                Values::Choice(choice) => Answer::across(choice.iter().map(of).chain(lacks), doubt),
                Values::Text(shape) => Answer::across(std::iter::once(of_shape(shape)).chain(lacks), doubt),
                Values::Any => doubt(),
            }
        }
    }
}

/// Asks the same of every part that a selector points to; one is enough.
fn each(selector: &Selector, event: &Sample, ask: impl Fn(&Sample) -> Answer) -> Answer {
    let mut parts: Vec<&Sample> = vec![event];
    for step in &selector.0 {
        parts = parts.into_iter().flat_map(|part| follow(step, part)).collect();
    }
    Answer::any(parts.into_iter().map(ask))
}

/// Nothing is below a text or a number, and beyond the end of a list.
fn follow<'a>(step: &Step, part: &'a Sample) -> Vec<&'a Sample> {
    match (step, part) {
        (_, Sample::Open(Open { values: Values::Any, .. })) => vec![&ANYTHING],
        (Step::Key(key), part) => vec![part.child(key)],
        (Step::Index(index), Sample::List(elements)) => vec![elements.get(*index).unwrap_or(&NOTHING)],
        (Step::Each, Sample::List(elements)) => elements.iter().collect(),
        _ => vec![&NOTHING],
    }
}

fn compare(operator: Operator, text: &Text, value: &Value, doubt: &impl Fn() -> Answer) -> Answer {
    let equal = match value {
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
                _ => alike(word, |glob| Some(glob.matches(&number.to_string()))).map_or_else(doubt, Answer::of),
            },
            Text::Quoted(_) | Text::Regex(_) => doubt(),
        },
        Value::String(found) => match (operator, text) {
            (Operator::Equal | Operator::NotEqual, Text::Word(wanted) | Text::Quoted(wanted)) => {
                if single_quotes(text) {
                    return Answer::unsure(format!("what {wanted} means: the guide has no single quotes"));
                }
                alike(wanted, |glob| Some(glob.matches(found))).map_or_else(doubt, Answer::of)
            }
            (Operator::Equal | Operator::NotEqual, Text::Regex(regex)) => {
                compiled(regex).map_or_else(doubt, |regex| Answer::of(regex.is_match(found)))
            }
            _ => return Answer::No,
        },
    };
    if operator == Operator::NotEqual { equal.not() } else { equal }
}

/// Whether a comparison holds for every text of a shape, or for none.
fn shaped(operator: Operator, text: &Text, shape: &Shape) -> Option<bool> {
    match (operator, text) {
        (Operator::Equal | Operator::NotEqual, Text::Word(wanted) | Text::Quoted(wanted)) if !single_quotes(text) => {
            let equal = alike(wanted, |glob| shape.answer(glob))?;
            Some(equal == (operator == Operator::Equal))
        }
        (Operator::Equal | Operator::NotEqual, _) => None,
        _ => Some(false),
    }
}

/// Whether a word stands in single quotes, of which the guide says nothing.
fn single_quotes(text: &Text) -> bool {
    matches!(text, Text::Word(word) if word.len() > 1 && word.starts_with('\'') && word.ends_with('\''))
}

/// What is asked of a pattern with `*`. At the ends it stands for any text; inside, older editions of the guide say
/// that it stands for itself, newer ones do not say: none where that matters.
fn alike(wanted: &str, ask: impl Fn(&Glob<'_>) -> Option<bool>) -> Option<bool> {
    let answer = ask(&Glob::stars(wanted));
    let inner = wanted.trim_matches('*');
    if !inner.contains('*') {
        return answer;
    }
    let literal = Glob::literal(inner, wanted.starts_with('*'), wanted.ends_with('*'));
    answer.filter(|answer| ask(&literal) == Some(*answer))
}

/// Fields between spaces. The guide does not say how many an event in JSON has, so that it may match; but none of them is
/// a word or a number alone.
fn delimited(fields: &str) -> Answer {
    let conditions = fields.split([',', '&', '|']).filter_map(|field| field.split_once(['=', '<', '>']));
    let whole = |(before, wanted): (&str, &str)| {
        let wanted = wanted.trim_start_matches('=').trim().trim_matches('"');
        let leaves_out = before.ends_with('!') || wanted.starts_with('!');
        let in_wildcards = wanted.starts_with(['*', '%']) && wanted.ends_with(['*', '%']);
        !leaves_out && !in_wildcards
    };
    let mut conditions = conditions.peekable();
    if conditions.peek().is_some() && conditions.any(whole) {
        return Answer::No;
    }
    Answer::unsure("how many fields between spaces an event has that is JSON")
}

/// A pattern that cannot be read is about an event where it names what tells the event from others.
fn unread(text: &str, error: &PatternError, event: &Sample) -> Answer {
    let names = |path: &[&str]| {
        let part = path.iter().fold(event, |part, key| part.child(key));
        part.as_text().is_some_and(|word| text.contains(word.trim_end_matches(".amazonaws.com")))
    };
    let about: [&[&str]; 5] =
        [&["eventName"], &["eventSource"], &["errorCode"], &["errorMessage"], &["userIdentity", "type"]];
    if about.iter().any(|path| names(path)) {
        Answer::unsure(format!("its pattern, which is not understood {error}"))
    } else {
        Answer::No
    }
}

/// Terms in the text of the event. Only what is the same in every event is known of it. Where none of the terms that must
/// be there is, the pattern is about something else; where some are, the others may be. What must not be there may be.
fn in_text(terms: &[Term], event: &Sample) -> Answer {
    let mut texts = Vec::new();
    pieces(event, &mut texts);
    let found = |term: &Term| match &term.text {
        Text::Word(text) | Text::Quoted(text) => texts.iter().any(|piece| piece.contains(text.trim())),
        Text::Regex(regex) => compiled(regex).is_some_and(|regex| texts.iter().any(|piece| regex.is_match(piece))),
    };
    let of = |role: Role| terms.iter().filter(move |term| term.role == role);
    let doubt = |term: &Term| Answer::unsure(format!("whether {} is in the text", term.text));
    let related = of(Role::Must).any(found);
    let must = Answer::all(of(Role::Must).map(|term| match (found(term), related) {
        (true, _) => Answer::Yes,
        (false, true) => doubt(term),
        (false, false) => Answer::No,
    }));
    let must_not = Answer::all(of(Role::MustNot).map(|term| if found(term) { Answer::No } else { doubt(term) }));
    let may = match (of(Role::May).count(), of(Role::May).any(found), terms.len()) {
        (0, ..) | (_, true, _) => Answer::Yes,
        // The guide says that ? is ignored beside other terms.
        (few, false, all) if few < all => Answer::unsure("what ? means beside other terms"),
        _ => Answer::No,
    };
    Answer::all([must, must_not, may])
}

/// The parts of an event's text that are known: each field with its value, as JSON without spaces.
fn pieces(part: &Sample, texts: &mut Vec<String>) {
    match part {
        Sample::Object(fields) => {
            for (key, part) in fields {
                match part {
                    Sample::Fixed(value) => texts.push(format!("{}:{value}", Value::from(key.as_str()))),
                    part => pieces(part, texts),
                }
            }
        }
        Sample::List(elements) => elements.iter().for_each(|element| pieces(element, texts)),
        Sample::Fixed(value) => texts.push(value.to_string()),
        Sample::Absent | Sample::Open(_) => {}
    }
}
