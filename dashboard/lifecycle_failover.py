"""Lifecycle failover: whether a second origin stands behind the distribution, and has what the first one has."""

from datetime import UTC, datetime

import streamlit as st

from core.access.roles import Permission, User
from core.bootstrap import Platform
from core.lifecycle.failover import Failover, FailoverDrill, failover
from dashboard import asking, session, widgets
from dashboard.format import markdown


def draw(platform: Platform, user: User) -> None:
    """One sentence where no distribution is configured."""
    with widgets.card("failover", "Failover", height="content"), widgets.explain_errors():
        found = failover(user, platform.edge)
        st.markdown(f"{_mark(found)} {markdown(found.words)}")
        if not found.distribution:
            return
        domains = " · ".join(f"**{markdown(each.id)}** {markdown(each.domain)}" for each in found.origins)
        st.markdown(f":gray[Origins:] {domains}")
        if found.group:
            _draw_drill(platform, user)


def _mark(found: Failover) -> str:
    if not found.distribution:
        return ":gray[:material/help:]"
    return ":green[:material/check_circle:]" if found.group else ":orange[:material/warning:]"


def _draw_drill(platform: Platform, user: User) -> None:
    if latest := platform.failover_drills.latest(user):
        st.markdown(_result(latest))
    if user.may(Permission.CHANGE_CLOUD):
        st.button(
            "Ask the second origin", icon=":material/alt_route:", key="failover-drill",
            help="For a sample of what the first one has, past the distribution: its size and etag are compared",
            on_click=asking.attempt, args=(lambda: _run(platform),),
        )  # fmt: skip


def _result(latest: FailoverDrill) -> str:
    bad = [each for each in latest.asked if each.problem]
    icon = "red[:material/error:]" if bad else "green[:material/check_circle:]"
    when = widgets.when(latest.checked_at, datetime.now(UTC))
    said = f"{latest.secondary} has {latest.same} of {len(latest.asked)} objects as {latest.primary} has them"
    lines = [f":{icon} {markdown(said)}. :gray[{when}, {markdown(latest.asked_by)}]"]
    return "  \n".join([*lines, *(f"{markdown(each.key)}: {markdown(each.problem)}" for each in bad[:5])])


def _run(platform: Platform) -> str:
    done = platform.failover_drills.run(session.require(Permission.CHANGE_CLOUD), datetime.now(UTC))
    return f"{done.secondary} has {done.same} of {len(done.asked)} objects."
