"""Narrow lines: the lines of an answer on a phone, where name, cost and change have to fit side by side."""

from collections.abc import Iterator
from urllib.parse import urlencode

import streamlit as st

from core.costs.comparison import ComparedLine
from dashboard import controls, format, narrow_table, widgets
from dashboard.answers import Answer
from dashboard.narrow_table import Cell
from dashboard.view import inside

#: More are not read on a phone; the downloads have all.
_MOST_LINES = 50


def draw(answer: Answer, name: str) -> None:
    """A table of the dearest lines, each with its share below its name; a name leads to what it is made of."""
    lines = answer.comparison.lines
    head = [name, "Cost"] if answer.comparison.before is None else [name, "Cost", "Change"]
    narrow_table.draw(head, [list(_cells(answer, line)) for line in lines[:_MOST_LINES]])
    widgets.cut_caption(_MOST_LINES, len(lines))


def _cells(answer: Answer, line: ComparedLine) -> Iterator[Cell]:
    yield Cell(line.label or format.BLANK, f"{format.share(line.share, 1)} of all", _link(answer, line))
    yield Cell(format.cents(line.cost, answer.currency))
    if line.cost_before is not None:
        difference = format.signed_money(line.difference, answer.currency)
        yield Cell(str(format.change(line.cost, line.cost_before)), difference)


def _link(answer: Answer, line: ComparedLine) -> str:
    following = inside(answer.view, controls.filter_of(answer.view, line.label).value)
    if following is None:
        return ""
    kept = {each: st.query_params.get_all(each) for each in st.query_params}  # the role that the demo is looked at in
    return f"?{urlencode(kept | following.query(), doseq=True)}"
