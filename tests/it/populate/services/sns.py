"""Topics that alarms and rules tell, with and without subscribers. Usage: sns.py ENDPOINT"""

import json

from common import ACCOUNT, client, tellable

EUROPE = "eu-west-1"
SUBSCRIBERS = {
    "mail": [("email", "team@example.com")],
    "web": [("https", "https://hook.example.com/alerts")],
    "queue": [("sqs", f"arn:aws:sqs:us-east-1:{ACCOUNT}:alerts")],
    "function": [("lambda", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:page")],
    "phone": [("sms", "+15550100")],
    "three": [("email", "a@example.com"), ("email-json", "b@example.com"), ("https", "https://c.example.com")],
    "empty": [],
    "left": [("email", "gone@example.com")],
}


def alarm(name, region="us-east-1", actions=(), **more):
    client("cloudwatch", region).put_metric_alarm(
        AlarmName=name,
        Namespace="App",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=list(actions),
        **more,
    )


sns, events = client("sns"), client("events")
client("sqs").create_queue(QueueName="alerts")
topics = {}
for name, subscribers in SUBSCRIBERS.items():
    topics[name] = sns.create_topic(Name=name)["TopicArn"]
    for protocol, endpoint in subscribers:
        arn = sns.subscribe(TopicArn=topics[name], Protocol=protocol, Endpoint=endpoint)["SubscriptionArn"]
        if name == "left":
            sns.unsubscribe(SubscriptionArn=arn)
    alarm(f"tells-{name}", actions=[topics[name]])

# Told by five alarms; by a rule; by nobody; on OK only, which is no alert; and gone.
for number in range(4):
    alarm(f"also-{number}", actions=[topics["mail"]])
topics["by-rule"] = tellable("us-east-1", "by-rule")
sns.subscribe(TopicArn=topics["by-rule"], Protocol="email", Endpoint="rule@example.com")
topics["by-nobody"] = sns.create_topic(Name="by-nobody")["TopicArn"]
topics["relief"] = sns.create_topic(Name="relief")["TopicArn"]
alarm("all-clear", OKActions=[topics["relief"]])
events.put_rule(Name="keys", EventPattern=json.dumps({"source": ["aws.kms"]}))
events.put_targets(Rule="keys", Targets=[{"Id": "1", "Arn": topics["by-rule"]}])
topics["gone"] = sns.create_topic(Name="gone")["TopicArn"]
alarm("tells-gone", actions=[topics["gone"]])
sns.delete_topic(TopicArn=topics["gone"])

# In Europe one topic, with a subscriber, and an alarm that tells a topic of another account.
europe = client("sns", EUROPE).create_topic(Name="alerts")["TopicArn"]
client("sns", EUROPE).subscribe(TopicArn=europe, Protocol="email", Endpoint="team@example.com")
alarm("tells-europe", EUROPE, actions=[europe])
alarm("tells-others", EUROPE, actions=["arn:aws:sns:eu-west-1:444455556666:central"])
