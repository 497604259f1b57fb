//! What a verification finds: packages that were changed, that are none, that hold what they should not.

use std::fs;
use std::path::Path;

use kickoff_evidence::package::Package;
use kickoff_reports::Document;

use crate::package::{only_package, read, signed, unpacked, verify};
use crate::support::{acme, kickoff, outcome};

/// Edits a file of an unpacked package, in its text.
fn edit(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{} has no {from}", file.display());
    fs::write(file, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn what_is_changed_is_found_by_digest_and_by_deciding_again() {
    let (_, path, public) = signed();
    let folder = tempfile::tempdir().unwrap();
    let unpacked = unpacked(path, folder.path());
    let results = unpacked.join("60_machine/results.json");
    let document: Document = serde_json::from_slice(&fs::read(&results).unwrap()).unwrap();

    // A verdict that was turned: the digest differs, and so does what the stored answers give.
    let root_mfa = document.results.iter().find(|row| row.check == "iam-root-mfa").unwrap();
    let (was, other) = if root_mfa.status == "pass" { ("pass", "fail") } else { ("fail", "pass") };
    let text = fs::read_to_string(&results).unwrap();
    let at = text.find("\"check\": \"iam-root-mfa\"").unwrap();
    let turned = text[at..].replacen(&format!("\"status\": \"{was}\""), &format!("\"status\": \"{other}\""), 1);
    fs::write(&results, format!("{}{turned}", &text[..at])).unwrap();
    let (status, told) = verify(&unpacked, &["--key", public]);
    assert_eq!(status, Some(1), "{told}");
    let lines = |part: &str| told.lines().filter(|line| line.starts_with("DIFFERS") && line.contains(part)).count();
    assert!(lines("60_machine/results.json") >= 2, "{told}");
    assert!(told.contains(&format!("status: was \"{other}\", is \"{was}\"")), "{told}");
    fs::write(&results, text).unwrap();

    // An answer that was changed: facts come out differently.
    let summary = document.evidence.iter().find(|item| item.operation == "GetAccountSummary").unwrap();
    let raw = unpacked.join("20_evidence").join(&summary.id).join("raw/0001.xml");
    let original = fs::read_to_string(&raw).unwrap();
    edit(&raw, "<value>40</value>", "<value>41</value>");
    let (status, told) = verify(&unpacked, &["--key", public]);
    assert_eq!(status, Some(1), "{told}");
    assert!(told.contains(&format!("20_evidence/{}/raw/0001.xml", summary.id)), "{told}");
    fs::write(&raw, original).unwrap();

    // Rows and populations that somebody edited, even with a manifest made anew: the answers do not give them.
    for (name, from, to) in [
        ("30_populations/POP-43_access-changes.csv", "bob.tanaka", "rob.tanaka"),
        ("30_populations/POP-03_iam-users.csv", "alice.meyer", "alina.meyer"),
    ] {
        let file = unpacked.join(name);
        let original = fs::read_to_string(&file).unwrap();
        edit(&file, from, to);
        let (status, told) = verify(&unpacked, &["--key", public]);
        assert_eq!(status, Some(1), "{told}");
        assert!(told.contains(&format!("DIFFERS   {name} differs from what the stored answers give")), "{told}");
        fs::write(&file, original).unwrap();
    }

    // What the answers do not give has no place among what they give.
    let stray = unpacked.join("30_populations/POP-99_approved.csv");
    fs::write(&stray, "a\r\n").unwrap();
    let (status, told) = verify(&unpacked, &["--key", public]);
    assert_eq!(status, Some(1), "{told}");
    let said = "DIFFERS   30_populations/POP-99_approved.csv is there, and the stored answers do not give it";
    assert!(told.contains(said), "{told}");
    fs::remove_file(&stray).unwrap();

    // The word of another version does not keep the results from being compared.
    let text = fs::read_to_string(&results).unwrap();
    let version = format!("\"evaluated_by\": \"kickoff {}\"", env!("CARGO_PKG_VERSION"));
    edit(&results, &version, "\"evaluated_by\": \"kickoff 0.0.9\"");
    let (status, told) = verify(&unpacked, &[]);
    assert_eq!(status, Some(1), "{told}");
    assert!(told.contains("says that kickoff 0.0.9 decided, and manifest.json that kickoff"), "{told}");
    fs::write(&results, text).unwrap();

    // Answers of another server than AWS's are not made AWS's by the word of run.json.
    let run = unpacked.join("60_machine/run.json");
    let text = fs::read_to_string(&run).unwrap();
    edit(&run, "\"http://127.0.0.1:4566\"", "");
    let (_, told) = verify(&unpacked, &[]);
    assert!(told.contains("does not say that answers came from http://127.0.0.1:4566"), "{told}");
    fs::write(&run, text).unwrap();

    let (status, told) = verify(&unpacked, &["--key", public]);
    assert_eq!(status, Some(0), "all is as it was: {told}");
}

/// A secret that somebody wrote into kickoff.toml is in no file of the package, and the package verifies.
#[test]
fn a_secret_in_the_configuration_is_not_handed_over() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("kickoff.toml");
    let token = format!("ghp_{}", "a1B2".repeat(9));
    let text = format!(
        "[entity]\nname = \"Acme\"\nsystem = \"Shop\"\n[[people]]\nid = \"ana\"\nname = \"Ana Ito\"\nrole = \"CISO\"\nemail = \"ana@acme.example\"\n\
         [[exceptions]]\nid = \"EXC-001\"\ncheck = \"iam-root-hardware-mfa\"\nreason = \"The token {token} is on file\"\n\
         compensating_control = \"Its use is alarmed\"\napprover = \"ana\"\napproved = \"2026-10-01\"\nexpires = \"2027-01-01\"\n"
    );
    fs::write(&config, text).unwrap();
    let out = folder.path().join("out");
    let report =
        kickoff().arg("report").arg(acme()).arg("--config").arg(&config).arg("--out").arg(&out).output().unwrap();
    let (status, _, words) = outcome(&report);
    assert_eq!(status, Some(3), "{words}");
    assert!(words.contains("`exceptions.reason` holds what looks like a secret") && !words.contains(&token), "{words}");
    let path = only_package(&out);
    let package = Package::open(&path).unwrap();
    let texts = package.names().filter(|name| !name.ends_with(".pdf") && !name.ends_with(".xlsx"));
    for name in texts {
        let bytes = read(&package, name);
        assert!(!bytes.windows(token.len()).any(|part| part == token.as_bytes()), "{name}");
    }
    let results = String::from_utf8(read(&package, "60_machine/results.json")).unwrap();
    assert!(results.contains("The token [redacted by kickoff] is on file"), "the exception is in force");
    let (status, told) = verify(&path, &[]);
    assert_eq!(status, Some(0), "{told}");
}

#[test]
fn what_seals_a_package_is_tried_before_anything_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let broken = folder.path().join("chain.jsonl");
    fs::write(&broken, "{}\n").unwrap();
    let missing = folder.path().join("no.key");
    for (option, file, said) in [("--key", &missing, "no.key"), ("--chain", &broken, "line 1")] {
        let scan = kickoff()
            .args(["scan", "--replay"])
            .arg(acme())
            .arg("--out")
            .arg(&out)
            .arg(option)
            .arg(file)
            .output()
            .unwrap();
        let (status, _, words) = outcome(&scan);
        assert_eq!(status, Some(2), "{words}");
        assert!(words.contains(said), "{words}");
        assert!(!out.exists(), "nothing was written");
    }
    // A run that lies in no folder of runs has its chain where its package goes.
    let report = kickoff().arg("report").arg(acme()).arg("--out").arg(&out).output().unwrap();
    assert_eq!(outcome(&report).0, Some(3), "{}", outcome(&report).2);
    assert!(out.join("chain.jsonl").is_file());
    assert!(!acme().parent().unwrap().join("chain.jsonl").exists());
}

#[test]
fn packages_that_are_none_are_refused_with_the_reason() {
    let (_, path, public) = signed();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let whole = fs::read(path).unwrap();
    let (status, told) = verify(&write("cut.zip", &whole[..whole.len() / 2]), &[]);
    assert_eq!(status, Some(1), "{told}");
    assert!(told.starts_with("REFUSED") && !told.contains("as it should be"), "{told}");
    let (status, told) = verify(&write("text.zip", b"no package"), &[]);
    assert_eq!(status, Some(1), "{told}");
    let (status, told) = verify(&folder.path().join("missing.zip"), &[]);
    assert_eq!(status, Some(2), "{told}");
    let (status, told) = verify(path, &["--key", "not-a-key"]);
    assert_eq!(status, Some(2), "{told}");
    // A key that did not sign it.
    let other = folder.path().join("other.key");
    let made = kickoff().args(["key", "new", "--name", "acme.example/kickoff"]).arg(&other).output().unwrap();
    let (_, foreign, _) = outcome(&made);
    let (status, told) = verify(path, &["--key", foreign.trim()]);
    assert_eq!(status, Some(1), "{told}");
    assert!(told.contains("none of the keys that were given"), "{told}");
    assert_ne!(foreign.trim(), public);
    // The key's file is not replaced.
    let again = kickoff().args(["key", "new", "--name", "x"]).arg(&other).output().unwrap();
    assert_eq!(outcome(&again).0, Some(2), "{}", outcome(&again).2);
    // A run of a version to come.
    let unpacked = unpacked(path, &folder.path().join("newer"));
    edit(&unpacked.join("90_integrity/manifest.json"), "kickoff/package/1", "kickoff/package/7");
    let (status, told) = verify(&unpacked, &[]);
    assert_eq!(status, Some(1), "{told}");
    assert!(told.starts_with("REFUSED") && told.contains("kickoff/package/7"), "{told}");
}
