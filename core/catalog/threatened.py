"""Threatened: what the newest daily check found of rules that would remove videos on legal hold, kept for alerts."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.catalog.holds import Threat, standing_threats
from core.database import Database, named_queries
from core.errors import StorageError
from core.storage.provider import LifecycleRules
from core.storage.providers import Providers
from core.units import instant_text

_queries: Any = named_queries(__file__, "threatened.sql")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Threatened:
    """A video on hold, and a rule that would remove objects of it."""

    place: str
    rule: str  #: its id; empty: it has none
    video_id: str
    after_days: int
    since: datetime  #: of the first check that found it


@dataclass(frozen=True)
class HoldCheck:
    """The newest one, as far as videos are on hold still."""

    checked_at: datetime
    threats: tuple[Threatened, ...]  #: by place, rule and video


def check_holds(database: Database, providers: Providers, now: datetime) -> None:
    """Look at the rules of each bucket, and keep what they threaten.

    Of a bucket that does not answer stays what was found there before. Raises StorageError then, at the end.
    """
    _, silent = _checked(database, providers, now)
    for error in silent.values():
        raise error


def check_new_hold(database: Database, providers: Providers, now: datetime) -> tuple[Threat, ...]:
    """As check_holds, once a hold is placed, so that alerts know at once; returns what it found. The hold stands
    whether or not each bucket answers: the daily check looks again.
    """
    found, silent = _checked(database, providers, now)
    for error in silent.values():
        log.warning("Rules were not looked at for what is on hold: %s", error)
    return found


def latest(database: Database) -> HoldCheck | None:
    """None where none was made."""
    with database.reading() as connection:
        row, found = _queries.check(connection), list(_queries.threats(connection))
    if row is None:
        return None
    threats = (Threatened(**{**dict(each), "since": datetime.fromisoformat(each["since"])}) for each in found)
    return HoldCheck(datetime.fromisoformat(row["checked_at"]), tuple(threats))


def _checked(
    database: Database, providers: Providers, now: datetime
) -> tuple[tuple[Threat, ...], dict[str, StorageError]]:
    """What was found and is kept, and which buckets did not answer; each is asked once."""
    found, silent = list[Threat](), dict[str, StorageError]()
    for provider in (each for each in providers.all if isinstance(each, LifecycleRules)):
        try:
            found += standing_threats(database, provider)
        except StorageError as error:
            silent[provider.name] = error
    with database.reading() as connection:
        since = {(row["place"], row["rule"], row["video_id"]): row["since"] for row in _queries.since(connection)}
    _keep(database, silent, _rows(found, since, now), now)
    return tuple(found), silent


def _rows(threats: Iterable[Threat], since: dict[tuple[str, str, str], str], now: datetime) -> list[dict[str, Any]]:
    """One for each rule's id and video; of several rules of one id the first that acts."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for threat in threats:
        for video_id in threat.videos:
            key = (threat.provider, threat.rule.id, video_id)
            days = min(threat.after_days, found[key]["after_days"]) if key in found else threat.after_days
            row = {"place": key[0], "rule": key[1], "video_id": video_id, "after_days": days}
            found[key] = row | {"since": since.get(key, instant_text(now))}
    return list(found.values())


def _keep(database: Database, silent: Iterable[str], rows: list[dict[str, Any]], now: datetime) -> None:
    with database.transaction() as connection:
        _queries.forget_threats(connection, silent=f",{','.join(silent)},")
        if rows:
            _queries.add_threats(connection, rows)
        _queries.keep_check(connection, checked_at=instant_text(now))
