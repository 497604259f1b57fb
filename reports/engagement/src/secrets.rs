//! What of kickoff.toml is not handed over.

use toml::Value;

/// Keys whose values let others in.
const SECRET: [&str; 1] = ["external_id"];

/// The text of a file without the external ids of roles; comments and layout go too, every other word stays.
///
/// # Errors
/// The text is no TOML.
pub fn without_secrets(text: &str) -> Result<String, toml::de::Error> {
    let mut value: toml::Table = toml::from_str(text)?;
    for (_, value) in value.iter_mut() {
        strip(value);
    }
    written(&value)
}

/// The text of a file in which every word that `redact` gives another for stands as that other one, and where: by the keys
/// that lead there. None where it gives no other. External ids stay: a scan needs them, and [`without_secrets`] takes them out.
///
/// # Errors
/// The text is no TOML.
pub fn redacted(
    text: &str,
    redact: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<(String, Vec<String>)>, toml::de::Error> {
    let mut value: toml::Table = toml::from_str(text)?;
    let mut places = Vec::new();
    for (key, value) in value.iter_mut() {
        replace(value, key, redact, &mut places);
    }
    (!places.is_empty()).then(|| Ok((written(&value)?, places))).transpose()
}

/// A table that was read can be written. If it could not, an empty file would be another configuration.
fn written(value: &toml::Table) -> Result<String, toml::de::Error> {
    toml::to_string(value).map_err(serde::de::Error::custom)
}

fn replace(value: &mut Value, place: &str, redact: &dyn Fn(&str) -> Option<String>, places: &mut Vec<String>) {
    match value {
        Value::Table(table) => {
            for (key, value) in table.iter_mut().filter(|(key, _)| !SECRET.contains(&key.as_str())) {
                replace(value, &format!("{place}.{key}"), redact, places);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| replace(value, place, redact, places)),
        Value::String(text) => {
            if let Some(other) = redact(text) {
                *text = other;
                places.push(place.to_owned());
            }
        }
        _ => {}
    }
}

fn strip(value: &mut Value) {
    match value {
        Value::Table(table) => {
            table.retain(|key, _| !SECRET.contains(&key));
            table.iter_mut().for_each(|(_, value)| strip(value));
        }
        Value::Array(list) => list.iter_mut().for_each(strip),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::Path;

    use super::*;
    use crate::Engagement;

    #[test]
    fn external_ids_go_and_everything_else_is_read_as_before() {
        let text = "[scope]\nrole = \"R\"\nexternal_id = \"hush\"\n[[scope.accounts]]\nid = \"111122223333\"\nexternal_id = \"hush too\"\n[thresholds]\naccess_key_max_age_days = 60\n";
        let cleaned = without_secrets(text).unwrap();
        assert!(!cleaned.contains("hush"), "{cleaned}");
        let mut wanted = Engagement::parse(Path::new("kickoff.toml"), text).unwrap();
        let found = Engagement::parse(Path::new("kickoff.toml"), &cleaned).unwrap();
        wanted.scope.external_id = None;
        wanted.scope.accounts[0].external_id = None;
        wanted.lines = found.lines.clone();
        assert_eq!(found, wanted);
    }

    #[test]
    fn the_file_of_the_recorded_account_survives() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/acme-engagement/kickoff.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        let mut wanted = Engagement::parse(&path, &text).unwrap();
        let found = Engagement::parse(&path, &without_secrets(&text).unwrap()).unwrap();
        wanted.lines = found.lines.clone();
        assert_eq!(found, wanted);
    }
}
