"""Actions history: what was applied, how far it is, and the buttons that stop it, go on, and take it back."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import streamlit as st

from core.access.roles import Permission, User
from core.actions.action import Kind, Phase, Step, Taken
from core.actions.saved import saved_so_far
from core.bootstrap import Platform
from dashboard import action_words as words
from dashboard import asking, format, session, widgets
from dashboard.format import markdown
from dashboard.numbers import Number

POLL_S = 2
#: The names of dialogs.
UNDO, DETAIL = "undo action", "action detail"
_MOST = 50
#: Bills have no whole days of it before.
_BILLED_AFTER = timedelta(days=3)


def draw(platform: Platform, kinds: Sequence[Kind] = tuple(Kind)) -> None:
    """The newest first; looked at every two seconds while anything is at work."""
    user = session.require(Permission.SEE_SAVINGS)
    widgets.role_hint(user, Permission.CHANGE_CLOUD, "what was changed", "to undo it")
    found = _found(platform, user, kinds)
    if any(each.phase.is_at_work for each in found):
        first = [found]
        st.fragment(lambda: _poll(platform, kinds, first), run_every=POLL_S)()
    else:
        _draw_all(platform, user, found)


def _found(platform: Platform, user: User, kinds: Sequence[Kind]) -> list[Taken]:
    return [each for each in platform.actions.history(user, _MOST) if each.action.kind in kinds]


def _poll(platform: Platform, kinds: Sequence[Kind], first: list[list[Taken]]) -> None:
    """What was read for the page is drawn the first time; once all is over the page is drawn, and asks no more."""
    user = session.require(Permission.SEE_SAVINGS)
    asking.rerun_if_asked()
    with widgets.explain_errors():
        found = first.pop() if first else _found(platform, user, kinds)
        if not any(each.phase.is_at_work for each in found):
            st.rerun()
        _draw_all(platform, user, found)


def _draw_all(platform: Platform, user: User, found: Sequence[Taken]) -> None:
    if found:
        widgets.how_made(Number.SAVED_SO_FAR, "How savings are measured")
    else:
        st.markdown("Nothing was changed yet. What is applied stands here, with the way to take it back.")
    applied = platform.actions.applied(user)
    for taken in found:
        _draw_one(platform, user, taken, applied)


def _draw_one(platform: Platform, user: User, taken: Taken, applied: Sequence[Taken]) -> None:
    now = datetime.now(UTC)
    with widgets.card(f"action-{taken.id}", "", height="content"):
        st.markdown(f"{words.standing(taken)} · {markdown(taken.summary)}")
        told = [words.who(taken, now), markdown(taken.action.place)]
        if taken.phase.is_at_work:
            st.progress(min(words.share(taken), 1.0), words.counts(taken))
        else:
            told.append(words.counts(taken))
        st.caption(f"{' · '.join(told)}{_promised(taken)}")
        if told := _saved(platform, taken, applied, now):
            st.markdown(told)
        if said := words.trouble(taken):
            st.markdown(said if taken.phase.is_at_work else f":orange[:material/warning:] {said}")
        if taken.phase is Phase.APPLIED and not taken.undo.possible:
            st.markdown(f":gray[:material/lock: {markdown(taken.undo.words)}]")
        with st.container(horizontal=True, key=f"action-answers-{taken.id}"):
            _draw_buttons(platform, user, taken)


def _saved(platform: Platform, taken: Taken, applied: Sequence[Taken], now: datetime) -> str:
    """What the bill says that it has saved, once there can be a bill of it."""
    if taken.applied_at is None or now - taken.applied_at < _BILLED_AFTER:
        return ""
    return words.saved(saved_so_far(platform.warehouse, platform.governed, taken, applied))


def _promised(taken: Taken) -> str:
    promised = taken.promised_usd
    if not promised:
        return ""
    return f" · {'promised' if promised > 0 else 'costs'} {format.money(abs(promised))} a month"


def _draw_buttons(platform: Platform, user: User, taken: Taken) -> None:
    if user.may(Permission.CHANGE_CLOUD):
        if taken.phase in (Phase.STOPPED, Phase.STUCK):
            _button("Go on", "play_arrow", taken, lambda: _go_on(platform, taken.id))
        if taken.phase.is_at_work:
            _button("Stop", "pause", taken, lambda: _stop(platform, taken.id))
        if taken.phase in (Phase.APPLIED, Phase.STOPPED) and taken.undo.possible:
            st.button(
                "Undo", icon=":material/undo:", key=f"undo-{taken.id}", on_click=asking.ask, args=(UNDO, taken.id),
            )  # fmt: skip
    st.button(
        "What happened", icon=":material/history:", type="tertiary", key=f"detail-{taken.id}", on_click=asking.ask,
        args=(DETAIL, taken.id),
    )  # fmt: skip


def _button(label: str, icon: str, taken: Taken, do: Callable[[], str]) -> None:
    key = f"{label}-{taken.id}"
    st.button(label, icon=f":material/{icon}:", key=key, on_click=asking.attempt, args=(do,))


def _go_on(platform: Platform, id: str) -> str:
    platform.actions.go_on(session.require(Permission.CHANGE_CLOUD), id, datetime.now(UTC))
    return "It goes on."


def _stop(platform: Platform, id: str) -> str:
    platform.actions.stop(session.require(Permission.CHANGE_CLOUD), id, datetime.now(UTC))
    return "It stops; what is changed stays so."


def draw_dialog(platform: Platform, dialog: str, id: str) -> None:
    """The one of them that is open, if any is."""
    if dialog == UNDO:
        asking.dialog("Undo it?", lambda: _draw_undo(platform, id), width="medium")
    elif dialog == DETAIL:
        asking.dialog("What happened", lambda: _draw_detail(platform, id), width="medium")


def _draw_undo(platform: Platform, id: str) -> None:
    """In a dialog: what comes back, what does not, and for what money."""
    user = session.require(Permission.CHANGE_CLOUD)
    asking.rerun_if_done()
    asking.tell_refusal()
    with widgets.explain_errors():
        taken = platform.actions.taken(user, id)
        with st.spinner("Looking at what is there"):
            told = platform.actions.preview_undo(user, id, datetime.now(UTC))
        st.markdown(f"**{markdown(taken.summary)}** {words.counts(taken)}.")
        st.markdown(words.undo(told))
        if told.possible:
            asking.draw_buttons("Undo it", lambda: _undo(platform, id))
        else:
            st.button("Close", key="asking-not-now", on_click=asking.close)


def _undo(platform: Platform, id: str) -> str:
    platform.actions.undo(session.require(Permission.CHANGE_CLOUD), id, datetime.now(UTC))
    return "It is being undone."


def _draw_detail(platform: Platform, id: str) -> None:
    """In a dialog: its timeline, what it changed in the configuration, and what was left alone."""
    user = session.require(Permission.SEE_SAVINGS)
    asking.rerun_if_done()
    with widgets.explain_errors():
        taken, events = platform.actions.taken(user, id), platform.actions.events(user, id)
        st.markdown(f"{words.standing(taken)} · {markdown(taken.summary)}")
        widgets.plain_table(
            {
                "When": [format.dated_instant(each.at) for each in events],
                "What": [each.kind.capitalize() for each in events],
                "By": [each.actor or "worker" for each in events],
                "Detail": [each.detail for each in events],
            },
            "What happened to it, oldest first",
        )
        for each in taken.differences:
            before, after = (markdown(said or "nothing") for said in (each.before, each.after))
            st.markdown(f"**{markdown(each.what)}**: {before} → {after}")
        _draw_left_alone(platform, user, id)
        st.button("Close", key="asking-not-now", on_click=asking.close)


def _draw_left_alone(platform: Platform, user: User, id: str) -> None:
    left = platform.actions.items(user, id, Step.CHANGED, Step.KEPT, first=100)
    if left:
        widgets.plain_table(
            {"Left alone": [each.item.key for each in left], "Why": [each.problem for each in left]},
            "What was left alone, and why",
        )
