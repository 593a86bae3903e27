"""Strict S3: an S3 on this machine that checks what AWS checks, and fails as networks do when it is told to.

moto keeps the objects. In front of it stands what moto leaves out: signatures, clocks, expiries, digests and checksums
are verified, checksums are answered, and faults are put in where a test asks for them.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from typing import Any, Self
from xml.sax.saxutils import escape

from boto3 import Session
from botocore.config import Config
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.support.s3_body import checked_body
from tests.support.sigv4 import Key, Refused, Request, check_signature

KEY_ID, SECRET = "AKIAREADER", "a-secret-that-no-message-may-show"


@dataclass
class Answer:
    """What goes back over the wire."""

    status: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Exchange:
    """A request that a fault is put into."""

    request: Request
    server: "StrictS3"
    proceed: Callable[[], Answer]  #: what S3 would answer


#: Answers in S3's place.
Fault = Callable[[Exchange], Answer]


@dataclass
class _Planned:
    method: str
    key: str
    fault: Fault
    times: int


@dataclass
class StrictS3:
    """The server; a context manager that has one empty bucket."""

    bucket: str = "bills"
    region: str = "us-east-1"
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    keys: dict[str, Key] = field(default_factory=lambda: {KEY_ID: Key(SECRET)})
    page_size: int = 1000  #: most keys in one page of a listing
    log: list[Request] = field(default_factory=list)  #: every request, in order
    #: By key: the checksum headers that GetObject and HeadObject answer, as they were stated at the upload.
    checksums: dict[str, dict[str, str]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        moto_api_backend.reset()
        self._moto = _moto()
        self._planned: list[_Planned] = []
        self.closing = threading.Event()
        self._server = make_server("127.0.0.1", 0, self, threaded=True, request_handler=_Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.client().create_bucket(Bucket=self.bucket)
        self.log.clear()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def client(self, key_id: str = KEY_ID, **config: Any) -> Any:
        """A boto3 client that this server believes."""
        return _client(self.url, self.region, key_id, self.keys[key_id], tuple(config.items()))

    def put(self, key: str, content: bytes, **options: Any) -> None:
        """Arrange an object."""
        self.client().put_object(Bucket=self.bucket, Key=key, Body=content, **options)
        self.log.clear()

    def plan(self, fault: Fault, key: str = "", method: str = "GET", times: int = 1) -> None:
        """Put a fault into the next requests for keys that end so; an empty key is the listing of the bucket."""
        self._planned.append(_Planned(method, key, fault, times))

    def read_keys(self) -> list[str]:
        """The keys that were asked for with GET, in order."""
        return [request.object_key for request in self.log if request.method == "GET" and request.object_key]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = _request(environ)
        self.log.append(request)
        answer = self._answer(request, environ)
        start_response(answer.status, list(answer.headers.items()))
        return [] if request.method == "HEAD" else [answer.body]

    def _answer(self, request: Request, environ: dict[str, Any]) -> Answer:
        try:
            check_signature(request, self.keys, self.region, self.clock())
            body, stated = checked_body(request)
            exchange = Exchange(request, self, lambda: self._proceed(request, body, stated, environ))
            fault = self._fault_for(request)
            return fault(exchange) if fault else exchange.proceed()
        except Refused as refused:
            return _refusal(refused)

    def _fault_for(self, request: Request) -> Fault | None:
        for planned in self._planned:
            matches = request.object_key.endswith(planned.key) if planned.key else not request.object_key
            if planned.times and planned.method == request.method and matches:
                planned.times -= 1
                return planned.fault
        return None

    def _proceed(self, request: Request, body: bytes, stated: dict[str, str], environ: dict[str, Any]) -> Answer:
        answer = _ask(self._moto, _plain(environ, body, self._query(request)))
        if request.method == "PUT" and "partNumber" not in request.parameters and answer.status.startswith("200"):
            self.checksums[request.object_key] = {f"x-amz-checksum-{name}": value for name, value in stated.items()}
        answer.headers = {n: v for n, v in answer.headers.items() if not n.lower().startswith("x-amz-checksum")}
        if request.headers.get("x-amz-checksum-mode") == "ENABLED" and answer.status.startswith("200"):
            answer.headers |= self.checksums.get(request.object_key, {})
        return answer

    def _query(self, request: Request) -> str:
        return f"{request.query}&max-keys={self.page_size}" if "list-type" in request.parameters else request.query


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.0"  # a connection for each request, so that a lost answer is a closed connection

    def log(self, type: str, message: str, *args: Any) -> None:
        """Tests look at StrictS3.log instead."""


@cache
def _moto() -> Any:
    return DomainDispatcherApplication(create_backend_app)


@cache
def _client(url: str, region: str, key_id: str, key: Key, config: tuple[tuple[str, Any], ...]) -> Any:
    options = Config(retries={"total_max_attempts": 1}, **dict(config))
    return _session().client("s3", region, None, True, None, url, key_id, key.secret, key.token, options)


@cache
def _session() -> Session:
    return Session()  # one for all: it takes longer to make than a test to run


def _request(environ: dict[str, Any]) -> Request:
    path, _, query = environ["REQUEST_URI"].partition("?")
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    headers |= {
        name.replace("_", "-").lower(): environ[name]
        for name in ("CONTENT_TYPE", "CONTENT_LENGTH")
        if environ.get(name)
    }
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read() if environ.get("wsgi.input_terminated") else environ["wsgi.input"].read(length)
    return Request(environ["REQUEST_METHOD"], path, query, headers, body)


def _plain(environ: dict[str, Any], body: bytes, query: str) -> dict[str, Any]:
    """The request without its wrapping, for moto."""
    wrapping = {"HTTP_TRANSFER_ENCODING", "HTTP_X_AMZ_CONTENT_SHA256", "HTTP_X_AMZ_TRAILER", "HTTP_CONTENT_ENCODING"}
    kept = {name: value for name, value in environ.items() if name not in wrapping}
    return kept | {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body)), "QUERY_STRING": query}


def _ask(app: Any, environ: dict[str, Any]) -> Answer:
    told: list[Any] = []
    body = b"".join(app(environ, lambda status, headers, *_: told.extend((status, headers))))
    return Answer(told[0], dict(told[1]), body)


def _refusal(refused: Refused) -> Answer:
    fields = {"Code": refused.code, "Message": refused.message, **refused.fields}
    body = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    headers = {"Content-Type": "application/xml"}
    if "Region" in refused.fields:
        headers["x-amz-bucket-region"] = refused.fields["Region"]
    return Answer(f"{refused.status} Refused", headers, f'<?xml version="1.0"?><Error>{body}</Error>'.encode())
