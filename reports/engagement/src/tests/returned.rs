//! Lists that come back from the auditor, and how a request stands after all that was said of it.

use jiff::civil::{Date, date};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use super::*;
use crate::documents;
use crate::requests::{
    ListOptions, Progress, Request, RequestColumns, RequestStatus, ReturnOptions, ReturnedList, append_returns,
    default_list, from_bytes, returned_bytes, statuses, to_csv, to_xlsx,
};

const TODAY: Date = date(2026, 12, 15);

fn of_day(day: Date) -> ReturnOptions {
    ReturnOptions { on: Some(day), ..ReturnOptions::default() }
}

/// The list that the auditor sent at first.
fn sent() -> Vec<Request> {
    let text = "ID,Request,Due\nA-1,Org chart,2026-11-20\nA-2,Minutes of the board,2026-11-20\nA-3,Penetration test,2026-11-20\nA-4,Password policy,2026-11-20\n";
    from_bytes(Path::new("list.csv"), text.as_bytes(), &ListOptions::default()).unwrap().requests
}

fn back(text: &str, file: &Engagement, options: &ReturnOptions) -> Result<ReturnedList, String> {
    returned_bytes(Path::new("back.csv"), text.as_bytes(), &sent(), file, options).map_err(|error| error.to_string())
}

/// What a list adds to the text of a file, and the file after it.
fn entered(text: &str, list: &ReturnedList) -> (String, Engagement) {
    let longer = append_returns(Path::new("kickoff.toml"), text, &list.new).unwrap();
    let file = parse(&longer).unwrap();
    (longer, file)
}

/// What was said, in short: `A-1 accepted 2026-12-05 ok`.
fn short(list: &ReturnedList) -> Vec<String> {
    let one = |said: &Return| {
        let state = said.state.map_or("-", ReturnState::name);
        let parts = [&said.word, &said.comment, &said.by].map(|part| part.clone().unwrap_or_default());
        format!("{} {state} {} {}", said.request, said.on, parts.join("|"))
    };
    list.new.iter().map(one).collect()
}

fn stand(text: &str, id: &str) -> RequestStatus {
    let file = parse(text).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("chart.pdf"), b"%PDF-1.7 chart\n%%EOF\n").unwrap();
    let list = default_list();
    let documents = documents::register(&file, &list, folder.path(), TODAY);
    let all = statuses(&file, &list, None, &documents, &[], TODAY);
    all.into_iter().find(|status| status.request.id == id).unwrap()
}

fn said(state: &str, on: &str, comment: &str) -> String {
    let comment = if comment.is_empty() { String::new() } else { format!("comment = \"{comment}\"\n") };
    format!("[[returns]]\nrequest = \"GEN-06\"\non = {on}\nstate = \"{state}\"\n{comment}by = \"Jane Roe\"\n")
}

const DELIVERED: &str = "[[requests]]\nid = \"GEN-06\"\ndelivered = 2026-12-01\n";
const ANA: &str = "[[people]]\nid = \"ana\"\nname = \"Ana\"\nrole = \"CTO\"\n";

#[test]
fn each_state_decides_as_an_auditor_means_it() {
    for (state, progress) in [
        ("accepted", Progress::Accepted),
        ("partial", Progress::Reopened),
        ("question", Progress::Reopened),
        ("returned", Progress::Reopened),
        ("not-applicable", Progress::NotApplicable),
        ("received", Progress::Delivered),
        ("open", Progress::Delivered),
    ] {
        let status = stand(&format!("{DELIVERED}{}", said(state, "2026-12-05", "page 2")), "GEN-06");
        assert_eq!(status.progress, progress, "{state}");
        let back = status.back.unwrap();
        assert_eq!(back.state().map(ReturnState::name), Some(state));
        let words = state.replace("partial", "accepted in part").replace('-', " ");
        assert_eq!(back.lines(), [format!("{words} of 2026-12-05 (Jane Roe): page 2")]);
    }
    // Received, where we never wrote that it was delivered: the auditor has it.
    assert_eq!(stand(&said("received", "2026-12-05", ""), "GEN-06").progress, Progress::Delivered);
    assert_eq!(stand(&said("open", "2026-12-05", ""), "GEN-06").progress, Progress::Open);
    let agreed = stand(&said("not-applicable", "2026-12-05", "no board"), "GEN-06");
    assert_eq!(agreed.reasons, ["does not arise, says the auditor: not applicable of 2026-12-05 (Jane Roe): no board"]);
}

#[test]
fn the_last_word_by_day_counts_and_a_later_delivery_answers_it() {
    let all = |parts: &[(&str, &str)]| parts.iter().map(|(state, on)| said(state, on, "")).collect::<String>();
    for (statements, entry, progress) in [
        (vec![("accepted", "2026-12-03"), ("returned", "2026-12-05")], DELIVERED, Progress::Reopened),
        // The order of the file does not matter where the days differ.
        (vec![("returned", "2026-12-05"), ("accepted", "2026-12-03")], DELIVERED, Progress::Reopened),
        (vec![("question", "2026-12-03"), ("accepted", "2026-12-05")], DELIVERED, Progress::Accepted),
        // Of one day the last in the file.
        (vec![("question", "2026-12-05"), ("accepted", "2026-12-05")], DELIVERED, Progress::Accepted),
        (
            vec![("returned", "2026-12-05")],
            "[[requests]]\nid = \"GEN-06\"\ndelivered = 2026-12-08\n",
            Progress::Redelivered,
        ),
        // Of the same day it was there before it came back.
        (
            vec![("returned", "2026-12-05")],
            "[[requests]]\nid = \"GEN-06\"\ndelivered = 2026-12-05\n",
            Progress::Reopened,
        ),
        // They look at it again.
        (vec![("returned", "2026-12-05"), ("received", "2026-12-09")], DELIVERED, Progress::Delivered),
        // They still wait for what they returned, and for what they accepted once.
        (vec![("returned", "2026-12-05"), ("open", "2026-12-09")], DELIVERED, Progress::Reopened),
        (vec![("accepted", "2026-12-05"), ("open", "2026-12-09")], DELIVERED, Progress::Reopened),
        // Our own word that it was accepted is of its day as well.
        (
            vec![("returned", "2026-12-09")],
            "[[requests]]\nid = \"GEN-06\"\ndelivered = 2026-12-01\naccepted = 2026-12-05\n",
            Progress::Reopened,
        ),
        (
            vec![("returned", "2026-12-03")],
            "[[requests]]\nid = \"GEN-06\"\ndelivered = 2026-12-01\naccepted = 2026-12-05\n",
            Progress::Accepted,
        ),
        // That it does not arise is our word; theirs that they want it counts.
        (
            vec![("returned", "2026-12-05")],
            "[[requests]]\nid = \"GEN-06\"\nnot_applicable = \"no chart\"\n",
            Progress::Reopened,
        ),
    ] {
        let status = stand(&format!("{entry}{}", all(&statements)), "GEN-06");
        assert_eq!(status.progress, progress, "{statements:?} {entry}");
    }
}

#[test]
fn a_document_that_is_there_does_not_close_what_came_back_unless_it_is_newer() {
    let document = |received: &str| {
        format!(
            "{ANA}[[documents]]\nrequest = \"GEN-06\"\nowner = \"ana\"\nfile = \"chart.pdf\"\nversion = \"1\"\napproved = 2026-11-01\napprover = \"ana\"\nreceived = {received}\n"
        )
    };
    assert_eq!(stand(&document("2026-11-30"), "GEN-06").progress, Progress::Ready);
    let question = said("question", "2026-12-05", "which team?");
    let old = stand(&format!("{}{question}", document("2026-11-30")), "GEN-06");
    assert_eq!((old.progress, old.progress.is_settled()), (Progress::Reopened, false));
    let new = stand(&format!("{}{question}", document("2026-12-08")), "GEN-06");
    assert_eq!(new.progress, Progress::Redelivered);
    assert_eq!(
        new.back.unwrap().lines(),
        ["question of 2026-12-05 (Jane Roe): which team?", "delivered again by a document of 2026-12-08"]
    );
    // One that is wrong answers nothing.
    let gone = document("2026-12-08").replace("chart.pdf", "none.pdf");
    assert_eq!(stand(&format!("{gone}{question}"), "GEN-06").progress, Progress::Reopened);
}

#[test]
fn a_word_that_is_not_known_decides_nothing_and_is_kept() {
    let word = "[[returns]]\nrequest = \"GEN-06\"\non = 2026-12-09\nword = \"Escalated to EQR\"\ncomment = \"wait\"\n";
    let status = stand(&format!("{DELIVERED}{}{word}", said("accepted", "2026-12-05", "")), "GEN-06");
    assert_eq!(status.progress, Progress::Accepted);
    let back = status.back.unwrap();
    assert_eq!(back.lines(), ["accepted of 2026-12-05 (Jane Roe)", "`Escalated to EQR` of 2026-12-09: wait"]);
    assert_eq!(back.unanswered().and_then(|said| said.comment.as_deref()), Some("wait"));
    assert_eq!(stand(&format!("{DELIVERED}{word}"), "GEN-06").progress, Progress::Delivered);
}

#[test]
fn an_auditors_own_workbook_is_read_with_its_days_and_comments() {
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let mut book = Workbook::new();
    let notes = book.add_worksheet();
    notes.set_name("Instructions").unwrap().write_string(0, 0, "Please answer by Friday").unwrap();
    let sheet = book.add_worksheet();
    sheet.set_name("PBC").unwrap();
    sheet.write_string(0, 0, "Prudent LLP: status of 5 December").unwrap();
    let heads = ["ID", "Request", "Status", "Date delivered", "Auditor comments", "Date returned", "Control ID"];
    for (column, head) in (0..).zip(heads) {
        sheet.write_string(1, column, head).unwrap();
    }
    let rows = [
        ["A-1", "Org chart", "Accepted", "ok"],
        ["A-2", "Minutes of the board", "N/A", "no board"],
        ["A-3", "Penetration test", "Submitted", "second page is missing"],
        ["A-4", "Password policy", "Returned", "whose is it?"],
        ["A-9", "Something new", "Open", "please add"],
    ];
    for (row, [id, request, status, comment]) in (2..).zip(rows) {
        for (column, cell) in [(0, id), (1, request), (2, status), (4, comment)] {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    let at = |day: u8| ExcelDateTime::from_ymd(2026, 11, day).unwrap();
    sheet.write_datetime_with_format(4, 3, at(21), &day).unwrap();
    sheet.write_datetime_with_format(5, 5, at(27), &day).unwrap();
    // A filter hid the row when the list was saved: what the auditor says in it counts. Of whom `N/A` is, beside a comment, is
    // not sure.
    sheet.set_row_hidden(3).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let options = ReturnOptions { by: Some("Jane Roe".to_owned()), ..of_day(date(2026, 12, 5)) };
    let list = returned_bytes(Path::new("status.xlsx"), &bytes, &sent(), &Engagement::default(), &options).unwrap();
    assert_eq!(
        short(&list),
        [
            "A-1 accepted 2026-12-05 |ok|Jane Roe",
            "A-2 - 2026-12-05 N/A|no board|Jane Roe",
            "A-3 received 2026-11-21 Submitted|second page is missing|Jane Roe",
            "A-4 returned 2026-11-27 |whose is it?|Jane Roe",
        ]
    );
    assert_eq!(
        list.account,
        "status.xlsx: 5 rows; new: 1 accepted, 1 returned, 1 received, 1 undecided; unchanged: 0. Not in the list, and not taken: `A-9` in row 7. Words that are kept and decide nothing: `N/A`. Of 2026-12-05, as --on says: 2. Left out: sheets Instructions (no column of an auditor's answer)"
    );
    let (_, file) = entered("", &list);
    assert_eq!(file.returns, list.new);
    assert_eq!(file.returns[0].file.as_deref(), Some("status.xlsx"));
}

#[test]
fn a_german_list_with_other_heads_is_read() {
    let text = "Nr.;Anforderung;Prüfstatus;Anmerkungen des Prüfers;Zurück am;Prüfer\nA-1;Organigramm;Akzeptiert;;04.12.2026;Weiß\nA-2;Protokolle;entfällt;kein Beirat;04.12.2026;Weiß\nA-3;Pentest;Rückfrage;Seite 2 fehlt;05.12.2026;Weiß\nA-4;Richtlinie;Teilweise akzeptiert;ohne Anhang;;\n";
    let list = back(text, &Engagement::default(), &of_day(date(2026, 12, 6))).unwrap();
    assert_eq!(
        short(&list),
        [
            "A-1 accepted 2026-12-04 Akzeptiert||Weiß",
            "A-2 not-applicable 2026-12-04 entfällt|kein Beirat|Weiß",
            "A-3 question 2026-12-05 Rückfrage|Seite 2 fehlt|Weiß",
            "A-4 partial 2026-12-06 Teilweise akzeptiert|ohne Anhang|",
        ]
    );
}

#[test]
fn the_same_list_twice_adds_nothing_and_a_living_list_adds_what_changed() {
    let first =
        "ID,Request,Status,Comments\nA-1,Org chart,Accepted,\nA-2,Minutes,Question,Which year?\nA-3,Pentest,Open,\n";
    let (text, file) = entered("# ours\n", &back(first, &Engagement::default(), &of_day(date(2026, 12, 1))).unwrap());
    assert!(text.starts_with("# ours\n"));
    assert_eq!(file.returns.len(), 2, "that they wait for what nobody delivered need not be written");
    for again in [date(2026, 12, 1), date(2026, 12, 8)] {
        let list = back(first, &file, &of_day(again)).unwrap();
        assert!(list.new.is_empty(), "{list:?}");
        assert_eq!(list.account, "back.csv: 3 rows; nothing new; unchanged: 2. Still waited for: 1");
    }
    // A week later one is accepted, and one is opened again.
    let second = "ID,Request,Status,Comments\nA-1,Org chart,Reopened,HR is missing\nA-2,Minutes,Closed,Which year?\n";
    let list = back(second, &file, &of_day(date(2026, 12, 8))).unwrap();
    assert_eq!(
        short(&list),
        ["A-1 returned 2026-12-08 Reopened|HR is missing|", "A-2 accepted 2026-12-08 Closed|Which year?|"]
    );
    let (_, file) = entered(&text, &list);
    assert_eq!(file.returns.len(), 4);
    // The first list again, by mistake: nothing of it is new.
    assert!(back(first, &file, &of_day(date(2026, 12, 1))).unwrap().new.is_empty());
}

#[test]
fn rows_that_contradict_each_other_are_named_and_a_history_is_not_one() {
    let text = "ID,Request,Status\nA-1,Org chart,Accepted\nA-2,Minutes,Accepted\nA-1,Org chart,Returned\n";
    let error = back(text, &Engagement::default(), &of_day(date(2026, 12, 1))).unwrap_err();
    assert_eq!(
        error,
        "back.csv: rows 2 and 4 say two things of A-1: accepted, and returned; leave one of them, or give each its day"
    );
    let history = "ID,Request,Status,Date reviewed\nA-1,Org chart,Returned,2026-12-01\nA-1,Org chart,Accepted,2026-12-04\nA-1,Org chart,Accepted,2026-12-04\n";
    let list = back(history, &Engagement::default(), &ReturnOptions::default()).unwrap();
    assert_eq!(short(&list), ["A-1 returned 2026-12-01 ||", "A-1 accepted 2026-12-04 ||"]);
    assert!(list.account.ends_with("Left out: rows 4 (there already)"), "{}", list.account);
}

#[test]
fn ids_that_the_list_does_not_have_and_words_that_decide_nothing_are_told() {
    let text = "ID,Request,Status,Comments\nX-1,Other,Accepted,\na-2,Minutes,Escalated to EQR,\nA-3,Pentest,,see the call\nA-4,Policy,,\n";
    let list = back(text, &Engagement::default(), &of_day(date(2026, 12, 1))).unwrap();
    assert_eq!(short(&list), ["A-2 - 2026-12-01 Escalated to EQR||", "A-3 - 2026-12-01 |see the call|"]);
    assert_eq!(
        list.account,
        "back.csv: 4 rows; new: 2 undecided; unchanged: 0. Without an answer: 1. Not in the list, and not taken: `X-1` in row 2. Words that are kept and decide nothing: `Escalated to EQR`. Comments without a status: 1. Of 2026-12-01, as --on says: 2"
    );
}

#[test]
fn a_day_that_nothing_tells_is_asked_for() {
    let text = "ID,Request,Status\nA-1,Org chart,Accepted\n";
    let error = back(text, &Engagement::default(), &ReturnOptions::default()).unwrap_err();
    assert!(error.starts_with("back.csv: 1 answer is of no day (row 2): say when"), "{error}");
    let late = ReturnOptions { today: Some(date(2026, 12, 1)), ..of_day(date(2026, 12, 2)) };
    let error = back(text, &Engagement::default(), &late).unwrap_err();
    assert!(error.contains("A-1: accepted of 2026-12-02, which is still to come"), "{error}");
    let open = "ID,Request,Status,Date returned\nA-1,Org chart,Accepted,04/05/2026\n";
    let error = back(open, &Engagement::default(), &ReturnOptions::default()).unwrap_err();
    assert!(error.contains("`04/05/2026` can be 2026-05-04 or 2026-04-05: say which with --dates"), "{error}");
    let told = "ID,Request,Status,Date returned\nA-1,Org chart,Accepted,04/05/2026\nA-2,Minutes,Accepted,25/04/2026\n";
    let list = back(told, &Engagement::default(), &ReturnOptions::default()).unwrap();
    assert_eq!(list.new[0].on, date(2026, 5, 4), "the other day tells");
}

#[test]
fn lists_of_ids_and_answers_alone_and_columns_that_no_head_tells_are_read() {
    let list =
        back("ID,Status,Comments\nA-1,Accepted,\nA-2,Returned,unsigned\n", &Engagement::default(), &of_day(TODAY));
    assert_eq!(short(&list.unwrap()).len(), 2);
    // The tracker of a package: its requests are ids.
    let tracker =
        "Request,Wording of the auditor's list,Owner,Auditor status,Auditor comment\nA-1,Org chart,Ana,Accepted,\n";
    let list = back(tracker, &Engagement::default(), &of_day(TODAY)).unwrap();
    assert_eq!(short(&list), ["A-1 accepted 2026-12-15 ||"]);
    let odd = "Ref,Request,Ampel,Was uns fehlt\nA-1,Org chart,Accepted,\nA-2,Minutes,Returned,unsigned\n";
    let error = back(odd, &Engagement::default(), &of_day(TODAY)).unwrap_err();
    assert!(error.contains("--columns id=A,status=F,comment=G"), "{error}");
    let columns = RequestColumns::parse("status=Ampel,comment=D").unwrap();
    let options = ReturnOptions { list: ListOptions { columns, dates: None }, ..of_day(TODAY) };
    let list = back(odd, &Engagement::default(), &options).unwrap();
    assert_eq!(short(&list), ["A-1 accepted 2026-12-15 ||", "A-2 returned 2026-12-15 |unsigned|"]);
    assert!(back("ID,Request,Due\nA-1,Org chart,\n", &Engagement::default(), &of_day(TODAY)).is_err());
}

#[test]
fn our_own_list_comes_back_as_it_went_and_with_what_was_filled_in() {
    let text = format!(
        "{}{}",
        said("question", "2026-12-05", "which team?\\n=HR"),
        said("accepted", "2026-12-03", "").replace("GEN-06", "GEN-03")
    );
    let file = parse(&text).unwrap();
    let list = default_list();
    let all = statuses(&file, &list, None, &[], &[], TODAY);
    let read = |name: &str, bytes: &[u8]| {
        returned_bytes(Path::new(name), bytes, &list, &file, &of_day(date(2026, 12, 14))).unwrap()
    };
    let (csv, book) = (to_csv(&all), to_xlsx(&all).unwrap());
    for (name, bytes) in [("ours.csv", csv.as_bytes()), ("ours.xlsx", &book)] {
        let again = read(name, bytes);
        assert!(again.new.is_empty(), "{name}: {again:?}");
        assert!(again.account.contains("nothing new; unchanged: 2"), "{}", again.account);
        assert!(!again.account.contains("not read here"), "{}", again.account);
        // It is a list of requests as well, and nothing of it is lost.
        let imported = from_bytes(Path::new(name), bytes, &ListOptions::default()).unwrap();
        assert_eq!(imported.requests.len(), list.len());
        assert!(!imported.account.contains("not read here"), "{}", imported.account);
    }
    // The auditor accepts and leaves the day as it was: the answer is of the list's day.
    let filled = csv.replace("question,\"which team?\n=HR\",2026-12-05,Jane Roe", "Accepted,,2026-12-05,Jane Roe");
    assert_ne!(filled, csv);
    assert_eq!(short(&read("ours.csv", filled.as_bytes())), ["GEN-06 accepted 2026-12-14 ||Jane Roe"]);
}

#[test]
fn statements_and_findings_that_cannot_be_are_named() {
    for (text, words) in [
        ("[[returns]]\nrequest = \"GEN-06\"\non = 2026-12-05\n", "`returns`: says nothing"),
        ("[[returns]]\nrequest = \"GEN-99\"\non = 2026-12-05\nstate = \"accepted\"\n", "there is no request `GEN-99`"),
        ("[[returns]]\nrequest = \"GEN-06\"\non = 2026-12-05\nstate = \"acepted\"\n", "did you mean `accepted`?"),
    ] {
        let error = parse(text).unwrap_err();
        assert!(error.contains(words), "{error}");
    }
    // What came from a list was in the list of its day, and stays.
    let dropped = "[[returns]]\nrequest = \"OLD-1\"\non = 2026-12-05\nstate = \"accepted\"\nfile = \"status.xlsx\"\n";
    assert_eq!(parse(dropped).unwrap().returns.len(), 1);
}

#[test]
fn a_status_that_may_be_the_clients_accepts_nothing_beside_the_auditors_own_note() {
    let file = parse("").unwrap();
    let text = "ID,Owner,Status,Auditor notes\nA-1,Ana,Complete,Please send the signed version\nA-2,Ana,Not applicable,we need this\nA-3,Ana,Complete,\nA-4,Ana,Returned,page 2 is missing\n";
    let list = back(text, &file, &of_day(date(2026, 12, 5))).unwrap();
    assert_eq!(
        short(&list),
        [
            "A-1 - 2026-12-05 Complete|Please send the signed version|",
            "A-2 - 2026-12-05 Not applicable|we need this|",
            "A-3 accepted 2026-12-05 Complete||",
            "A-4 returned 2026-12-05 |page 2 is missing|",
        ]
    );
    // Whoever names the column says whose it is.
    let named = ReturnOptions {
        list: ListOptions {
            columns: RequestColumns { status: Some("Status".to_owned()), ..RequestColumns::default() },
            ..ListOptions::default()
        },
        ..of_day(date(2026, 12, 5))
    };
    let list = back(text, &file, &named).unwrap();
    assert_eq!(short(&list)[0], "A-1 accepted 2026-12-05 Complete|Please send the signed version|");
}

#[test]
fn a_day_that_is_none_is_told_and_not_taken_for_the_day_of_the_file() {
    let file = parse("").unwrap();
    let text = "ID,Auditor status,Date returned\nA-1,Returned,31.11.2026\n";
    let error = back(text, &file, &of_day(date(2026, 12, 5))).unwrap_err();
    assert!(error.contains("row 2") && error.contains("`31.11.2026` is no day that can be read"), "{error}");
}

#[test]
fn an_answer_in_a_row_that_a_filter_hid_is_read_and_one_without_its_value_is_told() {
    let file = parse("").unwrap();
    let book = |hide: bool, formula: bool| {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (row, cells) in (0..).zip([["ID", "Auditor status"], ["A-1", "Accepted"], ["A-2", "Returned"]]) {
            for (column, cell) in (0..).zip(cells) {
                sheet.write(row, column, cell).unwrap();
            }
        }
        if hide {
            sheet.set_row_hidden(2).unwrap();
        }
        if formula {
            sheet.write_formula(2, 1, rust_xlsxwriter::Formula::new("=VLOOKUP(1,2,3)").set_result("#N/A")).unwrap();
        }
        book.save_to_buffer().unwrap()
    };
    let read = |bytes: &[u8]| {
        let options = of_day(date(2026, 12, 5));
        returned_bytes(Path::new("back.xlsx"), bytes, &sent(), &file, &options).map_err(|error| error.to_string())
    };
    assert_eq!(short(&read(&book(true, false)).unwrap()), ["A-1 accepted 2026-12-05 ||", "A-2 returned 2026-12-05 ||"]);
    let told = read(&book(false, true));
    assert!(
        told.as_ref().is_err_and(|error| error.contains("holds a formula whose value is not in the file")),
        "{told:?}"
    );
}
