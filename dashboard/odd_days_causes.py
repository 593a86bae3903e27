"""Odd days' causes: what explains an odd event, best first, each with its share as a small bar."""

from collections.abc import Sequence
from decimal import Decimal
from html import escape

import streamlit as st

from core.bootstrap import Platform
from core.catalog.names import names
from core.costs.anomalies import Anomaly
from core.costs.causes import Cause, Told
from dashboard import controls, format, widgets
from dashboard.numbers import Number

_MOST = 12
_VIDEO = "video"
_MEASURED = {_VIDEO: "Video", "edge": "Edge"}


def draw(platform: Platform, found: Sequence[Cause], event: Anomaly) -> None:
    """The causes; where there are none, that."""
    if not found:
        st.caption("Nothing explains it: no value of any dimension stands out, or there is nothing to compare with.")
        return
    shown = found[:_MOST]
    videos = names(platform.database, [each.value for each in shown if each.dimension == _VIDEO])
    called = {id: name.title for id, name in videos.items()}
    rows = "".join(_row(each, called.get(each.value, each.value), event.currency) for each in shown)
    st.html(f'<table class="causes"><thead>{_HEAD}</thead><tbody>{rows}</tbody></table>')
    st.caption(
        "Compared with the same days of up to four weeks before. Shares are of all that came on top (or fell away); "
        "those of one kind add up to it, and different kinds tell of the same."
    )
    widgets.how_made(Number.ODD_DAY_CAUSES, "How shares are made")


_HEAD = '<tr><th scope="col">What</th><th scope="col">Share</th><th scope="col">More than usual</th></tr>'


def _row(cause: Cause, called: str, currency: str) -> str:
    kind = _MEASURED.get(cause.dimension) or controls.dimension_name(cause.dimension)
    width = min(max(cause.share, 0.0), 1.0) * 100
    share = format.share(cause.share)
    bar = f'<span class="share"><i style="width:{width:.1f}%"></i></span>{share}'
    usual, more = (_amount(cause, each, currency) for each in (cause.usual, cause.excess))
    name = f"{escape(called or format.BLANK)}<small>{escape(kind)}</small>"
    told = f"{escape(more)}<small>usually {escape(usual)}</small>"
    return f'<tr><th scope="row">{name}</th><td>{bar}</td><td>{told}</td></tr>'


def _amount(cause: Cause, amount: Decimal, currency: str) -> str:
    if cause.told is Told.BYTES:
        return f"{'−' if amount < 0 else ''}{format.size(float(abs(amount)))}"
    return format.cents(amount, currency)
