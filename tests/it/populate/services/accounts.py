"""Three accounts, two of them entered by a role. Usage: accounts.py ENDPOINT"""

import json

from common import client, grant, tell

own = client("sts")
tell("caller", own.get_caller_identity()["Account"])


def entered(account):
    """Clients in another account."""
    role = f"arn:aws:iam::{account}:role/KickoffReadOnly"
    keys = own.assume_role(RoleArn=role, RoleSessionName="populate")["Credentials"]
    return lambda service: client(
        service, key=keys["AccessKeyId"], secret=keys["SecretAccessKey"], token=keys["SessionToken"]
    )


def contact(of, kind):
    of("account").put_alternate_contact(
        AlternateContactType=kind, EmailAddress="team@example.com", Name="Team", PhoneNumber="+15550100", Title="Team"
    )


# The caller's account has a security contact; the second has another one only; the third lost the one it had.
second, third = entered("111122223333"), entered("444455556666")
contact(client, "SECURITY")
contact(second, "OPERATIONS")
contact(third, "SECURITY")
third("account").delete_alternate_contact(AlternateContactType="SECURITY")

# The same name in each, and something else behind it.
for of, member in ((client, True), (second, False), (third, False)):
    of("iam").create_group(GroupName="Developers")
    of("iam").create_user(UserName="ann")
    if member:
        of("iam").add_user_to_group(GroupName="Developers", UserName="ann")
third("iam").put_user_policy(UserName="ann", PolicyName="own", PolicyDocument=json.dumps(grant("s3:GetObject")))
