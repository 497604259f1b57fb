"""Users, groups and the password policy. Usage: iam_users.py ENDPOINT"""

import json

from common import client, grant

iam = client("iam")
AWS = "arn:aws:iam::aws:policy/"
# Of each user: the group, whether there is a password, the MFA device, the number of keys.
USERS = {
    "alice": ("Developers", True, "virtual", 0),
    "bob": ("Developers", True, None, 0),
    "carol": (None, False, None, 1),
    "dave": (None, True, None, 2),
    "eve": ("Developers", True, "GAHT12345678", 0),
    "frank": (None, False, None, 0),
    "gina": ("Developers", False, None, 1),
    "hal": ("Admins", True, None, 0),
    "ivy": ("Admins", True, "virtual", 0),
}
for name in ("Developers", "Admins", "Empty"):
    iam.create_group(GroupName=name)
iam.attach_group_policy(GroupName="Admins", PolicyArn=AWS + "AdministratorAccess")
iam.attach_group_policy(GroupName="Developers", PolicyArn=AWS + "AWSCloudShellFullAccess")
iam.attach_group_policy(GroupName="Empty", PolicyArn=AWS + "AWSSupportAccess")
for name, (group, password, mfa, keys) in USERS.items():
    iam.create_user(UserName=name)
    if group:
        iam.add_user_to_group(GroupName=group, UserName=name)
    if password:
        iam.create_login_profile(UserName=name, Password="A-long-passw0rd")
    if mfa:
        serial = mfa
        if mfa == "virtual":
            serial = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]["SerialNumber"]
        iam.enable_mfa_device(
            UserName=name, SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321"
        )
    for _ in range(keys):
        key = iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
        if name == "gina":
            iam.update_access_key(UserName=name, AccessKeyId=key, Status="Inactive")

# Permissions of their own: carol's attached, dave's inline. A password policy with three classes of characters.
iam.attach_user_policy(UserName="carol", PolicyArn=AWS + "ReadOnlyAccess")
iam.put_user_policy(UserName="dave", PolicyName="own", PolicyDocument=json.dumps(grant("s3:GetObject")))
iam.update_account_password_policy(
    MinimumPasswordLength=14,
    RequireSymbols=True,
    RequireNumbers=True,
    RequireUppercaseCharacters=True,
    RequireLowercaseCharacters=False,
    MaxPasswordAge=90,
    PasswordReusePrevention=5,
)
