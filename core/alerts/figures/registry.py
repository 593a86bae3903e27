"""Registry: every figure that a rule may be about; a new one is a file beside this one, and a line here."""

from collections.abc import Mapping
from types import MappingProxyType

from core.alerts.figure import About, Figure, Handles, MakeFigure
from core.alerts.figures import (
    agreeing,
    budgeted,
    delivered,
    ingested,
    moving,
    odd,
    residing,
    reviewed,
    spend,
    storing,
    threatened,
    watched,
)

_KNOWN: tuple[tuple[About, MakeFigure], ...] = (
    (spend.DAY, spend.DayCost),
    (spend.MONTH, spend.MonthCost),
    (budgeted.USED, budgeted.Used),
    (budgeted.EXPECTED, budgeted.Expected),
    (odd.ODD, odd.OddDays),
    (delivered.HIT_RATIO, delivered.hit_ratio),
    (delivered.FIRST_BYTE, delivered.first_byte),
    (delivered.ERRORS, delivered.errors),
    (delivered.REFUSALS, delivered.refusals),
    (watched.STARTUP, watched.startup),
    (watched.REBUFFERING, watched.rebuffering),
    (moving.STUCK, moving.Stuck),
    (moving.FAILED, moving.Failed),
    (storing.DOWN, storing.Down),
    (residing.OUTSIDE, residing.Outside),
    (threatened.THREATENED, threatened.Held),
    (ingested.LATE, ingested.BillAge),
    (ingested.FAILED, ingested.Failed),
    (ingested.REFUSED, ingested.Refused),
    (reviewed.ROSE, reviewed.Rose),
    (reviewed.RESTATED, reviewed.Restated),
    (reviewed.APART, reviewed.Apart),
    (reviewed.EGRESS, reviewed.Egress),
    (reviewed.UNVERIFIED, reviewed.Unverified),
    (agreeing.DISAGREEING, agreeing.Disagreeing),
)

#: What can be said of each without reading it, by its name, in the order in which they are offered.
FIGURES: Mapping[str, About] = MappingProxyType({about.name: about for about, _ in _KNOWN})


def figures(handles: Handles) -> Mapping[str, Figure]:
    """Every figure by its name."""
    return {about.name: make(handles) for about, make in _KNOWN}
