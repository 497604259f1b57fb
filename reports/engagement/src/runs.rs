//! `[runs]`: when a run is expected.

use jiff::SignedDuration;
use jiff::civil::Time;
use schemars::JsonSchema;
use serde::Deserialize;

/// `[runs]`: a store that has none in time says so (`kickoff store check`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Runs {
    /// How often: `hourly`, `daily`, or `weekly`, which is on Mondays.
    pub cadence: RunEvery,
    /// The time of the day, such as `02:00`, in the zone of `[schedule]`; of an hourly run its minutes count. 00:00 where nothing
    /// is said.
    pub at: Option<String>,
    /// How long after that a run may begin, such as `12h` or `45m`; half of the cadence where nothing is said.
    pub grace: Option<String>,
}

/// How often a run is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RunEvery {
    /// Each hour.
    Hourly,
    /// Each day.
    Daily,
    /// Each Monday.
    Weekly,
}

impl RunEvery {
    const fn length(self) -> SignedDuration {
        match self {
            Self::Hourly => SignedDuration::from_hours(1),
            Self::Daily => SignedDuration::from_hours(24),
            Self::Weekly => SignedDuration::from_hours(7 * 24),
        }
    }
}

/// A length of time as people write it: `36h`, `45m`, `2d`.
#[must_use]
pub fn length(text: &str) -> Option<SignedDuration> {
    let unit = text.chars().last()?;
    let number: i64 = text.strip_suffix(unit)?.parse().ok().filter(|number| (0..=1_000_000).contains(number))?;
    match unit {
        'm' => Some(SignedDuration::from_mins(number)),
        'h' => Some(SignedDuration::from_hours(number)),
        'd' => Some(SignedDuration::from_hours(number * 24)),
        _ => None,
    }
}

/// `02:00`, and nothing that jiff would read besides.
fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let two = |part: &str| (part.len() == 2).then(|| part.parse::<i8>().ok()).flatten();
    Time::new(two(hour)?, two(minute)?, 0, 0).ok()
}

impl Runs {
    /// The time of the day.
    #[must_use]
    pub fn time(&self) -> Time {
        self.at.as_deref().and_then(time).unwrap_or(Time::midnight())
    }

    /// How long after that a run may begin.
    #[must_use]
    pub fn grace(&self) -> SignedDuration {
        self.grace.as_deref().and_then(length).unwrap_or(self.cadence.length() / 2)
    }

    /// What is wrong, by key.
    pub(crate) fn problems(&self) -> impl Iterator<Item = (&'static str, String)> {
        let at = self.at.as_deref().filter(|at| time(at).is_none());
        let at = at.map(|at| ("runs.at", format!("is `{at}`: write a time of the day, such as \"02:00\"")));
        let grace = self.grace.as_deref().filter(|grace| length(grace).is_none());
        let grace =
            grace.map(|grace| ("runs.grace", format!("is `{grace}`: write hours, minutes or days, such as \"12h\"")));
        let long = (grace.is_none() && self.grace() > self.cadence.length()).then(|| {
            ("runs.grace", "is longer than the time from one run to the next: a run would stand for two".to_owned())
        });
        at.into_iter().chain(grace).chain(long)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_times_are_read_as_they_are_written() {
        assert_eq!(length("36h"), Some(SignedDuration::from_hours(36)));
        assert_eq!(length("45m"), Some(SignedDuration::from_mins(45)));
        assert_eq!(length("2d"), Some(SignedDuration::from_hours(48)));
        for bad in ["", "h", "-1h", "12", "12 h", "1w", "12H", "\u{ff11}h"] {
            assert_eq!(length(bad), None, "{bad}");
        }
        assert_eq!(time("02:00"), Some(Time::constant(2, 0, 0, 0)));
        for bad in ["2:00", "24:00", "02:60", "02", "02:00:00", "noon"] {
            assert_eq!(time(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_not_said_is_half_a_cadence_from_midnight() {
        let runs = Runs { cadence: RunEvery::Daily, at: None, grace: None };
        assert_eq!((runs.time(), runs.grace()), (Time::midnight(), SignedDuration::from_hours(12)));
        assert_eq!(runs.problems().count(), 0);
        let runs = Runs { cadence: RunEvery::Hourly, at: Some("25:00".to_owned()), grace: Some("2h".to_owned()) };
        let keys: Vec<&str> = runs.problems().map(|(key, _)| key).collect();
        assert_eq!(keys, ["runs.at", "runs.grace"]);
    }
}
