//! CloudWatch alarms and their history.

use std::collections::BTreeMap;

use futures::future::join_all;
use kickoff_facts::logging::{Alarm, AlarmChange, AlarmHistory, Condition, Metric, Term};
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

/// Every type of alarm that is known; CloudWatch leaves out what is not asked for.
const TYPES: [&str; 3] = ["MetricAlarm", "CompositeAlarm", "LogAlarm"];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    #[serde(default)]
    metric_alarms: Option<Vec<RawAlarm>>,
    #[serde(default)]
    composite_alarms: Option<Vec<RawAlarm>>,
    #[serde(default)]
    log_alarms: Option<Vec<RawAlarm>>,
    next_token: Option<String>,
    #[serde(flatten)]
    others: BTreeMap<String, serde_json::Value>,
}

impl Answer {
    /// Reads an answer. A list of alarms of a type that is not known is not nothing.
    fn read(body: &[u8]) -> Result<(Vec<Alarm>, Option<String>), String> {
        let answer: Self = serde_json::from_slice(body).map_err(|e| e.to_string())?;
        let unknown = answer
            .others
            .iter()
            .find(|(name, list)| name.ends_with("Alarms") && list.as_array().is_some_and(|l| !l.is_empty()));
        if let Some((name, _)) = unknown {
            return Err(format!("it holds {name}, which are alarms of a type that is not known"));
        }
        let lists = [
            (answer.metric_alarms, Type::Metric),
            (answer.composite_alarms, Type::Composite),
            (answer.log_alarms, Type::Log),
        ];
        let alarms =
            lists.into_iter().flat_map(|(list, of)| list.unwrap_or_default().into_iter().map(move |a| a.read(of)));
        Ok((alarms.collect(), answer.next_token))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Metric,
    Composite,
    Log,
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
    actions_suppressor: Option<String>,
    statistic: Option<String>,
    extended_statistic: Option<String>,
    period: Option<u32>,
    unit: Option<String>,
    evaluation_periods: Option<u32>,
    datapoints_to_alarm: Option<u32>,
    threshold: Option<f64>,
    threshold_metric_id: Option<String>,
    comparison_operator: Option<String>,
    evaluate_low_sample_count_percentile: Option<String>,
    evaluation_window: Option<serde_json::Value>,
    evaluation_criteria: Option<serde_json::Value>,
    scheduled_query_configuration: Option<ScheduledQuery>,
}

/// What a log alarm asks of which log groups.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ScheduledQuery {
    #[serde(default)]
    query_string: String,
    #[serde(default)]
    log_group_identifiers: Vec<String>,
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
    #[serde(default)]
    id: String,
    metric_stat: Option<MetricStat>,
    expression: Option<String>,
    return_data: Option<bool>,
    period: Option<u32>,
    account_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MetricStat {
    metric: RawMetric,
    #[serde(default)]
    stat: String,
    period: Option<u32>,
    unit: Option<String>,
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

impl Query {
    fn read(self) -> Term {
        let (statistic, unit) =
            self.metric_stat.as_ref().map_or_else(Default::default, |stat| (stat.stat.clone(), stat.unit.clone()));
        Term {
            id: self.id,
            expression: self.expression,
            metric: self.metric_stat.map(|stat| stat.metric.read()),
            statistic,
            unit,
            account: self.account_id,
            // Where it is not said, the data are returned.
            returned: self.return_data.unwrap_or(true),
        }
    }
}

/// Whether an expression finds its metrics by itself.
fn is_query(expression: &str) -> bool {
    let text = expression.trim_start().to_ascii_uppercase();
    text.starts_with("SELECT") || text.contains("SEARCH(")
}

impl RawAlarm {
    /// What raises it; none for what is not raised by metrics and a threshold or band.
    fn condition(&mut self) -> Option<Condition> {
        let comparison = self.comparison_operator.take()?;
        let evaluation_periods = self.evaluation_periods?;
        let metrics = std::mem::take(&mut self.metrics);
        let of_terms = metrics
            .iter()
            .filter_map(|query| query.metric_stat.as_ref().and_then(|stat| stat.period).or(query.period))
            .max();
        // An empty list comes with alarms on a single metric too.
        let terms: Vec<Term> = metrics.into_iter().map(Query::read).collect();
        Some(Condition {
            statistic: self.statistic.take().or(self.extended_statistic.take()).unwrap_or_default(),
            period: self.period.or(of_terms).unwrap_or_default(),
            comparison,
            threshold: self.threshold.filter(|_| self.threshold_metric_id.is_none()),
            evaluation_periods,
            datapoints_to_alarm: self.datapoints_to_alarm,
            unit: self.unit.take(),
            few_samples_ignored: self.evaluate_low_sample_count_percentile.as_deref() == Some("ignore"),
            wall_clock: self.evaluation_window.as_ref().is_some_and(|window| window.get("SlidingWindow").is_none()),
            terms,
        })
    }

    fn read(mut self, of: Type) -> Alarm {
        let seconds = self.state_transitioned_timestamp.or(self.state_updated_timestamp);
        let (mut watches, mut queries) = (Vec::new(), Vec::new());
        if self.metric_name.is_some() {
            let (namespace, metric_name) = (self.namespace.clone(), self.metric_name.clone());
            let dimensions = std::mem::take(&mut self.dimensions);
            watches.push(RawMetric { namespace, metric_name, dimensions }.read());
        }
        let condition = if of == Type::Metric && self.evaluation_criteria.is_none() { self.condition() } else { None };
        for term in condition.iter().flat_map(|condition| &condition.terms) {
            watches.extend(term.metric.clone());
            queries.extend(term.expression.clone().filter(|text| is_query(text)));
        }
        // A query of PromQL, whatever its form.
        queries.extend(self.evaluation_criteria.map(|criteria| criteria.to_string()));
        let (query, log_groups) = self
            .scheduled_query_configuration
            .map_or_else(Default::default, |query| (Some(query.query_string), query.log_group_identifiers));
        queries.extend(query);
        Alarm {
            name: self.alarm_name,
            arn: self.alarm_arn,
            composite: of == Type::Composite,
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
            on_logs: of == Type::Log,
            log_groups,
            condition,
            suppressor: self.actions_suppressor.filter(|by| !by.is_empty()),
        }
    }
}

/// Alarms of every type; CloudWatch leaves out the types that are not asked for.
pub(super) async fn alarms(session: &Session, region: &str) -> Observed<Vec<Alarm>> {
    let types = TYPES.join(", ");
    let parameters = [("AlarmTypes", types.as_str())];
    session
        .declared_pages(
            ask("cloudwatch:DescribeAlarms", region).with(&parameters),
            |token, call| {
                let mut body = json!({ "AlarmTypes": TYPES, "MaxRecords": 100 });
                if let Some(token) = token {
                    body["NextToken"] = token.into();
                }
                send(session, CLOUDWATCH, "DescribeAlarms", region, Payload::Json(body), call)
            },
            Answer::read,
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

/// Changes of state of alarms of every type. An alarm need not exist any more: every region is asked.
pub(super) async fn history(session: &Session, region: &str) -> Observed<AlarmHistory> {
    let (start, end) = super::shared::period(session);
    let (from, to, types) = (start.to_string(), end.to_string(), TYPES.join(", "));
    let parameters =
        [("AlarmTypes", types.as_str()), ("EndDate", &*to), ("HistoryItemType", "StateUpdate"), ("StartDate", &*from)];
    session
        .declared_pages(
            ask("cloudwatch:DescribeAlarmHistory", region).with(&parameters).at_most(MOST),
            |token, call| {
                let mut body = json!({
                    "AlarmTypes": TYPES, "HistoryItemType": "StateUpdate",
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(list: &str, rest: &serde_json::Value) -> Result<Vec<Alarm>, String> {
        let mut alarm = json!({ "AlarmName": "a", "AlarmArn": "arn:a", "StateValue": "OK", "ActionsEnabled": true });
        alarm.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        let answer = json!({ "MetricAlarms": [], "CompositeAlarms": [], list: [alarm] });
        Answer::read(answer.to_string().as_bytes()).map(|(alarms, _)| alarms)
    }

    #[test]
    fn the_condition_of_an_alarm_is_read() {
        let single = json!({
            "MetricName": "Root", "Namespace": "Sec", "ExtendedStatistic": "p99", "Period": 60, "EvaluationPeriods": 3,
            "DatapointsToAlarm": 2, "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold", "Metrics": [],
            "Dimensions": [{ "Name": "Env", "Value": "prod" }], "EvaluateLowSampleCountPercentile": "ignore",
        });
        let alarm = read("MetricAlarms", &single).unwrap().remove(0);
        let condition = alarm.condition.unwrap();
        assert_eq!((condition.statistic.as_str(), condition.period, condition.threshold), ("p99", 60, Some(1.0)));
        assert_eq!((condition.evaluation_periods, condition.datapoints_to_alarm), (3, Some(2)));
        assert!(condition.few_samples_ignored && !condition.wall_clock && condition.terms.is_empty());
        assert_eq!(alarm.watches[0].dimensions, [("Env".to_owned(), "prod".to_owned())]);
        let maths = json!({
            "EvaluationPeriods": 1, "Threshold": 0.0, "ComparisonOperator": "GreaterThanThreshold", "Metrics": [
                { "Id": "m1", "ReturnData": false, "MetricStat": { "Metric": { "Namespace": "Sec", "MetricName": "Root" }, "Period": 300, "Stat": "Sum" } },
                { "Id": "e1", "Expression": "FILL(m1, 0)" },
            ],
        });
        let condition = read("MetricAlarms", &maths).unwrap().remove(0).condition.unwrap();
        assert_eq!(condition.period, 300);
        assert!(!condition.terms[0].returned && condition.terms[1].returned);
        assert_eq!(condition.terms[0].statistic, "Sum");
        let band = json!({ "EvaluationPeriods": 1, "ThresholdMetricId": "ad1", "ComparisonOperator": "GreaterThanUpperThreshold", "Metrics": [{ "Id": "ad1", "Expression": "ANOMALY_DETECTION_BAND(m1, 2)" }] });
        assert_eq!(read("MetricAlarms", &band).unwrap().remove(0).condition.unwrap().threshold, None);
    }

    #[test]
    fn alarms_of_every_type_are_read_and_an_unknown_type_is_no_answer() {
        let log = json!({ "ScheduledQueryConfiguration": { "QueryString": "fields @message", "LogGroupIdentifiers": ["trail"] }, "Threshold": 1.0 });
        let alarm = read("LogAlarms", &log).unwrap().remove(0);
        assert!(alarm.on_logs && alarm.condition.is_none());
        assert_eq!((alarm.queries, alarm.log_groups), (vec!["fields @message".to_owned()], vec!["trail".to_owned()]));
        let promql = json!({ "EvaluationCriteria": { "PromQLCriteria": { "Query": "up == 0" } } });
        let alarm = read("MetricAlarms", &promql).unwrap().remove(0);
        assert!(alarm.condition.is_none() && alarm.queries[0].contains("up == 0"));
        let composite = json!({ "AlarmRule": "ALARM(a)", "ActionsSuppressor": "maintenance" });
        assert_eq!(read("CompositeAlarms", &composite).unwrap().remove(0).suppressor.as_deref(), Some("maintenance"));
        assert!(read("TraceAlarms", &json!({})).unwrap_err().contains("TraceAlarms"));
    }
}
