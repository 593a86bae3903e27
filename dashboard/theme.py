"""Theme: one colour for each provider, service and storage class, the same on every page, in light and dark."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from zlib import crc32

import streamlit as st

from core.costs.dimensions import NOT_STATED

_ASSETS = Path(__file__).parent / "assets"
FAVICON = _ASSETS / "favicon.svg"
_SHARED = ("style.css", "tables.css", "legend.css", "ahead.css")
#: What labels beyond the seven dearest are drawn as.
OTHER = "Other"


def _slot(number: int) -> str:
    """The browser puts chartCategoricalColors[number - 1] of the theme in use in its place (.streamlit/config.toml)."""
    return f"#{number:06d}"


def place(colour: str) -> int:
    """The colour's number among chartCategoricalColors, from 1; the style sheet has each as .hue-1, .hue-2, ..."""
    return int(colour.removeprefix("#"))


BLUE, VIOLET, GREEN, ORANGE, PINK, SKY, GOLD = HUES = tuple(_slot(number) for number in range(1, 8))
GREY = _slot(8)  #: Other, and what is not stated
FAINT = _slot(9)  #: the period before, and context
INK = _slot(10)  #: totals
#: What grows, on maps and calendars: chartSequentialColors, of which every second is used.
GROWING = tuple(_slot(number) for number in (12, 14, 16, 18, 20))
RISE, FALL = ORANGE, BLUE  #: dearer and cheaper, told apart by the colour-blind too

_FIXED = {
    OTHER: GREY,
    NOT_STATED: GREY,
    "unmapped": GREY,
    # providers
    "AWS": BLUE,
    "Supabase": GREEN,
    # services
    "Amazon CloudFront": VIOLET,
    "Amazon Simple Storage Service": SKY,
    "Supabase Storage": GREEN,
    "Supabase Plan": GOLD,
    "AWS Elemental MediaConvert": PINK,
    "AWS Support (Developer)": ORANGE,
    "AmazonCloudWatch": BLUE,
    # storage classes
    "STANDARD": SKY,
    "INTELLIGENT_TIERING": BLUE,
    "GLACIER_IR": VIOLET,
    "STANDARD_IA": ORANGE,
    "ONEZONE_IA": PINK,
    "GLACIER": GOLD,
    "DEEP_ARCHIVE": GREEN,
    # usage families
    "storage": SKY,
    "transfer out": VIOLET,
    "requests": ORANGE,
    # charge categories
    "usage": BLUE,
    "tax": GOLD,
    "credit": GREEN,
    "discount": VIOLET,
    "refund": PINK,
    "fee": ORANGE,
}


def colours(labels: Iterable[str]) -> dict[str, str]:
    """The colour of each label.

    Known names have theirs always. Any other name has one by its letters, and gives way to the
    next free colour only where that is taken in the same chart.
    """
    labels = tuple(labels)
    chosen = {label: _FIXED[label] for label in labels if label in _FIXED}
    for label in labels:
        if label not in chosen:
            chosen[label] = _free_hue(label, set(chosen.values()))
    return chosen


def _free_hue(label: str, taken: set[str]) -> str:
    first = crc32(label.encode()) % len(HUES)
    in_turn = HUES[first:] + HUES[:first]
    return next((hue for hue in in_turn if hue not in taken), in_turn[0])


def dress(*own: str) -> None:
    """Give the page its shared looks, and those of its own style sheets; each page does so first."""
    st.html(f"<style>{_looks(own)}</style>")  # in one piece: a page is never seen with half of them


@cache
def _looks(own: tuple[str, ...]) -> str:
    return "\n".join((_ASSETS / file).read_text() for file in (*_SHARED, *own))
