"""The management account of an organization with Identity Center and some workloads. Usage: workplace.py ENDPOINT"""

import io
import json
import sys
import zipfile

import boto3


def client(service):
    return boto3.client(
        service,
        region_name="eu-west-1",
        endpoint_url=sys.argv[1],
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


client("organizations").create_organization(FeatureSet="ALL")

# Administrators are a group of one, who is also assigned to by name; a second set is for nobody.
sso, directory = client("sso-admin"), client("identitystore")
instance = sso.list_instances()["Instances"][0]
center = {"InstanceArn": instance["InstanceArn"]}
store = {"IdentityStoreId": instance["IdentityStoreId"]}
admin = sso.create_permission_set(Name="Admin", SessionDuration="PT12H", **center)["PermissionSet"]["PermissionSetArn"]
sso.attach_managed_policy_to_permission_set(
    PermissionSetArn=admin, ManagedPolicyArn="arn:aws:iam::aws:policy/AdministratorAccess", **center
)
read = sso.create_permission_set(Name="Read", SessionDuration="PT1H", **center)["PermissionSet"]["PermissionSetArn"]
statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
sso.put_inline_policy_to_permission_set(
    PermissionSetArn=read, InlinePolicy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}), **center
)
sso.attach_customer_managed_policy_reference_to_permission_set(
    PermissionSetArn=read, CustomerManagedPolicyReference={"Name": "own", "Path": "/"}, **center
)
ann = directory.create_user(
    UserName="ann",
    DisplayName="Ann",
    Name={"GivenName": "Ann", "FamilyName": "PlantedFamilyName"},
    Emails=[{"Value": "planted-mail@example.com"}],
    PhoneNumbers=[{"Value": "+1 555 0100 planted"}],
    **store,
)["UserId"]
directory.create_user(
    UserName="bob", DisplayName="Bob", Name={"GivenName": "Bob", "FamilyName": "PlantedFamilyName"}, **store
)
group = directory.create_group(DisplayName="Administrators", **store)["GroupId"]
directory.create_group(DisplayName="Everybody", **store)
directory.create_group_membership(GroupId=group, MemberId={"UserId": ann}, **store)
sso.provision_permission_set(PermissionSetArn=admin, TargetType="AWS_ACCOUNT", TargetId="111122223333", **center)
for kind, principal in (("GROUP", group), ("USER", ann)):
    sso.create_account_assignment(
        TargetId="111122223333",
        TargetType="AWS_ACCOUNT",
        PermissionSetArn=admin,
        PrincipalType=kind,
        PrincipalId=principal,
        **center,
    )

# One instance that runs and one that ended, a database, a load balancer, a queue, a repository, a function.
ec2 = client("ec2")
image = {"ImageId": "ami-12345678", "MinCount": 1, "MaxCount": 1}
ec2.run_instances(**image)
ended = ec2.run_instances(**image)["Instances"][0]["InstanceId"]
ec2.terminate_instances(InstanceIds=[ended])
client("rds").create_db_instance(
    DBInstanceIdentifier="orders",
    DBInstanceClass="db.t3.micro",
    Engine="postgres",
    AllocatedStorage=20,
    MasterUsername="root",
    MasterUserPassword="PlantedMasterPassword",
)
subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]][:2]
client("elbv2").create_load_balancer(Name="web", Subnets=subnets)
client("sqs").create_queue(QueueName="jobs")
client("ecr").create_repository(repositoryName="app")
trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
role = client("iam").create_role(
    RoleName="function",
    AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
)["Role"]["Arn"]
code = io.BytesIO()
with zipfile.ZipFile(code, "w") as archive:
    archive.writestr("app.py", "def handler(event, context): return 1")
client("lambda").create_function(
    FunctionName="job",
    Runtime="python3.13",
    Role=role,
    Handler="app.handler",
    Code={"ZipFile": code.getvalue()},
    Environment={"Variables": {"DB": "PlantedEnvironment"}},
)

# Alarms: one on a metric, one in metric maths, one over a query.
alarms = client("cloudwatch")
shape = {"EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 1}
dimensions = [{"Name": "DBInstanceIdentifier", "Value": "orders"}]
alarms.put_metric_alarm(
    AlarmName="plain", Namespace="AWS/RDS", MetricName="CPUUtilization", Dimensions=dimensions, Period=60,
    Statistic="Average", **shape,
)
metric = {"Namespace": "AWS/RDS", "MetricName": "ReadIOPS", "Dimensions": dimensions}
alarms.put_metric_alarm(
    AlarmName="maths",
    Metrics=[
        {"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}, "ReturnData": False},
        {"Id": "e", "Expression": "m*2", "ReturnData": True},
    ],
    **shape,
)
query = 'SELECT MAX(CPUUtilization) FROM SCHEMA("AWS/RDS", DBInstanceIdentifier)'
alarms.put_metric_alarm(
    AlarmName="query", Metrics=[{"Id": "q", "Expression": query, "Period": 60, "ReturnData": True}], **shape
)

# Sessions are logged to a log group; Inspector scans instances.
preferences = {
    "schemaVersion": "1.0",
    "sessionType": "Standard_Stream",
    "inputs": {"s3BucketName": "", "cloudWatchLogGroupName": "/sessions"},
}
client("ssm").create_document(
    Name="SSM-SessionManagerRunShell",
    Content=json.dumps(preferences),
    DocumentType="Session",
    DocumentFormat="JSON",
)
client("inspector2").enable(accountIds=["111122223333"], resourceTypes=["EC2"])
