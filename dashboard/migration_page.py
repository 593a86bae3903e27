"""Migration page: all migrations, one of them, or the plan of another one."""

import csv
import io
import json
from collections.abc import Callable

import streamlit as st

from core.access.roles import Permission, User
from core.bootstrap import Platform
from core.errors import MigrationNotFound
from core.migration.progress import progress, timeline
from core.migration.saved import SavedPlan, as_rows, columns, document
from core.migration.state import Phase
from dashboard import (
    format,
    migration_estimate,
    migration_list,
    migration_live,
    migration_plan,
    migration_table,
    session,
    widgets,
)
from dashboard import migration_actions as actions
from dashboard import migration_words as words
from dashboard.format import markdown
from dashboard.links import MIGRATION, page_link
from dashboard.migration_view import MigrationView

_MOST_EVENTS = 50


def draw(platform: Platform, user: User, view: MigrationView) -> None:
    """What the URL asks for."""
    if view.name:
        _draw_way_back()
        _draw_one(platform, user, view)
        return
    there = platform.plans.all(user)
    if view.plans and there:
        _draw_way_back()
    st.title("Migration", anchor=False)
    if view.plans or not there:
        migration_plan.draw(platform, user)
        return
    if user.may(Permission.MIGRATE):
        with st.container(key="new-migration"):
            page_link(MIGRATION, "Plan another migration", MigrationView(plans=True).query())
    migration_list.draw(platform)
    migration_list.draw_comparison(platform, user)


def _draw_way_back() -> None:
    with st.container(key="back-to-migrations"):
        st.page_link(MIGRATION, label="All migrations", icon=":material/arrow_back:")


def _draw_one(platform: Platform, user: User, view: MigrationView) -> None:
    actions.draw_dialog(platform, user)  # first: what follows asks for a run of the page as long as somebody waits
    try:
        plan = platform.plans.get(user, view.name)
    except MigrationNotFound as error:
        st.title("No such migration", anchor=False)
        st.markdown(f"{markdown(error.message)} It may have been deleted.")
        return
    st.title(markdown(plan.name), anchor=False)
    st.caption(
        f"{markdown(words.route(plan.options.source, plan.options.target))} · {plan.options.order} · "
        f"planned {format.dated_instant(plan.created_at)} by {markdown(plan.created_by)}"
    )
    migration_live.draw(platform, plan.name, plan.state)
    if plan.state == Phase.PLANNED:
        migration_estimate.draw_figures(plan.estimate, plan.timetable)
        migration_estimate.draw_blocked(platform.plans.videos(user, plan))
    migration_table.draw(platform, plan.name)
    migration_estimate.draw_words(plan.estimate)
    _draw_history(platform, user, plan)
    _draw_downloads(platform, user, plan)


def _draw_history(platform: Platform, user: User, plan: SavedPlan) -> None:
    migration = progress(platform.database, user, plan.name, plan.created_at).migration
    events = timeline(platform.database, user, migration, None, _MOST_EVENTS)
    with st.expander("What was done with it", icon=":material/history:"):
        widgets.plain_table(
            {
                "When": [format.dated_instant(each.at) for each in events],
                "What": [each.kind.capitalize() for each in events],
                "Detail": [each.detail for each in events],
                "By": [each.actor for each in events],
            },
            "What was done with the migration, newest first",
        )


def _draw_downloads(platform: Platform, user: User, plan: SavedPlan) -> None:
    check = session.lasting(Permission.SEE_MIGRATION)

    def made(write: Callable[[Platform, User, SavedPlan], bytes]) -> bytes:
        check()
        return write(platform, user, plan)

    with st.container(horizontal=True, horizontal_alignment="right", key="downloads-plan"):
        for label, mime, write in (("CSV", "text/csv", as_csv), ("JSON", "application/json", as_json)):
            st.download_button(
                f"Plan as {label}", lambda write=write: made(write), f"{plan.name}.{label.lower()}", mime,
                icon=":material/download:", type="tertiary", on_click="ignore", key=f"download-plan-{label}",
                help="Every video, with its size, cost and saving",
            )  # fmt: skip


def as_csv(platform: Platform, user: User, plan: SavedPlan) -> bytes:
    """Every video of a plan, a line each."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns())
    writer.writeheader()
    writer.writerows(as_rows(platform.plans.videos(user, plan)))
    return text.getvalue().encode()


def as_json(platform: Platform, user: User, plan: SavedPlan) -> bytes:
    """A plan with its figures and every video."""
    return json.dumps(document(plan, platform.plans.videos(user, plan)), indent=2).encode()
