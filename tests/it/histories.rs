//! Histories that moto lacks: answers are made here, from what the services document.

use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use kickoff_aws::Call;
use kickoff_facts::Need;
use serde_json::{Value, json};

use crate::support::offline::collected;

/// Answers by call, region and body; what has no answer is refused.
#[derive(Clone)]
struct Answers {
    answer: fn(&str, &str, &Value) -> Option<Value>,
    asked: Arc<Mutex<Vec<(String, Value)>>>,
}

impl std::fmt::Debug for Answers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Answers")
    }
}

impl Answers {
    fn new(answer: fn(&str, &str, &Value) -> Option<Value>) -> Self {
        Self { answer, asked: Arc::default() }
    }
}

impl HttpConnector for Answers {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let call = request.extension::<Call>().expect("every call is tagged");
        let body = serde_json::from_slice(request.body().bytes().unwrap()).unwrap_or_default();
        let (status, text) = match (self.answer)(&call.id(), call.region(), &body) {
            Some(answer) => (200, answer.to_string()),
            None => (403, r#"{"__type":"AccessDeniedException","message":"no"}"#.to_owned()),
        };
        self.asked.lock().unwrap().push((format!("{} {}", call.id(), call.region()), body));
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status.try_into().unwrap(), SdkBody::from(text))))
    }
}

#[test]
fn alarm_history_is_read_to_the_end_and_told_the_oldest_first() {
    let answers = Answers::new(|call, region, body| {
        let item = |alarm: &str, at: f64, summary: &str| {
            json!({
                "AlarmName": alarm, "AlarmType": "MetricAlarm", "HistoryItemType": "StateUpdate", "Timestamp": at,
                "HistorySummary": summary, "HistoryData": "{\"version\":\"1.0\"}",
            })
        };
        match (call, region, body["NextToken"].as_str()) {
            ("cloudwatch:DescribeAlarmHistory", "eu-west-1", None) => Some(json!({
                "AlarmHistoryItems": [item("root-use", 1_772_323_500.5, "Alarm updated from ALARM to OK")], "NextToken": "more",
            })),
            ("cloudwatch:DescribeAlarmHistory", "eu-west-1", Some("more")) => Some(json!({
                "AlarmHistoryItems": [item("root-use", 1_772_323_200.0, "Alarm updated from OK to ALARM")],
            })),
            _ => None,
        }
    });
    let facts = collected(answers.clone(), &[Need::AlarmHistory]);
    let history = facts.regions["eu-west-1"].alarm_history.get().unwrap();
    let told: Vec<(&str, String)> =
        history.changes.iter().map(|c| (c.summary.as_str(), c.time.unwrap().to_string())).collect();
    let expected = [
        ("Alarm updated from OK to ALARM", "2026-03-01T00:00:00Z".to_owned()),
        ("Alarm updated from ALARM to OK", "2026-03-01T00:05:00.5Z".to_owned()),
    ];
    assert_eq!(told, expected);
    assert!(facts.regions["us-east-1"].alarm_history.get().is_err());
    let asked = answers.asked.lock().unwrap();
    let (_, first) = asked.iter().find(|(call, _)| call == "cloudwatch:DescribeAlarmHistory eu-west-1").unwrap();
    assert_eq!(
        *first,
        json!({
            "AlarmTypes": ["MetricAlarm", "CompositeAlarm", "LogAlarm"], "HistoryItemType": "StateUpdate", "MaxRecords": 100,
            "StartDate": 1_764_633_600, "EndDate": 1_772_409_600,
        })
    );
}

#[test]
fn findings_of_the_account_are_told_archived_or_not() {
    let answers = Answers::new(|call, region, _| match (call, region) {
        ("guardduty:ListDetectors", "eu-west-1") => Some(json!({ "detectorIds": ["d1"] })),
        ("guardduty:ListDetectors", _) => Some(json!({ "detectorIds": [] })),
        ("guardduty:GetDetector", _) => Some(json!({ "status": "ENABLED", "serviceRole": "r" })),
        ("guardduty:ListFindings", _) => Some(json!({ "findingIds": ["f2", "f1"], "nextToken": "" })),
        ("guardduty:GetFindings", _) => {
            let finding = |id: &str, archived: bool, severity: f64| {
                json!({
                    "accountId": "111122223333", "arn": format!("arn:aws:guardduty:eu-west-1:111122223333:detector/d1/finding/{id}"),
                    "id": id, "region": "eu-west-1", "partition": "aws", "schemaVersion": "2.0", "severity": severity,
                    "type": "Recon:EC2/PortProbe", "title": "Probe", "description": "Probe",
                    "createdAt": "2026-02-01T00:00:00Z", "updatedAt": "2026-02-02T00:00:00Z",
                    "resource": { "resourceType": "Instance" },
                    "service": { "archived": archived, "eventFirstSeen": "2026-01-31T00:00:00Z", "count": 1 },
                })
            };
            Some(json!({ "findings": [finding("f1", true, 2.0), finding("f2", false, 8.0)] }))
        }
        _ => None,
    });
    let facts = collected(answers.clone(), &[Need::GuardDutyHistory]);
    let found = facts.regions["eu-west-1"].guardduty_history.get().unwrap().as_ref().unwrap();
    let told: Vec<(bool, u32, String)> =
        found.iter().map(|f| (f.archived, f.severity, f.first_seen.unwrap().to_string())).collect();
    assert_eq!(told, [(true, 20, "2026-01-31T00:00:00Z".to_owned()), (false, 80, "2026-01-31T00:00:00Z".to_owned())]);
    assert_eq!(facts.regions["us-east-1"].guardduty_history.get(), Ok(&None));
    let asked = answers.asked.lock().unwrap();
    let (_, list) = asked.iter().find(|(call, _)| call == "guardduty:ListFindings eu-west-1").unwrap();
    assert_eq!(list["findingCriteria"], json!({ "criterion": { "accountId": { "equals": ["111122223333"] } } }));
}
