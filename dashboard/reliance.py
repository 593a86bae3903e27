"""Reliance: a badge beside figures that rest on measurements: whether those agree with the bill, and if not, why."""

from collections.abc import Iterable
from typing import Literal

import streamlit as st

from core.bootstrap import Platform
from core.costs.period import Period
from core.reconciliation.reconciled import Badge, Counter, Figure, Reconciliation, Verdict
from core.reconciliation.reconciliation import reconcile
from core.warehouse import Warehouse
from dashboard import format, widgets
from dashboard.format import markdown
from dashboard.numbers import Number

#: What each video's cost is shared out by.
PER_VIDEO = (
    (Figure.BYTES, Counter.LOGS),
    (Figure.REQUESTS, Counter.LOGS),
    (Figure.STORED, Counter.INVENTORY),
)
#: What the CDN's logs tell of all deliveries.
DELIVERED = ((Figure.BYTES, Counter.LOGS), (Figure.REQUESTS, Counter.LOGS))
#: What stands beside the bill until the next one.
BESIDE_BILL = (
    (Figure.BYTES, Counter.CLOUDWATCH),
    (Figure.REQUESTS, Counter.CLOUDWATCH),
    (Figure.STORED, Counter.INVENTORY),
)
_LOOKS: dict[Verdict, tuple[Literal["green", "orange", "gray"], str]] = {
    Verdict.AGREES: ("green", ":material/check_circle:"),
    Verdict.DIFFERS: ("orange", ":material/difference:"),
    Verdict.UNKNOWN: ("gray", ":material/help:"),
}


def badges(platform: Platform, period: Period, wanted: Iterable[tuple[Figure, Counter]]) -> tuple[Badge, ...]:
    """Of the figures that are billed in a period, or counted."""
    warehouse = platform.warehouse
    found = _asked(str(warehouse.folder), warehouse.revision(), period, warehouse)
    return tuple(found.badge(figure, by) for figure, by in wanted if found.line(figure))


@st.cache_resource(max_entries=20, show_spinner=False)
def _asked(folder: str, revision: int, period: Period, _warehouse: Warehouse) -> Reconciliation:
    return reconcile(_warehouse, period)


def draw(shown: Iterable[Badge]) -> None:
    """Each badge; its help says the difference and the causes."""
    there = tuple(shown)
    for badge in there:
        colour, icon = _LOOKS[badge.verdict]
        st.badge(_short(badge), icon=icon, color=colour, help=markdown(f"{badge.words}."))
    if there:
        widgets.how_made(Number.RECONCILIATION, "What is compared with the bill")


def draw_differing(platform: Platform, period: Period, wanted: Iterable[tuple[Figure, Counter]]) -> None:
    """Only those on which bill and measurement disagree, in a row; nothing where there is none."""
    found = [badge for badge in badges(platform, period, wanted) if badge.verdict is Verdict.DIFFERS]
    if found:
        with st.container(horizontal=True, vertical_alignment="center", key="reliance"):
            draw(found)


def _short(badge: Badge) -> str:
    what = f"{badge.figure} by {badge.by}"
    if badge.verdict is Verdict.UNKNOWN or badge.difference is None:
        return f"{what}: not compared"
    on = f" {badge.days_text}" if badge.outside else ""
    if badge.verdict is Verdict.AGREES:
        return f"{what}: as billed{on}"
    side = "more" if badge.difference > 0 else "less"
    return f"{what}: {format.share(abs(badge.difference), 1)} {side} than billed{on}"
