//! Holds the file against the schema of its types: every key that does not exist, every value that cannot be, and
//! every key that is missing, each with its line.

use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::problems::{Problems, plain};
use crate::{nearest, nearest_of};

/// Finds what does not fit.
pub(crate) fn check(file: &Value, schema: &Value, problems: &mut Problems<'_>) {
    Walk { root: schema }.value(file, schema, "", problems);
}

struct Walk<'a> {
    root: &'a Value,
}

impl<'a> Walk<'a> {
    /// The schema itself, behind references and behind "this or nothing".
    fn resolve(&self, schema: &'a Value) -> &'a Value {
        if let Some(pointer) = schema.get("$ref").and_then(Value::as_str) {
            let target = self.root.pointer(pointer.trim_start_matches('#')).unwrap_or(&Value::Null);
            return self.resolve(target);
        }
        let choices = schema.get("anyOf").and_then(Value::as_array);
        let some = choices.and_then(|all| all.iter().find(|one| one.get("type") != Some(&Value::from("null"))));
        some.map_or(schema, |some| self.resolve(some))
    }

    fn value(&self, value: &Value, schema: &'a Value, key: &str, problems: &mut Problems<'_>) {
        let schema = self.resolve(schema);
        let named = names(schema);
        if !named.is_empty() {
            return name(value, &named, key, problems);
        }
        let kind = match schema.get("type") {
            Some(Value::String(kind)) => kind.as_str(),
            Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).find(|k| *k != "null").unwrap_or(""),
            _ => "",
        };
        match (kind, value) {
            // A number that could not be read was reported already.
            (_, Value::Null) => {}
            ("object", Value::Object(table)) => self.table(table, schema, key, problems),
            ("array", Value::Array(list)) => {
                for (at, entry) in list.iter().enumerate() {
                    self.value(entry, &schema["items"], &format!("{key}[{at}]"), problems);
                }
            }
            ("string", Value::String(text)) => string(text, schema, key, problems),
            ("integer", Value::Number(number)) => integer(number.as_i64(), value, schema, key, problems),
            ("boolean", Value::Bool(_)) => {}
            ("array", Value::Object(_)) => problems.add(key, format!("takes a list: write [[{}]]", plain(key))),
            _ => problems.add(key, format!("takes {}, not {}", takes(kind, schema), shown(value))),
        }
    }

    fn table(&self, table: &Map<String, Value>, schema: &'a Value, key: &str, problems: &mut Problems<'_>) {
        let properties = schema.get("properties").and_then(Value::as_object);
        let below = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
        for (given, value) in table {
            let key = below(given);
            match (properties.and_then(|known| known.get(given)), schema.get("additionalProperties")) {
                (Some(schema), _) => self.value(value, schema, &key, problems),
                (None, Some(any @ Value::Object(_))) => self.value(value, any, &key, problems),
                (None, _) => problems.say(&key, unknown(given, properties)),
            }
        }
        for wanted in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
            if let Some(wanted) = wanted.as_str()
                && !table.contains_key(wanted)
                && !table.keys().any(|given| meant(given, properties) == Some(wanted))
            {
                let about = properties.and_then(|known| known[wanted].get("description")).and_then(Value::as_str);
                let about = about.map(|about| format!(": {about}")).unwrap_or_default();
                problems.add(&below(wanted), format!("is missing{}", about.trim_end_matches('.')));
            }
        }
    }
}

/// The key that a misspelt one stands for: it is not missing as well.
fn meant<'k>(given: &str, properties: Option<&'k Map<String, Value>>) -> Option<&'k str> {
    let known = properties?;
    if known.contains_key(given) { None } else { nearest_of(given, known.keys().map(String::as_str)) }
}

/// "There is no key `x`", with the nearest that there is, or all of them.
fn unknown(given: &str, properties: Option<&Map<String, Value>>) -> String {
    let known: Vec<&str> = properties.into_iter().flat_map(|known| known.keys().map(String::as_str)).collect();
    let near = nearest(given, known.iter().copied());
    if near.is_empty() {
        return format!("unknown key `{given}`: there are `{}`", known.join("`, `"));
    }
    format!("unknown key `{given}`{near}")
}

/// The names that a value is one of, if that is what it is.
fn names(schema: &Value) -> Vec<&str> {
    if let Some(Value::Array(names)) = schema.get("enum") {
        return names.iter().filter_map(Value::as_str).collect();
    }
    let choices = schema.get("oneOf").and_then(Value::as_array);
    choices.into_iter().flatten().filter_map(|one| one.get("const").and_then(Value::as_str)).collect()
}

fn name(value: &Value, names: &[&str], key: &str, problems: &mut Problems<'_>) {
    let Some(given) = value.as_str() else {
        problems.add(key, format!("takes one of `{}`, not {}", names.join("`, `"), shown(value)));
        return;
    };
    if !names.contains(&given) {
        let near = nearest(given, names.iter().copied());
        let near = if near.is_empty() { format!(": there are `{}`", names.join("`, `")) } else { near };
        problems.add(key, format!("there is no `{given}`{near}"));
    }
}

fn string(text: &str, schema: &Value, key: &str, problems: &mut Problems<'_>) {
    if text.trim().is_empty() {
        problems.add(key, "is empty: fill it in, or leave the key out");
    } else if schema.get("format") == Some(&Value::from("date")) && text.parse::<Date>().is_err() {
        problems.add(key, format!("takes a day, such as 2026-03-31, not {}", shown(&Value::from(text))));
    }
}

fn integer(number: Option<i64>, value: &Value, schema: &Value, key: &str, problems: &mut Problems<'_>) {
    let bound = |name: &str| schema.get(name).and_then(Value::as_i64);
    let within = |number: i64| {
        bound("minimum").is_none_or(|least| number >= least) && bound("maximum").is_none_or(|most| number <= most)
    };
    if number.is_none_or(|number| !within(number) || u32::try_from(number).is_err()) {
        problems.add(key, format!("takes {}, not {}", takes("integer", schema), shown(value)));
    }
}

fn takes(kind: &str, schema: &Value) -> String {
    match kind {
        "object" => "a table".to_owned(),
        "array" => "a list".to_owned(),
        "string" if schema.get("format") == Some(&Value::from("date")) => "a day, such as 2026-03-31".to_owned(),
        "string" => "a text, in quotes".to_owned(),
        "integer" => match (schema.get("minimum"), schema.get("maximum")) {
            (Some(least), Some(most)) => format!("a whole number from {least} to {most}"),
            _ => "a whole number".to_owned(),
        },
        "boolean" => "true or false".to_owned(),
        _ => "another kind of value".to_owned(),
    }
}

/// A value as it was given, cut where it is long.
fn shown(value: &Value) -> String {
    match value {
        Value::Object(_) => "a table".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        other => {
            let text = other.to_string();
            if text.chars().count() > 40 { text.chars().take(40).collect::<String>() + "..." } else { text }
        }
    }
}
