//! The time of documents: records of the period, policies in force over it, and what is done every so often.

use jiff::civil::{Date, date};
use kickoff_checks::Status;

use super::*;
use crate::attestations;
use crate::documents::{DocumentResult, register, standing};
use crate::requests::{default_list, list};

const PEOPLE: &str = "[[people]]\nid = \"a\"\nname = \"A\"\nrole = \"CISO\"\n";
const HALF: &str = "[report]\ntype = \"type-2\"\nfrom = 2026-07-01\nto = 2026-12-31\n";
/// The period is over.
const AFTER: Date = date(2027, 1, 20);
/// It still runs.
const WITHIN: Date = date(2026, 11, 30);

/// A document that lacks nothing but its days.
fn document(request: &str, file: &str, keys: &str) -> String {
    format!("[[documents]]\nrequest = \"{request}\"\nowner = \"a\"\nfile = \"{file}\"\napprover = \"a\"\n{keys}\n")
}

/// One with its version, approved and in force since a day.
fn since(request: &str, file: &str, version: &str, day: &str) -> String {
    document(request, file, &format!("version = \"{version}\"\napproved = {day}\neffective = {day}"))
}

/// The rows of a request, with the files a to e.
fn rows(frame: &str, request: &str, entries: &str, today: Date) -> Vec<DocumentResult> {
    let folder = tempfile::tempdir().unwrap();
    for file in ["a", "b", "c", "d", "e"] {
        std::fs::write(folder.path().join(file), file).unwrap();
    }
    let file = parse(&format!("{frame}{PEOPLE}{entries}")).unwrap();
    let list = list(&file, folder.path()).unwrap();
    register(&file, &list, folder.path(), today).into_iter().filter(|row| row.request == request).collect()
}

fn told(rows: &[DocumentResult]) -> Vec<(Status, String)> {
    rows.iter().map(|row| (row.status, row.reasons.join("; "))).collect()
}

fn one(frame: &str, request: &str, entries: &str, today: Date) -> (Status, String) {
    let rows = told(&rows(frame, request, entries, today));
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows[0].clone()
}

#[test]
fn a_record_lies_in_the_period() {
    for (request, day, status, reason) in [
        // Minutes of 2019, and a review of March, say nothing of July to December.
        ("GEN-07", "2019-12-01", Status::Fail, "it is of 2019-12-01, before the period, which begins on 2026-07-01"),
        ("IAM-12", "2026-03-31", Status::Fail, "it is of 2026-03-31, before the period, which begins on 2026-07-01"),
        ("IAM-12", "2026-06-30", Status::Fail, "before the period"),
        ("IAM-12", "2026-07-01", Status::Pass, ""),
        ("NET-02", "2026-10-15", Status::Pass, ""),
        ("NET-02", "2026-12-31", Status::Pass, ""),
        ("NET-02", "2027-01-01", Status::Fail, "it is of 2027-01-01, after the period, which ended on 2026-12-31"),
        // A restore test is asked for in the period, though one a year is what most do.
        ("BCP-04", "2026-05-10", Status::Fail, "before the period"),
        // A risk assessment and a penetration test are good for a year: a period of six months may begin after them.
        ("GEN-10", "2026-02-01", Status::Pass, ""),
        ("VUL-05", "2025-12-31", Status::Pass, ""),
        (
            "VUL-05",
            "2025-12-30",
            Status::Fail,
            "it is of 2025-12-30, more than 12 months before the period ends, on 2026-12-31",
        ),
        ("VEN-02", "2024-11-10", Status::Fail, "more than 12 months before the period ends"),
        // An organization chart of October is one of the period, and no policy that was late.
        ("GEN-06", "2026-10-01", Status::Pass, ""),
    ] {
        let found = one(HALF, request, &since(request, "a", "1", day), AFTER);
        assert_eq!(found.0, status, "{request} {day}: {found:?}");
        assert!(found.1.contains(reason) && reason.is_empty() == found.1.is_empty(), "{request} {day}: {found:?}");
    }
    // That it was to be looked at again in 2030 makes a penetration test of 2023 none of the period.
    let old = since("VUL-05", "a", "1", "2023-12-01") + "next_review = 2030-01-01\n";
    assert_eq!(one(HALF, "VUL-05", &old, AFTER).0, Status::Fail);
    // Minutes of a meeting in the period may be approved after it.
    let minutes = document("GEN-07", "a", "approved = 2027-01-14\non = 2026-12-10");
    assert_eq!(one(HALF, "GEN-07", &minutes, AFTER), (Status::Pass, String::new()));
    let held = document("GEN-07", "a", "approved = 2026-07-14\non = 2026-06-10");
    assert_eq!(one(HALF, "GEN-07", &held, AFTER).0, Status::Fail);
}

#[test]
fn a_list_is_of_its_time() {
    for (request, day, status, reason) in [
        ("IAM-02", "2024-06-05", Status::Fail, "it is of 2024-06-05, before the period, which begins on 2026-07-01"),
        ("IAM-02", "2026-10-01", Status::Pass, ""),
        ("IAM-02", "2027-01-15", Status::Pass, ""),
        ("IAM-02", "2027-02-15", Status::Manual, "more than 30 days after the period"),
        ("HR-02", "2026-06-30", Status::Fail, "before the period"),
        ("HR-02", "2026-12-30", Status::Manual, "it cannot be complete"),
        ("HR-02", "2027-02-15", Status::Pass, ""),
    ] {
        let keys = format!("[[documents]]\nrequest = \"{request}\"\nowner = \"a\"\nfile = \"a\"\ncollected = {day}\n");
        let found = one(HALF, request, &keys, date(2027, 3, 1));
        assert_eq!(found.0, status, "{request} {day}: {found:?}");
        assert!(found.1.contains(reason), "{request} {day}: {found:?}");
    }
}

#[test]
fn a_type_1_report_wants_what_is_near_its_day() {
    let frame = "[report]\ntype = \"type-1\"\nas_of = 2026-12-15\n";
    for (request, day, status) in [
        ("GEN-10", "2025-12-15", Status::Pass),
        ("GEN-10", "2025-12-14", Status::Fail),
        ("GEN-06", "2027-01-10", Status::Manual),
        ("GEN-06", "2027-01-15", Status::Fail),
        ("ENC-01", "2026-12-15", Status::Pass),
        ("ENC-01", "2026-12-16", Status::Manual),
    ] {
        let found = one(frame, request, &since(request, "a", "1", day), AFTER);
        assert_eq!(found.0, status, "{request} {day}: {found:?}");
    }
    for (day, status) in [
        ("2026-11-15", Status::Pass),
        ("2026-11-14", Status::Fail),
        ("2027-01-14", Status::Manual),
        ("2027-01-15", Status::Fail),
    ] {
        let keys = format!("[[documents]]\nrequest = \"IAM-02\"\nowner = \"a\"\nfile = \"a\"\ncollected = {day}\n");
        let found = one(frame, "IAM-02", &keys, AFTER);
        assert_eq!(found.0, status, "{day}: {found:?}");
    }
}

#[test]
fn a_policy_is_in_force_over_the_period_and_approved_before() {
    let policy = |keys: &str| document("CHG-01", "a", &format!("version = \"2\"\n{keys}"));
    for (keys, status, reason) in [
        ("approved = 2026-06-01\neffective = 2026-07-01", Status::Pass, ""),
        (
            "approved = 2026-12-01\neffective = 2026-07-01",
            Status::Manual,
            "in force since 2026-07-01, and approved on 2026-12-01 only: who had approved it before?",
        ),
        ("approved = 2026-09-01", Status::Manual, "and the period begins on 2026-07-01: what was before?"),
        (
            "approved = 2026-01-01\nuntil = 2026-10-31",
            Status::Fail,
            "in force until 2026-10-31, and the period ends on 2026-12-31: what came after?",
        ),
        (
            "approved = 2026-01-01\nuntil = 2026-06-30",
            Status::Fail,
            "in force until 2026-06-30, before the period, which begins on 2026-07-01",
        ),
        // Stale in the period; what falls due after it is not.
        (
            "approved = 2025-11-01",
            Status::Fail,
            "it is stale: approved on 2025-11-01, more than 12 months before 2026-12-31",
        ),
        ("approved = 2026-01-10", Status::Pass, ""),
    ] {
        let found = one(HALF, "CHG-01", &policy(keys), date(2027, 2, 20));
        assert_eq!(found.0, status, "{keys}: {found:?}");
        assert!(found.1.contains(reason) && reason.is_empty() == found.1.is_empty(), "{keys}: {found:?}");
    }
    // An approval that is still to come is said once.
    let found = one(HALF, "CHG-01", &policy("approved = 2026-12-01\neffective = 2026-07-01"), WITHIN);
    assert_eq!(found, (Status::Fail, "its approval, 2026-12-01, is still to come".to_owned()));
}

const QUARTERLY: &str = "[[requests]]\nid = \"IAM-12\"\nevery = \"quarter\"\n";

#[test]
fn each_occurrence_is_expected_by_name() {
    let third = since("IAM-12", "a", "third", "2026-09-28");
    let fourth = since("IAM-12", "b", "fourth", "2026-12-18");
    let both = rows(HALF, "IAM-12", &format!("{QUARTERLY}{third}{fourth}"), AFTER);
    assert_eq!(told(&both), [(Status::Pass, String::new()), (Status::Pass, String::new())]);
    assert_eq!(
        both.iter().map(|row| row.occurrence.as_deref()).collect::<Vec<_>>(),
        [Some("2026-Q3"), Some("2026-Q4")]
    );
    assert_eq!(standing(both.iter()), Some(Status::Pass));

    let lacks = rows(HALF, "IAM-12", &format!("{QUARTERLY}{third}"), AFTER);
    assert_eq!(
        told(&lacks),
        [
            (Status::Pass, String::new()),
            (Status::Fail, "2026-Q4 is missing: kickoff.toml has no document for it".to_owned())
        ]
    );
    assert_eq!((lacks[1].entered, lacks[1].observed.as_str()), (false, "2026-Q4: nothing is entered"));
    assert_eq!(standing(lacks.iter()), Some(Status::Fail));
    // As long as the quarter runs, nothing is missing.
    let runs = rows(HALF, "IAM-12", &format!("{QUARTERLY}{third}"), WITHIN);
    assert_eq!(runs[1].status, Status::Manual);
    assert_eq!(runs[1].reasons, ["2026-Q4 is still to come: it ends on 2026-12-31"]);
    let none = rows(HALF, "IAM-12", QUARTERLY, AFTER);
    assert_eq!(none.iter().map(|row| row.status).collect::<Vec<_>>(), [Status::Fail, Status::Fail]);
    assert_eq!(standing(none.iter()), None, "nothing is entered");
    // One of March is none of the two.
    let march = rows(HALF, "IAM-12", &format!("{QUARTERLY}{}", since("IAM-12", "a", "1", "2026-03-31")), AFTER);
    assert_eq!(march.iter().map(|row| row.status).collect::<Vec<_>>(), [Status::Fail; 3]);
    assert_eq!(march[0].reasons, ["it is of 2026-03-31: expected are 2026-Q3, 2026-Q4"]);
}

#[test]
fn a_review_is_of_the_quarter_that_it_names() {
    // The review of the third quarter is done in the first days of the fourth.
    for entry in [
        document("IAM-12", "a", "approved = 2026-10-06\noccurrence = \"2026-Q3\""),
        since("IAM-12", "a", "Q3", "2026-10-06"),
        document("IAM-12", "a", "approved = 2026-10-06\ntitle = \"Access review 2026 Q3\""),
    ] {
        let found = rows(HALF, "IAM-12", &format!("{QUARTERLY}{entry}"), AFTER);
        assert_eq!((found[0].status, found[0].occurrence.as_deref()), (Status::Pass, Some("2026-Q3")), "{entry}");
        assert_eq!(found[1].occurrence.as_deref(), Some("2026-Q4"));
    }
    for (keys, status, reason) in [
        ("approved = 2026-12-06", Status::Manual, "it is of 2026-Q3, and was done on 2026-12-06: late"),
        ("approved = 2026-06-20", Status::Fail, "it is of 2026-06-20, before 2026-Q3 began"),
    ] {
        let entry = document("IAM-12", "a", &format!("{keys}\noccurrence = \"2026-Q3\""));
        let found = told(&rows(HALF, "IAM-12", &format!("{QUARTERLY}{entry}"), AFTER));
        assert_eq!(found[0], (status, reason.to_owned()));
    }
    let after = document("IAM-12", "a", "approved = 2027-01-08\noccurrence = \"2026-Q4\"");
    let found = told(&rows(HALF, "IAM-12", &format!("{QUARTERLY}{after}"), AFTER));
    assert_eq!(
        found[0],
        (Status::Manual, "done on 2027-01-08, after the period, which ended on 2026-12-31".to_owned())
    );
    let bad = parse(&format!("{PEOPLE}{}", document("IAM-12", "a", "occurrence = \"Q3\""))).unwrap_err().to_string();
    assert!(bad.contains("`documents.occurrence`: `Q3` names no time: write 2026-Q3"), "{bad}");
    let bad = parse("[[requests]]\nid = \"IAM-12\"\nevery = \"quater\"\n").unwrap_err().to_string();
    assert!(bad.contains("there is no `quater`: did you mean `quarter`?"), "{bad}");
}

#[test]
fn cadences_of_lists_years_and_type_1() {
    let monthly = "[[requests]]\nid = \"VUL-02\"\nevery = \"month\"\n";
    let scans: String = [("a", "07-31"), ("b", "08-31"), ("c", "10-30"), ("d", "11-30"), ("e", "12-31")]
        .iter()
        .map(|(file, day)| {
            format!("[[documents]]\nrequest = \"VUL-02\"\nowner = \"a\"\nfile = \"{file}\"\ncollected = 2026-{day}\n")
        })
        .collect();
    let found = rows(HALF, "VUL-02", &format!("{monthly}{scans}"), AFTER);
    let fails: Vec<_> = found.iter().filter(|row| row.status == Status::Fail).collect();
    assert_eq!(fails.len(), 1, "{found:?}");
    assert_eq!(fails[0].occurrence.as_deref(), Some("2026-09"));
    // A test of May is the year's, and not the period's: a person looks.
    let yearly = "[[requests]]\nid = \"BCP-04\"\nevery = \"year\"\n";
    let may = one(HALF, "BCP-04", &format!("{yearly}{}", since("BCP-04", "a", "1", "2026-05-10")), AFTER);
    assert_eq!(may, (Status::Manual, "done on 2026-05-10, before the period, which begins on 2026-07-01".to_owned()));
    // The last review that has ended by the day, or one of the quarter that runs.
    let frame = "[report]\ntype = \"type-1\"\nas_of = 2026-12-15\n";
    let own = "[[requests]]\nid = \"R-1\"\ntext = \"Review of firewall rules\"\nevery = \"quarter\"\n";
    for (day, status) in [("2026-09-10", Status::Pass), ("2026-11-20", Status::Pass), ("2026-06-20", Status::Fail)] {
        let found = rows(frame, "R-1", &format!("{own}{}", since("R-1", "a", "1", day)), AFTER);
        assert_eq!(found[0].status, status, "{day}: {found:?}");
        assert_eq!(found.len(), if status == Status::Pass { 1 } else { 2 }, "{day}: {found:?}");
    }
}

#[test]
fn ones_own_requests_say_what_they_are_by_their_key_or_their_words() {
    let own = |text: &str, more: &str| format!("[[requests]]\nid = \"R-1\"\ntext = \"{text}\"\n{more}");
    let march = since("R-1", "a", "1", "2026-03-31");
    for (text, more, status) in [
        ("Quarterly review of privileged users", "", Status::Fail),
        ("Minutes of the security committee", "", Status::Fail),
        ("Evidence of the annual review of the incident response plan", "", Status::Fail),
        ("Annual policy review, signed", "", Status::Fail),
        ("Results of the business continuity test", "", Status::Fail),
        ("Access review procedure", "", Status::Pass),
        ("Incident response plan and its last test", "", Status::Pass),
        ("Copy of the approved risk assessment policy", "", Status::Pass),
        ("Clean desk policy", "", Status::Pass),
        ("Clean desk policy", "nature = \"record\"\n", Status::Fail),
        ("What the board was told", "", Status::Manual),
        ("What the board was told", "nature = \"record\"\n", Status::Fail),
        ("What the board was told", "nature = \"policy\"\n", Status::Pass),
    ] {
        let found = one(HALF, "R-1", &format!("{}{march}", own(text, more)), AFTER);
        assert_eq!(found.0, status, "{text} {more}: {found:?}");
    }
    // All requests of the default list say it.
    assert!(default_list().iter().all(|request| request.nature.is_some()));
}

#[test]
fn versions_follow_each_other() {
    let old = since("GEN-08", "a", "4.0", "2026-02-01");
    let new = since("GEN-08", "b", "4.1", "2026-09-15");
    let pair = rows(HALF, "GEN-08", &format!("{old}{new}"), AFTER);
    assert_eq!(told(&pair), [(Status::Pass, String::new()), (Status::Pass, String::new())]);
    // A day between is a gap.
    let ended = format!("{old}until = 2026-09-10\n{new}");
    let gap = told(&rows(HALF, "GEN-08", &ended, AFTER));
    assert_eq!(gap[0].0, Status::Pass);
    assert_eq!(
        gap[1],
        (
            Status::Manual,
            "in force since 2026-09-15, and the one before it until 2026-09-10: what was between?".to_owned()
        )
    );
    // One that was replaced before the period is there, and does not count.
    let older = since("GEN-08", "c", "3.0", "2024-02-01");
    let three = rows(HALF, "GEN-08", &format!("{older}{old}{new}"), AFTER);
    assert_eq!(three[0].status, Status::NotApplicable);
    assert!(three[0].reasons[0].starts_with("replaced: in force until 2026-01-31, before 2026-07-01"), "{three:?}");
    assert!(three[0].sha256.is_some(), "it stays evidence of its time");
    assert_eq!(standing(three.iter()), Some(Status::Pass));
    // One that was stale before the next came was stale within the period.
    let stale = format!("{}next_review = 2026-08-01\n{new}", since("GEN-08", "a", "4.0", "2025-08-01"));
    assert_eq!(told(&rows(HALF, "GEN-08", &stale, AFTER))[0].1, "it is stale: its review was due on 2026-08-01");
    // Two policies are not versions of each other.
    let titled =
        |title: &str, file: &str, day: &str| format!("{}title = \"{title}\"\n", since("CHG-01", file, "1", day));
    let two = titled("Change policy", "a", "2026-02-01") + &titled("Development policy", "b", "2026-09-15");
    let two = rows(HALF, "CHG-01", &two, AFTER);
    assert_eq!((two[0].status, two[1].status), (Status::Pass, Status::Manual));
    assert!(two[1].reasons[0].contains("what was before?"));
}

#[test]
fn several_records_answer_one_request() {
    let of = |file: &str, day: &str| since("GEN-07", file, "1", day);
    let found = rows(HALF, "GEN-07", &(of("a", "2026-07-15") + &of("b", "2026-10-14") + &of("c", "2026-04-15")), AFTER);
    assert_eq!(
        found.iter().map(|row| row.status).collect::<Vec<_>>(),
        [Status::Pass, Status::Pass, Status::NotApplicable]
    );
    assert!(found[2].reasons[0].ends_with("before the period, which begins on 2026-07-01: it does not count"));
    // Files of one delivery, each with its digest; one that is not there is said.
    let parts = rows(HALF, "GEN-07", &(of("a", "2026-07-15") + &of("f", "2026-07-15")), AFTER);
    assert_eq!((parts[0].status, parts[1].reasons.join("")), (Status::Pass, "f is not there".to_owned()));
    assert_eq!(standing(parts.iter()), Some(Status::Fail));
    // The same file for two months is told apart by what it is for; the same file twice is a mistake.
    let twice = of("a", "2026-07-15") + &of("a", "2026-07-15");
    let error = parse(&format!("{PEOPLE}{twice}")).unwrap_err().to_string();
    assert!(error.contains("two documents for request GEN-07 that cannot be told apart"), "{error}");
    let two = format!(
        "{}occurrence = \"2026-07\"\n{}occurrence = \"2026-08\"\n",
        of("a", "2026-08-31"),
        of("a", "2026-08-31")
    );
    assert!(parse(&format!("{PEOPLE}{two}")).is_ok());
}

#[test]
fn a_control_is_attested_each_time() {
    let said = |on: &str, more: &str| {
        format!(
            "[[attestations]]\ncontrol = \"AC-1\"\nresult = \"pass\"\nby = \"a\"\non = {on}\nevidence = \"a\"\n{more}"
        )
    };
    let control = "[[controls]]\nid = \"AC-1\"\nwording = \"Access is reviewed each quarter\"\ncriteria = [\"CC6.2\"]\nevery = \"quarter\"\n";
    let of = |entries: &str, today: Date| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a"), "x").unwrap();
        let file = parse(&format!("{HALF}{PEOPLE}{control}{entries}")).unwrap();
        attestations::register(&file, folder.path(), today)
    };
    let all = of(&said("2026-09-20", ""), AFTER);
    assert_eq!(all.iter().map(|said| said.status).collect::<Vec<_>>(), [Status::Pass, Status::Fail]);
    assert_eq!(all[1].reasons, ["2026-Q4 is missing: nobody attests to it"]);
    assert_eq!((all[1].control.as_str(), all[1].counts()), ("AC-1", false));
    assert_eq!(of(&said("2026-09-20", ""), WITHIN)[1].status, Status::Manual);
    // What is stated in October may be on September.
    let named = said("2026-10-05", "occurrence = \"2026-Q3\"\n") + &said("2026-12-20", "");
    assert_eq!(of(&named, AFTER).len(), 2);
}
