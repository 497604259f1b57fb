//! CloudTrail's event history, which moto lacks: answers are made here, from what CloudTrail documents.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use kickoff_aws::Call;
use kickoff_evidence::GapKind;
use kickoff_facts::changes::change_sources;
use kickoff_facts::{AccountFacts, Need};
use serde_json::{Value, json};

use crate::support::offline::collected;

const ROOT: &str = "arn:aws:iam::111122223333:root";

/// An account with an alias, whose event history holds these events, each with its region.
#[derive(Debug, Clone)]
struct History {
    events: Arc<Vec<(&'static str, Value)>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl History {
    fn lookup(&self, region: &str, body: &Value) -> Value {
        assert_eq!((&body["StartTime"], &body["EndTime"]), (&json!(1_764_633_600), &json!(1_772_409_600)));
        let attribute = &body["LookupAttributes"][0];
        let (key, value) = (attribute["AttributeKey"].as_str().unwrap(), attribute["AttributeValue"].as_str().unwrap());
        self.asked.lock().unwrap().push(format!("{region} {key}={value}"));
        let matching: Vec<&Value> = self
            .events
            .iter()
            .filter(|(of, event)| of == &region && event[key].as_str() == Some(value))
            .map(|(_, event)| event)
            .collect();
        let from: usize = body["NextToken"].as_str().map_or(0, |token| token.parse().unwrap());
        let page: Vec<&Value> = matching.iter().skip(from).take(50).copied().collect();
        let mut answer = json!({ "Events": page });
        if from + 50 < matching.len() {
            answer["NextToken"] = (from + 50).to_string().into();
        }
        answer
    }
}

impl HttpConnector for History {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let call = request.extension::<Call>().expect("every call is tagged");
        let (status, body) = match call.id().as_str() {
            "cloudtrail:LookupEvents" => {
                let body = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
                (200, self.lookup(call.region(), &body).to_string())
            }
            "iam:ListAccountAliases" => {
                let aliases = "<AccountAliases><member>acme</member></AccountAliases><IsTruncated>false</IsTruncated>";
                let result = format!("<ListAccountAliasesResult>{aliases}</ListAccountAliasesResult>");
                (200, format!("<ListAccountAliasesResponse>{result}</ListAccountAliasesResponse>"))
            }
            _ => (403, r#"{"__type":"AccessDeniedException","message":"no"}"#.to_owned()),
        };
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body))))
    }
}

/// An event as `LookupEvents` gives it, at a minute of the first of March.
fn event(minute: usize, source: &str, name: &str, user: &str, identity: &Value, read_only: bool) -> Value {
    let id = format!("e-{minute}");
    let text = json!({ "userIdentity": identity, "sourceIPAddress": "192.0.2.7", "readOnly": read_only });
    json!({
        "EventId": id, "EventName": name, "EventSource": source, "Username": user, "ReadOnly": read_only.to_string(),
        "EventTime": 1_772_323_200 + 60 * minute, "CloudTrailEvent": text.to_string(),
    })
}

fn user(name: &str) -> Value {
    json!({ "type": "IAMUser", "arn": format!("arn:aws:iam::111122223333:user/{name}"), "userName": name })
}

/// What is collected of the history, and what was asked for it.
fn looked_up(events: Vec<(&'static str, Value)>, need: Need) -> (AccountFacts, Vec<String>) {
    let history = History { events: Arc::new(events), asked: Arc::default() };
    let facts = collected(history.clone(), &[need]);
    let mut asked = history.asked.lock().unwrap().clone();
    asked.sort();
    (facts, asked)
}

#[test]
fn root_is_found_under_its_name_and_the_alias_and_others_of_these_names_are_left_out() {
    let root = json!({ "type": "Root", "arn": ROOT, "userName": "acme" });
    let (facts, asked) = looked_up(
        vec![
            ("us-east-1", event(3, "signin.amazonaws.com", "ConsoleLogin", "root", &root, false)),
            ("us-east-1", event(2, "iam.amazonaws.com", "ListUsers", "acme", &root, true)),
            ("us-east-1", event(1, "s3.amazonaws.com", "ListBuckets", "root", &user("root"), true)),
            ("eu-west-1", event(4, "ec2.amazonaws.com", "DescribeVpcs", "root", &root, true)),
        ],
        Need::RootEvents,
    );
    let of = |region: &str| facts.regions[region].root_events.get().unwrap();
    let names: Vec<&str> = of("us-east-1").events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["ListUsers", "ConsoleLogin"]);
    assert_eq!(of("eu-west-1").events[0].actor, ROOT);
    assert_eq!(of("eu-west-1").start, "2025-12-02T00:00:00Z".parse().unwrap());
    assert_eq!(of("eu-west-1").end, "2026-03-02T00:00:00Z".parse().unwrap());
    assert_eq!(
        asked,
        ["eu-west-1 Username=acme", "eu-west-1 Username=root", "us-east-1 Username=acme", "us-east-1 Username=root"]
    );
}

#[test]
fn where_one_page_holds_all_changes_one_lookup_is_enough() {
    let (facts, asked) = looked_up(
        vec![
            ("us-east-1", event(2, "iam.amazonaws.com", "DeleteUser", "ann", &user("ann"), false)),
            ("us-east-1", event(1, "iam.amazonaws.com", "CreateUser", "ann", &user("ann"), false)),
            ("us-east-1", event(3, "ec2.amazonaws.com", "RunInstances", "ann", &user("ann"), false)),
            ("eu-west-1", event(4, "cloudtrail.amazonaws.com", "StopLogging", "ann", &user("ann"), false)),
        ],
        Need::ChangeEvents,
    );
    let names = |region: &str| -> Vec<&str> {
        facts.regions[region].change_events.get().unwrap().events.iter().map(|event| event.name.as_str()).collect()
    };
    assert_eq!(names("us-east-1"), ["CreateUser", "DeleteUser"]);
    assert_eq!(names("eu-west-1"), ["StopLogging"]);
    assert_eq!(asked, ["eu-west-1 ReadOnly=false", "us-east-1 ReadOnly=false"]);
}

#[test]
fn a_busy_region_is_asked_service_by_service_and_then_operation_by_operation() {
    let mut events: Vec<(&'static str, Value)> = (0..60)
        .map(|n| ("eu-west-1", event(n, "logs.amazonaws.com", "CreateLogStream", "app", &user("app"), false)))
        .collect();
    // Config is quiet, CloudTrail is read all day; another service has an operation of the same name.
    for (minute, source, name) in [
        (61, "logs", "PutRetentionPolicy"),
        (62, "config", "StopConfigurationRecorder"),
        (63, "config", "LoseSomethingOfTomorrow"),
        (64, "cloudtrail", "StopLogging"),
        (65, "cloudtrail", "LoseSomethingOfTomorrow"),
        (66, "example", "StopLogging"),
        (67, "guardduty", "CreateFilter"),
    ] {
        events.push(("eu-west-1", event(minute, &format!("{source}.amazonaws.com"), name, "ann", &user("ann"), false)));
    }
    events.extend(
        (100..1101).map(|n| {
            ("eu-west-1", event(n, "cloudtrail.amazonaws.com", "DescribeTrails", "tool", &user("tool"), true))
        }),
    );
    let (facts, asked) = looked_up(events, Need::ChangeEvents);
    let found = facts.regions["eu-west-1"].change_events.get().unwrap();
    let names: Vec<(&str, &str)> = found.events.iter().map(|e| (e.source.as_str(), e.name.as_str())).collect();
    // Of CloudTrail only what is known was asked for, and that is said; of Config all was read.
    assert_eq!(
        names,
        [
            ("logs.amazonaws.com", "PutRetentionPolicy"),
            ("config.amazonaws.com", "StopConfigurationRecorder"),
            ("config.amazonaws.com", "LoseSomethingOfTomorrow"),
            ("cloudtrail.amazonaws.com", "StopLogging"),
            ("guardduty.amazonaws.com", "CreateFilter"),
        ]
    );
    assert_eq!(found.by_name, ["cloudtrail.amazonaws.com"]);
    assert!(found.unread.is_empty(), "{:?}", found.unread);
    let kinds = asked.iter().fold(BTreeMap::<&str, usize>::new(), |mut kinds, asked| {
        *kinds.entry(asked.split('=').next().unwrap()).or_default() += 1;
        kinds
    });
    let here: Vec<_> =
        change_sources().iter().filter(|source| source.appears_in("eu-west-1", "aws", "us-east-1")).collect();
    assert!(here.iter().all(|source| source.name != "iam.amazonaws.com"));
    let trails = here.iter().find(|source| source.name == "cloudtrail.amazonaws.com").unwrap();
    // Twenty pages of CloudTrail, two of CloudWatch Logs, one of each other service.
    let expected = [
        ("eu-west-1 EventName", trails.operations.len()),
        ("eu-west-1 EventSource", here.len() + 19 + 1),
        ("eu-west-1 ReadOnly", 1),
        ("us-east-1 ReadOnly", 1),
    ];
    assert_eq!(kinds, BTreeMap::from(expected));
}

/// More than a thousand events of one operation are not read, and do not hide the others.
#[test]
fn an_operation_with_too_many_events_is_a_gap_of_its_own() {
    let mut events: Vec<(&'static str, Value)> = (0..1001)
        .map(|n| ("eu-west-1", event(n, "monitoring.amazonaws.com", "PutMetricAlarm", "app", &user("app"), false)))
        .collect();
    events.push(("eu-west-1", event(1010, "monitoring.amazonaws.com", "DeleteAlarms", "ann", &user("ann"), false)));
    let (facts, _) = looked_up(events, Need::ChangeEvents);
    let found = facts.regions["eu-west-1"].change_events.get().unwrap();
    assert_eq!(found.events.iter().map(|e| e.name.as_str()).collect::<Vec<_>>(), ["DeleteAlarms"]);
    let unread: Vec<_> = found.unread.iter().map(|one| (one.source.as_str(), one.name.as_str())).collect();
    assert_eq!(unread, [("monitoring.amazonaws.com", "PutMetricAlarm")]);
    assert!(found.unread[0].gap.message.contains("more than 1000 records"), "{:?}", found.unread[0].gap);
}

#[test]
fn more_events_than_are_read_are_a_gap_and_not_a_part() {
    let root = json!({ "type": "Root", "arn": ROOT });
    let events = (0..1001).map(|n| ("eu-west-1", event(n, "s3.amazonaws.com", "ListBuckets", "root", &root, true)));
    let (facts, asked) = looked_up(events.collect(), Need::RootEvents);
    let gap = facts.regions["eu-west-1"].root_events.get().unwrap_err();
    assert_eq!(gap.kind, GapKind::Failed);
    assert!(gap.message.contains("more than 1000 records"), "{}", gap.message);
    assert!(facts.regions["us-east-1"].root_events.get().is_ok());
    assert_eq!(asked.iter().filter(|asked| *asked == "eu-west-1 Username=root").count(), 20);
}
