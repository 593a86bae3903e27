"""Answer, drawn: every line of it, and the bills that were restated."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st
from pandas.io.formats.style_render import StylerRenderer

from core.costs.restatements import Restatement
from dashboard import controls, format, narrow_lines, narrow_table, widgets
from dashboard.answers import Answer
from dashboard.narrow_table import Cell
from dashboard.numbers import Number
from dashboard.view import inside

#: Lines shown; the downloads have all of them.
_MOST_LINES = 1_000
_MONEY = pa.decimal128(38, 18)


def draw_lines(answer: Answer) -> None:
    """Every value of the dimension; a chosen one opens. Which of the two layouts is shown, the style sheet decides."""
    name = controls.dimension_name(answer.view.by)
    with widgets.card("lines", f"By {name.lower()}", _hint(answer)):
        with widgets.wide("lines"):
            _draw_wide(answer, name)
        with widgets.narrow("lines"):
            narrow_lines.draw(answer, name)
        widgets.downloads(_file_name(answer), _table(answer))


def _draw_wide(answer: Answer, name: str) -> None:
    lines, key = answer.comparison.lines, f"lines {hash(answer.view)}"
    st.dataframe(
        _frame(answer),
        hide_index=True,
        key=key,
        on_select=lambda: controls.drill(answer.view, _chosen_line(answer, st.session_state[key])),
        selection_mode="single-row",
        column_config=_columns(name),
        alt=f"Cost, share and change of each {name.lower()}",
    )
    widgets.cut_caption(_MOST_LINES, len(lines))


def _file_name(answer: Answer) -> str:
    view = answer.view
    return f"costs-by-{view.by.replace(':', '-')}-{view.period.start}-{format.currency_name(answer.currency)}"


def _hint(answer: Answer) -> str:
    following = inside(answer.view, None)
    if not following:
        return ""
    return f"Choose a line, or a colour in the chart, to see it by {controls.dimension_name(following.by).lower()}."


def _frame(answer: Answer) -> StylerRenderer:
    shown = answer.comparison.lines[:_MOST_LINES]
    frame = pd.DataFrame(
        {
            "label": [line.label or format.BLANK for line in shown],
            "cost": [float(line.cost) for line in shown],
            "share": [100 * line.share for line in shown],
            "before": [None if line.cost_before is None else float(line.cost_before) for line in shown],
            "difference": [None if line.cost_before is None else float(line.difference) for line in shown],
            "change": [str(format.change(line.cost, line.cost_before)) for line in shown],
        }
    )
    if answer.comparison.before is None:
        frame = frame.drop(columns=["before", "difference", "change"])

    def money(value: float) -> str:
        return "" if pd.isna(value) else format.cents(Decimal(str(value)), answer.currency)

    def difference(value: float) -> str:
        return f"+{money(value)}" if value > 0 else money(value)

    texts = {"cost": money, "before": money, "difference": difference}
    return frame.style.format({column: text for column, text in texts.items() if column in frame})


def _columns(name: str) -> dict[str, Any]:
    config = st.column_config
    return {
        "label": config.TextColumn(name, width="medium"),
        "cost": config.NumberColumn("Cost"),
        "share": config.ProgressColumn("Share", format="%.1f %%", min_value=0, max_value=100, color="gray"),
        "before": config.NumberColumn("Before"),
        "difference": config.NumberColumn("Difference"),
        "change": config.TextColumn("Change", alignment="right"),
    }


def _table(answer: Answer) -> pa.Table:
    lines = answer.comparison.lines
    return pa.table(
        {
            answer.view.by: pa.array([line.label for line in lines], pa.string()),
            "currency": pa.array([answer.currency] * len(lines), pa.string()),
            "cost": pa.array([line.cost for line in lines], _MONEY),
            "share": pa.array([line.share for line in lines], pa.float64()),
            "cost_before": pa.array([line.cost_before for line in lines], _MONEY),
            "difference": pa.array(
                [line.difference if line.cost_before is not None else None for line in lines], _MONEY
            ),
        }
    )


def _chosen_line(answer: Answer, state: dict[str, Any]) -> str | None:
    rows = state["selection"]["rows"]
    return answer.comparison.lines[rows[0]].label if rows else None


def draw_restatements(answer: Answer) -> None:
    """Bills of the period that came again with another total."""
    if not answer.restated:
        return
    with widgets.card(
        "restated", "Restated bills", "A newer delivery changed the total of a month that was already loaded."
    ):
        with widgets.wide("restated"):
            _draw_wide_restatements(answer.restated)
        with widgets.narrow("restated"):
            narrow_table.draw(["Month", "Is", "Difference"], [_restated_cells(each) for each in answer.restated])
        widgets.how_made(Number.RESTATEMENT)


def _draw_wide_restatements(restated: Sequence[Restatement]) -> None:
    widgets.plain_table(
        {
            "Month": [f"{each.period:%B %Y}" for each in restated],
            "Export": [format.export(each.export) for each in restated],
            "Was": [format.cents(each.old_total or Decimal(0), each.currency) for each in restated],
            "Is": [format.cents(each.new_total, each.currency) for each in restated],
            "Difference": [format.signed_money(each.difference or Decimal(0), each.currency) for each in restated],
            "Delivered": [format.instant(each.new_delivered_at) for each in restated],
        },
        alt="Restated bills of the period",
    )


def _restated_cells(each: Restatement) -> list[Cell]:
    was = format.cents(each.old_total or Decimal(0), each.currency)
    return [
        Cell(
            f"{each.period:%B %Y}", f"{format.export(each.export)}, delivered {format.instant(each.new_delivered_at)}"
        ),
        Cell(format.cents(each.new_total, each.currency), f"was {was}"),
        Cell(format.signed_money(each.difference or Decimal(0), each.currency)),
    ]
