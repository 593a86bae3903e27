"""Links: from page to page, with what the other page shall show."""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

_PAGES = Path(__file__).parent.parent / "pages"
OVERVIEW, LIBRARY, VIDEO, UPLOAD, MIGRATION = (
    _PAGES / f"{name}.py" for name in ("overview", "library", "video", "upload", "migration")
)
SAVINGS, LIFECYCLE = (_PAGES / f"{name}.py" for name in ("recommendations", "lifecycle"))
COSTS, PERFORMANCE, ALERTS, EXPLORE, SETTINGS = (
    _PAGES / f"{name}.py" for name in ("costs", "performance", "alerts", "explore", "settings")
)


def page_link(page: Path, label: str, query: Mapping[str, str | list[str]] | None = None) -> None:
    """A link to another page, or to another view of this one."""
    flat = [
        (name, each) for name, value in (query or {}).items() for each in ([value] if isinstance(value, str) else value)
    ]
    st.page_link(page, label=label, icon=":material/arrow_forward:", icon_position="right", query_params=flat or None)
