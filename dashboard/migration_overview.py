"""Migration overview: on the Overview, how far the migration is that is under way or planned."""

from datetime import UTC, datetime

import streamlit as st

from core.access.roles import Permission, User
from core.bootstrap import Platform
from core.migration.progress import progress, under_way
from core.migration.state import Phase
from dashboard import format, session, widgets
from dashboard import migration_words as words
from dashboard.format import markdown
from dashboard.links import MIGRATION, page_link
from dashboard.migration_live import POLL_S, draw_standing
from dashboard.migration_view import MigrationView


def draw(platform: Platform, user: User, now: datetime) -> None:
    """Nothing where there is neither."""
    found = under_way(platform.database, user, now)
    if found is None:
        return
    migration = found.migration
    route = f"{words.route(migration.source, migration.target)} · {migration.name}"
    with widgets.card("migration", "Videos on the move", markdown(route), height="content"):
        if migration.phase is Phase.RUNNING:
            _poll(platform, migration.name)
        elif migration.phase is Phase.PLANNED:
            st.markdown(f"**Planned** · {format.count(found.to_move, 'video')} · {format.size(found.size_bytes)}")
        else:
            draw_standing(found)
        page_link(MIGRATION, "Look at it", MigrationView(name=migration.name).query())


@st.fragment(run_every=POLL_S)
def _poll(platform: Platform, name: str) -> None:
    user = session.require(Permission.SEE_MIGRATION)
    with widgets.explain_errors():
        found = progress(platform.database, user, name, datetime.now(UTC))
        draw_standing(found)
