"""Narrow lines: the lines of an answer on a phone, where name, cost and change have to fit side by side."""

from collections.abc import Iterator
from html import escape
from urllib.parse import urlencode

import streamlit as st

from core.costs.comparison import ComparedLine
from dashboard import controls, format
from dashboard.answers import Answer
from dashboard.view import inside

#: More are not read on a phone; the downloads have all.
_MOST_LINES = 50


def draw(answer: Answer, name: str) -> None:
    """A table of the dearest lines, each with its share below its name; a name leads to what it is made of."""
    lines = answer.comparison.lines
    change = "" if answer.comparison.before is None else '<th scope="col">Change</th>'
    rows = "".join(_row(answer, line) for line in lines[:_MOST_LINES])
    st.html(
        f'<table class="narrow-lines"><thead><tr><th scope="col">{escape(name)}</th><th scope="col">Cost</th>{change}'
        f"</tr></thead><tbody>{rows}</tbody></table>"
    )
    if len(lines) > _MOST_LINES:
        st.caption(f"The {_MOST_LINES} dearest of {len(lines):,}; the downloads have all.")


def _row(answer: Answer, line: ComparedLine) -> str:
    cells = "".join(f"<td>{cell}</td>" for cell in _amounts(answer, line))
    share = format.share(line.share, 1)
    return f'<tr><th scope="row">{_name(answer, line)}<small>{share} of all</small></th>{cells}</tr>'


def _amounts(answer: Answer, line: ComparedLine) -> Iterator[str]:
    yield escape(format.cents(line.cost, answer.currency))
    if line.cost_before is not None:
        difference = escape(format.signed_money(line.difference, answer.currency))
        yield f"{format.change(line.cost, line.cost_before)}<small>{difference}</small>"


def _name(answer: Answer, line: ComparedLine) -> str:
    name = escape(line.label or format.BLANK)
    following = inside(answer.view, controls.filter_of(answer.view, line.label).value)
    if following is None:
        return name
    kept = {each: st.query_params.get_all(each) for each in st.query_params}  # the role that the demo is looked at in
    return f'<a href="?{escape(urlencode(kept | following.query(), doseq=True))}">{name}</a>'
