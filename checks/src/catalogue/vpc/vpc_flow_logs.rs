//! # Each VPC in use has flow logs
//!
//! ## What it asks
//! Whether each VPC that something runs in records its traffic.
//!
//! ## Why an auditor asks
//! Flow logs show who spoke to whom. Without them, an intrusion or a leak over the network cannot be traced.
//!
//! ## How it is decided
//! The population is every VPC of this account with at least one network interface: an empty default VPC has no
//! traffic. An `ACTIVE` flow log on the VPC itself that delivers to a place of yours is `pass`: a log group, stream or
//! bucket of this account, of one of its organization, or of one of the run. One that delivers to another account only
//! is `fail`; one that delivers to a bucket that no account of the run lists, whose name does not tell whose it is, or to
//! an account of which the run does not know whose it is, is `manual`. A VPC that another account shares with this one is
//! judged there. Only flow logs on the VPC count yet: those on its subnets or interfaces are not added up, even where they are
//! on all of its subnets. What the flow log records, and whether it arrives, is asked by `vpc-flow-logs-quality`.
//!
//! ## What else is accepted
//! Flow logs on every subnet, if you make sure that new subnets get one: record an exception.
//!
//! ## What it does not see
//! A VPC without a network interface today may have had traffic earlier in the period. Traffic that flow logs never
//! record (DNS of AWS, metadata, DHCP) and flow logs of transit gateways are not looked at. What the logs hold, and
//! whether they arrive, is `vpc-flow-logs-quality`'s question.
//!
//! ## Remediation
//! Console: VPC, Your VPCs, Flow logs, Create. CLI: `aws ec2 create-flow-logs --resource-type VPC --resource-ids
//! vpc-... --traffic-type ALL --log-destination-type s3 --log-destination arn:aws:s3:::BUCKET`. Terraform:
//! `aws_flow_log` with `vpc_id`.
//!
//! ## Peers
//! Prowler `vpc_flow_logs_enabled`; Powerpipe `vpc_flow_logs_enabled`; AWS Config `VPC_FLOW_LOGS_ENABLED`; CIS AWS
//! Foundations v5 3.7; FSBP EC2.6.
//!
//! ## References
//! Amazon VPC User Guide, "Logging IP traffic using VPC Flow Logs"; EC2 API Reference, `DescribeFlowLogs`.

use std::collections::BTreeMap;

use kickoff_facts::{Need, View};

use crate::frame::wording::count;
use crate::parameters::Parameters;
use crate::reasoning::destination::{self, Accounts, Place};
use crate::reasoning::tested::leave_out;
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "vpc-flow-logs",
    control: "CC7.2.41",
    title: "Each VPC in use has flow logs",
    severity: Severity::Medium,
    level: Level::Resource,
    per: Per::Region,
    kind: Kind::Auto,
    criteria: &["CC7.2", "CC6.6"],
    needs: &[
        Need::Vpcs,
        Need::NetworkInterfaces,
        Need::FlowLogs,
        Need::Buckets,
        Need::LogBuckets,
        Need::Organization,
        Need::Members,
    ],
    parameters: &[],
    expected: "an active flow log on the VPC, which delivers to a place of yours",
    fix: "make a flow log on the VPC, for all traffic, to a log group or bucket of yours",
};

/// Decides.
///
/// # Errors
/// The region's VPCs, network interfaces or flow logs are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let own: Vec<_> = view.vpcs()?.iter().filter(|vpc| vpc.owner == view.account_id()).collect();
    if own.is_empty() {
        return Ok(Vec::new());
    }
    let mut interfaces: BTreeMap<&str, usize> = BTreeMap::new();
    for interface in view.network_interfaces()? {
        *interfaces.entry(&interface.vpc).or_default() += 1;
    }
    let flow_logs = view.flow_logs()?;
    let accounts = Accounts::of(view);
    let mut findings = Vec::new();
    for vpc in own {
        let arn = format!("arn:{}:ec2:{}:{}:vpc/{}", view.partition(), view.region_name(), view.account_id(), vpc.id);
        let resource = Resource::new("AWS::EC2::VPC", arn);
        let Some(used) = interfaces.get(vpc.id.as_str()) else {
            leave_out(view, resource, "without a network interface");
            continue;
        };
        let active: Vec<_> = flow_logs.iter().filter(|log| log.resource == vpc.id && log.status == "ACTIVE").collect();
        let ids: Vec<&str> = active.iter().map(|log| log.id.as_str()).collect();
        let name = vpc.name.as_deref().map(|name| format!("{name}: ")).unwrap_or_default();
        let has = if ids.is_empty() { "no active flow log".to_owned() } else { ids.join(", ") };
        let observed = format!("{name}{has}; {}", count(used, "network interface"));
        findings.push(Finding::judge(resource, |_| {
            let (mut strangers, mut unknown, mut gap) = (Vec::new(), Vec::new(), None);
            for log in active {
                match destination::flow_log(view, &accounts, log) {
                    Ok(Place::Ours(_)) => return Ok(Verdict::pass(observed)),
                    Ok(Place::Stranger(to)) => strangers.push(format!("{} delivers to {to}", log.id)),
                    Ok(Place::Unknown(to)) => unknown.push(format!("{} delivers to {to}", log.id)),
                    Err(error) => gap = gap.or(Some(error)),
                }
            }
            match gap {
                Some(gap) => Err(gap),
                None if !unknown.is_empty() => {
                    unknown.extend(strangers);
                    Ok(Verdict::manual(format!("{observed}; {}", unknown.join("; ")), destination::CONFIRM))
                }
                None if !strangers.is_empty() => Ok(Verdict::fail(format!("{observed}; {}", strangers.join("; ")))),
                None => Ok(Verdict::fail(observed)),
            }
        }));
    }
    Ok(findings)
}
