//! The API operations that kickoff calls, all of them: the permission each needs and the pace each allows.

/// One read-only API operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// `service:Operation`, the name used in coverage, evidence and gaps.
    pub id: &'static str,
    /// The IAM action that allows it, where its name differs from the id.
    action: &'static str,
    /// How many calls a second kickoff allows itself, per account and region.
    pub per_second: u32,
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
}

const fn op(id: &'static str, per_second: u32) -> Operation {
    Operation { id, action: "", per_second }
}

const fn under(id: &'static str, action: &'static str, per_second: u32) -> Operation {
    Operation { id, action, per_second }
}

/// The calls that write. No collector makes one, no permission for one is asked for: `kickoff push` alone does, when a person
/// says so. Security Hub allows 10 a second.
pub const WRITES: &[Operation] = &[op("securityhub:BatchImportFindings", 8)];

/// Sorted by id. The pace stays below the quotas that AWS publishes per account and region (CloudTrail 10 a second for
/// describing and 2 for `LookupEvents`, `DescribeAlarms` 9, `DescribeLogGroups` 10, `DescribeMetricFilters` and
/// `DescribeSubscriptionFilters` 5, Security Hub `GetFindings` 3, Identity Center 20 for all its calls), and at a modest figure where it publishes none, so
/// that a scan never costs the account's own systems their calls.
pub const OPERATIONS: &[Operation] = &[
    under("accessanalyzer:ListAnalyzers", "access-analyzer:ListAnalyzers", 10),
    under("accessanalyzer:ListFindingsV2", "access-analyzer:ListFindings", 10),
    op("account:GetAlternateContact", 10),
    op("account:GetContactInformation", 10),
    op("account:ListRegions", 10),
    op("cloudtrail:DescribeTrails", 8),
    op("cloudtrail:GetEventSelectors", 8),
    op("cloudtrail:GetInsightSelectors", 8),
    op("cloudtrail:GetTrailStatus", 8),
    op("cloudtrail:LookupEvents", 1),
    op("cloudwatch:DescribeAlarmHistory", 8),
    op("cloudwatch:DescribeAlarms", 8),
    op("config:DescribeComplianceByConfigRule", 10),
    op("config:DescribeConfigurationAggregators", 10),
    op("config:DescribeConfigurationRecorderStatus", 10),
    op("config:DescribeConfigurationRecorders", 10),
    op("config:DescribeDeliveryChannelStatus", 10),
    op("config:DescribeDeliveryChannels", 10),
    op("config:DescribeRetentionConfigurations", 10),
    op("config:GetComplianceDetailsByConfigRule", 10),
    op("ec2:DescribeFlowLogs", 20),
    op("ec2:DescribeInstances", 20),
    op("ec2:DescribeNetworkInterfaces", 20),
    op("ec2:DescribeRegions", 20),
    op("ec2:DescribeVpcs", 20),
    op("ecr:DescribeRepositories", 10),
    under("elbv2:DescribeLoadBalancers", "elasticloadbalancing:DescribeLoadBalancers", 10),
    op("events:ListRules", 20),
    op("events:ListTargetsByRule", 20),
    op("guardduty:DescribeOrganizationConfiguration", 10),
    op("guardduty:GetAdministratorAccount", 10),
    op("guardduty:GetDetector", 10),
    op("guardduty:GetFindings", 10),
    op("guardduty:ListDetectors", 10),
    op("guardduty:ListFindings", 10),
    op("guardduty:ListOrganizationAdminAccounts", 10),
    op("iam:GenerateCredentialReport", 10),
    op("iam:GetAccountAuthorizationDetails", 10),
    op("iam:GetAccountPasswordPolicy", 10),
    op("iam:GetAccountSummary", 10),
    op("iam:GetCredentialReport", 10),
    op("iam:GetOpenIDConnectProvider", 20),
    op("iam:ListAccountAliases", 10),
    op("iam:ListMFADevices", 20),
    op("iam:ListOpenIDConnectProviders", 10),
    op("iam:ListOrganizationsFeatures", 10),
    op("iam:ListSAMLProviders", 10),
    op("iam:ListSSHPublicKeys", 20),
    op("iam:ListServerCertificates", 10),
    op("iam:ListServiceSpecificCredentials", 10),
    op("iam:ListVirtualMFADevices", 10),
    op("identitystore:ListGroupMemberships", 10),
    op("identitystore:ListGroups", 10),
    op("identitystore:ListUsers", 10),
    op("inspector2:BatchGetAccountStatus", 5),
    op("inspector2:ListCoverage", 5),
    op("inspector2:ListFindings", 5),
    op("kms:DescribeKey", 50),
    op("kms:GetKeyPolicy", 50),
    op("kms:GetKeyRotationStatus", 50),
    op("lambda:ListFunctions", 10),
    op("logs:DescribeAccountPolicies", 5),
    op("logs:DescribeLogGroups", 8),
    op("logs:DescribeMetricFilters", 4),
    op("logs:DescribeResourcePolicies", 5),
    op("logs:DescribeSubscriptionFilters", 4),
    op("oam:ListLinks", 5),
    op("organizations:DescribeOrganization", 5),
    op("organizations:DescribePolicy", 5),
    op("organizations:ListAccounts", 5),
    op("organizations:ListAccountsForParent", 5),
    op("organizations:ListDelegatedAdministrators", 5),
    op("organizations:ListDelegatedServicesForAccount", 5),
    op("organizations:ListOrganizationalUnitsForParent", 5),
    op("organizations:ListPolicies", 5),
    op("organizations:ListRoots", 5),
    op("organizations:ListTargetsForPolicy", 5),
    op("rds:DescribeDBInstances", 10),
    op("s3:GetBucketAcl", 50),
    under("s3:GetBucketEncryption", "s3:GetEncryptionConfiguration", 50),
    under("s3:GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration", 50),
    op("s3:GetBucketLocation", 50),
    op("s3:GetBucketLogging", 50),
    op("s3:GetBucketPolicy", 50),
    op("s3:GetBucketPolicyStatus", 50),
    op("s3:GetBucketVersioning", 50),
    under("s3:GetObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration", 50),
    under("s3:GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock", 50),
    under("s3:ListBuckets", "s3:ListAllMyBuckets", 10),
    op("securityhub:DescribeHub", 3),
    op("securityhub:GetEnabledStandards", 3),
    op("securityhub:GetFindings", 3),
    op("securityhub:ListFindingAggregators", 3),
    op("securityhub:ListOrganizationAdminAccounts", 3),
    op("sns:ListSubscriptionsByTopic", 20),
    op("sqs:ListQueues", 10),
    op("ssm:GetDocument", 5),
    under("sso-admin:DescribePermissionSet", "sso:DescribePermissionSet", 4),
    under("sso-admin:GetInlinePolicyForPermissionSet", "sso:GetInlinePolicyForPermissionSet", 4),
    under("sso-admin:ListAccountAssignments", "sso:ListAccountAssignments", 10),
    under("sso-admin:ListAccountsForProvisionedPermissionSet", "sso:ListAccountsForProvisionedPermissionSet", 4),
    under(
        "sso-admin:ListCustomerManagedPolicyReferencesInPermissionSet",
        "sso:ListCustomerManagedPolicyReferencesInPermissionSet",
        4,
    ),
    under("sso-admin:ListInstances", "sso:ListInstances", 4),
    under("sso-admin:ListManagedPoliciesInPermissionSet", "sso:ListManagedPoliciesInPermissionSet", 4),
    under("sso-admin:ListPermissionSets", "sso:ListPermissionSets", 4),
    op("sts:GetCallerIdentity", 20),
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
}
