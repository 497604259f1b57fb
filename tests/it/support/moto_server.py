"""A moto server that also answers what moto lacks, as AWS answers it where nobody made anything of the kind."""

import json
import os
import uuid

import moto.server
from werkzeug.serving import make_server

# X-Amz-Target of an operation: the answer.
LACKING = {"GraniteServiceVersion20100801.ListAlarmMuteRules": {"AlarmMuteRuleSummaries": []}}


class Server(moto.server.DomainDispatcherApplication):
    """moto's application, asked only what it knows."""

    def __call__(self, environ, start_response):
        answer = LACKING.get(environ.get("HTTP_X_AMZ_TARGET"))
        if answer is None:
            return super().__call__(environ, start_response)
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        headers = [("Content-Type", "application/x-amz-json-1.0"), ("x-amzn-RequestId", str(uuid.uuid4()))]
        start_response("200 OK", headers)
        return [json.dumps(answer).encode()]


if __name__ == "__main__":
    # A port that is free, and that is nobody else's from then on: it is told once the server listens.
    server = make_server(
        "127.0.0.1", 0, Server(moto.server.create_backend_app), threaded=True, request_handler=moto.server.MotoRequestHandler
    )
    os.environ["MOTO_PORT"] = str(server.port)
    print(server.port, flush=True)
    server.serve_forever()
