//! Findings of the auditor: how they stand, what is wrong in them, and lists of them in and out.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use kickoff_checks::Status;
use proptest::prelude::*;

use super::*;
use crate::findings::{FindingResult, FindingState, Seen, merge, read, register, to_csv, to_xlsx};
use crate::readiness::{self, ReadinessInput};
use crate::requests::{CheckOutcome, Outcomes, default_list, statuses};

const TODAY: Date = date(2026, 12, 15);
const ANA: &str = "[[people]]\nid = \"ana\"\nname = \"Ana Ruiz\"\nrole = \"CTO\"\nemail = \"ana@acme.example\"\n";

fn run(status: Status, on: Date) -> Outcomes {
    let outcome = CheckOutcome { statuses: BTreeMap::from([(status, 2)]), on: Some(on), ..CheckOutcome::default() };
    let checks = BTreeMap::from([("iam-root-mfa".to_owned(), outcome)]);
    Outcomes { run: "RUN-1".to_owned(), checks, ..Outcomes::default() }
}

fn finding(rest: &str) -> String {
    format!("[[findings]]\nid = \"F-001\"\ntext = \"Root has no MFA\"\nraised = 2026-12-01\n{rest}")
}

fn stand(text: &str, run: Option<&Outcomes>) -> FindingResult {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("proof.pdf"), b"%PDF-1.7 proof\n%%EOF\n").unwrap();
    register(&parse(text).unwrap(), folder.path(), run, TODAY).remove(0)
}

#[test]
fn a_finding_is_closed_by_the_auditor_and_never_by_a_run() {
    let checks = "checks = [\"iam-root-mfa\"]\n";
    let closed = "closed = 2026-12-10\nclosed_by = \"Jane Roe\"\n";
    let after = date(2026, 12, 12);
    for (rest, run, state, words) in [
        (
            checks.to_owned(),
            Some(run(Status::Fail, after)),
            FindingState::Open,
            "still there: iam-root-mfa: 2 of 2 results fail",
        ),
        (
            checks.to_owned(),
            Some(run(Status::Pass, after)),
            FindingState::Open,
            "the run says fixed, the auditor has not closed it",
        ),
        // A run from before it was raised passed as well, and the auditor found it all the same.
        (
            checks.to_owned(),
            Some(run(Status::Pass, date(2026, 11, 30))),
            FindingState::Open,
            "not known: iam-root-mfa: the run is of 2026-11-30, before the finding of 2026-12-01",
        ),
        (
            checks.to_owned(),
            Some(run(Status::Excluded, after)),
            FindingState::Open,
            "not known: iam-root-mfa: 2 of 2 results are taken out by an exception, which mends nothing",
        ),
        (
            checks.to_owned(),
            Some(run(Status::NotEvaluated, after)),
            FindingState::Open,
            "not known: iam-root-mfa: 2 of 2 results could not be evaluated",
        ),
        (
            "checks = [\"iam-root-last-used\"]\n".to_owned(),
            Some(run(Status::Pass, after)),
            FindingState::Open,
            "not known: iam-root-last-used is not part of the run",
        ),
        (checks.to_owned(), None, FindingState::Open, "there is no run yet"),
        (String::new(), None, FindingState::Open, "it names no check: a run cannot tell"),
        ("due = 2026-12-14\n".to_owned(), None, FindingState::Overdue, "it names no check: a run cannot tell"),
        ("due = 2026-12-15\n".to_owned(), None, FindingState::Open, "it names no check: a run cannot tell"),
        (
            format!("{checks}{closed}"),
            Some(run(Status::Fail, after)),
            FindingState::Closed,
            "closed, and the run says it fails: iam-root-mfa: 2 of 2 results fail",
        ),
        (format!("{checks}{closed}"), Some(run(Status::Pass, after)), FindingState::Closed, "none of its checks fails"),
    ] {
        let result = stand(&finding(&rest), run.as_ref());
        assert_eq!((result.state, result.against_the_run().as_str()), (state, words), "{rest}");
    }
    let evidence = stand(&finding("evidence = \"proof.pdf\"\n"), None);
    assert!(evidence.sha256.is_some());
    let gone = stand(&finding("evidence = \"gone.pdf\"\n"), None);
    assert!(gone.reasons.contains(&"its evidence, gone.pdf, is not there".to_owned()), "{:?}", gone.reasons);
    assert_eq!(gone.seen, Seen::NoCheck);
}

#[test]
fn what_cannot_be_is_named() {
    for (rest, words) in [
        ("closed = 2026-11-30\nclosed_by = \"J\"\n", "2026-11-30 is before `raised`, 2026-12-01"),
        ("due = 2026-11-30\n", "`findings.due`: 2026-11-30 is before `raised`"),
        ("closed = 2026-12-10\n", "`findings.closed_by`: is missing"),
        ("closed_by = \"J\"\n", "`findings.closed`: is missing"),
        ("owner = \"bob\"\n", "there is no person `bob`"),
        ("checks = [\"iam-root-mfaa\"]\n", "did you mean `iam-root-mfa`?"),
        ("criteria = [\"CC66.1\"]\n", "there is no criterion `CC66.1`"),
        ("requests = [\"GEN-99\"]\n", "there is no request `GEN-99`"),
        ("evidence = \"../out.pdf\"\n", "leads out of the folder"),
    ] {
        let error = parse(&finding(rest)).unwrap_err();
        assert!(error.contains(words), "{error}");
    }
    let error = parse(&format!("{}{}", finding(""), finding(""))).unwrap_err();
    assert!(error.contains("`F-001` stands twice in [[findings]]"), "{error}");
}

#[test]
fn tasks_of_the_auditor_stand_before_requests_and_are_put_off_by_no_meeting() {
    let text = format!(
        "{ANA}[schedule]\nkickoff = 2026-11-01\n{}[[findings]]\nid = \"F-002\"\ntext = \"Old\"\nraised = 2026-12-01\nclosed = 2026-12-02\nclosed_by = \"J\"\n[[requests]]\nid = \"IAM-02\"\nowner = \"ana\"\ndue = 2026-12-20\ndelivered = 2026-12-01\n[[returns]]\nrequest = \"IAM-02\"\non = 2026-12-05\nstate = \"question\"\ncomment = \"which users\\nare these?\"\nby = \"Jane\"\n",
        finding("due = 2026-12-30\nowner = \"ana\"\nchecks = [\"iam-root-mfa\"]\nresponse = \"done\"\n")
    );
    let file = parse(&text).unwrap();
    let run = run(Status::Pass, date(2026, 12, 12));
    let findings = register(&file, Path::new("."), Some(&run), TODAY);
    let requests = statuses(&file, &default_list(), Some(&run), &[], &[], TODAY);
    let told = readiness::assess(&ReadinessInput {
        reviews: &[],
        engagement: &file,
        requests: &requests,
        documents: &[],
        risks: &[],
        findings: &findings,
        run: Some(&run),
        today: TODAY,
    });
    let at = |what: &str| told.tasks.iter().position(|task| task.what == what);
    let finding = at("F-001: show the auditor that it is mended, to be closed: Root has no MFA").unwrap();
    let question = at("answer the auditor's question on IAM-02: which users are these?").unwrap();
    assert_eq!((question, told.tasks[question].owner.as_deref()), (finding + 1, Some("ana")));
    assert_eq!(told.tasks[question].due, Some(date(2026, 12, 20)));
    assert!(told.tasks[question].why.starts_with("question of 2026-12-05 (Jane): which users are these?"));
    assert!(!told.tasks.iter().any(|task| task.what.starts_with("IAM-02:") || task.what.starts_with("F-002")));
    assert!(told.tasks[question + 1..].iter().any(|task| task.what.starts_with("IAM-01")));
}

fn merged(text: &str, list: &str) -> Result<(Option<String>, Vec<String>), String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("issues.csv");
    std::fs::write(&path, list).unwrap();
    let rows = read(&path, None).map_err(|error| error.to_string())?;
    let merged = merge(Path::new("kickoff.toml"), text, &path, &rows);
    merged.map(|merged| (merged.text, merged.account)).map_err(|error| error.to_string())
}

#[test]
fn a_tracker_of_issues_is_taken_and_what_people_wrote_stays() {
    let text = format!(
        "# Ours\n{ANA}\n[[findings]] # the first\nid = \"F-007\" # theirs\ntext = \"Root has no MFA\"\nraised = 2026-12-01\nowner = \"ana\" # until March\nresponse = \"We know.\"\n\n[entity]\nname = \"Acme\"\nsystem = \"S\"\n"
    );
    let list = "Issue No,Finding,Rating,Date raised,Responsible,Target date,Management response,Closed on,Verified by,Colour\n\
        F-007,Root has no MFA,High,01.12.2026,ana ruiz,31.12.2026,,,,red\n\
        ,Leavers kept their access,Medium,02.12.2026,ANA@acme.example,,\"Removed; see \"\"HR-2\"\"\",,,\n";
    let (new, account) = merged(&text, list).unwrap();
    let new = new.unwrap();
    assert_eq!(
        account,
        [
            "issues.csv: 1 new, 1 changed, 0 as they were. Left out: column Colour (not read here)",
            "F-007: severity is `High` now",
            "F-007: due is `2026-12-31` now",
            "F-008: new",
        ]
    );
    assert!(new.starts_with(&format!(
        "# Ours\n{ANA}\n[[findings]] # the first\nid = \"F-007\" # theirs\ntext = \"Root has no MFA\"\nraised = 2026-12-01\nowner = \"ana\" # until March\nresponse = \"We know.\"\nseverity = \"High\"\ndue = 2026-12-31\n\n[entity]\n"
    )), "{new}");
    let file = parse(&new).unwrap();
    assert_eq!(file.findings[1].response.as_deref(), Some("Removed; see \"HR-2\""));
    assert_eq!((file.findings[1].raised, file.findings[1].owner.as_deref()), (date(2026, 12, 2), Some("ana")));
    // The same list again changes nothing: the one without an id is known by its words.
    let (again, account) = merged(&new, list).unwrap();
    assert_eq!(
        (again, account[0].as_str()),
        (None, "issues.csv: 0 new, 0 changed, 2 as they were. Left out: column Colour (not read here)")
    );
    // A word that changed is replaced where it stands.
    let (changed, account) = merged(&new, "id,text,response\nF-007,Root has no MFA,A key is ordered.\n").unwrap();
    assert!(changed.unwrap().contains("\nresponse = \"A key is ordered.\"\n"));
    assert_eq!(account[1], "F-007: response was `We know.`, and is `A key is ordered.` now");
    assert!(account[0].ends_with("Not in the list, and kept: 1"), "{}", account[0]);
}

#[test]
fn a_list_of_findings_that_cannot_be_used_is_named_and_nothing_is_taken() {
    for (list, words) in [
        ("a,b\n1,2\n", "has no column that says what was found"),
        ("id,finding,raised\nF-1,x,soon\n", "row 2: `soon` is no day: write raised as 2026-12-31"),
        ("id,finding,raised\nF-1,x,03/04/2026\n", "can be 2026-04-03 or 2026-03-04: say which with --dates"),
        ("id,finding,raised\nF-1,x,\n", "row 2: F-1 does not say when it was raised"),
        ("id,finding,raised,owner\nF-1,x,2026-12-01,bob\n", "row 2: there is no person `bob` in [[people]]"),
        ("id,finding,raised\nF-1,x,2026-12-01\nF-1,y,2026-12-01\n", "row 3: says another thing of F-1 than row 2"),
        ("id,finding,raised,closed\nF-1,x,2026-12-01,2026-12-02\n", "`findings.closed_by`: is missing"),
    ] {
        let error = merged(ANA, list).unwrap_err();
        assert!(error.contains(words), "{error}");
    }
    let error =
        merged("findings = [{ id = \"F-1\", text = \"x\", raised = 2026-12-01 }]\n", "id,finding,note\nF-1,x,n\n");
    assert!(error.unwrap_err().contains("write each of its entries under a [[findings]] of its own"));
}

const CLOSED: &str = "[[findings]]\nid = \"F-1.1\"\ntext = \"One\"\nraised = 2026-11-20\nclosed = 2026-11-30\nclosed_by = \"Ida Holm\"\n";

#[test]
fn an_id_is_another_where_its_marks_are_others_and_the_same_in_small_letters() {
    // F-1-1 is not F-1.1, which is closed: it is new, and the closed one stays as it is.
    let (new, account) = merged(CLOSED, "id,finding,raised\nF-1-1,Another,2026-11-22\n").unwrap();
    assert_eq!(account, ["issues.csv: 1 new, 0 changed, 0 as they were. Not in the list, and kept: 1", "F-1-1: new"]);
    assert!(new.unwrap().starts_with(CLOSED));
    let (new, account) = merged(CLOSED, "id,finding\nf - 1.1,One\n").unwrap();
    assert_eq!((new, account), (None, vec!["issues.csv: 0 new, 0 changed, 1 as they were".to_owned()]));
    // Three ids with the same letters and figures are three findings.
    let list = "id,finding,raised\nF-1.1,One,2026-11-20\nF-11,Two,2026-11-20\nF-1-1,Three,2026-11-20\n";
    assert!(merged("", list).unwrap().1[0].contains("3 new"));
    // The file tells two apart by case alone: one that is neither is not guessed.
    let two = format!("{CLOSED}{}", CLOSED.replace("F-1.1", "f-1.1"));
    assert!(merged(&two, "id,finding\nf-1.1,One\nF-1.1,One\n").unwrap().1[0].contains("2 as they were"));
    let error = merged(&two, "id,finding\nF - 1.1,One\n").unwrap_err();
    assert!(error.contains("row 2: `F - 1.1` may be `F-1.1` or `f-1.1`"), "{error}");
    for id in ["—", "…", "-"] {
        let error = merged("", &format!("id,finding,raised\n{id},One,2026-11-20\n")).unwrap_err();
        assert!(error.contains(&format!("row 2: `{id}` is no id: write one with letters or figures")), "{error}");
    }
}

#[test]
fn a_list_that_opens_a_finding_again_or_closes_it_on_no_day_is_told() {
    let again = "row 2: F-1.1: is `Reopened` here, and was closed on 2026-11-30: if it is open again, take `closed` and `closed_by` away from it in kickoff.toml";
    for (list, words) in [
        ("id,finding,closed\nF-1.1,One,Reopened\n", again),
        ("id,finding,raised,Status\nF-1.1,One,2026-11-20,Reopened\n", again),
        ("id,finding,raised,Status,closed\nF-1.1,One,2026-11-20,Reopened,2026-11-30\n", again),
        ("id,finding,closed\nF-1.1,One,wieder offen\n", "is `wieder offen` here"),
        ("id,finding,raised,state\nF-1.1,One,2026-11-20,Open - see mail\n", "is `Open - see mail` here"),
        ("id,finding,raised,Status\nF-2,Two,2026-11-20,Closed\n", "F-2: is `Closed`, and not said to be so since when"),
        (
            "id,finding,raised,Status,closed,closed by\nF-2,Two,2026-11-20,Open,2026-11-30,Ida\n",
            "F-2: is `Open`, and closed on 2026-11-30",
        ),
    ] {
        let error = merged(CLOSED, list).unwrap_err();
        assert!(error.contains(words), "{list}: {error}");
    }
    // What fits to what stands there says nothing new; nor does an empty cell, or a dash.
    for list in [
        "id,finding,raised,Status\nF-1.1,One,2026-11-20,Closed (Ida)\n",
        "id,finding,closed\nF-1.1,One,\n",
        "id,finding,closed\nF-1.1,One,-\n",
    ] {
        let (new, account) = merged(CLOSED, list).unwrap();
        assert_eq!((new, account[0].as_str()), (None, "issues.csv: 0 new, 0 changed, 1 as they were"), "{list}");
    }
    let (_, account) = merged("", "id,finding,raised,Status\nF-2,Two,2026-11-20,offen\n").unwrap();
    assert_eq!(account[0], "issues.csv: 1 new, 0 changed, 0 as they were");
    let (_, account) = merged("", "id,finding,raised,Status\nF-2,Two,2026-11-20,Escalated\n").unwrap();
    assert!(account[0].ends_with("Left out: status `Escalated` (neither open nor closed)"), "{}", account[0]);
    // An export of a day on which it was open, with its answer: it is taken, and the finding stays closed.
    let open = CLOSED.replace("closed = 2026-11-30\nclosed_by = \"Ida Holm\"\n", "");
    let csv = to_csv(&register(&parse(&open).unwrap(), Path::new("."), None, TODAY));
    let (new, account) = merged(CLOSED, &csv).unwrap();
    assert_eq!(new, None);
    assert!(
        account[1].starts_with("F-1.1: closed on 2026-11-30, and stays so, though its state is `open`"),
        "{account:?}"
    );
}

#[test]
fn no_row_of_a_list_is_lost_without_a_word() {
    use rust_xlsxwriter::{Format, Workbook};

    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let struck = Format::new().set_font_strikethrough();
    for (at, row) in (0..).zip([
        ["id", "finding", "raised", "severity"],
        ["F-1", "Not to be seen", "2026-11-20", "High"],
        ["F-2", "Seen", "2026-11-20", "High"],
        ["F-3", "Withdrawn", "2026-11-20", "High"],
    ]) {
        for (column, cell) in (0..).zip(row) {
            match at {
                3 => sheet.write_string_with_format(at, column, cell, &struck).unwrap(),
                _ => sheet.write_string(at, column, cell).unwrap(),
            };
        }
    }
    sheet.set_row_hidden(1).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.xlsx");
    std::fs::write(&path, book.save_to_buffer().unwrap()).unwrap();
    let found = merge(Path::new("kickoff.toml"), "", &path, &read(&path, None).unwrap()).unwrap();
    assert_eq!(
        found.account,
        ["f.xlsx: 1 new, 0 changed, 0 as they were. Left out: row 2 (hidden); row 4 (struck through)", "F-2: new"]
    );
    // A formula that nobody computed is no empty cell, neither as a text nor as something else.
    let list = "id,finding,raised,severity\nF-9,=A1&A2,2026-11-20,High\nF-10,x,2026-11-20,=UPPER(\"high\")\n";
    let error = merged("", list).unwrap_err();
    assert!(error.contains("row 2, column B (finding): holds a formula without its value"), "{error}");
    assert!(error.contains("row 3, column D (severity): holds a formula without its value"), "{error}");
    // 20,001 rows of findings are more than are read.
    let rows: String = (1..=20_001).map(|at| format!("F-{at},x {at},2026-11-20\n")).collect();
    let error = merged("", &format!("id,finding,raised\n{rows}")).unwrap_err();
    assert!(error.contains("has more than 20000 rows"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_export_that_is_imported_changes_not_one_byte(
        texts in proptest::collection::vec(("[ -~äß中\n]{1,40}", "[=+@'\"a;, -]{0,12}", any::<bool>()), 1..5)
    ) {
        use std::fmt::Write as _;
        let mut text = String::from(ANA);
        for (at, (words, note, more)) in texts.iter().enumerate() {
            prop_assume!(!words.trim().is_empty());
            let _ = write!(text, "[[findings]]\nid = \"F-{at:03}\"\ntext = {}\nraised = 2026-12-0{}\n", crate::write::quoted(words), at + 1);
            if !note.trim().is_empty() {
                let _ = writeln!(text, "note = {}", crate::write::quoted(note));
            }
            if *more {
                text.push_str("owner = \"ana\"\ncriteria = [\"CC6.1\", \"CC6.2\"]\nchecks = [\"iam-root-mfa\"]\nrequests = [\"IAM-02\", \"GEN-06\"]\ndue = 2027-01-01\nclosed = 2026-12-20\nclosed_by = \"Jane, Roe\"\n");
            }
        }
        let found = register(&parse(&text).unwrap(), Path::new("."), None, TODAY);
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in [("f.csv", to_csv(&found).into_bytes()), ("f.xlsx", to_xlsx(&found).unwrap())] {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            let rows = read(&path, None).unwrap();
            let merged = merge(Path::new("kickoff.toml"), &text, &path, &rows).unwrap();
            prop_assert_eq!(merged.text, None, "{}: {:?}", name, merged.account);
            // Into an empty file, all of it comes again.
            let again = merge(Path::new("kickoff.toml"), ANA, &path, &rows).unwrap().text.unwrap();
            let back = register(&parse(&again).unwrap(), Path::new("."), None, TODAY);
            let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let ids = |all: &[FindingResult]| {
                all.iter().map(|one| {
                    let finding = &one.finding;
                    (finding.id.clone(), plain(&finding.text), finding.criteria.clone(), finding.requests.clone(), finding.closed)
                }).collect::<Vec<_>>()
            };
            prop_assert_eq!(ids(&back), ids(&found));
        }
    }
}
