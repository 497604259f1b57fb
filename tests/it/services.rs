//! Service by service: what the checks say of a population on a moto server, against cases worked out by hand. The cases
//! are data beside the population, `populate/services/NAME.expect.tsv`, and read when the test runs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use kickoff_reports::Document;

use crate::support::moto::Moto;
use crate::support::{only_run, outcome, root};

/// Fewer would say little of a service.
const LEAST: usize = 10;

/// A check, a region and a resource.
type Place = (String, String, String);

/// The cases of a service: for each place a status and a part of what is observed, or of the reason.
///
/// A line has five columns with tabs between; `#` begins a remark. `{name}` stands for what the script printed under the
/// name: ids that the server gives.
fn cases(name: &str, printed: &str) -> BTreeMap<Place, (String, String)> {
    let path = root().join(format!("tests/it/populate/services/{name}.expect.tsv"));
    let mut text = fs::read_to_string(path).unwrap();
    for line in printed.lines() {
        let (name, value) = line.split_once('\t').expect("a name, a tab and a value");
        text = text.replace(&format!("{{{name}}}"), value);
    }
    let mut cases = BTreeMap::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let columns: Vec<String> = line.split('\t').map(str::to_owned).collect();
        let [check, region, resource, status, part] =
            columns.try_into().unwrap_or_else(|_| panic!("not five columns: {line}"));
        assert!(!part.is_empty(), "nothing is expected to be told: {line}");
        let twice = cases.insert((check, region, resource), (status, part));
        assert_eq!(twice, None, "the same place twice: {line}");
    }
    cases
}

/// Scans a service's population with the checks that its cases name, in two regions or where `NAME.toml` says. All results
/// of these checks must be among the cases: what nobody expected is a mismatch too.
fn service(name: &str, moto: &Moto) {
    let printed = moto.populate(&format!("services/{name}.py"));
    let cases = cases(name, &printed);
    assert!(cases.len() >= LEAST, "{} cases for {name}", cases.len());

    let out = tempfile::tempdir().unwrap();
    let mut scan = moto.kickoff();
    scan.args(["scan", "--no-package", "--out"]).arg(out.path());
    let config = root().join(format!("tests/it/populate/services/{name}.toml"));
    if config.exists() {
        scan.arg("--config").arg(config);
    } else {
        scan.args(["--region", "us-east-1", "--region", "eu-west-1"]);
    }
    for check in cases.keys().map(|(check, _, _)| check.as_str()).collect::<BTreeSet<_>>() {
        scan.args(["--check", check]);
    }
    let (status, _, stderr) = outcome(&scan.output().unwrap());
    // moto has no account:ListRegions, at the least: coverage is never complete.
    assert_eq!(status, Some(3), "{stderr}");
    let results = fs::read(only_run(out.path()).join("results.json")).unwrap();
    let document: Document = serde_json::from_slice(&results).unwrap();

    let mut mismatches = Vec::new();
    let mut open: BTreeSet<&Place> = cases.keys().collect();
    for row in &document.results {
        let place = (row.check.to_string(), row.region.to_string(), row.resource.clone());
        let told = format!("{}\t{}", row.observed, row.reason.as_deref().unwrap_or_default());
        let found = format!("{} {} {}: {}, {told}", row.check, row.region, row.resource, row.status);
        match cases.get(&place) {
            None => mismatches.push(format!("not among the cases: {found}")),
            Some((status, part)) if *status != row.status || !told.contains(part) => {
                mismatches.push(format!("expected {status} with {part:?}: {found}"));
            }
            Some(_) => {}
        }
        open.remove(&place);
    }
    mismatches.extend(open.into_iter().map(|place| format!("no result: {place:?}")));
    assert!(mismatches.is_empty(), "{name}\n{}\n{stderr}", mismatches.join("\n"));
}

macro_rules! services {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            service(stringify!($name), &Moto::start());
        }
    )*};
}

services! {
    billing cloudtrail cloudwatch config detection ec2 elbv2 events guardduty iam_policies iam_roles iam_users inspector
    kms logs organizations rds s3 securityhub sns sqs sso ssm
}

/// Roles in other accounts are assumed, and each account is judged by its own answers.
#[test]
fn accounts() {
    service("accounts", &Moto::of_many_accounts());
}
