"""Alerts channels: where people are told, whether that works, and the buttons that change it."""

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from core.access.roles import Permission, User
from core.alerts.alert import Delivery, DeliveryState
from core.alerts.channel import Channel
from core.bootstrap import Platform
from dashboard import asking, format, narrow_table, session, widgets
from dashboard.format import markdown
from dashboard.narrow_table import Cell

#: The names of dialogs.
ADD, REMOVE, PREVIEW = "channel", "remove channel", "digest"
#: What came of the tests in this session, by channel.
_TESTED = "alerts-tested"
_MESSAGES = 50
_STATES = {
    DeliveryState.SENT: ":green[:material/check_circle:] sent",
    DeliveryState.WAITING: ":orange[:material/schedule:] not yet sent",
    DeliveryState.GIVEN_UP: ":red[:material/error:] given up",
    DeliveryState.NOT_NEEDED: ":gray[:material/do_not_disturb_on:] not needed any more",
}


def draw(platform: Platform, user: User, now: datetime) -> None:
    """Each channel; then the latest messages."""
    found, messages = platform.alerts.channels.all(user), platform.alerts.channels.deliveries(user, _MESSAGES)
    with st.container(horizontal=True, vertical_alignment="center", key="channels-buttons"):
        if user.may(Permission.MANAGE_ALERTS):
            st.button("Add a channel", icon=":material/add:", key="channel-add", on_click=asking.ask, args=(ADD,))
        st.button(
            "Preview the weekly digest", icon=":material/preview:", key="digest-preview", on_click=asking.ask,
            args=(PREVIEW,),
        )  # fmt: skip
    widgets.role_hint(user, Permission.MANAGE_ALERTS, "channels", "to change them")
    if not found:
        _draw_none(user)
    for channel in found:
        last = next((each for each in messages if each.channel_id == channel.id), None)
        _draw_channel(platform, user, channel, last, now)
    if messages:
        _draw_messages(messages, now)


def _draw_none(user: User) -> None:
    with widgets.card("channels-none", "", height="content"):
        st.markdown(":gray[:material/notifications_off:] **Nobody is told yet.** Alerts are shown here only.")
        if user.may(Permission.MANAGE_ALERTS):
            st.markdown("Add a mailbox, a chat or a webhook: it gets what fires and what is over.")


def _draw_channel(platform: Platform, user: User, channel: Channel, last: Delivery | None, now: datetime) -> None:
    with widgets.card(f"channel-{channel.id}", "", height="content"):
        state = "" if channel.enabled else " · :gray[off]"
        digest = " · gets the weekly digest" if channel.digest else ""
        st.markdown(f"**{markdown(channel.name)}** · {markdown(channel.shown)}{digest}{state}")
        st.markdown(_last(last, now))
        _draw_tested(channel.name)
        if user.may(Permission.MANAGE_ALERTS):
            _draw_answers(platform, channel)
        st.caption(f"Added by {markdown(channel.created_by)}, {widgets.when(channel.created_at, now)}")


def _last(last: Delivery | None, now: datetime) -> str:
    """The latest message, and its problem."""
    if last is None:
        return "No message was sent there yet."
    at = format.plain_instant(last.ended_at or last.created_at, now.date())
    problem = f" **{markdown(last.problem)}**" if last.problem else ""
    again = ""
    if last.state is DeliveryState.WAITING and last.attempts:
        again = f" It is tried again at {format.plain_instant(last.due_at, now.date())}."
    return f"Last message: {_STATES[last.state]}, {at}: {markdown(last.title)}.{problem}{again}"


def _draw_answers(platform: Platform, channel: Channel) -> None:
    name = channel.name
    with st.container(horizontal=True, vertical_alignment="center", key=f"channel-answers-{channel.id}"):
        if st.button("Send a test", icon=":material/send:", key=f"test-{channel.id}"):
            with st.spinner("Sending; it takes a minute at most"):
                _test(platform, name)
            st.rerun()
        for key, label, change in (
            ("turn", "Turn off" if channel.enabled else "Turn on", (not channel.enabled, channel.digest)),
            ("digest", "Without digest" if channel.digest else "With digest", (channel.enabled, not channel.digest)),
        ):
            st.button(
                label, key=f"{key}-{channel.id}", on_click=asking.attempt,
                args=(lambda change=change: _change(platform, name, *change),),
            )  # fmt: skip
        st.button(
            "Remove", icon=":material/delete:", key=f"remove-{channel.id}", on_click=asking.ask, args=(REMOVE, name)
        )


def _test(platform: Platform, name: str) -> None:
    user = session.require(Permission.MANAGE_ALERTS)
    problem = platform.alerts.channels.send_test(user, name, datetime.now(UTC))
    st.session_state.setdefault(_TESTED, {})[name] = problem


def _draw_tested(name: str) -> None:
    """What came of the latest test."""
    problem = st.session_state.get(_TESTED, {}).get(name)
    if problem:
        st.error(f"**The test could not be sent.** {markdown(problem)}", icon=":material/error:")
    elif problem is not None:
        st.success("The channel has taken a test message. See whether it has arrived.", icon=":material/check_circle:")


def _change(platform: Platform, name: str, enabled: bool, digest: bool) -> str:
    user = session.require(Permission.MANAGE_ALERTS)
    platform.alerts.channels.change(user, name, datetime.now(UTC), enabled, digest)
    return f"{name} is {'on' if enabled else 'off'}, {'with' if digest else 'without'} the weekly digest."


def draw_removal(platform: Platform, name: str) -> None:
    """What removing a channel does, before it is done."""
    session.require(Permission.MANAGE_ALERTS)
    asking.rerun_if_done()
    asking.tell_refusal()
    st.markdown(f"**{markdown(name)}**")
    st.markdown("Nothing goes there any more, what is on its way neither. What was sent stays on record.")
    asking.draw_buttons("Remove", lambda: _remove(platform, name))


def _remove(platform: Platform, name: str) -> str:
    user = session.require(Permission.MANAGE_ALERTS)
    platform.alerts.channels.remove(user, name, datetime.now(UTC))
    return f"Nothing goes to {name} any more."


def _draw_messages(messages: Sequence[Delivery], now: datetime) -> None:
    subtitle = f"The latest {_MESSAGES} at most, times in UTC"
    with widgets.card("messages", "What was sent", subtitle, height="content"):
        times = [format.plain_instant(each.created_at, now.date()) for each in messages]
        states = [f"{each.state.capitalize()}{_tries(each)}" for each in messages]
        with widgets.wide("messages"):
            widgets.plain_table(
                {
                    "When": times,
                    "Message": [each.title for each in messages],
                    "Channel": [each.channel for each in messages],
                    "State": states,
                    "Problem": [each.problem for each in messages],
                },
                "The latest messages, and whether they arrived",
            )
        with widgets.narrow("messages"):
            rows = [
                [Cell(each.title, f"{each.channel}, {at}"), Cell(state, each.problem)]
                for each, at, state in zip(messages, times, states, strict=True)
            ]
            narrow_table.draw(["Message", "State"], rows)


def _tries(each: Delivery) -> str:
    return f" after {each.attempts} attempts" if each.attempts > 1 else ""
