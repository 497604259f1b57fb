"""Policies, attached, inline and idle. Usage: iam_policies.py ENDPOINT"""

import json

from common import allow, client, grant

iam = client("iam")
everything = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
POLICIES = {
    "full": grant("*"),
    "spare": grant("*"),
    "dev": grant("s3:GetObject", "arn:aws:s3:::data/*"),
    "storage": grant("s3:*"),
    "all-but-iam": {"Version": "2012-10-17", "Statement": [everything]},
    "assume": grant("sts:AssumeRole"),
    "keys": grant(["kms:Decrypt", "kms:DescribeKey"]),
    "trails": grant("cloudtrail:Stop*"),
    "with-mfa": grant("*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
    "idle": grant("s3:*"),
}
ROLES = {"deploy": ["full"], "reader": ["dev", "storage"], "hopper": ["assume", "keys", "trails", "with-mfa"]}


def arn(name):
    return f"arn:aws:iam::111122223333:policy/{name}"


for name, document in POLICIES.items():
    iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(document))
for role, policies in ROLES.items():
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(allow({"Service": "ec2.amazonaws.com"})))
    for name in policies:
        iam.attach_role_policy(RoleName=role, PolicyArn=arn(name))
iam.create_group(GroupName="Closed")
iam.attach_group_policy(GroupName="Closed", PolicyArn=arn("all-but-iam"))

# Inline policies of a user and of two roles, of which the second denies what it allows.
iam.create_user(UserName="uma")
iam.put_user_policy(UserName="uma", PolicyName="compute", PolicyDocument=json.dumps(grant("ec2:*")))
iam.create_role(RoleName="inliner", AssumeRolePolicyDocument=json.dumps(allow({"Service": "ec2.amazonaws.com"})))
iam.put_role_policy(RoleName="inliner", PolicyName="all", PolicyDocument=json.dumps(grant("*")))
denied = {"Effect": "Deny", "Action": ["kms:Decrypt", "kms:ReEncryptFrom"], "Resource": "*"}
document = {"Version": "2012-10-17", "Statement": [*grant("kms:*")["Statement"], denied]}
iam.create_role(RoleName="sealed", AssumeRolePolicyDocument=json.dumps(allow({"Service": "ec2.amazonaws.com"})))
iam.put_role_policy(RoleName="sealed", PolicyName="keys", PolicyDocument=json.dumps(document))
