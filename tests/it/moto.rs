//! Against the AWS API as moto serves it: the whole program, with real HTTP between.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use kickoff_aws::connector;
use kickoff_evidence::package::Package;
use kickoff_evidence::{Archive, Run};
use kickoff_facts::Need;
use kickoff_reports::Document;

use crate::support::moto::Moto;
use crate::support::session::collected;
use crate::support::{only_run, outcome};

const REGIONS: [&str; 6] = ["--region", "us-east-1", "--region", "eu-west-1", "--region", "us-west-2"];

fn statuses<'a>(document: &'a Document, check: &str) -> BTreeMap<&'a str, &'a str> {
    let rows = document.results.iter().filter(|row| row.check == check);
    rows.map(|row| (row.resource.as_str(), row.status.as_str())).collect()
}

fn read(run: &Path) -> Document {
    serde_json::from_slice(&fs::read(run.join("results.json")).unwrap()).unwrap()
}

#[test]
fn a_live_scan_decides_keeps_the_answers_and_replays_to_the_same() {
    let moto = Moto::start();
    moto.populate("small.py");
    let out = tempfile::tempdir().unwrap();
    let scan = moto.kickoff().arg("scan").args(REGIONS).arg("--out").arg(out.path()).output().unwrap();
    let (status, stdout, stderr) = outcome(&scan);
    // moto lacks some operations: the scan says so, by name, and ends with "coverage is incomplete".
    assert_eq!(status, Some(3), "{stderr}");
    assert!(stderr.contains("accessanalyzer:ListAnalyzers"), "{stderr}");
    let run = only_run(out.path());
    let document = read(&run);

    // Worked out from the population script and AWS's rules.
    let user = |name: &str| format!("arn:aws:iam::111122223333:user/{name}");
    let pair = |name: &str, status: &'static str| (user(name), status);
    for (check, expected) in [
        ("iam-user-console-mfa", vec![pair("alice", "pass"), pair("bob", "fail")]),
        ("iam-user-in-group", vec![pair("alice", "pass"), pair("bob", "pass"), pair("carol", "fail")]),
        ("iam-user-permissions-via-groups", vec![pair("alice", "pass"), pair("bob", "pass"), pair("carol", "fail")]),
        ("iam-user-access-key-age", vec![pair("carol/access-key-1", "pass")]),
        ("iam-password-policy-length", vec![("account/111122223333".to_owned(), "pass")]),
        (
            "cloudtrail-log-validation",
            vec![
                // It was switched on a moment ago: its first digest is to come.
                ("arn:aws:cloudtrail:us-east-1:111122223333:trail/main".to_owned(), "manual"),
                ("arn:aws:cloudtrail:eu-west-1:111122223333:trail/old".to_owned(), "fail"),
            ],
        ),
        (
            "cloudtrail-multi-region",
            vec![
                ("region/us-east-1".to_owned(), "pass"),
                ("region/eu-west-1".to_owned(), "pass"),
                ("region/us-west-2".to_owned(), "pass"),
            ],
        ),
        (
            "guardduty-enabled",
            vec![
                ("region/us-east-1".to_owned(), "pass"),
                ("region/eu-west-1".to_owned(), "fail"),
                ("region/us-west-2".to_owned(), "fail"),
            ],
        ),
        (
            "monitor-alarm-has-action",
            vec![
                ("arn:aws:cloudwatch:us-east-1:111122223333:alarm:told".to_owned(), "pass"),
                ("arn:aws:cloudwatch:us-east-1:111122223333:alarm:untold".to_owned(), "fail"),
            ],
        ),
        (
            "logs-retention-min",
            vec![
                ("arn:aws:logs:us-east-1:111122223333:log-group:/app/long".to_owned(), "pass"),
                ("arn:aws:logs:us-east-1:111122223333:log-group:/app/for-ever".to_owned(), "pass"),
                ("arn:aws:logs:us-east-1:111122223333:log-group:/app/short".to_owned(), "fail"),
            ],
        ),
        ("org-membership", vec![("account/111122223333".to_owned(), "fail")]),
        ("org-all-features", vec![("account/111122223333".to_owned(), "not-applicable")]),
    ] {
        let expected: BTreeMap<&str, &str> = expected.iter().map(|(r, s)| (r.as_str(), *s)).collect();
        assert_eq!(statuses(&document, check), expected, "{check}");
    }
    // What moto does not have is not known, never none.
    for check in ["accessanalyzer-external-enabled", "accessanalyzer-unused-access"] {
        assert!(statuses(&document, check).values().all(|status| *status == "not-evaluated"), "{check}");
    }

    // The evidence: every call with request id, times and who asked; stamped as not AWS's.
    assert_eq!(document.run.foreign_endpoints, [moto.endpoint.as_str()]);
    assert!(document.run.accounts[0].caller.starts_with("arn:aws:"), "{:?}", document.run.accounts);
    let archive = Archive::open(&run.join("exchanges/111122223333.jsonl.zst")).unwrap();
    let id = &document.run.id;
    for position in 0..u32::try_from(archive.len()).unwrap() {
        let exchange = archive.read(position).unwrap();
        let agent = &exchange.request.headers["user-agent"];
        assert!(agent.starts_with(&format!("kickoff/{} run/{id} ", env!("CARGO_PKG_VERSION"))), "{agent}");
        assert!(exchange.request.uri.starts_with(&moto.endpoint), "{}", exchange.request.uri);
        assert!(exchange.started <= exchange.finished);
    }

    // Facts cite the evidence that they were read from.
    let facts: serde_json::Value =
        serde_json::from_slice(&fs::read(run.join("facts/111122223333.json")).unwrap()).unwrap();
    let cited = facts["global"]["credential_report"]["evidence"].as_array().unwrap();
    let operations: Vec<&str> = cited
        .iter()
        .map(|id| {
            let item = document.evidence.iter().find(|item| Some(item.id.as_str()) == id.as_str());
            item.expect("the id stands in the results").operation.as_str()
        })
        .collect();
    assert_eq!(operations, ["GenerateCredentialReport", "GetCredentialReport"]);

    // Readable by the owner only.
    #[cfg(unix)]
    for entry in walk(&run) {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&entry).unwrap().permissions().mode() & 0o077;
        assert_eq!(mode, 0, "{}", entry.display());
    }

    // The replay decides the same from the same bytes.
    let again = tempfile::tempdir().unwrap();
    let replay = crate::support::kickoff()
        .arg("scan")
        .arg("--replay")
        .arg(&run)
        .arg("--out")
        .arg(again.path())
        .output()
        .unwrap();
    assert_eq!(outcome(&replay).0, Some(3), "{}", outcome(&replay).2);
    let replayed = only_run(again.path());
    assert_eq!(
        fs::read_to_string(run.join("results.json")).unwrap(),
        fs::read_to_string(replayed.join("results.json")).unwrap()
    );
    assert_eq!(fs::read(run.join("report.html")).unwrap(), fs::read(replayed.join("report.html")).unwrap());

    no_secrets(&[run, replayed], &[stdout, stderr]);
}

/// Credentials of the environment, and what the population script planted in tags, descriptions, targets and addresses.
const SECRETS: [&str; 9] = [
    "wJalrXUtnFEMIplantedSECRETKEY",
    "FwoGZXIvYXdzPlantedSessionToken",
    "wJalrXUtnFEMIK7MDENGbPxRfiCYPLANTEDKEY",
    "Planted-Passw0rd",
    "Planted-Db-Passw0rd",
    "planted-hook-token",
    "planted-environment-value",
    "AWS4-HMAC-SHA256 Credential=",
    "AWS4-HMAC-SHA256\nCredential=",
];

fn no_secrets(runs: &[std::path::PathBuf], printed: &[String]) {
    let mut texts: Vec<(String, Vec<u8>)> =
        printed.iter().map(|text| ("printed".to_owned(), text.clone().into_bytes())).collect();
    let (mut archives, mut packages) = (0, 0);
    for path in runs.iter().flat_map(|run| walk(run)).filter(|path| path.is_file()) {
        if path.extension().is_some_and(|e| e == "zip") {
            let package = Package::open(&path).unwrap();
            packages += 1;
            for name in package.names().map(str::to_owned).collect::<Vec<_>>() {
                texts.push((format!("{}: {name}", path.display()), crate::package::read(&package, &name)));
            }
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        let bytes = if path.extension().is_some_and(|e| e == "zst") {
            archives += 1;
            zstd::decode_all(bytes.as_slice()).unwrap()
        } else {
            bytes
        };
        texts.push((path.display().to_string(), bytes));
    }
    // A replay holds its answers too: its folder is a run.
    assert_eq!((archives, packages), (runs.len(), runs.len()));
    for (name, bytes) in &texts {
        // As text, and as JSON in JSON has it.
        let text = String::from_utf8_lossy(bytes);
        for secret in SECRETS {
            let at = text.find(secret);
            let around: Option<String> = at.map(|at| text[at..].chars().take(160).collect());
            assert_eq!(around, None, "{secret} stands in {name}");
        }
    }
    let run = Run::open(&runs[0]).unwrap();
    let archive = run.archive("111122223333").unwrap();
    let redactions: BTreeMap<String, u32> = (0..u32::try_from(archive.len()).unwrap())
        .flat_map(|at| archive.read(at).unwrap().response.map(|r| r.redactions).unwrap_or_default())
        .fold(BTreeMap::new(), |mut all, redaction| {
            *all.entry(redaction.what).or_default() += redaction.count;
            all
        });
    // Each kind was there to be found, and its redaction is disclosed.
    for what in ["AWS secret key", "password in an address", "endpoint", "input"] {
        assert!(redactions.contains_key(what), "{what}: {redactions:?}");
    }
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut all = vec![folder.to_owned()];
    let mut at = 0;
    while at < all.len() {
        if all[at].is_dir() {
            let entries = fs::read_dir(&all[at]).unwrap().map(|e| e.unwrap().path()).collect::<Vec<_>>();
            all.extend(entries);
        }
        at += 1;
    }
    all
}

#[test]
fn an_account_of_many_that_cannot_be_entered_is_a_gap_and_not_the_end() {
    let moto = Moto::start();
    moto.populate("small.py");
    let out = tempfile::tempdir().unwrap();
    let config = out.path().join("kickoff.toml");
    fs::write(
        &config,
        "[scope]\nregions = [\"us-east-1\"]\n\
         [[scope.accounts]]\nid = \"111122223333\"\nname = \"Main\"\nenvironment = \"production\"\n\
         [[scope.accounts]]\nid = \"444455556666\"\nname = \"Other\"\nrole = \"KickoffReadOnly\"\n\
         [[scope.accounts]]\nid = \"777788889999\"\nprofile = \"missing\"\n",
    )
    .unwrap();
    let runs = out.path().join("runs");
    let scan = moto.kickoff().arg("scan").arg("--config").arg(&config).arg("--out").arg(&runs).output().unwrap();
    let (status, _, stderr) = outcome(&scan);
    assert_eq!(status, Some(3), "{stderr}");
    let document = read(&only_run(&runs));
    assert_eq!(document.run.accounts.len(), 3);
    assert_eq!(document.run.accounts[0].environment.as_deref(), Some("production"));
    let of = |account: &str| document.results.iter().filter(|row| row.account == account).collect::<Vec<_>>();
    assert!(of("111122223333").iter().any(|row| row.status == "pass"));
    // moto hands out credentials for any role, and they turn out to be for another account: they must not be used.
    let why = |account: &str| {
        let row = document.coverage.iter().find(|row| row.account == account && row.operation == "AssumeRole");
        row.and_then(|row| row.reason.clone()).unwrap_or_default()
    };
    assert!(why("444455556666").contains("belong to account 111122223333"), "{stderr}");
    assert!(why("777788889999").contains("there is no profile \"missing\""), "{}", why("777788889999"));
    for account in ["444455556666", "777788889999"] {
        let closed = of(account);
        assert!(closed.iter().any(|row| row.status == "not-evaluated"), "{account}");
        assert!(!closed.iter().any(|row| matches!(row.status.as_str(), "pass" | "fail")), "{account}");
    }
}

/// Families that no check asks for yet are collected as the others are: the checks to come build on them.
#[test]
fn the_tree_of_the_organization_and_policies_of_logs_are_collected() {
    let moto = Moto::start();
    moto.populate("organization.py");
    let needs = [Need::OrganizationTree, Need::LogResourcePolicies];
    let facts = collected(connector(None).unwrap(), Some(&moto.endpoint), "us-east-1", &needs).facts;

    let tree = facts.global.organization_tree.get().unwrap().as_ref().expect("the management account speaks");
    let unit = |name: &str| tree.iter().find(|node| node.name == name).unwrap();
    assert_eq!(tree.len(), 3);
    assert_eq!(unit("Root").accounts, ["111122223333"]);
    assert_eq!(unit("Workloads").parent.as_ref(), Some(&unit("Root").id));
    assert_eq!(unit("Production").parent.as_ref(), Some(&unit("Workloads").id));
    assert_eq!(unit("Production").accounts.len(), 1);
    let policies = facts.regions["us-east-1"].log_resource_policies.get().unwrap();
    assert_eq!(policies.len(), 1);
    assert!(policies[0].document.contains("route53.amazonaws.com"));
}

#[test]
fn instances_tell_their_role_and_only_keys_that_could_open_something_are_asked_for() {
    let moto = Moto::start();
    moto.populate("credentials.py");
    let facts = collected(
        connector(None).unwrap(),
        Some(&moto.endpoint),
        "eu-west-1",
        &[Need::Instances, Need::UserSshKeys, Need::ServiceCredentials],
    )
    .facts;

    let instances = facts.regions["eu-west-1"].instances.get().unwrap();
    let mut told: Vec<_> = instances.iter().map(|i| (i.name.as_deref(), i.profile.as_deref(), &*i.state)).collect();
    told.sort_unstable();
    let profile = "arn:aws:iam::111122223333:instance-profile/app";
    assert_eq!(told, [(None, None, "running"), (Some("app"), Some(profile), "running")]);
    let keys = facts.global.user_ssh_keys.get().unwrap();
    assert_eq!(keys.iter().map(|user| user.user.as_str()).collect::<Vec<_>>(), ["git"]);
    let key = &keys[0].keys.get().unwrap()[0];
    assert!(key.active && key.uploaded.is_some() && key.id.starts_with("APKA"), "{key:?}");
    // moto does not know the parameter that asks for all users: not known, never none.
    assert!(facts.global.service_credentials.get().is_err());
}
