"""Uploads over HTTP: what the browser's uploader asks for, one route a question; rules are core.uploads'."""

import base64
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.access.roles import User
from core.catalog.video import Video, Visibility
from core.units import MIB, instant_text
from core.uploads.answers import Completed
from core.uploads.content import HEAD_BYTES
from core.uploads.new_file import NewFile
from core.uploads.session import Standing
from core.uploads.uploads import Uploads
from dashboard.api import BadRequest, body_of, chunks_of, for_programs, success
from dashboard.outside import HEADERS
from dashboard.session import platform

#: A larger part has to be sent to its provider directly.
LARGEST_BODY = 64 * MIB
#: How long the address that comes with a finished upload plays it.
PLAYABLE_FOR_S = 6 * 3600
_LONGEST_CHECKSUM = len(str(2**64 - 1))
_LONGEST_NUMBER = 9  #: of digits; no provider takes a million parts


def _checksum(text: str) -> str:
    if not _is_checksum(text):
        raise ValueError("should be an unsigned decimal of 64 bits")
    return text


def _base64(text: str) -> str:
    try:
        base64.b64decode(text, validate=True)
    except ValueError:
        raise ValueError("should be base64") from None
    return text


def _is_checksum(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_CHECKSUM and int(text) < 2**64


#: Unsigned decimal, as text: JavaScript's numbers would round it.
Checksum = Annotated[str, AfterValidator(_checksum)]


class _Question(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class NewUpload(_Question):
    """POST /api/uploads, and .../check."""

    name: str
    size_bytes: int
    head: Annotated[str, StringConstraints(max_length=2 * HEAD_BYTES), AfterValidator(_base64)]  #: of the first bytes
    title: str = ""
    residency: str = ""
    visibility: Annotated[Visibility, Field(strict=False)] = Visibility.PUBLIC
    fingerprint: str = ""

    @property
    def file(self) -> NewFile:
        head = base64.b64decode(self.head)[:HEAD_BYTES]
        return NewFile(self.name, self.size_bytes, head, self.title, self.residency, self.visibility, self.fingerprint)


class PartToSign(_Question):
    """POST /api/uploads/{id}/parts/{n}; in tus mode nothing is said of the part."""

    size_bytes: int = 0
    crc64nvme: Checksum = "0"
    unreached: bool = False  #: a part has just failed at the provider


class WholeFile(_Question):
    """POST /api/uploads/{id}/complete."""

    crc64nvme: Checksum
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    keep_duplicate: bool = False


@for_programs
async def check(request: Request, user: User) -> Response:
    """POST /api/uploads/check: whether the file would be taken, where it would go, and what it would cost."""
    file = (await body_of(request, NewUpload)).file
    verdict = await run_in_threadpool(_uploads().check, user, file)
    return success(
        {
            "provider": verdict.provider,
            "reason": verdict.reason,
            "monthly_cost_usd": _money(verdict.monthly_usd),
            "under_way": verdict.under_way and verdict.under_way.id,
            "finished": _video(verdict.finished),
        }
    )


@for_programs
async def start(request: Request, user: User) -> Response:
    """POST /api/uploads: 201 with a new upload, 200 with the unfinished one of the same file."""
    file, now = (await body_of(request, NewUpload)).file, datetime.now(UTC)
    there = await run_in_threadpool(_uploads().start, user, file, now)
    return success(_standing(there), 201 if there.session.started_at == now else 200)


@for_programs
async def unfinished(_request: Request, user: User) -> Response:
    """GET /api/uploads: those of one's own that may go on."""
    found = await run_in_threadpool(_uploads().unfinished, user, datetime.now(UTC))
    return success([_standing(each) for each in found])


@for_programs
async def show(request: Request, user: User) -> Response:
    """GET /api/uploads/{id}: one of them, and what its provider has of it."""
    found = await run_in_threadpool(_uploads().get, user, _id(request), datetime.now(UTC))
    return success(_standing(found))


@for_programs
async def sign_part(request: Request, user: User) -> Response:
    """POST /api/uploads/{id}/parts/{n}: the request that sends it; in tus mode the address that takes all of them."""
    asked = await body_of(request, PartToSign)
    signed = await run_in_threadpool(
        _uploads().parts.sign,
        user,
        _id(request),
        _number(request),
        asked.size_bytes,
        int(asked.crc64nvme),
        datetime.now(UTC),
    )
    response = success(
        {
            "method": signed.method,
            "url": signed.url,
            "headers": dict(signed.headers),
            "expires_at": instant_text(signed.expires_at),
        }
    )
    if asked.unreached:  # the sender does not wait for what we find
        response.background = BackgroundTask(_uploads().doubt, user, _id(request))
    return response


@for_programs
async def receive_part(request: Request, user: User) -> Response:
    """PUT /api/uploads/{id}/parts/{n}?crc64nvme=: the part itself, where its provider cannot be reached directly."""
    size, crc = _declared(request)
    part = await run_in_threadpool(
        _uploads().parts.receive,
        user,
        _id(request),
        _number(request),
        size,
        crc,
        chunks_of(request),
        datetime.now(UTC),
    )
    return success({"number": part.number, "size_bytes": part.size_bytes, "crc64nvme": str(crc)})


@for_programs
async def complete(request: Request, user: User) -> Response:
    """POST /api/uploads/{id}/complete: the video, or the one that has the same bytes already."""
    asked = await body_of(request, WholeFile)
    done = await run_in_threadpool(
        _uploads().complete,
        user,
        _id(request),
        int(asked.crc64nvme),
        asked.sha256,
        datetime.now(UTC),
        asked.keep_duplicate,
    )
    return success(await run_in_threadpool(_completed, done))


@for_programs
async def abort(request: Request, user: User) -> Response:
    """DELETE /api/uploads/{id}: call it off; a duplicate is discarded by it."""
    await run_in_threadpool(_uploads().abort, user, _id(request), datetime.now(UTC))
    return Response(status_code=204, headers=HEADERS)


ROUTES = [
    Route("/api/uploads", start, methods=["POST"]),
    Route("/api/uploads", unfinished, methods=["GET"]),
    Route("/api/uploads/check", check, methods=["POST"]),
    Route("/api/uploads/{id}", show, methods=["GET"]),
    Route("/api/uploads/{id}", abort, methods=["DELETE"]),
    Route("/api/uploads/{id}/parts/{number}", sign_part, methods=["POST"]),
    Route("/api/uploads/{id}/parts/{number}", receive_part, methods=["PUT"]),
    Route("/api/uploads/{id}/complete", complete, methods=["POST"]),
]


def _uploads() -> Uploads:
    return platform().uploads


def _id(request: Request) -> str:
    return request.path_params["id"]


def _number(request: Request) -> int:
    text = request.path_params["number"]
    if not text.isascii() or not text.isdigit() or len(text) > _LONGEST_NUMBER:
        raise BadRequest("The part's number should be a whole number.", "Parts are counted from 1.")
    return int(text)


def _declared(request: Request) -> tuple[int, int]:
    """How large the part is said to be, and its checksum."""
    length, crc = request.headers.get("content-length", ""), request.query_params.get("crc64nvme", "")
    if not length.isascii() or not length.isdigit() or len(length) > _LONGEST_NUMBER or int(length) > LARGEST_BODY:
        raise BadRequest(f"A part needs a Content-Length of at most {LARGEST_BODY}.", "Send it to its provider.")
    if not _is_checksum(crc):
        raise BadRequest("crc64nvme should be an unsigned decimal of 64 bits.", "Add it to the address.")
    return int(length), int(crc)


def _standing(there: Standing) -> dict[str, Any]:
    session = there.session
    return {
        "id": session.id,
        "state": session.state,
        "mode": session.mode,
        "name": session.file_name,
        "title": session.title,
        "fingerprint": session.fingerprint,
        "size_bytes": session.size_bytes,
        "part_bytes": session.part_bytes,
        "parts_total": session.parts_total,
        "missing": list(there.missing),
        "received": {part.number: _decimal(part.crc64nvme) for part in there.received},
        "received_bytes": there.received_bytes,
        "provider": session.provider,
        "reason": session.reason,
        "started_at": instant_text(session.started_at),
        "monthly_cost_usd": _money(_uploads().monthly_usd(session)),
    }


def _completed(done: Completed) -> dict[str, Any]:
    session, shown = done.session, done.video or done.duplicate_of
    url = None
    if done.video:
        url = platform().providers.named(session.provider).url(session.key, PLAYABLE_FOR_S)
    return {
        "state": session.state,
        "video": _video(done.video),
        "duplicate_of": _video(done.duplicate_of),
        "link": f"/v/{shown.slug}" if shown else None,
        "url": url,
        "monthly_cost_usd": _money(done.monthly_usd),
    }


def _video(video: Video | None) -> dict[str, str] | None:
    return video and {"id": video.id, "slug": video.slug, "title": video.title, "link": f"/v/{video.slug}"}


def _decimal(crc: int | None) -> str | None:
    return None if crc is None else str(crc)


def _money(usd: Decimal | None) -> str | None:
    return None if usd is None else format(usd, "f")
