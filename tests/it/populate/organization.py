"""An organization with units and a resource policy of CloudWatch Logs. Usage: organization.py ENDPOINT"""

import json
import sys

import boto3


def client(service):
    return boto3.client(
        service,
        region_name="us-east-1",
        endpoint_url=sys.argv[1],
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


organizations = client("organizations")
organizations.create_organization(FeatureSet="ALL")
root = organizations.list_roots()["Roots"][0]["Id"]
workloads = organizations.create_organizational_unit(ParentId=root, Name="Workloads")["OrganizationalUnit"]["Id"]
production = organizations.create_organizational_unit(ParentId=workloads, Name="Production")["OrganizationalUnit"]["Id"]
account = organizations.create_account(Email="shop@example.com", AccountName="shop")["CreateAccountStatus"]["AccountId"]
organizations.move_account(AccountId=account, SourceParentId=root, DestinationParentId=production)
policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "route53.amazonaws.com"}, "Action": "logs:PutLogEvents", "Resource": "*"}
    ],
}
client("logs").put_resource_policy(policyName="route53", policyDocument=json.dumps(policy))
