"""Wrong values: what an address states and a page cannot show, in words, with what it shows instead."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import streamlit as st

from core.costs.dimensions import Metric
from core.costs.series import Grain
from dashboard import format
from dashboard.view import MOST_DAYS, View, as_against, as_choice, as_dimension, as_filter, as_period, last_of

_MOST_LETTERS = 40

Params = Mapping[str, Sequence[str]]


def in_words(params: Params, view: View) -> tuple[str, ...]:
    """A sentence for each value of the address that is not understood, beside the view that is shown."""
    return tuple(_wrong_period(params, view)) + tuple(_wrong_choices(params, view)) + tuple(_wrong_filters(params))


def draw(sentences: Sequence[str]) -> None:
    """One notice of all of them; nothing where all is understood."""
    if sentences:
        st.warning(" ".join(format.markdown(sentence) for sentence in sentences), icon=":material/link_off:")


def _wrong_period(params: Params, view: View) -> Iterator[str]:
    start, end = last_of(params, "from"), last_of(params, "to")
    if (start or end) and as_period(start, end) is None:
        yield f"{_what_is_wrong(start, end)}; the days shown are {format.period(view.period)}."


def _what_is_wrong(start: str, end: str) -> str:
    if not (start and end):
        stated, missing = (f"from={start}", "to") if start else (f"to={end}", "from")
        return f'The address states {quoted(stated)} without "{missing}"'
    for name, text in (("from", start), ("to", end)):
        if not _is_day(text):
            return f"{quoted(f'{name}={text}')} is no day such as 2026-10-01"
    if date.fromisoformat(end) <= date.fromisoformat(start):
        return f"{quoted(f'to={end}')} is not after {quoted(f'from={start}')}"
    return f"The days from {start} to {end} are more than {MOST_DAYS:,}, or too long ago"


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _wrong_choices(params: Params, view: View) -> Iterator[str]:
    by, metric, grain, compare = (last_of(params, name) for name in ("by", "metric", "grain", "compare"))
    if by and as_dimension(by) is None:
        yield f"There is nothing called {quoted(f'by={by}')} to break costs down by; they are shown by {view.by}."
    if metric and as_choice(Metric, metric) is None:
        yield f"There is no cost {quoted(f'metric={metric}')}; the {view.metric} cost is shown."
    if grain and as_choice(Grain, grain) is None:
        yield f"There is no column for {quoted(f'grain={grain}')}; each is a {view.grain}."
    if compare and as_against(compare) is None:
        yield f"There is no {quoted(f'compare={compare}')}; costs are compared with the {view.against}."


def _wrong_filters(params: Params) -> Iterator[str]:
    for text in params.get("filter", ()):
        if as_filter(text) is None:
            yield f"There is nothing to filter by in {quoted(f'filter={text}')}; it is left out."


def quoted(value: str) -> str:
    """A value of the address in a sentence."""
    return f'"{format.shortened(value, _MOST_LETTERS)}"'
