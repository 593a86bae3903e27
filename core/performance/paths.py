"""Paths: what viewers asked for most often in vain, or without its being in a cache."""

from dataclasses import dataclass
from enum import StrEnum

from core.costs.period import Period
from core.performance.delivery import Only
from core.telemetry.statements import statements
from core.warehouse import Warehouse

_SQL = statements(__file__)


class Trouble(StrEnum):
    """What is wrong with a request."""

    MISS = "miss"  #: the answer was in no cache
    ERROR = "error"  #: the answer's status was 400 or above
    CLOSED = "closed"  #: the viewer closed the connection before there was an answer


@dataclass(frozen=True)
class Path:
    """Requests of one path that went wrong."""

    path: str
    requests: int
    bytes: int | None  #: sent to viewers; None: unknown
    edge: str  #: where most of them were; empty: unknown
    edges: int  #: different ones
    status: int | None  #: the most frequent; None: unknown


@dataclass(frozen=True)
class Paths:
    """Where requests went wrong."""

    lines: tuple[Path, ...]  #: most requests first
    others: int  #: requests of paths that are not kept one by one, as each day only the most frequent are


def worst_paths(
    warehouse: Warehouse, period: Period, trouble: Trouble, only: Only | None = None, most: int = 50
) -> Paths:
    """The paths with the most of a trouble in a period of UTC days; of an edge and a country where they are asked.

    From the CDN's logs; crawlers, scripts and health checks only where they are asked for. Device, video and rung of
    paths are not kept.
    """
    asked = only or Only()
    values: dict[str, object] = {"start": period.start, "end": period.end, "edge": asked.edge, "country": asked.country}
    values["bots"] = asked.bots
    sql = _SQL["worst"].replace("TROUBLE", _TESTS[trouble])
    rows = warehouse.query(sql, values | {"most": most + 1})
    named = tuple(Path(*row) for row in rows if row[0])
    return Paths(named[:most], sum(row[1] for row in rows if not row[0]))


_TESTS = {
    Trouble.MISS: "result = 'miss' AND coalesce(status BETWEEN 1 AND 399, true)",
    Trouble.ERROR: "status >= 400",
    Trouble.CLOSED: "status = 0",
}
