//! # Root usage raises an alert
//!
//! ## What it asks
//! Whether root usage is told to somebody as it happens, by whatever means.
//!
//! ## Why an auditor asks
//! Nothing binds the root user, and nobody should need it. Each use is either planned or an incident.
//!
//! ## How it is decided
//! The events that must be told are a console sign-in of the root user, a call of it to IAM, and one to EC2. Samples
//! of them, as CloudTrail records them, are put to what there is; each must reach somebody, and several ways may
//! share them.
//!
//! A metric filter counts when a multi-region trail that is logging and records the event delivers to its log group
//! (within `trail_delivery_max_age_hours`, without an error), and an alarm on its metric is raised by one event and
//! tells somebody of it, by the way that the result draws. The alarm counts by what one event makes of its statistic:
//! value and default of the filter, dimensions, threshold, periods, data points, missing data, simple metric maths. It
//! must have its actions switched on and not be stuck in ALARM (for more than 24 hours), as actions run when the state
//! changes. One that a mute rule silences at times is `manual`, with the times; where mute rules are not known, what
//! would pass by it alone is `not-evaluated`. Its action must lead to people, a chat or ticket system or another
//! system: by an SNS topic whose policy and key let CloudWatch publish and whose confirmed subscription takes the
//! message, by an OpsItem or an incident plan. The pattern is understood, not compared: any pattern that matches the
//! event will do. An EventBridge rule counts when it is enabled, lets the event through and has a target that reaches
//! somebody; it has the events of its own region only, so every enabled region needs one. The sign-in is in the region
//! of global services. A SIEM counts when its ARN is declared in `siem_destinations` and a subscription of that log
//! group, or the trail's bucket or topic, feeds it.
//!
//! An event that no way takes is `fail`; the result names it and what comes nearest. What depends on a field that
//! differs from one event to the next, or goes where it cannot be seen (a function, a queue, another bus or account),
//! and alarms that are not decided (bands, queries, log alarms, composite alarms that turn on others), are `manual`,
//! and what is wrong whatever these come to stands beside; so is an organization's trail whose log group is in another
//! account. What AWS does on the root user's behalf (`invokedBy`) need not be told. Calls that only read, made with a
//! root access key, are not asked for; `iam-root-no-access-keys` asks for the key.
//!
//! What differs from one event to the next (address, region, user agent, caller, session, ids, times, parameters) may
//! be whatever the field can hold: a pattern that leaves a part of it out is `manual`, with the field and what it is
//! compared with. The caller is somebody with credentials: what AWS does by itself or by a service-linked role
//! (`invokedBy`, a service's name in place of the address, `AwsServiceEvent`, `AWSServiceRoleFor`), and what fails,
//! may be left out. A pattern that is not understood is `manual` where it names what the event is known by.
//!
//! ## What else is accepted
//! Two filters or rules, one for sign-ins and one for calls. GuardDuty's finding `Policy:IAMUser/RootCredentialUsage`,
//! where GuardDuty runs in every enabled region and rules take the finding, of severity 2, to somebody: `manual`, as it
//! tells of several uses at once and later, and AWS does not say that a sign-in alone makes one.
//!
//! ## What it does not see
//! Three samples stand for all that root can do: calls to other services, and sessions of `sts:AssumeRoot` in members,
//! are not put to the ways. What a function, a web address, a queue or a declared SIEM does with the event is outside,
//! and so is who reads the mailbox and whether an alert was ever received. CloudTrail Lake, buses other than the
//! default one, and ways that existed earlier in the period are not looked at.
//!
//! ## Remediation
//! Console: CloudWatch, Log groups, the trail's log group, Metric filters, Create; then an alarm on the metric with a
//! topic as its action, and confirm the subscription. CLI: `aws logs put-metric-filter --log-group-name GROUP
//! --filter-name NAME --filter-pattern PATTERN --metric-transformations
//! metricName=NAME,metricNamespace=Security,metricValue=1`, then `aws cloudwatch put-metric-alarm ...`. Terraform:
//! `aws_cloudwatch_log_metric_filter`, `aws_cloudwatch_metric_alarm`, `aws_sns_topic_subscription`. A pattern that
//! will do: `{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType !=
//! "AwsServiceEvent" }`.
//!
//! ## Peers
//! Prowler `cloudwatch_log_metric_filter_root_usage`; Powerpipe `log_metric_filter_root_login`; ScoutSuite
//! `logs-no-alarm-root-usage`; CloudSploit `monitoringMetrics`; CIS AWS Foundations v5 4.3. They compare the pattern
//! as text, and accept no other means.
//!
//! ## Where peers differ
//! - Prowler `cloudwatch_log_metric_filter_root_usage`: searches the text of the pattern with a regular expression, and
//!   fails where an EventBridge rule or a SIEM tells somebody; an alarm passes without an action, or with a topic whose
//!   subscription nobody confirmed. A pattern matches by what it means (Amazon CloudWatch Logs User Guide, "Filter
//!   pattern syntax for metric filters, subscription filters, filter log events, and Live Tail"), and EventBridge has
//!   the events of CloudTrail too: here sample events are put to what there is, as far as somebody who hears of them.
//!
//! ## References
//! Amazon CloudWatch Logs User Guide, "Filter pattern syntax for metric filters, subscription filters, filter log
//! events, and Live Tail"; Amazon EventBridge User Guide, "AWS service events delivered via AWS CloudTrail"; AWS
//! CloudTrail User Guide, "AWS Management Console sign-in events".

use kickoff_facts::{Gap, Seen, View};
use serde_json::json;

use crate::parameters::Parameters;
use crate::reasoning::detection_events::ROOT_USAGE;
use crate::reasoning::detectors::{GuardDuty, guardduty};
use crate::reasoning::routing::{self, Probe, What, guardduty_event};
use crate::reasoning::sample::Sample;
use crate::reasoning::{detection_path, regions};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Status, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "monitor-root-usage",
    control: "CC7.2.34",
    title: "Root usage raises an alert",
    severity: Severity::High,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC7.2", "CC6.1"],
    needs: detection_path::needs!(Detectors),
    parameters: detection_path::PARAMETERS,
    expected: detection_path::EXPECTED,
    fix: "make a metric filter that matches what is missing, with an alarm whose topic has a confirmed subscription",
};

/// GuardDuty's finding on calls of the root user.
const FINDING: &str = "Policy:IAMUser/RootCredentialUsage";

/// Decides.
///
/// # Errors
/// Never: what is not known is told on the account.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    Ok(vec![Finding::judge(Resource::account(view), |seen| {
        let verdict = detection_path::judge(view, seen, parameters, &ROOT_USAGE)?;
        if verdict.status == Status::Fail && told_by_guardduty(view, seen)? {
            let observed = format!("{}; GuardDuty tells of {FINDING} in every enabled region", verdict.observed);
            return Ok(Verdict::manual(observed, "judge whether that finding is enough: it comes later than an alarm"));
        }
        Ok(verdict)
    })])
}

/// Whether GuardDuty runs and its finding reaches somebody in every enabled region.
///
/// # Errors
/// No region is known to lack it, and of one it is not known.
fn told_by_guardduty(view: &View<'_>, seen: &Seen) -> Result<bool, Gap> {
    let told = regions::each(view, |here| {
        if let GuardDuty::Off(_) = guardduty(here, seen)? {
            return Ok(false);
        }
        let mut event = guardduty_event(here, here.account_id(), json!(2.0));
        event.set("detail.type", Sample::text(FINDING));
        let probe = Probe::of(What::Named(FINDING.to_owned()), vec![event]);
        Ok(routing::judge(here, seen, "GuardDuty", &[probe])?.status == Status::Pass)
    });
    if told.known.iter().any(|(_, told)| !told) {
        return Ok(false);
    }
    match told.gap {
        Some(gap) => Err(gap),
        None => regions::all_scanned(view, "guardduty:ListDetectors").map(|()| true),
    }
}
