//! Where an alarm on the metrics of a filter leads.

use kickoff_facts::logging::{Alarm, MetricFilter};
use kickoff_facts::{Gap, Seen, View};

use super::{Delivery, Topics, deliver};
use crate::frame::wording::names;

/// Where the alarms on a filter's metrics lead: the best of them. An alarm counts in the region of its metric only.
///
/// # Errors
/// None reaches anybody for certain, and an alarm or a topic is not known.
pub fn delivery(here: &View<'_>, seen: &Seen, filter: &MetricFilter) -> Result<Delivery, Gap> {
    let alarms = here.alarms()?;
    let watches = |alarm: &&Alarm| {
        let metric = (&alarm.namespace, &alarm.metric);
        !alarm.composite && filter.metrics.iter().any(|(namespace, name)| (namespace, name) == metric)
    };
    let (topics, mut gap, mut unseen, mut nowhere) = (Topics::of(here), None, Vec::new(), Vec::new());
    let own: Vec<&str> = alarms.iter().filter(watches).map(|alarm| alarm.name.as_str()).collect();
    for alarm in alarms.iter().filter(watches) {
        let name = &alarm.name;
        if !alarm.actions_enabled {
            nowhere.push(format!("alarm {name}: its actions are switched off"));
        } else if alarm.alarm_actions.is_empty() {
            nowhere.push(format!("alarm {name}: no action when it goes off"));
        } else {
            match deliver(&topics, seen, Ok(&alarm.alarm_actions)) {
                Ok(Delivery::Reaches(to)) => return Ok(Delivery::Reaches(format!("alarm {name}, {to}"))),
                Ok(Delivery::Unseen(why)) => unseen.push(format!("alarm {name}: {why}")),
                Ok(Delivery::Nowhere(why)) => nowhere.push(format!("alarm {name}: {why}")),
                Err(error) => gap = gap.or(Some(error)),
            }
        }
    }
    if let Some(gap) = gap {
        return Err(gap);
    }
    // Whether a composite alarm goes off with one of its own, and metric maths with one of its metrics, depends on the rest of it.
    let hidden = |alarm: &&Alarm| {
        let maybe = match (&alarm.rule, alarm.composite) {
            (Some(rule), true) => {
                own.iter().any(|name| rule.contains(&format!("\"{name}\"")) || names_bare(rule, name))
            }
            (None, true) => !own.is_empty(),
            (_, false) if !alarm.metric.is_empty() => false,
            (_, false) => {
                let takes = |one: &kickoff_facts::logging::Metric| {
                    filter.metrics.iter().any(|(namespace, name)| (namespace, name) == (&one.namespace, &one.name))
                };
                !alarm.queries.is_empty() || alarm.watches.iter().any(takes)
            }
        };
        maybe && alarm.actions_enabled && !alarm.alarm_actions.is_empty()
    };
    let hidden: Vec<&str> = alarms.iter().filter(hidden).map(|alarm| alarm.name.as_str()).collect();
    if !hidden.is_empty() {
        unseen.push(format!("whether {} takes it up is not visible", names(hidden)));
    }
    Ok(match (unseen.is_empty(), nowhere.is_empty()) {
        (false, _) => Delivery::Unseen(unseen.join(", ")),
        (true, false) => Delivery::Nowhere(nowhere.join(", ")),
        (true, true) => Delivery::Nowhere("no alarm watches its metric".to_owned()),
    })
}

/// Whether a composite alarm's rule names an alarm without quotes, alone or at the end of an ARN: `ALARM(arn:...:alarm:name)`.
fn names_bare(rule: &str, name: &str) -> bool {
    rule.split(['(', ')']).any(|part| {
        let part = part.trim().trim_matches('"');
        part == name || part.rsplit(':').next() == Some(name)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use kickoff_facts::{AccountFacts, Need};
    use serde_json::{Value, json};

    use super::*;

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
        alarm["watches"] = json!([{ "namespace": namespace, "name": metric }]);
        alarm
    }

    /// Where alarms lead the metric `root` of the namespace `Security`: `reaches`, `nowhere`, `unseen` or `unknown`.
    fn leads(alarms: Value) -> &'static str {
        let regional = json!({
            "alarms": { "value": alarms },
            "topics": { "value": [
                { "arn": HEARD, "subscriptions": { "value": [ { "protocol": "email", "confirmed": true } ] } },
                { "arn": HEARD.replace("heard", "deaf"), "subscriptions": { "value": [ { "protocol": "email" } ] } },
                { "arn": HEARD.replace("heard", "denied"), "subscriptions": { "gap": { "kind": "denied", "call": "sns:ListSubscriptionsByTopic", "region": "us-east-1", "message": "" } } } ] },
        });
        let facts = json!({
            "account": "111122223333", "partition": "aws", "as_of": "2026-03-02T00:00:00Z", "home_region": "us-east-1",
            "regions": { "us-east-1": regional },
        });
        let facts: AccountFacts = serde_json::from_value(facts).unwrap();
        let view = View::region(&facts, "us-east-1", &facts.regions["us-east-1"], &[Need::Alarms, Need::Topics]);
        let metrics = ["root", "root-calls"].map(|name| ("Security".to_owned(), name.to_owned())).into();
        let filter = MetricFilter { metrics, ..MetricFilter::default() };
        match delivery(&view, &Seen::default(), &filter) {
            Ok(Delivery::Reaches(_)) => "reaches",
            Ok(Delivery::Nowhere(_)) => "nowhere",
            Ok(Delivery::Unseen(_)) => "unseen",
            Err(_) => "unknown",
        }
    }

    #[test]
    fn an_alarm_on_the_metric_leads_where_its_actions_do() {
        let own =
            |topic: &str| on("root", "Security", "root", json!({ "alarm_actions": [HEARD.replace("heard", topic)] }));
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
    fn a_composite_alarm_may_take_up_the_alarms_that_its_rule_names() {
        let beside = |rule: &str, rest: Value| {
            let mut composite = alarm("any", rest);
            (composite["composite"], composite["rule"]) = (json!(true), json!(rule));
            leads(json!([on("root", "Security", "root", json!({ "alarm_actions": [] })), composite]))
        };
        for (rule, expected) in [
            (r#"ALARM("root")"#, "unseen"),
            ("ALARM(iam) OR ALARM( root )", "unseen"),
            ("ALARM(arn:aws:cloudwatch:us-east-1:111122223333:alarm:root)", "unseen"),
            (r#"NOT OK("arn:aws:cloudwatch:us-east-1:111122223333:alarm:root")"#, "unseen"),
            (r#"ALARM("iam")"#, "nowhere"),
            ("ALARM(root2) OR ALARM(iam)", "nowhere"),
        ] {
            assert_eq!(beside(rule, json!({})), expected, "{rule}");
        }
        for silent in [json!({ "actions_enabled": false }), json!({ "alarm_actions": [] })] {
            assert_eq!(beside("ALARM(root)", silent.clone()), "nowhere", "{silent}");
        }
        let silent = |name: &str| on(name, "Security", "root", json!({ "alarm_actions": [] }));
        let one_of_two = alarm("any", json!({ "composite": true, "rule": "ALARM(root)" }));
        assert_eq!(leads(json!([silent("root"), silent("root-2"), one_of_two])), "unseen");
        // Without its rule it may take up any alarm on the metric; where there is none, it has nothing to take up.
        let unread = || alarm("any", json!({ "composite": true }));
        assert_eq!(leads(json!([on("root", "Security", "root", json!({ "alarm_actions": [] })), unread()])), "unseen");
        assert_eq!(leads(json!([on("iam", "Security", "iam", json!({})), unread()])), "nowhere");
    }

    #[test]
    fn metric_maths_may_turn_on_the_metrics_that_it_takes() {
        let takes = |namespace: &str, name: &str| json!({ "watches": [{ "namespace": "AWS/EC2", "name": "CPU" }, { "namespace": namespace, "name": name }] });
        for (rest, expected) in [
            (takes("Security", "root"), "unseen"),
            (takes("Security", "iam"), "nowhere"),
            (takes("Billing", "root"), "nowhere"),
            (json!({ "queries": ["SELECT SUM(root) FROM Security"] }), "unseen"),
            (json!({}), "nowhere"),
        ] {
            assert_eq!(leads(json!([alarm("maths", rest.clone())])), expected, "{rest}");
        }
    }
}
