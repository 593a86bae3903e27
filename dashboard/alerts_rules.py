"""Alerts rules: what is watched, how each rule is doing, and the buttons that change one."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from core.access.roles import Permission, User
from core.alerts.channel import Channel
from core.alerts.figures.registry import FIGURES
from core.alerts.rule import ALL_CHANNELS, Rule, Standing
from core.bootstrap import Platform
from dashboard import alerts_words as words
from dashboard import asking, narrow_table, session, widgets
from dashboard.alerts_view import RULE, RULES, address, choose, chosen
from dashboard.format import markdown
from dashboard.narrow_table import Cell

#: The names of dialogs.
FORM, REMOVE = "rule", "remove rule"
#: Of the columns of the table; a download has more.
_WIDTHS = {"Rule": 238, "State": 65, "Fires when": 318, "Now": 150, "Severity": 75, "Tells": 100}


def draw(platform: Platform, user: User, now: datetime) -> None:
    """Every rule, those that are broken first; above them the one that is looked at."""
    found = sorted(platform.alerts.rules.all(user, now), key=lambda each: (not each.broken, not each.firing))
    channels = platform.alerts.channels.all(user)
    if looked_at := next((each for each in found if each.rule.id == chosen(RULE)), None):
        _draw_one(platform, user, looked_at, channels, now)
    subtitle = "Each is held against its figure every 5 minutes; values are as at its latest evaluation"
    with widgets.card("alerts-rules", "What is watched", subtitle, height="content"):
        _draw_add(user)
        table = pd.DataFrame([_row(each, channels, now) for each in found])
        with widgets.wide("alerts-rules"):
            _draw_rows(found, table)
        with widgets.narrow("alerts-rules"):
            narrow_table.draw(["Rule", "State"], [list(_cells(each)) for each in found])
        widgets.downloads("rules", pa.Table.from_pandas(table, preserve_index=False), Permission.SEE_ALERTS)


def _draw_add(user: User) -> None:
    if user.may(Permission.MANAGE_ALERTS):
        st.button("Add a rule", icon=":material/add:", key="rule-add", on_click=asking.ask, args=(FORM,))
    widgets.role_hint(user, Permission.MANAGE_ALERTS, "rules", "to change them")


def _draw_rows(found: Sequence[Standing], table: pd.DataFrame) -> None:
    key = f"rules-rows {chosen(RULE)}"

    def select() -> None:
        selection = st.session_state[key]["selection"]
        places = [*selection["rows"], *(row for row, _ in selection["cells"])]
        if places and places[0] < len(found):
            choose(RULE, found[places[0]].rule.id)

    st.dataframe(
        table[list(_WIDTHS)],
        hide_index=True,
        key=key,
        on_select=select,
        selection_mode=["single-row", "single-cell"],
        height="content",
        column_config={name: st.column_config.TextColumn(name, width=width) for name, width in _WIDTHS.items()},
        alt="Every rule with its state, when it fires, its value now, its severity and who is told; "
        "choosing a row opens it",
    )


def state(each: Standing) -> str:
    """In a word or two."""
    if not each.rule.enabled:
        return "Off"
    if each.broken:
        return "Broken"
    if each.firing:
        return f"Firing ({each.firing})" if each.firing > 1 else "Firing"
    return "Pending" if each.pending else "On"


def _row(each: Standing, channels: Sequence[Channel], now: datetime) -> dict[str, Any]:
    rule = each.rule
    return {
        "Rule": rule.title,
        "State": state(each),
        "Fires when": words.condition(rule),
        "Now": each.problem or each.seen,
        "Severity": rule.severity.capitalize(),
        "Tells": tells(rule, channels),
        "From": origin(rule),
        "Evaluated": widgets.when(each.evaluated_at, now),
    }


def tells(rule: Rule, channels: Sequence[Channel]) -> str:
    """Which channels."""
    if ALL_CHANNELS[0] in rule.channels:
        return "every channel"
    return ", ".join(each.name for each in channels if each.id in rule.channels) or "nobody"


def origin(rule: Rule) -> str:
    """Where it came from."""
    if rule.origin.startswith("default:"):
        return "default"
    return "AWS Budgets" if rule.origin else "added"


def _cells(each: Standing) -> Iterator[Cell]:
    yield Cell(each.rule.title, words.condition(each.rule), address(RULES, RULE, each.rule.id))
    yield Cell(state(each), each.problem or each.seen)


def _draw_one(platform: Platform, user: User, each: Standing, channels: Sequence[Channel], now: datetime) -> None:
    rule = each.rule
    with widgets.card("rule-chosen", "", height="content"):
        st.markdown(f"{words.severity(rule.severity)} · **{markdown(rule.title)}** · {state(each)}")
        st.markdown(f"Fires when: {markdown(words.condition(rule))}. Tells {markdown(tells(rule, channels))}.")
        st.caption(f"From: {origin(rule)}")
        if each.broken:
            st.markdown(f":red[:material/error:] {markdown(each.problem)}")
        elif each.seen:
            st.markdown(f"Now: **{markdown(each.seen)}**, {widgets.when(each.evaluated_at, now)}.")
        if rule.quiet:
            st.caption(f"Quiet hours: {markdown(str(rule.quiet))}")
        if rule.reminds_after and rule.channels:
            st.caption(f"Told again every {words.span(rule.reminds_after)} while nobody takes it on.")
        with st.container(horizontal=True, key="rule-answers"):
            if user.may(Permission.MANAGE_ALERTS):
                _draw_buttons(platform, rule)
            st.button(
                "Close", icon=":material/close:", type="tertiary", key="rule-close", on_click=choose, args=(RULE, "")
            )


def _draw_buttons(platform: Platform, rule: Rule) -> None:
    if rule.figure in FIGURES:
        st.button("Change", icon=":material/edit:", key="rule-change", on_click=asking.ask, args=(FORM, rule.id))
    st.button(
        "Turn off" if rule.enabled else "Turn on", key="rule-turn", icon=":material/power_settings_new:",
        on_click=asking.attempt, args=(lambda: _turn(platform, rule),),
    )  # fmt: skip
    st.button("Remove", icon=":material/delete:", key="rule-remove", on_click=asking.ask, args=(REMOVE, rule.id))


def _turn(platform: Platform, rule: Rule) -> str:
    user, on = session.require(Permission.MANAGE_ALERTS), not rule.enabled
    platform.alerts.rules.turn(user, rule.id, on, datetime.now(UTC))
    return f"{rule.title} is {'on' if on else 'off'}."


def draw_removal(platform: Platform, id: str) -> None:
    """What removing a rule does, before it is done."""
    user = session.require(Permission.MANAGE_ALERTS)
    asking.rerun_if_done()
    asking.tell_refusal()
    with widgets.explain_errors():
        found = platform.alerts.rules.one(user, id)
        st.markdown(f"**{markdown(found.rule.title)}**")
        again = " It does not come back by itself; you can add one like it." if found.rule.origin else ""
        st.markdown(f"Nobody is told of it any more; what fires by it is over, and stays in the history.{again}")
        asking.draw_buttons("Remove", lambda: _remove(platform, id))


def _remove(platform: Platform, id: str) -> str:
    user = session.require(Permission.MANAGE_ALERTS)
    title = platform.alerts.rules.one(user, id).rule.title
    platform.alerts.rules.remove(user, id, datetime.now(UTC))
    choose(RULE, "")
    return f"{title} is removed."
