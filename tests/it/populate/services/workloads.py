"""Databases, load balancers and queues, with alarms on them and without. Usage: workloads.py ENDPOINT"""

from common import client, tell

EUROPE = "eu-west-1"
SHAPE = {"EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 1}
TOPIC = client("sns").create_topic(Name="alerts")["TopicArn"]


def alarm(name, namespace, metric, dimension, value, actions=(TOPIC,), **more):
    client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace=namespace,
        MetricName=metric,
        Dimensions=[{"Name": dimension, "Value": value}],
        Statistic="Average",
        Period=60,
        AlarmActions=list(actions),
        **SHAPE,
        **more,
    )


def database(name, region="us-east-1", **more):
    rds = client("rds", region)
    rds.create_db_instance(DBInstanceIdentifier=name, DBInstanceClass="db.t3.micro", **more)


PLAIN = {"Engine": "postgres", "AllocatedStorage": 20, "MasterUsername": "root", "MasterUserPassword": "a-password"}
AURORA = {"Engine": "aurora-postgresql", "MasterUsername": "root", "MasterUserPassword": "a-password"}

# Databases: watched, by alarms without an action, by an alarm that is switched off, by an alarm on something else, and not.
for name in ("watched", "idle", "muted", "beside", "bare", "maths"):
    database(name, **PLAIN)
ON = ("DBInstanceIdentifier",)
alarm("watched", "AWS/RDS", "CPUUtilization", *ON, "watched")
alarm("idle", "AWS/RDS", "FreeStorageSpace", *ON, "idle", actions=())
alarm("muted", "AWS/RDS", "CPUUtilization", *ON, "muted", ActionsEnabled=False)
alarm("beside", "AWS/RDS", "FailedSQLServerAgentJobsCount", *ON, "beside")
metric = {
    "Namespace": "AWS/RDS",
    "MetricName": "ReadIOPS",
    "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": "maths"}],
}
client("cloudwatch").put_metric_alarm(
    AlarmName="maths",
    AlarmActions=[TOPIC],
    Metrics=[
        {"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}, "ReturnData": False},
        {"Id": "e", "Expression": "m*2", "ReturnData": True},
    ],
    **SHAPE,
)

# An instance of a cluster, watched by the cluster.
client("rds").create_db_cluster(DBClusterIdentifier="cluster", **AURORA)
database("member", Engine="aurora-postgresql", DBClusterIdentifier="cluster")
alarm("cluster", "AWS/RDS", "DatabaseConnections", "DBClusterIdentifier", "cluster")

# Load balancers and queues: watched and not, and a queue with an alarm on what tells nothing of its load.
elb, ec2, sqs = client("elbv2"), client("ec2"), client("sqs")
subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]][:2]
for name, kind in (("web", "application"), ("wire", "network")):
    made = elb.create_load_balancer(Name=name, Subnets=subnets, Type=kind)["LoadBalancers"][0]["LoadBalancerArn"]
    tell(name, made)
    if name == "web":
        value = made.split(":loadbalancer/")[1]
        alarm("web", "AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "LoadBalancer", value)
for name in ("jobs", "dead", "sent"):
    sqs.create_queue(QueueName=name)
alarm("jobs", "AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", "jobs")
alarm("sent", "AWS/SQS", "NumberOfMessagesSent", "QueueName", "sent")

# In Europe a query over all databases.
database("asked", EUROPE, **PLAIN)
client("sqs", EUROPE).create_queue(QueueName="alone")
query = 'SELECT MAX(CPUUtilization) FROM SCHEMA("AWS/RDS", DBInstanceIdentifier)'
client("cloudwatch", EUROPE).put_metric_alarm(
    AlarmName="query",
    AlarmActions=["arn:aws:sns:eu-west-1:111122223333:alerts"],
    Metrics=[{"Id": "q", "Expression": query, "Period": 60, "ReturnData": True}],
    **SHAPE,
)
