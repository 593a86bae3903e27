"""Attributing, plainly: the same answer worked out row by row in Python, with exact fractions where it has to round."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from core.costs.attribution import REACH_DAYS
from core.costs.period import month_of
from core.costs.pools import KIND, PLACE, RULE, RULES, Measure, Pool
from core.sqlite_database import SqliteDatabase
from core.warehouse import Warehouse

_OCTOBER = month_of(date(2026, 10, 1))
_UNITS = 10**10
Scope = tuple[str, str, str]  # provider, account, service; empty where it is any
Drivers = dict[str, int]


def plain(home: str) -> dict[str, str]:
    """Contender: what each video costs in October, in decimals."""
    warehouse = Warehouse(Path(home) / "warehouse", SqliteDatabase(Path(home) / "phyght.db"))
    measured = _Measured(warehouse)
    due: dict[tuple[Any, ...], dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    totals: dict[tuple[Any, ...], int] = defaultdict(int)
    left: dict[Scope, int] = defaultdict(int)
    followers: dict[tuple[str, Scope], Decimal] = defaultdict(Decimal)
    for day, provider, account, service, pool, measure, place, kind, cost in _charges(warehouse):
        if measure == Measure.FOLLOWED:
            followers[pool, (provider, account, service)] += cost
            continue
        units = int(cost * _UNITS)
        measure, drivers = measured.drivers(measure, day, provider, place, kind)
        whole = sum(drivers.values())
        if not whole:
            left[provider, account, service] += units
            continue
        key = (provider, account, service, pool, measure)
        totals[key] += units
        for video, driver in drivers.items():
            due[key][video] += Fraction(units * driver, whole)
    shares = {key: _rounded(due[key], totals[key]) for key in due}
    return _added_up(shares, left, followers)


def _charges(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    return warehouse.query(f"""
        SELECT day, provider, account, service, pool, measure, place, kind, sum(cost)::DECIMAL(38, 18) FROM (
            SELECT charge_period_start AS day, coalesce(provider_name, '') AS provider,
                coalesce(sub_account_id, billing_account_id, '') AS account, coalesce(service_name, '') AS service,
                {RULE} AS rule, {PLACE} AS place, {KIND} AS kind, billed_cost AS cost
            FROM resource_charges
            WHERE charge_period_start >= DATE '{_OCTOBER.start}' AND charge_period_start < DATE '{_OCTOBER.end}'
        ) JOIN ({RULES}) rules (rule, pool, measure) USING (rule) GROUP BY ALL
    """)


class _Measured:
    """What was measured, row by row: of inventories and of CloudFront's logs."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._stored: dict[tuple[str, date], list[tuple[str, str, int]]] = defaultdict(list)
        for bucket, day, kind, video, size in warehouse.query(
            "SELECT bucket, day, storage_class, video, billable_bytes FROM inventory"
        ):
            self._stored[bucket, day].append((kind, video, size))
        self._sent: dict[date, list[tuple[Any, ...]]] = defaultdict(list)
        for day, *row in warehouse.query(
            "SELECT day, distribution, price_region, video, result, requests, bytes FROM request_titles"
        ):
            self._sent[day].append(tuple(row))
        self._known: dict[tuple[Any, ...], Drivers] = {}

    def drivers(self, measure: str, day: date, provider: str, place: str, kind: str) -> tuple[str, Drivers]:
        """Of each video, and by what; there are no access logs."""
        measure = Measure.MISSED if measure == Measure.FETCHED else measure
        key = (measure, day, provider, place, kind)
        if key not in self._known:
            self._known[key] = self._looked_up(*key)
        return measure, self._known[key]

    def _looked_up(self, measure: str, day: date, provider: str, place: str, kind: str) -> Drivers:
        found: Drivers = defaultdict(int)
        for video, driver in self._rows(measure, day, provider, place, kind):
            found[video] += driver
        return {video: driver for video, driver in found.items() if driver > 0}

    def _rows(self, measure: str, day: date, provider: str, place: str, kind: str) -> Iterator[tuple[str, int]]:
        if measure in (Measure.DELIVERED, Measure.REQUESTED):
            yield from self._delivered(measure, day, place, kind)
        elif provider == "AWS" and measure == Measure.STORED:
            yield from self._kept(day, place, kind)
        elif provider == "AWS" and measure == Measure.MISSED:
            there = {video for video, _ in self._kept(day, place, kind)}
            yield from ((row[2], row[5]) for row in self._sent[day] if row[3] == "miss" and row[2] in there)

    def _delivered(self, measure: str, day: date, place: str, kind: str) -> Iterator[tuple[str, int]]:
        for distribution, region, video, _, requests, size in self._sent[day]:
            if place in ("", distribution) and kind in ("", region):
                yield video, requests if measure == Measure.REQUESTED else size

    def _kept(self, day: date, place: str, kind: str) -> Iterator[tuple[str, int]]:
        for bucket in {bucket for bucket, _ in self._stored} if place == "" else {place}:
            days = [each for of, each in self._stored if of == bucket and abs((each - day).days) <= REACH_DAYS]
            until = [each for each in days if each <= day]
            if days:
                for of_kind, video, size in self._stored[bucket, max(until) if until else min(days)]:
                    if kind in ("", of_kind):
                        yield video, size


def _rounded(due: dict[str, Fraction], total: int) -> dict[str, int]:
    floors = {video: part.numerator // part.denominator for video, part in due.items()}
    first = sorted(due, key=lambda video: (floors[video] - due[video], video))[: total - sum(floors.values())]
    for video in first:
        floors[video] += 1
    return floors


def _added_up(
    shares: dict[tuple[Any, ...], dict[str, int]], left: dict[Scope, int], followers: dict[tuple[str, Scope], Decimal]
) -> dict[str, str]:
    amounts: dict[Scope, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    videos: dict[str, int] = defaultdict(int)
    for (provider, account, service, *_), units in shares.items():
        for video, each in units.items():
            amounts[provider, account, service][video] += each
            videos[video] += each
    for scope, units in left.items():
        amounts[scope][""] += units
    paid = {scope: {v: units for v, units in of.items() if units > 0} for scope, of in amounts.items()}
    for (_, scope), cost in _by_scope(paid, followers).items():
        drivers = _of_scope(paid, scope)
        whole, units = sum(drivers.values()), int(cost * _UNITS)
        due = {video: Fraction(units * driver, whole) for video, driver in drivers.items()}
        for video, each in _rounded(due, units).items():
            videos[video] += each
    return {video: format(Decimal(units).scaleb(-10), "f") for video, units in videos.items() if video}


def _by_scope(
    paid: dict[Scope, Drivers], followers: dict[tuple[str, Scope], Decimal]
) -> dict[tuple[str, Scope], Decimal]:
    """The costs that follow the same amounts, added up; what has nothing to follow is left out."""
    found: dict[tuple[str, Scope], Decimal] = defaultdict(Decimal)
    run_for_all = {scope[2] for pool, scope in followers if pool == Pool.OVERHEAD}
    spent_on = {scope[2] for scope, drivers in paid.items() if drivers}
    for (pool, (provider, account, service)), cost in followers.items():
        of_all = pool == Pool.OVERHEAD or not service or service.startswith("AWS Support")
        of_all = of_all or (service not in spent_on and service in run_for_all)
        tried: Iterable[Scope] = ((provider, each, "" if of_all else service) for each in (account, ""))
        if followed := next((scope for scope in tried if _of_scope(paid, scope)), None):
            found[pool, followed] += cost
    return found


def _of_scope(paid: dict[Scope, Drivers], scope: Scope) -> Drivers:
    found: Drivers = defaultdict(int)
    for of, drivers in paid.items():
        if all(wanted in ("", each) for wanted, each in zip(scope, of, strict=True)):
            for video, driver in drivers.items():
                found[video] += driver
    return found
