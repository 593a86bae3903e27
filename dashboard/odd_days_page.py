"""Odd days page: which days cost far more or less than expected, what explains them, and what people said of them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import streamlit as st

from core.access.roles import Permission, User
from core.bootstrap import Platform
from core.costs.anomalies import TOTAL, Anomalies, Anomaly, without_echoes
from core.costs.dimensions import Dimension, Filter
from core.costs.judged import LONGEST_NOTE, Judgements
from core.costs.period import Period
from core.errors import PhyghtError
from dashboard import controls, costs_sections, format, odd_days_causes, outlooks, session, widgets
from dashboard import odd_days_words as words
from dashboard.costs_sections import EVENT, EXPECTED_TOO, Section
from dashboard.format import markdown
from dashboard.links import COSTS, page_link
from dashboard.numbers import Number
from dashboard.view import View, inside

_MOST, _MOST_WHY = 25, 12
_BEFORE, _AFTER = timedelta(21), timedelta(8)  #: days around an event that are shown with it
_REFUSED = "odd-days-refused"
_MONEY = pa.decimal128(38, 18)


def draw(platform: Platform, user: User, view: View) -> None:
    """The section."""
    with_expected = st.query_params.get(EXPECTED_TOO) == "yes"
    view = View(view.period, outlooks.dimension_of(view), view.metric, currency=view.currency)
    _draw_controls(platform, view, with_expected)
    _draw_refusal()
    found = outlooks.odd_days(platform, user, view, with_expected)
    shown = without_echoes(found.events)
    st.markdown(_finding(found, len(shown)))
    for number, event in enumerate(shown[:_MOST]):
        _draw_event(platform, user, view, event, number)
    if len(shown) > _MOST:
        st.caption(f"The {_MOST} newest of {len(shown):,}; the downloads have all.")
    _draw_rest(found)
    if found.events:
        widgets.downloads(f"odd-days-by-{found.by.replace(':', '-')}", _table(found))
    widgets.how_made(Number.ODD_DAYS, "How these are found")


def _draw_controls(platform: Platform, view: View, with_expected: bool) -> None:
    with (
        st.container(border=True, key="card-controls"),
        st.container(horizontal=True, vertical_alignment="bottom", key="controls-ahead"),
    ):
        controls.draw_breakdown(view, platform.warehouse, tuple(Dimension))
        controls.draw_metric(view)
        controls.draw_currency(view, platform.warehouse)
        key = "switch Expected"
        st.session_state[key] = with_expected
        st.toggle(
            "Show those that were expected",
            key=key,
            on_change=lambda: costs_sections.go(**{EXPECTED_TOO: "yes" if st.session_state[key] else ""}),
        )


def _draw_refusal() -> None:
    """Why the last word was not kept."""
    if refused := st.session_state.pop(_REFUSED, None):
        st.error(f"**{markdown(refused.message)}** {markdown(refused.advice)}", icon=":material/error:")


def _finding(found: Anomalies, shown: int) -> str:
    by = controls.dimension_name(found.by).lower()
    least = markdown(format.money(found.least_money, found.currency))
    if not found.events:
        return f"**No odd days** in the last 90, of all costs or of any {by}; {least} a day would have been told."
    return f"**{format.count(shown, 'odd event')}** in the last 90 days, of all costs and by {by}."


def _draw_event(platform: Platform, user: User, view: View, event: Anomaly, number: int) -> None:
    is_open = st.query_params.get(EVENT) == _address(event)
    more = event.impact > 0
    with widgets.card(f"event-{number}", "", height="content"):
        with st.container(horizontal=True, vertical_alignment="center", key=f"event-name-{number}"):
            st.markdown(f"**{markdown(words.name(event))}**, {words.days(event)}", width="content")
            impact = format.money(abs(event.impact), event.currency)
            st.badge(
                f"{markdown(impact)} {'more' if more else 'less'} than expected",
                icon=f":material/{'trending_up' if more else 'trending_down'}:",
                color="orange" if more else "blue",
            )
            if event.ongoing:
                st.badge("Still going on", icon=":material/pending:", color="gray")
        st.caption(markdown(format.sentence(words.worst(event))))
        if said := event.judgement:
            note = f": {markdown(said.note)}" if said.note else ""
            word = "expected" if said.expected else "not expected"
            st.caption(f":material/person: {markdown(said.who)} says it was {word}{note}")
        _draw_ways(platform, user, view, event, number, is_open)
        if is_open:
            odd_days_causes.draw(platform, outlooks.causes_of(platform.warehouse, event, view.metric), event)


def _address(event: Anomaly) -> str:
    """What the URL calls it."""
    return f"{event.first}={event.label}"


def _draw_ways(platform: Platform, user: User, view: View, event: Anomaly, number: int, is_open: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"event-ways-{number}"):
        st.button(
            "Hide why" if is_open else "Show why", key=f"event-why-{number}", type="tertiary",
            icon=":material/query_stats:", on_click=costs_sections.go,
            kwargs={EVENT: "" if is_open else _address(event)},
        )  # fmt: skip
        if user.may(Permission.JUDGE_DAYS):
            _draw_judging(platform, event)
        page_link(COSTS, "See these days", costs_sections.query(Section.SPENT, _around(view, event)))


def _around(view: View, event: Anomaly) -> View:
    """What is spent shows of it: the days around it, of its label, by what that is made of."""
    period = Period(event.first - _BEFORE, event.last + _AFTER)
    shown = View(period, view.by, view.metric, currency=event.currency)
    if event.label == TOTAL:
        return shown
    return inside(shown, event.label) or shown.filtered(Filter(event.by, event.label))


def _draw_judging(platform: Platform, event: Anomaly) -> None:
    key = f"judge {event.by} {_address(event)}"
    with st.popover("Was it expected?", icon=":material/rule:", type="tertiary", key=key):
        note = f"{key} note"
        st.text_input("Why", key=note, max_chars=LONGEST_NOTE, placeholder="the title fight", help="May stay empty.")
        with st.container(horizontal=True, key=f"{key} buttons"):
            for label, expected in (("It was expected", True), ("It was not", False)):
                st.button(
                    label, key=f"{key} {expected}", on_click=_judge, args=(platform, event, expected, note),
                    type="primary" if expected else "secondary",
                )  # fmt: skip
        st.caption("What was expected is marked no more and not told again. The word can be taken back.")


def _judge(platform: Platform, event: Anomaly, expected: bool, note: str) -> None:
    """From a callback."""
    user = session.require(Permission.JUDGE_DAYS)
    try:
        Judgements(platform.database, platform.audit).judge(
            user, event.by, event.label, event.first, expected, datetime.now(UTC), st.session_state.get(note, "")
        )
    except PhyghtError as error:
        st.session_state[_REFUSED] = error


def _draw_rest(found: Anomalies) -> None:
    """What cannot be judged yet."""
    for each in found.left_out[:_MOST_WHY]:
        name = "All costs" if each.unique_id == TOTAL else format.label(each.unique_id)
        st.caption(f":material/info: **{markdown(name)}** {markdown(each.reason)}")
    if len(found.left_out) > _MOST_WHY:
        st.caption(f"And {len(found.left_out) - _MOST_WHY:,} more, for such reasons.")


def _table(found: Anomalies) -> pa.Table:
    rows = [(event, day) for event in found.events for day in event.days]
    amounts: dict[str, list[Decimal]] = {
        name: [getattr(day, name) for _, day in rows] for name in ("actual", "expected", "lo", "hi", "impact")
    }
    days: list[date] = [day.day for _, day in rows]
    return pa.table(
        {
            found.by: pa.array([event.label for event, _ in rows], pa.string()),
            "day": pa.array(days, pa.date32()),
            "currency": pa.array([found.currency] * len(rows), pa.string()),
            **{name: pa.array(values, _MONEY) for name, values in amounts.items()},
            "said_expected": pa.array([event.judgement and event.judgement.expected for event, _ in rows], pa.bool_()),
        }
    )
