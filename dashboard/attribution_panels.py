"""Attribution panels: the Costs page by video or rung: what each costs, and what is unallocated and why."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st
from pandas.io.formats.style_render import StylerRenderer

from core.bootstrap import Platform
from core.catalog.names import Name
from core.costs.attributed import Attribution, TitleCost, Unallocated
from core.costs.titles import Title
from dashboard import (
    bars,
    charts,
    controls,
    format,
    narrow_table,
    reliance,
    theme,
    video_costs,
    widgets,
)
from dashboard.library_view import SLUG
from dashboard.links import VIDEO
from dashboard.narrow_table import Cell
from dashboard.numbers import Number
from dashboard.view import View

#: Lines shown; the downloads have all of them.
_MOST_LINES, _MOST_NARROW, _MOST_BARS, _MOST_LISTED = 1_000, 50, 5, 10
_UNALLOCATED = "Unallocated"
_NAMES = {Title.VIDEO: "videos", Title.RUNG: "rungs", Title.UPLOADED: "quarters of upload"}
_MONEY = pa.decimal128(38, 18)


def draw(platform: Platform, view: View, by: Title) -> None:
    """Totals and how far to rely on them, the dearest as bars, every title, what is unallocated, and two lists."""
    found = video_costs.attributed(platform, view.period, by, view.metric, view.currency)
    called = video_costs.called(platform, found, [each.title for each in found.titles])
    _draw_totals(found, view, video_costs.monthly(platform, found))
    with st.container(horizontal=True, vertical_alignment="center", key="reliance"):
        reliance.draw(reliance.badges(platform, view.period, reliance.PER_VIDEO))
    _draw_bars(found, called)
    _draw_titles(found, called, controls.dimension_name(by))
    _draw_unallocated(found)
    if by is Title.VIDEO:
        _draw_lists(found, called)


def _draw_totals(found: Attribution, view: View, monthly: Sequence[str]) -> None:
    of_all = float(found.allocated_total / found.total) if found.total else 0.0
    with st.container(horizontal=True, key="tiles"):
        for name, amount in (
            (f"{str(found.metric).capitalize()}, {format.short_period(found.period)}", found.total),
            (f"Of {_NAMES[found.by]}", found.allocated_total),
            (_UNALLOCATED, found.unallocated_total),
        ):
            widgets.tile(name, format.money(amount, found.currency), Number.PER_VIDEO)
    with st.container(horizontal=True, vertical_alignment="center", key="remarks"):
        if found.estimated:
            st.badge("Estimated until invoiced", icon=":material/hourglass_top:", color="orange")
        if view.filters:
            st.badge("Of all charges: filters do not apply", icon=":material/filter_alt_off:", color="gray")
        st.caption(f"{format.share(of_all, 1)} of the bill goes to {_NAMES[found.by]}")
        widgets.how_made(Number.PER_VIDEO)
    for each in monthly:
        st.caption(f":material/info: {format.markdown(each)}")


def _draw_bars(found: Attribution, called: dict[str, Name]) -> None:
    main, rest = found.titles[:_MOST_BARS], found.titles[_MOST_BARS:]
    rows = [(called[each.title].title, each.total, theme.BLUE) for each in main]
    if rest:
        rows.append((theme.OTHER, sum((each.total for each in rest), Decimal(0)), theme.FAINT))
    rows.append((_UNALLOCATED, found.unallocated_total, theme.GREY))
    texts = [format.money(amount, found.currency) for _, amount, _ in rows]
    with widgets.card("chart", f"The dearest {_NAMES[found.by]}", _dearest_reason(found)):
        figure = bars.bars(
            [name for name, *_ in rows], [amount for _, amount, _ in rows], texts, [hue for *_, hue in rows], 0.6
        )
        words = "; ".join(f"{name} {text}" for (name, *_), text in zip(rows, texts, strict=True))
        st.plotly_chart(figure, config=charts.CONFIG, key="attributed-bars", alt=f"Cost: {words}")


def _dearest_reason(found: Attribution) -> str:
    """The main reason why something is unallocated."""
    if not found.unallocated:
        return ""
    main = found.unallocated[0]
    return f"Unallocated, for the most part: {main.pool}: {main.reason}"


def _draw_titles(found: Attribution, called: dict[str, Name], name: str) -> None:
    with widgets.card("lines", f"By {name.lower()}"):
        with widgets.wide("lines"):
            st.dataframe(
                _frame(found, called),
                hide_index=True,
                column_config=_columns(name),
                alt=f"Cost of each {name.lower()}, and what that is a view, an hour watched and a GB sent",
            )
            widgets.cut_caption(_MOST_LINES, len(found.titles))
        with widgets.narrow("lines"):
            narrow_table.draw([name, "Cost"], [_cells(found, called, each) for each in found.titles[:_MOST_NARROW]])
            widgets.cut_caption(_MOST_NARROW, len(found.titles))
        widgets.downloads(f"costs-by-{found.by}-{found.period.start}", _table(found, called))


def _frame(found: Attribution, called: dict[str, Name]) -> StylerRenderer:
    shown = found.titles[:_MOST_LINES]
    columns = {
        "label": [called[each.title].title for each in shown],
        "cost": [float(cost) for cost in found.title_cents[:_MOST_LINES]],
        "share": [100 * _share(found, each) for each in shown],
        "views": [each.audience.views for each in shown],
        "view": [_number(each.per_view) for each in shown],
        "hour": [_number(each.per_hour) for each in shown],
        "gib": [_number(each.per_gib) for each in shown],
        "open": [_address(called[each.title]) for each in shown],
    }
    if found.by is not Title.VIDEO:
        columns.pop("open")

    def price(value: float) -> str:
        return "" if pd.isna(value) else format.unit_price(Decimal(str(value)), found.currency)

    def money(value: float) -> str:
        return format.cents(Decimal(str(value)), found.currency)

    return pd.DataFrame(columns).style.format({"cost": money, "view": price, "hour": price, "gib": price})


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)


def _columns(name: str) -> dict[str, Any]:
    config = st.column_config
    return {
        "label": config.TextColumn(name, width="large"),
        "cost": config.NumberColumn("Cost"),
        "view": config.NumberColumn("A view"),
        "hour": config.NumberColumn("An hour", help="Watched"),
        "gib": config.NumberColumn("A GB", help="Sent, of 2^30 bytes"),
        "share": config.ProgressColumn("Share", format="%.1f %%", min_value=0, max_value=100, color="gray"),
        "views": config.NumberColumn("Views", format="localized"),
        "open": config.LinkColumn("Page", display_text="Open"),
    }


def _address(name: Name) -> str | None:
    return f"/{VIDEO.stem}?{SLUG}={name.slug}" if name.slug else None


def _share(found: Attribution, each: TitleCost) -> float:
    return float(each.total / found.total) if found.total else 0.0


def _rate(found: Attribution, amount: Decimal | None) -> str:
    return "" if amount is None else format.unit_price(amount, found.currency)


def _cells(found: Attribution, called: dict[str, Name], each: TitleCost) -> list[Cell]:
    name = called[each.title]
    share = f"{format.share(_share(found, each), 1)} of all"
    return [Cell(name.title, share, _address(name) or ""), Cell(format.cents(each.total, found.currency))]


def _table(found: Attribution, called: dict[str, Name]) -> pa.Table:
    """Every title, then what is unallocated."""
    left = [(each.pool, each.reason, each.cost) for each in found.unallocated]
    rows = [(each.title, called[each.title].title, "", each.total) for each in found.titles]
    rows += [("", f"unallocated: {pool}", str(reason), cost) for pool, reason, cost in left]
    ids, labels, reasons, amounts = zip(*rows, strict=True) if rows else ((), (), (), ())
    return pa.table(
        {
            str(found.by): pa.array(ids, pa.string()),
            "label": pa.array(labels, pa.string()),
            "reason": pa.array(reasons, pa.string()),
            "currency": pa.array([found.currency] * len(rows), pa.string()),
            "cost": pa.array(amounts, _MONEY),
        }
    )


def _draw_unallocated(found: Attribution) -> None:
    if not found.unallocated:
        return
    with widgets.card("unallocated", _UNALLOCATED, "What no video causes, or nothing tells which; it is in the total"):
        with widgets.wide("unallocated"):
            widgets.plain_table(
                {
                    "For": [format.capital(each.pool) for each in found.unallocated],
                    "Why": [str(each.reason) for each in found.unallocated],
                    "Days": [_days(each) for each in found.unallocated],
                    "Cost": [format.cents(cost, found.currency) for cost in found.unallocated_cents],
                },
                "What is unallocated, and why",
            )
        with widgets.narrow("unallocated"):
            narrow_table.draw(
                ["For", "Cost"],
                [
                    [Cell(format.capital(each.pool), str(each.reason)), Cell(format.cents(each.cost, found.currency))]
                    for each in found.unallocated
                ],
            )


def _days(each: Unallocated) -> str:
    if not each.days or each.first_day is None or each.last_day is None:
        return ""
    span = format.days([each.first_day, each.last_day])
    every = each.days == (each.last_day - each.first_day).days + 1
    return span if every else f"{format.count(each.days, 'day')} of {span}"


def _draw_lists(found: Attribution, called: dict[str, Name]) -> None:
    left, right = st.columns(2)
    with left, widgets.card("per-view", "Dearest a view"):
        dearest = found.dearest_per_view(_MOST_LISTED)
        rows = [(called[each.title], _rate(found, each.per_view)) for each in dearest]
        _draw_list("A view", rows, "No view was measured.")
    with right, widgets.card("unwatched", "Cost money, and are not watched"):
        unwatched = found.unwatched(_MOST_LISTED)
        rows = [(called[each.title], format.cents(each.total, found.currency)) for each in unwatched]
        _draw_list("Cost", rows, "None that was measured.")


def _draw_list(amount: str, rows: Sequence[tuple[Name, str]], nothing: str) -> None:
    if not rows:
        st.markdown(nothing)
        return
    narrow_table.draw(
        ["Video", amount], [[Cell(name.title, "", _address(name) or ""), Cell(text)] for name, text in rows]
    )
