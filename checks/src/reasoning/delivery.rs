//! Whether something is delivered: recently, and without an error.

use jiff::Timestamp;
use kickoff_facts::View;

use crate::frame::wording::count;

/// How a delivery stands. `Ok` says when the last one was; `Err` says what is wrong: an error, none ever, or none for
/// more than `limit` hours.
///
/// # Errors
/// The delivery is not healthy; the text says why.
pub fn state(view: &View<'_>, last: Option<Timestamp>, error: Option<&str>, limit: u64) -> Result<String, String> {
    let last = last.map(|at| (view.hours_since(at), format!("{}", at.strftime("%Y-%m-%d %H:%M UTC"))));
    match (error, last) {
        (Some(error), Some((_, at))) => Err(format!("fails with {error}; the last one that worked was {at}")),
        (Some(error), None) => Err(format!("fails with {error}; none ever worked")),
        (None, None) => Err("never happened".to_owned()),
        (None, Some((hours, at))) if hours > limit => Err(format!("last happened {at}, {} ago", count(hours, "hour"))),
        (None, Some((hours, at))) => Ok(format!("last happened {at}, {} ago", count(hours, "hour"))),
    }
}
