//! EventBridge: rules on the default bus, where AWS's own events arrive.

use aws_sdk_eventbridge::types::{Rule as SdkRule, RuleState};
use futures::future::join_all;
use kickoff_evidence::{Gap, GapKind};
use kickoff_facts::Observed;
use kickoff_facts::logging::Rule;

use super::shared::{follows, text};
use crate::call::ask;
use crate::session::{Session, client};

families! {
    regional Rules rules = |session, _, region, _| rules(session, region);
}

/// Rules that have an event pattern, with their targets. Schedules are left out: nothing is detected by them.
pub(super) async fn rules(session: &Session, region: &str) -> Observed<Vec<Rule>> {
    let client = client!(aws_sdk_eventbridge, session, region);
    let listed = session
        .pages(ask("events:ListRules", region), |token, call| {
            let request = client.list_rules().limit(100).set_next_token(token).customize().interceptor(call).send();
            async { request.await.map(|out| (out.rules.unwrap_or_default(), out.next_token)) }
        })
        .await
        .observed();
    let found: Vec<&SdkRule> = match listed.get() {
        Ok(found) => found.iter().filter(|rule| rule.event_pattern().is_some_and(|p| !p.is_empty())).collect(),
        Err(gap) => return gap.clone().into(),
    };
    let client = &client;
    let asked = found.into_iter().map(|rule| async move {
        let name = text(rule.name());
        let enabled = !matches!(rule.state(), None | Some(RuleState::Disabled));
        let targets = if enabled {
            let parameters = [("Rule", name.as_str())];
            session
                .pages(ask("events:ListTargetsByRule", region).with(&parameters), |token, call| {
                    let request = client
                        .list_targets_by_rule()
                        .rule(&name)
                        .set_next_token(token)
                        .customize()
                        .interceptor(call)
                        .send();
                    async { request.await.map(|out| (out.targets.unwrap_or_default(), out.next_token)) }
                })
                .await
                .observed()
                .map(|targets| targets.into_iter().map(|t| t.arn).collect())
        } else {
            Gap {
                kind: GapKind::NotCollected,
                call: "events:ListTargetsByRule".to_owned(),
                region: region.to_owned(),
                message: "the rule is disabled".to_owned(),
                evidence: None,
            }
            .into()
        };
        Rule { arn: text(rule.arn()), enabled, pattern: text(rule.event_pattern()), targets, name }
    });
    let mut rules = join_all(asked).await;
    rules.sort_by(|a, b| a.name.cmp(&b.name));
    follows(rules, &listed)
}
