"""What botocore's models say of the operations that kickoff calls, as a table for the tests to compare with.

    python tests/it/models/operations.py > tests/it/models/operations.json

Run with the tests' interpreter (moto-5.2.5 under the target folder), whose botocore is the one that is meant. The ids
are those of the rows in scanner/facts/src/operation.rs; nothing else is read from there.
"""

import json
import re
from pathlib import Path

import botocore
from botocore.loaders import Loader
from botocore.model import ServiceModel

ROWS = Path(__file__).parents[3] / "scanner/facts/src/operation.rs"
TOKENS = ("NextToken", "nextToken", "Marker", "NextMarker", "ContinuationToken")

loader = Loader()


def ids():
    """The operations of the rows."""
    text = ROWS.read_text().split("#[cfg(test)]")[0]
    found = re.findall(r'\b(?:op|under)\(\s*"([a-z0-9-]+:\w+)"', text)
    return sorted(name for name in found if not name.startswith("unknown:"))


def wire(name, shape):
    """The name of a member on the wire."""
    return shape.serialization.get("name", name)


def place(shape):
    """Where a member of a request stands."""
    return shape.serialization.get("location", "body")


def entry(shape, protocol):
    """The element of a list's entries in XML; none in JSON."""
    if "json" in protocol:
        return ""
    if shape.serialization.get("flattened"):
        return ""
    return "/" + shape.member.serialization.get("name", "member")


def pages(service, operation):
    """The member that asks for a page, and the one that names the next."""
    given, answered = operation.input_shape, operation.output_shape
    try:
        known = loader.load_service_model(service, "paginators-1")["pagination"].get(operation.name)
    except Exception:
        known = None
    if known:
        asks, names = known["input_token"], known["output_token"]
    else:
        asks = next((name for name in TOKENS if given and name in given.members), None)
        names = next((name for name in TOKENS if answered and name in answered.members), None)
        if not asks or not names:
            return None
    member = given.members[asks]
    sent = wire(asks, member)
    if service == "ec2":
        # The EC2 protocol begins the name of what is sent with a capital letter.
        sent = sent[:1].upper() + sent[1:]
    return {"asks": sent, "in": place(member), "names": wire(names, answered.members[names])}


def row(name):
    """What the models say of one operation."""
    service, action = name.split(":")
    model = ServiceModel(loader.load_service_model(service, "service-2"), service)
    operation, meta = model.operation_model(action), model.metadata
    protocols = meta.get("protocols", [meta["protocol"]])
    # Of several protocols kickoff speaks the one that people can read.
    protocol = "json" if "json" in protocols else meta["protocol"]
    given, answered = operation.input_shape, operation.output_shape
    lists, members = {}, {}
    for member, shape in answered.members.items() if answered else ():
        if shape.serialization.get("location") in ("header", "statusCode"):
            continue
        needed = member in answered.required_members
        if shape.type_name == "list":
            lists[wire(member, shape) + entry(shape, protocol)] = needed
        else:
            members[wire(member, shape)] = needed
    payload = answered.serialization.get("payload") if answered else None
    if payload:
        # The member is the body itself.
        shape = answered.members[payload]
        inner = shape.members.items() if shape.type_name == "structure" else ()
        members = {wire(member, of): member in shape.required_members for member, of in inner}
    return {
        "id": name,
        "protocol": protocol,
        "version": meta["apiVersion"],
        "target": meta.get("targetPrefix"),
        "json": meta.get("jsonVersion"),
        "signing": meta.get("signingName", meta["endpointPrefix"]),
        "method": operation.http["method"],
        "path": operation.http["requestUri"],
        "required": [
            [wire(member, given.members[member]), place(given.members[member])] for member in (given.required_members if given else ())
        ],
        "pages": pages(service, operation),
        "lists": lists,
        "members": members,
        "errors": sorted({shape.metadata.get("error", {}).get("code", shape.name) for shape in operation.error_shapes}),
    }


def main():
    rows = ",\n".join(json.dumps(row(name), separators=(",", ":")) for name in ids())
    print(f'{{"botocore":"{botocore.__version__}","operations":[\n{rows}\n]}}')


if __name__ == "__main__":
    main()
