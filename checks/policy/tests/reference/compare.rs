//! One question to both, and the smallest line on which they still disagree.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::engine::{Answer, Engine};
use super::generate::domain;
use super::{Decision, decide_every, decide_one};

/// More assignments than this are not enumerated.
const MOST_ASSIGNMENTS: usize = 2000;

#[derive(Debug)]
pub struct Disagreement {
    pub text: String,
    /// The engine takes the line for malformed, which the generator's never are.
    error: bool,
}

/// The engine's answer and what the reference makes of the same question.
pub struct Compared {
    pub answer: Answer,
    /// One for a strict question, else those of all assignments of the unknown keys.
    pub decisions: BTreeSet<Decision>,
}

pub fn compare(
    engine: &Engine,
    policies: &Value,
    request: &Value,
    conditional: bool,
) -> Result<Compared, Disagreement> {
    let answer = engine.decide(request, conditional).map_err(|text| Disagreement { text, error: true })?;
    let decisions = if conditional {
        let domain = domain(policies, request);
        if domain.values().map(Vec::len).product::<usize>() > MOST_ASSIGNMENTS {
            return Ok(Compared { answer, decisions: BTreeSet::new() });
        }
        decide_every(policies, request, &domain)
    } else {
        BTreeSet::from([decide_one(policies, request)])
    };
    let agrees = match answer {
        Answer::Allow => decisions.iter().all(|decision| *decision == Decision::Allow),
        // A denial that some key makes explicit is an implicit one as long as the key is unknown.
        Answer::ImplicitDeny if conditional => !decisions.contains(&Decision::Allow),
        Answer::ImplicitDeny => decisions.contains(&Decision::ImplicitDeny),
        Answer::ExplicitDeny => decisions.iter().all(|decision| *decision == Decision::ExplicitDeny),
        Answer::Conditional => conditional,
    };
    if agrees {
        Ok(Compared { answer, decisions })
    } else {
        Err(Disagreement { text: format!("the engine says {answer:?}, the reference {decisions:?}"), error: false })
    }
}

/// The disagreement about a whole line, if there is one.
pub fn disagreement(line: &Value) -> Option<Disagreement> {
    let conditional = line["mode"] == "conditional";
    let engine = match Engine::new(&line["policies"]) {
        Ok(engine) => engine,
        Err(text) => return Some(Disagreement { text, error: true }),
    };
    compare(&engine, &line["policies"], &line["request"], conditional).err()
}

/// Leaves out whatever the disagreement does not need.
pub fn shrink(line: &Value) -> Value {
    let Some(first) = disagreement(line) else { return line.clone() };
    let mut line = line.clone();
    loop {
        let mut paths = Vec::new();
        removable(&line, &mut Vec::new(), &mut paths);
        let smaller = paths.into_iter().find_map(|path| {
            let mut smaller = line.clone();
            remove(&mut smaller, &path);
            // What the engine refuses only because it was cut is another matter.
            disagreement(&smaller).is_some_and(|found| found.error == first.error).then_some(smaller)
        });
        match smaller {
            Some(smaller) => line = smaller,
            None => return line,
        }
    }
}

/// The paths to parts without which a line is still well-formed, the large parts first.
fn removable(value: &Value, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Array(values) => values.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), value)).collect(),
        _ => return,
    };
    let named = |back: usize, name: &str| path.iter().rev().nth(back).is_some_and(|last| last == name);
    let optional = match value {
        Value::Array(values) => values.len() > 1,
        _ => {
            named(0, "policies") && path.len() == 1
                || named(0, "context")
                || named(0, "Condition")
                || named(1, "Condition")
        }
    };
    for (key, _) in &children {
        if optional || key == "Condition" || key == "Sid" || key == "resource_account" {
            found.push([path.as_slice(), std::slice::from_ref(key)].concat());
        }
    }
    for (key, child) in children {
        path.push(key);
        removable(child, path, found);
        path.pop();
    }
}

fn remove(value: &mut Value, path: &[String]) {
    match (path, value) {
        ([last], Value::Array(values)) => drop(last.parse().map(|index: usize| values.remove(index))),
        ([last], Value::Object(fields)) => drop(fields.remove(last)),
        ([first, rest @ ..], Value::Array(values)) => {
            drop(first.parse().map(|index: usize| remove(&mut values[index], rest)))
        }
        ([first, rest @ ..], Value::Object(fields)) => {
            if let Some(value) = fields.get_mut(first) {
                remove(value, rest);
            }
        }
        _ => (),
    }
}

pub fn line(policies: &Value, request: &Value, conditional: bool) -> Value {
    json!({
        "id": "differential",
        "mode": if conditional { "conditional" } else { "strict" },
        "policies": policies,
        "request": request,
    })
}
