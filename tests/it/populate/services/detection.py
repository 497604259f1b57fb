"""A trail whose bucket a SIEM reads, and rules beside it. Usage: detection.py ENDPOINT"""

import json

from common import client

client("s3").create_bucket(Bucket="trail-main")
trails = client("cloudtrail")
trails.create_trail(Name="main", S3BucketName="trail-main", IsMultiRegionTrail=True)
# Everything but the calls of KMS.
trails.put_event_selectors(
    TrailName="main",
    EventSelectors=[
        {
            "ReadWriteType": "All",
            "IncludeManagementEvents": True,
            "ExcludeManagementEventSources": ["kms.amazonaws.com"],
        }
    ],
)
trails.start_logging(Name="main")

# A rule on calls of KMS, which no trail records.
topic = client("sns").create_topic(Name="alerts")["TopicArn"]
client("sns").subscribe(TopicArn=topic, Protocol="https", Endpoint="https://hook.example.com")
pattern = {"source": ["aws.kms"], "detail": {"eventName": ["DisableKey", "ScheduleKeyDeletion"]}}
client("events").put_rule(Name="keys", EventPattern=json.dumps(pattern))
client("events").put_targets(Rule="keys", Targets=[{"Id": "topic", "Arn": topic}])

# A person who could sign in without MFA.
client("iam").create_user(UserName="ann")
client("iam").create_login_profile(UserName="ann", Password="A-passw0rd-of-ann")
