"""Buckets that trails deliver to, each wrong in its own way. Usage: s3.py ENDPOINT"""

import json

from common import ACCOUNT, allow, client

EUROPE = "eu-west-1"
home, europe = client("s3"), client("s3", EUROPE)
BUCKETS = {
    "us-east-1": (home, ("good", "bare", "public", "acl", "short")),
    EUROPE: (europe, ("held", "lock", "tags", "away")),
}
home.create_bucket(Bucket="access-logs")
for region, (s3, names) in BUCKETS.items():
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    for name in names:
        lock = {"ObjectLockEnabledForBucket": True} if name in ("good", "lock") else {}
        s3.create_bucket(Bucket=f"logs-{name}", **place, **lock)
        trails = client("cloudtrail", region)
        trails.create_trail(Name=f"trail-{name}", S3BucketName=f"logs-{name}", IsMultiRegionTrail=name == "away")
        trails.start_logging(Name=f"trail-{name}")

ALL_ON = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}


def policy(s3, name, *documents):
    statements = [
        {**statement, "Resource": [f"arn:aws:s3:::logs-{name}", f"arn:aws:s3:::logs-{name}/*"]}
        for document in documents
        for statement in document["Statement"]
    ]
    s3.put_bucket_policy(
        Bucket=f"logs-{name}", Policy=json.dumps({"Version": "2012-10-17", "Statement": statements})
    )


def rules(s3, name, *all_rules):
    listed = [{"ID": str(number), "Status": "Enabled", **rule} for number, rule in enumerate(all_rules)]
    s3.put_bucket_lifecycle_configuration(Bucket=f"logs-{name}", LifecycleConfiguration={"Rules": listed})


own = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
trail = allow({"Service": "cloudtrail.amazonaws.com"}, "s3:PutObject", Condition=own)
# As in AWS's examples from before the condition: whoever has a trail may have CloudTrail write.
anybodys_trail = allow({"Service": "cloudtrail.amazonaws.com"}, "s3:PutObject")

# As it should be.
home.put_object_lock_configuration(
    Bucket="logs-good",
    ObjectLockConfiguration={
        "ObjectLockEnabled": "Enabled",
        "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 400}},
    },
)
home.put_public_access_block(Bucket="logs-good", PublicAccessBlockConfiguration=ALL_ON)
home.put_bucket_policy(
    Bucket="access-logs",
    Policy=json.dumps(
        allow({"Service": "logging.s3.amazonaws.com"}, "s3:PutObject", Resource="arn:aws:s3:::access-logs/*", Condition=own)
    ),
)
home.put_bucket_logging(
    Bucket="logs-good", BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "access-logs", "TargetPrefix": ""}}
)
policy(home, "good", trail)

# Anybody may read; expired objects are kept as former versions.
policy(home, "public", trail, allow("*", "s3:GetObject"))
home.put_bucket_versioning(Bucket="logs-public", VersioningConfiguration={"Status": "Enabled"})
rules(home, "public", {"Filter": {"Prefix": ""}, "Expiration": {"Days": 30}})

# The ACL is public; load balancers log to the bucket too.
home.put_bucket_acl(Bucket="logs-acl", ACL="public-read")
policy(home, "acl", trail, allow({"Service": "delivery.logs.amazonaws.com"}, "s3:PutObject", Condition=own))
rules(home, "acl", {"Filter": {"Prefix": "AWSLogs/"}, "Expiration": {"Days": 400}})

# Kept 90 days; another account may write.
policy(home, "short", anybodys_trail, allow({"AWS": "arn:aws:iam::999988887777:root"}, "s3:PutObject"))
rules(home, "short", {"Filter": {"Prefix": "AWSLogs/"}, "Expiration": {"Days": 90}})

# A public policy that the bucket's block restrains; a role may delete; rules that do not bear on the trail.
policy(
    europe,
    "held",
    trail,
    allow("*", "s3:GetObject"),
    allow({"AWS": f"arn:aws:iam::{ACCOUNT}:role/janitor"}, "s3:DeleteObject"),
)
europe.put_public_access_block(Bucket="logs-held", PublicAccessBlockConfiguration=ALL_ON)
rules(
    europe,
    "held",
    {"Filter": {"Prefix": "elb/"}, "Expiration": {"Days": 7}},
    {"Filter": {"Prefix": ""}, "Expiration": {"Days": 1}, "Status": "Disabled"},
)

# A lock without a default; 30 days and 10 more as a former version; its trail records the bucket's own objects.
rules(
    europe,
    "lock",
    {
        "Filter": {"Prefix": ""},
        "Expiration": {"Days": 30},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 10},
    },
)
client("cloudtrail", EUROPE).put_event_selectors(
    TrailName="trail-lock",
    EventSelectors=[
        {
            "ReadWriteType": "All",
            "IncludeManagementEvents": True,
            "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::logs-lock/"]}],
        }
    ],
)

# A rule for some objects only; anybody may write.
policy(europe, "tags", trail, allow("*", "s3:PutObject"))
rules(europe, "tags", {"Filter": {"Tag": {"Key": "kind", "Value": "short"}}, "Expiration": {"Days": 10}})

# Seen from here, a bucket of another account: not among this account's.
europe.delete_bucket(Bucket="logs-away")
