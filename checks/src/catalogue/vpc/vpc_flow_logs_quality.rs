//! # Flow logs capture all traffic, deliver, and are kept
//!
//! ## What it asks
//! Whether each flow log on a VPC records accepted and rejected traffic, reaches its destination, and is kept at least
//! `log_retention_min_days`.
//!
//! ## Why an auditor asks
//! A flow log of rejected traffic shows the attacks that failed. One that does not arrive, or is deleted early, shows
//! nothing.
//!
//! ## How it is decided
//! The population is every flow log on a VPC. The traffic type must be `ALL`, and delivery must not have failed; before
//! the first delivery there is no delivery status, which is no failure. Then the time that it is kept. CloudWatch Logs:
//! the log group must exist, with no retention or one that is long enough. S3: no lifecycle rule of a bucket of this
//! account may end objects under `AWSLogs/<account>/vpcflowlogs/` sooner, reckoned as in `cloudtrail-bucket-retention`;
//! a short rule for certain tags or sizes is `manual`. A bucket whose settings could not be read, one of another account
//! among them, is `not-evaluated`. A log group of another account, a bucket of which nothing was asked, and a Firehose
//! stream are `manual`: the reason says what a person must confirm. A flow log that fails by its traffic or its delivery
//! fails wherever it goes; so does one that delivers to a log group or stream of an account that is neither of your
//! organization nor of the run.
//!
//! A record must say who talked to whom and whether it was let through: a custom format without a source and a destination
//! address (`srcaddr` or `pkt-srcaddr`, `dstaddr` or `pkt-dstaddr`), `srcport`, `dstport`, `protocol`, `action`, `start`,
//! `end` or `interface-id` is `manual` where nothing else fails, and the reason names what is missing; where how
//! long it is kept could not be read, that decides, and it is `not-evaluated`.
//!
//! ## What else is accepted
//! Two flow logs, one for accepted and one for rejected traffic, record everything: record an exception for both.
//!
//! ## What it does not see
//! Over how long records are summed up (`MaxAggregationInterval`) and when the last one arrived is not read: AWS tells
//! of a failed delivery and of no date. A flow log whose `FlowLogStatus` is not `ACTIVE` is judged like one that is.
//! Who reads the logs, and flow logs of subnets, interfaces and transit gateways, are outside.
//!
//! ## Remediation
//! Console: VPC, Your VPCs, Flow logs. The traffic type of a flow log cannot be changed: make a new one. CLI: `aws ec2
//! create-flow-logs --traffic-type ALL ...`, `aws logs put-retention-policy ...`. Terraform: `traffic_type = "ALL"` in
//! `aws_flow_log`, `retention_in_days` in `aws_cloudwatch_log_group`.
//!
//! ## Peers
//! None: peers test that a flow log exists, as Prowler `vpc_flow_logs_enabled`.
//!
//! ## Where peers differ
//! - Prowler `vpc_flow_logs_enabled`: passes a VPC that has any flow log: of rejected traffic alone, or one whose
//!   delivery fails. AWS tells both (EC2 API Reference, `FlowLog`, `TrafficType` and `DeliverLogsStatus`): here they
//!   decide.
//!
//! ## References
//! Amazon VPC User Guide, "Flow log basics", "Publish flow logs to Amazon S3"; EC2 API Reference, `FlowLog`.

use kickoff_facts::network::FlowLog;
use kickoff_facts::{Gap, Need, Seen, View};

use crate::frame::wording::count;
use crate::parameters::{LOG_RETENTION_MIN, Parameters};
use crate::reasoning::destination::{Accounts, Whose};
use crate::reasoning::lifecycle::{Kept, kept};
use crate::reasoning::tested::tested;
use crate::reasoning::trail_buckets::owned_elsewhere;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Status, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "vpc-flow-logs-quality",
    control: "CC7.2.42",
    title: "Flow logs capture all traffic, deliver, and are kept",
    severity: Severity::Low,
    level: Level::Resource,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.2"],
    needs: &[Need::FlowLogs, Need::LogGroups, Need::LogBuckets, Need::Organization, Need::Members],
    parameters: &[&LOG_RETENTION_MIN],
    expected: "all traffic is recorded, delivery works, and logs are kept at least {log_retention_min_days} days",
    fix: "make a flow log for all traffic, mend the role or policy of its destination, and lengthen the retention",
};

/// Decides.
///
/// # Errors
/// The region's flow logs are not known.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    let limit = parameters.number(&LOG_RETENTION_MIN);
    let accounts = Accounts::of(view);
    let resource = |log: &FlowLog| {
        let (partition, region, account) = (view.partition(), view.region_name(), view.account_id());
        Resource::new("AWS::EC2::FlowLog", format!("arn:{partition}:ec2:{region}:{account}:vpc-flow-log/{}", log.id))
    };
    let of_vpcs = tested(view, view.flow_logs()?, resource, |log| {
        (!log.resource.starts_with("vpc-")).then_some("of a subnet or a network interface, not of a VPC")
    });
    let judged = of_vpcs.into_iter().map(|log| {
        Finding::judge(resource(log), |seen| {
            let mut wrong = Vec::new();
            if log.traffic != "ALL" {
                wrong.push(format!("records {} traffic only", log.traffic));
            }
            if log.deliver_status == "FAILED" {
                let error = log.deliver_error.as_deref().unwrap_or("no message");
                wrong.push(format!("delivery fails: {error}"));
            }
            let owner = log.destination.as_deref().and_then(|arn| arn.split(':').nth(4)).unwrap_or_default();
            if !owner.is_empty() && accounts.whose(owner) == Whose::Stranger {
                wrong.push(format!(
                    "delivers to account {owner}, which is neither of your organization nor of this run"
                ));
            }
            if !wrong.is_empty() {
                return Ok(Verdict::fail(format!("{}: {}", log.resource, wrong.join("; "))));
            }
            let missing = missing(log.format.as_deref());
            let told = |verdict: Verdict| Verdict {
                observed: format!("{}: all traffic; {}", log.resource, verdict.observed),
                ..verdict
            };
            let kept = retention(view, seen, log, limit).map(told);
            if missing.is_empty() {
                return kept;
            }
            let lacks = format!("its records have no {}: see whether they show who talked to whom", missing.join(", "));
            let and = |why: &str| format!("{lacks}; {why}");
            Ok(match kept {
                Ok(verdict) if verdict.status == Status::Fail => verdict.because(lacks),
                Ok(verdict) => {
                    let reason = verdict.reason.as_deref().map_or(lacks.clone(), and);
                    Verdict::manual(verdict.observed, reason)
                }
                Err(gap) => return Err(gap),
            })
        })
    });
    Ok(judged.collect())
}

/// What the records of a flow log must hold; of several names one is enough.
const FIELDS: [&[&str]; 9] = [
    &["srcaddr", "pkt-srcaddr"],
    &["dstaddr", "pkt-dstaddr"],
    &["srcport"],
    &["dstport"],
    &["protocol"],
    &["action"],
    &["start"],
    &["end"],
    &["interface-id"],
];

/// The fields that a format lacks; AWS's default one lacks none.
fn missing(format: Option<&str>) -> Vec<&'static str> {
    let Some(format) = format else { return Vec::new() };
    let holds = |name: &&str| format.contains(&format!("${{{name}}}"));
    FIELDS.into_iter().filter(|names| !names.iter().any(holds)).filter_map(|names| names.first().copied()).collect()
}

/// How long what a flow log delivers is kept.
fn retention(view: &View<'_>, seen: &Seen, log: &FlowLog, limit: u64) -> Result<Verdict, Gap> {
    let destination = log.destination.as_deref().unwrap_or_default();
    let confirm = |why: &str| {
        let to = if destination.is_empty() { &log.destination_type } else { destination };
        let reason = format!("{why}: confirm that it is kept there at least {limit} days");
        Ok(Verdict::manual(format!("delivered to {to}"), reason))
    };
    match log.destination_type.as_str() {
        "cloud-watch-logs" => {
            let owner = destination.split(':').nth(4).unwrap_or_default();
            let Some(name) = log.log_group.as_deref() else { return confirm("AWS does not name the log group") };
            let region = destination.split(':').nth(3).unwrap_or_default();
            let there = view.neighbour_in(owner, region);
            if !owner.is_empty() && owner != view.account_id() && there.is_none() {
                return confirm("the log group belongs to another account");
            }
            let groups = there.as_ref().unwrap_or(view).log_groups();
            if let Some(there) = &there {
                view.adopt(there);
            }
            Ok(match groups?.iter().find(|group| group.name == name).map(|group| group.retention_days) {
                None => Verdict::fail(format!("log group {name} does not exist")),
                Some(None) => Verdict::pass(format!("log group {name} keeps events for ever")),
                Some(Some(days)) => Verdict::decide(
                    u64::from(days) >= limit,
                    format!("log group {name} keeps events {}", count(days, "day")),
                ),
            })
        }
        "s3" => {
            let place = destination.split(":::").nth(1).unwrap_or_default();
            let (bucket, folder) = place.split_once('/').unwrap_or((place, ""));
            let folder = folder.trim_end_matches('/');
            let root = if folder.is_empty() { "AWSLogs".to_owned() } else { format!("{folder}/AWSLogs") };
            let account = view.account_id();
            let paths = [
                format!("{root}/{account}/vpcflowlogs"),
                format!("{root}/aws-account-id={account}/aws-service=vpcflowlogs"),
            ];
            let own = view.log_buckets()?.iter().find(|known| known.name == bucket);
            let elsewhere = if own.is_some_and(|own| own.owned) { None } else { owned_elsewhere(view, bucket)? };
            if let Some((there, _)) = &elsewhere {
                view.adopt(there);
            }
            let Some(known) = elsewhere.map(|(_, bucket)| bucket).or(own) else {
                return confirm("nothing was asked about the bucket");
            };
            Ok(match kept(seen.see(&known.settings)?, seen, &paths, limit)? {
                Kept::LongEnough(told) => Verdict::pass(format!("bucket {bucket}, {told}")),
                Kept::TooShort(told) => Verdict::fail(format!("bucket {bucket}, {told}")),
                Kept::Unclear(told) => {
                    let reason = "see whether the tags or sizes take in the flow logs";
                    Verdict::manual(format!("bucket {bucket}, {told}"), reason)
                }
            })
        }
        _ => confirm("where the stream delivers was not read"),
    }
}
