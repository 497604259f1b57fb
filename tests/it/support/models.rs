//! What botocore's models say of kickoff's operations: the table that `tests/it/models/operations.py` writes.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value;

/// The table, by the ids of operations.
pub fn all() -> &'static BTreeMap<String, Value> {
    static TABLE: OnceLock<BTreeMap<String, Value>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let table: Value = serde_json::from_str(include_str!("../models/operations.json")).unwrap();
        let rows = table["operations"].as_array().unwrap();
        rows.iter().map(|row| (row["id"].as_str().unwrap().to_owned(), row.clone())).collect()
    })
}

/// The row of an operation.
pub fn of(id: &str) -> &'static Value {
    all().get(id).unwrap_or_else(|| panic!("{id} is not in the table: run tests/it/models/operations.py"))
}
