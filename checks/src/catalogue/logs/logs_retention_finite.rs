//! # Log groups holding customer data have an end date
//!
//! ## What it asks
//! Whether each log group that holds customer data deletes its events some day.
//!
//! ## Why an auditor asks
//! Confidential information is to be disposed of when it is no longer needed. A log group without a retention keeps it
//! for ever.
//!
//! ## How it is decided
//! The population is every log group that matches `customer_data_log_groups`. A retention of any length is `pass`, none
//! is `fail`. Configuration does not tell which logs hold customer data: as long as none is declared, the check is
//! `manual`, once for the account. A log group of class `DELIVERY` deletes events after a day or two, whatever is set:
//! `not-applicable`. How long events must be kept at least is asked by `logs-retention-min`.
//!
//! ## What else is accepted
//! A job that deletes log streams by age can stand for it: record an exception.
//!
//! ## What it does not see
//! What the logs hold is not looked at, nor data protection policies that mask it (`dataProtectionStatus`). Copies
//! that were forwarded or exported have an end of their own. Which log groups hold customer data is your declaration:
//! of one that is not named nothing is said.
//!
//! ## Remediation
//! Console: CloudWatch, Log groups, Retention setting. CLI: `aws logs put-retention-policy --log-group-name NAME
//! --retention-in-days 400`. Terraform: `retention_in_days` in `aws_cloudwatch_log_group`, where 0 means for ever.
//!
//! ## Peers
//! None: peers test the minimum only, and Prowler counts `cloudwatch_log_group_retention_policy_specific_days_enabled`
//! as disposal.
//!
//! ## Where peers differ
//! - Prowler `cloudwatch_log_group_retention_policy_specific_days_enabled`: counts under C1.2, disposal, and passes a
//!   log group that keeps its events for ever. What is never deleted is not disposed of: a log group that you declare
//!   to hold customer data fails here.
//!
//! ## References
//! Amazon CloudWatch Logs User Guide, "Change log data retention in CloudWatch Logs"; API Reference,
//! `PutRetentionPolicy`.

use kickoff_facts::logging::LogGroup;
use kickoff_facts::{Need, View};

use crate::frame::wording::count;
use crate::parameters::{CUSTOMER_DATA_LOG_GROUPS, Parameters};
use crate::reasoning::log_class::fixed;
use crate::reasoning::regions;
use crate::reasoning::tested::tested;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "logs-retention-finite",
    control: "C1.2.01",
    title: "Log groups holding customer data have an end date",
    severity: Severity::Low,
    level: Level::Resource,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["C1.2"],
    needs: &[Need::LogGroups],
    parameters: &[&CUSTOMER_DATA_LOG_GROUPS],
    expected: "events of log groups with customer data are deleted some day (customer data: {customer_data_log_groups})",
    fix: "set a retention on the log group",
};

/// Decides.
///
/// # Errors
/// The region's log groups are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    if parameters.list(&CUSTOMER_DATA_LOG_GROUPS).is_empty() {
        let verdict = Verdict::manual(
            "no log group is declared to hold customer data",
            "declare in customer_data_log_groups which log groups hold customer data",
        );
        let once = regions::speaks_for_account(view).then(|| Finding::new(Resource::account(view), verdict));
        return Ok(once.into_iter().collect());
    }
    let resource = |group: &LogGroup| Resource::new("AWS::Logs::LogGroup", &group.arn);
    let groups = tested(view, view.log_groups()?, resource, |group| {
        (!parameters.matches(&CUSTOMER_DATA_LOG_GROUPS, &group.name)).then_some("not among customer_data_log_groups")
    });
    let judged = groups.into_iter().map(|group| {
        let verdict = match group.retention_days {
            _ if group.has_fixed_settings() => fixed(group),
            Some(days) => Verdict::pass(format!("events are deleted after {}", count(days, "day"))),
            None => Verdict::fail("events are kept for ever"),
        };
        Finding::new(resource(group), verdict)
    });
    Ok(judged.collect())
}
