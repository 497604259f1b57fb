//! Whether an alarm on a metric of capacity goes off when the capacity runs out.

use kickoff_facts::logging::{Alarm, Metric, Term};

use super::condition::{Raises, plain, words};
use super::range::Comparison;
use crate::frame::table::fields;

/// The metrics that tell of capacity or load: when it runs short, and the most that the metric can be.
const METRICS: &str = include_str!("../../../data/capacity_metrics.csv");

/// A metric that tells of capacity or load.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measure {
    group: &'static str,
    name: &'static str,
    /// Capacity is short when it is high; else when it is low.
    high: bool,
    most: Option<f64>,
    of: &'static str,
}

fn measures() -> impl Iterator<Item = Measure> {
    METRICS.lines().skip(1).filter_map(|line| match fields(line).as_slice() {
        [group, name, short, most, of, _] => {
            Some(Measure { group, name, high: *short == "high", most: most.parse().ok(), of })
        }
        _ => None,
    })
}

/// The metrics of an account that an alarm of it watches, those of metric maths with their terms. An alarm may watch metrics
/// of other accounts beside (CloudWatch User Guide, "Cross-account alarms").
pub fn metrics<'a>(alarm: &'a Alarm, account: &str) -> Vec<(&'a Metric, Option<&'a Term>)> {
    match &alarm.condition {
        Some(condition) if !condition.terms.is_empty() => {
            let own = condition.terms.iter().filter(|term| term.account.as_deref().is_none_or(|of| of == account));
            own.filter_map(|term| Some((term.metric.as_ref()?, Some(term)))).collect()
        }
        _ => alarm.watches.iter().map(|metric| (metric, None)).collect(),
    }
}

/// What is asked about: a database, a load balancer or a queue.
#[derive(Debug, Clone, Copy)]
pub struct Kind<'a> {
    /// `database`, `balancer`, `queue`.
    pub group: &'static str,
    /// Of a database, its engine.
    pub engine: &'a str,
    /// It belongs to a cluster.
    pub clustered: bool,
    /// Of a database, the bytes that are allocated to it.
    pub allocated: Option<f64>,
}

impl Kind<'_> {
    /// The measure of a metric; none where it does not tell of capacity or load.
    #[must_use]
    pub fn measure(self, metric: &str) -> Option<Measure> {
        measures().find(|one| one.group == self.group && one.name == metric)
    }

    /// Whether it has the metric at all.
    fn has(self, measure: Measure) -> bool {
        let aurora = self.engine.starts_with("aurora");
        let volume = aurora || matches!(self.engine, "docdb" | "neptune");
        match measure.of {
            "aurora" => aurora,
            "cluster" => volume || self.clustered,
            "rds" => !volume,
            "docdb" | "neptune" => self.engine == measure.of,
            _ => true,
        }
    }

    /// Whether an alarm on a metric of it goes off when capacity runs short; of metric maths, by the term of the metric.
    #[must_use]
    pub fn watched(self, alarm: &Alarm, (metric, term): (&Metric, Option<&Term>), measure: Measure) -> Raises {
        if !self.has(measure) {
            return Raises::No(format!("{} has no metric {}", self.engine, metric.name));
        }
        let Some(condition) = &alarm.condition else { return Raises::Unsure("what raises it is not known".to_owned()) };
        let asked = words(condition);
        let watched = if condition.terms.is_empty() { None } else { Some(plain(condition)) };
        let (Some(threshold), None | Some(Some(_))) = (condition.threshold, watched) else {
            return Raises::Unsure("it watches metric maths or a band: judge when it goes off".to_owned());
        };
        let watched = watched.flatten();
        if watched.map(|watched| &watched.id) != term.map(|term| &term.id) {
            return Raises::No(format!("{asked} does not depend on {}", metric.name));
        }
        let statistic = watched.map_or(&condition.statistic, |watched| &watched.statistic);
        let Some(comparison) = Comparison::of_alarm(&condition.comparison) else {
            return Raises::Unsure(format!("its comparison is {}", condition.comparison));
        };
        if statistic == "SampleCount" {
            return Raises::No(format!("{asked} counts data points, not {}", metric.name));
        }
        if comparison.is_upward() != measure.high {
            let when = if measure.high { "low" } else { "high" };
            return Raises::No(format!(
                "{asked} goes off when {} is {when}, which is when there is enough",
                metric.name
            ));
        }
        // Sums are of a data point a minute.
        let points = if statistic == "Sum" { f64::from((condition.period / 60).max(1)) } else { 1.0 };
        let most = match (measure.name, self.allocated) {
            ("FreeStorageSpace", allocated @ Some(_)) => allocated,
            _ => measure.most,
        };
        let most = most.map(|most| most * points);
        let strict = matches!(comparison, Comparison::Less | Comparison::Greater);
        let never = if measure.high {
            most.is_some_and(|most| if strict { threshold >= most } else { threshold > most })
        } else if strict {
            threshold <= 0.0
        } else {
            threshold < 0.0
        };
        if never {
            return Raises::No(format!("{asked} can never be"));
        }
        let always = if measure.high {
            if strict { threshold < 0.0 } else { threshold <= 0.0 }
        } else {
            most.is_some_and(|most| if strict { threshold > most } else { threshold >= most })
        };
        if always { Raises::No(format!("{asked} always holds, so that it tells of nothing")) } else { Raises::Yes }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use kickoff_facts::logging::Condition;

    use super::*;

    #[test]
    fn every_row_of_the_table_is_whole() {
        assert_eq!(measures().count(), METRICS.lines().count() - 1);
        for line in METRICS.lines().skip(1) {
            let row = fields(line);
            assert!(matches!(row[2], "high" | "low") && matches!(row[0], "database" | "balancer" | "queue"), "{line}");
            assert!(row[3].is_empty() || row[3].parse::<f64>().is_ok(), "{line}");
            assert!(row[2] == "low" || !row[3].is_empty(), "{line}");
        }
    }

    /// Worked out by hand: a percentage is at most 100, a message is kept for 14 days, Aurora's volume grows by itself.
    #[test]
    fn an_alarm_watches_capacity_where_its_condition_can_come_true_and_not_always_is() {
        use Comparison::{Greater, GreaterOrEqual, Less, LessOrEqual};
        for (group, engine, metric, comparison, threshold, expected) in [
            ("database", "postgres", "CPUUtilization", Greater, 80.0, true),
            ("database", "postgres", "CPUUtilization", Greater, 1e12, false),
            ("database", "postgres", "CPUUtilization", Greater, 100.0, false),
            ("database", "postgres", "CPUUtilization", GreaterOrEqual, 100.0, true),
            ("database", "postgres", "CPUUtilization", GreaterOrEqual, 0.0, false),
            ("database", "postgres", "CPUUtilization", Less, 10.0, false),
            ("database", "postgres", "FreeStorageSpace", Less, 2e9, true),
            ("database", "postgres", "FreeStorageSpace", Greater, 2e9, false),
            ("database", "postgres", "FreeStorageSpace", Less, 1e12, false),
            ("database", "postgres", "FreeStorageSpace", Less, 0.0, false),
            ("database", "postgres", "FreeStorageSpace", LessOrEqual, 0.0, true),
            ("database", "aurora-postgresql", "FreeStorageSpace", Less, 2e9, false),
            ("database", "aurora-mysql", "FreeLocalStorage", Less, 2e9, true),
            ("database", "postgres", "FreeLocalStorage", Less, 2e9, false),
            ("database", "postgres", "BurstBalance", Less, 20.0, true),
            ("database", "postgres", "BurstBalance", Less, 1e12, false),
            ("queue", "", "ApproximateAgeOfOldestMessage", Greater, 600.0, true),
            ("queue", "", "ApproximateAgeOfOldestMessage", Greater, 1_209_600.0, false),
            ("queue", "", "ApproximateNumberOfMessagesVisible", Greater, 1e12, false),
            ("balancer", "", "HealthyHostCount", Less, 1.0, true),
            ("balancer", "", "UnHealthyHostCount", Greater, 0.0, true),
            ("balancer", "", "HTTPCode_Target_5XX_Count", Greater, 1e12, false),
        ] {
            let comparison_name = match comparison {
                Less => "LessThanThreshold",
                LessOrEqual => "LessThanOrEqualToThreshold",
                Greater => "GreaterThanThreshold",
                GreaterOrEqual => "GreaterThanOrEqualToThreshold",
            };
            let condition = Condition {
                statistic: "Average".to_owned(),
                period: 300,
                comparison: comparison_name.to_owned(),
                threshold: Some(threshold),
                evaluation_periods: 1,
                ..Condition::default()
            };
            let alarm = Alarm { condition: Some(condition), ..Alarm::default() };
            let kind = Kind { group, engine, clustered: false, allocated: Some(100.0 * 1024_f64.powi(3)) };
            let of = Metric { name: metric.to_owned(), ..Metric::default() };
            let watched = kind.watched(&alarm, (&of, None), kind.measure(metric).unwrap());
            assert_eq!(watched == Raises::Yes, expected, "{engine} {metric} {comparison:?} {threshold}: {watched:?}");
        }
    }

    /// What maths or a band makes of a metric is for a person; a metric by itself is decided in maths too.
    #[test]
    fn in_metric_maths_a_metric_counts_as_it_is() {
        let term = |id: &str, metric: Option<&str>, expression: Option<&str>, account: Option<&str>| Term {
            id: id.to_owned(),
            metric: metric.map(|name| Metric { name: name.to_owned(), ..Metric::default() }),
            expression: expression.map(str::to_owned),
            statistic: "Average".to_owned(),
            account: account.map(str::to_owned),
            returned: expression.is_some(),
            ..Term::default()
        };
        let cpu = || term("m1", Some("CPUUtilization"), None, None);
        let free = || term("m2", Some("FreeableMemory"), None, None);
        let maths = |text: &str| term("e1", None, Some(text), None);
        let seen = |terms: Vec<Term>, threshold: Option<f64>| {
            let comparison = if threshold.is_some() { "GreaterThanThreshold" } else { "GreaterThanUpperThreshold" };
            let condition = Condition {
                period: 300,
                comparison: comparison.to_owned(),
                threshold,
                evaluation_periods: 1,
                terms,
                ..Condition::default()
            };
            let alarm = Alarm { condition: Some(condition), ..Alarm::default() };
            let kind = Kind { group: "database", engine: "postgres", clustered: false, allocated: None };
            let found = metrics(&alarm, "111122223333");
            let answers = found.into_iter().map(|(metric, term)| {
                match kind.watched(&alarm, (metric, term), kind.measure(&metric.name).unwrap()) {
                    Raises::Yes => "yes",
                    Raises::No(_) => "no",
                    Raises::Unsure(_) => "unsure",
                }
            });
            answers.collect::<Vec<_>>()
        };
        let alone = Term { returned: true, ..cpu() };
        let elsewhere = term("m1", Some("CPUUtilization"), None, Some("222233334444"));
        let here = term("m1", Some("CPUUtilization"), None, Some("111122223333"));
        for (terms, threshold, expected) in [
            (vec![alone.clone()], Some(80.0), vec!["yes"]),
            (vec![alone], Some(100.0), vec!["no"]),
            (vec![cpu(), maths("m1")], Some(80.0), vec!["yes"]),
            (vec![cpu(), maths("FILL(m1, 0)")], Some(80.0), vec!["yes"]),
            (vec![cpu(), maths("FILL(m1, 0)")], Some(1e12), vec!["no"]),
            (vec![cpu(), free(), maths("m1")], Some(80.0), vec!["yes", "no"]),
            (vec![cpu(), maths("m1 * 0")], Some(80.0), vec!["unsure"]),
            (vec![cpu(), free(), maths("m1 / m2")], Some(80.0), vec!["unsure", "unsure"]),
            (vec![cpu(), maths("ANOMALY_DETECTION_BAND(m1, 2)")], None, vec!["unsure"]),
            (vec![elsewhere, maths("m1")], Some(80.0), vec![]),
            (vec![here, maths("m1")], Some(80.0), vec!["yes"]),
        ] {
            assert_eq!(seen(terms.clone(), threshold), expected, "{terms:?} {threshold:?}");
        }
    }
}
