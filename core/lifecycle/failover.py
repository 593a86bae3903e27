"""Failover: whether a second origin stands behind the distribution, and whether it has what the first one has."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from core.access.audit import AuditLog
from core.access.roles import Permission, User
from core.database import Database, named_queries
from core.delivery.distribution import Edge
from core.delivery.distribution_settings import Config, OriginGroup, first_origin, origin_groups, origins, target
from core.delivery.invalidating import BEHIND
from core.errors import ActionRefused, ObjectNotFound, StorageError, StorageUnreachable
from core.lifecycle.backups import Backup, some
from core.storage.providers import Providers
from core.storage.replication import Replicating
from core.units import instant_text

_queries: Any = named_queries(__file__, "replicas.sql")
PATHS = 10
_BUCKET = re.compile(r"([a-z0-9][a-z0-9.-]+?)\.s3(?:[.-]([a-z0-9-]+))?\.amazonaws\.com(?:\.cn)?")
_NONE = "No distribution is configured here, so nothing can be said of failover. Set CLOUDFRONT_DISTRIBUTION_ID."

#: The size and the etag of what lies at a path.
Look = Callable[[str], tuple[int, str]]


@dataclass(frozen=True)
class Origin:
    """Where the distribution fetches."""

    id: str
    domain: str


@dataclass(frozen=True)
class Failover:
    """How the distribution is set up."""

    distribution: str  #: empty: none is configured
    origins: tuple[Origin, ...]
    group: OriginGroup | None  #: that is in use; None: one origin is asked, and no other
    words: str  #: one sentence


@dataclass(frozen=True)
class Asked:
    """A path, and what the second origin has of it; empty: the same as the first."""

    key: str
    problem: str


@dataclass(frozen=True)
class FailoverDrill:
    """The newest one."""

    checked_at: datetime
    asked_by: str
    primary: str
    secondary: str
    asked: tuple[Asked, ...]

    @property
    def same(self) -> int:
        """How many paths the second origin answers as the first one does."""
        return sum(not each.problem for each in self.asked)


def failover(user: User, edge: Edge | None) -> Failover:
    """As the distribution is configured now. Raises PermissionDenied, StorageError."""
    user.require(Permission.SEE_SAVINGS)
    if edge is None:
        return Failover("", (), None, _NONE)
    config = edge.configured().config
    there = tuple(Origin(id, each["DomainName"]) for id, each in origins(config).items())
    group = next((each for each in origin_groups(config) if each.id == target(config)), None)
    return Failover(edge.id, there, group, _words(edge.id, config, group))


class FailoverDrills:
    """Asking for one reads nothing but what lies at both origins."""

    def __init__(self, database: Database, audit: AuditLog, providers: Providers, edge: Edge | None) -> None:
        self._database, self._audit, self._providers, self._edge = database, audit, providers, edge

    def run(self, user: User, now: datetime, look: Callable[[str], Look] | None = None) -> FailoverDrill:
        """Ask the second origin for a sample of what the first one has, past the distribution, and keep what it had.

        Raises PermissionDenied, ActionRefused where there is no second origin, StorageError.
        """
        user.require(Permission.CHANGE_CLOUD)
        first, second = self._two()
        keys = self._keys(now)
        at_first, at_second = (
            self._look(each) if look is None else look(each["DomainName"]) for each in (first, second)
        )
        asked = tuple(Asked(key, _why_not(key, at_first, at_second)) for key in keys)
        drill = FailoverDrill(now, user.name, first["Id"], second["Id"], asked)
        with self._audit.change(user, Permission.CHANGE_CLOUD, "failover drill", second["Id"], now) as connection:
            told = json.dumps({**asdict(drill), "checked_at": ""})
            _queries.keep_failover(connection, checked_at=instant_text(now), asked_by=user.name, found=told)
        return drill

    def latest(self, user: User) -> FailoverDrill | None:
        """None where none was made. Raises PermissionDenied."""
        user.require(Permission.SEE_SAVINGS)
        with self._database.reading() as connection:
            row = _queries.failover(connection)
        if row is None:
            return None
        told = json.loads(row["found"])
        at = datetime.fromisoformat(row["checked_at"])
        asked = tuple(Asked(**each) for each in told["asked"])
        return FailoverDrill(at, row["asked_by"], told["primary"], told["secondary"], asked)

    def _two(self) -> tuple[Config, Config]:
        if self._edge is None:
            raise ActionRefused(_NONE, "Nothing was asked.")
        config = self._edge.configured().config
        group = next((each for each in origin_groups(config) if each.id == target(config)), None)
        there = origins(config)
        if group is None:
            others = [each for each in there if each != first_origin(config)]
            raise ActionRefused(
                f"{self._edge.id} has no second origin.",
                f"Set {others[0]} as one first." if others else "Add one to the distribution first.",
            )
        return there[group.primary], there[group.secondary]

    def _keys(self, now: datetime) -> list[str]:
        """Of what the catalogue has behind the distribution."""
        provider = self._providers.named(BEHIND)
        with self._database.reading() as connection:
            found = [each.key for each in some(connection, Backup(provider, BEHIND), PATHS, now.date())]
        if not found:
            raise ActionRefused(f"The catalogue has nothing at {BEHIND}.", "Upload or move a video first.")
        return found

    def _look(self, origin: Config) -> Look:
        """At a bucket with our own key, as no origin that is private answers anybody else; at a server as the edge."""
        path = origin.get("OriginPath", "")
        named = _BUCKET.fullmatch(origin["DomainName"])
        if named is None:
            return lambda key: _head(f"https://{origin['DomainName']}{path}/{quote(key)}")
        bucket = self._bucket(named[1], named[2] or "")
        return lambda key: _stated(bucket, f"{path}/{key}".lstrip("/"))

    def _bucket(self, name: str, region: str) -> Any:
        if found := self._providers.holding(name):
            return found
        behind = self._providers.named(BEHIND)
        if not isinstance(behind, Replicating):
            raise StorageUnreachable(f"The bucket {name} cannot be looked at.", "Connect it.")
        return behind.beside(name, region)


def _words(id: str, config: Config, group: OriginGroup | None) -> str:
    if group is None:
        return f"{id} asks {first_origin(config)} and no other origin: while that fails, what edges lack is not served."
    codes = ", ".join(map(str, group.codes))
    return f"Where {group.primary} answers {codes}, or not at all, {id} asks {group.secondary}."


def _why_not(key: str, first: Look, second: Look) -> str:
    try:
        wanted = first(key)
    except ObjectNotFound:
        return "The first origin does not have it either."
    try:
        size, etag = second(key)
    except StorageError as error:
        return error.message
    return "; ".join(_differences(wanted, (size, etag)))


def _differences(wanted: tuple[int, str], found: tuple[int, str]) -> Iterator[str]:
    if wanted[0] != found[0]:
        yield f"it has {found[0]:,} bytes, and the first one {wanted[0]:,}"
    elif wanted[1] != found[1]:
        yield "its etag is another one"


def _stated(provider: Any, key: str) -> tuple[int, str]:
    stored = provider.head(key)
    return stored.size_bytes, stored.etag


def _head(address: str) -> tuple[int, str]:
    import httpx

    try:
        answer = httpx.head(address, timeout=10, follow_redirects=False)
    except httpx.HTTPError as error:
        raise StorageUnreachable(f"It does not answer ({type(error).__name__}).", "Check that server.") from None
    if not answer.is_success:
        raise StorageUnreachable(f"It answers {answer.status_code}.", "Check that server.")
    return int(answer.headers.get("content-length", 0)), answer.headers.get("etag", "").strip('"')
