"""Narrow table: a table on a phone, where two or three columns fit side by side and the rest stands below them."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from dashboard import format

#: Letters of a cell; of longer names both ends are shown.
_LONGEST = 120


@dataclass(frozen=True)
class Cell:
    """One cell: text from data, what stands small below it, and where it leads."""

    text: str
    below: str = ""
    link: str = ""  #: an address; empty where it leads nowhere


def draw(head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """The table; its first column takes what room there is, the others are aligned to the right."""
    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join(f"<tr>{''.join(_cells(row))}</tr>" for row in rows)
    st.html(f'<table class="narrow-table"><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>')


def _cells(row: Sequence[Cell]) -> list[str]:
    first, *others = map(_inside, row)
    return [f'<th scope="row">{first}</th>', *(f"<td>{other}</td>" for other in others)]


def _inside(cell: Cell) -> str:
    text = escape(format.shortened(cell.text, _LONGEST))
    named = f'<a href="{escape(cell.link)}">{text}</a>' if cell.link else text
    return f"{named}<small>{escape(cell.below)}</small>" if cell.below else named
