//! SNS: the topics that alarms and rules tell.

use std::collections::BTreeMap;

use aws_sdk_sns::Client;
use aws_sdk_sns::types::Subscription;
use futures::future::join_all;
use kickoff_facts::logging::{SubscriptionFilter, Topic, TopicAttributes, TopicKey, TopicSubscription};
use kickoff_facts::{Observed, RegionalFacts};

use super::kms::topic_key;
use super::shared::{follows, inherited, text};
use crate::call::ask;
use crate::session::{Session, client};

families! {
    regional Topics topics = |session, _, region, known| topics(session, region, known);
}

const ATTRIBUTES: &str = "sns:GetTopicAttributes";

pub(super) async fn topics(session: &Session, region: &str, known: &RegionalFacts) -> Observed<Vec<Topic>> {
    const OPERATION: &str = "sns:ListSubscriptionsByTopic";
    let (alarms, rules) = match (known.alarms.get(), known.rules.get()) {
        (Ok(alarms), Ok(rules)) => (alarms, rules),
        (Err(gap), _) | (_, Err(gap)) => return inherited(gap, OPERATION).into(),
    };
    // A rule whose targets are not known may tell a topic that nothing else names.
    let mut targets = follows((), &known.rules);
    for rule in rules.iter().filter(|rule| rule.enabled) {
        targets = targets.and(follows((), &rule.targets)).map(|_| ());
        if let Err(gap) = rule.targets.get() {
            return inherited(gap, OPERATION).into();
        }
    }
    let mut told: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for alarm in alarms {
        for arn in &alarm.alarm_actions {
            told.entry(arn).or_default().push(format!("alarm {}", alarm.name));
        }
    }
    for rule in rules {
        for arn in rule.targets.get().into_iter().flatten() {
            told.entry(arn).or_default().push(format!("rule {}", rule.name));
        }
    }
    let client = client!(aws_sdk_sns, session, region);
    let topic = |arn: &str| arn.split(':').nth(2) == Some("sns");
    let own = |arn: &str| {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        matches!(parts.as_slice(), [_, _, "sns", at, account, _] if *at == region && *account == session.account())
    };
    let asked = told.into_iter().filter(|(arn, _)| topic(arn)).map(|(arn, mut told_by)| {
        let (client, own) = (&client, own(arn));
        async move {
            told_by.sort();
            told_by.dedup();
            if !own {
                let message = "the topic belongs to another account or region: look there".to_owned();
                let gap = session.not_made(OPERATION, region, &message);
                return Topic { arn: arn.to_owned(), told_by, subscriptions: gap.into(), ..Topic::default() };
            }
            let parameters = [("TopicArn", arn)];
            let subscriptions = session
                .pages(ask(OPERATION, region).with(&parameters), |token, call| {
                    let request = client
                        .list_subscriptions_by_topic()
                        .topic_arn(arn)
                        .set_next_token(token)
                        .customize()
                        .interceptor(call)
                        .send();
                    async { request.await.map(|out| (out.subscriptions.unwrap_or_default(), out.next_token)) }
                })
                .await
                .or_absent();
            let confirmed = |listed: &Option<Vec<Subscription>>| listed.iter().flatten().any(is_confirmed);
            // A topic that nobody hears need not be asked who may tell it.
            let attributes = match subscriptions.get() {
                Err(gap) => inherited(gap, ATTRIBUTES).into(),
                Ok(listed) if confirmed(listed) => attributes(session, client, region, arn).await,
                Ok(_) => session.not_made(ATTRIBUTES, region, "nobody confirmed a subscription of the topic").into(),
            };
            let subscriptions = match subscriptions {
                Observed::Known { value: Some(listed), evidence } => {
                    let read = listed.iter().map(|one| subscription(session, client, region, one));
                    Observed::Known { value: Some(join_all(read).await), evidence }
                }
                Observed::Known { value: None, evidence } => Observed::Known { value: None, evidence },
                Observed::Unknown { gap } => gap.into(),
            };
            Topic { arn: arn.to_owned(), told_by, subscriptions, attributes }
        }
    });
    let topics = join_all(asked).await;
    follows((), &known.alarms).and(targets).map(|_| topics)
}

/// Until the endpoint says yes there is a word in place of the ARN.
fn is_confirmed(one: &Subscription) -> bool {
    one.subscription_arn().is_some_and(|arn| arn.starts_with("arn:"))
}

async fn subscription(session: &Session, client: &Client, region: &str, one: &Subscription) -> TopicSubscription {
    const OPERATION: &str = "sns:GetSubscriptionAttributes";
    let confirmed = is_confirmed(one);
    let filter = if confirmed {
        let arn = text(one.subscription_arn());
        let parameters = [("SubscriptionArn", arn.as_str())];
        session
            .one(ask(OPERATION, region).with(&parameters), |call| {
                client.get_subscription_attributes().subscription_arn(&arn).customize().interceptor(call).send()
            })
            .await
            .parse(|out| out.attributes.ok_or_else(|| "it holds no attributes".to_owned()))
            .observed()
            .map(|found| {
                let policy = found.get("FilterPolicy").filter(|policy| !policy.is_empty())?.clone();
                let body = found.get("FilterPolicyScope").is_some_and(|scope| scope == "MessageBody");
                Some(SubscriptionFilter { policy, body })
            })
    } else {
        session.not_made(OPERATION, region, "the subscription is not confirmed").into()
    };
    TopicSubscription { protocol: text(one.protocol()), endpoint: text(one.endpoint()), confirmed, filter }
}

async fn attributes(session: &Session, client: &Client, region: &str, arn: &str) -> Observed<TopicAttributes> {
    let parameters = [("TopicArn", arn)];
    let found = session
        .one(ask(ATTRIBUTES, region).with(&parameters), |call| {
            client.get_topic_attributes().topic_arn(arn).customize().interceptor(call).send()
        })
        .await
        .parse(|out| out.attributes.ok_or_else(|| "it holds no attributes".to_owned()))
        .observed();
    let (found, evidence) = match found {
        Observed::Known { value, evidence } => (value, evidence),
        Observed::Unknown { gap } => return gap.into(),
    };
    let key = match found.get("KmsMasterKeyId").filter(|id| !id.is_empty()) {
        Some(id) => Some(TopicKey { id: id.clone(), settings: topic_key(session, region, id).await }),
        None => None,
    };
    let policy = found.get("Policy").cloned().unwrap_or_default();
    Observed::Known { value: TopicAttributes { policy, key }, evidence }
}
