"""Closed: requests whose viewers closed the connection before there was an answer, which are no errors."""

from dataclasses import dataclass

from core.costs.period import Period
from core.performance.delivery import Only
from core.warehouse import Warehouse


@dataclass(frozen=True)
class Closed:
    """Requests that viewers closed, among all of theirs."""

    requests: int  #: that were closed
    among: int  #: requests whose status is known, these included

    @property
    def share(self) -> float:
        return self.requests / self.among if self.among else 0.0


def closed_by_viewers(warehouse: Warehouse, period: Period, only: Only | None = None) -> Closed:
    """Requests in a period of UTC days that the viewer closed before CloudFront could answer.

    From the CDN's logs, where their status is 000, as CloudFront documents it: not an answer, so neither a 4xx nor a
    5xx. A viewer who seeks, or leaves, closes what is under way.
    """
    asked = only or Only()
    tests = [f"{name} = ${name}" for name in asked.values]
    bots = "true" if asked.bots else "NOT bot"
    table, when = _table(asked)
    rows = warehouse.query(
        f"SELECT coalesce(sum(requests) FILTER (status = 0), 0)::BIGINT, "
        "coalesce(sum(requests) FILTER (status IS NOT NULL), 0)::BIGINT "
        f"FROM {table} WHERE {' AND '.join([f'{when} >= $start', f'{when} < $end', bots, *tests])}",
        {"start": period.start, "end": period.end, **asked.values},
    )
    return Closed(*rows[0])


def _table(only: Only) -> tuple[str, str]:
    """The smallest table that can answer, and its column of time."""
    if not only.values.keys() & {"video", "rung"}:
        return "request_places", "hour"
    return ("requests", "hour") if only.values.keys() & {"edge", "device"} else ("request_titles", "day")
