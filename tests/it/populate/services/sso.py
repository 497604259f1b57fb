"""Permission sets, who has them, and the directory behind them. Usage: sso.py ENDPOINT"""

import json

from common import ACCOUNT, client, grant, tell

tell("organization", client("organizations").create_organization(FeatureSet="ALL")["Organization"]["Id"])
sso, directory = client("sso-admin"), client("identitystore")
instance = sso.list_instances()["Instances"][0]
tell("instance", instance["InstanceArn"])
center = {"InstanceArn": instance["InstanceArn"]}
store = {"IdentityStoreId": instance["IdentityStoreId"]}


def permission_set(name, duration):
    made = sso.create_permission_set(Name=name, SessionDuration=duration, **center)["PermissionSet"]["PermissionSetArn"]
    tell(name, made)
    sso.provision_permission_set(PermissionSetArn=made, TargetType="AWS_ACCOUNT", TargetId=ACCOUNT, **center)
    return {"PermissionSetArn": made, **center}


def assign(where, kind, principal):
    sso.create_account_assignment(
        TargetId=ACCOUNT, TargetType="AWS_ACCOUNT", PrincipalType=kind, PrincipalId=principal, **where
    )


def user(name):
    return directory.create_user(
        UserName=name, DisplayName=name, Name={"GivenName": name, "FamilyName": name}, **store
    )["UserId"]


def group(name, *members):
    made = directory.create_group(DisplayName=name, **store)["GroupId"]
    for member in members:
        directory.create_group_membership(GroupId=made, MemberId={"UserId": member}, **store)
    return made


ann, bob = user("ann"), user("bob")
user("cy")
tell("ann", ann)
people, nobody = group("People", ann, bob), group("Nobody")
administrator = "arn:aws:iam::aws:policy/AdministratorAccess"

# An administrator's set with a long session, to a group and to ann by name.
admin = permission_set("Admin", "PT12H")
sso.attach_managed_policy_to_permission_set(ManagedPolicyArn=administrator, **admin)
assign(admin, "GROUP", people)
assign(admin, "USER", ann)

# As much by an inline policy, to a group; and one for emergencies that nobody has.
ops = permission_set("Ops", "PT8H")
sso.put_inline_policy_to_permission_set(InlinePolicy=json.dumps(grant("*")), **ops)
assign(ops, "GROUP", people)
emergency = permission_set("Emergency", "PT1H")
sso.attach_managed_policy_to_permission_set(ManagedPolicyArn=administrator, **emergency)

# Readers; and a set that holds a policy which each account has for itself.
read = permission_set("Read", "PT1H")
sso.put_inline_policy_to_permission_set(InlinePolicy=json.dumps(grant("s3:GetObject")), **read)
assign(read, "GROUP", people)
assign(read, "GROUP", nobody)
own = permission_set("Own", "PT8H30M")
sso.attach_customer_managed_policy_reference_to_permission_set(
    CustomerManagedPolicyReference={"Name": "own", "Path": "/"}, **own
)
