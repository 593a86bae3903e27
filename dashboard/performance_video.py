"""Performance of one video: how it is watched and delivered, on its page."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import streamlit as st

from core.access.roles import Permission, User
from core.bootstrap import Platform
from core.catalog.video import Video
from core.costs.period import Period
from core.performance.coverage import coverage
from core.performance.delivery import By, Line, Only, delivery
from core.performance.experience import Experience, experience
from core.performance.viewing import Audience, Reached, audience, completion
from core.warehouse import Warehouse
from dashboard import format, widgets
from dashboard.links import PERFORMANCE, page_link
from dashboard.performance_experience import draw_exactness
from dashboard.performance_view import PerformanceView, Section, first_period

#: Of a video, how far it was watched by those who count as having seen it all.
_NEARLY_ALL = 95
_SHOWN_DAYS = 30


@dataclass(frozen=True)
class Own:
    """How one video did in a period."""

    period: Period
    delivered: Line
    experienced: Experience | None
    watched: Audience
    completion: tuple[Reached, ...]

    @property
    def is_known(self) -> bool:
        return bool(self.delivered.requests or self.experienced)

    @property
    def finished(self) -> float | None:
        """The share of views that went nearly to the end."""
        return next((each.share for each in self.completion if each.percent == _NEARLY_ALL), None)


def draw(platform: Platform, user: User, video: Video, now: datetime) -> None:
    """The video's own figures, for whoever may see them; nothing where nothing was ever measured."""
    until = coverage(platform.warehouse).until
    if until is None or not user.may(Permission.SEE_PERFORMANCE):
        return
    own = _own(platform.warehouse, _shown(now.date(), until), video.id)
    with widgets.card("watching", "How it is watched", f"{format.period(own.period)}, UTC", height="content"):
        if not own.is_known:
            st.markdown("Nobody watched it in these days.")
            return
        widgets.plain_table(
            {"What": list(_figures(own)), "Value": list(_figures(own).values())},
            "How the video is watched and delivered",
            hide_header=True,
        )
        if own.experienced:
            draw_exactness(own.experienced.exact_share)
        view = PerformanceView(own.period, Section.VIEWING, only=Only(video=video.id))
        page_link(PERFORMANCE, "Look closer", view.query())


def _shown(today: date, until: datetime) -> Period:
    """Of one video a month, as little of it may be watched in a few days."""
    end = first_period(today, until).end
    return Period(end - timedelta(_SHOWN_DAYS), end)


def _own(warehouse: Warehouse, period: Period, video: str) -> Own:
    return _asked(str(warehouse.folder), warehouse.revision(), period, video, warehouse)


@st.cache_resource(max_entries=500, show_spinner=False)
def _asked(folder: str, revision: int, period: Period, video: str, _warehouse: Warehouse) -> Own:
    return Own(
        period,
        delivery(_warehouse, period, By.RUNG, Only(video=video)).total,
        experience(_warehouse, period, video=video).total,
        audience(_warehouse, period, video),
        completion(_warehouse, period, video),
    )


def _figures(own: Own) -> dict[str, str]:
    """What is known of it."""
    found, sent = own.experienced, own.delivered
    watched = {
        "Views": format.compact(own.watched.views),
        "Watch time": format.watched(own.watched.watched_ms),
        "Watched to the end": format.rate(own.finished),
    }
    if found:
        p50, p95 = format.milliseconds(found.startup_p50_ms), format.milliseconds(found.startup_p95_ms)
        watched |= {"Start-up, p50 and p95": f"{p50}, {p95}", "Rebuffering": format.rate(found.rebuffering)}
    if sent.requests:
        watched |= {"From the cache": format.rate(sent.hit_ratio), "Requests that failed": format.rate(sent.failed)}
    return watched
