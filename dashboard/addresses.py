"""Addresses: what is answered before Streamlit is asked: nothing of its own to who is signed out, and no blank page."""

from collections.abc import Iterable
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from core.access.roles import Permission
from dashboard.links import COSTS, EXPLORE, LIBRARY, OVERVIEW, SETTINGS, UPLOAD, VIDEO
from dashboard.session import platform
from dashboard.visitor import identify, visitor_of_request

#: Streamlit's counters of sessions, runs and memory.
METRICS = "/_stcore/metrics"
#: Streamlit's interface for programs without a browser, which is off; it is also not described.
AGENTS = "/_stcore/agent/"
_PAGES = {page.stem for page in (LIBRARY, VIDEO, UPLOAD, COSTS, EXPLORE, SETTINGS)}
#: Where Streamlit answers below a name. "_stcore" stands anywhere: below a page the browser asks whether it is there.
_ANSWERED = ("static", "app", "media", "component", "auth")
_INTERNAL = "_stcore"


class Addresses:
    """Middleware around the whole app, with what its own routes begin with."""

    def __init__(self, app: ASGIApp, routes: Iterable[Route]) -> None:
        self._app = app
        self._ours = frozenset(_first(route.path) for route in routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope) if scope["type"] == "http" else None
        is_ours = request is None or _first(request.url.path) in self._ours
        answer = None if request is None or is_ours else await _answer(request)
        await (answer or self._app)(scope, receive, send)


async def _answer(request: Request) -> PlainTextResponse | RedirectResponse | None:
    """What is said instead of Streamlit's answer; None where that is right."""
    path = request.url.path
    if path.startswith(AGENTS) or (path == METRICS and not await run_in_threadpool(_may_see_metrics, request)):
        return PlainTextResponse("Not Found", 404)
    page = nearest_page(path)
    if (page or path).rstrip("/") == f"/{LIBRARY.stem}" and request.query_params.get(
        "video"
    ):  # where videos had their pages before
        page = f"/{VIDEO.stem}"
    if page is None:
        return None
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(page + query, 303, {"Cache-Control": "no-store"})


def _may_see_metrics(request: Request) -> bool:
    who = identify(platform(), visitor_of_request(request), datetime.now(UTC))
    return who is not None and not who.must_change and who.user.may(Permission.SEE_SETTINGS)


def nearest_page(path: str) -> str | None:
    """The page that an address below a page means: /costs/x and /pages/costs are /costs. None where nothing is amiss.

    Below a page Streamlit's own page looks for its scripts beside it, finds none, and stays blank.
    """
    names = [name for name in path.split("/") if name]
    if names == [OVERVIEW.stem]:  # the first page has no name
        return "/"
    if len(names) < 2 or path.startswith("//") or names[0] in _ANSWERED or _INTERNAL in names:
        return None
    return f"/{next((name for name in names if name in _PAGES), '')}"


def _first(path: str) -> str:
    return path.removeprefix("/").partition("/")[0]
