//! Account-wide subscription policies of CloudWatch Logs.

use kickoff_facts::logging::AccountSubscription;

/// Whether a policy takes in a log group; none where its selection is not of a known form.
#[must_use]
pub fn selects(policy: &AccountSubscription, group: &str) -> Option<bool> {
    let Some(selection) = policy.selection.as_deref() else { return Some(true) };
    let condition = selection.trim().strip_prefix("LogGroupName")?.trim_start();
    let (listed, list) = match condition.strip_prefix("NOT IN") {
        Some(list) => (false, list),
        None => (true, condition.strip_prefix("IN")?),
    };
    let names: Vec<String> = serde_json::from_str(list).ok()?;
    Some(names.iter().any(|name| name == group) == listed)
}
