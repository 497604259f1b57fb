//! # Console sign-in without MFA raises an alert
//!
//! ## What it asks
//! Whether console sign-in without MFA is told to somebody as it happens, by whatever means.
//!
//! ## Why an auditor asks
//! A sign-in with a password alone is what MFA is there to prevent. Where it happens, somebody should ask why.
//!
//! ## How it is decided
//! The events that must be told are the successful console sign-in of an IAM user with `MFAUsed` at `No`. Samples of
//! them, as CloudTrail records them, are put to what there is; each must reach somebody, and several ways may share
//! them.
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
//! somebody; it has the events of its own region only, so every enabled region needs one. A SIEM counts when its ARN
//! is declared in `siem_destinations` and a subscription of that log group, or the trail's bucket or topic, feeds it.
//!
//! An event that no way takes is `fail`; the result names it and what comes nearest. What depends on a field that
//! differs from one event to the next, or goes where it cannot be seen (a function, a queue, another bus or account),
//! and alarms that are not decided (bands, queries, log alarms, composite alarms that turn on others), are `manual`,
//! and what is wrong whatever these come to stands beside; so is an organization's trail whose log group is in another
//! account. Where no IAM user has a console password the check is `not-applicable`: sign-ins through an identity
//! provider never carry `MFAUsed`, and its own MFA counts. The root user is `monitor-root-usage`'s.
//!
//! What differs from one event to the next (address, region, user agent, caller, session, ids, times, parameters) may
//! be whatever the field can hold: a pattern that leaves a part of it out is `manual`, with the field and what it is
//! compared with. The caller is somebody with credentials: what AWS does by itself or by a service-linked role
//! (`invokedBy`, a service's name in place of the address, `AwsServiceEvent`, `AWSServiceRoleFor`), and what fails,
//! may be left out. A pattern that is not understood is `manual` where it names what the event is known by.
//!
//! ## What else is accepted
//! Patterns that ask for `userIdentity.type`, for the success, or for neither. An event of GuardDuty in place of the
//! alert is not accepted: no finding type stands for each of these calls.
//!
//! ## What it does not see
//! Sign-ins by federation, and use of access keys without MFA, are not among the events. What a function, a web
//! address, a queue or a declared SIEM does with the event is outside, and so is who reads the mailbox and whether an
//! alert was ever received. CloudTrail Lake, buses other than the default one, and ways that existed earlier in the
//! period are not looked at.
//!
//! ## Remediation
//! Console: CloudWatch, Log groups, the trail's log group, Metric filters, Create; then an alarm on the metric with a
//! topic as its action, and confirm the subscription. CLI: `aws logs put-metric-filter --log-group-name GROUP
//! --filter-name NAME --filter-pattern PATTERN --metric-transformations
//! metricName=NAME,metricNamespace=Security,metricValue=1`, then `aws cloudwatch put-metric-alarm ...`. Terraform:
//! `aws_cloudwatch_log_metric_filter`, `aws_cloudwatch_metric_alarm`, `aws_sns_topic_subscription`. A pattern that
//! will do: `{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && ($.userIdentity.type =
//! "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }`.
//!
//! ## Peers
//! Prowler `cloudwatch_log_metric_filter_sign_in_without_mfa`; Powerpipe `log_metric_filter_console_login_mfa`;
//! ScoutSuite `logs-no-alarm-signin-without-mfa`; CloudSploit `monitoringMetrics`; CIS AWS Foundations v5 4.2. They
//! compare the pattern as text, and accept no other means.
//!
//! ## Where peers differ
//! - Prowler `cloudwatch_log_metric_filter_sign_in_without_mfa`: searches the text of the pattern with a regular
//!   expression, and fails where an EventBridge rule or a SIEM tells somebody; an alarm passes without an action, or
//!   with a topic whose subscription nobody confirmed. A pattern matches by what it means (Amazon CloudWatch Logs User
//!   Guide, "Filter pattern syntax for metric filters, subscription filters, filter log events, and Live Tail"), and
//!   EventBridge has the events of CloudTrail too: here sample events are put to what there is, as far as somebody who
//!   hears of them.
//! - Prowler `cloudwatch_log_metric_filter_sign_in_without_mfa`: asks it where no IAM user has a console password too.
//!   Sign-ins through an identity provider do not carry `MFAUsed`, and nobody else can sign in but root:
//!   `not-applicable`.
//!
//! ## References
//! Amazon CloudWatch Logs User Guide, "Filter pattern syntax for metric filters, subscription filters, filter log
//! events, and Live Tail"; Amazon EventBridge User Guide, "AWS service events delivered via AWS CloudTrail"; AWS
//! CloudTrail User Guide, "AWS Management Console sign-in events".

use kickoff_facts::View;

use crate::parameters::Parameters;
use crate::reasoning::credentials::console_users;
use crate::reasoning::detection_events::CONSOLE_NO_MFA;
use crate::reasoning::detection_path;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Status, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "monitor-console-no-mfa",
    control: "CC7.2.28",
    title: "Console sign-in without MFA raises an alert",
    severity: Severity::Medium,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC7.2", "CC6.1"],
    needs: detection_path::needs!(CredentialReport),
    parameters: detection_path::PARAMETERS,
    expected: detection_path::EXPECTED,
    fix: "make a metric filter with an alarm that somebody hears, or let people sign in through an identity provider",
};

/// Decides.
///
/// # Errors
/// Never: what is not known is told on the account.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    Ok(vec![Finding::judge(Resource::account(view), |seen| {
        let users = view.credential_report().and_then(|report| Ok(console_users(view, report, |_| true)?.len()));
        if users == Ok(0) {
            let reason = "sign-ins through an identity provider never carry MFAUsed, and monitor-root-usage asks for the root user";
            return Ok(Verdict::not_applicable("no IAM user has a console password", reason));
        }
        let verdict = detection_path::judge(view, seen, parameters, &CONSOLE_NO_MFA)?;
        // An alert that is there holds whoever signs in.
        if verdict.status != Status::Pass {
            users?;
        }
        Ok(verdict)
    })])
}
