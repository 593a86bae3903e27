"""Pasts: what bills say, written by hand."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from core.costs.dimensions import Metric
from core.costs.past import Key, PastCosts
from core.costs.period import add_months
from core.costs.whole import Bills

START = date(2026, 1, 1)


def bills(until: date, start: date = START, gap: Sequence[date] = ()) -> Bills:
    """Bills of every month up to a day."""
    months = {add_months(start.replace(day=1), n) for n in range(36)}
    there = {month for month in months if month < until} - set(gap)
    return Bills(frozenset(there), min(there), until)


def days(values: Sequence[float | str | Decimal], start: date = START) -> dict[date, Decimal]:
    """One value a day; a day of 0 has no charge."""
    amounts = [Decimal(str(value)) for value in values]
    return {start + timedelta(n): amount for n, amount in enumerate(amounts) if amount}


def past_of(
    daily: Mapping[str, Mapping[date, Decimal]],
    until: date | Mapping[str, date],
    monthly: Mapping[str, Mapping[date, Decimal]] | None = None,
    tax: Mapping[str, Mapping[date, Decimal]] | None = None,
    gap: Sequence[date] = (),
) -> PastCosts:
    """Costs by service; a label `Supabase: Storage` is the provider Supabase's, others are AWS's."""
    ends = until if isinstance(until, Mapping) else {"AWS": until}
    return PastCosts(
        "service",
        Metric.BILLED,
        "USD",
        START,
        {name: bills(end, gap=gap) for name, end in ends.items()},
        {},
        *({_key(label): dict(costs) for label, costs in (each or {}).items()} for each in (daily, monthly, tax)),
    )


def _key(label: str) -> Key:
    provider, colon, _ = label.partition(":")
    return Key(label, provider if colon else "AWS")
