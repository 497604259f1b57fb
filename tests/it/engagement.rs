//! The commands around kickoff.toml, over the engagement of the recorded account: what they say was worked out by hand from
//! the file and from the account's story, for Monday, 23 November 2026.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use kickoff_engagement::Engagement;
use kickoff_reports::Document;
use serde_json::Value;

use crate::support::{acme, copy_folder, kickoff, only_run, outcome, root};

fn fixture() -> PathBuf {
    root().join("fixtures/acme-engagement")
}

/// A copy of the engagement that may be written to.
fn copied() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&fixture(), folder.path());
    folder
}

/// The recorded account, decided with the engagement: the folder of the run, and what stderr was told.
pub fn decided() -> &'static (PathBuf, String) {
    static RUN: OnceLock<(PathBuf, String)> = OnceLock::new();
    RUN.get_or_init(|| {
        let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("acme-engagement");
        let _ = fs::remove_dir_all(&out);
        let mut scan = kickoff();
        scan.args(["scan", "--no-package", "--replay"]).arg(acme()).arg("--out").arg(&out);
        let output = scan.arg("--config").arg(fixture().join("kickoff.toml")).output().unwrap();
        let (status, _, words) = outcome(&output);
        // One call of the recorded account was denied: coverage is incomplete.
        assert_eq!(status, Some(3), "{words}");
        (only_run(&out), words)
    })
}

fn command(name: &str, folder: &Path) -> Command {
    let mut command = kickoff();
    command.arg(name).arg("--config").arg(folder.join("kickoff.toml")).args(["--today", "2026-11-23"]);
    command
}

pub fn run(command: &mut Command) -> (Option<i32>, String, String) {
    outcome(&command.output().unwrap())
}

fn json(command: &mut Command) -> Value {
    let (status, stdout, stderr) = run(command.args(["--format", "json"]));
    assert_eq!(status, Some(0), "{stderr}");
    serde_json::from_str(&stdout).unwrap()
}

pub fn config(folder: &Path) -> String {
    fs::read_to_string(folder.join("kickoff.toml")).unwrap()
}

/// The backups beside the file.
pub fn backups(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|ending| ending == "bak")).collect()
}

fn named<'a>(list: &'a Value, key: &str, name: &str) -> &'a Value {
    let found = list.as_array().unwrap().iter().find(|entry| entry[key] == name);
    found.unwrap_or_else(|| panic!("{name} is not there"))
}

#[test]
fn a_configuration_is_held_against_what_it_may_say() {
    let check = |path: &Path| run(kickoff().arg("check-config").arg(path).args(["--today", "2026-11-23"]));
    let path = fixture().join("kickoff.toml");
    let (status, stdout, _) = check(&path);
    assert_eq!(status, Some(0), "{stdout}");
    let text = config(&fixture());
    let line = 1 + text.lines().position(|line| line == "expires = 2026-10-31").unwrap();
    let wanted = format!(
        "{}:{line}: notice: `exceptions.expires`: EXC-002 ended on 2026-10-31: it no longer counts\n",
        path.display()
    );
    assert!(stdout.contains(&wanted), "{stdout}");
    assert!(stdout.contains("the report of Amazon Web Services ends on 2026-09-30, yours on 2026-12-31"), "{stdout}");
    assert!(stdout.contains("the document for LOG-01 is overdue: its review was due on 2026-08-20"), "{stdout}");
    assert!(stdout.ends_with("kickoff.toml: can be used; 3 notices\n"), "{stdout}");

    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("bad.toml");
    fs::write(
        &bad,
        "[scope]\nregoins = []\n[[exceptions]]\nid = \"E-1\"\ncheck = \"iam-root-mfa\"\nreason = \"r\"\ncompensating_control = \"c\"\napproved = 2026-01-01\nexpires = 2026-02-01\n[thresholds]\nroot_idel_days = 3\n",
    )
    .unwrap();
    let (status, stdout, stderr) = check(&bad);
    assert_eq!((status, stderr.as_str()), (Some(2), ""));
    let lines: Vec<&str> = stdout.lines().collect();
    let begins = |at: usize, text: &str| lines[at].starts_with(&format!("{}:{text}", bad.display()));
    assert_eq!(lines.len(), 3, "{stdout}");
    assert!(begins(0, "2: unknown key `regoins`: did you mean `regions`?"), "{stdout}");
    assert!(begins(1, "3: `exceptions.approver`: is missing"), "{stdout}");
    assert!(begins(2, "11: there is no threshold `root_idel_days`: did you mean `root_idle_days`?"), "{stdout}");
    for (text, part) in [
        ("[scope\n", "bad.toml:1: "),
        (
            "[[documents]]\nrequest = \"IAM-01\"\n[[documents]]\nrequest = \"IAM-01\"\n",
            "bad.toml:4: `documents.request`: two documents for request IAM-01",
        ),
        (
            "[[documents]]\nrequest = \"IAM-01\"\nfile = \"../secret\"\n",
            "bad.toml:3: `documents.file`: `../secret` leads out of the folder",
        ),
        (
            "[[people]]\nid = \"a\"\nname = \"A\"\nrole = \"r\"\n[[scope.accounts]]\nid = \"111122223333\"\n[[exceptions]]\nid = \"E\"\naccount = \"111122223334\"\nreason = \"r\"\ncompensating_control = \"c\"\napprover = \"a\"\napproved = 2026-01-01\nexpires = 2026-02-01\n",
            "bad.toml:9: `exceptions.account`: there is no account in [[scope.accounts]] `111122223334`: did you mean `111122223333`?",
        ),
    ] {
        fs::write(&bad, text).unwrap();
        let (status, stdout, _) = check(&bad);
        assert_eq!(status, Some(2), "{stdout}");
        assert!(stdout.contains(part), "{stdout}");
    }
    let (status, stdout, _) = check(&folder.path().join("none.toml"));
    assert_eq!(status, Some(2));
    assert!(stdout.contains("none.toml: it cannot be read"), "{stdout}");
}

#[test]
fn the_register_of_documents_says_what_is_there_and_what_is_wrong_with_it() {
    let register = json(&mut command("documents", &fixture()));
    let of = |id: &str| {
        let entry = named(&register["documents"], "request", id);
        (entry["status"].as_str().unwrap().to_owned(), entry["reasons"].to_string())
    };
    for id in ["GEN-08", "IAM-01"] {
        assert_eq!(of(id), ("pass".to_owned(), "[]".to_owned()), "{id}");
        assert_eq!(named(&register["documents"], "request", id)["sha256"].as_str().unwrap().len(), 64);
    }
    let stale = of("LOG-01");
    assert!(stale.0 == "fail" && stale.1.contains("its review was due on 2026-08-20"), "{stale:?}");
    // The period begins on the first of July.
    let late = of("INC-01");
    assert!(late.0 == "manual" && late.1.contains("in force since 2026-10-01"), "{late:?}");
    assert_eq!(of("GEN-06").0, "manual", "a link");
    let missing = of("BCP-01");
    assert!(missing.0 == "fail" && missing.1.contains("kickoff.toml has no document for it"), "{missing:?}");
    assert_eq!(of("CNF-01").0, "not-applicable", "Confidentiality was not chosen");
    assert_eq!(register["folder"], Value::Null);

    let (_, stdout, _) = run(command("documents", &fixture()).args(["--format", "csv"]));
    assert!(stdout.starts_with("request,status,owner,title,observed,reasons,criteria,"), "{stdout}");
    assert_eq!(stdout.lines().count(), register["documents"].as_array().unwrap().len() + 1);
    let (_, stdout, _) = run(&mut command("documents", &fixture()));
    let (documents, stated) = stdout.split_once("\n\n").unwrap();
    let lines: Vec<&str> = documents.lines().collect();
    assert_eq!(lines.len(), register["documents"].as_array().unwrap().len() + 1);
    assert!(lines.iter().all(|line| line.matches('\t').count() == 11), "{stdout}");
    // What a person stated stands under it, with the file that shows it.
    assert!(stated.lines().nth(1).unwrap().starts_with("AC-03\tpass\tIAM-04\talice on 2026-10-14: "), "{stated}");
    let said = &register["attestations"][0];
    assert_eq!((&said["control"], &said["status"]), (&"AC-03".into(), &"pass".into()));
    assert_eq!(said["evidence"], "attestations/administrators-2026-q3.md");
    assert_eq!(said["sha256"].as_str().unwrap().len(), 64);
}

#[test]
fn a_dropped_folder_is_matched_and_entered() {
    let folder = copied();
    let before = config(folder.path());
    let inbox = folder.path().join("inbox");
    let told = json(command("documents", folder.path()).arg(&inbox));
    let matched = &told["folder"]["matched"];
    assert_eq!(named(matched, "file", "Acme_Business_Continuity_Plan_v2.md")["request"], "BCP-01");
    assert_eq!(named(matched, "file", "vendor-register-2026.csv")["request"], "VEN-01");
    assert_eq!(matched.as_array().unwrap().len(), 2);
    assert_eq!(told["folder"]["unmatched"][0]["file"], "IMG_2041 whiteboard.md");
    assert_eq!(config(folder.path()), before, "nothing is written that was not asked for");

    let (status, stdout, words) = run(command("documents", folder.path()).arg(&inbox).arg("--write"));
    assert_eq!(status, Some(0), "{words}");
    assert!(stdout.contains("unmatched  IMG_2041 whiteboard.md: its name is like that of no request"), "{stdout}");
    let backup = &backups(folder.path())[0];
    assert!(words.contains(&format!("Backup:  {}", backup.display())), "{words}");
    assert_eq!(fs::read_to_string(backup).unwrap(), before);
    let after = config(folder.path());
    assert!(after.starts_with(&before));
    let file = Engagement::read(&folder.path().join("kickoff.toml")).unwrap();
    let plan = file.document("BCP-01").unwrap();
    assert_eq!(plan.file.as_deref(), Some("inbox/Acme_Business_Continuity_Plan_v2.md"));
    assert_eq!(plan.received.unwrap().to_string(), "2026-11-23");
    // Who owns and approved it is for a person to say.
    let register = json(&mut command("documents", folder.path()));
    let reasons = named(&register["documents"], "request", "BCP-01")["reasons"].to_string();
    assert!(reasons.contains("it has no owner") && reasons.contains("nobody approved it"), "{reasons}");

    let (_, _, words) = run(command("documents", folder.path()).arg(&inbox).arg("--write"));
    assert!(words.contains("request BCP-01 has a document already") && words.contains("Nothing to add"), "{words}");
    assert_eq!((config(folder.path()), backups(folder.path()).len()), (after, 1));
}

#[test]
fn quarters_are_put_together_entered_and_expected_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let (path, inbox) = (folder.path().join("kickoff.toml"), folder.path().join("inbox"));
    fs::create_dir(&inbox).unwrap();
    for name in
        ["Access Review Q2 2026.csv", "Access Review Q3 2026.csv", "Encryption policy.pdf", "Encryption-policy.docx"]
    {
        fs::write(inbox.join(name), "x").unwrap();
    }
    let period = "[report]\ntype = \"type-2\"\nfrom = 2026-07-01\nto = 2026-12-31\n";
    fs::write(&path, format!("{period}[[requests]]\nid = \"IAM-12\"\nevery = \"quarter\"\n")).unwrap();
    let told = json(command("documents", folder.path()).arg(&inbox));
    let together = &told["folder"]["grouped"];
    assert_eq!(named(together, "file", "Access Review Q3 2026.csv")["time"], "2026-Q3");
    assert_eq!(together.as_array().unwrap().len(), 2);
    // One policy in two formats: a person picks.
    let contested = told["folder"]["contested"].as_array().unwrap();
    assert_eq!(contested.len(), 2);
    assert!(
        contested[0]["reason"].as_str().unwrap().contains("nothing in their names tells them apart"),
        "{contested:?}"
    );

    let (status, stdout, words) = run(command("documents", folder.path()).arg(&inbox).arg("--write"));
    assert_eq!(status, Some(0), "{words}");
    assert!(stdout.contains("together   Access Review Q3 2026.csv: IAM-12 "), "{stdout}");
    assert!(config(folder.path()).contains("occurrence = \"2026-Q3\""));
    let register = json(&mut command("documents", folder.path()));
    let rows = register["documents"].as_array().unwrap().iter().filter(|row| row["request"] == "IAM-12");
    let rows: Vec<(&str, &str)> =
        rows.map(|row| (row["status"].as_str().unwrap(), row["occurrence"].as_str().unwrap())).collect();
    // The second quarter is not of the period, the third lacks its approval, and the fourth runs until the end of the year.
    assert_eq!(rows, [("not-applicable", "2026-Q2"), ("fail", "2026-Q3"), ("manual", "2026-Q4")]);
}

#[test]
fn a_folder_that_lies_elsewhere_or_nowhere_is_refused() {
    let (folder, elsewhere) = (copied(), tempfile::tempdir().unwrap());
    let before = config(folder.path());
    fs::write(elsewhere.path().join("business continuity plan.pdf"), "x").unwrap();
    let (status, _, words) = run(command("documents", folder.path()).arg(elsewhere.path()).arg("--write"));
    assert_eq!(status, Some(2));
    assert!(words.contains("lies outside"), "{words}");
    let (status, _, words) = run(command("documents", folder.path()).arg("/nowhere"));
    assert_eq!(status, Some(2));
    assert!(words.contains("/nowhere cannot be read"), "{words}");
    let (status, ..) = run(command("documents", folder.path()).arg("--write"));
    assert_eq!(status, Some(2), "--write needs a folder");
    assert_eq!((config(folder.path()), backups(folder.path()).len()), (before, 0));
}

/// The engagement, with the account that was recorded as the only one in scope.
fn alone() -> tempfile::TempDir {
    let folder = copied();
    let (text, path) = (config(folder.path()), folder.path().join("kickoff.toml"));
    let begin = text.find("[[scope.accounts]]\nid = \"444455556666\"").unwrap();
    let end = text.find("[[scope.exclusions]]").unwrap();
    fs::write(path, [&text[..begin], &text[end..]].concat()).unwrap();
    folder
}

#[test]
fn requests_stand_by_their_day_with_what_the_run_answers() {
    let (path, _) = decided();
    let told = json(command("requests", &fixture()).arg("--run").arg(path));
    assert!(told["run"].as_str().unwrap().starts_with("RUN-"));
    let list = told["requests"].as_array().unwrap();
    let first: Vec<&str> = list.iter().take(5).map(|request| request["id"].as_str().unwrap()).collect();
    assert_eq!(first, ["IAM-07", "GEN-08", "IAM-02", "GEN-06", "LOG-02"], "overdue, then this week by day");
    let of = |id: &str| named(&told["requests"], "id", id);
    let state = |id: &str| (of(id)["progress"].as_str().unwrap(), of(id)["answered"].as_str().unwrap());
    // The recorded run has one of the three accounts in scope: what it answers it answers in part.
    assert_eq!((state("IAM-07"), &of("IAM-07")["overdue"]), (("partly", "partly"), &Value::Bool(true)));
    let missing = serde_json::json!(["the run did not ask accounts in scope: 444455556666, 555566667777"]);
    assert_eq!((state("IAM-02"), &of("IAM-02")["reasons"]), (("partly", "partly"), &missing));
    let alone = alone();
    let told_alone = json(command("requests", alone.path()).arg("--run").arg(path));
    let state_alone = |id: &str| {
        let request = named(&told_alone["requests"], "id", id);
        [&request["progress"], &request["answered"]].map(|value| value.as_str().unwrap().to_owned())
    };
    assert_eq!([state_alone("IAM-07"), state_alone("IAM-02")], [["ready", "fully"], ["ready", "fully"]]);
    // Logging is of regions, and thirteen that are enabled were not asked.
    assert_eq!(state_alone("LOG-02"), ["partly", "partly"]);
    assert_eq!((state("GEN-08"), &of("GEN-08")["due_this_week"]), (("ready", "not"), &Value::Bool(true)));
    assert_eq!((state("GEN-06").0, state("GEN-02").0, state("END-01").0), ("partly", "accepted", "not-applicable"));
    assert_eq!(of("IAM-02")["owner"], "bob");
    // What makes a request ready is said: GEN-08 is answered by its document, and no scan can.
    assert_eq!(of("GEN-08")["answered_by"], serde_json::json!(["document"]));
    assert_eq!(of("IAM-02")["answered_by"], serde_json::json!(["run"]));
    assert_eq!(of("IAM-04")["answered_by"], serde_json::json!(["attestation", "run"]));
    assert_eq!(of("IAM-04")["attestations"][0]["control"], "AC-03");
    // Each id of evidence is one of the run.
    let results: Document = serde_json::from_slice(&fs::read(path.join("results.json")).unwrap()).unwrap();
    let cited = of("IAM-07")["evidence"].as_array().unwrap();
    assert!(!cited.is_empty() && cited.iter().all(|id| results.evidence.iter().any(|item| *id == item.id.as_str())));
    assert_eq!(of("ACME-01")["due"], "2026-12-11", "a request of one's own");

    let (_, stdout, words) = run(command("requests", &fixture()).arg("--run").arg(path));
    assert!(words.starts_with("Results of RUN-"), "{words}");
    let lines: Vec<&str> = stdout.lines().collect();
    assert_eq!(lines.len(), list.len() + 1);
    assert!(lines[1].starts_with("IAM-07\t") && lines[1].contains("\t2026-11-20\toverdue\tbob\tpartly\t"));
}

#[test]
fn the_newest_run_counts_and_none_is_said() {
    let (path, _) = decided();
    let runs = tempfile::tempdir().unwrap();
    let requests = |runs: &Path| run(command("requests", &fixture()).args(["--format", "json", "--runs"]).arg(runs));
    let (status, stdout, words) = requests(runs.path());
    assert_eq!(status, Some(0));
    assert!(words.contains("There is no run under"), "{words}");
    let told: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(told["run"], Value::Null);
    assert!(named(&told["requests"], "id", "IAM-02")["reasons"].to_string().contains("there is no run yet"));

    let text = fs::read_to_string(path.join("results.json")).unwrap();
    let put = |name: &str, text: &str| {
        fs::create_dir(runs.path().join(name)).unwrap();
        fs::write(runs.path().join(name).join("results.json"), text).unwrap();
    };
    put("RUN-20261122T000000Z-00000000", "{}");
    put("RUN-20261123T121548Z-47ff2abb-replay", &text);
    fs::create_dir(runs.path().join("RUN-20261124T000000Z-00000000")).unwrap();
    let (status, _, words) = requests(runs.path());
    assert_eq!(status, Some(0), "{words}");
    assert!(
        words.contains("RUN-20261123T121548Z-47ff2abb-replay"),
        "a run that ended without results is none: {words}"
    );
    put("RUN-20261125T000000Z-00000000", "{}");
    let (status, _, words) = requests(runs.path());
    assert_eq!(status, Some(2));
    assert!(words.contains("RUN-20261125T000000Z-00000000/results.json cannot be used"), "{words}");
}

#[test]
fn a_list_goes_to_the_auditor_and_comes_back() {
    let (path, _) = decided();
    let folder = copied();
    let before = config(folder.path());
    let list = folder.path().join("requests.csv");
    let sheet = folder.path().join("requests.xlsx");
    for file in [&list, &sheet] {
        let (status, _, words) =
            run(command("requests", folder.path()).arg("--run").arg(path).arg("--export").arg(file));
        assert_eq!(status, Some(0), "{words}");
    }
    assert!(fs::read_to_string(&list).unwrap().contains("IAM-07,"));
    for (file, name) in [(&list, "requests.csv"), (&sheet, "requests.xlsx")] {
        let (status, _, words) = run(command("requests", folder.path()).arg("--import").arg(file));
        assert_eq!(status, Some(0), "{words}");
        assert!(words.contains("Backup:  "), "{words}");
        let read = Engagement::read(&folder.path().join("kickoff.toml")).unwrap();
        assert_eq!(read.request_list.as_deref(), Some(name));
    }
    // One line more, and nothing else is touched.
    let after = config(folder.path());
    let rest: Vec<&str> = after.lines().filter(|line| !line.starts_with("request_list")).collect();
    assert_eq!(rest, before.lines().collect::<Vec<_>>());
    assert!(backups(folder.path()).iter().any(|backup| fs::read_to_string(backup).unwrap() == before));
}

#[test]
fn a_list_that_cannot_be_used_is_named_and_nothing_is_written() {
    let folder = copied();
    let before = config(folder.path());
    let elsewhere = tempfile::tempdir().unwrap();
    let put = |folder: &Path, name: &str, text: &str| {
        fs::write(folder.join(name), text).unwrap();
        folder.join(name)
    };
    for (file, part) in [
        (put(folder.path(), "columns.csv", "Ref,Due\n1,2026-01-01\n"), "has no column `text`"),
        (put(folder.path(), "open.csv", "id,text,due\n1,a,12/06/2026\n"), "can be 2026-06-12 or 2026-12-06"),
        (put(folder.path(), "list.pdf", "x"), "is neither .csv nor .xlsx"),
        // The list is named as it was given, with its row and column.
        (put(folder.path(), "formula.csv", "id,text\n1,=A1\n"), "formula.csv, row 2, column B (text): holds a formula"),
        (put(folder.path(), "quote.csv", "id,text\n1,\"a\n2,b\n"), "quote.csv, row 2: a quote is opened"),
        (put(elsewhere.path(), "list.csv", "id,text\n1,a\n"), "lies outside"),
        (folder.path().join("none.csv"), "none.csv cannot be read"),
    ] {
        let (status, _, words) = run(command("requests", folder.path()).arg("--import").arg(&file));
        assert_eq!(status, Some(2), "{words}");
        assert!(words.contains(part), "{words}");
    }
    let (status, _, words) =
        run(command("requests", folder.path()).arg("--export").arg(folder.path().join("list.doc")));
    assert_eq!(status, Some(2));
    assert!(words.contains("ends in neither .csv nor .xlsx"), "{words}");
    assert_eq!((config(folder.path()), backups(folder.path()).len()), (before, 0));
}

#[test]
fn risks_are_proposed_entered_once_and_nobodys_words_are_lost() {
    let (path, _) = decided();
    let folder = copied();
    let before = config(folder.path());
    let told = json(command("risks", folder.path()).arg("--run").arg(path));
    let risks = &told["risks"];
    let written = named(risks, "id", "R-001");
    assert_eq!(written["threat"], "A key of a build server or a former colleague is used by somebody else.");
    assert_eq!((&written["state"], &written["standing"]), (&"edited".into(), &"differs".into()));
    assert_eq!(named(risks, "id", "R-002")["standing"], "not-looked-at");
    // The root user has an active key, and that is critical: nothing is taken away from 3 times 5.
    let root = named(risks, "seed", "root-user");
    assert_eq!((&root["state"], &root["standing"]), (&"proposed".into(), &"new".into()));
    assert_eq!((&root["inherent"]["score"], &root["residual"]["score"]), (&15.into(), &15.into()));
    assert!(root["explanation"].as_str().unwrap().contains("A critical check does not hold: no step."));
    assert_eq!(config(folder.path()), before);

    let write = || run(command("risks", folder.path()).arg("--run").arg(path).arg("--write"));
    let (status, _, words) = write();
    assert_eq!(status, Some(0), "{words}");
    let backup = &backups(folder.path())[0];
    assert!(words.contains(&format!("Backup:  {}", backup.display())), "{words}");
    let after = config(folder.path());
    assert!(after.starts_with(&before) && after.contains("seed = \"root-user\"\nstate = \"proposed\""));
    let (_, _, words) = write();
    assert!(words.contains("Nothing to add"), "{words}");
    assert_eq!((config(folder.path()), backups(folder.path()).len()), (after, 1));

    // The links go the other way too: the policy names R-001 itself, the control by the checks that test both.
    let by = |what: &str, id: &str| {
        let told = json(command("risks", folder.path()).arg("--run").arg(path).args(["--by", what]));
        named(&told["links"], "id", id).clone()
    };
    assert!(by("control", "AC-02")["risks"].as_array().unwrap().contains(&"R-001".into()));
    assert!(by("policy", "access")["controls"].as_array().unwrap().contains(&"AC-02".into()));
    assert!(by("check", "iam-user-access-key-age")["risks"].as_array().unwrap().contains(&"R-001".into()));

    // A file that holds its risks on one line cannot be added to: it stays as it is.
    let line = "risks = [{ id = \"R-001\", threat = \"t\", asset = \"a\", likelihood = 1, impact = 1 }]\n";
    fs::write(folder.path().join("kickoff.toml"), line).unwrap();
    let (status, _, words) = write();
    assert_eq!((status, config(folder.path()).as_str()), (Some(2), line));
    assert!(words.contains("kickoff.toml, line 1: `risks`: is written as `risks = [...]`"), "{words}");
}

#[test]
fn readiness_has_parts_with_their_caps_and_tasks_in_order() {
    let (path, _) = decided();
    let told = json(command("readiness", &fixture()).arg("--run").arg(path));
    assert_eq!((&told["kickoff"], &told["days_left"]), (&"2026-11-30".into(), &7.into()));
    let names: Vec<&str> =
        told["parts"].as_array().unwrap().iter().map(|part| part["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["frame", "documents", "requests", "checks", "risks"]);
    let part = |name: &str| named(&told["parts"], "name", name);
    assert_eq!(part("frame")["have"], part("frame")["of"], "{}", part("frame")["limits"]);
    // Two documents of the register are there, approved and in force over the period.
    assert_eq!(part("documents")["have"], 2);
    // The report is on a period: a run of one day does not count in full.
    let alone = alone();
    let told_alone = json(command("readiness", alone.path()).arg("--run").arg(path));
    let limits = &named(&told_alone["parts"], "name", "requests")["limits"];
    assert!(limits.to_string().contains("capped: answered with the record of one day: "), "{limits}");
    let tasks = told["tasks"].as_array().unwrap();
    let first: Vec<&str> = tasks.iter().take(2).map(|task| task["task"].as_str().unwrap()).collect();
    assert_eq!(first, ["Remove the root user's access key", "Quarterly access review"], "the plan, by day");
    assert!(tasks.iter().all(|task| task["due"].as_str().is_none_or(|due| due <= "2026-11-30")));
    let notices = told["notices"].as_array().unwrap();
    assert_eq!(notices.len(), 3, "as many as check-config tells: {notices:?}");
    assert!(told.get("percent").is_none() && told.get("score").is_none());

    let (status, stdout, _) = run(command("readiness", &fixture()).arg("--run").arg(path));
    assert_eq!(status, Some(0));
    assert!(stdout.contains("The kick-off is on 2026-11-30, in 7 days."), "{stdout}");
    assert!(stdout.contains("\n3 notices about the file, which no figure counts:\n"), "{stdout}");
}

#[test]
fn exceptions_in_force_take_failures_out_and_expired_ones_do_not() {
    let (path, words) = decided();
    assert!(words.contains("Exception EXC-001: 1 failing result is excluded."), "{words}");
    assert!(words.contains("`exceptions.expires`: EXC-002 ended on 2026-10-31: it no longer counts"), "{words}");
    let text = fs::read_to_string(path.join("results.json")).unwrap();
    let document: Document = serde_json::from_str(&text).unwrap();
    let excluded: Vec<_> = document.results.iter().filter(|row| row.status == "excluded").collect();
    assert_eq!(excluded.len(), 1);
    assert_eq!(excluded[0].resource, "arn:aws:iam::111122223333:user/ci-jenkins/access-key-1");
    let exception = excluded[0].exception.as_ref().unwrap();
    assert_eq!((exception.id.as_str(), exception.approver.as_str()), ("EXC-001", "Alice Meyer"));
    assert_eq!((exception.approved.as_str(), exception.expires.as_str()), ("2026-10-05", "2027-02-28"));
    let reason = excluded[0].reason.as_deref().unwrap();
    for part in
        ["fails, and is excluded by EXC-001", "signs in without keys", "Approved by Alice Meyer", "until 2027-02-28"]
    {
        assert!(reason.contains(part), "{reason}");
    }
    // Its criterion counts it apart, and the report shows it with its reason.
    let criterion = document.criteria.iter().find(|criterion| criterion.id == excluded[0].criteria[0]).unwrap();
    assert_eq!(criterion.counts["excluded"], 1);
    assert!(fs::read_to_string(path.join("report.html")).unwrap().contains("is excluded by EXC-001"));
    // The keys of the warehouse fail again: its exception has ended.
    let failing: Vec<&str> = document
        .results
        .iter()
        .filter(|row| row.check == "iam-user-access-key-age" && row.status == "fail")
        .map(|row| row.resource.as_str())
        .collect();
    assert_eq!(failing.iter().filter(|resource| resource.contains("svc-warehouse")).count(), 2);
    assert_eq!(failing.len(), 7, "{failing:?}");
    let schema: Value = serde_json::from_str(&Document::json_schema().unwrap()).unwrap();
    let results: Value = serde_json::from_str(&text).unwrap();
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&results));
}
