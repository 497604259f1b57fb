"""GuardDuty and where its findings go, region by region. Usage: guardduty.py ENDPOINT"""

import json

from common import ACCOUNT, client, tell, tellable


def detector(region, enable=True, **features):
    listed = [{"Name": name, "Status": status} for name, status in features.items()]
    tell(region, client("guardduty", region).create_detector(Enable=enable, Features=listed)["DetectorId"])


def rule(region, detail, target):
    events = client("events", region)
    pattern = {"source": ["aws.guardduty"], "detail-type": ["GuardDuty Finding"], **detail}
    events.put_rule(Name="findings", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="findings", Targets=[{"Id": "target", "Arn": target}])


def topic(region, *endpoints):
    sns = client("sns", region)
    arn = tellable(region, "alerts")
    for endpoint in endpoints:
        sns.subscribe(TopicArn=arn, Protocol="https", Endpoint=endpoint)
    return arn


# All on, and told; suspended; no plan, and only the highest are told; the old name of a plan, told to nobody; no detector; a queue.
detector("us-east-1", S3_DATA_EVENTS="ENABLED", EBS_MALWARE_PROTECTION="ENABLED")
rule("us-east-1", {"detail": {"severity": [{"numeric": [">=", 7]}]}}, topic("us-east-1", "https://hook.example.com"))
detector("eu-west-1", enable=False, S3_DATA_EVENTS="ENABLED", EBS_MALWARE_PROTECTION="ENABLED")
detector("eu-central-1")
rule("eu-central-1", {"detail": {"severity": [{"numeric": [">", 8]}]}}, topic("eu-central-1", "https://hook.example.com"))
detector("us-west-2", S3_DATA_EVENTS="DISABLED", EBS_MALWARE_PROTECTION="ENABLED")
rule("us-west-2", {}, topic("us-west-2"))
detector("ap-southeast-2", S3_DATA_EVENTS="ENABLED", EBS_MALWARE_PROTECTION="DISABLED")
rule("ap-southeast-2", {}, f"arn:aws:sqs:ap-southeast-2:{ACCOUNT}:findings")
