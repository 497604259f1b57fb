"""What AWS may answer, made from AWS's own models: values for the output shape of an operation.

Nothing here comes from a clock or from chance: a value follows from the operation, the region and what was asked, so that
the same request is always answered the same. What has to agree between answers (who is in a group, which bucket a trail
fills) stands in world.py; all else is made up from names and types.
"""

import hashlib
import json
import re
from collections import namedtuple
from urllib.parse import quote

import operations
from botocore.model import ServiceModel
from world import ACCOUNT, COUNTS, DROP, FILLED, KEPT_ENUMS, VALUES

UNKNOWN = "KICKOFF_UNKNOWN_VALUE"
# What the time or the page decides is no part of the question.
PASSING = {"StartTime", "EndTime", "StartDate", "EndDate", "NextToken", "nextToken", "Marker", "ContinuationToken"}

# Quotes, lines, tabs, markup, other scripts and what a spreadsheet takes for a formula. No control characters: XML has none.
ODD = '=1+1 "double" \'single\' <b>&amp;</b> line\nbreak\ttab, caf\u00e9 \u4f60\u597d \U0001f600 \u202eright to left \\ | ` {{x}} '
LONG = (ODD * 80)[:5000]

# A time as JSON has it and as XML has it.
Time = namedtuple("Time", "json iso")
ODD_TIMES = [
    Time("-86400.5", "1969-12-30T23:59:59.5Z"),
    Time("253402300799", "9999-12-31T23:59:59Z"),
    Time("1.7E9", "2023-11-14T22:13:20+00:00"),
    Time("1772416800.123", "2026-03-02T02:00:00.123456Z"),
    Time("1.7724168e+09", "2026-03-02T03:00:00.250+01:00"),
    Time("0", "1970-01-01T00:00:00Z"),
]

# Members that AWS's pages show in every entry, though its models mark none of them as required.
ALWAYS = {
    "account.Region": "RegionName RegionOptStatus",
    "account.AlternateContact": "Name Title EmailAddress PhoneNumber AlternateContactType",
    "cloudtrail.Trail": "Name TrailARN HomeRegion S3BucketName",
    "cloudtrail.EventSelector": "ReadWriteType IncludeManagementEvents",
    "cloudtrail.InsightSelector": "InsightType",
    "cloudtrail.Event": "EventId EventName EventTime EventSource CloudTrailEvent",
    "cloudwatch.MetricAlarm": "AlarmName AlarmArn ActionsEnabled StateValue",
    "cloudwatch.CompositeAlarm": "AlarmName AlarmArn ActionsEnabled StateValue AlarmRule",
    "cloudwatch.AlarmMuteRuleSummary": "AlarmMuteRuleArn Status",
    "cloudwatch.AlarmHistoryItem": "AlarmName Timestamp",
    "config.ComplianceByConfigRule": "ConfigRuleName Compliance",
    "config.Compliance": "ComplianceType",
    "config.ConfigurationAggregator": "ConfigurationAggregatorName ConfigurationAggregatorArn",
    "config.ConfigurationRecorder": "name",
    "config.ConfigurationRecorderStatus": "name recording",
    "config.DeliveryChannel": "name s3BucketName",
    "config.DeliveryChannelStatus": "name",
    "config.EvaluationResult": "ComplianceType",
    "ec2.FlowLog": "FlowLogId ResourceId",
    "ec2.Instance": "InstanceId State",
    "ec2.InstanceState": "Code Name",
    "ec2.NetworkInterface": "NetworkInterfaceId VpcId",
    "ec2.Region": "RegionName OptInStatus",
    "ec2.Reservation": "ReservationId Instances",
    "ec2.Vpc": "VpcId OwnerId",
    "ecr.Repository": "repositoryArn repositoryName",
    "elbv2.LoadBalancer": "LoadBalancerArn",
    "events.Rule": "Name Arn State",
    "guardduty.AdminAccount": "AdminAccountId AdminStatus",
    "iam.UserDetail": "Path UserName UserId Arn CreateDate",
    "iam.GroupDetail": "Path GroupName GroupId Arn CreateDate",
    "iam.RoleDetail": "Path RoleName RoleId Arn CreateDate AssumeRolePolicyDocument",
    "iam.ManagedPolicyDetail": "PolicyName PolicyId Arn DefaultVersionId PolicyVersionList",
    "iam.PolicyVersion": "VersionId IsDefaultVersion Document",
    "iam.PasswordPolicy": "MinimumPasswordLength",
    "iam.OpenIDConnectProviderListEntry": "Arn",
    "iam.VirtualMFADevice": "User EnableDate",
    "iam.SAMLProviderListEntry": "Arn",
    "identitystore.GroupMembership": "GroupId MemberId MembershipId",
    "lambda.FunctionConfiguration": "FunctionName FunctionArn",
    "logs.AccountPolicy": "policyName policyDocument",
    "logs.LogGroup": "logGroupName arn",
    "logs.MetricFilter": "filterName filterPattern metricTransformations logGroupName",
    "logs.ResourcePolicy": "policyName policyDocument",
    "logs.SubscriptionFilter": "filterName logGroupName destinationArn",
    "oam.ListLinksItem": "Arn Id SinkArn",
    "organizations.Organization": "Id Arn FeatureSet MasterAccountId",
    "organizations.Account": "Id Arn Name State",
    "organizations.DelegatedAdministrator": "Id",
    "organizations.DelegatedService": "ServicePrincipal",
    "organizations.OrganizationalUnit": "Id Arn Name",
    "organizations.Policy": "PolicySummary Content",
    "organizations.ResourcePolicy": "Content",
    "organizations.PolicySummary": "Id Arn Name Type AwsManaged",
    "organizations.PolicyTargetSummary": "TargetId Type",
    "organizations.Root": "Id Arn Name",
    "rds.DBInstance": "DBInstanceIdentifier DBInstanceArn Engine",
    "s3.Bucket": "Name",
    "s3.Grant": "Grantee Permission",
    "securityhub.AdminAccount": "AccountId Status",
    "securityhub.AutomationRulesConfig": "RuleArn RuleName Criteria Actions",
    "securityhub.AutomationRulesMetadata": "RuleArn RuleStatus",
    "securityhub.StandardsControl": "ControlId ControlStatus SeverityRating",
    "securityhub.FindingAggregator": "FindingAggregatorArn",
    "sns.Subscription": "SubscriptionArn Protocol Endpoint",
    "sso-admin.AccountAssignment": "AccountId PermissionSetArn PrincipalType PrincipalId",
    "sso-admin.AttachedManagedPolicy": "Name Arn",
    "sso-admin.InstanceMetadata": "InstanceArn IdentityStoreId OwnerAccountId PrimaryRegion",
    "sso-admin.PermissionSet": "Name PermissionSetArn",
}

# Two certificates: one that never ends, as RFC 5280 (4.1.2.5) writes it, and one that ended before 1970.
PINNED = {"ServerCertificateMetadataList.*.Expiration": (1, 0)}

models, loose = {}, {}


def model(service):
    """The model of a service."""
    if service not in models:
        models[service] = ServiceModel(operations.loader.load_service_model(service, "service-2"), service)
    return models[service]


def rows():
    """What kickoff's table of operations says that an answer always has: first members, those never empty, the root."""
    text = operations.ROWS.read_text().split("#[cfg(test)]")[0]
    starts = list(re.finditer(r'\b(?:op|under)\(\s*"([a-z0-9-]+:\w+)"', text))
    found = {}
    for at, start in enumerate(starts):
        end = starts[at + 1].start() if at + 1 < len(starts) else len(text)
        block = text[start.end() : end]
        lists = re.findall(r'\b(?:Always|Table)\("([^"]+)"(?:, (\w+))?', block)
        either = re.findall(r'\bEither\("([^"]+)"', block)
        members = re.search(r"\.members\(&\[([^\]]*)\]", block)
        root = re.search(r'\.xml\("(\w+)"\)', block)
        needed = [path for path, _ in lists] + either[:1] + (re.findall(r'"([^"]+)"', members[1]) if members else [])
        found[start[1]] = {
            "needed": {path.split("/")[0] for path in needed},
            "never_empty": {path.split("/")[0] for path, why in lists if why == "NeverEmpty"} | set(either),
            "root": root[1] if root else None,
        }
    return found


ROWS = rows()


def allows(pattern):
    """Whether a member's pattern allows any text at all, or there is none."""
    if pattern and pattern not in loose:
        try:
            loose[pattern] = bool(re.fullmatch(pattern, ODD, re.DOTALL))
        except re.error:
            loose[pattern] = False
    return not pattern or loose[pattern]


def iso(seconds):
    """A time in UTC, as XML has it; only between 1970 and 9999."""
    days, rest = divmod(int(seconds), 86400)
    year = 1970
    while True:
        length = 366 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 365
        if days < length:
            break
        days, year = days - length, year + 1
    months = [31, 29 if length == 366 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    month = 0
    while days >= months[month]:
        days, month = days - months[month], month + 1
    return f"{year:04}-{month + 1:02}-{days + 1:02}T{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}Z"


def at(seconds):
    """A time that nothing is odd about."""
    return Time(str(int(seconds)), iso(seconds))


class Answer:
    """One answer, as members by the names of the model."""

    def __init__(self, mode, name, region, asked):
        self.mode, self.name, self.region, self.asked = mode, name, region, asked
        self.service, self.action = name.split(":")
        self.row = ROWS[name]
        self.empty = mode == "empty"
        kept = sorted((key, json.dumps(value, sort_keys=True)) for key, value in asked.items() if key not in PASSING)
        self.seed = json.dumps([name, region, kept])
        self.values, self.counts = VALUES.get(name, {}), COUNTS.get(name, {})
        paged = operations.pages(self.service, self.operation())
        self.asks, self.next = (paged["asks"], paged["names"]) if paged else (None, None)

    def operation(self):
        """Its model."""
        return model(self.service).operation_model(self.action)

    def chance(self, path, index):
        """A number that is the same each time."""
        text = f"{self.seed} {path} {index}"
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest(), "big")

    def made(self):
        """The members of the answer."""
        shape = self.operation().output_shape
        return self.structure(shape, "", (), (), top=True) if shape else {}

    def keeps(self, shape, member, of, top):
        """Whether an answer with the least has a member."""
        if self.mode != "least" or member in shape.required_members:
            return True
        if member in ALWAYS.get(f"{self.service}.{shape.name}", "").split():
            return True
        if not top:
            return False
        wire = operations.wire(member, of)
        payload = self.operation().output_shape.serialization.get("payload")
        return wire in self.row["needed"] or member == payload

    def structure(self, shape, path, index, above, top=False):
        """The members of a structure; of a union one."""
        members = list(shape.members.items())
        if shape.is_tagged_union:
            members = [members[self.chance(path, index) % len(members)]]
        made = {}
        for member, of in members:
            below = f"{path}.{member}" if path else member
            if top and (member in operations.TOKENS or operations.wire(member, of) == self.next):
                continue
            # The members of a body that is one member are as those of the answer itself.
            root = top or (path == self.operation().output_shape.serialization.get("payload"))
            kept = shape.is_tagged_union or self.keeps(shape, member, of, root)
            if not kept or self.values.get(below) is DROP:
                continue
            value = self.value(of, member, below, index, above)
            if value is not None:
                made[member] = value
        return made

    def value(self, shape, member, path, index, above):
        """A value of a shape; none where it would hold itself."""
        kind = shape.type_name
        if path in self.values and kind not in ("structure", "list"):
            return self.told(shape, path, index)
        if shape.name in above and kind in ("structure", "list", "map"):
            return None
        above = (*above, shape.name) if kind in ("structure", "list", "map") else above
        if kind == "structure":
            if getattr(shape, "is_document_type", False):
                return {"text": "a document"}
            return self.structure(shape, path, index, above)
        if kind == "list":
            return self.entries(shape, member, path, index, above)
        if kind == "map":
            keys = shape.key.enum[:2] or ["Name", "Team"]
            values = [self.value(shape.value, key, f"{path}.*", (*index, n), above) for n, key in enumerate(keys)]
            return {key: value for key, value in zip(keys, values) if value is not None}
        return self.leaf(shape, member, path, index)

    def entries(self, shape, member, path, index, above):
        """The entries of a list: two, where nothing else is said."""
        number = self.counts.get(path, 2)
        number = number(self, index) if callable(number) else number
        top = "." not in path or path.split(".")[0] == self.operation().output_shape.serialization.get("payload")
        wire = operations.wire(member, shape)
        if self.empty:
            flat = shape.serialization.get("name") or shape.member.serialization.get("name")
            kept = top and ({wire, flat} & self.row["never_empty"])
            number = min(number, 2 if self.action in ("ListRegions", "DescribeRegions") else 1) if kept else 0
            if path in FILLED.get(self.name, ()):
                number = 1
        made = [self.value(shape.member, member, f"{path}.*", (*index, n), above) for n in range(number)]
        return [value for value in made if value is not None]

    def told(self, shape, path, index):
        """A value of the world."""
        value = self.values[path]
        while callable(value) or isinstance(value, list):
            value = value(self, index) if callable(value) else value[index[-1] % len(value)]
        if shape.type_name == "timestamp":
            return at(value)
        if isinstance(value, dict) and shape.type_name == "string":
            text = json.dumps(value)
            return quote(text, safe="") if self.service == "iam" else text
        if isinstance(value, str):
            strange = self.mode == "enums" and getattr(shape, "enum", None)
            if strange and f"{self.name} {path}" not in KEPT_ENUMS:
                return UNKNOWN
            return self.filled(value, index)
        return value

    def filled(self, text, index):
        """A text with what was asked and the number of the entry in its places."""
        names = {key: value for key, value in self.asked.items() if isinstance(value, str)}
        names.update(region=self.region, account=ACCOUNT, n=(index[-1] if index else 0) + 1, m=(index[0] if index else 0) + 1)
        return re.sub(r"\{(\w+)\}", lambda found: str(names.get(found[1], "")), text)

    def time(self, path, index):
        """A time that follows from nothing but its place."""
        chance = self.chance(path, index)
        if self.mode == "times":
            return ODD_TIMES[PINNED[path][index[-1]] if path in PINNED else chance % len(ODD_TIMES)]
        # All of one time of day, in the year before 2026-11-01T03:17:00Z.
        return at(1793503020 - 86400 * (chance % 365))

    def leaf(self, shape, member, path, index):
        """A value that the world does not tell."""
        kind, chance = shape.type_name, self.chance(path, index)
        if kind == "boolean":
            return chance % 2 == 0
        if kind in ("integer", "long"):
            least, most = shape.metadata.get("min", 1), shape.metadata.get("max", 10**6)
            return max(least, min(most, 1 + chance % 50))
        if kind in ("float", "double"):
            return 1 + chance % 90 / 10
        if kind == "timestamp":
            return self.time(path, index)
        if kind == "blob":
            return f"{member} {chance % 1000}".encode()
        if shape.enum:
            return UNKNOWN if self.mode == "enums" else shape.enum[chance % len(shape.enum)]
        return self.text(shape, member, index, chance)

    def text(self, shape, member, index, chance):
        """A text that is plausible by the name of its member."""
        low, number = member.lower(), f"{chance % 0xFFFF:04x}"
        region = "" if self.service == "iam" else self.region
        signing = model(self.service).signing_name
        if low.endswith(("arn", "arns")):
            return f"arn:aws:{signing}:{region}:{ACCOUNT}:{low[:-3] or 'thing'}/{number}"
        if re.search(r"account_?id$|^owner$|ownerid$|account$|accountids$|registryid$|owneraccount$", low):
            return ACCOUNT
        if low.endswith(("region", "regions", "regionname")):
            return self.region
        if low.endswith(("at", "time", "date")) and re.search(r"[a-z](At|Time|Date)$", member):
            return self.time(member, index).iso
        if low.endswith(("policydocument", "policy")):
            return json.dumps({"Version": "2012-10-17", "Statement": []})
        if "email" in low:
            return f"person-{number}@example.com"
        if low.endswith(("url", "uri", "website")):
            return f"https://example.com/{number}"
        if "cidr" in low:
            return f"10.{chance % 200}.0.0/16"
        if low.endswith(("ip", "ipaddress")):
            return f"10.0.{chance % 200}.7"
        if self.mode == "long" and allows(shape.metadata.get("pattern")):
            # What comes twice is told apart by its end.
            most = min(shape.metadata.get("max") or 2000, 2000)
            return LONG[: max(most - 5, 1)] + f"-{number}"[:most]
        return f"{member}-{number}"
