"""Supabase TUS: the resumable uploads of Storage; what arrived stays, and nothing is listed before it is whole."""

import base64
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.support.supabase_answers import CUT, Answer
from tests.support.supabase_store import StoredObject, kept_for

_CHUNK = 6 * 2**20
_TUS = {"Tus-Resumable": "1.0.0"}


@dataclass
class Upload:
    """An upload, also after it has become an object."""

    bucket: str
    key: str
    size: int
    told: dict[str, str]  #: its Upload-Metadata
    upsert: bool
    content: bytes = b""


def refusal(status: int, text: str) -> Answer:
    """A TUS server speaks in real statuses and plain text."""
    return Answer(status, text, headers=_TUS)


GONE = refusal(404, "The file for this url was not found")
EXISTS = refusal(409, "The resource already exists")


class TusRequests:
    """Part of a request handler: `project`, `headers` and `command` are the handler's."""

    project: Any
    headers: Any

    def create(self, role: str, body: bytes) -> Answer:
        return self._create(body, "") if role == "service_role" else refusal(403, "new row violates row-level security")

    def create_signed(self, body: bytes) -> Answer:
        claims = self.project.claims_of(self.headers.get("x-signature") or "")
        return self._create(body, claims["url"]) if claims else refusal(403, "Invalid signature")

    def _create(self, _: bytes, allowed: str) -> Answer:
        pairs = (pair.partition(" ") for pair in self.headers["Upload-Metadata"].split(","))
        told = {name: base64.b64decode(value).decode() for name, _, value in pairs}
        upload = Upload(
            told["bucketName"], told["objectName"], int(self.headers["Upload-Length"]), told,
            self.headers.get("x-upsert") == "true",
        )  # fmt: skip
        bucket = self.project.buckets.get(upload.bucket)
        if bucket is None:
            return refusal(404, "Bucket not found")
        if allowed and allowed != f"{upload.bucket}/{upload.key}":
            return refusal(403, "Invalid signature")
        refused = bucket.refusal(upload.key, upload.size, told.get("contentType", "text/plain"), upload.upsert)
        if refused:
            return refusal(int(refused.body["statusCode"]), refused.body["message"])
        id = uuid.uuid4().hex
        self.project.uploads[id] = upload
        place = "/storage/v1/upload/resumable/" + (f"sign/{id}" if allowed else id)
        return Answer(201, "", self.project.url + place, headers=_TUS)

    def offset(self, role: str, id: str, _: bytes) -> Answer:
        upload = self.project.uploads.get(id)
        if upload is None or role != "service_role":
            return GONE
        told = {"Upload-Offset": str(len(upload.content)), "Upload-Length": str(upload.size)}
        return Answer(200, "", headers=_TUS | told)

    def patch(self, role: str, id: str, body: bytes) -> Answer:
        return self._patch(id, body) if role == "service_role" else refusal(403, "new row violates row-level security")

    def patch_signed(self, id: str, body: bytes) -> Answer:
        upload = self.project.uploads.get(id)
        claims = self.project.claims_of(self.headers.get("x-signature") or "")
        if upload and (claims is None or claims["url"] != f"{upload.bucket}/{upload.key}"):
            return refusal(403, "Invalid signature")
        return self._patch(id, body)

    def _patch(self, id: str, body: bytes) -> Answer:
        upload: Upload | None = self.project.uploads.get(id)
        if upload is None:
            return GONE
        if self.headers.get("Tus-Resumable") != "1.0.0":
            return refusal(412, "Tus-Resumable Required")
        if int(self.headers["Upload-Offset"]) != len(upload.content):
            return refusal(409, "Upload-Offset conflict")
        if self.project.cuts:
            upload.content += body[: self.project.cuts.pop(0)]
            return CUT
        if len(body) != _CHUNK and len(upload.content) + len(body) != upload.size:
            return refusal(400, "chunks are of 6 MiB")
        upload.content += body
        if len(upload.content) == upload.size and (refused := self._finish(upload)):
            return refused
        return Answer(204, "", headers=_TUS | {"Upload-Offset": str(len(upload.content))})

    def _finish(self, upload: Upload) -> Answer | None:
        objects = self.project.buckets[upload.bucket].objects
        if upload.key in objects and not upload.upsert:
            return EXISTS
        told = upload.told
        objects[upload.key] = StoredObject(
            upload.key, upload.size, datetime.now(UTC), upload.content, told.get("contentType", "text/plain"),
            cache_control=kept_for(told.get("cacheControl", "")),
            user_metadata=json.loads(told["metadata"]) if told.get("metadata") else None,
        )  # fmt: skip
        return None

    def terminate(self, role: str, id: str, _: bytes) -> Answer:
        if role != "service_role":
            return refusal(403, "new row violates row-level security")
        return Answer(204, "", headers=_TUS) if self.project.uploads.pop(id, None) else GONE


#: With a signed token instead of a key.
OPEN_TUS_ROUTES: list[tuple[str, Callable[..., Answer]]] = [
    (r"POST /storage/v1/upload/resumable/sign", TusRequests.create_signed),
    (r"PATCH /storage/v1/upload/resumable/sign/([0-9a-f]+)", TusRequests.patch_signed),
]
TUS_ROUTES: list[tuple[str, Callable[..., Answer]]] = [
    (r"POST /storage/v1/upload/resumable", TusRequests.create),
    (r"HEAD /storage/v1/upload/resumable/([0-9a-f]+)", TusRequests.offset),
    (r"PATCH /storage/v1/upload/resumable/([0-9a-f]+)", TusRequests.patch),
    (r"DELETE /storage/v1/upload/resumable/([0-9a-f]+)", TusRequests.terminate),
]
