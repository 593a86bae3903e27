"""Migration list: all plans and migrations, and what is different between two plans."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import streamlit as st

from core.access.roles import Permission, User
from core.bootstrap import Platform
from core.migration.progress import Progress, progress
from core.migration.saved import Comparison, SavedPlan
from core.migration.state import Phase
from dashboard import format, session, widgets
from dashboard import migration_words as words
from dashboard.format import markdown
from dashboard.links import MIGRATION, page_link
from dashboard.migration_live import POLL_S
from dashboard.migration_view import MigrationView

_MOST = 20
_FIGURES = {
    "videos": "Videos", "objects": "Objects", "size_bytes": "Bytes", "blocked": "Cannot move",
    "elsewhere": "Already there", "filtered": "Filtered out", "fastest": "Takes at best", "slowest": "Takes at worst",
    "one_off_usd": "Costs once", "monthly_before_usd": "A month before", "monthly_after_usd": "A month after",
    "monthly_saving_usd": "Saves a month", "payback_months": "Months to pay back", "egress_bytes": "Egress",
    "egress_usd": "For egress", "requests_usd": "For requests",
}  # fmt: skip


@st.fragment(run_every=POLL_S)
def draw(platform: Platform) -> None:
    """Each plan and migration, with how far it is; newest first."""
    user = session.require(Permission.SEE_MIGRATION)
    with widgets.explain_errors():
        now = datetime.now().astimezone()
        plans = platform.plans.all(user)[:_MOST]
        for each in plans:
            _draw_one(each, progress(platform.database, user, each.name, now), now)


def _draw_one(plan: SavedPlan, found: Progress, now: datetime) -> None:
    with widgets.card(f"plan {plan.id}", markdown(plan.name), height="content"):
        route = markdown(words.route(plan.options.source, plan.options.target))
        made = f"planned {format.plain_instant(plan.created_at, now.date())} by {markdown(plan.created_by)}"
        st.caption(f"{route} · {made}")
        if found.migration.phase is Phase.PLANNED:
            estimate = plan.estimate
            saves = f"saves {format.money(estimate.monthly_saving_usd)} a month"
            if estimate.monthly_saving_usd < 0:
                saves = f"costs {format.money(-estimate.monthly_saving_usd)} a month more"
            size = format.size(estimate.size_bytes)
            st.markdown(f"**Planned** · {format.count(estimate.videos, 'video')} · {size} · {markdown(saves)}")
        else:
            share = found.done_bytes / found.size_bytes if found.size_bytes else 1.0
            moved = f"{found.moved:,} of {format.count(found.to_move, 'video')} moved"
            st.progress(min(share, 1.0), f"**{words.standing(found)}** · {moved}")
        page_link(MIGRATION, "Open", MigrationView(name=plan.name).query())


def draw_comparison(platform: Platform, user: User) -> None:
    """Two plans beside each other, where there are two."""
    names = [each.name for each in platform.plans.all(user)]
    if len(names) < 2:
        return
    with st.expander("Compare two plans", icon=":material/compare_arrows:"):
        with st.container(horizontal=True, key="compare"):
            first = st.selectbox("This", names, index=1, key="compare-first")
            second = st.selectbox("With", names, index=0, key="compare-second")
        with widgets.explain_errors():
            _draw_difference(platform.plans.compare(user, first, second), first, second)


def _draw_difference(found: Comparison, first: str, second: str) -> None:
    shown = [each for each in found.differences if each.figure in _FIGURES]
    if not shown:
        st.markdown("They come to the same figures.")
    else:
        columns: dict[str, Sequence[Any]] = {
            "": [_FIGURES[each.figure] for each in shown],
            first: [_told(each.figure, each.first) for each in shown],
            second if second != first else f"{second} ": [_told(each.figure, each.second) for each in shown],
        }
        widgets.plain_table(columns, f"What is different between {first} and {second}")
    for name, videos in ((first, found.only_in_first), (second, found.only_in_second)):
        titles = ", ".join(markdown(each.title) for each in videos[:5])
        more = f" and {len(videos) - 5:,} more" if len(videos) > 5 else ""
        st.markdown(f"Only in **{markdown(name)}**: {titles or 'nothing'}{more}.")


def _told(figure: str, value: Any) -> str:
    if value is None:
        return "never"
    if figure.endswith("_usd"):
        return format.cents(Decimal(value))
    if figure.endswith("_bytes"):
        return format.size(value)
    if figure in ("fastest", "slowest"):
        return words.duration(timedelta(seconds=value))
    return f"{value:,}" if isinstance(value, int) else str(value)
