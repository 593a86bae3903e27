"""Closed: requests whose viewers closed the connection before there was an answer, which are no errors."""

from dataclasses import dataclass

from core.costs.period import Period
from core.performance.delivery import Only, delivered_total
from core.warehouse import Warehouse


@dataclass(frozen=True)
class Closed:
    """Requests that viewers closed, among all of theirs."""

    requests: int  #: that were closed
    among: int  #: requests whose status is known, these included

    @property
    def share(self) -> float:
        return self.requests / self.among if self.among else 0.0


def closed_by_viewers(
    warehouse: Warehouse, period: Period, only: Only | None = None, among: int | None = None
) -> Closed:
    """Requests in a period of UTC days that the viewer closed before CloudFront could answer.

    From the CDN's logs, where their status is 000, as CloudFront documents it: not an answer, so neither a 4xx nor a
    5xx. A viewer who seeks, or leaves, closes what is under way. `among`: the requests whose status is known, where
    that is known already.
    """
    asked = only or Only()
    table, when, more = _table(asked)
    tests = [f"{when} >= $start", f"{when} < $end", more, *(f"{name} = ${name}" for name in asked.values)]
    ((closed,),) = warehouse.query(
        f"SELECT coalesce(sum(requests), 0)::BIGINT FROM {table} "
        f"WHERE {' AND '.join(tests if asked.bots else [*tests, 'NOT bot'])}",
        {"start": period.start, "end": period.end, **asked.values},
    )
    return Closed(closed, delivered_total(warehouse, period, asked).answers if among is None else among)


def _table(only: Only) -> tuple[str, str, str]:
    """The smallest table that can answer, its column of time, and which of its rows do."""
    if not only.values.keys() & {"video", "rung"}:
        return "closed_places", "day", "true"
    if only.values.keys() & {"edge", "device"}:
        return "requests", "hour", "status = 0"
    return "closed_titles", "day", "true"
