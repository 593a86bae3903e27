"""Migration view: what the Migration page shows, and the URL that says so.

Its parameters: migration, the name of one of them; state, q and page, which of its videos are listed; video, the one
that is looked at; plan, where another one is being planned.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from core.access.roles import Permission
from core.migration.state import State
from dashboard import session

PARAMETERS = ("migration", "state", "q", "page", "video", "plan")
PAGE_SIZE = 50
LONGEST_TEXT = 200
_LAST_PAGE = 100_000


@dataclass(frozen=True)
class MigrationView:
    """What the page shows."""

    name: str = ""  #: of the migration; empty: all of them are listed
    state: State | None = None
    text: str = ""
    page: int = 1
    video: str = ""  #: the id of the one that is looked at
    plans: bool = False  #: another one is being planned

    @property
    def start(self) -> int:
        """How many videos come before this page."""
        return (self.page - 1) * PAGE_SIZE

    @property
    def is_filtered(self) -> bool:
        return self.state is not None or bool(self.text)

    def query(self) -> dict[str, str]:
        """The URL's parameters; what is as on a first visit is left out."""
        stated = {
            "migration": self.name,
            "state": self.state or "",
            "q": self.text,
            "page": str(self.page) if self.page != 1 else "",
            "video": self.video,
            "plan": "new" if self.plans else "",
        }
        return {name: str(value) for name, value in stated.items() if value}

    def listing(self, state: State | None, text: str) -> "MigrationView":
        """The same migration with other videos listed."""
        return replace(self, state=state, text=text.strip()[:LONGEST_TEXT], page=1)


def read_migration_view(params: Mapping[str, Sequence[str]]) -> MigrationView:
    """The view that a URL states; what it does not state, or states wrongly, is as on a first visit."""
    text = {name: values[-1] for name, values in params.items() if values}
    page = text.get("page", "")
    return MigrationView(
        name=text.get("migration", ""),
        state=next((each for each in State if each == text.get("state")), None),
        text=text.get("q", "")[:LONGEST_TEXT],
        page=min(max(int(page), 1), _LAST_PAGE) if page.isascii() and page.isdigit() and len(page) < 10 else 1,
        video=text.get("video", ""),
        plans=text.get("plan") == "new",
    )


def current_view() -> MigrationView:
    """What the URL states."""
    return read_migration_view({name: st.query_params.get_all(name) for name in st.query_params})


def go(view: MigrationView) -> None:
    """Show another view, from a callback."""
    session.require(Permission.SEE_MIGRATION)
    stated: dict[str, list[str]] = {name: [] for name in PARAMETERS} | {n: [v] for n, v in view.query().items()}
    changed = {name: values for name, values in stated.items() if st.query_params.get_all(name) != values}
    if changed:
        st.query_params.update(changed)  # at once: each message to the browser is a step of its Back button
