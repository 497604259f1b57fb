//! Sheets as reviewers send them back: what an auditor would say of each was worked out by hand.

use std::path::Path;

use jiff::civil::{Date, date};
use kickoff_checks::Status;

use super::*;
use crate::Engagement;
use crate::documents;
use crate::requests::{self, Outcomes, Progress, default_list};

const TODAY: Date = date(2026, 11, 23);
const ACCOUNT: &str = "111122223333";
const PEOPLE: &str = "[[people]]\nid = \"alice\"\nname = \"Alice Meyer\"\nrole = \"CISO\"\nemail = \"alice.meyer@acme.example\"\n[[people]]\nid = \"jm\"\nname = \"Jörg Müßig\"\nrole = \"Lead\"\n[[people]]\nid = \"bob\"\nname = \"Bob Tanaka\"\nrole = \"Lead\"\n";

/// A principal with what the reviewer wrote.
type Row<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str);

/// A complete review of the third quarter, made on 1 October.
const GOLD: [Row<'_>; 4] = [
    ("user", "bob.tanaka", "Alice Meyer", "Keep", "2026-10-05"),
    ("user", "joerg.muessig", "Alice Meyer", "modify: read only", "2026-10-05"),
    ("user", "old.timer", "Alice Meyer", "Remove", "2026-10-06"),
    ("role", "deploy", "Bob Tanaka", "keep", "2026-10-06"),
];

fn arn(kind: &str, name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{kind}/{name}")
}

fn cells(row: &Row<'_>) -> Vec<String> {
    let (kind, name, reviewer, decision, day) = row;
    let told = |head: &&str| match *head {
        "Account ID" => ACCOUNT.to_owned(),
        "ARN" => arn(kind, name),
        "Name" => (*name).to_owned(),
        "Type" => (*kind).to_owned(),
        "Policies" => "ReadOnlyAccess".to_owned(),
        "Created" => "2025-02-14".to_owned(),
        "As of" => "2026-10-01".to_owned(),
        "Reviewer" => (*reviewer).to_owned(),
        "Decision" => (*decision).to_owned(),
        "Decision date" => (*day).to_owned(),
        _ => String::new(),
    };
    HEADS.iter().map(told).collect()
}

fn text(rows: &[Row<'_>], by: char) -> String {
    let quoted = |cell: &String| if cell.contains([by, '"', '\n']) { format!("\"{cell}\"") } else { cell.clone() };
    let line = |cells: Vec<String>| cells.iter().map(quoted).collect::<Vec<_>>().join(&by.to_string()) + "\r\n";
    let heads = line(HEADS.iter().map(|head| (*head).to_owned()).collect());
    heads + &rows.iter().map(|row| line(cells(row))).collect::<String>()
}

fn parse(toml: &str) -> Engagement {
    Engagement::parse("kickoff.toml".as_ref(), toml).unwrap()
}

fn read_bytes(name: &str, bytes: &[u8]) -> Sheet {
    from_bytes(Path::new(name), bytes, None).unwrap()
}

fn judged(bytes: &[u8]) -> Review {
    judge(&read_bytes("review.csv", bytes), &parse(PEOPLE), occurrence("2026-Q3").as_ref(), TODAY)
}

fn with(changes: &[(usize, Row<'static>)]) -> Review {
    let mut rows = GOLD.to_vec();
    for (at, row) in changes {
        if *at < rows.len() {
            rows[*at] = *row;
        } else {
            rows.push(*row);
        }
    }
    judged(text(&rows, ',').as_bytes())
}

fn faults(review: &Review) -> Vec<(String, Fault)> {
    let rows = review.rows.iter();
    rows.flat_map(|row| row.faults.iter().map(|(fault, _)| (row.line.name.clone(), *fault))).collect()
}

#[test]
fn a_review_that_is_whole_has_nothing_to_say() {
    let review = with(&[]);
    assert_eq!((review.all, review.rows.len(), review.decided()), (4, 4, 4));
    assert_eq!(["keep", "revoke", "change"].map(|name| review.decided_to(name)), [2, 1, 1]);
    assert_eq!((review.as_of, review.last_day()), (Some(date(2026, 10, 1)), Some(date(2026, 10, 6))));
    assert!(review.findings().is_empty() && review.told.is_empty(), "{review:?}");
    let who: Vec<_> = review.reviewers.iter().map(|one| (one.person.as_deref(), one.rows)).collect();
    assert_eq!(who, [(Some("alice"), 3), (Some("bob"), 1)]);
    assert_eq!(review.rows[1].decision, Some(Decision::Change(Some("read only".to_owned()))));
}

#[test]
fn what_is_not_decided_is_named_word_for_word() {
    let review = with(&[
        (0, ("user", "bob.tanaka", "Alice Meyer", "", "")),
        (2, ("user", "old.timer", "Alice Meyer", "ask his boss", "2026-10-06")),
    ]);
    assert_eq!(review.decided(), 2);
    assert_eq!(
        faults(&review),
        [("bob.tanaka".to_owned(), Fault::Undecided), ("old.timer".to_owned(), Fault::Unclear)]
    );
    assert_eq!(review.rows[2].faults[0].1, "it says `ask his boss`");
    assert_eq!(
        review.findings(),
        [
            (Status::Fail, "1 of 4 not decided: bob.tanaka".to_owned()),
            (Status::Fail, "1 of 4 not decided: what is said is no decision that is known: old.timer".to_owned()),
        ]
    );
}

#[test]
fn nobody_reviews_himself_however_he_is_written() {
    for reviewer in ["Müßig, Jörg", "jörg müßig", "JOERG MUESSIG", "jm", "jorg.mussig@acme.example", "Jörg Müßig / jm"] {
        let review = with(&[(1, ("user", "joerg.muessig", reviewer, "keep", "2026-10-05"))]);
        assert_eq!(faults(&review), [("joerg.muessig".to_owned(), Fault::SelfReview)], "{reviewer}");
    }
    // An initial leaves it to a person.
    let review = with(&[(1, ("user", "joerg.muessig", "J. Müßig", "keep", "2026-10-05"))]);
    assert_eq!(faults(&review), [("joerg.muessig".to_owned(), Fault::MaybeSelf)]);
    // Four eyes are enough, and so is a namesake whom the file knows as another.
    for reviewer in ["Jörg Müßig and Alice Meyer", "Alice Meyer; Jörg Müßig", "Bob Tanaka"] {
        let review = with(&[(1, ("user", "joerg.muessig", reviewer, "keep", "2026-10-05"))]);
        assert!(faults(&review).is_empty(), "{reviewer}: {:?}", faults(&review));
    }
    // Somebody whom the file does not know is told.
    let review = with(&[(1, ("user", "joerg.muessig", "Zoe", "keep", "2026-10-05"))]);
    assert!(review.reviewers.iter().any(|one| one.name == "Zoe" && one.person.is_none()));
}

#[test]
fn days_lie_after_the_list_and_in_the_time_of_the_review() {
    for (day, fault) in [
        ("2026-10-01", None),
        ("2026-10-30", None),
        ("2026-09-30", Some(Fault::WrongDay)),
        ("2026-10-31", Some(Fault::WrongDay)),
        ("2026-12-24", Some(Fault::WrongDay)),
        ("soon", Some(Fault::NoDay)),
        ("", Some(Fault::NoDay)),
        ("5 Oct 2026", None),
        ("05.10.2026", None),
        // A serial that lost its format: 5 October 2026.
        ("46300", None),
        // 6 May is before the list was made: it is 5 June, no: both are; nothing tells.
        ("05/06/2026", Some(Fault::NoDay)),
        // 10 May would be before the list was made.
        ("05/10/2026", None),
    ] {
        let review = with(&[(0, ("user", "bob.tanaka", "Alice Meyer", "Keep", day))]);
        let found: Vec<Fault> = faults(&review).into_iter().map(|(_, fault)| fault).collect();
        assert_eq!(found, fault.into_iter().collect::<Vec<_>>(), "{day}");
    }
    let nobody = with(&[(0, ("user", "bob.tanaka", "", "Keep", "2026-10-05"))]);
    assert_eq!(faults(&nobody), [("bob.tanaka".to_owned(), Fault::NoReviewer)]);
}

#[test]
fn rows_that_stand_twice_are_one_principal() {
    let review = with(&[(4, ("user", "Old.Timer", "Alice Meyer", "revoke", "2026-10-06"))]);
    assert_eq!((review.all, review.rows.len()), (5, 4));
    assert!(faults(&review).is_empty());
    assert_eq!(review.told, ["old.timer stands twice, in rows 4 and 6"]);
    let review = with(&[(4, ("user", "old.timer", "Bob Tanaka", "keep", "2026-10-06"))]);
    assert_eq!(faults(&review), [("old.timer".to_owned(), Fault::Contradicted)]);
    assert_eq!(review.decided(), 3);
}

#[test]
fn a_sheet_is_read_however_it_was_moved_about() {
    let gold = with(&[]);
    let same = |review: &Review| {
        let of = |review: &Review| {
            let mut rows: Vec<_> = review
                .rows
                .iter()
                .map(|row| (row.line.arn.clone(), row.decision.clone(), row.day, row.faults.clone()))
                .collect();
            rows.sort_by(|a, b| a.0.cmp(&b.0));
            rows
        };
        assert_eq!(of(review), of(&gold));
    };
    let text = text(&GOLD, ',');
    let mut lines: Vec<&str> = text.lines().collect();
    lines[1..].reverse();
    same(&judged(lines.join("\n").as_bytes()));
    // Columns the other way round, one more beside them, a title above, and a foot.
    let turned: Vec<String> = text
        .lines()
        .enumerate()
        .map(|(at, line)| {
            let mut cells: Vec<&str> = line.split(',').collect();
            cells.reverse();
            cells.insert(1, if at == 0 { "Risk" } else { "low" });
            cells.join(",")
        })
        .collect();
    let moved = judged(format!("Access review Q3\n\n{}\n,,,,Reviewed in full\n", turned.join("\n")).as_bytes());
    same(&moved);
    assert_eq!(moved.told, ["more columns, kept aside: `Risk`", "rows that name no principal, left out: 8"]);
    // Semicolons in Windows-1252, and UTF-16 with tabs, as spreadsheets of other countries save them.
    let semicolons = super::tests::text(&GOLD, ';');
    same(&judged(semicolons.as_bytes()));
    let western: Vec<u8> = semicolons.replace("Alice Meyer", "Alicé Meyer").chars().map(|c| c as u8).collect();
    let western = judged(&western);
    assert_eq!(western.reviewers[0].name, "Alicé Meyer");
    same(&western);
    let wide: Vec<u8> = std::iter::once(0xfeff)
        .chain(super::tests::text(&GOLD, '\t').encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    same(&judged(&wide));
    // German heads and words.
    let german = text
        .replace("Reviewer,Decision,Decision date", "Geprüft von,Entscheidung,Datum")
        .replace("Keep", "Behalten")
        .replace("Remove", "Löschen");
    same(&judged(german.as_bytes()));
}

#[test]
fn what_a_spreadsheet_changes_is_told_apart_from_what_a_person_changes() {
    // Of an account it makes 1.11E+11; days it writes as its country does.
    let text = text(&GOLD, ',')
        .replace(&format!("\n{ACCOUNT}"), "\n1.11122E+11")
        .replace("2025-02-14", "2/14/2025")
        .replace("2026-10-01", "10/1/2026")
        .replace("2026-10-05", "10/5/2026")
        .replace("2026-10-06", "10/6/2026");
    let review = judged(text.as_bytes());
    assert!(faults(&review).is_empty(), "{:?}", faults(&review));
    assert_eq!((review.as_of, review.last_day()), (Some(date(2026, 10, 1)), Some(date(2026, 10, 6))));
    assert_eq!(review.accounts.iter().collect::<Vec<_>>(), [ACCOUNT]);
    let totals = totals(&review, &present(date(2026, 10, 1)));
    assert_eq!(totals.altered, Some(Vec::new()));
    // A name that a spreadsheet would compute comes back with its apostrophe, or without it.
    for name in ["'=cmd", "'+x", "@y"] {
        let row = ("user", name, "Alice Meyer", "keep", "2026-10-05");
        let review = judged(super::tests::text(&[row], ',').as_bytes());
        assert_eq!(review.rows[0].line.name, name.trim_start_matches('\''));
    }
}

#[test]
fn a_workbook_with_days_as_numbers_is_read() {
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Notes").unwrap().write_string(0, 0, "Please fill in by Friday").unwrap();
    let page = book.add_worksheet();
    page.set_name("Access review").unwrap();
    for (at, head) in (0_u16..).zip(HEADS) {
        let head = if head == "Decision" { "Decision: keep, modify, remove (to fill in)" } else { head };
        page.write_string(0, at, head).unwrap();
    }
    let day = Format::new().set_num_format("dd/mm/yyyy");
    for (row, told) in (1_u32..).zip(&GOLD) {
        for (at, cell) in (0_u16..).zip(cells(told)) {
            match (HEADS[usize::from(at)], cell.parse::<Date>()) {
                ("Account ID", _) => page.write_number(row, at, 111_122_223_333_f64).unwrap(),
                // One that lost its format is a number and nothing else.
                ("Decision date", Ok(_)) if row == 1 => page.write_number(row, at, 46300.0).unwrap(),
                (_, Ok(found)) => {
                    let year = u16::try_from(found.year()).unwrap();
                    let found = ExcelDateTime::from_ymd(year, found.month() as u8, found.day() as u8).unwrap();
                    page.write_datetime_with_format(row, at, found, &day).unwrap()
                }
                _ => page.write_string(row, at, cell).unwrap(),
            };
        }
    }
    // Filtered: one row is hidden, and is a row all the same.
    page.set_row_hidden(3).unwrap();
    page.write_string(6, 0, "(not known)").unwrap();
    page.write_string(6, 1, "3 principals: who is assigned the permission set").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let sheet = read_bytes("review.xlsx", &bytes);
    let review = judge(&sheet, &parse(PEOPLE), occurrence("2026-Q3").as_ref(), TODAY);
    assert!(faults(&review).is_empty(), "{:?}", faults(&review));
    assert_eq!((review.rows.len(), review.decided()), (4, 4));
    assert_eq!(review.rows[0].day, Some(date(2026, 10, 5)));
    assert_eq!(review.told, ["rows that name no principal, left out: 7", "hidden rows, read like the others: 1"]);
    assert_eq!(totals(&review, &present(date(2026, 10, 1))).altered, Some(Vec::new()));
}

#[test]
fn a_file_that_is_no_review_is_refused_with_what_to_do() {
    let error = |text: &str| from_bytes(Path::new("x.csv"), text.as_bytes(), None).unwrap_err().to_string();
    let what = error("Name,Decision\nann,keep\n");
    assert!(what.contains("ARN (or Account ID and Name) and Decision") && what.contains("`Name`, `Decision`"), "{what}");
    let heads = HEADS.join(",");
    assert!(error(&format!("{heads}\n")).contains("no principal under them"));
    assert!(from_bytes(Path::new("x.xls"), b"\xd0\xcf\x11\xe0....", None).unwrap_err().to_string().contains("save it as .xlsx"));
}

fn principal(kind: &str, name: &str) -> Principal {
    let row = (kind, name, "", "", "");
    let facts = cells(&row).into_iter().enumerate().filter(|(at, _)| (4..21).contains(at));
    Principal {
        account: ACCOUNT.to_owned(),
        arn: arn(kind, name),
        name: name.to_owned(),
        created: Some(date(2025, 2, 14)),
        ways_in: vec!["console: console password".to_owned()],
        facts: facts.collect(),
        ..Principal::default()
    }
}

/// Who was there on a day: those of the sheet.
fn present(day: Date) -> Present {
    let mut present = Present { run: "RUN-1".to_owned(), day, ..Present::default() };
    present.accounts.insert(ACCOUNT.to_owned());
    present.principals = GOLD.iter().map(|(kind, name, ..)| principal(kind, name)).collect();
    present
}

fn became(review: &Review, present: &Present) -> (&'static str, String) {
    let followed = follow(review, present);
    let one = followed.iter().find(|one| one.name == "old.timer").unwrap();
    (one.became.name(), one.became.why().to_owned())
}

#[test]
fn what_was_revoked_is_gone_or_named_and_a_gap_is_never_gone() {
    let review = with(&[]);
    let day = date(2026, 10, 20);
    let without = |day: Date| {
        let mut without = present(day);
        without.principals.retain(|one| one.name != "old.timer");
        without
    };
    assert_eq!(became(&review, &without(day)), ("gone", "not in RUN-1 any more".to_owned()));
    assert_eq!(became(&review, &present(day)), ("still-there", "ways in: console: console password".to_owned()));
    let followed = follow(&review, &present(day));
    let one = followed.iter().find(|one| one.name == "old.timer").unwrap();
    assert_eq!((one.days, one.words()), (Some(14), "revoke old.timer, decided on 2026-10-06 by Alice Meyer".to_owned()));
    // There, and shut.
    let mut shut = present(day);
    shut.principals[2].shut = Some("with neither a password nor an active access key".to_owned());
    assert_eq!(became(&review, &shut).0, "gone");
    // Made again under the same name.
    let mut again = present(day);
    again.principals[2].created = Some(date(2026, 10, 9));
    assert_eq!(became(&review, &again), ("still-there", "made again on 2026-10-09, after the decision of 2026-10-06".to_owned()));
    // A run from before proves nothing, and one of the same day proves no failure.
    assert_eq!(became(&review, &without(date(2026, 10, 5))).0, "not-known");
    assert_eq!(became(&review, &present(date(2026, 10, 6))).0, "not-known");
    // Nor does one that could not read the account.
    let mut gap = without(day);
    gap.accounts.clear();
    assert_eq!(became(&review, &gap), ("not-known", format!("the principals of account {ACCOUNT} are not in RUN-1")));
    // What is to be changed is held against what the sheet says.
    let change = |present: &Present| {
        let followed = follow(&review, present);
        let one = followed.into_iter().find(|one| one.name == "joerg.muessig").unwrap();
        (one.became.name(), one.became.why().to_owned())
    };
    assert_eq!(change(&present(day)), ("still-there", "nothing that it holds is changed".to_owned()));
    let mut other = present(day);
    let policies = HEADS.iter().position(|head| *head == "Policies").unwrap();
    other.principals[1].facts.iter_mut().find(|(at, _)| *at == policies).unwrap().1 = "ViewOnlyAccess".to_owned();
    assert_eq!(change(&other), ("gone", "changed: Policies; a person compares".to_owned()));
    // Results that tell of users alone tell nothing of roles.
    let role = with(&[(3, ("role", "deploy", "Bob Tanaka", "remove", "2026-10-06"))]);
    let users = Present { users_only: true, ..without(day) };
    let followed = follow(&role, &users);
    let states: Vec<&str> = followed.iter().map(|one| one.became.name()).collect();
    assert_eq!(states, ["not-known", "gone", "not-known"]);
}

#[test]
fn a_person_of_the_directory_is_one_of_several_behind_a_role() {
    let role = "AWSReservedSSO_Admin_0123456789abcdef";
    let row = |kind: &str, name: &str, decision: &str| {
        let mut cells = cells(&(kind, name, "Alice Meyer", decision, "2026-10-05"));
        cells[1] = arn("role", role);
        cells.join(",")
    };
    let sheet = [HEADS.join(","), row("role", role, "keep"), row("person", "jörg.müßig", "remove"), row("person", "bob", "keep")];
    let review = judged(sheet.join("\n").as_bytes());
    assert_eq!(review.rows.len(), 3);
    assert!(faults(&review).is_empty());
    let mut present = Present { run: "RUN-2".to_owned(), day: date(2026, 10, 20), ..Present::default() };
    present.accounts.insert(ACCOUNT.to_owned());
    let person = |name: &str| Principal { arn: arn("role", role), ..principal("role", name) };
    present.principals = vec![person(role), person("bob")];
    let state = |present: &Present| follow(&review, present)[0].became.name();
    assert_eq!(state(&present), "gone");
    // The accent as a sign of its own is the same person.
    present.principals.push(person("jo\u{308}rg.mu\u{308}ßig"));
    assert_eq!(state(&present), "still-there");
    present.principals.pop();
    present.principals[0].people_not_known = Some("who is assigned the permission set was not collected".to_owned());
    assert_eq!(state(&present), "not-known");
}

#[test]
fn the_control_total_names_who_is_lacking_who_is_new_and_who_is_nobody_of_ours() {
    let review = with(&[(4, ("user", "ghost", "Alice Meyer", "keep", "2026-10-05"))]);
    let mut run = present(date(2026, 10, 1));
    run.principals.push(principal("user", "left.out"));
    run.principals.push(Principal { account: "999988887777".to_owned(), ..principal("user", "else") });
    let policies = HEADS.iter().position(|head| *head == "Policies").unwrap();
    run.principals[0].facts.iter_mut().find(|(at, _)| *at == policies).unwrap().1 = "AdministratorAccess".to_owned();
    let same = totals(&review, &run);
    assert!(same.same_day);
    assert_eq!((same.principals, same.found), (5, 4));
    assert_eq!((same.left_out, same.not_in_run), (vec!["left.out".to_owned()], vec!["ghost".to_owned()]));
    assert_eq!(same.accounts_left, [("999988887777".to_owned(), 1)]);
    assert_eq!(same.altered, Some(vec![("bob.tanaka".to_owned(), vec!["Policies"])]));
    // Of a later run, the day that it was made on tells a new one from one that was left out.
    run.day = date(2026, 10, 20);
    run.principals.push(Principal { created: Some(date(2026, 10, 12)), ..principal("user", "newcomer") });
    run.principals.push(Principal { created: None, ..principal("role", "ageless") });
    let later = totals(&review, &run);
    assert_eq!((later.left_out, later.new_since), (vec!["left.out".to_owned()], vec!["newcomer".to_owned()]));
    assert_eq!((later.unknown_age, later.altered), (vec!["ageless".to_owned()], None));
    // A row that says nothing of whom it names was written by hand.
    let mut cells = cells(&("user", "ghost", "Alice Meyer", "keep", "2026-10-05"));
    (4..22).for_each(|at| cells[at].clear());
    let review = judged(format!("{}{}\n", text(&GOLD, ','), cells.join(",")).as_bytes());
    assert_eq!(faults(&review), [("ghost".to_owned(), Fault::ByHand)]);
}

const REPORT: &str = "[report]\ntype = \"type-2\"\nfrom = 2026-07-01\nto = 2026-12-31\n[[scope.accounts]]\nid = \"111122223333\"\n[[requests]]\nid = \"IAM-12\"\nevery = \"quarter\"\nowner = \"alice\"\n";

/// A folder with a sheet, and kickoff.toml that names it.
fn entered(rows: &[Row<'_>], more: &str) -> (tempfile::TempDir, Engagement) {
    let folder = tempfile::tempdir().unwrap();
    let bytes = text(rows, ',');
    std::fs::write(folder.path().join("q3.csv"), &bytes).unwrap();
    let sha256 = crate::files::digest(bytes.as_bytes());
    let entry = Entry { occurrence: "2026-Q3".to_owned(), file: "q3.csv".to_owned(), sha256, ..Entry::default() };
    let before = format!("{PEOPLE}{REPORT}{more}");
    let longer = append("kickoff.toml".as_ref(), &before, &entry).unwrap().unwrap();
    assert!(longer.starts_with(&before));
    // A second time there is nothing to add.
    assert_eq!(append("kickoff.toml".as_ref(), &longer, &entry).unwrap(), None);
    (folder, parse(&longer))
}

fn rows(folder: &Path, file: &Engagement) -> Vec<(Option<String>, Status, Vec<String>)> {
    let all = documents::register(file, &default_list(), folder, TODAY);
    let of = all.into_iter().filter(|row| row.request == "IAM-12");
    of.map(|row| (row.occurrence, row.status, row.reasons)).collect()
}

#[test]
fn a_review_answers_its_quarter_of_the_request() {
    let (folder, file) = entered(&GOLD, "");
    let found = rows(folder.path(), &file);
    assert_eq!(found[0], (Some("2026-Q3".to_owned()), Status::Pass, Vec::new()));
    assert_eq!((found[1].0.as_deref(), found[1].1), (Some("2026-Q4"), Status::Manual));
    // With undecided rows it is a deviation with its counts.
    let mut open = GOLD;
    open[0].3 = "";
    let (folder, file) = entered(&open, "");
    let found = rows(folder.path(), &file);
    assert_eq!(
        found[0],
        (Some("2026-Q3".to_owned()), Status::Fail, vec!["1 of 4 not decided: bob.tanaka".to_owned()])
    );
    // And so it is where the reviewed reviewed.
    let mut own = GOLD;
    own[0].2 = "TANAKA, Bob";
    let (folder, file) = entered(&own, "");
    assert_eq!(rows(folder.path(), &file)[0].1, Status::Fail);
    // An account of the scope that no sheet has.
    let (folder, file) = entered(&GOLD, "[[scope.accounts]]\nid = \"444455556666\"\nrole = \"Audit\"\n");
    assert_eq!(rows(folder.path(), &file)[0].2, ["no row of accounts in scope: 444455556666"]);
}

#[test]
fn a_file_that_changed_since_is_told_and_one_that_is_gone_answers_nothing() {
    let (folder, file) = entered(&GOLD, "");
    let path = folder.path().join("q3.csv");
    std::fs::write(&path, text(&GOLD, ',').replace("Keep", "keep")).unwrap();
    let found = rows(folder.path(), &file);
    assert_eq!(found[0].1, Status::Manual);
    assert!(found[0].2[0].starts_with("q3.csv changed since it was read"), "{:?}", found[0].2);
    std::fs::remove_file(&path).unwrap();
    let found = rows(folder.path(), &file);
    assert_eq!((found[0].1, &found[0].2), (Status::Fail, &vec!["q3.csv is not there".to_owned()]));
    // A list of another time is no review of this one.
    let late = text(&GOLD, ',').replace("2026-10-01", "2026-06-30");
    std::fs::write(&path, late).unwrap();
    assert!(rows(folder.path(), &file)[0].2.contains(&"its list is of 2026-06-30, before 2026-Q3 began, on 2026-07-01".to_owned()));
}

#[test]
fn the_request_is_ready_once_every_quarter_is_reviewed() {
    let (folder, file) = entered(&GOLD, "");
    let file = Engagement { report: None, ..file };
    let list = default_list();
    let documents = documents::register(&file, &list, folder.path(), TODAY);
    let status = requests::statuses(&file, &list, None, &documents, &[], TODAY);
    let of = status.iter().find(|status| status.request.id == "IAM-12").unwrap();
    assert_eq!(of.progress, Progress::Ready);
    assert_eq!(
        of.document.as_deref(),
        Some("q3.csv: 4 of 4 principals decided: 2 keep, 1 revoke, 1 change, by Alice Meyer, Bob Tanaka, for 2026-Q3 (pass)")
    );
}

#[test]
fn revocations_that_are_still_there_are_tasks() {
    let (folder, file) = entered(&GOLD, "");
    let reviews = register(&file, folder.path(), TODAY);
    let users = Present { users_only: true, ..present(date(2026, 10, 20)) };
    let run = Outcomes { present: Some(users), ..Outcomes::default() };
    let found = tasks(&reviews, run.present.as_ref());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].what, "revoke old.timer, decided on 2026-10-06 by Alice Meyer");
    assert_eq!(found[0].why, "still there in RUN-1, 14 days after the decision: ways in: console: console password");
    // Without a run that tells, a person looks.
    let found = tasks(&reviews, None);
    assert_eq!(found.len(), 1);
    assert!(found[0].what.ends_with("revokes is gone: old.timer"), "{found:?}");
    assert!(found[0].why.starts_with("there is no run that tells who is there"));
}

#[test]
fn what_is_wrong_in_the_entry_is_told_with_its_line() {
    let error = |text: &str| Engagement::parse("kickoff.toml".as_ref(), text).unwrap_err().to_string();
    let digest = "0".repeat(64);
    let told = error(&format!(
        "[[access_reviews]]\noccurrence = \"Q3\"\nfile = \"../q3.csv\"\nsha256 = \"12\"\naccounts = [\"1\"]\nrequest = \"IAM-99\"\n[[access_reviews]]\noccurrence = \"2026-Q3\"\nfile = \"../q3.csv\"\nsha256 = \"{digest}\"\n"
    ));
    for part in [
        "line 2: `access_reviews.occurrence`: `Q3` names no time",
        "leads out of the folder",
        "is no SHA-256",
        "`1` is not an account id",
        "there is no request `IAM-99`",
        "stands twice in [[access_reviews]]",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    // The same file for another time, or with other bytes, is a person's to sort out.
    let (_, file) = entered(&GOLD, "");
    let sha256 = file.access_reviews[0].sha256.clone();
    let before = format!("{PEOPLE}{REPORT}");
    let entry = |occurrence: &str, sha256: &str| Entry {
        occurrence: occurrence.to_owned(),
        file: "q3.csv".to_owned(),
        sha256: sha256.to_owned(),
        ..Entry::default()
    };
    let text = append("kickoff.toml".as_ref(), &before, &entry("2026-Q3", &sha256)).unwrap().unwrap();
    let other = append("kickoff.toml".as_ref(), &text, &entry("2026-Q4", &sha256)).unwrap_err().to_string();
    assert!(other.contains("entered for 2026-Q3 already"), "{other}");
    let changed = append("kickoff.toml".as_ref(), &text, &entry("2026-Q3", &digest)).unwrap_err().to_string();
    assert!(changed.contains(&format!("sha256 = \"{digest}\"")), "{changed}");
}
