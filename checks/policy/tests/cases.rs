//! The cases by hand, grouped by trap: `tests/cases/*.json`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::path::Path;

use kickoff_policy::actions::ActionTable;
use kickoff_policy::simulate::answer_line;
use serde_json::{Value, json};

#[test]
fn every_case_by_hand_is_decided_so() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (mut wrong, mut count, mut names) = (Vec::new(), 0, BTreeSet::new());
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let file = file.file_stem().unwrap().to_string_lossy().into_owned();
        let group: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{file}: {e}"));
        for case in group["cases"].as_array().unwrap() {
            count += 1;
            let name = case["name"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name} stands twice");
            assert!(case["why"].as_str().is_some_and(|why| !why.is_empty()), "{name} says no why");
            if let Some(what) = disagreement(case) {
                wrong.push(format!("{file}/{name}: {what}"));
            }
        }
    }
    assert!(count >= 400, "only {count} cases");
    assert!(wrong.is_empty(), "{} of {count} cases are decided otherwise:\n{}", wrong.len(), wrong.join("\n"));
}

/// How the engine's answer differs from what the case expects.
fn disagreement(case: &Value) -> Option<String> {
    let mut line = json!({ "id": case["name"], "policies": case["policies"], "request": case["request"] });
    if let Some(mode) = case.get("mode") {
        line["mode"] = mode.clone();
    }
    let (text, _) = answer_line(&line.to_string(), ActionTable::embedded());
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(answer["id"], case["name"]);
    let expect = &case["expect"];
    if let Some(wanted) = expect.get("error") {
        let Some(error) = answer["error"].as_str() else { return Some(format!("no error but {text}")) };
        let wanted = wanted.as_str().unwrap().to_lowercase();
        return (!error.to_lowercase().contains(&wanted)).then(|| format!("{wanted:?} is not in the error {error:?}"));
    }
    if answer["decision"] != expect["decision"] {
        return Some(format!("{} expected, {text}", expect["decision"]));
    }
    for field in ["layer", "statement"] {
        if expect.get(field).is_some_and(|wanted| *wanted != answer["decided_by"][field]) {
            return Some(format!("{field} {} expected, {text}", expect[field]));
        }
    }
    for key in expect["residual_keys"].as_array().into_iter().flatten() {
        let key = key.as_str().unwrap().to_lowercase();
        if !answer["residual"].to_string().to_lowercase().contains(&key) {
            return Some(format!("{key} is not in the residual of {text}"));
        }
    }
    None
}
