//! What a rule of Security Hub or Inspector asks of a finding, which both say in JSON, in much the same words.

use std::collections::BTreeMap;

use kickoff_facts::muting::{MuteCondition, MuteTest};
use serde_json::{Map, Value};

/// The conditions of a rule: for each field a list of comparisons.
pub(super) fn conditions(criteria: &Map<String, Value>) -> Vec<MuteCondition> {
    let mut found: BTreeMap<(&str, MuteTest), Vec<String>> = BTreeMap::new();
    for (field, comparisons) in criteria {
        // Both say every field as a list. What is none is left out, by which a rule reads wider than it is, never narrower.
        for comparison in comparisons.as_array().into_iter().flatten() {
            let (test, value) = compared(comparison);
            found.entry((field, test)).or_default().push(value);
        }
    }
    let condition =
        |((field, test), values): ((&str, MuteTest), _)| MuteCondition { field: field.to_owned(), test, values };
    found.into_iter().map(condition).collect()
}

/// A comparison: how, and with what.
fn compared(comparison: &Value) -> (MuteTest, String) {
    let text = |names: [&str; 2]| names.into_iter().find_map(|name| comparison.get(name)?.as_str());
    let test = match text(["Comparison", "comparison"]) {
        Some("EQUALS") => MuteTest::Is,
        Some("PREFIX") => MuteTest::Begins,
        Some("CONTAINS" | "CONTAINS_WORD") => MuteTest::Contains,
        Some("NOT_EQUALS" | "PREFIX_NOT_EQUALS" | "NOT_CONTAINS") => MuteTest::IsNot,
        _ => return (MuteTest::Other, plain(comparison).to_string()),
    };
    let value = text(["Value", "value"]).unwrap_or_default();
    let value = text(["Key", "key"]).map_or_else(|| value.to_owned(), |key| format!("{key}={value}"));
    (test, value)
}

/// Members of a comparison that have members of their own: a range of days, and what names a package.
const NESTED: [&str; 13] = [
    "DateRange",
    "architecture",
    "dateRange",
    "epoch",
    "filePath",
    "name",
    "purlQualifier",
    "release",
    "runtimeReachability",
    "runtimeReachabilityReason",
    "sourceLambdaLayerArn",
    "sourceLayerHash",
    "version",
];

/// A comparison in its own words, without members that no page of AWS's has there and that hold more than a number or text.
fn plain(comparison: &Value) -> Value {
    let Value::Object(members) = comparison else { return comparison.clone() };
    let kept = members.iter().filter_map(|(name, value)| match value {
        Value::Number(_) | Value::String(_) | Value::Bool(_) => Some((name.clone(), value.clone())),
        Value::Object(_) if NESTED.contains(&name.as_str()) => Some((name.clone(), plain(value))),
        _ => None,
    });
    Value::Object(kept.collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn comparisons_of_both_services_are_read_and_others_kept_in_their_words() {
        let criteria = json!({
            "SeverityLabel": [{ "Value": "LOW", "Comparison": "EQUALS" }, { "Value": "INFORMATIONAL", "Comparison": "EQUALS" }],
            "ResourceTags": [{ "Key": "env", "Value": "dev", "Comparison": "EQUALS" }],
            "title": [{ "comparison": "PREFIX", "value": "CVE-2024" }, { "comparison": "NOT_EQUALS", "value": "CVE-2024-1" }],
            "Confidence": [{ "Gte": 10.0 }],
        });
        let found = conditions(criteria.as_object().unwrap());
        let found: Vec<(&str, MuteTest, String)> =
            found.iter().map(|one| (&*one.field, one.test, one.values.join("|"))).collect();
        assert_eq!(
            found,
            [
                ("Confidence", MuteTest::Other, r#"{"Gte":10.0}"#.to_owned()),
                ("ResourceTags", MuteTest::Is, "env=dev".to_owned()),
                ("SeverityLabel", MuteTest::Is, "LOW|INFORMATIONAL".to_owned()),
                ("title", MuteTest::IsNot, "CVE-2024-1".to_owned()),
                ("title", MuteTest::Begins, "CVE-2024".to_owned()),
            ]
        );
    }
}
