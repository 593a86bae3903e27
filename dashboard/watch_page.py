"""Watch page: what a person sees who opens the link of a video: the player, or why there is none."""

import json
import secrets
from html import escape
from urllib.parse import quote

from starlette.responses import HTMLResponse

from core.delivery.playback import Playback
from core.errors import PhyghtError, SignInRequired
from dashboard import player
from dashboard.outside import HEADERS, ICON, template

_PAGE = template("watch.html")


def page(playback: Playback) -> HTMLResponse:
    """The player, the title, and nothing else."""
    told = json.dumps(player.told(playback)).replace("<", "\\u003c")  # so that no title ends the script
    body = (
        f'<main class="player"><div id="player"></div><h1>{escape(playback.video.title)}</h1></main>'
        f'<script type="application/json" id="told">{told}</script>'
        f'<script type="module" src="{player.address("watch.js")}"></script>'
    )
    return _page(playback.video.title, body)


def refusal(error: PhyghtError, status: int, here: str) -> HTMLResponse:
    """Why the video cannot be watched, and what to do."""
    link = ""
    if isinstance(error, SignInRequired):
        link = f'<a href="/sign-in?next={escape(quote(here))}">Sign in</a>'
    body = f'<main class="notice"><h1>{escape(error.message)}</h1><p>{escape(error.advice)}</p>{link}</main>'
    return _page("Not to be watched", body, status)


def _page(title: str, body: str, status: int = 200) -> HTMLResponse:
    nonce = secrets.token_urlsafe(16)
    html = _PAGE.substitute(title=escape(title), body=body, nonce=nonce, icon=ICON)
    return HTMLResponse(html, status, HEADERS | {"Content-Security-Policy": _policy(nonce)})


def _policy(nonce: str) -> str:
    """Bytes may come from a bucket or a distribution; scripts and styles are our own."""
    ours = f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; font-src 'self'"
    theirs = "img-src 'self' data: https: http:; media-src 'self' blob: https: http:; connect-src 'self' https: http:"
    return f"{ours}; {theirs}; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
