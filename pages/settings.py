"""Settings: where data comes from, whether the connections work, who may come in, and this installation."""

from datetime import UTC, datetime

import streamlit as st

from core.access.roles import Permission
from dashboard import installation, people, session, sources, storing, theme, widgets

user = session.require(Permission.SEE_SETTINGS)
theme.dress()
platform = session.platform()
now = datetime.now(UTC)

st.title("Settings", anchor=False)


def draw_bills() -> None:
    sources.draw_sources(platform, user, now)
    sources.draw_freshness(platform, now)


def draw_connections() -> None:
    storing.draw_providers(platform, now)
    installation.draw_connections(platform.settings, now)


def draw_people() -> None:
    people.draw_you(user)
    people.draw_people(platform.access.accounts, user, now)


widgets.sections(
    {
        "Bills": draw_bills,
        "Connections": draw_connections,
        "People": draw_people,
        "Installation": lambda: installation.draw_installation(platform, now),
    }
)
