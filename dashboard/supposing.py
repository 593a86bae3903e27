"""Supposing: what if more was uploaded or watched, bytes lay elsewhere, prices changed, or a migration ended.

What is supposed is in the URL, as `if=uploads=2`, in the words of `python -m core forecast --what-if uploads=2`.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.access.roles import Permission
from core.bootstrap import Platform
from core.costs.dimensions import Dimension, Metric
from core.costs.idle import Idle, idle
from core.costs.scenario import Event, Move, Scenario
from core.costs.supposed import scenario_of
from core.costs.titles import title_named
from core.costs.what_if import WhatIf, what_if
from core.errors import WrongArguments
from core.storage.provider import StorageClass
from dashboard import format, outlooks, session, supposed_words, widgets, wrong_values
from dashboard.costs_sections import SUPPOSED
from dashboard.format import markdown
from dashboard.numbers import Number
from dashboard.view import View

_MOST_TIMES = 5.0  #: of the sliders, unless more is supposed already
_LONGEST = timedelta(3_650)
_NOTHING = Scenario()
_FIELDS = (
    "uploads", "viewing", "event", "event-times", "event-days", "share", "source", "target", "service", "percent",
    "migrated",
)  # fmt: skip


def stated() -> Scenario:
    """What the URL supposes; nothing of it where a word is not understood, which is said."""
    try:
        return scenario_of(st.query_params.get_all(SUPPOSED))
    except WrongArguments as error:
        wrong_values.draw([f"{error.message} Nothing is supposed."])
        return _NOTHING


def draw(platform: Platform, view: View, horizon: int, today: date) -> WhatIf | None:
    """The inputs, and what comes of them; None where nothing is supposed."""
    scenario = stated()
    if reason := _why_not(view):
        if scenario != _NOTHING:
            st.caption(f":material/info: What if is for {reason}: nothing is supposed here.")
        return None
    with st.expander("What if …", icon=":material/tune:", expanded=scenario != _NOTHING, key="what-if"):
        _draw_inputs(platform, view, scenario, today)
    if scenario == _NOTHING:
        return None
    base = outlooks.base(platform, view, horizon, today)
    wrong_values.draw([_of_idle(each) for each in idle(base, scenario)])
    found = what_if(base, scenario)
    _draw_assumptions(found)
    return found


def _why_not(view: View) -> str:
    """What it is for, where the view is something else."""
    if view.filters or view.metric is not Metric.BILLED:
        return "billed costs without a filter"
    return "what bills name themselves, such as services" if title_named(outlooks.ahead_by(view)) else ""


def _of_idle(each: Idle) -> str:
    return f"{wrong_values.quoted(each.change)} changes nothing: {each.why}. {each.advice}"


def _draw_assumptions(found: WhatIf) -> None:
    with st.container(border=True, key="card-supposed", gap="xsmall"):
        st.markdown("**Supposed**, in all figures below:")
        st.markdown("\n".join(f"- {markdown(each)}" for each in found.assumptions))
        with st.container(horizontal=True, vertical_alignment="center", key="supposed-ways"):
            st.button("Suppose nothing", key="if-reset", icon=":material/undo:", type="tertiary", on_click=_reset)
            widgets.how_made(Number.WHAT_IF, "How this is worked out")


def _reset() -> None:
    session.require(Permission.SEE_COSTS)
    _state(_NOTHING)


def _state(scenario: Scenario) -> None:
    words = supposed_words.words_of(scenario)
    if words:
        st.query_params[SUPPOSED] = words
    elif SUPPOSED in st.query_params:
        del st.query_params[SUPPOSED]


def _draw_inputs(platform: Platform, view: View, scenario: Scenario, today: date) -> None:
    for name, value in zip(_FIELDS, _values(scenario), strict=True):
        st.session_state[_key(name)] = value
    left, right = st.columns(2, gap="large")
    with left:
        _slider("Uploads, times as many", "uploads", scenario.uploads)
        _slider("Viewing, times as much", "viewing", scenario.viewing)
        with _row("event"):
            _day("An event on", "event", today, 150)
            st.number_input(
                "Times viewing", 0.0, 1000.0, key=_key("event-times"), step=0.5, on_change=_change, width=120
            )
            st.number_input("Days", 1, 999, key=_key("event-days"), on_change=_change, width=110)
    with right:
        with _row("move"):
            st.number_input("Move, %", 0, 100, key=_key("share"), step=10, on_change=_change, width=110)
            for label, name in (("of bytes in", "source"), ("to", "target")):
                classes = list(StorageClass)
                st.selectbox(label, classes, key=_key(name), format_func=format.label, on_change=_change, width=160)
        with _row("price"):
            _draw_price(platform, view, scenario)
        _day("All videos have left Supabase by", "migrated", today, 240)


def _row(name: str) -> DeltaGenerator:
    """Inputs that belong together; on a phone as many beside each other as fit."""
    return st.container(horizontal=True, vertical_alignment="bottom", key=f"if-row-{name}")


def _draw_price(platform: Platform, view: View, scenario: Scenario) -> None:
    labels = outlooks.labels(platform.warehouse, Dimension.SERVICE, view.currency)
    services = [*labels, *(each for each in scenario.prices if each not in labels)]
    st.selectbox(
        "Price of", services, key=_key("service"), index=None, format_func=format.label, on_change=_change,
        placeholder="no service", width=230,
    )  # fmt: skip
    st.number_input("changes by, %", -100.0, 1000.0, key=_key("percent"), step=5.0, on_change=_change, width=130)


def _slider(label: str, name: str, value: float) -> None:
    st.slider(label, 0.0, max(_MOST_TIMES, value), key=_key(name), step=0.25, format="%.2f×", on_change=_change)


def _day(label: str, name: str, today: date, width: int) -> None:
    """A day to come, or whatever the URL states."""
    stated: date = st.session_state[_key(name)] or today
    first, last = min(today, stated), max(today + _LONGEST, stated)
    st.date_input(
        label, key=_key(name), min_value=first, max_value=last, on_change=_change, format="DD/MM/YYYY", width=width
    )


def _key(name: str) -> str:
    return f"if-{name}"


def _values(scenario: Scenario) -> tuple[Any, ...]:
    """What each input shows of what is supposed, in the order of the fields."""
    event = scenario.events[0] if scenario.events else None
    move = scenario.moves[0] if scenario.moves else Move(0.0, StorageClass.STANDARD, StorageClass.GLACIER_IR)
    service, percent = next(iter(scenario.prices.items()), (_typed("service"), 0.0))
    times, days = (
        (event.factor, max(event.days, 1)) if event else (_typed("event-times") or 3.0, _typed("event-days") or 1)
    )
    source, target = (move.source, move.target) if scenario.moves else (
        _typed("source") or move.source, _typed("target") or move.target
    )  # fmt: skip
    return (
        scenario.uploads, scenario.viewing, event and event.day, times, days, round(move.share * 100), source, target,
        service, percent, scenario.migrated_by,
    )  # fmt: skip


def _typed(name: str) -> Any:
    """What an input holds that supposes nothing as long as another is empty."""
    return st.session_state.get(_key(name))


def _change() -> None:
    """Put what the inputs say into the URL, from a callback; what they do not show of it stays."""
    session.require(Permission.SEE_COSTS)
    before = stated()
    day, times, days, share = (_typed(name) for name in ("event", "event-times", "event-days", "share"))
    service, percent = _typed("service"), _typed("percent")
    events = [Event(day, times, days)] if day else []
    moves = [Move(share / 100, _typed("source"), _typed("target"))] if share else []
    prices = dict(list(before.prices.items())[1:])
    if service and percent:
        prices = {service: percent, **prices}
    _state(
        replace(
            before, uploads=_typed("uploads"), viewing=_typed("viewing"), events=(*events, *before.events[1:]),
            moves=(*moves, *before.moves[1:]), prices=prices, migrated_by=_typed("migrated"),
        )
    )  # fmt: skip
