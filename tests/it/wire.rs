//! The wire as it is: connections that break off, answers that say "later". What AWS would have told is told, and a replay
//! tells the same: `collected` sees to that.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use kickoff_aws::{Call, Replay};
use kickoff_checks::Selection;
use kickoff_facts::{AccountFacts, Need, Observed};
use serde_json::Value;

use crate::support::replay::{acme, plainly};
use crate::support::server::{Asked, Reply, Server, recorded};
use crate::support::session::{Collected, collected};
use crate::support::{law, offline};

const REPORT: &str = "dXNlcixhcm4sdXNlcl9jcmVhdGlvbl90aW1lLHBhc3N3b3JkX2VuYWJsZWQscGFzc3dvcmRfbGFzdF91c2VkLHBhc3N3b3JkX2xhc3RfY2hhbmdlZCxwYXNzd29yZF9uZXh0X3JvdGF0aW9uLG1mYV9hY3RpdmUsYWNjZXNzX2tleV8xX2FjdGl2ZSxhY2Nlc3Nfa2V5XzFfbGFzdF9yb3RhdGVkLGFjY2Vzc19rZXlfMV9sYXN0X3VzZWRfZGF0ZSxhY2Nlc3Nfa2V5XzFfbGFzdF91c2VkX3JlZ2lvbixhY2Nlc3Nfa2V5XzFfbGFzdF91c2VkX3NlcnZpY2UsYWNjZXNzX2tleV8yX2FjdGl2ZSxhY2Nlc3Nfa2V5XzJfbGFzdF9yb3RhdGVkLGFjY2Vzc19rZXlfMl9sYXN0X3VzZWRfZGF0ZSxhY2Nlc3Nfa2V5XzJfbGFzdF91c2VkX3JlZ2lvbixhY2Nlc3Nfa2V5XzJfbGFzdF91c2VkX3NlcnZpY2UsY2VydF8xX2FjdGl2ZSxjZXJ0XzFfbGFzdF9yb3RhdGVkLGNlcnRfMl9hY3RpdmUsY2VydF8yX2xhc3Rfcm90YXRlZAphbm4sYXJuOmF3czppYW06OjExMTEyMjIyMzMzMzp1c2VyL2FubiwyMDI0LTAxLTAxVDAwOjAwOjAwKzAwOjAwLHRydWUsbm9faW5mb3JtYXRpb24sMjAyNC0wMS0wMVQwMDowMDowMCswMDowMCxOL0EsZmFsc2UsZmFsc2UsTi9BLE4vQSxOL0EsTi9BLGZhbHNlLE4vQSxOL0EsTi9BLE4vQSxmYWxzZSxOL0EsZmFsc2UsTi9BCg==";

fn from(server: &Server, needs: &[Need]) -> Collected {
    collected(kickoff_aws::connector(None).unwrap(), Some(&server.endpoint), "us-east-1", needs)
}

/// Facts without the numbers of their evidence, which follow the order of the calls.
fn plain(facts: &AccountFacts) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.remove("evidence");
                members.values_mut().for_each(strip);
            }
            Value::Array(entries) => entries.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(facts).unwrap();
    strip(&mut value);
    value
}

fn error(code: &str) -> String {
    format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>later</Message></Error></ErrorResponse>"
    )
}

/// Answers of IAM for the credential report, each list in order, its last entry for ever.
fn report_server(generate: Vec<Reply>, get: Vec<Reply>) -> (Server, Arc<[AtomicUsize; 2]>) {
    let asked = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let counted = Arc::clone(&asked);
    let rest = recorded();
    let server = Server::start(move |request: &Asked| {
        let (list, at) = match request.operation().as_str() {
            "GenerateCredentialReport" => (&generate, 0),
            "GetCredentialReport" => (&get, 1),
            _ => return rest(request),
        };
        let number = counted[at].fetch_add(1, Ordering::Relaxed);
        match &list[number.min(list.len() - 1)] {
            Reply::Answer { status, headers, body } => {
                Reply::Answer { status: *status, headers: headers.clone(), body: body.clone() }
            }
            Reply::HangUp => Reply::HangUp,
        }
    });
    (server, asked)
}

fn made(state: &str) -> Reply {
    Reply::xml(
        200,
        &format!(
            "<GenerateCredentialReportResponse><GenerateCredentialReportResult><State>{state}</State></GenerateCredentialReportResult></GenerateCredentialReportResponse>"
        ),
    )
}

fn report() -> Reply {
    Reply::xml(
        200,
        &format!(
            "<GetCredentialReportResponse><GetCredentialReportResult><Content>{REPORT}</Content><GeneratedTime>2026-03-02T01:00:00Z</GeneratedTime><ReportFormat>text/csv</ReportFormat></GetCredentialReportResult></GetCredentialReportResponse>"
        ),
    )
}

#[test]
fn a_credential_report_that_is_late_or_too_old_is_waited_for() {
    // IAM API Reference: LimitExceeded (409) of GenerateCredentialReport; ReportInProgress (404), ReportNotPresent (410)
    // and ReportExpired (410) of GetCredentialReport.
    let generate =
        vec![Reply::xml(409, &error("LimitExceeded")), made("STARTED"), made("INPROGRESS"), made("COMPLETE")];
    let get = vec![Reply::xml(404, &error("ReportInProgress")), Reply::xml(410, &error("ReportExpired")), report()];
    let (server, asked) = report_server(generate, get);
    let found = from(&server, &[Need::CredentialReport]);
    let read = found.facts.global.credential_report.get().unwrap();
    assert_eq!(read.rows().iter().map(|row| row.user.as_str()).collect::<Vec<_>>(), ["ann"]);
    let asked = [asked[0].load(Ordering::Relaxed), asked[1].load(Ordering::Relaxed)];
    assert_eq!(asked, [5, 3], "a report that expired is made once more");
}

#[test]
fn a_credential_report_that_may_not_be_made_is_a_gap_that_replays() {
    let get = vec![Reply::xml(410, &error("ReportExpired"))];
    let (server, _) = report_server(vec![made("COMPLETE"), Reply::xml(403, &error("AccessDenied"))], get);
    let found = from(&server, &[Need::CredentialReport]);
    let gap = found.facts.global.credential_report.get().unwrap_err();
    assert_eq!((gap.call.as_str(), gap.kind.name()), ("iam:GenerateCredentialReport", "denied"));
}

#[test]
fn declared_operations_are_tried_again_where_aws_says_so() {
    // The codes that AWS's SDKs retry, whatever the status.
    let codes = [
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
        "TransactionInProgressException",
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "SlowDown",
        "PriorRequestNotComplete",
        "RequestTimeout",
        "RequestTimeoutException",
        "ThrottlingException",
        "EC2ThrottledException",
    ];
    for code in codes {
        let (first, rest) = (AtomicUsize::new(0), recorded());
        let server = Server::start(move |asked| match asked.operation().as_str() {
            "ListQueues" if first.fetch_add(1, Ordering::Relaxed) == 0 => {
                Reply::json(400, &format!(r#"{{"__type":"com.amazonaws#{code}","message":"later"}}"#))
            }
            _ => rest(asked),
        });
        let found = from(&server, &[Need::Queues]);
        let queues = &found.facts.regions["us-east-1"].queues;
        assert!(queues.get().is_ok(), "{code}: {queues:?}");
    }
}

#[test]
fn the_time_that_aws_names_is_waited_for() {
    let (first, rest, times) = (AtomicUsize::new(0), recorded(), Arc::new(Mutex::new(Vec::new())));
    let noted = Arc::clone(&times);
    let server = Server::start(move |asked| {
        if asked.operation() != "ListQueues" {
            return rest(asked);
        }
        noted.lock().unwrap().push(Instant::now());
        match first.fetch_add(1, Ordering::Relaxed) {
            0 => Reply::Answer { status: 503, headers: vec![("retry-after", "2".to_owned())], body: Vec::new() },
            1 => Reply::json(400, r#"{"__type":"ThrottlingException"}"#).with("x-amz-retry-after", "1500"),
            _ => rest(asked),
        }
    });
    let found = from(&server, &[Need::Queues]);
    assert!(found.facts.regions["us-east-1"].queues.get().is_ok());
    let times = times.lock().unwrap();
    assert_eq!(times.len(), 3);
    assert!(times[1] - times[0] >= Duration::from_secs(2));
    assert!(times[2] - times[1] >= Duration::from_millis(1500));
}

/// The needs of all checks, but for the event history: AWS allows two looks into it a second.
fn all() -> Vec<Need> {
    let needs = Selection::of(&[], &[]).unwrap().needs();
    needs.into_iter().filter(|need| !need.operation_ids().contains(&"cloudtrail:LookupEvents")).collect()
}

/// The facts are those that a server tells that never fails.
fn as_undisturbed(found: &Collected) {
    static UNDISTURBED: OnceLock<Value> = OnceLock::new();
    let undisturbed = UNDISTURBED.get_or_init(|| plain(&from(&Server::start(recorded()), &all()).facts));
    let is = plain(&found.facts);
    law::same(undisturbed, &is);
    assert!(*undisturbed == is, "nothing but an order differs");
}

#[test]
fn a_connection_that_is_closed_while_idle_loses_no_call() {
    // Every eighth request of a connection finds it closed, as after an idle timeout.
    let rest = recorded();
    let closed = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&closed);
    let server = Server::start(move |asked| {
        if asked.of_connection.is_multiple_of(8) {
            counted.fetch_add(1, Ordering::Relaxed);
            return Reply::HangUp;
        }
        rest(asked)
    });
    let found = from(&server, &all());
    assert!(closed.load(Ordering::Relaxed) > 15, "{closed:?}");
    as_undisturbed(&found);
}

#[test]
fn a_quarter_of_calls_throttled_loses_none() {
    let rest = recorded();
    let number = AtomicUsize::new(1);
    let server = Server::start(move |asked| {
        // Numbers that look like chance and are the same each time.
        let chance = number.fetch_add(1, Ordering::Relaxed).wrapping_mul(2_654_435_761) >> 7;
        if !chance.is_multiple_of(4) {
            return rest(asked);
        }
        if asked.headers.contains_key("x-amz-target") {
            Reply::json(400, r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#)
        } else if asked.operation().is_empty() {
            Reply::json(429, r#"{"message":"Too Many Requests"}"#).with("x-amzn-errortype", "TooManyRequestsException")
        } else {
            Reply::xml(400, &error("Throttling"))
        }
    });
    let found = from(&server, &all());
    as_undisturbed(&found);
}

#[test]
fn what_fails_for_ever_is_a_gap_soon_and_costs_the_others_nothing() {
    let rest = recorded();
    let server = Server::start(move |asked| match asked.operation().as_str() {
        "ListQueues" => Reply::json(500, r#"{"__type":"InternalFailure","message":"broken"}"#),
        _ => rest(asked),
    });
    let started = Instant::now();
    let found = from(&server, &[Need::Queues, Need::Aliases]);
    assert!(started.elapsed() < Duration::from_secs(20));
    let regional = &found.facts.regions["us-east-1"];
    assert!(matches!(&regional.queues, Observed::Unknown { gap } if gap.message.contains("InternalFailure")));
    assert!(found.facts.global.aliases.get().is_ok());
}

#[test]
fn an_attempt_is_known_by_its_number() {
    let (first, rest) = (AtomicUsize::new(0), recorded());
    let server = Server::start(move |asked| match asked.operation().as_str() {
        "ListQueues" if first.fetch_add(1, Ordering::Relaxed) < 2 => Reply::json(503, "{}"),
        _ => rest(asked),
    });
    let found = from(&server, &[Need::Queues]);
    let attempts: BTreeSet<u32> =
        found.exchanges().iter().filter(|e| e.operation == "ListQueues").map(|e| e.attempt).collect();
    assert_eq!(attempts, BTreeSet::from([1, 2, 3]));
}

/// Answers an operation in a way of its own, without pace and in this process.
#[derive(Clone)]
struct Says(Saying);

/// The body of an answer to a request of an operation.
type Saying = Arc<dyn Fn(&str, &HttpRequest) -> Option<String> + Send + Sync>;

impl std::fmt::Debug for Says {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Says")
    }
}

impl HttpConnector for Says {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let id = request.extension::<Call>().map(Call::id).unwrap_or_default();
        let mut response = match (self.0)(&id, &request) {
            Some(body) => HttpResponse::new(200.try_into().unwrap(), SdkBody::from(body)),
            None => HttpResponse::new(403.try_into().unwrap(), SdkBody::from(r#"{"__type":"AccessDeniedException"}"#)),
        };
        response.headers_mut().insert("content-type", "application/x-amz-json-1.1");
        HttpConnectorFuture::ready(Ok(response))
    }
}

fn says(answer: impl Fn(&str, &HttpRequest) -> Option<String> + Send + Sync + 'static, needs: &[Need]) -> AccountFacts {
    offline::collected(Says(Arc::new(answer)), needs)
}

#[test]
fn page_tokens_that_never_end_are_a_gap() {
    let number = AtomicUsize::new(0);
    let facts = says(
        move |id, _| {
            let next = number.fetch_add(1, Ordering::Relaxed);
            (id == "sqs:ListQueues").then(|| format!(r#"{{"QueueUrls":[],"NextToken":"{next}"}}"#))
        },
        &[Need::Queues],
    );
    let gap = facts.regions["us-east-1"].queues.get().unwrap_err();
    assert!(gap.message.contains("1000 pages in a row without a record"), "{gap:?}");
}

#[test]
fn an_organizational_unit_without_an_id_is_a_gap_and_a_circle_ends() {
    let tree = |unit: &'static str| {
        says(
            move |id, request| {
                let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
                let text = match id {
                    "organizations:DescribeOrganization" => {
                        r#"{"Organization":{"Id":"o-a","MasterAccountId":"111122223333","FeatureSet":"ALL"}}"#
                            .to_owned()
                    }
                    "organizations:ListRoots" => r#"{"Roots":[{"Id":"r-root","Name":"Root"}]}"#.to_owned(),
                    "organizations:ListOrganizationalUnitsForParent" => {
                        assert!(!body.contains(r#""ParentId":"""#), "{body}");
                        format!(r#"{{"OrganizationalUnits":[{unit}]}}"#)
                    }
                    "organizations:ListAccountsForParent" => r#"{"Accounts":[]}"#.to_owned(),
                    _ => return None,
                };
                Some(text)
            },
            &[Need::OrganizationTree],
        )
    };
    for unit in [r#"{"Name":"nameless"}"#, r#"{"Id":"","Name":"empty"}"#] {
        let facts = tree(unit);
        let gap = facts.global.organization_tree.get().unwrap_err();
        assert!(gap.message.contains("an organizational unit has no id"), "{gap:?}");
    }
    let facts = tree(r#"{"Id":"ou-1","Name":"its own child"}"#);
    let nodes = facts.global.organization_tree.get().unwrap().as_ref().unwrap();
    assert_eq!(nodes.iter().map(|node| node.id.as_str()).collect::<Vec<_>>(), ["ou-1", "r-root"]);
}

#[test]
fn an_id_that_is_too_long_for_a_path_is_a_gap() {
    let id = "d".repeat(70_000);
    let (rest, long) = (recorded(), id.clone());
    let server = Server::start(move |asked| match asked.uri.split('?').next() {
        Some("/detector") => Reply::json(200, &format!(r#"{{"detectorIds":["{long}"]}}"#)),
        _ => rest(asked),
    });
    let needs = [Need::Detectors, Need::Aliases];
    let found = from(&server, &needs);
    let detectors = found.facts.regions["us-east-1"].detectors.get().unwrap();
    let gap = detectors[0].settings.get().unwrap_err();
    assert!(gap.message.contains("of 70000 characters"), "{}", gap.message);
    assert!(found.facts.global.aliases.get().is_ok());
}

/// The key that protects the trail, and what is asked about it.
fn key(metadata: &'static str, rotation: Option<&'static str>) -> (Observed<Option<bool>>, BTreeSet<String>) {
    let asked = Arc::new(Mutex::new(BTreeSet::new()));
    let noted = Arc::clone(&asked);
    let facts = says(
        move |id, _| {
            noted.lock().unwrap().insert(id.to_owned());
            let text = match id {
                "cloudtrail:DescribeTrails" => {
                    r#"{"trailList":[{"Name":"t","TrailARN":"arn:aws:cloudtrail:us-east-1:111122223333:trail/t","HomeRegion":"us-east-1","S3BucketName":"b","KmsKeyId":"arn:aws:kms:us-east-1:111122223333:key/k"}]}"#.to_owned()
                }
                "logs:DescribeLogGroups" => r#"{"logGroups":[]}"#.to_owned(),
                "kms:DescribeKey" => format!(r#"{{"KeyMetadata":{{"KeyId":"k","Arn":"arn:k",{metadata}}}}}"#),
                "kms:GetKeyPolicy" => r#"{"Policy":"{}"}"#.to_owned(),
                "kms:GetKeyRotationStatus" => return rotation.map(str::to_owned),
                _ => return None,
            };
            Some(text)
        },
        &[Need::LogKeys],
    );
    let keys = facts.regions["us-east-1"].log_keys.get().unwrap();
    let rotates = keys[0].key.get().unwrap().as_ref().unwrap().rotates.clone();
    let asked = asked.lock().unwrap().clone();
    (rotates, asked)
}

#[test]
fn a_key_s_rotation_is_asked_where_there_can_be_one() {
    const ROTATION: &str = "kms:GetKeyRotationStatus";
    let customer = r#""KeyManager":"CUSTOMER","KeyState":"Enabled","Origin":"AWS_KMS","KeySpec":"SYMMETRIC_DEFAULT""#;
    let (rotates, asked) = key(customer, Some(r#"{"KeyRotationEnabled":true}"#));
    assert_eq!((rotates.get().copied(), asked.contains(ROTATION)), (Ok(Some(true)), true));
    // AWS KMS Developer Guide: AWS managed keys are rotated every year; imported, asymmetric and HMAC keys, those of other
    // key stores and those pending deletion are not rotated.
    let aws = r#""KeyManager":"AWS","KeyState":"Enabled","Origin":"AWS_KMS","KeySpec":"SYMMETRIC_DEFAULT""#;
    let (rotates, asked) = key(aws, None);
    assert_eq!((rotates.get().copied(), asked.contains(ROTATION)), (Ok(Some(true)), false));
    for none in [
        r#""KeyManager":"CUSTOMER","KeyState":"Enabled","Origin":"EXTERNAL","KeySpec":"SYMMETRIC_DEFAULT""#,
        r#""KeyManager":"CUSTOMER","KeyState":"PendingDeletion","Origin":"AWS_KMS","KeySpec":"SYMMETRIC_DEFAULT""#,
        r#""KeyManager":"CUSTOMER","KeyState":"PendingImport","Origin":"EXTERNAL","KeySpec":"SYMMETRIC_DEFAULT""#,
        r#""KeyManager":"CUSTOMER","KeyState":"Enabled","Origin":"AWS_CLOUDHSM","KeySpec":"SYMMETRIC_DEFAULT""#,
        r#""KeyManager":"CUSTOMER","KeyState":"Enabled","Origin":"AWS_KMS","KeySpec":"RSA_2048""#,
        r#""KeyManager":"CUSTOMER","KeyState":"Enabled","Origin":"AWS_KMS","KeySpec":"HMAC_256""#,
    ] {
        let (rotates, asked) = key(none, None);
        assert_eq!((rotates.get().copied(), asked.contains(ROTATION)), (Ok(None), false), "{none}");
    }
}

#[test]
fn a_key_that_cannot_rotate_is_a_fact() {
    for code in ["UnsupportedOperationException", "KMSInvalidStateException"] {
        let rest = recorded();
        let server = Server::start(move |asked| match asked.operation().as_str() {
            "GetKeyRotationStatus" => Reply::json(400, &format!(r#"{{"__type":"{code}","message":"no"}}"#)),
            _ => rest(asked),
        });
        let needs = [Need::Trails, Need::LogGroups, Need::LogKeys];
        let found = from(&server, &needs);
        let keys = found.facts.regions["us-east-1"].log_keys.get().unwrap();
        let rotates: Vec<_> =
            keys.iter().filter_map(|key| key.key.get().ok()?.as_ref()).map(|key| &key.rotates).collect();
        assert!(!rotates.is_empty() && rotates.iter().all(|rotates| rotates.get() == Ok(&None)), "{code}: {rotates:?}");
    }
}

/// As recorded, but with ten thousand rules in the home region, each with a topic of its own.
#[derive(Debug, Clone)]
struct ManyRules(Replay, usize);

impl HttpConnector for ManyRules {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let call = request.extension::<Call>().unwrap();
        let (id, region) = (call.id(), call.region().to_owned());
        let asked = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        if region != "us-east-1" {
            return self.0.call(request);
        }
        let topic = |at: &str| format!("arn:aws:sns:us-east-1:111122223333:topic-{at}");
        let body = match id.as_str() {
            "events:ListRules" => {
                let pattern =
                    r#"{\"source\":[\"aws.ec2\"],\"detail-type\":[\"EC2 Instance State-change Notification\"]}"#;
                let rule = |at| {
                    format!(
                        r#"{{"Name":"many-{at:05}","Arn":"arn:{at}","State":"ENABLED","EventPattern":"{pattern}"}}"#
                    )
                };
                format!(r#"{{"Rules":[{}]}}"#, (0..self.1).map(rule).collect::<Vec<_>>().join(","))
            }
            "events:ListTargetsByRule" => {
                let at = &asked[asked.find("many-").unwrap() + 5..][..5];
                format!(r#"{{"Targets":[{{"Id":"1","Arn":"{}"}}]}}"#, topic(at))
            }
            "sns:ListSubscriptionsByTopic" if asked.contains("topic-") => {
                let head = "<ListSubscriptionsByTopicResponse><ListSubscriptionsByTopicResult><Subscriptions/>";
                format!("{head}</ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>")
            }
            _ => return self.0.call(request),
        };
        HttpConnectorFuture::ready(Ok(HttpResponse::new(200.try_into().unwrap(), SdkBody::from(body))))
    }
}

#[test]
fn the_time_for_rules_grows_with_their_number_and_not_with_its_square() {
    let took = |rules: usize| {
        let started = Instant::now();
        let document = plainly(&acme(), ManyRules(Replay::new(acme()), rules));
        assert!(document.results.iter().any(|row| row.check == "monitor-detection-path"));
        started.elapsed()
    };
    let (few, many) = (took(500), took(4_000));
    // Eight times as many; the square would be 64 times.
    assert!(many < few * 20 + Duration::from_secs(5), "{few:?} for 500, {many:?} for 4000");
}
