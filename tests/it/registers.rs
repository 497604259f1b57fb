//! Registers as files, from end to end: what a person types, what kickoff.toml holds after it, and what comes back.

use std::fs;
use std::path::Path;

use calamine::{Reader as _, Xlsx, open_workbook};
use serde_json::Value;

use crate::engagement::run;
use crate::support::kickoff;

const TOML: &str = "# Ours.\n[report]\ntype = \"type-2\"\nfrom = 2026-07-01\nto = 2026-12-31\n\n[[people]]\nid = \"alice\"\nname = \"Alice Meyer\" # signs\nrole = \"Head of security\"\n\n[[scope.accounts]]\nid = \"111122223333\"\nexternal_id = \"hush\"\n";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("kickoff.toml"), TOML).unwrap();
    folder
}

fn register(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = kickoff();
    command.current_dir(folder).args(arguments).args(["--today", "2026-12-01"]);
    run(&mut command)
}

#[test]
fn vendors_come_in_are_shown_are_told_and_go_out() {
    let folder = folder();
    let (path, toml) = (folder.path(), folder.path().join("kickoff.toml"));
    fs::write(
        path.join("vendors.csv"),
        "Vendor;Services;Data classification;SOC report;Report period end;Business owner;DPA\n\
         Mailgun;Sends mail;Customer names;SOC 2 Type 2;30.09.2026;Meyer, Alice;yes\n\
         Office coffee;Coffee;None;;;;no\n",
    )
    .unwrap();
    // First to look at, then for good.
    let arguments = ["register", "vendors", "--import", "vendors.csv"];
    let (status, out, words) = register(path, &[&arguments[..], &["--dry-run"]].concat());
    assert_eq!((status, fs::read_to_string(&toml).unwrap().as_str()), (Some(0), TOML), "{words}");
    assert!(
        out.contains("V-001\t(new)\t\tMailgun\n") && words.contains("Nothing was written: --dry-run"),
        "{out}{words}"
    );
    let (status, _, words) = register(path, &arguments);
    assert_eq!(status, Some(0), "{words}");
    assert!(
        words.contains("vendors.csv: 2 rows: 2 new, 0 changed, 0 as they are. Left out: columns DPA (not read here). Ids made: V-001, V-002"),
        "{words}"
    );
    assert!(words.contains("Backup:  "), "{words}");
    let text = fs::read_to_string(&toml).unwrap();
    // What stood there stands there, and the vendors behind it.
    assert!(text.starts_with(TOML) && text.contains("report_until = 2026-09-30\nowner = \"alice\"\n"), "{text}");
    let (_, out, _) = register(path, &["register", "vendors", "--format", "json"]);
    let shown: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(shown["entries"][0]["name"], "Mailgun");
    assert_eq!(shown["notices"][0]["key"], "vendors.report_until");
    let (status, out, _) = run(kickoff().current_dir(path).args(["check-config", "--today", "2026-12-01"]));
    assert_eq!(status, Some(0));
    assert!(out.contains("notice: `vendors.report_until`: the report of Mailgun ends on 2026-09-30"), "{out}");
    // Out, and in again: not one byte changes.
    for file in ["v.csv", "v.xlsx"] {
        assert_eq!(register(path, &["register", "vendors", "--export", file]).0, Some(0));
        let (status, out, words) = register(path, &["register", "vendors", "--import", file]);
        assert_eq!((status, out.as_str()), (Some(0), "entry\tkey\tbefore\tnow\n"), "{words}");
        assert!(words.contains("Nothing to change in kickoff.toml") && words.contains("2 as they are"), "{words}");
        assert_eq!(fs::read_to_string(&toml).unwrap(), text);
    }
    let mut book: Xlsx<_> = open_workbook(path.join("v.xlsx")).unwrap();
    let rows: Vec<Vec<String>> = book
        .worksheet_range("Vendors")
        .unwrap()
        .rows()
        .map(|row| row.iter().map(ToString::to_string).collect())
        .collect();
    assert_eq!(rows[0][..4], ["id", "name", "service", "holds"]);
    assert_eq!(rows[1][..4], ["V-001", "Mailgun", "Sends mail", "Customer names"]);
    // What lets others in goes nowhere.
    let (_, out, _) = register(path, &["register", "accounts", "--format", "csv"]);
    assert!(out.contains("111122223333") && !out.contains("hush"), "{out}");
}

#[test]
fn what_cannot_be_read_is_told_and_nothing_is_written() {
    let folder = folder();
    let path = folder.path();
    fs::write(
        path.join("risks.csv"),
        "Threat,Asset,Likelihood,Impact,Owner,Next review\nFire,Office,often,4,Bob,12/06/2026\nFlood,Cellar,2,2,alice,01/02/2027\n",
    )
    .unwrap();
    let (status, out, words) = register(path, &["risks", "--import", "risks.csv"]);
    assert_eq!((status, out.as_str()), (Some(2), ""));
    for part in [
        "risks.csv, row 2, column C (Likelihood): `often` is not a whole number from 1 to 5",
        "risks.csv, row 2, column E (Owner): `Bob` is nobody of [[people]]",
        "risks.csv, row 2, column F (Next review): `12/06/2026` can be 2026-06-12 or 2026-12-06",
    ] {
        assert!(words.contains(part), "{part}\n{words}");
    }
    assert_eq!(fs::read_to_string(path.join("kickoff.toml")).unwrap(), TOML);
    assert_eq!(fs::read_dir(path).unwrap().count(), 2);
    // With what was missing said, it is read.
    let risks =
        fs::read_to_string(path.join("risks.csv")).unwrap().replace("often", "5 - often").replace("Bob", "alice");
    fs::write(path.join("risks.csv"), risks).unwrap();
    let (status, _, words) = register(path, &["risks", "--import", "risks.csv", "--dates", "day-first"]);
    assert_eq!(status, Some(0), "{words}");
    let (_, out, _) = register(path, &["risks", "--format", "json"]);
    let risks: Value = serde_json::from_str(&out).unwrap();
    let first = &risks["risks"][0];
    assert_eq!((first["id"].as_str(), first["review"].as_str()), (Some("R-001"), Some("2026-06-12")));
    assert_eq!((first["state"].as_str(), first["inherent"]["score"].as_u64()), (Some("accepted"), Some(20)));
}
