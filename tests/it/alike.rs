//! Calls that are alike: what several collectors want to know is asked once, and is one item of evidence.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use kickoff_aws::{Call, Recorder, Replay, RequestedRegions, Session, Shared, Tape, collect};
use kickoff_checks::Selection;
use kickoff_evidence::{CallKey, Ledger, Register, RunState, RunWriter};
use kickoff_facts::Need;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::support::law::{Collection, same, written};
use crate::support::replay::acme;
use crate::support::session::collected;

/// What is answered to a call that was asked so many times before.
type Answering = Arc<dyn Fn(&Call, HttpRequest, usize) -> HttpConnectorFuture + Send + Sync>;

/// Counts what is sent, and takes its time: others ask the same meanwhile. Each answer differs from the one before.
#[derive(Clone)]
struct Counted {
    answer: Answering,
    sent: Arc<Mutex<BTreeMap<CallKey, usize>>>,
}

impl std::fmt::Debug for Counted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Counted")
    }
}

impl Counted {
    fn new(answer: impl Fn(&Call, HttpRequest, usize) -> HttpConnectorFuture + Send + Sync + 'static) -> Self {
        Self { answer: Arc::new(answer), sent: Arc::default() }
    }

    /// How often requests of an operation were sent, each.
    fn times(&self, operation: &str) -> Vec<usize> {
        let named = |key: &CallKey| format!("{}:{}", key.service, key.operation) == operation;
        self.sent.lock().unwrap().iter().filter(|(key, _)| named(key)).map(|(_, times)| *times).collect()
    }
}

impl HttpConnector for Counted {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let call = request.extension::<Call>().expect("every call is tagged").clone();
        let times = {
            let mut sent = self.sent.lock().unwrap();
            let times = sent.entry(call.key(&request)).or_default();
            *times += 1;
            *times
        };
        let answer = (self.answer)(&call, request, times);
        HttpConnectorFuture::new(async move {
            tokio::time::sleep(Duration::from_millis(2)).await;
            answer.await
        })
    }
}

fn told(status: u16, body: String) -> HttpConnectorFuture {
    HttpConnectorFuture::ready(Ok(HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body))))
}

/// Two collections of one account at once, into one run: each call of the one is alike to a call of the other.
fn twice(connector: &Counted) {
    let run = acme();
    let record = &run.metadata.accounts[0];
    let folder = tempfile::tempdir().unwrap();
    let tape = Arc::new(Tape::new(RunWriter::create(folder.path(), &run.metadata).unwrap()));
    tape.start(&record.id).unwrap();
    let client =
        Recorder::new(SharedHttpConnector::new(connector.clone()), Arc::clone(&tape), "kickoff/test").into_client();
    let register = Arc::new(Register::default());
    let shared = Shared {
        register: Arc::clone(&register),
        cancel: CancellationToken::new(),
        // Few places: whoever waits for another one's answer must not keep it from coming.
        places: Arc::new(Semaphore::new(3)),
        observer: Arc::new(|_| {}),
        started: run.metadata.started,
    };
    let session = || Session::offline(&record.id, &record.caller, &record.home_region, client.clone(), shared.clone());
    let (one, two) = (session(), session());
    let needs = Selection::of(&[], &[]).unwrap().needs();
    let regions =
        RequestedRegions::Recorded { enabled: record.regions.clone(), disabled: record.disabled_regions.clone() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (first, second) = runtime.block_on(async {
        let both = async { tokio::join!(collect(&one, &needs, &regions), collect(&two, &needs, &regions)) };
        tokio::time::timeout(Duration::from_secs(120), both).await.expect("nobody waits for ever")
    });
    tape.finish(&record.id).unwrap();
    let numbered = register.number(&mut Ledger::default());
    // Each has its own handles, and both the same evidence.
    same(&written(&first.facts, &numbered), &written(&second.facts, &numbered));
    let collection =
        Collection { folder: folder.path(), metadata: &run.metadata, state: RunState::Complete, needs: &needs };
    collection.holds(&first.facts, &numbered);
    let keys: Vec<_> = numbered.items.iter().map(|(_, item)| &item.key).collect();
    let mut distinct = keys.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), keys.len(), "one item for one question");
}

#[test]
fn whatever_is_asked_twice_is_sent_once_and_is_one_item() {
    let replay = Replay::new(acme());
    let connector = Counted::new(move |_, request, _| replay.call(request));
    twice(&connector);
    let sent = connector.sent.lock().unwrap();
    let often: Vec<_> = sent.iter().filter(|(_, times)| **times > 1).collect();
    assert!(sent.len() > 200 && often.is_empty(), "{often:?}");
}

#[test]
fn an_answer_that_would_differ_the_second_time_is_the_same_for_all_who_ask() {
    // The first answer is a refusal, later ones are not: without care one of the two would know what the other does not.
    let replay = Replay::new(acme());
    let connector = Counted::new(move |call, request, times| {
        let refused = ["iam:ListSAMLProviders", "cloudtrail:DescribeTrails", "s3:ListBuckets"];
        if times == 1 && refused.contains(&&*call.id()) {
            return told(403, r#"{"__type":"AccessDeniedException","message":"no"}"#.to_owned());
        }
        replay.call(request)
    });
    twice(&connector);
    assert!(connector.times("iam:ListSAMLProviders").iter().all(|times| *times == 1));
}

/// Every day of an account whose open high findings are all that it has.
#[test]
fn findings_that_are_open_and_of_the_history_are_asked_for_once() {
    let finding = json!({
        "accountId": "111122223333", "arn": "arn:aws:guardduty:eu-west-1:111122223333:detector/d1/finding/f1", "id": "f1",
        "region": "eu-west-1", "partition": "aws", "schemaVersion": "2.0", "severity": 8.0, "type": "Recon:EC2/PortProbe",
        "title": "Probe", "description": "Probe", "createdAt": "2026-02-01T00:00:00Z", "updatedAt": "2026-02-02T00:00:00Z",
        "resource": { "resourceType": "Instance" }, "service": { "archived": false, "count": 1 },
    });
    let connector = Counted::new(move |call, _, _| match &*call.id() {
        "guardduty:ListDetectors" => told(200, json!({ "detectorIds": ["d1"] }).to_string()),
        "guardduty:GetDetector" => told(200, json!({ "status": "ENABLED", "serviceRole": "r" }).to_string()),
        "guardduty:ListFindings" => told(200, json!({ "findingIds": ["f1"] }).to_string()),
        "guardduty:GetFindings" => told(200, json!({ "findings": [finding] }).to_string()),
        _ => told(403, r#"{"__type":"AccessDeniedException","message":"no"}"#.to_owned()),
    });
    let needs = [Need::GuardDutyFindings, Need::GuardDutyHistory];
    let facts = collected(connector.clone(), None, "eu-west-1", &needs).facts;
    let region = &facts.regions["eu-west-1"];
    assert_eq!(region.guardduty_findings.get().unwrap().as_ref().unwrap().len(), 1);
    assert_eq!(region.guardduty_history.get().unwrap().as_ref().unwrap().len(), 1);
    assert_eq!(connector.times("guardduty:GetFindings"), [1]);
    assert_eq!(connector.times("guardduty:ListFindings"), [1, 1], "their criteria differ");
}

/// `CreateUser` is an operation of IAM, of the directory of Identity Center and of its store.
#[test]
fn events_of_one_name_are_asked_for_once_whichever_service_they_are_of() {
    let connector = Counted::new(|call, request, _| {
        if call.id() != "cloudtrail:LookupEvents" {
            return told(403, r#"{"__type":"AccessDeniedException","message":"no"}"#.to_owned());
        }
        let body: Value = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        let asked = &body["LookupAttributes"][0];
        // More than a page of changes, and of every service.
        if asked["AttributeKey"] != "EventName" {
            return told(200, json!({ "Events": [], "NextToken": "more" }).to_string());
        }
        let name = asked["AttributeValue"].as_str().unwrap();
        let event = |source: &str| {
            let text = json!({ "userIdentity": { "type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/ann" } });
            json!({
                "EventId": format!("{name}-{source}"), "EventName": name, "EventSource": source, "EventTime": 1_772_000_000,
                "ReadOnly": "false", "CloudTrailEvent": text.to_string(),
            })
        };
        let events = ["iam.amazonaws.com", "sso-directory.amazonaws.com", "identitystore.amazonaws.com"].map(event);
        told(200, json!({ "Events": events }).to_string())
    });
    let facts = collected(connector.clone(), None, "us-east-1", &[Need::ChangeEvents]).facts;
    let events = &facts.regions["us-east-1"].change_events.get().unwrap().events;
    let named = events.iter().filter(|event| event.name == "CreateUser").count();
    assert!(named >= 2, "each service has its own: {named}");
    let times = connector.times("cloudtrail:LookupEvents");
    assert!(times.len() > 30 && times.iter().all(|times| *times == 1), "{times:?}");
}
