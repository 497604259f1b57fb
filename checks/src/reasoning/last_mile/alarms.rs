//! Where the alarms on the metrics of a filter lead.

use std::collections::BTreeMap;

use kickoff_facts::logging::{Alarm, Metric, MetricFilter, Published};
use kickoff_facts::{Gap, Seen, View};
use kickoff_policy::truth::Truth;

use super::composite::{Rule, names};
use super::condition::{Fed, Raises, raises, words};
use super::{Delivery, Publisher, Topics, deliver, ends};
use crate::frame::wording::count;
use crate::reasoning::mutes;

/// An alarm that is in ALARM for longer than so many hours tells nobody of what happens meanwhile.
const LONG: u64 = 24;

/// Where the alarms on a filter's metrics lead: the best of them. An alarm counts in the region of its metric only.
///
/// # Errors
/// None reaches anybody for certain, and an alarm, a topic, or what mutes an alarm is not known.
pub fn delivery(here: &View<'_>, seen: &Seen, filter: &MetricFilter) -> Result<Delivery, Gap> {
    let doubt = match looks_at(here, filter) {
        Raises::No(why) => return Ok(Delivery::Nowhere(why)),
        Raises::Unsure(why) => Some(why),
        Raises::Yes => None,
    };
    let alarms = here.alarms()?;
    let on: Vec<Watch<'_>> = alarms.iter().filter_map(|alarm| Watch::of(here, filter, alarm)).collect();
    let mut led = Led { doubt, ..Led::of(here, seen) };
    for watch in &on {
        if let Some(to) = led.by(here, watch.alarm, &watch.raises, watch.comes_back) {
            return Ok(Delivery::Reaches(format!("{} -> {}{to}", watch.metric, drawn(watch.alarm))));
        }
    }
    for (alarm, raised, child) in composites(alarms, &on) {
        if let Some(to) = led.by(here, alarm, &raised, true) {
            let from = child.map_or(String::new(), |child| format!("{} -> {}", child.metric, drawn(child.alarm)));
            return Ok(Delivery::Reaches(format!("{from}composite alarm {} -> {to}", alarm.name)));
        }
    }
    led.end()
}

fn drawn(alarm: &Alarm) -> String {
    let condition = alarm.condition.as_ref().map_or(String::new(), |condition| format!(" ({})", words(condition)));
    format!("alarm {}{condition} -> ", alarm.name)
}

/// Where an alarm on a query of logs leads: what its query finds is not known.
///
/// # Errors
/// It reaches nobody for certain, and a topic, or what mutes the alarm, is not known.
pub fn on_logs(here: &View<'_>, seen: &Seen, alarm: &Alarm) -> Result<Delivery, Gap> {
    let mut led = Led::of(here, seen);
    match led.by(here, alarm, &Raises::Yes, true) {
        Some(to) => Ok(Delivery::Reaches(to)),
        None => led.end(),
    }
}

/// What was found on the way.
struct Led<'v, 'a> {
    topics: Topics<'v, 'a>,
    seen: &'v Seen,
    /// What is in doubt whichever alarm it is.
    doubt: Option<String>,
    gap: Option<Gap>,
    unseen: Vec<String>,
    nowhere: Vec<String>,
}

impl<'v, 'a> Led<'v, 'a> {
    fn of(here: &'v View<'a>, seen: &'v Seen) -> Self {
        Self { topics: Topics::of(here), seen, doubt: None, gap: None, unseen: Vec::new(), nowhere: Vec::new() }
    }

    /// Where an alarm leads, if it reaches somebody for certain; else what is in the way is noted.
    fn by(&mut self, here: &View<'_>, alarm: &Alarm, raised: &Raises, comes_back: bool) -> Option<String> {
        let name = &alarm.name;
        if let Raises::No(why) = raised {
            self.nowhere.push(format!("alarm {name}: {why}"));
            return None;
        }
        if !alarm.actions_enabled {
            self.nowhere.push(format!("alarm {name}: its actions are switched off"));
            return None;
        }
        if alarm.alarm_actions.is_empty() {
            self.nowhere.push(format!("alarm {name}: no action when it goes off"));
            return None;
        }
        let stuck = stuck(here, alarm, comes_back);
        if let Some(Raises::No(why)) = &stuck {
            self.nowhere.push(format!("alarm {name}: {why}"));
            return None;
        }
        let held = alarm.suppressor.as_ref().map(|by| format!("alarm {} may hold its actions back", ends::last(by)));
        let mut doubts: Vec<String> = self.doubt.iter().cloned().chain(held).collect();
        doubts.extend([Some(raised), stuck.as_ref()].into_iter().flatten().filter_map(|one| match one {
            Raises::Unsure(why) => Some(why.clone()),
            _ => None,
        }));
        let publisher = Publisher::of_alarm(here, alarm);
        let led = deliver(&self.topics, self.seen, &publisher, Ok(&alarm.alarm_actions));
        let muted = mutes::muting(here, alarm);
        if let Ok(Some(muted)) = &muted {
            doubts.push(muted.clone());
        }
        match led {
            Ok(Delivery::Reaches(to)) if doubts.is_empty() => match muted {
                Ok(_) => return Some(to),
                Err(error) => self.gap = self.gap.take().or(Some(error)),
            },
            Ok(Delivery::Reaches(_)) => self.unseen.push(format!("alarm {name}: {}", doubts.join(", "))),
            Ok(Delivery::Unseen(why)) => {
                doubts.push(why);
                self.unseen.push(format!("alarm {name}: {}", doubts.join(", ")));
            }
            Ok(Delivery::Nowhere(why)) => self.nowhere.push(format!("alarm {name}: {why}")),
            Err(error) => self.gap = self.gap.take().or(Some(error)),
        }
        None
    }

    fn end(self) -> Result<Delivery, Gap> {
        // Where all of them are in doubt, what is not known of one changes nothing.
        let in_doubt = self.doubt.is_some() && !self.unseen.is_empty();
        if let Some(gap) = self.gap.filter(|_| !in_doubt) {
            return Err(gap);
        }
        Ok(match (self.unseen.is_empty(), self.nowhere.is_empty()) {
            (false, _) => Delivery::Unseen(self.unseen.join(", ")),
            (true, false) => Delivery::Nowhere(self.nowhere.join(", ")),
            (true, true) => Delivery::Nowhere("no alarm watches its metric".to_owned()),
        })
    }
}

/// What keeps an alarm from telling of another event because of the state it is in: actions run when the state changes only.
#[must_use]
pub fn stuck(here: &View<'_>, alarm: &Alarm, comes_back: bool) -> Option<Raises> {
    if alarm.state != "ALARM" {
        return None;
    }
    let hours = alarm.state_since.map(|at| here.hours_since(at));
    if hours.is_some_and(|hours| hours <= LONG) {
        return None;
    }
    let long = hours.map_or("a time that AWS does not state".to_owned(), |hours| count(hours, "hour"));
    let why = format!("it is in ALARM for {long}, and its actions run when its state changes only");
    Some(if comes_back { Raises::Unsure(why) } else { Raises::No(format!("{why}; without data it stays there")) })
}

/// An alarm that watches a metric of the filter.
struct Watch<'a> {
    alarm: &'a Alarm,
    raises: Raises,
    /// The metric in words.
    metric: String,
    /// Its state goes back by itself when the event is over.
    comes_back: bool,
    /// Its state while nothing happens.
    quiet: &'static str,
}

impl<'a> Watch<'a> {
    /// Reads how an alarm watches a filter's metrics; none where it does not.
    fn of(here: &View<'_>, filter: &MetricFilter, alarm: &'a Alarm) -> Option<Self> {
        if alarm.composite || alarm.on_logs {
            return None;
        }
        let terms =
            alarm.condition.iter().flat_map(|condition| &condition.terms).filter_map(|term| term.metric.as_ref());
        let feeds = |published: &&Published| {
            let is = |namespace: &str, name: &str| published.namespace == namespace && published.name == name;
            let single = is(&alarm.namespace, &alarm.metric);
            single
                || alarm.watches.iter().chain(terms.clone()).any(|metric| is(&metric.namespace, &metric.name))
                || alarm.queries.iter().any(|query| asks_for(query, published))
        };
        let published = filter.metrics.iter().find(feeds)?;
        let value = if published.value.is_empty() { "?" } else { &published.value };
        let silent = published.default.is_none();
        Some(Self {
            alarm,
            raises: raised(here, filter, alarm),
            metric: format!("metric {}/{} ({value} each)", published.namespace, published.name),
            comes_back: !(silent && alarm.treat_missing_data == "ignore"),
            quiet: if silent && alarm.treat_missing_data == "missing" { "INSUFFICIENT_DATA" } else { "OK" },
        })
    }
}

/// Whether a query over metrics may find one. Metrics Insights and PromQL name the metric; a search finds it by any part of a
/// word of its name or namespace.
fn asks_for(query: &str, published: &Published) -> bool {
    if !query.to_ascii_uppercase().contains("SEARCH(") {
        return query.contains(&published.name);
    }
    let query = query.to_ascii_lowercase();
    let words = [published.namespace.as_str(), published.name.as_str()];
    let parts = words.iter().flat_map(|word| word.split(|c: char| !c.is_ascii_alphanumeric()));
    parts.filter(|part| part.len() > 2).any(|part| query.contains(&part.to_ascii_lowercase()))
}

/// Whether one event that a filter takes raises an alarm.
fn raised(here: &View<'_>, filter: &MetricFilter, alarm: &Alarm) -> Raises {
    let single = |published: &&Published| published.namespace == alarm.namespace && published.name == alarm.metric;
    let own = filter.metrics.iter().find(single);
    let Some(condition) = &alarm.condition else {
        return Raises::Unsure(match alarm.queries.first() {
            Some(query) => format!("it watches the query {query}"),
            None => "what raises it is not known".to_owned(),
        });
    };
    if let Some(published) = own {
        let same = |metric: &&Metric| metric.namespace == alarm.namespace && metric.name == alarm.metric;
        let dimensions = alarm.watches.iter().find(same).map_or(&[][..], |metric| &metric.dimensions);
        let met = meets(here, filter, published, dimensions);
        if met != Raises::Yes {
            return met;
        }
    } else if !alarm.queries.is_empty() {
        return Raises::Unsure(format!("it watches the query {}", alarm.queries.join(", ")));
    }
    raises(condition, &alarm.treat_missing_data, &|asked| match asked {
        None => own.map_or(Fed::Elsewhere, Fed::ByEvent),
        Some(term) if term.account.as_deref().is_some_and(|account| account != here.account_id()) => Fed::Elsewhere,
        Some(term) => term.metric.as_ref().map_or(Fed::Elsewhere, |metric| fed(here, filter, metric)),
    })
}

/// What feeds a term of metric maths.
fn fed<'f>(here: &View<'f>, filter: &'f MetricFilter, metric: &Metric) -> Fed<'f> {
    let is = |published: &&Published| published.namespace == metric.namespace && published.name == metric.name;
    if let Some(published) = filter.metrics.iter().find(is)
        && meets(here, filter, published, &metric.dimensions) == Raises::Yes
    {
        return Fed::ByEvent(published);
    }
    let plain = |other: &&MetricFilter| other.system_dimensions.is_empty() && metric.dimensions.is_empty();
    let others = here.metric_filters().into_iter().flatten().filter(plain).flat_map(|other| &other.metrics);
    let mut others = others.filter(is).filter(|published| published.dimensions.is_empty());
    match (others.next(), others.next()) {
        (Some(one), None) => Fed::Quietly(one),
        _ => Fed::Elsewhere,
    }
}

/// Whether the metric that a filter publishes is the one with these dimensions: each set of them is a metric of its own
/// (CloudWatch User Guide, "Dimensions").
fn meets(here: &View<'_>, filter: &MetricFilter, published: &Published, wanted: &[(String, String)]) -> Raises {
    let mut given: Vec<&str> = published.dimensions.iter().map(|(name, _)| name.as_str()).collect();
    given.extend(filter.system_dimensions.iter().map(String::as_str));
    given.sort_unstable();
    let mut asked: Vec<&str> = wanted.iter().map(|(name, _)| name.as_str()).collect();
    asked.sort_unstable();
    let said = |names: &[&str]| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    if given != asked {
        let (given, asked) = (said(&given), said(&asked));
        return Raises::No(format!("the metric has the dimensions {given}, the alarm watches the one with {asked}"));
    }
    let of_here = |name: &str, value: &str| match name {
        "@aws.account" => value == here.account_id(),
        "@aws.region" => value == here.region_name(),
        _ => false,
    };
    let open: Vec<String> = wanted
        .iter()
        .filter(|(name, value)| !of_here(name, value))
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    if open.is_empty() { Raises::Yes } else { Raises::Unsure(format!("it watches events of {} only", open.join(", "))) }
}

/// Whether a filter looks at the events of its log group at all, before its pattern.
fn looks_at(here: &View<'_>, filter: &MetricFilter) -> Raises {
    if let Some(selection) = filter.selection.as_deref().filter(|text| !text.trim().is_empty()) {
        match selects(here, selection) {
            Some(true) => {}
            Some(false) => {
                return Raises::No(format!(
                    "its field selection {selection} leaves the events of this account and region out"
                ));
            }
            None => return Raises::Unsure(format!("its field selection is {selection}")),
        }
    }
    if filter.transformed {
        return Raises::Unsure("it looks at events as the log group's transformer leaves them".to_owned());
    }
    Raises::Yes
}

/// Whether a field selection takes in what this account and region log; none where it is not of a known form. Known are
/// comparisons and lists that are joined by AND (CloudWatch Logs API Reference, `PutMetricFilter`).
fn selects(here: &View<'_>, selection: &str) -> Option<bool> {
    let mut all = true;
    for part in selection.split(" AND ") {
        let part = part.trim();
        let (field, rest) = part.split_once(char::is_whitespace).or_else(|| part.split_once('='))?;
        let own = match field.trim() {
            "@aws.account" => here.account_id(),
            "@aws.region" => here.region_name(),
            _ => return None,
        };
        let rest = rest.trim();
        let quoted = |text: &str| text.trim().trim_matches(['"', '\'']).to_owned();
        let holds = if let Some(list) = rest.strip_prefix("NOT IN") {
            !serde_json::from_str::<Vec<String>>(list).ok()?.iter().any(|value| value == own)
        } else if let Some(list) = rest.strip_prefix("IN") {
            serde_json::from_str::<Vec<String>>(list).ok()?.iter().any(|value| value == own)
        } else if let Some(other) = rest.strip_prefix("!=") {
            quoted(other) != own
        } else {
            let value = quoted(rest.strip_prefix('=').unwrap_or(rest));
            if value.contains(char::is_whitespace) {
                return None;
            }
            value == own
        };
        all &= holds;
    }
    Some(all)
}

/// The composite alarms that take up alarms on the metric, with what one event does to each, and the alarm that it takes up.
fn composites<'a, 'w>(alarms: &'a [Alarm], on: &'w [Watch<'a>]) -> Vec<(&'a Alarm, Raises, Option<&'w Watch<'a>>)> {
    if on.is_empty() {
        return Vec::new();
    }
    let rules: Vec<(&Alarm, Option<Rule>)> = alarms
        .iter()
        .filter(|alarm| alarm.composite)
        .map(|alarm| (alarm, alarm.rule.as_deref().and_then(Rule::parse)))
        .collect();
    // States that are known before the event and with it.
    let mut before: BTreeMap<&str, &'static str> = BTreeMap::new();
    let mut with: BTreeMap<&str, &'static str> = BTreeMap::new();
    for watch in on.iter().filter(|watch| watch.raises == Raises::Yes) {
        before.insert(&watch.alarm.name, watch.quiet);
        with.insert(&watch.alarm.name, "ALARM");
    }
    // Composites of composites: each round may settle one more.
    loop {
        let settled = before.len() + with.len();
        for (alarm, rule) in &rules {
            let Some(rule) = rule else { continue };
            for states in [&mut before, &mut with] {
                match rule.holds(&|name| states.get(name).copied()) {
                    Truth::True => states.insert(&alarm.name, "ALARM"),
                    Truth::False => states.insert(&alarm.name, "OK"),
                    Truth::Unknown => None,
                };
            }
        }
        if before.len() + with.len() == settled {
            break;
        }
    }
    let mut taken: Vec<&str> = on.iter().map(|watch| watch.alarm.name.as_str()).collect();
    let mut found: Vec<(&Alarm, Raises, Option<&Watch<'_>>)> = Vec::new();
    loop {
        let known = found.len();
        for (alarm, rule) in &rules {
            let text = alarm.rule.as_deref();
            let named = |name: &&str| text.is_none_or(|text| names(text, name));
            if found.iter().any(|(known, ..)| known.name == alarm.name) || !taken.iter().any(named) {
                continue;
            }
            let raised = match (rule, with.get(alarm.name.as_str()), before.get(alarm.name.as_str())) {
                (Some(_), Some(&"ALARM"), Some(&"ALARM")) => Raises::No("its rule holds without any event".to_owned()),
                (Some(_), Some(&"ALARM"), _) => Raises::Yes,
                (Some(_), Some(_), _) => Raises::No("its rule does not hold with such an event".to_owned()),
                _ => Raises::Unsure(format!(
                    "whether it takes it up depends on the rest of its rule {}",
                    text.unwrap_or("(not read)")
                )),
            };
            let child = on.iter().find(|watch| text.is_some_and(|text| names(text, &watch.alarm.name)));
            found.push((alarm, raised, child));
            taken.push(&alarm.name);
        }
        if found.len() == known {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests;
