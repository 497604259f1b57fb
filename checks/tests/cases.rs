//! Runs every check's cases, which stand beside it as data, and holds the register of checks together.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use kickoff_checks::parameters::{Parameters, Value};
use kickoff_checks::{CHECKS, Check, Kind, Level, differences, evaluate_among};
use kickoff_facts::{AccountFacts, Neighbours};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    facts: serde_json::Map<String, serde_json::Value>,
    /// Other accounts of the run.
    #[serde(default)]
    others: Vec<serde_json::Map<String, serde_json::Value>>,
    #[serde(default)]
    thresholds: BTreeMap<String, serde_json::Value>,
    expect: Vec<Expected>,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
struct Expected {
    status: String,
    resource: String,
    region: Option<String>,
    /// A part of what is observed.
    observed: Option<String>,
    /// A part of the reason.
    reason: Option<String>,
}

fn file(check: &Check, ending: &str) -> PathBuf {
    let name = check.meta.id.replace('-', "_");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalogue");
    let service = std::fs::read_dir(&root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|folder| folder.join(format!("{name}.rs")).is_file())
        .unwrap_or_else(|| panic!("{} has no file {name}.rs", check.meta.id));
    service.join(format!("{name}.{ending}"))
}

fn value(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Number(n) => Value::Number(n.as_u64().unwrap()),
        serde_json::Value::Bool(flag) => Value::Flag(*flag),
        serde_json::Value::Array(list) => Value::List(list.iter().map(|x| x.as_str().unwrap().to_owned()).collect()),
        other => panic!("{other} is no threshold"),
    }
}

fn facts(name: &str, own: &serde_json::Map<String, serde_json::Value>) -> AccountFacts {
    let mut facts = serde_json::json!({
        "account": "111122223333", "partition": "aws", "as_of": "2026-03-02T00:00:00Z", "home_region": "us-east-1",
    });
    for (key, value) in own {
        facts[key] = value.clone();
    }
    serde_json::from_value(facts.clone()).unwrap_or_else(|error| {
        // Through text, the error has a place.
        let text = serde_json::to_string_pretty(&facts).unwrap();
        let placed = serde_json::from_str::<AccountFacts>(&text).err().map_or(error.to_string(), |e| e.to_string());
        panic!("{name}: {placed}")
    })
}

#[test]
fn every_check_gives_what_its_cases_say() {
    let mut wrong = Vec::new();
    for check in CHECKS {
        let path = file(check, "cases.json");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let cases: Cases = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut statuses = BTreeSet::new();
        for case in &cases.cases {
            let mut parameters = Parameters::default();
            for (name, json) in &case.thresholds {
                assert!(check.meta.parameters.iter().any(|p| p.name == name), "{}: {name}", check.meta.id);
                parameters.set(name, value(json)).unwrap();
            }
            let mut others = Neighbours::default();
            case.others.iter().for_each(|other| others.add(&facts(&case.name, other)));
            let rows = evaluate_among(&facts(&case.name, &case.facts), Some(&others), &[check], &parameters).rows;
            let mut left: Vec<&Expected> = case.expect.iter().collect();
            for row in &rows {
                let found = left.iter().position(|expected| {
                    expected.status == row.status.name()
                        && expected.resource == row.resource.id
                        && expected.region.as_ref().is_none_or(|region| *region == row.region)
                        && expected.observed.as_ref().is_none_or(|part| row.observed.contains(part.as_str()))
                        && expected
                            .reason
                            .as_ref()
                            .is_none_or(|part| row.reason.as_ref().is_some_and(|reason| reason.contains(part.as_str())))
                });
                match found {
                    Some(at) => drop(left.remove(at)),
                    None => wrong.push(format!(
                        "{} / {}: did not expect {} {} in {}: {} ({:?})",
                        check.meta.id, case.name, row.status, row.resource.id, row.region, row.observed, row.reason
                    )),
                }
                assert!(!row.expected.is_empty() && !row.expected.contains('{'), "{}: {}", check.meta.id, row.expected);
                let said = row.reason.as_ref().is_none_or(|reason| !reason.trim_end().ends_with(':'));
                assert!(said, "{} / {}: {:?}", check.meta.id, case.name, row.reason);
            }
            wrong.extend(left.iter().map(|e| format!("{} / {}: expected {e:?}", check.meta.id, case.name)));
            statuses.extend(case.expect.iter().map(|e| e.status.clone()));
        }
        // A check that needs no facts cannot lack them.
        let mut wanted = if check.meta.needs.is_empty() { Vec::new() } else { vec!["not-evaluated"] };
        if check.meta.kind == Kind::Auto {
            wanted.extend(["pass", "fail"]);
        }
        if check.meta.level == Level::Resource {
            wanted.push("no-population");
        }
        let source = std::fs::read_to_string(file(check, "rs")).unwrap();
        for (sign, status) in [("Verdict::not_applicable(", "not-applicable"), ("Verdict::manual(", "manual")] {
            if source.contains(sign) {
                wanted.push(status);
            }
        }
        for status in wanted {
            if !statuses.contains(status) {
                wrong.push(format!("{} has no case for {status}", check.meta.id));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_file_is_registered_and_named_after_its_check() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalogue");
    let registered: BTreeSet<PathBuf> = CHECKS.iter().map(|check| file(check, "rs")).collect();
    for folder in std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "rs") {
                assert!(registered.contains(&path), "{} is not registered", path.display());
            } else {
                let rs = PathBuf::from(path.to_string_lossy().replace(".cases.json", ".rs"));
                assert!(registered.contains(&rs), "{} belongs to no check", path.display());
            }
        }
    }
}

#[test]
fn every_check_tests_a_control_of_its_own_under_its_primary_criterion() {
    let mut seen = BTreeSet::new();
    for check in CHECKS {
        let (criterion, number) = check.meta.control.rsplit_once('.').unwrap();
        assert_eq!(criterion, check.meta.criteria[0], "{}", check.meta.id);
        assert!(number.len() >= 2 && number.bytes().all(|b| b.is_ascii_digit()), "{}", check.meta.control);
        assert!(seen.insert(check.meta.control), "{} is taken twice", check.meta.control);
    }
}

#[test]
fn every_page_has_its_title_and_all_headings_filled() {
    for check in CHECKS {
        let page = check.page();
        assert_eq!(page.title, check.meta.title, "{}", check.meta.id);
        let headings: Vec<&str> = page.sections.iter().map(|section| section.heading).collect();
        // One may stand between the last two.
        let optional = headings.iter().position(|heading| *heading == differences::HEADING);
        assert!(optional.is_none_or(|at| at == 7), "{}", check.meta.id);
        let fixed: Vec<&str> = headings.into_iter().filter(|heading| *heading != differences::HEADING).collect();
        assert_eq!(
            fixed,
            [
                "What it asks",
                "Why an auditor asks",
                "How it is decided",
                "What else is accepted",
                "What it does not see",
                "Remediation",
                "Peers",
                "References"
            ],
            "{}",
            check.meta.id
        );
        for section in page.sections {
            assert!(section.lines.iter().any(|line| !line.is_empty()), "{} {}", check.meta.id, section.heading);
        }
    }
}

#[test]
fn parameters_are_declared_where_they_are_read() {
    for check in CHECKS {
        let source = std::fs::read_to_string(file(check, "rs")).unwrap();
        let code = source.split("pub fn evaluate").nth(1).unwrap();
        for parameter in check.meta.parameters {
            let constant = kickoff_checks::parameters::PARAMETERS.iter().any(|p| std::ptr::eq(*p, *parameter));
            assert!(constant, "{} declares a parameter that is not in the list", check.meta.id);
        }
        // What kickoff.toml leaves out of scope is no parameter.
        let code = code.replacen("parameters: &Parameters", "", 1).replace("parameters.left_out", "");
        assert_eq!(code.contains("parameters"), !check.meta.parameters.is_empty(), "{}", check.meta.id);
    }
}
