"""A small account, good and bad, with secrets where none belong. Usage: small.py ENDPOINT"""

import json
import sys

import boto3

ENDPOINT = sys.argv[1]


def client(service, region="us-east-1"):
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=ENDPOINT,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


iam, s3, sns, events = client("iam"), client("s3"), client("sns"), client("events")

# alice has a password and MFA, bob a password only, carol keys only.
iam.create_group(GroupName="Developers")
for name in ("alice", "bob", "carol"):
    iam.create_user(
        UserName=name,
        Tags=[{"Key": "note", "Value": "aws_secret_access_key = wJalrXUtnFEMIK7MDENGbPxRfiCYPLANTEDKEYta"}],
    )
for name in ("alice", "bob"):
    iam.create_login_profile(UserName=name, Password="Planted-Passw0rd-1")
    iam.add_user_to_group(GroupName="Developers", UserName=name)
device = iam.create_virtual_mfa_device(VirtualMFADeviceName="alice")["VirtualMFADevice"]["SerialNumber"]
iam.enable_mfa_device(UserName="alice", SerialNumber=device, AuthenticationCode1="123456", AuthenticationCode2="654321")
iam.create_access_key(UserName="carol")
iam.attach_user_policy(UserName="carol", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
iam.update_account_password_policy(MinimumPasswordLength=16, PasswordReusePrevention=24)
trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
iam.create_role(
    RoleName="app",
    AssumeRolePolicyDocument=json.dumps(trust),
    Tags=[{"Key": "database", "Value": "postgres://app:Planted-Db-Passw0rd@db.internal:5432/app"}],
)

# A multi-region trail with validation in us-east-1 that logs; a single-region one in eu-west-1 that does not.
s3.create_bucket(Bucket="trail-main")
trails = client("cloudtrail")
trails.create_trail(Name="main", S3BucketName="trail-main", IsMultiRegionTrail=True, EnableLogFileValidation=True)
# As AWS creates a trail; moto gives it none.
trails.put_event_selectors(
    TrailName="main",
    EventSelectors=[{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}],
)
trails.start_logging(Name="main")
client("s3", "eu-west-1").create_bucket(
    Bucket="trail-old", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
)
client("cloudtrail", "eu-west-1").create_trail(Name="old", S3BucketName="trail-old")

# An alarm that tells a confirmed topic, one that tells nobody; a rule whose target carries a secret.
topic = sns.create_topic(Name="alerts")["TopicArn"]
sns.subscribe(TopicArn=topic, Protocol="https", Endpoint="https://hook.example.com/services/planted-hook-token")
alarms = client("cloudwatch")
for name, actions in (("told", [topic]), ("untold", [])):
    alarms.put_metric_alarm(
        AlarmName=name,
        MetricName="Errors",
        Namespace="App",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=actions,
    )
events.put_rule(Name="guardduty", EventPattern=json.dumps({"source": ["aws.guardduty"]}))
events.put_targets(
    Rule="guardduty",
    Targets=[
        {
            "Id": "task",
            "Arn": topic,
            "Input": json.dumps(
                {"containerOverrides": [{"environment": [{"name": "DB", "value": "planted-environment-value"}]}]}
            ),
        }
    ],
)

# Log groups: kept long, for ever, and too short.
logs = client("logs")
for name, days in (("/app/long", 400), ("/app/for-ever", None), ("/app/short", 30)):
    logs.create_log_group(logGroupName=name)
    if days:
        logs.put_retention_policy(logGroupName=name, retentionInDays=days)

# GuardDuty and Config run in us-east-1 only.
client("guardduty").create_detector(Enable=True)
config = client("config")
config.put_configuration_recorder(
    ConfigurationRecorder={
        "name": "default",
        "roleARN": "arn:aws:iam::111122223333:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig",
        "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True},
    }
)
config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "trail-main"})
config.start_configuration_recorder(ConfigurationRecorderName="default")
