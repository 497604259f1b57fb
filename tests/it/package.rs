//! The evidence package as its readers use it: written, opened, verified, tampered with, asked again.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use kickoff_evidence::package::Package;
use kickoff_reports::Document;
use serde_json::Value;

use crate::support::moto::{Moto, python};
use crate::support::{acme, kickoff, outcome, root};

/// The only package in a folder.
pub fn only_package(folder: &Path) -> PathBuf {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut zips: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|e| e == "zip")).collect();
    assert_eq!(zips.len(), 1, "{zips:?}");
    zips.remove(0)
}

pub fn read(package: &Package, name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    package.read(name).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

/// The package of the recorded account, with its engagement, signed; made once for all tests.
pub fn signed() -> &'static (tempfile::TempDir, PathBuf, String) {
    static MADE: std::sync::OnceLock<(tempfile::TempDir, PathBuf, String)> = std::sync::OnceLock::new();
    MADE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("signing.key");
        let made = kickoff().args(["key", "new", "--name", "acme.example/kickoff"]).arg(&key).output().unwrap();
        let (status, public, words) = outcome(&made);
        assert_eq!(status, Some(0), "{words}");
        let out = folder.path().join("out");
        let report = kickoff()
            .arg("report")
            .arg(acme())
            .arg("--config")
            .arg(root().join("fixtures/acme-engagement/kickoff.toml"))
            .arg("--out")
            .arg(&out)
            .arg("--key")
            .arg(&key)
            .arg("--chain")
            .arg(folder.path().join("chain.jsonl"))
            .output()
            .unwrap();
        let (status, _, words) = outcome(&report);
        // One call of the recorded account was denied.
        assert_eq!(status, Some(3), "{words}");
        assert!(words.contains("Acme-Commerce-GmbH_SOC2-T2_20260701-20261231_RUN-20261123-9f25b58b_v1.zip"), "{words}");
        let package = only_package(&out);
        (folder, package, public.trim().to_owned())
    })
}

/// Unpacks with Python, which knows nothing of kickoff.
pub fn unpacked(package: &Path, to: &Path) -> PathBuf {
    let output = Command::new("python3").args(["-m", "zipfile", "-e"]).arg(package).arg(to).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let folders: Vec<PathBuf> = fs::read_dir(to).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(folders.len(), 1, "everything lies in one folder");
    folders[0].clone()
}

pub fn verify(package: &Path, more: &[&str]) -> (Option<i32>, String) {
    let output = kickoff().arg("verify").arg(package).args(more).output().unwrap();
    let (status, out, words) = outcome(&output);
    (status, out + &words)
}

#[test]
fn the_package_of_the_recorded_account_has_every_part_and_verifies_zipped_and_unpacked() {
    let (_, path, public) = signed();
    let package = Package::open(path).unwrap();
    let names: Vec<&str> = package.names().collect();
    for wanted in [
        "00_START_HERE.pdf",
        "01_Management_Report.pdf",
        "02_Workbook.xlsx",
        "03_Explorer.html",
        "10_workpapers/CC6.1/CC6.1.01.pdf",
        "20_evidence/DIGESTS.txt",
        "30_populations/POP-03_iam-users.csv",
        "40_registers/deviations.csv",
        "40_registers/pbc.csv",
        "60_machine/results.json",
        "60_machine/ocsf_2003.jsonl",
        "60_machine/kickoff.toml",
        "60_machine/facts/111122223333.json",
        "90_integrity/MANIFEST.sha256",
        "90_integrity/manifest.sig",
        "90_integrity/chain.jsonl",
        "90_integrity/signer.pub",
        "90_integrity/VERIFY.txt",
    ] {
        assert!(names.contains(&wanted), "{wanted}");
    }
    let document: Document = serde_json::from_slice(&read(&package, "60_machine/results.json")).unwrap();
    let papers = names.iter().filter(|name| name.starts_with("10_workpapers/")).count();
    assert_eq!(papers, document.run.checks.len(), "a workpaper for each control");
    for item in &document.evidence {
        for file in ["ipe.json", "ipe.txt"] {
            let name = format!("20_evidence/{}/{file}", item.id);
            assert!(names.contains(&name.as_str()), "{name}");
        }
        // How many records, or that it is one object: in data and in words.
        let text = |file: &str| read(&package, &format!("20_evidence/{}/{file}", item.id));
        let (record, words): (Value, String) =
            (serde_json::from_slice(&text("ipe.json")).unwrap(), String::from_utf8(text("ipe.txt")).unwrap());
        assert_eq!(record["population"]["records"].as_u64(), item.records, "{}", item.id);
        let said = match (item.status.as_str(), item.records) {
            ("ok", None) => "One object was returned, and no list.",
            ("ok", Some(1)) => "\n1 record was returned on ",
            ("ok", Some(records)) => &format!("\n{records} records were returned on "),
            _ => "",
        };
        assert!(words.contains(said), "{}: {words}", item.id);
    }
    assert!(names.iter().all(|name| name.len() <= 120 && name.is_ascii()));

    let (status, told) = verify(path, &["--key", public]);
    assert_eq!(status, Some(0), "{told}");
    assert!(told.contains("a key that was given"), "{told}");
    let rows = document.results.len();
    assert!(told.contains(&format!("all {rows} results were made again from the stored answers")), "{told}");

    let folder = tempfile::tempdir().unwrap();
    let unpacked = unpacked(path, folder.path());
    let (status, told) = verify(&unpacked, &["--key", public]);
    assert_eq!(status, Some(0), "{told}");
    // Without kickoff.
    if let Ok(check) = Command::new("sha256sum")
        .args(["--check", "--quiet", "90_integrity/MANIFEST.sha256"])
        .current_dir(&unpacked)
        .output()
    {
        assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stdout));
    }
}

#[test]
fn an_evidence_item_says_where_it_came_from_how_complete_it_is_and_how_to_do_it_again() {
    let (_, path, _) = signed();
    let package = Package::open(path).unwrap();
    let document: Document = serde_json::from_slice(&read(&package, "60_machine/results.json")).unwrap();
    let details = document.evidence.iter().find(|item| item.operation == "GetAccountAuthorizationDetails").unwrap();
    let folder = format!("20_evidence/{}", details.id);
    let record: Value = serde_json::from_slice(&read(&package, &format!("{folder}/ipe.json"))).unwrap();
    assert_eq!(record["evidence_id"], details.id);
    assert_eq!(record["source"]["account"], "111122223333");
    assert_eq!(record["source"]["alias"], "acme-prod");
    assert_eq!(record["source"]["environment"], "production");
    assert_eq!(record["collector"]["caller"], "arn:aws:sts::111122223333:assumed-role/KickoffReadOnly/nightly");
    assert_eq!(record["query"]["filters"], "none");
    let line = record["query"]["aws_cli"].as_str().unwrap();
    assert_eq!(line, "aws iam get-account-authorization-details --region us-east-1");
    let totals = record["population"]["control_totals"].as_array().unwrap();
    let users = totals.iter().find(|total| total["population"] == "IAM users").unwrap();
    assert_eq!((&users["counted"], &users["expected"], &users["difference"]), (&40.into(), &40.into(), &0.into()));
    assert_eq!(record["integrity"]["raw"].as_array().unwrap().len(), details.exchanges.len());
    assert!(record["reviewed_by"].is_null(), "a person reviews");
    let raw = &record["integrity"]["raw"][0];
    let bytes = read(&package, &format!("{folder}/{}", raw["file"].as_str().unwrap()));
    assert_eq!(raw["sha256"], kickoff_evidence::sha256_hex(&bytes));

    let words = String::from_utf8(read(&package, &format!("{folder}/ipe.txt"))).unwrap();
    for part in [
        details.id.as_str(),
        "111122223333 (acme-prod, production)",
        "with no parameters",
        "IAM users: 40 read by iam:GetAccountAuthorizationDetails, iam:GetAccountSummary says 40; difference 0.",
        "Re-perform: aws iam get-account-authorization-details",
        "The request ids are of http://127.0.0.1:4566, which is not AWS: no CloudTrail knows them.",
        "Acme Commerce GmbH",
    ] {
        assert!(words.contains(part), "{part}\n{words}");
    }
    let ids = String::from_utf8(read(&package, &format!("{folder}/request-ids.csv"))).unwrap();
    assert!(details.exchanges.iter().all(|exchange| ids.contains(exchange.request_id.as_deref().unwrap())));
    // Users in rows: as many as there are users.
    let rows = String::from_utf8(read(&package, &format!("{folder}/data.csv"))).unwrap();
    assert_eq!(rows.lines().filter(|line| line.contains("UserDetailList")).count(), 40);
    // Nothing that lets others in is handed over.
    let toml = String::from_utf8(read(&package, "60_machine/kickoff.toml")).unwrap();
    assert!(!toml.contains("external_id"), "{toml}");
}

/// A deviation's number is given once in a folder, whichever configuration it was found with.
#[test]
fn a_number_is_not_given_again_by_another_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let mut given: std::collections::BTreeMap<String, String> = std::collections::BTreeMap::new();
    for threshold in ["access_key_max_age_days = 3", "log_retention_min_days = 3000"] {
        let config = folder.path().join("kickoff.toml");
        fs::write(&config, format!("[thresholds]\n{threshold}\n")).unwrap();
        let report =
            kickoff().arg("report").arg(acme()).arg("--config").arg(&config).arg("--out").arg(&out).output().unwrap();
        assert_eq!(outcome(&report).0, Some(3), "{}", outcome(&report).2);
        let zips = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path());
        let newest = zips.filter(|path| path.extension().is_some_and(|e| e == "zip")).max().unwrap();
        let package = Package::open(&newest).unwrap();
        let text = read(&package, "40_registers/deviations.csv");
        let mut reader = csv::Reader::from_reader(text.as_slice());
        for row in reader.records().map(Result::unwrap) {
            let about = [3, 7, 8, 9].map(|at| row[at].to_owned()).join(" ");
            let before = given.insert(row[0].to_owned(), about.clone());
            assert!(before.is_none_or(|before| before == about), "{} is two deviations", &row[0]);
        }
    }
}

/// How many there are was worked out by hand: the numbers are those of fixtures/acme-expected.json.
#[test]
fn a_population_has_a_row_for_each_item_that_a_check_lists() {
    let (_, path, _) = signed();
    let package = Package::open(path).unwrap();
    for (name, rows) in [
        // The users, and root: the rows of the credential report.
        ("POP-40_user-credentials", 41),
        ("POP-43_access-changes", 37),
        ("POP-44_root-activity", 6),
        ("POP-45_assignments", 21),
        ("POP-46_logging-changes", 8),
        ("POP-47_recorder-changes", 4),
        ("POP-48_alarm-history", 29),
        ("POP-49_guardduty-triage", 9),
        ("POP-50_detection-paths", 15),
        ("POP-51_account-inventory", 4),
    ] {
        let text = String::from_utf8(read(&package, &format!("30_populations/{name}.csv"))).unwrap();
        assert_eq!(text.lines().count() - 1, rows, "{name}\n{text}");
    }
    let table = |name: &str| {
        let bytes = read(&package, &format!("30_populations/{name}.csv"));
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let heads = reader.headers().unwrap().clone();
        let rows = reader.records().map(Result::unwrap);
        let named =
            |row: csv::StringRecord| heads.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect();
        rows.map(named).collect::<Vec<std::collections::BTreeMap<String, String>>>()
    };
    let users = table("POP-40_user-credentials");
    let user = |name: &str| users.iter().find(|row| row["User"] == name).unwrap();
    // By the story: an inactive key is a key; breakglass-2 never signed in; svc-mailer's first key is off.
    assert_eq!([&*user("svc-partner-sftp")["Key 1"], &user("svc-mailer")["Key 1"]], ["inactive", "inactive"]);
    assert_eq!(user("breakglass-2")["Password last used"], "never, as far as is known");
    assert_eq!([&*user("vera.popov")["Password"], &user("vera.popov")["MFA"]], ["yes", "no"]);
    assert_eq!(user("svc-terraform")["Password"], "no");
    assert_eq!(user("<root_account>")["User"], users[0]["User"]);
    // Two accounts of the scope are not in the run: no list of it is complete.
    let lacking = "no: 2 accounts of the scope not asked: 444455556666, 555566667777";
    assert!(users.iter().all(|row| row["Population complete"] == lacking), "{}", users[0]["Population complete"]);
    // By the story: who is an administrator.
    let administrators = table("POP-41_administrators");
    for name in ["user/svc-sandbox", "user/svc-terraform", "user/breakglass/breakglass-1", "role/acme-legacy-migration"]
    {
        let known = administrators.iter().find(|row| row["Principal"].ends_with(name)).unwrap();
        assert_eq!(known["Standing"], "administrators", "{name}");
    }
    assert!(table("POP-42_outside-accounts").iter().any(|row| row["Outside account"] == "197171649850"));
    let changes = String::from_utf8(read(&package, "30_populations/POP-43_access-changes.csv")).unwrap();
    let heads =
        "Account ID,Time (UTC),Region,Event,Service,By,Kind of identity,Through,On,Source address,Error,Event id,";
    assert!(changes.strip_prefix('\u{feff}').unwrap().starts_with(heads), "{changes}");
    assert_eq!(changes.lines().filter(|line| line.contains(",CreateUser,")).count(), 4);
}

/// A replay may be asked for other checks than its run: the package is of what was decided.
#[test]
fn the_package_of_a_replay_with_other_checks_verifies() {
    let folder = tempfile::tempdir().unwrap();
    for (name, checks) in [("some", &["--check", "iam-root-*"][..]), ("all", &[][..])] {
        let out = folder.path().join(name);
        let scan =
            kickoff().args(["scan", "--replay"]).arg(acme()).args(checks).arg("--out").arg(&out).output().unwrap();
        assert!(matches!(outcome(&scan).0, Some(0 | 3)), "{}", outcome(&scan).2);
        let runs = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path());
        let run = runs.into_iter().find(|path| path.is_dir()).unwrap();
        let (status, told) = verify(&only_package(&run), &[]);
        assert_eq!(status, Some(0), "{name}: {told}");
        assert!(told.contains("files that list them"), "{told}");
    }
}

#[test]
fn packages_of_a_folder_form_a_chain_and_are_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let (chain, out) = (folder.path().join("chain.jsonl"), folder.path().join("out"));
    for version in 1..=2 {
        let report =
            kickoff().arg("report").arg(acme()).arg("--out").arg(&out).arg("--chain").arg(&chain).output().unwrap();
        let (status, _, words) = outcome(&report);
        assert_eq!(status, Some(3), "{words}");
        assert!(words.contains(&format!("_v{version}.zip")) && words.contains("not signed"), "{words}");
    }
    let lines = fs::read_to_string(&chain).unwrap();
    assert_eq!(lines.lines().count(), 2);
    let second =
        fs::read_dir(&out).unwrap().map(|e| e.unwrap().path()).find(|p| p.to_string_lossy().contains("_v2")).unwrap();
    let (status, told) = verify(&second, &["--digests-only"]);
    assert_eq!(status, Some(0), "{told}");
    assert!(told.contains("2 packages, this one last") && told.contains("Not signed"), "{told}");
    // An unsigned package does not satisfy who expects a signature.
    let (_, _, public) = signed();
    assert_eq!(verify(&second, &["--digests-only", "--key", public]).0, Some(1));
    // A chain from which a line was taken is not continued.
    fs::write(&chain, lines.lines().nth(1).unwrap().to_owned() + "\n").unwrap();
    let report =
        kickoff().arg("report").arg(acme()).arg("--out").arg(&out).arg("--chain").arg(&chain).output().unwrap();
    let (status, _, words) = outcome(&report);
    assert_eq!(status, Some(2), "{words}");
    assert!(words.contains("line 1"), "{words}");
}

fn boto(moto: &Moto, script: &str) -> String {
    let head = format!(
        "import boto3\ndef c(n, region='us-east-1'): return boto3.client(n, region_name=region, endpoint_url='{}', aws_access_key_id='a', aws_secret_access_key='b')\n",
        moto.endpoint
    );
    let output = Command::new(python()).arg("-c").arg(head + script).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn aws_is_asked_again_and_what_changed_is_named() {
    let moto = Moto::start();
    moto.populate("small.py");
    let out = tempfile::tempdir().unwrap();
    let scan = || {
        let args = ["scan", "--region", "us-east-1", "--no-package", "--check", "iam-user-*", "--out"];
        moto.kickoff().args(args).arg(out.path()).output().unwrap()
    };
    let first = outcome(&scan());
    assert!(matches!(first.0, Some(0 | 3)), "{first:?}");
    let run = crate::support::only_run(out.path());
    let document: Document = serde_json::from_slice(&fs::read(run.join("results.json")).unwrap()).unwrap();
    let id = |operation: &str| document.evidence.iter().find(|item| item.operation == operation).unwrap().id.clone();
    let details = id("GetAccountAuthorizationDetails");
    let again = || outcome(&moto.kickoff().args(["reperform", &details, "--from"]).arg(&run).output().unwrap());
    let (status, told, words) = again();
    assert_eq!(status, Some(0), "{told}{words}");
    assert!(told.contains("the same"), "{told}");
    boto(&moto, "c('iam').create_user(UserName='mallory')");
    let (status, told, words) = again();
    assert_eq!(status, Some(1), "{told}{words}");
    assert!(told.contains("UserDetailList") && told.contains("mallory") && told.contains("new"), "{told}");
    let unknown = moto.kickoff().args(["reperform", "E-9999", "--from"]).arg(&run).output().unwrap();
    assert_eq!(outcome(&unknown).0, Some(2));

    // The second run of the folder keeps the ids of the first, and numbers go on.
    let second = outcome(&scan());
    assert!(matches!(second.0, Some(0 | 3)), "{second:?}");
    let mut runs = fs::read_dir(out.path()).unwrap().map(|entry| entry.unwrap().path());
    let newer = runs.find(|path| path.is_dir() && *path != run).unwrap();
    let later: Document = serde_json::from_slice(&fs::read(newer.join("results.json")).unwrap()).unwrap();
    for item in &document.evidence {
        let key = (&item.region, &item.service, &item.operation);
        let twin = later.evidence.iter().find(|other| other.id == item.id).unwrap();
        assert_eq!(key, (&twin.region, &twin.service, &twin.operation), "{}", item.id);
    }
}

#[test]
fn findings_go_to_security_hub_and_a_second_push_changes_nothing() {
    let moto = Moto::start();
    moto.populate("small.py");
    boto(&moto, "c('securityhub').enable_security_hub()");
    let out = tempfile::tempdir().unwrap();
    let args = ["scan", "--region", "us-east-1", "--no-package", "--check", "iam-*", "--out"];
    let scan = outcome(&moto.kickoff().args(args).arg(out.path()).output().unwrap());
    assert!(matches!(scan.0, Some(0 | 3)), "{scan:?}");
    let push = |more: &[&str]| {
        let mut command = moto.kickoff();
        outcome(&command.args(["push", "securityhub", "--runs"]).arg(out.path()).args(more).output().unwrap())
    };
    let (status, told, words) = push(&["--dry-run"]);
    assert_eq!(status, Some(0), "{words}");
    let rows = told.split_whitespace().find_map(|word| word.parse::<usize>().ok().filter(|n| *n < 10_000)).unwrap();
    let count = "r=[f for p in c('securityhub').get_paginator('get_findings').paginate() for f in p['Findings']]; print(len(r), len({f['Id'] for f in r}))";
    assert_eq!(boto(&moto, count), "0 0", "a dry run sends nothing");
    for _ in 0..2 {
        let (status, told, words) = push(&[]);
        assert_eq!(status, Some(0), "{told}{words}");
        assert!(told.contains(&format!("{rows} of {rows} findings taken")), "{told}");
        let found = boto(&moto, count);
        let distinct: usize = found.split_whitespace().nth(1).unwrap().parse().unwrap();
        assert_eq!(distinct, rows, "{found}");
    }
}

#[test]
fn kms_signs_and_the_private_key_stays_there() {
    let moto = Moto::start();
    let arn = boto(
        &moto,
        "print(c('kms').create_key(KeyUsage='SIGN_VERIFY', KeySpec='ECC_NIST_P256')['KeyMetadata']['Arn'])",
    );
    let out = tempfile::tempdir().unwrap();
    let mut report = moto.kickoff();
    report.arg("report").arg(acme()).arg("--out").arg(out.path()).args(["--kms-key", &arn]);
    let report = outcome(&report.arg("--chain").arg(out.path().join("chain")).output().unwrap());
    assert_eq!(report.0, Some(3), "{}", report.2);
    let (status, told) = verify(&only_package(out.path()), &["--digests-only"]);
    assert_eq!(status, Some(0), "{told}");
    assert!(told.contains(&arn), "{told}");
    // A key that cannot sign a note is refused by its kind.
    let rsa =
        boto(&moto, "print(c('kms').create_key(KeyUsage='SIGN_VERIFY', KeySpec='RSA_2048')['KeyMetadata']['Arn'])");
    let mut report = moto.kickoff();
    let report = outcome(
        &report.arg("report").arg(acme()).arg("--out").arg(out.path()).args(["--kms-key", &rsa]).output().unwrap(),
    );
    assert_eq!(report.0, Some(2));
    assert!(report.2.contains("RSASSA_PSS_SHA_256") && report.2.contains("ECC_NIST_P256"), "{}", report.2);
}
