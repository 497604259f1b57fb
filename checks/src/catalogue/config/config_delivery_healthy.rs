//! # Config delivery works
//!
//! ## What it asks
//! Whether AWS Config delivers what it records: history and snapshots to the bucket, and notifications to the topic
//! where one is set.
//!
//! ## Why an auditor asks
//! A recorder whose deliveries fail leaves no files, and the bucket is where an auditor looks for them.
//!
//! ## How it is decided
//! For each region with a recorder or a channel: `DescribeDeliveryChannelStatus` reports `Failure` for none of
//! history, snapshot and stream, and `Success` for the last delivery of history or of a snapshot. `Not_Applicable`
//! means that the delivery is not set up, as it is for the stream without a topic. A recorder without a channel is
//! `fail`; so is a channel that has not delivered anything yet, because nothing shows that it can. A region with
//! neither is `not-applicable`.
//!
//! While the recorder records, the dates count too. A snapshot that was due more than a day ago, and an attempt, of an hour
//! ago or more, that is later than the last success of its kind, are `fail`. A newest success of both that is more than 7
//! days old is `manual`: Config writes history only of what changed, so a quiet region may have had none to deliver. Where
//! the recorder is stopped, that is told, and `config-recorder-enabled` judges it.
//!
//! ## What else is accepted
//! Nothing replaces the delivery where Config is used.
//!
//! ## Remediation
//! Console: AWS Config, Settings, Delivery method. CLI: `aws configservice describe-delivery-channel-status`, then
//! correct the bucket or key policy, then `aws configservice deliver-config-snapshot --delivery-channel-name default`.
//! Terraform: `aws_config_delivery_channel` and the `aws_s3_bucket_policy` of its bucket.
//!
//! ## Peers
//! Powerpipe `config_configuration_recorder_no_failed_deliver_logs`; CloudSploit `configDeliveryFailing`,
//! `configServiceMissingBucket`.
//!
//! ## References
//! AWS Config Developer Guide, "Managing the delivery channel"; API Reference, `DeliveryChannelStatus`,
//! `ConfigStreamDeliveryInfo`.

use kickoff_facts::detection::{Delivery, DeliveryChannel};
use kickoff_facts::{Gap, Need, View};

use crate::frame::wording::{count, day, moment};
use crate::parameters::Parameters;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "config-delivery-healthy",
    control: "CC7.1.01",
    title: "Config delivery works",
    severity: Severity::Medium,
    level: Level::Region,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.1"],
    needs: &[Need::Recorders, Need::DeliveryChannels],
    parameters: &[],
    expected: "no last delivery of the channel failed or is overdue, and one reached its bucket",
    fix: "correct the bucket policy, the key policy or the topic policy that the delivery error names",
};

/// Decides.
///
/// # Errors
/// The region's delivery channels, or its recorders where there is no channel, are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let verdict = match view.delivery_channels()?.first() {
        Some(channel) => judge(view, channel)?,
        None if view.recorders()?.is_empty() => Verdict::not_applicable(
            "no recorder and no delivery channel",
            "config-recorder-enabled judges a region without a recorder",
        ),
        None => Verdict::fail("a recorder without a delivery channel"),
    };
    Ok(vec![Finding::new(Resource::region(view), verdict)])
}

/// What was due so many hours ago and did not come is overdue.
const OVERDUE_HOURS: u64 = 24;
/// Config writes history every six hours, of what changed; a week without any is worth a look.
const QUIET_DAYS: u64 = 7;

fn judge(view: &View<'_>, channel: &DeliveryChannel) -> Result<Verdict, Gap> {
    let kinds = [("history", &channel.history), ("snapshot", &channel.snapshot), ("stream", &channel.stream)];
    let told = kinds.map(|(kind, delivery)| {
        let status = if delivery.status.is_empty() { "never" } else { delivery.status.as_str() };
        let when = delivery.last_success.map(|at| format!(", last success {}", day(at)));
        let error = delivery.error.as_ref().map(|error| format!(" ({error})"));
        format!("{kind} {status}{}{}", error.unwrap_or_default(), when.unwrap_or_default())
    });
    let failed = kinds.iter().any(|(_, delivery)| delivery.status == "Failure");
    let delivered = channel.history.status == "Success" || channel.snapshot.status == "Success";
    let observed = format!("channel {} to bucket {}: {}", channel.name, channel.bucket, told.join("; "));
    if failed {
        return Ok(Verdict::fail(observed));
    }
    if !delivered {
        return Ok(Verdict::fail(observed).because("nothing was delivered to the bucket yet"));
    }
    let late = late(view, channel);
    let newest = channel.history.last_success.max(channel.snapshot.last_success);
    let quiet = newest.map(|at| view.days_since(at)).filter(|days| *days > QUIET_DAYS);
    if late.is_empty() && quiet.is_none() {
        return Ok(Verdict::pass(observed));
    }
    Ok(if !view.recorders()?.iter().any(|recorder| recorder.recording) {
        Verdict::pass(observed)
            .because("the recorder is stopped, so nothing is due: config-recorder-enabled judges that")
    } else if !late.is_empty() {
        Verdict::fail(observed).because(late.join("; "))
    } else {
        let days = count(quiet.unwrap_or_default(), "day");
        let reason =
            format!("nothing was delivered for {days}: see whether nothing that is recorded has changed since");
        Verdict::manual(observed, reason)
    })
}

/// What did not come when it should have.
fn late(view: &View<'_>, channel: &DeliveryChannel) -> Vec<String> {
    let missed = |(kind, delivery): (&str, &Delivery)| {
        let (attempt, success) = (delivery.last_attempt?, delivery.last_success?);
        // One that began a moment ago may be under way.
        let later = attempt.as_second() > success.as_second() && view.hours_since(attempt) >= 1;
        later.then(|| format!("the attempt to deliver {kind} of {} did not succeed", moment(attempt)))
    };
    let mut late: Vec<String> =
        [("history", &channel.history), ("a snapshot", &channel.snapshot)].into_iter().filter_map(missed).collect();
    let due = channel.snapshot.next.filter(|at| view.hours_since(*at) > OVERDUE_HOURS);
    late.extend(due.map(|at| format!("a snapshot was due {}", moment(at))));
    late
}
