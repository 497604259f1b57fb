//! What frames the engagement, and whether the file states it.

use crate::file::Engagement;

/// Something that the file states, or has still to state.
pub(super) struct Item {
    pub(super) what: &'static str,
    pub(super) why: &'static str,
    pub(super) hours: u32,
    pub(super) there: bool,
}

/// What frames the engagement: all else hangs on it.
pub(super) fn items(file: &Engagement) -> Vec<Item> {
    let item = |what, why, hours, there| Item { what, why, hours, there };
    let reasons = file.scope.categories.iter().all(|name| file.scope.category_reasons.contains_key(name));
    vec![
        item("[entity]", "every page carries the entity and the system", 1, file.entity.is_some()),
        item("[report]", "Type 1 or Type 2 decides what evidence is asked for", 1, file.report.is_some()),
        item(
            "the categories and why in [scope]",
            "the criteria follow",
            2,
            !file.scope.categories.is_empty() && reasons,
        ),
        item("[[scope.accounts]]", "what is in scope is agreed first", 2, !file.scope.accounts.is_empty()),
        item(
            "[[subservice]]",
            "AWS's controls are relied on, and its users have duties",
            4,
            !file.subservice.is_empty(),
        ),
        item("[auditor]", "somebody has to be invited", 1, file.auditor.is_some()),
        item("the kick-off in [schedule]", "what must be done before it follows", 1, file.schedule.kickoff.is_some()),
        item("[[people]]", "each request needs an owner", 1, !file.people.is_empty()),
        item("[[work]]", "who does what, and who answers for it", 3, !file.work.is_empty()),
        item("[[channels]]", "how questions are asked", 1, !file.channels.is_empty()),
        item("[[escalation]]", "who is told when something stays open", 1, !file.escalation.is_empty()),
        item("[[policies]]", "thresholds and controls come from them", 4, !file.policies.is_empty()),
    ]
}
