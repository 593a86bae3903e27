"""Objects over HTTP: what lies in this machine's folder, for signed links: read in ranges, or sent in parts."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import PurePosixPath

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from core.errors import ObjectTooLarge, PermissionDenied, PhyghtError, StorageDenied
from core.storage.local import LOCAL, LocalProvider
from core.storage.local_links import PATH, Grant, PartGrant
from core.storage.provider import StoredObject
from dashboard.api import chunks_of, failure
from dashboard.ranges import Span, Unsatisfiable, Version, is_unchanged, wanted_span
from dashboard.session import platform

#: By the suffix of the key, which was chosen here; never what an uploader has said.
_TYPES = {
    ".mp4": "video/mp4",
    ".m4s": "video/iso.segment",
    ".webm": "video/webm",
    ".mov": "video/quicktime",
    ".mkv": "video/x-matroska",
    ".avi": "video/x-msvideo",
    ".ts": "video/mp2t",
    ".mpg": "video/mpeg",
    ".flv": "video/x-flv",
    ".asf": "video/x-ms-asf",
    ".ogv": "video/ogg",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".vtt": "text/vtt; charset=utf-8",
    ".jpg": "image/jpeg",
}
_UNKNOWN = "application/octet-stream"
#: Playlists, subtitles and pictures may be made again; everything else never changes under its key.
_CHANGING = (".m3u8", ".vtt", ".jpg")
_FOR_GOOD, _FOR_NOW = "private, max-age=31536000, immutable", "private, max-age=60"
#: Any page may play a video whose link it has; no page gets anything else out of it.
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, ETag",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
PREFLIGHT = HEADERS | {
    "Access-Control-Allow-Headers": "Range, If-Range, If-None-Match, If-Modified-Since",
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Max-Age": "86400",
}


async def read(request: Request) -> Response:
    """GET and HEAD /objects/{key}: the bytes, or those of a range."""
    try:
        return await run_in_threadpool(_read, request)
    except PhyghtError as error:
        return _refused(error)


async def write(request: Request) -> Response:
    """PUT /objects/{key}: one part of an upload, streamed to where it stays."""
    try:
        etag = await run_in_threadpool(_write, request)
    except ClientDisconnect:  # nobody reads the answer
        return Response(status_code=499)
    except PhyghtError as error:
        return _refused(error)
    return Response(status_code=200, headers={"ETag": f'"{etag}"', "Cache-Control": "no-store"})


async def preflight(_request: Request) -> Response:
    """OPTIONS /objects/{key}: any page may ask for ranges."""
    return Response(status_code=204, headers=PREFLIGHT)


ROUTES = [
    Route(f"{PATH}{{key:path}}", read, methods=["GET", "HEAD"]),
    Route(f"{PATH}{{key:path}}", write, methods=["PUT"]),
    Route(f"{PATH}{{key:path}}", preflight, methods=["OPTIONS"]),
]


def raw_path(request: Request) -> str:
    """The path as it was sent, with its percent signs."""
    return request.scope["raw_path"].partition(b"?")[0].decode("latin-1")


def _read(request: Request) -> Response:
    provider = _provider(request)
    stored = provider.head(_granted(provider, request).key)
    version = Version(stored.etag, stored.modified_at)
    headers = HEADERS | version.headers | _kind(stored.key) | {"Accept-Ranges": "bytes"}
    if is_unchanged(request.headers, version):
        return Response(status_code=304, headers=headers)
    try:
        span = wanted_span(request.headers, stored.size_bytes, version)
    except Unsatisfiable:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{stored.size_bytes}"})
    return _bytes(provider, stored, span, headers, is_asked=request.method == "GET")


def _bytes(
    provider: LocalProvider, stored: StoredObject, span: Span | None, headers: dict[str, str], is_asked: bool
) -> Response:
    start, end = (span.start, span.end) if span else (0, stored.size_bytes)
    headers = headers | {"Content-Length": str(end - start)}
    if span:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{stored.size_bytes}"
    # begun before the answer is, so that what is archived or gone is said with its own status
    chunks: Iterator[bytes] = provider.read(stored.key, start, end, stored.etag)
    return StreamingResponse(chunks if is_asked else iter(()), 206 if span else 200, headers)


def _write(request: Request) -> str:
    provider = _provider(request)
    grant = _granted(provider, request)
    part = grant.part
    if part is None:
        raise PermissionDenied("This link sends nothing.", "Ask for the address of a part.")
    declared = request.headers.get("content-length")
    if declared is not None and declared != str(part.size_bytes):
        raise ObjectTooLarge(f"The part has {part.size_bytes:,} bytes, and not {declared:.20}.", "Sign it anew.")
    received = provider.receive_part(grant.key, part.upload_id, part.number, _whole(request, part), part.crc64nvme)
    return received.etag


def _whole(request: Request, part: PartGrant) -> Iterator[bytes]:
    """What comes in, as long as it is no more than was granted; a part that is short fails by its checksum."""
    left = part.size_bytes
    for chunk in chunks_of(request):
        left -= len(chunk)
        if left < 0:
            raise ObjectTooLarge(f"The part has more than its {part.size_bytes:,} bytes.", "Sign it anew.")
        yield chunk


def _granted(provider: LocalProvider, request: Request) -> Grant:
    query = {name: value for name, value in request.query_params.items() if name != "CMCD"}  # players add it
    try:
        return provider.verify(request.method, raw_path(request), query, datetime.now(UTC))
    except StorageDenied as error:
        raise PermissionDenied(error.message, error.advice) from error


def _provider(request: Request) -> LocalProvider:
    """The folder that the link names. Raises PermissionDenied where it names none of this machine."""
    name = request.query_params.get("provider", LOCAL)
    for provider in platform().providers.all:
        if provider.name == name and isinstance(provider, LocalProvider):
            return provider
    raise PermissionDenied("This link was not made here, or was changed.", "Ask for a new link.")


def _kind(key: str) -> dict[str, str]:
    suffix = PurePosixPath(key).suffix.lower()
    kind = {
        "Content-Type": _TYPES.get(suffix, _UNKNOWN),
        "Cache-Control": _FOR_NOW if suffix in _CHANGING else _FOR_GOOD,
    }
    return kind if suffix in _TYPES else kind | {"Content-Disposition": "attachment"}


def _refused(error: PhyghtError) -> Response:
    response = failure(error)
    response.headers["Access-Control-Allow-Origin"] = "*"  # so that a player elsewhere can tell what is wrong
    return response
