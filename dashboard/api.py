"""API: what the routes for programs share: who asks, what they sent, and errors as JSON."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from functools import wraps
from typing import TypeVar

from anyio import from_thread
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from core import errors
from core.access.roles import User
from core.errors import PartsMissing, PhyghtError, SignInRequired
from dashboard.outside import HEADERS
from dashboard.routes import Endpoint
from dashboard.session import platform
from dashboard.visitor import identify, site_of, visitor_of_request

#: More than any question of ours has.
LONGEST_BODY = 64 * 1024
#: What an error is in HTTP: the first that it is an instance of.
_STATUS: tuple[tuple[type[PhyghtError], int], ...] = (
    (errors.SignInRequired, 401),
    (errors.PermissionDenied, 403),
    (errors.UploadNotFound, 404),
    (errors.ObjectNotFound, 404),
    (errors.VideoNotFound, 404),
    (errors.NothingServed, 404),
    (errors.PlaylistRefused, 502),
    (errors.ObjectArchived, 409),
    (errors.PartsMissing, 409),
    (errors.UploadEnded, 409),
    (errors.ObjectExists, 409),
    (errors.SizeRefused, 413),
    (errors.ObjectTooLarge, 413),
    (errors.ContentRefused, 415),
    (errors.UploadError, 422),
    (errors.ObjectCorrupt, 422),
    (errors.KeyRefused, 422),
    (errors.DiskFull, 507),
)
_Body = TypeVar("_Body", bound=BaseModel)
Answer = Callable[[Request, User], Awaitable[Response]]


class BadRequest(PhyghtError):
    """What was sent is not what is asked for here."""


def for_programs(answer: Answer) -> Endpoint:
    """A route that answers in JSON to whoever is signed in, and changes nothing for a page of another site."""

    @wraps(answer)
    async def guarded(request: Request) -> Response:
        try:
            return await answer(request, await run_in_threadpool(_asker, request))
        except ClientDisconnect:  # nobody reads the answer
            return Response(status_code=499)
        except PhyghtError as error:
            return failure(error)

    return guarded


def _asker(request: Request) -> User:
    visitor = visitor_of_request(request)
    if request.method not in ("GET", "HEAD") and (not visitor.host or site_of(visitor.origin) != visitor.host):
        raise errors.PermissionDenied("This was not sent from one of our own pages.", "Open the app, and try again.")
    who = identify(platform(), visitor, datetime.now(UTC))  # which keeps the session alive, too
    if who is None:
        raise SignInRequired("You are not signed in.", "Sign in, and go on.")
    if who.must_change:
        raise SignInRequired("Your one-time password has to be changed first.", "Choose a password, and go on.")
    return who.user


def failure(error: PhyghtError) -> JSONResponse:
    """An error as programs read it, with the status that fits."""
    told: dict[str, object] = {"error": error.message, "advice": error.advice}
    if isinstance(error, PartsMissing):
        told["missing"] = list(error.missing)
    status = 400 if isinstance(error, BadRequest) else next((s for kind, s in _STATUS if isinstance(error, kind)), 503)
    headers = HEADERS | ({"Retry-After": "5"} if status == 503 else {})
    return JSONResponse(told, status, headers)


def success(told: object, status: int = 200) -> JSONResponse:
    return JSONResponse(told, status, HEADERS)


async def body_of(request: Request, model: type[_Body]) -> _Body:
    """What was sent, as the model has it. Raises BadRequest, in words."""
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > LONGEST_BODY:
            raise BadRequest(f"The question has more than {LONGEST_BODY} bytes.", "Send less.")
    try:
        return model.model_validate_json(content or b"{}")
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"])) or "The body"
        wrong = first["msg"].removeprefix("Value error, ")
        raise BadRequest(f"{where}: {wrong}.", "See docs/architecture.md for what is asked for.") from None


def chunks_of(request: Request) -> Iterator[bytes]:
    """The body as it comes in, for a thread that run_in_threadpool has started: no more of it is held than a chunk."""
    stream = aiter(request.stream())
    while (chunk := from_thread.run(anext, stream, None)) is not None:
        if chunk:
            yield chunk
