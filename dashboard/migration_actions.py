"""Migration actions: the buttons that change a migration, and what each would do, said before it is done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import streamlit as st

from core.access.roles import Permission, User
from core.bootstrap import Platform
from core.errors import PhyghtError
from core.migration.consequences import retirable_from
from core.migration.progress import Progress, progress
from core.migration.state import MOVING, Phase, State
from dashboard import format, session, widgets
from dashboard import migration_words as words
from dashboard.format import markdown
from dashboard.migration_previews import TRIED_FIRST, Action, Preview, preview

#: The action that somebody has asked for, of which migration and which video, until its dialog is open.
_ASKED = "migration-asked"
#: What came of the last one.
_SAID, _REFUSED = "migration-said", "migration-refused"
_SURE = "migration-sure"
_ICONS = {
    Action.START: "play_arrow", Action.TRY: "science", Action.PAUSE: "pause", Action.RESUME: "play_arrow",
    Action.REST: "play_arrow", Action.LIMIT: "speed", Action.RETRY: "refresh", Action.ROLL_BACK: "undo",
    Action.RETIRE: "delete_forever", Action.CANCEL: "cancel", Action.MOVE_NOW: "vertical_align_top",
    Action.DELETE: "delete", Action.RETRY_ONE: "refresh", Action.ROLL_BACK_ONE: "undo",
}  # fmt: skip
_FIRST = (Action.START, Action.RESUME, Action.REST)


@dataclass(frozen=True)
class Offer:
    """A button."""

    action: Action
    refusal: str = ""  #: why it cannot be pressed now


def draw_buttons(platform: Platform, user: User, found: Progress, now: datetime) -> None:
    """What may be done with a migration as it stands."""
    widgets.role_hint(user, Permission.MIGRATE, "it", "to start or change it")
    if not user.may(Permission.MIGRATE):
        return
    with st.container(horizontal=True, key="migration-buttons", gap="small"):
        for offer in _offers(platform, user, found, now):
            draw_button(found.migration.name, offer)


def _offers(platform: Platform, user: User, found: Progress, now: datetime) -> Iterator[Offer]:
    waiting, phase = found.videos(*MOVING), found.migration.phase
    yield from _ways_on(found, waiting)
    if phase is Phase.RUNNING and waiting > found.not_asked:
        yield Offer(Action.PAUSE)
    if waiting:
        yield Offer(Action.LIMIT)
    if found.videos(State.DONE):
        yield Offer(Action.ROLL_BACK)
        yield Offer(Action.RETIRE, _too_early(retirable_from(platform.database, user, found.migration), now))
    if phase is Phase.PLANNED:
        yield Offer(Action.DELETE)
    elif waiting and phase is not Phase.CANCELLED:
        yield Offer(Action.CANCEL)


def _ways_on(found: Progress, waiting: int) -> Iterator[Offer]:
    """What has it start, or go on."""
    match found.migration.phase:
        case Phase.PLANNED:
            yield Offer(Action.START, "" if waiting else "Nothing of it can be moved.")
            if waiting > TRIED_FIRST:
                yield Offer(Action.TRY)
        case Phase.RUNNING if found.not_asked:
            yield Offer(Action.REST)
        case Phase.PAUSED:
            yield Offer(Action.RESUME)
        case Phase.CANCELLED if found.videos(*MOVING, State.CANCELLED):
            yield Offer(Action.RESUME)
        case _:
            pass


def _too_early(first: datetime | None, now: datetime) -> str:
    if first is None or first <= now:
        return ""
    return f"The first source may be retired on {format.plain_instant(first, now.date())}."


def draw_button(name: str, offer: Offer, video_id: str = "") -> None:
    """A button that opens the dialog of its action."""
    st.button(
        offer.action,
        key=f"migration-{offer.action.name}{' of one' if video_id else ''}",
        icon=f":material/{_ICONS[offer.action]}:",
        type="primary" if offer.action in _FIRST and not video_id else "secondary",
        disabled=bool(offer.refusal),
        help=offer.refusal or None,
        on_click=_ask,
        args=(offer.action, name, video_id),
    )


def _ask(action: Action, name: str, video_id: str) -> None:
    session.require(Permission.MIGRATE)
    st.session_state[_ASKED] = (action, name, video_id)


def rerun_if_asked() -> None:
    """First in a fragment: a dialog is opened by the page, so that it stays while the fragment is drawn anew."""
    if _ASKED in st.session_state or _SAID in st.session_state:
        st.rerun()


def draw_dialog(platform: Platform, user: User) -> None:
    """What came of the last action; and the dialog of the one that was asked for now."""
    if said := st.session_state.pop(_SAID, ""):
        st.toast(said, icon=":material/check_circle:")
    if _ASKED not in st.session_state:
        _draw_refusal()
        return
    action, name, video_id = st.session_state.pop(_ASKED)
    user.require(Permission.MIGRATE)
    if action in (Action.PAUSE, Action.MOVE_NOW):  # nothing is lost by it
        _do(preview(platform, user, action, name, video_id, datetime.now(UTC)))
        st.rerun()
    st.dialog(str(_TITLES.get(action, action)))(lambda: _draw(platform, action, name, video_id))()


_TITLES = {Action.LIMIT: "How fast may it go?", Action.RETIRE: "Remove the copies at the source"}


def _draw_refusal() -> None:
    """Why the last action did not go."""
    if refused := st.session_state.pop(_REFUSED, None):
        st.error(f"**{markdown(refused.message)}** {markdown(refused.advice)}", icon=":material/error:")


def _draw(platform: Platform, action: Action, name: str, video_id: str) -> None:
    user = session.require(Permission.MIGRATE)
    rerun_if_asked()  # it is done, so the dialog is closed
    _draw_refusal()
    with widgets.explain_errors():
        if action is Action.LIMIT:
            _draw_limit(platform, user, name)
            return
        shown = preview(platform, user, action, name, video_id, datetime.now(UTC))
        st.markdown(f"**{markdown(shown.what)}**")
        st.markdown("\n".join(f"- {markdown(line)}" for line in shown.lines))
        if shown.is_final:
            st.error(f"**{markdown(shown.undo)}**", icon=":material/warning:")
            st.checkbox("I know that this cannot be undone", key=_SURE)
        else:
            st.caption(markdown(shown.undo))
        _draw_answer(shown)


def _draw_answer(shown: Preview) -> None:
    is_sure = not shown.is_final or st.session_state.get(_SURE, False)
    with st.container(horizontal=True, horizontal_alignment="right", key="migration-answer"):
        if st.button("Not now", key="migration-not-now"):
            st.rerun()
        st.button(
            shown.button, type="primary", key="migration-yes", disabled=not (is_sure and shown.possible),
            on_click=_do, args=(shown,),
        )  # fmt: skip


def _do(shown: Preview) -> None:
    """From a callback; where it does not go, why is shown."""
    changer = session.require(Permission.MIGRATE)
    if shown.is_final and not st.session_state.get(_SURE, False):
        return
    try:
        st.session_state[_SAID] = markdown(shown.do(changer, datetime.now(UTC)))
    except PhyghtError as error:
        st.session_state[_REFUSED] = error


def _draw_limit(platform: Platform, user: User, name: str) -> None:
    now = datetime.now(UTC)
    migration = progress(platform.database, user, name, now).migration
    text = st.text_input(
        "Bytes a second", migration.timetable, key="migration-limit", max_chars=1_000, placeholder="no limit",
        help="10M is 10 MiB a second; empty is no limit. By the hour, in UTC: 08:00,10M 18:00,off",
    )  # fmt: skip
    st.caption(f"From now on: {words.rate_in_words(text, now)}. What is under way notices within a second.")

    def change(changer: User, at: datetime) -> str:
        wanted = st.session_state["migration-limit"]
        platform.migrations.set_timetable(changer, name, wanted, at)
        return f"From now on: {words.rate_in_words(wanted, at)}."

    _draw_answer(Preview("", (), "", "Change it", change))


def grace_over(cut_over_at: datetime | None, grace_days: int, now: datetime) -> str:
    """Why the source of one video may not be retired yet; empty where it may."""
    return _too_early(cut_over_at + timedelta(days=grace_days) if cut_over_at else None, now)
