"""Source: a folder as a Supabase project and as an S3 server, which costs as little as it can whoever asks."""

import hashlib
import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

#: Of what is larger, Supabase's ETag is no file's MD5.
_PART = 16 * 2**20
_MADE_AT = "2026-01-01T00:00:00.000Z"
_MODIFIED = "Thu, 01 Jan 2026 00:00:00 GMT"


@dataclass(frozen=True)
class Held:
    """One object, which is a file."""

    key: str
    file: Path

    @cached_property
    def size_bytes(self) -> int:
        return self.file.stat().st_size

    @cached_property
    def etag(self) -> str:
        if self.size_bytes > _PART:
            return f'"{hashlib.md5(self.key.encode()).hexdigest()}-{self.size_bytes // _PART + 1}"'
        return f'"{hashlib.md5(self.file.read_bytes()).hexdigest()}"'


class Source(ThreadingHTTPServer):
    """One bucket; counts the bytes that it has sent of objects."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Request)
        self.bucket = folder.name
        files = sorted(each for each in folder.rglob("*") if each.is_file())
        self.held = {key: Held(key, file) for file in files if (key := file.relative_to(folder).as_posix())}
        self.sent_bytes, self._lock = 0, Lock()
        for each in self.held.values():
            _ = each.etag  # now, and not while somebody is measured

    def sent(self, size_bytes: int) -> None:
        with self._lock:
            self.sent_bytes += size_bytes

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: whoever is killed hangs up."""


class _Request(BaseHTTPRequestHandler):
    server: Source  # pyright: ignore[reportIncompatibleVariableOverride]
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        self.asked = {name: values[0] for name, values in parse_qs(split.query).items()}
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length) if length else b""
        path = unquote(split.path)
        for pattern, answer in _ROUTES:
            if found := re.fullmatch(pattern, path):
                return answer(self, *found.groups())
        return self._say(404, b"")

    do_POST = do_HEAD = do_GET

    def buckets(self) -> None:
        self._json([self._described()])

    def one_bucket(self, _: str) -> None:
        self._json(self._described())

    def list_v2(self, _: str) -> None:
        """Supabase's: at most 1,000, behind the cursor."""
        asked = json.loads(self.body)
        keys = self._keys(asked.get("prefix", ""), asked.get("cursor", ""))
        page, more = keys[:1000], len(keys) > 1000
        cursor = {"nextCursor": page[-1]} if more else {}
        objects = [_as_supabase_lists(self.server.held[key]) for key in page]
        self._json({"hasNext": more, "folders": [], "objects": objects, **cursor})

    def info(self, _: str, key: str) -> None:
        self._json(_as_supabase_tells(self.server.held[key]))

    def sent_bytes(self) -> None:
        self._json(self.server.sent_bytes)

    def list_s3(self, _: str) -> None:
        """S3's listing, as both of the peers ask for it."""
        if "location" in self.asked:
            return self._xml("<LocationConstraint/>")
        after = self.asked.get("continuation-token") or self.asked.get("start-after") or self.asked.get("marker") or ""
        keys = self._keys(self.asked.get("prefix", ""), after)
        most = int(self.asked.get("max-keys") or 1000)
        page, more = keys[:most], len(keys) > most
        next_one = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if more and page else ""
        listed = "".join(_as_s3_lists(self.server.held[key]) for key in page)
        return self._xml(
            f"<ListBucketResult><Name>{self.server.bucket}</Name><KeyCount>{len(page)}</KeyCount>"
            f"<IsTruncated>{str(more).lower()}</IsTruncated>{next_one}{listed}</ListBucketResult>"
        )

    def content(self, _: str, key: str) -> None:
        held = self.server.held.get(key)
        if held is None:
            return self._say(404, b"")
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        start = int(asked[1]) if asked else 0
        end = min(int(asked[2] or held.size_bytes - 1), held.size_bytes - 1) if asked else held.size_bytes - 1
        told = {"Content-Range": f"bytes {start}-{end}/{held.size_bytes}"} if asked else {}
        told |= {"ETag": held.etag, "Last-Modified": _MODIFIED, "Cache-Control": "max-age=3600"}
        self._head(206 if asked else 200, end + 1 - start, "video/mp4", told)
        if self.command == "GET":
            self._send(held.file, start, end + 1)
        return None

    def _send(self, path: Path, at: int, end: int) -> None:
        with path.open("rb") as file:
            while at < end:
                sent = os.sendfile(self.connection.fileno(), file.fileno(), at, end - at)
                self.server.sent(sent)
                at += sent

    def _keys(self, prefix: str, after: str) -> list[str]:
        return [key for key in self.server.held if key.startswith(prefix) and key > after]

    def _described(self) -> dict[str, Any]:
        return {
            "id": self.server.bucket, "name": self.server.bucket, "owner": "", "public": False,
            "file_size_limit": None, "allowed_mime_types": None, "created_at": _MADE_AT, "updated_at": _MADE_AT,
        }  # fmt: skip

    def _json(self, answer: Any) -> None:
        self._say(200, json.dumps(answer).encode(), "application/json")

    def _xml(self, answer: str) -> None:
        self._say(200, f'<?xml version="1.0" encoding="UTF-8"?>{answer}'.encode(), "application/xml")

    def _say(self, status: int, body: bytes, kind: str = "text/plain") -> None:
        self._head(status, len(body), kind, {})
        if self.command != "HEAD":
            self.wfile.write(body)

    def _head(self, status: int, length: int, kind: str, told: dict[str, str]) -> None:
        headers = {"Content-Type": kind, "Content-Length": str(length), "Accept-Ranges": "bytes"} | told
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.wfile.write(f"HTTP/1.1 {status} -\r\n{lines}\r\n".encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


_ROUTES: list[tuple[str, Callable[..., None]]] = [
    (r"/storage/v1/bucket/?", _Request.buckets),
    (r"/storage/v1/bucket/([^/]+)", _Request.one_bucket),
    (r"/storage/v1/object/list-v2/([^/]+)", _Request.list_v2),
    (r"/storage/v1/object/info/([^/]+)/(.+)", _Request.info),
    (r"/storage/v1/object/authenticated/([^/]+)/(.+)", _Request.content),
    (r"/sent", _Request.sent_bytes),
    (r"/([^/]+)/?", _Request.list_s3),
    (r"/([^/]+)/(.+)", _Request.content),
]


def _as_supabase_tells(held: Held) -> dict[str, Any]:
    return {
        "id": held.etag.strip('"'), "name": held.key, "version": "1", "size": held.size_bytes,
        "content_type": "video/mp4", "cache_control": "max-age=3600", "etag": held.etag, "metadata": {},
        "last_modified": _MADE_AT, "created_at": _MADE_AT,
    }  # fmt: skip


def _as_supabase_lists(held: Held) -> dict[str, Any]:
    metadata = {"eTag": held.etag, "size": held.size_bytes, "mimetype": "video/mp4", "lastModified": _MADE_AT}
    times = dict.fromkeys(("created_at", "updated_at", "last_accessed_at"), _MADE_AT)
    return {"key": held.key, "name": held.key, "id": held.etag.strip('"'), "metadata": metadata, **times}


def _as_s3_lists(held: Held) -> str:
    return (
        f"<Contents><Key>{escape(held.key)}</Key><LastModified>{_MADE_AT}</LastModified>"
        f"<ETag>{escape(held.etag)}</ETag><Size>{held.size_bytes}</Size><StorageClass>STANDARD</StorageClass></Contents>"
    )


if __name__ == "__main__":
    Source(Path(sys.argv[1]), int(sys.argv[2])).serve_forever()
