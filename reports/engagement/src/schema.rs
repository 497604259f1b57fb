//! The JSON Schema of `kickoff.toml`, from its types: the file is held against it, and editors complete with it.

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::file::Engagement;
use crate::risks::scale;
use crate::scope::CATEGORIES;
use crate::thresholds;

/// The schema's name.
pub const SCHEMA: &str = "kickoff/engagement/1";

/// The schema that the file is held against; `[thresholds]` has a reader of its own.
pub(crate) static FILE: LazyLock<Value> = LazyLock::new(|| {
    let mut schema = schemars::schema_for!(Engagement).to_value();
    schema["properties"]["risk_scale"] = scale::schema();
    schema
});

/// The same for a file with a scale of risks of its own: its levels are held against that.
pub(crate) static SCALED: LazyLock<Value> = LazyLock::new(|| {
    let mut schema = FILE.clone();
    for key in scale::RATED {
        schema["$defs"]["Risk"]["properties"][key]["minimum"] = 0.into();
        schema["$defs"]["Risk"]["properties"][key]["maximum"] = 255.into();
    }
    schema
});

/// The schema for editors.
///
/// # Errors
/// None that can happen: the types are plain.
pub fn json_schema() -> Result<String, serde_json::Error> {
    let mut schema = FILE.clone();
    schema["$id"] = SCHEMA.into();
    schema["title"] = "kickoff.toml".into();
    schema["properties"]["thresholds"] = thresholds::schema();
    for key in scale::RATED {
        let level = &mut schema["$defs"]["Risk"]["properties"][key];
        *level = json!({
            "description": level["description"],
            "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 255 }, { "type": "string" }],
        });
    }
    schema["$defs"]["Scope"]["properties"]["categories"]["items"]["enum"] = CATEGORIES.to_vec().into();
    for account in ["Account", "Exclusion", "Exception"] {
        let key = if account == "Account" { "id" } else { "account" };
        schema["$defs"][account]["properties"][key]["pattern"] = "^[0-9]{12}$".into();
    }
    serde_json::to_string_pretty(&schema).map(|text| text + "\n")
}
