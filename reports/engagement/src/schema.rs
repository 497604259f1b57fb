//! The JSON Schema of `kickoff.toml`, from its types: the file is held against it, and editors complete with it.

use std::sync::LazyLock;

use serde_json::Value;

use crate::file::Engagement;
use crate::scope::CATEGORIES;
use crate::thresholds;

/// The schema's name.
pub const SCHEMA: &str = "kickoff/engagement/1";

/// The schema that the file is held against; `[thresholds]` has a reader of its own.
pub(crate) static FILE: LazyLock<Value> = LazyLock::new(|| schemars::schema_for!(Engagement).to_value());

/// The schema for editors.
///
/// # Errors
/// None that can happen: the types are plain.
pub fn json_schema() -> Result<String, serde_json::Error> {
    let mut schema = FILE.clone();
    schema["$id"] = SCHEMA.into();
    schema["title"] = "kickoff.toml".into();
    schema["properties"]["thresholds"] = thresholds::schema();
    schema["$defs"]["Scope"]["properties"]["categories"]["items"]["enum"] = CATEGORIES.to_vec().into();
    for account in ["Account", "Exclusion", "Exception"] {
        let key = if account == "Account" { "id" } else { "account" };
        schema["$defs"][account]["properties"][key]["pattern"] = "^[0-9]{12}$".into();
    }
    serde_json::to_string_pretty(&schema).map(|text| text + "\n")
}
