//! What a person states, and what keeps it from counting.

use jiff::civil::date;
use kickoff_checks::Status;

use super::*;
use crate::attestations::{self, AttestationResult};

fn stands(result: &str, on: &str, evidence: &str, frame: &str) -> AttestationResult {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.txt"), "abc").unwrap();
    std::fs::write(folder.path().join("empty.pdf"), "").unwrap();
    std::fs::write(folder.path().join("named.pdf"), "abc").unwrap();
    std::fs::write(folder.path().join("there.url"), "[InternetShortcut]\nURL=https://files.example/keys\n").unwrap();
    let text = format!(
        "{frame}[[people]]\nid = \"ana\"\nname = \"Ana\"\nrole = \"CTO\"\n[[attestations]]\ncontrol = \"C-1\"\nresult = \"{result}\"\nby = \"ana\"\non = {on}\nevidence = \"{evidence}\"\nnote = \"Looked.\"\n"
    );
    attestations::register(&parse(&text).unwrap(), folder.path(), date(2026, 3, 4)).remove(0)
}

#[test]
fn a_statement_counts_with_its_file_and_in_its_time() {
    let period = "[report]\ntype = \"type-2\"\nfrom = 2026-01-01\nto = 2026-06-30\n";
    for (result, status) in [("pass", Status::Pass), ("fail", Status::Fail), ("not-applicable", Status::NotApplicable)]
    {
        let found = stands(result, "2026-02-01", "a.txt", period);
        assert_eq!((found.status, found.observed.as_str()), (status, "ana on 2026-02-01: Looked."));
        assert!(found.sha256.is_some_and(|digest| digest.starts_with("ba7816bf")));
    }
    for (on, evidence, frame, reason) in [
        ("2026-02-01", "b.pdf", "", "b.pdf is not there"),
        ("2026-02-01", "empty.pdf", "", "empty.pdf is empty"),
        ("2026-02-01", "there.url", "", "there.url is a link: put the file itself there"),
        ("2026-02-01", "named.pdf", "", "named.pdf is named .pdf and is plain text: a person has to open it"),
        ("2026-03-05", "a.txt", "", "its day, 2026-03-05, is still to come"),
        ("2025-03-03", "a.txt", "", "it is stale: made on 2025-03-03, more than 12 months ago"),
        ("2025-12-31", "a.txt", period, "made on 2025-12-31, outside the period from 2026-01-01 to 2026-06-30"),
    ] {
        let found = stands("pass", on, evidence, frame);
        assert_eq!((found.status, found.reasons), (Status::Manual, vec![reason.to_owned()]));
    }
    assert_eq!(stands("pass", "2026-02-01", ".", "").status, Status::NotEvaluated);
}
