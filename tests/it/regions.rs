//! Regions that have no say: closed by a service control policy, without a service, left out of scope, not enabled.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use kickoff_aws::{Call, Replay};
use kickoff_facts::{GapKind, Need};
use kickoff_reports::Document;

use crate::support::replay::{acme, plainly, through};
use crate::support::{kickoff, only_run, outcome, session};

const CLOSED: &str = "us-west-2";

/// Replays, but a service control policy closes one region: what AWS Control Tower exempts is answered there.
#[derive(Debug, Clone)]
struct ByPolicy(Replay);

impl HttpConnector for ByPolicy {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let call = request.extension::<Call>().expect("every call is tagged");
        let id = call.id();
        let service = id.split(':').next().unwrap_or_default();
        if call.region() != CLOSED || ["accessanalyzer", "config", "kms", "s3"].contains(&service) {
            return self.0.call(request);
        }
        let message = format!(
            "User: arn:aws:sts::111122223333:assumed-role/Auditor/run is not authorized to perform: {id} with an explicit deny in a service control policy"
        );
        // Amazon SQS does not say why.
        let message = if service == "sqs" { "Access to the resource is denied.".to_owned() } else { message };
        let (status, body) = match service {
            "ec2" => (
                403,
                format!(
                    "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>{message}</Message></Error></Errors></Response>"
                ),
            ),
            "sns" | "rds" | "elbv2" | "sts" => (
                403,
                format!(
                    "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>{message}</Message></Error></ErrorResponse>"
                ),
            ),
            _ => (400, format!("{{\"__type\":\"AccessDeniedException\",\"message\":\"{message}\"}}")),
        };
        let mut response = HttpResponse::new(u16::try_from(status).unwrap().try_into().unwrap(), SdkBody::from(body));
        if !["ec2", "sns", "rds", "elbv2", "sts"].contains(&service) {
            response.headers_mut().insert("x-amzn-errortype", "AccessDeniedException");
        }
        HttpConnectorFuture::ready(Ok(response))
    }
}

fn undecided(document: &Document) -> BTreeSet<(String, String, String)> {
    let rows = document.results.iter().filter(|row| row.status == "not-evaluated");
    rows.map(|row| (row.check.to_string(), row.region.to_string(), row.resource.clone())).collect()
}

#[test]
fn a_region_closed_by_policy_is_one_row_and_no_gap() {
    let run = acme();
    let open = plainly(&run, Replay::new(acme()));
    let closed = through(&run, ByPolicy);
    let rows: Vec<_> = closed.results.iter().filter(|row| row.observed.contains("closed by an SCP")).collect();
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!((&*rows[0].check, rows[0].resource.as_str()), ("account-region-coverage", "region/us-west-2"));
    assert_eq!(&*rows[0].status, "manual");
    let reason = rows[0].reason.as_deref().unwrap();
    assert!(reason.contains("with an explicit deny in a service control policy"), "{reason}");
    assert!(!rows[0].evidence.is_empty(), "the refusal is the evidence");
    let (before, after) = (undecided(&open), undecided(&closed));
    let new: Vec<_> = after.difference(&before).collect();
    assert!(new.is_empty(), "{new:?}");
    // What failed elsewhere fails still; nothing of the closed region is a shortfall.
    let elsewhere = |document: &Document| -> Vec<String> {
        document.shortfalls().into_iter().filter(|line| !line.contains(CLOSED)).collect()
    };
    assert_eq!(elsewhere(&open), elsewhere(&closed));
    assert_eq!(elsewhere(&closed), closed.shortfalls(), "no line names the region");
    let statuses: BTreeSet<&str> =
        closed.coverage.iter().filter(|row| row.region == CLOSED).map(|row| row.status.as_str()).collect();
    assert!(statuses.contains("closed") && statuses.contains("ok"), "{statuses:?}");
    assert!(!statuses.contains("denied"), "{statuses:?}");
}

/// Nothing answers.
#[derive(Debug, Clone)]
struct Unknown;

impl HttpConnector for Unknown {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let text = "dns error: failed to lookup address information: Name or service not known";
        HttpConnectorFuture::ready(Err(ConnectorError::other(text.into(), None)))
    }
}

#[test]
fn a_service_is_not_offered_only_where_awss_own_data_says_so() {
    // Amazon Inspector has no endpoint in Asia Pacific (New Zealand), and has one in Ireland.
    for (region, kind) in [("ap-southeast-6", GapKind::NotOffered), ("eu-west-1", GapKind::Failed)] {
        let collected = session::collected(Unknown, None, region, &[Need::Inspector, Need::Vpcs]);
        let facts = &collected.facts.regions[region];
        assert_eq!(facts.inspector.get().unwrap_err().kind, kind, "{region}");
        assert_eq!(facts.vpcs.get().unwrap_err().kind, GapKind::Failed, "a failed name is no fact by itself");
    }
}

#[test]
fn an_approved_exclusion_of_a_region_counts_wherever_regions_are_counted() {
    let out = tempfile::tempdir().unwrap();
    let replay = |config: &str, to: &str| -> Document {
        let file = out.path().join(format!("{to}.toml"));
        fs::write(&file, config).unwrap();
        let runs = out.path().join(to);
        let mut scan = kickoff();
        scan.args(["scan", "--no-package", "--replay"]).arg(crate::support::acme());
        let output = scan.arg("--config").arg(&file).arg("--out").arg(&runs).output().unwrap();
        assert!(matches!(outcome(&output).0, Some(0 | 3)), "{}", outcome(&output).2);
        serde_json::from_slice(&fs::read(only_run(&runs).join("results.json")).unwrap()).unwrap()
    };
    let plain = replay("", "plain");
    let missed = plain.run.accounts[0].regions_not_scanned.clone().unwrap();
    assert!(!missed.is_empty());
    let mut config = "[[people]]\nid = \"ana\"\nname = \"Ana\"\nrole = \"CTO\"\n".to_owned();
    for region in missed.iter().map(String::as_str).chain([CLOSED]) {
        write!(
            config,
            "[[scope.exclusions]]\nregion = \"{region}\"\nreason = \"closed by policy p-1\"\napprover = \"ana\"\napproved = 2026-01-01\n"
        )
        .unwrap();
    }
    let excluded = replay(&config, "excluded");
    let row = |document: &Document| {
        let row = document.results.iter().find(|row| &*row.check == "account-region-coverage").unwrap();
        (row.status.to_string(), row.observed.clone(), row.reason.as_deref().unwrap_or_default().to_owned())
    };
    assert_eq!(row(&plain).0, "fail");
    let (status, observed, reason) = row(&excluded);
    assert_eq!(status, "pass", "{observed}");
    assert!(observed.contains(&format!("left out of scope: {}", missed.join(", "))), "{observed}");
    assert!(reason.contains("closed by policy p-1; approved by Ana on 2026-01-01"), "{reason}");
    // What was asked there all the same gives no result, and no shortfall.
    assert!(plain.results.iter().any(|row| &*row.region == CLOSED));
    assert!(excluded.results.iter().all(|row| &*row.region != CLOSED));
    assert!(excluded.shortfalls().iter().all(|line| !line.contains(CLOSED)));
}
