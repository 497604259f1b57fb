//! Where an alarm on the metrics of a filter leads.

use kickoff_facts::logging::{Alarm, MetricFilter};
use kickoff_facts::{Gap, Seen, View};

use crate::routing::{Delivery, deliver};
use crate::wording::names;

/// Where the alarms on a filter's metrics lead: the best of them. An alarm counts in the region of its metric only.
///
/// # Errors
/// None reaches anybody for certain, and an alarm or a topic is not known.
pub fn delivery(here: &View<'_>, seen: &Seen, filter: &MetricFilter) -> Result<Delivery, Gap> {
    let alarms = here.alarms()?;
    let watches = |alarm: &&Alarm| {
        let metric = (&alarm.namespace, &alarm.metric);
        !alarm.composite && filter.metrics.iter().any(|(namespace, name)| (namespace, name) == metric)
    };
    let (mut gap, mut unseen, mut nowhere) = (None, Vec::new(), Vec::new());
    let own: Vec<&str> = alarms.iter().filter(watches).map(|alarm| alarm.name.as_str()).collect();
    for alarm in alarms.iter().filter(watches) {
        let name = &alarm.name;
        if !alarm.actions_enabled {
            nowhere.push(format!("alarm {name}: its actions are switched off"));
        } else if alarm.alarm_actions.is_empty() {
            nowhere.push(format!("alarm {name}: no action when it goes off"));
        } else {
            match deliver(here, seen, Ok(&alarm.alarm_actions)) {
                Ok(Delivery::Reaches(to)) => return Ok(Delivery::Reaches(format!("alarm {name}, {to}"))),
                Ok(Delivery::Unseen(why)) => unseen.push(format!("alarm {name}: {why}")),
                Ok(Delivery::Nowhere(why)) => nowhere.push(format!("alarm {name}: {why}")),
                Err(error) => gap = gap.or(Some(error)),
            }
        }
    }
    if let Some(gap) = gap {
        return Err(gap);
    }
    // Whether a composite alarm goes off with one of its own, and metric maths with one of its metrics, depends on the rest of it.
    let hidden = |alarm: &&Alarm| {
        let maybe = match (&alarm.rule, alarm.composite) {
            (Some(rule), true) => {
                own.iter().any(|name| rule.contains(&format!("\"{name}\"")) || names_bare(rule, name))
            }
            (None, true) => !own.is_empty(),
            (_, false) if !alarm.metric.is_empty() => false,
            (_, false) => {
                let takes = |one: &kickoff_facts::logging::Metric| {
                    filter.metrics.iter().any(|(namespace, name)| (namespace, name) == (&one.namespace, &one.name))
                };
                !alarm.queries.is_empty() || alarm.watches.iter().any(takes)
            }
        };
        maybe && alarm.actions_enabled && !alarm.alarm_actions.is_empty()
    };
    let hidden: Vec<&str> = alarms.iter().filter(hidden).map(|alarm| alarm.name.as_str()).collect();
    if !hidden.is_empty() {
        unseen.push(format!("whether {} takes it up is not visible", names(hidden)));
    }
    Ok(match (unseen.is_empty(), nowhere.is_empty()) {
        (false, _) => Delivery::Unseen(unseen.join(", ")),
        (true, false) => Delivery::Nowhere(nowhere.join(", ")),
        (true, true) => Delivery::Nowhere("no alarm watches its metric".to_owned()),
    })
}

/// Whether a composite alarm's rule names an alarm without quotes, alone or at the end of an ARN: `ALARM(arn:...:alarm:name)`.
fn names_bare(rule: &str, name: &str) -> bool {
    rule.split(['(', ')']).any(|part| {
        let part = part.trim().trim_matches('"');
        part == name || part.rsplit(':').next() == Some(name)
    })
}
