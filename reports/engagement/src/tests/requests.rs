//! Request lists in and out, and how each request stands on a day.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use kickoff_checks::Status;
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use super::*;
use crate::requests::{
    Answered, CheckOutcome, DateOrder, ListOptions, NotAsked, Outcomes, Progress, Reach, Request, RequestStatus,
    Source, adopt, counterparts, default_list, from_bytes, read, statuses, to_csv, to_xlsx,
};

/// What is read where nothing is said of the list.
pub(super) fn from(name: &str, bytes: &[u8]) -> Result<Vec<Request>, String> {
    let read = from_bytes(Path::new(name), bytes, &ListOptions::default());
    read.map(|list| list.requests).map_err(|error| error.to_string())
}

fn csv(text: &str) -> Result<Vec<Request>, String> {
    from("list.csv", text.as_bytes())
}

#[test]
fn an_auditors_csv_is_read_under_the_names_that_auditors_use() {
    let list = csv("\u{feff}Ref;Request description;TSC;Due date;Assigned to;Checks\r\n1;Access policy;cc6.1, CC6.3;2026-02-01;Ana;\r\n\r\n2;\"Root; and MFA\";CC6.1;;;iam-root-mfa\r\n").unwrap();
    assert_eq!(list.len(), 2);
    assert_eq!((list[0].id.as_str(), list[0].text.as_str()), ("1", "Access policy"));
    assert_eq!(list[0].criteria, ["CC6.1", "CC6.3"]);
    assert_eq!((list[0].due, list[0].owner.as_deref()), (Some(date(2026, 2, 1)), Some("Ana")));
    assert_eq!((list[0].reach, list[1].reach), (Reach::Unmapped, Reach::Part));
    assert_eq!(
        (list[1].text.as_str(), list[1].checks.as_slice()),
        ("Root; and MFA", ["iam-root-mfa".to_owned()].as_slice())
    );
}

#[test]
fn a_list_that_cannot_be_used_is_named_by_row_and_column() {
    for (text, words) in [
        (
            "Ref,Due\n1,2026-01-01\n",
            "list.csv: has no column `text`, what is asked for, with another beside it; it has A Ref, B Due;",
        ),
        ("a,b\n1,2\n", "it has A a, B b; say which it is: --columns text=HEAD"),
        ("", "list.csv: is empty"),
        ("id,text\n", "list.csv: has its columns, and no request under them"),
        ("id,texte\n1,One\n", "it has A id, B texte: is `texte` meant for `text`?"),
        ("id,text\n1,One\n2,\"Two\n3,Three\n", "list.csv, row 3: a quote is opened and not closed"),
        ("id,text\n1,=A1+A2\n", "list.csv, row 2, column B (text): holds a formula without its value"),
        (
            "id,text,due\n1,One,03/04/2026\n",
            "list.csv, row 2, column C (due): `03/04/2026` can be 2026-04-03 or 2026-03-04: say which",
        ),
        (
            "id,text,checks\n1,One,iam-root-mfaa\n",
            "row 2, column C (checks): there is no check `iam-root-mfaa`: did you mean `iam-root-mfa`?",
        ),
    ] {
        let error = csv(text).unwrap_err();
        assert!(error.contains(words), "{error}\nand not {words}");
    }
    // A title, words of the auditor's own, inches, and a quote within a quoted cell do no harm.
    let list = csv(
        "Prudent LLP\n\nNo.;Request;Type;Report type\n7;A 19\" rack;Walkthrough;Type II\n8;\"a \"\"b\"\" c\";;both\n",
    );
    let list = list.unwrap();
    assert_eq!((list[0].text.as_str(), list[0].kind, list[0].period_only), ("A 19\" rack", None, true));
    assert_eq!((list[1].id.as_str(), list[1].text.as_str(), list[1].period_only), ("8", "a \"b\" c", false));
    let list = csv("id,text,checks\n1,\"a; b; c; d\",\"iam-root-mfa; iam-root-last-used\"\n").unwrap();
    assert_eq!((list[0].text.as_str(), list[0].checks.len()), ("a; b; c; d", 2), "semicolons within cells");
    // A spreadsheet's CSV is in the code of its country: é is one byte in Windows-1252, and 0x81 is nothing there.
    let latin = from("list.csv", b"id,text\n1,caf\xe9 \x96 bar\n").unwrap();
    assert_eq!(latin[0].text, "café – bar");
    let neither = from("list.csv", b"id,text\n1,caf\x81\n").unwrap_err();
    assert_eq!(neither, "list.csv: is text in no code that is read here: save it as CSV in UTF-8");
    let said = csv("sep=;\nid;text\n1;One, two\n").unwrap();
    assert_eq!((said.len(), said[0].text.as_str()), (1, "One, two"));
    let folder = tempfile::tempdir().unwrap();
    assert!(from("list.pages", b"x").unwrap_err().contains("neither .csv nor .xlsx"));
    assert!(
        read(&folder.path().join("none.csv"), &ListOptions::default())
            .unwrap_err()
            .to_string()
            .contains("it cannot be read")
    );
}

fn workbook(fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Notes").unwrap().write_string(0, 0, "Dear client").unwrap();
    let sheet = book.add_worksheet();
    sheet.set_name("PBC").unwrap();
    for (column, head) in (0..).zip(["#", "Request", "Due date"]) {
        sheet.write_string(2, column, head).unwrap();
    }
    fill(sheet);
    book.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_is_read_from_the_sheet_that_has_the_columns() {
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let bytes = workbook(|sheet| {
        sheet.write_number(3, 0, 12.0).unwrap();
        sheet.write_string(3, 1, "Organization chart").unwrap();
        sheet.write_datetime_with_format(3, 2, ExcelDateTime::from_ymd(2026, 3, 4).unwrap(), &day).unwrap();
    });
    let list = from("pbc.xlsx", &bytes).unwrap();
    assert_eq!(list.len(), 1);
    assert_eq!((list[0].id.as_str(), list[0].due), ("12", Some(date(2026, 3, 4))));
}

#[test]
fn a_request_without_checks_is_said_to_be_like_one_that_has_some() {
    for (text, id) in [
        ("Please provide evidence that MFA is required for console access and for all remote access.", Some("IAM-05")),
        ("Current organization chart", Some("GEN-06")),
        ("Proof that stored customer data is encrypted at rest", Some("ENC-02")),
        ("Lunch menu", None),
    ] {
        let reading = counterparts(&csv(&format!("id,text\n1,\"{text}\"\n")).unwrap()[0]);
        let like: Vec<&str> = reading.counterparts.iter().map(|one| one.standard.as_str()).collect();
        assert_eq!(like, id.into_iter().collect::<Vec<_>>(), "{text}");
    }
    let list = csv("id,text\n7,Current organization chart\n8,The information security policy in force\n").unwrap();
    let statuses = statuses(&Engagement::default(), &list, None, &[], &[], date(2026, 3, 4));
    assert!(statuses[0].reasons[0].starts_with("no check is named for it; it reads like GEN-06 of the default list"));
    // Files find their way to an auditor's own requests too.
    let files =
        ["Org chart.png", "Organization Chart 2026.pdf", "Information Security Policy v2.pdf"].map(str::to_owned);
    let found = crate::documents::match_names(&files, &list, &Engagement::default());
    let matched: Vec<(&str, &str)> = found.matched.iter().map(|m| (m.request.as_str(), m.file.as_str())).collect();
    assert_eq!(matched, [("7", "Organization Chart 2026.pdf"), ("8", "Information Security Policy v2.pdf")]);
    assert_eq!(found.unmatched.len(), 1);
}

fn outcome(statuses: &[(Status, u64)], evidence: &[&str]) -> CheckOutcome {
    CheckOutcome {
        statuses: statuses.iter().copied().collect(),
        failing: Vec::new(),
        evidence: evidence.iter().map(|&id| id.to_owned()).collect(),
        stale: None,
        on: None,
    }
}

fn run(checks: &[(&str, CheckOutcome)]) -> Outcomes {
    let checks = checks.iter().map(|(id, o)| ((*id).to_owned(), o.clone())).collect();
    Outcomes { run: "RUN-1".to_owned(), checks, ..Outcomes::default() }
}

fn standing(file: &Engagement, run: Option<&Outcomes>, today: Date) -> BTreeMap<String, RequestStatus> {
    let list = statuses(file, &default_list(), run, &[], &[], today);
    list.into_iter().map(|status| (status.request.id.clone(), status)).collect()
}

#[test]
fn a_run_answers_fully_partly_or_not() {
    let run = run(&[
        // GEN-03 asks for the regions: one check, and a failing one answers too.
        ("account-region-coverage", outcome(&[(Status::Fail, 1)], &["E-0002"])),
        // IAM-06 asks for three checks.
        ("iam-password-policy-length", outcome(&[(Status::Pass, 1)], &["E-0007"])),
        ("iam-password-policy-reuse", outcome(&[(Status::NotEvaluated, 1)], &["E-0007"])),
        // INC-04 has both of its checks.
        ("account-security-contact", outcome(&[(Status::Pass, 1)], &["E-0003"])),
        ("account-contact-current", outcome(&[(Status::Manual, 1)], &["E-0001", "E-0003"])),
    ]);
    let all = standing(&Engagement::default(), Some(&run), date(2026, 3, 4));
    let answer = |id: &str| &all[id].answer;
    assert_eq!(
        (answer("GEN-03").answered, answer("GEN-03").evidence.join(" ")),
        (Answered::Fully, "E-0002".to_owned())
    );
    assert_eq!(
        (answer("INC-04").answered, answer("INC-04").evidence.join(" ")),
        (Answered::Fully, "E-0001 E-0003".to_owned())
    );
    assert_eq!(answer("IAM-06").answered, Answered::Partly);
    assert_eq!(
        answer("IAM-06").reasons,
        [
            "iam-password-policy-reuse: 1 of 1 results could not be evaluated",
            "not part of the run: iam-password-policy-complexity"
        ]
    );
    assert_eq!((answer("IAM-07").answered, answer("IAM-07").evidence.len()), (Answered::Not, 0));
    assert!(answer("NET-01").reasons[0].starts_with("this version has no check: "), "{:?}", answer("NET-01"));
    assert_eq!(answer("GEN-06").reasons, ["a scan cannot answer it: documents or people have to"]);
    assert_eq!(all["GEN-03"].progress, Progress::Ready);
    assert_eq!((all["IAM-06"].progress, all["GEN-06"].progress), (Progress::Partly, Progress::Open));
    let none = standing(&Engagement::default(), None, date(2026, 3, 4));
    assert!(none.values().all(|status| status.answer.answered == Answered::Not && !status.answer.reasons.is_empty()));
}

#[test]
fn a_run_that_is_too_old_answers_in_part_and_one_of_the_period_does_not_grow_old() {
    let file = |text: &str| parse(text).unwrap();
    let plain = file("");
    // 190 days.
    let (run_day, today) = (date(2026, 5, 24), date(2026, 11, 30));
    let why = plain.stale(run_day, today).unwrap();
    assert!(why.starts_with("190 days old: results count for 90 days"), "{why}");
    assert_eq!(plain.stale(date(2026, 9, 1), today), None);
    assert_eq!(plain.stale(date(2026, 8, 31), today).map(|why| why[..11].to_owned()), Some("91 days old".to_owned()));
    assert_eq!(file("[schedule]\nrun_max_age_days = 190\n").stale(run_day, today), None);
    // The period ended six days after the run.
    let report = "[report]\ntype = \"type-2\"\nfrom = 2026-01-01\nto = 2026-05-30\n";
    assert_eq!(file(report).stale(run_day, today), None);
    let old = CheckOutcome { stale: Some(format!("RUN-1 is {why}")), ..outcome(&[(Status::Pass, 1)], &["E-0002"]) };
    let all = standing(&plain, Some(&run(&[("account-region-coverage", old)])), today);
    assert_eq!(all["GEN-03"].answer.answered, Answered::Partly);
    assert_eq!(all["GEN-03"].answer.reasons, [format!("RUN-1 is {why}")]);
    assert_eq!(all["GEN-03"].progress, Progress::Partly);
}

#[test]
fn a_run_of_none_of_the_days_of_a_report_that_are_over_answers_in_part() {
    let today = date(2026, 12, 1);
    let stale = |report: &str, run: Date| parse(&format!("[report]\n{report}\n")).unwrap().stale(run, today);
    let late = stale("type = \"type-1\"\nas_of = 2026-06-30", date(2026, 11, 23)).unwrap();
    assert_eq!(late, "off-date: collected on 2026-11-23 (UTC), 146 days after 2026-06-30, the day of the report");
    assert!(stale("type = \"type-2\"\nfrom = 2026-07-01\nto = 2026-09-30", date(2026, 6, 30)).is_some());
    assert_eq!(stale("type = \"type-2\"\nfrom = 2026-07-01\nto = 2026-09-30", date(2026, 9, 30)), None);
    // Before its day comes, a run shows how far one is.
    assert_eq!(stale("type = \"type-1\"\nas_of = 2027-01-31", date(2026, 11, 23)), None);
}

#[test]
fn what_has_no_evidence_answers_nothing_and_the_list_of_accounts_is_that_of_the_organization() {
    let silent = || outcome(&[(Status::Manual, 1)], &[]);
    let all = |run: &Outcomes| standing(&Engagement::default(), Some(run), date(2026, 3, 4));
    let alone = run(&[("account-region-coverage", silent())]);
    let answer = all(&alone)["GEN-03"].answer.clone();
    assert_eq!(answer.answered, Answered::Not);
    assert_eq!(answer.reasons, ["account-region-coverage: the run has no evidence for it"]);
    // GEN-02 asks for the accounts, reconciled to the organization; GEN-03 is about what is in scope.
    let mut part = run(&[
        ("org-account-inventory", outcome(&[(Status::Pass, 1)], &["E-0001"])),
        ("account-region-coverage", outcome(&[(Status::Pass, 1)], &["E-0002"])),
    ]);
    part.not_asked.organization = vec!["444455556666 (Log Archive)".to_owned()];
    let standing = all(&part);
    assert_eq!(
        (standing["GEN-02"].answer.answered, standing["GEN-03"].answer.answered),
        (Answered::Partly, Answered::Fully)
    );
    assert!(standing["GEN-02"].answer.reasons[0].contains("444455556666"), "{:?}", standing["GEN-02"].answer.reasons);
}

#[test]
fn a_run_gives_what_a_newer_one_was_not_made_for() {
    let regions = |names: &[&str]| vec![("111122223333".to_owned(), names.iter().map(|&n| n.to_owned()).collect())];
    let mut newer = run(&[("iam-root-mfa", outcome(&[(Status::Pass, 1)], &["E-0001"]))]);
    newer.not_asked = NotAsked { regions: regions(&["eu-north-1"]), ..NotAsked::default() };
    let mut older = run(&[
        ("iam-root-mfa", outcome(&[(Status::Fail, 1)], &["E-0009"])),
        ("vpc-flow-logs", outcome(&[(Status::Fail, 2)], &["E-0002"])),
    ]);
    older.not_asked = NotAsked { regions: regions(&["sa-east-1"]), ..NotAsked::default() };
    newer.complete_with(older);
    assert_eq!(newer.checks["iam-root-mfa"].evidence, ["E-0001"]);
    assert_eq!(newer.checks["vpc-flow-logs"].evidence, ["E-0002"]);
    assert_eq!(newer.not_asked.regions, regions(&["eu-north-1", "sa-east-1"]));
    // A run that adds nothing takes nothing away either.
    let before = newer.clone();
    let mut useless = run(&[("iam-root-mfa", outcome(&[(Status::Pass, 1)], &[]))]);
    useless.not_asked.accounts.push("444455556666".to_owned());
    newer.complete_with(useless);
    assert_eq!(newer, before);
}

#[test]
fn a_run_that_did_not_ask_everything_answers_in_part() {
    let checks = [
        ("account-region-coverage", outcome(&[(Status::Pass, 1)], &[])),
        ("cloudtrail-multi-region", outcome(&[(Status::Pass, 4)], &[])),
        ("account-security-contact", outcome(&[(Status::Pass, 1)], &[])),
        ("account-contact-current", outcome(&[(Status::Manual, 1)], &["E-0001"])),
    ];
    let answer = |not_asked: NotAsked| {
        let run = Outcomes { not_asked, ..run(&checks) };
        let all = standing(&Engagement::default(), Some(&run), date(2026, 3, 4));
        ["INC-04", "LOG-02"].map(|id| (all[id].answer.answered, all[id].answer.reasons.clone()))
    };
    let said = |line: &str| vec![format!("the run did not ask {line}")];
    assert!(
        !answer(NotAsked::default()).iter().any(|(_, reasons)| reasons.iter().any(|why| why.contains("did not ask")))
    );
    // Contacts are the account's: a region more or less does not bear on them. Trails are of regions.
    let regions = vec![("111122223333".to_owned(), vec!["eu-north-1".to_owned(), "sa-east-1".to_owned()])];
    let [contacts, trails] = answer(NotAsked { regions, ..NotAsked::default() });
    assert_eq!(contacts, (Answered::Fully, Vec::new()));
    assert_eq!(trails.0, Answered::Partly);
    assert!(trails.1.contains(&said("enabled regions of 111122223333: eu-north-1, sa-east-1")[0]), "{trails:?}");
    // Where the list of regions could not be read, less is known and not more.
    let [contacts, trails] = answer(NotAsked { unknown: vec!["111122223333".to_owned()], ..NotAsked::default() });
    assert_eq!(contacts, (Answered::Fully, Vec::new()));
    let why = "other regions of 111122223333: which are enabled is not known";
    assert!(trails.1.contains(&said(why)[0]), "{trails:?}");
    let [contacts, _] = answer(NotAsked { accounts: vec!["444455556666".to_owned()], ..NotAsked::default() });
    assert_eq!(contacts, (Answered::Partly, said("accounts in scope: 444455556666")));
}

#[test]
fn what_answers_a_request_is_said_and_a_word_without_its_file_answers_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.pdf"), "%PDF-1.7\n%%EOF\n").unwrap();
    let said = |request: &str, file: &str| {
        format!(
            "[[attestations]]\ncontrol = \"C-1\"\nrequest = \"{request}\"\nresult = \"fail\"\nby = \"ana\"\non = 2026-03-01\nevidence = \"{file}\"\n"
        )
    };
    let text = format!(
        "[[people]]\nid = \"ana\"\nname = \"Ana\"\nrole = \"CTO\"\n{}{}[[documents]]\nrequest = \"GEN-06\"\nowner = \"ana\"\nfile = \"a.pdf\"\nversion = \"1\"\napproved = 2026-01-01\napprover = \"ana\"\n",
        said("HR-01", "a.pdf"),
        said("HR-02", "none.pdf")
    );
    let (file, today) = (parse(&text).unwrap(), date(2026, 3, 4));
    let run = run(&[("account-region-coverage", outcome(&[(Status::Pass, 1)], &[]))]);
    let documents = crate::documents::register(&file, &default_list(), folder.path(), today);
    let attestations = crate::attestations::register(&file, folder.path(), today);
    let list = statuses(&file, &default_list(), Some(&run), &documents, &attestations, today);
    let of = |id: &str| {
        let status = list.iter().find(|status| status.request.id == id).unwrap();
        (status.progress, status.answered_by())
    };
    assert_eq!(of("GEN-03"), (Progress::Ready, vec![Source::Run { whole: true }]));
    assert_eq!(of("GEN-06"), (Progress::Ready, vec![Source::Document { whole: true }]));
    assert_eq!(of("HR-01"), (Progress::Partly, vec![Source::Attestation]));
    assert_eq!(of("HR-02"), (Progress::Open, Vec::new()));
    let lacks = list.iter().find(|status| status.request.id == "HR-02").unwrap();
    assert!(lacks.reasons.contains(&"the attestation of C-1: none.pdf is not there".to_owned()), "{:?}", lacks.reasons);
}

#[test]
fn one_day_never_answers_for_a_period_in_full() {
    let run = run(&[("inspector-findings-age", outcome(&[(Status::Pass, 3)], &["E-0009"]))]);
    let all = standing(&Engagement::default(), Some(&run), date(2026, 3, 4));
    assert_eq!(all["VUL-03"].answer.answered, Answered::Partly);
    assert_eq!(all["VUL-03"].answer.reasons, ["it asks for a period, and a run shows one day"]);
}

#[test]
fn what_is_overdue_comes_first_then_this_week_then_by_day() {
    // 2026-03-04 is a Wednesday: its week ends on Sunday, the 8th.
    let file = parse(
        "[[requests]]\nid = \"GEN-06\"\ndue = 2026-03-08\n[[requests]]\nid = \"GEN-08\"\ndue = 2026-03-09\n[[requests]]\nid = \"ENC-01\"\ndue = 2026-03-03\n[[requests]]\nid = \"LOG-01\"\ndue = 2026-03-04\n[[requests]]\nid = \"INC-01\"\ndue = 2026-03-02\ndelivered = 2026-03-01\n[[requests]]\nid = \"END-01\"\nnot_applicable = \"Nobody has a laptop.\"\n",
    )
    .unwrap();
    let list = statuses(&file, &default_list(), None, &[], &[], date(2026, 3, 4));
    let order: Vec<&str> = list.iter().map(|status| status.request.id.as_str()).collect();
    assert_eq!(order[..4], ["ENC-01", "LOG-01", "GEN-06", "GEN-08"]);
    assert!(list[0].overdue && !list[0].due_this_week);
    assert!(list[1].due_this_week && list[2].due_this_week && !list[3].due_this_week);
    let of = |id: &str| list.iter().find(|status| status.request.id == id).unwrap();
    assert_eq!((of("INC-01").progress, of("INC-01").overdue), (Progress::Delivered, false));
    assert_eq!(of("END-01").reasons, ["does not arise: Nobody has a laptop."]);
    // Availability was not chosen: what bears on it alone does not arise.
    assert_eq!((of("BCP-05").progress, of("BCP-01").progress), (Progress::NotApplicable, Progress::Open));
}

#[test]
fn a_list_that_was_exported_can_be_read_again() {
    let mut own = default_list();
    own.truncate(12);
    own[3].text = "=HYPERLINK(\"http://example.com\")".to_owned();
    own[4].owner = Some("ana".to_owned());
    own[4].due = Some(date(2026, 4, 1));
    let list = statuses(&Engagement::default(), &own, None, &[], &[], date(2026, 3, 4));
    let text = to_csv(&list);
    assert!(text.contains(",\"'=HYPERLINK(\"\"http"), "no formula leaves: {text}");
    let from_csv = from("out.csv", text.as_bytes()).unwrap();
    let from_xlsx = from("out.xlsx", &to_xlsx(&list).unwrap()).unwrap();
    assert_eq!(from_csv, from_xlsx);
    assert_eq!(from_csv.len(), 12);
    for request in &own {
        let back = from_csv.iter().find(|back| back.id == request.id).unwrap();
        if request.text.starts_with('=') {
            assert_eq!((&back.text, &back.criteria), (&request.text, &request.criteria));
        } else {
            assert_eq!(back, &Request { listed: true, ..request.clone() });
        }
    }
}

#[test]
fn the_file_names_the_auditors_list_and_is_held_against_it() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("kickoff.toml");
    std::fs::write(&config, super::whole::WHOLE).unwrap();
    let error = Engagement::read(&config).unwrap_err().to_string();
    assert!(
        error.contains(", line 1: `request_list`: ") && error.contains("auditor.csv: it cannot be read"),
        "{error}"
    );
    std::fs::create_dir(folder.path().join("requests")).unwrap();
    let list = folder.path().join("requests/auditor.csv");
    std::fs::write(&list, "id,request\nB-1,Something\n").unwrap();
    let error = Engagement::read(&config).unwrap_err();
    assert_eq!(error.problems().len(), 4, "{error}");
    assert!(error.to_string().contains("`policies.request`: there is no request `A-1`"), "{error}");
    std::fs::write(&list, "id,request\nA-1,The access policy\n").unwrap();
    let file = Engagement::read(&config).unwrap();
    assert_eq!(crate::requests::list(&file, folder.path()).unwrap()[0].text, "The access policy");
}

proptest! {
    #[test]
    fn no_bytes_make_the_readers_panic(text in "(id|text|due|checks|,|;|\t|\"|=|'|\n|[ -~]|é){0,40}", bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let _ = from("a.csv", text.as_bytes());
        let _ = from("a.csv", &bytes);
        let _ = from("a.xlsx", &[b"PK", bytes.as_slice()].concat());
    }

    #[test]
    fn a_damaged_workbook_is_refused_or_read(at in any::<proptest::sample::Index>(), byte in any::<u8>(), cut in any::<proptest::sample::Index>()) {
        let mut list = default_list();
        list.truncate(2);
        let mut bytes = to_xlsx(&statuses(&Engagement::default(), &list, None, &[], &[], date(2026, 3, 4))).unwrap();
        let place = at.index(bytes.len());
        bytes[place] = byte;
        let _ = from("a.xlsx", &bytes);
        let _ = from("a.xlsx", &bytes[..cut.index(bytes.len())]);
    }
}

#[test]
fn days_of_a_list_are_asked_for_where_they_could_be_two() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kickoff.toml");
    let write = |text: &str| std::fs::write(folder.path().join("list.csv"), text).unwrap();
    write("id,text,due\n1,One,12/06/2026\n");
    let order = |dates| ListOptions { dates: Some(dates), ..ListOptions::default() };
    let asked = adopt(&path, "", "list.csv", &ListOptions::default()).unwrap_err().to_string();
    assert!(asked.contains("`12/06/2026` can be 2026-06-12 or 2026-12-06: say which"), "{asked}");
    let said = adopt(&path, "", "list.csv", &order(DateOrder::MonthFirst)).unwrap();
    let due = |text: &str| {
        let file = Engagement::whole(&path, text).unwrap();
        super::super::requests::list(&file, folder.path()).unwrap()[0].due
    };
    assert!(said.contains("request_dates = \"month-first\"\n"), "{said}");
    assert_eq!(due(&said), Some(date(2026, 12, 6)));
    let other = adopt(&path, &said, "list.csv", &order(DateOrder::DayFirst)).unwrap();
    assert_eq!((other.matches("request_dates").count(), due(&other)), (1, Some(date(2026, 6, 12))));
    // Another row of the same column can only be one.
    write("id,text,due\n1,One,12/06/2026\n2,Two,31/12/2026\n3,Three,TBD\n");
    assert_eq!(due("request_list = \"list.csv\"\n"), Some(date(2026, 6, 12)));
}

#[test]
fn an_auditors_list_becomes_the_list_of_a_file_by_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kickoff.toml");
    std::fs::write(folder.path().join("list.csv"), "id,text\nA-1,Access policy\n").unwrap();
    let text = "# Ours.\n# All of it.\n\n[entity]\nname = \"n\"\nsystem = \"s\"\n";
    let first = adopt(&path, text, "list.csv", &ListOptions::default()).unwrap();
    assert_eq!(first, "# Ours.\n# All of it.\nrequest_list = \"list.csv\"\n\n[entity]\nname = \"n\"\nsystem = \"s\"\n");
    assert_eq!(adopt(&path, &first, "list.csv", &ListOptions::default()).unwrap(), first);
    assert_eq!(
        adopt(&path, "# Ours.", "list.csv", &ListOptions::default()).unwrap(),
        "# Ours.\nrequest_list = \"list.csv\"\n"
    );
    // The old list may be gone; what a person remarked stays.
    let replaced = adopt(&path, "request_list = 'old.csv' # ours\n", "list.csv", &ListOptions::default()).unwrap();
    assert_eq!(replaced, "request_list = \"list.csv\" # ours\n");

    // What was linked to the default list stays beside the auditor's; what neither list has is told.
    let linked = "[[documents]]\nrequest = \"IAM-01\"\n";
    let kept = adopt(&path, linked, "list.csv", &ListOptions::default()).unwrap();
    let of = |text: &str| {
        let file = Engagement::parse(&path, text).unwrap();
        let list = super::super::requests::list(&file, folder.path()).unwrap();
        list.into_iter().map(|request| request.id).collect::<Vec<_>>()
    };
    assert_eq!(of(&kept), ["A-1", "IAM-01"]);
    let lost = adopt(&path, "[[documents]]\nrequest = \"IAM-99\"\n", "list.csv", &ListOptions::default())
        .unwrap_err()
        .to_string();
    assert!(lost.contains("there is no request `IAM-99`"), "{lost}");
    // Once it is said which of the auditor's requests it is, there is one, with the checks and the document of the other.
    let mapped = format!("{kept}[[requests]]\nid = \"A-1\"\nstandard = [\"IAM-01\"]\n");
    assert_eq!(of(&mapped), ["A-1"]);
    let file = Engagement::whole(&path, &mapped).unwrap();
    let list = super::super::requests::list(&file, folder.path()).unwrap();
    let standard = default_list().into_iter().find(|request| request.id == "IAM-01").unwrap();
    assert_eq!(
        (&list[0].checks, list[0].reach, list[0].text.as_str()),
        (&standard.checks, standard.reach, "Access policy")
    );
    let documents = crate::documents::register(&file, &list, folder.path(), date(2026, 3, 4));
    assert_eq!(
        documents.iter().map(|document| (document.request.as_str(), document.entered)).collect::<Vec<_>>(),
        [("A-1", true)]
    );
    let wrong = mapped.replace("[\"IAM-01\"]", "[\"IAM-00\"]");
    let wrong = Engagement::whole(&path, &wrong).unwrap_err().to_string();
    assert!(wrong.contains("`requests.standard`: the default list has no request `IAM-00`"), "{wrong}");
    let none = adopt(&path, text, "none.csv", &ListOptions::default()).unwrap_err().to_string();
    assert!(none.contains("none.csv"), "{none}");
    let long = "request_list = \"\"\"\nold.csv\"\"\"\n[entity]\nname = \"n\"\nsystem = \"s\"\n";
    assert!(adopt(&path, long, "list.csv", &ListOptions::default()).is_err());
}
