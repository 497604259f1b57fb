//! A company in its own words: its scale of risks, its time zone, its language and what it calls its files.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::engagement::{config, decided, run};
use crate::support::{acme, kickoff, only_run, outcome};

const FRAME: &str = "[entity]\nname = \"Müller GmbH\"\nsystem = \"Warenkorb\"\n[report]\ntype = \"type-2\"\nfrom = 2026-07-01\nto = 2026-12-31\n[scope]\ncategories = [\"Security\"]\ncategory_reasons = { Security = \"Contracts ask for it.\" }\n";

fn folder(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("kickoff.toml"), format!("{FRAME}{text}")).unwrap();
    folder
}

/// What a command says of the folder, run in it as a person would.
fn said(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    run(kickoff().args(arguments).current_dir(folder))
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let (status, stdout, stderr) = said(folder, &[arguments, &["--format", "json"]].concat());
    assert_eq!(status, Some(0), "{stderr}");
    serde_json::from_str(&stdout).unwrap()
}

const SCALE: &str = r#"[risk_scale]
likelihood = ["Selten", "Möglich", "Wahrscheinlich", "Fast sicher"]
impact = ["Gering", "Spürbar", "Schwer"]
bands = [{ name = "Tragbar", to = 3 }, { name = "Bedingt tragbar", to = 6 }, { name = "Untragbar" }]
[[risks]]
id = "R-001"
state = "accepted"
threat = "Das Lager brennt."
asset = "Lager"
likelihood = "Selten"
impact = "schwer"
"#;

#[test]
fn risks_stand_on_the_companys_scale_with_ours_beside() {
    let folder = folder(SCALE);
    let (of, _) = decided();
    let of = of.to_str().unwrap();
    let risks = json(folder.path(), &["risks", "--today", "2026-11-23", "--run", of]);
    let first = &risks["risks"][0]["inherent"];
    // 1 times 3 is 3. By rank: the lowest of four and the highest of three are 1 and 5 of ours.
    assert_eq!((first["score"].as_u64(), first["level"].as_str()), (Some(3), Some("Tragbar")));
    assert_eq!((first["likelihood_word"].as_str(), first["impact_word"].as_str()), (Some("Selten"), Some("Schwer")));
    assert_eq!(first["kickoff_scale"]["level"], "medium");
    // `root-user` is 3 times 5 of ours, whatever holds: the third of four, and the highest of three.
    let root = risks["risks"].as_array().unwrap().iter().find(|risk| risk["seed"] == "root-user").unwrap();
    assert_eq!(root["inherent"]["likelihood_word"], "Wahrscheinlich");
    assert_eq!((root["inherent"]["score"].as_u64(), root["inherent"]["level"].as_str()), (Some(9), Some("Untragbar")));
    assert_eq!(root["inherent"]["kickoff_scale"]["score"], 15);
    assert!(root["explanation"].as_str().unwrap().contains("On the company's scale, by rank"));
    let (_, lines, _) = said(folder.path(), &["risks", "--today", "2026-11-23", "--run", of]);
    assert!(lines.contains("\t3 (1×3) Tragbar\t") && lines.contains("\tkickoff's scale\n"), "{lines}");
    assert!(lines.contains("inherent Selten (1) × Schwer (3)"), "{lines}");
    // What is entered is in the company's words, and stands.
    let (status, _, words) = said(folder.path(), &["risks", "--today", "2026-11-23", "--write", "--run", of]);
    assert_eq!(status, Some(0), "{words}");
    let text = config(folder.path());
    assert!(
        text.starts_with(&format!("{FRAME}{SCALE}")) && text.contains("\nlikelihood = \"Wahrscheinlich\"\n"),
        "{text}"
    );
    let again = json(folder.path(), &["risks", "--today", "2026-11-23", "--run", of]);
    let standings: Vec<&Value> =
        again["risks"].as_array().unwrap().iter().skip(1).map(|risk| &risk["standing"]).collect();
    assert!(!standings.is_empty() && standings.iter().all(|standing| *standing == "agrees"), "{standings:?}");
    // A word that is none is told where it stands.
    fs::write(folder.path().join("kickoff.toml"), text.replace("\"Selten\"\nimpact", "\"Seltn\"\nimpact")).unwrap();
    let (status, told, _) = said(folder.path(), &["check-config"]);
    assert_eq!(status, Some(2));
    assert!(told.contains("has no level `Seltn`: did you mean `Selten`?"), "{told}");
}

#[test]
fn today_is_the_day_where_the_engagement_is() {
    let day = |zone: &str| {
        let folder = folder(&format!("[schedule]\nzone = \"{zone}\"\n"));
        // No time zones of the system: those of the program do.
        let mut command = kickoff();
        command.args(["requests", "--format", "json"]).current_dir(folder.path()).env("TZDIR", folder.path());
        let (status, stdout, stderr) = run(&mut command);
        assert_eq!(status, Some(0), "{stderr}");
        let told: Value = serde_json::from_str(&stdout).unwrap();
        assert_eq!(told["zone"], zone);
        told["today"].as_str().unwrap().to_owned()
    };
    // Twenty-six hours apart: never the same day.
    let (east, west) = (day("Pacific/Kiritimati"), day("Etc/GMT+12"));
    assert!(west < east, "{west} {east}");

    let folder = folder("[schedule]\nzone = \"europe/berlin\"\n");
    let (status, told, _) = said(folder.path(), &["check-config", "--today", "2026-12-01"]);
    assert_eq!(
        (status, told.as_str()),
        (Some(0), "kickoff.toml: can be used, 2026-12-01 in Europe/Berlin; nothing to say\n")
    );
    assert_eq!(json(folder.path(), &["requests", "--today", "2026-12-01"])["today"], "2026-12-01");
    fs::write(folder.path().join("kickoff.toml"), "[schedule]\nzone = \"Europe/Berln\"\n").unwrap();
    let (status, told, _) = said(folder.path(), &["check-config"]);
    assert_eq!(status, Some(2));
    assert_eq!(
        told,
        "kickoff.toml:2: `schedule.zone`: there is no time zone `Europe/Berln`: did you mean `Europe/Berlin`?\n"
    );
}

#[test]
fn an_exception_ends_with_the_day_of_the_run_where_the_engagement_is() {
    // The recorded run began on 2026-11-23 at 14:29 UTC: in Auckland it was the 24th.
    let exception = "[[people]]\nid = \"ana\"\nname = \"Ana\"\nrole = \"CISO\"\n[[exceptions]]\nid = \"EXC-1\"\ncheck = \"iam-role-trust-public\"\nreason = \"r\"\ncompensating_control = \"c\"\napprover = \"ana\"\napproved = 2026-11-01\nexpires = 2026-11-23\n";
    let told = |zone: &str| {
        let folder = folder(&format!("[schedule]\nzone = \"{zone}\"\n{exception}"));
        let mut scan = kickoff();
        scan.args(["scan", "--check", "iam-role-trust-public", "--out", "runs", "--replay"]).arg(acme());
        let (_, _, words) = outcome(&scan.current_dir(folder.path()).output().unwrap());
        // Its package is verified there as well.
        let runs = folder.path().join("runs");
        let results: Value = serde_json::from_slice(&fs::read(only_run(&runs).join("results.json")).unwrap()).unwrap();
        let excluded = results["results"].as_array().unwrap().iter().any(|row| row["status"] == "excluded");
        (excluded, words)
    };
    let (berlin, words) = told("Europe/Berlin");
    assert!(berlin, "{words}");
    let (auckland, words) = told("Pacific/Auckland");
    assert!(!auckland && words.contains("ended on 2026-11-23"), "{words}");
}

#[test]
fn files_are_known_by_the_names_of_their_language_and_of_the_company() {
    let folder = folder("[[requests]]\nid = \"GEN-10\"\nnames = [\"Ampelliste\"]\n");
    let files = folder.path().join("Unterlagen");
    fs::create_dir(&files).unwrap();
    for name in [
        "Informationssicherheitsrichtlinie 2026.pdf",
        "Zugriffsu\u{308}berpru\u{308}fung 3. Quartal 2026.pdf",
        "Organigramm Müller GmbH.pdf",
        "Ampelliste.pdf",
        "Plan.pdf",
        "Physische Sicherheitsrichtlinie.pdf",
    ] {
        fs::write(
            files.join(name),
            format!("%PDF-1.7\n% {name}\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"),
        )
        .unwrap();
    }
    let (status, _, words) = said(folder.path(), &["documents", "Unterlagen", "--write", "--today", "2026-11-23"]);
    assert_eq!(status, Some(0), "{words}");
    let text = config(folder.path());
    let file: kickoff_engagement::Engagement =
        kickoff_engagement::Engagement::parse(Path::new("kickoff.toml"), &text).unwrap();
    let mut entered: Vec<(&str, Option<&str>)> =
        file.documents.iter().map(|document| (document.request.as_str(), document.occurrence.as_deref())).collect();
    entered.sort_unstable();
    assert_eq!(entered, [("GEN-06", None), ("GEN-08", None), ("GEN-10", None), ("IAM-12", Some("2026-Q3"))], "{text}");
}
