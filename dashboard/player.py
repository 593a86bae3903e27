"""Player: the component that plays a video, and what it is told; its code is in static/player.js."""

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from streamlit.components import v2

from core.delivery.playback import Playback
from dashboard import session

STATIC = Path(__file__).parent / "static"
_FILES = ("player.js", "controls.js", "reports.js", "storyboard.js", "player.css", "watch.js", "hls.min.js")
#: To the browser a component's script is no file of ours, so it asks for the module by its whole address. It is called
#: again whenever the page is drawn anew; only the last call may end what is shown.
_MOUNT = """
export default ({ data, parentElement }) => {
  const place = parentElement.querySelector("[data-player]");
  const turn = (place.turn = (place.turn ?? 0) + 1);
  import(new URL(data.module, document.baseURI).href).then((module) => place.turn === turn && module.show(place, data));
  return () => {
    if (place.turn !== turn) return;
    place.turn += 1;
    place.player?.end();
  };
};
"""


def told(playback: Playback) -> dict[str, Any]:
    """What the player is told of a video."""
    video, storyboard = playback.video, playback.storyboard
    return {
        "module": address("player.js"),
        "style": address("player.css"),
        "library": address("hls.min.js"),
        "reports": "/cmcd",
        "reportedPercent": session.platform().settings.phyght_reported_percent,
        "id": video.slug,
        "title": video.title,
        "url": playback.url,
        "adapts": playback.adapts,
        "poster": playback.poster,
        "storyboard": storyboard and {"cues": storyboard.cues, "picture": storyboard.picture},
        "subtitles": [{"language": each.language, "url": each.url} for each in playback.subtitles],
        "duration": video.duration_s,
        "shape": [video.width, video.height] if video.width and video.height else None,
        "takesParameters": playback.takes_parameters,
    }


def draw(playback: Playback) -> None:
    """The player, on a page of ours."""
    _component()(key=f"player {playback.video.id}", data=told(playback))


def address(file: str) -> str:
    """Where the browser gets a file of the player; another version of it has another address."""
    return f"/app/static/{file}?{_version()}"


@cache
def _version() -> str:
    return sha256(b"".join((STATIC / file).read_bytes() for file in _FILES)).hexdigest()[:12]


@cache
def _component() -> Callable[..., Any]:
    return v2.component("phyght_player", html="<div data-player></div>", js=_MOUNT)
