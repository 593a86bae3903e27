"""Supabase objects: the requests about one object, as Storage answers them."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from tests.support.supabase_answers import NO_BUCKET, NO_OBJECT, NOT_ALLOWED, WRONG_TYPE, Answer, storage_error
from tests.support.supabase_store import Bucket, StoredObject, kept_for

#: How long a signed upload lasts; nobody is asked.
UPLOAD_TOKEN_S = 2 * 3600
_SERVICE = "service_role"
_NO_TOKEN = storage_error("400", "InvalidJWT", "jwt expired or malformed")


class ObjectRequests:
    """Part of a request handler: `project`, `headers` and `parameters` are the handler's."""

    project: Any
    headers: Any
    parameters: dict[str, str]

    def upload(self, role: str, bucket: str, key: str, body: bytes) -> Answer:
        return self._upload(role, bucket, key, body, self.headers.get("x-upsert") == "true")

    def update(self, role: str, bucket: str, key: str, body: bytes) -> Answer:
        """It makes an object that is not there, too."""
        return self._upload(role, bucket, key, body, upsert=True)

    def _upload(self, role: str, name: str, key: str, body: bytes, upsert: bool) -> Answer:
        fields = _fields(self.headers["Content-Type"], body)
        content, mimetype = fields["file"]
        bucket = self.project.buckets.get(name)
        if bucket is None:
            return NO_BUCKET
        if role != _SERVICE:
            return NOT_ALLOWED
        if refusal := bucket.refusal(key, len(content), mimetype, upsert):
            return refusal
        metadata = json.loads(fields["metadata"][0]) if "metadata" in fields else None
        cache = kept_for(fields.get("cacheControl", (b"", ""))[0].decode())
        stored = StoredObject(
            key, len(content), datetime.now(UTC), content, mimetype, cache_control=cache, user_metadata=metadata
        )
        bucket.objects[key] = stored
        return Answer(200, {"Key": f"{name}/{key}", "Id": stored.id})

    def info(self, role: str, bucket: str, key: str, _: bytes) -> Answer:
        stored = self._visible_object(role, bucket, key)
        return stored if isinstance(stored, Answer) else Answer(200, stored.told())

    def download(self, role: str, bucket: str, key: str, _: bytes) -> Answer:
        stored = self._visible_object(role, bucket, key)
        return stored if isinstance(stored, Answer) else self._content(stored)

    def download_public(self, bucket: str, key: str, _: bytes) -> Answer:
        """Whatever key comes with it, or none."""
        found = self.project.buckets.get(bucket)
        if found is None or not found.public:
            return NO_BUCKET
        return self._content(found.objects[key]) if key in found.objects else NO_OBJECT

    def download_signed(self, bucket: str, key: str, _: bytes) -> Answer:
        claims = self.project.claims_of(self.parameters.get("token", ""))
        if claims is None or claims.get("url") != f"{bucket}/{key}":
            return _NO_TOKEN
        stored = self._visible_object(_SERVICE, bucket, key)
        return stored if isinstance(stored, Answer) else self._content(stored)

    def sign(self, role: str, bucket: str, key: str, body: bytes) -> Answer:
        stored = self._visible_object(role, bucket, key)
        if isinstance(stored, Answer):
            return stored
        token = self.project.token(f"{bucket}/{key}", int(json.loads(body)["expiresIn"]))
        return Answer(200, {"signedURL": f"/object/sign/{bucket}/{quote(key)}?token={token}"})

    def sign_upload(self, role: str, name: str, key: str, _: bytes) -> Answer:
        bucket = self.project.buckets.get(name)
        if bucket is None:
            return NO_BUCKET
        if role != _SERVICE:
            return NOT_ALLOWED
        refusal = bucket.refusal(key, 0, "", self.headers.get("x-upsert") == "true")
        if refusal and refusal != WRONG_TYPE:  # the type is told with the upload
            return refusal
        token = self.project.token(f"{name}/{key}", UPLOAD_TOKEN_S)
        return Answer(200, {"url": f"/object/upload/sign/{name}/{quote(key)}?token={token}"})

    def remove(self, role: str, name: str, body: bytes) -> Answer:
        """It tells what was removed; what may not be removed is not told of, and that is no error."""
        found = self.project.buckets.get(name) if role == _SERVICE else None
        objects = found.objects if found else {}
        removed = [objects.pop(key) for key in json.loads(body)["prefixes"] if key in objects]
        return Answer(200, [each.told() for each in removed])

    def _visible_object(self, role: str, bucket: str, key: str) -> Any:
        found: Bucket | None = self.project.buckets.get(bucket) if role == _SERVICE else None
        if found is None and bucket not in self.project.buckets:
            return NO_BUCKET
        stored = found.objects.get(key) if found else None
        return NO_OBJECT if stored is None else stored

    def _content(self, stored: StoredObject) -> Answer:
        content = stored.content or b""
        headers = {"ETag": stored.etag, "Content-Type": stored.mimetype, "Cache-Control": stored.cache_control}
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        if not asked:
            return Answer(200, content, headers=headers)
        start, end = int(asked[1]), min(int(asked[2] or len(content)), len(content) - 1)
        if start >= len(content):
            return storage_error("416", "InvalidRange", "The requested range is not satisfiable")
        told = {"Content-Range": f"bytes {start}-{end}/{len(content)}"}
        return Answer(206, content[start : end + 1], headers=headers | told)


OPEN_OBJECT_ROUTES: list[tuple[str, Callable[..., Answer]]] = [
    (r"(?:GET|HEAD) /storage/v1/object/public/([^/]+)/(.+)", ObjectRequests.download_public),
    (r"(?:GET|HEAD) /storage/v1/object/sign/([^/]+)/(.+)", ObjectRequests.download_signed),
]
OBJECT_ROUTES: list[tuple[str, Callable[..., Answer]]] = [
    (r"GET /storage/v1/object/info/([^/]+)/(.+)", ObjectRequests.info),
    (r"GET /storage/v1/object/authenticated/([^/]+)/(.+)", ObjectRequests.download),
    (r"POST /storage/v1/object/upload/sign/([^/]+)/(.+)", ObjectRequests.sign_upload),
    (r"POST /storage/v1/object/sign/([^/]+)/(.+)", ObjectRequests.sign),
    (r"POST /storage/v1/object/([^/]+)/(.+)", ObjectRequests.upload),
    (r"PUT /storage/v1/object/([^/]+)/(.+)", ObjectRequests.update),
    (r"DELETE /storage/v1/object/([^/]+)", ObjectRequests.remove),
]


def _fields(content_type: str, body: bytes) -> dict[str, tuple[bytes, str]]:
    """The content and type of each field of a form."""
    boundary = b"--" + content_type.rpartition("boundary=")[2].strip('"').encode()
    found: dict[str, tuple[bytes, str]] = {}
    for part in body.split(boundary)[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        name = re.search(rb'name="([^"]+)"', head)
        kind = re.search(rb"(?i)content-type: *([^\r\n]+)", head)
        assert name
        found[name[1].decode()] = (content.removesuffix(b"\r\n"), kind[1].decode() if kind else "text/plain")
    return found
