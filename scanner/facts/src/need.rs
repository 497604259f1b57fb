//! Fact families: what a check can ask for, and which operations tell it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::Analyzer;
use crate::activity::EventHistory;
use crate::compute::{Database, Instance};
use crate::detection::{
    Aggregator, ConfigRule, DeliveryChannel, Detector, DiscoveredCount, Finding, FindingAggregator,
    GuardDutyAdministration, GuardDutyMembership, Hub, Recorder,
};
use crate::iam::{
    AccountSummary, Authorization, CredentialReport, MfaDevice, OidcProvider, PasswordPolicy, RootManagement,
    ServerCertificate, ServiceCredential, UserMfa, UserSshKeys,
};
use crate::identity_center::{DirectoryGroup, DirectoryUser, IdentityCenter, PermissionSet, PermissionSetAssignments};
use crate::inspector::{Inspector, NotScanned, Vulnerabilities};
use crate::logging::{
    AccountSubscription, Alarm, AlarmHistory, LogGroup, LogGroupPolicy, LogResourcePolicy, MetricFilter, Rule,
    SecurityLogGroup, SessionPreferences, SharingLink, Topic, Trail,
};
use crate::muting::{AlarmMute, HubMuting, Muting};
use crate::network::{FlowLog, NetworkInterface, Vpc};
use crate::operation::Operation;
use crate::organization::{
    AlternateContacts, DelegatedAdministrator, Delegation, MemberAccount, Organization, OrganizationPolicy,
    PrimaryContact, Region, Root, TreeNode,
};
use crate::storage::{Bucket, LogBucket, LogKey, LogTarget};
use crate::{ControlTotal, Observed, View};
use kickoff_evidence::{AccountRecord, Gap};

/// Declares the fact families: a need, its field, its type, the operations that tell it, and the families whose facts
/// say what to ask. Everything that has to agree about a family comes from its one entry.
macro_rules! families {
    (
        global { $( $(#[$gdoc:meta])* $gneed:ident $gfield:ident: $gtype:ty = [$($gop:literal),*] after [$($gafter:ident),*]; )* }
        regional { $( $(#[$rdoc:meta])* $rneed:ident $rfield:ident: $rtype:ty = [$($rop:literal),*] after [$($rafter:ident),*]; )* }
    ) => {
        /// A fact family that a check can declare as its need.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Need {
            $( $(#[$gdoc])* $gneed, )*
            $( $(#[$rdoc])* $rneed, )*
        }

        impl Need {
            /// All families.
            pub const ALL: &'static [Self] = &[$(Self::$gneed,)* $(Self::$rneed,)*];

            /// The ids of the operations that tell the family.
            #[must_use]
            pub fn operation_ids(self) -> &'static [&'static str] {
                match self {
                    $(Self::$gneed => &[$($gop),*],)*
                    $(Self::$rneed => &[$($rop),*],)*
                }
            }

            /// Families that must be collected first, because they say what to ask about.
            #[must_use]
            pub fn after(self) -> &'static [Self] {
                match self {
                    $(Self::$gneed => &[$(Self::$gafter),*],)*
                    $(Self::$rneed => &[$(Self::$rafter),*],)*
                }
            }

            /// Whether the family is asked once for the account, not in each region.
            #[must_use]
            pub fn is_global(self) -> bool {
                matches!(self, $(Self::$gneed)|*)
            }

            /// The field's name in facts files, which is also the name used in `run.json`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$gneed => stringify!($gfield),)*
                    $(Self::$rneed => stringify!($rfield),)*
                }
            }
        }

        /// Facts of an account that belong to no region.
        #[derive(Debug, Clone, Default, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct GlobalFacts { $( $(#[$gdoc])* pub $gfield: Observed<$gtype>, )* }

        /// Facts of an account in one region.
        #[derive(Debug, Clone, Default, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct RegionalFacts { $( $(#[$rdoc])* pub $rfield: Observed<$rtype>, )* }

        impl GlobalFacts {
            /// Puts the same gap in place of a family.
            pub fn set_gap(&mut self, need: Need, gap: Gap) {
                match need { $(Need::$gneed => self.$gfield = gap.into(),)* _ => {} }
            }

            /// Why a family is not known; none for one that is, or that belongs to regions.
            #[must_use]
            pub fn gap(&self, need: Need) -> Option<&Gap> {
                match need { $(Need::$gneed => self.$gfield.get().err(),)* _ => None }
            }

            /// Takes a family over from another reading.
            pub fn adopt(&mut self, need: Need, from: &Self) {
                match need { $(Need::$gneed => self.$gfield = from.$gfield.clone(),)* _ => {} }
            }
        }

        impl RegionalFacts {
            /// Puts the same gap in place of a family.
            pub fn set_gap(&mut self, need: Need, gap: Gap) {
                match need { $(Need::$rneed => self.$rfield = gap.into(),)* _ => {} }
            }

            /// Why a family is not known; none for one that is, or that belongs to no region.
            #[must_use]
            pub fn gap(&self, need: Need) -> Option<&Gap> {
                match need { $(Need::$rneed => self.$rfield.get().err(),)* _ => None }
            }

            /// Takes a family over from another reading.
            pub fn adopt(&mut self, need: Need, from: &Self) {
                match need { $(Need::$rneed => self.$rfield = from.$rfield.clone(),)* _ => {} }
            }
        }

        impl<'a> View<'a> {
            $(
                $(#[$gdoc])*
                ///
                /// # Errors
                /// Why it is not known.
                pub fn $gfield(&self) -> Result<&'a $gtype, Gap> {
                    self.global(Need::$gneed, |facts| &facts.$gfield)
                }
            )*
            $(
                $(#[$rdoc])*
                ///
                /// # Errors
                /// Why it is not known.
                pub fn $rfield(&self) -> Result<&'a $rtype, Gap> {
                    self.regional(Need::$rneed, |facts| &facts.$rfield)
                }
            )*
        }
    };
}

families! {
    global {
        /// The partition's regions and which of them the account has enabled.
        Regions all_regions: Vec<Region> = ["account:ListRegions", "ec2:DescribeRegions"] after [];
        /// The account's aliases.
        Aliases aliases: Vec<String> = ["iam:ListAccountAliases"] after [];
        /// The alternate contacts.
        AlternateContacts alternate_contacts: AlternateContacts = ["account:GetAlternateContact"] after [];
        /// The primary contact.
        PrimaryContact primary_contact: PrimaryContact = ["account:GetContactInformation"] after [];
        /// The organization; none when the account belongs to none.
        Organization organization: Option<Organization> = ["organizations:DescribeOrganization"] after [];
        /// The members of the organization; none where there is no organization.
        Members members: Option<Vec<MemberAccount>> = ["organizations:ListAccounts"] after [Organization];
        /// The organization's root; none where there is no organization.
        OrganizationRoot organization_root: Option<Root> = ["organizations:ListRoots"] after [Organization];
        /// The units of the organization and the accounts in them; none where there is no organization.
        OrganizationTree organization_tree: Option<Vec<TreeNode>> = ["organizations:ListRoots", "organizations:ListOrganizationalUnitsForParent", "organizations:ListAccountsForParent"] after [OrganizationRoot];
        /// Service control, resource control and tag policies; none where there is no organization.
        OrganizationPolicies organization_policies: Option<Vec<OrganizationPolicy>> = ["organizations:ListPolicies", "organizations:DescribePolicy", "organizations:ListTargetsForPolicy"] after [Organization];
        /// Delegated administrators; none where there is no organization.
        DelegatedAdministrators delegated_administrators: Option<Vec<DelegatedAdministrator>> = ["organizations:ListDelegatedAdministrators", "organizations:ListDelegatedServicesForAccount"] after [Organization];
        /// What the organization's resource policy hands out, which only the management account may ask; none elsewhere.
        Delegation delegation: Option<Delegation> = ["organizations:DescribeResourcePolicy"] after [Organization];
        /// AWS's count of IAM entities, and the state of the root user's credentials.
        AccountSummary account_summary: AccountSummary = ["iam:GetAccountSummary"] after [];
        /// The credential report.
        CredentialReport credential_report: CredentialReport = ["iam:GenerateCredentialReport", "iam:GetCredentialReport"] after [];
        /// Every principal and policy.
        Authorization authorization: Authorization = ["iam:GetAccountAuthorizationDetails"] after [];
        /// The password policy; none when the account has AWS's default.
        PasswordPolicy password_policy: Option<PasswordPolicy> = ["iam:GetAccountPasswordPolicy"] after [];
        /// Virtual MFA devices that are assigned.
        VirtualMfaDevices virtual_mfa_devices: Vec<MfaDevice> = ["iam:ListVirtualMFADevices"] after [];
        /// The MFA devices, of all kinds, of users who have a console password and an active device.
        UserMfaDevices user_mfa_devices: Vec<UserMfa> = ["iam:ListMFADevices"] after [CredentialReport];
        /// Central management of the members' root credentials; none where it cannot be on.
        RootManagement root_management: Option<RootManagement> = ["iam:ListOrganizationsFeatures"] after [Organization];
        /// SAML providers, by ARN.
        SamlProviders saml_providers: Vec<String> = ["iam:ListSAMLProviders"] after [];
        /// OpenID Connect providers.
        OidcProviders oidc_providers: Vec<OidcProvider> = ["iam:ListOpenIDConnectProviders", "iam:GetOpenIDConnectProvider"] after [];
        /// Server certificates stored in IAM.
        ServerCertificates server_certificates: Vec<ServerCertificate> = ["iam:ListServerCertificates"] after [];
        /// Credentials of IAM users for one service.
        ServiceCredentials service_credentials: Vec<ServiceCredential> = ["iam:ListServiceSpecificCredentials"] after [];
        /// SSH keys of the IAM users who may pull from CodeCommit or push to it, or hold another credential for it: nobody else's key opens anything.
        UserSshKeys user_ssh_keys: Vec<UserSshKeys> = ["iam:ListSSHPublicKeys"] after [Authorization, ServiceCredentials];
        /// All buckets of the account.
        Buckets buckets: Vec<Bucket> = ["s3:ListBuckets"] after [];
        /// Buckets that hold trails, flow logs or Config history, as far as the scanned regions tell.
        LogBuckets log_buckets: Vec<LogBucket> = ["s3:GetBucketLocation", "s3:GetBucketLogging", "s3:GetPublicAccessBlock", "s3:GetBucketPolicyStatus", "s3:GetBucketPolicy", "s3:GetBucketAcl", "s3:GetBucketVersioning", "s3:GetObjectLockConfiguration", "s3:GetBucketLifecycleConfiguration", "s3:GetBucketEncryption"] after [Buckets, Trails];
        /// The account's buckets that the access logs of trails' buckets go to and that hold no such logs themselves.
        LogTargets log_targets: Vec<LogTarget> = ["s3:GetBucketLocation", "s3:GetBucketPolicy", "s3:GetBucketAcl", "s3:GetObjectLockConfiguration", "s3:GetBucketEncryption"] after [Buckets, Trails, LogBuckets];
    }
    regional {
        /// Trails that the region lists, shadows of other regions' and of the organization's included.
        Trails trails: Vec<Trail> = ["cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors", "cloudtrail:GetInsightSelectors"] after [];
        /// What the root user did.
        RootEvents root_events: EventHistory = ["cloudtrail:LookupEvents"] after [Aliases];
        /// Changes of access, logging, detection and guardrails: those of `changes`. IAM's appear in one region of a partition.
        ChangeEvents change_events: EventHistory = ["cloudtrail:LookupEvents"] after [];
        /// Log groups.
        LogGroups log_groups: Vec<LogGroup> = ["logs:DescribeLogGroups"] after [];
        /// Metric filters.
        MetricFilters metric_filters: Vec<MetricFilter> = ["logs:DescribeMetricFilters"] after [];
        /// Resource policies of CloudWatch Logs that hold for the account in the region.
        LogResourcePolicies log_resource_policies: Vec<LogResourcePolicy> = ["logs:DescribeResourcePolicies"] after [];
        /// Account-wide subscriptions of CloudWatch Logs.
        AccountSubscriptions account_subscriptions: Vec<AccountSubscription> = ["logs:DescribeAccountPolicies"] after [];
        /// The log groups that hold security logs, with their subscriptions.
        SecurityLogGroups security_log_groups: Vec<SecurityLogGroup> = ["logs:DescribeSubscriptionFilters"] after [Trails, FlowLogs];
        /// The resource policies of single log groups, of those that hold security logs: AWS lists them a log group at a time.
        LogGroupPolicies log_group_policies: Vec<LogGroupPolicy> = ["logs:DescribeResourcePolicies"] after [SecurityLogGroups];
        /// Alarms.
        Alarms alarms: Vec<Alarm> = ["cloudwatch:DescribeAlarms"] after [];
        /// Rules that mute alarms, those that are over left out; none is asked for where there is no alarm.
        AlarmMutes alarm_mutes: Vec<AlarmMute> = ["cloudwatch:ListAlarmMuteRules", "cloudwatch:GetAlarmMuteRule"] after [Alarms];
        /// Changes of alarms' states in the last 90 days, as far as CloudWatch keeps them.
        AlarmHistory alarm_history: AlarmHistory = ["cloudwatch:DescribeAlarmHistory"] after [];
        /// Rules on the default bus that have an event pattern.
        Rules rules: Vec<Rule> = ["events:ListRules", "events:ListTargetsByRule"] after [];
        /// Topics of the region that alarms and rules tell, with who may publish to them and what their subscribers take.
        Topics topics: Vec<Topic> = ["sns:ListSubscriptionsByTopic", "sns:GetTopicAttributes", "sns:GetSubscriptionAttributes", "kms:DescribeKey", "kms:GetKeyPolicy"] after [Alarms, Rules];
        /// KMS keys of the region that protect trails and log groups.
        LogKeys log_keys: Vec<LogKey> = ["kms:DescribeKey", "kms:GetKeyRotationStatus", "kms:GetKeyPolicy"] after [Trails, LogGroups];
        /// Config recorders.
        Recorders recorders: Vec<Recorder> = ["config:DescribeConfigurationRecorders", "config:DescribeConfigurationRecorderStatus"] after [];
        /// Config delivery channels.
        DeliveryChannels delivery_channels: Vec<DeliveryChannel> = ["config:DescribeDeliveryChannels", "config:DescribeDeliveryChannelStatus"] after [];
        /// How many days Config keeps history; none when the default of seven years (2557 days) holds.
        ConfigRetention config_retention: Option<u32> = ["config:DescribeRetentionConfigurations"] after [];
        /// Resources by type as AWS Config counts them; none where no recorder records. It counts the types that are recorded, and late.
        DiscoveredCounts discovered_counts: Option<Vec<DiscoveredCount>> = ["config:GetDiscoveredResourceCounts"] after [Recorders];
        /// Config aggregators.
        Aggregators aggregators: Vec<Aggregator> = ["config:DescribeConfigurationAggregators"] after [];
        /// Config rules and what does not comply with them.
        ConfigRules config_rules: Vec<ConfigRule> = ["config:DescribeComplianceByConfigRule", "config:GetComplianceDetailsByConfigRule"] after [];
        /// GuardDuty detectors: one, or none.
        Detectors detectors: Vec<Detector> = ["guardduty:ListDetectors", "guardduty:GetDetector"] after [];
        /// High and critical GuardDuty findings that are not archived; none where there is no detector.
        GuardDutyFindings guardduty_findings: Option<Vec<Finding>> = ["guardduty:ListFindings", "guardduty:GetFindings"] after [Detectors];
        /// All GuardDuty findings that are kept, of any severity and archived ones too; none where there is no detector.
        GuardDutyHistory guardduty_history: Option<Vec<Finding>> = ["guardduty:ListFindings", "guardduty:GetFindings"] after [Detectors];
        /// GuardDuty's filters that archive findings; none where no detector is enabled.
        GuardDutyMuting guardduty_muting: Option<Muting> = ["guardduty:ListFilters", "guardduty:GetFilter"] after [Detectors];
        /// Who runs GuardDuty for this account; none where there is no detector.
        GuardDutyAdministrator guardduty_administrator: Option<GuardDutyAdministration> = ["guardduty:GetAdministratorAccount"] after [Detectors];
        /// GuardDuty's delegated administrators, which only the management account may ask; none elsewhere.
        GuardDutyOrganization guardduty_organization: Option<Vec<String>> = ["guardduty:ListOrganizationAdminAccounts"] after [Organization];
        /// How accounts come under GuardDuty's administrator, which only that account may ask; none elsewhere.
        GuardDutyAutoEnable guardduty_auto_enable: Option<GuardDutyMembership> = ["guardduty:DescribeOrganizationConfiguration"] after [Detectors, GuardDutyAdministrator, Organization];
        /// Access Analyzer's analyzers, their active findings and the rules that archive some.
        Analyzers analyzers: Vec<Analyzer> = ["accessanalyzer:ListAnalyzers", "accessanalyzer:ListFindingsV2", "accessanalyzer:ListArchiveRules"] after [];
        /// VPCs.
        Vpcs vpcs: Vec<Vpc> = ["ec2:DescribeVpcs"] after [];
        /// Network interfaces.
        NetworkInterfaces network_interfaces: Vec<NetworkInterface> = ["ec2:DescribeNetworkInterfaces"] after [];
        /// Instances, those just terminated included.
        Instances instances: Vec<Instance> = ["ec2:DescribeInstances"] after [];
        /// Flow logs.
        FlowLogs flow_logs: Vec<FlowLog> = ["ec2:DescribeFlowLogs"] after [];
        /// Security Hub; none where it is not enabled.
        SecurityHub security_hub: Option<Hub> = ["securityhub:DescribeHub", "securityhub:GetEnabledStandards"] after [];
        /// Critical findings of Security Hub that are active and not resolved; none where it is not enabled.
        SecurityHubFindings security_hub_findings: Option<Vec<Finding>> = ["securityhub:GetFindings"] after [SecurityHub];
        /// Automation rules and controls by which Security Hub leaves findings out; none where it is not enabled.
        SecurityHubMuting security_hub_muting: Option<HubMuting> = ["securityhub:ListAutomationRules", "securityhub:BatchGetAutomationRules", "securityhub:DescribeStandardsControls"] after [SecurityHub];
        /// Security Hub's delegated administrators, which only the management account may ask; none elsewhere.
        SecurityHubOrganization security_hub_organization: Option<Vec<String>> = ["securityhub:ListOrganizationAdminAccounts"] after [Organization];
        /// Security Hub's aggregators, with the regions that they gather; none where it is not enabled.
        FindingAggregators finding_aggregators: Option<Vec<FindingAggregator>> = ["securityhub:ListFindingAggregators", "securityhub:GetFindingAggregator"] after [SecurityHub];
        /// The instances of Identity Center that the region shows to the account.
        IdentityCenters identity_centers: Vec<IdentityCenter> = ["sso-admin:ListInstances"] after [];
        /// The permission sets of the organization's Identity Center, in the region of its instance; none in an account that does not manage an organization.
        PermissionSets permission_sets: Option<Vec<PermissionSet>> = ["sso-admin:ListPermissionSets", "sso-admin:DescribePermissionSet", "sso-admin:ListManagedPoliciesInPermissionSet", "sso-admin:ListCustomerManagedPolicyReferencesInPermissionSet", "sso-admin:GetInlinePolicyForPermissionSet"] after [IdentityCenters, Organization];
        /// Who is assigned each permission set, and where; none in an account that does not manage an organization.
        Assignments assignments: Option<Vec<PermissionSetAssignments>> = ["sso-admin:ListAccountsForProvisionedPermissionSet", "sso-admin:ListAccountAssignments"] after [PermissionSets];
        /// The people in the organization's directory; none in an account that does not manage an organization.
        DirectoryUsers directory_users: Option<Vec<DirectoryUser>> = ["identitystore:ListUsers"] after [IdentityCenters, Organization];
        /// The groups in the organization's directory; none in an account that does not manage an organization.
        DirectoryGroups directory_groups: Option<Vec<DirectoryGroup>> = ["identitystore:ListGroups", "identitystore:ListGroupMemberships"] after [Assignments];
        /// Lambda functions, by ARN.
        Functions functions: Vec<String> = ["lambda:ListFunctions"] after [];
        /// Repositories of container images, by ARN.
        Repositories repositories: Vec<String> = ["ecr:DescribeRepositories"] after [];
        /// What Inspector scans.
        Inspector inspector: Inspector = ["inspector2:BatchGetAccountStatus"] after [];
        /// Resources that Inspector knows of and does not scan; none where it is not enabled.
        InspectorNotScanned inspector_not_scanned: Option<Vec<NotScanned>> = ["inspector2:ListCoverage"] after [Inspector];
        /// The oldest open findings of Inspector that are critical or high; none where it is not enabled.
        Vulnerabilities vulnerabilities: Option<Vulnerabilities> = ["inspector2:ListFindings"] after [Inspector];
        /// Filters by which Inspector suppresses findings; none where it is not enabled.
        InspectorMuting inspector_muting: Option<Muting> = ["inspector2:ListFilters"] after [Inspector];
        /// Links by which CloudWatch data is shared with other accounts.
        SharingLinks sharing_links: Vec<SharingLink> = ["oam:ListLinks"] after [];
        /// The preferences of Session Manager; none where AWS's default holds, which logs nothing.
        SessionPreferences session_preferences: Option<SessionPreferences> = ["ssm:GetDocument"] after [];
        /// Database instances.
        Databases databases: Vec<Database> = ["rds:DescribeDBInstances"] after [];
        /// Application, network and gateway load balancers, by ARN.
        LoadBalancers load_balancers: Vec<String> = ["elbv2:DescribeLoadBalancers"] after [];
        /// Queues of SQS, by URL.
        Queues queues: Vec<String> = ["sqs:ListQueues"] after [];
    }
}

impl Need {
    /// The operations that tell the family.
    pub fn operations(self) -> impl Iterator<Item = &'static Operation> {
        self.operation_ids().iter().filter_map(|id| Operation::get(id))
    }

    /// The family of a name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|need| need.name() == name)
    }

    /// The families and everything that must come before them, sorted.
    #[must_use]
    pub fn closure(needs: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut all: std::collections::BTreeSet<Self> = std::collections::BTreeSet::new();
        let mut open: Vec<Self> = needs.into_iter().collect();
        while let Some(need) = open.pop() {
            if all.insert(need) {
                open.extend(need.after());
            }
        }
        all.into_iter().collect()
    }
}

/// Everything that was read of one account.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountFacts {
    /// Twelve digits.
    pub account: String,
    /// `aws`, `aws-us-gov`, `aws-cn`, ...
    pub partition: String,
    /// The time that ages are reckoned from: when the run began (UTC). A check never asks the clock.
    pub as_of: Timestamp,
    /// Who asked.
    #[serde(default)]
    pub caller: String,
    /// The region of global services.
    #[serde(default)]
    pub home_region: String,
    /// Regions that the scope names and that are not enabled.
    #[serde(default)]
    pub disabled_regions: Vec<String>,
    /// Facts that belong to no region.
    #[serde(default)]
    pub global: GlobalFacts,
    /// Facts of each region that was asked.
    #[serde(default)]
    pub regions: BTreeMap<String, RegionalFacts>,
    /// Second counts, where AWS offers them.
    #[serde(default)]
    pub control_totals: Vec<ControlTotal>,
}

impl AccountFacts {
    /// What a run says of the account that these facts are of.
    #[must_use]
    pub fn record(&self) -> AccountRecord {
        AccountRecord {
            id: self.account.clone(),
            partition: self.partition.clone(),
            home_region: self.home_region.clone(),
            caller: self.caller.clone(),
            regions: self.regions.keys().cloned().collect(),
            disabled_regions: self.disabled_regions.clone(),
            unreachable: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_names_operations_that_exist() {
        for need in Need::ALL {
            assert_eq!(need.operations().count(), need.operation_ids().len(), "{}", need.name());
            assert_eq!(Need::by_name(need.name()), Some(*need));
        }
    }

    #[test]
    fn every_operation_is_told_by_a_family_or_is_the_caller() {
        for op in crate::OPERATIONS {
            let used = Need::ALL.iter().any(|need| need.operation_ids().contains(&op.id));
            assert!(used || op.id == "sts:GetCallerIdentity", "{}", op.id);
        }
    }

    #[test]
    fn closure_reaches_what_must_come_first() {
        let needs = Need::closure([Need::LogKeys]);
        assert_eq!(needs, [Need::Trails, Need::LogGroups, Need::LogKeys]);
    }
}
