"""Rules of EventBridge for findings of GuardDuty, one way of each kind, region by region. Usage: events.py ENDPOINT"""

import json

from common import ACCOUNT, client, tellable

FINDING = {"source": ["aws.guardduty"], "detail-type": ["GuardDuty Finding"]}


def finding(**detail):
    return {**FINDING, "detail": detail}


def rule(region, pattern, *targets, name="findings", **more):
    events = client("events", region)
    events.put_rule(Name=name, EventPattern=json.dumps(pattern), **more)
    if targets:
        bus = {"EventBusName": more["EventBusName"]} if "EventBusName" in more else {}
        listed = [{"Id": str(number), "Arn": arn} for number, arn in enumerate(targets)]
        events.put_targets(Rule=name, Targets=listed, **bus)


def function(region):
    return f"arn:aws:lambda:{region}:{ACCOUNT}:function:page"


def topic(region, subscribed=True):
    sns = client("sns", region)
    arn = tellable(region, "alerts")
    if subscribed:
        sns.subscribe(TopicArn=arn, Protocol="https", Endpoint="https://hook.example.com")
    return arn


for region in (
    "us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-north-1",
    "ca-central-1", "ap-northeast-1", "ap-southeast-1", "ap-southeast-2", "sa-east-1", "ap-south-1",
):
    client("guardduty", region).create_detector(Enable=True)

# To somebody: a topic with a subscriber; a function; two rules that share the severities; everything of the source.
rule("us-east-1", finding(severity=[{"numeric": [">=", 7]}]), topic("us-east-1"))
rule("us-east-2", FINDING, function("us-east-2"))
low, high = [{"numeric": [">=", 7, "<", 8]}], [{"numeric": [">=", 8]}]
rule("ca-central-1", finding(severity=low), function("ca-central-1"), name="high")
rule("ca-central-1", finding(severity=high), function("ca-central-1"), name="higher")
rule("eu-north-1", {"source": [{"prefix": "aws.guard"}]}, function("eu-north-1"))

# To nobody: switched off; no target; a log group; a topic without subscribers; another source; the middle severities; another bus; a schedule.
rule("us-west-1", FINDING, function("us-west-1"), State="DISABLED")
rule("us-west-2", FINDING)
rule("eu-west-1", FINDING, f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/aws/events/findings")
rule("ap-southeast-1", FINDING, topic("ap-southeast-1", subscribed=False))
rule("ap-northeast-1", {"source": ["aws.securityhub"]}, function("ap-northeast-1"))
rule("eu-central-1", finding(severity=[4, 5, 6]), function("eu-central-1"))
client("events", "ap-south-1").create_event_bus(Name="own")
rule("ap-south-1", FINDING, function("ap-south-1"), EventBusName="own")
client("events", "sa-east-1").put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")
client("events", "sa-east-1").put_targets(Rule="hourly", Targets=[{"Id": "1", "Arn": function("sa-east-1")}])

# To somebody out of sight, or of some findings only.
rule("eu-west-2", FINDING, "arn:aws:events:eu-west-2:444455556666:event-bus/central")
rule("eu-west-3", FINDING, f"arn:aws:sqs:eu-west-3:{ACCOUNT}:findings")
rule("ap-southeast-2", finding(type=[{"prefix": "UnauthorizedAccess:"}]), function("ap-southeast-2"))
