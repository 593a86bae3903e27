"""Widgets: what several pages draw in the same way."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import Enum
from typing import Any, Literal

import pyarrow as pa
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.access.roles import LOWEST_ROLE, Permission, User
from core.bootstrap import Platform
from core.errors import NoBillingData, PhyghtError
from core.jobs.job import scheduled_minutes
from dashboard import format, session
from dashboard.links import SETTINGS, page_link
from dashboard.numbers import Number, explanation, summary
from dashboard.table_files import as_csv, as_parquet

log = logging.getLogger("phyght")
_Colour = Literal["red", "green", "gray"]
_ARROWS: dict[format.Direction, Literal["up", "down", "off"]] = {
    format.Direction.UP: "up",
    format.Direction.DOWN: "down",
    format.Direction.STEADY: "off",
    format.Direction.UNKNOWN: "off",
}


class Meaning(Enum):
    """What it means that a figure grows, and how that, and its opposite, is coloured."""

    BAD = ("red", "green")  #: cost, errors, waiting
    GOOD = ("green", "red")
    NEITHER = ("gray", "gray")

    def colour(self, direction: format.Direction) -> _Colour:
        grown, shrunk = self.value
        colours: dict[format.Direction, _Colour] = {format.Direction.UP: grown, format.Direction.DOWN: shrunk}
        return colours.get(direction, "gray")


@contextmanager
def explain_errors() -> Iterator[None]:
    """Show what goes wrong inside as a sentence with the next step; never a traceback."""
    try:
        yield
    except NoBillingData as error:
        st.info(f"{format.markdown(error.message)} {format.markdown(error.advice)}", icon=":material/inbox:")
    except PhyghtError as error:
        what, next_step = (format.markdown(format.sentence(text)) for text in (error.message, error.advice))
        st.error(f"**{what}** {next_step}", icon=":material/error:")
    except Exception:
        log.exception("a page could not be drawn")
        st.error(
            "**Something went wrong on this page.** Reload it. If it stays, the terminal that runs Phyght says why.",
            icon=":material/error:",
        )


def has_data(platform: Platform, user: User) -> bool:
    """Whether there is any bill; where there is none, what to do is shown instead of the page."""
    if platform.warehouse.query("SELECT 1 FROM bills LIMIT 1"):
        return True
    with card("empty", "No bills yet"):
        if platform.settings.phyght_billing_sources:
            every = ingest_interval(platform)
            st.markdown(f"Your sources are set. They are read every {every}; to read them now, in a terminal:")
            st.code(
                "\n".join(f"python -m core ingest {source}" for source in platform.settings.phyght_billing_sources),
                "shell",
            )
        else:
            st.markdown(_FIRST_STEPS)
        if user.may(Permission.SEE_SETTINGS):
            page_link(SETTINGS, "Check the connections", {"section": "Connections"})
    return False


_FIRST_STEPS = """\
Figures appear as soon as a bill is read. There are three ways to begin:

1. **Connect your AWS bills.** Put `PHYGHT_BILLING_SOURCES=s3://bucket/prefix` into `.env`, where the prefix is the one
   that a CUR or FOCUS export goes to, and start again. The README says how to create the export.
2. **Read files you have.** In a terminal: `python -m core ingest FOLDER`, with a folder of CUR or FOCUS files.
3. **Look around first.** Put `PHYGHT_DEMO=on` into `.env` and start again: a made-up platform with 18 months of bills.
"""


def how_made(number: Number, label: str = "How this number is made") -> None:
    """A button that opens the explanation of a figure."""
    with st.popover(label, icon=":material/info:", type="tertiary"):
        st.markdown(f"**{number}**\n\n{explanation(number)}")


def tile(
    label: str,
    value: str,
    number: Number,
    change: format.Change | format.Points | None = None,
    against: str = "",
    growth: Meaning = Meaning.BAD,
) -> None:
    """One figure: what it is, how much, and how it changed."""
    with st.container(key=f"tile {label}"):
        st.metric(
            label,
            format.markdown(value),
            None if change is None else str(change),
            delta_color=growth.colour(change.direction) if change else "gray",
            delta_arrow=_ARROWS[change.direction] if change else "off",
            delta_description=format.markdown(against) or None,
            help=summary(number),
            border=True,
            height="stretch",
        )


@contextmanager
def card(
    name: str, title: str, subtitle: str = "", height: Literal["stretch", "content"] = "stretch"
) -> Iterator[None]:
    """A panel that stands off the page: a question or finding, then measure, unit and days."""
    with st.container(border=True, key=f"card-{name}", height=height, gap="xsmall"):
        if title:
            st.header(title, anchor=False)
        if subtitle:
            st.caption(subtitle)
        yield


def downloads(name: str, table: pa.Table, permission: Permission = Permission.SEE_COSTS) -> None:
    """The table as CSV and as Parquet, made when they are asked for, if whoever asks then still may."""
    check = session.lasting(permission)

    def made(write: Callable[[pa.Table], bytes]) -> bytes:
        check()
        return write(table)

    with st.container(horizontal=True, horizontal_alignment="right", key=f"downloads-{name}"):
        for label, mime, write in (
            ("CSV", "text/csv", as_csv),
            ("Parquet", "application/vnd.apache.parquet", as_parquet),
        ):
            st.download_button(
                label,
                lambda write=write: made(write),
                f"{name}.{label.lower()}",
                mime,
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
                help=f"Every row, as {label}",
                key=f"download-{name}-{label}",
            )


def plain_table(columns: Mapping[str, Sequence[Any]], alt: str, hide_header: bool = False) -> None:
    """A short table of text from data."""
    st.table(
        {name: [format.markdown(str(cell)) for cell in cells] for name, cells in columns.items()},
        border="horizontal",
        hide_header=hide_header,
        alt=alt,
    )


def sections(draws: Mapping[str, Callable[[], None]], key: str = "section") -> None:
    """Tabs, of which only the one that is open is drawn; the URL says which that is."""
    tabs = st.tabs(list(draws), key=key, on_change="rerun", bind="query-params")
    for tab, draw in zip(tabs, draws.values(), strict=True):
        if tab.open:
            with tab, explain_errors():
                draw()


def role_hint(user: User, permission: Permission, at: str, doing: str) -> None:
    """Why there are no buttons, for whom there are none: they may look at rules; to change them takes another role."""
    if not user.may(permission):
        st.caption(f"You may look at {at}; {doing} takes the role {LOWEST_ROLE[permission]}.")


def wide(name: str) -> DeltaGenerator:
    """Where a table is drawn for screens that it fits on; the style sheet hides it on others."""
    return st.container(key=f"wide-{name}")


def narrow(name: str) -> DeltaGenerator:
    """Where the same table is drawn for phones, and is hidden elsewhere."""
    return st.container(key=f"narrow-{name}")


def cut_caption(most: int, number: int, which: str = "dearest") -> None:
    """That a table shows only its first lines, where there are more."""
    if number > most:
        st.caption(f"The {most:,} {which} of {number:,}; the downloads have all.")


def ingest_interval(platform: Platform) -> str:
    """How often the sources are read, after "every": 30 minutes, hour, 2 hours."""
    minutes = scheduled_minutes(platform.settings.phyght_ingest_minutes)
    if minutes == 60:
        return "hour"
    return format.count(minutes, "minute") if minutes < 60 else format.count(minutes // 60, "hour")


def when(instant: datetime | None, now: datetime) -> str:
    """A point in time, and how long ago that is."""
    if instant is None:
        return "never"
    return f"{format.plain_instant(instant, now.date())}, {format.ago(instant, now)}"
