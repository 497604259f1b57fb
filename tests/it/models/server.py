"""A server that answers as AWS may, and test servers never do.

    python tests/it/models/server.py MODE [FILE]

Prints its port on the first line. It finds the service by the scope of the signature, the operation by the target, the action
or the path, and writes the answer that bodies.py makes in the protocol that was asked. FILE has the ids of operations that it
answers, one a line; all of kickoff's table otherwise.

Modes of content:
    least    what AWS always sends, and nothing else
    all      every member, lists of two entries
    unknown  as all, and members that no model knows in every structure
    enums    as all, and every enum a value that no model knows
    empty    as all, and every list empty that may be
    times    as all, and times before 1970, in the year 9999, in parts of a second, with exponents and offsets
    long     as all, and long texts of odd characters wherever the model allows any text
Modes of the wire, all over the content of `all`:
    idle         closes the connection after each seventh request
    throttled    a quarter of the calls
    retry-after  the first call of each operation in each region, for a second
    clock        is twenty minutes ahead, and refuses signatures that are five minutes off
    report       makes a credential report slowly, and loses it once
    expired      the credentials end after 60 calls
    cut          each fifteenth answer ends in its middle
    same-token   every list has a next page, with the same token
    endless      every list has a next page, and none has a record
    pages        every list comes in four pages, of which the second and the last have no record
"""

import base64
import calendar
import json
import re
import sys
import threading
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.sax.saxutils import escape, quoteattr

import bodies
import operations
from bodies import Answer, Time

CONTENT = ("least", "all", "unknown", "enums", "empty", "times", "long")
EXPIRES = 60
AHEAD = 20 * 60
# Of these one page is all that is looked at, and more of them would be asked for in another way.
WHOLE = {"cloudtrail:LookupEvents", "guardduty:DescribeOrganizationConfiguration", "inspector2:ListFindings"}
# What a signature's time may be off.
APART = 5 * 60


def protocol(name):
    """The protocol that kickoff speaks with a service."""
    meta = bodies.model(name.split(":")[0]).metadata
    return "json" if "json" in meta.get("protocols", []) else meta["protocol"]


# --- JSON -------------------------------------------------------------------------------------------------------------------


def scalar(value, shape, markup):
    """A value that is no structure, list or map, as text of JSON or of XML."""
    if isinstance(value, Time):
        told = shape.serialization.get("timestampFormat", "iso8601" if markup else "unixTimestamp")
        return value.json if told == "unixTimestamp" else value.iso if markup else json.dumps(value.iso)
    if isinstance(value, bytes):
        value = base64.b64encode(value).decode()
    if isinstance(value, bool) or not markup:
        return json.dumps(value)
    return escape(str(value))


def as_json(value, shape, strange):
    """A value of a shape as JSON."""
    if shape.type_name == "structure" and not getattr(shape, "is_document_type", False):
        members = [
            f"{json.dumps(operations.wire(name, shape.members[name]))}:{as_json(of, shape.members[name], strange)}"
            for name, of in value.items()
            if shape.members[name].serialization.get("location") not in ("header", "statusCode")
        ]
        if strange and not shape.is_tagged_union:
            members.insert(0, '"kickoffUnknown":{"list":[1,null,{"deep":"\\u00e9"}],"number":-1.5e300}')
            members.append('"KickoffUnknownNull":null')
        return "{" + ",".join(members) + "}"
    if shape.type_name == "list":
        return "[" + ",".join(as_json(of, shape.member, strange) for of in value) + "]"
    if shape.type_name == "map":
        return "{" + ",".join(f"{json.dumps(k)}:{as_json(of, shape.value, strange)}" for k, of in value.items()) + "}"
    return json.dumps(value) if isinstance(value, dict) else scalar(value, shape, False)


# --- XML --------------------------------------------------------------------------------------------------------------------

STRANGE = '<KickoffUnknown><item kind="a">1</item><item/><Name>unknown</Name></KickoffUnknown>'


def element(name, inner, attributes=""):
    """An element; one without anything in it as XML may have it."""
    return f"<{name}{attributes}>{inner}</{name}>" if inner else f"<{name}{attributes}/>"


def as_xml(value, shape, name, strange):
    """A value of a shape as one element, or as several of a flat list."""
    if shape.type_name == "structure":
        attributes = "".join(
            f" {of.serialization['name']}={quoteattr(str(value[member]))}"
            for member, of in shape.members.items()
            if of.serialization.get("xmlAttribute") and member in value
        )
        if attributes:
            attributes = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"' + attributes
        return element(name, within(value, shape, strange), attributes)
    if shape.type_name == "list":
        entry = shape.member.serialization.get("name")
        if shape.serialization.get("flattened"):
            return "".join(as_xml(of, shape.member, entry or name, strange) for of in value)
        return element(name, "".join(as_xml(of, shape.member, entry or "member", strange) for of in value))
    if shape.type_name == "map":
        keys, values = (part.serialization.get("name", word) for part, word in ((shape.key, "key"), (shape.value, "value")))
        entries = (element(keys, escape(k)) + as_xml(of, shape.value, values, strange) for k, of in value.items())
        return element(name, "".join(element("entry", entry) for entry in entries))
    return element(name, scalar(value, shape, True))


def within(value, shape, strange):
    """The members of a structure as elements."""
    inner = ""
    for member, of in value.items():
        model = shape.members[member]
        if model.serialization.get("xmlAttribute") or model.serialization.get("location") in ("header", "statusCode"):
            continue
        inner += as_xml(of, model, operations.wire(member, model), strange)
    return STRANGE + inner + STRANGE if strange and not shape.is_tagged_union else inner


# --- Answers ----------------------------------------------------------------------------------------------------------------


def written(answer, value, speaks, number):
    """An answer's type and body."""
    strange = answer.mode == "unknown"
    model, action = answer.operation(), answer.action
    shape = model.output_shape
    if speaks in ("json", "rest-json"):
        return ("application/json" if speaks == "rest-json" else "application/x-amz-json-1.1"), as_json(value, shape, strange)
    space = model.service_model.metadata.get("xmlNamespace") or "http://s3.amazonaws.com/doc/2006-03-01/"
    space = f' xmlns="{space["uri"] if isinstance(space, dict) else space}"'
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    if speaks == "query":
        result = element(shape.serialization.get("resultWrapper", f"{action}Result"), within(value, shape, strange))
        meta = element("ResponseMetadata", element("RequestId", number))
        return "text/xml", head + element(f"{action}Response", result + meta, space)
    if speaks == "ec2":
        inner = element("requestId", number) + within(value, shape, strange)
        return "text/xml;charset=UTF-8", head + element(f"{action}Response", inner, space)
    if action == "GetBucketPolicy":
        return "application/json", value["Policy"]
    root = answer.row["root"]
    if action == "GetBucketLocation":
        return "application/xml", head + element(root, escape(value.get("LocationConstraint", "")), space)
    payload = shape.serialization.get("payload")
    if payload:
        value, shape = value.get(payload, {}), shape.members[payload]
    return "application/xml", head + element(root, within(value, shape, strange), space)


def refused(name, speaks, status, code, message, number):
    """An error as the service tells it: status, headers and body."""
    text = escape(message)
    if speaks == "ec2":
        error = f"<Error><Code>{code}</Code><Message>{text}</Message></Error>"
        body = f"<Response><Errors>{error}</Errors><RequestID>{number}</RequestID></Response>"
    elif speaks == "query":
        error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{text}</Message></Error>"
        body = f"<ErrorResponse>{error}<RequestId>{number}</RequestId></ErrorResponse>"
    elif speaks == "rest-xml":
        body = f"<Error><Code>{code}</Code><Message>{text}</Message><RequestId>{number}</RequestId></Error>"
    elif speaks == "rest-json":
        body = json.dumps({"message": message})
        return status, [("Content-Type", "application/json"), ("x-amzn-ErrorType", code)], body
    else:
        body = json.dumps({"__type": f"com.amazonaws.{name.split(':')[0]}#{code}", "message": message})
        return status, [("Content-Type", "application/x-amz-json-1.1")], body
    return status, [("Content-Type", "text/xml")], body


THROTTLED = {
    "json": (400, "ThrottlingException"),
    "rest-json": (429, "TooManyRequestsException"),
    "query": (400, "Throttling"),
    "ec2": (503, "RequestLimitExceeded"),
    "rest-xml": (503, "SlowDown"),
}
EXPIRED = {
    "json": (400, "ExpiredTokenException"),
    "rest-json": (403, "ExpiredTokenException"),
    "query": (403, "ExpiredToken"),
    "ec2": (400, "RequestExpired"),
    "rest-xml": (400, "ExpiredToken"),
}
SKEWED = {
    "json": (400, "InvalidSignatureException"),
    "rest-json": (403, "InvalidSignatureException"),
    "query": (403, "SignatureDoesNotMatch"),
    "ec2": (400, "RequestExpired"),
    "rest-xml": (403, "RequestTimeTooSkewed"),
}


# --- Requests ---------------------------------------------------------------------------------------------------------------


def pattern(uri):
    """A request's path in a model as a pattern, and the words that its query must have."""
    path, _, query = uri.partition("?")
    # A label with a plus may hold slashes.
    path = re.sub(r"\{(\w+)\+\}", r"(?P<\1>.+)", path.rstrip("/") or "/")
    path = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)
    return re.compile(path + "/?$"), set(filter(None, query.split("&")))


def named(name, given):
    """What was asked, by the names of the model and not of the wire."""
    shape = bodies.model(name.split(":")[0]).operation_model(name.split(":")[1]).input_shape
    names = {operations.wire(member, of): member for member, of in shape.members.items()} if shape else {}
    return {names.get(key, key): value for key, value in given.items()}


def member(shape, wire):
    """The model's name of a member of the wire."""
    return next((name for name, of in shape.members.items() if operations.wire(name, of) == wire), wire)


class Server(ThreadingHTTPServer):
    """What all connections share."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, mode, ids):
        super().__init__(("127.0.0.1", 0), Handler)
        self.mode, self.content = mode, mode if mode in CONTENT else "all"
        self.lock, self.number, self.seen, self.made = threading.Lock(), 0, {}, {}
        self.services, self.paths = {}, []
        for name in ids:
            service, action = name.split(":")
            model = bodies.model(service).operation_model(action)
            meta = model.service_model.metadata
            signing = meta.get("signingName", meta["endpointPrefix"])
            self.services[signing, action] = name
            if protocol(name).startswith("rest"):
                self.paths.append((signing, model.http["method"], *pattern(model.http["requestUri"]), name))
        # The path that says the most comes first.
        self.paths.sort(key=lambda row: (-len(row[3]), -row[2].pattern.count("/"), "(?P" in row[2].pattern))

    def count(self, key):
        """How often something was asked before."""
        with self.lock:
            before = self.seen.get(key, 0)
            self.seen[key] = before + 1
            return before

    def answer(self, name, region, asked):
        """The members of an answer; made once for one question."""
        key = json.dumps([name, region, asked], sort_keys=True)
        with self.lock:
            if key not in self.made:
                answer = Answer(self.content, name, region, asked)
                self.made[key] = (answer, answer.made())
            return self.made[key]


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    served = 0

    def log_message(self, *_):
        """Says nothing."""

    def date_time_string(self, timestamp=None):
        """The time by the server's clock."""
        return formatdate(self.now() if timestamp is None else timestamp, usegmt=True)

    def now(self):
        """The server's clock (seconds, UTC)."""
        return time.time() + (AHEAD if self.server.mode == "clock" else 0)

    def do_GET(self):
        """Answers."""
        self.serve()

    do_POST = do_PUT = do_HEAD = do_GET

    def asked(self):
        """The id of the operation, the region and the parameters; no id where nothing of the kind is known."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        scope = re.search(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/", self.headers.get("Authorization", ""))
        region, signing = scope.groups() if scope else ("us-east-1", "")
        split = urlsplit(self.path)
        query = dict(parse_qsl(split.query, keep_blank_values=True))
        target = self.headers.get("X-Amz-Target")
        if target:
            return self.server.services.get((signing, target.split(".")[-1])), region, json.loads(body or b"{}")
        if "x-www-form-urlencoded" in self.headers.get("Content-Type", ""):
            form = dict(parse_qsl(body.decode(), keep_blank_values=True))
            action = form.pop("Action", "")
            form.pop("Version", None)
            return self.server.services.get((signing, action)), region, form
        path = unquote(split.path)
        bucket = re.match(r"([a-z0-9.-]+)\.s3\.", self.headers.get("Host", ""))
        if signing == "s3" and bucket:
            path = f"/{bucket[1]}{path}"
        for of, method, found, words, name in self.server.paths:
            match = found.match(path)
            if (of, method) == (signing, self.command) and match and words <= set(query):
                given = json.loads(body) if body.startswith(b"{") else {}
                return name, region, named(name, {**query, **match.groupdict(), **given})
        return None, region, {}

    def serve(self):
        """Reads a request and answers as the mode says."""
        name, region, asked = self.asked()
        self.served += 1
        with self.server.lock:
            self.server.number += 1
            number = self.server.number
        request_id = f"00000000-0000-4000-8000-{number:012}"
        if name is None:
            return self.send(*refused("aws:x", "json", 404, "UnknownOperationException", self.path, request_id), request_id)
        speaks = protocol(name)
        refusal = self.refusal(name, region, number)
        if refusal:
            status, code, message, headers = refusal
            told = refused(name, speaks, status, code, message, request_id)
            return self.send(told[0], told[1] + headers, told[2], request_id)
        if name == "iam:GenerateCredentialReport" and self.server.mode == "report":
            state = ["STARTED", "INPROGRESS", "COMPLETE"][min(self.server.count(name), 2)]
            answer, value = self.server.answer(name, region, asked)
            value = {**value, "State": state}
        else:
            answer, value = self.server.answer(name, region, asked)
            value = self.paged(answer, value, asked)
        kind, body = written(answer, value, speaks, request_id)
        cut = self.server.mode == "cut" and number % 15 == 0
        self.send(200, [("Content-Type", kind)], body, request_id, cut)
        if self.server.mode == "idle" and self.served % 7 == 0:
            # Not a word of it in the answer before.
            self.close_connection = True

    def refusal(self, name, region, number):
        """Status, code, message and headers of what goes wrong in this mode; none where nothing does."""
        mode, speaks = self.server.mode, protocol(name)
        if mode == "throttled" and (number * 2654435761 >> 7) % 4 == 0:
            return (*THROTTLED[speaks], "Rate exceeded", [])
        if mode == "retry-after" and self.server.count((name, region)) == 0:
            return 503, "ServiceUnavailable", "later", [("Retry-After", "1")]
        if mode == "expired" and number > EXPIRES:
            return (*EXPIRED[speaks], "The security token included in the request is expired", [])
        if mode == "clock":
            signed = calendar.timegm(time.strptime(self.headers.get("X-Amz-Date", "19700101T000000Z"), "%Y%m%dT%H%M%SZ"))
            if abs(self.now() - signed) > APART:
                told = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self.now()))
                earliest = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self.now() - APART))
                text = f"Signature expired: {self.headers.get('X-Amz-Date')} is now earlier than {earliest} ({told} - 5 min.)"
                return (*SKEWED[speaks], text, [])
        if mode == "report" and name == "iam:GetCredentialReport":
            late = [(404, "ReportInProgress", "Report is being made", []), (410, "ReportExpired", "Report is too old", [])]
            asked = self.server.count(name)
            return late[asked] if asked < len(late) else None
        return None

    def paged(self, answer, value, asked):
        """An answer that is a page of a list, where the mode says so."""
        mode = self.server.mode
        if mode not in ("same-token", "endless", "pages") or not answer.next or (mode == "pages" and answer.name in WHOLE):
            return value
        model = answer.operation()
        asks, names = member(model.input_shape, answer.asks), member(model.output_shape, answer.next)
        before = re.search(r"page-(\d+)$", str(asked.get(asks, "")))
        number = int(before[1]) if before else 0
        if mode != "same-token":
            part = slice(0) if mode == "endless" else (slice(0, 1), slice(0), slice(1, None), slice(0))[number]
            value = {name: of[part] if isinstance(of, list) else of for name, of in value.items()}
        if mode == "pages" and number == 3:
            return value
        more = {"IsTruncated": True} if "IsTruncated" in model.output_shape.members else {}
        return {**value, **more, names: "page-1" if mode == "same-token" else f"page-{number + 1}"}

    def send(self, status, headers, body, request_id, cut=False):
        """Writes an answer, or the first half of it."""
        data = body.encode()
        self.send_response(status)
        for key, value in headers:
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("x-amz-request-id" if ".s3." in self.headers.get("Host", "") else "x-amzn-RequestId", request_id)
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if cut else data)
        self.wfile.flush()
        self.close_connection = cut or self.close_connection


def main():
    mode = sys.argv[1]
    ids = operations.ids()
    if len(sys.argv) > 2:
        with open(sys.argv[2], encoding="utf-8") as file:
            wanted = set(file.read().split())
        ids = [name for name in ids if name in wanted]
    server = Server(mode, ids)
    # Who started it reads this, and then asks.
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
