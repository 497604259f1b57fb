//! Lists as auditors send them: heads, dates, codes, files of other kinds, and what is said of an import.

use std::collections::BTreeMap;

use jiff::civil::date;
use proptest::prelude::*;

use super::requests::from;
use super::*;
use crate::requests::{
    DateOrder, ListOptions, Listed, Reach, Request, RequestColumns, RequestKind, adopt, from_bytes, statuses, to_csv,
    to_xlsx,
};

fn read(text: &str, options: &ListOptions) -> Result<Listed, String> {
    from_bytes(Path::new("list.csv"), text.as_bytes(), options).map_err(|error| error.to_string())
}

#[test]
fn heads_in_other_words_are_read() {
    for (heads, cells, wanted) in [
        (
            "Evidence ID,Evidence Item,Why It Is Needed,Owner,Status",
            "X-1,Org chart,Because,Ann,Open",
            ("X-1", "Org chart", "", "Ann"),
        ),
        (
            "#,Artifact Description,Owner,System/Tool,Due Date",
            "1,Org chart,Ann,AWS,2026-12-04",
            ("1", "Org chart", "", "Ann"),
        ),
        (
            "Test ID,Control Name,SOC 2 Area,Expected Evidence",
            "X-1,Access,CC6,Org chart",
            ("X-1", "Org chart", "CC6", ""),
        ),
        (
            "ERL-ID,Documentation Artifact,Description",
            "X-1,Org chart,With roles",
            ("X-1", "Org chart: With roles", "", ""),
        ),
        (
            "Nr.,Anforderung,Kriterium,Verantwortlich,Fällig am",
            "1,Organigramm,CC1.3,Ann,04.12.2026",
            ("1", "Organigramm", "", "Ann"),
        ),
        ("N°,Demande,Responsable,Échéance", "1,Organigramme,Ann,2026-12-04", ("1", "Organigramme", "", "Ann")),
        ("番号,依頼事項,担当,期限", "1,組織図,Ann,2026-12-04", ("1", "組織図", "", "Ann")),
        (
            "ID,Title,Description,Assignee",
            "X-1,Org chart,The org chart with roles,Ann",
            ("X-1", "The org chart with roles", "", "Ann"),
        ),
        ("S.No,Particulars,Responsibility,Target date", "1,Org chart,Ann,2026-12-04", ("1", "Org chart", "", "Ann")),
        ("Item,Description,Owner", "1,Org chart,Ann", ("1", "Org chart", "", "Ann")),
        ("Codice interno,Documento richiesto,Scadenza", "K-7,Organigramma,2026-12-04", ("K-7", "Organigramma", "", "")),
        ("Ref #,Information Request,Section", "1.10,Org chart,People", ("1.10", "Org chart", "People", "")),
    ] {
        let list = from("list.csv", format!("{heads}\n{cells}\n").as_bytes())
            .unwrap_or_else(|error| panic!("{heads}: {error}"));
        let request = &list[0];
        let found =
            (request.id.as_str(), request.text.as_str(), request.area.as_str(), request.owner.as_deref().unwrap_or(""));
        assert_eq!((list.len(), found), (1, wanted), "{heads}");
    }
}

#[test]
fn columns_that_no_head_tells_are_said_and_remembered() {
    let text = "Kürzel,Was wir brauchen,Wer\nA1,Organigramm,Ann\n";
    let error = from_bytes(Path::new("list.csv"), text.as_bytes(), &ListOptions::default()).unwrap_err();
    assert_eq!(error.heads, ["A Kürzel", "B Was wir brauchen", "C Wer"]);
    assert!(!error.asks_dates);
    for said in ["id=Kürzel,text=was wir brauchen,owner=C", "text=B,id=A,owner=Wer"] {
        let options = ListOptions { columns: RequestColumns::parse(said).unwrap(), ..ListOptions::default() };
        let list = read(text, &options).unwrap().requests;
        let request = &list[0];
        assert_eq!(
            (request.id.as_str(), request.text.as_str(), request.owner.as_deref()),
            ("A1", "Organigramm", Some("Ann"))
        );
    }
    for (wrong, what) in [
        ("text", "say which column is `text`"),
        ("txet=B", "did you mean `text`?"),
        ("text=", "say which"),
        ("id=A,id=B", "`id` is said twice"),
    ] {
        assert!(RequestColumns::parse(wrong).unwrap_err().contains(what), "{wrong}");
    }
    assert_eq!(RequestColumns::parse("text=A, b,id=C").unwrap().text.as_deref(), Some("A, b"));

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kickoff.toml");
    std::fs::write(folder.path().join("list.csv"), text).unwrap();
    let said =
        |columns: &str| ListOptions { columns: RequestColumns::parse(columns).unwrap(), ..ListOptions::default() };
    let taken = adopt(&path, "", "list.csv", &said("text=Was wir brauchen")).unwrap();
    assert_eq!(taken, "request_columns = { text = \"Was wir brauchen\" }\nrequest_list = \"list.csv\"\n");
    let again = adopt(&path, &taken.replace(" }\n", " } # asked\n"), "list.csv", &said("text=B,id=A")).unwrap();
    assert_eq!(again, "request_columns = { id = \"A\", text = \"B\" } # asked\nrequest_list = \"list.csv\"\n");
    let file = Engagement::whole(&path, &again).unwrap();
    assert_eq!(crate::requests::list(&file, folder.path()).unwrap()[0].text, "Organigramm");
    assert!(adopt(&path, "", "list.csv", &ListOptions::default()).is_err(), "and nothing without it");
}

#[test]
fn a_new_version_of_a_list_with_other_heads_can_be_taken_in_place_of_the_old() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kickoff.toml");
    let text = "request_columns = { text = \"Frage\" }\nrequest_list = \"list.csv\"\n";
    std::fs::write(&path, text).unwrap();
    std::fs::write(folder.path().join("list.csv"), "Nr,Anliegen\n1,Organigramm\n").unwrap();
    let error = Engagement::read(&path).unwrap_err().to_string();
    assert!(error.contains("kickoff.toml, line 2") && error.contains("has no column `Frage`"), "{error}");
    // The file alone is read all the same, and takes what is said anew.
    let (file, read) = Engagement::parse_with_text(&path).unwrap();
    let mut said = ListOptions::of_list(&file, "list.csv");
    said.columns.merge(&RequestColumns::parse("text=Anliegen").unwrap());
    assert_eq!(adopt(&path, &read, "list.csv", &said).unwrap(), text.replace("Frage", "Anliegen"));
    assert!(Engagement::parse_with_text(Path::new("nowhere.toml")).unwrap_err().to_string().contains("cannot be read"));
}

#[test]
fn columns_that_are_said_and_not_there_are_told_with_those_that_there_are() {
    let options = |said: &str| ListOptions { columns: RequestColumns::parse(said).unwrap(), ..ListOptions::default() };
    let list = "Ref,Request,Who answers,Due\nA1,Org chart,Ann,2026-12-04\n";
    assert_eq!(read(list, &options("owner=who answers")).unwrap().requests[0].owner.as_deref(), Some("Ann"));
    for (said, wrong) in [
        (
            "owner=Who answer",
            "has no column `Who answer`, which is to be `owner`: is `Who answers` meant?; it has A Ref, B Request, C Who answers, D Due: say which it is, --columns owner=HEAD, or a letter",
        ),
        ("owner=E", "has no column `E`, which is to be `owner`; it has A Ref, B Request, C Who answers, D Due:"),
        ("text=Frage", "has no column `Frage`, which is to be `text`; it has A Ref,"),
        ("text=Request,id=Kürzel", "has no column `Kürzel`, which is to be `id`;"),
    ] {
        let error = read(list, &options(said)).unwrap_err();
        assert!(error.contains(wrong) && error.lines().count() == 1, "{error}");
    }
    // Where no head is known either.
    let error =
        read("Kürzel,Frage,Wer\nA1,Organigramm,Ann\n", &options("text=Fragen,id=Kürzel,owner=Werr")).unwrap_err();
    assert!(
        error.contains("no column `Fragen`, which is to be `text`: is `Frage` meant?; it has A Kürzel, B Frage, C Wer"),
        "{error}"
    );
    assert!(error.contains("no column `Werr`, which is to be `owner`"), "{error}");
    // A letter is enough for a column without a head; and a head may stand in the row above.
    let bare = read("Ref,Request,\nA1,Org chart,Ann\n", &options("owner=C")).unwrap();
    assert_eq!(bare.requests[0].owner.as_deref(), Some("Ann"));
    let bare = read("Ref,Request\nA1,Org chart,Ann\n", &options("owner=C")).unwrap();
    assert_eq!(bare.requests[0].owner.as_deref(), Some("Ann"));
    let above = read("Our list,,Wer\nRef,Request,\nA1,Org chart,Ann\n", &options("owner=Wer")).unwrap();
    assert_eq!(above.requests[0].owner.as_deref(), Some("Ann"));
}

#[test]
fn what_was_said_of_one_list_says_nothing_of_another() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kickoff.toml");
    std::fs::write(folder.path().join("old.csv"), "Nr,Frage,Tag\n1,Organigramm,12/06/2026\n").unwrap();
    std::fs::write(folder.path().join("new.csv"), "id,text,due\n1,Board minutes,2026-12-04\n").unwrap();
    let old = "# ours\nrequest_dates = \"month-first\" # as they told us\nrequest_columns = { text = \"B\", due = \"C\" }\nrequest_list = \"old.csv\"\n";
    let file = Engagement::whole(&path, old).unwrap();
    for (list, is_known) in [("old.csv", true), ("./old.csv", true), ("new.csv", false), ("a/old.csv", false)] {
        let known = ListOptions::of_list(&file, list);
        assert_eq!(known == ListOptions::of(&file), is_known, "{list}");
        assert_eq!(known == ListOptions::default(), !is_known, "{list}");
    }
    // What was said before any list was named is said of the first.
    let first = Engagement::parse(&path, "request_dates = \"day-first\"\n").unwrap();
    assert_eq!(ListOptions::of_list(&first, "old.csv").dates, Some(DateOrder::DayFirst));

    let taken = adopt(&path, old, "new.csv", &ListOptions::default()).unwrap();
    assert_eq!(taken, "# ours\n# as they told us\nrequest_list = \"new.csv\"\n");
    // The same list keeps what was said of it, and another takes what is said anew.
    assert_eq!(adopt(&path, old, "old.csv", &ListOptions::default()).unwrap(), old);
    let anew = ListOptions { dates: Some(DateOrder::DayFirst), ..ListOptions::default() };
    let taken = adopt(&path, old, "new.csv", &anew).unwrap();
    assert_eq!(taken, "# ours\nrequest_dates = \"day-first\" # as they told us\nrequest_list = \"new.csv\"\n");
    // A table of its own cannot be taken out line by line: that is said, and nothing is lost.
    let table = "request_list = \"old.csv\"\n[request_columns]\ntext = \"B\"\ndue = \"C\"\n";
    let error = adopt(&path, table, "new.csv", &ListOptions::default()).unwrap_err().to_string();
    assert!(error.contains("cannot be replaced: write each on a line of its own"), "{error}");
}

#[test]
fn the_days_of_a_column_tell_or_are_asked_for_once() {
    let list = "id,text,due\n1,One,12/06/2026\n2,Two,11/06/2026\n3,Three,TBD\n4,Four,Week 1\n";
    let error = from_bytes(Path::new("list.csv"), list.as_bytes(), &ListOptions::default()).unwrap_err();
    assert!(error.asks_dates);
    assert_eq!(error.problems().len(), 1);
    assert!(error.to_string().contains("row 2, column C (due): `12/06/2026` can be 2026-06-12 or 2026-12-06: say which with --dates day-first or month-first"), "{error}");
    assert!(error.to_string().contains("(2 days of this column are open)"), "{error}");
    for (dates, day) in [(DateOrder::DayFirst, date(2026, 6, 12)), (DateOrder::MonthFirst, date(2026, 12, 6))] {
        let read = read(list, &ListOptions { dates: Some(dates), ..ListOptions::default() }).unwrap();
        assert_eq!(read.requests[0].due, Some(day));
        assert_eq!((read.requests[2].due, read.requests[2].words("due")), (None, Some("TBD")));
        assert!(read.account.contains("Kept as words: due `TBD`, `Week 1`"), "{}", read.account);
    }
    let settled = read(&format!("{list}5,Five,25/06/2026\n"), &ListOptions::default()).unwrap();
    assert_eq!(settled.requests[0].due, Some(date(2026, 6, 12)));
}

#[test]
fn the_codes_and_separators_of_other_programs_are_read() {
    let list = "Request ID;Description;Due date\r\nR-1;Zugriffsüberprüfung, Q3;2026-12-01\r\n";
    let wide = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let marked = format!("\u{feff}{list}");
    let western: Vec<u8> = list.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    for bytes in [
        list.as_bytes().to_vec(),
        marked.as_bytes().to_vec(),
        western,
        wide(&marked, u16::to_le_bytes),
        wide(&marked, u16::to_be_bytes),
        wide(list, u16::to_le_bytes),
        wide(&marked.replace(';', "\t"), u16::to_le_bytes),
        list.replace(';', "|").into_bytes(),
        list.replace("\r\n", "\r").into_bytes(),
        format!("sep=;\r\n{list}").into_bytes(),
        format!("\"sep=;\"\n{list}").into_bytes(),
        // A number is text where a spreadsheet is told so.
        list.replace("R-1", "=\"R-1\"").into_bytes(),
    ] {
        let read = from("list.csv", &bytes).unwrap();
        assert_eq!((read[0].id.as_str(), read[0].text.as_str()), ("R-1", "Zugriffsüberprüfung, Q3"));
        assert_eq!(read[0].due, Some(date(2026, 12, 1)));
    }
}

#[test]
fn a_list_in_the_code_of_a_country_is_read_and_the_code_is_told() {
    // Polish, Russian and Japanese, as spreadsheets of these countries save them; worked out with the tables of the codes.
    let polish = ("Przegląd dostępu użytkowników, lista pracowników zwolnionych w okresie", encoding_rs::WINDOWS_1250);
    let russian = ("Перечень пользователей и протокол проверки доступа за период", encoding_rs::WINDOWS_1251);
    let japanese = ("利用者のアクセス権の見直し記録と退職者の一覧を提出してください", encoding_rs::SHIFT_JIS);
    for (words, code) in [polish, russian, japanese] {
        let list = format!("Request ID,Description,Due date\r\nR-1,\"{words}\",2026-12-01\r\n");
        let (bytes, _, unmapped) = code.encode(&list);
        assert!(!unmapped && std::str::from_utf8(&bytes).is_err());
        let read = from("list.csv", &bytes).unwrap();
        assert_eq!(read[0].text, words);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.csv");
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(crate::guessed_code(&path).unwrap(), Some(code.name()));
        std::fs::write(&path, list.as_bytes()).unwrap();
        assert_eq!(crate::guessed_code(&path).unwrap(), None);
    }
    // A picture is text in no code.
    let noise: Vec<u8> = (0..=255).cycle().take(4096).collect();
    assert!(from("list.csv", &noise).is_err());
}

#[test]
fn files_of_other_kinds_are_refused_by_name_with_what_to_do() {
    let old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Workbook".to_vec();
    let packed: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, bytes, what) in [
        ("list.xls", old.clone(), "is a workbook of Excel 97 to 2003 (.xls): open it in a spreadsheet program"),
        ("list.xlsx", [old, packed].concat(), "is protected by a password: open it with that password"),
        ("list.xls", b"<html><table><tr><td>ID".to_vec(), "is a page of the web under another name"),
        ("list.csv", b"%PDF-1.7".to_vec(), "is a PDF"),
        ("list.xlsx", b"ID,Request\n".to_vec(), "is text under the name of a workbook: rename it to .csv"),
        ("list.xls", b"ID\tRequest\n".to_vec(), "is text under the name of a workbook: rename it to .csv"),
        ("list.xlsx", b"\x01\x02\x03".to_vec(), "is not an XLSX workbook: it does not begin as one"),
        ("list.xlsx", Vec::new(), "is empty: it was not copied or saved to its end"),
        ("list.xls", b"<?xml version=\"1.0\"?><Workbook/>".to_vec(), "is XML, as some programs save a sheet or a page"),
        ("list.xlsx", b"\xef\xbb\xbf<html><table>".to_vec(), "is a page of the web under another name"),
        ("list.xlsx", b"PK not a workbook".to_vec(), "is not an XLSX workbook: "),
        ("list.pages", b"ID,Request\n".to_vec(), "is neither .csv nor .xlsx"),
        ("list.csv", b"ID,Request\0\n1,One\n".to_vec(), "is not text"),
    ] {
        let error = from(name, &bytes).unwrap_err();
        assert!(error.starts_with(name) && error.contains(what), "{error}");
    }
}

#[test]
fn words_that_are_not_ours_are_kept_and_go_back_as_they_came() {
    let text = "id,text,criteria,kind,report,owner,due\n1,One,\"CC7.2; A.8.15\",Walkthrough,SOC 1,TBD,ASAP\n2,Two,Security,Policies,Type II,Ann,\n";
    let read = read(text, &ListOptions::default()).unwrap();
    let [one, two] = read.requests.as_slice() else { panic!("{read:?}") };
    assert_eq!((one.criteria.as_slice(), one.kind, one.period_only), (["CC7.2".to_owned()].as_slice(), None, false));
    let words = ["criteria", "kind", "report", "owner", "due"].map(|column| one.words(column).unwrap_or_default());
    assert_eq!((words, &one.owner, one.due), (["A.8.15", "Walkthrough", "SOC 1", "TBD", "ASAP"], &None, None));
    assert_eq!(
        (two.kind, two.period_only, two.words("criteria")),
        (Some(RequestKind::Document), true, Some("Security"))
    );
    let said =
        "Kept as words: criteria `A.8.15`, `Security`; kind `Walkthrough`; owner `TBD`; due `ASAP`; report `SOC 1`";
    assert!(read.account.contains(said), "{}", read.account);
    let list = statuses(&Engagement::default(), &read.requests, None, &[], &[], date(2026, 3, 4));
    assert!(to_csv(&list).contains("CC7.2; A.8.15") && to_csv(&list).contains(",ASAP,"));
}

#[test]
fn a_request_of_several_entities_keeps_whose_it_is() {
    let text = "id,request,entity\n1.1,Org chart,Acme Ltd\n1.1,Org chart,Acme GmbH\n2.1,Code of conduct,\n";
    let list = read(text, &ListOptions::default()).unwrap();
    let own = |list: &[Request]| {
        let own = list.iter().map(|one| (one.id.clone(), one.words("entity").unwrap_or_default().to_owned()));
        own.collect::<Vec<_>>()
    };
    let expected = [("1.1 (Acme Ltd)", "Acme Ltd"), ("1.1 (Acme GmbH)", "Acme GmbH"), ("2.1", "")];
    assert_eq!(own(&list.requests), expected.map(|(id, entity)| (id.to_owned(), entity.to_owned())));
    let mut sorted = own(&list.requests);
    sorted.sort();
    let out = statuses(&Engagement::default(), &list.requests, None, &[], &[], date(2026, 3, 4));
    for back in [from("out.csv", to_csv(&out).as_bytes()), from("out.xlsx", &to_xlsx(&out).unwrap())] {
        let mut back = own(&back.unwrap());
        back.sort();
        assert_eq!(back, sorted);
    }
    // Where there is one entity nobody is asked for it.
    let list = read("id,request\n1.1,Org chart\n", &ListOptions::default()).unwrap();
    let out = to_csv(&statuses(&Engagement::default(), &list.requests, None, &[], &[], date(2026, 3, 4)));
    assert!(out.starts_with("id,area,text,criteria,"), "{out}");
}

#[test]
fn no_words_of_a_column_that_is_read_are_lost() {
    let text = "id,text,report,checks,entity\n1,One thing,Type 2 (12 months),Walkthrough,Acme Ltd\n2,Another thing,both,,Acme Ltd\n";
    let list = read(text, &ListOptions::default()).unwrap();
    let [one, two] = list.requests.as_slice() else { panic!("{list:?}") };
    let words = ["report", "checks", "entity"].map(|column| one.words(column).unwrap_or_default());
    assert_eq!((words, one.period_only), (["Type 2 (12 months)", "Walkthrough", "Acme Ltd"], true));
    assert_eq!((two.words("entity"), two.words("checks"), two.words("report")), (Some("Acme Ltd"), None, None));
    for said in ["report `Type 2 (12 months)`", "checks `Walkthrough`", "entity `Acme Ltd` 2 times"] {
        assert!(list.account.contains(said), "{}", list.account);
    }
    let out = to_csv(&statuses(&Engagement::default(), &list.requests, None, &[], &[], date(2026, 3, 4)));
    assert!(out.contains("Type 2 (12 months)") && out.contains("Walkthrough"), "{out}");
    assert!(out.starts_with("id,area,text,entity,criteria,"), "{out}");

    // Cells without a head, and beyond those that are read.
    let list = read("id,text\n1,One thing,and more\n", &ListOptions::default()).unwrap();
    assert!(list.account.contains("columns C (not read here)"), "{}", list.account);
    let wide = format!("id,text{}\n1,One thing{}last\n", ",".repeat(199), ",".repeat(199));
    let list = read(&wide, &ListOptions::default()).unwrap();
    assert!(list.account.contains("columns beyond the 200th (not read here)"), "{}", list.account);

    // A column that somebody put beside ours.
    let own = crate::requests::heads().join(",");
    let list =
        read(&format!("{own},Comments\nX-1,,One thing{}mine\n", ",".repeat(20)), &ListOptions::default()).unwrap();
    assert!(list.account.ends_with("Left out: columns Comments (not read here)"), "{}", list.account);

    // What says more of a title cannot be read: that is told; without a title nothing is asked for.
    let list = read("id,title,description,owner\n1,One thing,=A1&B1,Ann\n", &ListOptions::default()).unwrap();
    assert!(list.account.contains("Kept as words: text `a formula without its value`"), "{}", list.account);
    let error = read("id,title,description,owner\n1,One thing,All of it,Ann\n2,,=A1&B1,Ann\n", &ListOptions::default());
    assert!(error.unwrap_err().contains("row 3, column B (title): holds a formula without its value"));
}

/// A request as any list may have it.
fn request() -> impl Strategy<Value = Request> {
    let text = "[A-Za-z=+@\"'é中,;] ?([A-Za-z0-9 ,;\"'|é中\n-]{0,30}[A-Za-z0-9é])?";
    let id = "[A-Z]{1,4}-?[0-9]{1,4}";
    let day = (2026_i16..2028, 1_i8..13, 1_i8..29).prop_map(|(year, month, day)| date(year, month, day));
    let criteria = proptest::sample::subsequence(vec!["CC1.1", "CC6.1", "CC6.2", "A1.2", "PI1.1", "P8.1"], 0..4);
    let kind = proptest::option::of(proptest::sample::select(RequestKind::ALL.to_vec()));
    let words = proptest::sample::select(vec!["", "TBD", "Week 1", "ASAP"]);
    let area = "[A-Z][a-z]{2,8}|";
    let standard = proptest::sample::subsequence(vec!["GEN-06".to_owned(), "IAM-02".to_owned()], 0..3);
    (id, text, criteria, kind, any::<bool>(), proptest::option::of(day), "[A-Z][a-z]{3,8}", words, area, standard)
        .prop_map(|(id, text, criteria, kind, period_only, due, owner, words, area, standard)| {
            let said = BTreeMap::from([("due".to_owned(), words.to_owned())]);
            Request {
                id,
                area,
                text: text.trim().to_owned(),
                criteria: criteria.into_iter().map(str::to_owned).collect(),
                kind,
                period_only,
                reach: Reach::Unmapped,
                checks: Vec::new(),
                hours: 4,
                months: None,
                nature: None,
                every: None,
                names: Vec::new(),
                owner: Some(owner),
                said: if due.is_none() && !words.is_empty() { said } else { BTreeMap::new() },
                due,
                standard,
                listed: true,
            }
        })
}

proptest! {
    #[test]
    fn what_is_exported_comes_back_as_it_was(list in proptest::collection::vec(request(), 1..12)) {
        let mut list = list;
        list.sort_by(|a, b| a.id.cmp(&b.id));
        list.dedup_by(|a, b| a.id == b.id);
        let out = statuses(&Engagement::default(), &list, None, &[], &[], date(2020, 1, 1));
        let csv = from("out.csv", to_csv(&out).as_bytes()).unwrap();
        let xlsx = from("out.xlsx", &to_xlsx(&out).unwrap()).unwrap();
        prop_assert_eq!(&csv, &xlsx);
        let by_id = |list: Vec<Request>| -> BTreeMap<String, Request> {
            // What its files may be called is ours, out of the wording.
            list.into_iter().map(|request| (request.id.clone(), Request { names: Vec::new(), ..request })).collect()
        };
        prop_assert_eq!(by_id(csv), by_id(list));
    }
}
