"""Watching over HTTP: any link of a video leads to where it plays; playlists and pictures on the way there."""

import re
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.access.roles import User
from core.catalog.video import Visibility
from core.delivery.playback import HLS_TYPE, Playback
from core.delivery.resolver import Piece
from core.errors import PhyghtError
from dashboard import objects_http, watch_page
from dashboard.api import failure
from dashboard.session import platform
from dashboard.visitor import identify, visitor_of_request

#: A redirection to a public video, and its playlists, may be used again so long without asking.
_SHORT, _NEVER = "public, max-age=60", "private, no-store"
#: What decides where a link leads: a person gets a page, a player the video, one without HLS the file.
_VARY = {"Vary": "Accept, Sec-Fetch-Dest, User-Agent"}
#: Safari, and Chrome from version 142 on.
_PLAYS_HLS = re.compile(r"Chrome/(14[2-9]|1[5-9]\d|[2-9]\d\d)|^(?!.*(Chrome|Chromium|Firefox)/).*Safari/")


async def follow(request: Request) -> Response:
    """GET and HEAD /v/{slug, or any link of Supabase Storage}: 302 to where the video plays."""
    try:
        playback = await run_in_threadpool(_resolve, request)
    except PhyghtError as error:
        return _refused(request, error)
    is_picture = playback.content_type.startswith("image/")
    url = playback.url if is_picture or not _is_person(request) else f"/watch/{_link(request).removeprefix('/v/')}"
    return _redirect(url, playback.video.visibility is Visibility.PRIVATE, _VARY)


async def watch(request: Request) -> Response:
    """GET /watch/{what stands behind /v/}: a page with a player."""
    try:
        return watch_page.page(await run_in_threadpool(_resolve, request))
    except PhyghtError as error:
        return _refused(request, error)


async def hand_on(request: Request) -> Response:
    """GET and HEAD /play/{video id}/{name}: a playlist whose addresses carry permission, or where a picture is."""
    try:
        piece = await run_in_threadpool(_piece, request)
    except PhyghtError as error:
        return _refused(request, error)
    if piece.address:
        return _redirect(piece.address, piece.is_private)
    headers = {"Content-Type": HLS_TYPE, "Cache-Control": _NEVER if piece.is_private else _SHORT}
    return Response(piece.playlist, 200, objects_http.HEADERS | headers)


ROUTES = [
    Route("/v/{link:path}", follow, methods=["GET", "HEAD"]),
    Route("/v/{link:path}", objects_http.preflight, methods=["OPTIONS"]),
    Route("/watch/{link:path}", watch, methods=["GET"]),
    Route("/play/{video}/{name:path}", hand_on, methods=["GET", "HEAD"]),
    Route("/play/{video}/{name:path}", objects_http.preflight, methods=["OPTIONS"]),
]


def _link(request: Request) -> str:
    """What the video was asked for by, as it was sent: percent signs are read once, by the resolver."""
    path = objects_http.raw_path(request)
    path = f"/v/{path.removeprefix('/watch/')}" if path.startswith("/watch/") else path
    return f"{path}?{request.url.query}" if request.url.query else path


def _resolve(request: Request) -> Playback:
    now = datetime.now(UTC)
    viewer, is_head = _viewer(request, now), request.method == "HEAD"
    return platform().resolver.resolve(_link(request), now, viewer, _adapts(request), is_head)


def _piece(request: Request) -> Piece:
    now, asked, query = datetime.now(UTC), request.path_params, request.query_params
    permission = query.get("expires", ""), query.get("signature", "")
    viewer, is_head = _viewer(request, now), request.method == "HEAD"
    return platform().resolver.piece(asked["video"], asked["name"], *permission, now, viewer, is_head)


def _viewer(request: Request, now: datetime) -> User | None:
    who = identify(platform(), visitor_of_request(request), now)
    return who.user if who and not who.must_change else None


def _is_person(request: Request) -> bool:
    """Whether somebody has opened the link in a browser: all of them ask so for a page, and for nothing else."""
    return "text/html" in request.headers.get("accept", "")


def _adapts(request: Request) -> bool:
    """Not a <video> element of a browser that plays no HLS by itself: it gets the file, if that can be had."""
    if request.headers.get("sec-fetch-dest") not in ("video", "audio"):
        return True
    return bool(_PLAYS_HLS.search(request.headers.get("user-agent", "")))


def _redirect(url: str, is_private: bool, more: dict[str, str] | None = None) -> Response:
    caching = {"Cache-Control": _NEVER if is_private else _SHORT}
    return RedirectResponse(url, 302, objects_http.HEADERS | caching | (more or {}))


def _refused(request: Request, error: PhyghtError) -> Response:
    response = failure(error)
    if _is_person(request):
        here = f"{objects_http.raw_path(request)}{'?' if request.url.query else ''}{request.url.query}"
        response = watch_page.refusal(error, response.status_code, here)
    response.headers.update({"Access-Control-Allow-Origin": "*", **_VARY})
    return response
