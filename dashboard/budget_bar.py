"""Budget bar: what of a budget is used, where it will end, and between which amounts, beside what there is."""

from decimal import Decimal
from html import escape

import streamlit as st

from core.costs.budget_standing import Standing
from core.costs.past import ZERO
from dashboard import bands, budget_words

_ROOM = Decimal("1.04")  #: beyond what is furthest


def draw(found: Standing) -> None:
    """One bar; its words are read to those who do not see it."""
    st.html(html(found))


def html(found: Standing) -> str:
    """The bar: used, the band, the expected end as a mark, and the amount as a line."""
    band = found.bands.get(bands.LEVEL)
    furthest = max(found.amount, found.used, found.expected or ZERO, band.hi if band else ZERO)

    def place(amount: Decimal) -> str:
        return f"{float(max(amount, ZERO) / (furthest * _ROOM)) * 100:.2f}%"

    colour = budget_words.verdict(found).colour
    parts = [f'<i class="used {colour}" style="width:{place(found.used)}"></i>']
    if band and found.expected is not None:
        width = f"calc({place(band.hi)} - {place(band.lo)})"
        parts.append(f'<i class="band" style="left:{place(band.lo)};width:{width}"></i>')
        parts.append(f'<i class="end" style="left:{place(found.expected)}"></i>')
    parts.append(f'<i class="amount" style="left:{place(found.amount)}"></i>')
    words = escape(f"{budget_words.used(found)}. {budget_words.ends(found)}")
    return f'<div class="budget-bar" role="img" aria-label="{words}">{"".join(parts)}</div>'
