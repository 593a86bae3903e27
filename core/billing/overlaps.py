"""Overlaps: of several exports that carry one account's month, which is counted, and where a person has to look."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations, product
from typing import Any

from core.database import Connection, Database, named_queries

_queries: Any = named_queries(__file__)

#: Two exports of one month come to the same, but for this share of it.
_ALIKE = Decimal("0.01")
#: Exports are delivered some times a day: what was made within a day of another says as much.
_A_DAY = timedelta(days=1)
_LEAST = datetime.min.replace(tzinfo=UTC)
_KINDS = ("cur2", "cur", "focus")  # the one that says most first


@dataclass(frozen=True)
class Overlap:
    """Two exports that carry the same accounts' month, and do not agree on it, or are both counted."""

    provider: str
    period: date  #: first of the month
    currency: str
    whole: str  #: the export that comes to more
    whole_total: Decimal  #: of the accounts that both carry
    part: str
    part_total: Decimal
    counted: tuple[str, ...]  #: of the two; both where a bill states no payer, so that nobody can tell

    @property
    def is_doubled(self) -> bool:
        return len(self.counted) > 1


@dataclass
class _Carried:
    """What one export says of an account's month, or of several accounts'."""

    export: str
    kind: str
    complete: bool
    delivered_at: datetime
    rows: int = 0
    counted_rows: int = 0
    totals: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))  #: by currency
    usage_until: datetime = _LEAST  #: the least there is where it holds only tax and the like
    names: set[tuple[str, str, str]] = field(default_factory=set)  #: the account as the bill spells it

    @classmethod
    def of(cls, row: Any) -> "_Carried":
        return cls(row["export"], row["kind"], bool(row["complete"]), _instant(row["delivered_at"]))

    def empty(self) -> "_Carried":
        return replace(self, rows=0, counted_rows=0, totals=defaultdict(Decimal), usage_until=_LEAST, names=set())

    @property
    def name(self) -> tuple[str, str]:
        return (self.export, self.kind)

    @property
    def rank(self) -> tuple[bool, date, int, datetime]:
        """The greatest one is counted: vouched for, then of the newer day, then of the kind that says most."""
        kind = -_KINDS.index(self.kind) if self.kind in _KINDS else -len(_KINDS)
        return (self.complete, self.delivered_at.date(), kind, self.delivered_at)

    def add(self, row: Any) -> None:
        self.rows += row["row_count"]
        self.counted_rows += row["row_count"] if row["counted"] else 0
        self.totals[row["currency"]] += Decimal(row["total"])
        self.usage_until = max(self.usage_until, _instant(row["usage_until"]))
        self.names.add((row["provider_name"], row["billing_account_id"], row["sub_account_id"]))

    def take(self, other: "_Carried") -> None:
        """Add what the same export says of another account."""
        self.rows += other.rows
        self.counted_rows += other.counted_rows
        for currency, total in other.totals.items():
            self.totals[currency] += total
        self.usage_until = max(self.usage_until, other.usage_until)


def count_once(connection: Connection, period: date) -> None:
    """Count each account's month in one export: the newest that is not visibly a part of another."""
    for (_, payer, _), exports in _by_account(
        _queries.carried(connection, first=str(period), last=str(period))
    ).items():
        best = _best(exports)
        for each in exports:
            counted = each is best or not payer  # an account that is not stated is never taken for another
            for provider, billing_account, sub_account in each.names:
                _queries.count_bill(
                    connection, export=each.export, kind=each.kind, period=str(period), provider_name=provider,
                    billing_account_id=billing_account, sub_account_id=sub_account, counted=counted,
                )  # fmt: skip


def overlaps(database: Database, since: date) -> tuple[Overlap, ...]:
    """Where two exports carry the same accounts and one has visibly less, or both are counted; newest month first."""
    months: dict[str, list[Any]] = defaultdict(list)
    with database.reading() as connection:
        for row in _queries.carried(connection, first=str(since), last=str(date.max)):
            months[row["period"]].append(row)
    found = (_overlap(date.fromisoformat(m), p) for m in sorted(months, reverse=True) for p in _pairs(months[m]))
    return tuple(overlap for overlap in found if overlap)


#: Provider, payer and account, in one spelling.
_Account = tuple[str, str, str]


def _by_account(rows: Iterable[Any]) -> dict[_Account, list[_Carried]]:
    """What each export says of each account."""
    accounts: dict[_Account, dict[tuple[str, str], _Carried]] = defaultdict(dict)
    for row in rows:
        exports = accounts[_account(row)]
        exports.setdefault((row["export"], row["kind"]), _Carried.of(row)).add(row)
    return {account: list(exports.values()) for account, exports in accounts.items()}


def _account(row: Any) -> _Account:
    account = (row["provider_name"], row["billing_account_id"], row["sub_account_id"])
    # as exports of an older version may be loaded still, which kept the case
    return (account[0], account[1].lower(), account[2].lower()) if account[0] == "Microsoft" else account


@dataclass
class _Pair:
    """What two exports say of the accounts that both carry."""

    provider: str
    one: _Carried
    other: _Carried
    doubled: bool = False  #: an account is counted in both
    taken: set[int] = field(default_factory=set)

    def take(self, one: _Carried, other: _Carried) -> None:
        for whole, each in ((self.one, one), (self.other, other)):
            if id(each) not in self.taken:  # an account that is not stated may be any of the others
                whole.take(each)
                self.taken.add(id(each))
        self.doubled |= bool(one.counted_rows and other.counted_rows)


#: Payer, and what an export says of an account.
_Paid = tuple[str, _Carried]


def _pairs(rows: list[Any]) -> list[_Pair]:
    users: dict[tuple[str, str], list[_Paid]] = defaultdict(list)
    for (provider, payer, user), exports in _by_account(rows).items():
        users[provider, user] += [(payer, each) for each in exports]
    pairs: dict[tuple[str, ...], _Pair] = {}
    for (provider, user), carried in users.items():
        unstated = users.get((provider, ""), []) if user else []
        for one, other in [*combinations(carried, 2), *product(carried, unstated)]:
            if _may_be_one(one, other):
                (_, first), (_, second) = sorted((one, other), key=lambda paid: paid[1].name)
                key = (provider, *first.name, *second.name)
                pairs.setdefault(key, _Pair(provider, first.empty(), second.empty())).take(first, second)
    return list(pairs.values())


def _may_be_one(one: _Paid, other: _Paid) -> bool:
    return one[1].name != other[1].name and (one[0] == other[0] or not (one[0] and other[0]))


def _overlap(period: date, pair: _Pair) -> Overlap | None:
    part, whole = sorted((pair.one, pair.other), key=lambda each: sum(each.totals.values()))
    counted = max(part, whole, key=lambda each: each.counted_rows)
    # of an export that is over, another one has more, and is counted
    is_told = pair.doubled or (_has_less(part, whole) and (counted is part or not _is_older(part, whole)))
    if not is_told:
        return None
    currency = max(whole.totals, key=lambda currency: abs(whole.totals[currency]))
    return Overlap(
        pair.provider, period, currency, whole.export, whole.totals[currency], part.export,
        part.totals.get(currency, Decimal(0)), (part.export, whole.export) if pair.doubled else (counted.export,),
    )  # fmt: skip


def _best(carried: list[_Carried]) -> _Carried:
    whole = [each for each in carried if not any(_gives_way(each, other) for other in carried)]
    return max(whole, key=lambda each: each.rank)  # of equals the first by name


def _gives_way(part: _Carried, whole: _Carried) -> bool:
    """Whether an export is to be taken for a part of another, which can stand for it: as sure, and as far."""
    return (
        _has_less(part, whole)
        and not _is_older(part, whole)
        and part.rows < whole.rows
        and whole.complete >= part.complete
        and part.usage_until - whole.usage_until <= _A_DAY
    )


def _has_less(part: _Carried, whole: _Carried) -> bool:
    """Whether an export has visibly less of what another has than the days explain that it does not reach yet."""
    if part is whole:
        return False
    tolerated = _ALIKE + 2 * _share_of_time_missing(part, whole)
    shares = [_missing(part, whole, currency) for currency in {*part.totals, *whole.totals}]
    return min(shares) >= 0 and max(shares) > tolerated


def _is_older(one: _Carried, other: _Carried) -> bool:
    return other.delivered_at - one.delivered_at > _A_DAY


def _missing(part: _Carried, whole: _Carried, currency: str) -> Decimal:
    """The share of the whole's total that the part lacks; below 0 where it has more."""
    total = whole.totals.get(currency, Decimal(0))
    less = total - part.totals.get(currency, Decimal(0))
    return less / total if total > 0 else min(-less, less)


def _share_of_time_missing(part: _Carried, whole: _Carried) -> Decimal:
    """How much of the whole's days the part does not reach yet, 0 to 1: less of them costs less."""
    if _LEAST in (part.usage_until, whole.usage_until) or part.usage_until >= whole.usage_until:
        return Decimal(0)
    begun = (whole.usage_until - timedelta(microseconds=1)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return Decimal((whole.usage_until - part.usage_until) / (whole.usage_until - begun))


def _instant(text: str | None) -> datetime:
    return datetime.fromisoformat(text) if text else _LEAST
