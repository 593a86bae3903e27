"""Visit: lead the browser to another page of the app, with what that shall show, as a link would."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from streamlit.components import v2

#: Makes `visit(address)` known to a component's script.
SCRIPT = (Path(__file__).parent / "assets" / "visit.js").read_text()
_GO = "export default ({ data }) => visit(data.address);"


def draw(address: str) -> None:
    """Nothing is seen of it: the browser is led on at once."""
    _component()(key=f"visit {address}", data={"address": address})


@cache
def _component() -> Callable[..., Any]:
    return v2.component("phyght_visit", html="<span></span>", js=f"{SCRIPT}\n{_GO}")
