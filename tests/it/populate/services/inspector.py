"""Instances, repositories and functions that Inspector scans or not, region by region. Usage: inspector.py ENDPOINT"""

import io
import json
import zipfile

from common import ACCOUNT, allow, client


def inspector(region, *kinds):
    """Scans kinds of resources; none says that it was switched on once and off again."""
    service, account = client("inspector2", region), {"accountIds": [ACCOUNT]}
    service.enable(resourceTypes=list(kinds) or ["EC2"], **account)
    if not kinds:
        service.disable(resourceTypes=["EC2"], **account)


def instance(region):
    made = client("ec2", region).run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1)
    return made["Instances"][0]["InstanceId"]


# Everything scanned; switched off beside a server; repositories that are not; nothing at all; a function; a server that ended.
inspector("us-east-1", "EC2", "ECR", "LAMBDA")
instance("us-east-1")
inspector("eu-west-1")
instance("eu-west-1")
inspector("eu-central-1", "EC2")
client("ecr", "eu-central-1").create_repository(repositoryName="app")
inspector("us-west-2")
inspector("ap-northeast-1")
trust = json.dumps(allow({"Service": "lambda.amazonaws.com"}))
role = client("iam").create_role(RoleName="function", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
code = io.BytesIO()
with zipfile.ZipFile(code, "w") as archive:
    archive.writestr("app.py", "def handler(event, context): return 1")
client("lambda", "ap-northeast-1").create_function(
    FunctionName="job", Runtime="python3.13", Role=role, Handler="app.handler", Code={"ZipFile": code.getvalue()}
)
inspector("ap-southeast-2")
client("ec2", "ap-southeast-2").terminate_instances(InstanceIds=[instance("ap-southeast-2")])
