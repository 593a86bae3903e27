"""Running: this month until now in one line, where something was measured since the bill."""

from datetime import datetime

import streamlit as st

from core.bootstrap import Platform
from core.running.estimated import PastError, RunningMonth
from core.running.running import ListPrices, running_month
from core.warehouse import Warehouse
from dashboard import format
from dashboard.format import markdown

#: An error that would be written as nothing.
_RIGHT = 0.0005
_MEASURED = ("metrics", "request_places", "inventory", "origin_requests")


def draw(platform: Platform, now: datetime, currency: str) -> None:
    """What the month came to by this hour, marked as estimate; nothing without measurements, or not in USD."""
    if currency == "USD" and _is_measured(platform.warehouse):
        hour = now.replace(minute=0, second=0, microsecond=0)
        prices = ListPrices.of(platform.settings, platform.prices)
        found = _asked(str(platform.warehouse.folder), platform.warehouse.revision(), hour, prices, platform.warehouse)
        if found.is_measured:
            st.caption(words(found))


def words(found: RunningMonth) -> str:
    """As Markdown: the sum, what of it is estimated, and how far off it would have been before."""
    total, estimated = (markdown(format.money(amount)) for amount in (found.total, found.estimated))
    until = min(line.billed_until for line in found.lines if line.estimate.usd is not None)
    since = format.plain_instant(until, found.at.date())
    past = "".join(f" {_past(each)}" for each in found.past[:1])
    sums = f"**{total}**: what was billed, and {estimated} since {since} at list price"
    return f":material/hourglass_top: {found.month:%B} until now (estimate): {sums}.{past}"


def _past(each: PastError) -> str:
    if each.error is None:
        return ""
    if abs(each.error) < _RIGHT:
        return f"On the same day of {each.month:%B} it would have said what was billed then."
    side = "much" if each.error >= 0 else "little"
    return f"On the same day of {each.month:%B} it would have said {format.share(abs(each.error), 1)} too {side}."


def _is_measured(warehouse: Warehouse) -> bool:
    return any(warehouse.standing(f"SELECT 1 FROM {view} LIMIT 1") for view in _MEASURED)


@st.cache_resource(max_entries=4, show_spinner=False)
def _asked(folder: str, revision: int, hour: datetime, _prices: ListPrices, _warehouse: Warehouse) -> RunningMonth:
    return running_month(_warehouse, _prices, hour, past_months=1)
