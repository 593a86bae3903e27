"""Recommendations: what was found last, what people dismissed of it, and finding it anew."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.access.audit import AuditLog
from core.access.roles import Permission, User
from core.actions.action import Taken
from core.billing.prices import PriceCatalog
from core.database import Connection, Database, named_queries
from core.errors import RecommendationNotFound, RecommendationRefused
from core.recommendations.applied import applied_of
from core.recommendations.dismissal import Dismissal, dismissal_of
from core.recommendations.grounds import Grounds
from core.recommendations.recommend import Counted, counted, recommend
from core.recommendations.recommendation import NOTHING, Recommendation, Remark
from core.recommendations.told import recommendation_of, remarks_of, remarks_text, text_of
from core.settings import Settings
from core.storage.providers import Providers
from core.units import instant_text
from core.warehouse import Warehouse

_queries: Any = named_queries(__file__)
_LONGEST_REASON = 500


@dataclass(frozen=True)
class Kept:
    """What was found last, as of now."""

    counted: tuple[Counted, ...]  #: those that nobody dismissed, most money a month first
    dismissed: tuple[tuple[Recommendation, Dismissal], ...]  #: those that stay away
    returned: tuple[tuple[str, str], ...]  #: ids of those that were dismissed and are told again, and why
    remarks: tuple[Remark, ...]
    revision: int  #: of the warehouse that it was found in
    computed_at: datetime
    applied: Mapping[str, Taken]  #: by id: those that somebody has applied since

    @property
    def saving_usd(self) -> Decimal:
        """A month, of all that has no catch and is not applied; no portion of the bill is counted twice."""
        return sum((each.usd for each in self._open if not each.recommendation.catch), NOTHING)

    @property
    def with_a_catch_usd(self) -> Decimal:
        """A month besides, where somebody has to accept something."""
        return sum((each.usd for each in self._open if each.recommendation.catch), NOTHING)

    @property
    def _open(self) -> Iterator[Counted]:
        return (each for each in self.counted if each.recommendation.id not in self.applied)


class Recommendations:
    """Whoever may see savings may look; to dismiss asks for the right to change what lies in the cloud."""

    def __init__(
        self,
        database: Database,
        audit: AuditLog,
        providers: Providers,
        prices: PriceCatalog,
        settings: Settings,
        open_warehouse: Callable[[], Warehouse],
    ) -> None:
        self._database, self._audit, self._providers = database, audit, providers
        self._prices, self._settings, self._open_warehouse = prices, settings, open_warehouse

    def refresh(self, now: datetime) -> None:
        """Ask every rule, and keep what they find. Takes seconds, or a minute on a large catalogue."""
        warehouse = self._open_warehouse()
        revision = warehouse.revision()
        found = recommend(Grounds(self._database, warehouse, self._providers, self._prices, self._settings, now))
        with self._database.transaction() as connection:
            _queries.keep(
                connection,
                found=json.dumps([text_of(each) for each in found.recommendations]),
                remarks=remarks_text(found.remarks),
                revision=revision,
                computed_at=instant_text(now),
            )

    def kept(self, user: User) -> Kept | None:
        """What was found last; None while nobody has looked. Raises PermissionDenied."""
        user.require(Permission.SEE_SAVINGS)
        with self._database.reading() as connection:
            return _kept(connection)

    def one(self, user: User, id: str) -> Recommendation:
        """One of those, dismissed or not. Raises RecommendationNotFound, PermissionDenied."""
        user.require(Permission.SEE_SAVINGS)
        with self._database.reading() as connection:
            return _one(connection, id)

    def dismiss(self, user: User, id: str, reason: str, now: datetime) -> None:
        """Let it stay away until its figures change. Raises RecommendationNotFound, RecommendationRefused."""
        said = " ".join(reason.split())
        with self._changing(user, "dismiss recommendation", id, now, said) as connection:
            if not said or len(said) > _LONGEST_REASON:
                raise RecommendationRefused(
                    "A recommendation is dismissed for a reason.", f"Give one, of {_LONGEST_REASON} letters at most."
                )
            found = _one(connection, id)
            _queries.dismiss(
                connection,
                id=id,
                title=found.title,
                reason=said,
                saving_usd=str(found.monthly_saving_usd),
                sketch=found.sketch,
                dismissed_by=user.name,
                dismissed_via=user.via,
                dismissed_at=instant_text(now),
            )

    def bring_back(self, user: User, id: str, now: datetime) -> None:
        """Have it told again. Raises RecommendationNotFound where it was not dismissed."""
        with self._changing(user, "bring back recommendation", id, now) as connection:
            if _queries.dismissal(connection, id=id) is None:
                raise RecommendationNotFound(
                    f"No recommendation {id!r} was dismissed.", "See `python -m core recommendations`."
                )
            _queries.bring_back(connection, id=id)

    def _changing(self, user: User, action: str, id: str, now: datetime, detail: str = "") -> Any:
        return self._audit.change(user, Permission.CHANGE_CLOUD, action, id, now, detail)


def _kept(connection: Connection) -> Kept | None:
    row = _queries.kept(connection)
    if row is None:
        return None
    found = [recommendation_of(text) for text in json.loads(row["found"])]
    dismissals = {each["id"]: dismissal_of(each) for each in _queries.dismissals(connection)}
    away = {each.id for each in found if each.id in dismissals and dismissals[each.id].holds(each)}
    computed_at = datetime.fromisoformat(row["computed_at"])
    changed = [(each.id, dismissals[each.id].what_changed(each)) for each in found if each.id in dismissals]
    return Kept(
        counted(each for each in found if each.id not in away),
        tuple((each, dismissals[each.id]) for each in found if each.id in away),
        tuple((id, why) for id, why in changed if why),
        remarks_of(row["remarks"]),
        row["revision"],
        computed_at,
        applied_of(connection, found, computed_at),
    )


def _one(connection: Connection, id: str) -> Recommendation:
    row = _queries.kept(connection)
    for text in json.loads(row["found"]) if row else ():
        found = recommendation_of(text)
        if found.id == id:
            return found
    raise RecommendationNotFound(f"There is no recommendation {id!r}.", "See `python -m core recommendations`.")
