//! What a sheet says by itself, and however it was moved about.

use kickoff_checks::Status;

use super::*;

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
    for reviewer in ["Müßig, Jörg", "jörg müßig", "JOERG MUESSIG", "jm", "jorg.mussig@acme.example", "Jörg Müßig / jm"]
    {
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
fn another_reviewer_is_a_person_whom_the_file_knows() {
    for reviewer in [
        "Bob Tanaka (Platform/SRE)",
        "Bob Tanaka [with Alice Meyer]",
        "bob.tanaka+aws@acme.example",
        "Bob Tanaka / TBD",
        "Bob Tanaka / -",
        "Bob Tanaka; Platform team",
        "self",
        "Myself",
        "selbst",
        "moi-même",
        "yo mismo",
        "zelf",
    ] {
        let review = with(&[(0, ("user", "bob.tanaka", reviewer, "keep", "2026-10-05"))]);
        assert_eq!(faults(&review), [("bob.tanaka".to_owned(), Fault::SelfReview)], "{reviewer}");
    }
    for reviewer in
        ["Bob Tanaka + Alice Meyer", "Bob Tanaka (SRE) / Alice Meyer (CISO)", "Alice Meyer (for Bob Tanaka)"]
    {
        let review = with(&[(0, ("user", "bob.tanaka", reviewer, "keep", "2026-10-05"))]);
        assert!(faults(&review).is_empty(), "{reviewer}: {:?}", faults(&review));
    }
    // One word of a name leaves it to a person.
    for reviewer in ["Carla", "Santos"] {
        let review = with(&[(0, ("user", "carla.santos", reviewer, "keep", "2026-10-05"))]);
        assert_eq!(faults(&review), [("carla.santos".to_owned(), Fault::MaybeSelf)], "{reviewer}");
    }
    // Neither the name nor the type that stands beside an ARN says whom it is of.
    for over in [",svc-deploy,user,", ",bob.tanaka,role,", ",svc-deploy,role,"] {
        let own = text(&[("user", "bob.tanaka", "Bob Tanaka", "keep", "2026-10-05")], ',');
        let review = judged(own.replace(",bob.tanaka,user,", over).as_bytes());
        assert_eq!(review.count(Fault::SelfReview), 1, "{over}");
    }
    // A role is nobody, and nobody is named by `self` or a dash.
    for reviewer in ["self", "-"] {
        let review = with(&[(3, ("role", "deploy", reviewer, "keep", "2026-10-06"))]);
        assert_eq!(faults(&review), [("deploy".to_owned(), Fault::NoReviewer)], "{reviewer}");
    }
}

#[test]
fn a_second_row_of_a_principal_is_not_dropped() {
    let twice = |first: &'static str, second: &'static str| {
        let row = |decision: &'static str| ("user", "old.timer", "Alice Meyer", decision, "2026-10-06");
        let review = with(&[(2, row(first)), (4, row(second))]);
        assert_eq!(review.rows.len(), 4);
        let found: Vec<Fault> = faults(&review).into_iter().map(|(_, fault)| fault).collect();
        (found, review.decided())
    };
    assert_eq!(twice("keep", "please remove, left the company"), (vec![Fault::Contradicted], 3));
    assert_eq!(twice("do not keep", "keep"), (vec![Fault::Unclear, Fault::Contradicted], 3));
    assert_eq!(twice("change: read only", "change: billing only"), (vec![Fault::Contradicted], 3));
    assert_eq!(twice("change: read only", "Change: Read-only"), (Vec::new(), 4));
    assert_eq!(twice("", "hmm"), (vec![Fault::Unclear], 3));
    assert_eq!(twice("", "keep"), (Vec::new(), 4));
    assert_eq!(twice("keep", ""), (Vec::new(), 4));
    assert_eq!(twice("change", "change: read only"), (Vec::new(), 4));
    // Under another name it is the same principal.
    let second = text(&[("user", "old.timer", "Alice Meyer", "keep", "2026-10-06")], ',');
    let second = second.lines().nth(1).unwrap().replace(",old.timer,", ",somebody,");
    let review = judged(format!("{}{second}\r\n", text(&GOLD, ',')).as_bytes());
    assert_eq!((review.rows.len(), review.count(Fault::Contradicted)), (4, 1));
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
    let semicolons = super::text(&GOLD, ';');
    same(&judged(semicolons.as_bytes()));
    let western: Vec<u8> = semicolons.replace("Alice Meyer", "Alicé Meyer").chars().map(|c| c as u8).collect();
    let western = judged(&western);
    assert_eq!(western.reviewers[0].name, "Alicé Meyer");
    same(&western);
    let wide: Vec<u8> =
        std::iter::once(0xfeff).chain(super::text(&GOLD, '\t').encode_utf16()).flat_map(u16::to_le_bytes).collect();
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
        let review = judged(super::text(&[row], ',').as_bytes());
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
    assert!(
        what.contains("ARN (or Account ID and Name) and Decision") && what.contains("`Name`, `Decision`"),
        "{what}"
    );
    let heads = HEADS.join(",");
    assert!(error(&format!("{heads}\n")).contains("no principal under them"));
    assert!(
        from_bytes(Path::new("x.xls"), b"\xd0\xcf\x11\xe0....", None)
            .unwrap_err()
            .to_string()
            .contains("save it as .xlsx")
    );
}
