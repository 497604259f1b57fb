"""The account that server.py tells of: what has to agree between answers, and what AWS always sends.

A path has the names of the model, with `*` for each entry of a list. A text may hold `{region}`, `{account}`, the number of
the entry `{n}`, that of the outermost list's entry `{m}`, and what was asked by its name; a list has one value for each entry.
"""

import hashlib
import json

ACCOUNT = "111122223333"
MEMBER = "444455556666"
REGIONS = ["eu-west-1", "us-east-1"]
DROP = object()

# Enums by which is decided what is asked at all: unknown ones would leave nothing to look at, or a minute to wait for.
KEPT_ENUMS = {
    "account:ListRegions Regions.*.RegionOptStatus",
    "ec2:DescribeRegions Regions.*.OptInStatus",
    "iam:GenerateCredentialReport State",
}

def allow(action, resource, **more):
    """A policy with one statement."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource, **more}]}


def trust(principal):
    """Who may assume a role."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


READ = allow("s3:GetObject", "arn:aws:s3:::reports/*")
TRUSTS = [trust({"Service": "ec2.amazonaws.com"}), trust({"AWS": f"arn:aws:iam::{MEMBER}:root"})]
HEADING = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,"
    "access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,"
    "access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
    "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,"
    "cert_2_last_rotated"
)
KEYLESS = "false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A"


def report(answer, _):
    """The credential report: root, and the users that the other answers of IAM tell of."""
    none, at = "not_supported", "T03:17:00+00:00"
    root = f"<root_account>,arn:aws:iam::{ACCOUNT}:root,2019-05-01{at},{none},2026-01-05{at},{none},{none},true,{KEYLESS}"
    lines = [HEADING, root]
    for user in [] if answer.empty else ["ann", "bob"]:
        signs_in = f"2024-01-01{at},true,2026-02-01{at},2025-12-01{at},N/A,true"
        lines.append(f"{user},arn:aws:iam::{ACCOUNT}:user/{user},{signs_in},{KEYLESS}")
    return ("\n".join(lines) + "\n").encode()


def summary(answer, _):
    """AWS's own count of what the other answers of IAM list."""
    two = 0 if answer.empty else 2
    counts = dict.fromkeys(["Users", "Groups", "Roles", "Policies", "ServerCertificates", "MFADevices"], two)
    root = {"MFAEnabled": 1, "AccessKeysPresent": 0, "PasswordPresent": 1, "SigningCertificatesPresent": 0}
    flags = {f"Account{flag}": value for flag, value in root.items()}
    return {**counts, "Providers": 2 * two, "UsersQuota": 5000, **flags}


def lately(answer, _):
    """Three days before the period ends that is asked for: nothing is told of another time."""
    end = int(answer.asked.get("EndTime") or answer.asked.get("EndDate") or 0)
    return end // 86400 * 86400 - 3 * 86400 + 11820


def attribute(answer, key, otherwise):
    """What events are looked up by."""
    found = [one["AttributeValue"] for one in answer.asked.get("LookupAttributes", []) if one["AttributeKey"] == key]
    return found[0] if found else otherwise


def event(answer, index):
    """The text of an event, by whom it is looked up."""
    name = attribute(answer, "Username", "ann")
    user = {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/ann", "userName": "ann"}
    who = {"type": "Root", "arn": f"arn:aws:iam::{ACCOUNT}:root"} if name == "root" else user
    target = {"userName": f"person-{index[-1] + 1}"}
    return {"userIdentity": who, "sourceIPAddress": "192.0.2.7", "readOnly": False, "requestParameters": target}


def key(answer, _):
    """The id of a key, of its ARN."""
    return answer.asked["KeyId"].split("/")[-1]


def arn(service, rest):
    """An ARN of the account, in the region that is asked."""
    return f"arn:aws:{service}:{{region}}:{{account}}:{rest}"


def of_iam(rest):
    """An ARN of IAM, which has no regions."""
    return f"arn:aws:iam::{{account}}:{rest}"


def home(service, rest):
    """An ARN in the region in which the account's trails live."""
    return f"arn:aws:{service}:us-east-1:{{account}}:{rest}"


def id_of(kind):
    """An id that is another in each region."""

    def made(answer, index):
        return f"{kind}-{hashlib.sha256(f'{answer.region} {kind} {index}'.encode()).hexdigest()[:17]}"

    return made


def shared_id(kind):
    """An id by the last number alone: several answers name the same."""
    return lambda answer, index: id_of(kind)(answer, index[-1])


def long_id(answer, index):
    """The id of a detector or of a finding, by region and number."""
    return hashlib.sha256(f"{answer.region} {answer.action[-8:]} {index[-1]}".encode()).hexdigest()[:32]


def asked_finding(answer, index):
    """The finding that was asked for."""
    return answer.asked["FindingIds"][index[0]]


def unit_accounts(answer, _):
    """The accounts of a part of the organization."""
    return {"r-root": [ACCOUNT], "ou-root-1": [MEMBER]}.get(answer.asked["ParentId"], [])


POLICIES = [of_iam("policy/one"), of_iam("policy/two")]
ACCOUNTS = [ACCOUNT, MEMBER]
LOGS = ["trail-1", "trail-2"]
USERS = ["ann", "bob"]
ALARMS = {
    f"{kind}Alarms.*.{member}": value.replace("KIND", kind.lower())
    for kind in ("Metric", "Composite", "Log")
    for member, value in {
        "AlarmName": "KIND-{n}",
        "AlarmArn": arn("cloudwatch", "alarm:KIND-{n}"),
        "AlarmActions.*": arn("sns", "topic-{n}"),
        "StateValue": "OK",
    }.items()
}
HELD = {
    f"{kind}DetailList.*.{member}": value
    for kind in ("User", "Group", "Role")
    for member, value in {
        "Path": "/",
        f"{kind}PolicyList.*.PolicyDocument": READ,
        "AttachedManagedPolicies.*.PolicyArn": POLICIES,
        "AttachedManagedPolicies.*.PolicyName": ["one", "two"],
        "PermissionsBoundary.PermissionsBoundaryArn": POLICIES[0],
    }.items()
}
SETTINGS = {"schemaVersion": "1.0", "inputs": {"s3BucketName": "logs-1", "cloudWatchLogGroupName": "trail-1"}}
PATTERN = {"source": ["aws.guardduty"], "detail-type": ["GuardDuty Finding"]}
OF_TOPIC = allow("sns:Publish", "*", Principal={"Service": ["cloudwatch.amazonaws.com", "events.amazonaws.com"]})
OF_KEY = allow("kms:*", "*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
OF_BUCKET = allow("s3:PutObject", "arn:aws:s3:::logs-1/*", Principal={"Service": "cloudtrail.amazonaws.com"})
OF_LOGS = allow("logs:PutLogEvents", "*", Principal={"Service": "delivery.logs.amazonaws.com"})
FORWARD = {"DestinationArn": f"arn:aws:logs:us-east-1:{ACCOUNT}:destination:central", "FilterPattern": ""}

VALUES = {
    "accessanalyzer:ListAnalyzers": {
        "analyzers.*.arn": arn("access-analyzer", "analyzer/a-{n}"),
        "analyzers.*.name": "a-{n}",
        "analyzers.*.type": ["ACCOUNT", "ORGANIZATION_UNUSED_ACCESS"],
        "analyzers.*.status": "ACTIVE",
    },
    "accessanalyzer:ListArchiveRules": {"archiveRules.*.ruleName": "rule-{n}"},
    "accessanalyzer:ListFindingsV2": {"findings.*.status": "ACTIVE"},
    "account:GetAlternateContact": {"AlternateContact.AlternateContactType": "{AlternateContactType}"},
    "account:ListRegions": {"Regions.*.RegionName": REGIONS, "Regions.*.RegionOptStatus": "ENABLED_BY_DEFAULT"},
    "cloudtrail:DescribeTrails": {
        "trailList.*.Name": "trail-{n}",
        "trailList.*.TrailARN": home("cloudtrail", "trail/trail-{n}"),
        "trailList.*.HomeRegion": "us-east-1",
        "trailList.*.IsMultiRegionTrail": True,
        "trailList.*.S3BucketName": "logs-{n}",
        "trailList.*.S3KeyPrefix": "trail",
        "trailList.*.SnsTopicARN": home("sns", "topic-{n}"),
        "trailList.*.CloudWatchLogsLogGroupArn": home("logs", "log-group:trail-{n}:*"),
        "trailList.*.KmsKeyId": home("kms", "key/key-{n}"),
    },
    "cloudtrail:GetEventSelectors": {"TrailARN": "{TrailName}", "AdvancedEventSelectors": DROP},
    "cloudtrail:GetInsightSelectors": {"TrailARN": "{TrailName}"},
    "cloudtrail:GetTrailStatus": {"IsLogging": True},
    "cloudtrail:LookupEvents": {
        "Events.*.EventId": id_of("event"),
        "Events.*.EventName": lambda answer, _: attribute(answer, "EventName", "CreateUser"),
        "Events.*.EventSource": lambda answer, _: attribute(answer, "EventSource", "iam.amazonaws.com"),
        "Events.*.Username": lambda answer, _: attribute(answer, "Username", "ann"),
        "Events.*.EventTime": lately,
        "Events.*.ReadOnly": "false",
        "Events.*.CloudTrailEvent": event,
    },
    "cloudwatch:DescribeAlarmHistory": {"AlarmHistoryItems.*.AlarmName": "metric-{n}", "AlarmHistoryItems.*.Timestamp": lately},
    "cloudwatch:DescribeAlarms": ALARMS,
    "cloudwatch:GetAlarmMuteRule": {
        "Name": "{AlarmMuteRuleName}",
        "MuteTargets.AlarmNames.*": "metric-{n}",
        "Rule.Schedule.Expression": "cron(0 2 * * *)",
        "Rule.Schedule.Duration": "PT4H",
    },
    "cloudwatch:ListAlarmMuteRules": {
        "AlarmMuteRuleSummaries.*.AlarmMuteRuleArn": arn("cloudwatch", "alarm-mute-rule:mute-{n}"),
        "AlarmMuteRuleSummaries.*.Status": "ACTIVE",
    },
    "config:DescribeComplianceByConfigRule": {
        "ComplianceByConfigRules.*.ConfigRuleName": "rule-{n}",
        "ComplianceByConfigRules.*.Compliance.ComplianceType": ["NON_COMPLIANT", "COMPLIANT"],
        "ComplianceByConfigRules.*.Compliance.ComplianceContributorCount.CappedCount": [2, 0],
    },
    "config:DescribeConfigurationRecorderStatus": {"ConfigurationRecordersStatus.*.name": "recorder-{n}"},
    "config:DescribeConfigurationRecorders": {"ConfigurationRecorders.*.name": "recorder-{n}"},
    "config:DescribeDeliveryChannelStatus": {"DeliveryChannelsStatus.*.name": "channel-{n}"},
    "config:DescribeDeliveryChannels": {
        "DeliveryChannels.*.name": "channel-{n}",
        "DeliveryChannels.*.s3BucketName": "logs-{n}",
    },
    "config:GetComplianceDetailsByConfigRule": {
        "EvaluationResults.*.ComplianceType": "NON_COMPLIANT",
        "EvaluationResults.*.EvaluationResultIdentifier.EvaluationResultQualifier.ConfigRuleName": "{ConfigRuleName}",
    },
    "ec2:DescribeFlowLogs": {
        "FlowLogs.*.FlowLogId": id_of("fl"),
        "FlowLogs.*.ResourceId": shared_id("vpc"),
        "FlowLogs.*.LogDestinationType": ["cloud-watch-logs", "s3"],
        "FlowLogs.*.LogDestination": [arn("logs", "log-group:flow-1"), "arn:aws:s3:::logs-1/flow"],
        "FlowLogs.*.LogGroupName": "flow-{n}",
    },
    "ec2:DescribeInstances": {
        "Reservations.*.Instances.*.InstanceId": id_of("i"),
        "Reservations.*.Instances.*.State.Name": "running",
        "Reservations.*.Instances.*.IamInstanceProfile.Arn": of_iam("instance-profile/app"),
        "Reservations.*.Instances.*.NetworkInterfaces.*.NetworkInterfaceId": shared_id("eni"),
    },
    "ec2:DescribeNetworkInterfaces": {
        "NetworkInterfaces.*.NetworkInterfaceId": shared_id("eni"),
        "NetworkInterfaces.*.VpcId": shared_id("vpc"),
        "NetworkInterfaces.*.Attachment.InstanceId": lambda answer, index: id_of("i")(answer, (index[0], 0)),
        "NetworkInterfaces.*.Attachment.InstanceOwnerId": ACCOUNT,
    },
    "ec2:DescribeRegions": {"Regions.*.RegionName": REGIONS, "Regions.*.OptInStatus": "opt-in-not-required"},
    "ec2:DescribeVpcs": {"Vpcs.*.VpcId": shared_id("vpc"), "Vpcs.*.OwnerId": ACCOUNT},
    "events:ListRules": {
        "Rules.*.Name": "detect-{n}",
        "Rules.*.Arn": arn("events", "rule/detect-{n}"),
        "Rules.*.State": "ENABLED",
        "Rules.*.EventPattern": PATTERN,
    },
    "events:ListTargetsByRule": {"Targets.*.Arn": arn("sns", "topic-{n}")},
    "guardduty:GetAdministratorAccount": {"Administrator.AccountId": MEMBER, "Administrator.RelationshipStatus": "Enabled"},
    "guardduty:GetDetector": {"Status": "ENABLED"},
    "guardduty:GetFilter": {"Name": "{FilterName}", "Action": "ARCHIVE"},
    "guardduty:GetFindings": {
        "Findings.*.Id": asked_finding,
        "Findings.*.Arn": lambda answer, index: arn("guardduty", f"finding/{asked_finding(answer, index)}"),
        "Findings.*.Severity": 8.0,
        "Findings.*.Service.Archived": False,
    },
    "guardduty:ListDetectors": {"DetectorIds.*": long_id},
    "guardduty:ListFilters": {"FilterNames.*": "filter-{n}"},
    "guardduty:ListFindings": {"FindingIds.*": long_id},
    "guardduty:ListOrganizationAdminAccounts": {"AdminAccounts.*.AdminAccountId": ACCOUNTS},
    "iam:GenerateCredentialReport": {"State": "COMPLETE"},
    "iam:GetAccountAuthorizationDetails": {
        **HELD,
        "IsTruncated": False,
        "UserDetailList.*.UserName": USERS,
        "UserDetailList.*.Arn": [of_iam("user/ann"), of_iam("user/bob")],
        "UserDetailList.*.GroupList.*": ["admins", "staff"],
        # As the credential report has it.
        "UserDetailList.*.CreateDate": 1704079020,
        "GroupDetailList.*.GroupName": ["admins", "staff"],
        "GroupDetailList.*.Arn": [of_iam("group/admins"), of_iam("group/staff")],
        "RoleDetailList.*.RoleName": ["app", "vendor"],
        "RoleDetailList.*.Arn": [of_iam("role/app"), of_iam("role/vendor")],
        "RoleDetailList.*.AssumeRolePolicyDocument": TRUSTS,
        "RoleDetailList.*.InstanceProfileList.*.Arn": of_iam("instance-profile/profile-{m}-{n}"),
        "RoleDetailList.*.InstanceProfileList.*.Roles": DROP,
        "Policies.*.PolicyName": ["one", "two"],
        "Policies.*.Arn": POLICIES,
        "Policies.*.DefaultVersionId": "v1",
        "Policies.*.PolicyVersionList.*.VersionId": ["v1", "v2"],
        "Policies.*.PolicyVersionList.*.IsDefaultVersion": [True, False],
        "Policies.*.PolicyVersionList.*.Document": READ,
    },
    "iam:GetAccountSummary": {"SummaryMap": summary},
    "iam:GetCredentialReport": {"Content": report, "GeneratedTime": 1793503020},
    "iam:ListAccountAliases": {"AccountAliases.*": "example-{n}"},
    "iam:ListMFADevices": {
        "IsTruncated": False,
        "MFADevices.*.UserName": "{UserName}",
        "MFADevices.*.SerialNumber": [of_iam("mfa/{UserName}"), of_iam("u2f/user/{UserName}/key-2")],
    },
    "iam:ListOpenIDConnectProviders": {"OpenIDConnectProviderList.*.Arn": of_iam("oidc-provider/idp-{n}.example.com")},
    "iam:ListOrganizationsFeatures": {"OrganizationId": "o-a1b2c3d4e5"},
    "iam:ListSAMLProviders": {"SAMLProviderList.*.Arn": of_iam("saml-provider/idp-{n}")},
    "iam:ListSSHPublicKeys": {"IsTruncated": False, "SSHPublicKeys.*.UserName": "{UserName}"},
    "iam:ListServerCertificates": {
        "IsTruncated": False,
        "ServerCertificateMetadataList.*.ServerCertificateName": "www-{n}",
        "ServerCertificateMetadataList.*.Arn": of_iam("server-certificate/www-{n}"),
    },
    "iam:ListServiceSpecificCredentials": {
        "IsTruncated": False,
        "ServiceSpecificCredentials.*.UserName": USERS,
        "ServiceSpecificCredentials.*.ServiceName": "codecommit.amazonaws.com",
    },
    "iam:ListVirtualMFADevices": {
        "IsTruncated": False,
        "VirtualMFADevices.*.SerialNumber": [of_iam("mfa/ann"), of_iam("mfa/bob")],
        "VirtualMFADevices.*.User.Arn": [of_iam("user/ann"), of_iam("user/bob")],
        "VirtualMFADevices.*.User.UserName": USERS,
        "VirtualMFADevices.*.EnableDate": 1704079020,
    },
    "identitystore:ListGroupMemberships": {
        "GroupMemberships.*.MemberId.UserId": "user-{n}",
        "GroupMemberships.*.GroupId": "{GroupId}",
    },
    "identitystore:ListGroups": {"Groups.*.GroupId": "group-{n}", "Groups.*.DisplayName": "group {n}"},
    "identitystore:ListUsers": {"Users.*.UserId": "user-{n}", "Users.*.UserName": "person-{n}"},
    "inspector2:BatchGetAccountStatus": {
        "accounts.*.accountId": lambda answer, index: answer.asked["accountIds"][index[0]],
        "accounts.*.resourceState.ec2.status": "ENABLED",
    },
    "inspector2:ListFilters": {"filters.*.name": "filter-{n}", "filters.*.action": "SUPPRESS"},
    "inspector2:ListFindings": {
        "findings.*.findingArn": arn("inspector2", "finding/f-{n}"),
        "findings.*.severity": lambda answer, _: answer.asked["filterCriteria"]["severity"][0]["value"],
        "findings.*.status": "ACTIVE",
    },
    "kms:DescribeKey": {
        "KeyMetadata.KeyId": key,
        "KeyMetadata.Arn": "{KeyId}",
        "KeyMetadata.KeyManager": "CUSTOMER",
        "KeyMetadata.KeyState": "Enabled",
        "KeyMetadata.Origin": "AWS_KMS",
        "KeyMetadata.KeySpec": "SYMMETRIC_DEFAULT",
    },
    "kms:GetKeyPolicy": {"Policy": OF_KEY},
    "kms:GetKeyRotationStatus": {"KeyId": key, "KeyRotationEnabled": True},
    "logs:DescribeAccountPolicies": {
        "accountPolicies.*.policyDocument": FORWARD,
        "accountPolicies.*.policyType": "{policyType}",
    },
    "logs:DescribeLogGroups": {
        "logGroups.*.logGroupName": "trail-{n}",
        "logGroups.*.arn": arn("logs", "log-group:trail-{n}:*"),
        "logGroups.*.logGroupArn": arn("logs", "log-group:trail-{n}"),
        "logGroups.*.metricFilterCount": 1,
        "logGroups.*.kmsKeyId": arn("kms", "key/key-{n}"),
    },
    "logs:DescribeMetricFilters": {"metricFilters.*.filterName": "filter-{n}", "metricFilters.*.logGroupName": "trail-{n}"},
    "logs:DescribeResourcePolicies": {"resourcePolicies.*.policyDocument": OF_LOGS},
    "logs:DescribeSubscriptionFilters": {"subscriptionFilters.*.logGroupName": "{logGroupName}"},
    "organizations:DescribeOrganization": {
        "Organization.Id": "o-a1b2c3d4e5",
        "Organization.MasterAccountId": ACCOUNT,
        "Organization.FeatureSet": "ALL",
    },
    "organizations:DescribePolicy": {"Policy.PolicySummary.Id": "{PolicyId}", "Policy.Content": allow("*", "*")},
    "organizations:DescribeResourcePolicy": {
        "ResourcePolicy.Content": allow("organizations:Describe*", "*", Principal={"AWS": f"arn:aws:iam::{MEMBER}:root"})
    },
    "organizations:ListAccounts": {"Accounts.*.Id": ACCOUNTS, "Accounts.*.State": "ACTIVE", "Accounts.*.Status": "ACTIVE"},
    "organizations:ListAccountsForParent": {"Accounts.*.Id": lambda answer, index: unit_accounts(answer, index)[index[0]]},
    "organizations:ListDelegatedAdministrators": {"DelegatedAdministrators.*.Id": ACCOUNTS},
    "organizations:ListDelegatedServicesForAccount": {
        "DelegatedServices.*.ServicePrincipal": ["guardduty.amazonaws.com", "securityhub.amazonaws.com"]
    },
    "organizations:ListOrganizationalUnitsForParent": {
        "OrganizationalUnits.*.Id": "ou-root-{n}",
        "OrganizationalUnits.*.Name": "unit {n}",
    },
    "organizations:ListPolicies": {
        "Policies.*.Id": "p-{Filter}-{n}",
        "Policies.*.Arn": "arn:aws:organizations::{account}:policy/o-a1b2c3d4e5/p-{Filter}-{n}",
        "Policies.*.Type": "{Filter}",
    },
    "organizations:ListRoots": {"Roots.*.Id": "r-root", "Roots.*.PolicyTypes.*.Status": "ENABLED"},
    "organizations:ListTargetsForPolicy": {"Targets.*.TargetId": [MEMBER, "r-root"], "Targets.*.Type": ["ACCOUNT", "ROOT"]},
    "rds:DescribeDBInstances": {
        "DBInstances.*.DBInstanceArn": arn("rds", "db:orders-{n}"),
        "DBInstances.*.DBInstanceIdentifier": "orders-{n}",
        "DBInstances.*.Engine": ["postgres", "mysql"],
    },
    "s3:GetBucketPolicy": {"Policy": OF_BUCKET},
    "s3:ListBuckets": {"Buckets.*.Name": "logs-{n}", "Buckets.*.BucketRegion": "us-east-1", "Prefix": ""},
    "securityhub:BatchGetAutomationRules": {
        "Rules.*.RuleArn": lambda answer, index: answer.asked["AutomationRulesArns"][index[0]],
        "Rules.*.Actions.*.FindingFieldsUpdate.Workflow.Status": "SUPPRESSED",
    },
    "securityhub:DescribeStandardsControls": {"Controls.*.ControlId": "IAM.{n}", "Controls.*.ControlStatus": ["ENABLED", "DISABLED"]},
    "securityhub:DescribeHub": {"HubArn": arn("securityhub", "hub/default")},
    "securityhub:GetFindingAggregator": {"RegionLinkingMode": "ALL_REGIONS"},
    "securityhub:GetFindings": {
        "Findings.*.Id": arn("securityhub", "finding/f-{n}"),
        "Findings.*.Severity.Normalized": 90,
        "Findings.*.Severity.Label": "CRITICAL",
        "Findings.*.RecordState": "ACTIVE",
    },
    "securityhub:ListAutomationRules": {
        "AutomationRulesMetadata.*.RuleArn": arn("securityhub", "automation-rule/rule-{n}"),
        "AutomationRulesMetadata.*.RuleStatus": "ENABLED",
    },
    "securityhub:ListFindingAggregators": {
        "FindingAggregators.*.FindingAggregatorArn": "arn:aws:securityhub:us-east-1:{account}:finding-aggregator/a-{n}"
    },
    "securityhub:ListOrganizationAdminAccounts": {"AdminAccounts.*.AccountId": ACCOUNTS},
    "sns:GetSubscriptionAttributes": {
        "Attributes": lambda answer, _: {"SubscriptionArn": answer.asked["SubscriptionArn"], "PendingConfirmation": "false"},
    },
    "sns:GetTopicAttributes": {
        "Attributes": lambda answer, _: {
            "TopicArn": answer.asked["TopicArn"], "Owner": ACCOUNT, "Policy": json.dumps(OF_TOPIC), "KmsMasterKeyId": "key-1",
        },
    },
    "sns:ListSubscriptionsByTopic": {
        "Subscriptions.*.TopicArn": "{TopicArn}",
        "Subscriptions.*.SubscriptionArn": "{TopicArn}:subscription-{n}",
        "Subscriptions.*.Protocol": "email",
        "Subscriptions.*.Endpoint": "person-{n}@example.com",
    },
    "sqs:ListQueues": {"QueueUrls.*": "https://sqs.{region}.amazonaws.com/{account}/queue-{n}"},
    "ssm:GetDocument": {"Name": "{Name}", "Content": SETTINGS},
    "sso-admin:DescribePermissionSet": {
        "PermissionSet.PermissionSetArn": "{PermissionSetArn}",
        "PermissionSet.SessionDuration": "PT8H",
    },
    "sso-admin:GetInlinePolicyForPermissionSet": {"InlinePolicy": READ},
    "sso-admin:ListAccountAssignments": {
        "AccountAssignments.*.AccountId": "{AccountId}",
        "AccountAssignments.*.PermissionSetArn": "{PermissionSetArn}",
        "AccountAssignments.*.PrincipalType": ["GROUP", "USER"],
        "AccountAssignments.*.PrincipalId": ["group-1", "user-2"],
    },
    "sso-admin:ListAccountsForProvisionedPermissionSet": {"AccountIds.*": ACCOUNTS},
    "sso-admin:ListInstances": {
        "Instances.*.InstanceArn": "arn:aws:sso:::instance/ssoins-{n}",
        "Instances.*.IdentityStoreId": "d-{n}",
        "Instances.*.OwnerAccountId": ACCOUNTS,
        "Instances.*.PrimaryRegion": "us-east-1",
        "Instances.*.Status": "ACTIVE",
    },
    "sso-admin:ListManagedPoliciesInPermissionSet": {
        "AttachedManagedPolicies.*.Name": ["ReadOnlyAccess", "SecurityAudit"],
        "AttachedManagedPolicies.*.Arn": ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/SecurityAudit"],
    },
    "sso-admin:ListPermissionSets": {"PermissionSets.*": "arn:aws:sso:::permissionSet/ssoins-1/ps-{n}"},
    "sts:GetCallerIdentity": {
        "Account": ACCOUNT,
        "Arn": "arn:aws:sts::{account}:assumed-role/Auditor/run",
        "UserId": "AROAEXAMPLEEXAMPLE0:run",
    },
}

# Lists that are never empty for what else is told: the account is in its organization's tree, and is who was asked about.
FILLED = {"organizations:ListAccountsForParent": ["Accounts"], "inspector2:BatchGetAccountStatus": ["accounts"]}

# How many entries a list has, where it is not two.
COUNTS = {
    "guardduty:GetFindings": {"Findings": lambda answer, _: len(answer.asked.get("FindingIds") or [])},
    "inspector2:BatchGetAccountStatus": {"accounts": lambda answer, _: len(answer.asked["accountIds"]), "failedAccounts": 0},
    "organizations:ListAccountsForParent": {"Accounts": lambda answer, index: len(unit_accounts(answer, index))},
    "organizations:ListOrganizationalUnitsForParent": {
        "OrganizationalUnits": lambda answer, _: 2 if answer.asked["ParentId"] == "r-root" else 0
    },
    "organizations:ListRoots": {"Roots": 1},
    "securityhub:BatchGetAutomationRules": {
        "Rules": lambda answer, _: len(answer.asked.get("AutomationRulesArns") or []),
        "UnprocessedAutomationRules": 0,
    },
    # A bucket has one default.
    "s3:GetBucketEncryption": {"ServerSideEncryptionConfiguration.Rules": 1},
}
