"""Text table: a short table of text from data, in one piece.

It looks as Streamlit's own, which has its browser's part loaded for it, and reads each cell as Markdown: the charts of
a page wait for that, a third of the time until all of it is drawn.
"""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st


def draw(columns: Mapping[str, Sequence[str]], alt: str) -> None:
    """The table, by its columns."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    rows = zip(*columns.values(), strict=True)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    parts = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    st.html(f'<table class="text-table" aria-label="{escape(alt)}">{parts}</table>')
