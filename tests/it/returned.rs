//! The way back: lists that the auditor returns, and findings, from the file to the package.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::engagement::{backups, config, run};
use crate::support::{acme, kickoff};

const CONFIG: &str = r#"# Ours.
request_list = "pbc.csv"

[[people]]
id = "ana"
name = "Ana Ruiz"
role = "CTO"

[[requests]]
id = "A-1"
owner = "ana"
delivered = 2026-11-16

[[requests]]
id = "A-2"
delivered = 2026-11-16
"#;

const LIST: &str = "ID,Request,Due date\nA-1,Organization chart,2026-11-20\nA-2,Minutes of the board,2026-11-20\nA-3,Password policy,2026-11-20\n";

fn made() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("kickoff.toml"), CONFIG).unwrap();
    fs::write(folder.path().join("pbc.csv"), LIST).unwrap();
    folder
}

fn command(name: &str, folder: &Path) -> Command {
    let mut command = kickoff();
    command.arg(name).arg("--config").arg(folder.join("kickoff.toml")).args(["--today", "2026-11-23"]);
    command.arg("--run").arg(acme());
    command
}

fn json(command: &mut Command) -> Value {
    let (status, stdout, stderr) = run(command.args(["--format", "json"]));
    assert_eq!(status, Some(0), "{stderr}");
    serde_json::from_str(&stdout).unwrap()
}

#[test]
fn a_list_that_comes_back_decides_and_is_answered() {
    let folder = made();
    let back = folder.path().join("status.csv");
    fs::write(
        &back,
        "ID,Request,Status,Auditor comments,Date reviewed\nA-1,Organization chart,Returned,HR is missing,2026-11-19\nA-2,Minutes of the board,Accepted,,2026-11-19\nA-3,Password policy,Open,,\nA-9,New,Accepted,,2026-11-19\n",
    )
    .unwrap();
    let returned = |more: &[&str]| run(command("requests", folder.path()).arg("--returned").arg(&back).args(more));
    let (status, stdout, words) = returned(&[]);
    assert_eq!(status, Some(0), "{words}");
    assert!(
        words.contains("status.csv: 4 rows; new: 1 accepted, 1 returned; unchanged: 0. Still waited for: 1. Not in the list, and not taken: `A-9` in row 5"),
        "{words}"
    );
    assert!(config(folder.path()).starts_with(CONFIG) && backups(folder.path()).len() == 1);
    // What came back stands first.
    assert!(stdout.lines().nth(1).unwrap().starts_with("A-1\t2026-11-20\toverdue\tana\treopened\t"), "{stdout}");
    let told = json(&mut command("requests", folder.path()));
    assert_eq!(told["requests"][0]["auditor"]["decides"]["comment"], "HR is missing");
    assert_eq!(told["requests"][0]["auditor"]["open_again"], true);
    let readiness = json(&mut command("readiness", folder.path()));
    let tasks = readiness["tasks"].as_array().unwrap();
    assert!(tasks.iter().any(|task| task["task"] == "mend what the auditor returned, A-1: HR is missing"), "{tasks:?}");

    // The same list again, and our own export, say nothing new.
    let (_, _, words) = returned(&[]);
    assert!(words.contains("nothing new; unchanged: 2") && words.contains("Nothing to add"), "{words}");
    let ours = folder.path().join("ours.xlsx");
    let (status, ..) = run(command("requests", folder.path()).arg("--export").arg(&ours));
    assert_eq!(status, Some(0));
    let (_, _, words) = run(command("requests", folder.path()).arg("--returned").arg(&ours));
    assert!(words.contains("ours.xlsx: 3 rows; nothing new; unchanged: 2"), "{words}");
    assert_eq!(backups(folder.path()).len(), 1);

    // It is delivered again, and then accepted.
    let text = config(folder.path()).replace("delivered = 2026-11-16\n\n", "delivered = 2026-11-20\n\n");
    fs::write(folder.path().join("kickoff.toml"), text).unwrap();
    let progress = |at: &str| {
        let told = json(&mut command("requests", folder.path()));
        let list = told["requests"].as_array().unwrap().clone();
        list.into_iter().find(|request| request["id"] == at).unwrap()["progress"].as_str().unwrap().to_owned()
    };
    assert_eq!(progress("A-1"), "delivered-again");
    fs::write(&back, "ID,Request,Status,Auditor comments\nA-1,Organization chart,Accepted,thanks\n").unwrap();
    let (status, _, words) = returned(&[]);
    assert_eq!(status, Some(2));
    assert!(words.contains("1 answer is of no day (row 2): say when the auditor gave them, --on"), "{words}");
    let (status, _, words) = returned(&["--on", "2026-11-23", "--by", "Jane Roe"]);
    assert_eq!((status, progress("A-1").as_str()), (Some(0), "accepted"), "{words}");

    // Two words on one request: nothing is written.
    let before = config(folder.path());
    fs::write(&back, "ID,Request,Status\nA-1,Chart,Accepted\nA-1,Chart,Returned\nA-2,Minutes,Returned\n").unwrap();
    let (status, _, words) = returned(&["--on", "2026-11-23"]);
    assert_eq!(status, Some(2));
    assert!(words.contains("rows 2 and 3 say two things of A-1: accepted, and returned"), "{words}");
    assert_eq!(config(folder.path()), before);
}

#[test]
fn findings_are_followed_to_their_end_and_stand_in_the_package() {
    let folder = made();
    let list = folder.path().join("issues.csv");
    fs::write(
        &list,
        "Finding ID,Observation,Rating,Date raised,Owner,Due date,Checks\nAF-1,The root user has access keys,High,2026-11-02,Ana Ruiz,2026-11-20,\nAF-2,Minutes are not signed,Low,2026-11-02,ana,,\n",
    )
    .unwrap();
    let (status, stdout, words) = run(command("findings", folder.path()).arg("--import").arg(&list));
    assert_eq!(status, Some(0), "{words}");
    assert!(words.contains("issues.csv: 2 new, 0 changed, 0 as they were"), "{words}");
    assert!(stdout.lines().nth(1).unwrap().starts_with("AF-1\toverdue\tHigh\t2026-11-20\tana\t"), "{stdout}");
    let before = config(folder.path());
    for name in ["f.csv", "f.xlsx"] {
        let path = folder.path().join(name);
        assert_eq!(run(command("findings", folder.path()).arg("--export").arg(&path)).0, Some(0));
        let (_, _, words) = run(command("findings", folder.path()).arg("--import").arg(&path));
        assert!(words.contains("0 new, 0 changed, 2 as they were") && words.contains("Nothing to change"), "{words}");
    }
    assert_eq!(config(folder.path()), before);
    let readiness = json(&mut command("readiness", folder.path()));
    let tasks = readiness["tasks"].as_array().unwrap();
    assert!(
        tasks.iter().any(|task| task["task"] == "AF-1: mend what the auditor found: The root user has access keys"),
        "{tasks:?}"
    );
    let out = folder.path().join("brief");
    let mut brief = kickoff();
    brief.args(["report", "--brief", "--today", "2026-11-23", "--config"]).arg(folder.path().join("kickoff.toml"));
    let (status, _, words) = run(brief.arg("--run").arg(acme()).arg("--out").arg(&out));
    assert_eq!(status, Some(0), "{words}");
}
