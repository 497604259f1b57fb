"""Security Hub, its critical findings, and who is told. Usage: securityhub.py ENDPOINT"""

import json
from datetime import datetime, timedelta, timezone

from common import ACCOUNT, client, tellable

NOW = datetime.now(timezone.utc)


def finding(region, name, created, observed=None):
    def date(days):
        return (NOW - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")

    seen = {} if observed is None else {"FirstObservedAt": date(observed)}
    made = client("securityhub", region).batch_import_findings(
        Findings=[
            {
                "SchemaVersion": "2018-10-08",
                "Id": f"finding/{name}",
                "ProductArn": f"arn:aws:securityhub:{region}:{ACCOUNT}:product/{ACCOUNT}/default",
                "GeneratorId": "own",
                "AwsAccountId": ACCOUNT,
                "Region": region,
                "CreatedAt": date(created),
                "UpdatedAt": date(0),
                "Severity": {"Label": "CRITICAL", "Normalized": 90},
                "Title": f"Title of {name}",
                "Description": name,
                "Resources": [{"Type": "AwsS3Bucket", "Id": f"arn:aws:s3:::{name}"}],
                **seen,
            }
        ]
    )
    assert made["SuccessCount"] == 1, made


def rule(region, pattern, target):
    events = client("events", region)
    events.put_rule(Name="findings", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="findings", Targets=[{"Id": "target", "Arn": target}])


def topic(region, subscribed):
    sns = client("sns", region)
    arn = tellable(region, "alerts")
    if subscribed:
        sns.subscribe(TopicArn=arn, Protocol="https", Endpoint="https://hook.example.com")
    return arn


for region in ("us-east-1", "eu-west-1", "eu-central-1"):
    client("securityhub", region).enable_security_hub(EnableDefaultStandards=False)

# Fifteen days are allowed. The first observation counts, and the creation where there is none.
finding("us-east-1", "new", 0)
finding("us-east-1", "fortnight", 14)
finding("us-east-1", "limit", 15)
finding("us-east-1", "over", 16)
finding("us-east-1", "seen-long-ago", 1, observed=40)
finding("us-east-1", "seen-lately", 40, observed=3)
finding("eu-west-1", "year", 365)
finding("eu-west-1", "week", 7)

# Told; by a rule for buttons; to a topic without subscribers.
IMPORTED = {"source": ["aws.securityhub"], "detail-type": ["Security Hub Findings - Imported"]}
critical = {"detail": {"findings": {"Severity": {"Label": ["CRITICAL", "HIGH"]}}}}
rule("us-east-1", {**IMPORTED, **critical}, topic("us-east-1", True))
custom = {"source": ["aws.securityhub"], "detail-type": ["Security Hub Findings - Custom Action"]}
rule("eu-west-1", custom, topic("eu-west-1", True))
rule("eu-central-1", IMPORTED, topic("eu-central-1", False))
