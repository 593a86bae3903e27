"""Migration estimate: what a plan would move, how long that takes, what it costs and what it saves."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

import streamlit as st

from core.migration.estimate import Estimate
from core.migration.planned import PlannedVideo
from dashboard import format, widgets
from dashboard import migration_words as words
from dashboard.format import markdown
from dashboard.numbers import Number

_MOST_REASONS = 8


def draw_figures(estimate: Estimate, timetable: str) -> None:
    """The tiles of a plan."""
    saving, payback = estimate.monthly_saving_usd, estimate.payback_months
    with st.container(horizontal=True, key="tiles-plan"):
        widgets.tile("Ready to move", format.count(estimate.videos, "video"), Number.MOVED, against=_beside(estimate))
        takes = words.span(estimate.fastest, estimate.slowest) if estimate.videos else "None"
        widgets.tile(
            "Takes", takes, Number.MOVE_TIME,
            against=f"with the limit {timetable}" if timetable else "without a limit",
        )  # fmt: skip
        parts = f"egress {format.money(estimate.egress_usd)}, requests {format.money(estimate.requests_usd)}"
        widgets.tile("Costs once", format.money(estimate.one_off_usd), Number.MOVE_COST, against=parts)
        widgets.tile(
            "Storage a month", format.money(estimate.monthly_after_usd), Number.MOVE_SAVING,
            against=f"{format.money(estimate.monthly_before_usd)} before, {_difference(saving)}",
        )  # fmt: skip
        pays = "Never" if payback is None else _months(payback)
        widgets.tile("Pays back", pays, Number.PAYBACK, against="what it costs once, by what it saves")


def _beside(estimate: Estimate) -> str:
    """Bytes, and how many are left out and why."""
    told = (
        (estimate.elsewhere, "already there"), (estimate.blocked, "cannot move"), (estimate.filtered, "filtered out"),
    )  # fmt: skip
    left_out = [f"{number:,} {what}" for number, what in told if number]
    return ", ".join([format.size(estimate.size_bytes), *left_out])


def _difference(saving: Decimal) -> str:
    return f"{format.money(abs(saving))} {'less' if saving >= 0 else 'more'}"


def _months(months: Decimal) -> str:
    """At once, in 9 days, in 4 months, in 2 years."""
    if not months:
        return "At once"
    if months < 1:
        return f"In {format.count(max(round(months * 30), 1), 'day')}"
    return f"In {format.count(round(months), 'month')}" if months < 24 else f"In {round(months / 12):,} years"


def draw_words(estimate: Estimate) -> None:
    """What the figures are worked out from."""
    with st.expander("What these figures assume", icon=":material/info:"):
        for text in (estimate.basis, *estimate.assumptions):
            st.markdown(f"- {markdown(text)}")


def draw_blocked(videos: Iterable[PlannedVideo]) -> None:
    """What cannot move, by its cause; nothing where all can."""
    blocked = [each for each in videos if each.blocked]
    if not blocked:
        return
    causes = Counter((each.blocked, each.advice) for each in blocked)
    examples = {(each.blocked, each.advice): each.title for each in reversed(blocked)}
    with widgets.card("blocked", f"{format.count(len(blocked), 'video')} cannot move", height="content"):
        for (problem, advice), number in causes.most_common(_MOST_REASONS):
            example = markdown(examples[problem, advice])
            st.markdown(
                f":orange[:material/block:] **{format.count(number, 'video')}:** {markdown(problem)} {markdown(advice)}"
                f"  \n:gray[{'Like ' if number > 1 else ''}{example}]"
            )
        if len(causes) > _MOST_REASONS:
            st.caption(f"And {len(causes) - _MOST_REASONS:,} other causes; the saved plan lists every video.")
