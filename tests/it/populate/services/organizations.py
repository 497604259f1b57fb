"""The management account of an organization with units, policies and workloads. Usage: organizations.py ENDPOINT"""

import json

from common import ACCOUNT, client, tell

organizations = client("organizations")
tell("organization", organizations.create_organization(FeatureSet="ALL")["Organization"]["Id"])
root = organizations.list_roots()["Roots"][0]["Id"]
tell("root", root)


def unit(name, parent):
    return organizations.create_organizational_unit(ParentId=parent, Name=name)["OrganizationalUnit"]["Id"]


def account(name, parent):
    made = organizations.create_account(Email=f"{name}@example.com", AccountName=name)
    made = made["CreateAccountStatus"]["AccountId"]
    organizations.move_account(AccountId=made, SourceParentId=root, DestinationParentId=parent)
    tell(name, made)
    return made


workloads = unit("Workloads", root)
production, test = unit("Production", workloads), unit("Test", workloads)
unit("Empty", root)
tell("production", production)
shop, trial = account("shop", production), account("trial", test)

# Nobody stops the trails, in any account; root is held back in production only; tags are nobody's business.
organizations.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")


def policy(name, action, target, **more):
    statement = {"Sid": "Deny", "Effect": "Deny", "Action": action, "Resource": "*", **more}
    made = organizations.create_policy(
        Name=name,
        Description=name,
        Type="SERVICE_CONTROL_POLICY",
        Content=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    organizations.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=target)


policy(
    "logging",
    [
        "cloudtrail:StopLogging",
        "cloudtrail:DeleteTrail",
        "cloudtrail:UpdateTrail",
        "cloudtrail:PutEventSelectors",
        "config:StopConfigurationRecorder",
        "config:DeleteConfigurationRecorder",
        "config:DeleteDeliveryChannel",
    ],
    root,
)
policy("no-root", "*", production, Condition={"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}})

# The shop's account runs GuardDuty, in one region; Config is gathered here; a server is where none should be.
organizations.enable_aws_service_access(ServicePrincipal="guardduty.amazonaws.com")
organizations.register_delegated_administrator(AccountId=shop, ServicePrincipal="guardduty.amazonaws.com")
client("config").put_configuration_aggregator(
    ConfigurationAggregatorName="all",
    OrganizationAggregationSource={"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/aggregate", "AllAwsRegions": True},
)
client("guardduty").enable_organization_admin_account(AdminAccountId=shop)
ec2 = client("ec2")
made = ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
tell("server", made)

# A role for another account of the organization, and one for an account outside it.
for name, trusted in (("deploy", shop), ("vendor", "999988887777")):
    statement = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{trusted}:root"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)
