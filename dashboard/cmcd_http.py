"""CMCD over HTTP: what players tell of how watching went, kept without a word of who told it."""

import logging
import re
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from core.errors import DiskFull
from core.telemetry.agents import device
from core.telemetry.cmcd import Value, parse, reports
from core.telemetry.rate import Rate
from core.telemetry.spool import Mode, Spool, Teller
from dashboard.outside import HEADERS
from dashboard.session import platform
from dashboard.visitor import visitor_of_request

log = logging.getLogger("phyght")

#: A player sends its events a few at a time, of some hundred bytes each.
LONGEST_BODY = 32 * 1024
MOST_REPORTS = 100
_COUNTRY = re.compile("[A-Z]{2}")
_rate = Rate()


async def tell(request: Request) -> Response:
    """POST /cmcd: version 2 events, one a line."""
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LONGEST_BODY:
                return _answer(413)
    except ClientDisconnect:
        return _answer(204)
    told = list(reports(body.decode("utf-8", "replace")))[:MOST_REPORTS]
    return await run_in_threadpool(_keep, request, told, Mode.EVENT)


async def tell_in_query(request: Request) -> Response:
    """GET /cmcd?CMCD=...: what goes with a request, of either version."""
    told = parse(request.query_params.get("CMCD", ""))
    return await run_in_threadpool(_keep, request, [told] if told else [], Mode.REQUEST)


ROUTES = [
    Route("/cmcd", tell, methods=["POST"]),
    Route("/cmcd", tell_in_query, methods=["GET"]),
]


def _keep(request: Request, told: Iterable[Mapping[str, Value]], mode: Mode) -> Response:
    """204, whatever came: a player has nothing to do about it. Only who tells too much is told so."""
    visitor = visitor_of_request(request)
    if visitor.from_elsewhere:
        return _answer(403)
    if not _rate.allows(visitor.address, time.monotonic()):
        return _answer(429)
    try:
        Spool(platform().told).add(told, mode, datetime.now(UTC), _teller(request))
    except DiskFull as error:
        log.warning("What a player told is not kept: %s", error.message)
    return _answer(204)


def _teller(request: Request) -> Teller:
    """Where somebody is, if a CDN says so, and before which device: neither an address nor an agent is kept."""
    country = request.headers.get("CloudFront-Viewer-Country", "").upper()
    return Teller(
        country if _COUNTRY.fullmatch(country) else "",
        device(request.headers.get("User-Agent", "")),
        platform().settings.phyght_reported_percent,
    )


def _answer(status: int) -> Response:
    return Response(status_code=status, headers=HEADERS | ({"Retry-After": "10"} if status == 429 else {}))
