"""Summary: the parts of the Overview page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import streamlit as st

from core.bootstrap import Platform
from core.costs.attention import newest_of_each_provider
from core.costs.breakdown import CostBreakdown, LeftOut, break_down
from core.costs.coverage import is_whole
from core.costs.currencies import usual_currency
from core.costs.dimensions import NOT_STATED, Dimension, Filter
from core.costs.forecasted import CostForecast
from core.costs.freshness import Freshness
from core.costs.latest import month_before, newest_month
from core.costs.period import Period
from core.costs.series import CostSeries, cost_series
from core.costs.storage import StoredBytes, stored_bytes
from core.units import GIB
from core.warehouse import Warehouse
from dashboard import ahead_overview, bars, charts, currency_choice, format, legend, supabase, theme, widgets
from dashboard.format import markdown
from dashboard.links import COSTS, page_link
from dashboard.numbers import Number
from dashboard.view import View

#: Four weeks, so that each day stands above the same day of the week before.
_SHOWN_DAYS = 28
_PRICED_DAYS = 30
#: Days after the last whole one that may be there in part.
_FILLING_DAYS = 3
_TIB = 1024 * GIB


@dataclass(frozen=True)
class Overview:
    """What the page tells."""

    month: CostBreakdown  #: the newest month until its last whole day, by provider
    services: CostBreakdown  #: the same by service
    full_month: CostBreakdown | None
    daily: CostSeries  #: the last four weeks and the days still filling, by provider
    daily_before: CostSeries | None  #: the four weeks before; None when no bill covers them
    last_days: CostBreakdown  #: the last 30 whole days
    stored: tuple[StoredBytes, ...]
    flags: tuple[charts.Flag, ...]  #: what happened in these days
    fresh: tuple[Freshness, ...]  #: the newest bill of each provider
    shown: Period  #: from the first day of the full month, or of the four weeks
    left_out: tuple[LeftOut, ...]  #: of these days, what is in other currencies


def overview(
    warehouse: Warehouse, today: date, flags: Sequence[charts.Flag] = (), currency: str | None = None
) -> Overview:
    """Ask for everything on the page, in a currency of the bills, or in the usual one.

    Raises NoBillingData when there is no bill.
    """
    currency = currency or usual_currency(warehouse)
    month = newest_month(warehouse, currency=currency)
    full = month_before(warehouse, month)
    whole = Period(month.period.end - timedelta(_SHOWN_DAYS), month.period.end)
    priced = Period(month.period.end - timedelta(_PRICED_DAYS), month.period.end)
    filling = Period(whole.start, min(whole.end + timedelta(_FILLING_DAYS), max(today + timedelta(1), whole.end)))
    shown = Period(min(whole.start, full.period.start if full else month.period.start), filling.end)
    return Overview(
        month,
        break_down(warehouse, month.period, Dimension.SERVICE, currency=currency),
        full,
        cost_series(warehouse, filling, Dimension.PROVIDER, currency=currency),
        _series_before(warehouse, whole, currency),
        break_down(warehouse, priced, Dimension.PROVIDER, currency=currency),
        stored_bytes(warehouse),
        tuple(flags),
        newest_of_each_provider(warehouse),
        shown,
        break_down(warehouse, shown, Dimension.PROVIDER, currency=currency).left_out,
    )


def _series_before(warehouse: Warehouse, period: Period, currency: str) -> CostSeries | None:
    before = Period(period.start - timedelta(period.days), period.start)
    # a piece of a line would read as days that cost nothing
    if not is_whole(warehouse, before, currency):
        return None
    return cost_series(warehouse, before, Dimension.PROVIDER, currency=currency)


def draw_headline(answer: Overview, today: date, storage: str) -> None:
    """What the month costs, in a sentence; how old the data is; and how storage is doing."""
    month = answer.month
    so_far = " so far" if format.is_to_date(month.period) else ""
    spent = markdown(format.money(month.total, month.currency))
    name = format.plain_month(month.period.start, today)
    with st.container(key="headline", gap="xxsmall"):
        st.markdown(f"{name}{so_far}: **{spent}** billed{_compared(month)}.")
        st.caption(f"{_data_age(answer, today)}  \n{storage}")
        if answer.left_out:
            other = currency_choice.in_words(answer.left_out)
            since = format.day(answer.shown.start)
            st.caption(f":material/info: Not in the figures of this page: {other} since {since}.")


def _compared(month: CostBreakdown) -> str:
    if month.previous_total is None:
        return ""
    change = format.change(month.total, month.previous_total)
    return f", {change.in_words} in {format.days_before(month.period)}"


def _data_age(answer: Overview, today: date) -> str:
    reach = ", ".join(
        f"{markdown(each.provider)} to {format.plain_instant(each.usage_until, today)}"
        for each in answer.fresh
        if each.usage_until
    )
    filling = charts.still_filling(answer.daily)
    still = f"; {format.days(filling)} still filling" if filling else ""
    return f"Billing data: {reach}{still}."


def draw_tiles(answer: Overview, today: date, ahead: CostForecast) -> None:
    """The figures to watch."""
    month, full = answer.month, answer.full_month
    with st.container(horizontal=True, key="tiles"):
        if format.is_to_date(month.period):
            _spend_tile(f"{month.period.start:%B} so far", Number.SO_FAR, month)
        else:
            _spend_tile(format.plain_month(month.period.start, today), Number.LAST_MONTH, month)
        ahead_overview.draw_tile(ahead, today)
        if full:
            _spend_tile(format.plain_month(full.period.start, today), Number.LAST_MONTH, full)
        if answer.stored:
            _stored_tiles(answer)


def _spend_tile(label: str, number: Number, spent: CostBreakdown) -> None:
    change = format.change(spent.total, None if spent.in_part else spent.previous_total)
    widgets.tile(label, format.money(spent.total, spent.currency), number, change, _against(spent))


def _against(spent: CostBreakdown) -> str:
    """What it is compared with, or why it is not; and what of it bills cover, where that is not all."""
    before = format.short_period(spent.period.previous)
    compared = f"vs {before}" if spent.previous_total is not None else f"bills do not cover all of {before}"
    return format.covered(spent.covered) if spent.in_part else compared


def _stored_tiles(answer: Overview) -> None:
    total = sum(each.size_bytes for each in answer.stored)
    by_provider = {each.provider: 0.0 for each in answer.stored}
    for each in answer.stored:
        by_provider[each.provider] += each.size_bytes
    shares = (
        ", ".join(f"{provider} {format.share(size / total)}" for provider, size in by_provider.items()) if total else ""
    )
    widgets.tile("Stored", format.size(total), Number.STORED, against=shares)
    if total:
        price = answer.last_days.total / (Decimal(total) / _TIB)
        widgets.tile(
            "Cost per TiB stored",
            format.money(price, answer.last_days.currency),
            Number.PER_TIB,
            against=f"last 30 days{_only(answer.last_days)}",
        )


def _only(spent: CostBreakdown) -> str:
    """That there is more in other currencies."""
    return f", {format.currency_name(spent.currency)} only" if spent.left_out else ""


def draw_daily(answer: Overview) -> None:
    """Spend a day by provider, beside the four weeks before."""
    daily = answer.daily
    with widgets.card(
        "daily", "What a day costs", f"Billed, {format.currency_name(daily.currency)} a day, by provider; UTC days"
    ):
        figure = charts.columns(daily, answer.daily_before, "Four weeks before", answer.flags, height=270)
        words = legend.in_words([(part.label, part.total) for part in charts.main_parts(daily.costs)], daily.currency)
        st.plotly_chart(
            figure,
            height="stretch",
            config=charts.CONFIG,
            key="daily",
            alt=f"Spend of each day in the last four weeks: {words}",
        )
        legend.draw(figure)
        closer = View(daily.period, by=Dimension.PROVIDER, currency=daily.currency)
        page_link(COSTS, "Look closer", closer.query())


def draw_where_it_goes(answer: Overview) -> None:
    """The dearest services of the month."""
    spent = answer.services
    parts = charts.main_parts({line.label: (line.cost,) for line in spent.lines})
    with widgets.card(
        "services",
        "Where it goes",
        f"Billed, {format.currency_name(spent.currency)}, {format.period(spent.period)}, by service",
    ):
        labels, amounts = [part.label for part in parts], [part.total for part in parts]
        texts = [format.cents(amount, spent.currency) for amount in amounts]
        _bars("services", labels, [format.label(label) for label in labels], amounts, texts)
        page_link(COSTS, "Look inside", View(spent.period, currency=spent.currency).query())


def draw_stored(answer: Overview, platform: Platform) -> None:
    """How much lies where."""
    days = format.days(sorted({each.day for each in answer.stored}))
    rows = sorted(answer.stored, key=lambda each: each.size_bytes, reverse=True)[: charts.MOST_LABELS]
    with widgets.card("stored", "What is stored", f"Bytes by provider and storage class, {days}"):
        sizes = [Decimal(each.size_bytes) for each in rows]
        texts = [format.size(each.size_bytes) for each in rows]
        _bars("stored", [_place(each) for each in rows], [_place_name(each) for each in rows], sizes, texts)
        supabase.draw_unsized_note(platform)
        month, filters = answer.month, (Filter(Dimension.USAGE_FAMILY, "storage"),)
        view = View(month.period, Dimension.STORAGE_CLASS, filters=filters, currency=month.currency)
        page_link(COSTS, "See what it costs", view.query())


def _place(stored: StoredBytes) -> str:
    return stored.provider if stored.storage_class == NOT_STATED else stored.storage_class


def _place_name(stored: StoredBytes) -> str:
    return (
        stored.provider
        if stored.storage_class == NOT_STATED
        else f"{stored.provider} {format.label(stored.storage_class)}"
    )


def _bars(
    name: str, labels: Sequence[str], names: Sequence[str], amounts: Sequence[Decimal], texts: Sequence[str]
) -> None:
    hues = theme.colours(labels)
    figure = bars.bars(names, amounts, texts, [hues[label] for label in labels])
    words = "; ".join(f"{name} {text}" for name, text in zip(names, texts, strict=True))
    st.plotly_chart(figure, config=charts.CONFIG, key=name, alt=words)
