//! # Alert topics have at least one confirmed subscriber
//!
//! ## What it asks
//! Whether somebody hears each topic that an alarm or an EventBridge rule tells.
//!
//! ## Why an auditor asks
//! An alarm can fire into a topic that nobody subscribed to, or whose invitation was never accepted. It looks right and
//! tells nobody.
//!
//! ## How it is decided
//! The population is every SNS topic of this account that alarms or rules of a scanned region tell. One confirmed
//! subscription is `pass`. None, only ones in `PendingConfirmation`, or a topic that does not exist any more is `fail`.
//! A topic of another account is not among the facts: it is seen from there. The configuration does not show who reads
//! the mailbox.
//!
//! ## What else is accepted
//! A subscription of any protocol: mail, a queue, a function, a web address of a paging service.
//!
//! ## Remediation
//! Console: SNS, Topics, Subscriptions, Request confirmation, and confirm in the mail that comes. CLI: `aws sns
//! subscribe --topic-arn ARN --protocol email --notification-endpoint ops@example.com`. Terraform:
//! `aws_sns_topic_subscription`.
//!
//! ## Peers
//! CloudSploit `snsValidSubscribers`. No other peer looks at subscribers.
//!
//! ## References
//! Amazon SNS API Reference, `ListSubscriptionsByTopic`; Developer Guide, "Confirm an Amazon SNS subscription".

use kickoff_facts::{Need, View};

use crate::frame::wording::count;
use crate::parameters::Parameters;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "monitor-alarm-confirmed-subscriber",
    control: "CC7.2.20",
    title: "Alert topics have at least one confirmed subscriber",
    severity: Severity::High,
    level: Level::Resource,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.2", "CC7.3", "CC7.4"],
    needs: &[Need::Topics],
    parameters: &[],
    expected: "the topic exists and has a confirmed subscription",
    fix: "subscribe somebody to the topic and have the subscription confirmed, or point the alarm to a topic that is heard",
};

/// Decides.
///
/// # Errors
/// The region's topics are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let judged = view.topics()?.iter().map(|topic| {
        Finding::judge(Resource::new("AWS::SNS::Topic", &topic.arn), |seen| {
            // A few names are enough: a topic can be told by hundreds of alarms.
            let mut told_by: Vec<&str> = topic.told_by.iter().take(3).map(String::as_str).collect();
            let more = format!("{} more", topic.told_by.len().saturating_sub(3));
            if topic.told_by.len() > 3 {
                told_by.push(&more);
            }
            let told_by = told_by.join(", ");
            let Some(subscriptions) = seen.see(&topic.subscriptions)? else {
                return Ok(Verdict::fail(format!("the topic does not exist any more; told by {told_by}")));
            };
            let confirmed: Vec<&str> =
                subscriptions.iter().filter(|s| s.confirmed).map(|s| s.protocol.as_str()).collect();
            let (all, heard) = (subscriptions.len(), confirmed.len());
            let how = if confirmed.is_empty() { String::new() } else { format!(" ({})", confirmed.join(", ")) };
            let observed = format!("{heard} of {} confirmed{how}; told by {told_by}", count(all, "subscription"));
            Ok(Verdict::decide(heard > 0, observed))
        })
    });
    Ok(judged.collect())
}
