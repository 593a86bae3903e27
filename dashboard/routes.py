"""Routes: the addresses beside the pages, for signing in and out and for whoever watches over the server."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from urllib.parse import parse_qsl, quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from core.access.sessions import LONGEST_SESSION, Session
from core.errors import DatabaseError, PasswordRefused, PhyghtError, SignInFailed, TooManyAttempts
from core.jobs.heartbeat import worker_seen_at
from dashboard.forms import Notice, password_form, sign_in_form
from dashboard.outside import HEADERS
from dashboard.session import platform
from dashboard.visitor import COOKIE, identify, site_of, visitor_of_request

LONGEST_FORM = 8 * 1024
_STATUS = {SignInFailed: 401, TooManyAttempts: 429, PasswordRefused: 422}

Endpoint = Callable[[Request], Awaitable[Response]]


def from_our_own_page(endpoint: Endpoint) -> Endpoint:
    """Let a form through only when one of our own pages sent it, in this very browser."""

    @wraps(endpoint)
    async def guarded(request: Request) -> Response:
        origin, host = request.headers.get("origin", ""), request.headers.get("host", "")
        if not host or site_of(origin) != host:
            return PlainTextResponse("This form was not sent from one of our own pages.", 403, HEADERS)
        return await endpoint(request)

    return guarded


async def show_sign_in(request: Request) -> Response:
    """GET /sign-in: the form; whoever is signed in already goes on to where they wanted to be."""
    wanted = local_path(request.query_params.get("next"))
    who = await run_in_threadpool(_who, request)
    if who and who.must_change:
        return _redirect(_password_page(wanted))
    if who:
        return _redirect(wanted)
    signed_out = Notice("You are signed out.", is_error=False) if "signed-out" in request.query_params else None
    return sign_in_form(wanted, notice=signed_out)


@from_our_own_page
async def sign_in(request: Request) -> Response:
    """POST /sign-in: a session for the right password, kept in a cookie that scripts cannot read."""
    form = await _form(request)
    wanted, name = local_path(form.get("next")), form.get("name", "")
    address, now = visitor_of_request(request).address, datetime.now(UTC)
    sessions = platform().access.sessions
    try:
        token = await run_in_threadpool(sessions.sign_in, name, form.get("password", ""), address, now)
        who = await run_in_threadpool(sessions.use, token, address, now)
    except PhyghtError as error:
        return _refused(sign_in_form(wanted, name, Notice(str(error)), _status(error)), error)
    return _with_session(_redirect(_password_page(wanted) if who and who.must_change else wanted), token, request)


@from_our_own_page
async def sign_out(request: Request) -> Response:
    """POST /sign-out: the session is over, here and in the database."""
    visitor = visitor_of_request(request)
    sessions = platform().access.sessions
    await run_in_threadpool(sessions.sign_out, visitor.token, visitor.address, datetime.now(UTC))
    response = _redirect("/sign-in?signed-out")
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


async def show_password(request: Request) -> Response:
    """GET /password: the form to change one's password."""
    wanted = local_path(request.query_params.get("next"))
    who = await run_in_threadpool(_who, request)
    if who is None or who.expires_at is None:  # the demo's visitor has no password
        return _redirect(f"/sign-in?next={quote(wanted)}")
    return password_form(wanted, who.user.name, who.must_change)


@from_our_own_page
async def change_password(request: Request) -> Response:
    """POST /password: a new password and a new session; all other sessions of the account are over."""
    form = await _form(request)
    wanted = local_path(form.get("next"))
    who = await run_in_threadpool(_who, request)
    if who is None or who.expires_at is None:
        return _redirect(f"/sign-in?next={quote(wanted)}")
    try:
        token = await run_in_threadpool(_change_password, request, form)
    except PhyghtError as error:
        return _refused(
            password_form(wanted, who.user.name, who.must_change, Notice(str(error)), _status(error)), error
        )
    return _with_session(_redirect(wanted), token, request)


async def healthz(_request: Request) -> Response:
    """GET /healthz: 200 while the database can be read, and when the worker was last seen."""
    try:
        seen_at = await run_in_threadpool(worker_seen_at, platform().database)
    except DatabaseError:
        return JSONResponse({"status": "error", "problem": "the database cannot be read"}, 503, HEADERS)
    seen = seen_at.isoformat(timespec="seconds") if seen_at else None
    return JSONResponse({"status": "ok", "worker_seen_at": seen}, 200, HEADERS)


ROUTES = [
    Route("/sign-in", show_sign_in, methods=["GET"]),
    Route("/sign-in", sign_in, methods=["POST"]),
    Route("/sign-out", sign_out, methods=["POST"]),
    Route("/password", show_password, methods=["GET"]),
    Route("/password", change_password, methods=["POST"]),
    Route("/healthz", healthz, methods=["GET"]),
]


def local_path(wanted: str | None) -> str:
    """A place in this app to go on to; the first page when it would lead anywhere else."""
    if not wanted or not wanted.startswith("/") or wanted.startswith("//"):
        return "/"
    if "\\" in wanted or not wanted.isprintable():  # browsers read a backslash as a slash, and drop a tab
        return "/"
    return wanted


def _who(request: Request) -> Session | None:
    return identify(platform(), visitor_of_request(request), datetime.now(UTC))


def _change_password(request: Request, form: dict[str, str]) -> str:
    visitor = visitor_of_request(request)
    if form.get("new", "") != form.get("again", ""):
        raise PasswordRefused("The two new passwords are not the same.", "Type them again.")
    sessions = platform().access.sessions
    current, new = form.get("current", ""), form.get("new", "")
    return sessions.change_password(visitor.token, current, new, visitor.address, datetime.now(UTC))


async def _form(request: Request) -> dict[str, str]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_FORM:
            return {}
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=10))
    except ValueError:  # more fields than any form of ours has
        return {}


def _password_page(wanted: str) -> str:
    return f"/password?next={quote(wanted)}"


def _redirect(path: str) -> RedirectResponse:
    return RedirectResponse(path, 303, HEADERS)


def _with_session(response: Response, token: str, request: Request) -> Response:
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LONGEST_SESSION / timedelta(seconds=1)),  # the database ends it earlier
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return response


def _status(error: PhyghtError) -> int:
    return _STATUS.get(type(error), 503)


def _refused(response: Response, error: PhyghtError) -> Response:
    if isinstance(error, TooManyAttempts):
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response
