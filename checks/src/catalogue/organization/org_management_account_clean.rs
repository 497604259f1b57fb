//! # Management account runs no workloads
//!
//! ## What it asks
//! Whether the management account of the organization is free of servers, databases and functions.
//!
//! ## Why an auditor asks
//! No service control policy binds the management account. Who breaks into a workload there can reach every account.
//!
//! ## How it is decided
//! In the management account, over all enabled regions: an instance that is not terminated, or a database instance of
//! RDS, Aurora, Neptune or DocumentDB → fail. Lambda functions alone → `manual`: some serve the organization, such as
//! those of a landing zone. None of the three in any enabled region → pass. A region that could not be read or was not
//! scanned → `not-evaluated`, unless something was found. In a member account, and without an organization:
//! `not-applicable`. Containers, buckets and other services are not looked at.
//!
//! ## What else is accepted
//! Functions that automate the organization itself, once a person has seen what each does.
//!
//! ## What it does not see
//! Stopped instances count like running ones, but what else may run there does not: containers, clusters, stacks,
//! Lightsail, buckets with data, and users who work there. What ran earlier in the period and is gone today is not
//! seen.
//!
//! ## Remediation
//! Console: create or choose a member account, and move the workload there. CLI: `aws organizations create-account`.
//! Terraform: `aws_organizations_account`, and a provider that assumes a role in it.
//!
//! ## Peers
//! CIS AWS Foundations v7 2.1.3, where it is manual.
//!
//! ## References
//! AWS Organizations User Guide, "Best practices for the management account".

use kickoff_facts::{Gap, Need, View};

use crate::frame::wording::{count, names};
use crate::parameters::Parameters;
use crate::reasoning::{management, regions};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "org-management-account-clean",
    control: "CC6.1.34",
    title: "Management account runs no workloads",
    severity: Severity::Medium,
    level: Level::Organization,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1", "CC8.1"],
    needs: &[Need::Organization, Need::Instances, Need::Databases, Need::Functions, Need::Regions],
    parameters: &[],
    expected: "no instance, database or function runs in the management account",
    fix: "move the workload into a member account",
};

/// Decides.
///
/// # Errors
/// It is not known whether the account belongs to an organization.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    management::judge(view, |_, _| {
        let mut gap = None;
        let mut of = |kind: &str, look: fn(&View<'_>) -> Result<Vec<String>, Gap>| {
            let answers = regions::each(view, look);
            gap = gap.take().or(answers.gap);
            let found: Vec<String> = answers.known.into_iter().flat_map(|(_, found)| found).collect();
            (!found.is_empty()).then(|| format!("{}: {}", count(found.len(), kind), names(found)))
        };
        let servers = of("instance", |region| {
            let there = region.instances()?.iter().filter(|instance| instance.exists());
            Ok(there.map(|instance| format!("{} in {}", instance.id, region.region_name())).collect())
        });
        let databases =
            of("database", |region| Ok(region.databases()?.iter().map(|database| database.arn.clone()).collect()));
        let functions = of("function", |region| region.functions().cloned());
        let workloads: Vec<String> = servers.into_iter().chain(databases).collect();
        if !workloads.is_empty() {
            return Ok(Verdict::fail(workloads.into_iter().chain(functions).collect::<Vec<_>>().join("; ")));
        }
        if let Some(gap) = gap {
            return Err(gap);
        }
        regions::all_scanned(view, "ec2:DescribeInstances")?;
        Ok(match functions {
            Some(functions) => {
                Verdict::manual(functions, "say which of them serve the organization, and move the others")
            }
            None => Verdict::pass("no instance, database or function in any enabled region"),
        })
    })
}
