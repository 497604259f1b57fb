//! CloudWatch alarms and their history.

use futures::future::join_all;
use kickoff_facts::logging::{Alarm, AlarmChange, AlarmHistory, Metric};
use kickoff_facts::muting::AlarmMute;
use kickoff_facts::{Observed, RegionalFacts};
use serde::Deserialize;
use serde_json::json;

use super::shared::{epoch, follows, inherited};
use crate::call::ask;
use crate::declared::{CLOUDWATCH, Payload, send};
use crate::session::Session;

families! {
    regional Alarms alarms = |session, _, region, _| alarms(session, region);
    regional AlarmMutes alarm_mutes = |session, _, region, known| mutes(session, region, known);
    regional AlarmHistory alarm_history = |session, _, region, _| history(session, region);
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    #[serde(default)]
    metric_alarms: Option<Vec<RawAlarm>>,
    #[serde(default)]
    composite_alarms: Option<Vec<RawAlarm>>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawAlarm {
    alarm_name: String,
    alarm_arn: String,
    namespace: Option<String>,
    metric_name: Option<String>,
    state_value: String,
    state_updated_timestamp: Option<f64>,
    state_transitioned_timestamp: Option<f64>,
    actions_enabled: bool,
    alarm_actions: Option<Vec<String>>,
    #[serde(rename = "OKActions")]
    ok_actions: Option<Vec<String>>,
    insufficient_data_actions: Option<Vec<String>>,
    treat_missing_data: Option<String>,
    #[serde(default)]
    dimensions: Vec<Dimension>,
    #[serde(default)]
    metrics: Vec<Query>,
    alarm_rule: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Dimension {
    name: String,
    value: String,
}

/// A part of metric maths: a metric or an expression.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Query {
    metric_stat: Option<MetricStat>,
    expression: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MetricStat {
    metric: RawMetric,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawMetric {
    namespace: Option<String>,
    metric_name: Option<String>,
    #[serde(default)]
    dimensions: Vec<Dimension>,
}

impl RawMetric {
    fn read(self) -> Metric {
        Metric {
            namespace: self.namespace.unwrap_or_default(),
            name: self.metric_name.unwrap_or_default(),
            dimensions: self.dimensions.into_iter().map(|d| (d.name, d.value)).collect(),
        }
    }
}

/// Whether an expression finds its metrics by itself.
fn is_query(expression: &str) -> bool {
    let text = expression.trim_start().to_ascii_uppercase();
    text.starts_with("SELECT") || text.contains("SEARCH(")
}

impl RawAlarm {
    fn read(self, composite: bool) -> Alarm {
        let seconds = self.state_transitioned_timestamp.or(self.state_updated_timestamp);
        let (mut watches, mut queries) = (Vec::new(), Vec::new());
        if self.metric_name.is_some() {
            let (namespace, metric_name) = (self.namespace.clone(), self.metric_name.clone());
            watches.push(RawMetric { namespace, metric_name, dimensions: self.dimensions }.read());
        }
        for query in self.metrics {
            watches.extend(query.metric_stat.map(|stat| stat.metric.read()));
            queries.extend(query.expression.filter(|text| is_query(text)));
        }
        Alarm {
            name: self.alarm_name,
            arn: self.alarm_arn,
            composite,
            rule: self.alarm_rule,
            namespace: self.namespace.unwrap_or_default(),
            metric: self.metric_name.unwrap_or_default(),
            state: self.state_value,
            state_since: seconds.and_then(super::shared::epoch),
            actions_enabled: self.actions_enabled,
            alarm_actions: self.alarm_actions.unwrap_or_default(),
            ok_actions: self.ok_actions.unwrap_or_default(),
            insufficient_data_actions: self.insufficient_data_actions.unwrap_or_default(),
            treat_missing_data: self.treat_missing_data.unwrap_or_else(|| "missing".to_owned()),
            watches,
            queries,
        }
    }
}

/// Metric and composite alarms; without asking for both, CloudWatch leaves composites out.
pub(super) async fn alarms(session: &Session, region: &str) -> Observed<Vec<Alarm>> {
    let parameters = [("AlarmTypes", "MetricAlarm, CompositeAlarm")];
    session
        .declared_pages(
            ask("cloudwatch:DescribeAlarms", region).with(&parameters),
            |token, call| {
                let mut body = json!({ "AlarmTypes": ["MetricAlarm", "CompositeAlarm"], "MaxRecords": 100 });
                if let Some(token) = token {
                    body["NextToken"] = token.into();
                }
                send(session, CLOUDWATCH, "DescribeAlarms", region, Payload::Json(body), call)
            },
            |body| {
                let answer: Answer = serde_json::from_slice(body).map_err(|e| e.to_string())?;
                let metric = answer.metric_alarms.unwrap_or_default().into_iter().map(|a| a.read(false));
                let composite = answer.composite_alarms.unwrap_or_default().into_iter().map(|a| a.read(true));
                Ok((metric.chain(composite).collect(), answer.next_token))
            },
        )
        .await
        .observed()
        .map(|mut alarms: Vec<Alarm>| {
            alarms.sort_by(|a, b| a.arn.cmp(&b.arn));
            alarms
        })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MuteRules {
    alarm_mute_rule_summaries: Vec<MuteSummary>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MuteSummary {
    alarm_mute_rule_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawMute {
    name: String,
    status: Option<String>,
    rule: Option<MuteWindow>,
    mute_targets: Option<MuteTargets>,
    start_date: Option<f64>,
    expire_date: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MuteWindow {
    schedule: MuteSchedule,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MuteSchedule {
    expression: String,
    duration: String,
    timezone: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MuteTargets {
    #[serde(default)]
    alarm_names: Vec<String>,
}

impl RawMute {
    fn read(self) -> AlarmMute {
        let schedule = self.rule.map(|rule| rule.schedule);
        let (expression, duration, timezone) =
            schedule.map(|s| (s.expression, s.duration, s.timezone)).unwrap_or_default();
        let mut alarms = self.mute_targets.map(|targets| targets.alarm_names).unwrap_or_default();
        alarms.sort();
        AlarmMute {
            name: self.name,
            status: self.status.unwrap_or_default(),
            alarms,
            expression,
            duration,
            timezone,
            starts: self.start_date.and_then(epoch),
            expires: self.expire_date.and_then(epoch),
        }
    }
}

/// The rules that mute alarms now or later.
pub(super) async fn mutes(session: &Session, region: &str, known: &RegionalFacts) -> Observed<Vec<AlarmMute>> {
    const LIST: &str = "cloudwatch:ListAlarmMuteRules";
    match known.alarms.get() {
        Err(gap) => return inherited(gap, LIST).into(),
        Ok(alarms) if alarms.is_empty() => return follows(Vec::new(), &known.alarms),
        Ok(_) => {}
    }
    let parameters = [("Statuses", "SCHEDULED, ACTIVE")];
    let listed = session
        .declared_pages(
            ask(LIST, region).with(&parameters),
            |token, call| {
                let mut body = json!({ "Statuses": ["SCHEDULED", "ACTIVE"], "MaxRecords": 100 });
                if let Some(token) = token {
                    body["NextToken"] = token.into();
                }
                send(session, CLOUDWATCH, "ListAlarmMuteRules", region, Payload::Json(body), call)
            },
            |body| {
                let page: MuteRules = serde_json::from_slice(body).map_err(|e| e.to_string())?;
                Ok((page.alarm_mute_rule_summaries, page.next_token))
            },
        )
        .await
        // A region that does not have them knows no such operation.
        .or_absent();
    let rules = match listed.get() {
        Ok(rules) => rules.iter().flatten(),
        Err(gap) => return gap.clone().into(),
    };
    let mut names: Vec<&str> = rules.map(|rule| mute_name(&rule.alarm_mute_rule_arn)).collect();
    names.sort_unstable();
    let asked = names.iter().map(|name| async move {
        let parameters = [("AlarmMuteRuleName", *name)];
        let payload = Payload::Json(json!({ "AlarmMuteRuleName": name }));
        session
            .one(ask("cloudwatch:GetAlarmMuteRule", region).with(&parameters), |call| {
                send(session, CLOUDWATCH, "GetAlarmMuteRule", region, payload, call)
            })
            .await
            .parse(|body| serde_json::from_slice::<RawMute>(&body).map_err(|e| e.to_string()))
            // It is gone meanwhile.
            .or_absent()
    });
    let mut all = follows(Vec::new(), &listed);
    for one in join_all(asked).await {
        all = all.and(one).map(|(mut all, one)| {
            all.extend(one.map(RawMute::read));
            all
        });
    }
    all
}

/// The name at the end of a mute rule's ARN: `arn:aws:cloudwatch:us-east-1:111122223333:alarm-mute-rule:nightly`.
fn mute_name(arn: &str) -> &str {
    arn.splitn(7, ':').nth(6).unwrap_or(arn)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct History {
    alarm_history_items: Vec<RawChange>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawChange {
    alarm_name: String,
    timestamp: Option<f64>,
    #[serde(default)]
    history_summary: String,
}

/// So many pages of a region's history are read; more are a gap.
const MOST: u32 = 20;

/// Changes of state of metric and composite alarms. An alarm need not exist any more: every region is asked.
pub(super) async fn history(session: &Session, region: &str) -> Observed<AlarmHistory> {
    let (start, end) = super::shared::period(session);
    let (from, to) = (start.to_string(), end.to_string());
    let parameters = [
        ("AlarmTypes", "MetricAlarm, CompositeAlarm"),
        ("EndDate", &*to),
        ("HistoryItemType", "StateUpdate"),
        ("StartDate", &*from),
    ];
    session
        .declared_pages(
            ask("cloudwatch:DescribeAlarmHistory", region).with(&parameters).at_most(MOST),
            |token, call| {
                let mut body = json!({
                    "AlarmTypes": ["MetricAlarm", "CompositeAlarm"], "HistoryItemType": "StateUpdate",
                    "StartDate": start.as_second(), "EndDate": end.as_second(), "MaxRecords": 100,
                });
                if let Some(token) = token {
                    body["NextToken"] = token.into();
                }
                send(session, CLOUDWATCH, "DescribeAlarmHistory", region, Payload::Json(body), call)
            },
            |body| {
                let answer: History = serde_json::from_slice(body).map_err(|e| e.to_string())?;
                let change = |raw: RawChange| AlarmChange {
                    alarm: raw.alarm_name,
                    time: raw.timestamp.and_then(super::shared::epoch),
                    summary: raw.history_summary,
                };
                Ok((answer.alarm_history_items.into_iter().map(change).collect(), answer.next_token))
            },
        )
        .await
        .observed()
        .map(|mut changes: Vec<AlarmChange>| {
            changes.sort_by(|a, b| (a.time, &a.alarm).cmp(&(b.time, &b.alarm)));
            AlarmHistory { start, end, changes }
        })
}
