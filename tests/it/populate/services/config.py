"""Config recorders, each wrong in its own way, region by region. Usage: config.py ENDPOINT"""

from common import ACCOUNT, client

LINKED = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
OWN = f"arn:aws:iam::{ACCOUNT}:role/AWSServiceRoleForConfig"
# Of each region: the role, what is recorded, whether it runs, and the days that history is kept.
REGIONS = {
    "us-east-1": (LINKED, {"allSupported": True, "includeGlobalResourceTypes": True}, True, None),
    "eu-west-1": (OWN, {"allSupported": True, "includeGlobalResourceTypes": False}, False, 90),
    "eu-central-1": (LINKED, {"allSupported": False, "resourceTypes": ["AWS::EC2::Instance"]}, True, 365),
    "us-west-2": (
        LINKED,
        {
            "allSupported": False,
            "exclusionByResourceTypes": {"resourceTypes": ["AWS::EC2::NetworkInterface", "AWS::IAM::User"]},
            "recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
        },
        True,
        364,
    ),
}
client("s3").create_bucket(Bucket="history")
for region, (role, group, runs, days) in REGIONS.items():
    config = client("config", region)
    config.put_configuration_recorder(
        ConfigurationRecorder={"name": "default", "roleARN": role, "recordingGroup": group}
    )
    config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "history"})
    if runs:
        config.start_configuration_recorder(ConfigurationRecorderName="default")
    if days:
        config.put_retention_configuration(RetentionPeriodInDays=days)
