"""Forecast parts: what each value of the dimension will come to, as a table for desks and one for phones."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st
from pandas.io.formats.style_render import StylerRenderer

from core.costs.forecasted import Bands, CostForecast, PartForecast
from core.costs.period import add_months
from core.costs.titles import title_named
from dashboard import bands, controls, format, narrow_table, widgets
from dashboard.narrow_table import Cell
from dashboard.view import View

_MONEY = pa.decimal128(38, 18)


def draw(found: CostForecast, view: View, horizon: int) -> None:
    """The table; a chosen line opens."""
    name = controls.dimension_name(found.by)
    hint = "Months, and all days of the horizon, with the range that held 80 of 100 such forecasts."
    with widgets.card("parts", f"By {name.lower()}", hint):
        rows = (*found.parts, *([found.total] if found.total else []))
        with widgets.wide("parts"):
            _draw_wide(found, rows, view, name, horizon)
        with widgets.narrow("parts"):
            _draw_narrow(found, rows, name, horizon)
        widgets.downloads(f"forecast-by-{found.by.replace(':', '-')}-{found.first}", _table(found, rows))


def _draw_wide(found: CostForecast, rows: Sequence[PartForecast], view: View, name: str, horizon: int) -> None:
    key = f"parts {hash((view, horizon))}"

    def chosen() -> None:
        at: list[int] = st.session_state[key]["selection"]["rows"]
        if at and at[0] < len(found.parts) and not title_named(found.by):
            controls.drill(view, found.parts[at[0]].label)

    st.dataframe(
        _frame(found, rows, horizon),
        hide_index=True,
        key=key,
        on_select=chosen,
        selection_mode="single-row",
        column_config=_columns(found, name, horizon),
        alt=f"What each {name.lower()} will come to",
    )


def label_of(part: PartForecast, found: CostForecast) -> str:
    """What a line is called."""
    return "Total" if part is found.total else part.label or format.BLANK


def _frame(found: CostForecast, rows: Sequence[PartForecast], horizon: int) -> StylerRenderer:
    frame = pd.DataFrame(
        {
            "label": [label_of(row, found) for row in rows],
            "now": [float(row.months[0].expected) for row in rows],
            "now_band": [bands.of(row.months[0].bands[bands.LEVEL], found.currency) for row in rows],
            "next": [float(row.months[1].expected) for row in rows],
            "next_band": [bands.of(row.months[1].bands[bands.LEVEL], found.currency) for row in rows],
            "days": [float(row.sum_of(horizon).expected) for row in rows],
            "days_band": [bands.of(row.sum_of(horizon).bands[bands.LEVEL], found.currency) for row in rows],
        }
    )

    def money(value: float) -> str:
        return format.cents(Decimal(str(value)), found.currency)

    return frame.style.format(dict.fromkeys(("now", "next", "days"), money))


def _columns(found: CostForecast, name: str, horizon: int) -> dict[str, Any]:
    config, month = st.column_config, found.first.replace(day=1)
    names = (f"{month:%B}", f"{add_months(month, 1):%B}", f"{horizon} days")
    columns: dict[str, Any] = {"label": config.TextColumn(name, width="medium")}
    for column, title in zip(("now", "next", "days"), names, strict=True):
        columns[column] = config.NumberColumn(title)
        columns[f"{column}_band"] = config.TextColumn("80 % range", alignment="right")
    return columns


def _draw_narrow(found: CostForecast, rows: Sequence[PartForecast], name: str, horizon: int) -> None:
    month = found.first.replace(day=1)
    head = [name, f"{month:%B}", f"{horizon} days"]
    narrow_table.draw(head, [list(_cells(found, row, horizon)) for row in rows])


def _cells(found: CostForecast, row: PartForecast, horizon: int) -> Iterator[Cell]:
    following = row.months[1]
    yield Cell(label_of(row, found), f"{following.month:%B} {format.money(following.expected, found.currency)}")
    for expected, of in (
        (row.months[0].expected, row.months[0].bands),
        (row.sum_of(horizon).expected, row.sum_of(horizon).bands),
    ):
        yield Cell(format.money(expected, found.currency), bands.of(of[bands.LEVEL], found.currency))


def _table(found: CostForecast, rows: Sequence[PartForecast]) -> pa.Table:
    told = [each for row in rows for each in _told(row, found)]
    label, first, last, expected, of = zip(*told, strict=True) if told else ((), (), (), (), ())
    ends = {
        f"{end}_{level}": pa.array([getattr(each[level], end) for each in of], _MONEY)
        for level in found.levels
        for end in ("lo", "hi")
    }
    return pa.table(
        {
            found.by: pa.array(label, pa.string()),
            "first_day": pa.array(first, pa.date32()),
            "last_day": pa.array(last, pa.date32()),
            "currency": pa.array([found.currency] * len(told), pa.string()),
            "expected": pa.array(expected, _MONEY),
            **ends,
        }
    )


def _told(row: PartForecast, found: CostForecast) -> Iterator[tuple[str, date, date, Decimal, Bands]]:
    """Its days, its sums and its months."""
    label, first, day = label_of(row, found), found.first, timedelta(1)
    for each in row.days:
        yield label, each.day, each.day, each.expected, each.bands
    for each in row.sums:
        yield label, first, first + timedelta(each.days) - day, each.expected, each.bands
    for each in row.months:
        yield label, each.month, add_months(each.month, 1) - day, each.expected, each.bands
