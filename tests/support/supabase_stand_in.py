"""A stand-in for a Supabase project: Storage's HTTP interface as it was measured, traps included, on this machine.

Each part of the interface is a method of `_Request` that `_ROUTES` names: a new one is a line there and a method.
What tests look at and change is `SupabaseStandIn`; what is stored lies in its `buckets`.
"""

import base64
import json
import re
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from heapq import nsmallest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.support.supabase_answers import CUT, NO_BUCKET, Answer, storage_error
from tests.support.supabase_objects import OBJECT_ROUTES, OPEN_OBJECT_ROUTES, ObjectRequests
from tests.support.supabase_store import Bucket, StoredObject
from tests.support.supabase_tokens import signed, verified
from tests.support.supabase_tus import OPEN_TUS_ROUTES, TUS_ROUTES, TusRequests, Upload

NEVER = 4_000_000_000  # an expiry far away, in seconds since 1970


class SupabaseStandIn:
    """One project: its buckets, its keys, the requests it has seen, and the faults it has been told to have."""

    def __init__(self) -> None:
        self.buckets: dict[str, Bucket] = {}
        self.requests: list[str] = []  #: "POST /storage/v1/object/list-v2/videos", in the order they came
        self.faults: list[Answer] = []  #: given instead of the next answers, first one first
        self.before: Callable[[str], Answer | None] = lambda _: None  #: asked with each request; may answer for it
        self.opaque_keys: dict[str, str] = {}  #: sb_ key to its role: the gateway puts a JWT in its place
        self.url = ""
        self.after: Callable[[str, Answer], Answer] = lambda _, answer: answer  #: may change each answer
        self.uploads: dict[str, Upload] = {}  #: by TUS, by their id
        self.cuts: list[int] = []  #: of the next chunks so many bytes arrive, and then the connection breaks
        self._secret = uuid.uuid4().bytes

    def bucket(self, name: str) -> Bucket:
        """The bucket, made where it is not there."""
        return self.buckets.setdefault(name, Bucket(name))

    def key(self, role: str = "service_role", exp: int = NEVER, **claims: Any) -> str:
        """A key that this project has signed."""
        return signed({"iss": "supabase", "role": role, "exp": exp, **claims}, self._secret)

    def opaque_key(self, role: str = "service_role", prefix: str = "sb_secret_") -> str:
        """A key of the newer sort, which tells nothing by itself."""
        key = f"{prefix}{uuid.uuid4().hex}"
        self.opaque_keys[key] = role
        return key

    def role_of(self, key: str) -> str | None:
        """The role behind a key; None where this project did not give it out."""
        if key in self.opaque_keys:
            return self.opaque_keys[key]
        claims = verified(key, self._secret)
        return claims["role"] if claims else None

    def token(self, url: str, lasts_s: int) -> str:
        """What lets whoever has it do one thing with one object."""
        return signed({"url": url, "exp": int(datetime.now(UTC).timestamp()) + lasts_s}, self._secret)

    def claims_of(self, token: str) -> dict[str, Any] | None:
        """What a token says; None where it is not ours, or has expired."""
        return verified(token, self._secret)

    def count(self, part: str) -> int:
        """How many requests had this in them."""
        return sum(part in request for request in self.requests)


@contextmanager
def supabase_stand_in() -> Iterator[SupabaseStandIn]:
    """A project that answers on a port of its own for as long as the block lasts."""
    project = SupabaseStandIn()
    handler = type("Handler", (_Request,), {"project": project})
    server = _Server(("127.0.0.1", 0), handler)
    project.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield project
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked may have been killed meanwhile: that is no fault of this server."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Request(ObjectRequests, TusRequests, BaseHTTPRequestHandler):
    """One request to the project."""

    project: SupabaseStandIn
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits 40 ms for the acknowledgement of its headers

    def do_GET(self) -> None:
        self._serve()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET

    def _serve(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.parameters = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = f"{self.command} {path}"
        self.project.requests.append(request)
        fault = self.project.faults.pop(0) if self.project.faults else self.project.before(request)
        self._send(fault or self.project.after(request, self._answer(request, body)))

    def _answer(self, request: str, body: bytes) -> Answer:
        for pattern, method in _OPEN_ROUTES:
            if match := re.fullmatch(pattern, request):
                return method(self, *match.groups(), body)
        for pattern, method in _ROUTES:
            if match := re.fullmatch(pattern, request):
                role = self._role()
                return role if isinstance(role, Answer) else method(self, role, *match.groups(), body)
        return storage_error("404", "not_found", f"Route {request} not found")

    def _role(self) -> str | Answer:
        key = self.headers.get("apikey") or ""
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        role = self.project.role_of(token)
        if role:
            return role
        if key.startswith("sb_"):
            return Answer(401, {"message": "Invalid API key", "hint": "Double check your API key."})
        return storage_error("403", "Unauthorized", "signature verification failed")

    def _send(self, answer: Answer) -> None:
        if answer is CUT:
            self.close_connection = True
            return
        kind, body = _encoded(answer.body)
        self.send_response(answer.status)
        headers = {"Content-Type": kind, "Content-Length": str(len(body))} | answer.headers
        for name, value in (headers | ({"Location": answer.location} if answer.location else {})).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: answer.cut_after])
        self.close_connection = self.close_connection or answer.cut_after is not None

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: `requests` tells what was asked."""

    def list_buckets(self, role: str, _: bytes) -> Answer:
        return Answer(200, [bucket.described() for bucket in self._visible(role).values()])

    def get_bucket(self, role: str, name: str, _: bytes) -> Answer:
        bucket = self._visible(role).get(name)
        if bucket is None:
            return NO_BUCKET
        return Answer(200, bucket.described())

    def list_one_level(self, role: str, name: str, body: bytes) -> Answer:
        """`list`: 100 unless asked for more, never over 1,500; folders have no id."""
        asked = json.loads(body)
        prefix = asked["prefix"].strip("/") + "/" if asked["prefix"] else ""
        entries: dict[str, dict[str, Any]] = {}
        for stored in self._objects(role, name, prefix):
            head, slash, _ = stored.name.removeprefix(prefix).partition("/")
            entries.setdefault(head, _folder(head) if slash else stored.listed(head))
        limit, offset = min(asked.get("limit", 100), 1500), asked.get("offset", 0)
        return Answer(200, [entries[entry] for entry in sorted(entries)][offset : offset + limit])

    def list_all(self, role: str, name: str, body: bytes) -> Answer:
        """`list-v2`: a page of at most 1,000; the cursor is the sort column's last value, and a time is not unique."""
        asked = json.loads(body)
        column = asked.get("sortBy", {}).get("column", "name")
        after = base64.b64decode(asked.get("cursor") or "").decode()

        def value(item: StoredObject) -> str:
            return item.name if column == "name" else item.listed(item.name)[column]

        left = [item for item in self._objects(role, name, asked.get("prefix", "")) if value(item) > after]
        limit = min(asked.get("limit", 1000), 1000)
        # not all of them sorted: of 100,000 objects that would take a second a page
        page = [item.listed(item.name) for item in nsmallest(limit, left, key=value)]
        more = len(left) > limit
        cursor = {"nextCursor": base64.b64encode(page[-1][column].encode()).decode()} if more else {}
        objects = [{"key": item["name"], **item} for item in page]
        return Answer(200, {"hasNext": more, "folders": [], "objects": objects, **cursor})

    def list_users(self, role: str, _: bytes) -> Answer:
        if role != "service_role":
            return Answer(403, {"code": 403, "error_code": "not_admin", "msg": "User not allowed"})
        return Answer(200, {"users": [], "aud": "authenticated"})

    def _visible(self, role: str) -> dict[str, Bucket]:
        """Row-level security: who is not the service role is shown nothing, and told nothing of it."""
        return self.project.buckets if role == "service_role" else {}

    def _objects(self, role: str, bucket: str, prefix: str) -> list[StoredObject]:
        """A bucket that is missing has no objects, and that is no error."""
        found = self._visible(role).get(bucket)
        return [item for item in found.objects.values() if item.name.startswith(prefix)] if found else []


#: For whoever comes, with a token or without.
_OPEN_ROUTES = [*OPEN_OBJECT_ROUTES, *OPEN_TUS_ROUTES]
_ROUTES: list[tuple[str, Callable[..., Answer]]] = [
    (r"GET /storage/v1/bucket", _Request.list_buckets),
    (r"GET /storage/v1/bucket/([^/]+)", _Request.get_bucket),
    (r"POST /storage/v1/object/list/([^/]+)", _Request.list_one_level),
    (r"POST /storage/v1/object/list-v2/([^/]+)", _Request.list_all),
    (r"GET /auth/v1/admin/users", _Request.list_users),
    *OBJECT_ROUTES,
    *TUS_ROUTES,
]


def _encoded(body: Any) -> tuple[str, bytes]:
    if isinstance(body, bytes):
        return "application/octet-stream", body
    return ("text/html", body.encode()) if isinstance(body, str) else ("application/json", json.dumps(body).encode())


def _folder(name: str) -> dict[str, Any]:
    absent = dict.fromkeys(("id", "metadata", "created_at", "updated_at", "last_accessed_at"))
    return {"name": name, **absent}
