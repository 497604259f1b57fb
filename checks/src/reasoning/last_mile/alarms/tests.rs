#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use kickoff_facts::{AccountFacts, Need};
use serde_json::{Value, json};

use super::*;

const OPEN: &str = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"sns:Publish","Resource":"*"}}"#;
const HEARD: &str = "arn:aws:sns:us-east-1:111122223333:heard";

/// An alarm that is on, tells a topic that is heard, and is described by the rest.
fn alarm(name: &str, rest: Value) -> Value {
    let mut alarm = json!({ "name": name, "actions_enabled": true, "alarm_actions": [HEARD] });
    alarm.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    alarm
}

/// An alarm on a metric, as the collector reads it.
fn on(name: &str, namespace: &str, metric: &str, rest: Value) -> Value {
    let mut alarm = alarm(name, rest);
    (alarm["namespace"], alarm["metric"]) = (json!(namespace), json!(metric));
    let more = json!({
        "watches": [{ "namespace": namespace, "name": metric }], "treat_missing_data": "notBreaching",
        "condition": {
            "statistic": "Sum", "period": 300, "comparison": "GreaterThanOrEqualToThreshold", "threshold": 1.0,
            "evaluation_periods": 1,
        },
    });
    for (key, value) in more.as_object().unwrap() {
        if alarm.get(key).is_none() {
            alarm[key] = value.clone();
        }
    }
    alarm
}

/// Where alarms lead the metric `root` of the namespace `Security`: `reaches`, `nowhere`, `unseen` or `unknown`.
fn leads(alarms: Value) -> &'static str {
    by(alarms, json!({}))
}

/// The same of a filter that is described by the rest.
fn by(alarms: Value, rest: Value) -> &'static str {
    match led(alarms, rest) {
        Ok(Delivery::Reaches(_)) => "reaches",
        Ok(Delivery::Nowhere(_)) => "nowhere",
        Ok(Delivery::Unseen(_)) => "unseen",
        Err(_) => "unknown",
    }
}

fn led(alarms: Value, rest: Value) -> Result<Delivery, Gap> {
    beside_mutes(alarms, rest, json!({ "value": [] }))
}

/// The same with mute rules of the region.
fn beside_mutes(alarms: Value, rest: Value, mutes: Value) -> Result<Delivery, Gap> {
    let regional = json!({
        "metric_filters": { "value": [] },
        "alarms": { "value": alarms },
        "alarm_mutes": mutes,
        "topics": { "value": [
            {
                "arn": HEARD, "attributes": { "value": { "policy": OPEN } },
                "subscriptions": { "value": [ { "protocol": "email", "confirmed": true, "filter": { "value": null } } ] },
            },
            { "arn": HEARD.replace("heard", "deaf"), "subscriptions": { "value": [ { "protocol": "email" } ] } },
            { "arn": HEARD.replace("heard", "denied"), "subscriptions": { "gap": { "kind": "denied", "call": "sns:ListSubscriptionsByTopic", "region": "us-east-1", "message": "" } } } ] },
    });
    let facts = json!({
        "account": "111122223333", "partition": "aws", "as_of": "2026-03-02T00:00:00Z", "home_region": "us-east-1",
        "regions": { "us-east-1": regional },
    });
    let facts: AccountFacts = serde_json::from_value(facts).unwrap();
    let view = View::region(
        &facts,
        "us-east-1",
        &facts.regions["us-east-1"],
        &[Need::Alarms, Need::AlarmMutes, Need::Topics, Need::MetricFilters],
    );
    let mut filter = json!({ "metrics": [
        { "namespace": "Security", "name": "root", "value": "1" },
        { "namespace": "Security", "name": "root-calls", "value": "1" },
    ] });
    filter.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    delivery(&view, &Seen::default(), &serde_json::from_value(filter).unwrap())
}

#[test]
fn an_alarm_on_the_metric_leads_where_its_actions_do() {
    let own = |topic: &str| on("root", "Security", "root", json!({ "alarm_actions": [HEARD.replace("heard", topic)] }));
    for (alarms, expected) in [
        (json!([]), "nowhere"),
        (json!([own("heard")]), "reaches"),
        (json!([own("deaf")]), "nowhere"),
        (json!([own("elsewhere")]), "unseen"),
        (json!([own("denied")]), "unknown"),
        (json!([own("denied"), own("elsewhere"), own("heard")]), "reaches"),
        (json!([own("deaf"), own("elsewhere")]), "unseen"),
        (json!([on("root", "Security", "root", json!({ "actions_enabled": false }))]), "nowhere"),
        (json!([on("root", "Security", "root", json!({ "alarm_actions": [] }))]), "nowhere"),
        (json!([on("root", "Security", "iam", json!({}))]), "nowhere"),
        (json!([on("root", "Billing", "root", json!({}))]), "nowhere"),
    ] {
        assert_eq!(leads(alarms.clone()), expected, "{alarms}");
    }
}

#[test]
fn a_composite_alarm_is_raised_where_its_rule_holds_with_the_alarm() {
    let beside = |rule: &str, rest: Value| {
        let mut composite = alarm("any", rest);
        (composite["composite"], composite["rule"]) = (json!(true), json!(rule));
        leads(json!([on("root", "Security", "root", json!({ "alarm_actions": [] })), composite]))
    };
    for (rule, expected) in [
        (r#"ALARM("root")"#, "reaches"),
        ("ALARM(iam) OR ALARM( root )", "reaches"),
        ("ALARM(arn:aws:cloudwatch:us-east-1:111122223333:alarm:root)", "reaches"),
        (r#"NOT OK("arn:aws:cloudwatch:us-east-1:111122223333:alarm:root")"#, "reaches"),
        ("ALARM(root) AND ALARM(iam)", "unseen"),
        ("AT_LEAST(1, ALARM, (root, iam))", "unseen"),
        ("ALARM(root) AND FALSE", "nowhere"),
        ("FALSE", "nowhere"),
        ("TRUE OR ALARM(root)", "nowhere"),
        ("OK(root)", "nowhere"),
        (r#"ALARM("iam")"#, "nowhere"),
        ("ALARM(root2) OR ALARM(iam)", "nowhere"),
    ] {
        assert_eq!(beside(rule, json!({})), expected, "{rule}");
    }
    for silent in [json!({ "actions_enabled": false }), json!({ "alarm_actions": [] })] {
        assert_eq!(beside("ALARM(root)", silent.clone()), "nowhere", "{silent}");
    }
    assert_eq!(beside("ALARM(root)", json!({ "suppressor": "maintenance" })), "unseen");
    // Without its rule it may take up any alarm on the metric; where there is none, it has nothing to take up.
    let unread = || alarm("any", json!({ "composite": true }));
    assert_eq!(leads(json!([on("root", "Security", "root", json!({ "alarm_actions": [] })), unread()])), "unseen");
    assert_eq!(leads(json!([on("iam", "Security", "iam", json!({})), unread()])), "nowhere");
    // Of an alarm that one event does not raise there is nothing to take up; composites may be of composites.
    let dead = on("root", "Security", "root", json!({ "alarm_actions": [], "treat_missing_data": "breaching" }));
    let of = |name: &str, rule: &str, rest: Value| {
        let mut composite = alarm(name, rest);
        (composite["composite"], composite["rule"]) = (json!(true), json!(rule));
        composite
    };
    assert_ne!(leads(json!([dead, of("any", "ALARM(root)", json!({}))])), "reaches");
    let root = on("root", "Security", "root", json!({ "alarm_actions": [] }));
    let inner = of("inner", "ALARM(root) OR ALARM(iam)", json!({ "alarm_actions": [] }));
    assert_eq!(leads(json!([root, inner, of("outer", "ALARM(inner)", json!({}))])), "reaches");
}

#[test]
fn metric_maths_and_queries_count_where_they_take_the_metric() {
    let maths = |expression: &str, name: &str| {
        json!({
            "watches": [{ "namespace": "Security", "name": name }], "treat_missing_data": "missing",
            "condition": {
                "period": 300, "comparison": "GreaterThanThreshold", "threshold": 0.0, "evaluation_periods": 1,
                "terms": [
                    { "id": "m1", "metric": { "namespace": "Security", "name": name }, "statistic": "Sum" },
                    { "id": "e1", "expression": expression, "returned": true },
                ],
            },
        })
    };
    let query = |query: &str| json!({ "queries": [query] });
    for (rest, expected) in [
        (maths("FILL(m1, 0)", "root"), "reaches"),
        (maths("FILL(m1, 0)", "iam"), "nowhere"),
        (maths("m1 - 1", "root"), "nowhere"),
        (maths("ANOMALY_DETECTION_BAND(m1)", "root"), "unseen"),
        (json!({ "watches": [{ "namespace": "Security", "name": "root" }] }), "unseen"),
        (query("SELECT SUM(root) FROM Security"), "unseen"),
        (query("SELECT SUM(Errors) FROM \"AWS/Lambda\""), "nowhere"),
        (query("SUM(SEARCH('{Security} root', 'Sum', 300))"), "unseen"),
        (query("SUM(SEARCH('{AWS/EC2,InstanceId} CPU', 'Sum', 300))"), "nowhere"),
        (json!({}), "nowhere"),
    ] {
        assert_eq!(leads(json!([alarm("maths", rest.clone())])), expected, "{rest}");
    }
}

#[test]
fn dimensions_and_the_selection_of_fields_must_meet() {
    let plain = || json!([on("root", "Security", "root", json!({}))]);
    let with = |dimensions: Value| {
        json!([on(
            "root",
            "Security",
            "root",
            json!({ "watches": [{ "namespace": "Security", "name": "root", "dimensions": dimensions }] })
        )])
    };
    let publishes = |dimensions: Value| json!({ "metrics": [{ "namespace": "Security", "name": "root", "value": "1", "dimensions": dimensions }] });
    let account = || publishes(json!([["Account", "$.recipientAccountId"]]));
    for (alarms, filter, expected) in [
        (plain(), account(), "nowhere"),
        (with(json!([["Env", "prod"]])), json!({}), "nowhere"),
        (with(json!([["Account", "111122223333"]])), account(), "unseen"),
        (with(json!([["Env", "prod"]])), account(), "nowhere"),
        (plain(), json!({ "system_dimensions": ["@aws.account"] }), "nowhere"),
        (with(json!([["@aws.account", "111122223333"]])), json!({ "system_dimensions": ["@aws.account"] }), "reaches"),
        (plain(), json!({ "selection": "@aws.account IN [\"999999999999\"]" }), "nowhere"),
        (plain(), json!({ "selection": "@aws.account IN [\"111122223333\"]" }), "reaches"),
        (plain(), json!({ "selection": "@aws.account = \"111122223333\" AND @aws.region = 'us-east-1'" }), "reaches"),
        (plain(), json!({ "selection": "@aws.region NOT IN [\"us-east-1\"]" }), "nowhere"),
        (plain(), json!({ "selection": "@aws.region != \"eu-west-1\"" }), "reaches"),
        (plain(), json!({ "selection": "@source.log = \"x\" OR @aws.region = \"x\"" }), "unseen"),
        (plain(), json!({ "transformed": true }), "unseen"),
        (plain(), json!({ "metrics": [{ "namespace": "Security", "name": "root", "value": "0" }] }), "nowhere"),
    ] {
        assert_eq!(by(alarms.clone(), filter.clone()), expected, "{alarms} {filter}");
    }
}

#[test]
fn an_alarm_that_stays_in_alarm_tells_nobody() {
    for (rest, expected) in [
        (json!({ "state": "OK", "state_since": "2024-01-01T00:00:00Z" }), "reaches"),
        (json!({ "state": "INSUFFICIENT_DATA", "state_since": "2024-01-01T00:00:00Z" }), "reaches"),
        (json!({ "state": "ALARM", "state_since": "2026-03-01T12:00:00Z" }), "reaches"),
        (json!({ "state": "ALARM", "state_since": "2026-02-20T00:00:00Z" }), "unseen"),
        (json!({ "state": "ALARM" }), "unseen"),
        (json!({ "state": "ALARM", "state_since": "2024-01-01T00:00:00Z", "treat_missing_data": "ignore" }), "nowhere"),
        // What raises it was not read.
        (json!({ "condition": null }), "unseen"),
    ] {
        assert_eq!(leads(json!([on("root", "Security", "root", rest.clone())])), expected, "{rest}");
    }
}

#[test]
fn what_a_mute_rule_may_silence_is_in_doubt_and_a_gap_is_one_of_the_way() {
    let rules = |alarms: Value| json!({ "value": [{ "name": "nightly", "status": "SCHEDULED", "alarms": alarms }] });
    let denied = json!({ "gap": { "kind": "denied", "call": "cloudwatch:ListAlarmMuteRules", "region": "us-east-1", "message": "" } });
    let one = || on("root", "Security", "root", json!({}));
    let other = || on("other", "Security", "root", json!({}));
    let off = || on("root", "Security", "root", json!({ "actions_enabled": false }));
    let deaf = || on("root", "Security", "root", json!({ "alarm_actions": [HEARD.replace("heard", "deaf")] }));
    for (alarms, mutes, expected) in [
        (json!([one()]), rules(json!(["root"])), "unseen"),
        (json!([one()]), rules(json!(["root-2"])), "reaches"),
        // A rule that names none may mute any.
        (json!([one()]), rules(json!([])), "unseen"),
        (json!([one(), other()]), rules(json!(["root"])), "reaches"),
        (json!([one()]), denied.clone(), "unknown"),
        // What reaches nobody anyway does so muted or not.
        (json!([off()]), denied.clone(), "nowhere"),
        (json!([deaf()]), denied, "nowhere"),
        (json!([deaf()]), rules(json!(["root"])), "nowhere"),
    ] {
        let kind = match beside_mutes(alarms.clone(), json!({}), mutes.clone()) {
            Ok(Delivery::Reaches(_)) => "reaches",
            Ok(Delivery::Nowhere(_)) => "nowhere",
            Ok(Delivery::Unseen(why)) => {
                assert!(why.contains("muted by nightly"), "{why}");
                "unseen"
            }
            Err(_) => "unknown",
        };
        assert_eq!(kind, expected, "{alarms} {mutes}");
    }
}

#[test]
fn the_way_is_drawn() {
    let drawn = led(json!([on("sec-root", "Security", "root", json!({}))]), json!({})).unwrap();
    let expected = "metric Security/root (1 each) -> alarm sec-root (Sum >= 1 in 1 of 1 x 300 s) -> topic heard (its policy lets CloudWatch publish) -> email, confirmed";
    assert_eq!(drawn, Delivery::Reaches(expected.to_owned()));
    let other = json!({ "alarm_actions": ["arn:aws:ssm:us-east-1:111122223333:opsitem:2"] });
    let drawn = led(json!([on("sec-root", "Security", "root", other)]), json!({})).unwrap();
    let expected =
        "metric Security/root (1 each) -> alarm sec-root (Sum >= 1 in 1 of 1 x 300 s) -> an OpsItem in OpsCenter";
    assert_eq!(drawn, Delivery::Reaches(expected.to_owned()));
}
