//! AWS as it may answer, and as no test server does: answers made from AWS's own models, with the least that is sent and with
//! everything, with what no model knows, and over a wire on which things go wrong. The server is `models/server.py`, which
//! says what each mode is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use jiff::{SignedDuration, Timestamp};
use kickoff_reports::Document;

use crate::support::moto::python;
use crate::support::{kickoff, models, only_run, outcome, root};

/// The server in one of its modes; ends with it.
struct Aws {
    child: Child,
    endpoint: String,
}

impl Aws {
    /// Answers the operations of a file, or all.
    fn start(mode: &str, only: Option<&Path>) -> Self {
        let mut command = Command::new(python());
        // -B: what the script imports is not compiled into the source tree.
        command.arg("-B").arg(root().join("tests/it/models/server.py")).arg(mode).args(only);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        assert!(!port.trim().is_empty(), "the server did not start");
        Self { child, endpoint: format!("http://127.0.0.1:{}", port.trim()) }
    }
}

impl Drop for Aws {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a scan left behind.
struct Scan {
    status: Option<i32>,
    stderr: String,
    document: Document,
}

/// How values of Rust look that nobody was meant to read.
const DEBUG_FORMS: [&str; 9] =
    ["Some(", "Ok(", "Err(", "Error(", "Error {", "EvidenceRef(", "ConnectorError", "SdkError", "panicked"];

/// What is printed is written for people, and the exit status is one of the documented that such a run may have.
fn is_told(mode: &str, status: Option<i32>, printed: &str) {
    assert!(matches!(status, Some(0 | 1 | 3)), "{mode}: {status:?}\n{printed}");
    let forms: Vec<&str> = DEBUG_FORMS.into_iter().filter(|form| printed.contains(form)).collect();
    assert!(forms.is_empty(), "{mode} prints {forms:?}\n{printed}");
    assert!(!printed.contains("error of kickoff"), "{mode}\n{printed}");
}

/// Scans two regions, decides again from what was stored, and compares byte for byte; the law holds for both.
fn scan(mode: &str, only: &[&str]) -> Scan {
    let folder = tempfile::tempdir().unwrap();
    let (live, again, ids) = (folder.path().join("live"), folder.path().join("again"), folder.path().join("ids"));
    fs::write(&ids, only.join("\n")).unwrap();
    let server = Aws::start(mode, (!only.is_empty()).then_some(&*ids));
    let mut command = kickoff();
    command
        .env("AWS_ENDPOINT_URL", &server.endpoint)
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "x")
        .env("AWS_SESSION_TOKEN", "tok")
        .env("AWS_REGION", "us-east-1")
        .args(["scan", "--region", "us-east-1", "--region", "eu-west-1", "--out"])
        .arg(&live);
    let (status, stdout, stderr) = outcome(&command.output().unwrap());
    drop(server);
    is_told(mode, status, &format!("{stdout}{stderr}"));
    let run = only_run(&live);

    let mut replay = kickoff();
    // The package of the live run was verified, and is made of the same.
    replay.args(["scan", "--no-package", "--replay"]).arg(&run).arg("--out").arg(&again);
    let (replayed, told, words) = outcome(&replay.output().unwrap());
    is_told(mode, replayed, &format!("{told}{words}"));
    assert_eq!(replayed, status, "{mode}: the replay ends otherwise\n{words}");
    let results = fs::read(run.join("results.json")).unwrap();
    assert!(results == fs::read(only_run(&again).join("results.json")).unwrap(), "{mode}: the replay tells otherwise");
    Scan { status, stderr, document: serde_json::from_slice(&results).unwrap() }
}

/// What all other modes are held against.
fn all() -> &'static Scan {
    static ALL: OnceLock<Scan> = OnceLock::new();
    ALL.get_or_init(|| scan("all", &[]))
}

/// Check, account, region, resource.
type Place = (String, String, String, String);
/// Status, what was observed, why.
type Told = (String, String, Option<String>);

fn rows(document: &Document) -> BTreeMap<Place, Told> {
    let mut rows = BTreeMap::new();
    for row in &document.results {
        let place = (row.check.to_string(), row.account.to_string(), row.region.to_string(), row.resource.clone());
        let twice = rows.insert(place, (row.status.to_string(), row.observed.clone(), row.reason.clone()));
        assert_eq!(twice, None, "two results of one place: {} of {}", row.check, row.resource);
    }
    rows
}

fn decided(status: &str) -> bool {
    matches!(status, "pass" | "fail")
}

/// The days by which a run reckons: its own, and that of the ages of what the server tells, whose times are all 03:17.
fn days(document: &Document) -> [String; 2] {
    let started: Timestamp = document.run.started.parse().unwrap();
    [started, started - SignedDuration::from_mins(3 * 60 + 17)].map(|at| at.strftime("%Y-%m-%d").to_string())
}

/// Operation and region with their status and their records; how many calls and pages that took may differ.
fn coverage(document: &Document) -> BTreeMap<(String, String), (String, Option<u64>)> {
    let row = |row: &kickoff_reports::results::Coverage| {
        ((format!("{}:{}", row.service, row.operation), row.region.clone()), (row.status.clone(), row.items))
    };
    document.coverage.iter().map(row).collect()
}

/// Where a scan says something else than the one in which nothing goes wrong.
fn differences(mode: &str, document: &Document) -> Vec<String> {
    let whole = &all().document;
    let mut wrong = Vec::new();
    let (was, is) = (rows(whole), rows(document));
    // Between two days ages differ, and periods.
    let same_day = days(whole) == days(document);
    let places: BTreeSet<&Place> = was.keys().chain(is.keys()).collect();
    for place in places {
        let same = match (was.get(place), is.get(place)) {
            (Some(was), Some(is)) if !same_day => was.0 == is.0,
            (was, is) => was == is,
        };
        if !same {
            wrong.push(format!("{mode}: {place:?}\n  was {:?}\n  is  {:?}", was.get(place), is.get(place)));
        }
    }
    let (was, is) = (coverage(whole), coverage(document));
    let asked: BTreeSet<_> = was.keys().chain(is.keys()).collect();
    for call in asked {
        if was.get(call) != is.get(call) {
            wrong.push(format!("{mode}: {call:?}\n  was {:?}\n  is  {:?}", was.get(call), is.get(call)));
        }
    }
    wrong
}

/// Everything was read, and everything that is counted twice ties.
fn is_whole(mode: &str, scan: &Scan) {
    assert_eq!(scan.document.shortfalls(), Vec::<String>::new(), "{mode}");
    assert_eq!(scan.status, Some(0), "{mode}\n{}", scan.stderr);
}

#[test]
fn every_member_of_the_models_can_be_read() {
    // Not asked of this account: EC2 for regions, which Account Management tells; a member for GuardDuty's settings of the
    // organization; buckets for a region that their list tells.
    const UNASKED: [&str; 3] =
        ["ec2:DescribeRegions", "guardduty:DescribeOrganizationConfiguration", "s3:GetBucketLocation"];
    is_whole("all", all());
    assert!(all().document.results.len() > 250, "{}", all().document.results.len());
    let asked: BTreeSet<String> = coverage(&all().document).into_keys().map(|(id, _)| id).collect();
    let unasked = models::all().keys().map(String::as_str).filter(|id| !asked.contains(*id));
    let unasked: Vec<&str> = unasked.filter(|id| *id != "securityhub:BatchImportFindings").collect();
    assert_eq!(unasked, UNASKED);
}

#[test]
fn members_that_no_model_knows_change_nothing() {
    let unknown = scan("unknown", &[]);
    is_whole("unknown", &unknown);
    let wrong = differences("unknown", &unknown.document);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Checks that pass by what an answer leaves out, and why that is right.
const LEFT_OUT: [(&str, &str); 8] = [
    (
        "cloudtrail-bucket-retention",
        "a trail without a prefix writes beneath none, and a rule without an end ends nothing",
    ),
    ("config-recorder-enabled", "whether it records is told; a status comes with the first delivery"),
    ("iam-no-inline-policies", "IAM leaves out the list of who has none (samples of GetAccountAuthorizationDetails)"),
    (
        "iam-unattached-policy-no-admin",
        "the document decides; without a count the policy is among those that nobody has",
    ),
    ("iam-user-permissions-via-groups", "as for inline policies"),
    ("logs-retention-min", "without a retention events never expire (CloudWatch Logs API Reference, LogGroup)"),
    ("securityhub-enabled", "a control can be switched off without a reason, and the result says so"),
    ("sso-session-duration", "without a duration a session lasts an hour (IAM Identity Center, CreatePermissionSet)"),
];

#[test]
fn what_aws_may_leave_out_is_no_gap_and_no_reason_to_pass() {
    let least = scan("least", &[]);
    is_whole("least", &least);
    let was = rows(&all().document);
    let same_day = days(&all().document) == days(&least.document);
    let mut wrong = Vec::new();
    for (place, told) in rows(&least.document) {
        // What is left out changes what is observed: where that is the same, the members that are always sent decide.
        let same = was.get(&place).is_some_and(|was| *was == told || (!same_day && was.0 == told.0));
        if told.0 == "pass" && !same && !LEFT_OUT.iter().any(|(check, _)| *check == place.0) {
            wrong.push(format!("{place:?} {told:?}\n  was {:?}", was.get(&place)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn where_there_is_nothing_nothing_passes_and_nothing_fails() {
    const OF_NO_LIST: [&str; 3] = ["AWS::Account", "AWS::Region", "AWS::Organizations::Organization"];
    let empty = scan("empty", &[]);
    is_whole("empty", &empty);
    // Root is there without being listed.
    let of_resources =
        empty.document.results.iter().filter(|row| {
            !OF_NO_LIST.contains(&&*row.resource_type) && row.resource != "arn:aws:iam::111122223333:root"
        });
    let judged: Vec<String> = of_resources
        .filter(|row| decided(&row.status))
        .map(|row| format!("{} {} {}: {}", row.check, row.region, row.resource, row.status))
        .collect();
    assert!(judged.is_empty(), "{}", judged.join("\n"));
    // Each check still says something.
    let checks =
        |document: &Document| document.results.iter().map(|row| row.check.to_string()).collect::<BTreeSet<_>>();
    assert_eq!(checks(&empty.document), checks(&all().document));
}

/// Checks that say nothing where another one fails: what they look at is not on. Where its state is one that nobody knows,
/// the other says so.
const GATES: [(&str, &str); 6] = [
    ("accessanalyzer-external-findings", "accessanalyzer-external-enabled"),
    ("guardduty-malware-protection", "guardduty-enabled"),
    ("guardduty-protection-plans", "guardduty-enabled"),
    ("inspector-findings-age", "inspector-enabled"),
    ("monitor-guardduty-routing", "guardduty-enabled"),
    ("securityhub-findings-age", "securityhub-enabled"),
];

#[test]
fn a_value_that_nobody_knows_excuses_nothing() {
    let enums = scan("enums", &[]);
    is_whole("enums", &enums);
    let (was, is) = (rows(&all().document), rows(&enums.document));
    let mut wrong = Vec::new();
    for (place, told) in &is {
        if told.0 == "pass" && was.get(place).is_none_or(|was| was.0 != "pass") {
            wrong.push(format!("passes: {place:?} {told:?}\n  was {:?}", was.get(place)));
        }
    }
    for (place, told) in was.iter().filter(|(_, told)| told.0 == "fail") {
        let (check, account, region, _) = place;
        let gate = GATES.iter().find(|(name, _)| name == check).map(|(_, gate)| *gate);
        let fails = |gate: &str| is.iter().any(|(p, told)| p.0 == gate && p.2 == *region && told.0 == "fail");
        if gate.is_some_and(fails) {
            continue;
        }
        // What failed is not told away: as a thing that is not there, that does not apply or that nobody need look at.
        let open = match is.get(place) {
            Some(now) => !matches!(now.0.as_str(), "not-applicable" | "no-population"),
            None => is.iter().any(|(p, now)| {
                (&p.0, &p.1) == (check, account) && matches!(now.0.as_str(), "fail" | "manual" | "not-evaluated")
            }),
        };
        if !open {
            wrong.push(format!("told away: {place:?}\n  was {told:?}\n  is  {:?}", is.get(place)));
        }
    }
    // A state that nobody knows is not called by the name of another one.
    for row in enums.document.results.iter().filter(|row| row.check == "guardduty-enabled") {
        if row.observed.contains("suspended") {
            wrong.push(format!("{}: {}", row.region, row.observed));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn times_of_all_ages_and_forms_are_read() {
    let times = scan("times", &[]);
    is_whole("times", &times);
    let rows = rows(&times.document);
    let of = |name: &str| {
        let arn = format!("arn:aws:iam::111122223333:server-certificate/{name}");
        let place = ["iam-expired-server-cert", "111122223333", "us-east-1"].map(str::to_owned);
        let [check, account, region] = place;
        let told = &rows[&(check, account, region, arn)];
        (told.0.as_str(), told.1.as_str())
    };
    // RFC 5280, section 4.1.2.5: a certificate that never ends has 99991231235959Z.
    assert_eq!(of("www-1"), ("pass", "expires 9999-12-31"));
    assert_eq!(of("www-2"), ("fail", "expired 1969-12-30"));
    // No answer lacks a time.
    let undated: Vec<String> = times
        .document
        .results
        .iter()
        .filter(|row| row.observed.contains("no date"))
        .map(|row| format!("{} {}: {}", row.check, row.resource, row.observed))
        .collect();
    assert!(undated.is_empty(), "{}", undated.join("\n"));
}

#[test]
fn long_and_odd_texts_decide_nothing_and_break_no_line() {
    let long = scan("long", &[]);
    is_whole("long", &long);
    let was = rows(&all().document);
    let changed: Vec<String> = rows(&long.document)
        .iter()
        .filter(|(place, told)| was.get(*place).is_some_and(|was| was.0 != told.0))
        .map(|(place, told)| format!("{place:?} {}", told.0))
        .collect();
    assert!(changed.is_empty(), "{}", changed.join("\n"));
    // Names of others stand in a line of their own making: they neither end it nor turn it around.
    assert!(!long.stderr.contains('\u{202e}'), "{}", long.stderr);
    assert!(!long.stderr.contains("\nbreak"), "{}", long.stderr);
}

#[test]
fn a_wire_on_which_things_go_wrong_loses_nothing() {
    let mut wrong = Vec::new();
    for mode in ["idle", "throttled", "retry-after", "clock", "report", "cut"] {
        let disturbed = scan(mode, &[]);
        wrong.extend(differences(mode, &disturbed.document));
        if mode == "clock" {
            assert!(disturbed.stderr.contains("20 minutes behind AWS's"), "{}", disturbed.stderr);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The same request but for its token is another one: what was stored of one page is not told for the next.
#[test]
fn lists_in_pages_are_whole_live_and_on_replay() {
    let pages = scan("pages", &[]);
    let wrong = differences("pages", &pages.document);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn credentials_that_end_on_the_way_lose_nothing_that_was_read() {
    let expired = scan("expired", &[]);
    assert_eq!(expired.status, Some(3), "{}", expired.stderr);
    let lacking: Vec<_> = expired.document.coverage.iter().filter(|row| row.is_lacking()).collect();
    assert!(lacking.len() > 20, "{}", lacking.len());
    let whole = coverage(&all().document);
    let mut wrong = Vec::new();
    for row in &lacking {
        let reason = row.reason.as_deref().unwrap_or_default();
        if !reason.contains("Expired") {
            wrong.push(format!("{}:{} in {}: {reason}", row.service, row.operation, row.region));
        }
        // They were not refused for want of a permission, in whichever way a service says that they ended.
        if row.status != "failed" {
            wrong.push(format!("{}:{} in {} is {}", row.service, row.operation, row.region, row.status));
        }
    }
    // What was read before is as it was: a whole answer is no smaller.
    for (call, (status, items)) in coverage(&expired.document) {
        let before = whole.get(&call);
        if status == "ok" && before.is_some_and(|(_, all)| items > *all) {
            wrong.push(format!("{call:?} has {items:?} of {before:?}"));
        }
    }
    assert!(expired.document.coverage.iter().any(|row| row.status == "ok"));
    let was = rows(&all().document);
    let now = rows(&expired.document);
    for (place, told) in now.iter().filter(|(_, told)| decided(&told.0)) {
        if was.get(place).map(|was| &was.0) != Some(&told.0) {
            wrong.push(format!("{place:?} {told:?}\n  was {:?}", was.get(place)));
        }
    }
    // No check is silent.
    let checks = |rows: &BTreeMap<Place, Told>| rows.keys().map(|place| place.0.clone()).collect::<BTreeSet<_>>();
    assert_eq!(checks(&now), checks(&was));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every list that was asked for and has pages is a gap with a reason.
fn unending(mode: &str, scan: &Scan, told: &[&str], lists: &[&str]) {
    assert_eq!(scan.status, Some(3), "{mode}\n{}", scan.stderr);
    let mut found = BTreeSet::new();
    for row in &scan.document.coverage {
        let id = format!("{}:{}", row.service, row.operation);
        if !lists.contains(&&*id) {
            continue;
        }
        let reason = row.reason.as_deref().unwrap_or_default();
        assert_eq!(row.status, "failed", "{mode}: {id} in {}", row.region);
        assert!(told.iter().any(|part| reason.contains(part)), "{mode}: {id} in {}: {reason}", row.region);
        found.insert(id);
    }
    assert!(found.len() >= lists.len().min(30), "{mode}: {found:?}");
}

#[test]
fn lists_without_an_end_are_gaps() {
    let ids: Vec<&str> = models::all().keys().map(String::as_str).collect();
    // CloudTrail's history would be asked for twice a second, name by name; of Inspector's findings the oldest are enough; of
    // GuardDuty's organization the settings stand on each page.
    let apart = ["cloudtrail:LookupEvents", "guardduty:DescribeOrganizationConfiguration", "inspector2:ListFindings"];
    let paged = |id: &&str| !models::of(id)["pages"].is_null() && !apart.contains(id);

    let asked: Vec<&str> = ids.iter().copied().filter(|id| *id != apart[0]).collect();
    let lists: Vec<&str> = ids.iter().copied().filter(paged).collect();
    unending("same-token", &scan("same-token", &asked), &["the same page token twice"], &lists);

    // A thousand pages at the pace of a service take minutes: those are asked that are quick, or end by another bound.
    let lists = ["cloudwatch:DescribeAlarmHistory", "ec2:DescribeVpcs", "events:ListRules"];
    let asked: Vec<&str> = ids.iter().copied().filter(|id| models::of(id)["pages"].is_null()).chain(lists).collect();
    let told = ["1000 pages in a row without a record", "there are more than 0 records"];
    unending("endless", &scan("endless", &asked), &told, &lists);
}
