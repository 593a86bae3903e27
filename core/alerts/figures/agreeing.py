"""Agreeing: what was billed beside what others counted of the same."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from core.alerts import words
from core.alerts.figure import About, Handles, Reading, Scope, Unit, Worse, decimal
from core.alerts.figures import links
from core.costs.latest import whole_days_until
from core.costs.period import Period
from core.errors import NoBillingData
from core.reconciliation.reconciled import Counted, Figure, Line, Reconciliation, percent
from core.reconciliation.reconciliation import reconcile

DISAGREEING = About(
    "data_disagreeing", "Bill and measurement apart", Unit.SHARE, Worse.HIGHER,
    "See the reasons that the data shows: days, hours or distributions that one of them lacks.",
)  # fmt: skip


class Disagreeing:
    """How far each counter is from the bill on the days that both have, of the newest whole days of the bills."""

    about = DISAGREEING

    def __init__(self, handles: Handles) -> None:
        self._handles = handles

    def read(self, now: datetime, scope: Scope) -> Sequence[Reading]:
        warehouse = self._handles.warehouse
        try:
            until = whole_days_until(warehouse)
        except NoBillingData as error:
            return [Reading(None, detail=error.message)]
        days = max(-(-scope.window // timedelta(days=1)), 1)
        found = reconcile(warehouse, Period(until - timedelta(days), until))
        return list(_readings(found)) or [Reading(None, detail="Nothing else has counted what the bills do.")]


def _readings(found: Reconciliation) -> Iterator[Reading]:
    for line in filter(None, map(found.line, Figure)):
        for counted in line.counted:
            if counted.same is not None:
                yield _reading(line, counted, counted.same, found.period)


def _reading(line: Line, counted: Counted, same: float, period: Period) -> Reading:
    because = "".join(f" Because {finding.words}." for finding in counted.findings)
    return Reading(
        decimal(abs(same)),
        f"{line.figure} by {counted.by}",
        f"{percent(same)} of the bill's, {words.day(period.start)} to {words.day(period.end - timedelta(1))}.{because}",
        link=links.costs(period),
    )
