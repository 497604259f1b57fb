//! An account with many EventBridge rules.

use kickoff_facts::AccountFacts;
use serde_json::{Value, json};

/// Rules of every sort: on other services, on calls, on findings, each with a topic of its own and answers of its own as
/// evidence.
pub fn facts(rules: usize) -> AccountFacts {
    let topic = |n: usize| format!("arn:aws:sns:us-east-1:111122223333:topic-{n}");
    let pattern = |n: usize| match n % 5 {
        0 => json!({ "source": [format!("com.acme.app-{n}")] }),
        1 => {
            json!({ "source": ["aws.ec2"], "detail-type": ["EC2 Instance State-change Notification"], "detail": { "instance-id": [format!("i-{n}")] } })
        }
        2 => {
            json!({ "source": ["aws.iam"], "detail-type": ["AWS API Call via CloudTrail"], "detail": { "eventName": ["CreateUser"], "userIdentity": { "userName": [format!("u-{n}")] } } })
        }
        3 => json!({ "source": ["aws.guardduty"], "detail": { "type": [format!("type-{n}")] } }),
        _ => json!({ "source": ["aws.securityhub"], "detail": { "findings": { "Title": [format!("title-{n}")] } } }),
    };
    let rule = |n: usize| json!({ "name": format!("rule-{n:06}"), "enabled": true, "pattern": pattern(n).to_string(), "targets": { "value": [topic(n)], "evidence": [n] } });
    let told = |n: usize| json!({ "arn": topic(n), "subscriptions": { "value": [{ "protocol": "email", "confirmed": true }], "evidence": [n, rules + n] } });
    let all = |of: &dyn Fn(usize) -> Value| json!({ "value": (0..rules).map(of).collect::<Vec<Value>>() });
    let trail = json!({
        "arn": "arn:aws:cloudtrail:us-east-1:111122223333:trail/main", "name": "main", "home_region": "us-east-1", "primary": true, "multi_region": true,
        "bucket": "acme-trail", "status": { "value": { "logging": true } }, "selectors": { "value": { "basic": [{ "read_write": "All", "management": true }] } },
    });
    serde_json::from_value(json!({
        "account": "111122223333", "partition": "aws", "as_of": "2026-03-02T00:00:00Z", "home_region": "us-east-1",
        "global": { "all_regions": { "value": [{ "name": "us-east-1", "status": "ENABLED_BY_DEFAULT" }] } },
        "regions": { "us-east-1": {
            "rules": all(&rule), "topics": all(&told), "trails": { "value": [trail] }, "metric_filters": { "value": [] }, "alarms": { "value": [] },
            "detectors": { "value": [{ "id": "d", "settings": { "value": { "enabled": true } } }] }, "security_hub": { "value": {} },
            "finding_aggregators": { "value": [] }, "guardduty_administrator": { "value": {} },
        } },
    }))
    .unwrap()
}
