//! Runs in a store: what goes in comes out, on every machine and by every command.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use kickoff_evidence::package::Package;
use kickoff_evidence::sha256_hex;
use kickoff_reports::Document;
use serde_json::{Value, json};

use crate::support::moto::Moto;
use crate::support::proxy::{Deed, Proxy};
use crate::support::{acme, kickoff, outcome, root};

const REGIONS: [&str; 4] = ["--region", "us-east-1", "--region", "eu-west-1"];

fn said(command: &mut Command) -> (Option<i32>, String, String) {
    outcome(&command.output().unwrap())
}

fn done(command: &mut Command) -> String {
    let (status, told, words) = said(command);
    assert_eq!(status, Some(0), "{told}{words}");
    told + &words
}

fn add(run: &Path, store: &Path) {
    done(kickoff().args(["store", "add"]).arg(run).arg("--store").arg(store));
}

fn check(store: &Path, more: &[&str]) -> (Option<i32>, Value) {
    let (status, told, words) =
        said(kickoff().args(["store", "check", "--format", "json", "--store"]).arg(store).args(more));
    let told = serde_json::from_str(&told).unwrap_or_else(|error| panic!("{error}: {told}{words}"));
    (status, told)
}

/// The JSON of an object of a store.
fn object(store: &Path, key: &str) -> Value {
    serde_json::from_slice(&fs::read(store.join(key)).unwrap()).unwrap()
}

/// The files of a store whose names end so.
fn ending(store: &Path, end: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![store.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(end) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The only package of a folder.
fn package(out: &Path) -> PathBuf {
    let mut found = ending(out, ".zip");
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

fn results(package: &Path) -> Document {
    let package = Package::open(package).unwrap();
    serde_json::from_reader(package.read("60_machine/results.json").unwrap()).unwrap()
}

const ACME: &str = "RUN-20261123T142926Z-9f25b58b";

#[test]
fn a_recorded_run_gives_the_same_results_out_of_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    add(&acme(), &store);
    let recorded: Document = serde_json::from_slice(&fs::read(acme().join("results.json")).unwrap()).unwrap();

    // A unit holds each result as a line, with the number of the deviation that it is.
    let unit = ending(&store, "/results.jsonl.zst");
    let lines = zstd::decode_all(fs::File::open(&unit[0]).unwrap()).unwrap();
    let lines: Vec<Value> =
        String::from_utf8(lines).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), recorded.results.len());
    for (line, row) in lines.iter().zip(&recorded.results) {
        assert_eq!((line["run"].as_str(), line["check"].as_str()), (Some(ACME), Some(&*row.check)));
        assert_eq!((line["status"].as_str(), &line["evidence"]), (Some(&*row.status), &json!(row.evidence)));
        assert_eq!(line["deviation"].is_string(), row.status == "fail", "{line}");
        // Which rule decided: the digest of the check's own file.
        let check = kickoff_checks::Check::get(&row.check).unwrap();
        assert_eq!(line["check_version"].as_str(), Some(&sha256_hex(check.source.as_bytes())[..12]));
    }
    let unit: Value = serde_json::from_slice(&fs::read(unit[0].with_file_name("unit.json")).unwrap()).unwrap();
    assert_eq!(unit["ruleset"].as_str(), Some(kickoff_checks::RULESET));
    assert_eq!(kickoff_checks::RULESET.len(), 64);

    // The package that is made of it holds the same results, under the same numbers, and verifies.
    let out = folder.path().join("packages");
    let mut report = kickoff();
    report.args(["report", "--run", ACME, "--out"]).arg(&out).arg("--store").arg(&store);
    let (status, _, words) = said(&mut report);
    // The recorded run has gaps.
    assert_eq!(status, Some(3), "{words}");
    let package = package(&out);
    assert!(package.to_string_lossy().contains("RUN-20261123-9f25b58b"), "{package:?}");
    assert!(results(&package) == recorded, "the results of a store's run differ");
    let verified = done(kickoff().arg("verify").arg(&package));
    assert!(verified.contains("What was checked is as it should be"), "{verified}");
}

#[test]
fn every_command_that_takes_a_run_takes_a_run_of_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    add(&acme(), &store);
    let (store, run) = (store.to_str().unwrap(), acme());
    let run = run.to_str().unwrap();
    let of_store = ["--store", store, "--run", ACME];
    for (command, of_run) in [
        (vec!["access", "--format", "json"], ["--replay", run]),
        (vec!["access-review", "--format", "csv"], ["--replay", run]),
        (vec!["who-can", "iam:CreateUser", "--format", "json"], ["--replay", run]),
        (vec!["inventory", "--format", "json"], ["--replay", run]),
        (vec!["requests", "--format", "json"], ["--run", run]),
        (vec!["risks", "--format", "json"], ["--run", run]),
        (vec!["readiness", "--format", "json"], ["--run", run]),
        (vec!["findings", "--format", "json"], ["--run", run]),
        (vec!["push", "securityhub", "--dry-run"], ["--run", run]),
    ] {
        let here = |more: &[&str]| said(kickoff().current_dir(folder.path()).args(&command).args(more));
        let (one, other) = (here(&of_run), here(&of_store));
        assert_eq!((one.0, &one.1), (other.0, &other.1), "{command:?}: {}{}", one.2, other.2);
        assert!(matches!(one.0, Some(0 | 3)), "{command:?}: {}", one.2);
        // Without --run it is the newest.
        assert_eq!(here(&of_store[..2]).1, one.1, "{command:?}");
    }
    let (status, _, words) = said(kickoff().args(["inventory", "--store", store, "--run", "RUN-1"]));
    assert_eq!(status, Some(2));
    assert!(words.contains(&format!("{store} has no run RUN-1; it has 1 run, the newest is {ACME}")), "{words}");
    let (status, _, words) = said(kickoff().args(["report", "--store", store, "--account", "999988887777"]));
    assert_eq!(status, Some(2));
    assert!(words.contains("no unit of account 999988887777"), "{words}");
}

/// Evidence ids by what was asked.
fn numbers(document: &Document) -> BTreeMap<String, String> {
    let of = |item: &kickoff_reports::results::Evidence| {
        format!("{} {} {}:{} {:?}", item.account, item.region, item.service, item.operation, item.parameters)
    };
    document.evidence.iter().map(|item| (of(item), item.id.clone())).collect()
}

#[test]
fn two_accounts_have_numbers_of_their_own_in_one_store() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let staging = root().join("fixtures/acme-staging");
    // Whichever comes first.
    for run in [&staging, &acme()] {
        add(run, &store);
    }
    let out = |name: &str| folder.path().join(name);
    let report = |run: &str, name: &str| {
        let (status, _, words) =
            said(kickoff().args(["report", "--run", run, "--store"]).arg(&store).arg("--out").arg(out(name)));
        // The one has gaps, the other none.
        assert_eq!(status, Some(if run == ACME { 3 } else { 0 }), "{words}");
        numbers(&results(&package(&out(name))))
    };
    let listed = done(kickoff().args(["store", "list", "--store"]).arg(&store));
    let ids: Vec<&str> = listed.lines().filter_map(|line| line.split('\t').next()).collect();
    assert_eq!(ids.len(), 2, "{listed}");
    let other = ids.iter().find(|id| **id != ACME).unwrap();
    let (one, two) = (report(ACME, "one"), report(other, "two"));
    // Staging took the first thousand.
    let of = |id: &String| id.trim_start_matches("E-").parse::<u32>().unwrap();
    assert!(two.values().map(of).all(|number| (1..=1000).contains(&number)), "{two:?}");
    assert!(one.values().map(of).all(|number| (1001..=2000).contains(&number)), "{one:?}");
    assert_eq!(check(&store, &[]).0, Some(0));
}

#[test]
fn a_run_that_was_decided_otherwise_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    add(&acme(), &store);
    let config = folder.path().join("kickoff.toml");
    fs::write(&config, "[thresholds]\naccess_key_max_age_days = 30\n").unwrap();
    let (status, _, words) =
        said(kickoff().args(["store", "add"]).arg(acme()).arg("--store").arg(&store).arg("--config").arg(&config));
    assert_eq!(status, Some(2), "{words}");
    assert!(words.contains(&format!("{ACME}/results.jsonl.zst is there already with other content")), "{words}");
    assert_eq!(check(&store, &[]).0, Some(0));
    // A replay decides alike: it is the same run.
    let runs = folder.path().join("runs");
    let (status, ..) = said(kickoff().args(["scan", "--no-package", "--replay"]).arg(acme()).arg("--out").arg(&runs));
    assert_eq!(status, Some(3));
    add(&runs.join(format!("{ACME}-replay")), &store);
    let (status, told) = check(&store, &[]);
    assert_eq!((status, told["runs"].as_u64(), told["units"].as_u64()), (Some(0), Some(1), Some(1)), "{told}");
}

#[test]
fn what_is_expected_and_missing_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let config = folder.path().join("kickoff.toml");
    fs::write(
        &config,
        "[schedule]\nzone = \"Europe/Berlin\"\n[runs]\ncadence = \"daily\"\nat = \"15:00\"\ngrace = \"12h\"\n",
    )
    .unwrap();
    done(kickoff().args(["store", "add"]).arg(acme()).arg("--store").arg(&store).arg("--config").arg(&config));
    let (status, told) = check(&store, &[]);
    assert_eq!(status, Some(3), "{told}");
    // The run began at 15:29 in Berlin, and none came after it.
    let slots = told["slots"].as_array().unwrap();
    assert_eq!(slots[0], json!({ "at": "2026-11-23T14:00:00Z", "run": ACME }));
    assert_eq!(slots[1], json!({ "at": "2026-11-24T14:00:00Z", "run": null }));
    let findings = told["findings"].as_array().unwrap();
    let missing = json!({ "level": "lacking", "object": "slot 2026-11-24T14:00:00Z", "finding": "has no run: what held then nobody saw" });
    assert!(findings.contains(&missing), "{told}");

    let (status, told) = check(&store, &["--max-age", "1h"]);
    assert_eq!(status, Some(3), "{told}");
    let bad = "[runs]\ncadence = \"daily\"\nat = \"2 am\"\ngrace = \"3d\"\n";
    fs::write(&config, bad).unwrap();
    let (status, told, words) = said(kickoff().arg("check-config").arg(&config));
    assert_eq!(status, Some(2), "{told}{words}");
    let all = told + &words;
    assert!(all.contains("runs.at") && all.contains("runs.grace"), "{all}");
}

#[test]
fn a_scan_goes_into_the_store_and_is_sealed_by_calls() {
    let moto = Moto::start();
    moto.populate("small.py");
    let folder = tempfile::tempdir().unwrap();
    let (store, scratch) = (folder.path().join("store"), folder.path().join("tmp"));
    fs::create_dir(&scratch).unwrap();
    let proxy = Proxy::before(&moto, |_| Deed::Forward);
    let scan = || {
        let mut scan = moto.kickoff();
        scan.env("AWS_ENDPOINT_URL", &proxy.endpoint).env("TMPDIR", &scratch).current_dir(folder.path());
        let (status, _, words) = said(scan.arg("scan").args(REGIONS).arg("--store").arg(&store));
        assert_eq!(status, Some(3), "{words}");
        words
    };
    let words = scan();
    assert!(words.contains("1 unit put; link 1 (sha256 ") && words.contains("2 seal calls"), "{words}");
    // Nothing stays behind, here or there.
    assert_eq!(fs::read_dir(&scratch).unwrap().count(), 0);
    assert!(!folder.path().join("kickoff-runs").exists());

    let unit = ending(&store, "/unit.json").remove(0);
    let (unit_sha, link_sha) =
        (sha256_hex(&fs::read(&unit).unwrap()), sha256_hex(&fs::read(store.join("chain/00000001.json")).unwrap()));
    let run = object(&store, "chain/00000001.json")["run"].as_str().unwrap().to_owned();
    let calls = proxy.seen(|asked| {
        let agent = asked.headers.get("user-agent").cloned().unwrap_or_default();
        assert!(agent.len() < 1000, "{agent}");
        // Every request says who asks before anything else.
        assert!(agent.starts_with("kickoff/"), "{agent}");
        (agent.contains(" unit/") || agent.contains(" seal/")).then_some((asked.operation(), agent))
    });
    let version = env!("CARGO_PKG_VERSION");
    let expected = [
        format!("kickoff/{version} run/{run} unit/{unit_sha} "),
        format!("kickoff/{version} run/{run} seal/{link_sha} "),
    ];
    assert_eq!(calls.len(), 2, "{calls:?}");
    for ((operation, agent), expected) in calls.iter().zip(&expected) {
        assert_eq!(operation, "GetCallerIdentity");
        assert!(agent.starts_with(expected), "{agent}");
    }
    // What each answered is kept beside what it seals.
    let seal: Value = serde_json::from_slice(&fs::read(unit.with_file_name("unit.seal.json")).unwrap()).unwrap();
    assert_eq!((seal["sha256"].as_str(), seal["account"].as_str()), (Some(unit_sha.as_str()), Some("111122223333")));
    assert!(seal["request_id"].as_str().is_some_and(|id| !id.is_empty()));
    assert_eq!(object(&store, "chain/00000001.seal.json")["sha256"].as_str(), Some(link_sha.as_str()));
    assert_eq!(check(&store, &[]).0, Some(0));

    // The next run has the same numbers for the same calls, from whatever machine.
    scan();
    let (status, told) = check(&store, &[]);
    assert_eq!((status, told["runs"].as_u64()), (Some(0), Some(2)), "{told}");
    let ids = ending(&store.join("ids"), ".json");
    let of: Vec<String> = ids.iter().map(|path| path.strip_prefix(&store).unwrap().display().to_string()).collect();
    // Calls and deviations of the first run; the second needed no new number.
    assert_eq!(
        of,
        ["ids/account=111122223333/00000001.json", "ids/account=111122223333/00000002.json", "ids/block=00000001.json"]
    );
}

#[test]
fn what_was_collected_is_kept_where_the_store_fails() {
    let moto = Moto::start();
    moto.populate("store_bucket.py");
    let folder = tempfile::tempdir().unwrap();
    let scratch = folder.path().join("tmp");
    fs::create_dir(&scratch).unwrap();
    let proxy = Proxy::before(&moto, |asked| {
        let denied = asked.method == "PUT" && asked.uri.contains("/runs/");
        if denied { Deed::Refuse(403, "AccessDenied", "Access Denied") } else { Deed::Forward }
    });
    let place = "s3://acme-locked/night";
    let mut scan = moto.kickoff();
    scan.env("AWS_ENDPOINT_URL", &proxy.endpoint).env("TMPDIR", &scratch);
    let (status, _, words) = said(scan.args(["scan", "--region", "us-east-1", "--check", "iam-*", "--store", place]));
    assert_eq!(status, Some(2), "{words}");
    let kept = words.split("`kickoff store add ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
    assert!(Path::new(kept).join("run.json").is_file(), "{words}");
    assert!(words.contains(&format!("--store {place}`")) && words.contains("s3:PutObject"), "{words}");
    // What it says to do works, and AWS is asked nothing of the account again.
    let (status, told, words) = said(moto.kickoff().args(["store", "add", kept, "--store", place]));
    assert_eq!(status, Some(0), "{told}{words}");
    let (status, told, words) = said(moto.kickoff().args(["store", "check", "--store", place]));
    assert_eq!(status, Some(0), "{told}{words}");
}
