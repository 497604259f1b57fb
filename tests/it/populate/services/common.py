"""What the population scripts share. Each takes the endpoint as its one argument."""

import functools
import json
import sys

import boto3

ACCOUNT = "111122223333"


@functools.cache
def client(service, region="us-east-1", key="test", secret="test", token=None):
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=sys.argv[1],
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
    )


def tell(name, value):
    """Says under which name the expected cases speak of an id that the server gave."""
    print(name, value, sep="\t")


def allow(principal, action="sts:AssumeRole", **more):
    """A policy document of one statement for a principal."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def grant(action, resource="*", **more):
    """A policy document of one statement for an identity."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource, **more}]}


def tellable(region, name):
    """A topic that lets EventBridge and CloudWatch publish: the policy that SNS gives a new one lets neither rule."""
    sns = client("sns", region)
    arn = sns.create_topic(Name=name)["TopicArn"]
    services = {"Service": ["events.amazonaws.com", "cloudwatch.amazonaws.com"]}
    policy = json.dumps(allow(services, "sns:Publish", Resource=arn))
    sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
    return arn


def alarm(name, namespace, metric, dimension, value, region="us-east-1", **more):
    """An alarm on a metric of a resource; it tells a topic unless more says otherwise."""
    client("cloudwatch", region).put_metric_alarm(
        **{
            "AlarmName": name,
            "Namespace": namespace,
            "MetricName": metric,
            "Dimensions": [{"Name": dimension, "Value": value}],
            "Statistic": "Average",
            "Period": 60,
            "EvaluationPeriods": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 1,
            "AlarmActions": [f"arn:aws:sns:{region}:{ACCOUNT}:alerts"],
            **more,
        }
    )
