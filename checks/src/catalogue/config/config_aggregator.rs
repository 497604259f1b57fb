//! # An organization aggregator collects all accounts
//!
//! ## What it asks
//! Whether one AWS Config aggregator brings the configuration and the compliance of all accounts and regions together.
//!
//! ## Why an auditor asks
//! An aggregator shows new accounts without anyone adding them: the population of a review is complete by
//! construction.
//!
//! ## How it is decided
//! In any account: an aggregator in any scanned region that collects the organization and all regions is `pass`. Only
//! the management account and a delegated administrator can have one. One that does so but has filters takes in only
//! what some recorders record, by their resource types or by the service that owns them: `manual`, naming the filters.
//!
//! Otherwise the management account decides. If AWS Config (`config.amazonaws.com`) is delegated to another account,
//! the aggregator is expected there, which this account cannot see: `manual`, naming the account, unless that account
//! is in the run; where its aggregators could not be read there, the result is `not-evaluated`. If it is not delegated:
//! `fail`, if every enabled region was scanned; otherwise the result is `not-evaluated` and names the regions that were
//! not, because an aggregator can be in any of them. A member account without an aggregator, and an account without an
//! organization, are `not-applicable`. An aggregator that lists accounts, or lists regions, does not count: it misses
//! the next one.
//!
//! ## What else is accepted
//! An aggregator in the delegated administrator account; scan that account too.
//!
//! ## What it does not see
//! Whether the aggregator can collect is not asked (`DescribeConfigurationAggregatorSourcesStatus`): one whose role
//! lacks rights, or whose sources fail, looks the same. Nor is it seen whether the accounts that it collects record
//! anything; `config-recorder-enabled` asks that in each.
//!
//! ## Remediation
//! Console: AWS Config, Aggregators, Create aggregator, Add my organization, all regions. CLI: `aws configservice
//! put-configuration-aggregator --configuration-aggregator-name org --organization-aggregation-source
//! RoleArn=ARN,AllAwsRegions=true`. Terraform: `organization_aggregation_source { all_regions = true
//! }` in `aws_config_configuration_aggregator`.
//!
//! ## Peers
//! Prowler `config_delegated_admin_and_org_aggregator_all_regions`.
//!
//! ## References
//! AWS Config Developer Guide, "Multi-Account Multi-Region Data Aggregation"; AWS Organizations User Guide, "AWS
//! Config and AWS Organizations"; AWS Config API Reference, `AggregatorFilters`.

use kickoff_facts::detection::Aggregator;
use kickoff_facts::{Gap, Need, View};

use crate::frame::wording::{count, names};
use crate::parameters::Parameters;
use crate::reasoning::management::Standing;
use crate::reasoning::{administrators, management, regions};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "config-aggregator",
    control: "CC4.1.01",
    title: "An organization aggregator collects all accounts",
    severity: Severity::Low,
    level: Level::Organization,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC4.1", "CC7.1"],
    needs: &[Need::Organization, Need::DelegatedAdministrators, Need::Aggregators, Need::Regions],
    parameters: &[],
    expected: "an aggregator collects the whole organization and all regions, without filters",
    fix: "make an organization aggregator for all regions, where AWS Config is administered",
};

/// Decides.
///
/// # Errors
/// The organization is not known, or no aggregator was found and a region could not be read.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    Ok(vec![Finding::judge(Resource::account(view), |seen| {
        let standing = management::standing(view)?;
        if standing == Standing::Alone {
            return Ok(management::alone());
        }
        if let Some(verdict) = whole(view, "")? {
            return Ok(verdict);
        }
        let part = aggregators(view, |_| true)?;
        let observed = if part.is_empty() {
            "no aggregator in any scanned region".to_owned()
        } else {
            let told = part.iter().map(|(region, aggregator)| describe(region, aggregator));
            format!("no aggregator of the whole organization and all regions: {}", told.collect::<Vec<_>>().join("; "))
        };
        if let Standing::Member(organization) = standing {
            return Ok(management::member(organization));
        }
        let delegates = administrators::delegates(view, seen, "config.amazonaws.com")?;
        Ok(if delegates.is_empty() {
            regions::all_scanned(view, "config:DescribeConfigurationAggregators")?;
            Verdict::fail(observed)
        } else {
            let mut gap = None;
            for there in delegates.iter().filter_map(|account| view.neighbour(account)) {
                let found = whole(&there, &format!(" of account {}", there.account_id()));
                view.adopt(&there);
                match found {
                    Ok(Some(verdict)) => return Ok(verdict),
                    Ok(None) => {}
                    // Where none of its regions is in the run, nothing was asked: a person looks there.
                    Err(_) if there.regions().next().is_none() => {}
                    Err(error) => gap = gap.or(Some(error)),
                }
            }
            if let Some(gap) = gap {
                return Err(gap);
            }
            let delegates = delegates.join(", ");
            let reason = format!(
                "AWS Config is delegated to {delegates}: look for the aggregator in the result of that account"
            );
            Verdict::manual(observed, reason)
        })
    })])
}

/// The verdict where an aggregator collects the organization and all regions: one without filters decides.
fn whole(view: &View<'_>, of: &str) -> Result<Option<Verdict>, Gap> {
    let found = aggregators(view, |aggregator| aggregator.organization && aggregator.all_regions)?;
    let unfiltered = found.iter().find(|(_, aggregator)| aggregator.filters.is_empty());
    Ok(unfiltered.or(found.first()).map(|(region, aggregator)| {
        let told = format!("{} in {region}{of} collects the organization and all regions", aggregator.name);
        if aggregator.filters.is_empty() {
            return Verdict::pass(told);
        }
        let filters = aggregator.filters.iter().map(|filter| {
            format!(
                "{} {} {}",
                filter.on,
                if filter.kind.is_empty() { "of" } else { &filter.kind },
                names(&filter.values)
            )
        });
        let observed = format!("{told}, with filters: {}", filters.collect::<Vec<_>>().join("; "));
        Verdict::manual(observed, "judge what the filters leave out of the population")
    }))
}

fn aggregators<'a>(
    view: &View<'a>,
    wanted: impl Fn(&Aggregator) -> bool,
) -> Result<Vec<(&'a str, &'a Aggregator)>, Gap> {
    regions::find(view, |region| {
        let here = region.aggregators()?.iter().filter(|aggregator| wanted(aggregator));
        Ok(here.map(|aggregator| (region.region_name(), aggregator)).collect())
    })
}

fn describe(region: &str, aggregator: &Aggregator) -> String {
    let accounts = if aggregator.organization {
        "the organization".to_owned()
    } else {
        count(aggregator.accounts.len(), "listed account")
    };
    let regions = if aggregator.all_regions {
        "all regions".to_owned()
    } else {
        count(aggregator.regions.len(), "listed region")
    };
    format!("{} in {region} collects {accounts} in {regions}", aggregator.name)
}
