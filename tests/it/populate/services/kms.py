"""Keys of trails and log groups, in all their states. Usage: kms.py ENDPOINT"""

from common import ACCOUNT, client, tell

EUROPE = "eu-west-1"


def trail(name, region, key=None):
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    client("s3", region).create_bucket(Bucket=f"logs-{name}", **place)
    more = {"KmsKeyId": key} if key else {}
    client("cloudtrail", region).create_trail(Name=f"trail-{name}", S3BucketName=f"logs-{name}", **more)


def key(name, region="us-east-1", **more):
    made = client("kms", region).create_key(**more)["KeyMetadata"]
    tell(name, made["Arn"])
    return made["Arn"], made["KeyId"]


home, europe = client("kms"), client("kms", EUROPE)

# In the home region: usable, switched off, switched off and on again, to be deleted, deletion taken back.
for name in ("usable", "off", "on-again", "going", "kept"):
    arn, number = key(name)
    trail(name, "us-east-1", arn)
    if name in ("off", "on-again"):
        home.disable_key(KeyId=number)
    if name == "on-again":
        home.enable_key(KeyId=number)
    if name in ("going", "kept"):
        home.schedule_key_deletion(KeyId=number, PendingWindowInDays=30)
    if name == "kept":
        # What comes back is switched off.
        home.cancel_key_deletion(KeyId=number)

# In Europe: no key, another account's, one that never was, one for several regions, and one that rotates.
trail("plain", EUROPE)
trail("foreign", EUROPE, "arn:aws:kms:eu-west-1:444455556666:key/1111aaaa-22bb-33cc-44dd-555566667777")
trail("missing", EUROPE, f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/9999aaaa-22bb-33cc-44dd-555566667777")
trail("everywhere", EUROPE, key("everywhere", EUROPE, MultiRegion=True)[0])
rotated, number = key("rotated", EUROPE)
europe.enable_key_rotation(KeyId=number)
trail("rotated", EUROPE, rotated)

# Log groups with a key and without.
client("logs").create_log_group(logGroupName="/secret/own", kmsKeyId=rotated)
client("logs").create_log_group(logGroupName="/secret/none")
client("logs").create_log_group(logGroupName="/other")
