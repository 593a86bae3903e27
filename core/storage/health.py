"""Health: what is known of how each provider is doing, kept in the database so that all processes agree."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from core.database import Connection, Database, Row, named_queries
from core.errors import DiskFull, PhyghtError, StorageBusy, StorageDenied, StorageError, StorageUnreachable
from core.storage.breaker import Condition, State, failed, succeeded, trying
from core.storage.provider import StorageProvider
from core.units import instant_text

_queries: Any = named_queries(__file__)
#: That nothing is at a key, or that it may not be one, tells that the provider is well.
_FAULTS = (StorageUnreachable, StorageDenied, StorageBusy, DiskFull)
_DOUBTED_EVERY = timedelta(seconds=10)
_INSTANTS = ("since", "succeeded_at", "failed_at", "trial_at")


class Health:
    """The condition of each provider, by its name."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._doubted_at: dict[str, datetime] = {}

    def condition(self, provider: str) -> Condition:
        """How it is doing; well, where nothing was ever heard of it."""
        with self._database.reading() as connection:
            return _condition(connection, provider)

    def may_use(self, provider: str) -> bool:
        """Whether new objects may go there. While its breaker is half-open, one caller in a minute is told yes."""
        if self.condition(provider).state is State.CLOSED:  # nearly always, and nothing is written
            return True
        with self._database.transaction() as connection:
            tried = trying(_condition(connection, provider), self._clock())
            if tried:
                _keep(connection, tried)
        return tried is not None

    @contextmanager
    def attempt(self, provider: str) -> Iterator[None]:
        """Learn from what becomes of the block: it fails, or the provider has answered."""
        try:
            yield
        except _FAULTS as error:
            self._failed(provider, error)
            raise
        except StorageError:
            self._succeeded(provider)
            raise
        self._succeeded(provider)

    def probe(self, provider: StorageProvider) -> Condition:
        """Ask the provider whether it is well, and keep the answer. Raises nothing that the provider raises."""
        begun = time.perf_counter()
        try:
            provider.check()
        except (StorageError, DiskFull) as error:
            self._failed(provider.name, error)
        else:
            self._succeeded(provider.name, (time.perf_counter() - begun) * 1000)
        return self.condition(provider.name)

    def doubt(self, provider: StorageProvider) -> None:
        """Ask a provider that somebody could not reach, unless that has just been done; their word changes nothing."""
        now, last = self._clock(), self._doubted_at.get(provider.name)
        if last is None or now - last >= _DOUBTED_EVERY:
            self._doubted_at[provider.name] = now
            self.probe(provider)

    def _failed(self, provider: str, error: PhyghtError) -> None:
        with self._database.transaction() as connection:
            before = _condition(connection, provider)
            _keep(connection, failed(before, self._clock(), error.message, error.advice))

    def _succeeded(self, provider: str, latency_ms: float | None = None) -> None:
        with self._database.transaction() as connection:
            _keep(connection, succeeded(_condition(connection, provider), self._clock(), latency_ms))


def _condition(connection: Connection, provider: str) -> Condition:
    row: Row | None = _queries.provider_health(connection, provider=provider)
    if row is None:
        return Condition(provider)
    told: dict[str, Any] = {**dict(row), "state": State(row["state"])}
    told |= {name: datetime.fromisoformat(row[name]) if row[name] else None for name in _INSTANTS}
    return Condition(**told)


def _keep(connection: Connection, condition: Condition) -> None:
    kept = asdict(condition)
    kept |= {name: kept[name] and instant_text(kept[name]) for name in _INSTANTS}
    _queries.keep_provider_health(connection, **kept)
