//! Which answers of a run tell the same population: every pair of families that can be held against each other.
//!
//! What AWS counts, by its documentation: `GetAccountSummary` gives users without root, groups, roles (service-linked ones
//! and those of Identity Center included), customer managed policies (none of AWS's own), identity providers of both kinds,
//! and server certificates. `metricFilterCount` of a log group is the number of its metric filters. A multi-Region trail has
//! a shadow in every region that is enabled by default; in one that was opted into it may come hours later. An organization's
//! tree holds each of its accounts once, suspended ones too. A region's instances and the interfaces attached to them name
//! each other, and an interface names its VPC.

use std::collections::{BTreeMap, BTreeSet};

use kickoff_evidence::EvidenceRef;

use crate::need::{AccountFacts, GlobalFacts, Need, RegionalFacts};
use crate::tie::Tie;

const DETAILS: &str = "iam:GetAccountAuthorizationDetails";
const SUMMARY: &str = "iam:GetAccountSummary";
const ACCOUNTS: &str = "organizations:ListAccounts";
const TREE: &str = "organizations:ListAccountsForParent";
const TARGETS: &str = "organizations:ListTargetsForPolicy";
const INTERFACES: &str = "ec2:DescribeNetworkInterfaces";
const INSTANCES: &str = "ec2:DescribeInstances";

/// Every population of an account that two of its answers tell, as far as both are known. The credential report is held
/// against the users one by one: see [`crate::iam::CredentialReport::hold_against`].
#[must_use]
pub fn ties(facts: &AccountFacts) -> Vec<Tie> {
    let mut ties = Vec::new();
    summary(&facts.global, &mut ties);
    details(&facts.global, &mut ties);
    devices(&facts.global, &mut ties);
    organization(facts, &mut ties);
    trails(facts, &mut ties);
    for (name, region) in &facts.regions {
        let first = ties.len();
        metric_filters(region, &mut ties);
        network(region, &mut ties);
        directory(region, &mut ties);
        guardduty(region, &mut ties);
        let regional = ties.split_off(first);
        ties.extend(regional.into_iter().map(|tie| tie.within(name)));
    }
    // Where both answers are empty, they say nothing that a reader misses.
    ties.retain(|tie| tie.region.is_none() || tie.total.counted > 0 || !tie.total.ties());
    ties
}

/// AWS's own count of the account's entities.
fn summary(global: &GlobalFacts, ties: &mut Vec<Tie>) {
    let Ok(summary) = global.account_summary.get() else { return };
    let second = global.account_summary.evidence();
    let mut count = |population, by, counted: usize, expected, families: &[Need], evidence: &[EvidenceRef]| {
        let tie = Tie::counted(population, (by, counted as u64), (SUMMARY, expected), families);
        ties.push(tie.told_by(&[Need::AccountSummary]).under(&[evidence, second]));
    };
    if let Ok(all) = global.authorization.get() {
        let evidence = global.authorization.evidence();
        let own = all.policies.iter().filter(|policy| !policy.is_aws_managed()).count();
        let families = [Need::Authorization];
        count("IAM users", DETAILS, all.users.len(), summary.users, &families, evidence);
        count("IAM groups", DETAILS, all.groups.len(), summary.groups, &families, evidence);
        if let Some(roles) = summary.roles {
            count("IAM roles", DETAILS, all.roles.len(), roles, &families, evidence);
        }
        count("customer managed policies", DETAILS, own, summary.policies, &families, evidence);
    }
    if let (Some(expected), Ok(saml), Ok(oidc)) =
        (summary.providers, global.saml_providers.get(), global.oidc_providers.get())
    {
        let by = "iam:ListSAMLProviders and iam:ListOpenIDConnectProviders";
        let evidence = [global.saml_providers.evidence(), global.oidc_providers.evidence()].concat();
        let families = [Need::SamlProviders, Need::OidcProviders];
        count("identity providers", by, saml.len() + oidc.len(), expected, &families, &evidence);
    }
    if let (Some(expected), Ok(found)) = (summary.server_certificates, global.server_certificates.get()) {
        let (by, evidence) = ("iam:ListServerCertificates", global.server_certificates.evidence());
        count("server certificates", by, found.len(), expected, &[Need::ServerCertificates], evidence);
    }
}

/// The groups that users belong to, and the policies that principals hold, against those that are listed.
fn details(global: &GlobalFacts, ties: &mut Vec<Tie>) {
    let Ok(all) = global.authorization.get() else { return };
    let evidence = global.authorization.evidence();
    let mut spoken = |population, list: BTreeSet<&str>, of: BTreeSet<&str>| {
        let same = "principals in the same answer";
        let tie = Tie::spoken_of(population, (DETAILS, &list), (same, &of), &[Need::Authorization]);
        // One answer that speaks of what it lists is no second count: it is told where it does not hold.
        if !tie.total.ties() {
            ties.push(tie.under(&[evidence]));
        }
    };
    spoken(
        "IAM groups that users belong to",
        all.groups.iter().map(|group| group.name.as_str()).collect(),
        all.users.iter().flat_map(|user| &user.groups).map(String::as_str).collect(),
    );
    let users = all.users.iter().flat_map(|user| user.attached.iter().chain(&user.boundary));
    let roles = all.roles.iter().flat_map(|role| role.attached.iter().chain(&role.boundary));
    let groups = all.groups.iter().flat_map(|group| &group.attached);
    // AWS's own are not all told, though somebody holds them: not those that were withdrawn, nor those that only bound.
    let customers = |arn: &&str| !arn.contains(":iam::aws:");
    spoken(
        "customer managed policies that principals hold",
        all.policies.iter().map(|policy| policy.arn.as_str()).collect(),
        users.chain(roles).chain(groups).map(String::as_str).filter(customers).collect(),
    );
}

/// Virtual MFA devices: the list of them all, and the lists of the users who were asked.
fn devices(global: &GlobalFacts, ties: &mut Vec<Tie>) {
    let (Ok(listed), Ok(of_users)) = (global.virtual_mfa_devices.get(), global.user_mfa_devices.get()) else { return };
    let known = of_users.iter().filter_map(|of_user| Some((of_user.user.as_str(), of_user.devices.get().ok()?)));
    let asked: BTreeMap<&str, &Vec<String>> = known.collect();
    let is_virtual = |serial: &&str| serial.split(':').nth(5).is_some_and(|resource| resource.starts_with("mfa/"));
    let by_user: BTreeSet<&str> = asked.values().copied().flatten().map(String::as_str).filter(is_virtual).collect();
    let holder = |arn: &str| arn.rsplit('/').next().map(str::to_owned);
    let of_asked = listed.iter().filter(|device| {
        device.user_arn.as_deref().and_then(holder).is_some_and(|user| asked.contains_key(user.as_str()))
    });
    let in_list: BTreeSet<&str> = of_asked.map(|device| device.serial.as_str()).collect();
    let families = [Need::VirtualMfaDevices, Need::UserMfaDevices];
    let evidence: Vec<EvidenceRef> = of_users.iter().flat_map(|of_user| of_user.devices.evidence()).copied().collect();
    ties.push(
        Tie::listed(
            "virtual MFA devices of users with a password",
            ("iam:ListVirtualMFADevices", &in_list),
            ("iam:ListMFADevices", &by_user),
            &families,
        )
        .under(&[global.virtual_mfa_devices.evidence(), &evidence]),
    );
}

/// The accounts of the organization as a list and as a tree; who is spoken of as a delegated administrator or as the target
/// of a policy is in them.
fn organization(facts: &AccountFacts, ties: &mut Vec<Tie>) {
    let global = &facts.global;
    let members = global.members.get().ok().and_then(Option::as_ref);
    let accounts: Option<BTreeSet<&str>> =
        members.map(|members| members.iter().map(|member| member.id.as_str()).collect());
    let tree = global.organization_tree.get().ok().and_then(Option::as_ref);
    let placed: Option<BTreeSet<&str>> =
        tree.map(|tree| tree.iter().flat_map(|node| &node.accounts).map(String::as_str).collect());
    let nodes: Option<BTreeSet<&str>> = tree.map(|tree| tree.iter().map(|node| node.id.as_str()).collect());
    let (of_members, of_tree) = (global.members.evidence(), global.organization_tree.evidence());
    if let (Some(accounts), Some(placed)) = (&accounts, &placed) {
        let tie = |lacking: &[Need]| {
            Tie::listed("accounts of the organization", (ACCOUNTS, accounts), (TREE, placed), lacking)
                .under(&[of_members, of_tree])
        };
        let mut lacking = Vec::new();
        if !placed.is_subset(accounts) {
            lacking.push(Need::Members);
        }
        if !accounts.is_subset(placed) {
            lacking.push(Need::OrganizationTree);
        }
        ties.push(tie(&lacking).told_by(&[Need::Members, Need::OrganizationTree]));
    }
    let mut spoken = |population: &str,
                      list: (&str, &BTreeSet<&str>),
                      of: (&str, BTreeSet<&str>),
                      (lacking, from): (Need, Need),
                      evidence: [&[EvidenceRef]; 2]| {
        let tie = Tie::spoken_of(population, list, (of.0, &of.1), &[lacking]);
        if !tie.total.ties() {
            ties.push(tie.told_by(&[from]).under(&evidence));
        }
    };
    if let (Some(accounts), Ok(Some(organization))) = (&accounts, global.organization.get()) {
        let own = BTreeSet::from([organization.management_account.as_str(), facts.account.as_str()]);
        let (call, evidence) = ("organizations:DescribeOrganization", global.organization.evidence());
        let population = "the management account and the account itself, among the organization's";
        let families = (Need::Members, Need::Organization);
        spoken(population, (ACCOUNTS, accounts), (call, own), families, [of_members, evidence]);
    }
    if let (Some(accounts), Ok(Some(delegated))) = (&accounts, global.delegated_administrators.get()) {
        let of = delegated.iter().map(|one| one.id.as_str()).collect();
        let call = "organizations:ListDelegatedAdministrators";
        let both = [of_members, global.delegated_administrators.evidence()];
        let families = (Need::Members, Need::DelegatedAdministrators);
        spoken("delegated administrators", (ACCOUNTS, accounts), (call, of), families, both);
    }
    if let Ok(Some(policies)) = global.organization_policies.get() {
        let targets: Vec<&str> =
            policies.iter().filter_map(|policy| policy.targets.get().ok()).flatten().map(String::as_str).collect();
        let evidence = global.organization_policies.evidence();
        let (from, is_account) = (Need::OrganizationPolicies, |id: &&&str| id.bytes().all(|b| b.is_ascii_digit()));
        if let Some(accounts) = &accounts {
            let of = targets.iter().filter(is_account).copied().collect();
            let population = "accounts that a policy is attached to";
            spoken(population, (ACCOUNTS, accounts), (TARGETS, of), (Need::Members, from), [of_members, evidence]);
        }
        if let Some(nodes) = &nodes {
            let of = targets.iter().filter(|id| !is_account(id)).copied().collect();
            let population = "units that a policy is attached to";
            let call = "organizations:ListOrganizationalUnitsForParent";
            spoken(population, (call, nodes), (TARGETS, of), (Need::OrganizationTree, from), [of_tree, evidence]);
        }
    }
}

/// A multi-Region trail is listed in its home region and, as a shadow, in every other.
fn trails(facts: &AccountFacts, ties: &mut Vec<Tie>) {
    let known = |name: &String| facts.regions.get(name).and_then(|region| region.trails.get().ok());
    let mut everywhere: BTreeMap<&str, (&str, BTreeSet<EvidenceRef>)> = BTreeMap::new();
    for (name, region) in &facts.regions {
        for trail in known(name).into_iter().flatten().filter(|trail| trail.multi_region) {
            let at = everywhere.entry(&trail.arn).or_insert((&trail.home_region, BTreeSet::new()));
            at.1.extend(region.trails.evidence().first());
        }
    }
    // What is known of a region's opting in; a region that is not listed may have been opted into.
    let by_default: BTreeSet<&str> = facts
        .global
        .all_regions
        .get()
        .into_iter()
        .flatten()
        .filter(|region| region.status == "ENABLED_BY_DEFAULT")
        .map(|region| region.name.as_str())
        .collect();
    for (name, region) in &facts.regions {
        let Some(trails) = known(name) else { continue };
        let shadows = |home: &str| home == name || by_default.contains(name.as_str());
        let expected: Vec<(&&str, &(&str, BTreeSet<EvidenceRef>))> =
            everywhere.iter().filter(|(_, (home, _))| shadows(home)).collect();
        let of: BTreeSet<&str> = expected.iter().map(|(arn, _)| **arn).collect();
        let here: BTreeSet<&str> = trails.iter().map(|trail| trail.arn.as_str()).collect();
        let call = "cloudtrail:DescribeTrails";
        let elsewhere = "cloudtrail:DescribeTrails in other regions";
        let tie = Tie::spoken_of("multi-Region trails", (call, &here), (elsewhere, &of), &[Need::Trails]);
        let others: Vec<EvidenceRef> = expected.iter().flat_map(|(_, (_, evidence))| evidence).copied().collect();
        // Regions that agree are told once, by their trails.
        if !tie.total.ties() {
            ties.push(tie.within(name).under(&[region.trails.evidence(), &others]));
        }
    }
}

/// The metric filters of a region, group by group.
fn metric_filters(region: &RegionalFacts, ties: &mut Vec<Tie>) {
    let (Ok(groups), Ok(filters)) = (region.log_groups.get(), region.metric_filters.get()) else { return };
    let mut of_group: BTreeMap<&str, u64> = BTreeMap::new();
    for filter in filters {
        *of_group.entry(&filter.log_group).or_default() += 1;
    }
    let evidence = [region.metric_filters.evidence(), region.log_groups.evidence()];
    let (by, counts) = ("logs:DescribeMetricFilters", "logs:DescribeLogGroups");
    // The groups that have filters are groups.
    let names: BTreeSet<&str> = groups.iter().map(|group| group.name.as_str()).collect();
    let with_filters: BTreeSet<&str> = of_group.keys().copied().collect();
    let groups_tie =
        Tie::spoken_of("log groups with metric filters", (counts, &names), (by, &with_filters), &[Need::LogGroups]);
    if !groups_tie.total.ties() {
        ties.push(groups_tie.told_by(&[Need::MetricFilters]).under(&evidence));
    }
    let read = |name: &str| of_group.get(name).copied().unwrap_or_default();
    // A count that is late says nothing of what was read beyond it: nothing is lost.
    let counted: Vec<_> =
        groups.iter().filter_map(|group| Some((group, group.metric_filters?.max(read(&group.name))))).collect();
    let expected: u64 = counted.iter().map(|(_, expected)| expected).sum();
    let found: u64 = counted.iter().map(|(group, _)| read(&group.name)).sum();
    if counted.is_empty() {
        return;
    }
    let mut tie = Tie::counted("metric filters", (by, found), (counts, expected), &[Need::MetricFilters]);
    let differ = |(group, expected): &&(&crate::logging::LogGroup, u64)| read(&group.name) != *expected;
    let name = |(group, expected): &(&crate::logging::LogGroup, u64)| {
        format!("{} of {expected} filters of {}", read(&group.name), group.name)
    };
    tie.total.missing = counted.iter().filter(differ).map(name).collect();
    ties.push(tie.told_by(&[Need::LogGroups]).under(&evidence));
}

/// Instances, the interfaces attached to them, and the VPCs of these.
fn network(region: &RegionalFacts, ties: &mut Vec<Tie>) {
    let Ok(interfaces) = region.network_interfaces.get() else { return };
    let second = region.network_interfaces.evidence();
    if let Ok(vpcs) = region.vpcs.get() {
        let list = vpcs.iter().map(|vpc| vpc.id.as_str()).collect();
        let of: BTreeSet<&str> =
            interfaces.iter().map(|interface| interface.vpc.as_str()).filter(|vpc| !vpc.is_empty()).collect();
        let tie = Tie::spoken_of("VPCs in use", ("ec2:DescribeVpcs", &list), (INTERFACES, &of), &[Need::Vpcs]);
        ties.push(tie.told_by(&[Need::NetworkInterfaces]).under(&[region.vpcs.evidence(), second]));
    }
    if let Ok(instances) = region.instances.get() {
        let first = region.instances.evidence();
        let list = instances.iter().map(|instance| instance.id.as_str()).collect();
        let of = interfaces.iter().filter_map(|interface| interface.instance.as_deref()).collect();
        let tie = Tie::spoken_of("instances in use", (INSTANCES, &list), (INTERFACES, &of), &[Need::Instances]);
        ties.push(tie.told_by(&[Need::NetworkInterfaces]).under(&[first, second]));
        let list = interfaces.iter().map(|interface| interface.id.as_str()).collect();
        let there = instances.iter().filter(|instance| instance.exists());
        let of: BTreeSet<&str> = there.flat_map(|instance| &instance.interfaces).map(String::as_str).collect();
        let population = "network interfaces of instances";
        let tie = Tie::spoken_of(population, (INTERFACES, &list), (INSTANCES, &of), &[Need::NetworkInterfaces]);
        ties.push(tie.told_by(&[Need::Instances]).under(&[second, first]));
    }
}

/// The directory's people: those who are in its groups are people of it. The directory ends a membership with its user, but
/// not an assignment, so that assignments to nobody are no contradiction.
fn directory(region: &RegionalFacts, ties: &mut Vec<Tie>) {
    let (Ok(Some(users)), Ok(Some(groups))) = (region.directory_users.get(), region.directory_groups.get()) else {
        return;
    };
    let list = users.iter().map(|user| user.id.as_str()).collect();
    let known = groups.iter().filter(|group| group.members.get().is_ok());
    let of = known.clone().filter_map(|group| group.members.get().ok()).flatten().map(String::as_str).collect();
    let evidence: Vec<EvidenceRef> = known.flat_map(|group| group.members.evidence()).copied().collect();
    let (by, memberships) = ("identitystore:ListUsers", "identitystore:ListGroupMemberships");
    let population = "people in groups of the directory";
    let tie = Tie::spoken_of(population, (by, &list), (memberships, &of), &[Need::DirectoryUsers]);
    ties.push(tie.told_by(&[Need::DirectoryGroups]).under(&[region.directory_users.evidence(), &evidence]));
}

/// The open high findings of GuardDuty, listed by themselves and among all.
fn guardduty(region: &RegionalFacts, ties: &mut Vec<Tie>) {
    const HIGH: u32 = 70;
    let (Ok(Some(open)), Ok(Some(all))) = (region.guardduty_findings.get(), region.guardduty_history.get()) else {
        return;
    };
    let list: BTreeSet<&str> = open.iter().map(|finding| finding.id.as_str()).collect();
    let among = all.iter().filter(|finding| finding.severity >= HIGH && !finding.archived);
    let among: BTreeSet<&str> = among.map(|finding| finding.id.as_str()).collect();
    let mut lacking = Vec::new();
    if !among.is_subset(&list) {
        lacking.push(Need::GuardDutyFindings);
    }
    if !list.is_subset(&among) {
        lacking.push(Need::GuardDutyHistory);
    }
    let (by, second) = ("guardduty:ListFindings (high and open)", "guardduty:ListFindings (all)");
    let tie = Tie::listed("open high GuardDuty findings", (by, &list), (second, &among), &lacking);
    let both = [Need::GuardDutyFindings, Need::GuardDutyHistory];
    ties.push(tie.told_by(&both).under(&[region.guardduty_findings.evidence(), region.guardduty_history.evidence()]));
}

#[cfg(test)]
mod tests;
