//! # Trail reaches a place where alerts are built
//!
//! ## What it asks
//! Whether the events of each trail arrive, in time, where something watches them: a log group, EventBridge, or a SIEM.
//!
//! ## Why an auditor asks
//! Files in a bucket alert nobody. Detection starts where events are looked at as they come.
//!
//! ## How it is decided
//! The population is every trail that the scanned regions list, each once. A trail that is switched off is `fail`.
//! Otherwise one of three is enough. A log group whose last delivery is at most `trail_delivery_max_age_hours` old,
//! with no error; one of another class than `STANDARD` (`INFREQUENT_ACCESS` takes no metric filters and no subscriptions)
//! is, where nothing else is enough, `manual`, and one whose class could not be read is then `not-evaluated`. Or an enabled EventBridge rule with a target, in a region that the trail records, whose pattern lets
//! through an event that matters to security: samples of such API calls (to stop a trail, to change IAM, keys, buckets or
//! the network, ...) and of console sign-ins are put to it, as EventBridge would. A rule on other calls, or on events
//! that CloudTrail does not send, does not count; one of which it depends on more than the samples say is `manual`, and
//! the fields are named. Or a SIEM: the trail's topic or bucket, by ARN, is declared in `siem_destinations` and delivery to the bucket is recent and without
//! error. Whether the alerts cover the events that matter is asked by the `monitor-` checks.
//!
//! ## What else is accepted
//! The three count alike. A subscription of the trail's log group needs no rule of its own: where events reach the log
//! group, the log group is enough.
//!
//! ## What it does not see
//! Whether a target of a rule or a subscriber acts on the events is not asked here; the `monitor-` checks follow each
//! class of events to its end. The class of a log group that is in a region or an account that was not scanned is not read.
//! What a SIEM does with what it reads is outside, and so is CloudTrail Lake.
//!
//! ## Remediation
//! Console: CloudTrail, Trails, CloudWatch Logs, Edit. CLI: `aws cloudtrail update-trail --name NAME
//! --cloud-watch-logs-log-group-arn ARN --cloud-watch-logs-role-arn ARN`. Terraform: `cloud_watch_logs_group_arn` and
//! `cloud_watch_logs_role_arn` in `aws_cloudtrail`. For a SIEM: declare the topic or bucket that it reads in
//! kickoff.toml.
//!
//! ## Peers
//! Prowler `cloudtrail_cloudwatch_logging_enabled`; Powerpipe `cloudtrail_trail_integrated_with_logs`; AWS Config
//! `CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED`; FSBP CloudTrail.5. They accept a log group only.
//!
//! ## Where peers differ
//! - AWS Config `CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED`: fails a trail without a log group, whatever else reads its
//!   events. EventBridge has them without one (Amazon EventBridge User Guide, "AWS service events delivered via AWS
//!   CloudTrail"), and a SIEM reads the bucket or the topic: here either is enough.
//! - Powerpipe `cloudtrail_trail_integrated_with_logs`: fails a trail without a log group, whatever else reads its
//!   events. EventBridge has them without one (Amazon EventBridge User Guide, "AWS service events delivered via AWS
//!   CloudTrail"), and a SIEM reads the bucket or the topic: here either is enough.
//! - Prowler `cloudtrail_cloudwatch_logging_enabled`: fails a trail without a log group, whatever else reads its
//!   events. EventBridge has them without one (Amazon EventBridge User Guide, "AWS service events delivered via AWS
//!   CloudTrail"), and a SIEM reads the bucket or the topic: here either is enough.
//!
//! ## References
//! AWS CloudTrail User Guide, "Sending events to CloudWatch Logs"; Amazon EventBridge User Guide, "AWS service events
//! delivered via AWS CloudTrail"; CloudTrail API Reference, `GetTrailStatus`.

use kickoff_facts::{Gap, Need, View};

use crate::parameters::{Parameters, SIEM_DESTINATIONS, TRAIL_DELIVERY_MAX_AGE};
use crate::reasoning::{alerting, delivery, regions};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "cloudtrail-cloudwatch",
    control: "CC7.2.05",
    title: "Trail reaches a place where alerts are built",
    severity: Severity::Medium,
    level: Level::Resource,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.2", "CC7.3"],
    needs: &[Need::Trails, Need::Rules, Need::LogGroups],
    parameters: &[&SIEM_DESTINATIONS, &TRAIL_DELIVERY_MAX_AGE],
    expected: "events reached a log group within {trail_delivery_max_age_hours} hours, or EventBridge rules take them up, or a declared SIEM does (declared: {siem_destinations})",
    fix: "deliver the trail to a log group, or build EventBridge rules on API calls, or declare the SIEM that reads its topic or bucket",
};

/// Decides.
///
/// # Errors
/// The region's trails are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let limit = parameters.number(&TRAIL_DELIVERY_MAX_AGE);
    let judged = view.trails()?.iter().filter(|trail| trail.primary).map(|trail| {
        Finding::judge(Resource::new("AWS::CloudTrail::Trail", &trail.arn), |seen| {
            let status = seen.see(&trail.status)?;
            if !status.logging {
                return Ok(Verdict::fail("the trail is switched off"));
            }
            let (mut class, mut unread) = (None, None);
            let mut told = match &trail.log_group_arn {
                Some(group) => {
                    let error = status.log_group_delivery_error.as_deref();
                    match delivery::state(view, status.last_log_group_delivery, error, limit) {
                        Ok(state) => {
                            let told = format!("delivery to {group} {state}");
                            match other_class(view, group) {
                                Ok(None) => return Ok(Verdict::pass(told)),
                                Ok(Some(other)) => {
                                    let told = format!("{told}, class {other}");
                                    class = Some(other);
                                    told
                                }
                                Err(gap) => {
                                    unread = Some(gap);
                                    format!("{told}, its class is not known")
                                }
                            }
                        }
                        Err(state) => format!("delivery to {group} {state}"),
                    }
                }
                None => "no log group".to_owned(),
            };
            let bucket = format!("arn:{}:s3:::{}", view.partition(), trail.bucket);
            let declared = [trail.topic_arn.as_ref(), Some(&bucket)];
            let siem = declared.into_iter().flatten().find(|arn| parameters.matches(&SIEM_DESTINATIONS, arn));
            if let Some(siem) = siem {
                match delivery::state(view, status.last_delivery, status.delivery_error.as_deref(), limit) {
                    Ok(state) => return Ok(Verdict::pass(format!("declared SIEM reads {siem}; delivery {state}"))),
                    Err(state) => told.push_str(&format!("; declared SIEM reads {siem}, but delivery {state}")),
                }
            }
            let rules = regions::each(view, |here| {
                if !trail.covers(here.region_name()) {
                    return Ok(Vec::new());
                }
                let rules = alerting::api_call_rules(here, seen)?;
                let certain = rules.certain.into_iter().map(|rule| (true, rule));
                let all = certain.chain(rules.doubtful.into_iter().map(|rule| (false, rule)));
                Ok(all.map(|(certain, rule)| (certain, format!("{rule} ({})", here.region_name()))).collect())
            });
            // A rule that is in doubt does not outweigh a region that could not be read.
            let named = |wanted: bool| {
                let rules = rules.known.iter().flat_map(|(_, rules)| rules).filter(|(certain, _)| *certain == wanted);
                rules.map(|(_, rule)| rule.as_str()).collect::<Vec<_>>().join(", ")
            };
            let (certain, doubtful) = (named(true), named(false));
            if !certain.is_empty() {
                return Ok(Verdict::pass(format!("{told}; EventBridge rules on API calls: {certain}")));
            }
            if let Some(gap) = rules.gap.or(unread) {
                return Err(gap);
            }
            if let (Some(class), true) = (&class, doubtful.is_empty()) {
                let reason =
                    format!("log groups of class {class} do not take every kind of alert: show which are built on it");
                return Ok(Verdict::manual(told, reason));
            }
            Ok(if doubtful.is_empty() {
                Verdict::fail(format!("{told}; no enabled EventBridge rule on API calls that matter to security"))
            } else {
                let reason = "a person has to judge whether these rules take up the API calls that matter";
                Verdict::manual(format!("{told}; EventBridge rules: {doubtful}"), reason)
            })
        })
    });
    Ok(judged.collect())
}

/// The class of a log group, by ARN, where it is another than the one on which every kind of alert is built; none of a group
/// that is of that class, and of one that is not in a region of the run.
///
/// # Errors
/// The log groups of its region are not known.
fn other_class(view: &View<'_>, arn: &str) -> Result<Option<String>, Gap> {
    let region = arn.split(':').nth(3).unwrap_or_default();
    let Some(here) = view.regions().find(|here| here.region_name() == region) else { return Ok(None) };
    let groups = here.log_groups()?;
    view.adopt(&here);
    let class = groups.iter().find(|group| group.arn == arn).map(|group| group.class.clone());
    Ok(class.filter(|class| !class.is_empty() && class != "STANDARD"))
}
