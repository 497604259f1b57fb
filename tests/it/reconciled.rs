//! From what there is to what was tested, in the workbook that an auditor opens: for every control of both recorded accounts.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use kickoff_evidence::package::Package;

use crate::package::{only_package, read};
use crate::support::{kickoff, outcome, root};

/// The rows of a sheet, by the heads of its columns.
fn sheet(workbook: Vec<u8>, name: &str) -> Vec<BTreeMap<String, String>> {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(workbook)).unwrap();
    let range = book.worksheet_range(name).unwrap();
    let text = |cell: &Data| cell.to_string();
    let mut rows = range.rows().map(|row| row.iter().map(text).collect::<Vec<_>>());
    let heads = rows.next().unwrap();
    rows.map(|row| heads.iter().cloned().zip(row).collect()).collect()
}

/// A control's row: population by number of items, what is left out by reason, and how many were tested.
struct Row {
    populations: BTreeMap<String, u64>,
    left_out: BTreeMap<String, u64>,
    tested: u64,
}

/// The tests of controls of a recorded account, by the check's control number.
fn tests(fixture: &str) -> BTreeMap<String, Row> {
    let folder = tempfile::tempdir().unwrap();
    let run = root().join("fixtures").join(fixture);
    let report = kickoff().arg("report").arg(run).arg("--out").arg(folder.path()).output().unwrap();
    let (status, _, words) = outcome(&report);
    assert!(matches!(status, Some(0 | 3)), "{words}");
    let package = Package::open(&only_package(folder.path())).unwrap();
    let rows = sheet(read(&package, "02_Workbook.xlsx"), "Tests of controls").into_iter().map(|row| {
        // `POP-03 IAM users: 40 (not complete)`, a line each.
        let populations = row["Population ref + size"].lines().map(|line| {
            let (name, size) = line.trim_end_matches(" (not complete)").rsplit_once(": ").unwrap();
            (name.split(' ').next().unwrap().to_owned(), size.parse().unwrap())
        });
        // `POP-03: 14 without a console password`.
        let left_out = row["Left out, and why"].lines().filter(|line| *line != "none").map(|line| {
            let (population, rest) = line.split_once(": ").unwrap();
            let (count, why) = rest.split_once(' ').unwrap();
            (format!("{population} {why}"), count.parse().unwrap())
        });
        let (populations, left_out) = (populations.collect(), left_out.collect());
        (row["Control #"].clone(), Row { populations, left_out, tested: row["Items tested"].parse().unwrap() })
    });
    rows.collect()
}

/// The control that a check tests.
fn control(check: &str) -> &'static str {
    kickoff_checks::Check::get(check).unwrap().meta.control
}

#[test]
fn every_population_less_what_is_left_out_is_what_was_tested() {
    for fixture in ["acme", "acme-staging"] {
        let rows = tests(fixture);
        assert_eq!(rows.len(), kickoff_checks::CHECKS.len());
        let mut wrong = Vec::new();
        for (id, row) in &rows {
            let (listed, left_out): (u64, u64) = (row.populations.values().sum(), row.left_out.values().sum());
            if row.populations.is_empty() || listed != left_out + row.tested {
                wrong.push(format!(
                    "{fixture} {id}: {:?} less {:?} is not {}",
                    row.populations, row.left_out, row.tested
                ));
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }
}

#[test]
fn what_is_left_out_has_its_number_and_its_reason() {
    let rows = tests("acme");
    let of = |check: &str| {
        let row = &rows[control(check)];
        let left_out: Vec<String> = row.left_out.iter().map(|(why, count)| format!("{count} {why}")).collect();
        let populations: Vec<String> = row.populations.iter().map(|(id, size)| format!("{id} {size}")).collect();
        (populations.join(", "), left_out.join(", "), row.tested)
    };
    // Counted in the recorded answers: the credential report has 19 keys of users, 17 of them active, and one of root; 40
    // users, of whom 26 have a password. The details have 78 roles, 13 under /aws-service-role/ and 7 under
    // /aws-reserved/sso.amazonaws.com/, and 59 policies, 28 of them AWS's.
    let own = |id: &str, left_out: &str, tested: u64| (id.to_owned(), left_out.to_owned(), tested);
    let keys = "1 POP-29 root's: iam-root-no-access-keys judges it, 2 POP-29 switched off";
    assert_eq!(of("iam-user-access-key-age"), own("POP-29 20", keys, 17));
    assert_eq!(of("iam-user-console-mfa"), own("POP-03 40", "14 POP-03 without a console password", 26));
    let roles = "13 POP-05 service-linked: the role is AWS's, and nobody else can change it";
    assert_eq!(of("iam-role-unused"), own("POP-05 78", roles, 65));
    let inline = format!("7 POP-05 made by Identity Center, {roles}");
    assert_eq!(of("iam-no-inline-policies"), own("POP-03 40, POP-04 13, POP-05 78", &inline, 111));
    let policies = "28 POP-06 AWS-managed: the policy is AWS's, and nobody else can change it";
    assert_eq!(of("iam-policy-unused"), own("POP-06 59", policies, 31));
    // Root is no IAM user: its tests are of a list of its own.
    assert_eq!(of("iam-root-mfa"), own("POP-31 1", "", 1));
    // What is listed for a person was tested by nobody yet.
    let (population, left_out, tested) = of("iam-user-population");
    assert_eq!((population.as_str(), left_out.as_str(), tested), ("POP-40 41", "41 POP-40 for a person to judge", 0));
}
