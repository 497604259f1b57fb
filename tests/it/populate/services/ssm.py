"""Preferences of Session Manager, region by region. Usage: ssm.py ENDPOINT"""

import json

from common import client


def preferences(region, bucket="", group=""):
    content = {
        "schemaVersion": "1.0",
        "sessionType": "Standard_Stream",
        "inputs": {"s3BucketName": bucket, "cloudWatchLogGroupName": group},
    }
    client("ssm", region).create_document(
        Name="SSM-SessionManagerRunShell", Content=json.dumps(content), DocumentType="Session", DocumentFormat="JSON"
    )


def instance(region):
    made = client("ec2", region).run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1)
    return [made["Instances"][0]["InstanceId"]]


# To a bucket, to a log group, to both, with servers and without.
client("s3", "us-east-1").create_bucket(Bucket="sessions")
for region in ["eu-west-1", "ca-central-1"]:
    client("logs", region).create_log_group(logGroupName="/sessions")
preferences("us-east-1", bucket="sessions")
instance("us-east-1")
preferences("eu-west-1", group="/sessions")
instance("eu-west-1")
preferences("eu-central-1", bucket="sessions", group="/sessions")
preferences("ca-central-1", group="/sessions")

# To nowhere, with a server and without.
preferences("us-west-2")
instance("us-west-2")
preferences("us-east-2")

# AWS's default: with a server, with one that is stopped, without any, and with one that ended.
instance("us-west-1")
client("ec2", "ap-southeast-2").stop_instances(InstanceIds=instance("ap-southeast-2"))
client("ec2", "ap-southeast-1").terminate_instances(InstanceIds=instance("ap-southeast-1"))

# Another document's destination says nothing.
client("ssm", "eu-west-2").create_document(
    Name="Own-Preferences",
    Content=json.dumps({"schemaVersion": "1.0", "inputs": {"s3BucketName": "sessions"}}),
    DocumentType="Session",
    DocumentFormat="JSON",
)
instance("eu-west-2")
