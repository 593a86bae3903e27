"""A stand-in for a Supabase project: Storage's HTTP interface as it was measured, traps included, on this machine.

Each part of the interface is a method of `_Request` that `_ROUTES` names: a new one is a line there and a method.
What tests look at and change is `SupabaseStandIn`; what is stored lies in its `buckets`.
"""

import base64
import hashlib
import hmac
import json
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

NEVER = 4_000_000_000  # an expiry far away, in seconds since 1970
_CREATED = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class StoredObject:
    """One object; its bytes where a test has uploaded some, else only their number."""

    name: str
    size: int | None  #: None: a row without metadata, as SQL can leave one behind
    created_at: datetime = _CREATED
    content: bytes | None = None
    mimetype: str = "video/mp4"
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def listed(self, name: str) -> dict[str, Any]:
        """The object as a listing shows it."""
        instant = self.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        times = dict.fromkeys(("created_at", "updated_at", "last_accessed_at"), instant)
        return {"name": name, "id": self.id, "metadata": self._metadata(instant), **times}

    def _metadata(self, instant: str) -> dict[str, Any] | None:
        if self.size is None:
            return None
        return {
            "eTag": f'"{self.id.replace("-", "")}"',
            "size": self.size,
            "mimetype": self.mimetype,
            "cacheControl": "max-age=3600",
            "lastModified": instant,
            "contentLength": self.size,
            "httpStatusCode": 200,
        }


@dataclass
class Bucket:
    """One bucket and what lies in it, by name."""

    name: str
    public: bool = False
    objects: dict[str, StoredObject] = field(default_factory=dict)

    def put(self, name: str, size: int | None, created_at: datetime = _CREATED) -> None:
        self.objects[name] = StoredObject(name, size, created_at)

    def described(self) -> dict[str, Any]:
        return {
            "id": self.name,
            "name": self.name,
            "owner": "",
            "public": self.public,
            "file_size_limit": None,
            "allowed_mime_types": None,
            "created_at": "2026-01-01T00:00:00.000Z",
            "updated_at": "2026-01-01T00:00:00.000Z",
        }


@dataclass(frozen=True)
class Answer:
    """What goes back over the wire."""

    status: int
    body: Any  #: JSON; text as it is
    location: str = ""


def storage_error(code: str, error: str, message: str) -> Answer:
    """An error of Storage: HTTP 400, with the real status as a text in the body."""
    return Answer(400, {"statusCode": code, "error": error, "message": message})


def proxy_error(status: int) -> Answer:
    """An error of what stands before Storage: a real status, and no JSON."""
    return Answer(status, f"<html><body>{status}</body></html>")


CUT = Answer(0, "")  #: the connection ends without an answer


class SupabaseStandIn:
    """One project: its buckets, its keys, the requests it has seen, and the faults it has been told to have."""

    def __init__(self) -> None:
        self.buckets: dict[str, Bucket] = {}
        self.requests: list[str] = []  #: "POST /storage/v1/object/list-v2/videos", in the order they came
        self.faults: list[Answer] = []  #: given instead of the next answers, first one first
        self.before: Callable[[str], Answer | None] = lambda _: None  #: asked with each request; may answer for it
        self.opaque_keys: dict[str, str] = {}  #: sb_ key to its role: the gateway puts a JWT in its place
        self.url = ""
        self._secret = uuid.uuid4().bytes

    def bucket(self, name: str) -> Bucket:
        """The bucket, made where it is not there."""
        return self.buckets.setdefault(name, Bucket(name))

    def key(self, role: str = "service_role", exp: int = NEVER, **claims: Any) -> str:
        """A key that this project has signed."""
        return _signed({"iss": "supabase", "role": role, "exp": exp, **claims}, self._secret)

    def opaque_key(self, role: str = "service_role", prefix: str = "sb_secret_") -> str:
        """A key of the newer sort, which tells nothing by itself."""
        key = f"{prefix}{uuid.uuid4().hex}"
        self.opaque_keys[key] = role
        return key

    def role_of(self, key: str) -> str | None:
        """The role behind a key; None where this project did not give it out."""
        if key in self.opaque_keys:
            return self.opaque_keys[key]
        claims = _verified(key, self._secret)
        return claims["role"] if claims else None

    def count(self, part: str) -> int:
        """How many requests had this in them."""
        return sum(part in request for request in self.requests)


@contextmanager
def supabase_stand_in() -> Iterator[SupabaseStandIn]:
    """A project that answers on a port of its own for as long as the block lasts."""
    project = SupabaseStandIn()
    handler = type("Handler", (_Request,), {"project": project})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    project.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield project
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Request(BaseHTTPRequestHandler):
    """One request to the project."""

    project: SupabaseStandIn
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        path = unquote(urlsplit(self.path).path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = f"{self.command} {path}"
        self.project.requests.append(request)
        fault = self.project.faults.pop(0) if self.project.faults else self.project.before(request)
        self._send(fault or self._answer(request, body))

    def _answer(self, request: str, body: bytes) -> Answer:
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
        text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
        self.send_response(answer.status)
        self.send_header("Content-Type", "text/html" if isinstance(answer.body, str) else "application/json")
        self.send_header("Content-Length", str(len(text.encode())))
        if answer.location:
            self.send_header("Location", answer.location)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: `requests` tells what was asked."""

    def list_buckets(self, role: str, _: bytes) -> Answer:
        return Answer(200, [bucket.described() for bucket in self._visible(role).values()])

    def get_bucket(self, role: str, name: str, _: bytes) -> Answer:
        bucket = self._visible(role).get(name)
        if bucket is None:
            return storage_error("404", "Bucket not found", "Bucket not found")
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
        found = [item.listed(item.name) for item in self._objects(role, name, asked.get("prefix", ""))]
        after = base64.b64decode(asked.get("cursor") or "").decode()
        left = [item for item in sorted(found, key=lambda item: item[column]) if item[column] > after]
        limit = min(asked.get("limit", 1000), 1000)
        page = left[:limit]
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


_ROUTES: list[tuple[str, Callable[..., Answer]]] = [
    (r"GET /storage/v1/bucket", _Request.list_buckets),
    (r"GET /storage/v1/bucket/([^/]+)", _Request.get_bucket),
    (r"POST /storage/v1/object/list/([^/]+)", _Request.list_one_level),
    (r"POST /storage/v1/object/list-v2/([^/]+)", _Request.list_all),
    (r"GET /auth/v1/admin/users", _Request.list_users),
]


def _folder(name: str) -> dict[str, Any]:
    absent = dict.fromkeys(("id", "metadata", "created_at", "updated_at", "last_accessed_at"))
    return {"name": name, **absent}


def _signed(claims: dict[str, Any], secret: bytes) -> str:
    text = f"{_encoded({'alg': 'HS256', 'typ': 'JWT'})}.{_encoded(claims)}"
    return f"{text}.{_signature(text, secret)}"


def _verified(token: str, secret: bytes) -> dict[str, Any] | None:
    text, _, signature = token.rpartition(".")
    if not text or not hmac.compare_digest(signature, _signature(text, secret)):
        return None
    payload = text.partition(".")[2]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims if claims["exp"] > datetime.now(UTC).timestamp() else None


def _signature(text: str, secret: bytes) -> str:
    return _base64(hmac.digest(secret, text.encode(), hashlib.sha256))


def _encoded(part: dict[str, Any]) -> str:
    return _base64(json.dumps(part).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
