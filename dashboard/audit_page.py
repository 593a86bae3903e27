"""Audit page: who did what, to what, with what outcome, when and from where."""

from collections.abc import Iterator, Sequence

import pyarrow as pa
import streamlit as st

from core.access.audit import AuditEntry, Outcome
from core.access.roles import Permission, User
from core.bootstrap import Platform
from dashboard import format, narrow_table, session, widgets
from dashboard.narrow_table import Cell
from dashboard.table_files import as_csv

_TEXT, _OUTCOME, _BEFORE = "find", "outcome", "before"
_PAGE, _MOST_DOWNLOADED = 100, 100_000
_ALL = "all"


def draw(platform: Platform, user: User) -> None:
    """A page of entries, and the way to older ones."""
    st.title("Audit", anchor=False)
    text, outcome = _draw_filters()
    before = _number(st.query_params.get(_BEFORE, ""))
    found = platform.audit.latest(user, _PAGE + 1, text, outcome, before)
    subtitle = "Every sign-in and change, newest first; nobody can alter or remove a line"
    with widgets.card("audit", "Who did what", subtitle, height="content"):
        if not found:
            st.markdown("Nothing was found. Search for less, or for another outcome.")
        else:
            _draw_entries(found[:_PAGE])
        _draw_ways(found, before)
        _draw_download(platform, text, outcome)


def _draw_filters() -> tuple[str, Outcome | None]:
    with st.container(horizontal=True, vertical_alignment="bottom", key="audit-filters"):
        text = st.text_input(
            "Find", key=_TEXT, bind="query-params", placeholder="a name, a video, an action", max_chars=200,
            on_change=_begin_again,
        )  # fmt: skip
        chosen = st.segmented_control(
            "Outcome", [_ALL, *Outcome], default=_ALL, required=True, key=_OUTCOME, bind="query-params",
            format_func=format.capital, on_change=_begin_again,
        )  # fmt: skip
    return text or "", None if chosen == _ALL else Outcome(chosen)


def _begin_again() -> None:
    session.require(Permission.SEE_AUDIT)
    st.query_params.pop(_BEFORE, None)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _draw_entries(found: Sequence[AuditEntry]) -> None:
    rows = [_row(each) for each in found]
    with widgets.wide("audit"):
        widgets.plain_table(
            {name: [row[name] for row in rows] for name in rows[0]},
            "Entries of the audit log: when, who, what, of what, outcome, detail and from where",
        )
    with widgets.narrow("audit"):
        narrow_table.draw(["What", "Who"], [list(_cells(each)) for each in found])


def _row(each: AuditEntry) -> dict[str, str]:
    return {
        "When": format.dated_instant(each.at),
        "Who": each.actor or "nobody known",
        "What": each.action,
        "Of": each.subject,
        "Outcome": str(each.outcome),
        "Detail": each.detail,
        "From": _origin(each),
    }


def _origin(each: AuditEntry) -> str:
    return each.address or str(each.via)


def _cells(each: AuditEntry) -> Iterator[Cell]:
    told = (format.dated_instant(each.at), f"{each.subject} {each.detail}".strip(), f"from {_origin(each)}")
    yield Cell(f"{each.action}: {each.outcome}", " · ".join(filter(None, told)))
    yield Cell(each.actor or "nobody known")


def _draw_ways(found: Sequence[AuditEntry], before: int | None) -> None:
    with st.container(horizontal=True, key="audit-ways"):
        if before is not None:
            st.button("Newest", icon=":material/first_page:", key="audit-newest", on_click=_begin_again)
        if len(found) > _PAGE:
            st.button(
                "Older", icon=":material/arrow_forward:", key="audit-older", on_click=_go,
                args=(found[_PAGE - 1].number,),
            )  # fmt: skip


def _go(before: int) -> None:
    session.require(Permission.SEE_AUDIT)
    st.query_params[_BEFORE] = str(before)


def _draw_download(platform: Platform, text: str, outcome: Outcome | None) -> None:
    """All that is found, looked up when it is asked for by who still may."""
    user, check = session.require(Permission.SEE_AUDIT), session.lasting(Permission.SEE_AUDIT)

    def made() -> bytes:
        check()
        rows = platform.audit.latest(user, _MOST_DOWNLOADED, text, outcome)
        return as_csv(pa.Table.from_pylist([_row(each) | {"At": each.at.isoformat()} for each in rows]))

    st.download_button(
        "CSV", made, "audit.csv", "text/csv", icon=":material/download:", type="tertiary", on_click="ignore",
        key="download-audit", help=f"The newest {_MOST_DOWNLOADED:,} that are found",
    )  # fmt: skip
