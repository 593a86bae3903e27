"""Mix: what kinds of usage each label's daily charges are made of, and how fast what it stores grows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from core.costs.currencies import CURRENCY
from core.costs.past import PastCosts
from core.costs.period import Period
from core.costs.scenario import STORED
from core.costs.selection import Selection
from core.warehouse import Warehouse

_SPAN = timedelta(28)  #: of which the mix is that of the latest, and the growth from the one before


class Kind(NamedTuple):
    """What costs scale with."""

    provider: str
    service: str
    family: str
    storage_class: str


@dataclass(frozen=True)
class Usage:
    """A kind of usage of one label."""

    daily: float  #: what it cost a day in the last four weeks
    slope: float  #: by how much more each day, since the four weeks before; storage only


#: By label, then by kind.
Mix = Mapping[str, Mapping[Kind, Usage]]


def mix_of(warehouse: Warehouse, past: PastCosts) -> Mix:
    """Of costs without charges for whole months: tax, fees and support are left out."""
    selection = Selection(warehouse, past.by, past.metric, (), past.currency)
    middle, start = past.until - _SPAN, past.until - 2 * _SPAN
    rows = selection.rows(
        f"{CURRENCY}, {selection.label}, coalesce(provider_name, ''), coalesce(service_name, ''), "
        f"coalesce(usage_family, ''), coalesce(storage_class, ''), charge_period_start >= DATE '{middle}', "
        f"sum({selection.measure}) FILTER (charge_category NOT IN ('tax', 'fee'))",
        Period(start, past.until),
        by_day=True,
    )
    sums: dict[str, dict[Kind, list[float]]] = {}
    for currency, label, provider, service, family, storage_class, is_late, cost in rows:
        if currency == past.currency and cost:
            kinds = sums.setdefault(label, {})
            kinds.setdefault(Kind(provider, service, family, storage_class), [0.0, 0.0])[is_late] = float(cost)
    return {label: {kind: _usage(kind, *pair) for kind, pair in kinds.items()} for label, kinds in sums.items()}


def _usage(kind: Kind, before: float, latest: float) -> Usage:
    days = _SPAN.days
    return Usage(latest / days, (latest - before) / days**2 if kind.family == STORED else 0.0)
