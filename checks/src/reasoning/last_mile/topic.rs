//! Whether a topic carries what it is told to somebody: who may publish, which key encrypts, who listens to what.

use kickoff_facts::logging::{SubscriptionFilter, Topic, TopicSubscription};
use kickoff_facts::{Gap, Seen};
use serde_json::{Value, json};

use super::delivery::Delivery;
use super::ends;
use super::publish::{Leave, Publisher};
use crate::reasoning::event_pattern::{Answer, Pattern};
use crate::reasoning::sample::Sample;

/// Where a topic leads what a publisher tells it.
///
/// # Errors
/// It reaches nobody for certain, and something that could show it is not known.
pub fn carries(seen: &Seen, topic: &Topic, publisher: &Publisher) -> Result<Delivery, Gap> {
    let name = ends::last(&topic.arn);
    let Some(subscriptions) = seen.see(&topic.subscriptions)? else {
        return Ok(Delivery::Nowhere(format!("topic {name} does not exist")));
    };
    let confirmed: Vec<&TopicSubscription> = subscriptions.iter().filter(|one| one.confirmed).collect();
    if confirmed.is_empty() {
        let count = subscriptions.len();
        return Ok(Delivery::Nowhere(format!("topic {name} has no confirmed subscription ({count} in all)")));
    }
    // Where everything ends is known first: nobody there is nobody, whatever the policies say.
    let end = heard(seen, &confirmed, publisher);
    if let Ok(Delivery::Nowhere(why)) = end {
        return Ok(Delivery::Nowhere(format!("topic {name}: {why}")));
    }
    let attributes = seen.see(&topic.attributes)?;
    let mut words = Vec::new();
    let mut doubts = Vec::new();
    let leave = publisher.may_publish(&topic.arn, &attributes.policy);
    let key = attributes.key.as_ref().map(|key| publisher.may_encrypt(seen, &topic.arn, key));
    for leave in [Some(Ok(leave)), key].into_iter().flatten() {
        match leave {
            Ok(Leave::Yes(said)) => words.push(said),
            Ok(Leave::Unsure(why)) => doubts.push(why),
            Ok(Leave::No(why)) => return Ok(Delivery::Nowhere(format!("topic {name}: {why}"))),
            Err(gap) => return Err(gap),
        }
    }
    let by = format!("topic {name} ({})", words.join("; "));
    Ok(match end? {
        Delivery::Reaches(to) if doubts.is_empty() => Delivery::Reaches(format!("{by} -> {to}, confirmed")),
        Delivery::Reaches(_) => Delivery::Unseen(format!("topic {name}: {}", doubts.join(", "))),
        Delivery::Unseen(why) => {
            doubts.push(why);
            Delivery::Unseen(format!("topic {name}: {}", doubts.join(", ")))
        }
        Delivery::Nowhere(why) => Delivery::Nowhere(why),
    })
}

/// Where the confirmed subscriptions lead: all that reach somebody, else what is in doubt, else why nobody hears.
fn heard(seen: &Seen, confirmed: &[&TopicSubscription], publisher: &Publisher) -> Result<Delivery, Gap> {
    let (mut reached, mut unseen, mut nowhere, mut gap) = (Vec::new(), Vec::new(), Vec::new(), None);
    for one in confirmed {
        let taken = match seen.see(&one.filter) {
            Ok(None) => Answer::Yes,
            Ok(Some(filter)) => takes(filter, publisher),
            Err(error) => {
                gap = gap.or(Some(error));
                continue;
            }
        };
        match (taken, ends::subscription(&one.protocol, &one.endpoint)) {
            (_, Delivery::Nowhere(why)) => nowhere.push(why),
            (Answer::No, _) => nowhere
                .push(format!("the filter policy of its subscription by {} lets nothing of it through", one.protocol)),
            (Answer::Yes, Delivery::Reaches(to)) => reached.push(to),
            (Answer::Yes, Delivery::Unseen(why)) => unseen.push(why),
            (Answer::Unsure(why), _) => {
                unseen.push(format!(
                    "the filter policy of its subscription by {} depends on {}",
                    one.protocol,
                    why.join(", ")
                ));
            }
        }
    }
    for list in [&mut reached, &mut unseen, &mut nowhere] {
        list.sort();
        list.dedup();
    }
    match gap {
        _ if !reached.is_empty() => Ok(Delivery::Reaches(reached.join(" and "))),
        Some(gap) => Err(gap),
        None if !unseen.is_empty() => Ok(Delivery::Unseen(unseen.join(", "))),
        None => Ok(Delivery::Nowhere(nowhere.join(", "))),
    }
}

/// Whether a filter policy lets the message through. Neither CloudWatch nor EventBridge gives a message attributes; the body
/// of an alarm's message is known in part (CloudWatch User Guide, "Notifying users on alarm changes").
fn takes(filter: &SubscriptionFilter, publisher: &Publisher) -> Answer {
    if filter.policy.trim() == "{}" {
        return Answer::Yes;
    }
    let Ok(Value::Object(asked)) = serde_json::from_str(&filter.policy) else {
        return Answer::unsure("what is not understood in it");
    };
    let pattern = Pattern::read(&filter.policy);
    if !filter.body {
        let nothing: Value =
            asked.keys().map(|key| (key.clone(), Value::Null)).collect::<serde_json::Map<_, _>>().into();
        return match pattern.answer(&Sample::from(nothing)) {
            // Only `{"exists": false}` is met by what is not there; other negations ask for an attribute.
            Answer::Yes if !filter.policy.contains("exists") => Answer::No,
            answer => answer,
        };
    }
    if !publisher.is_alarm() {
        return Answer::unsure("the body of the event");
    }
    let alarm = publisher.arn().split_once(":alarm:").map_or("", |(_, name)| name);
    let account = publisher.arn().split(':').nth(4);
    pattern.answer(&Sample::from(json!({
        "AlarmName": alarm, "AlarmArn": publisher.arn(), "AWSAccountId": account, "NewStateValue": "ALARM",
    })))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const OPEN: &str = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"sns:Publish","Resource":"*"}}"#;

    fn topic(subscriptions: Value, policy: &str) -> Topic {
        let topic = json!({
            "arn": "arn:aws:sns:us-east-1:111122223333:security",
            "subscriptions": { "value": subscriptions }, "attributes": { "value": { "policy": policy } },
        });
        serde_json::from_value(topic).unwrap()
    }

    fn led(topic: &Topic) -> Result<Delivery, Gap> {
        carries(&Seen::default(), topic, &Publisher::alarm("arn:aws:cloudwatch:us-east-1:111122223333:alarm:root"))
    }

    fn email(filter: Value) -> Value {
        json!([{ "protocol": "email", "endpoint": "a@b.example", "confirmed": true, "filter": filter }])
    }

    #[test]
    fn the_way_is_drawn_to_its_end() {
        let drawn = led(&topic(email(json!({ "value": null })), OPEN)).unwrap();
        let expected = "topic security (its policy lets CloudWatch publish) -> email, confirmed";
        assert_eq!(drawn, Delivery::Reaches(expected.to_owned()));
    }

    #[test]
    fn a_filter_policy_drops_what_has_no_attributes() {
        let filter = |policy: &str, body: bool| email(json!({ "value": { "policy": policy, "body": body } }));
        for (subscriptions, expected) in [
            (filter(r#"{"severity":["high"]}"#, false), "nowhere"),
            (filter(r#"{"severity":[{"anything-but":"low"}]}"#, false), "nowhere"),
            (filter(r#"{"severity":[{"exists":false}]}"#, false), "reaches"),
            (filter("{}", false), "reaches"),
            (filter("[", false), "unseen"),
            (filter(r#"{"NewStateValue":["ALARM"]}"#, true), "reaches"),
            (filter(r#"{"NewStateValue":["OK"]}"#, true), "nowhere"),
            (filter(r#"{"AlarmName":[{"prefix":"sec-"}]}"#, true), "nowhere"),
            (filter(r#"{"Region":["US East (N. Virginia)"]}"#, true), "unseen"),
            (
                email(
                    json!({ "gap": { "kind": "denied", "call": "sns:GetSubscriptionAttributes", "region": "us-east-1", "message": "" } }),
                ),
                "unknown",
            ),
        ] {
            let said = match led(&topic(subscriptions.clone(), OPEN)) {
                Ok(Delivery::Reaches(_)) => "reaches",
                Ok(Delivery::Nowhere(_)) => "nowhere",
                Ok(Delivery::Unseen(_)) => "unseen",
                Err(_) => "unknown",
            };
            assert_eq!(said, expected, "{subscriptions}");
        }
    }

    #[test]
    fn one_who_hears_is_enough_and_a_function_is_nobody_for_certain() {
        let lambda = json!({ "protocol": "lambda", "endpoint": "arn:aws:lambda:us-east-1:111122223333:function:f", "confirmed": true, "filter": { "value": null } });
        let mail = json!({ "protocol": "email", "confirmed": true, "filter": { "value": null } });
        let unread = json!({ "protocol": "sms", "confirmed": true });
        assert!(matches!(led(&topic(json!([lambda]), OPEN)), Ok(Delivery::Unseen(_))));
        assert!(matches!(led(&topic(json!([lambda, unread, mail]), OPEN)), Ok(Delivery::Reaches(_))));
        assert!(led(&topic(json!([lambda, unread]), OPEN)).is_err());
        let mut closed = topic(json!([mail]), r#"{"Statement":[]}"#);
        assert!(matches!(led(&closed), Ok(Delivery::Nowhere(_))));
        closed.attributes = kickoff_facts::Observed::default();
        assert!(led(&closed).is_err());
        assert!(matches!(led(&topic(json!([{ "protocol": "email" }]), OPEN)), Ok(Delivery::Nowhere(_))));
    }
}
