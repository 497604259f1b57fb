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
//! Then whose the bucket is. One of this account or of another account of the run is `pass`. One that no account of the
//! run lists is `manual`: a name does not tell the account, and whoever takes over a name that was given up receives
//! what is delivered. AWS does not support delivery to a bucket with a default retention of Object Lock: where this
//! account's bucket has one and no delivery succeeded in the last 24 hours, which would show otherwise, it is `manual`.
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
//! AWS Config Developer Guide, "Managing the Delivery Channel" (on Object Lock too); API Reference, `DeliveryChannelStatus`,
//! `ConfigStreamDeliveryInfo`.

use kickoff_facts::detection::DeliveryChannel;
use kickoff_facts::storage::ObjectLock;
use kickoff_facts::{Gap, Need, Seen, View};

use crate::parameters::Parameters;
use crate::reasoning::destination::{self, Place};
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
    needs: &[Need::Recorders, Need::DeliveryChannels, Need::Buckets, Need::LogBuckets],
    parameters: &[],
    expected: "no last delivery of the channel failed, and one reached its bucket, which is known to be yours",
    fix: "correct the bucket policy, the key policy or the topic policy that the delivery error names",
};

/// Decides.
///
/// # Errors
/// The region's delivery channels, or its recorders where there is no channel, are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let channel = view.delivery_channels()?.first();
    if channel.is_none() {
        let verdict = if view.recorders()?.is_empty() {
            Verdict::not_applicable(
                "no recorder and no delivery channel",
                "config-recorder-enabled judges a region without a recorder",
            )
        } else {
            Verdict::fail("a recorder without a delivery channel")
        };
        return Ok(vec![Finding::new(Resource::region(view), verdict)]);
    }
    let judged = channel.map(|channel| Finding::judge(Resource::region(view), |seen| judge(view, seen, channel)));
    Ok(judged.into_iter().collect())
}

fn judge(view: &View<'_>, seen: &Seen, channel: &DeliveryChannel) -> Result<Verdict, Gap> {
    let kinds = [("history", &channel.history), ("snapshot", &channel.snapshot), ("stream", &channel.stream)];
    let told = kinds.map(|(kind, delivery)| {
        let status = if delivery.status.is_empty() { "never" } else { delivery.status.as_str() };
        let when = delivery.last_success.map(|at| format!(", last success {}", at.strftime("%Y-%m-%d")));
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
    if let Place::Unknown(_) | Place::Stranger(_) = destination::bucket(view, &channel.bucket)? {
        let reason = format!("no account of this run has bucket {}: {}", channel.bucket, destination::CONFIRM);
        return Ok(Verdict::manual(observed, reason));
    }
    let files = [&channel.history, &channel.snapshot];
    let newest = files.into_iter().filter_map(|delivery| delivery.last_success).max();
    // What arrived within a day shows that the bucket takes it: history is delivered every six hours.
    if newest.is_some_and(|at| view.hours_since(at) <= 24) {
        return Ok(Verdict::pass(observed));
    }
    let own = view.log_buckets()?.iter().find(|bucket| bucket.owned && bucket.name == channel.bucket);
    if let Some(bucket) = own
        && let Some(ObjectLock { mode: Some(mode), .. }) = seen.see(&seen.see(&bucket.settings)?.object_lock)?
    {
        let reason = format!(
            "bucket {} has Object Lock with default retention ({mode}), to which AWS Config does not support delivery: see whether files arrive",
            channel.bucket
        );
        return Ok(Verdict::manual(observed, reason));
    }
    Ok(Verdict::pass(observed))
}
