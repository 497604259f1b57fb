//! Whether one event raises an alarm on a metric: what it makes of the statistic, and the alarm of that.

use kickoff_facts::logging::{Condition, Published, Term};
use kickoff_policy::truth::Truth;

use super::maths::Expression;
use super::range::{Comparison, Point};

/// What one event does to an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Raises {
    /// It raises it.
    Yes,
    /// It does not, and why.
    No(String),
    /// That is for a person to judge, and why.
    Unsure(String),
}

/// What a period looks like, with an event in it or without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// There is no data.
    Missing,
    /// Its data point is beyond the threshold, or it is not, or that is not known.
    Beyond(Truth),
}

/// What the alarm becomes of one event amid periods without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It goes off within the period.
    AtOnce,
    /// It goes off and stays so: the next event does not raise it again.
    Once,
    /// It goes off when the data point is so many periods old, if none comes that is not beyond the threshold.
    Late(u32),
    /// It is in ALARM without any event.
    Always,
    /// It does not go off.
    Never,
    /// That is not known.
    Unknown,
}

/// The alarm's state over time (CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data", with its
/// tables, and "Avoiding premature transitions to alarm state"). `missing` is what the alarm takes silence for.
#[must_use]
pub fn outcome(event: Period, quiet: Period, missing: &str, periods: u32, beyond: u32) -> Outcome {
    if periods == 0 || beyond == 0 || beyond > periods {
        return Outcome::Unknown;
    }
    match (event, quiet) {
        (_, Period::Beyond(Truth::True)) => Outcome::Always,
        (_, Period::Missing) if missing == "breaching" => Outcome::Always,
        (Period::Missing | Period::Beyond(Truth::False), _) => Outcome::Never,
        (Period::Beyond(Truth::Unknown), _) | (_, Period::Beyond(Truth::Unknown)) => Outcome::Unknown,
        (_, Period::Beyond(Truth::False)) if beyond == 1 => Outcome::AtOnce,
        (_, Period::Beyond(Truth::False)) => Outcome::Never,
        (_, Period::Missing) => match (missing, beyond) {
            ("notBreaching" | "missing", 1) => Outcome::AtOnce,
            ("notBreaching", _) => Outcome::Never,
            ("missing", _) => Outcome::Late(beyond),
            ("ignore", 1) => Outcome::Once,
            ("ignore", _) => Outcome::Never,
            _ => Outcome::Unknown,
        },
    }
}

/// The statistic of a period: of one event's value, where there is one, and of the default value, which CloudWatch Logs
/// publishes each minute in which events come in and none matches. Logs may be silent for a part of the period.
#[must_use]
pub fn statistic(name: &str, event: Option<f64>, default: Option<f64>, seconds: u32) -> Point {
    let minutes = f64::from((seconds / 60).max(1));
    let (fewest, most) = if event.is_some() { (0.0, minutes - 1.0) } else { (1.0, minutes) };
    let Some(first) = event.or(default) else { return Point::Missing };
    let Some(default) = default.filter(|_| event.is_none() || most > 0.0) else {
        // One sample.
        return match name {
            "SampleCount" => Point::exactly(1.0),
            "Sum" | "Average" | "Minimum" | "Maximum" => Point::exactly(first),
            name if is_percentile(name) => Point::exactly(first),
            _ => Point::Unknown,
        };
    };
    let own = event.unwrap_or(0.0);
    match name {
        "Sum" => Point::between(own + fewest * default, own + most * default),
        "SampleCount" => {
            let own = if event.is_some() { 1.0 } else { 0.0 };
            Point::between(own + fewest, own + most)
        }
        "Minimum" => Point::between(first, first.min(default)),
        "Maximum" => Point::between(first, first.max(default)),
        "Average" => Point::between(first, default),
        name if is_percentile(name) => Point::between(first, default),
        _ => Point::Unknown,
    }
}

/// `p99`, `p99.9`.
fn is_percentile(name: &str) -> bool {
    name.strip_prefix('p').is_some_and(|rest| rest.parse::<f64>().is_ok_and(|share| (0.0..=100.0).contains(&share)))
}

/// What is known of a metric that an alarm watches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fed<'a> {
    /// The event is in it.
    ByEvent(&'a Published),
    /// A filter feeds it, and the event is not in it.
    Quietly(&'a Published),
    /// What feeds it is not known.
    Elsewhere,
}

/// What an alarm is told by one event in a period, and without one.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Watched {
    event: Point,
    quiet: Point,
}

impl Watched {
    fn of(fed: Fed<'_>, statistic_name: &str, unit: Option<&str>, seconds: u32) -> Self {
        let apart =
            |published: &Published| unit.is_some_and(|unit| unit != published.unit.as_deref().unwrap_or("None"));
        let point = |published: &Published, event: Option<f64>| {
            // What has another unit is another set of data points.
            if apart(published) { Point::Missing } else { statistic(statistic_name, event, published.default, seconds) }
        };
        match fed {
            Fed::ByEvent(published) => Self {
                event: published.value.trim().parse().map_or(Point::Unknown, |value| point(published, Some(value))),
                quiet: point(published, None),
            },
            Fed::Quietly(published) => {
                let quiet = point(published, None);
                Self { event: quiet, quiet }
            }
            Fed::Elsewhere => Self { event: Point::Unknown, quiet: Point::Unknown },
        }
    }
}

/// Expressions that refer to each other at the most.
const DEEPEST: usize = 10;

/// Whether one event raises an alarm. `fed` tells what feeds the metric of a term; of an alarm on a single metric it is asked
/// with none.
pub fn raises<'f>(condition: &Condition, missing: &str, fed: &dyn Fn(Option<&Term>) -> Fed<'f>) -> Raises {
    let (Some(comparison), Some(threshold)) = (Comparison::of_alarm(&condition.comparison), condition.threshold) else {
        return Raises::Unsure(
            "it compares with a band or in a way that is not known, not with a threshold".to_owned(),
        );
    };
    if condition.wall_clock {
        return Raises::Unsure("it is evaluated over a window of the clock".to_owned());
    }
    let watched = if condition.terms.is_empty() {
        Some(Watched::of(fed(None), &condition.statistic, condition.unit.as_deref(), condition.period))
    } else {
        maths(condition, fed)
    };
    let Some(watched) = watched else {
        return Raises::Unsure("its metric maths is not understood".to_owned());
    };
    let few = condition.few_samples_ignored && is_percentile(&condition.statistic);
    if few {
        return Raises::No(format!(
            "one data point is too few for its {}, and too few change nothing",
            condition.statistic
        ));
    }
    let period = |point: Point| match point.compares(comparison, Point::exactly(threshold)) {
        Some(truth) => Period::Beyond(truth),
        None => Period::Missing,
    };
    let (periods, beyond) =
        (condition.evaluation_periods, condition.datapoints_to_alarm.unwrap_or(condition.evaluation_periods));
    let asked = format!("{} {}", comparison.sign(), threshold);
    let what = if condition.statistic.is_empty() { "its metric maths" } else { &condition.statistic };
    match outcome(period(watched.event), period(watched.quiet), missing, periods, beyond) {
        Outcome::AtOnce => Raises::Yes,
        Outcome::Once => Raises::Unsure(
            "it stays in ALARM after one event, as it ignores missing data: no other event is told".to_owned(),
        ),
        Outcome::Late(beyond) => Raises::Unsure(format!(
            "one event raises it after {beyond} periods of {} s, and only if no other data comes",
            condition.period
        )),
        Outcome::Always => Raises::No("it is in ALARM without any event, so that an event changes nothing".to_owned()),
        Outcome::Never if period(watched.event) == Period::Beyond(Truth::True) => Raises::No(format!(
            "one event gives one data point beyond the threshold, and it asks for {beyond} of {periods}"
        )),
        Outcome::Never => Raises::No(match watched.event {
            Point::Within(low, high) if low.to_bits() == high.to_bits() => {
                format!("one event makes {what} {low}, which is not {asked}")
            }
            Point::Missing => format!("one event gives {what} no data of its unit"),
            _ => format!("one event does not make {what} {asked}"),
        }),
        Outcome::Unknown => Raises::Unsure(format!("whether one event makes {what} {asked} is not known")),
    }
}

/// What metric maths makes of an event; none where it is not understood.
fn maths<'f>(condition: &Condition, fed: &dyn Fn(Option<&Term>) -> Fed<'f>) -> Option<Watched> {
    let mut returned = condition.terms.iter().filter(|term| term.returned);
    let (Some(watched), None) = (returned.next(), returned.next()) else { return None };
    let value = |event: bool| term(condition, &watched.id, event, fed, DEEPEST);
    Some(Watched { event: value(true)?, quiet: value(false)? })
}

/// The term of a metric that an alarm on metric maths watches as it is, but for what takes the place of no data; none where
/// maths makes something else of it, or is not understood.
#[must_use]
pub fn plain(condition: &Condition) -> Option<&Term> {
    let mut returned = condition.terms.iter().filter(|term| term.returned);
    let (Some(mut watched), None) = (returned.next(), returned.next()) else { return None };
    for _ in 0..DEEPEST {
        if watched.metric.is_some() {
            return Some(watched);
        }
        let expression = Expression::parse(watched.expression.as_deref()?)?;
        let id = expression.plain()?;
        watched = condition.terms.iter().find(|term| term.id == id)?;
    }
    None
}

fn term<'f>(
    condition: &Condition,
    id: &str,
    event: bool,
    fed: &dyn Fn(Option<&Term>) -> Fed<'f>,
    deep: usize,
) -> Option<Point> {
    let deep = deep.checked_sub(1)?;
    let term_of = condition.terms.iter().find(|term| term.id == id)?;
    if term_of.metric.is_some() {
        let fed = fed(Some(term_of));
        let watched = Watched::of(fed, &term_of.statistic, term_of.unit.as_deref(), condition.period);
        return Some(if event { watched.event } else { watched.quiet });
    }
    let expression = Expression::parse(term_of.expression.as_deref()?)?;
    let not_understood = std::cell::Cell::new(false);
    let value = expression.value(&|id| {
        term(condition, id, event, fed, deep).unwrap_or_else(|| {
            not_understood.set(true);
            Point::Unknown
        })
    });
    (!not_understood.get()).then_some(value)
}

/// A condition in words: `Sum >= 1 in 1 of 1 x 300 s`.
#[must_use]
pub fn words(condition: &Condition) -> String {
    let what = match condition.terms.iter().find(|term| term.returned).and_then(|term| term.expression.as_deref()) {
        Some(expression) => expression,
        None if condition.statistic.is_empty() => "metric maths",
        None => &condition.statistic,
    };
    let sign = Comparison::of_alarm(&condition.comparison).map_or(condition.comparison.as_str(), |known| known.sign());
    let threshold = condition.threshold.map_or("a band".to_owned(), |number| number.to_string());
    let periods = condition.evaluation_periods;
    let beyond = condition.datapoints_to_alarm.unwrap_or(periods);
    format!("{what} {sign} {threshold} in {beyond} of {periods} x {} s", condition.period)
}

#[cfg(test)]
mod tests;
