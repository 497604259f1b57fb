//! Processes that end before their run is whole: what was collected is kept, and `kickoff report` makes a run of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kickoff_evidence::Run;
use kickoff_reports::Document;
use serde_json::Value;

use crate::package::only_package;
use crate::support::law::verifies;
use crate::support::moto::Moto;
use crate::support::{acme, kickoff, only_run, outcome};

/// A scan that is under way.
struct Scan {
    child: Child,
    out: tempfile::TempDir,
}

impl Scan {
    fn begin(moto: &Moto) -> Self {
        let out = tempfile::tempdir().unwrap();
        let mut scan = moto.kickoff();
        scan.args(["scan", "--format", "json", "--concurrency", "2", "--region", "us-east-1", "--region", "eu-west-1"]);
        let child = scan.arg("--out").arg(out.path()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        Self { child, out }
    }

    /// The folder of the run, once it is there.
    fn run(&self) -> Option<PathBuf> {
        let entries = fs::read_dir(self.out.path()).ok()?.filter_map(Result::ok).map(|entry| entry.path());
        entries.into_iter().find(|path| path.is_dir() && path.join("run.json").is_file())
    }

    /// Waits until something is so, or the scan is over.
    fn until(&mut self, so: impl Fn(&Path) -> bool) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(120) {
            if self.run().is_some_and(|run| so(&run)) {
                return true;
            }
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            std::thread::sleep(Duration::from_micros(300));
        }
        panic!("the scan neither ends nor comes so far");
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status().unwrap();
        assert!(sent.success());
    }

    fn end(mut self) -> (PathBuf, String, tempfile::TempDir) {
        self.child.wait().unwrap();
        let mut words = String::new();
        std::io::Read::read_to_string(&mut self.child.stderr.take().unwrap(), &mut words).unwrap();
        (self.run().unwrap(), words, self.out)
    }
}

fn state(run: &Path) -> String {
    let text = fs::read(run.join("run.json")).unwrap_or_default();
    let value: Value = serde_json::from_slice(&text).unwrap_or_default();
    value["state"].as_str().unwrap_or_default().to_owned()
}

fn archive(run: &Path) -> u64 {
    fs::metadata(run.join("exchanges/111122223333.jsonl.zst")).map_or(0, |file| file.len())
}

fn parts(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "part") {
                found.push(path);
            }
        }
    }
    found
}

/// Finishes a run, and holds the law to it.
fn finish(run: &Path) -> (Document, String) {
    let report = kickoff().arg("report").arg(run).arg("--out").arg(run).output().unwrap();
    let (status, _, words) = outcome(&report);
    assert_eq!(status, Some(3), "moto lacks some operations: {words}");
    let finished = Run::open(run).unwrap();
    assert_ne!(format!("{:?}", finished.metadata.state), "Running");
    verifies(&only_package(run));
    assert_eq!(parts(run), Vec::<PathBuf>::new());
    assert!(!run.join(".lock").exists());
    let document: Document = serde_json::from_slice(&fs::read(run.join("results.json")).unwrap()).unwrap();
    (document, words)
}

fn interrupted(document: &Document) -> usize {
    let cut = |reason: &Option<String>| reason.as_deref() == Some("the run was interrupted");
    document.evidence.iter().filter(|item| cut(&item.reason)).count()
}

#[test]
fn a_run_that_is_killed_at_any_stage_can_be_finished() {
    let moto = Moto::start();
    moto.populate("small.py");

    // In the middle of the collection, when something has reached the disk.
    let mut scan = Scan::begin(&moto);
    assert!(scan.until(|run| archive(run) > 12_000));
    // Nobody finishes what is being written.
    let run = scan.run().unwrap();
    let (status, _, words) = outcome(&kickoff().arg("report").arg(&run).arg("--out").arg(&run).output().unwrap());
    assert_eq!(status, Some(2), "{words}");
    assert!(words.contains("is being written by another kickoff"), "{words}");
    scan.signal("KILL");
    let (run, _, _out) = scan.end();
    assert_eq!(state(&run), "running");
    // Other commands say what to do.
    let (status, _, words) = outcome(&kickoff().args(["access", "--replay"]).arg(&run).output().unwrap());
    assert_eq!(status, Some(2), "{words}");
    assert!(words.contains("was not finished") && words.contains("`kickoff report "), "{words}");
    let (document, words) = finish(&run);
    assert!(words.contains("Finished: the process of") && words.contains("answers that were stored"), "{words}");
    assert_eq!(document.run.state, "interrupted");
    assert!(document.evidence.iter().filter(|item| item.status == "ok").count() > 3, "what was answered is kept");
    assert!(interrupted(&document) > 5, "and what was not asked is not known");
    assert!(document.run.accounts[0].caller.starts_with("arn:aws:"));
    assert_eq!(document.run.foreign_endpoints, [moto.endpoint.as_str()]);

    // Collected, and not decided; decided, and not sealed.
    for sealed in [false, true] {
        let mut scan = Scan::begin(&moto);
        let there =
            |run: &Path| !sealed || run.join("results.json").is_file() || run.join("results.json.part").is_file();
        assert!(scan.until(|run| state(run) == "complete" && there(run)));
        scan.signal("KILL");
        let (run, _, _out) = scan.end();
        if run.join("MANIFEST.sha256").is_file() {
            // It was faster than the signal.
            continue;
        }
        let (document, words) = finish(&run);
        assert!(words.contains("everything had been asked"), "{words}");
        assert_eq!(document.run.state, "complete");
        assert_eq!(interrupted(&document), 0);
    }

    // Sealed, and its package is being written: what is left of it goes with the next one.
    let mut scan = Scan::begin(&moto);
    if scan.until(|run| parts(run).iter().any(|path| path.to_string_lossy().ends_with(".zip.part"))) {
        scan.signal("KILL");
        let (run, _, _out) = scan.end();
        let (document, _) = finish(&run);
        assert_eq!(document.run.state, "complete");
    }
}

#[test]
fn a_signal_ends_the_collection_and_a_second_one_the_process() {
    let moto = Moto::start();
    moto.populate("small.py");
    // As every stop of a scheduled task does.
    for wait in [2_000, 12_000] {
        let mut scan = Scan::begin(&moto);
        assert!(scan.until(|run| archive(run) > wait));
        scan.signal("TERM");
        let (run, words, out) = scan.end();
        assert!(!words.contains("NOT THE SAME AGAIN"), "{words}");
        assert_eq!(only_run(out.path()), run);
        verifies(&only_package(&run));
        let document: Document = serde_json::from_slice(&fs::read(run.join("results.json")).unwrap()).unwrap();
        assert_eq!(document.run.state, "interrupted", "{words}");
        assert!(interrupted(&document) > 0);
    }
    let mut scan = Scan::begin(&moto);
    assert!(scan.until(|run| archive(run) > 2_000));
    scan.signal("TERM");
    std::thread::sleep(Duration::from_millis(30));
    scan.signal("TERM");
    let (run, words, _out) = scan.end();
    if !run.join("MANIFEST.sha256").is_file() {
        assert!(words.contains("`kickoff report "), "{words}");
        finish(&run);
    }
}

/// A password in the address of the endpoint is sent and never written, and what was asked there comes out again.
#[test]
fn an_endpoint_with_a_password_is_the_same_endpoint() {
    let moto = Moto::start();
    let out = tempfile::tempdir().unwrap();
    let endpoint = moto.endpoint.replacen("http://", "http://ann:Plain-Passw0rd@", 1);
    let mut scan = moto.kickoff();
    scan.env("AWS_ENDPOINT_URL", &endpoint);
    scan.args(["scan", "--region", "us-east-1", "--check", "iam-*", "--check", "cloudtrail-*", "--out"])
        .arg(out.path());
    let (_, told, words) = outcome(&scan.output().unwrap());
    assert!(!words.contains("NOT THE SAME AGAIN") && words.contains("Package:"), "{words}");
    let run = only_run(out.path());
    let document: Document = serde_json::from_slice(&fs::read(run.join("results.json")).unwrap()).unwrap();
    assert_eq!(document.run.foreign_endpoints, [moto.endpoint.as_str()]);
    assert!(document.evidence.iter().any(|item| item.status == "ok" && item.service == "iam"));
    assert!(!told.contains("Plain-Passw0rd") && !words.contains("Plain-Passw0rd"), "{words}");
    for file in ["run.json", "results.json", "report.html", "facts/111122223333.json"] {
        assert!(!fs::read_to_string(run.join(file)).unwrap().contains("Plain-Passw0rd"), "{file}");
    }
    let stored = zstd::decode_all(fs::File::open(run.join("exchanges/111122223333.jsonl.zst")).unwrap()).unwrap();
    assert!(!String::from_utf8_lossy(&stored).contains("Plain-Passw0rd"));
}

/// The folder that the first command of the README writes is a run for every command.
#[test]
fn a_replay_is_a_run_that_every_command_takes() {
    let out = tempfile::tempdir().unwrap();
    let replay = |run: &Path| {
        let scan =
            kickoff().args(["scan", "--format", "json", "--replay"]).arg(run).arg("--out").arg(out.path()).output();
        assert_eq!(outcome(&scan.unwrap()).0, Some(3));
        only_run(out.path())
    };
    let run = replay(&acme());
    let whole = Run::open(&run).unwrap();
    assert_eq!(
        whole.archive("111122223333").unwrap().len(),
        Run::open(&acme()).unwrap().archive("111122223333").unwrap().len()
    );
    // A replay of a replay, in its own place.
    assert_eq!(replay(&run), run);
    let packages = out.path().join("packages");
    let runs = out.path().to_str().unwrap();
    let name = run.to_str().unwrap();
    for (arguments, expected) in [
        (vec!["report", name, "--out", packages.to_str().unwrap()], 3),
        (vec!["report", "--brief", "--run", name, "--out", packages.to_str().unwrap()], 0),
        // One call of that account was denied.
        (vec!["inventory", "--replay", name], 3),
        (vec!["access", "--replay", name], 0),
        (vec!["access-review", "--replay", name], 0),
        (vec!["requests", "--runs", runs], 0),
        (vec!["readiness", "--runs", runs], 0),
        (vec!["risks", "--run", name], 0),
        // These two need AWS, and come as far as that.
        (vec!["reperform", "E-0001", "--from", name], 2),
        (vec!["push", "securityhub", "--run", name], 2),
    ] {
        let (status, _, words) = outcome(&kickoff().args(&arguments).output().unwrap());
        assert!(!words.contains("is not a run") && !words.contains("there is no run"), "{arguments:?}: {words}");
        let told = words.to_lowercase();
        assert!(
            status == Some(expected) || told.contains("credentials") || told.contains("kickoff.toml"),
            "{arguments:?}: {status:?} {words}"
        );
    }
    verifies(&only_package(&packages));
}
