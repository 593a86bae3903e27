"""Video cost card: what one video cost in a period that is over, pool by pool, each with what it was shared out by."""

from datetime import datetime

import streamlit as st

from core.access.roles import Permission, User
from core.bootstrap import Platform
from core.catalog.video import Video
from core.costs.attributed import Attribution, Share, TitleCost
from core.costs.currencies import currencies
from core.costs.pools import Measure
from core.costs.titles import Title
from core.errors import NoBillingData
from dashboard import controls, format, narrow_table, reliance, video_costs, widgets
from dashboard.currency_choice import chosen
from dashboard.links import COSTS, page_link
from dashboard.narrow_table import Cell
from dashboard.numbers import Number
from dashboard.view import Preset, View, first_period

_NEWEST = "Newest month"
_PERIODS = (_NEWEST, Preset.LAST_MONTH, Preset.LAST_30_DAYS, Preset.LAST_3_MONTHS, Preset.LAST_12_MONTHS)
_IN_BYTES = (Measure.DELIVERED, Measure.FETCHED, Measure.MISSED, Measure.TAKEN)


def draw(platform: Platform, user: User, video: Video, now: datetime) -> None:
    """What the bills of a chosen period have for the video; nothing without bills, or measurements to tell it by."""
    if not (user.may(Permission.SEE_COSTS) and video_costs.is_measured(platform) and currencies(platform.warehouse)):
        return
    about = "Its share of the bills; what keeping it costs from now on, at list price, is the estimate above"
    with widgets.card("video-cost", "What this video cost", about, height="content"):
        named = st.selectbox("Period", _PERIODS, key="video-cost-period", width=186)
        currency = chosen(platform.warehouse)
        until = controls.whole_until(platform.warehouse, currency)
        today = now.date()
        period = first_period(today, until) if named == _NEWEST else Preset(named).period(today, until)
        try:
            found = video_costs.attributed(platform, period, Title.VIDEO, currency=currency)
        except NoBillingData as error:
            st.markdown(format.markdown(f"{error.message} {error.advice}"))
            return
        _draw_cost(found, found.of(video.id))
        if monthly := video_costs.monthly(platform, found):
            st.caption(format.markdown(f"Of all videos together: {' '.join(monthly)}"))
        with st.container(horizontal=True, vertical_alignment="center", key="reliance"):
            reliance.draw(reliance.badges(platform, period, reliance.PER_VIDEO))
        page_link(COSTS, "All videos", View(period, by=Title.VIDEO, currency=currency).query())


def _draw_cost(found: Attribution, cost: TitleCost) -> None:
    amount = format.markdown(format.cents(cost.total, found.currency))
    st.markdown(f"**{amount}** in {format.period(found.period)}{format.markdown(_rates(found, cost))}.")
    if cost.shares:
        with widgets.wide("video-cost"):
            widgets.plain_table(
                {
                    "For": [format.capital(share.pool) for share in cost.shares],
                    "Cost": [format.cents(share.cost, found.currency) for share in cost.shares],
                    "Of all": [format.share(share.share, 2) for share in cost.shares],
                    "Shared out by": [_by(found, share) for share in cost.shares],
                },
                "What the video cost, by what it was for",
            )
        with widgets.narrow("video-cost"):
            narrow_table.draw(
                ["For", "Cost"],
                [
                    [Cell(format.capital(each.pool), _by(found, each)), Cell(format.cents(each.cost, found.currency))]
                    for each in cost.shares
                ],
            )
    widgets.how_made(Number.PER_VIDEO)


def _rates(found: Attribution, cost: TitleCost) -> str:
    each = ((cost.per_view, "a view"), (cost.per_hour, "an hour watched"), (cost.per_gib, "a GB sent"))
    told = [f"{format.unit_price(amount, found.currency)} {unit}" for amount, unit in each if amount is not None]
    return f": {', '.join(told)}" if told else ""


def _by(found: Attribution, share: Share) -> str:
    """The measure, the video's own and the whole."""
    if share.measure is Measure.FOLLOWED:
        return "what the video costs otherwise"
    own, whole = (_amount(found, share.measure, each) for each in (share.driver, share.whole))
    mean = ", on average" if share.measure is Measure.STORED else ""
    return f"{share.measure}: {own} of {whole}{mean}"


def _amount(found: Attribution, measure: Measure, value: int) -> str:
    if measure is Measure.STORED:
        return format.size(value / found.period.days)
    return format.size(value) if measure in _IN_BYTES else f"{value:,}"
