//! CloudWatch Logs.

use std::collections::BTreeMap;

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::{MetricTransformation, PolicyScope, PolicyType, ResourcePolicy};
use futures::future::join_all;
use kickoff_facts::logging::{
    AccountSubscription, LogGroup, LogGroupPolicy, LogResourcePolicy, MetricFilter, Published, SecurityLogGroup,
    Subscription,
};
use kickoff_facts::network::FlowLog;
use kickoff_facts::{Observed, RegionalFacts};

use super::shared::{follows, inherited, text};
use crate::call::ask;
use crate::session::{Session, client};

families! {
    regional LogGroups log_groups = |session, _, region, _| log_groups(session, region);
    regional MetricFilters metric_filters = |session, _, region, _| metric_filters(session, region);
    regional LogResourcePolicies log_resource_policies = |session, _, region, _| resource_policies(session, region);
    regional AccountSubscriptions account_subscriptions =
        |session, _, region, _| account_subscriptions(session, region);
    regional SecurityLogGroups security_log_groups =
        |session, _, region, known| security_log_groups(session, region, known);
    regional LogGroupPolicies log_group_policies =
        |session, _, region, known| log_group_policies(session, region, known);
}

fn logs(session: &Session, region: &str) -> Client {
    client!(aws_sdk_cloudwatchlogs, session, region)
}

pub(super) async fn log_groups(session: &Session, region: &str) -> Observed<Vec<LogGroup>> {
    let client = logs(session, region);
    session
        .pages(ask("logs:DescribeLogGroups", region), |token, call| {
            let request =
                client.describe_log_groups().limit(50).set_next_token(token).customize().interceptor(call).send();
            async { request.await.map(|out| (out.log_groups.unwrap_or_default(), out.next_token)) }
        })
        .await
        .observed()
        .map(|groups| {
            let mut groups: Vec<LogGroup> = groups
                .iter()
                .map(|g| LogGroup {
                    name: text(g.log_group_name()),
                    arn: g.arn().unwrap_or_default().trim_end_matches(":*").to_owned(),
                    retention_days: g.retention_in_days().and_then(|days| u32::try_from(days).ok()),
                    kms_key: g.kms_key_id().map(str::to_owned),
                    stored_bytes: g.stored_bytes().and_then(|n| u64::try_from(n).ok()).unwrap_or_default(),
                    metric_filters: g.metric_filter_count().and_then(|n| u64::try_from(n).ok()),
                    class: g.log_group_class().map(|class| class.as_str().to_owned()).unwrap_or_default(),
                })
                .collect();
            groups.sort_by(|a, b| a.name.cmp(&b.name));
            groups
        })
}

pub(super) async fn metric_filters(session: &Session, region: &str) -> Observed<Vec<MetricFilter>> {
    let client = logs(session, region);
    session
        .pages(ask("logs:DescribeMetricFilters", region), |token, call| {
            let request =
                client.describe_metric_filters().limit(50).set_next_token(token).customize().interceptor(call).send();
            async { request.await.map(|out| (out.metric_filters.unwrap_or_default(), out.next_token)) }
        })
        .await
        .observed()
        .map(|filters| {
            let mut filters: Vec<MetricFilter> = filters
                .iter()
                .map(|f| MetricFilter {
                    name: text(f.filter_name()),
                    log_group: text(f.log_group_name()),
                    pattern: text(f.filter_pattern()),
                    metrics: f.metric_transformations().iter().map(published).collect(),
                    selection: f.field_selection_criteria().filter(|s| !s.is_empty()).map(str::to_owned),
                    system_dimensions: f.emit_system_field_dimensions().to_vec(),
                    transformed: f.apply_on_transformed_logs(),
                })
                .collect();
            filters.sort_by(|a, b| (&a.log_group, &a.name).cmp(&(&b.log_group, &b.name)));
            filters
        })
}

fn published(of: &MetricTransformation) -> Published {
    let mut dimensions: Vec<(String, String)> =
        of.dimensions().into_iter().flatten().map(|(name, field)| (name.clone(), field.clone())).collect();
    dimensions.sort();
    Published {
        namespace: of.metric_namespace().to_owned(),
        name: of.metric_name().to_owned(),
        value: of.metric_value().to_owned(),
        default: of.default_value(),
        dimensions,
        unit: of.unit().map(|unit| unit.as_str().to_owned()),
    }
}

pub(super) async fn resource_policies(session: &Session, region: &str) -> Observed<Vec<LogResourcePolicy>> {
    let client = logs(session, region);
    session
        .pages(ask("logs:DescribeResourcePolicies", region), |token, call| {
            let request =
                client.describe_resource_policies().set_next_token(token).customize().interceptor(call).send();
            async { request.await.map(|out| (out.resource_policies.unwrap_or_default(), out.next_token)) }
        })
        .await
        .observed()
        .map(|policies| policies.iter().map(resource_policy).collect())
}

fn resource_policy(policy: &ResourcePolicy) -> LogResourcePolicy {
    LogResourcePolicy { name: text(policy.policy_name()), document: text(policy.policy_document()) }
}

/// The policies of single log groups. Without a scope AWS tells those of the account, and of the scope of resources those of
/// the one that is named: only the groups that hold security logs are asked.
pub(super) async fn log_group_policies(
    session: &Session,
    region: &str,
    known: &RegionalFacts,
) -> Observed<Vec<LogGroupPolicy>> {
    const OPERATION: &str = "logs:DescribeResourcePolicies";
    let groups = match known.security_log_groups.get() {
        Ok(groups) => groups,
        Err(gap) => return inherited(gap, OPERATION).into(),
    };
    let client = &logs(session, region);
    let asked = groups.iter().map(|group| async move {
        let (partition, account) = (session.partition(), session.account());
        let arn = format!("arn:{partition}:logs:{region}:{account}:log-group:{}", group.log_group);
        let parameters = [("policyScope", "RESOURCE"), ("resourceArn", arn.as_str())];
        let policies = session
            .pages(ask(OPERATION, region).with(&parameters), |token, call| {
                let request = client
                    .describe_resource_policies()
                    .policy_scope(PolicyScope::Resource)
                    .resource_arn(&arn)
                    .set_next_token(token)
                    .customize()
                    .interceptor(call)
                    .send();
                async { request.await.map(|out| (out.resource_policies.unwrap_or_default(), out.next_token)) }
            })
            .await
            .observed()
            .map(|policies| policies.iter().map(resource_policy).collect());
        LogGroupPolicy { log_group: group.log_group.clone(), holds: group.holds.clone(), policies }
    });
    follows(join_all(asked).await, &known.security_log_groups)
}

pub(super) async fn account_subscriptions(session: &Session, region: &str) -> Observed<Vec<AccountSubscription>> {
    let client = logs(session, region);
    let parameters = [("policyType", "SUBSCRIPTION_FILTER_POLICY")];
    session
        .pages(ask("logs:DescribeAccountPolicies", region).with(&parameters), |token, call| {
            let request = client
                .describe_account_policies()
                .policy_type(PolicyType::SubscriptionFilterPolicy)
                .set_next_token(token)
                .customize()
                .interceptor(call)
                .send();
            async { request.await.map(|out| (out.account_policies.unwrap_or_default(), out.next_token)) }
        })
        .await
        .observed()
        .map(|policies| {
            policies
                .iter()
                .map(|p| {
                    let document: Option<serde_json::Value> =
                        p.policy_document().and_then(|text| serde_json::from_str(text).ok());
                    let field = |name: &str| {
                        document
                            .as_ref()
                            .and_then(|d| d.get(name))
                            .and_then(serde_json::Value::as_str)
                            .map(str::to_owned)
                    };
                    AccountSubscription {
                        name: text(p.policy_name()),
                        destination: field("DestinationArn"),
                        pattern: field("FilterPattern"),
                        selection: p.selection_criteria().filter(|s| !s.is_empty()).map(str::to_owned),
                    }
                })
                .collect()
        })
}

/// Subscriptions are told a log group at a time: only the groups that hold security logs are asked.
pub(super) async fn security_log_groups(
    session: &Session,
    region: &str,
    known: &RegionalFacts,
) -> Observed<Vec<SecurityLogGroup>> {
    const OPERATION: &str = "logs:DescribeSubscriptionFilters";
    let (trails, flow_logs) = match (known.trails.get(), known.flow_logs.get()) {
        (Ok(trails), Ok(flow_logs)) => (trails, flow_logs),
        (Err(gap), _) | (_, Err(gap)) => return inherited(gap, OPERATION).into(),
    };
    let mut holds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for trail in trails {
        let arn: Vec<&str> = trail.log_group_arn.as_deref().unwrap_or_default().splitn(7, ':').collect();
        if let [_, _, _, at, account, _, name] = arn.as_slice()
            && *at == region
            && *account == session.account()
        {
            holds.entry((*name).to_owned()).or_default().push(format!("trail {}", trail.name));
        }
    }
    let here = |log: &&FlowLog| {
        let owner = log.destination.as_deref().and_then(|arn| arn.split(':').nth(4)).unwrap_or_default();
        log.destination_type == "cloud-watch-logs" && (owner.is_empty() || owner == session.account())
    };
    for log in flow_logs.iter().filter(here) {
        if let Some(name) = &log.log_group {
            holds.entry(name.clone()).or_default().push(format!("flow log {}", log.id));
        }
    }
    let client = logs(session, region);
    let asked = holds.into_iter().map(|(log_group, holds)| {
        let client = &client;
        async move {
            let parameters = [("logGroupName", log_group.as_str())];
            let subscriptions = session
                .pages(ask(OPERATION, region).with(&parameters), |token, call| {
                    let request = client
                        .describe_subscription_filters()
                        .log_group_name(&log_group)
                        .set_next_token(token)
                        .customize()
                        .interceptor(call)
                        .send();
                    async { request.await.map(|out| (out.subscription_filters.unwrap_or_default(), out.next_token)) }
                })
                .await
                .observed()
                .map(|filters| {
                    filters
                        .iter()
                        .map(|f| Subscription {
                            name: text(f.filter_name()),
                            destination: text(f.destination_arn()),
                            pattern: Some(text(f.filter_pattern())),
                            selection: f.field_selection_criteria().filter(|s| !s.is_empty()).map(str::to_owned),
                        })
                        .collect()
                });
            SecurityLogGroup { log_group, holds: holds.join(", "), subscriptions }
        }
    });
    follows((), &known.trails)
        .and(follows((), &known.flow_logs))
        .map(|_| ())
        .and(Observed::Known { value: join_all(asked).await, evidence: Vec::new() })
        .map(|((), groups)| groups)
}
