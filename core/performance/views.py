"""Views: how often each video was watched, as far back as anything was measured."""

from collections.abc import Mapping
from datetime import date

from core.performance.sessions import ask
from core.warehouse import Warehouse

_EVER = (date(2000, 1, 1), date(2100, 1, 1))


def views(warehouse: Warehouse) -> Mapping[str, int] | None:
    """Sessions in which the picture moved, by the id of the video; None where nothing is known of any session.

    What players told counts before what logs let guess at; players that do not report are counted in.
    """
    found = {video: round(count) for video, count in ask(warehouse, "views", *_EVER)}
    return found or None
