"""Instances with and without a role, and SSH keys of users who may and may not use them. Usage: credentials.py ENDPOINT"""

import json
import sys

import boto3


def client(service):
    return boto3.client(
        service,
        region_name="eu-west-1",
        endpoint_url=sys.argv[1],
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


iam, ec2 = client("iam"), client("ec2")

for name, action in (("git", "codecommit:GitPull"), ("store", "s3:*")):
    iam.create_user(UserName=name)
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=json.dumps(document))
    iam.upload_ssh_public_key(UserName=name, SSHPublicKeyBody="ssh-rsa AAAAB3NzaC1yc2E")

iam.create_instance_profile(InstanceProfileName="app")
image = {"ImageId": "ami-12345678", "MinCount": 1, "MaxCount": 1}
ec2.run_instances(
    IamInstanceProfile={"Name": "app"},
    TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "app"}]}],
    **image,
)
ec2.run_instances(**image)
