//! Whether the events of a detection control are told to somebody: by metric filters and alarms, by EventBridge rules,
//! or by a SIEM that is declared.

use kickoff_facts::{Gap, Seen, View};

use crate::frame::wording::{entries, first, names};
use crate::parameters::{Parameter, Parameters, SIEM_DESTINATIONS, TRAIL_DELIVERY_MAX_AGE};
use crate::reasoning::detection_events::{Class, Event, Place};
use crate::reasoning::event_pattern::{Answer, Pattern};
use crate::reasoning::last_mile::{Delivery, Publisher, Topics, deliver};
use crate::reasoning::regions;
use crate::reasoning::routing::{Told, least, most};
use crate::reasoning::rule_patterns::RulePatterns;
use crate::reasoning::sample::Sample;
use crate::{Evaluation, Finding, Resource, Verdict};

mod foreign;
mod paths;
mod trails;

use foreign::about;
use paths::{Path, Paths};
use trails::Trails;

/// The facts that a judgement looks at, and more.
macro_rules! needs {
    ($($more:ident),*) => {
        &[
            kickoff_facts::Need::Regions,
            kickoff_facts::Need::Trails,
            kickoff_facts::Need::MetricFilters,
            kickoff_facts::Need::Alarms,
            kickoff_facts::Need::AlarmMutes,
            kickoff_facts::Need::Topics,
            kickoff_facts::Need::Rules,
            kickoff_facts::Need::SecurityLogGroups,
            kickoff_facts::Need::AccountSubscriptions,
            $(kickoff_facts::Need::$more),*
        ]
    };
}

pub(crate) use needs;

/// The parameters that it reads.
pub const PARAMETERS: &[&Parameter] = &[&SIEM_DESTINATIONS, &TRAIL_DELIVERY_MAX_AGE];

/// What is expected of every control.
pub const EXPECTED: &str = "each event reaches somebody: by metric filters with alarms on a trail delivered within {trail_delivery_max_age_hours} hours, by EventBridge rules, or by a declared SIEM (declared: {siem_destinations})";

/// Judges a control for the account.
///
/// # Errors
/// Never: what is not known is told on the account.
pub fn account(view: &View<'_>, parameters: &Parameters, class: &Class) -> Evaluation {
    Ok(vec![Finding::judge(Resource::account(view), |seen| judge(view, seen, parameters, class))])
}

/// Judges a control.
///
/// # Errors
/// An event is not known to be told, and a fact that could show it is not known.
pub fn judge(view: &View<'_>, seen: &Seen, parameters: &Parameters, class: &Class) -> Result<Verdict, Gap> {
    let trails = Trails::of(view, seen, parameters);
    let events = class.required();
    let logged = trails.log_paths(&events);
    let mut told: Vec<Told> = (0..events.len()).map(|event| logged.told(event)).collect();
    let left: Vec<usize> = (0..events.len()).filter(|event| told.get(*event) != Some(&Told::Yes)).collect();
    let mut ruled = Vec::new();
    // Rules matter only where logs do not suffice.
    if !left.is_empty() {
        ruled = rule_paths(view, seen, &trails, &events);
        let outside = regions::all_scanned(view, "events:ListRules").err();
        for (at, (event, told)) in events.iter().zip(&mut told).enumerate() {
            let rules = by_rules(view, &ruled, outside.as_ref(), *event, at);
            *told = most(std::mem::replace(told, Told::No), rules);
        }
    }
    let ways = || logged.paths.iter().chain(ruled.iter().flat_map(|(_, paths)| &paths.paths));
    let remarks = || {
        let mut remarks: Vec<String> = ruled.iter().flat_map(|(_, paths)| &paths.remarks).cloned().collect();
        remarks.sort();
        remarks.dedup();
        logged.remarks.iter().cloned().chain(remarks)
    };
    let those = |wanted: &Told| {
        let found = events.iter().zip(&told).filter(|(_, told)| *told == wanted).map(|(event, _)| event.what());
        found.collect::<Vec<String>>()
    };
    let untold = those(&Told::No);
    if !untold.is_empty() {
        let mut parts = vec![format!("no alert on {}", names(untold))];
        parts.extend(nearest(ways().collect(), &events));
        parts.extend(remarks());
        return Ok(Verdict::fail(parts.join("; ")));
    }
    if let Some(gap) = told.iter().find_map(|told| if let Told::Unread(gap) = told { Some(gap.clone()) } else { None })
    {
        return Err(gap);
    }
    let open = those(&Told::Perhaps);
    if !open.is_empty() {
        let mut parts: Vec<String> = ways().filter_map(Path::doubt).collect();
        parts.sort();
        parts.dedup();
        // What is wrong whatever the doubts come to.
        parts.push(format!("without these, no alert on {}", names(open)));
        let broken = |path: &&Path| matches!(path.delivery, Ok(Delivery::Nowhere(_)));
        parts.extend(nearest(ways().filter(broken).collect(), &events));
        parts.extend(remarks());
        let reason = format!("a person has to judge whether these tell of {}", class.subject);
        return Ok(Verdict::manual(parts.join("; "), reason));
    }
    let mut verdict = Verdict::pass(entries(used(&logged, &ruled, &left, &events, class.subject)));
    let beside = class.optional();
    let covers = |event: &Event| {
        let one = [*event];
        trails.log_paths(&one).told(0) == Told::Yes
    };
    let missed: Vec<String> = beside.iter().filter(|event| !covers(event)).map(Event::what).collect();
    if left.is_empty() && !missed.is_empty() {
        verdict =
            verdict.because(format!("no alert on these, which the benchmark does not ask for: {}", names(missed)));
    }
    Ok(verdict)
}

/// Whether rules tell of an event everywhere it may be recorded.
fn by_rules(view: &View<'_>, ruled: &[(&str, Paths)], outside: Option<&Gap>, event: Event, at: usize) -> Told {
    if event.place() == Place::Home {
        let home = ruled.iter().find(|(region, _)| *region == view.home_region());
        let gap = || regions::not_collected("events:ListRules", view.home_region(), "not scanned");
        return home.map_or_else(|| Told::Unread(gap()), |(_, paths)| paths.told(at));
    }
    let everywhere = outside.cloned().map_or(Told::Yes, Told::Unread);
    let told = ruled.iter().fold(everywhere, |worst, (_, paths)| least(worst, paths.told(at)));
    // No region was scanned: nothing was seen.
    if ruled.is_empty() { least(Told::No, told) } else { told }
}

/// The ways that suffice, each drawn from the events to its end: through logs as few as may be, through rules all that are
/// needed in some region.
fn used(logged: &Paths, ruled: &[(&str, Paths)], left: &[usize], events: &[Event], subject: &str) -> Vec<String> {
    let drawn = |path: &Path| {
        let told: Vec<String> = events
            .iter()
            .enumerate()
            .filter(|(at, _)| path.told(*at) == Told::Yes)
            .map(|(_, event)| event.what())
            .collect();
        let from = if told.len() == events.len() { subject.to_owned() } else { first(3, told) };
        format!("{from} -> {}", path.whole())
    };
    let mut open: Vec<usize> = (0..events.len()).filter(|event| !left.contains(event)).collect();
    let mut used = Vec::new();
    for path in &logged.paths {
        let before = open.len();
        open.retain(|event| path.told(*event) != Told::Yes);
        if open.len() < before {
            used.push(drawn(path));
        }
    }
    let rules = ruled.iter().flat_map(|(_, paths)| &paths.paths);
    let needed = |path: &&Path| left.iter().any(|event| path.told(*event) == Told::Yes);
    used.extend(rules.filter(needed).map(drawn));
    used
}

/// The ways that come nearest, and why they do not suffice.
fn nearest(mut ways: Vec<&Path>, events: &[Event]) -> Vec<String> {
    ways.retain(|path| path.taken() > 0);
    ways.sort_by_key(|path| std::cmp::Reverse(path.taken()));
    let miss = |path: &Path| {
        let missed = events.iter().zip(&path.answers).filter(|(_, answer)| **answer == Answer::No);
        let missed: Vec<String> = missed.map(|(event, _)| event.what()).collect();
        let without = if missed.is_empty() { String::new() } else { format!(", without {}", names(missed)) };
        path.doubt().unwrap_or_else(|| format!("{}{without}", path.whole()))
    };
    let mut nearest: Vec<String> = ways.into_iter().map(miss).collect();
    nearest.dedup();
    nearest.truncate(3);
    nearest
}

/// The ways through EventBridge, by region. A rule has the events of its own region only.
fn rule_paths<'a>(view: &View<'a>, seen: &Seen, trails: &Trails<'_, '_>, events: &[Event]) -> Vec<(&'a str, Paths)> {
    let ways = |here: &View<'a>| {
        let mut paths = match here.rules() {
            Ok(rules) => {
                let (mut paths, topics) = (Paths::default(), Topics::of(here));
                let patterns = RulePatterns::of(here);
                // Without rules there is nothing to hold against them.
                let asked = if rules.is_empty() { &[] } else { events };
                let buses: Vec<Bus> = asked.iter().map(|event| Bus::of(here, *event)).collect();
                for rule in rules {
                    let pattern = patterns.get(&rule.pattern);
                    if pattern.is_unread() {
                        paths.remarks.push(format!("rule {}: its pattern is not understood", rule.name));
                    }
                    let (mut answers, mut narrow) = (Vec::new(), None);
                    for bus in &buses {
                        let answer = bus.answer(&pattern);
                        let sample = bus.samples.as_ref().and_then(|samples| samples.first());
                        answers.push(about(answer, sample, &mut narrow, |event| pattern.answer(event)));
                    }
                    paths.remarks.extend(narrow.map(|why| format!("rule {}: {why}", rule.name)));
                    // A rule on something else says nothing, whoever it tells.
                    if answers.iter().all(|answer| *answer == Answer::No) {
                        continue;
                    }
                    let delivery = if rule.enabled {
                        let publisher = Publisher::of_rule(here, rule);
                        deliver(&topics, seen, &publisher, seen.see(&rule.targets))
                    } else {
                        Ok(Delivery::Nowhere("it is disabled".to_owned()))
                    };
                    let what = format!("rule {} ({})", rule.name, here.region_name());
                    paths.paths.push(Path { what, answers, delivery });
                }
                paths
            }
            Err(gap) => Paths { gap: Some(gap), ..Paths::default() },
        };
        trails.only_recorded(here.region_name(), events, &mut paths);
        Ok::<_, Gap>(paths)
    };
    regions::each(view, ways).known
}

/// An event as the bus of a region has it.
struct Bus {
    event: Event,
    /// None where the event is not on the bus.
    samples: Option<Vec<Sample>>,
}

impl Bus {
    fn of(here: &View<'_>, event: Event) -> Self {
        let elsewhere = event.place() == Place::Home && here.region_name() != here.home_region();
        Self { event, samples: (!elsewhere).then(|| event.on_bus(here).collect()) }
    }

    /// Whether a rule lets the event through. Calls that only read reach a rule in the state
    /// `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS` alone, and the facts do not tell it from `ENABLED`.
    fn answer(&self, pattern: &Pattern) -> Answer {
        let Some(samples) = &self.samples else { return Answer::No };
        match Answer::all(samples.iter().map(|sample| pattern.answer(sample))) {
            Answer::Yes if self.event.reads() => Answer::unsure("whether the rule takes in calls that only read"),
            answer => answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(what: &str, answers: Vec<Answer>) -> Path {
        Path { what: what.to_owned(), answers, delivery: Ok(Delivery::Reaches("topic a".to_owned())) }
    }

    #[test]
    fn ways_that_add_nothing_are_not_told() {
        let (yes, no) = (|| Answer::Yes, || Answer::No);
        let paths = vec![
            way("a", vec![yes(), no(), no()]),
            way("b", vec![yes(), no(), no()]),
            way("c", vec![no(), yes(), no()]),
        ];
        let logged = Paths { paths, ..Paths::default() };
        let rules = Paths {
            paths: vec![way("d", vec![yes(), no(), no()]), way("e", vec![no(), no(), yes()])],
            ..Paths::default()
        };
        let events = &crate::reasoning::detection_events::CLOUDTRAIL.required()[..3];
        let [one, two, three] = [0, 1, 2].map(|at: usize| events[at].what());
        let used = used(&logged, &[("us-east-1", rules)], &[2], events, "changes");
        let drawn = [("a", one), ("c", two), ("e", three)].map(|(way, event)| format!("{event} -> {way} -> topic a"));
        assert_eq!(used, drawn);
    }

    #[test]
    fn the_nearest_ways_take_some_events_the_most_first() {
        let events = &crate::reasoning::detection_events::CLOUDTRAIL.required()[..2];
        let [first, second] = events else { panic!("two events were taken") };
        let (none, one, all) = (
            way("none", vec![Answer::No, Answer::No]),
            way("one", vec![Answer::No, Answer::Yes]),
            way("all", vec![Answer::Yes, Answer::Yes]),
        );
        let told = nearest(vec![&none, &one, &all], events);
        assert_eq!(told, ["all -> topic a".to_owned(), format!("one -> topic a, without {}", first.what())]);
        assert_ne!(first.what(), second.what());
    }
}
