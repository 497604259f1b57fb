//! An auditor's list beside the built-in requests, as a person goes about it: taken, looked at, accepted, answered.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::engagement::{backups, config, decided, run};
use crate::support::kickoff;

const LIST: &str = "Ref,Request,TSC\n\
    A-1,Organization chart with security roles,CC1.3\n\
    A-2,Listing of all IAM users in AWS with MFA status,CC6.1\n\
    A-3,Vulnerability scan reports,CC7.1\n\
    A-4,Office visitor logs,CC6.4\n\
    A-5,Listing of GitHub administrators,CC6.3\n";

fn command(folder: &Path) -> Command {
    let mut command = kickoff();
    command.args(["requests", "--today", "2026-11-23", "--config"]).arg(folder.join("kickoff.toml"));
    command.arg("--run").arg(&decided().0);
    command
}

fn json(command: &mut Command) -> Value {
    let (status, stdout, words) = run(command.args(["--format", "json"]));
    assert_eq!(status, Some(0), "{words}");
    serde_json::from_str(&stdout).unwrap()
}

#[test]
fn an_auditors_list_is_mapped_by_one_command_and_answered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("list.csv"), LIST).unwrap();
    fs::write(path.join("kickoff.toml"), "# Ours.\n[entity]\nname = \"n\"\nsystem = \"s\"\n").unwrap();
    // Without a list of an auditor's there is nothing to hold beside.
    let (status, _, words) = run(command(path).arg("--map"));
    assert_eq!(status, Some(2));
    assert!(words.contains("`kickoff requests --import FILE` takes one"), "{words}");

    let (status, _, words) = run(command(path).arg("--import").arg(path.join("list.csv")));
    assert_eq!(status, Some(0), "{words}");
    let account = "5 of 5 lines of the auditor's list are held against no built-in request yet: 2 have a proposal, 1 is in doubt between rivals, 2 have none";
    assert_eq!(words.matches(account).count(), 1, "{words}");
    let before = config(path);
    let told = json(command(path).arg("--map"));
    let states: Vec<&str> =
        told["lines"].as_array().unwrap().iter().map(|line| line["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["proposed", "proposed", "in doubt", "nothing found", "nothing found"]);
    assert_eq!(told["lines"][0]["reason"], "`Organization chart`: GEN-06");
    assert!(told["lines"][4]["reason"].as_str().unwrap().contains("`GitHub` is not the cloud that a scan reads"));
    assert_eq!(config(path), before, "looking writes nothing");

    let (status, _, words) = run(command(path).args(["--map", "--accept"]));
    assert_eq!(status, Some(0), "{words}");
    assert!(words.contains("Entered: `standard` for 2 lines") && words.contains("Backup:  "), "{words}");
    let after = config(path);
    assert!(after.starts_with(&before), "{after}");
    assert!(after.ends_with("[[requests]]\nid = \"A-2\"\nstandard = [\"IAM-02\"]\n"), "{after}");
    assert!(!backups(path).is_empty());
    // A line in doubt is a person's to decide; nothing is written until they do.
    let (status, _, words) = run(command(path).args(["--map", "--accept", "A-3"]));
    assert_eq!((status, config(path)), (Some(2), after.clone()), "{words}");
    assert!(words.contains("--accept A-3=VUL-02"), "{words}");
    let (status, _, words) = run(command(path).args(["--map", "--accept", "A-3=VUL-03"]));
    assert_eq!(status, Some(0), "{words}");

    // The run answers the line, and both ids stand beside each other.
    let told = json(&mut command(path));
    let line = told["requests"].as_array().unwrap().iter().find(|line| line["id"] == "A-2").unwrap();
    assert_eq!((line["standard"][0].as_str(), line["answered_by"][0].as_str()), (Some("IAM-02"), Some("run")));
    let (_, stdout, words) = run(command(path).args(["--format", "csv"]));
    assert!(stdout.lines().next().unwrap().contains(",checks,standard,answered by,"), "{stdout}");
    assert!(words.contains("2 of 5 lines") && words.contains("that no line of the auditor's list covers"), "{words}");
}
