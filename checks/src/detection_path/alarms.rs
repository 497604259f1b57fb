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
    // What a composite alarm and metric maths look at is not among the facts.
    let hidden = |alarm: &&Alarm| {
        let maybe = if alarm.composite { !nowhere.is_empty() } else { alarm.metric.is_empty() };
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
