//! Tags, as people write them: `Owner`, `owner`, `acme:owner`, `data-class`, `DataClassification`.

use std::collections::BTreeMap;

use super::Property;

/// Tags of an asset, by keys in lower case without prefixes and marks between words.
pub(super) struct Tags(BTreeMap<String, String>);

/// Keys that say who answers for something; the first that is there counts.
const OWNER: [&str; 5] = ["owner", "ownedby", "team", "serviceowner", "contact"];
/// Keys that say which environment something belongs to.
const ENVIRONMENT: [&str; 4] = ["environment", "env", "stage", "tier"];
/// Keys that say which data something holds.
const DATA_CLASS: [&str; 5] =
    ["dataclass", "dataclassification", "classification", "confidentiality", "datasensitivity"];

impl Tags {
    pub(super) fn new(tags: &BTreeMap<String, String>) -> Self {
        let plain = |key: &String| {
            let last = key.rsplit([':', '/']).next().unwrap_or(key);
            last.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
        };
        Self(tags.iter().map(|(key, value)| (plain(key), value.trim().to_owned())).collect())
    }

    fn first(&self, keys: &[&str]) -> Property {
        let value = keys.iter().find_map(|key| self.0.get(*key).filter(|value| !value.is_empty()));
        value.map_or(Property::NotSet, |value| Property::Is(value.clone()))
    }

    pub(super) fn owner(&self) -> Property {
        self.first(&OWNER)
    }

    pub(super) fn environment(&self) -> Property {
        self.first(&ENVIRONMENT)
    }

    pub(super) fn data_class(&self) -> Property {
        self.first(&DATA_CLASS)
    }
}
