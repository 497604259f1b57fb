//! # Logs are forwarded to a central store or SIEM
//!
//! ## What it asks
//! Whether, in each region, the log groups that hold security logs (trails, VPC flow logs) are forwarded as events
//! come.
//!
//! ## Why an auditor asks
//! Logs that are looked at in one place, outside the reach of the account's own administrators, are watched and are
//! hard to lose.
//!
//! ## How it is decided
//! For each region: every log group with security logs must have a subscription, or an account-wide subscription policy
//! must take it in. With `siem_destinations` declared, the destination must match one of them; without, any destination
//! counts. An account policy may leave log groups out (`LogGroupName NOT IN [...]`). A region without such log groups
//! is `not-applicable`. Where only a policy is left whose selection or destination cannot be read, the region is
//! `manual`. Filter patterns are not among the facts: a subscription may forward a part of the events only.
//!
//! ## What else is accepted
//! An account-wide policy in place of single subscriptions. A SIEM that reads the trail's bucket or topic is seen by
//! `cloudtrail-cloudwatch`; record an exception here.
//!
//! ## Remediation
//! Console: CloudWatch, Log groups, Subscription filters. CLI: `aws logs put-account-policy --policy-type
//! SUBSCRIPTION_FILTER_POLICY ...` or `aws logs put-subscription-filter ...`. Terraform:
//! `aws_cloudwatch_log_account_policy` or `aws_cloudwatch_log_subscription_filter`.
//!
//! ## Peers
//! None: no peer looks at subscriptions.
//!
//! ## References
//! Amazon CloudWatch Logs User Guide, "Real-time processing of log data with subscriptions", "Account-level
//! subscription filters"; API Reference, `DescribeAccountPolicies`.

use kickoff_facts::logging::SecurityLogGroup;
use kickoff_facts::{Gap, Need, Seen, View};

use crate::parameters::{Parameters, SIEM_DESTINATIONS};
use crate::reasoning::subscriptions::selects;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "logs-central-forwarding",
    control: "CC7.2.17",
    title: "Logs are forwarded to a central store or SIEM",
    severity: Severity::Low,
    level: Level::Region,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.2"],
    needs: &[Need::SecurityLogGroups, Need::AccountSubscriptions],
    parameters: &[&SIEM_DESTINATIONS],
    expected: "each log group with security logs is forwarded (declared destinations: {siem_destinations})",
    fix: "add an account-wide subscription policy, or a subscription to each log group with security logs",
};

/// How a log group is forwarded.
enum Forwarded {
    /// To here.
    To(String),
    /// Not.
    Not,
    /// A policy would have to be read by a person: its name.
    Unclear(String),
}

/// Decides.
///
/// # Errors
/// The region's log groups with security logs are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let groups = view.security_log_groups()?;
    let finding = Finding::judge(Resource::region(view), |seen| {
        if groups.is_empty() {
            return Ok(Verdict::not_applicable(
                "no log group",
                "no log group of the region holds a trail or flow logs",
            ));
        }
        let (mut to, mut not, mut unclear, mut gap) = (Vec::new(), Vec::new(), Vec::new(), None);
        for group in groups {
            let name = &group.log_group;
            match forwarded(view, seen, group, parameters) {
                Ok(Forwarded::To(destination)) => to.push(format!("{name} to {destination}")),
                Ok(Forwarded::Not) => not.push(format!("{name} ({})", group.holds)),
                Ok(Forwarded::Unclear(policy)) => unclear.push(format!("{name} perhaps by policy {policy}")),
                Err(error) => gap = gap.or(Some(error)),
            }
        }
        if !not.is_empty() {
            return Ok(Verdict::fail(format!("not forwarded: {}", not.join(", "))));
        }
        match gap {
            Some(gap) => Err(gap),
            None if unclear.is_empty() => Ok(Verdict::pass(format!("forwarded: {}", to.join(", ")))),
            None => Ok(Verdict::manual(unclear.join(", "), "read the policy's selection and destination")),
        }
    });
    Ok(vec![finding])
}

fn forwarded(
    view: &View<'_>,
    seen: &Seen,
    group: &SecurityLogGroup,
    parameters: &Parameters,
) -> Result<Forwarded, Gap> {
    let any = parameters.list(&SIEM_DESTINATIONS).is_empty();
    let counts = |destination: &str| any || parameters.matches(&SIEM_DESTINATIONS, destination);
    let own = seen.see(&group.subscriptions);
    if let Ok(own) = &own
        && let Some(subscription) = own.iter().find(|own| counts(&own.destination))
    {
        return Ok(Forwarded::To(subscription.destination.clone()));
    }
    let mut unclear = None;
    let policies = view.account_subscriptions();
    for policy in policies.iter().copied().flatten() {
        match (selects(policy, &group.log_group), &policy.destination) {
            (Some(true), Some(destination)) if counts(destination) => return Ok(Forwarded::To(destination.clone())),
            (Some(false), _) | (Some(true), Some(_)) => {}
            (None, Some(destination)) if !counts(destination) => {}
            _ => unclear = Some(policy.name.clone()),
        }
    }
    own?;
    policies?;
    Ok(unclear.map_or(Forwarded::Not, Forwarded::Unclear))
}
