//! # Capacity alarms exist for databases, load balancers and queues
//!
//! ## What it asks
//! Whether somebody is told before a database is full, a load balancer fails its clients, or a queue piles up.
//!
//! ## Why an auditor asks
//! The firm promises that its service is available. It must see that capacity runs out before its customers do.
//!
//! ## How it is decided
//! The population is every database instance of RDS, Aurora, Neptune and DocumentDB, every
//! application, network and gateway load balancer, and every queue of SQS. One alarm on a metric of the resource, or
//! of the database's cluster, that tells of capacity or load, with its actions switched on and an action on ALARM →
//! pass; none → fail. The alarm must be able to go off when capacity runs short: above its threshold where more is
//! worse, below it where less is worse, with a threshold that the metric can cross and that is not crossed always (a
//! percentage ends at 100, free storage at what is allocated), on a metric that the resource has (Aurora has no
//! FreeStorageSpace). One that is in ALARM, or of a database without data, for more than 24 hours is for a person:
//! `manual`. So is one that a mute rule silences at times; where mute rules are not known, what would pass by it alone
//! is `not-evaluated`. The metric must be the one of the resource or of its cluster: with another dimension (the role
//! in a cluster, say) the alarm tells of a part, and is for a person; target group and zone of a load balancer, and
//! the engine's name, count. A metric that metric maths takes as it is (`m1`, `FILL(m1, 0)`) is decided like any;
//! other maths, and bands, are for a person, and a metric of another account does not count. An alarm over a query
//! (Metrics Insights or a search) that names the service's namespace may cover the resource: `manual`. A kind of
//! resource that could not be listed is `not-evaluated` and the others are judged. Whether the threshold is a good one
//! is not asked, nor where the action leads. Load balancers of the classic kind are not looked at.
//!
//! ## What else is accepted
//! Monitoring by another product, as an approved exception that names it; a resource that carries no promise, likewise.
//!
//! ## What it does not see
//! Whether a threshold is wise for the load is not judged, and one alarm is enough however many ways a resource can
//! run out. Other kinds of resources (DynamoDB, ElastiCache, OpenSearch, instances, clusters, functions, classic load
//! balancers) are not asked for. Limits of the account (Service Quotas) and monitoring by other products are outside.
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
use kickoff_facts::logging::{Alarm, Metric};
use kickoff_facts::{Gap, Need, View};

use crate::frame::wording::names;
use crate::parameters::Parameters;
use crate::reasoning::last_mile::alarms::stuck;
use crate::reasoning::last_mile::capacity::{Kind as Measured, metrics};
use crate::reasoning::last_mile::condition::Raises;
use crate::reasoning::mutes;
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
    needs: &[Need::Alarms, Need::AlarmMutes, Need::Databases, Need::LoadBalancers, Need::Queues],
    parameters: &[],
    expected: "an alarm with an action watches a metric of the resource's capacity or load",
    fix: "create an alarm with an action on the capacity of the resource",
};

/// A resource with what alarms on it look like.
struct Watched {
    resource: Resource,
    namespace: &'static str,
    /// Of a database, its engine, whether it is in a cluster, and its bytes of storage.
    group: &'static str,
    engine: String,
    clustered: bool,
    allocated: Option<f64>,
    /// Names of dimensions and their values: one of them names it.
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
                findings.extend(
                    all.into_iter().map(|one| Finding::judge(one.resource.clone(), |_| judge(view, &one, alarms))),
                );
            }
            Err(gap) => {
                let place = Resource::new("AWS::Region", format!("region/{}/{kind}", view.region_name()));
                findings.push(Finding::judge(place, |_| Err(gap)));
            }
        }
    }
    Ok(findings)
}

fn judge(view: &View<'_>, one: &Watched, alarms: &[Alarm]) -> Result<Verdict, Gap> {
    let kind = Measured { group: one.group, engine: &one.engine, clustered: one.clustered, allocated: one.allocated };
    let (mut watching, mut doubts, mut reasons, mut gap) = (Vec::new(), Vec::new(), Vec::new(), None);
    for alarm in alarms {
        let name = &alarm.name;
        let on = metrics(alarm, view.account_id()).into_iter();
        let on = on.filter(|(metric, _)| metric.namespace == one.namespace);
        let measured = on.filter_map(|(metric, term)| {
            let (narrowed, measure) = (one.narrowed(metric)?, kind.measure(&metric.name)?);
            Some(match kind.watched(alarm, (metric, term), measure) {
                Raises::Yes if !narrowed.is_empty() => {
                    Raises::Unsure(format!("it watches {} of {} only", metric.name, names(narrowed)))
                }
                answer => answer,
            })
        });
        let answers: Vec<Raises> = measured.collect();
        if answers.is_empty() {
            continue;
        }
        if !alarm.actions_enabled || alarm.alarm_actions.is_empty() {
            reasons.push(format!("{name}: it has no action"));
        } else if answers.contains(&Raises::Yes) {
            match (standing(view, one, alarm), mutes::muting(view, alarm)) {
                (None, Ok(None)) => watching.push(name),
                (None, Err(error)) => gap = gap.or(Some(error)),
                (standing, muted) => {
                    let why: Vec<String> = standing.into_iter().chain(muted.ok().flatten()).collect();
                    doubts.push(format!("{name}: {}", why.join(", ")));
                }
            }
        } else {
            for answer in answers {
                let (list, why) = match answer {
                    Raises::Unsure(why) => (&mut doubts, why),
                    Raises::No(why) => (&mut reasons, why),
                    Raises::Yes => continue,
                };
                let told = format!("{name}: {why}");
                if !list.contains(&told) {
                    list.push(told);
                }
            }
        }
    }
    if !watching.is_empty() {
        return Ok(Verdict::pass(format!("watched by {}", names(watching))));
    }
    if let Some(gap) = gap {
        return Err(gap);
    }
    let acts = |alarm: &&Alarm| alarm.actions_enabled && !alarm.alarm_actions.is_empty();
    let asks = |alarm: &&Alarm| alarm.queries.iter().any(|query| query.contains(one.namespace));
    let asking = alarms.iter().filter(acts).filter(asks);
    let known = doubts.len();
    doubts.extend(asking.map(|alarm| format!("{}: whether its query covers it", alarm.name)));
    let observed = match (reasons.is_empty(), known) {
        (true, 0) => "no alarm on its capacity or load".to_owned(),
        (true, _) => "no alarm that watches its capacity or load for certain".to_owned(),
        (false, _) => format!("its alarms do not tell of it: {}", names(reasons)),
    };
    Ok(if doubts.is_empty() {
        Verdict::fail(observed)
    } else {
        Verdict::manual(observed, format!("judge whether one of these tells of its capacity: {}", names(doubts)))
    })
}

/// What is wrong with the state that an alarm is in. A database that runs gives data all the time; load balancers and queues
/// give some only while there is something to count.
fn standing(view: &View<'_>, one: &Watched, alarm: &Alarm) -> Option<String> {
    if let Some(Raises::Unsure(why) | Raises::No(why)) = stuck(view, alarm, true) {
        return Some(why);
    }
    let silent = one.group == "database" && alarm.state == "INSUFFICIENT_DATA";
    let hours = alarm.state_since.map(|at| view.hours_since(at));
    (silent && hours.is_none_or(|hours| hours > SILENT))
        .then(|| "it has been without data for more than a day".to_owned())
}

/// A database's alarm may be without data for so many hours.
const SILENT: u64 = 24;

impl Watched {
    /// The dimensions by which a metric is one of a part of the resource or its cluster only; none where it is not of it.
    fn narrowed(&self, metric: &Metric) -> Option<Vec<String>> {
        let (mut named, mut narrowed) = (false, Vec::new());
        for (name, value) in &metric.dimensions {
            match self.dimensions.iter().find(|(wanted, _)| wanted == name) {
                Some((_, of)) if of == value => named = true,
                Some(_) => return None,
                None if self.beside().contains(&name.as_str()) => {}
                None => narrowed.push(format!("{name} {value}")),
            }
        }
        named.then_some(narrowed)
    }

    /// Dimensions that stand beside those that name the resource, and change nothing of it (Amazon Aurora User Guide, "Amazon
    /// CloudWatch dimensions for Aurora"; User Guide for Application Load Balancers, "Metric dimensions").
    fn beside(&self) -> &'static [&'static str] {
        match self.group {
            "database" => &["EngineName"],
            "balancer" => &["TargetGroup", "AvailabilityZone"],
            _ => &[],
        }
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
    // GiB; more than can be allocated is no size.
    let allocated =
        database.allocated.and_then(|size| u32::try_from(size).ok()).map(|size| f64::from(size) * 1024_f64.powi(3));
    Watched {
        resource: Resource::new(kind, &database.arn),
        namespace,
        group: "database",
        engine: database.engine.clone(),
        clustered: database.cluster.is_some(),
        allocated,
        dimensions,
    }
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
        group: "balancer",
        engine: String::new(),
        clustered: false,
        allocated: None,
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
        group: "queue",
        engine: String::new(),
        clustered: false,
        allocated: None,
        dimensions: vec![("QueueName", name.to_owned())],
    }
}
