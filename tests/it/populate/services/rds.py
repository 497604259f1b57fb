"""Databases, with alarms on their load and without. Usage: rds.py ENDPOINT"""

from common import ACCOUNT, alarm, client

EUROPE = "eu-west-1"
SHAPE = {"EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 1}
PLAIN = {"Engine": "postgres", "AllocatedStorage": 20, "MasterUsername": "root", "MasterUserPassword": "a-password"}


def database(name, region="us-east-1", **more):
    client("rds", region).create_db_instance(DBInstanceIdentifier=name, DBInstanceClass="db.t3.micro", **more)


# Watched by processor, by storage and by metric maths; by an alarm without an action, one that is switched off, one that tells of OK only,
# one on something else, and one on a database of the same name elsewhere; and not.
for name in ("watched", "filling", "emptying", "maths", "idle", "muted", "relieved", "beside", "twin", "bare"):
    database(name, **PLAIN)
ON = "DBInstanceIdentifier"
alarm("watched", "AWS/RDS", "CPUUtilization", ON, "watched")
alarm("filling", "AWS/RDS", "FreeStorageSpace", ON, "filling", ComparisonOperator="LessThanThreshold", Threshold=2e9)
# When there is enough, it goes off.
alarm("emptying", "AWS/RDS", "FreeStorageSpace", ON, "emptying")
alarm("idle", "AWS/RDS", "FreeStorageSpace", ON, "idle", AlarmActions=[])
alarm("muted", "AWS/RDS", "CPUUtilization", ON, "muted", ActionsEnabled=False)
topic = f"arn:aws:sns:us-east-1:{ACCOUNT}:alerts"
alarm("relieved", "AWS/RDS", "CPUUtilization", ON, "relieved", AlarmActions=[], OKActions=[topic])
alarm("beside", "AWS/RDS", "FailedSQLServerAgentJobsCount", ON, "beside")
alarm("twin", "AWS/RDS", "CPUUtilization", ON, "twin", region=EUROPE)
dimensions = [{"Name": ON, "Value": "maths"}]
metric = {"Namespace": "AWS/RDS", "MetricName": "ReadIOPS", "Dimensions": dimensions}
client("cloudwatch").put_metric_alarm(
    AlarmName="maths",
    AlarmActions=[topic],
    Metrics=[
        {"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}, "ReturnData": False},
        {"Id": "e", "Expression": "m*2", "ReturnData": True},
    ],
    **SHAPE,
)

# An instance of a cluster, watched by the cluster.
client("rds").create_db_cluster(
    DBClusterIdentifier="cluster", Engine="aurora-postgresql", MasterUsername="root", MasterUserPassword="a-password"
)
database("member", Engine="aurora-postgresql", DBClusterIdentifier="cluster")
alarm("cluster", "AWS/RDS", "DatabaseConnections", "DBClusterIdentifier", "cluster")

# In Europe a query over all databases.
database("asked", EUROPE, **PLAIN)
query = 'SELECT MAX(CPUUtilization) FROM SCHEMA("AWS/RDS", DBInstanceIdentifier)'
client("cloudwatch", EUROPE).put_metric_alarm(
    AlarmName="query",
    AlarmActions=[f"arn:aws:sns:eu-west-1:{ACCOUNT}:alerts"],
    Metrics=[{"Id": "q", "Expression": query, "Period": 60, "ReturnData": True}],
    **SHAPE,
)
