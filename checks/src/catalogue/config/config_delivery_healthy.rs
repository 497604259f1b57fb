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
//! Then whose the bucket is. One of this account or of another account of the run is `pass`. One that no account of the
//! run lists is `manual`: a name does not tell the account, and whoever takes over a name that was given up receives
//! what is delivered. AWS does not support delivery to a bucket with a default retention of Object Lock: where this
//! account's bucket has one and no delivery succeeded in the last 24 hours, which would show otherwise, it is `manual`.
//!
//! ## What else is accepted
//! Nothing replaces the delivery where Config is used.
//!
//! ## What it does not see
//! The files in the bucket are not looked at, nor who may read or delete them there, nor how long they are kept.
//! Whether the topic of the stream has a subscriber is not asked. Failures before the last attempt are not seen.
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

use kickoff_facts::detection::{Delivery, DeliveryChannel};
use kickoff_facts::storage::ObjectLock;
use kickoff_facts::{Gap, Need, Seen, View};

use crate::frame::wording::{count, day, moment};
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
    expected: "no last delivery of the channel failed or is overdue, and one reached its bucket, which is known to be yours",
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

/// What was due so many hours ago and did not come is overdue.
const OVERDUE_HOURS: u64 = 24;
/// Config writes history every six hours, of what changed; a week without any is worth a look.
const QUIET_DAYS: u64 = 7;

fn judge(view: &View<'_>, seen: &Seen, channel: &DeliveryChannel) -> Result<Verdict, Gap> {
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
    let dated = !late.is_empty() || quiet.is_some();
    let records = dated && view.recorders()?.iter().any(|recorder| recorder.recording);
    if records && !late.is_empty() {
        return Ok(Verdict::fail(observed).because(late.join("; ")));
    }
    if let Place::Unknown(_) | Place::Stranger(_) = destination::bucket(view, &channel.bucket)? {
        let reason = format!("no account of this run has bucket {}: {}", channel.bucket, destination::CONFIRM);
        return Ok(Verdict::manual(observed, reason));
    }
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
    Ok(match quiet {
        Some(days) if records => {
            let days = count(days, "day");
            let reason =
                format!("nothing was delivered for {days}: see whether nothing that is recorded has changed since");
            Verdict::manual(observed, reason)
        }
        _ if dated => Verdict::pass(observed)
            .because("the recorder is stopped, so nothing is due: config-recorder-enabled judges that"),
        _ => Verdict::pass(observed),
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
