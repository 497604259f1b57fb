//! Workbooks as auditors lay them out: sheets, headings, totals, notes, what is hidden or struck, merged cells, and ids.

use jiff::civil::date;
use rust_xlsxwriter::{ExcelDateTime, Format, FormatAlign, Formula, Workbook, Worksheet};

use super::*;
use crate::requests::{ListOptions, Listed, Request, from_bytes};

const HEADS: &[&str] = &["Request ID", "Request Description", "Criteria", "Owner", "Due Date", "Status"];
const ROWS: [&[&str]; 2] = [
    &["PBC-001", "Organization chart with roles", "CC1.3", "HR", "2026-12-04", "Open"],
    &["PBC-002", "Password policy settings", "CC6.1", "IT", "2026-12-05", "Open"],
];

fn fill(sheet: &mut Worksheet, rows: &[&[&str]]) {
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(*cells) {
            if !cell.is_empty() {
                sheet.write_string(row, column, *cell).unwrap();
            }
        }
    }
}

fn read(book: &mut Workbook) -> Result<Listed, String> {
    let bytes = book.save_to_buffer().unwrap();
    from_bytes(Path::new("pbc.xlsx"), &bytes, &ListOptions::default()).map_err(|error| error.to_string())
}

/// A workbook of sheets with nothing but text.
fn sheets(sheets: &[(&str, &[&[&str]])]) -> Listed {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        fill(book.add_worksheet().set_name(*name).unwrap(), rows);
    }
    read(&mut book).unwrap()
}

fn one(rows: &[&[&str]]) -> Listed {
    sheets(&[("PBC", rows)])
}

fn ids(list: &Listed) -> Vec<(&str, &str)> {
    list.requests.iter().map(|request| (request.id.as_str(), request.area.as_str())).collect()
}

#[test]
fn every_sheet_that_fits_is_read_with_its_name_as_the_area() {
    let list = sheets(&[
        ("Instructions", &[&["Welcome"], &["Please answer each tab"]]),
        ("General", &[HEADS, ROWS[0]]),
        (
            "Access",
            &[HEADS, &["PBC-010", "Complete list of cloud users", "CC6.1"], &["PBC-011", "Leavers of the period"]],
        ),
        ("Values", &[&["#", "Item"], &["1", "Open"], &["2", "Closed"]]),
    ]);
    assert_eq!(ids(&list), [("PBC-001", "General"), ("PBC-010", "Access"), ("PBC-011", "Access")]);
    assert_eq!(
        list.account,
        "pbc.xlsx: 3 requests taken from 2 sheets (General 1, Access 2). Left out: sheets Instructions (no heads of a list of requests), Values (single words); columns Status (not read here)"
    );
    // Each numbers from one: their names tell them apart.
    let list = sheets(&[
        ("HR", &[&["No", "Request"], &["1", "New hires of the period"], &["2", "Leavers of the period"]]),
        ("IT", &[&["No", "Request"], &["1", "List of all users"], &["3", "Network diagram"]]),
    ]);
    assert_eq!(ids(&list), [("HR-1", "HR"), ("HR-2", "HR"), ("IT-1", "IT"), ("IT-3", "IT")]);
    // A sheet of all requests beside those of each area says the same again.
    let list = sheets(&[("All", &[HEADS, ROWS[0], ROWS[1]]), ("IT", &[HEADS, ROWS[1]])]);
    assert_eq!(ids(&list).len(), 2);
    assert!(list.account.contains("rows IT 2 (there already)"), "{}", list.account);
}

#[test]
fn sheets_that_are_hidden_or_of_last_year_are_told_and_left_out() {
    let mut book = Workbook::new();
    let values = book.add_worksheet();
    fill(values.set_name("Lists").unwrap().set_hidden(true), &[HEADS, ROWS[1]]);
    fill(book.add_worksheet().set_name("PBC").unwrap().set_active(true), &[HEADS, ROWS[0]]);
    let list = read(&mut book).unwrap();
    assert_eq!(ids(&list), [("PBC-001", "")]);
    assert!(list.account.contains("sheets Lists (hidden)"), "{}", list.account);
    let old: &[&str] = &["PBC-001", "Old wording of it", "CC1.3", "HR", "2025-12-04", "Closed"];
    for name in ["2025 (closed)", "2025", "Prior year"] {
        let list = sheets(&[(name, &[HEADS, old]), ("2026", &[HEADS, ROWS[0]])]);
        assert_eq!(list.requests.len(), 1, "{name}");
        assert_eq!(list.requests[0].text, "Organization chart with roles");
        assert!(list.account.contains(&format!("sheets {name} (of an earlier time)")), "{}", list.account);
    }
    // Alone it is the list; and another year with other requests is no earlier list.
    assert_eq!(sheets(&[("2025 (closed)", &[HEADS, old])]).requests.len(), 1);
    let both = sheets(&[("Interim 2026", &[HEADS, ROWS[1]]), ("Year-end 2027", &[HEADS, ROWS[0]])]);
    assert_eq!(both.requests.len(), 2);
}

#[test]
fn headings_totals_and_notes_are_no_requests() {
    for (rows, areas, left) in [
        (
            vec![HEADS, &["CC1 - Control environment"], ROWS[0], &["CC6 - Access"], ROWS[1], &["Total", "2"]],
            ["CC1 - Control environment", "CC6 - Access"],
            "rows 2, 4 (a heading), 6 (a total)",
        ),
        (
            vec![HEADS, &["", "Control environment"], ROWS[0], &["", "Access"], ROWS[1]],
            ["Control environment", "Access"],
            "rows 2, 4 (a heading)",
        ),
        (
            vec![HEADS, ROWS[0], ROWS[1], &[], &["Please upload to the portal by 4 December"]],
            ["", ""],
            "rows 5 (a note)",
        ),
        (
            vec![HEADS, ROWS[0], HEADS, ROWS[1], &["PBC-003"], &["", "", "", "", "Number of requests", "2"]],
            ["", ""],
            "rows 6 (a total), 3 (the heads again), 5 (nothing asked for)",
        ),
        (
            vec![
                &["Prudent LLP"],
                &["Client:", "Acme"],
                &[],
                HEADS,
                ROWS[0],
                ROWS[1],
                &["* See the portal for details."],
            ],
            ["", ""],
            "rows 7 (a note)",
        ),
    ] {
        let list = one(&rows);
        assert_eq!(ids(&list), [("PBC-001", areas[0]), ("PBC-002", areas[1])], "{left}");
        assert!(list.account.contains(left), "{}", list.account);
    }
    // A request without an id among those that have one is a request all the same.
    let list = one(&[HEADS, ROWS[0], &["", "Board minutes", "", "CFO"]]);
    assert_eq!((list.requests.len(), list.requests[1].owner.as_deref()), (2, Some("CFO")));
    assert!(list.account.contains("Ids made: 1"), "{}", list.account);
    assert_eq!(one(&[&["ID", "Request"], &["1", "One thing"], &["", "Another thing"]]).requests.len(), 2);
}

#[test]
fn rows_that_are_hidden_or_struck_through_are_left_out() {
    let struck = Format::new().set_font_strikethrough();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    fill(sheet, &[HEADS, ROWS[0], ROWS[1]]);
    sheet.set_row_hidden(1).unwrap();
    sheet.write_string_with_format(3, 0, "PBC-003", &struck).unwrap();
    sheet.write_string_with_format(3, 1, "Withdrawn", &struck).unwrap();
    let plain = Format::new();
    sheet.write_string(4, 0, "PBC-004").unwrap();
    sheet.write_rich_string(4, 1, &[(&struck, "Old words "), (&plain, "New words")]).unwrap();
    let list = read(&mut book).unwrap();
    let texts: Vec<&str> = list.requests.iter().map(|request| request.text.as_str()).collect();
    assert_eq!(texts, ["Password policy settings", "New words"]);
    for words in ["rows 2 (hidden), 4 (struck through)", "Words struck through are left out in rows 5"] {
        assert!(list.account.contains(words), "{}", list.account);
    }
}

#[test]
fn cells_that_are_struck_through_say_nothing() {
    let struck = Format::new().set_font_strikethrough();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let heads =
        ["ID", "Title", "Description", "Criteria", "Type", "Report", "Owner", "Due", "Checks", "Area", "Entity"];
    let cells = [
        "P-1",
        "Org chart",
        "Of last year",
        "CC1.3",
        "Policy",
        "Type 2",
        "Bob",
        "2025-12-04",
        "Old",
        "People",
        "Old Ltd",
    ];
    fill(sheet, &[&heads, &["P-1", "Org chart"], &["", "", "", "", "", "", "Ann"]]);
    for (column, cell) in (2..).zip(&cells[2..]) {
        sheet.write_string_with_format(1, column, *cell, &struck).unwrap();
    }
    // A heading, a text without a title, and an id.
    sheet.write_string_with_format(3, 0, "Old heading", &struck).unwrap();
    sheet.write_string_with_format(2, 2, "Minutes of the board", &struck).unwrap();
    sheet.write_string_with_format(4, 0, "P-9", &struck).unwrap();
    sheet.write_string(4, 1, "Code of conduct").unwrap().write_string(4, 6, "Eve").unwrap();
    let list = read(&mut book).unwrap();
    let [one, two] = list.requests.as_slice() else { panic!("{list:?}") };
    assert_eq!((one.id.as_str(), one.text.as_str(), one.area.as_str()), ("P-1", "Org chart", ""));
    assert_eq!((one.criteria.len(), one.kind, one.period_only, &one.owner, one.due), (0, None, false, &None, None));
    assert_eq!((one.said.len(), one.checks.len()), (0, 0));
    assert!(two.id.starts_with("L-") && two.text == "Code of conduct" && two.area.is_empty(), "{two:?}");
    for words in ["rows 3, 4 (struck through)", "Words struck through are left out in rows 2, 5", "Ids made: 1"] {
        assert!(list.account.contains(words), "{}", list.account);
    }
    // In a list that we wrote as well.
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let heads = crate::requests::heads();
    fill(sheet, &[&heads, &["P-1", "", "Org chart"], &["P-2"]]);
    let owner = (0..).zip(heads).find(|(_, head)| *head == "owner").unwrap().0;
    sheet.write_string_with_format(1, owner, "Bob", &struck).unwrap();
    sheet.write_string_with_format(2, 2, "Board minutes", &struck).unwrap();
    let list = read(&mut book).unwrap();
    assert_eq!((list.requests.len(), &list.requests[0].owner), (1, &None));
    assert!(list.account.contains("rows 3 (struck through)"), "{}", list.account);
}

#[test]
fn merged_cells_and_heads_of_two_rows_are_read() {
    let mut book = Workbook::new();
    let (sheet, format) = (book.add_worksheet(), Format::new().set_align(FormatAlign::Center));
    fill(
        sheet,
        &[
            HEADS,
            &["1", "Org chart"],
            &["2", "Board minutes"],
            &["3", "Code of conduct", "CC1.1"],
            &["4", "All people"],
        ],
    );
    sheet.merge_range(1, 2, 2, 2, "CC1.3", &format).unwrap();
    sheet.merge_range(1, 3, 3, 3, "HR", &format).unwrap();
    sheet.merge_range(4, 1, 5, 1, "All people", &format).unwrap();
    sheet.write_string(5, 3, "IT").unwrap();
    sheet.merge_range(6, 0, 6, 5, "Access", &format).unwrap();
    sheet.write_string(7, 0, "5").unwrap().write_string(7, 1, "Users").unwrap();
    let list = read(&mut book).unwrap();
    let of =
        |request: &Request| (request.id.clone(), request.criteria.join(" "), request.owner.clone().unwrap_or_default());
    let found: Vec<_> = list.requests.iter().map(of).collect();
    let wanted = [("1", "CC1.3", "HR"), ("2", "CC1.3", "HR"), ("3", "CC1.1", "HR"), ("4", "", ""), ("5", "", "")];
    assert_eq!(found, wanted.map(|(id, criteria, owner)| (id.to_owned(), criteria.to_owned(), owner.to_owned())));
    assert_eq!(list.requests[4].area, "Access");
    assert!(list.account.contains("7 (a heading), 6 (the row above goes on)"), "{}", list.account);
    // A list without ids: rows that reach over its width are headings.
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    fill(
        sheet,
        &[
            &["Request", "PBC Owner (Client)"],
            &["Governance"],
            &["Board minutes", "CEO"],
            &["Org chart"],
            &["Access"],
            &["User list"],
        ],
    );
    for row in [1, 4] {
        sheet.merge_range(row, 0, row, 1, if row == 1 { "Governance" } else { "Access" }, &format).unwrap();
    }
    let list = read(&mut book).unwrap();
    let found: Vec<_> = list.requests.iter().map(|r| (r.area.as_str(), r.text.as_str(), r.owner.as_deref())).collect();
    let wanted = [
        ("Governance", "Board minutes", Some("CEO")),
        ("Governance", "Org chart", None),
        ("Access", "User list", None),
    ];
    assert_eq!(found, wanted);
    let list = one(&[
        &["No.", "Request", "", "Client", ""],
        &["", "Description", "TSC", "Owner", "Due"],
        &["1", "Org chart", "CC1.3", "HR", "2026-12-04"],
    ]);
    let request = &list.requests[0];
    assert_eq!(of(request), ("1".to_owned(), "CC1.3".to_owned(), "HR".to_owned()));
    assert_eq!((request.due, list.requests.len()), (Some(date(2026, 12, 4)), 1));
}

#[test]
fn values_of_formulas_and_formats_are_read_as_they_are_seen() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    fill(sheet, &[HEADS, &["", "One thing"], &["", "Another thing"], &["", "", "", "", "TBD"]]);
    let zeros = Format::new().set_num_format("\"PBC-\"000");
    sheet.write_number_with_format(1, 0, 7.0, &zeros).unwrap();
    sheet.write_formula(2, 0, "=ROW()-1").unwrap();
    sheet.write_formula(3, 1, Formula::new("=B2&\"!\"").set_result("One thing!")).unwrap();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    sheet.write_datetime_with_format(1, 4, ExcelDateTime::from_ymd(2026, 3, 4).unwrap(), &day).unwrap();
    sheet.write_number(2, 4, 46360.5).unwrap();
    sheet.write_formula(4, 7, "=COUNTA(B:B)").unwrap();
    let list = read(&mut book).unwrap();
    let found: Vec<_> = list.requests.iter().map(|r| (r.id.as_str(), r.text.as_str(), r.due)).collect();
    assert_eq!(
        found[..2],
        [("PBC-007", "One thing", Some(date(2026, 3, 4))), ("2", "Another thing", Some(date(2026, 12, 4)))]
    );
    assert_eq!((found[2].1, found.len()), ("One thing!", 3));
}

#[test]
fn ids_are_made_once_and_told_apart() {
    let heads: &[&str] = &["Request", "Owner", "Due"];
    let (one_row, other): (&[&str], &[&str]) = (&["Org chart", "HR"], &["Board  minutes", "CFO"]);
    let first = one(&[heads, one_row, other]);
    // Another order, and other spaces, are the same requests.
    let again = one(&[heads, &["Board minutes", "CFO"], &["New: list of vendors", "CFO"], one_row]);
    assert_eq!(first.requests[0].id, again.requests[2].id);
    assert_eq!(first.requests[1].id, again.requests[0].id);
    assert!(first.account.contains("Ids made: 2"), "{}", first.account);
    let list = one(&[
        &["#", "Request", "Entity"],
        &["1", "Org chart", "Acme Ltd"],
        &["1", "Org chart", "Acme GmbH"],
        &["2", "Minutes of the board", ""],
        &["2", "Minutes of the committee", ""],
        &["2", "Minutes of the board", ""],
    ]);
    let found: Vec<&str> = list.requests.iter().map(|request| request.id.as_str()).collect();
    assert_eq!(found, ["1 (Acme Ltd)", "1 (Acme GmbH)", "2", "2 (2)"]);
    assert!(
        list.account.contains("Ids told apart: 1 is 1 (Acme Ltd), 1 is 1 (Acme GmbH), 2 is 2 (2)"),
        "{}",
        list.account
    );
    assert!(list.account.contains("4 requests taken") && list.account.contains("rows 6 (there already)"));
}

#[test]
fn a_list_that_cannot_be_used_says_all_that_is_wrong() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("PBC").unwrap();
    fill(
        sheet,
        &[
            &["ID", "Request", "Due", "Checks"],
            &["1", "One", "12/06/2026", "iam-root-mfaa"],
            &["2", ""],
            &["3", "Three", "", "iam-rot-mfa"],
        ],
    );
    sheet.write_formula(2, 1, Formula::new("=A1/0").set_result("#DIV/0!")).unwrap();
    let error = read(&mut book).unwrap_err();
    let lines: Vec<&str> = error.lines().collect();
    assert!(lines.len() >= 3, "{error}");
    for part in [
        "row 2, column D (Checks): there is no check `iam-root-mfaa`",
        "row 4, column D",
        "row 2, column C (Due): `12/06/2026` can be",
    ] {
        assert!(error.contains(part), "{error}");
    }
    let mut book = Workbook::new();
    fill(book.add_worksheet().set_hidden(true), &[HEADS, ROWS[0]]);
    book.add_worksheet().set_active(true);
    assert!(read(&mut book).unwrap_err().contains("has nothing but hidden sheets"));
}

#[test]
fn many_rows_without_anything_and_a_long_list_are_read() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    fill(sheet, &[HEADS, ROWS[0]]);
    let (wide, format) = (5, Format::new().set_align(FormatAlign::Top));
    for row in 2..20_000 {
        for column in 0..wide {
            sheet.write_blank(row, column, &format).unwrap();
        }
    }
    sheet.write_string(1_048_575, 0, "End of the list.").unwrap();
    let list = read(&mut book).unwrap();
    assert_eq!(list.requests.len(), 1);
    assert!(list.account.contains("1048576 (a note)"), "{}", list.account);
}
