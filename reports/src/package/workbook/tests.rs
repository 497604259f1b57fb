//! A small dossier made by hand, written and read back.

use std::collections::{BTreeMap, HashMap};
use std::io::Cursor;
use std::path::Path;

use calamine::{Data, DataType as _, Reader as _, Xlsx};
use kickoff_checks::CRITERIA;
use kickoff_engagement::requests::{RequestStatus, default_list, statuses};
use kickoff_engagement::risks::{RegisterEntry, register};
use kickoff_engagement::{Engagement, findings};
use kickoff_policy::account::AccountData;
use kickoff_policy::actions::ActionTable;
use kickoff_policy::estate::{Around, Estate};
use kickoff_policy::review::{Assigned, Credentials, Inputs, Review, review};
use serde_json::{Value, json};

use super::super::dossier::Dossier;
use super::super::sources::Sources;
use super::*;
use crate::inventory::{Asset, Inventory, Placed, Property, Standing};
use crate::results::Document;

const ACCOUNT: &str = "111122223333";
const FORMULA: &str = "=HYPERLINK(\"x\")";

struct Made {
    document: Document,
    engagement: Engagement,
    inventory: Inventory,
    deviations: BTreeMap<[String; 4], String>,
}

fn user(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:user/{name}")
}

fn result(check: &str, status: &str, resource: &str, kind: &str, evidence: &str) -> Value {
    json!({
        "check": check, "title": "t", "status": status, "severity": "high", "criteria": ["CC6.1"], "account": ACCOUNT,
        "region": "us-east-1", "resource": resource, "resource_type": kind, "observed": "o", "expected": "a device",
        "reason": null, "thresholds": [{ "name": "root_idle_days", "value": "90 days", "source": "default" }],
        "evidence": [evidence],
    })
}

fn evidence(id: &str, operation: (&str, &str), status: &str, aws_date: &str) -> Value {
    let exchange = |request: &str, sha256: &str| {
        json!({
            "status": 200, "started": "2026-03-02T02:00:10.200Z", "finished": "2026-03-02T02:00:11.100Z", "attempt": 1,
            "request_id": request, "aws_date": aws_date, "endpoint": "https://iam.amazonaws.com", "sha256": sha256,
            "bytes": 9, "redacted": 2,
        })
    };
    json!({
        "id": id, "account": ACCOUNT, "region": "us-east-1", "service": operation.0, "operation": operation.1,
        "parameters": { "Filter": "User" }, "status": status, "reason": null, "pages": 2, "records": 4,
        "exchanges": [exchange("q-1", "aa"), exchange("q-2", "bb")],
    })
}

fn made() -> Made {
    let mut long = result("iam-user-console-mfa", "fail", FORMULA, "AWS::IAM::User", "E-0001");
    long["observed"] = "ä".repeat(40_000).into();
    let mut excluded = result("iam-user-console-mfa", "excluded", &user("svc"), "AWS::IAM::User", "E-0001");
    excluded["exception"] = json!({
        "id": "EXC-001", "reason": "r", "compensating_control": "c", "approver": "Ana", "approved": "2026-01-01",
        "expires": "2026-12-31",
    });
    let total = |population: &str, counted: u64, expected: u64| {
        json!({
            "account": ACCOUNT, "population": population, "counted_by": "iam:GetAccountAuthorizationDetails",
            "counted": counted, "tied_to": "iam:GetAccountSummary", "expected": expected,
            "difference": i64::try_from(counted).unwrap() - i64::try_from(expected).unwrap(), "evidence": ["E-0001"],
        })
    };
    let criteria = CRITERIA.iter().map(|criterion| {
        json!({
            "id": criterion.id, "category": criterion.category, "name": criterion.name, "coverage": "manual",
            "checks": if criterion.id == "CC6.1" { vec!["iam-user-console-mfa"] } else { vec![] },
            "counts": if criterion.id == "CC6.1" { json!({ "pass": 1, "fail": 2 }) } else { json!({}) },
            "documents": "a policy",
        })
    });
    let document = json!({
        "schema": "kickoff/results/1",
        "run": {
            "id": "RUN-20260302T020000Z-9f31c2aa", "state": "complete", "started": "2026-03-02T02:00:00Z",
            "finished": "2026-03-02T02:01:10Z", "collected_by": "kickoff 0.1.0", "evaluated_by": "kickoff 0.1.0",
            "foreign_endpoints": [], "checks": ["cloudtrail-multi-region", "iam-user-console-mfa"],
            "accounts": [{
                "id": ACCOUNT, "alias": "acme-prod", "name": null, "environment": "production", "partition": "aws",
                "caller": "arn:aws:sts::111122223333:assumed-role/R/s", "regions": ["us-east-1"],
                "disabled_regions": ["me-south-1"], "regions_not_scanned": ["eu-west-1"],
            }],
        },
        "coverage": [{
            "account": ACCOUNT, "region": "us-east-1", "service": "cloudtrail", "operation": "DescribeTrails",
            "status": "denied", "calls": 1, "pages": 0, "items": 0, "reason": "AccessDenied",
        }],
        "control_totals": [total("IAM users", 4, 4), total("IAM roles", 78, 80)],
        "criteria": criteria.collect::<Vec<_>>(),
        "results": [
            result("cloudtrail-multi-region", "not-evaluated", "us-east-1", "AWS::Region", "E-0003"),
            result("iam-user-console-mfa", "pass", &user("ana"), "AWS::IAM::User", "E-0001"),
            result("iam-user-console-mfa", "fail", &user("bo"), "AWS::IAM::User", "E-0001"),
            long,
            excluded,
            result("a-check-of-another-version", "pass", "x", "AWS::Account", "E-0002"),
        ],
        "evidence": [
            evidence("E-0001", ("iam", "GetAccountAuthorizationDetails"), "ok", "Mon, 02 Mar 2026 02:00:11 GMT"),
            evidence("E-0002", ("iam", "GetAccountSummary"), "ok", "Mon, 02 Mar 2026 02:00:05 GMT"),
            evidence("E-0003", ("cloudtrail", "DescribeTrails"), "denied", "Mon, 02 Mar 2026 02:00:14 GMT"),
        ],
    });
    let text = "[entity]\nname = \"Rock & Roll GmbH\"\nsystem = \"Shop\"\n[report]\ntype = \"type-2\"\nfrom = 2026-01-01\n\
        to = 2026-06-30\n[[people]]\nid = \"ana\"\nname = \"Ana Ito\"\nrole = \"CTO\"\n[[controls]]\nid = \"AC-01\"\n\
        wording = \"+1 factor\"\nowner = \"ana\"\ncriteria = [\"CC6.1\"]\nchecks = [\"iam-user-console-mfa\"]\n\
        [[controls]]\nid = \"HR-01\"\nwording = \"Leavers\"\ncriteria = [\"CC6.2\"]\n\
        [[subservice]]\nname = \"Amazon Web Services\"\nrelied_on = [\"Fire protection\"]\nreport = \"AWS SOC 2\"\n\
        report_until = 2026-03-31\n[[exceptions]]\nid = \"EXC-001\"\ncheck = \"iam-user-console-mfa\"\n\
        reason = \"r\"\ncompensating_control = \"c\"\napprover = \"ana\"\napproved = 2026-01-01\nexpires = 2026-12-31\n";
    let assets = ["ana", "bo", "svc", "zoe"].map(|name| Asset {
        arn: user(name),
        name: name.to_owned(),
        kind: "AWS::IAM::User",
        account: ACCOUNT.to_owned(),
        region: "global".to_owned(),
        owner: Property::Is(format!("team of {name}")),
        environment: Property::NotSet,
        data_class: Property::NotSet,
        public: Property::NotApplicable,
        encrypted: Property::NotApplicable,
        logged: Property::NotApplicable,
        scope: Placed { standing: Standing::In, why: "in".to_owned() },
        details: String::new(),
        evidence: Vec::new(),
    });
    let number = |resource: &str| ["iam-user-console-mfa", ACCOUNT, "us-east-1", resource].map(str::to_owned);
    Made {
        document: serde_json::from_value(document).unwrap(),
        engagement: Engagement::parse(Path::new("kickoff.toml"), text).unwrap(),
        inventory: Inventory { assets: assets.into(), ..Inventory::default() },
        deviations: BTreeMap::from([
            (number(&user("bo")), "DEV-2026-002".to_owned()),
            (number(FORMULA), "DEV-2026-001".to_owned()),
        ]),
    }
}

fn written(made: &Made) -> (Contents, Vec<u8>) {
    with_registers(made, &[], &[], None)
}

fn with_registers(
    made: &Made,
    requests: &[RequestStatus],
    risks: &[RegisterEntry],
    review: Option<&Review>,
) -> (Contents, Vec<u8>) {
    let (ids, digest) = (BTreeMap::new(), "9f".repeat(32));
    let findings = findings::register(&made.engagement, Path::new("."), None, "2026-03-02".parse().unwrap());
    let dossier = Dossier::new(Sources {
        document: &made.document,
        engagement: &made.engagement,
        documents: &[],
        carried: None,
        requests,
        findings: &findings,
        risks,
        inventory: &made.inventory,
        ids: &ids,
        returned: &[],
        review,
        access: None,
        deviations: &made.deviations,
        reperformed: true,
        digest: &digest,
    });
    let mut bytes = Vec::new();
    let contents = workbook(&dossier, &mut bytes).unwrap();
    (contents, bytes)
}

/// A sheet that was read back: rows of texts, the header first.
struct Read(Vec<Vec<String>>);

impl Read {
    fn of(bytes: &[u8], name: &str) -> Self {
        let mut book = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
        let text = |cell: &Data| cell.as_string().unwrap_or_else(|| cell.to_string());
        Self(book.worksheet_range(name).unwrap().rows().map(|row| row.iter().map(text).collect()).collect())
    }

    fn at(&self, head: &str) -> usize {
        self.0[0].iter().position(|name| name == head).unwrap_or_else(|| panic!("no {head} in {:?}", self.0[0]))
    }

    /// The cells of a column, in the row of which another column has a text.
    fn cell(&self, (key, is): (&str, &str), head: &str) -> &str {
        let row = self.0.iter().find(|row| row[self.at(key)] == is).unwrap_or_else(|| panic!("no {is}"));
        &row[self.at(head)]
    }
}

#[test]
fn the_sheets_that_one_run_fills_are_there_and_the_others_are_named() {
    let (contents, bytes) = written(&made());
    let there = [
        "Read me",
        "Cover & scope",
        "Criteria matrix",
        "Control matrix",
        "Tests of controls",
        "Result detail",
        "IPE log",
        "Populations",
        "Deviations",
        "Exceptions & exclusions",
        "Gaps & coverage",
        "Asset inventory",
        "Remediation",
        "Changes & subservice",
    ];
    assert_eq!(contents.sheets, there);
    let left: Vec<&str> = contents.left_out.iter().map(|(name, _)| *name).collect();
    let expected = [
        "Samples",
        "Timeline",
        "Access review",
        "Access reviews",
        "Risk register",
        "Vendors",
        "PBC tracker",
        "Auditor findings",
    ];
    assert_eq!(left, expected);
    assert!(contents.left_out.iter().all(|(_, why)| !why.is_empty()));
    let book = Xlsx::new(Cursor::new(bytes.clone())).unwrap();
    assert_eq!(book.sheet_names(), there);
    let read_me = Read::of(&bytes, "Read me");
    assert!(read_me.cell(("Item", "Timeline"), "What it says").starts_with("left out: one run"));
}

#[test]
fn the_tests_of_controls_have_their_columns_and_the_auditors_are_empty() {
    let (_, bytes) = written(&made());
    let tests = Read::of(&bytes, "Tests of controls");
    assert_eq!(
        tests.0[0],
        [
            "Control #",
            "Control",
            "Test procedure",
            "Population ref + size",
            "Left out, and why",
            "Items tested",
            "Result (management)",
            "Deviations n/N",
            "Evidence ids",
            "Auditor W/P ref",
            "Auditor tickmark",
            "Auditor conclusion"
        ]
    );
    assert_eq!(tests.0.len(), 3);
    assert!(tests.0[1..].iter().all(|row| row[9..].iter().all(String::is_empty)), "{:?}", tests.0);
    let of = |head| tests.cell(("Control #", "CC6.1.27"), head);
    assert!(of("Test procedure").starts_with("CC6.1.27-T1. Inspected "), "{}", of("Test procedure"));
    assert_eq!(of("Population ref + size"), "POP-03 IAM users: 4");
    assert_eq!([of("Left out, and why"), of("Items tested")], ["none", "4"]);
    assert_eq!(of("Result (management)"), "1 of 4 as expected; 2 deviations; 1 excluded by exception");
    assert_eq!(of("Deviations n/N"), "2/4");
    assert_eq!(of("Evidence ids"), "E-0001");
    assert_eq!(tests.cell(("Control #", "CC7.2.10"), "Deviations n/N"), "none tested");
}

#[test]
fn all_criteria_are_there() {
    let (_, bytes) = written(&made());
    let criteria = Read::of(&bytes, "Criteria matrix");
    assert_eq!(criteria.0.len(), 62);
    let of = |head| criteria.cell(("Criterion", "CC6.1"), head);
    assert_eq!([of("Controls"), of("Own controls"), of("Tests, automated")], ["CC6.1.27", "AC-01", "1"]);
    assert_eq!([of("pass"), of("fail"), of("not-evaluated"), of("Coverage")], ["1", "2", "0", "manual"]);
    assert_eq!(criteria.cell(("Criterion", "P8.1"), "Controls"), "none");
}

#[test]
fn controls_of_the_client_stand_beside_ours_and_nothing_is_invented() {
    let (_, bytes) = written(&made());
    let matrix = Read::of(&bytes, "Control matrix");
    let of = |head| matrix.cell(("Control #", "CC6.1.27"), head);
    assert_eq!([of("Own control"), of("Own wording"), of("Owner")], ["AC-01", "+1 factor", "Ana Ito"]);
    assert_eq!([of("Automated or manual"), of("System")], ["automated", "iam"]);
    assert_eq!(of("Type: preventive or detective (to fill in)"), "");
    assert_eq!(matrix.cell(("Own control", "HR-01"), "Test"), "no test of this run");
}

#[test]
fn marks_and_numbers_are_on_their_rows() {
    let (_, bytes) = written(&made());
    let detail = Read::of(&bytes, "Result detail");
    assert_eq!(detail.0.len(), 7);
    let of = |resource: &str| {
        ["Status", "Marks", "Deviation or exception"].map(|head| detail.cell(("Resource", resource), head).to_owned())
    };
    assert_eq!(of(&user("ana")), ["pass", "S P R", ""]);
    assert_eq!(of(&user("bo")), ["fail", "S P R D", "DEV-2026-002"]);
    assert_eq!(of(FORMULA), ["fail", "S P R D", "DEV-2026-001"]);
    assert_eq!(of(&user("svc")), ["excluded", "S P R X", "EXC-001"]);
    assert_eq!(of("us-east-1"), ["not-evaluated", "E", ""]);
    assert_eq!(of("x"), ["pass", "", ""]);
    assert_eq!(detail.cell(("Resource", &user("bo")), "Owner tag"), "team of bo");
    let deviations = Read::of(&bytes, "Deviations");
    assert_eq!(deviations.cell(("Deviation", "DEV-2026-001"), "Resource"), FORMULA);
    assert_eq!(deviations.cell(("Deviation", "DEV-2026-002"), "Control #"), "CC6.1.27");
    assert_eq!(deviations.cell(("Deviation", "DEV-2026-002"), "Seen on (UTC)"), "2026-03-02T02:00:00Z");
    assert!(
        deviations.0[1..].iter().all(|row| row[deviations.at("Last pass (to fill in)")..].iter().all(String::is_empty))
    );
    let remediation = Read::of(&bytes, "Remediation");
    assert_eq!(remediation.cell(("Deviation", "DEV-2026-002"), "Severity"), "high");
    let exceptions = Read::of(&bytes, "Exceptions & exclusions");
    let of = |head| exceptions.cell(("Exception", "EXC-001"), head);
    assert_eq!([of("Approver"), of("On the day of the run")], ["Ana Ito", "in force"]);
    assert_eq!(of("Effect on counts"), "1 result excluded instead of fail");
}

#[test]
fn dates_can_be_sorted() {
    let (_, bytes) = written(&made());
    let mut book = Xlsx::new(Cursor::new(bytes.clone())).unwrap();
    let range = book.worksheet_range("IPE log").unwrap();
    let at = Read::of(&bytes, "IPE log").at("Started (date)");
    // 2026-03-02 is day 46083 of Excel; 02:00:10 is 7,210 of 86,400 seconds.
    let serial = range.rows().nth(1).unwrap()[at].get_datetime().unwrap().as_f64();
    assert!((serial - (46_083.0 + 7_210.0 / 86_400.0)).abs() < 1e-6, "{serial}");
}

#[test]
fn evidence_tells_its_calls_totals_and_clock() {
    let (_, bytes) = written(&made());
    let log = Read::of(&bytes, "IPE log");
    let of = |id: &str, head: &str| log.cell(("Evidence id", id), head).to_owned();
    assert_eq!(of("E-0001", "Account"), "111122223333 (acme-prod, production)");
    assert_eq!(of("E-0001", "Control total"), "111122223333 IAM users: 4\n111122223333 IAM roles: 80");
    assert_eq!(of("E-0001", "Difference"), "0\n-2");
    assert_eq!([of("E-0002", "Control total"), of("E-0002", "Tie-out source")], ["none", "none was read"]);
    assert_eq!([of("E-0001", "Parameters"), of("E-0001", "Filters")], ["Filter=User", "by Filter"]);
    assert_eq!(of("E-0001", "SHA-256 of the first page"), "aa and 1 more");
    assert_eq!(of("E-0001", "AWS request id"), "q-1 and 1 more");
    assert_eq!(of("E-0001", "Redacted values"), "4");
    assert_eq!([of("E-0001", "Truncated"), of("E-0003", "Truncated")], ["no", "not read"]);
    // Between the request and the answer; five seconds behind it; three after it.
    assert_eq!(["E-0001", "E-0002", "E-0003"].map(|id| of(id, "AWS's clock minus ours (s)")), ["0", "-5", "3"]);
    let coverage = Read::of(&bytes, "Gaps & coverage");
    let of = |what: &str, head: &str| coverage.cell(("Operation or population", what), head).to_owned();
    let roles = "IAM roles, by iam:GetAccountAuthorizationDetails";
    assert_eq!(
        ["Items read", "Control total", "Difference", "Status"].map(|head| of(roles, head)),
        ["78", "80", "-2", "does not tie"]
    );
    let users = "IAM users, by iam:GetAccountAuthorizationDetails";
    assert_eq!(
        ["Items read", "Control total", "Difference", "Status"].map(|head| of(users, head)),
        ["4", "4", "0", "ties"]
    );
    assert_eq!(of("DescribeTrails", "Status"), "denied");
    assert_eq!(coverage.0.iter().filter(|row| row[0] == "shortfall").count(), 2);
    let populations = Read::of(&bytes, "Populations");
    let of = |head| populations.cell(("Population", "POP-03"), head);
    assert_eq!([of("Rows"), of("Control total"), of("Difference"), of("Complete")], ["4", "4", "0", "complete"]);
    assert_eq!(of("File"), "30_populations/POP-03_iam-users.csv");
    assert_eq!(populations.cell(("Population", "POP-02"), "Complete"), "not complete");
}

#[test]
fn no_cell_is_a_formula_and_no_conclusion_is_written() {
    let (contents, bytes) = written(&made());
    let mut book = Xlsx::new(Cursor::new(bytes.clone())).unwrap();
    for name in &contents.sheets {
        assert!(book.worksheet_formula(name).unwrap().is_empty(), "{name}");
        assert!(book.merge_cells_by_sheet_name(name).unwrap().is_empty(), "{name}");
        for cell in Read::of(&bytes, name).0.iter().flatten().map(|cell| cell.to_lowercase()) {
            for phrase in ["no exceptions noted", "no exception noted", "operating effectively", "is effective"] {
                assert!(!cell.contains(phrase), "{name}: {cell}");
            }
        }
    }
    let detail = book.worksheet_range("Result detail").unwrap();
    assert!(detail.rows().flatten().any(|cell| *cell == Data::String(FORMULA.to_owned())));
}

#[test]
fn a_text_that_is_too_long_is_cut_and_says_so() {
    let (_, bytes) = written(&made());
    let detail = Read::of(&bytes, "Result detail");
    let observed = detail.cell(("Resource", FORMULA), "Observed");
    assert_eq!(observed.encode_utf16().count(), 32_767);
    let note = " [cut here, of 40000 characters; the whole is in 60_machine/results.json]";
    assert!(observed.starts_with("ää") && observed.ends_with(note), "{}", &observed[observed.len() - 100..]);
}

#[test]
fn the_same_dossier_gives_the_same_bytes() {
    let made = made();
    assert_eq!(written(&made), written(&made));
}

#[test]
fn a_run_without_an_engagement_leaves_out_what_only_people_know() {
    let mut bare = made();
    bare.engagement = Engagement::default();
    bare.document.results.retain(|row| row.status == "pass");
    let (contents, bytes) = written(&bare);
    for name in ["Deviations", "Remediation", "Exceptions & exclusions"] {
        assert!(contents.left_out.iter().any(|(left, _)| *left == name), "{name}");
    }
    let changes = Read::of(&bytes, "Changes & subservice");
    assert_eq!(changes.cell(("Of", "root_idle_days"), "Value"), "90 days");
    assert!(Read::of(&bytes, "Cover & scope").0.iter().any(|row| row[2] == "Entity not named"));
}

#[test]
fn a_bridge_letter_stands_beside_the_report_that_it_goes_on_from() {
    // The report ends on 31 March, the period on 30 June.
    for (until, told) in [
        (None, "the days after it need a bridge letter"),
        (Some("2026-03-31"), "the days after it need a bridge letter"),
        (Some("2026-05-31"), "a bridge letter reaches to 2026-05-31 only"),
        (Some("2026-06-30"), "a bridge letter reaches to 2026-06-30"),
    ] {
        let mut made = made();
        made.engagement.subservice[0].bridge_until = until.map(|day| day.parse().unwrap());
        let (_, bytes) = written(&made);
        let wanted = format!("ends before the entity's own period, 2026-06-30: {told}");
        let changes = Read::of(&bytes, "Changes & subservice");
        assert!(changes.0.iter().flatten().any(|cell| *cell == wanted), "{wanted}");
    }
}

#[test]
fn registers_leave_the_columns_of_people_empty() {
    let made = made();
    let run = crate::outcomes::outcomes(&made.document, &made.engagement);
    let risks = register(&made.engagement, &run);
    let requests = statuses(&made.engagement, &default_list(), Some(&run), &[], &[], "2026-03-02".parse().unwrap());
    let details = r#"{"UserDetailList": [{"UserName": "@bo", "Arn": "arn:aws:iam::111122223333:user/@bo"}]}"#;
    let accounts = AccountData::from_details(details).unwrap();
    let estate = Estate::new(accounts, Around::default(), ActionTable::embedded(), "2026-03-02T02:00:00Z");
    let known = Credentials { created: Some("2024-02-29T10:00:00Z".to_owned()), ..Credentials::default() };
    let credentials = HashMap::from([("arn:aws:iam::111122223333:user/@bo".to_owned(), known)]);
    let inputs = Inputs {
        now: "2026-03-02T02:00:00Z",
        standing: &|_| None,
        credentials: &credentials,
        accessed: &HashMap::new(),
        assigned: &Assigned::default(),
    };
    let review = review(&estate, &inputs);
    let (contents, bytes) = with_registers(&made, &requests, &risks, Some(&review));
    assert_eq!(contents.left_out.len(), 5, "{:?}", contents.left_out);

    let access = Read::of(&bytes, "Access review");
    let of = |head| access.cell(("Name", "@bo"), head);
    assert_eq!([of("Type"), of("Last used"), of("Last used (date)")], ["user", "unknown", ""]);
    assert_eq!([of("Created"), of("As of")], ["2024-02-29", "2026-03-02"]);
    assert_eq!(of("Created (date)"), "45351");
    for head in ["Reviewer (to fill in)", "Decision: keep, modify, remove (to fill in)", "Ticket (to fill in)"] {
        assert_eq!(of(head), "", "{head}");
    }
    let tracker = Read::of(&bytes, "PBC tracker");
    assert_eq!(tracker.0.len(), default_list().len() + 1);
    // The default list is in our words, and does not pass for the auditor's.
    assert!(!tracker.0[0].iter().any(|head| head.contains("uditor's wording")), "{:?}", tracker.0[0]);
    assert_eq!(tracker.0[1][tracker.at("Wording (kickoff's list, not the auditor's)")], requests[0].request.text);
    let auditors = tracker.at("Auditor status");
    assert!(tracker.0[1..].iter().all(|row| row[auditors].is_empty()));
    let register = Read::of(&bytes, "Risk register");
    let proposed = register.at("State");
    assert!(!risks.is_empty() && register.0[1..].iter().all(|row| row[proposed] == "proposed"));
}

#[test]
fn what_the_auditor_said_stands_in_the_auditors_columns_and_findings_on_a_sheet() {
    let mut made = made();
    let said = "[[returns]]\nrequest = \"IAM-02\"\non = 2026-02-20\nstate = \"question\"\ncomment = \"=which users?\"\nby = \"Jane Roe\"\n[[findings]]\nid = \"AF-1\"\ntext = \"Leavers kept access\"\nraised = 2026-02-01\nseverity = \"Significant\"\ndue = 2026-03-01\n[[findings]]\nid = \"AF-2\"\ntext = \"Old\"\nraised = 2026-01-01\nclosed = 2026-02-01\nclosed_by = \"Jane Roe\"\n";
    made.engagement = Engagement::parse(Path::new("kickoff.toml"), said).unwrap();
    let day = "2026-03-02".parse().unwrap();
    let requests = statuses(&made.engagement, &default_list(), None, &[], &[], day);
    let (_, bytes) = with_registers(&made, &requests, &[], None);
    let tracker = Read::of(&bytes, "PBC tracker");
    let of = |id, head| tracker.cell(("Request", id), head);
    assert_eq!([of("IAM-02", "Auditor status"), of("IAM-02", "Auditor comment")], ["question", "=which users?"]);
    assert_eq!([of("IAM-02", "Auditor date"), of("IAM-02", "Internal status")], ["2026-02-20", "reopened"]);
    assert_eq!([of("IAM-01", "Auditor status"), of("IAM-01", "Auditor comment")], ["", ""]);
    let found = Read::of(&bytes, "Auditor findings");
    assert_eq!(found.cell(("Finding", "AF-1"), "State"), "overdue");
    assert_eq!(found.cell(("Finding", "AF-1"), "Severity, in the auditor's word"), "Significant");
    assert_eq!(found.cell(("Finding", "AF-2"), "Closed by"), "Jane Roe");
}
