//! SNS: the topics that alarms and rules tell.

use std::collections::BTreeMap;

use futures::future::join_all;
use kickoff_facts::logging::{Topic, TopicSubscription};
use kickoff_facts::{Observed, RegionalFacts};

use super::shared::{follows, inherited, text};
use crate::call::ask;
use crate::session::{Session, client};

families! {
    regional Topics topics = |session, _, region, known| topics(session, region, known);
}

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
                return Topic { arn: arn.to_owned(), told_by, subscriptions: gap.into() };
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
                .or_absent()
                .map(|found| {
                    found.map(|subscriptions| {
                        subscriptions
                            .iter()
                            .map(|s| TopicSubscription {
                                protocol: text(s.protocol()),
                                endpoint: text(s.endpoint()),
                                // Until the endpoint says yes there is a word in place of the ARN.
                                confirmed: s.subscription_arn().is_some_and(|arn| arn.starts_with("arn:")),
                            })
                            .collect()
                    })
                });
            Topic { arn: arn.to_owned(), told_by, subscriptions }
        }
    });
    let topics = join_all(asked).await;
    follows((), &known.alarms).and(targets).map(|_| topics)
}
