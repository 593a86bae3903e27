"""Migration links: whether links of what was moved answer, as it was found when some were asked last."""

from datetime import UTC, datetime

import streamlit as st

from core.access.roles import Permission, User
from core.bootstrap import Platform
from core.migration import samples
from core.migration.progress import Progress
from core.migration.samples import Sample
from dashboard import format, session, widgets
from dashboard.format import markdown

_MOST = 10


def draw(platform: Platform, user: User, found: Progress, now: datetime) -> None:
    """Nothing before something is moved."""
    if not found.moved:
        return
    latest = samples.latest(platform.database, user, found.migration)
    asked = samples.is_on_its_way(platform.database, user, found.migration)
    with st.container(horizontal=True, vertical_alignment="center", key="links-sampled"):
        st.markdown(_in_words(latest, found, now))
        if user.may(Permission.MIGRATE):
            st.button(
                "Sampling links" if asked else "Sample links", key="sample-links", type="tertiary", disabled=asked,
                icon=":material/link:", on_click=_ask, args=(platform, found.migration.name),
                help="Asks up to 50 of them as viewers would, down to the first byte",
            )  # fmt: skip
    for each in latest.failed[:_MOST] if latest else ():
        st.markdown(f":red[:material/link_off:] `{each.link.replace('`', '')}` {markdown(each.why)}")
    if latest and len(latest.failed) > _MOST:
        st.caption(f"And {len(latest.failed) - _MOST:,} more; `migrate status --json` names all.")


def _in_words(latest: Sample | None, found: Progress, now: datetime) -> str:
    if latest is None:
        return "No link was sampled yet."
    old = "old " if found.migration.source == "supabase" else ""
    at = format.plain_instant(latest.at, now.date())
    icon = ":red[:material/link_off:]" if latest.failed else ":green[:material/link:]"
    return f"{icon} **{latest.links:,} {old}links sampled: {latest.answered:,} answer** · {at}"


def _ask(platform: Platform, name: str) -> None:
    """From a callback."""
    with widgets.explain_errors():
        samples.ask(platform.migrations.handles, session.require(Permission.MIGRATE), name, datetime.now(UTC))
