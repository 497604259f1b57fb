//! The trails of an account, and the ways that events take from them.

use kickoff_facts::logging::{Alarm, MetricFilter, Trail};
use kickoff_facts::{Gap, Seen, View};

use super::foreign::about;
use super::paths::{Path, Paths};
use crate::frame::wording::names;
use crate::parameters::{Parameters, SIEM_DESTINATIONS, TRAIL_DELIVERY_MAX_AGE};
use crate::reasoning::certainty::{among, both};
use crate::reasoning::detection_events::Event;
use crate::reasoning::event_pattern::Answer;
use crate::reasoning::filter_pattern::FilterPattern;
use crate::reasoning::last_mile::{Delivery, alarms, ends};
use crate::reasoning::selectors::records_call;
use crate::reasoning::subscriptions::selects;
use crate::reasoning::trails::as_owner_sees;
use crate::reasoning::{delivery, regions};

/// The trails of an account.
#[derive(Debug)]
pub struct Trails<'v, 'a> {
    view: &'v View<'a>,
    seen: &'v Seen,
    parameters: &'v Parameters,
    trails: Vec<&'a Trail>,
    /// Why there may be others.
    gap: Option<Gap>,
}

/// A log group that a trail delivers to.
struct Group<'a> {
    region: &'a str,
    account: &'a str,
    name: &'a str,
}

impl<'a> Group<'a> {
    /// Reads `arn:aws:logs:REGION:ACCOUNT:log-group:NAME:*`.
    fn parse(arn: &'a str) -> Option<Self> {
        let mut parts = arn.splitn(7, ':').skip(3);
        let (region, account, _, name) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        Some(Self { region, account, name: name.trim_end_matches(":*") })
    }
}

impl<'v, 'a> Trails<'v, 'a> {
    /// The trails that the scanned regions list, each once.
    pub fn of(view: &'v View<'a>, seen: &'v Seen, parameters: &'v Parameters) -> Self {
        let answers = regions::each(view, |here| Ok(here.trails()?.iter().filter(|t| t.primary).collect::<Vec<_>>()));
        let trails =
            answers.known.into_iter().flat_map(|(_, trails)| trails).map(|trail| as_owner_sees(view, trail)).collect();
        Self { view, seen, parameters, trails, gap: answers.gap }
    }

    /// The ways through log groups and declared SIEMs.
    pub fn log_paths(&self, events: &[Event]) -> Paths {
        let mut all = Paths { gap: self.gap.clone(), ..Paths::default() };
        if self.trails.is_empty() && self.gap.is_none() {
            all.remarks.push("there is no trail".to_owned());
        }
        for trail in &self.trails {
            let name = &trail.name;
            if !trail.multi_region {
                all.remarks.push(format!("trail {name} records {} only", trail.home_region));
                continue;
            }
            let before = all.paths.len();
            let status = self.seen.see(&trail.status);
            if status.as_ref().is_ok_and(|status| !status.logging) {
                all.remarks.push(format!("trail {name} is switched off"));
                continue;
            }
            self.declared(trail, events, &mut all);
            match trail.log_group_arn.as_deref().map(|arn| (arn, Group::parse(arn))) {
                None => all.remarks.push(format!("trail {name} delivers to no log group")),
                Some((arn, None)) => all.remarks.push(format!("trail {name}: {arn} is no log group")),
                Some((_, Some(group))) => match self.place(&group) {
                    Ok(Some(here)) => self.grouped(trail, &group, &here, events, &mut all),
                    Ok(None) => {
                        let why = format!("log group {} is in account {}: look there", group.name, group.account);
                        let answers = events.iter().map(|_| Answer::Yes).collect();
                        let delivery = Ok(Delivery::Unseen(why));
                        all.paths.push(Path { what: format!("trail {name}"), answers, delivery });
                    }
                    Err(gap) => all.gap = all.gap.take().or(Some(gap)),
                },
            }
            for path in all.paths.iter_mut().skip(before) {
                self.narrow(trail, events, path);
            }
            if let Ok(selectors) = self.seen.see(&trail.selectors) {
                let left = events
                    .iter()
                    .filter(|event| !records_call(selectors, &event.source(), event.name(), event.access()));
                let left: Vec<String> = left.map(Event::what).collect();
                if !left.is_empty() {
                    all.remarks.push(format!("trail {name} does not record {}", names(left)));
                }
            }
        }
        all
    }

    /// The region of a log group: of this account, or of another account of the run; none where the run does not have it.
    ///
    /// # Errors
    /// The region is the account's own, and was not scanned.
    fn place(&self, group: &Group<'_>) -> Result<Option<View<'a>>, Gap> {
        if group.account != self.view.account_id() {
            return Ok(self.view.neighbour_in(group.account, group.region));
        }
        let own = self.view.regions().find(|here| here.region_name() == group.region);
        let gap =
            || regions::not_collected("logs:DescribeMetricFilters", group.region, "the trail's log group is there");
        own.map(Some).ok_or_else(gap)
    }

    /// The ways from a log group.
    fn grouped(&self, trail: &Trail, group: &Group<'_>, here: &View<'a>, events: &[Event], all: &mut Paths) {
        let limit = self.parameters.number(&TRAIL_DELIVERY_MAX_AGE);
        let state = self.seen.see(&trail.status).map(|status| {
            let (last, error) = (status.last_log_group_delivery, status.log_group_delivery_error.as_deref());
            delivery::state(self.view, last, error, limit)
        });
        if let Ok(Err(why)) = &state {
            all.remarks.push(format!("delivery of trail {} to {} {why}", trail.name, group.name));
            return;
        }
        match here.metric_filters() {
            Ok(filters) => {
                let own: Vec<&MetricFilter> = filters.iter().filter(|filter| filter.log_group == group.name).collect();
                if own.is_empty() {
                    all.remarks.push(format!("log group {} in {} has no metric filter", group.name, group.region));
                }
                for filter in own {
                    let mut what = format!("metric filter {} on {}", filter.name, group.name);
                    if group.account != self.view.account_id() {
                        what.push_str(&format!(" in account {}", group.account));
                    }
                    self.matching(&what, &filter.pattern, events, all, || self.alarmed(here, filter));
                }
            }
            Err(gap) => all.gap = all.gap.take().or(Some(gap)),
        }
        self.queried(here, group, events, all);
        if !self.parameters.list(&SIEM_DESTINATIONS).is_empty()
            && let Err(gap) = self.subscribed(here, group, events, all)
        {
            all.gap = all.gap.take().or(Some(gap));
        }
        self.view.adopt(here);
    }

    fn alarmed(&self, here: &View<'_>, filter: &MetricFilter) -> Result<Delivery, Gap> {
        alarms::delivery(here, self.seen, filter)
    }

    /// The ways of alarms on queries of the log group: what a query finds is for a person to judge.
    fn queried(&self, here: &View<'_>, group: &Group<'_>, events: &[Event], all: &mut Paths) {
        let names = |alarm: &&Alarm| {
            alarm.log_groups.is_empty()
                || alarm.log_groups.iter().any(|one| one == group.name || ends::last(one) == group.name)
        };
        // Alarms that are not known are a gap of the filters' ways already; without a filter they are one here.
        match here.alarms() {
            Ok(alarms) => {
                for alarm in alarms.iter().filter(|alarm| alarm.on_logs).filter(names) {
                    let what = format!("log alarm {} on {}", alarm.name, group.name);
                    let answers = events.iter().map(|_| Answer::unsure("its query")).collect();
                    all.paths.push(Path { what, answers, delivery: alarms::on_logs(here, self.seen, alarm) });
                }
            }
            Err(gap) => all.gap = all.gap.take().or(Some(gap)),
        }
    }

    /// Adds the way of a filter pattern, or what is wrong with the pattern.
    fn matching(
        &self,
        what: &str,
        pattern: &str,
        events: &[Event],
        all: &mut Paths,
        delivery: impl FnOnce() -> Result<Delivery, Gap>,
    ) {
        let pattern = FilterPattern::read(pattern);
        if let Some(error) = pattern.error() {
            all.remarks.push(format!("{what}: its pattern is not understood {error}"));
        }
        let (mut answers, mut narrow) = (Vec::new(), None);
        for event in events {
            let records = event.records(self.view);
            let answer = Answer::all(records.iter().map(|record| pattern.answer(record)));
            answers.push(about(answer, records.first(), &mut narrow, |record| pattern.answer(record)));
        }
        all.remarks.extend(narrow.map(|why| format!("{what}: {why}")));
        // A filter on something else says nothing, whoever it tells.
        if answers.iter().any(|answer| *answer != Answer::No) {
            all.paths.push(Path { what: what.to_owned(), answers, delivery: delivery() });
        }
    }

    /// The way to a SIEM that reads the trail's topic or bucket.
    fn declared(&self, trail: &Trail, events: &[Event], all: &mut Paths) {
        let bucket = format!("arn:{}:s3:::{}", self.view.partition(), trail.bucket);
        let read = [trail.topic_arn.as_ref(), Some(&bucket)];
        let Some(arn) = read.into_iter().flatten().find(|arn| self.parameters.matches(&SIEM_DESTINATIONS, arn)) else {
            return;
        };
        let limit = self.parameters.number(&TRAIL_DELIVERY_MAX_AGE);
        let what = format!("trail {}", trail.name);
        let delivery = self.seen.see(&trail.status).map(|status| {
            match delivery::state(self.view, status.last_delivery, status.delivery_error.as_deref(), limit) {
                Ok(_) => Delivery::Reaches(format!("declared SIEM, which reads {arn}")),
                Err(why) => Delivery::Nowhere(format!("delivery to {arn} {why}")),
            }
        });
        all.paths.push(Path { what, answers: events.iter().map(|_| Answer::Yes).collect(), delivery });
    }

    /// The ways of subscriptions to a declared SIEM.
    fn subscribed(&self, here: &View<'_>, group: &Group<'_>, events: &[Event], all: &mut Paths) -> Result<(), Gap> {
        let counts = |arn: &str| self.parameters.matches(&SIEM_DESTINATIONS, arn);
        let mut add = |what: String, pattern: Option<&str>, delivery: Delivery| match pattern {
            Some(pattern) => self.matching(&what, pattern, events, all, || Ok(delivery)),
            None => {
                let answers = events.iter().map(|_| Answer::unsure("its filter pattern, which is not known")).collect();
                all.paths.push(Path { what, answers, delivery: Ok(delivery) });
            }
        };
        let siem = |arn: &str| Delivery::Reaches(format!("declared SIEM {arn}"));
        let own = among(here.security_log_groups()?.iter().filter(|own| own.log_group == group.name), |own| {
            self.seen.see(&own.subscriptions).map(Some)
        });
        for subscription in own.iter().flatten().copied().flatten().filter(|own| counts(&own.destination)) {
            let what = format!("subscription {} of {}", subscription.name, group.name);
            add(what, subscription.pattern.as_deref(), siem(&subscription.destination));
        }
        for policy in here.account_subscriptions()? {
            let what = format!("account policy {}", policy.name);
            match (selects(policy, group.name), &policy.destination) {
                (Some(true), Some(arn)) if counts(arn) => add(what, policy.pattern.as_deref(), siem(arn)),
                (None, Some(arn)) if counts(arn) => {
                    let unseen = format!("whether it takes in {} is not understood", group.name);
                    add(what, policy.pattern.as_deref(), Delivery::Unseen(unseen));
                }
                _ => {}
            }
        }
        own.map(drop)
    }

    /// Takes out of a way what its trail does not record; a trail of which that is not known leads to a gap.
    fn narrow(&self, trail: &Trail, events: &[Event], path: &mut Path) {
        let elsewhere = trail.owner() != self.view.account_id();
        let selectors = match (self.seen.see(&trail.status), self.seen.see(&trail.selectors)) {
            (Ok(_), Ok(selectors)) => selectors,
            // What a member cannot read of the organization's trail, the account that owns it can.
            _ if elsewhere && matches!(path.delivery, Ok(Delivery::Unseen(_))) => return,
            (Err(gap), _) | (_, Err(gap)) => {
                if !matches!(path.delivery, Ok(Delivery::Nowhere(_))) {
                    path.delivery = Err(gap);
                }
                return;
            }
        };
        for (event, answer) in events.iter().zip(&mut path.answers) {
            if !records_call(selectors, &event.source(), event.name(), event.access()) {
                *answer = Answer::No;
            }
        }
    }

    /// Takes out of the ways through EventBridge what no trail that is logging records in a region: without one, API
    /// calls do not get there.
    pub fn only_recorded(&self, region: &str, events: &[Event], paths: &mut Paths) {
        let recorded: Vec<Result<bool, Gap>> = events.iter().map(|event| self.records(region, *event)).collect();
        if paths.paths.iter().all(|path| path.taken() == 0) {
            return;
        }
        if recorded.contains(&Ok(false)) {
            paths.remarks.push(format!("rules in {region} lack events that no trail records"));
        }
        for path in &mut paths.paths {
            for (recorded, answer) in recorded.iter().zip(&mut path.answers) {
                match recorded {
                    Ok(true) => {}
                    Ok(false) => *answer = Answer::No,
                    Err(gap) if *answer != Answer::No => {
                        paths.gap = paths.gap.take().or(Some(gap.clone()));
                        *answer = Answer::No;
                    }
                    Err(_) => {}
                }
            }
        }
    }

    /// Whether a trail that is logging records an event in a region.
    fn records(&self, region: &str, event: Event) -> Result<bool, Gap> {
        let found = among(self.trails.iter().filter(|trail| trail.covers(region)), |trail| {
            let on = self.seen.see(&trail.status).map(|status| status.logging);
            let all = self.seen.see(&trail.selectors);
            let all = all.map(|s| records_call(s, &event.source(), event.name(), event.access()));
            both(on, all).map(|records| records.then_some(()))
        })?;
        match (&self.gap, found.is_empty()) {
            (Some(gap), true) => Err(gap.clone()),
            (_, empty) => Ok(!empty),
        }
    }
}
