"""Trails, good and bad, in two regions. Usage: cloudtrail.py ENDPOINT"""

import json

from common import client, tell

EUROPE = "eu-west-1"
s3, sns, events = client("s3"), client("sns"), client("events")
for name in ("trail-main", "trail-reads", "data", "data-part"):
    s3.create_bucket(Bucket=name)
for name in ("trail-local", "trail-old", "data-eu"):
    client("s3", EUROPE).create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": EUROPE})


def key(region, name):
    made = client("kms", region).create_key()["KeyMetadata"]
    tell(name, made["Arn"])
    return made["Arn"], made["KeyId"]


good, off, going = key("us-east-1", "key-good"), key("us-east-1", "key-off"), key(EUROPE, "key-going")
client("kms").disable_key(KeyId=off[1])
client("kms", EUROPE).schedule_key_deletion(KeyId=going[1], PendingWindowInDays=7)

# A trail for everything; one that records reads only; in Europe one for the region, and one that is switched off.
home, europe = client("cloudtrail"), client("cloudtrail", EUROPE)
home.create_trail(
    Name="main", S3BucketName="trail-main", IsMultiRegionTrail=True, EnableLogFileValidation=True, KmsKeyId=good[0]
)
home.put_event_selectors(
    TrailName="main",
    EventSelectors=[
        {
            "ReadWriteType": "All",
            "IncludeManagementEvents": True,
            "DataResources": [
                {"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::data/", "arn:aws:s3:::data-part/in/"]}
            ],
        }
    ],
)
home.put_insight_selectors(TrailName="main", InsightSelectors=[{"InsightType": "ApiCallRateInsight"}])
home.create_trail(Name="reads", S3BucketName="trail-reads", IsMultiRegionTrail=True, KmsKeyId=off[0])
home.put_event_selectors(
    TrailName="reads", EventSelectors=[{"ReadWriteType": "ReadOnly", "IncludeManagementEvents": True}]
)
europe.create_trail(Name="local", S3BucketName="trail-local", EnableLogFileValidation=True, KmsKeyId=going[0])
europe.put_event_selectors(
    TrailName="local",
    EventSelectors=[
        {
            "ReadWriteType": "All",
            "IncludeManagementEvents": True,
            "ExcludeManagementEventSources": ["kms.amazonaws.com"],
        }
    ],
)
europe.create_trail(Name="old", S3BucketName="trail-old")
europe.put_insight_selectors(TrailName="old", InsightSelectors=[{"InsightType": "ApiErrorRateInsight"}])
for trails, name in ((home, "main"), (home, "reads"), (europe, "local")):
    trails.start_logging(Name=name)

# A rule on calls that matter, in the home region only.
topic = sns.create_topic(Name="alerts")["TopicArn"]
pattern = {"detail-type": ["AWS API Call via CloudTrail"], "detail": {"eventName": ["StopLogging", "DeleteTrail"]}}
events.put_rule(Name="trail-changes", EventPattern=json.dumps(pattern))
events.put_targets(Rule="trail-changes", Targets=[{"Id": "topic", "Arn": topic}])
