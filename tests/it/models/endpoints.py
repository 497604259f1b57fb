"""The endpoints of the services that kickoff asks, as AWS's own rule sets have them: `endpoints.py > endpoints.csv`.

Run with the botocore of the tests' virtual environment. A cell is a host, or empty where AWS has none. S3 is asked by path."""

import csv
import json
import sys

import botocore
import botocore.session
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError

SERVICES = """accessanalyzer account cloudtrail cloudwatch config ec2 ecr elbv2 events guardduty iam identitystore inspector2
kms lambda logs oam organizations rds s3 securityhub sns sqs ssm sso-admin sts""".split()

loader = botocore.session.get_session().get_component("data_loader")
partitions = loader.load_data("partitions")
regions = sorted(
    name for partition in partitions["partitions"] for name in partition["regions"] if not name.endswith("-global")
)


def host(service, region, fips, dual):
    rules = loader.load_service_model(service, "endpoint-rule-set-1")
    known = {"Region": region, "UseFIPS": fips, "UseDualStack": dual, "UseGlobalEndpoint": False, "ForcePathStyle": True}
    given = {name: value for name, value in known.items() if name in rules["parameters"]}
    try:
        endpoint = EndpointProvider(rules, partitions).resolve_endpoint(**given)
    except EndpointProviderError:
        return ""
    assert endpoint.url.startswith("https://"), endpoint.url
    return endpoint.url.removeprefix("https://")


writer = csv.writer(sys.stdout, lineterminator="\n")
print(f"# botocore {botocore.__version__}, made by endpoints.py")
writer.writerow(["service", "region", "plain", "fips", "dual", "fips and dual"])
for service in SERVICES:
    for region in regions:
        row = [host(service, region, fips, dual) for dual in (False, True) for fips in (False, True)]
        writer.writerow([service, region, *row])
