"""Migration plan: the editor, which shows at once what a plan would do, and keeps it under a name."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from core.access.roles import LOWEST_ROLE, Permission, User
from core.bootstrap import Platform
from core.demo.folders import SOURCE, TARGET, TIMETABLE
from core.errors import PhyghtError, StateChanged
from core.migration.options import Filters, Options, Order
from core.migration.plan import MigrationPlan
from core.migration.plans import GRACE_DAYS, LONGEST_GRACE_DAYS, LONGEST_NAME
from core.migration.timetable import parse_timetable
from core.units import MIB
from dashboard import format, migration_estimate, session, widgets
from dashboard.links import SETTINGS, page_link
from dashboard.migration_view import MigrationView, go

_NAME, _GRACE = "plan-name", "plan-grace"
#: The inputs that change what would come of a plan.
_WORKED_OUT_FROM = {
    "plan-From", "plan-To", "plan-order", "plan-timetable", "plan-prefix", "plan-residency", "plan-min-size",
    "plan-max-size", "plan-min-age", "plan-max-age", "plan-max-views",
}  # fmt: skip
#: What was looked at last: the wishes, and the plan or the error that came of them.
_LOOKED = "migration-looked"
_ORDERS = {
    Order.CHEAPEST: "Cheapest wins first",
    Order.COLDEST: "Coldest first",
    Order.LARGEST: "Largest first",
    Order.MOST_WATCHED_LAST: "Most watched last",
}


@dataclass(frozen=True)
class Wishes:
    """What the editor asks for."""

    options: Options
    timetable: str


def draw(platform: Platform, user: User) -> None:
    """Wishes, what would come of them, and the way to keep that."""
    if not user.may(Permission.MIGRATE):
        with widgets.card("empty", "Nothing is planned", height="content"):
            st.markdown(f"To plan a migration takes the role {LOWEST_ROLE[Permission.MIGRATE]}.")
        return
    names = [each.name for each in platform.providers.all]
    if len(names) < 2:
        _draw_no_places(user, names)
        return
    _draw_about(platform)
    wishes = _draw_wishes(platform, names)
    looked = _looked(platform, user, wishes)
    if isinstance(looked, PhyghtError):
        what, next_step = (format.markdown(format.sentence(each)) for each in (looked.message, looked.advice))
        st.error(f"**{what}** {next_step}", icon=":material/error:")
        return
    _draw_outcome(platform, looked, wishes)


def _draw_no_places(user: User, names: list[str]) -> None:
    with widgets.card("empty", "There is nowhere to move videos to", height="content"):
        there = format.markdown(format.provider(names[0])) if names else "no place"
        st.markdown(
            f"Only **{there}** is connected. A migration needs two places, as a rule Supabase and S3. Put "
            "`SUPABASE_URL`, `SUPABASE_SERVICE_ROLE_KEY`, `SUPABASE_BUCKET` and `S3_BUCKET` into `.env`, "
            "and start again."
        )
        if user.may(Permission.SEE_SETTINGS):
            page_link(SETTINGS, "Check the connections", {"section": "Connections"})


def _draw_about(platform: Platform) -> None:
    if platform.demo:
        st.info(
            "**The demo moves for real.** Two folders of this machine stand in for Supabase and for S3; 24 small "
            f"videos lay in the first to begin with. They are moved at {TIMETABLE[:-1]} KiB a second, so that there is "
            "something to watch. Old links play before, during and after.",
            icon=":material/science:",
        )


def _draw_wishes(platform: Platform, names: list[str]) -> Wishes:
    usual = (SOURCE, TARGET, TIMETABLE) if platform.demo else (*_usual(names), "")
    with widgets.card("controls", "Plan a migration", "Nothing is moved by planning.", height="content"):
        with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
            source = _place("From", names, usual[0])
            target = _place("To", names, usual[1])
            order = st.selectbox("Order", list(Order), key="plan-order", format_func=_ORDERS.__getitem__)
            timetable = st.text_input(
                "Bandwidth", usual[2], key="plan-timetable", max_chars=1_000, placeholder="no limit",
                help="10M is 10 MiB a second; empty is no limit. By the hour, in UTC: 08:00,10M 18:00,off",
            )  # fmt: skip
        filters = _draw_filters(platform)
        with st.container(horizontal=True, vertical_alignment="bottom", key="plan-name-row"):
            st.text_input("Name", key=_NAME, max_chars=LONGEST_NAME, placeholder=f"{source}-to-{target}, and the day")
            st.number_input(
                "Days until a source may be retired", 0, LONGEST_GRACE_DAYS, GRACE_DAYS, key=_GRACE, width=270,
                help="So long each video can be rolled back at once. Its copy at the source is paid for meanwhile.",
            )  # fmt: skip
    return Wishes(Options(source, target, filters, order), timetable.strip())


def _usual(names: list[str]) -> tuple[str, str]:
    """From Supabase to S3, where they are there."""
    source = "supabase" if "supabase" in names else names[-1]
    others = [each for each in names if each != source]
    return source, "s3" if "s3" in others else others[0]


def _place(label: str, names: list[str], usual: str) -> str:
    return st.selectbox(label, names, index=names.index(usual), key=f"plan-{label}", format_func=format.provider)


def _draw_filters(platform: Platform) -> Filters:
    residencies = sorted({each.residency for each in platform.providers.all if each.residency})
    some = st.expander("Only some of the videos", icon=":material/filter_alt:")
    with some, st.container(horizontal=True, vertical_alignment="bottom", key="plan-filters"):
        prefix = st.text_input("Key begins with", key="plan-prefix", max_chars=500, placeholder="2025/")
        residency = st.selectbox(
            "Must stay in", [None, "", *residencies], key="plan-residency",
            format_func=lambda each: "No matter" if each is None else each or "anywhere",
        )  # fmt: skip
        least = _number("Larger than, MiB", "plan-min-size")
        most = _number("Smaller than, MiB", "plan-max-size")
        older = _number("Older than, days", "plan-min-age")
        younger = _number("Younger than, days", "plan-max-age")
        rare = _number("Watched less than", "plan-max-views")
    return Filters(
        prefix=prefix,
        residency=residency,
        min_size_bytes=None if least is None else least * MIB,
        max_size_bytes=None if most is None else most * MIB,
        min_age_days=older,
        max_age_days=younger,
        max_views=rare,
        include_moved=False,
    )


def _number(label: str, key: str) -> int | None:
    given: Any = st.number_input(label, 0, 10**9, None, key=key, placeholder="any")
    return None if given is None else int(given)


def _looked(platform: Platform, user: User, wishes: Wishes) -> MigrationPlan | PhyghtError:
    """What would come of it; asked again where the wishes are others, or when somebody wants it anew."""
    kept = st.session_state.get(_LOOKED)
    if kept and kept[0] == wishes:
        return kept[1]
    found = _look(platform, user, wishes)
    st.session_state[_LOOKED] = (wishes, found)
    return found


def _look(platform: Platform, user: User, wishes: Wishes) -> MigrationPlan | PhyghtError:
    source = format.markdown(format.provider(wishes.options.source))
    try:
        parse_timetable(wishes.timetable)
        with st.spinner(f"Looking at all that lies at {source}", show_time=True):
            return platform.plans.look(user, wishes.options, datetime.now(UTC), wishes.timetable)
    except PhyghtError as error:
        return error


def _draw_outcome(platform: Platform, looked: MigrationPlan, wishes: Wishes) -> None:
    estimate, seen = looked.estimate, _stated()
    _draw_head(looked)
    migration_estimate.draw_figures(estimate, wishes.timetable)

    def save() -> None:
        planner, state = session.require(Permission.MIGRATE), st.session_state
        try:
            if _stated() != seen:
                raise StateChanged("You have changed what is to be moved.", "Look at what comes of it, then save it.")
            kept = platform.plans.keep(planner, looked, state[_NAME], int(state[_GRACE]))
        except PhyghtError as error:
            st.session_state["plan-refused"] = error
            return
        st.session_state.pop(_LOOKED, None)
        go(MigrationView(name=kept.name))

    if refused := st.session_state.pop("plan-refused", None):
        st.error(f"**{format.markdown(refused.message)}** {format.markdown(refused.advice)}", icon=":material/error:")
    with st.container(horizontal=True, key="plan-buttons"):
        st.button(
            "Save plan", type="primary", icon=":material/save:", key="plan-save", on_click=save,
            disabled=not estimate.videos, help=None if estimate.videos else "There is nothing to be moved.",
        )  # fmt: skip
        again = st.button("Look again", icon=":material/refresh:", key="plan-look", on_click=_forget)
        if again:
            st.toast("Looked again.")
    migration_estimate.draw_blocked(looked.videos)
    migration_estimate.draw_words(estimate)


def _stated() -> dict[str, Any]:
    """What the inputs say that a plan is worked out from: whoever is quick presses before it is worked out anew."""
    return {str(key): value for key, value in st.session_state.items() if key in _WORKED_OUT_FROM}


def _draw_head(looked: MigrationPlan) -> None:
    estimate, source = looked.estimate, format.markdown(format.provider(looked.options.source))
    if not looked.videos and not (estimate.elsewhere or estimate.filtered):
        st.info(f"**Nothing lies at {source}.** There is nothing to be moved from there.", icon=":material/inbox:")
    elif not estimate.videos and estimate.elsewhere:
        st.info(f"**Viewers get nothing from {source} that could be moved.** What is to be is moved already.",
                icon=":material/check_circle:")  # fmt: skip


def _forget() -> None:
    st.session_state.pop(_LOOKED, None)
