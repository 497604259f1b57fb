"""Roles and whom they trust, and ways to an administrator's rights. Usage: iam_roles.py ENDPOINT"""

import json

from common import ACCOUNT, allow, client, grant

iam = client("iam")
GITHUB = "token.actions.githubusercontent.com"
AWS = "arn:aws:iam::aws:policy/"


def github(subject=None):
    asked = {f"{GITHUB}:aud": "sts.amazonaws.com"}
    operator = {"StringEquals": asked}
    if subject:
        operator["StringLike"] = {f"{GITHUB}:sub": subject}
    provider = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"
    return allow({"Federated": provider}, "sts:AssumeRoleWithWebIdentity", Condition=operator)


def equals(key, value):
    return {"Condition": {"StringEquals": {key: value}}}


vendor = {"AWS": "arn:aws:iam::999988887777:root"}
config, job = {"Service": "config.amazonaws.com"}, {"Service": "glue.amazonaws.com"}
TRUSTS = {
    "app": allow({"Service": "ec2.amazonaws.com"}),
    "vendor": allow(vendor),
    "vendor-with-id": allow(vendor, **equals("sts:ExternalId", "b1946ac9")),
    "everybody": allow({"AWS": "*"}),
    "everybody-with-id": allow({"AWS": "*"}, **equals("sts:ExternalId", "b1946ac9")),
    "everybody-of-ours": allow({"AWS": "*"}, **equals("aws:PrincipalOrgID", "o-exampleorgid")),
    "everybody-nearby": allow({"AWS": "*"}, **equals("aws:SourceVpc", "vpc-12345678")),
    "pipeline": github("repo:acme/shop:*"),
    "pipeline-of-all": github("repo:acme/*"),
    "pipeline-of-anybody": github(),
    "recorder": allow(config),
    "recorder-of-ours": allow(config, **equals("aws:SourceAccount", ACCOUNT)),
    "job": allow(job),
    "support": allow({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
    "auditor": allow({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
    "machine-admin": allow({"Service": "ec2.amazonaws.com"}),
    "human-admin": allow({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
}
for name, document in TRUSTS.items():
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(document))
for role, policy in (
    ("support", "AWSSupportAccess"),
    ("auditor", "SecurityAudit"),
    ("machine-admin", "AdministratorAccess"),
    ("human-admin", "AdministratorAccess"),
):
    iam.attach_role_policy(RoleName=role, PolicyArn=AWS + policy)
iam.create_instance_profile(InstanceProfileName="machine-admin")
iam.add_role_to_instance_profile(InstanceProfileName="machine-admin", RoleName="machine-admin")

# Users: one can attach policies to itself, one can start a machine with the admin's role, one can become the other admin; one can pass roles
# to functions, which no admin's role trusts; one reads.
for name, action, resource in (
    ("attacher", "iam:AttachUserPolicy", "*"),
    ("launcher", ["iam:PassRole", "ec2:RunInstances"], "*"),
    ("switcher", "sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/human-admin"),
    ("passer", ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"], "*"),
    ("looker", "s3:GetObject", "*"),
):
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=json.dumps(grant(action, resource)))
