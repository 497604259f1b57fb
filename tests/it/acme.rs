//! The recorded accounts: what kickoff says of them is what was worked out by hand, and always the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use kickoff_evidence::{Archive, Run, RunWriter};
use kickoff_reports::Document;

use crate::support::{acme, kickoff, only_run, outcome, root};

type ByStatus = BTreeMap<String, Vec<String>>;
type Expected = BTreeMap<String, ByStatus>;

/// Decides a recorded run again: the exit status, what stderr was told, and the results.
fn decide(run: &Path, config: Option<&Path>, out: &Path) -> (Option<i32>, String, Document) {
    let mut scan = kickoff();
    scan.args(["scan", "--no-package", "--replay"]).arg(run).arg("--out").arg(out);
    if let Some(config) = config {
        scan.arg("--config").arg(config);
    }
    let (status, _, words) = outcome(&scan.output().unwrap());
    assert!(words.contains("Not AWS: these answers came from http://127.0.0.1:4566."), "{words}");
    let results = fs::read(only_run(out).join("results.json")).unwrap();
    (status, words, serde_json::from_slice(&results).unwrap())
}

fn replay(run: &Path, out: &Path) -> Document {
    let (status, words, document) = decide(run, None, out);
    // One call of the recorded account was denied: coverage is incomplete.
    assert_eq!(status, Some(3), "{words}");
    assert!(words.contains("guardduty:GetDetector in eu-central-1 of 111122223333: denied"), "{words}");
    document
}

/// The staging account with what it declares.
fn replay_staging(out: &Path) -> Document {
    let config = root().join("fixtures/make/staging.toml");
    let (status, words, document) = decide(&root().join("fixtures/acme-staging"), Some(&config), out);
    // Every enabled region was asked, and every call that a member account may make was answered.
    assert_eq!(status, Some(0), "{words}");
    assert!(!words.contains("Coverage is incomplete"), "{words}");
    document
}

/// What was worked out by hand for a recorded account.
fn expected(account: &str) -> Expected {
    let path = root().join(format!("fixtures/{account}-expected.json"));
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn compare(document: &Document, expected: &Expected) {
    let mut found: Expected = BTreeMap::new();
    for row in &document.results {
        let name = format!("{} {}", row.region, row.resource);
        found.entry(row.check.to_string()).or_default().entry(row.status.to_string()).or_default().push(name);
    }
    for statuses in found.values_mut() {
        statuses.values_mut().for_each(|names| names.sort());
    }
    let checks: BTreeSet<&String> = expected.keys().chain(found.keys()).collect();
    let wrong: Vec<String> = checks
        .into_iter()
        .filter(|check| expected.get(*check) != found.get(*check))
        .map(|check| format!("{check}\n  expected {:?}\n  found    {:?}", expected.get(check), found.get(check)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_said_of_the_recorded_accounts_is_what_was_worked_out_by_hand() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let said = [("acme", replay(&acme(), one.path())), ("acme-staging", replay_staging(two.path()))];
    for (account, document) in said {
        compare(&document, &expected(account));
        // So that their packages are marked as re-performed.
        let recorded = fs::read(root().join("fixtures").join(account).join("results.json")).unwrap();
        let recorded: Document = serde_json::from_slice(&recorded).unwrap();
        assert!(recorded == document, "{account} holds the results of another version: fixtures/make/decide.py");
    }
}

/// The checks that show one status in both recordings, and why.
const ONE_STATUS: &[(&str, &str)] = &[
    ("account-contact-current", "whether a contact is current is for a person to say"),
    ("account-security-questions", "AWS retired the questions, so nothing is asked of any account"),
    ("iam-admin-principal-population", "who administers is for a person to approve"),
    ("monitor-detection-path", "a table of the other checks' ways, for a person to look at"),
    ("org-membership", "both accounts belong to the organization"),
];

#[test]
fn every_check_shows_two_statuses() {
    let (acme, staging) = (expected("acme"), expected("acme-staging"));
    let statuses = |check: &str| -> BTreeSet<&String> {
        [&acme, &staging].into_iter().filter_map(|account| account.get(check)).flat_map(BTreeMap::keys).collect()
    };
    let all: BTreeSet<&str> = acme.keys().chain(staging.keys()).map(String::as_str).collect();
    let short: Vec<&str> = all.into_iter().filter(|check| statuses(check).len() < 2).collect();
    let explained: Vec<&str> = ONE_STATUS.iter().map(|(check, _)| *check).collect();
    assert_eq!(short, explained, "left: checks with one status; right: those of which it is said why");
}

#[test]
fn results_follow_the_published_schema() {
    let out = tempfile::tempdir().unwrap();
    replay(&acme(), out.path());
    let schema: serde_json::Value = serde_json::from_str(&Document::json_schema().unwrap()).unwrap();
    let results: serde_json::Value =
        serde_json::from_slice(&fs::read(only_run(out.path()).join("results.json")).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&results).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    // The contract's core, by name: these keys are promised.
    for key in ["schema", "run", "coverage", "results"] {
        assert!(results.get(key).is_some(), "{key}");
    }
    for key in [
        "check", "status", "severity", "criteria", "account", "region", "resource", "observed", "expected", "reason",
        "evidence",
    ] {
        assert!(results["results"][0].get(key).is_some(), "{key}");
    }
    for key in ["account", "region", "service", "operation", "status", "calls", "pages", "items"] {
        assert!(results["coverage"][0].get(key).is_some(), "{key}");
    }
}

#[test]
fn all_criteria_are_listed_and_none_is_said_to_pass() {
    let out = tempfile::tempdir().unwrap();
    let document = replay(&acme(), out.path());
    assert_eq!(document.criteria.len(), 61);
    let classes = ["tested", "partly", "manual", "not-in-scope", "not-tested"];
    assert!(document.criteria.iter().all(|c| classes.contains(&c.coverage.as_str())));
    let html = fs::read_to_string(only_run(out.path()).join("report.html")).unwrap();
    for criterion in &document.criteria {
        assert!(html.contains(&format!(">{}<", criterion.id)), "{}", criterion.id);
    }
    // Every check, every result and every evidence item stands in the report, passing ones too.
    let block = |id: &str| -> serde_json::Value {
        let begin = format!("id=\"{id}\">");
        let from = html.find(&begin).unwrap() + begin.len();
        serde_json::from_str(html[from..].split("</script>").next().unwrap()).unwrap()
    };
    let controls = block("data-controls");
    let listed = controls["controls"].as_array().unwrap();
    for row in &document.results {
        assert!(listed.iter().any(|control| control["check"] == row.check.as_str()), "{}", row.check);
    }
    assert_eq!(block("data-results")["status"].as_array().unwrap().len(), document.results.len());
    let ids: Vec<&str> = document.evidence.iter().map(|item| item.id.as_str()).collect();
    assert_eq!(block("data-evidence")["id"], serde_json::json!(ids));
    assert!(!html.contains("http-equiv=\"refresh\"") && !html.contains("src=\"http"), "nothing is loaded");
}

#[test]
fn every_result_cites_evidence_that_exists() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for document in [replay(&acme(), one.path()), replay_staging(two.path())] {
        cites_evidence_that_exists(&document);
    }
}

fn cites_evidence_that_exists(document: &Document) {
    let known: BTreeSet<&str> = document.evidence.iter().map(|e| e.id.as_str()).collect();
    for row in &document.results {
        // What is out of the question, or for a person to declare, may need nothing from AWS.
        let asked = !matches!(row.status.as_str(), "not-applicable" | "manual");
        assert!(!asked || !row.evidence.is_empty(), "{} {}", row.check, row.resource);
        assert!(row.evidence.iter().all(|id| known.contains(id.as_str())), "{:?}", row.evidence);
    }
    for item in document.evidence.iter().filter(|item| item.status == "ok") {
        assert!(!item.exchanges.is_empty(), "{}", item.id);
        assert!(item.exchanges.iter().all(|e| e.request_id.is_some() && e.sha256.is_some()), "{}", item.id);
    }
}

#[test]
fn the_same_replay_twice_and_a_shuffled_one_give_the_same_bytes() {
    let (one, two, three) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    replay(&acme(), one.path());
    replay(&acme(), two.path());
    let read = |out: &Path, name: &str| fs::read(only_run(out).join(name)).unwrap();
    assert_eq!(read(one.path(), "results.json"), read(two.path(), "results.json"));
    assert_eq!(read(one.path(), "report.html"), read(two.path(), "report.html"));

    let shuffled = tempfile::tempdir().unwrap();
    let run = Run::open(&acme()).unwrap();
    let account = &run.metadata.accounts[0].id;
    let archive = Archive::open(&acme().join(format!("exchanges/{account}.jsonl.zst"))).unwrap();
    let writer = RunWriter::create(shuffled.path(), &run.metadata).unwrap();
    let mut to = writer.archive(account).unwrap();
    let count = u32::try_from(archive.len()).unwrap();
    // A stride that is prime to the count visits every exchange once, far from its neighbours.
    let stride = (97..).find(|s| (2..=*s).all(|d| s % d != 0 || count % d != 0)).unwrap();
    for at in 0..count {
        to.append(&archive.read(at * stride % count).unwrap()).unwrap();
    }
    to.finish().unwrap();
    writer.write("results.json", b"{}").unwrap();
    writer.seal(&run.metadata).unwrap();
    replay(shuffled.path(), three.path());
    assert_eq!(read(one.path(), "results.json"), read(three.path(), "results.json"));
}

#[test]
fn stdout_is_the_contract_or_plain_lines_and_exit_statuses_hold() {
    let out = tempfile::tempdir().unwrap();
    let scan = |arguments: &[&str]| {
        let output = kickoff()
            .args(["scan", "--no-package", "--replay"])
            .arg(acme())
            .arg("--out")
            .arg(out.path())
            .args(arguments)
            .output()
            .unwrap();
        outcome(&output)
    };
    let (status, stdout, _) = scan(&["--format", "json"]);
    assert_eq!(status, Some(3));
    let document: Document = serde_json::from_str(&stdout).unwrap();
    assert_eq!(document.schema, "kickoff/results/1");

    let (_, stdout, _) = scan(&["--format", "lines"]);
    let lines: Vec<&str> = stdout.lines().collect();
    assert_eq!(lines.len(), document.results.len() + 1);
    assert!(lines.iter().all(|line| line.matches('\t').count() == 8) && !stdout.contains('\u{1b}'));

    // A failure at the severity that is asked about goes before incomplete coverage.
    assert_eq!(scan(&["--fail-on", "critical"]).0, Some(1));
    // Nothing that was denied bears on these: complete, and nothing critical fails.
    assert_eq!(scan(&["--check", "cloudtrail-log-validation", "--fail-on", "high"]).0, Some(0));
    assert_eq!(scan(&["--check", "cloudtrail-log-validation", "--fail-on", "medium"]).0, Some(1));
    let (_, stdout, _) = scan(&["--criterion", "pi1.1"]);
    assert!(stdout.is_empty());
}

/// The stories plant a token in a web address and a secret in inputs: neither is in what was kept of the answers.
#[test]
fn what_the_stories_plant_is_in_no_file_of_the_recorded_accounts() {
    for account in ["acme", "acme-staging"] {
        let folder = root().join("fixtures").join(account);
        let run = Run::open(&folder).unwrap();
        let archive = run.archive(&run.metadata.accounts[0].id).unwrap();
        let mut kept: Vec<String> = (0..u32::try_from(archive.len()).unwrap())
            .map(|at| serde_json::to_string(&archive.read(at).unwrap()).unwrap())
            .collect();
        let facts = fs::read_dir(folder.join("facts")).unwrap().map(|entry| entry.unwrap().path());
        kept.extend(facts.chain([folder.join("results.json")]).map(|path| fs::read_to_string(path).unwrap()));
        assert!(kept.len() > 100, "{account}");
        for planted in ["FAKE-TOKEN", "FAKE-SECRET"] {
            assert!(!kept.iter().any(|text| text.contains(planted)), "{account}: {planted}");
        }
    }
}
