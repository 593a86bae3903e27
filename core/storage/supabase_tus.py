"""Supabase TUS: objects sent from start to end in chunks, going on where the connection broke."""

import base64
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

import httpx
from storage3.exceptions import StorageApiError

from core.errors import UploadNotFound
from core.storage.provider import Attributes
from core.storage.supabase_errors import api_error, may_pass, status_of
from core.storage.supabase_project import SupabaseProject
from core.units import MIB

#: What hosted Supabase demands of every chunk but the last.
CHUNK = 6 * MIB
VERSION = {"Tus-Resumable": "1.0.0"}
_PATH, _SIGNED_PATH = "/storage/v1/upload/resumable", "/storage/v1/upload/resumable/sign"
_GONE = (404, 410)
_CONFLICT = 409  #: a wrong offset, or a key where something is


class SupabaseTus:
    """The resumable uploads of a project; each is named by the address that chunks go to."""

    def __init__(self, project: SupabaseProject) -> None:
        self._project = project

    def create(
        self, bucket: str, key: str, size_bytes: int, attributes: Attributes, upsert: bool, token: str = ""
    ) -> str:
        """The address of a new upload; with a token, whoever has that may send to it."""
        headers = {
            **(self._project.headers if not token else {"x-signature": token}),
            **VERSION,
            "Upload-Length": str(size_bytes),
            "Upload-Metadata": _metadata(bucket, key, attributes),
            "x-upsert": "true" if upsert else "false",
        }
        place = self._project.url + (_SIGNED_PATH if token else _PATH)

        def ask() -> str:
            answer = self._project.http.post(place, headers=headers)
            if answer.status_code != 201:
                raise api_error(answer)
            return urljoin(place, answer.headers["Location"])

        return self._project.ask(ask, bucket, key)

    def received(self, address: str) -> int:
        """How many bytes have arrived. Raises UploadNotFound; some servers have forgotten it once it is complete."""

        def ask() -> int | None:
            answer = self._project.http.head(_own(address), headers=self._project.headers | VERSION)
            if answer.status_code in _GONE:
                return None
            if not answer.is_success:
                raise api_error(answer)
            return int(answer.headers["Upload-Offset"])

        offset = self._project.ask(ask)
        if offset is None:
            raise _gone()
        return offset

    def send(self, address: str, file: Any, size_bytes: int, bucket: str, key: str) -> None:
        """Send all of a file, asking after each broken connection how much of it has arrived."""
        offset, faults = 0, 0
        with self._project.explained(bucket, key):
            while offset < size_bytes:
                file.seek(offset)
                try:
                    offset, faults = self._patch(address, offset, file.read(CHUNK)), 0
                except (httpx.TransportError, StorageApiError) as error:
                    if faults == len(self._project.waits_s) or not _may_go_on(error):
                        raise
                    time.sleep(self._project.waits_s[faults])
                    before, offset = offset, self._left_off(address, size_bytes)
                    faults = faults + 1 if offset == before else 0
                    if isinstance(error, StorageApiError) and status_of(error) == _CONFLICT and offset == before:
                        raise  # it was no matter of where to go on: something is at the key

    def abort(self, address: str) -> None:
        """Forget it; one that is not there is aborted already."""

        def ask() -> None:
            answer = self._project.http.delete(_own(address), headers=self._project.headers | VERSION)
            if not answer.is_success and answer.status_code not in _GONE:
                raise api_error(answer)

        self._project.ask(ask)

    def _patch(self, address: str, offset: int, content: bytes) -> int:
        headers = self._project.headers | chunk_headers() | {"Upload-Offset": str(offset)}
        answer = self._project.http.patch(address, content=content, headers=headers)
        if answer.status_code in _GONE:
            raise _gone()
        if answer.status_code != 204:
            raise api_error(answer)
        return int(answer.headers["Upload-Offset"])

    def _left_off(self, address: str, size_bytes: int) -> int:
        try:
            return self.received(address)
        except UploadNotFound:  # it was complete, and only the answer was lost: whoever sends looks at the object
            return size_bytes


def _may_go_on(error: httpx.TransportError | StorageApiError) -> bool:
    return may_pass(error) or (isinstance(error, StorageApiError) and status_of(error) == _CONFLICT)


def chunk_headers() -> dict[str, str]:
    """What every chunk is sent with, besides its offset."""
    return {**VERSION, "Content-Type": "application/offset+octet-stream"}


def cache_seconds(attributes: Attributes) -> str:
    """Supabase keeps one figure only, and makes `max-age` of it."""
    found = [each.strip() for each in attributes.cache_control.split(",")]
    ages = [each.removeprefix("max-age=") for each in found if each.startswith("max-age=")]
    return ages[0] if ages else "3600" if not attributes.cache_control else "0"


def _gone() -> UploadNotFound:
    return UploadNotFound("There is no such unfinished upload in Supabase.", "Begin it again.")


def _own(address: str) -> str:
    """Where we ask about an upload with our key, whoever sends to it."""
    return address.replace(f"{_SIGNED_PATH}/", f"{_PATH}/")


def _metadata(bucket: str, key: str, attributes: Attributes) -> str:
    told: Mapping[str, str] = {
        "bucketName": bucket,
        "objectName": key,
        "contentType": attributes.content_type,
        "cacheControl": cache_seconds(attributes),
        "metadata": json.dumps(dict(attributes.metadata)),
    }
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())
