//! Days at the edges, and what a hostile reader would enter: nothing of it may pass.

use crate::Engagement;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use kickoff_checks::Status;

use super::*;
use crate::attestations::{self, AttestationResult};
use crate::documents::{DocumentResult, match_folder, match_names, register, standing};
use crate::requests::{default_list, list};

const ANA: &str = "[[people]]\nid = \"a\"\nname = \"A\"\nrole = \"CISO\"\n";
const HALF: &str = "[report]\ntype = \"type-2\"\nfrom = 2026-07-01\nto = 2026-12-31\n";
const DAY: &str = "[report]\ntype = \"type-1\"\nas_of = 2026-12-15\n";
const AFTER: Date = date(2027, 4, 20);

fn rows(frame: &str, request: &str, entries: &str, today: Date) -> Vec<DocumentResult> {
    let folder = tempfile::tempdir().unwrap();
    for file in ["a", "b", "c"] {
        std::fs::write(folder.path().join(file), file).unwrap();
    }
    let file = parse(&format!("{frame}{ANA}{entries}")).unwrap();
    let list = list(&file, folder.path()).unwrap();
    register(&file, &list, folder.path(), today).into_iter().filter(|row| row.request == request).collect()
}

/// The first row of a request with one document, whose file is `a`.
fn first(frame: &str, request: &str, keys: &str, more: &str, today: Date) -> (Status, String) {
    let entry = format!("[[documents]]\nrequest = \"{request}\"\nowner = \"a\"\nfile = \"a\"\n{keys}\n{more}");
    let row = rows(frame, request, &entry, today).remove(0);
    (row.status, row.reasons.join("; "))
}

#[test]
fn a_record_is_of_its_own_day_whatever_it_is_said_to_be_for() {
    let record = |keys: &str| first(HALF, "IAM-12", &format!("approver = \"a\"\n{keys}"), "", AFTER);
    for (keys, status, reason) in [
        // A review of March is none of July to December, though both are of 2026.
        ("approved = 2026-03-31\noccurrence = \"2026\"", Status::Fail, "it is of 2026-03-31, before the period"),
        ("approved = 2026-03-31\ntitle = \"Access review 2026-H1\"", Status::Fail, "before the period"),
        ("approved = 2026-10-06\noccurrence = \"2026\"", Status::Pass, ""),
        // Signed half a year after the quarter that it is of.
        (
            "approved = 2027-04-01\noccurrence = \"2026-Q4\"",
            Status::Manual,
            "it is of 2026-Q4, and was done on 2027-04-01, after the period, which ended on 2026-12-31",
        ),
    ] {
        let found = record(keys);
        assert_eq!(found.0, status, "{keys}: {found:?}");
        assert!(found.1.contains(reason) && reason.is_empty() == found.1.is_empty(), "{keys}: {found:?}");
    }
    // The same near the day of a Type 1 report.
    let found = first(DAY, "GEN-06", "approver = \"a\"\napproved = 2027-03-01\noccurrence = \"2026-Q4\"", "", AFTER);
    assert_eq!(found.0, Status::Manual, "{found:?}");
    let every = "[[requests]]\nid = \"R-1\"\ntext = \"Review of firewall rules\"\nevery = \"quarter\"\n";
    let found = first(DAY, "R-1", "approver = \"a\"\napproved = 2027-03-01\noccurrence = \"2026-Q3\"", every, AFTER);
    assert_eq!(found.0, Status::Manual, "{found:?}");
}

#[test]
fn a_list_needs_a_day_that_has_come() {
    let today = date(2026, 11, 30);
    let future = first(HALF, "IAM-02", "collected = 2026-12-20", "", today);
    assert_eq!(future, (Status::Fail, "its day, 2026-12-20, is still to come".to_owned()));
    let every = "[[requests]]\nid = \"IAM-02\"\nevery = \"quarter\"\n";
    let undated = first(HALF, "IAM-02", "occurrence = \"2026-Q3\"", every, AFTER);
    assert_eq!(undated, (Status::Fail, "it does not say when it was collected".to_owned()));
    let undated = first(HALF, "IAM-02", "occurrence = \"2026-Q4\"", "", AFTER);
    assert_eq!(undated.0, Status::Fail, "{undated:?}");
    // New hires of July to December that were listed before December was over.
    let early = first(HALF, "HR-02", "collected = 2026-12-29\ntitle = \"New hires Jul-Dec 2026\"", "", AFTER);
    assert_eq!(early.0, Status::Manual, "{early:?}");
    let whole = first(HALF, "HR-02", "collected = 2027-01-05\ntitle = \"New hires Jul-Dec 2026\"", "", AFTER);
    assert_eq!(whole, (Status::Pass, String::new()));
}

#[test]
fn nothing_is_received_before_it_was_or_after_today() {
    let of = |received: &str| {
        let keys = format!("approver = \"a\"\napproved = 2026-10-20\non = 2026-10-14\nreceived = {received}");
        first(HALF, "GEN-07", &keys, "", date(2026, 11, 30))
    };
    assert_eq!(of("2026-10-21"), (Status::Pass, String::new()));
    assert_eq!(of("2026-10-14").0, Status::Pass);
    let before = "it is of 2026-10-14, and was received on 2026-10-13, before that: which of the two is right?";
    assert_eq!(of("2026-10-13"), (Status::Manual, before.to_owned()));
    assert_eq!(
        of("2026-12-01"),
        (Status::Fail, "the day that it was received, 2026-12-01, is still to come".to_owned())
    );
}

#[test]
fn a_policy_that_came_after_the_period_leaves_its_end_open() {
    let policy = |file: &str, keys: &str| {
        format!("[[documents]]\nrequest = \"GEN-08\"\nowner = \"a\"\napprover = \"a\"\nfile = \"{file}\"\n{keys}\n")
    };
    let old = policy("a", "version = \"1\"\napproved = 2026-05-01\nuntil = 2026-10-31");
    let new = policy("b", "version = \"2\"\napproved = 2027-02-01");
    let found = rows(HALF, "GEN-08", &format!("{old}{new}"), AFTER);
    assert_eq!(found[0].status, Status::Fail);
    assert_eq!(found[0].reasons, ["in force until 2026-10-31, and the period ends on 2026-12-31: what came after?"]);
    assert_eq!(found[1].status, Status::NotApplicable);
    assert_eq!(standing(found.iter()), Some(Status::Fail));
}

#[test]
fn what_is_the_same_as_two_requests_is_not_answered_by_one_document() {
    let own = "[[requests]]\nid = \"A-1\"\ntext = \"Policies for encryption and for logging\"\nstandard = [\"ENC-01\", \"LOG-01\"]\n";
    let policy = |request: &str, file: &str| {
        format!(
            "[[documents]]\nrequest = \"{request}\"\nowner = \"a\"\napprover = \"a\"\nfile = \"{file}\"\nversion = \"1\"\napproved = 2026-05-01\n"
        )
    };
    let one = rows(HALF, "A-1", &format!("{own}{}", policy("ENC-01", "a")), AFTER);
    assert_eq!(one.iter().map(|row| row.status).collect::<Vec<_>>(), [Status::Pass, Status::Fail]);
    assert_eq!(one[1].reasons, ["it is the same as LOG-01 too: kickoff.toml has no document for that one"]);
    assert_eq!(standing(one.iter()), Some(Status::Fail));
    let both = format!("{own}{}{}", policy("ENC-01", "a"), policy("LOG-01", "b"));
    let both = rows(HALF, "A-1", &both, AFTER);
    assert_eq!((both.len(), standing(both.iter())), (2, Some(Status::Pass)), "{both:?}");
    // One that is handed over for the request itself is its answer.
    let own = rows(HALF, "A-1", &format!("{own}{}", policy("A-1", "a")), AFTER);
    assert_eq!((own.len(), own[0].status), (1, Status::Pass), "{own:?}");
}

#[test]
fn a_list_that_an_auditor_asks_for_is_approved_by_nobody() {
    for (text, keys, status) in [
        ("List of all employees", "collected = 2026-10-01", Status::Pass),
        ("Screenshot of the firewall rules", "on = 2026-10-01", Status::Pass),
        // Nobody says when.
        ("List of all employees", "", Status::Fail),
        // What is kept and approved is a document.
        ("Risk register", "collected = 2026-10-01", Status::Fail),
        ("Policy on listing assets", "collected = 2026-10-01", Status::Fail),
    ] {
        let own = format!("[[requests]]\nid = \"R-1\"\ntext = \"{text}\"\n");
        let found = first(HALF, "R-1", keys, &own, AFTER);
        assert_eq!(found.0, status, "{text}: {found:?}");
    }
}

fn stated(frame: &str, on: &str, occurrence: Option<&str>, today: Date) -> AttestationResult {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a"), "x").unwrap();
    let occurrence = occurrence.map(|name| format!("occurrence = \"{name}\"\n")).unwrap_or_default();
    let entry = format!(
        "[[attestations]]\ncontrol = \"AC-1\"\nresult = \"pass\"\nby = \"a\"\non = {on}\nevidence = \"a\"\n{occurrence}"
    );
    let file = parse(&format!("{frame}{ANA}{entry}")).unwrap();
    attestations::register(&file, folder.path(), today).remove(0)
}

#[test]
fn a_statement_is_made_when_what_it_is_for_has_begun_and_does_not_age_with_the_calendar() {
    let early = stated(HALF, "2026-07-15", Some("2026-Q4"), AFTER);
    assert_eq!(
        (early.status, early.reasons.join("")),
        (Status::Manual, "made on 2026-07-15, before 2026-Q4 began".to_owned())
    );
    assert_eq!(stated(HALF, "2026-10-15", Some("2026-Q4"), AFTER).status, Status::Pass);
    // A year after it, the statement of a period that is over is what it was.
    assert_eq!(stated(HALF, "2026-08-01", None, date(2027, 9, 1)).status, Status::Pass);
    assert_eq!(stated(DAY, "2026-11-01", None, date(2028, 1, 1)).status, Status::Pass);
    assert_eq!(stated(DAY, "2025-12-01", None, date(2027, 1, 1)).status, Status::Manual);
    let late = stated(DAY, "2027-01-15", None, AFTER);
    assert_eq!(late.reasons, ["made on 2027-01-15, more than 30 days after 2026-12-15, the day of the report"]);
    assert_eq!(stated(DAY, "2027-01-14", None, AFTER).status, Status::Pass);
    assert_eq!(stated("", "2025-12-01", None, AFTER).status, Status::Manual);
}

#[test]
fn the_older_version_is_not_the_policy_while_the_newest_is_open() {
    let names = ["Encryption Policy v2.0.pdf", "Encryption Policy v2.1.pdf", "Encryption Policy v2.1.docx"];
    let found = match_names(&names.map(str::to_owned), &default_list(), &Engagement::default());
    assert!(found.matched.is_empty() && found.grouped.is_empty(), "{found:?}");
    assert_eq!(found.contested.len(), 3);
    let of = |file: &str| found.contested.iter().find(|(one, _)| one.file == file).unwrap().1.clone();
    assert!(of(names[0]).ends_with("is of a later version, and is not decided on"), "{}", of(names[0]));
    // Two copies of an old one leave the new one certain; v2.10 came after v2.9.
    for (names, certain) in [
        (["Encryption Policy v1.0.pdf", "Encryption Policy v1.0.docx", "Encryption Policy v2.1.pdf"], 1),
        (["Encryption Policy v2.9.pdf", "Encryption Policy v2.9.docx", "Encryption Policy v2.10.pdf"], 1),
        (["Encryption Policy v2.10.pdf", "Encryption Policy v2.10.docx", "Encryption Policy v2.9.pdf"], 0),
    ] {
        let found = match_names(&names.map(str::to_owned), &default_list(), &Engagement::default());
        assert_eq!(found.matched.len() + found.grouped.len(), certain, "{names:?}: {found:?}");
    }
}

#[test]
fn quarters_of_a_fiscal_year_keep_it() {
    let names = ["User Access Review FY26 Q1.xlsx", "User Access Review FY26 Q2.xlsx"].map(str::to_owned);
    let found = match_names(&names, &default_list(), &Engagement::default());
    let versions: Vec<_> = found.grouped.iter().map(|one| (one.version.as_deref(), one.time.is_none())).collect();
    assert_eq!(versions, [(Some("FY26 Q1"), true), (Some("FY26 Q2"), true)], "{found:?}");
    // Which quarter of the calendar it is, its own day says.
    let every = "[[requests]]\nid = \"IAM-12\"\nevery = \"quarter\"\n";
    let entry = "[[documents]]\nrequest = \"IAM-12\"\nowner = \"a\"\napprover = \"a\"\nfile = \"a\"\nversion = \"FY27 Q1\"\napproved = 2026-12-18\n";
    let found = rows(HALF, "IAM-12", &format!("{every}{entry}"), AFTER);
    assert_eq!((found[0].status, found[0].occurrence.as_deref()), (Status::Pass, Some("2026-Q4")));
}

#[test]
fn a_folder_is_walked_whatever_lies_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "words").unwrap();
    };
    put("Encryption Policy.md");
    put("Incident Response Plan.pages/Data/image.md");
    if !cfg!(windows) {
        put("Logging\\Logging Policy.md");
    }
    let found = match_folder(folder.path(), &default_list(), &Engagement::default()).unwrap();
    assert_eq!(found.matched.iter().map(|one| one.file.as_str()).collect::<Vec<_>>(), ["Encryption Policy.md"]);
    let why = |name: &str| found.unmatched.iter().find(|(file, _)| file == name).map(|(_, why)| why.as_str());
    assert_eq!(
        why("Incident Response Plan.pages"),
        Some("is a folder that one program opens as a document: export it as PDF")
    );
    if !cfg!(windows) {
        assert_eq!(why("Logging\\Logging Policy.md"), Some("its name has a `\\`: give it another"));
    }
}

#[test]
fn a_path_of_windows_is_told_as_such() {
    let error = parse("[[documents]]\nrequest = \"ENC-01\"\nfile = 'docs\\a.pdf'\n").unwrap_err();
    assert!(
        error.contains("`docs\\a.pdf`: write `/` between folders, below that of kickoff.toml: `docs/a.pdf`"),
        "{error}"
    );
}

fn notices(text: &str) -> Vec<String> {
    let file = parse(text).unwrap();
    file.notices(date(2026, 8, 1)).iter().map(ToString::to_string).collect()
}

#[test]
fn a_plan_is_in_order() {
    let plan = |kickoff: &str, rest: &str| notices(&format!("{HALF}{ANA}[schedule]\nkickoff = {kickoff}\n{rest}"));
    let told = |found: &[String], part: &str| found.iter().any(|notice| notice.contains(part));
    let late = plan("2027-01-04", "");
    assert!(
        told(&late, "`schedule.kickoff`: the kick-off on 2027-01-04 is after the period, which ends on 2026-12-31"),
        "{late:?}"
    );
    assert!(plan("2026-12-31", "").is_empty());
    let deliverable = |name: &str, due: &str| format!("[[schedule.deliverables]]\nname = \"{name}\"\ndue = {due}\n");
    let early = plan("2026-09-01", &deliverable("Evidence package", "2026-08-20"));
    assert!(told(&early, "`Evidence package` is due on 2026-08-20, and the kick-off is on 2026-09-01"), "{early:?}");
    for name in ["Readiness assessment", "Signed engagement letter", "Plan of the audit"] {
        assert!(plan("2026-09-01", &deliverable(name, "2026-08-20")).is_empty(), "{name}");
    }
    let report = plan("2026-09-01", &deliverable("Draft report", "2026-12-15"));
    assert!(told(&report, "`Draft report` is due on 2026-12-15, and the period ends on 2026-12-31"), "{report:?}");
    assert!(plan("2026-09-01", &deliverable("Final report", "2027-02-15")).is_empty());
    let work = |name: &str, more: &str| {
        format!("[[work]]\nname = \"{name}\"\nresponsible = [\"a\"]\naccountable = \"a\"\ndue = 2026-08-20\n{more}")
    };
    let fieldwork = plan("2026-09-01", &work("Fieldwork", ""));
    assert!(told(&fieldwork, "`Fieldwork` is due on 2026-08-20, and the kick-off is on 2026-09-01"), "{fieldwork:?}");
    assert!(plan("2026-09-01", &work("Collect policies", "")).is_empty());
    assert!(plan("2026-09-01", &work("Fieldwork", "done = 2026-08-02\n")).is_empty());
    let day = notices(&format!("{DAY}{ANA}[schedule]\nkickoff = 2027-01-04\n"));
    assert!(told(&day, "the kick-off on 2027-01-04 is after 2026-12-15, the day of the report"), "{day:?}");
}

#[test]
fn how_often_says_nothing_without_days() {
    let control =
        "[[controls]]\nid = \"AC-1\"\nwording = \"Access is reviewed\"\ncriteria = [\"CC6.2\"]\nevery = \"quarter\"\n";
    let request = "[[requests]]\nid = \"IAM-12\"\nevery = \"quarter\"\n";
    let found = notices(&format!("{control}{request}"));
    for id in ["AC-1", "IAM-12"] {
        let what = format!("`every` of {id} expects nothing as long as [report] does not say the days");
        assert!(found.iter().any(|notice| notice.contains(&what)), "{found:?}");
    }
    assert!(notices(&format!("{HALF}{control}{request}")).is_empty());
}

#[test]
fn ten_thousand_files_and_documents_are_not_held_each_against_each() {
    // Each held against each other would take minutes.
    let days = || date(2000, 1, 1).series(1.day()).take(10_000);
    let files: Vec<String> = days().map(|day| format!("User Access Review {day}.pdf")).collect();
    let found = match_names(&files, &default_list(), &Engagement::default());
    assert_eq!(found.contested.len(), files.len());
    assert!(found.contested[0].1.starts_with("10000 files may be it"), "{:?}", found.contested[0]);
    // In a folder of their own they were handed over together.
    let files: Vec<String> = days().map(|day| format!("User Access Review/export {day}.pdf")).take(2_000).collect();
    assert_eq!(match_names(&files, &default_list(), &Engagement::default()).grouped.len(), 2_000);
    let entry = |at: usize| format!("[[documents]]\nrequest = \"IAM-12\"\nfile = \"f{at}\"\n");
    let text: String = (0..10_000).map(entry).collect();
    assert_eq!(parse(&text).unwrap().documents.len(), 10_000);
}
