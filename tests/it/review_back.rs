//! The access review that comes back: the sheet of the recorded account, filled in as a reviewer would, read back, entered, and
//! seen by every command after it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use kickoff_evidence::package::Package;
use serde_json::Value;

use crate::engagement::{backups, config, run};
use crate::package::{only_package, read, verify};
use crate::support::{acme, kickoff};

const CONFIG: &str = r#"[report]
type = "type-2"
from = 2026-10-01
to = 2026-12-31

[[people]]
id = "alice"
name = "Alice Meyer"
role = "Head of security"

[[people]]
id = "bob"
name = "Bob Tanaka"
role = "Platform lead"

# Ours: asked for each quarter.
[[requests]]
id = "IAM-12"
every = "quarter"
owner = "bob"
"#;

/// A sheet: its heads and its records.
#[derive(Clone)]
struct Sheet {
    heads: Vec<String>,
    records: Vec<Vec<String>>,
}

impl Sheet {
    /// The sheet of the recorded account, as it would have been made on 1 November.
    fn of_acme(folder: &Path) -> Self {
        let path = folder.join("blank.csv");
        let mut command = kickoff();
        command.args(["access-review", "--format", "json", "--replay"]).arg(acme()).arg("--csv").arg(&path);
        let (status, _, words) = run(&mut command);
        assert_eq!(status, Some(0), "{words}");
        let text = fs::read_to_string(&path).unwrap();
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let mut rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<String>>());
        let mut sheet = Self { heads: rows.next().unwrap(), records: rows.collect() };
        fs::remove_file(path).unwrap();
        sheet.all("As of", "2026-11-01");
        sheet
    }

    fn at(&self, head: &str) -> usize {
        self.heads.iter().position(|known| known == head).unwrap()
    }

    fn all(&mut self, head: &str, value: &str) {
        let at = self.at(head);
        self.records.iter_mut().for_each(|record| record[at] = value.to_owned());
    }

    fn set(&mut self, name: &str, head: &str, value: &str) {
        let (whom, at) = (self.at("Name"), self.at(head));
        let record = self.records.iter_mut().find(|record| record[whom] == name).unwrap();
        record[at] = value.to_owned();
    }

    /// As Alice fills it in, and Bob where she is meant.
    fn filled(mut self) -> Self {
        self.all("Reviewer", "Alice Meyer");
        self.all("Decision", "Keep");
        self.all("Decision date", "2026-11-10");
        // A user, and a person of the directory.
        self.set("alice.meyer", "Reviewer", "Bob Tanaka");
        self.set("alice.meyer@acme.example", "Reviewer", "Bob Tanaka");
        self
    }

    fn save(&self, path: &Path, by: u8) {
        let mut writer = csv::WriterBuilder::new().delimiter(by).from_path(path).unwrap();
        writer.write_record(&self.heads).unwrap();
        self.records.iter().for_each(|record| writer.write_record(record).unwrap());
    }
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("kickoff.toml"), CONFIG).unwrap();
    folder
}

fn command(name: &str, folder: &Path) -> Command {
    let mut command = kickoff();
    command.arg(name).arg("--config").arg(folder.join("kickoff.toml")).args(["--today", "2026-11-23"]);
    command
}

fn back(folder: &Path, sheet: &str) -> Command {
    let mut command = command("access-review", folder);
    command.arg("--replay").arg(acme()).arg("--returned").arg(folder.join(sheet));
    command
}

fn json(command: &mut Command) -> Value {
    let (status, stdout, stderr) = run(command.args(["--format", "json"]));
    assert_eq!(status, Some(0), "{stderr}");
    serde_json::from_str(&stdout).unwrap()
}

fn named<'a>(list: &'a Value, name: &str) -> &'a Value {
    list.as_array().unwrap().iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("{name} is not there"))
}

/// Entered, one of two revocations carried out.
fn entered() -> (tempfile::TempDir, PathBuf) {
    let folder = folder();
    let mut sheet = Sheet::of_acme(folder.path()).filled();
    // One who is in the account still, and one who is not.
    sheet.set("dora.weiss", "Decision", "Remove");
    let (arn, name) = (sheet.at("ARN"), sheet.at("Name"));
    let mut left = sheet.records.iter().find(|record| record[name] == "dora.weiss").unwrap().clone();
    (left[arn], left[name]) = (left[arn].replace("dora.weiss", "lena.vogt"), "lena.vogt".to_owned());
    sheet.records.push(left);
    let path = folder.path().join("review-2026-q4.csv");
    sheet.save(&path, b';');
    let (status, _, words) = run(back(folder.path(), "review-2026-q4.csv").arg("--write"));
    assert_eq!(status, Some(0), "{words}");
    (folder, path)
}

#[test]
fn a_review_is_read_back_entered_and_answers_its_quarter() {
    let (folder, path) = entered();
    let told = json(&mut back(folder.path(), "review-2026-q4.csv"));
    let rows = told["rows"].as_u64().unwrap();
    assert_eq!((&told["occurrence"], &told["as_of"]), (&"2026-Q4".into(), &"2026-11-01".into()));
    assert_eq!((&told["decided"], &told["revoke"], &told["undecided"]), (&rows.into(), &2.into(), &0.into()));
    assert_eq!(told["findings"], serde_json::json!([]), "{}", told["findings"]);
    // Every principal of the run is in the sheet but those who were made since.
    assert_eq!(told["run"]["left_out"], serde_json::json!([]));
    assert!(config(folder.path()).contains("\nleft_out = 0\n"), "the count is entered");
    assert_eq!(told["run"]["not_in_the_run"], serde_json::json!(["lena.vogt"]));
    let gone = named(&told["decisions"], "lena.vogt");
    assert_eq!((&gone["became"], &gone["days"]), (&"gone".into(), &13.into()));
    let there = named(&told["decisions"], "dora.weiss");
    assert_eq!(there["became"], "still-there");
    // What stood in the file stands there still.
    let text = config(folder.path());
    assert!(
        text.starts_with(CONFIG) && text.contains("occurrence = \"2026-Q4\"\nfile = \"review-2026-q4.csv\""),
        "{text}"
    );
    assert_eq!(backups(folder.path()).len(), 1);
    let documents = json(&mut command("documents", folder.path()));
    let of = |documents: &Value| {
        let all = documents["documents"].as_array().unwrap();
        all.iter().find(|row| row["request"] == "IAM-12").unwrap().clone()
    };
    assert_eq!((&of(&documents)["status"], &of(&documents)["occurrence"]), (&"pass".into(), &"2026-Q4".into()));
    // The run's own results tell that she is in the account still.
    let readiness = json(command("readiness", folder.path()).arg("--run").arg(acme()));
    let tasks = readiness["tasks"].as_array().unwrap();
    let task = tasks.iter().find(|task| task["task"].as_str().unwrap().starts_with("revoke dora.weiss")).unwrap();
    assert_eq!(task["task"], "revoke dora.weiss, decided on 2026-11-10 by Alice Meyer");
    assert_eq!(task["owner"], "bob");
    assert!(!tasks.iter().any(|task| task["task"].as_str().unwrap().contains("lena.vogt")));
    // A byte more, and somebody has to look.
    fs::write(&path, [fs::read(&path).unwrap(), b"\n".to_vec()].concat()).unwrap();
    let documents = json(&mut command("documents", folder.path()));
    assert_eq!(of(&documents)["status"], "manual");
    assert!(of(&documents)["reasons"][0].as_str().unwrap().contains("changed since it was read"));
}

#[test]
fn what_is_wrong_with_a_review_is_named_and_nothing_is_entered_unasked() {
    let folder = folder();
    let mut sheet = Sheet::of_acme(folder.path()).filled();
    sheet.set("dora.weiss", "Decision", "");
    sheet.set("carla.santos", "Decision", "hmm");
    // Written as a list of staff writes it.
    sheet.set("alice.meyer", "Reviewer", "MÉYER, Alice");
    sheet.records.reverse();
    sheet.save(&folder.path().join("review.csv"), b',');
    let (status, stdout, words) = run(&mut back(folder.path(), "review.csv"));
    assert_eq!(status, Some(0), "{words}");
    for part in [
        "Not decided: 1\n  dora.weiss (row ",
        "Not decided: what is said is no decision that is known: 1\n  carla.santos",
        "it says `hmm`",
        "Reviewed by the person who is reviewed: 1\n  alice.meyer",
        "Alice Meyer: ",
        "`alice` of [[people]]",
    ] {
        assert!(stdout.contains(part), "{part}: {stdout}");
    }
    assert_eq!(config(folder.path()), CONFIG);
    // A list made after the run: it proves nothing of what was revoked.
    sheet.all("As of", "2026-11-24");
    sheet.all("Decision date", "2026-11-25");
    sheet.set("dora.weiss", "Decision", "revoke");
    sheet.save(&folder.path().join("review.csv"), b',');
    let mut later = kickoff();
    later.args(["access-review", "--today", "2026-11-30", "--config"]).arg(folder.path().join("kickoff.toml"));
    let told = json(later.arg("--replay").arg(acme()).arg("--returned").arg(folder.path().join("review.csv")));
    assert_eq!(named(&told["decisions"], "dora.weiss")["became"], "not-known");
    // No sheet, no time, no file of ours.
    fs::write(folder.path().join("other.csv"), "Name,Decision\nann,keep\n").unwrap();
    let (status, _, words) = run(back(folder.path(), "other.csv").arg("--write"));
    assert!(status == Some(2) && words.contains("has no heads of an access review"), "{words}");
    let (status, _, words) = run(back(folder.path(), "review.csv").args(["--occurrence", "Q4"]));
    assert!(status == Some(2) && words.contains("names no time: write 2026-Q3"), "{words}");
    assert_eq!(config(folder.path()), CONFIG);
}

#[test]
fn the_package_has_the_review_beside_the_blank_sheet_and_verifies() {
    let (folder, _) = entered();
    let out = folder.path().join("out");
    let mut report = kickoff();
    report.arg("report").arg(acme()).arg("--config").arg(folder.path().join("kickoff.toml")).arg("--out").arg(&out);
    let (status, _, words) =
        run(report.args(["--today", "2026-11-23", "--chain"]).arg(folder.path().join("chain.jsonl")));
    assert_eq!(status, Some(3), "{words}");
    let path = only_package(&out);
    let package = Package::open(&path).unwrap();
    let text = String::from_utf8(read(&package, "40_registers/access_reviews.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let heads = reader.headers().unwrap().clone();
    let record = reader.records().next().unwrap().unwrap();
    let cell = |head: &str| record.get(heads.iter().position(|known| known == head).unwrap()).unwrap().to_owned();
    assert_eq!((cell("Occurrence"), cell("Status")), ("2026-Q4".to_owned(), "pass".to_owned()));
    assert_eq!((cell("Revoked and gone"), cell("Revoked and still there")), ("1".to_owned(), "1".to_owned()));
    assert!(cell("Still there").starts_with("revoke dora.weiss, decided on 2026-11-10 by Alice Meyer"));
    assert!(package.names().any(|name| name == "40_registers/access_review.csv"));
    let (status, told) = verify(&path, &[]);
    assert_eq!(status, Some(0), "{told}");
}
