//! What differs between two trees, named so that a person finds it.

use std::collections::BTreeMap;

use serde_json::Value;

/// A difference: where, what was there, what is there now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The way to it: `/Users/[UserName=alice]/Path`.
    pub path: String,
    /// What was there; none where nothing was.
    pub was: Option<Value>,
    /// What is there now; none where nothing is.
    pub is: Option<Value>,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = if self.path.is_empty() { "/" } else { &self.path };
        match (&self.was, &self.is) {
            (Some(was), Some(is)) => write!(f, "{path}: was {}, is {}", short(was), short(is)),
            (Some(was), None) => write!(f, "{path}: gone, was {}", short(was)),
            (None, Some(is)) => write!(f, "{path}: new, is {}", short(is)),
            (None, None) => f.write_str(path),
        }
    }
}

/// A value as text, cut where it is long.
fn short(value: &Value) -> String {
    const MOST: usize = 160;
    let text = value.to_string();
    if text.chars().count() <= MOST { text } else { text.chars().take(MOST).collect::<String>() + "\u{2026}" }
}

/// Members by which a record of AWS, or of ours, is known among others of its list.
const NAMES: [&[&str]; 14] = [
    &["check", "account", "region", "resource"],
    &["account", "region", "service", "operation"],
    &["id"],
    &["Arn"],
    &["arn"],
    &["Id"],
    &["TrailARN"],
    &["EventId"],
    &["AlarmArn"],
    &["logGroupArn"],
    &["Key"],
    &["UserName"],
    &["RoleName"],
    &["Name"],
];

/// The differences between two trees, in the order of the first, at most `most` of them. Lists are compared without their
/// order; records that carry a name are compared with the record of the same name.
#[must_use]
pub fn differences(was: &Value, is: &Value, most: usize) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(was, is, "", most, &mut found);
    found
}

fn compare(was: &Value, is: &Value, path: &str, most: usize, found: &mut Vec<Difference>) {
    if found.len() >= most || was == is {
        return;
    }
    match (was, is) {
        (Value::Object(old), Value::Object(new)) => {
            for (name, value) in old {
                let path = format!("{path}/{name}");
                match new.get(name) {
                    Some(other) => compare(value, other, &path, most, found),
                    None => push(found, most, path, Some(value), None),
                }
            }
            for (name, value) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
                push(found, most, format!("{path}/{name}"), None, Some(value));
            }
        }
        (Value::Array(old), Value::Array(new)) => lists(old, new, path, most, found),
        _ => push(found, most, path.to_owned(), Some(was), Some(is)),
    }
}

fn push(found: &mut Vec<Difference>, most: usize, path: String, was: Option<&Value>, is: Option<&Value>) {
    if found.len() < most {
        found.push(Difference { path, was: was.cloned(), is: is.cloned() });
    }
}

fn lists(old: &[Value], new: &[Value], path: &str, most: usize, found: &mut Vec<Difference>) {
    // What stands in both, as often, is no difference.
    let gone = not_in(old, new);
    let mut left: Vec<Option<&Value>> = not_in(new, old).into_iter().map(Some).collect();
    let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, value) in left.iter().enumerate() {
        if let Some(name) = value.and_then(name) {
            by_name.entry(name).or_default().push(at);
        }
    }
    for was in gone {
        let name = name(was);
        let inner = name.as_ref().map_or_else(|| format!("{path}/[]"), |name| format!("{path}/[{name}]"));
        let twin = name.and_then(|name| by_name.get_mut(&name)).filter(|places| !places.is_empty());
        match twin.map(|places| places.remove(0)).and_then(|at| left[at].take()) {
            Some(is) => compare(was, is, &inner, most, found),
            None => push(found, most, inner, Some(was), None),
        }
    }
    for is in left.into_iter().flatten() {
        let inner = name(is).map_or_else(|| format!("{path}/[]"), |name| format!("{path}/[{name}]"));
        push(found, most, inner, None, Some(is));
    }
}

/// The values of a list that another one does not have, or has less often.
fn not_in<'a>(list: &'a [Value], other: &[Value]) -> Vec<&'a Value> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    other.iter().for_each(|value| *counts.entry(value.to_string()).or_default() += 1);
    list.iter()
        .filter(|value| match counts.get_mut(&value.to_string()) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        })
        .collect()
}

/// The name of a record: `UserName=alice`.
fn name(value: &Value) -> Option<String> {
    let object = value.as_object()?;
    let members = NAMES.iter().find(|names| names.iter().all(|name| object.get(*name).is_some_and(is_word)))?;
    let parts: Vec<String> = members
        .iter()
        .map(|name| match &object[*name] {
            Value::String(text) => format!("{name}={text}"),
            other => format!("{name}={other}"),
        })
        .collect();
    Some(parts.join(" "))
}

fn is_word(value: &Value) -> bool {
    value.is_string() || value.is_number()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(was: &Value, is: &Value) -> Vec<String> {
        differences(was, is, 100).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn records_are_known_by_their_names_and_order_does_not_count() {
        let was = json!({"Users": [{"UserName": "a", "Path": "/"}, {"UserName": "b"}, {"UserName": "c"}]});
        let is = json!({"Users": [{"UserName": "c"}, {"UserName": "d"}, {"UserName": "a", "Path": "/x/"}]});
        let wanted = [
            r#"/Users/[UserName=a]/Path: was "/", is "/x/""#,
            r#"/Users/[UserName=b]: gone, was {"UserName":"b"}"#,
            r#"/Users/[UserName=d]: new, is {"UserName":"d"}"#,
        ];
        assert_eq!(told(&was, &is), wanted);
        assert_eq!(told(&is, &is), Vec::<String>::new());
    }

    #[test]
    fn how_often_counts_and_members_come_and_go() {
        let was = json!({"a": [1, 1, 2], "b": null});
        let is = json!({"a": [2, 1], "c": true});
        assert_eq!(told(&was, &is), ["/a/[]: gone, was 1", "/b: gone, was null", "/c: new, is true"]);
        assert_eq!(told(&json!("x"), &json!(["x"])), [r#"/: was "x", is ["x"]"#]);
        assert_eq!(differences(&json!([1, 2, 3]), &json!([]), 2).len(), 2);
    }
}
