//! What stands in the columns of a register: kinds of values, as the schema of kickoff.toml has them, and how they are written.

use jiff::civil::Date;
use serde_json::Value as Json;

use crate::schema::FILE;
use crate::write::{list, quoted};

/// What stands under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Day,
    Flag,
    /// A whole number within bounds.
    Number(i64, i64),
    /// A number, or a word of the client's own.
    Figure,
    /// One of these words.
    Word(Vec<String>),
    /// An id of `[[people]]`.
    Person,
    /// An AWS account.
    Account,
    List,
    Criteria,
    Accounts,
}

impl Kind {
    pub(crate) fn is_list(&self) -> bool {
        matches!(self, Self::List | Self::Criteria | Self::Accounts)
    }
}

/// A key of a register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) key: &'static str,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
}

impl Field {
    /// The head of its column in what we write.
    pub(crate) fn head(&self) -> String {
        self.key.replace('_', " ")
    }
}

/// The keys of a type of the file, in the order of the schema; those that hold tables are none of a register.
pub(crate) fn fields(of: &str) -> Vec<Field> {
    let schema = &FILE["$defs"][of];
    let required = |key: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == key));
    let properties = schema["properties"].as_object();
    properties
        .into_iter()
        .flatten()
        .filter_map(|(key, schema)| Some(Field { key, kind: kind(key, of, schema)?, required: required(key) }))
        .collect()
}

/// The schema behind references and behind "this or nothing", and others where there are several.
fn resolved<'a>(schema: &'a Json, into: &mut Vec<&'a Json>) {
    if let Some(pointer) = schema["$ref"].as_str() {
        return FILE.pointer(pointer.trim_start_matches('#')).into_iter().for_each(|found| into.push(found));
    }
    match schema["anyOf"].as_array() {
        Some(choices) => choices.iter().for_each(|one| resolved(one, into)),
        None if schema["type"] == "null" => {}
        None => into.push(schema),
    }
}

fn kind(key: &str, of: &str, schema: &Json) -> Option<Kind> {
    let mut choices = Vec::new();
    resolved(schema, &mut choices);
    let [one] = choices.as_slice() else {
        return (!choices.is_empty()).then_some(Kind::Figure);
    };
    let named = |list: &Json, name: Option<&str>| -> Vec<String> {
        let names = list.as_array().into_iter().flatten();
        names.filter_map(|one| name.map_or(one, |name| &one[name]).as_str().map(str::to_owned)).collect()
    };
    let words = [named(&one["enum"], None), named(&one["oneOf"], Some("const"))].concat();
    if !words.is_empty() {
        return Some(Kind::Word(words));
    }
    let of_type = |name: &str| match &one["type"] {
        Json::String(kind) => kind == name,
        Json::Array(kinds) => kinds.iter().any(|kind| kind == name),
        _ => false,
    };
    let is_person = schema["description"].as_str().is_some_and(|about| about.contains("an id of `[[people]]`"));
    let is_account = key == "account" || (of == "Account" && key == "id");
    match () {
        () if of_type("array") && one["items"]["type"] != "string" => None,
        () if of_type("array") && key == "criteria" => Some(Kind::Criteria),
        () if of_type("array") && key == "accounts" => Some(Kind::Accounts),
        () if of_type("array") => Some(Kind::List),
        () if of_type("integer") => {
            let bound = |name: &str, or: i64| one[name].as_i64().or_else(|| schema[name].as_i64()).unwrap_or(or);
            Some(Kind::Number(bound("minimum", 0), bound("maximum", i64::from(u32::MAX))))
        }
        () if of_type("boolean") => Some(Kind::Flag),
        () if of_type("string") && one["format"] == "date" => Some(Kind::Day),
        () if of_type("string") && is_person => Some(Kind::Person),
        () if of_type("string") && is_account => Some(Kind::Account),
        () if of_type("string") => Some(Kind::Text),
        () => None,
    }
}

/// A value of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    Number(i64),
    Flag(bool),
    Day(Date),
    List(Vec<String>),
}

impl Value {
    /// As kickoff.toml has it.
    pub(crate) fn toml(&self) -> String {
        match self {
            Self::Text(text) => quoted(text),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Day(day) => day.to_string(),
            Self::List(texts) => list(texts),
        }
    }

    /// As a cell has it: one that is read comes out as it went in.
    pub(crate) fn cell(&self) -> String {
        normal(&match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
            Self::Day(day) => day.to_string(),
            Self::List(texts) => joined(texts),
        })
    }

    pub(crate) fn json(&self) -> Json {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Number(number) => (*number).into(),
            Self::Flag(flag) => (*flag).into(),
            Self::Day(day) => day.to_string().into(),
            Self::List(texts) => texts.clone().into(),
        }
    }
}

/// A text as a cell can hold it: what spreadsheets and XML cannot, and space around it, does not come back.
pub(crate) fn normal(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    let held = |c: char| match c {
        '\n' | '\t' => c,
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        c if c.is_control() => ' ',
        c => c,
    };
    lines.chars().map(held).collect::<String>().trim().to_owned()
}

/// Texts in one cell, a semicolon between them; one within a text has a backslash before it.
pub(crate) fn joined(texts: &[String]) -> String {
    texts.iter().map(|text| text.replace('\\', "\\\\").replace(';', "\\;")).collect::<Vec<_>>().join("; ")
}

/// The texts of a cell that we wrote.
pub(crate) fn parted(cell: &str) -> Vec<String> {
    let (mut texts, mut text, mut escaped) = (Vec::new(), String::new(), false);
    for c in cell.chars() {
        match c {
            c if escaped && [';', '\\'].contains(&c) => {
                text.push(c);
                escaped = false;
            }
            c => {
                if escaped {
                    text.push('\\');
                }
                escaped = c == '\\';
                match c {
                    '\\' => {}
                    ';' => texts.push(std::mem::take(&mut text)),
                    c => text.push(c),
                }
            }
        }
    }
    if escaped {
        text.push('\\');
    }
    texts.push(text);
    texts.iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_a_cell_come_apart_as_they_were_put_together() {
        for texts in [&["a", "b"][..], &["a; b", "c"], &["back\\slash", "a\\;b"], &["ends with \\", ";", "\\"], &[]] {
            let texts: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
            assert_eq!(parted(&joined(&texts)), texts);
        }
        assert_eq!(joined(&["a;b".to_owned(), "c".to_owned()]), "a\\;b; c");
    }

    #[test]
    fn kinds_are_those_of_the_types() {
        let kind = |of: &str, key: &str| {
            fields(of).into_iter().find(|field| field.key == key).map(|field| (field.kind, field.required))
        };
        assert_eq!(kind("Risk", "threat"), Some((Kind::Text, true)));
        assert_eq!(kind("Risk", "residual_impact"), Some((Kind::Number(1, 5), false)));
        assert_eq!(kind("Risk", "owner"), Some((Kind::Person, false)));
        assert_eq!(kind("Risk", "review"), Some((Kind::Day, false)));
        assert_eq!(kind("Risk", "criteria"), Some((Kind::Criteria, false)));
        assert_eq!(kind("Risk", "controls"), Some((Kind::List, false)));
        assert_eq!(kind("Exception", "approver"), Some((Kind::Person, true)));
        assert_eq!(kind("Exception", "account"), Some((Kind::Account, false)));
        assert_eq!(kind("Account", "id"), Some((Kind::Account, true)));
        assert_eq!(kind("Vendor", "accounts"), Some((Kind::Accounts, false)));
        let states = ["proposed", "accepted", "edited", "rejected"].map(str::to_owned);
        assert_eq!(kind("Risk", "state"), Some((Kind::Word(states.into()), false)));
        // A table in a table is nothing that a cell holds.
        assert_eq!(kind("Subservice", "user_controls"), None);
    }
}
