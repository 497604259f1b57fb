"""Alarms in two regions. Usage: cloudwatch.py ENDPOINT"""

from common import client

EUROPE = "eu-west-1"
SHAPE = {"EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 1}


def alarm(name, region="us-east-1", metric=("App", "Errors"), **more):
    namespace, metric = metric
    client("cloudwatch", region).put_metric_alarm(
        AlarmName=name, Namespace=namespace, MetricName=metric, Statistic="Sum", Period=60, **SHAPE, **more
    )


topic = client("sns").create_topic(Name="alerts")["TopicArn"]
alarm("told", AlarmActions=[topic])
alarm("untold")
alarm("relieved", OKActions=[topic], InsufficientDataActions=[topic])
alarm("muted", AlarmActions=[topic], ActionsEnabled=False)
alarm("quiet", EUROPE)
client("cloudwatch", EUROPE).disable_alarm_actions(AlarmNames=["quiet"])
metric = {"Namespace": "App", "MetricName": "Errors"}
client("cloudwatch").put_metric_alarm(
    AlarmName="maths",
    AlarmActions=[topic],
    Metrics=[
        {"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}, "ReturnData": False},
        {"Id": "e", "Expression": "m*2", "ReturnData": True},
    ],
    **SHAPE,
)

# Metric filters feed Security/Root in one region and Security/Keys in the other; an alarm on Security/Keys in the first watches nothing.
for region, name in (("us-east-1", "Root"), (EUROPE, "Keys")):
    logs = client("logs", region)
    logs.create_log_group(logGroupName="/trail")
    logs.put_metric_filter(
        logGroupName="/trail",
        filterName=name,
        filterPattern='{ $.userIdentity.type = "Root" }',
        metricTransformations=[{"metricName": name, "metricNamespace": "Security", "metricValue": "1"}],
    )
alarm("root", metric=("Security", "Root"), AlarmActions=[topic], TreatMissingData="notBreaching")
alarm("root-silent", metric=("Security", "Root"), AlarmActions=[topic])
client("cloudwatch").set_alarm_state(AlarmName="root-silent", StateValue="INSUFFICIENT_DATA", StateReason="no data")
alarm("keys", metric=("Security", "Keys"), AlarmActions=[topic])
alarm("keys", EUROPE, metric=("Security", "Keys"), AlarmActions=["arn:aws:sns:eu-west-1:111122223333:alerts"])
client("cloudwatch", EUROPE).set_alarm_state(AlarmName="keys", StateValue="ALARM", StateReason="a key was used")
