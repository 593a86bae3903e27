"""Alerts firing: what needs somebody now, who has it, and what may fire soon."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import streamlit as st

from core.access.roles import Permission, User
from core.alerts.alert import Alert, Delivery, State
from core.alerts.rule import Standing
from core.alerts.words import headline
from core.bootstrap import Platform
from dashboard import alerts_words as words
from dashboard import asking, format, session, widgets
from dashboard.alerts_links import draw_link
from dashboard.format import markdown
from dashboard.links import ALERTS, page_link

POLL_S = 15
#: The dialog's name.
ACKNOWLEDGE = "acknowledge"
_NOTE = "alerts-note"
_LONGEST_NOTE = 500


@st.fragment(run_every=POLL_S)
def draw(platform: Platform) -> None:
    """What fires, the most pressing first; below it, quietly, what is pending."""
    user = session.require(Permission.SEE_ALERTS)
    asking.rerun_if_asked()
    with widgets.explain_errors():
        now = datetime.now(UTC)
        desk = platform.alerts
        firing, pending = desk.alerts.open(user), desk.alerts.pending(user)
        rules = desk.rules.all(user, now)
        _draw_told(platform, user)
        if not firing:
            _draw_all_well(rules, now)
        told = desk.alerts.told(user, now)
        for alert in firing:
            _draw_alert(platform, user, alert, told, now)
        if pending:
            _draw_pending(pending, rules, now)
        if firing:
            st.caption(_evaluated(rules, now))


def _draw_told(platform: Platform, user: User) -> None:
    """That nobody is told, where there is no channel."""
    if not any(each.enabled for each in platform.alerts.channels.all(user)):
        with st.container(key="alerts-untold", horizontal=True, vertical_alignment="center"):
            st.markdown(":gray[:material/notifications_off:] Nobody is told: no channel is on.", width="content")
            page_link(ALERTS, "See channels", {"section": "Channels"})


def _draw_all_well(rules: Sequence[Standing], now: datetime) -> None:
    with widgets.card("alerts-none", "", height="content"):
        st.markdown(nothing(rules))
        st.caption(_evaluated(rules, now))


def nothing(rules: Sequence[Standing]) -> str:
    """What it means that nothing fires, as Markdown."""
    broken = sum(each.broken for each in rules if each.rule.enabled)
    if not _last(rules):
        return ":gray[:material/schedule:] **Nothing was evaluated yet.** The worker does it every 5 minutes."
    if broken:
        rest = f"but {format.count(broken, 'rule')} cannot be evaluated.** See the rules of Alerts for the reason."
        return f":orange[:material/warning:] **Nothing fires, {rest}"
    return ":green[:material/check_circle:] **All is well.** Nothing fires."


def _last(rules: Sequence[Standing]) -> datetime | None:
    return max((each.evaluated_at for each in rules if each.evaluated_at), default=None)


def _evaluated(rules: Sequence[Standing], now: datetime) -> str:
    on = sum(each.rule.enabled for each in rules)
    return f"{format.count(on, 'rule')}, last evaluated {widgets.when(_last(rules), now)}."


def _draw_alert(
    platform: Platform, user: User, alert: Alert, told: Mapping[str, Sequence[Delivery]], now: datetime
) -> None:
    with widgets.card(f"alert-{alert.id}", "", height="content"):
        st.markdown(words.heading(alert))
        st.markdown(words.standing(alert, now))
        if alert.detail:
            st.markdown(markdown(alert.detail))
        st.markdown(f"**What to do:** {markdown(alert.advice)}")
        if alert.state is State.ACKNOWLEDGED:
            draw_taken(platform, user, alert, now)
        if deliveries := told.get(alert.id):
            st.caption(f"Told: {markdown(words.told(deliveries))}")
        with st.container(horizontal=True, vertical_alignment="center", key=f"alert-answers-{alert.id}"):
            draw_link(alert, user)
            draw_acknowledge(alert, user)


def draw_taken(platform: Platform, user: User, alert: Alert, now: datetime) -> None:
    """Who has taken an alert on, and what they said."""
    events = platform.alerts.alerts.events(user, alert.id)
    note = next((each.detail for each in reversed(events) if each.kind is State.ACKNOWLEDGED), "")
    at = widgets.when(alert.acknowledged_at, now)
    said = f": {markdown(note)}" if note else "."
    st.markdown(f":blue[:material/person_check:] **{markdown(alert.acknowledged_by)}** has it, {at}{said}")


def draw_acknowledge(alert: Alert, user: User) -> None:
    """The button to take an alert on, for those who may, while nobody has."""
    if alert.state is not State.FIRING or not user.may(Permission.ACKNOWLEDGE):
        return
    st.button(
        "Acknowledge", key=f"acknowledge-{alert.id}", icon=":material/person_check:", on_click=asking.ask,
        args=(ACKNOWLEDGE, alert.id), help="Say that you are at it",
    )  # fmt: skip


def draw_dialog(platform: Platform) -> None:
    """The dialog in which an alert is taken on, where it is open."""
    asked = asking.asked()
    if asked and asked[0] == ACKNOWLEDGE:
        asking.dialog("Acknowledge", lambda: _draw_note(platform, asked[1]))


def _draw_note(platform: Platform, id: str) -> None:
    user = session.require(Permission.ACKNOWLEDGE)
    asking.rerun_if_done()
    asking.tell_refusal()
    with widgets.explain_errors():
        alert = platform.alerts.alerts.one(user, id)
        st.markdown(words.heading(alert))
        with st.form("acknowledge", border=False, enter_to_submit=False):
            st.text_area(
                "A note for the others", key=_NOTE, max_chars=_LONGEST_NOTE, placeholder="What you are going to do"
            )
            st.caption("It stays until it is over, and all see that you are at it.")
            asking.draw_buttons("Acknowledge", lambda: _acknowledge(platform, id), in_form=True)


def _acknowledge(platform: Platform, id: str) -> str:
    user = session.require(Permission.ACKNOWLEDGE)
    taken = platform.alerts.alerts.acknowledge(user, id, datetime.now(UTC), st.session_state.get(_NOTE, "").strip())
    return f"{headline(taken)}: you have it."


def _draw_pending(pending: Sequence[Alert], rules: Sequence[Standing], now: datetime) -> None:
    hold = {each.rule.id: each.rule.hold for each in rules}
    with widgets.card("alerts-pending", "May fire soon", "It has to stay so for a while first.", height="content"):
        for alert in pending:
            fires = alert.began_at + hold[alert.rule_id] if alert.rule_id in hold else None
            at = f", fires at {format.plain_instant(fires, now.date())}" if fires else ""
            st.markdown(f":gray[:material/hourglass:] {markdown(headline(alert))} · {words.standing(alert, now)}{at}")
