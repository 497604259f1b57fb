//! Log groups whose class fixes what others let one set.

use kickoff_facts::logging::LogGroup;

use crate::Verdict;
use crate::frame::wording::count;

/// The verdict on a log group whose retention AWS fixes by its class.
#[must_use]
pub fn fixed(group: &LogGroup) -> Verdict {
    let class = &group.class;
    let kept =
        group.retention_days.map_or_else(String::new, |days| format!(", events are kept {}", count(days, "day")));
    Verdict::not_applicable(
        format!("class {class}{kept}"),
        format!(
            "AWS fixes the retention of log groups of class {class}: they hand events on, and what they hand on is kept there"
        ),
    )
}
