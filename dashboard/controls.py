"""Controls: the period, dimension and filters of the Costs page, kept in the URL."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import streamlit as st

from core.access.roles import Permission
from core.costs.coverage import is_covered
from core.costs.currencies import currencies
from core.costs.dimensions import NOT_STATED, Dimension, Filter, Metric
from core.costs.latest import whole_days_until
from core.costs.period import Period
from core.costs.selection import tag_keys
from core.costs.series import Grain
from core.costs.titles import Title, title_named
from core.errors import NoBillingData, PhyghtError
from core.warehouse import Warehouse
from dashboard import currency_choice, format, session, theme, widgets, wrong_values
from dashboard.view import PARAMETERS, Against, Preset, View, inside, read_view, usual_grain

_LAST, _UNDO = "costs-last-view", "costs-undo"
#: What the address stated wrongly, and the view that was shown instead.
_WRONG = "costs-wrong-values"
_NAMES: dict[str, str] = {
    Dimension.PROVIDER: "Provider",
    Dimension.SERVICE: "Service",
    Dimension.USAGE_FAMILY: "Usage family",
    Dimension.USAGE_TYPE: "Usage type",
    Dimension.RESOURCE: "Resource",
    Dimension.STORAGE_CLASS: "Storage class",
    Dimension.REGION: "Region",
    Dimension.CHARGE_CATEGORY: "Charge category",
    Dimension.ACCOUNT: "Account",
    Title.VIDEO: "Video",
    Title.RUNG: "Rung",
    Title.UPLOADED: "Quarter of upload",
}


def dimension_name(by: str) -> str:
    """A dimension as people call it; tags by their key."""
    return _NAMES[by] if by in _NAMES else f"Tag {by.removeprefix('tag:')}"


def whole_until(warehouse: Warehouse, currency: str) -> date | None:
    """When the bills in a currency stop being whole; None where they have no day."""
    return _whole_until(warehouse, warehouse.revision(), currency)


@lru_cache(maxsize=8)
def _whole_until(warehouse: Warehouse, _revision: int, currency: str) -> date | None:
    try:
        return whole_days_until(warehouse, currency)
    except PhyghtError:  # the page itself says what is wrong
        return None


def current_view(today: date, until: date | None, currency: str, wrong_currency: tuple[str, ...] = ()) -> View:
    """What the URL states, in that currency; without a word in it, what was last looked at in this session."""
    params = {name: st.query_params.get_all(name) for name in PARAMETERS if name in st.query_params}
    if not params and _LAST in st.session_state:
        view: View = st.session_state[_LAST]
    else:
        view = read_view(params, today, until)
    view = replace(view, currency=currency)
    if wrong := (*wrong_values.in_words(params, view), *wrong_currency):
        st.session_state[_WRONG] = (view, wrong)
    _state(view)
    return view


def draw_wrong_values(view: View) -> None:
    """What the address states wrongly, as long as what is shown instead is looked at."""
    instead, wrong = st.session_state.get(_WRONG, (None, ()))
    if instead == view:
        wrong_values.draw(wrong)


def go(view: View) -> None:
    """Show another view, from a callback; the one before can be had back."""
    session.require(Permission.SEE_COSTS)
    before = st.session_state.get(_LAST)
    if before and before != view:
        st.session_state[_UNDO] = [*st.session_state.get(_UNDO, [])[-19:], before]
    _state(view)


def _state(view: View) -> None:
    st.session_state[_LAST] = view
    currency_choice.remember(view.currency)
    stated = {name: value if isinstance(value, list) else [value] for name, value in view.query().items()}
    changed = {name: values for name, values in stated.items() if st.query_params.get_all(name) != values}
    if changed:
        st.query_params.update(changed)  # at once: each message to the browser is a step of its Back button


def draw_controls(view: View, today: date, until: date | None, warehouse: Warehouse) -> None:
    """The controls; each states its change in the URL."""
    with st.container(border=True, key="card-controls"):
        with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
            _select(
                "Period",
                list(Preset),
                view.preset(today, until),
                lambda chosen: view if chosen is Preset.CUSTOM else _with_period(view, chosen.period(today, until)),
            )
            _dates(view, today)
            if not title_named(view.by):  # what titles cost is neither compared nor told step by step
                _select(
                    "Compare with",
                    list(Against),
                    view.against,
                    lambda chosen: replace(view, against=chosen),
                    str.capitalize,
                )
            draw_breakdown(view, warehouse, (*Dimension, *Title))
        with st.container(horizontal=True, vertical_alignment="center", key="switches"):
            draw_metric(view)
            if not title_named(view.by):
                _switch("Each column is a", list(Grain), view.grain, lambda chosen: replace(view, grain=chosen))
            draw_currency(view, warehouse)


def draw_breakdown(view: View, warehouse: Warehouse, named: Sequence[Dimension | Title]) -> None:
    """What it is told apart by: one of the named, or a tag."""
    by = [*map(str, named), *(f"tag:{key}" for key in tag_keys(warehouse))]
    by = by if view.by in by else [*by, view.by]
    _select("Break down by", by, str(view.by), lambda chosen: replace(view, by=chosen), dimension_name)


def draw_metric(view: View) -> None:
    """Which of the three costs is counted."""
    _switch("Cost", list(Metric), view.metric, lambda chosen: replace(view, metric=chosen))


def draw_currency(view: View, warehouse: Warehouse) -> None:
    """Which currency's bills are counted, where there is more than one."""
    currency_choice.draw_switch(warehouse, view.currency, lambda chosen: go(replace(view, currency=chosen)))


def _with_period(view: View, period: Period) -> View:
    return replace(view, period=period, grain=usual_grain(period))


def _select(
    label: str, options: list[Any], chosen: object, then: Callable[[Any], View], name: Callable[[str], str] = str
) -> None:
    key = f"select {label}"
    st.session_state[key] = chosen
    st.selectbox(
        label, options, key=key, format_func=name, width=186, on_change=lambda: go(then(st.session_state[key]))
    )


def _switch(label: str, options: list[Any], chosen: object, then: Callable[[Any], View]) -> None:
    key = f"switch {label}"
    st.session_state[key] = chosen
    st.segmented_control(
        label,
        options,
        key=key,
        required=True,
        label_visibility="collapsed",
        format_func=lambda option: str(option).capitalize(),
        on_change=lambda: go(then(st.session_state[key])),
    )


def _dates(view: View, today: date) -> None:
    key = "dates"
    st.session_state[key] = (view.period.start, view.period.end - timedelta(1))

    def change() -> None:
        days = st.session_state[key]
        if len(days) == 2:  # after the first click there is only a start
            go(_with_period(view, Period(days[0], days[1] + timedelta(1))))

    st.date_input(
        "First and last day", key=key, on_change=change, format="DD/MM/YYYY", min_value=date(2006, 1, 1),
        max_value=max(today, view.period.end), width=230,
    )  # fmt: skip


def draw_filters(view: View) -> None:
    """What is filtered by, each with its way back; and the way back to the view before."""
    undo = st.session_state.get(_UNDO, [])
    if not (view.filters or undo):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="chips"):
        for position, each in enumerate(view.filters):
            text = f"{dimension_name(each.dimension)}: {NOT_STATED if each.value is None else format.label(each.value)}"
            st.button(
                format.markdown(text),
                key=f"chip-{position}",
                icon=":material/close:",
                help="Remove this filter",
                on_click=go,
                args=(view.without(each),),
            )
        if len(view.filters) > 1:
            st.button("Clear all", type="tertiary", key="chips-clear", on_click=go, args=(replace(view, filters=()),))
        if undo:
            st.button("Undo", type="tertiary", icon=":material/undo:", key="chips-undo", on_click=_undo)


@contextmanager
def offers_others(view: View, newest: Period, warehouse: Warehouse) -> Iterator[None]:
    """Where no bill covers the view's period, the ways to what there is: other days, or another currency."""
    try:
        yield
    except NoBillingData as error:
        there = currencies(warehouse)
        what = f"No bill in {format.currency_name(view.currency or '')}" if len(there) > 1 else "No bill"
        with widgets.card("no-bill", f"{what} covers {format.period(view.period)}", height="content"):
            st.markdown(format.markdown(error.advice))
            with st.container(horizontal=True, key="no-bill-ways"):
                if newest != view.period:
                    newer = _with_period(view, newest)
                    st.button(f"Show {format.period(newest)}", key="no-bill-newest", on_click=go, args=(newer,))
                draw_ways(view, [each for each in there if is_covered(warehouse, view.period, each)])


def draw_ways(view: View, others: Sequence[str]) -> None:
    """Buttons that show the same in other currencies."""
    for each in others:
        label = f"Show {format.currency_name(each)}"
        st.button(
            label,
            key=f"show {each}",
            icon=":material/currency_exchange:",
            on_click=go,
            args=(replace(view, currency=each),),
        )


def _undo() -> None:
    session.require(Permission.SEE_COSTS)
    *earlier, last = st.session_state[_UNDO]
    st.session_state[_UNDO] = earlier
    _state(last)


def filter_of(view: View, label: str) -> Filter:
    """The filter that a line of the view's breakdown stands for."""
    return Filter(view.by, None if label == NOT_STATED else label)


def drill(view: View, label: str | None) -> None:
    """Show what one line of the view's breakdown is made of, from a callback."""
    following = inside(view, filter_of(view, label).value) if label and label != theme.OTHER else None
    if following:
        go(following)
