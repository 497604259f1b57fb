//! How many records each answer holds is what its bytes hold, by a second count that shares nothing with the first.

use std::sync::Arc;

use kickoff_aws::Replay;
use kickoff_evidence::Run;
use kickoff_reports::Document;

use crate::support::counted::compare;
use crate::support::replay::plainly;
use crate::support::root;

fn decided(account: &str) -> (Document, Arc<Run>) {
    let run = Arc::new(Run::open(&root().join("fixtures").join(account)).unwrap());
    (plainly(&run, Replay::new(Arc::clone(&run))), run)
}

/// The records of an operation's items, in the order of their ids.
fn told(document: &Document, id: &str) -> Vec<Option<u64>> {
    let of = |item: &&kickoff_reports::results::Evidence| format!("{}:{}", item.service, item.operation) == id;
    document.evidence.iter().filter(of).filter(|item| item.status == "ok").map(|item| item.records).collect()
}

#[test]
fn every_count_of_the_recorded_accounts_is_what_the_answers_hold() {
    for account in ["acme", "acme-staging"] {
        let (document, run) = decided(account);
        let (compared, wrong) = compare(&document, &run);
        assert!(compared > 400, "{account}: {compared}");
        assert!(wrong.is_empty(), "{account}: {} of {compared} differ\n{}", wrong.len(), wrong.join("\n"));
        let objects = document.evidence.iter().filter(|item| item.status == "ok" && item.records.is_none()).count();
        assert!(objects > 10 && objects < compared / 2, "{account}: {objects} of {compared} are one object");
    }
}

/// Of all changes AWS had more than the fifty of a page (read off the answers: they name a next page), and each service was then
/// asked for by its name.
#[test]
fn a_first_page_is_not_said_to_be_all() {
    let (document, _) = decided("acme");
    let first: Vec<_> = document.evidence.iter().filter(|item| item.status == "ok" && item.reason.is_some()).collect();
    let asked: Vec<_> = first.iter().map(|item| item.parameters["LookupAttributes"].as_str()).collect();
    assert_eq!(asked, ["ReadOnly=false"]);
    for item in first {
        assert_eq!(
            (&*item.operation, &*item.region, item.pages, item.records),
            ("LookupEvents", "us-east-1", 1, Some(50))
        );
        assert_eq!(item.reason.as_deref(), Some("the first page is all that was asked for: AWS has more"));
    }
}

/// Read off the answers by hand.
#[test]
fn unpaged_lists_are_counted_and_objects_are_not() {
    let (document, _) = decided("acme");
    let findings = told(&document, "guardduty:GetFindings");
    assert!(
        !findings.is_empty() && findings.iter().all(|number| number.is_some_and(|number| number > 0)),
        "{findings:?}"
    );
    for (id, object) in [
        ("account:GetContactInformation", true),
        ("iam:GetAccountSummary", true),
        ("kms:GetKeyPolicy", true),
        ("s3:GetBucketVersioning", true),
        ("sts:GetCallerIdentity", true),
        ("cloudtrail:DescribeTrails", false),
        ("iam:ListSAMLProviders", false),
        ("s3:GetBucketAcl", false),
    ] {
        let records = told(&document, id);
        assert!(!records.is_empty() && records.iter().all(|number| number.is_none() == object), "{id}: {records:?}");
    }
    let coverage = |id: &str| {
        let rows = document.coverage.iter().filter(|row| format!("{}:{}", row.service, row.operation) == id);
        rows.map(|row| row.items).collect::<Vec<_>>()
    };
    assert_eq!(coverage("sts:GetCallerIdentity"), [None]);
    // Four regions of the five that were asked are enabled.
    assert_eq!(coverage("sqs:ListQueues").len(), 4);
}
