"""Instances, VPCs and flow logs. Usage: ec2.py ENDPOINT"""

from common import ACCOUNT, client, tell

EUROPE = "eu-west-1"
home, europe = client("ec2"), client("ec2", EUROPE)
iam = client("iam")
iam.create_instance_profile(InstanceProfileName="app")


def instance(ec2, name, subnet, **more):
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}]}]
    made = ec2.run_instances(
        ImageId="ami-12345678", MinCount=1, MaxCount=1, SubnetId=subnet, TagSpecifications=tags, **more
    )["Instances"][0]["InstanceId"]
    tell(name, made)
    return made


def vpc(ec2, name, block):
    made = ec2.create_vpc(CidrBlock=block)["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[made], Tags=[{"Key": "Name", "Value": name}])
    tell(name, made)
    return made, ec2.create_subnet(VpcId=made, CidrBlock=block)["Subnet"]["SubnetId"]


def flow_log(ec2, name, resource, traffic="ALL", kind="VPC", **more):
    made = ec2.create_flow_logs(ResourceType=kind, ResourceIds=[resource], TrafficType=traffic, **more)
    tell(name, made["FlowLogIds"][0])


def to_group(name):
    return {
        "LogDestinationType": "cloud-watch-logs",
        "LogGroupName": name,
        "DeliverLogsPermissionArn": f"arn:aws:iam::{ACCOUNT}:role/flow-logs",
    }


def to_bucket(name):
    return {"LogDestinationType": "s3", "LogDestination": f"arn:aws:s3:::{name}"}


profile = {"IamInstanceProfile": {"Name": "app"}}

# Networks in the home region: one whole, one with half a flow log, one whose subnet alone is watched, one with nothing in it.
whole, whole_net = vpc(home, "whole", "10.0.0.0/24")
half, half_net = vpc(home, "half", "10.0.1.0/24")
part, part_net = vpc(home, "part", "10.0.2.0/24")
unused, _ = vpc(home, "unused", "10.0.3.0/24")
instance(home, "with-role", whole_net, **profile)
instance(home, "without-role", half_net)
stopped = instance(home, "stopped", part_net)
home.stop_instances(InstanceIds=[stopped])
stopped = instance(home, "stopped-role", part_net, **profile)
home.stop_instances(InstanceIds=[stopped])
home.terminate_instances(InstanceIds=[instance(home, "ended", whole_net)])

for name, days in (("/flow/year", 365), ("/flow/month", 30), ("/flow/for-ever", None)):
    client("logs").create_log_group(logGroupName=name)
    if days:
        client("logs").put_retention_policy(logGroupName=name, retentionInDays=days)
s3 = client("s3")
for name, prefix in (("flow-long", None), ("flow-short", f"AWSLogs/{ACCOUNT}/"), ("flow-other", "elb/")):
    s3.create_bucket(Bucket=name)
    if prefix:
        rule = {"ID": "end", "Status": "Enabled", "Filter": {"Prefix": prefix}, "Expiration": {"Days": 60}}
        s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": [rule]})
flow_log(home, "log-year", whole, **to_group("/flow/year"))
flow_log(home, "log-bucket", whole, **to_bucket("flow-long"))
flow_log(home, "log-rejects", half, traffic="REJECT", **to_group("/flow/year"))
flow_log(home, "log-subnet", part_net, kind="Subnet", **to_group("/flow/for-ever"))
flow_log(home, "log-month", unused, **to_group("/flow/month"))
flow_log(home, "log-for-ever", unused, **to_group("/flow/for-ever"))
flow_log(home, "log-short", unused, **to_bucket("flow-short"))
flow_log(home, "log-other", unused, **to_bucket("flow-other"))

# In Europe the default VPC in use, without a flow log, and one whose log group is gone.
default = europe.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
tell("default", default)
subnet = europe.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [default]}])["Subnets"][0]["SubnetId"]
instance(europe, "european", subnet)
watched, watched_net = vpc(europe, "watched", "10.1.0.0/24")
instance(europe, "european-role", watched_net, **profile)
client("logs", EUROPE).create_log_group(logGroupName="/flow/gone")
flow_log(europe, "log-gone", watched, **to_group("/flow/gone"))
client("logs", EUROPE).delete_log_group(logGroupName="/flow/gone")
