"""Concerns: what needs somebody, in a sentence, with the link to where it can be looked at."""

from dataclasses import dataclass
from decimal import Decimal
from functools import singledispatch

import streamlit as st

from core.access.roles import Permission, User
from core.billing.overlaps import Overlap
from core.costs.attention import (
    Concern,
    EgressUnknown,
    Rise,
    Unverified,
)
from core.costs.dimensions import Dimension, Filter
from core.costs.period import month_of
from core.costs.restatements import Restatement
from dashboard import format
from dashboard.format import markdown
from dashboard.links import COSTS, SETTINGS, page_link
from dashboard.supabase import egress_words
from dashboard.view import View


@dataclass(frozen=True)
class Notice:
    """A concern as it is drawn."""

    icon: str
    text: str  #: Markdown
    link: str
    view: View | None = None  #: of the Costs page; without one the link goes to the bills of Settings


@singledispatch
def notice(concern: Concern) -> Notice:
    """A concern in words."""
    raise NotImplementedError(type(concern))


@notice.register
def _(concern: Overlap) -> Notice:
    whole, part = (markdown(format.export(name)) for name in (concern.whole, concern.part))
    totals = (concern.whole_total, concern.part_total)
    whole_total, part_total = (markdown(format.money(total, concern.currency)) for total in totals)
    carried = f"{whole} comes to {whole_total} and {part} to {part_total} for the same accounts"
    if concern.is_doubled:
        text = (
            f"**{concern.period:%B} may be counted twice.** {carried}, and both are counted, because one does not "
            "state who pays. Export it anew with the payer's id."
        )
    else:
        text = (
            f"**{concern.period:%B} is not the same in two exports.** {carried}; "
            f"{markdown(format.export(concern.counted[0]))} is counted. If {part} leaves charges out on purpose, "
            f"nothing is wrong while {whole} is counted; otherwise deliver {whole} anew, or export {part} in full."
        )
    return Notice(":orange[:material/content_copy:]", text, "See sources")


@notice.register
def _(concern: EgressUnknown) -> Notice:
    what, cure = egress_words(concern)
    return Notice(":orange[:material/data_alert:]", f"**{what}** {cure}", "See sources")


@notice.register
def _(concern: Rise) -> Notice:
    line, change = concern.line, format.change(concern.line.cost, concern.line.cost_before)
    percent = f", {change.in_words} in {format.days_before(concern.period)}" if change.ratio is not None else ""
    text = (
        f"**{markdown(format.label(line.label))} rose by {markdown(format.money(line.difference, concern.currency))}** "
        f"to {markdown(format.money(line.cost, concern.currency))}{percent}."
    )
    view = View(
        concern.period,
        by=Dimension.USAGE_FAMILY,
        filters=(Filter(Dimension.SERVICE, line.label),),
        currency=concern.currency,
    )
    return Notice(":orange[:material/trending_up:]", text, "See why", view)


@notice.register
def _(concern: Restatement) -> Notice:
    difference = markdown(format.signed_money(concern.difference or Decimal(0), concern.currency))
    total = markdown(format.money(concern.new_total, concern.currency))
    export = markdown(format.export(concern.export))
    text = f"**{concern.period:%B} was restated by {difference}** to {total} in {export}."
    return Notice(
        ":blue[:material/history:]", text, "See the month", View(month_of(concern.period), currency=concern.currency)
    )


@notice.register
def _(concern: Unverified) -> Notice:
    names = ", ".join(markdown(format.export(export)) for export in concern.exports)
    text = f"**No manifest vouches for {names}.** Whether the files are complete cannot be checked."
    return Notice(":gray[:material/rule:]", text, "See sources")


def draw_notice(concern: Concern, user: User) -> None:
    """One concern, with its link where the user may follow it."""
    drawn = notice(concern)
    with st.container(gap="xxsmall"):
        st.markdown(f"{drawn.icon} {drawn.text}")
        if drawn.view:
            page_link(COSTS, drawn.link, drawn.view.query())
        elif user.may(Permission.SEE_SETTINGS):
            page_link(SETTINGS, drawn.link, {"section": "Bills"})
