//! Collectors: one module a service, filling the fact families that the selected checks need.

mod accessanalyzer;
mod account;
mod activity;
mod cloudtrail;
mod cloudwatch;
mod config;
mod credential_report;
mod ec2;
mod ecr;
mod events;
mod guardduty;
mod iam;
mod iam_credentials;
mod identity_center;
mod inspector;
mod json;
mod kms;
mod lambda;
mod logs;
mod oam;
mod organizations;
mod query;
mod s3;
mod securityhub;
mod shared;
mod sns;
mod sqs;
mod ssm;
mod totals;

use std::collections::BTreeMap;

use futures::FutureExt as _;
use futures::future::{LocalBoxFuture, join_all};
use jiff::Timestamp;
use kickoff_evidence::{AccountRecord, ItemKey, Outcome, Register};
use kickoff_facts::{AccountFacts, Gap, GapKind, GlobalFacts, Need, RegionalFacts};

use crate::session::Session;

/// Which regions to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestedRegions {
    /// Every region that the account has enabled.
    Enabled,
    /// These, as far as they are enabled.
    Named(Vec<String>),
    /// Exactly these and those found disabled: what a recorded run did.
    Recorded {
        /// Asked.
        enabled: Vec<String>,
        /// In scope, and not enabled.
        disabled: Vec<String>,
    },
}

/// What was collected of an account.
#[derive(Debug)]
pub struct Collected {
    /// The facts.
    pub facts: AccountFacts,
    /// Regions in scope that do not exist in the partition, sorted.
    pub unknown_regions: Vec<String>,
}

/// Puts what was collected in its place.
type Store = Box<dyn FnOnce(&mut AccountFacts)>;

/// Collects fact families of one account.
pub async fn collect(session: &Session, needs: &[Need], regions: &RequestedRegions) -> Collected {
    let mut facts = AccountFacts {
        account: session.account().to_owned(),
        partition: session.partition().to_owned(),
        as_of: session.started(),
        caller: session.caller().to_owned(),
        home_region: session.home_region().to_owned(),
        disabled_regions: Vec::new(),
        global: GlobalFacts::default(),
        regions: BTreeMap::new(),
        control_totals: Vec::new(),
    };
    account::caller(session).await;
    // The scope depends on which regions are enabled, whatever the checks need.
    facts.global.all_regions = account::regions(session).await;
    let unknown_regions = scope(session, &mut facts, regions);
    if !unknown_regions.is_empty() {
        return Collected { facts, unknown_regions };
    }
    for level in levels(needs) {
        let work: Vec<LocalBoxFuture<'_, Store>> = level.iter().flat_map(|need| plan(session, &facts, *need)).collect();
        let stores = join_all(work).await;
        for store in stores {
            store(&mut facts);
        }
    }
    facts.control_totals = totals::tie(&facts);
    Collected { facts, unknown_regions }
}

/// The facts of an account that could not be entered: every family is a gap, with the reason.
#[must_use]
pub fn unreachable(account: &AccountRecord, as_of: Timestamp, reason: &str, register: &Register) -> AccountFacts {
    let key = ItemKey {
        account: account.id.clone(),
        region: account.home_region.clone(),
        service: "sts".to_owned(),
        operation: "AssumeRole".to_owned(),
        parameters: BTreeMap::new(),
    };
    let item = register.open(&account.partition, key);
    let gap = Gap {
        kind: GapKind::Denied,
        call: "sts:AssumeRole".to_owned(),
        region: account.home_region.clone(),
        message: reason.to_owned(),
        evidence: Some(item),
    };
    register.close(item, Outcome::Gap(gap.clone()));
    let (mut global, mut regional) = (GlobalFacts::default(), RegionalFacts::default());
    for need in Need::ALL {
        global.set_gap(*need, gap.clone());
        regional.set_gap(*need, gap.clone());
    }
    AccountFacts {
        account: account.id.clone(),
        partition: account.partition.clone(),
        as_of,
        caller: String::new(),
        home_region: account.home_region.clone(),
        disabled_regions: Vec::new(),
        global,
        regions: BTreeMap::from([(account.home_region.clone(), regional)]),
        control_totals: Vec::new(),
    }
}

/// Decides which regions are asked; returns those that do not exist.
fn scope(session: &Session, facts: &mut AccountFacts, requested: &RequestedRegions) -> Vec<String> {
    let known = facts.global.all_regions.get().cloned().ok();
    let mut unknown = Vec::new();
    let mut asked: Vec<String> = Vec::new();
    match (requested, &known) {
        (RequestedRegions::Recorded { enabled, disabled }, _) => {
            asked.clone_from(enabled);
            facts.disabled_regions.clone_from(disabled);
        }
        (RequestedRegions::Enabled, Some(known)) => {
            asked.extend(known.iter().filter(|r| r.is_enabled()).map(|r| r.name.clone()));
        }
        // Which regions are enabled is not known: the home region at least is.
        (RequestedRegions::Enabled, None) => asked.push(session.home_region().to_owned()),
        (RequestedRegions::Named(names), known) => {
            for name in names {
                match known.as_ref().map(|known| known.iter().find(|r| r.name == *name)) {
                    Some(None) => unknown.push(name.clone()),
                    Some(Some(region)) if !region.is_enabled() => facts.disabled_regions.push(name.clone()),
                    Some(Some(_)) | None => asked.push(name.clone()),
                }
            }
        }
    }
    facts.disabled_regions.sort();
    facts.disabled_regions.dedup();
    facts.regions = asked.into_iter().map(|name| (name, RegionalFacts::default())).collect();
    unknown
}

/// The families in the order in which they can be collected: each level needs only those before it.
fn levels(needs: &[Need]) -> Vec<Vec<Need>> {
    let mut left: Vec<Need> =
        Need::closure(needs.iter().copied()).into_iter().filter(|n| *n != Need::Regions).collect();
    let mut levels = Vec::new();
    while !left.is_empty() {
        let (now, later): (Vec<Need>, Vec<Need>) =
            left.iter().partition(|need| need.after().iter().all(|before| !left.contains(before)));
        if now.is_empty() {
            // The table has a circle; a test would have caught it.
            levels.push(later);
            break;
        }
        levels.push(now);
        left = later;
    }
    levels
}

/// The work of one family: one future for a global family, one a region for a regional one.
fn plan<'a>(session: &'a Session, facts: &'a AccountFacts, need: Need) -> Vec<LocalBoxFuture<'a, Store>> {
    macro_rules! global {
        ($field:ident, $work:expr) => {{
            let work = $work;
            vec![
                async move {
                    let value = work.await;
                    Box::new(move |facts: &mut AccountFacts| facts.global.$field = value) as Store
                }
                .boxed_local(),
            ]
        }};
    }
    macro_rules! regional {
        ($field:ident, |$region:ident, $known:ident| $work:expr) => {
            facts
                .regions
                .iter()
                .map(|(name, known)| {
                    let ($region, $known): (&str, &RegionalFacts) = (name, known);
                    let work = $work;
                    let name = name.clone();
                    async move {
                        let value = work.await;
                        Box::new(move |facts: &mut AccountFacts| {
                            if let Some(region) = facts.regions.get_mut(&name) {
                                region.$field = value;
                            }
                        }) as Store
                    }
                    .boxed_local()
                })
                .collect()
        };
    }
    let g = &facts.global;
    match need {
        Need::Regions => Vec::new(),
        Need::Aliases => global!(aliases, iam::aliases(session)),
        Need::AlternateContacts => global!(alternate_contacts, account::alternate_contacts(session)),
        Need::PrimaryContact => global!(primary_contact, account::primary_contact(session)),
        Need::Organization => global!(organization, organizations::organization(session)),
        Need::Members => global!(members, organizations::members(session, g)),
        Need::OrganizationRoot => global!(organization_root, organizations::root(session, g)),
        Need::OrganizationTree => global!(organization_tree, organizations::tree(session, g)),
        Need::OrganizationPolicies => global!(organization_policies, organizations::policies(session, g)),
        Need::DelegatedAdministrators => {
            global!(delegated_administrators, organizations::delegated_administrators(session, g))
        }
        Need::AccountSummary => global!(account_summary, iam::account_summary(session)),
        Need::CredentialReport => global!(credential_report, credential_report::collect(session)),
        Need::Authorization => global!(authorization, iam::authorization(session)),
        Need::PasswordPolicy => global!(password_policy, iam::password_policy(session)),
        Need::VirtualMfaDevices => global!(virtual_mfa_devices, iam::virtual_mfa_devices(session)),
        Need::UserMfaDevices => global!(user_mfa_devices, iam::user_mfa_devices(session, g)),
        Need::RootManagement => global!(root_management, iam::root_management(session, g)),
        Need::SamlProviders => global!(saml_providers, iam::saml_providers(session)),
        Need::OidcProviders => global!(oidc_providers, iam::oidc_providers(session)),
        Need::ServerCertificates => global!(server_certificates, iam::server_certificates(session)),
        Need::ServiceCredentials => global!(service_credentials, iam_credentials::of_services(session)),
        Need::UserSshKeys => global!(user_ssh_keys, iam_credentials::ssh_keys(session, g)),
        Need::Buckets => global!(buckets, s3::buckets(session)),
        Need::LogBuckets => global!(log_buckets, s3::log_buckets(session, facts)),
        Need::Trails => vec![
            async move {
                let mut trails = cloudtrail::trails(session, facts.regions.keys()).await;
                Box::new(move |facts: &mut AccountFacts| {
                    for (name, region) in &mut facts.regions {
                        if let Some(found) = trails.remove(name) {
                            region.trails = found;
                        }
                    }
                }) as Store
            }
            .boxed_local(),
        ],
        Need::RootEvents => regional!(root_events, |region, _known| activity::root_events(session, region, g)),
        Need::ChangeEvents => regional!(change_events, |region, _known| activity::change_events(session, region)),
        Need::LogGroups => regional!(log_groups, |region, _known| logs::log_groups(session, region)),
        Need::MetricFilters => regional!(metric_filters, |region, _known| logs::metric_filters(session, region)),
        Need::LogResourcePolicies => {
            regional!(log_resource_policies, |region, _known| logs::resource_policies(session, region))
        }
        Need::AccountSubscriptions => {
            regional!(account_subscriptions, |region, _known| logs::account_subscriptions(session, region))
        }
        Need::SecurityLogGroups => {
            regional!(security_log_groups, |region, known| logs::security_log_groups(session, region, known))
        }
        Need::Alarms => regional!(alarms, |region, _known| cloudwatch::alarms(session, region)),
        Need::AlarmHistory => regional!(alarm_history, |region, _known| cloudwatch::history(session, region)),
        Need::Rules => regional!(rules, |region, _known| events::rules(session, region)),
        Need::Topics => regional!(topics, |region, known| sns::topics(session, region, known)),
        Need::LogKeys => regional!(log_keys, |region, known| kms::log_keys(session, region, known)),
        Need::Recorders => regional!(recorders, |region, _known| config::recorders(session, region)),
        Need::DeliveryChannels => {
            regional!(delivery_channels, |region, _known| config::delivery_channels(session, region))
        }
        Need::ConfigRetention => regional!(config_retention, |region, _known| config::retention(session, region)),
        Need::Aggregators => regional!(aggregators, |region, _known| config::aggregators(session, region)),
        Need::ConfigRules => regional!(config_rules, |region, _known| config::rules(session, region)),
        Need::Detectors => regional!(detectors, |region, _known| guardduty::detectors(session, region)),
        Need::GuardDutyFindings => {
            regional!(guardduty_findings, |region, known| guardduty::findings(session, region, known))
        }
        Need::GuardDutyHistory => {
            regional!(guardduty_history, |region, known| guardduty::history(session, region, known))
        }
        Need::GuardDutyAdministrator => {
            regional!(guardduty_administrator, |region, known| guardduty::administrator(session, region, known))
        }
        Need::GuardDutyOrganization => {
            regional!(guardduty_organization, |region, _known| guardduty::organization(session, region, g))
        }
        Need::GuardDutyAutoEnable => {
            regional!(guardduty_auto_enable, |region, known| guardduty::auto_enable(session, region, known, g))
        }
        Need::Analyzers => regional!(analyzers, |region, _known| accessanalyzer::analyzers(session, region)),
        Need::Vpcs => regional!(vpcs, |region, _known| ec2::vpcs(session, region)),
        Need::NetworkInterfaces => {
            regional!(network_interfaces, |region, _known| ec2::network_interfaces(session, region))
        }
        Need::Instances => regional!(instances, |region, _known| ec2::instances(session, region)),
        Need::FlowLogs => regional!(flow_logs, |region, _known| ec2::flow_logs(session, region)),
        Need::SecurityHub => regional!(security_hub, |region, _known| securityhub::hub(session, region)),
        Need::SecurityHubFindings => {
            regional!(security_hub_findings, |region, known| securityhub::findings(session, region, known))
        }
        Need::SecurityHubOrganization => {
            regional!(security_hub_organization, |region, _known| securityhub::organization(session, region, g))
        }
        Need::FindingAggregators => {
            regional!(finding_aggregators, |region, known| securityhub::aggregators(session, region, known))
        }
        Need::IdentityCenters => {
            regional!(identity_centers, |region, _known| identity_center::instances(session, region))
        }
        Need::PermissionSets => {
            regional!(permission_sets, |region, known| identity_center::permission_sets(session, region, known, g))
        }
        Need::Assignments => {
            regional!(assignments, |region, known| identity_center::assignments(session, region, known, g))
        }
        Need::DirectoryUsers => {
            regional!(directory_users, |region, known| identity_center::users(session, region, known, g))
        }
        Need::DirectoryGroups => {
            regional!(directory_groups, |region, known| identity_center::groups(session, region, known, g))
        }
        Need::Functions => regional!(functions, |region, _known| lambda::functions(session, region)),
        Need::Repositories => regional!(repositories, |region, _known| ecr::repositories(session, region)),
        Need::Inspector => regional!(inspector, |region, _known| inspector::status(session, region)),
        Need::InspectorNotScanned => {
            regional!(inspector_not_scanned, |region, known| inspector::not_scanned(session, region, known))
        }
        Need::Vulnerabilities => {
            regional!(vulnerabilities, |region, known| inspector::findings(session, region, known))
        }
        Need::SharingLinks => regional!(sharing_links, |region, _known| oam::links(session, region)),
        Need::SessionPreferences => regional!(session_preferences, |region, _known| ssm::preferences(session, region)),
        Need::Databases => regional!(databases, |region, _known| query::databases(session, region)),
        Need::LoadBalancers => regional!(load_balancers, |region, _known| query::load_balancers(session, region)),
        Need::Queues => regional!(queues, |region, _known| sqs::queues(session, region)),
    }
}
