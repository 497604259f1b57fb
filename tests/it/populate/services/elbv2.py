"""Load balancers, with alarms on their load and without. Usage: elbv2.py ENDPOINT"""

from common import alarm, client, tell

EUROPE = "eu-west-1"
# The metric of each one's alarm and what is particular about the alarm; none has no alarm.
BALANCERS = {
    "errors": ("HTTPCode_ELB_5XX_Count", {}),
    "healthy": ("HealthyHostCount", {"ComparisonOperator": "LessThanThreshold"}),
    "refused": ("RejectedConnectionCount", {}),
    "busy": ("ActiveConnectionCount", {}),
    "idle": ("HTTPCode_ELB_5XX_Count", {"AlarmActions": []}),
    "muted": ("HTTPCode_ELB_5XX_Count", {"ActionsEnabled": False}),
    "beside": ("DesyncMitigationMode_NonCompliant_Request_Count", {}),
    "misnamed": ("HTTPCode_ELB_5XX_Count", {"Namespace": "AWS/ELB"}),
    "bare": None,
}


def balancer(name, region="us-east-1"):
    subnets = [subnet["SubnetId"] for subnet in client("ec2", region).describe_subnets()["Subnets"]][:2]
    made = client("elbv2", region).create_load_balancer(Name=name, Subnets=subnets)
    arn = made["LoadBalancers"][0]["LoadBalancerArn"]
    tell(name, arn)
    return arn.split(":loadbalancer/")[1]


for name, watch in BALANCERS.items():
    value = balancer(name)
    if watch:
        metric, more = watch
        alarm(name, "AWS/ApplicationELB", metric, "LoadBalancer", value, **more)
# An alarm that gives the name alone, which is no value of the dimension; and one in another region.
balancer("short")
alarm("short", "AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "LoadBalancer", "short")
alarm("europe", "AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "LoadBalancer", balancer("europe", EUROPE), EUROPE)
