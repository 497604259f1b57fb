//! Reading the JSON of a policy document, element by element: all that IAM accepts, and the place of what it does not.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::raw::{RawCondition, RawDocument, RawPrincipal, RawStatement};
use super::{Document, DocumentError, Kind, Listed, MAX_BYTES};

impl Document {
    /// Parses the text of a document.
    ///
    /// # Errors
    /// The text is not JSON, too large, or not of a policy's shape (no `Statement`, a statement without `Effect` or action).
    pub fn parse(text: &str, kind: Kind) -> Result<Document, DocumentError> {
        if text.len() > MAX_BYTES {
            return Err(DocumentError::TooLarge { bytes: text.len() });
        }
        let mut json = serde_json::Deserializer::from_str(text);
        let raw = json.deserialize_map(DocumentVisitor).and_then(|raw| json.end().map(|()| raw));
        let raw = raw.map_err(|e| DocumentError::Syntax(e.to_string()))?;
        raw.finish(kind)
    }
}

struct DocumentVisitor;

impl<'de> Visitor<'de> for DocumentVisitor {
    type Value = RawDocument;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a policy document (an object with Version and Statement)")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawDocument, A::Error> {
        let mut raw = RawDocument::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.to_ascii_lowercase().as_str() {
                "version" if raw.version.is_none() => raw.version = Some(within(&key, map.next_value())?),
                "statement" if raw.statements.is_none() => raw.statements = Some(map.next_value_seed(StatementsSeed)?),
                "id" => {
                    map.next_value::<IgnoredAny>()?;
                }
                "version" | "statement" => {
                    map.next_value::<IgnoredAny>()?;
                    raw.odd.push(format!("{key} stands twice"));
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    raw.odd.push(format!("unknown element {key:?}"));
                }
            }
        }
        Ok(raw)
    }
}

struct StatementsSeed;

impl<'de> DeserializeSeed<'de> for StatementsSeed {
    type Value = Vec<RawStatement>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for StatementsSeed {
    type Value = Vec<RawStatement>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a statement or a list of statements")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut statements = Vec::new();
        while let Some(statement) = seq.next_element_seed(StatementSeed)? {
            statements.push(statement);
        }
        Ok(statements)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Ok(vec![StatementSeed.visit_map(map)?])
    }
}

struct StatementSeed;

impl<'de> DeserializeSeed<'de> for StatementSeed {
    type Value = RawStatement;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for StatementSeed {
    type Value = RawStatement;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a statement (an object)")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawStatement, A::Error> {
        let mut raw = RawStatement::default();
        while let Some(key) = map.next_key::<String>()? {
            let name = key.to_ascii_lowercase();
            let not = name.starts_with("not");
            match name.as_str() {
                "sid" => raw.sid = within(&key, map.next_value())?,
                "effect" => {
                    if raw.effect.is_some() {
                        raw.odd.push("Effect stands twice".into());
                    }
                    raw.effect = Some(within(&key, map.next_value())?);
                }
                "action" | "notaction" => {
                    let entries = within(&key, map.next_value_seed(TEXTS))?;
                    let twice = raw.actions.is_some();
                    raw.actions = Some(if twice { anything() } else { Listed { not, entries } });
                    if twice {
                        raw.odd.push("more than one of Action and NotAction".into());
                    }
                }
                "resource" | "notresource" => {
                    let entries = within(&key, map.next_value_seed(TEXTS))?;
                    let twice = raw.resources.is_some();
                    raw.resources = Some(if twice { anything() } else { Listed { not, entries } });
                    if twice {
                        raw.odd.push("more than one of Resource and NotResource".into());
                    }
                }
                "principal" | "notprincipal" => {
                    let value = within(&key, map.next_value_seed(PrincipalSeed))?;
                    if raw.principal.is_some() {
                        raw.odd.push("more than one of Principal and NotPrincipal".into());
                    }
                    raw.principal = Some((not, value));
                }
                "condition" => {
                    if !raw.condition.is_empty() {
                        raw.odd.push("Condition stands twice".into());
                    }
                    let (conditions, odd) = within(&key, map.next_value_seed(ConditionSeed))?;
                    raw.condition = conditions;
                    raw.odd.extend(odd);
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    raw.odd.push(format!("unknown element {key:?}"));
                }
            }
        }
        Ok(raw)
    }
}

/// Which of two contradicting lists counts is not known.
fn anything() -> Listed<String> {
    Listed { not: false, entries: vec!["*".to_owned()] }
}

/// A text or a list of texts; in conditions numbers and booleans too.
#[derive(Clone, Copy)]
struct TextsSeed {
    /// Numbers and booleans are taken as their text.
    scalars: bool,
    /// Inside a list already.
    inside: bool,
}

const TEXTS: TextsSeed = TextsSeed { scalars: false, inside: false };
const SCALARS: TextsSeed = TextsSeed { scalars: true, inside: false };

impl TextsSeed {
    fn scalar<E: de::Error>(self, found: de::Unexpected<'_>, value: impl ToString) -> Result<Vec<String>, E> {
        if self.scalars { Ok(vec![value.to_string()]) } else { Err(E::invalid_type(found, &self)) }
    }
}

/// Says in which element a value is wrong.
fn within<T, E: de::Error>(element: &str, result: Result<T, E>) -> Result<T, E> {
    result.map_err(|e| E::custom(format!("{element}: {e}")))
}

impl<'de> DeserializeSeed<'de> for TextsSeed {
    type Value = Vec<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for TextsSeed {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a list of texts")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(vec![text.to_owned()])
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
        self.scalar(de::Unexpected::Bool(value), value)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
        self.scalar(de::Unexpected::Signed(value), value)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
        self.scalar(de::Unexpected::Unsigned(value), value)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
        self.scalar(de::Unexpected::Float(value), value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        if self.inside {
            return Err(de::Error::invalid_type(de::Unexpected::Seq, &self));
        }
        let mut texts = Vec::with_capacity(seq.size_hint().unwrap_or(0).min(1024));
        while let Some(one) = seq.next_element_seed(TextsSeed { inside: true, ..self })? {
            texts.extend(one);
        }
        Ok(texts)
    }
}

struct PrincipalSeed;

impl<'de> DeserializeSeed<'de> for PrincipalSeed {
    type Value = RawPrincipal;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for PrincipalSeed {
    type Value = RawPrincipal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"*\" or an object of principals by type")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(RawPrincipal::Text(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut kinds = Vec::new();
        while let Some(kind) = map.next_key::<String>()? {
            let values = within(&kind, map.next_value_seed(TEXTS))?;
            kinds.push((kind, values));
        }
        Ok(RawPrincipal::Map(kinds))
    }
}

struct ConditionSeed;

impl<'de> DeserializeSeed<'de> for ConditionSeed {
    type Value = (Vec<RawCondition>, Vec<String>);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ConditionSeed {
    type Value = (Vec<RawCondition>, Vec<String>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of condition operators")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut all, mut odd, mut seen) = (Vec::new(), Vec::new(), Vec::new());
        while let Some(operator) = map.next_key::<String>()? {
            within(&operator, map.next_value_seed(KeysSeed { operator: &operator, all: &mut all }))?;
            if seen.contains(&operator) {
                odd.push(format!("the condition operator {operator} stands twice"));
            }
            seen.push(operator);
        }
        Ok((all, odd))
    }
}

struct KeysSeed<'a> {
    operator: &'a str,
    all: &'a mut Vec<RawCondition>,
}

impl<'de> DeserializeSeed<'de> for KeysSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for KeysSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of condition keys")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let values = within(&key, map.next_value_seed(SCALARS))?;
            self.all.push(RawCondition { operator: self.operator.to_owned(), key, values });
        }
        Ok(())
    }
}
