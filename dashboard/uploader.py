"""Uploader: the component that sends files, and what it is told; its code is in static/uploader."""

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from streamlit.components import v2

from core.catalog.video import Visibility
from core.units import size_in_words

_FOLDER = Path(__file__).parent / "static" / "uploader"
#: To the browser a component's script is no file of ours, so it asks for the module by its whole address. It is called
#: again whenever the page is drawn anew; only the last call may end what is shown.
_MOUNT = """
export default ({ data, parentElement, setTriggerValue }) => {
  const place = parentElement.querySelector("[data-uploader]");
  const turn = (place.turn = (place.turn ?? 0) + 1);
  const tell = (count) => setTriggerValue("finished", count);
  const show = (module) => place.turn === turn && module.show(place, data, tell);
  import(new URL(data.module, document.baseURI).href).then(show);
  return () => {
    if (place.turn !== turn) return;
    place.turn += 1;
    place.uploader?.end();
  };
};
"""


def draw(residency: str, visibility: Visibility, largest_bytes: int) -> None:
    """Where files are dropped, and how far they are. The page is drawn anew when some of them are finished."""
    data = {
        "module": _address("uploader.js"),
        "style": _address("uploader.css"),
        "residency": residency,
        "visibility": str(visibility),
        "limits": f"MP4, MOV, MKV, WebM, AVI, MPEG, FLV, WMV or Ogg, up to {size_in_words(largest_bytes)} each",
    }
    _component()(key="uploader", data=data, on_finished_change=lambda: None)


def _address(file: str) -> str:
    """Where the browser gets a file; another version of it has another address."""
    return f"/app/static/uploader/{file}?{_version()}"


@cache
def _version() -> str:
    files = sorted(_FOLDER.iterdir())
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


@cache
def _component() -> Callable[..., Any]:
    return v2.component("phyght_uploader", html="<div data-uploader></div>", js=_MOUNT)
