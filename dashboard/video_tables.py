"""Video tables: what a video is made of, where its copies lie, what happened to it; for wide screens and for phones."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import streamlit as st

from core.access.audit import AuditEntry
from core.catalog.video import Copy, CopyObject, Kind, Video
from core.costs.keeping import Keeping
from dashboard import format, library_table, narrow_table, widgets
from dashboard.narrow_table import Cell


def draw_qualities(video: Video, copies: Sequence[Copy], costs: Keeping) -> None:
    """What the served copy is made of: the original, each rung, and the small things together."""
    copy = next((copy for copy in copies if copy.provider == video.served_from), None)
    if copy is None:
        return
    main = [each for each in copy.objects if each.kind in (Kind.ORIGINAL, Kind.RENDITION)]
    small = [each for each in copy.objects if each not in main]
    rows = [(_name(each), _shape(each), _speed(each), [each]) for each in main]
    if small:
        rows.append((f"{format.count(len(small), 'playlist')} and pictures", "", "", small))
    with widgets.card("qualities", "Qualities", "Of the served copy; list price a month", height="content"):
        _draw(
            "qualities",
            {
                "What": [name for name, *_ in rows],
                "Size": [format.size(sum(each.size_bytes for each in part)) for *_, part in rows],
                "A month": [library_table.money(_total(copy, part, costs)) for *_, part in rows],
                "Peak": [speed for *_, speed, _ in rows],
                "Picture": [shape for _, shape, *_ in rows],
                "Class": [_classes(part) for *_, part in rows],
            },
            "What the served copy is made of",
            first="What",
            beside=("Size", "A month"),
        )


def draw_copies(video: Video, copies: Sequence[Copy], costs: Keeping) -> None:
    """Each place where its bytes lie."""
    with widgets.card("copies", "Copies", "Where its bytes lie, and why; list price a month", height="content"):
        if not copies:
            st.markdown("Nothing is stored of it.")
            return
        _draw(
            "copies",
            {
                "At": [_place(copy, video) for copy in copies],
                "Size": [format.size(copy.size_bytes) for copy in copies],
                "A month": [library_table.money(costs.copy_usd(copy)) for copy in copies],
                "Holds": [format.count(len(copy.objects), "object") for copy in copies],
                "Since": [format.dated_instant(copy.recorded_at) for copy in copies],
                "Why there": [copy.reason for copy in copies],
            },
            "Copies of the video",
            first="At",
            beside=("Size", "A month"),
        )


def draw_history(lines: Sequence[AuditEntry]) -> None:
    """What the audit log tells of it."""
    with widgets.card("history", "History", "Who did what to it, from the audit log, newest first", height="content"):
        if not lines:
            st.markdown("The audit log says nothing about it.")
            return
        _draw(
            "history",
            {
                "When": [format.dated_instant(each.at) for each in lines],
                "Who": [each.actor for each in lines],
                "What": [each.action for each in lines],
                "Outcome": [each.outcome for each in lines],
                "Detail": [each.detail for each in lines],
            },
            "History of the video",
            first="What",
            beside=("Outcome",),
        )


def _draw(name: str, columns: Mapping[str, Sequence[str]], alt: str, first: str, beside: Sequence[str]) -> None:
    """The table; on a phone, two or three of its columns stand side by side and the others below the first of them."""
    with widgets.wide(name):
        widgets.plain_table(dict(columns), alt)
    below = [column for column in columns if column not in (first, *beside)]
    rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    with widgets.narrow(name):
        narrow_table.draw(
            [first, *beside],
            [
                [
                    Cell(row[first], " · ".join(row[column] for column in below if row[column])),
                    *(Cell(row[column]) for column in beside),
                ]
                for row in rows
            ],
        )


def _place(copy: Copy, video: Video) -> str:
    served = ", served" if copy.provider == video.served_from else ""
    return f"{format.provider(copy.provider)}{served}"


def _name(each: CopyObject) -> str:
    return "Original" if each.kind is Kind.ORIGINAL else each.name.capitalize()


def _shape(each: CopyObject) -> str:
    return f"{each.width} × {each.height}" if each.width and each.height else ""


def _speed(each: CopyObject) -> str:
    return f"{each.bandwidth / 1_000_000:,.1f} Mb/s" if each.bandwidth else ""


def _classes(part: Sequence[CopyObject]) -> str:
    return ", ".join(dict.fromkeys(format.label(each.storage_class) for each in part))


def _total(copy: Copy, part: Sequence[CopyObject], costs: Keeping) -> Decimal | None:
    return costs.total_usd((copy.provider, each.storage_class, each.size_bytes) for each in part)
