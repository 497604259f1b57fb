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
//! The population is every SNS topic of this account that alarms or rules of a scanned region tell. No confirmed
//! subscription, only ones in `PendingConfirmation`, or a topic that does not exist any more is `fail`. So is a topic that
//! does not carry what it is told: its policy does not let CloudWatch or EventBridge publish (the policy that AWS gives a
//! new topic lets alarms of the account and no rule), its key does not let them encrypt (AWS's own key for SNS lets
//! neither), or the filter policy of every subscription drops their messages, which have no attributes. One confirmed
//! subscription that takes people, a chat or ticket system or another web address to it is `pass`; a function, a queue or
//! a delivery stream does not show whom it tells: `manual`, and so is a policy that turns on what is not known. A topic
//! of another account is not among the facts: it is seen from there. The configuration does not show who reads the
//! mailbox.
//!
//! ## What else is accepted
//! Mail, text messages, mobile push, chat by Amazon Q Developer, any web address, such as that of a paging service.
//!
//! ## What it does not see
//! Who reads the mailbox, whether a web address or a number still answers, and whether a message was ever received is
//! not seen: SNS tells of failed deliveries in metrics and logs that are not read. Topics that neither an alarm nor a
//! rule tells are not asked about.
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
//! Amazon SNS API Reference, `ListSubscriptionsByTopic`, `GetTopicAttributes`, `GetSubscriptionAttributes`; Developer
//! Guide, "Confirm an Amazon SNS subscription", "Enable compatibility between event sources from AWS services and
//! encrypted topics", "Message filtering"; Amazon EventBridge User Guide, "Using resource-based policies".

use kickoff_facts::logging::Topic;
use kickoff_facts::{Gap, Need, Seen, View};

use crate::frame::wording::{count, first};
use crate::parameters::Parameters;
use crate::reasoning::last_mile::{Delivery, Publisher, topic};
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
    expected: "the topic exists and carries what it is told to a confirmed subscription",
    fix: "subscribe somebody to the topic and have the subscription confirmed, let CloudWatch and EventBridge publish and use the key, or point the alarm to a topic that is heard",
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
            if heard == 0 {
                return Ok(Verdict::fail(observed));
            }
            carried(view, seen, topic, &observed)
        })
    });
    Ok(judged.collect())
}

/// Whether the topic carries to somebody what each of those tells it.
fn carried(view: &View<'_>, seen: &Seen, topic: &Topic, observed: &str) -> Result<Verdict, Gap> {
    let (mut lost, mut doubts, mut gap) = (Vec::new(), Vec::new(), None);
    for teller in &topic.told_by {
        let Some(publisher) = publisher(view, topic, teller) else { continue };
        match topic::carries(seen, topic, &publisher) {
            Ok(Delivery::Reaches(_)) => {}
            Ok(Delivery::Nowhere(why)) => lost.push(format!("{teller}: {why}")),
            Ok(Delivery::Unseen(why)) => doubts.push(format!("{teller}: {why}")),
            Err(error) => gap = gap.or(Some(error)),
        }
    }
    if !lost.is_empty() {
        return Ok(Verdict::fail(format!("{observed}; what does not get through: {}", first(3, lost))));
    }
    match gap {
        Some(gap) => Err(gap),
        None if doubts.is_empty() => Ok(Verdict::pass(observed)),
        None => {
            let reason = "a person has to judge whether somebody hears what the topic is told";
            Ok(Verdict::manual(format!("{observed}; {}", first(3, doubts)), reason))
        }
    }
}

/// Who publishes: an alarm or a rule of the topic's region, by the words in which the topic's facts name it.
fn publisher(view: &View<'_>, topic: &Topic, teller: &str) -> Option<Publisher> {
    let region = topic.arn.split(':').nth(3)?;
    let arn = |service: &str, resource: String| {
        format!("arn:{}:{service}:{region}:{}:{resource}", view.partition(), view.account_id())
    };
    match teller.split_once(' ')? {
        ("alarm", name) => Some(Publisher::alarm(arn("cloudwatch", format!("alarm:{name}")))),
        ("rule", name) => Some(Publisher::rule(arn("events", format!("rule/{name}")))),
        _ => None,
    }
}
