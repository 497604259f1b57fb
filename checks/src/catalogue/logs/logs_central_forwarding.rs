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
//! For each region: every log group with security logs must have a subscription that takes all events, or an
//! account-wide subscription policy that does must take it in. With `siem_destinations` declared, the destination must
//! match one of them; without, it must belong to this account, to one of its organization, or to one of the run: logs
//! that go to another account are not forwarded to a place of yours, unless you declare it → fail. An account policy may
//! leave log groups out (`LogGroupName NOT IN [...]`). A region without such log groups is `not-applicable`. Where nothing
//! better is left than a subscription with a filter pattern, or with a selection by account or region, which takes a part
//! of the events or none; one whose pattern is not known; a policy whose selection or destination cannot be read; or a
//! destination in an account of which the run does not know whose it is, the region is `manual` and says which.
//!
//! ## What else is accepted
//! An account-wide policy in place of single subscriptions. A SIEM that reads the trail's bucket or topic is seen by
//! `cloudtrail-cloudwatch`; record an exception here.
//!
//! ## What it does not see
//! Whether events arrive at the destination, and what is done with them there, is not seen: errors of a subscription
//! stand in CloudWatch metrics that are not read, and its role (`roleArn`) is not weighed. Log groups other than those
//! of trails and flow logs are not asked for. Exports to S3 and agents that read the logs are no subscriptions.
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

use kickoff_facts::logging::{SecurityLogGroup, Subscription};
use kickoff_facts::{Gap, Need, Seen, View};

use crate::frame::wording::line;
use crate::parameters::{Parameters, SIEM_DESTINATIONS};
use crate::reasoning::destination::{Accounts, Place};
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
    needs: &[Need::SecurityLogGroups, Need::AccountSubscriptions, Need::Organization, Need::Members],
    parameters: &[&SIEM_DESTINATIONS],
    expected: "all events of each log group with security logs are forwarded to a place of yours (declared destinations: {siem_destinations})",
    fix: "forward each log group with security logs, without a filter pattern, to an account of yours or a destination that you declare in siem_destinations",
};

/// How a log group is forwarded.
enum Forwarded {
    /// To here.
    To(String),
    /// Not; what was found in place of it.
    Not(Vec<String>),
    /// A person would have to judge: what of.
    Unclear(Vec<String>),
}

/// Decides.
///
/// # Errors
/// The region's log groups with security logs are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let groups = view.security_log_groups()?;
    let accounts = Accounts::of(view);
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
            match forwarded(view, seen, group, parameters, &accounts) {
                Ok(Forwarded::To(destination)) => to.push(format!("{name} to {destination}")),
                Ok(Forwarded::Not(found)) => {
                    let found: Vec<String> = found.iter().map(|found| format!(", {found}")).collect();
                    not.push(format!("{name} ({}){}", group.holds, found.concat()));
                }
                Ok(Forwarded::Unclear(by)) => unclear.push(format!("{name} perhaps by {}", by.join(", or by "))),
                Err(error) => gap = gap.or(Some(error)),
            }
        }
        if !not.is_empty() {
            not.extend(unclear);
            return Ok(Verdict::fail(format!("not forwarded: {}", not.join("; "))));
        }
        match gap {
            Some(gap) => Err(gap),
            None if unclear.is_empty() => Ok(Verdict::pass(format!("forwarded: {}", to.join(", ")))),
            None => {
                let reason = "judge whether all that has to be watched is forwarded, and to a place of yours";
                Ok(Verdict::manual(unclear.join("; "), reason))
            }
        }
    });
    Ok(vec![finding])
}

/// One way out of a log group.
struct Way<'a> {
    what: String,
    destination: Option<&'a str>,
    /// Whether it takes in the log group; none where that cannot be read.
    selects: Option<bool>,
    /// What it leaves out, in words; none where it takes all events.
    narrowed: Option<String>,
}

fn forwarded(
    view: &View<'_>,
    seen: &Seen,
    group: &SecurityLogGroup,
    parameters: &Parameters,
    accounts: &Accounts<'_, '_>,
) -> Result<Forwarded, Gap> {
    let own = seen.see(&group.subscriptions);
    let policies = view.account_subscriptions();
    let subscriptions = own.iter().copied().flatten().map(|own| Way {
        what: format!("subscription {}", own.name),
        destination: Some(own.destination.as_str()),
        selects: Some(true),
        narrowed: narrowed(own),
    });
    let policies_here = policies.iter().copied().flatten().map(|policy| Way {
        what: format!("policy {}", policy.name),
        destination: policy.destination.as_deref(),
        selects: selects(policy, &group.log_group),
        narrowed: by_pattern(policy.pattern.as_deref()),
    });
    let (mut unclear, mut not, mut gap) = (Vec::new(), Vec::new(), None);
    for way in subscriptions.chain(policies_here).filter(|way| way.selects != Some(false)) {
        let Some(destination) = way.destination else {
            unclear.push(format!("{}, whose destination cannot be read", way.what));
            continue;
        };
        let place = if parameters.list(&SIEM_DESTINATIONS).is_empty() {
            let account = destination.split(':').nth(4).unwrap_or_default();
            accounts.place(account, format!("{} to {destination}", way.what))
        } else if parameters.matches(&SIEM_DESTINATIONS, destination) {
            Ok(Place::Ours(destination.to_owned()))
        } else {
            continue;
        };
        match (place, way.selects, way.narrowed) {
            (Ok(Place::Ours(_)), Some(true), None) => return Ok(Forwarded::To(destination.to_owned())),
            (Ok(Place::Ours(_)), _, None) => {
                unclear.push(format!("{}, whose selection of log groups cannot be read", way.what));
            }
            (Ok(Place::Ours(_)), _, Some(narrowed)) => unclear.push(format!("{}, {narrowed}", way.what)),
            (Ok(Place::Unknown(why)), ..) => unclear.push(why),
            (Ok(Place::Stranger(why)), ..) => not.push(why),
            (Err(error), ..) => gap = gap.or(Some(error)),
        }
    }
    own?;
    policies?;
    match gap {
        Some(gap) => Err(gap),
        None if unclear.is_empty() => Ok(Forwarded::Not(not)),
        None => {
            unclear.extend(not);
            Ok(Forwarded::Unclear(unclear))
        }
    }
}

/// What a subscription leaves out.
fn narrowed(subscription: &Subscription) -> Option<String> {
    let selection = subscription.selection.as_ref();
    by_pattern(subscription.pattern.as_deref())
        .or_else(|| selection.map(|selection| format!("which takes events where {} only", line(selection))))
}

fn by_pattern(pattern: Option<&str>) -> Option<String> {
    match pattern.map(str::trim) {
        Some("") => None,
        Some(pattern) => Some(format!("which takes only events that match {}", line(pattern))),
        None => Some("whose filter pattern is not known".to_owned()),
    }
}
