"""Library table: the videos that were found, a row each."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from core.catalog.search import Entry, State
from core.costs.keeping import Keeping
from dashboard import format
from dashboard.video_costs import Billed

STATES = {
    State.PACKAGED: "Packaged",
    State.ORIGINAL: "Original only",
    State.FAILED: "Packaging failed",
    State.NOTHING: "Nothing to watch",
}


def draw(
    entries: tuple[Entry, ...], costs: Keeping, bill: Billed | None, key: str, on_select: Callable[[], None]
) -> None:
    """The table under its key; choosing a row or a cell of it is told."""
    st.dataframe(
        _frame(entries, costs, bill),
        hide_index=True,
        key=key,
        on_select=on_select,
        selection_mode=["single-row", "single-cell"],
        height="content",
        column_config=_columns(bill),
        alt="Videos, with length, size, place, state and monthly cost; choosing a row opens it",
    )


def places(each: Entry) -> str:
    """The served one first."""
    names = sorted({stored.provider for stored in each.stored}, key=lambda name: name != each.video.served_from)
    return " + ".join(map(format.provider, names)) or "nowhere"


def cost(each: Entry, costs: Keeping) -> Decimal | None:
    """Of keeping all of it for a month, in USD at list price; None where something has no price."""
    return costs.total_usd((part.provider, part.storage_class, part.size_bytes) for part in each.stored)


def money(usd: Decimal | None) -> str:
    """What something costs, for tables."""
    return "no list price" if usd is None else format.cents(usd)


def _frame(entries: Iterable[Entry], costs: Keeping, bill: Billed | None) -> pd.DataFrame:
    rows = [
        {
            "Title": each.video.title,
            "Length": format.length(each.video.duration_s),
            "Size": format.size(each.video.size_bytes),
            "Stored": format.size(each.size_bytes),
            "A month": money(cost(each, costs)),
            **({"Billed": format.cents(bill.cost(each.video.id), bill.attribution.currency)} if bill else {}),
            "At": places(each),
            "State": STATES[each.state],
            "Visibility": str(each.video.visibility).capitalize(),
            "Added": each.video.created_at,
            "Classes": ", ".join(dict.fromkeys(format.label(part.storage_class) for part in each.stored)),
            "Residency": each.video.residency,
        }
        for each in entries
    ]
    return pd.DataFrame(rows)


def _columns(bill: Billed | None) -> dict[str, Any]:
    config = st.column_config
    right = {name: config.TextColumn(name, alignment="right") for name in ("Length", "Size", "Stored", "A month")}
    return right | {
        "Title": config.TextColumn("Title", width=350),
        "Size": config.TextColumn("Size", alignment="right", help="Of the original"),
        "Stored": config.TextColumn("Stored", alignment="right", help="Of all copies, renditions and pictures"),
        "A month": config.TextColumn("A month", alignment="right", help="Of keeping it as it lies now, at list price"),
        "Billed": config.TextColumn(
            f"Billed, {format.short_period(bill.period)}" if bill else "",
            alignment="right",
            help="Its share of the bills: storage, delivery, packaging, tax",
        ),
        "Added": config.DatetimeColumn("Added", format="DD MMM YYYY", timezone="UTC"),
    }
