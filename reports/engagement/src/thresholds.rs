//! `[thresholds]`: the client's figures, and the policies that they come from.

use std::collections::BTreeMap;

use kickoff_checks::parameters::PARAMETERS;
use kickoff_checks::{Parameters, Value as Figure};
use serde_json::{Map, Value, json};

use crate::problems::Problems;
use crate::{nearest, nearest_of};

/// Reads the table: `root_idle_days = 30`, or `{ value = 30, policy = "access" }`.
pub(crate) fn read(table: Option<&Value>, problems: &mut Problems<'_>) -> (Parameters, BTreeMap<String, String>) {
    let (mut parameters, mut policies) = (Parameters::default(), BTreeMap::new());
    let table = match table {
        None => return (parameters, policies),
        Some(Value::Object(table)) => table,
        Some(_) => {
            problems.add("thresholds", "takes a table: write [thresholds]");
            return (parameters, policies);
        }
    };
    for (name, entry) in table {
        let key = format!("thresholds.{name}");
        if !PARAMETERS.iter().any(|p| p.name == name) {
            let near = nearest(name, PARAMETERS.iter().map(|p| p.name));
            problems.say(&key, format!("there is no threshold `{name}`{near}"));
            continue;
        }
        let value = match entry {
            Value::Object(detailed) => match with_policy(detailed) {
                Ok((value, policy)) => {
                    policies.insert(name.clone(), policy.to_owned());
                    value
                }
                Err(what) => {
                    problems.say(&key, format!("`{name}`: {what}"));
                    continue;
                }
            },
            value => value,
        };
        match figure(value) {
            Ok(value) => {
                for (entry, near) in misspelt(name, &value) {
                    problems.say(&key, format!("`{name}`: AWS has no `{entry}`: did you mean `{near}`?"));
                }
                if let Err(error) = parameters.set(name, value) {
                    problems.say(&key, error.to_string());
                }
            }
            Err(what) => problems.say(&key, format!("`{name}`: {what}")),
        }
    }
    (parameters, policies)
}

/// The entries of a list that AWS does not have, where one is near that it has; others may have come since this version.
fn misspelt(name: &str, value: &Figure) -> Vec<(String, &'static str)> {
    let strange = unknown_names(name, value);
    let known = names_of(name);
    let near = |entry: &str| nearest_of(&entry.to_ascii_uppercase().replace('-', "_"), known.iter().copied());
    strange.into_iter().filter_map(|entry| near(&entry).map(|near| (entry, near))).collect()
}

/// The entries of a list that this version does not know.
pub(crate) fn unknown_names(name: &str, value: &Figure) -> Vec<String> {
    let known = names_of(name);
    match value {
        Figure::List(list) if !known.is_empty() => {
            list.iter().filter(|entry| !known.contains(&entry.as_str())).cloned().collect()
        }
        _ => Vec::new(),
    }
}

fn names_of(name: &str) -> Vec<&'static str> {
    PARAMETERS.iter().find(|parameter| parameter.name == name).and_then(|p| p.known_names()).unwrap_or_default()
}

fn with_policy(table: &Map<String, Value>) -> Result<(&Value, &str), String> {
    if let Some(other) = table.keys().find(|key| !["value", "policy"].contains(&key.as_str())) {
        let near = nearest(other, ["value", "policy"].into_iter());
        return Err(format!("unknown key `{other}`{near}"));
    }
    match (table.get("value"), table.get("policy").and_then(Value::as_str)) {
        (Some(value), Some(policy)) => Ok((value, policy)),
        _ => Err("takes { value = ..., policy = \"an id of [[policies]]\" }".to_owned()),
    }
}

fn figure(value: &Value) -> Result<Figure, String> {
    match value {
        Value::Number(number) if number.is_i64() || number.is_u64() => {
            number.as_u64().map(Figure::Number).ok_or_else(|| format!("{number} is negative"))
        }
        Value::Bool(flag) => Ok(Figure::Flag(*flag)),
        Value::Array(list) => list
            .iter()
            .map(|entry| entry.as_str().map(str::to_owned).ok_or_else(|| format!("{entry} is not a string")))
            .collect::<Result<_, _>>()
            .map(Figure::List),
        other => Err(format!("{other} is neither a whole number, true or false, nor a list of strings")),
    }
}

/// The schema of the table: every threshold with its meaning and its default.
pub(crate) fn schema() -> Value {
    let properties: Map<String, Value> = PARAMETERS
        .iter()
        .map(|parameter| {
            let (kind, default) = match parameter.default_value() {
                Figure::Number(n) => (json!({ "type": "integer", "minimum": 0 }), json!(n)),
                Figure::Flag(flag) => (json!({ "type": "boolean" }), json!(flag)),
                Figure::List(list) => (json!({ "type": "array", "items": { "type": "string" } }), json!(list)),
            };
            let detailed = json!({
                "type": "object",
                "properties": { "value": kind, "policy": { "type": "string", "description": "The policy that the figure comes from: an id of [[policies]]." } },
                "required": ["value", "policy"],
                "additionalProperties": false,
            });
            let about = format!("{} Default: {} ({}).", parameter.about.trim(), parameter.default_value(), parameter.source);
            (parameter.name.to_owned(), json!({ "description": about, "anyOf": [kind, detailed], "default": default }))
        })
        .collect();
    json!({
        "type": "object",
        "description": "The client's thresholds, each with the policy that it comes from; defaults elsewhere.",
        "properties": properties,
        "additionalProperties": false,
    })
}
