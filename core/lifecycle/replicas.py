"""Replicas: which buckets are copied where, and how far that is, by a sample of objects and by CloudWatch."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from core.access.roles import Permission, User
from core.actions.kinds.own_rules import OURS
from core.actions.kinds.replication_words import in_words
from core.database import Database, named_queries
from core.errors import ObjectNotFound, StorageError
from core.lifecycle.backups import Backup, some
from core.storage.providers import Providers
from core.storage.replication import ObjectState, Replicating, ReplicationRule
from core.units import instant_text

if TYPE_CHECKING:  # a worker that asks S3 is spared what reads bills
    from core.warehouse import Warehouse

_queries: Any = named_queries(__file__, "replicas.sql")
#: Of each rule so many of what was written last, and by chance of all.
_NEWEST, _BY_CHANCE, _AT_ONCE = 25, 25, 8
_NAMED = 5
_METRICS = """
    SELECT metric, max(value) FILTER (period_start = last), sum(value), max(last) FROM (
        SELECT *, max(period_start) OVER (PARTITION BY metric, dimensions) AS last FROM metrics
        WHERE namespace = 'AWS/S3' AND period_start >= $since
            AND list_contains(string_split(dimensions, ','), 'SourceBucket=' || $bucket)
    ) GROUP BY metric
"""
#: An inventory that is older tells nothing of today.
_LISTED = timedelta(days=8)
_INVENTORIED = """
    SELECT day, status, objects, bytes FROM inventory_copies
    WHERE provider = 'AWS' AND bucket = $bucket AND day >= $since
    QUALIFY day = max(day) OVER ()
"""


@dataclass(frozen=True)
class CopiedRule:
    """One rule."""

    id: str
    words: str
    target: str
    is_ours: bool
    enabled: bool


@dataclass(frozen=True)
class Sampled:
    """What S3 said of a sample of objects."""

    checked_at: datetime
    copied: int
    pending: int
    failed: int
    not_covered: int  #: written before the rule, or removed meanwhile
    oldest_pending: datetime | None  #: when the oldest one that waits was written
    named: tuple[tuple[str, str], ...]  #: some that failed or wait: key, and which


@dataclass(frozen=True)
class Measured:
    """What CloudWatch said last, of all rules of a bucket; None: it was not asked, or said nothing."""

    until: datetime
    lag_s: float | None  #: how far the slowest copy was behind
    pending: int | None  #: objects that wait
    pending_bytes: int | None
    failed: int | None  #: in the last day


@dataclass(frozen=True)
class Inventoried:
    """How far all objects of a bucket are, by its newest inventory that tells."""

    day: date
    copied: int
    pending: int
    failed: int
    not_covered: int  #: no rule was about them when they were written
    not_covered_bytes: int


@dataclass(frozen=True)
class Copying:
    """A bucket that can be copied elsewhere."""

    provider: str
    bucket: str
    rules: tuple[CopiedRule, ...]
    sampled: Sampled | None = None
    measured: Measured | None = None
    inventoried: Inventoried | None = None
    problem: str = ""  #: why its rules cannot be read


def copying(
    user: User, database: Database, warehouse: "Warehouse", providers: Providers, now: datetime
) -> tuple[Copying, ...]:
    """Of each bucket; its rules as they are now. Raises PermissionDenied."""
    user.require(Permission.SEE_SAVINGS)
    found = (each for each in providers.all if isinstance(each, Replicating))
    return tuple(_of(database, warehouse, each, now) for each in found)


def check_replication(database: Database, provider: Replicating, now: datetime) -> None:
    """Ask how far a sample is, and keep it; nothing where no rule is on. Raises StorageError."""
    there = provider.replication()
    rules = [each for each in there.rules if each.enabled] if there else []
    if not rules:
        return
    keys = _sample(database, provider, rules, now)
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="replicas") as pool:
        states = list(pool.map(lambda key: _state(provider, key), keys))
    found = _told([(key, at, state) for (key, at), state in zip(keys.items(), states, strict=True)])
    with database.transaction() as connection:
        told = json.dumps(found)
        _queries.keep(connection, provider=provider.name, checked_at=instant_text(now), found=told)


def _of(database: Database, warehouse: "Warehouse", provider: Replicating, now: datetime) -> Copying:
    try:
        there = provider.replication()
    except StorageError as error:  # the other buckets are shown nevertheless
        return Copying(provider.name, provider.bucket, (), problem=str(error))
    rules = tuple(map(_rule, there.rules)) if there else ()
    if not rules:
        return Copying(provider.name, provider.bucket, ())
    measured, listed = _measured(warehouse, provider.bucket, now), _inventoried(warehouse, provider.bucket, now)
    return Copying(provider.name, provider.bucket, rules, _sampled(database, provider.name), measured, listed)


def _rule(rule: ReplicationRule) -> CopiedRule:
    return CopiedRule(rule.id, in_words(rule), rule.target, rule.id.startswith(OURS), rule.enabled)


def _sample(
    database: Database, provider: Replicating, rules: Iterable[ReplicationRule], now: datetime
) -> dict[str, datetime | None]:
    """Keys, and when those were written that were written last."""
    keys = dict[str, datetime | None]()
    with database.reading() as connection:
        for rule in rules:
            backup = Backup(provider, provider.name, rule.prefix)
            keys |= dict.fromkeys(each.key for each in some(connection, backup, _BY_CHANCE, now.date()))
            asked = {"provider": provider.name, "prefix": rule.prefix, "first": _NEWEST}
            keys |= {
                row["key"]: datetime.fromisoformat(row["recorded_at"]) for row in _queries.newest(connection, **asked)
            }
    return keys


def _state(provider: Replicating, key: str) -> ObjectState:
    try:
        return provider.copying_of(key)
    except ObjectNotFound:
        return ObjectState.NONE


def _told(found: list[tuple[str, datetime | None, ObjectState]]) -> dict[str, Any]:
    counts = Counter(state for _, _, state in found)
    waiting = [at for _, at, state in found if state is ObjectState.PENDING and at]
    named = [(key, str(state)) for key, _, state in found if state in (ObjectState.FAILED, ObjectState.PENDING)]
    return {
        "copied": counts[ObjectState.COPIED] + counts[ObjectState.IS_COPY],
        "pending": counts[ObjectState.PENDING],
        "failed": counts[ObjectState.FAILED],
        "not_covered": counts[ObjectState.NONE],
        "oldest_pending": instant_text(min(waiting)) if waiting else None,
        "named": sorted(named, key=lambda each: each[1] != ObjectState.FAILED)[:_NAMED],
    }


def _sampled(database: Database, provider: str) -> Sampled | None:
    with database.reading() as connection:
        row = _queries.check(connection, provider=provider)
    if row is None:
        return None
    told = json.loads(row["found"])
    oldest = told["oldest_pending"]
    return Sampled(
        datetime.fromisoformat(row["checked_at"]),
        told["copied"],
        told["pending"],
        told["failed"],
        told["not_covered"],
        datetime.fromisoformat(oldest) if oldest else None,
        tuple((key, state) for key, state in told["named"]),
    )


def _measured(warehouse: "Warehouse", bucket: str, now: datetime) -> Measured | None:
    since = (now - timedelta(days=1)).replace(tzinfo=None)
    rows = warehouse.query(_METRICS, {"bucket": bucket, "since": since})
    last = {metric: value for metric, value, _, _ in rows}
    all_day = {metric: value for metric, _, value, _ in rows}
    if not rows:
        return None
    return Measured(
        max(until for *_, until in rows).replace(tzinfo=now.tzinfo),
        last.get("ReplicationLatency"),
        _whole(last.get("OperationsPendingReplication")),
        _whole(last.get("BytesPendingReplication")),
        _whole(all_day.get("OperationsFailedReplication")),
    )


def _inventoried(warehouse: "Warehouse", bucket: str, now: datetime) -> Inventoried | None:
    """None where no inventory of the last days tells it, as its column ReplicationStatus is an optional one."""
    rows = warehouse.query(_INVENTORIED, {"bucket": bucket, "since": (now - _LISTED).date()})
    if not rows:
        return None
    objects = {status: count for _, status, count, _ in rows}
    done = objects.get("COMPLETED", 0) + objects.get("REPLICA", 0)
    left = sum(size for _, status, _, size in rows if not status)
    return Inventoried(rows[0][0], done, objects.get("PENDING", 0), objects.get("FAILED", 0), objects.get("", 0), left)


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def told(found: Iterable[Copying]) -> Iterator[dict[str, Any]]:
    """As JSON says it."""
    for each in found:
        whole = asdict(each)
        for part, name in (("sampled", "checked_at"), ("sampled", "oldest_pending"), ("measured", "until")):
            if whole[part] and whole[part][name]:
                whole[part][name] = instant_text(whole[part][name])
        if each.inventoried:
            whole["inventoried"]["day"] = each.inventoried.day.isoformat()
        yield whole
