//! Both lists beside each other: what is accepted stands in the file and nothing else is touched, ids that two lists share are
//! told apart, and what nobody asks for is not lost.

use std::collections::BTreeMap;

use jiff::civil::date;
use kickoff_checks::Status;
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::readiness::{ReadinessInput, assess};
use crate::requests::{
    Answered, CheckOutcome, Chosen, ListOptions, Mapping, Outcomes, Progress, Reach, Standing, accept, adopt, list,
    mapping, statuses, to_csv, to_xlsx, unasked,
};

const LIST: &str = "id,request\n\
    A-1,Organization chart\n\
    A-2,Listing of all IAM users in AWS\n\
    A-3,Vulnerability scan reports\n\
    A-4,Canteen menu\n\
    A-5,List of terminated employees in the period\n";

fn folder(list: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("list.csv"), list).unwrap();
    folder
}

fn held(folder: &TempDir, text: &str) -> Mapping {
    let file = Engagement::whole(&folder.path().join("kickoff.toml"), text).unwrap();
    mapping(&file, &list(&file, folder.path()).unwrap())
}

fn all(folder: &TempDir, text: &str) -> Result<(String, usize), String> {
    chosen(folder, text, &[])
}

fn chosen(folder: &TempDir, text: &str, ids: &[&str]) -> Result<(String, usize), String> {
    let ids: Vec<Chosen> = ids.iter().map(|id| Chosen::parse(id).unwrap()).collect();
    accept(&folder.path().join("kickoff.toml"), text, &held(folder, text), &ids).map_err(|error| error.to_string())
}

#[test]
fn what_is_accepted_is_entered_and_nothing_else_is_touched() {
    let folder = folder(LIST);
    let text = "# Ours.\nrequest_list = \"list.csv\" # theirs\n\n[[requests]] # HR\n  id = \"A-5\" # leavers\n  note = \"Bob has it\"\n";
    let states: Vec<&str> = held(&folder, text).lines.iter().map(crate::requests::Line::state).collect();
    assert_eq!(states, ["proposed", "proposed", "in doubt", "nothing found", "proposed"]);
    let (after, entered) = all(&folder, text).unwrap();
    assert_eq!(entered, 3);
    let wanted = "# Ours.\nrequest_list = \"list.csv\" # theirs\n\n[[requests]] # HR\n  id = \"A-5\" # leavers\n  standard = [\"HR-02\"]\n  note = \"Bob has it\"\n\n\
        # Organization chart\n[[requests]]\nid = \"A-1\"\nstandard = [\"GEN-06\"]\n\n\
        # Listing of all IAM users in AWS\n[[requests]]\nid = \"A-2\"\nstandard = [\"IAM-02\"]\n";
    assert_eq!(after, wanted);
    // Again there is nothing to enter.
    assert_eq!(all(&folder, &after).unwrap(), (after.clone(), 0));
    let account = held(&folder, &after).account();
    assert!(account.starts_with("2 of 5 lines of the auditor's list are held against no built-in request yet: 0 have a proposal, 1 is in doubt between rivals, 1 has none"), "{account}");
    // A person says the rest.
    let (named, entered) = chosen(&folder, &after, &["A-3=VUL-03"]).unwrap();
    assert_eq!(entered, 1);
    let said = format!("{named}[[requests]]\nid = \"A-4\"\nno_counterpart = \"ours alone: the canteen\"\n");
    let whole = held(&folder, &said);
    assert_eq!(whole.account(), "");
    assert_eq!(whole.lines[3].standing, Standing::NoCounterpart("ours alone: the canteen".to_owned()));
    let file = Engagement::whole(&folder.path().join("kickoff.toml"), &said).unwrap();
    let menu = list(&file, folder.path()).unwrap().into_iter().find(|request| request.id == "A-4").unwrap();
    assert_eq!(menu.reach, Reach::None, "a person has to answer it");
}

#[test]
fn single_lines_are_accepted_and_what_cannot_be_is_said() {
    let folder = folder(LIST);
    let text = "request_list = \"list.csv\"\n[[requests]]\r\nid = \"A-1\"\r\nowner = \"ana\"\r\n[[people]]\nid = \"ana\"\nname = \"Ana\"\nrole = \"CTO\"\n";
    let (after, entered) = chosen(&folder, text, &["A-1"]).unwrap();
    assert_eq!(entered, 1);
    assert_eq!(after, text.replace("id = \"A-1\"\r\n", "id = \"A-1\"\r\nstandard = [\"GEN-06\"]\r\n"));
    for (ids, words) in [
        (&["A-1"][..], "A-1 is mapped to GEN-06 already"),
        (
            &["A-3"][..],
            "`Vulnerability scan reports`: VUL-02; `Vulnerability scan reports`: VUL-03; two readings that are about as good; say which it is, --accept A-3=VUL-02",
        ),
        (&["A-4"][..], "no standard request reads like it; say which it is"),
        (&["A-22"][..], "the auditor's list has no line `A-22`: did you mean `A-2`?"),
        (&["A-4=IAM-99"][..], "the default list has no request `IAM-99`"),
    ] {
        let error = chosen(&folder, &after, ids).unwrap_err();
        assert!(error.contains(words), "{error}\nand not {words}");
    }
    // With one that cannot be, none is entered: all is said at once.
    let error = chosen(&folder, &after, &["A-2", "A-3", "A-4"]).unwrap_err();
    assert_eq!(error.lines().count(), 2, "{error}");
    assert!(Chosen::parse("=GEN-06").is_err() && Chosen::parse("A-1=").is_err());
    assert_eq!(Chosen::parse("A-1=GEN-06, IAM-02").unwrap().standard, ["GEN-06", "IAM-02"]);
    // Where no key can be added, that is said, and what to do.
    let brackets = "request_list = \"list.csv\"\nrequests = [{ id = \"A-1\", note = \"n\" }]\n";
    let error = all(&folder, brackets).unwrap_err();
    assert!(error.contains("write it under a [[requests]] of its own"), "{error}");
    let empty = "request_list = \"list.csv\"\n[[requests]]\nid = \"A-1\"\nstandard = []\n";
    let error = all(&folder, empty).unwrap_err();
    assert!(error.contains("line 4: `requests.standard`: is empty: write [\"GEN-06\"] there"), "{error}");
}

#[test]
fn what_cannot_be_meant_is_told_with_its_line() {
    let folder = folder("id,request\nA-1,Organization chart\nIAM-02,Office plants\n");
    let path = folder.path().join("kickoff.toml");
    let list = "request_list = \"list.csv\"\n[[requests]]\n";
    for (text, words) in [
        (
            "id = \"A-1\"\nstandard = [\"A-1\"]\n",
            "the default list has no request `A-1`: `A-1` is of the auditor's list, and `standard` names requests of ours",
        ),
        (
            "id = \"A-1\"\nstandard = [\"GEN-66\"]\n",
            "line 4: `requests.standard`: the default list has no request `GEN-66`: did you mean",
        ),
        ("id = \"A-1\"\nstandard = [\"GEN-06\", \"GEN-06\"]\n", "`GEN-06` stands twice"),
        ("id = \"A-1\"\nno_counterpart = \" \"\n", "line 4: `requests.no_counterpart`: is empty: fill it in"),
        (
            "id = \"A-1\"\nstandard = [\"GEN-06\"]\nno_counterpart = \"ours\"\n",
            "says that A-1 has none, and `standard` names GEN-06",
        ),
    ] {
        let error = Engagement::whole(&path, &format!("{list}{text}")).unwrap_err().to_string();
        assert!(error.contains(words), "{error}\nand not {words}");
    }
    // Their IAM-02 may be any of ours, if somebody says so; ours is itself, and no other.
    assert!(Engagement::whole(&path, &format!("{list}id = \"IAM-02\"\nstandard = [\"IAM-02\"]\n")).is_ok());
    for standard in ["IAM-02", "IAM-03"] {
        let error = parse(&format!("[[requests]]\nid = \"IAM-02\"\nstandard = [\"{standard}\"]\n")).unwrap_err();
        assert!(error.contains("IAM-02 is a request of the default list itself"), "{error}");
    }
}

#[test]
fn an_id_that_both_lists_have_is_not_taken_for_ours() {
    let folder = folder("id,request\nIAM-02,Office plants\nX-1,Listing of all IAM users in AWS\n");
    let path = folder.path().join("kickoff.toml");
    let document = "[[documents]]\nrequest = \"IAM-02\"\nlink = \"https://example.com/users\"\n";
    let error = adopt(&path, document, "list.csv", &ListOptions::default()).unwrap_err().to_string();
    assert!(
        error.contains("line 2: `documents.request`: IAM-02 is another request in the auditor's list, `Office plants`"),
        "{error}"
    );
    // Without such words it is taken, and its IAM-02 has none of our checks.
    let text = adopt(&path, "", "list.csv", &ListOptions::default()).unwrap();
    let both = held(&folder, &text);
    assert_eq!((both.lines[0].state(), both.lines[0].request.checks.len()), ("nothing found", 0));
    // What is said of it afterwards is said of theirs: a document for the plants is none for the users.
    let text = format!("{text}[[requests]]\nid = \"X-1\"\nstandard = [\"IAM-02\"]\n{document}");
    let file = Engagement::whole(&path, &text).unwrap();
    let all = list(&file, folder.path()).unwrap();
    let documents = crate::documents::register(&file, &all, folder.path(), date(2026, 3, 4));
    assert_eq!(documents.iter().map(|found| found.request.as_str()).collect::<Vec<_>>(), ["IAM-02"]);
    // The same request in the auditor's own words is the same request.
    std::fs::write(folder.path().join("list.csv"), "id,request\nIAM-02,A full listing of the AWS users\n").unwrap();
    assert!(adopt(&path, document, "list.csv", &ListOptions::default()).is_ok());
}

fn run() -> Outcomes {
    let passed = CheckOutcome { statuses: [(Status::Pass, 3)].into_iter().collect(), ..CheckOutcome::default() };
    let ids = ["iam-user-population", "iam-user-console-mfa", "iam-user-unused-password", "account-region-coverage"];
    let checks: BTreeMap<String, CheckOutcome> = ids.iter().map(|id| ((*id).to_owned(), passed.clone())).collect();
    Outcomes { run: "RUN-1".to_owned(), checks, ..Outcomes::default() }
}

#[test]
fn a_line_that_is_mapped_is_answered_and_what_nobody_asks_for_is_told() {
    let folder = folder(LIST);
    let (text, _) = all(&folder, "request_list = \"list.csv\"\n").unwrap();
    let text = format!(
        "{text}[[attestations]]\ncontrol = \"C-1\"\nrequest = \"HR-02\"\nresult = \"pass\"\nby = \"ana\"\non = 2026-03-01\nevidence = \"a.pdf\"\n[[people]]\nid = \"ana\"\nname = \"Ana\"\nrole = \"CTO\"\n"
    );
    std::fs::write(folder.path().join("a.pdf"), "%PDF-1.7\n%%EOF\n").unwrap();
    let (file, today) = (Engagement::whole(&folder.path().join("kickoff.toml"), &text).unwrap(), date(2026, 3, 4));
    let (all, run) = (list(&file, folder.path()).unwrap(), run());
    let documents = crate::documents::register(&file, &all, folder.path(), today);
    let said = crate::attestations::register(&file, folder.path(), today);
    let standing = statuses(&file, &all, Some(&run), &documents, &said, today);
    let of = |id: &str| standing.iter().find(|status| status.request.id == id).unwrap();
    assert_eq!((of("A-2").answer.answered, of("A-2").progress), (Answered::Fully, Progress::Ready));
    assert_eq!(of("A-5").progress, Progress::Partly, "a person's word for HR-02 is one for the line");
    assert!(of("A-3").reasons[0].contains("it may be VUL-02 or VUL-03 of the default list"), "{:?}", of("A-3").reasons);
    // Regions are answered, and nobody asks for them.
    let both = mapping(&file, &all);
    let others = unasked(&file, &both, Some(&run), &documents, &said, today);
    assert!(others.iter().any(|status| status.request.id == "GEN-03"));
    assert!(!others.iter().any(|status| ["IAM-02", "GEN-06", "HR-02", "GEN-08"].contains(&status.request.id.as_str())));
    // What could not be mapped is counted.
    let input = ReadinessInput {
        reviews: &[],
        findings: &[],
        engagement: &file,
        requests: &standing,
        documents: &documents,
        risks: &[],
        run: Some(&run),
        today,
    };
    let readiness = assess(&input);
    let part = readiness.parts.iter().find(|part| part.name == "requests").unwrap();
    assert_eq!(
        part.limits[0],
        "2 lines of the auditor's list held against no built-in request, so that no run answers them (kickoff requests --map): A-3, A-4"
    );
}

#[test]
fn an_export_brings_what_was_mapped_into_another_file() {
    let first = folder(LIST);
    let (text, _) = all(&first, "request_list = \"list.csv\"\n").unwrap();
    let file = Engagement::whole(&first.path().join("kickoff.toml"), &text).unwrap();
    let lines = list(&file, first.path()).unwrap();
    let out = statuses(&file, &lines, None, &[], &[], date(2026, 3, 4));
    for (name, bytes) in [("out.csv", to_csv(&out).into_bytes()), ("out.xlsx", to_xlsx(&out).unwrap())] {
        let second = tempfile::tempdir().unwrap();
        std::fs::write(second.path().join(name), bytes).unwrap();
        let text = format!("request_list = \"{name}\"\n");
        let file = Engagement::whole(&second.path().join("kickoff.toml"), &text).unwrap();
        let back = list(&file, second.path()).unwrap();
        for line in &lines {
            let other = back.iter().find(|other| other.id == line.id).unwrap();
            assert_eq!((&other.standard, &other.checks, other.reach), (&line.standard, &line.checks, line.reach));
        }
        assert_eq!(mapping(&file, &back).lines.iter().filter(|line| line.is_open()).count(), 2);
    }
    let wrong = "id,area,text,criteria,kind,report,owner,due,checks,standard\nA-1,,x,,,,,,,GEN-66\n";
    let error = super::requests::from("own.csv", wrong.as_bytes()).unwrap_err();
    assert!(
        error.contains("row 2, column J (standard): the default list has no request `GEN-66`: did you mean"),
        "{error}"
    );
}

#[test]
fn the_heading_and_the_kind_of_a_line_say_what_it_does_not_say_itself() {
    let text = "id,area,request,type\n\
        1,Physical security,Access listing of administrators,\n\
        2,Access,Listing of administrators,\n\
        3,HR,Terminated employees,Population\n\
        4,Policies,Change management,\n\
        5,HR,Background checks,Sample\n";
    let read: Vec<Vec<String>> = super::requests::from("list.csv", text.as_bytes())
        .unwrap()
        .iter()
        .map(|line| {
            let reading = crate::requests::counterparts(line);
            reading.counterparts.into_iter().map(|one| one.standard).collect()
        })
        .collect();
    assert_eq!(read, [vec![], vec!["IAM-04"], vec!["HR-02"], vec!["CHG-01"], vec!["HR-03"]]);
}

proptest! {
    #[test]
    fn accepting_proposes_nothing_new_and_leaves_every_other_line(
        picked in proptest::collection::btree_map(0_usize..28, (any::<bool>(), "[!-~][ -~]{0,11}"), 1..12),
        remark in "[ -~]{0,20}",
    ) {
        let gold: Vec<csv::StringRecord> =
            csv::Reader::from_reader(include_str!("gold/first.csv").as_bytes()).records().map(Result::unwrap).collect();
        let (mut lines, mut text) = ("id,text\n".to_owned(), format!("# {remark}\nrequest_list = \"list.csv\"\n"));
        for (at, (there, note)) in &picked {
            lines.push_str(&format!("{at}-x,\"{}\"\n", &gold[*at][1]));
            if *there {
                text.push_str(&format!("\n[[requests]]\n# {note}\nid = \"{at}-x\" # {note}\nnote = {}\n", crate::write::quoted(note)));
            }
        }
        let folder = folder(&lines);
        let (after, entered) = all(&folder, &text).unwrap();
        let again = held(&folder, &after);
        prop_assert!(!again.lines.iter().any(crate::requests::Line::is_proposed));
        prop_assert_eq!(again.lines.iter().filter(|line| matches!(line.standing, Standing::Mapped(_))).count(), entered);
        prop_assert_eq!(all(&folder, &after).unwrap(), (after.clone(), 0));
        // What was there is there, in its order, byte for byte.
        let mut rest = after.split_inclusive('\n');
        for line in text.split_inclusive('\n') {
            prop_assert!(rest.any(|other| other == line), "{line}");
        }
    }

    #[test]
    fn no_line_makes_the_reader_panic(text in "\\PC{0,80}", area in "\\PC{0,20}") {
        let any = crate::requests::default_list().swap_remove(0);
        let _ = crate::requests::counterparts(&crate::requests::Request { text, area, kind: None, ..any });
    }
}

#[test]
fn what_was_said_of_a_request_of_ours_holds_for_the_line_that_is_the_same_as_it() {
    let folder = folder(LIST);
    let said = "request_list = \"list.csv\"\n[[requests]]\nid = \"GEN-06\"\nowner = \"ana\"\ndelivered = 2026-03-02\nevery = \"year\"\n[[people]]\nid = \"ana\"\nname = \"Ana\"\nrole = \"CTO\"\n";
    let (text, entered) = all(&folder, said).unwrap();
    assert_eq!(entered, 3);
    // The file can be used as it is now, though the list has no GEN-06 any more.
    let file = Engagement::whole(&folder.path().join("kickoff.toml"), &text).unwrap();
    let all = list(&file, folder.path()).unwrap();
    assert!(all.iter().all(|request| request.id != "GEN-06"));
    let standing = statuses(&file, &all, None, &[], &[], date(2026, 3, 4));
    let line = standing.iter().find(|status| status.request.id == "A-1").unwrap();
    assert_eq!((line.owner.as_deref(), line.progress), (Some("ana"), Progress::Delivered));
    assert_eq!(line.request.every, Some(crate::Every::Year));
    // What is said of the line itself comes first.
    let text = text.replace("id = \"A-1\"\n", "id = \"A-1\"\nowner = \"bo\"\nevery = \"quarter\"\n");
    let text = format!("{text}[[people]]\nid = \"bo\"\nname = \"Bo\"\nrole = \"HR\"\n");
    let file = Engagement::whole(&folder.path().join("kickoff.toml"), &text).unwrap();
    let all = list(&file, folder.path()).unwrap();
    let standing = statuses(&file, &all, None, &[], &[], date(2026, 3, 4));
    let line = standing.iter().find(|status| status.request.id == "A-1").unwrap();
    assert_eq!((line.owner.as_deref(), line.progress), (Some("bo"), Progress::Delivered));
    assert_eq!(line.request.every, Some(crate::Every::Quarter));
}

#[test]
fn what_the_auditor_sent_back_of_ours_is_open_for_the_line_that_stands_for_it() {
    let text = "[[requests]]\nid = \"A-1\"\nstandard = [\"GEN-06\"]\n\n[[requests]]\nid = \"GEN-06\"\naccepted = 2026-11-19\n\n\
        [[returns]]\nrequest = \"GEN-06\"\non = 2026-12-05\nstate = \"returned\"\ncomment = \"wrong year\"\n";
    let folder = folder(LIST);
    let of = |text: &str, id: &str| {
        let text = format!("request_list = \"list.csv\"\n\n{text}");
        let file = Engagement::whole(&folder.path().join("kickoff.toml"), &text).unwrap();
        let list = list(&file, folder.path()).unwrap();
        let all = statuses(&file, &list, None, &[], &[], date(2026, 12, 10));
        all.into_iter().find(|status| status.request.id == id).unwrap()
    };
    let status = of(text, "A-1");
    assert_eq!(status.progress, Progress::Reopened);
    assert!(status.back.unwrap().lines()[0].ends_with("wrong year"));
    // One acceptance of ours is none of two lines.
    let text = "[[requests]]\nid = \"A-1\"\nstandard = [\"GEN-06\"]\n\n[[requests]]\nid = \"A-2\"\nstandard = [\"GEN-06\"]\n\n\
        [[requests]]\nid = \"GEN-06\"\naccepted = 2026-11-19\n";
    assert_eq!((of(text, "A-1").progress, of(text, "A-2").progress), (Progress::Open, Progress::Open));
}

#[test]
fn what_was_accepted_in_one_list_is_not_another_request_of_the_next() {
    let folder = folder("id,request\nA-1,Organization chart\nA-2,Logging policy and standards\n");
    let path = folder.path().join("kickoff.toml");
    let text = "request_list = \"list.csv\"\n\n[[returns]]\nrequest = \"A-2\"\non = 2026-12-05\nstate = \"accepted\"\n";
    std::fs::write(folder.path().join("next.csv"), "id,request\nA-1,Password policy\nA-2,Organization chart\n")
        .unwrap();
    let error = adopt(&path, text, "next.csv", &ListOptions::default()).unwrap_err().to_string();
    assert!(
        error.contains("A-2 was `Logging policy and standards` in the list before and is `Organization chart`"),
        "{error}"
    );
    // Other words for the same, and other requests of which nothing was said, are no harm.
    std::fs::write(
        folder.path().join("next.csv"),
        "id,request\nA-1,Password policy\nA-2,Policy on logging (current)\n",
    )
    .unwrap();
    assert!(adopt(&path, text, "next.csv", &ListOptions::default()).is_ok());
}
