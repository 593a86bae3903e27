"""Alerts history: what has fired, how long, how bad it was, who had it, and who was told."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from core.access.roles import Permission, User
from core.alerts import words as plain
from core.alerts.alert import Alert, Delivery, Event, State
from core.bootstrap import Platform
from dashboard import alerts_words as words
from dashboard import format, narrow_table, session, widgets
from dashboard.alerts_links import draw_link
from dashboard.alerts_view import ALERT, HISTORY, address, choose, chosen
from dashboard.format import markdown
from dashboard.narrow_table import Cell

_DAYS = 90
_Told = Mapping[str, Sequence[Delivery]]


def draw(platform: Platform, user: User, now: datetime) -> None:
    """The last ninety days, the newest first; above them the one that is looked at."""
    alerts = platform.alerts.alerts
    found, told = alerts.history(user, now, _DAYS), alerts.told(user, now, _DAYS)
    if looked_at := next((each for each in found if each.id == chosen(ALERT)), None):
        _draw_one(platform, user, looked_at, told, now)
    with widgets.card("alerts-history", "What has fired", f"Of the last {_DAYS} days, times in UTC", height="content"):
        if not found:
            st.markdown(":green[:material/check_circle:] Nothing has fired.")
            return
        table = pd.DataFrame([_row(each, told, now) for each in found])
        with widgets.wide("alerts-history"):
            _draw_rows(found, table)
        with widgets.narrow("alerts-history"):
            narrow_table.draw(["What", "Lasted"], [list(_cells(each, now)) for each in found])
        rows = pa.Table.from_pandas(table, preserve_index=False)
        widgets.downloads("alerts", rows, Permission.SEE_ALERTS)


def _draw_rows(found: Sequence[Alert], table: pd.DataFrame) -> None:
    key = f"alerts-rows {chosen(ALERT)}"

    def select() -> None:
        session.require(Permission.SEE_ALERTS)
        selection = st.session_state[key]["selection"]
        places = [*selection["rows"], *(row for row, _ in selection["cells"])]
        if places and places[0] < len(found):
            choose(ALERT, found[places[0]].id)

    st.dataframe(
        table,
        hide_index=True,
        key=key,
        on_select=select,
        selection_mode=["single-row", "single-cell"],
        column_config={"Worst": st.column_config.TextColumn(alignment="right")},
        alt="What has fired, with severity, state, how long, the worst value, who had it and who was told; "
        "choosing a row opens it",
    )


def _row(alert: Alert, told: _Told, now: datetime) -> dict[str, Any]:
    return {
        "What": plain.headline(alert),
        "Severity": alert.severity.capitalize(),
        "State": words.STATES[alert.state],
        "Fired": format.plain_instant(alert.fired_at or alert.began_at, now.date()),
        "Lasted": words.lasted(alert, now),
        "Worst": words.worst(alert),
        "Acknowledged by": alert.acknowledged_by or "nobody",
        "Told": words.told(told.get(alert.id, ())) or "nobody",
    }


def _cells(alert: Alert, now: datetime) -> Iterator[Cell]:
    below = [alert.severity.capitalize(), f"at worst {words.worst(alert)}"]
    below += [f"{alert.acknowledged_by} had it"] if alert.acknowledged_by else []
    yield Cell(plain.headline(alert), " · ".join(below), address(HISTORY, ALERT, alert.id))
    yield Cell(words.lasted(alert, now), format.day((alert.fired_at or alert.began_at).date()))


def _draw_one(platform: Platform, user: User, alert: Alert, told: _Told, now: datetime) -> None:
    with widgets.card("alerts-chosen", "", height="content"):
        st.markdown(f"{words.heading(alert)} · {words.STATES[alert.state]}")
        limit = plain.amount(alert.threshold, alert.unit, alert.currency)
        st.markdown(
            f"At worst **{markdown(words.worst(alert))}**, {alert.comparison} {markdown(limit)}; "
            f"{words.lasted(alert, now)}."
        )
        if alert.detail:
            st.markdown(markdown(alert.detail))
        events = platform.alerts.alerts.events(user, alert.id)
        widgets.plain_table(
            {
                "When": [format.plain_instant(each.at, now.date()) for each in events],
                "What": [words.STATES[each.kind] for each in events],
                "Detail": list(map(_detail, events)),
            },
            "What happened to the alert, oldest first",
        )
        _draw_deliveries(told.get(alert.id, ()), now)
        with st.container(horizontal=True, vertical_alignment="center", key="alerts-chosen-answers"):
            draw_link(alert, user)
            st.button(
                "Close", icon=":material/close:", type="tertiary", key="alerts-close", on_click=choose, args=(ALERT, "")
            )


def _detail(event: Event) -> str:
    by = f"by {event.actor}" if event.kind is State.ACKNOWLEDGED else ""
    return ": ".join(filter(None, [by, event.detail]))


def _draw_deliveries(deliveries: Sequence[Delivery], now: datetime) -> None:
    if not deliveries:
        st.caption("Nobody was told: no channel was there, or the rule names none.")
        return
    widgets.plain_table(
        {
            "Message": [each.title for each in deliveries],
            "Channel": [each.channel for each in deliveries],
            "State": [each.state.capitalize() for each in deliveries],
            "When": [format.plain_instant(each.ended_at or each.created_at, now.date()) for each in deliveries],
            "Problem": [each.problem for each in deliveries],
        },
        "Who was told of it",
    )
