"""Shell: the frame around every page: who is here, and which pages they may see."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from core.access.roles import Permission, Role, User, Via
from core.alerts.alert import State
from core.alerts.alerts import Alerts
from dashboard import session
from dashboard.widgets import explain_errors

_HERE = Path(__file__).parent
FAVICON = _HERE / "assets" / "favicon.svg"
PAGES = _HERE.parent / "pages"


@dataclass(frozen=True)
class Screen:
    """One page; it is there once its file is."""

    file: str
    title: str
    icon: str
    permission: Permission  #: that it takes to see it
    in_menu: bool = True  #: else other pages lead to it


SCREENS = (
    Screen("overview.py", "Overview", ":material/space_dashboard:", Permission.SEE_COSTS),
    Screen("library.py", "Library", ":material/video_library:", Permission.WATCH),
    Screen("video.py", "Video", ":material/movie:", Permission.WATCH, in_menu=False),
    Screen("upload.py", "Upload", ":material/upload:", Permission.UPLOAD),
    Screen("migration.py", "Migration", ":material/move_up:", Permission.SEE_MIGRATION),
    Screen("costs.py", "Costs", ":material/bar_chart:", Permission.SEE_COSTS),
    Screen("performance.py", "Performance", ":material/speed:", Permission.SEE_PERFORMANCE),
    Screen("recommendations.py", "Savings", ":material/savings:", Permission.SEE_SAVINGS),
    Screen("lifecycle.py", "Lifecycle", ":material/auto_delete:", Permission.SEE_SAVINGS),
    Screen("alerts.py", "Alerts", ":material/notifications:", Permission.SEE_ALERTS),
    Screen("explore.py", "Explore", ":material/manage_search:", Permission.QUERY_WAREHOUSE),
    Screen("audit.py", "Audit", ":material/receipt_long:", Permission.SEE_AUDIT),
    Screen("settings.py", "Settings", ":material/settings:", Permission.SEE_SETTINGS),
)


def main() -> None:
    """Draw the frame, then the page, for whoever may see it."""
    st.set_page_config("Phyght Cloud Storage", str(FAVICON), layout="wide")
    st.html(_HERE / "shell.css")
    st.logo(str(FAVICON))
    user = session.user()
    if user and user.via is Via.DEMO:
        user = ask_for_role()
    pages = screens(user)
    page = st.navigation(list(pages), position="sidebar" if user else "hidden")
    if user:
        draw_person(user)
    session.require(pages[page])  # each page asks again: it can be run without this frame
    page.run()


def screens(user: User | None) -> dict[StreamlitPage, Permission]:
    """All pages, and what each takes; one that the user may not see is not in the menu, and says why when opened."""
    return {
        st.Page(
            PAGES / screen.file,
            title=_title(screen, user),
            icon=screen.icon,
            default=screen.file == "overview.py",
            visibility="visible" if screen.in_menu and user and user.may(screen.permission) else "hidden",
        ): screen.permission
        for screen in SCREENS
        if (PAGES / screen.file).is_file()
    }


def _title(screen: Screen, user: User | None) -> str:
    """With how many alerts fire that nobody has taken on yet."""
    if screen.permission is not Permission.SEE_ALERTS or not user or not user.may(screen.permission):
        return screen.title
    platform = session.platform()
    firing = [each for each in Alerts(platform.database, platform.audit).open(user) if each.state is State.FIRING]
    return f"{screen.title} ({len(firing)})" if firing else screen.title


def ask_for_role() -> User | None:
    """Say that this is the demo, and let its visitor look at the app as any role."""
    with st.sidebar:
        st.badge("Demo data", icon=":material/science:", color="violet")
        st.selectbox("View as", list(Role), index=len(Role) - 1, key=session.VIEW_AS, bind="query-params")
    return session.user()


def draw_person(user: User) -> None:
    """Who is signed in, and the way out."""
    with st.sidebar:
        st.caption(f":material/person: {user.name} · {user.role}")
        if user.via is not Via.DEMO:
            st.html(_HERE / "sign_out.html")


with explain_errors():
    main()
