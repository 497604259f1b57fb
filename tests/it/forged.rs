//! Packages in which one thing was changed and everything was listed again: found, each of them, and never called the same.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use kickoff_evidence::{Exchange, Run, RunMetadata, RunWriter, sha256_hex};
use serde_json::{Value, json};

use crate::package::{only_package, unpacked, verify};
use crate::support::{acme, copy_folder, kickoff, outcome};

/// A package of the recorded account with few checks, unpacked.
fn small() -> &'static (tempfile::TempDir, PathBuf) {
    static MADE: std::sync::OnceLock<(tempfile::TempDir, PathBuf)> = std::sync::OnceLock::new();
    MADE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let mut scan = kickoff();
        scan.args(["scan", "--format", "json", "--replay"]).arg(acme()).arg("--out").arg(folder.path().join("runs"));
        for check in ["iam-root-mfa", "iam-user-console-mfa", "guardduty-enabled"] {
            scan.args(["--check", check]);
        }
        let (status, _, words) = outcome(&scan.output().unwrap());
        assert_eq!(status, Some(3), "{words}");
        let package = only_package(&crate::support::only_run(&folder.path().join("runs")));
        let path = unpacked(&package, &folder.path().join("unpacked"));
        (folder, path)
    })
}

/// A copy of the small package.
fn copy(to: &Path) {
    copy_folder(&small().1, to);
}

/// Lists every file again, as a forger would.
fn relist(package: &Path) {
    let json = package.join("90_integrity/manifest.json");
    let mut manifest: Value = serde_json::from_slice(&fs::read(&json).unwrap()).unwrap();
    let mut lines = Vec::new();
    for file in manifest["files"].as_array_mut().unwrap() {
        let path = file["path"].as_str().unwrap().to_owned();
        let Ok(bytes) = fs::read(package.join(&path)) else { continue };
        file["sha256"] = json!(sha256_hex(&bytes));
        file["bytes"] = json!(bytes.len());
        lines.push((path, sha256_hex(&bytes)));
    }
    let text = serde_json::to_vec_pretty(&manifest).unwrap();
    lines.push(("90_integrity/manifest.json".to_owned(), sha256_hex(&text)));
    fs::write(&json, text).unwrap();
    lines.sort();
    let root: String = lines.iter().map(|(path, digest)| format!("{digest}  {path}\n")).collect();
    fs::write(package.join("90_integrity/MANIFEST.sha256"), &root).unwrap();
    // A chain of its own: nothing but this package.
    let line = ["run", "package", "created"].map(|name| format!("\"{name}\":{}", manifest[name])).join(",");
    let digest = sha256_hex(root.as_bytes());
    let chain = format!("{{{line},\"manifest_sha256\":\"{digest}\",\"previous\":null}}\n");
    fs::write(package.join("90_integrity/chain.jsonl"), chain).unwrap();
}

/// One change of a document.
#[derive(Debug, Clone)]
enum Change {
    Value,
    Remove,
    Unknown,
}

/// Every place of a document that is unlike the others: of a list one element stands for all.
fn places(value: &Value, at: &str, found: &mut Vec<String>, shapes: &mut BTreeSet<String>, shape: &str) {
    if !shapes.insert(shape.to_owned()) {
        return;
    }
    found.push(at.to_owned());
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let name = name.replace('~', "~0").replace('/', "~1");
                places(value, &format!("{at}/{name}"), found, shapes, &format!("{shape}/{name}"));
            }
        }
        Value::Array(list) => {
            for (number, value) in list.iter().enumerate() {
                places(value, &format!("{at}/{number}"), found, shapes, &format!("{shape}/*"));
            }
        }
        _ => {}
    }
}

/// Makes a change; false where it cannot be made there.
fn change(document: &mut Value, at: &str, change: &Change) -> bool {
    match change {
        Change::Value => {
            let value = document.pointer_mut(at).unwrap();
            *value = match &*value {
                Value::String(text) => json!(format!("{text}x")),
                Value::Number(number) => json!(number.as_f64().unwrap() + 1.0),
                Value::Bool(truth) => json!(!truth),
                Value::Null => json!("x"),
                Value::Array(_) | Value::Object(_) => return false,
            };
            if let Some(number) = value.as_f64().filter(|_| value.is_number()) {
                *value = serde_json::from_str(&format!("{number:.0}")).unwrap();
            }
            true
        }
        Change::Remove => {
            let (parent, name) = at.rsplit_once('/').unwrap_or_default();
            match document.pointer_mut(parent) {
                Some(Value::Object(object)) if !at.is_empty() => object.remove(&name.replace("~1", "/")).is_some(),
                Some(Value::Array(list)) => {
                    list.remove(name.parse().unwrap());
                    true
                }
                _ => false,
            }
        }
        Change::Unknown => match document.pointer_mut(at) {
            Some(Value::Object(object)) => {
                object.insert("approved_by".to_owned(), json!("the auditor"));
                true
            }
            _ => false,
        },
    }
}

/// Verifies, and wants the forgery found.
fn found(package: &Path, what: &str) {
    let (status, told) = verify(package, &[]);
    assert_eq!(status, Some(1), "{what}: {told}");
    let verdict = told.lines().last().unwrap_or_default();
    assert_eq!(verdict, "The package is not what it says it is.", "{what}");
    assert!(!told.contains("Nothing differs"), "{what}: {told}");
}

/// Each field of a file, changed, taken out, and joined by one that nobody knows.
fn every_field_of(file: &str) {
    let folder = tempfile::tempdir().unwrap();
    let package = folder.path().join("package");
    copy(&package);
    let path = package.join(file);
    let whole = fs::read(&path).unwrap();
    let document: Value = serde_json::from_slice(&whole).unwrap();
    let mut all = Vec::new();
    places(&document, "", &mut all, &mut BTreeSet::new(), "");
    let mut tried = 0;
    for at in &all {
        // Each of the three is tried on a third of the places: a verification takes its time.
        let kinds = [Change::Value, Change::Unknown, Change::Remove];
        let last = usize::from(at.len() % 3 == 0) + 2;
        for kind in kinds.into_iter().take(last) {
            let mut forged = document.clone();
            if !change(&mut forged, at, &kind) {
                continue;
            }
            let mut text = serde_json::to_vec_pretty(&forged).unwrap();
            text.push(b'\n');
            assert_ne!(text, whole, "{at} {kind:?}");
            fs::write(&path, text).unwrap();
            relist(&package);
            found(&package, &format!("{file} {at} {kind:?}"));
            tried += 1;
        }
    }
    assert!(tried > 15, "{tried}");
    fs::write(&path, whole).unwrap();
    relist(&package);
    let (status, told) = verify(&package, &[]);
    assert_eq!(status, Some(0), "as it was: {told}");
}

#[test]
fn a_field_of_the_run_that_is_not_as_it_was_is_found() {
    every_field_of("60_machine/run.json");
}

#[test]
fn a_field_of_an_exchange_that_is_not_as_it_was_is_found() {
    let records = fs::read_dir(small().1.join("20_evidence")).unwrap().map(|entry| entry.unwrap().path());
    let mut records: Vec<PathBuf> = records.filter(|path| path.join("ipe.json").is_file()).collect();
    records.sort();
    let name = records[records.len() / 2].file_name().unwrap().to_string_lossy().into_owned();
    every_field_of(&format!("20_evidence/{name}/ipe.json"));
}

#[test]
fn a_field_of_the_results_that_is_not_as_it_was_is_found() {
    every_field_of("60_machine/results.json");
}

/// The forgery that was called the same: every failure a pass, and a run that cannot be read.
#[test]
fn results_that_cannot_be_made_again_are_not_taken_for_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let package = folder.path().join("package");
    copy(&package);
    let results = package.join("60_machine/results.json");
    let text = fs::read_to_string(&results).unwrap();
    fs::write(&results, text.replace("\"status\": \"fail\"", "\"status\": \"pass\"")).unwrap();
    let run = package.join("60_machine/run.json");
    let honest = fs::read_to_string(&run).unwrap();
    for (from, to) in [
        ("{\n", "{\n  \"note\": \"approved\",\n"),
        ("\"iam-root-mfa\"", "\"iam-root-mfa-2\""),
        ("kickoff/run/1", "kickoff/run/9"),
        ("\"complete\"", "\"running\""),
    ] {
        assert!(honest.contains(from), "{from}");
        fs::write(&run, honest.replacen(from, to, 1)).unwrap();
        relist(&package);
        found(&package, to);
    }
    fs::remove_file(&run).unwrap();
    relist(&package);
    found(&package, "no run.json");
    // Who says that a version to come made it hides the results from this one, and is not told that they are the same.
    fs::write(&run, honest.replacen("{\n", "{\n  \"note\": \"approved\",\n", 1)).unwrap();
    let json = package.join("90_integrity/manifest.json");
    let text = fs::read_to_string(&json).unwrap();
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    fs::write(&json, text.replacen(&version, "\"version\": \"99.0.0\"", 1)).unwrap();
    relist(&package);
    let (status, told) = verify(&package, &[]);
    assert_eq!(status, Some(3), "{told}");
    assert!(told.contains("NOT COMPARED: facts, results and lists") && told.contains("kickoff 99.0.0 made"), "{told}");
    assert!(!told.to_lowercase().contains("nothing") && !told.contains("as it should be"), "{told}");
}

#[test]
fn what_is_added_and_what_is_taken_away_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let package = folder.path().join("package");
    copy(&package);
    let json = package.join("90_integrity/manifest.json");
    let honest = fs::read(&json).unwrap();
    for name in [
        "60_machine/facts/999999999999.json",
        "05_Opinion.pdf",
        "10_workpapers/CC6.1/CC6.1.99.pdf",
        "attestation/a.txt",
    ] {
        let path = package.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "{}").unwrap();
        let mut manifest: Value = serde_json::from_slice(&honest).unwrap();
        manifest["files"].as_array_mut().unwrap().push(json!({ "path": name, "sha256": "", "bytes": 0 }));
        fs::write(&json, serde_json::to_vec(&manifest).unwrap()).unwrap();
        relist(&package);
        found(&package, name);
        fs::remove_file(&path).unwrap();
    }
    fs::remove_dir_all(package.join("attestation")).unwrap();
    for name in ["01_Management_Report.pdf", "60_machine/facts/111122223333.json", "60_machine/ids.json"] {
        let path = package.join(name);
        let bytes = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let mut manifest: Value = serde_json::from_slice(&honest).unwrap();
        manifest["files"].as_array_mut().unwrap().retain(|file| file["path"] != name);
        fs::write(&json, serde_json::to_vec(&manifest).unwrap()).unwrap();
        relist(&package);
        found(&package, name);
        fs::write(&path, bytes).unwrap();
    }
}

/// The recorded account with exchanges as somebody wants them: everything is made from them anew, and agrees.
fn remade(folder: &Path, edit: impl Fn(&mut Exchange)) -> PathBuf {
    let run = Run::open(&acme()).unwrap();
    let out = folder.join(&run.metadata.id);
    let metadata: &RunMetadata = &run.metadata;
    let writer = RunWriter::create(&out, metadata).unwrap();
    for account in &metadata.accounts {
        let (from, mut to) = (run.archive(&account.id).unwrap(), writer.archive(&account.id).unwrap());
        for position in 0..u32::try_from(from.len()).unwrap() {
            let mut exchange = from.read(position).unwrap();
            edit(&mut exchange);
            if let Some(response) = &mut exchange.response {
                response.sha256 = sha256_hex(&response.body);
                response.sha256_received.clone_from(&response.sha256);
            }
            to.append(&exchange).unwrap();
        }
        to.finish().unwrap();
    }
    writer.write("results.json", &fs::read(acme().join("results.json")).unwrap()).unwrap();
    writer.seal(metadata).unwrap();
    drop(writer);
    let packages = folder.join("packages");
    let mut scan = kickoff();
    scan.args(["scan", "--format", "json", "--replay"]).arg(&out).arg("--out").arg(&packages);
    for check in ["iam-root-mfa", "iam-user-console-mfa", "guardduty-enabled"] {
        scan.args(["--check", check]);
    }
    let (_, _, words) = outcome(&scan.output().unwrap());
    assert!(words.contains("Package:"), "{words}");
    only_package(&fs::read_dir(&packages).unwrap().map(|e| e.unwrap().path()).find(|path| path.is_dir()).unwrap())
}

#[test]
fn a_caller_that_is_another_one_contradicts_the_run_and_sts() {
    let folder = tempfile::tempdir().unwrap();
    let package = remade(folder.path(), |exchange| {
        if exchange.operation == "GetAccountSummary" {
            exchange.caller = "arn:aws:iam::111122223333:user/mallory".to_owned();
        }
    });
    let (status, told) = verify(&package, &[]);
    assert_eq!(status, Some(1), "{told}");
    assert!(
        told.contains("iam:GetAccountSummary")
            && told.contains("it was made by \"arn:aws:iam::111122223333:user/mallory\""),
        "{told}"
    );
}

#[test]
fn an_answer_of_another_account_is_a_gap_and_a_finding() {
    let folder = tempfile::tempdir().unwrap();
    let package = remade(folder.path(), |exchange| {
        let others = ["GetCallerIdentity", "GetCredentialReport"];
        if let Some(response) = exchange.response.as_mut().filter(|_| others.contains(&&*exchange.operation)) {
            let text = String::from_utf8(response.body.to_vec()).unwrap();
            // The report is Base64: three forms of the number, by where it begins.
            let text = text.replace("111122223333", "444455556666");
            let text = ["MTExMTIyMjIzMzMz", "ExMTEyMjIyMzMzM", "xMTExMjIyMjMzMz"]
                .iter()
                .zip(["NDQ0NDU1NTU2NjY2", "Q0NDQ1NTU1NjY2N", "0NDQ0NTU1NTY2Nj"])
                .fold(text, |text, (from, to)| text.replace(from, to));
            response.body = text.into_bytes().into();
        }
    });
    let (status, told) = verify(&package, &[]);
    assert_eq!(status, Some(1), "{told}");
    assert!(told.contains("STS names arn:aws:sts::444455556666"), "{told}");
    assert!(told.contains("the answer is of another account"), "{told}");
    assert!(told.contains("by the word of run.json: no answer of STS says so"), "{told}");
}

/// What its reader is told first.
#[test]
fn a_verification_begins_with_whose_evidence_it_is() {
    let (_, path, public) = crate::package::signed();
    let (status, told) = verify(path, &["--key", public]);
    assert_eq!(status, Some(0), "{told}");
    let lines: Vec<&str> = told.lines().collect();
    assert!(lines[0].starts_with("Package   "), "{told}");
    assert_eq!(lines[1], "Whose     Acme Commerce GmbH, by the kickoff.toml in it");
    let account = lines[2];
    assert!(account.starts_with("Account   111122223333"), "{account}");
    assert!(
        account.ends_with("asked by arn:aws:sts::111122223333:assumed-role/KickoffReadOnly/nightly, as STS answered"),
        "{account}"
    );
    assert!(
        lines[3].starts_with("When      Collected from 2026-11-23T14:29:26Z to 2026-11-23T14:30:07Z (RUN-"),
        "{told}"
    );
    assert!(lines[4].contains("Made into a package") && lines[4].contains("after the collection ended"), "{told}");
    let from = lines.iter().find(|line| line.starts_with("From ")).unwrap();
    assert!(from.starts_with("From      NOT AWS: ") && from.ends_with("http://127.0.0.1:4566"), "{from}");
    let seals = lines.iter().position(|line| line.starts_with("Seals")).unwrap();
    assert!(lines.iter().position(|line| line.starts_with("From")).unwrap() < seals);
}
