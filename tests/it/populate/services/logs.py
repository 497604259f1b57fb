"""Log groups, resource policies and a subscription. Usage: logs.py ENDPOINT"""

import json

from common import ACCOUNT, allow, client, tell

EUROPE = "eu-west-1"
home, europe = client("logs"), client("logs", EUROPE)
key = client("kms").create_key()["KeyMetadata"]["Arn"]
tell("key", key)

# Kept for a year and a day less, for ever, for long; customer data must have an end, /key/ a key of the client's own.
for logs, name, days, more in (
    (home, "/app/year", 365, {}),
    (home, "/app/month", 30, {}),
    (home, "/app/half", 180, {}),
    (home, "/app/for-ever", None, {}),
    (home, "/data/orders", 400, {}),
    (home, "/data/people", None, {}),
    (home, "/key/own", 731, {"kmsKeyId": key}),
    (home, "/key/none", 3653, {}),
    (home, "/trail", None, {}),
    (europe, "/app/day", 1, {}),
    (europe, "/data/orders", 14, {}),
):
    logs.create_log_group(logGroupName=name, **more)
    if days:
        logs.put_retention_policy(logGroupName=name, retentionInDays=days)

# The trail's log group is forwarded to a stream.
client("s3").create_bucket(Bucket="trail")
client("kinesis").create_stream(StreamName="siem", ShardCount=1)
home.put_subscription_filter(
    logGroupName="/trail",
    filterName="siem",
    filterPattern="",
    destinationArn=f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/siem",
    roleArn=f"arn:aws:iam::{ACCOUNT}:role/forward",
)
client("cloudtrail").create_trail(
    Name="main",
    S3BucketName="trail",
    CloudWatchLogsLogGroupArn=f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/trail:*",
    CloudWatchLogsRoleArn=f"arn:aws:iam::{ACCOUNT}:role/trail",
)


def policy(logs, name, document):
    document["Statement"][0]["Resource"] = "*"
    logs.put_resource_policy(policyName=name, policyDocument=json.dumps(document))


# A service, and everybody, in one region; everybody of the own account in the other.
policy(home, "route53", allow({"Service": "route53.amazonaws.com"}, "logs:PutLogEvents"))
policy(home, "open", allow("*", ["logs:CreateLogStream", "logs:PutLogEvents"]))
policy(
    europe,
    "own",
    allow("*", "logs:PutLogEvents", Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
)
