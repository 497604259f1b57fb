//! The register of documents, and a folder that is dropped in.

use jiff::civil::{Date, date};
use kickoff_checks::Status;

use super::*;
use crate::documents::{DocumentResult, Dropped, append, match_folder, match_names};
use crate::files::hash_below;
use crate::requests::{RequestKind, default_list};

const PEOPLE: &str = "[[people]]\nid = \"ana\"\nname = \"Ana\"\nrole = \"CTO\"\n";
const GOOD: &str = "file = \"a.md\"\nowner = \"ana\"\nversion = \"3\"\napproved = 2025-09-01\napprover = \"ana\"\nnext_review = 2026-09-01\n";

/// How a document for request ENC-01 stands on 2026-03-04.
fn stands(request: &str, keys: &str, frame: &str) -> DocumentResult {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.md"), "abc").unwrap();
    std::fs::write(folder.path().join("empty.pdf"), "").unwrap();
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    let file = parse(&format!("{frame}{PEOPLE}[[documents]]\nrequest = \"{request}\"\n{keys}")).unwrap();
    let all = crate::documents::register(&file, &default_list(), folder.path(), date(2026, 3, 4));
    all.into_iter().find(|document| document.request == request).unwrap()
}

#[test]
fn a_document_that_is_there_approved_and_in_force_passes() {
    let good = stands("ENC-01", GOOD, "");
    assert_eq!((good.status, good.reasons.as_slice()), (Status::Pass, [].as_slice()));
    assert_eq!(good.observed, "a.md, version 3");
    // SHA-256 of "abc", from FIPS 180-2.
    assert_eq!(good.sha256.as_deref(), Some("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    assert_eq!(good.bytes, Some(3));
    assert_eq!(good.criteria, ["CC6.1", "CC6.7"]);
}

#[test]
fn what_is_wrong_with_a_document_is_said() {
    let without = |part: &str| GOOD.replace(part, "");
    for (keys, status, reason) in [
        (without("owner = \"ana\"\n"), Status::Fail, "it has no owner"),
        (without("version = \"3\"\n"), Status::Fail, "it states no version"),
        (without("approved = 2025-09-01\n"), Status::Fail, "nobody approved it"),
        (without("approver = \"ana\"\n"), Status::Fail, "it does not say who approved it"),
        (without("file = \"a.md\"\n"), Status::Fail, "it names neither a file nor a link"),
        (GOOD.replace("2025-09-01", "2026-03-05"), Status::Fail, "its approval, 2026-03-05, is still to come"),
        (GOOD.replace("2026-09-01", "2026-03-03"), Status::Fail, "it is stale: its review was due on 2026-03-03"),
        (
            without("next_review = 2026-09-01\n").replace("2025-09-01", "2025-03-03"),
            Status::Fail,
            "it is stale: approved on 2025-03-03, more than 12 months ago",
        ),
        (GOOD.replace("a.md", "b.pdf"), Status::Fail, "b.pdf is not there"),
        (GOOD.replace("a.md", "empty.pdf"), Status::Fail, "empty.pdf is empty"),
        (GOOD.replace("a.md", "sub"), Status::Fail, "sub: is not a file"),
        (
            GOOD.replace("file = \"a.md\"", "link = \"https://wiki.example.com/enc\""),
            Status::Manual,
            "it is a link: a person has to open it, and no digest fixes what was there",
        ),
    ] {
        let found = stands("ENC-01", &keys, "");
        assert_eq!((found.status, found.reasons.as_slice()), (status, [reason.to_owned()].as_slice()), "{keys}");
    }
    // A year old to the day is not stale.
    let year = without("next_review = 2026-09-01\n").replace("2025-09-01", "2025-03-04");
    assert_eq!(stands("ENC-01", &year, "").status, Status::Pass);
}

#[test]
fn a_policy_that_began_within_the_period_is_left_to_a_person() {
    let frame = "[report]\ntype = \"type-2\"\nfrom = 2025-10-01\nto = 2026-03-31\n";
    assert_eq!(stands("ENC-01", GOOD, frame).status, Status::Pass);
    let late = stands("ENC-01", &format!("{GOOD}effective = 2025-12-01\n"), frame);
    assert_eq!(late.status, Status::Manual);
    assert_eq!(late.reasons, ["in force since 2025-12-01, and the period begins on 2025-10-01: what was before?"]);
}

#[test]
fn a_list_has_a_day_of_its_own_and_no_approval() {
    let frame = "[report]\ntype = \"type-2\"\nfrom = 2025-10-01\nto = 2026-03-31\n";
    let keys = "file = \"a.md\"\nowner = \"ana\"\n";
    assert_eq!(stands("HR-02", keys, frame).reasons, ["it does not say when it was collected"]);
    let early = stands("HR-02", &format!("{keys}collected = 2026-03-01\n"), frame);
    assert_eq!((early.status, early.collected), (Status::Manual, Some(date(2026, 3, 1))));
    assert!(early.reasons[0].contains("the period ends on 2026-03-31: it cannot be complete"), "{early:?}");
    // Nobody has collected anything on a day that is still to come.
    let future = stands("HR-02", &format!("{keys}collected = 2026-04-01\n"), frame);
    assert_eq!(
        (future.status, future.reasons.join("")),
        (Status::Fail, "its day, 2026-04-01, is still to come".to_owned())
    );
}

#[test]
fn what_is_missing_is_a_result_too() {
    let all =
        |text: &str, day: Date| crate::documents::register(&parse(text).unwrap(), &default_list(), Path::new("."), day);
    let none = all("", date(2026, 3, 4));
    assert_eq!(none.len(), default_list().iter().filter(|r| r.kind == Some(RequestKind::Document)).count());
    let policy = none.iter().find(|document| document.request == "GEN-08").unwrap();
    assert_eq!((policy.status, policy.entered), (Status::Fail, false));
    assert_eq!(policy.reasons, ["kickoff.toml has no document for it"]);
    let type_1 = all("[report]\ntype = \"type-1\"\nas_of = 2026-03-31", date(2026, 3, 4));
    let minutes = type_1.iter().find(|document| document.request == "GEN-07").unwrap();
    assert_eq!(minutes.status, Status::NotApplicable);
    assert_eq!(minutes.reasons, ["does not arise: it is asked for a Type 2 report only"]);
}

#[cfg(unix)]
#[test]
fn a_link_of_the_file_system_does_not_lead_out() {
    let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(outside.path().join("secret"), "x").unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret"), folder.path().join("a.pdf")).unwrap();
    let error = hash_below(folder.path(), "a.pdf").unwrap_err();
    assert!(error.to_string().contains("leads out of the folder"), "{error}");
}

fn dropped(files: &[&str]) -> Dropped {
    match_names(&files.iter().map(|&file| file.to_owned()).collect::<Vec<_>>(), &default_list(), &Engagement::default())
}

#[test]
fn file_names_are_matched_by_their_words() {
    for (file, request) in [
        ("policies/Information Security Policy v3.2 FINAL.pdf", "GEN-08"),
        ("Encryption_Policy-2026.docx", "ENC-01"),
        ("AcmeIncidentResponsePlan.pdf", "INC-01"),
        ("Org-Chart 2026-01.png", "GEN-06"),
        ("Vendor risk assessment.xlsx", "VEN-01"),
        ("risk-assessment-2026.xlsx", "GEN-10"),
        ("BCP.pdf", "BCP-01"),
        ("User Access Review Q1.xlsx", "IAM-12"),
        ("security awareness training records.csv", "HR-04"),
        ("Pentest Report.pdf", "VUL-05"),
    ] {
        let found = dropped(&[file]);
        assert_eq!(found.matched.len(), 1, "{found:?}");
        assert_eq!((found.matched[0].request.as_str(), found.matched[0].file.as_str()), (request, file));
        assert!(found.matched[0].score >= 75 && !found.matched[0].words.is_empty());
    }
}

#[test]
fn what_is_not_certain_is_said_and_never_guessed() {
    let found =
        dropped(&["Incident response and business continuity plan.pdf", "IMG_2031.jpg", "Policy.pdf", "notes.txt"]);
    assert_eq!(found.matched, []);
    assert_eq!(found.ambiguous.len(), 1);
    let candidates: Vec<&str> = found.ambiguous[0].candidates.iter().map(|c| c.request.as_str()).collect();
    assert_eq!(candidates, ["BCP-01", "INC-01"]);
    assert_eq!(found.unmatched.len(), 3, "{found:?}");
    let twice = dropped(&["Encryption policy.pdf", "old/Encryption policy.pdf"]);
    assert_eq!((twice.matched.len(), twice.contested.len()), (0, 2), "two files for one request: a person picks");
}

#[test]
fn a_folder_is_walked_and_every_file_is_accounted_for() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("policies")).unwrap();
    for name in ["policies/encryption policy.pdf", ".DS_Store", "holiday.jpg"] {
        std::fs::write(folder.path().join(name), "x").unwrap();
    }
    let found = match_folder(folder.path(), &default_list(), &Engagement::default()).unwrap();
    assert_eq!(found.matched[0].file, "policies/encryption policy.pdf");
    let unmatched: Vec<&str> = found.unmatched.iter().map(|(file, _)| file.as_str()).collect();
    assert_eq!(unmatched, [".DS_Store", "holiday.jpg"]);
    assert!(match_folder(&folder.path().join("none"), &default_list(), &Engagement::default()).is_err());
}

#[test]
fn matched_files_are_added_to_the_file_and_a_person_says_the_rest() {
    let path = Path::new("kickoff.toml");
    let found = dropped(&["encryption policy.pdf", "Org chart.png"]);
    let text = "[[documents]]\nrequest = \"GEN-06\"\nlink = \"https://wiki.example.com\"";
    let (longer, left_out) = append(path, text, "inbox/", &found.matched, date(2026, 3, 4)).unwrap();
    assert!(longer.starts_with(text), "what was there is there");
    assert_eq!(left_out.iter().map(|found| found.request.as_str()).collect::<Vec<_>>(), ["GEN-06"]);
    let file = parse(&longer).unwrap();
    let new = file.document("ENC-01").unwrap();
    assert_eq!((new.file.as_deref(), new.received), (Some("inbox/encryption policy.pdf"), Some(date(2026, 3, 4))));
    assert_eq!((&new.owner, &new.approved), (&None, &None), "nothing is made up");
    let error = append(path, text, "../inbox", &found.matched, date(2026, 3, 4)).unwrap_err();
    assert!(error.to_string().contains("leads out of the folder"), "{error}");
}
