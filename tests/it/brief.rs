//! The brief of the kick-off meeting and the inventory, from the recorded account and its engagement.

use std::fs;

use crate::support::{acme, kickoff, outcome, root};

#[test]
fn the_brief_is_a_document_and_pages_the_same_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let config = root().join("fixtures/acme-engagement/kickoff.toml");
    let written = |name: &str| {
        let out = folder.path().join(name);
        let mut command = kickoff();
        command.args(["report", "--brief", "--today", "2026-11-23", "--config"]).arg(&config);
        let output = command.arg("--run").arg(acme()).arg("--out").arg(&out).output().unwrap();
        assert_eq!(outcome(&output).0, Some(0), "{}", outcome(&output).2);
        (fs::read(out.join("kickoff-brief.docx")).unwrap(), fs::read(out.join("kickoff-brief.pdf")).unwrap())
    };
    let (docx, pdf) = written("one");
    assert!(docx.starts_with(b"PK") && pdf.starts_with(b"%PDF-"));
    assert!((docx, pdf) == written("two"));
    // Without --brief it is the package that is asked for, and there is no run to make it from.
    let empty = tempfile::tempdir().unwrap();
    let mut command = kickoff();
    command.args(["report", "--config"]).arg(&config).arg("--runs").arg(empty.path());
    let (status, _, words) = outcome(&command.output().unwrap());
    assert_eq!(status, Some(2));
    assert!(words.contains("there is no run under"), "{words}");
}

#[test]
fn the_inventory_lists_what_the_run_tells_of_and_what_is_lacking() {
    let config = root().join("fixtures/acme-engagement/kickoff.toml");
    let mut command = kickoff();
    command.args(["inventory", "--format", "csv", "--config"]).arg(&config).arg("--replay").arg(acme());
    let (status, stdout, words) = outcome(&command.output().unwrap());
    // One call of the recorded account was denied: detectors are not complete.
    assert_eq!(status, Some(3), "{words}");
    assert!(stdout.starts_with("ARN,Name,Type,Account ID,Region,Owner,"), "{stdout}");
    assert!(stdout.lines().any(|line| line.contains(":user/breakglass/breakglass-1,")), "a user is an asset");
    assert!(stdout.contains("guardduty:GetDetector"), "what could not be read is named");
}
