"""Uploading: the parts of the Upload page beside the uploader, and what the Overview tells of uploads."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import streamlit as st

from core.access.roles import Permission, User
from core.bootstrap import Platform
from core.catalog.video import Visibility
from core.media import packagings
from core.uploads.history import PastUpload, recent, upload_figures
from core.uploads.session import State
from dashboard import format, narrow_table, session, uploader, widgets
from dashboard.narrow_table import Cell
from dashboard.numbers import Number

_SHOWN = 50
_DAYS = 30
_WATCHED_BY = {
    Visibility.PUBLIC: "Anyone with the link",
    Visibility.PRIVATE: "People who are signed in",
}
_STATES = {
    State.RECEIVING: "under way",
    State.COMPLETING: "being checked",
    State.DUPLICATE: "waits for a decision",
    State.DONE: "done",
    State.ABORTED: "called off",
    State.ABANDONED: "given up",
    State.FAILED: "failed",
}
#: How far what was uploaded is from being watched as each viewer's connection allows.
_PACKAGING = {
    packagings.State.WAITING: "waits",
    packagings.State.WORKING: "under way",
    packagings.State.DONE: "done",
    packagings.State.DAMAGED: "done, damaged",
    packagings.State.FAILED: "failed",
    packagings.State.CANCELLED: "called off",
}


def draw_uploader(platform: Platform) -> None:
    """Who may watch, where it has to lie, and the place to drop files."""
    places = sorted({each.residency for each in platform.providers.all if each.residency})
    with st.container(horizontal=True, key="upload-choices", vertical_alignment="bottom"):
        visibility = st.segmented_control(
            "Who may watch", list(Visibility), default=Visibility.PUBLIC, format_func=_WATCHED_BY.__getitem__,
            key="upload-visibility", required=True,
            help="To anybody else, a video for people who are signed in can be shown by a link that expires.",
        )  # fmt: skip
        residency = (
            st.selectbox("Must stay in", ["", *places], format_func=lambda place: place or "anywhere", width=200,
                key="upload-residency", help="A video that must stay somewhere is never stored anywhere else.")
            if places
            else ""
        )  # fmt: skip
    uploader.draw(residency, visibility, platform.settings.upload_max_bytes)


def draw_recent(platform: Platform, user: User, now: datetime) -> None:
    """What became of uploads; everybody's for who may see them."""
    everybody = user.may(Permission.MANAGE_UPLOADS)
    with widgets.card("uploads", "Recent uploads", "Everybody's, newest first" if everybody else "Yours, newest first"):
        found = recent(platform.database, user, _SHOWN)
        if not found:
            st.markdown("Nothing was uploaded yet. Drop a video above: its link stands here as soon as it is whole.")
            return
        rows = _table(platform, found, everybody, now)
        with widgets.wide("uploads"):
            st.dataframe(
                rows,
                hide_index=True,
                key="uploads-recent",
                alt="Recent uploads with their state, size, speed, cost and link",
                column_config=_columns(),
            )
        with widgets.narrow("uploads"):
            narrow_table.draw(["Title", "State"], [_narrow_cells(row) for row in rows])
        widgets.how_made(Number.MONTHLY_STORAGE, "How the cost is worked out")


def draw_calling_off(platform: Platform, user: User, now: datetime) -> None:
    """For who may see everybody's: call off what others have left unfinished."""
    if not user.may(Permission.MANAGE_UPLOADS):
        return
    others = [each.session for each in recent(platform.database, user, _SHOWN) if each.session.state.unfinished]
    others = [each for each in others if each.owner != user.name]
    if not others:
        return
    with st.popover("Cancel an upload of somebody else", icon=":material/cancel:"), widgets.explain_errors():
        chosen = st.selectbox(
            "Upload", others, key="upload-of-others",
            format_func=lambda each: f"{each.title}, {each.owner}, {format.size(each.size_bytes)}",
        )  # fmt: skip
        st.markdown("What has arrived of it is removed. This cannot be undone; its owner can send the file again.")
        if st.button("Cancel this upload", type="primary", key="upload-cancel"):
            platform.uploads.abort(session.require(Permission.MANAGE_UPLOADS), chosen.id, now)
            st.rerun()


def _columns() -> dict[str, Any]:
    config = st.column_config
    right = {name: config.TextColumn(name, alignment="right") for name in ("Size", "Speed", "Cost a month")}
    return right | {
        "Title": config.TextColumn("Title", width=210),
        "State": config.TextColumn("State", width=140),
        "Link": config.LinkColumn("Link", display_text=r"/v/(.+)", width=180),
        "Problem": config.TextColumn("Problem", width="medium"),
    }


def _table(platform: Platform, found: Sequence[PastUpload], everybody: bool, now: datetime) -> list[dict[str, str]]:
    """A row for each; columns that say nothing are left out."""
    rows = [_row(platform, each, now) for each in found]
    spare = {
        "By": not everybody,
        "At": len({each.session.provider for each in found}) == 1,
        "Packaging": not any(row["Packaging"] for row in rows),
        "Problem": not any(row["Problem"] for row in rows),
    }
    return [{name: value for name, value in row.items() if not spare.get(name)} for row in rows]


def _narrow_cells(row: dict[str, str]) -> list[Cell]:
    """For a phone: the title leads to the video, and what is to be known of it stands below."""
    known = [row["Size"], row["Begun"], row.get("By", ""), row.get("Problem", "")]
    packaging = row.get("Packaging", "")
    return [
        Cell(row["Title"], " · ".join(filter(None, known)), row["Link"]),
        Cell(row["State"], f"packaging {packaging}" if packaging else ""),
    ]


def _row(platform: Platform, past: PastUpload, now: datetime) -> dict[str, str]:
    upload = past.session
    packaging = platform.media.packaging(upload.id) if upload.state is State.DONE else None
    cost = platform.uploads.monthly_usd(upload) if upload.state is State.DONE else None
    return {
        "Title": upload.title,
        "State": _STATES[upload.state],
        "Link": f"/v/{past.slug}" if past.slug else "",
        "Size": format.size(upload.size_bytes),
        "Cost a month": "" if cost is None else format.cents(cost),
        "Packaging": _PACKAGING[packaging.state] if packaging else "",
        "Problem": upload.problem or (packaging.problem if packaging else ""),
        "Speed": _speed(upload.bytes_per_s),
        "Begun": format.plain_instant(upload.started_at, now.date()),
        "At": format.provider(upload.provider),
        "By": upload.owner,
    }


def draw_figures(platform: Platform, now: datetime) -> None:
    """How the uploads of the last days went; nothing where none has ended."""
    figures = upload_figures(platform.database, now - timedelta(days=_DAYS))
    if figures.success_rate is None:
        return
    with st.container(horizontal=True, key="tiles-uploads"):
        widgets.tile("Uploaded", format.size(figures.size_bytes), Number.UPLOADED, against=_files(figures.whole))
        widgets.tile(
            "Upload success", format.share(figures.success_rate), Number.UPLOAD_SUCCESS, against=_of(figures.ended)
        )
        widgets.tile("Upload speed", _speed(figures.bytes_per_s) or "none", Number.UPLOAD_SPEED, against="median")


def _files(count: int) -> str:
    return f"{format.count(count, 'file')}, last {_DAYS} days"


def _of(count: int) -> str:
    return f"of {format.count(count, 'upload')}, last {_DAYS} days"


def _speed(bytes_per_s: float | None) -> str:
    return "" if bytes_per_s is None else f"{format.size(bytes_per_s)}/s"
