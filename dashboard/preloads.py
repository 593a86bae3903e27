"""Preloads: what draws charts is named with the first byte of a page that has some, so it comes while the page runs."""

from pathlib import Path

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.links import COSTS, PERFORMANCE

#: Overview has no name.
_WITH_CHARTS = {"/", f"/{COSTS.stem}", f"/{PERFORMANCE.stem}"}
_SCRIPTS = Path(streamlit.__file__).parent / "static" / "static" / "js"


class Preloads:
    """Middleware that has the browser load Streamlit's script for charts, of 4.7 MB, at once.

    It asks for it by itself only when it comes upon the first chart, and then has to read it before it draws any.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._link = ", ".join(f"</static/js/{name}>; rel=modulepreload" for name in chart_scripts())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_charts = scope["type"] == "http" and scope["path"] in _WITH_CHARTS and self._link
        await self._app(scope, receive, self._linking(send) if has_charts else send)

    def _linking(self, send: Send) -> Send:
        async def linked(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("Link", self._link)
            await send(message)

        return linked


def chart_scripts() -> list[str]:
    """The file that this Streamlit draws charts with, whose name has a digest in it; none where it has been renamed."""
    return sorted(script.name for script in _SCRIPTS.glob("PlotlyChart.*.js"))
