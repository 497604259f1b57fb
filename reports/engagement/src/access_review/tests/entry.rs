//! A review in kickoff.toml, and what it answers.

use kickoff_checks::Status;

use super::*;
use crate::documents;
use crate::requests::{self, Outcomes, Progress};

const REPORT: &str = "[report]\ntype = \"type-2\"\nfrom = 2026-07-01\nto = 2026-12-31\n[[scope.accounts]]\nid = \"111122223333\"\n[[requests]]\nid = \"IAM-12\"\nevery = \"quarter\"\nowner = \"alice\"\n";

/// A folder with a sheet, and kickoff.toml that names it.
fn entered(rows: &[Row<'_>], more: &str) -> (tempfile::TempDir, Engagement) {
    let folder = tempfile::tempdir().unwrap();
    let bytes = text(rows, ',');
    std::fs::write(folder.path().join("q3.csv"), &bytes).unwrap();
    let sha256 = crate::files::digest(bytes.as_bytes());
    let entry = Entry {
        occurrence: "2026-Q3".to_owned(),
        file: "q3.csv".to_owned(),
        sha256,
        counted: Some(Counted { run: "RUN-1".to_owned(), altered: Some(0), ..Counted::default() }),
        ..Entry::default()
    };
    let before = format!("{PEOPLE}{REPORT}{more}");
    let longer = append("kickoff.toml".as_ref(), &before, &entry).unwrap().unwrap();
    assert!(longer.starts_with(&before));
    // A second time there is nothing to add.
    assert_eq!(append("kickoff.toml".as_ref(), &longer, &entry).unwrap(), None);
    (folder, parse(&longer))
}

fn rows(folder: &Path, file: &Engagement) -> Vec<(Option<String>, Status, Vec<String>)> {
    let all = documents::register(file, &requests::list(file, folder).unwrap(), folder, TODAY);
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
    assert_eq!(found[0], (Some("2026-Q3".to_owned()), Status::Fail, vec!["1 of 4 not decided: bob.tanaka".to_owned()]));
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
fn a_sheet_does_not_show_what_was_taken_out_of_it() {
    let (folder, file) = entered(&GOLD, "");
    let with = |counted: Option<&str>, left_out: usize| {
        let mut file = file.clone();
        (file.access_reviews[0].counted, file.access_reviews[0].left_out) = (counted.map(str::to_owned), left_out);
        let found = rows(folder.path(), &file).remove(0);
        (found.1, found.2.concat())
    };
    assert_eq!(with(Some("RUN-1"), 0), (Status::Pass, String::new()));
    let (status, why) = with(None, 0);
    assert_eq!(status, Status::Manual);
    assert!(why.starts_with("its rows were not counted against a run"), "{why}");
    let why = "principals of RUN-1 without a row, though they were there when the list was made: 2";
    assert_eq!(with(Some("RUN-1"), 2), (Status::Fail, why.to_owned()));
    // One that is entered without a count is counted by a person's hand.
    let bytes = std::fs::read(folder.path().join("q3.csv")).unwrap();
    let entry = |counted: Option<Counted>| Entry {
        occurrence: "2026-Q3".to_owned(),
        file: "q3.csv".to_owned(),
        sha256: crate::files::digest(&bytes),
        counted,
        ..Entry::default()
    };
    let before = append("kickoff.toml".as_ref(), &format!("{PEOPLE}{REPORT}"), &entry(None)).unwrap().unwrap();
    let counted = |left_out: usize| Counted { run: "RUN-1".to_owned(), left_out, ..Counted::default() };
    let told = append("kickoff.toml".as_ref(), &before, &entry(Some(counted(2)))).unwrap_err().to_string();
    assert!(told.contains("was not counted: write counted = \"RUN-1\", left_out = 2 there"), "{told}");
    // So is one whose count came out otherwise; a count against another run changes nothing.
    let before =
        append("kickoff.toml".as_ref(), &format!("{PEOPLE}{REPORT}"), &entry(Some(counted(0)))).unwrap().unwrap();
    let again = |counted: Counted| append("kickoff.toml".as_ref(), &before, &entry(Some(counted)));
    assert_eq!(again(Counted { altered: Some(0), ..counted(0) }).unwrap(), None);
    assert_eq!(again(Counted { run: "RUN-2".to_owned(), ..counted(3) }).unwrap(), None);
    let told = again(Counted { not_in_run: 1, altered: Some(2), ..counted(0) }).unwrap_err().to_string();
    let keys = "counted = \"RUN-1\", left_out = 0, not_in_run = 1, altered = 2";
    assert!(told.contains(&format!("was counted otherwise: write {keys} there")), "{told}");
}

#[test]
fn what_a_count_leaves_open_is_for_a_person() {
    let (folder, file) = entered(&GOLD, "");
    let with = |change: fn(&mut crate::registers::AccessReview)| {
        let mut file = file.clone();
        change(&mut file.access_reviews[0]);
        let found = rows(folder.path(), &file).remove(0);
        (found.1, found.2.concat())
    };
    let manual = |why: &str| (Status::Manual, why.to_owned());
    assert_eq!(
        with(|entry| entry.unknown_age = 3),
        manual("principals of RUN-1 without a row, and it is not known whether they were there: 3")
    );
    assert_eq!(
        with(|entry| entry.other_accounts = 4),
        manual("principals of RUN-1 in accounts that it has no row of: 4")
    );
    assert_eq!(with(|entry| entry.not_in_run = 1), manual("rows that name no principal of RUN-1: 1"));
    assert_eq!(with(|entry| entry.altered = Some(2)), manual("rows that are not as RUN-1 has them: 2"));
    // An entry of before has none of the keys.
    assert_eq!(with(|entry| entry.altered = None), (Status::Pass, String::new()));
}

#[test]
fn a_list_says_of_which_day_each_of_its_rows_is() {
    let (folder, file) = entered(&GOLD, "");
    let with = |change: &dyn Fn(String) -> String| {
        let text = change(text(&GOLD, ','));
        std::fs::write(folder.path().join("q3.csv"), &text).unwrap();
        let mut file = file.clone();
        file.access_reviews[0].sha256 = crate::files::digest(text.as_bytes());
        let found = rows(folder.path(), &file).remove(0);
        (found.1, found.2.concat())
    };
    assert_eq!(with(&|text| text), (Status::Pass, String::new()));
    // The column is taken out, or all of it was emptied.
    let why = "no row says of which day its list is (As of)".to_owned();
    assert_eq!(with(&|text| text.replace("2026-10-01", "")), (Status::Manual, why.clone()));
    assert_eq!(with(&|text| text.replace("As of,", "Mine,")), (Status::Manual, why));
    let why = "rows that do not say of which day they are (As of): 1".to_owned();
    assert_eq!(with(&|text| text.replacen("2026-10-01", "", 1)), (Status::Manual, why));
    // All but one are of a year before.
    let (status, why) = with(&|text| text.replacen("2026-10-01", "2025-03-01", 3));
    assert_eq!(status, Status::Fail);
    assert_eq!(why, "its list is of 2025-03-01, before 2026-Q3 began, on 2026-07-01");
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
    assert!(
        rows(folder.path(), &file)[0]
            .2
            .contains(&"its list is of 2026-06-30, before 2026-Q3 began, on 2026-07-01".to_owned())
    );
}

#[test]
fn the_request_is_ready_once_every_quarter_is_reviewed() {
    let (folder, file) = entered(&GOLD, "");
    let file = Engagement { report: None, ..file };
    let list = requests::list(&file, folder.path()).unwrap();
    let documents = documents::register(&file, &list, folder.path(), TODAY);
    let status = requests::statuses(&file, &list, None, &documents, &[], TODAY);
    let of = status.iter().find(|status| status.request.id == "IAM-12").unwrap();
    assert_eq!(of.progress, Progress::Ready);
    assert_eq!(
        of.document.as_deref(),
        Some("q3.csv: 4 of 4 principals decided: 2 keep, 1 revoke, 1 change, by Alice Meyer, Bob Tanaka (pass)")
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
