//! The API operations that kickoff calls, all of them: the permission each needs, the pace each allows, and what an answer
//! holds.

use crate::answer::List::{self, Always, Either, MayLack, Table};
use crate::answer::Source::{Model, NeverEmpty, Shown, Sibling};
use crate::answer::{Form, Holds};

/// One read-only API operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// `service:Operation`, the name used in coverage, evidence and gaps.
    pub id: &'static str,
    /// The IAM action that allows it, where its name differs from the id.
    action: &'static str,
    /// How many calls a second kickoff allows itself, per account and region.
    pub per_second: u32,
    /// What a successful answer holds.
    pub holds: Holds,
}

impl Operation {
    /// The operation of an id.
    #[must_use]
    pub fn get(id: &str) -> Option<&'static Self> {
        let read = OPERATIONS.binary_search_by(|op| op.id.cmp(id)).ok().map(|at| &OPERATIONS[at]);
        read.or_else(|| WRITES.iter().find(|op| op.id == id))
    }

    /// Stands in for an operation that the table lacks, which is a mistake in a collector.
    #[must_use]
    pub const fn unknown() -> Self {
        op("unknown:Unknown", 1)
    }

    /// The service part of the id.
    #[must_use]
    pub fn service(&self) -> &'static str {
        self.id.split_once(':').map_or(self.id, |(service, _)| service)
    }

    /// The operation part of the id.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.id.split_once(':').map_or(self.id, |(_, name)| name)
    }

    /// The IAM action that allows the operation.
    #[must_use]
    pub fn action(&self) -> &'static str {
        if self.action.is_empty() { self.id } else { self.action }
    }

    const fn query(mut self) -> Self {
        self.holds.form = Form::Query;
        self
    }

    const fn ec2(mut self) -> Self {
        self.holds.form = Form::Ec2;
        self
    }

    const fn xml(mut self, root: &'static str) -> Self {
        self.holds.form = Form::Xml(root);
        self
    }

    const fn lists(mut self, lists: &'static [List]) -> Self {
        self.holds.lists = lists;
        self
    }

    const fn members(mut self, members: &'static [&'static str]) -> Self {
        self.holds.members = members;
        self
    }

    const fn some(mut self) -> Self {
        self.holds.some = true;
        self
    }

    const fn absent(mut self, codes: &'static [&'static str]) -> Self {
        self.holds.absent = codes;
        self
    }
}

const fn op(id: &'static str, per_second: u32) -> Operation {
    Operation { id, action: "", per_second, holds: Holds::UNKNOWN }
}

const fn under(id: &'static str, action: &'static str, per_second: u32) -> Operation {
    Operation { id, action, per_second, holds: Holds::UNKNOWN }
}

/// The calls that write. No collector makes one, no permission for one is asked for: `kickoff push` alone does, when a person
/// says so. Security Hub allows 10 a second.
pub const WRITES: &[Operation] = &[op("securityhub:BatchImportFindings", 8).members(&["FailedCount", "SuccessCount"])];

/// Sorted by id. The pace stays within the quotas that AWS publishes per account and region (CloudTrail 10 a second for
/// describing and 2 for `LookupEvents`, `DescribeAlarms` 9, `DescribeLogGroups` 10, `DescribeMetricFilters` and
/// `DescribeSubscriptionFilters` 5, Security Hub `GetFindings` 3, Identity Center 20 for all its calls), and at a modest figure where it publishes none, so
/// that a scan does not cost the account's own systems their calls. Two take their whole quota while they last, `LookupEvents` and
/// `GetFindings`: of so few a second less would be none.
///
/// Answers that may lack what is counted, and why: AWS leaves the list of queues out where there is none; the list of log alarms
/// is younger than the others; a trail has selectors of one of two kinds; an organization in which nothing of IAM is managed
/// centrally has no features; an account that nobody administers has no administrator (AWS's page of
/// `GetAdministratorAccount`: success, and no content); of what is provisioned Identity Center leaves an empty list out (users of
/// its `ListPermissionSetsProvisionedToAccount` report it). Of one object the members stand here that AWS's pages show in every
/// answer. `IsTruncated` stands where the end of a list is told by it alone.
pub const OPERATIONS: &[Operation] = &[
    under("accessanalyzer:ListAnalyzers", "access-analyzer:ListAnalyzers", 10).lists(&[Always("analyzers", Model)]),
    under("accessanalyzer:ListArchiveRules", "access-analyzer:ListArchiveRules", 10)
        .lists(&[Always("archiveRules", Model)]),
    under("accessanalyzer:ListFindingsV2", "access-analyzer:ListFindings", 10).lists(&[Always("findings", Model)]),
    op("account:GetAlternateContact", 10).members(&["AlternateContact"]).absent(&["ResourceNotFoundException"]),
    op("account:GetContactInformation", 10).members(&["ContactInformation"]),
    op("account:ListRegions", 10).lists(&[Always("Regions", NeverEmpty)]).some(),
    op("cloudtrail:DescribeTrails", 8).lists(&[Always("trailList", Shown)]),
    op("cloudtrail:GetEventSelectors", 8)
        .lists(&[Either("EventSelectors", NeverEmpty), Either("AdvancedEventSelectors", NeverEmpty)])
        .members(&["TrailARN"]),
    op("cloudtrail:GetInsightSelectors", 8)
        .lists(&[Always("InsightSelectors", NeverEmpty)])
        .members(&["TrailARN"])
        .absent(&["InsightNotEnabledException", "InsightNotEnabled"]),
    op("cloudtrail:GetTrailStatus", 8).members(&["IsLogging"]),
    op("cloudtrail:LookupEvents", 2).lists(&[Always("Events", Shown)]),
    op("cloudwatch:DescribeAlarmHistory", 8).lists(&[Always("AlarmHistoryItems", Shown)]),
    op("cloudwatch:DescribeAlarms", 8).lists(&[
        Always("MetricAlarms", Shown),
        Always("CompositeAlarms", Shown),
        MayLack("LogAlarms"),
    ]),
    op("cloudwatch:GetAlarmMuteRule", 8).members(&["Name"]).absent(&["ResourceNotFoundException", "ResourceNotFound"]),
    // Mute rules came at the end of 2025, and not to every region at once.
    op("cloudwatch:ListAlarmMuteRules", 8).lists(&[Always("AlarmMuteRuleSummaries", Sibling)]).absent(&[
        "InvalidAction",
        "UnknownOperationException",
        "UnsupportedOperationException",
    ]),
    op("config:DescribeComplianceByConfigRule", 10).lists(&[Always("ComplianceByConfigRules", Shown)]),
    op("config:DescribeConfigurationAggregators", 10).lists(&[Always("ConfigurationAggregators", Shown)]),
    op("config:DescribeConfigurationRecorderStatus", 10).lists(&[Always("ConfigurationRecordersStatus", Shown)]),
    op("config:DescribeConfigurationRecorders", 10).lists(&[Always("ConfigurationRecorders", Shown)]),
    op("config:DescribeDeliveryChannelStatus", 10).lists(&[Always("DeliveryChannelsStatus", Shown)]),
    op("config:DescribeDeliveryChannels", 10).lists(&[Always("DeliveryChannels", Shown)]),
    op("config:DescribeRetentionConfigurations", 10).lists(&[Always("RetentionConfigurations", Sibling)]),
    op("config:GetComplianceDetailsByConfigRule", 10).lists(&[Always("EvaluationResults", Shown)]),
    op("config:GetDiscoveredResourceCounts", 10)
        .lists(&[Always("resourceCounts", Shown)])
        .members(&["totalDiscoveredResources"]),
    op("ec2:DescribeFlowLogs", 20).ec2().lists(&[Always("flowLogSet/item", Shown)]),
    op("ec2:DescribeInstances", 20).ec2().lists(&[Always("reservationSet/item/instancesSet/item", Shown)]),
    op("ec2:DescribeNetworkInterfaces", 20).ec2().lists(&[Always("networkInterfaceSet/item", Shown)]),
    op("ec2:DescribeRegions", 20).ec2().lists(&[Always("regionInfo/item", NeverEmpty)]).some(),
    op("ec2:DescribeVpcs", 20).ec2().lists(&[Always("vpcSet/item", Shown)]),
    op("ecr:DescribeRepositories", 10).lists(&[Always("repositories", Shown)]),
    under("elbv2:DescribeLoadBalancers", "elasticloadbalancing:DescribeLoadBalancers", 10)
        .query()
        .lists(&[Always("LoadBalancers/member", Shown)]),
    op("events:ListRules", 20).lists(&[Always("Rules", Shown)]),
    op("events:ListTargetsByRule", 20).lists(&[Always("Targets", Shown)]),
    op("guardduty:DescribeOrganizationConfiguration", 10)
        .members(&["memberAccountLimitReached"])
        .absent(&["BadRequestException"]),
    op("guardduty:GetAdministratorAccount", 10),
    op("guardduty:GetDetector", 10).members(&["status"]),
    op("guardduty:GetFilter", 10).members(&["action", "findingCriteria", "name"]),
    op("guardduty:GetFindings", 10).lists(&[Always("findings", Model)]),
    op("guardduty:ListDetectors", 10).lists(&[Always("detectorIds", Model)]),
    // A service that says to a member that the rules are its administrator's says so in its own words.
    op("guardduty:ListFilters", 10).lists(&[Always("filterNames", Model)]).absent(&["BadRequestException"]),
    op("guardduty:ListFindings", 10).lists(&[Always("findingIds", Model)]),
    op("guardduty:ListOrganizationAdminAccounts", 10).lists(&[Always("adminAccounts", Sibling)]),
    op("iam:GenerateCredentialReport", 10).query().members(&["State"]),
    op("iam:GetAccountAuthorizationDetails", 10)
        .query()
        .lists(&[
            Always("UserDetailList/member", Shown),
            Always("GroupDetailList/member", Shown),
            Always("RoleDetailList/member", Shown),
            Always("Policies/member", Shown),
        ])
        .members(&["IsTruncated"]),
    op("iam:GetAccountPasswordPolicy", 10)
        .query()
        .members(&["PasswordPolicy"])
        .absent(&["NoSuchEntity", "NoSuchEntityException"]),
    op("iam:GetAccountSummary", 10).query().members(&["SummaryMap/entry"]),
    op("iam:GetCredentialReport", 10).query().lists(&[Table("Content")]).members(&["GeneratedTime"]),
    op("iam:GetOpenIDConnectProvider", 20).query().members(&["Url"]),
    op("iam:ListAccountAliases", 10).query().lists(&[Always("AccountAliases/member", Model)]),
    op("iam:ListMFADevices", 20).query().lists(&[Always("MFADevices/member", Model)]).members(&["IsTruncated"]),
    op("iam:ListOpenIDConnectProviders", 10).query().lists(&[Always("OpenIDConnectProviderList/member", Shown)]),
    op("iam:ListOrganizationsFeatures", 10)
        .query()
        .lists(&[MayLack("EnabledFeatures/member")])
        .members(&["OrganizationId"])
        .absent(&[
            "ServiceAccessNotEnabledException",
            "ServiceAccessNotEnabled",
            "OrganizationNotInAllFeaturesModeException",
            "OrganizationNotInAllFeaturesMode",
        ]),
    op("iam:ListSAMLProviders", 10).query().lists(&[Always("SAMLProviderList/member", Shown)]),
    op("iam:ListSSHPublicKeys", 20).query().lists(&[Always("SSHPublicKeys/member", Shown)]),
    op("iam:ListServerCertificates", 10)
        .query()
        .lists(&[Always("ServerCertificateMetadataList/member", Model)])
        .members(&["IsTruncated"]),
    op("iam:ListServiceSpecificCredentials", 10).query().lists(&[Always("ServiceSpecificCredentials/member", Shown)]),
    op("iam:ListVirtualMFADevices", 10)
        .query()
        .lists(&[Always("VirtualMFADevices/member", Model)])
        .members(&["IsTruncated"]),
    op("identitystore:ListGroupMemberships", 10).lists(&[Always("GroupMemberships", Model)]),
    op("identitystore:ListGroups", 10).lists(&[Always("Groups", Model)]),
    op("identitystore:ListUsers", 10).lists(&[Always("Users", Model)]),
    op("inspector2:BatchGetAccountStatus", 5).lists(&[Always("accounts", Model), MayLack("failedAccounts")]),
    op("inspector2:ListCoverage", 5).lists(&[Always("coveredResources", Sibling)]),
    op("inspector2:ListFilters", 5).lists(&[Always("filters", Model)]).absent(&["AccessDeniedException"]),
    op("inspector2:ListFindings", 5).lists(&[Always("findings", Shown)]),
    op("kms:DescribeKey", 50).members(&["KeyMetadata"]).absent(&["NotFoundException"]),
    op("kms:GetKeyPolicy", 50).members(&["Policy"]),
    // Keys of a kind, or in a state, that AWS does not rotate (AWS KMS API Reference, errors of the operation).
    op("kms:GetKeyRotationStatus", 50)
        .members(&["KeyRotationEnabled"])
        .absent(&["KMSInvalidStateException", "UnsupportedOperationException"]),
    op("lambda:ListFunctions", 10).lists(&[Always("Functions", Shown)]),
    op("logs:DescribeAccountPolicies", 5).lists(&[Always("accountPolicies", Sibling)]),
    op("logs:DescribeLogGroups", 8).lists(&[Always("logGroups", Shown)]),
    op("logs:DescribeMetricFilters", 4).lists(&[Always("metricFilters", Shown)]),
    op("logs:DescribeResourcePolicies", 5).lists(&[Always("resourcePolicies", Shown)]),
    op("logs:DescribeSubscriptionFilters", 4).lists(&[Always("subscriptionFilters", Shown)]),
    op("oam:ListLinks", 5).lists(&[Always("Items", Model)]),
    op("organizations:DescribeOrganization", 5)
        .members(&["Organization"])
        .absent(&["AWSOrganizationsNotInUseException"]),
    op("organizations:DescribePolicy", 5).members(&["Policy"]),
    // Most organizations have none (AWS Organizations API Reference, errors of the operation).
    op("organizations:DescribeResourcePolicy", 5)
        .members(&["ResourcePolicy"])
        .absent(&["ResourcePolicyNotFoundException"]),
    op("organizations:ListAccounts", 5).lists(&[Always("Accounts", NeverEmpty)]).some(),
    op("organizations:ListAccountsForParent", 5).lists(&[Always("Accounts", Shown)]),
    op("organizations:ListDelegatedAdministrators", 5).lists(&[Always("DelegatedAdministrators", Shown)]),
    op("organizations:ListDelegatedServicesForAccount", 5).lists(&[Always("DelegatedServices", NeverEmpty)]),
    op("organizations:ListOrganizationalUnitsForParent", 5).lists(&[Always("OrganizationalUnits", Shown)]),
    op("organizations:ListPolicies", 5).lists(&[Always("Policies", Shown)]),
    op("organizations:ListRoots", 5).lists(&[Always("Roots", NeverEmpty)]).some(),
    op("organizations:ListTargetsForPolicy", 5).lists(&[Always("Targets", Shown)]),
    op("rds:DescribeDBInstances", 10).query().lists(&[Always("DBInstances/DBInstance", Shown)]),
    op("s3:GetBucketAcl", 50)
        .xml("AccessControlPolicy")
        .lists(&[Always("AccessControlList/Grant", Shown)])
        .members(&["Owner"]),
    under("s3:GetBucketEncryption", "s3:GetEncryptionConfiguration", 50)
        .xml("ServerSideEncryptionConfiguration")
        .members(&["Rule"])
        .absent(&["ServerSideEncryptionConfigurationNotFoundError"]),
    under("s3:GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration", 50)
        .xml("LifecycleConfiguration")
        .lists(&[Always("Rule", NeverEmpty)])
        .absent(&["NoSuchLifecycleConfiguration"]),
    op("s3:GetBucketLocation", 50).xml("LocationConstraint"),
    op("s3:GetBucketLogging", 50).xml("BucketLoggingStatus"),
    op("s3:GetBucketPolicy", 50).members(&["Statement"]).absent(&["NoSuchBucketPolicy"]),
    op("s3:GetBucketPolicyStatus", 50).xml("PolicyStatus").members(&["IsPublic"]).absent(&["NoSuchBucketPolicy"]),
    op("s3:GetBucketVersioning", 50).xml("VersioningConfiguration"),
    under("s3:GetObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration", 50)
        .xml("ObjectLockConfiguration")
        .members(&["ObjectLockEnabled"])
        .absent(&["ObjectLockConfigurationNotFoundError"]),
    under("s3:GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock", 50)
        .xml("PublicAccessBlockConfiguration")
        .members(&["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"])
        .absent(&["NoSuchPublicAccessBlockConfiguration"]),
    under("s3:ListBuckets", "s3:ListAllMyBuckets", 10)
        .xml("ListAllMyBucketsResult")
        .lists(&[Always("Buckets/Bucket", Shown)]),
    op("securityhub:BatchGetAutomationRules", 3)
        .lists(&[Always("Rules", Shown), MayLack("UnprocessedAutomationRules")]),
    op("securityhub:DescribeHub", 3)
        .members(&["HubArn"])
        .absent(&["InvalidAccessException", "ResourceNotFoundException"]),
    op("securityhub:DescribeStandardsControls", 3).lists(&[Always("Controls", Shown)]),
    op("securityhub:GetEnabledStandards", 3).lists(&[Always("StandardsSubscriptions", Shown)]),
    op("securityhub:GetFindingAggregator", 3).members(&["FindingAggregatorArn", "RegionLinkingMode"]),
    op("securityhub:GetFindings", 3).lists(&[Always("Findings", Model)]),
    op("securityhub:ListAutomationRules", 3)
        .lists(&[Always("AutomationRulesMetadata", Shown)])
        .absent(&["AccessDeniedException", "InvalidAccessException"]),
    op("securityhub:ListFindingAggregators", 3).lists(&[Always("FindingAggregators", Sibling)]),
    op("securityhub:ListOrganizationAdminAccounts", 3).lists(&[Always("AdminAccounts", Sibling)]),
    // Both answers are a map, which every topic and subscription fills (Amazon SNS API Reference, the operations' examples).
    op("sns:GetSubscriptionAttributes", 20).query().members(&["Attributes"]),
    op("sns:GetTopicAttributes", 20).query().members(&["Attributes"]),
    op("sns:ListSubscriptionsByTopic", 20)
        .query()
        .lists(&[Always("Subscriptions/member", Shown)])
        .absent(&["NotFound", "NotFoundException"]),
    op("sqs:ListQueues", 10).lists(&[MayLack("QueueUrls")]),
    op("ssm:GetDocument", 5).members(&["Content"]).absent(&["InvalidDocument"]),
    under("sso-admin:DescribePermissionSet", "sso:DescribePermissionSet", 4).members(&["PermissionSet"]),
    under("sso-admin:GetInlinePolicyForPermissionSet", "sso:GetInlinePolicyForPermissionSet", 4)
        .members(&["InlinePolicy"]),
    under("sso-admin:ListAccountAssignments", "sso:ListAccountAssignments", 10)
        .lists(&[Always("AccountAssignments", Shown)]),
    under("sso-admin:ListAccountsForProvisionedPermissionSet", "sso:ListAccountsForProvisionedPermissionSet", 4)
        .lists(&[MayLack("AccountIds")]),
    under(
        "sso-admin:ListCustomerManagedPolicyReferencesInPermissionSet",
        "sso:ListCustomerManagedPolicyReferencesInPermissionSet",
        4,
    )
    .lists(&[Always("CustomerManagedPolicyReferences", Sibling)]),
    under("sso-admin:ListInstances", "sso:ListInstances", 4).lists(&[Always("Instances", Shown)]),
    under("sso-admin:ListManagedPoliciesInPermissionSet", "sso:ListManagedPoliciesInPermissionSet", 4)
        .lists(&[Always("AttachedManagedPolicies", Shown)]),
    under("sso-admin:ListPermissionSets", "sso:ListPermissionSets", 4).lists(&[Always("PermissionSets", Shown)]),
    op("sts:GetCallerIdentity", 20).query().members(&["Account", "Arn", "UserId"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_sorted_unique_and_found() {
        assert!(OPERATIONS.windows(2).all(|pair| pair[0].id < pair[1].id));
        assert_eq!(Operation::get("s3:ListBuckets").map(Operation::action), Some("s3:ListAllMyBuckets"));
        assert_eq!(Operation::get("s3:DeleteBucket"), None);
    }

    #[test]
    fn every_operation_only_reads() {
        // GenerateCredentialReport writes nothing that belongs to the client; AWS classes it as a read.
        for op in OPERATIONS {
            assert!(
                ["Get", "List", "Describe", "Lookup", "Generate", "BatchGet"]
                    .iter()
                    .any(|verb| op.name().starts_with(verb)),
                "{}",
                op.id
            );
        }
    }

    /// An answer of which nothing is required cannot be told from another's: each that may come so is named.
    #[test]
    fn every_operation_says_what_its_answer_holds() {
        let bare: Vec<&str> = OPERATIONS
            .iter()
            .chain(WRITES)
            .filter(|op| op.holds.may_be_bare() && !matches!(op.holds.form, Form::Xml(_)))
            .map(|op| op.id)
            .collect();
        let named = [
            "guardduty:GetAdministratorAccount",
            "sqs:ListQueues",
            "sso-admin:ListAccountsForProvisionedPermissionSet",
        ];
        assert_eq!(bare, named);
        for op in OPERATIONS.iter().chain(WRITES) {
            let xml = matches!(op.holds.form, Form::Ec2 | Form::Query);
            for list in op.holds.lists {
                assert!(!xml || matches!(list, Table(_)) || list.path().contains('/'), "{}", op.id);
            }
        }
    }
}
