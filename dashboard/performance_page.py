"""Performance page: one sentence, the controls, and the section that is looked at."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import streamlit as st

from core.bootstrap import Platform
from core.catalog.names import Name, names
from core.costs.period import midnight
from core.performance.coverage import Coverage, coverage
from core.performance.delivery import By
from core.uploads.history import UploadSpeeds, upload_speeds
from dashboard import (
    format,
    performance_answers,
    performance_controls,
    performance_delivery,
    performance_experience,
    performance_viewing,
    reliance,
    widgets,
)
from dashboard.performance_view import PerformanceView, Section

#: Of a breakdown by video, those that are called by their titles.
_NAMED = 100


def covered(platform: Platform) -> Coverage:
    """Of which time anything is known."""
    return coverage(platform.warehouse)


def draw_first_steps(platform: Platform) -> None:
    """What to do where nothing was measured yet."""
    with widgets.card("empty", "Nothing measured yet", height="content"):
        st.markdown(_FIRST_STEPS)
        if sources := platform.settings.phyght_billing_sources:
            every = widgets.ingest_interval(platform)
            st.markdown(f"Your sources are read every {every}, logs in them too; to read them now, in a terminal:")
            st.code("\n".join(f"python -m core ingest {source}" for source in sources), "shell")


_FIRST_STEPS = """\
Three ways to get figures:

1. **CloudFront's logs** tell of requests, caches, errors and times. Turn on *standard logging* of your distribution to
   a bucket, with the fields `time-to-first-byte`, `x-edge-response-result-type`, `c-country` and `cs-uri-query`, and
   read it: `python -m core ingest s3://bucket/prefix`.
2. **Files you have.** `python -m core ingest FOLDER`, with a folder of such logs (gz, JSON or Parquet).
3. **Players** tell of start-up and stalls by themselves, as soon as somebody watches a video of the library here.
"""


def draw(platform: Platform, view: PerformanceView, covered: Coverage, now: datetime) -> None:
    """The page of a view."""
    section = _SECTIONS[view.section](platform, view)
    with st.container(key="headline", gap="xxsmall"):
        st.markdown(section.finding)
        st.caption(_age(covered, now))
    performance_controls.draw_controls(view, now.date(), covered.until)
    performance_controls.draw_filters(view, lambda id: names(platform.database, [id])[id].title)
    section.draw()


def _age(covered: Coverage, now: datetime) -> str:
    today = now.date()
    told = [
        f"{what} to {format.plain_instant(until, today)}"
        for what, until in (("Logs", covered.requests_until), ("sessions", covered.sessions_until))
        if until
    ]
    text = ", ".join(told)
    return f"{text[0].upper()}{text[1:]}. Requests of the last day may still come."


class _Delivery:
    """Delivery, asked."""

    def __init__(self, platform: Platform, view: PerformanceView) -> None:
        self._answer = performance_answers.delivered(platform.warehouse, view)
        self._platform = platform

    @property
    def finding(self) -> str:
        return performance_delivery.finding(self._answer)

    def draw(self) -> None:
        view = self._answer.view
        lines = self._answer.now.lines if view.by is By.VIDEO else ()
        titles = _Titles(self._platform, [line.label for line in lines])
        badges = reliance.badges(self._platform, view.period, reliance.DELIVERED)
        beside = performance_delivery.Beside(self._uploads(), badges, lambda ids: names(self._platform.database, ids))
        performance_delivery.draw(self._answer, titles, beside)

    def _uploads(self) -> UploadSpeeds | None:
        """How fast uploads came; a filter of deliveries lets none through."""
        view = self._answer.view
        if view.filters:
            return None
        return upload_speeds(self._platform.database, midnight(view.period.start), midnight(view.period.end))


class _Experience:
    """Experience, asked."""

    def __init__(self, platform: Platform, view: PerformanceView) -> None:
        self._answer = performance_answers.experienced(platform.warehouse, view)
        self._platform = platform

    @property
    def finding(self) -> str:
        return performance_experience.finding(self._answer)

    def draw(self) -> None:
        lines = self._answer.now.lines if self._answer.view.by is By.VIDEO else ()
        performance_experience.draw(self._answer, _Titles(self._platform, [line.label for line in lines]))


class _Viewing:
    """Viewing, asked."""

    def __init__(self, platform: Platform, view: PerformanceView) -> None:
        self._answer = performance_answers.viewed(platform.warehouse, view)
        self._platform = platform

    @property
    def finding(self) -> str:
        return performance_viewing.finding(self._answer)

    def draw(self) -> None:
        performance_viewing.draw(self._answer, self._names)

    def _names(self, ids: Sequence[str]) -> Mapping[str, Name]:
        return names(self._platform.database, ids)


_SECTIONS = {Section.DELIVERY: _Delivery, Section.EXPERIENCE: _Experience, Section.VIEWING: _Viewing}


class _Titles:
    """What videos are called, all of them asked for at once."""

    def __init__(self, platform: Platform, ids: Sequence[str]) -> None:
        self._known = names(platform.database, [id for id in ids[:_NAMED] if id]) if ids else {}

    def __call__(self, id: str) -> str:
        return self._known[id].title if id in self._known else id
