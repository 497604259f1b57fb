//! # Capacity alarms exist for databases, load balancers and queues
//!
//! ## What it asks
//! Whether somebody is told before a database is full, a load balancer fails its clients, or a queue piles up.
//!
//! ## Why an auditor asks
//! The firm promises that its service is available. It must see that capacity runs out before its customers do.
//!
//! ## How it is decided
//! The population is every database instance of RDS, Aurora, Neptune and DocumentDB, every application, network and
//! gateway load balancer, and every queue of SQS. One alarm on a metric of the resource, or of the database's cluster,
//! that tells of capacity or load, with its actions switched on and an action on ALARM → pass; none → fail. Metrics in
//! metric maths count. An alarm over a query (Metrics Insights or a search) that names the service's namespace may cover
//! the resource: `manual`. A kind of resource that could not be listed is `not-evaluated` and the others are judged.
//! Whether the threshold is a good one is not asked. Load balancers of the classic kind are not looked at.
//!
//! ## What else is accepted
//! Monitoring by another product, as an approved exception that names it; a resource that carries no promise, likewise.
//!
//! ## Remediation
//! Console: CloudWatch, Alarms, Create alarm, on FreeStorageSpace and CPUUtilization, TargetResponseTime and
//! HTTPCode_ELB_5XX_Count, ApproximateAgeOfOldestMessage. CLI: `aws cloudwatch put-metric-alarm`. Terraform:
//! `aws_cloudwatch_metric_alarm`.
//!
//! ## Peers
//! AuditKit is the only one that has an A1.1 check in its SOC 2 map.
//!
//! ## References
//! Amazon CloudWatch User Guide, "Recommended alarms"; AWS Well-Architected Framework, Reliability Pillar.

use kickoff_facts::compute::Database;
use kickoff_facts::logging::Alarm;
use kickoff_facts::{Gap, Need, View};

use crate::frame::wording::names;
use crate::parameters::Parameters;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "monitor-capacity-alarms",
    control: "A1.1.01",
    title: "Capacity alarms exist for databases, load balancers and queues",
    severity: Severity::Medium,
    level: Level::Resource,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["A1.1"],
    needs: &[Need::Alarms, Need::Databases, Need::LoadBalancers, Need::Queues],
    parameters: &[],
    expected: "an alarm with an action watches a metric of the resource's capacity or load",
    fix: "create an alarm with an action on the capacity of the resource",
};

const DATABASE: &[&str] = &[
    "ACUUtilization",
    "AuroraReplicaLag",
    "AuroraVolumeBytesLeftTotal",
    "BurstBalance",
    "CPUCreditBalance",
    "CPUUtilization",
    "CommitLatency",
    "DBLoad",
    "DBLoadCPU",
    "DatabaseConnections",
    "DatabaseConnectionsMax",
    "DiskQueueDepth",
    "EBSByteBalance%",
    "EBSIOBalance%",
    "FreeLocalStorage",
    "FreeStorageSpace",
    "FreeableMemory",
    "MainRequestQueuePendingRequests",
    "MaximumUsedTransactionIDs",
    "ReadIOPS",
    "ReadLatency",
    "ReplicaLag",
    "ServerlessDatabaseCapacity",
    "SwapUsage",
    "VolumeBytesUsed",
    "WriteIOPS",
    "WriteLatency",
];
const BALANCER: &[&str] = &[
    "ActiveConnectionCount",
    "ActiveFlowCount",
    "ConsumedLCUs",
    "HTTPCode_ELB_503_Count",
    "HTTPCode_ELB_504_Count",
    "HTTPCode_ELB_5XX_Count",
    "HTTPCode_Target_5XX_Count",
    "HealthyHostCount",
    "NewConnectionCount",
    "NewFlowCount",
    "PortAllocationErrorCount",
    "ProcessedBytes",
    "RejectedConnectionCount",
    "RejectedFlowCount",
    "RequestCount",
    "RequestCountPerTarget",
    "TargetConnectionErrorCount",
    "TargetResponseTime",
    "UnHealthyHostCount",
];
const QUEUE: &[&str] = &[
    "ApproximateAgeOfOldestMessage",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesVisible",
];

/// A resource with what alarms on it look like.
struct Watched {
    resource: Resource,
    namespace: &'static str,
    metrics: &'static [&'static str],
    /// Names of dimensions and their values: one of them is enough.
    dimensions: Vec<(&'static str, String)>,
}

/// Decides.
///
/// # Errors
/// The region's alarms are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let kinds: [(&'static str, Result<Vec<Watched>, Gap>); 3] = [
        ("databases", view.databases().map(|all| all.iter().map(database).collect())),
        ("load-balancers", view.load_balancers().map(|all| all.iter().map(|arn| balancer(arn)).collect())),
        ("queues", view.queues().map(|all| all.iter().map(|url| queue(view, url)).collect())),
    ];
    if kinds.iter().all(|(_, listed)| listed.as_ref().is_ok_and(Vec::is_empty)) {
        return Ok(Vec::new());
    }
    let alarms = view.alarms()?;
    let mut findings = Vec::new();
    for (kind, listed) in kinds {
        match listed {
            Ok(all) => {
                findings.extend(all.into_iter().map(|one| {
                    let verdict = judge(&one, alarms);
                    Finding::new(one.resource, verdict)
                }));
            }
            Err(gap) => {
                let place = Resource::new("AWS::Region", format!("region/{}/{kind}", view.region_name()));
                findings.push(Finding::judge(place, |_| Err(gap)));
            }
        }
    }
    Ok(findings)
}

fn judge(one: &Watched, alarms: &[Alarm]) -> Verdict {
    let on = |alarm: &&Alarm| {
        alarm.watches.iter().any(|metric| {
            let named = |(name, value): &(String, String)| {
                one.dimensions.iter().any(|(wanted, of)| wanted == name && of == value)
            };
            metric.namespace == one.namespace
                && one.metrics.contains(&metric.name.as_str())
                && metric.dimensions.iter().any(named)
        })
    };
    let acts = |alarm: &&Alarm| alarm.actions_enabled && !alarm.alarm_actions.is_empty();
    let (acting, idle): (Vec<&Alarm>, Vec<&Alarm>) = alarms.iter().filter(on).partition(acts);
    let listed = |alarms: &[&Alarm]| names(alarms.iter().map(|alarm| &alarm.name));
    if !acting.is_empty() {
        return Verdict::pass(format!("watched by {}", listed(&acting)));
    }
    let asks = |alarm: &&Alarm| acts(alarm) && alarm.queries.iter().any(|query| query.contains(one.namespace));
    let asking: Vec<&Alarm> = alarms.iter().filter(asks).collect();
    let observed = if idle.is_empty() {
        "no alarm on its capacity or load".to_owned()
    } else {
        format!("its alarms have no action: {}", listed(&idle))
    };
    if asking.is_empty() {
        Verdict::fail(observed)
    } else {
        let reason = format!("judge whether the query of {} covers it", listed(&asking));
        Verdict::manual(observed, reason)
    }
}

fn database(database: &Database) -> Watched {
    let (kind, namespace) = match database.engine.as_str() {
        "neptune" => ("AWS::Neptune::DBInstance", "AWS/Neptune"),
        "docdb" => ("AWS::DocDB::DBInstance", "AWS/DocDB"),
        _ => ("AWS::RDS::DBInstance", "AWS/RDS"),
    };
    let mut dimensions = vec![("DBInstanceIdentifier", database.id.clone())];
    dimensions.extend(database.cluster.iter().map(|cluster| ("DBClusterIdentifier", cluster.clone())));
    Watched { resource: Resource::new(kind, &database.arn), namespace, metrics: DATABASE, dimensions }
}

fn balancer(arn: &str) -> Watched {
    // The dimension is the end of the ARN: `app/NAME/ID`.
    let name = arn.split_once(":loadbalancer/").map_or(arn, |(_, name)| name);
    let namespace = match name.split('/').next() {
        Some("net") => "AWS/NetworkELB",
        Some("gwy") => "AWS/GatewayELB",
        _ => "AWS/ApplicationELB",
    };
    Watched {
        resource: Resource::new("AWS::ElasticLoadBalancingV2::LoadBalancer", arn),
        namespace,
        metrics: BALANCER,
        dimensions: vec![("LoadBalancer", name.to_owned())],
    }
}

fn queue(view: &View<'_>, url: &str) -> Watched {
    // `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME`
    let mut parts = url.rsplit('/');
    let (name, account) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let arn = format!("arn:{}:sqs:{}:{account}:{name}", view.partition(), view.region_name());
    Watched {
        resource: Resource::new("AWS::SQS::Queue", arn),
        namespace: "AWS/SQS",
        metrics: QUEUE,
        dimensions: vec![("QueueName", name.to_owned())],
    }
}
