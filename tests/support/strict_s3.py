"""Strict S3: an S3 on this machine that checks what AWS checks, and fails as networks do when it is told to.

moto keeps the objects. In front of it stands what moto leaves out: signatures, clocks, expiries, digests and checksums
are verified, of parts and of what is made of them; conditions hold; checksums are answered; and faults are put in where
a test asks for them.
"""

import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from typing import Any, Self
from urllib.parse import unquote
from xml.sax.saxutils import escape

from boto3 import Session
from botocore.config import Config
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import s3_backends
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.support.s3_body import checked_body, checksum
from tests.support.s3_uploads import FULL_OBJECT, NO_UPLOAD, Uploads, require_same
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
    proceed_with: Callable[[Request], Answer]  #: what it would answer if this had come


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
    modern: bool = True  #: knows checksums and If-None-Match; other servers that speak S3 do not, and say nothing of it
    #: By key: the checksum headers that GetObject and HeadObject answer, as they were stated at the upload.
    checksums: dict[str, dict[str, str]] = field(default_factory=dict)
    replications: dict[str, bytes] = field(default_factory=dict)  #: by bucket

    def __enter__(self) -> Self:
        moto_api_backend.reset()
        self._moto = moto_app()
        self._planned: list[_Planned] = []
        self.uploads = Uploads()
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

    def forget_plans(self) -> None:
        """Put in no fault any more."""
        self._planned.clear()

    def read_keys(self) -> list[str]:
        """The keys that were asked for with GET, in order."""
        return [request.object_key for request in self.log if request.method == "GET" and request.object_key]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = request_of(environ)
        self.log.append(request)
        answer = self._answer(request, environ)
        start_response(answer.status, list(answer.headers.items()))
        return [] if request.method == "HEAD" else [answer.body]

    def _answer(self, request: Request, environ: dict[str, Any]) -> Answer:
        try:
            check_signature(request, self.keys, self.region, self.clock())
            exchange = Exchange(
                request, self, lambda: self._proceed(request, environ), lambda other: self._proceed(other, environ)
            )
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

    def _proceed(self, request: Request, environ: dict[str, Any]) -> Answer:
        if not self.modern:
            return self._plainly(request, environ)
        body, stated = checked_body(_of_its_body(request))
        self._check_conditions(request)
        if "replication" in request.parameters:
            return self._replication(request, body)
        made = self._checksums_of(request, body, stated)
        answer = _ask(self._moto, _plain(environ, body, self._query(request)))
        answer.headers = {n: v for n, v in answer.headers.items() if not n.lower().startswith("x-amz-checksum")}
        if answer.status.startswith("200"):
            self._note(request, answer, made)
        elif answer.status.startswith("204") and "uploadId" in request.parameters:
            self.uploads.forget(request)
        return answer

    def _replication(self, request: Request, body: bytes) -> Answer:
        """A configuration is answered as it was given; moto forgets half of it, and takes what S3 does not."""
        bucket = request.path.strip("/")
        if request.method == "DELETE":
            self.replications.pop(bucket, None)
            return Answer("204 No Content", {}, b"")
        if request.method == "GET":
            if bucket not in self.replications:
                raise Refused(404, "ReplicationConfigurationNotFoundError", "There is no replication configuration.")
            return Answer("200 OK", {"Content-Type": "application/xml"}, self.replications[bucket])
        for each in (bucket, *re.findall(r"<Bucket>arn:aws:s3:::([^<]+)<", body.decode())):
            if not self._backend.get_bucket(each).is_versioned:
                raise Refused(400, "InvalidRequest", f"Versioning must be 'Enabled' on the bucket {each}.")
        rules = re.findall(r"<Rule>.*?</Rule>", body.decode(), re.DOTALL)
        if len({"<Filter" in each for each in rules}) > 1 or _several(r"<Priority>(\d+)<", rules):
            raise Refused(400, "InvalidRequest", "Rules of both forms, or of one priority, cannot be together.")
        self.replications[bucket] = body
        return Answer("200 OK", {}, b"")

    def _plainly(self, request: Request, environ: dict[str, Any]) -> Answer:
        ignored = ("x-amz-checksum", "if-none-match", "x-amz-mp-object-size")
        headers = {name: value for name, value in request.headers.items() if not name.startswith(ignored)}
        body, _ = checked_body(replace(request, headers=headers))
        plain = {name: value for name, value in environ.items() if name != "HTTP_IF_NONE_MATCH"}
        if request.parameters.get("uploadId", "") not in {"", *self._backend.get_bucket(self.bucket).multiparts}:
            raise NO_UPLOAD
        answer = _ask(self._moto, _plain(plain, body, self._query(request)))
        answer.headers = {n: v for n, v in answer.headers.items() if not n.lower().startswith("x-amz-checksum")}
        return answer

    def _checksums_of(self, request: Request, body: bytes, stated: dict[str, str]) -> dict[str, str]:
        """The checksum headers of what the request makes, once moto has made it."""
        copy = "x-amz-copy-source" in request.headers
        if request.method == "POST" and "uploadId" in request.parameters:
            return self.uploads.check_completion(request)
        if request.method == "PUT" and "uploadId" in request.parameters:
            self.uploads.received(request, self._copied(request) if copy else body, stated)
        if copy and request.headers.get("x-amz-checksum-algorithm") == "CRC64NVME":
            return {"x-amz-checksum-crc64nvme": checksum("crc64nvme", self._copied(request)), **FULL_OBJECT}
        return {f"x-amz-checksum-{name}": value for name, value in stated.items()}

    def _note(self, request: Request, answer: Answer, made: dict[str, str]) -> None:
        key, asked = request.object_key, request.parameters
        if request.method == "POST" and "uploads" in asked:
            self.uploads.begun(request, answer.body)
        elif request.method == "GET" and "uploadId" in asked:
            answer.body = self.uploads.listed(request, answer.body)
            answer.headers["Content-Length"] = str(len(answer.body))
        elif request.method == "PUT" and "uploadId" in asked:
            answer.headers |= made
        elif request.method in ("PUT", "POST") and key:
            self.checksums[key] = made
            if "uploadId" in asked:
                self.uploads.forget(request)
        elif request.headers.get("x-amz-checksum-mode") == "ENABLED":
            answer.headers |= self.checksums.get(key, {})

    def _check_conditions(self, request: Request) -> None:
        if request.method in ("PUT", "POST") and request.object_key:
            require_same(request.headers.get("if-match"), getattr(self.stored(request.object_key), "etag", None))
        if "x-amz-copy-source" in request.headers:
            source = self._source(request)
            require_same(request.headers.get("x-amz-copy-source-if-match"), source.etag)
            same_class = request.headers.get("x-amz-storage-class", "STANDARD") == source.storage_class
            unchanged = same_class and request.headers.get("x-amz-metadata-directive", "COPY") == "COPY"
            if source.name == request.object_key and unchanged and "uploadId" not in request.parameters:
                raise Refused(400, "InvalidRequest", "This copy request is illegal because it changes nothing.")

    def stored(self, key: str) -> Any:
        """The object as moto has it; None where there is none."""
        return self._backend.get_object(self.bucket, key)

    @property
    def _backend(self) -> Any:
        return s3_backends[DEFAULT_ACCOUNT_ID]["aws"]

    def _source(self, request: Request) -> Any:
        found = self.stored(unquote(request.headers["x-amz-copy-source"]).lstrip("/").partition("/")[2])
        if found is None:
            raise Refused(404, "NoSuchKey", "The specified key does not exist.")
        return found

    def _copied(self, request: Request) -> bytes:
        """What a copy takes of its source."""
        content: bytes = self._source(request).value
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers.get("x-amz-copy-source-range", ""))
        return content[int(asked[1]) : int(asked[2]) + 1] if asked else content

    def _query(self, request: Request) -> str:
        return f"{request.query}&max-keys={self.page_size}" if "list-type" in request.parameters else request.query


def _several(pattern: str, rules: list[str]) -> bool:
    """Whether two rules say the same."""
    found = [match for each in rules for match in re.findall(pattern, each)]
    return len(found) > len(set(found))


def _of_its_body(request: Request) -> Request:
    """Without the checksum that is of the object which the listed parts make."""
    if request.method != "POST" or "uploadId" not in request.parameters:
        return request
    return replace(request, headers={n: v for n, v in request.headers.items() if not n.startswith("x-amz-checksum-")})


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.0"  # a connection for each request, so that a lost answer is a closed connection

    def log(self, type: str, message: str, *args: Any) -> None:
        """Tests look at StrictS3.log instead."""


@cache
def moto_app() -> Any:
    """moto, which finds the service by how a request is signed."""
    return DomainDispatcherApplication(create_backend_app)


@cache
def _client(url: str, region: str, key_id: str, key: Key, config: tuple[tuple[str, Any], ...]) -> Any:
    options = Config(retries={"total_max_attempts": 1}, **dict(config))
    return _session().client("s3", region, None, True, None, url, key_id, key.secret, key.token, options)


@cache
def _session() -> Session:
    return Session()  # one for all: it takes longer to make than a test to run


def request_of(environ: dict[str, Any]) -> Request:
    """What came over the wire."""
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


def answer_of(app: Any, environ: dict[str, Any], body: bytes, query: str) -> Answer:
    """What moto answers to a request."""
    return _ask(app, _plain(environ, body, query))


def quiet_handler() -> type[WSGIRequestHandler]:
    """Serves without a line for each request."""
    return _Handler


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
