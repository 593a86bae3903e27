"""Strict AWS: other services of AWS than S3 on this machine, which believe signed requests only; moto does the rest."""

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from moto.moto_api._internal.models import moto_api_backend
from werkzeug.serving import make_server

from tests.support.sigv4 import Key, Refused, Request, check_signature
from tests.support.strict_s3 import KEY_ID, SECRET, answer_of, moto_app, quiet_handler, request_of


@dataclass
class StrictAws:
    """The services that a test asks, each at an address of its own."""

    urls: dict[str, str] = field(default_factory=dict[str, str])
    log: list[Request] = field(default_factory=list[Request])
    refused: str = ""  #: answer every request with that code
    proceed: Callable[[dict[str, Any], Any], Iterable[bytes]] | None = None  #: in moto's place, behind the signature

    def answer(self, service: str, region: str, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = request_of(environ)
        self.log.append(request)
        try:
            check_signature(request, {KEY_ID: Key(SECRET)}, region, datetime.now(UTC), service)
            if self.refused:
                raise Refused(400, self.refused, "It was refused.")
        except Refused as refused:
            return _refuse(refused, service, start_response)
        if self.proceed:
            environ["wsgi.input"] = BytesIO(request.body)
            return self.proceed(environ, start_response)
        answer = answer_of(moto_app(), environ, request.body, request.query)
        start_response(answer.status, list(answer.headers.items()))
        return [answer.body]


def _refuse(refused: Refused, service: str, start_response: Any) -> Iterable[bytes]:
    start_response(f"{refused.status} Refused", [("Content-Type", "text/xml")])
    if service == "budgets":
        return [json.dumps({"__type": refused.code, "message": refused.message}).encode()]
    error = f"<Error><Code>{refused.code}</Code><Message>{refused.message}</Message></Error>"
    return [f"<ErrorResponse>{error}</ErrorResponse>".encode()]


@contextmanager
def strict_aws(patch: pytest.MonkeyPatch, **regions: str) -> Iterator[StrictAws]:
    """Services by their names, each in its region; settings and boto3 find them."""
    moto_api_backend.reset()
    aws, servers = StrictAws(), list[Any]()
    for service, region in regions.items():

        def app(environ: Any, start: Any, service: str = service, region: str = region) -> Iterable[bytes]:
            return aws.answer(service, region, environ, start)

        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=quiet_handler())
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        aws.urls[service] = f"http://127.0.0.1:{server.server_port}"
        patch.setenv(f"AWS_ENDPOINT_URL_{service.upper()}", aws.urls[service])
        servers.append(server)
    patch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
    patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    yield aws
    for server in servers:
        server.shutdown()
        server.server_close()
