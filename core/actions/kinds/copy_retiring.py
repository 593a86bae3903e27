"""Copy retiring: what lies at the source of migrations is removed, of videos that viewers get from their targets.

Terms: `migration`, its name, all from the place where none is named; and `videos`, all that may be retired where none
are named. Each video is asked for of the migration that moved it, which proves the target's copy whole, object by
object, before it removes. What no migration has moved is left alone: nothing proves another copy of it whole.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from core.access.roles import Role, User, Via
from core.actions.action import Action, Extent, Item, Kind, Preview, State, Taken, Undo
from core.actions.cloud import Cloud, list_term, require_terms, text_term
from core.actions.handler import fingerprint, seen_items
from core.actions.kinds.words import are_left_out, later
from core.actions.money import Money, Once, by_class, stay, total
from core.billing.storage_prices import billed_as
from core.catalog.catalog import copies_of
from core.catalog.holds import held_videos
from core.catalog.video import Copy
from core.database import Connection
from core.errors import ActionRefused, CannotReturn, ObjectChanged, ObjectNotFound, TakesHours
from core.migration import batches, store
from core.migration.state import Item as Moved
from core.migration.state import Migration
from core.migration.state import State as Moving
from core.storage.provider import StorageProvider
from core.units import number_of

#: As whom the worker asks the migration; who applied the action is on record with that.
_WORKER = User("", Role.OPERATOR, Via.SHELL)
#: No video has a position as low as that, and no migration so many.
_BEFORE_ALL, _ALL = -(2**62), 2**31 - 1
_UNDO = Undo(
    "What is removed is gone from the source, and a roll back is not possible any more; viewers keep the target's "
    "copy, and a migration the other way can copy it back.",
    possible=False,
)
_IN_GRACE, _ELSEWHERE = "may still be rolled back, being in their grace period", "another migration has them at work"
_REFUSED = "the migration refused to retire them; see there why"
_HELD, _NOT_MOVED = (
    "they are on legal hold",
    "no finished migration has moved them, so nothing proves another copy whole",
)
_NO_COPY, _NOT_SERVED = "nothing of them is recorded at the source", "viewers do not get the target's copy"


@dataclass(frozen=True)
class _Retirable:
    """A video of a migration, and what it has at the source."""

    video_id: str
    migration: Migration
    copy: Copy


@dataclass(frozen=True)
class _Found:
    """What may be retired."""

    videos: Sequence[_Retirable]
    left_out: Mapping[str, int]


class CopyRetiring:
    """Each of its items is the copy of one video."""

    kind = Kind.RETIRE_COPY

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def preview(self, action: Action, now: datetime) -> Preview:
        require_terms(action, "migration", "videos")
        with self._cloud.database.reading() as connection:
            found = _found(connection, action, now)
        if not found.videos:
            why = "; ".join(f"{number_of(count, 'video')}: {why}" for why, count in sorted(found.left_out.items()))
            raise ActionRefused(
                f"No copy at {action.place} may be retired{f' ({why})' if why else ''}.", "Choose others, or wait."
            )
        money, copies = self._cloud.money(action), [each.copy for each in found.videos]
        saving, once = _saving_usd(money, copies), _once(money, self._cloud.place(action), copies, now)
        items = tuple(map(_item, found.videos))
        unknown = (("What it saves a month", saving), ("What it costs once", once.usd))
        targets = sorted({each.migration.target for each in found.videos})
        return Preview(
            action,
            f"Removes {number_of(len(items), 'copy', 'copies')} from {action.place} of videos that viewers get from "
            f"{' and '.join(targets)}.",
            items,
            saving_usd=saving,
            one_off_usd=once.usd,
            one_off_more_usd=once.more_usd or Decimal(0),
            undo=_UNDO,
            warnings=(
                "Each object at the target is compared with what was copied, right before the source's is removed; a "
                "video of which one is not whole keeps its source.",
                *(("What the plan includes costs nothing anyhow: the saving is at list price.",) * _is_plan(money)),
                *(money.unknown(what) for what, amount in unknown if amount is None),
                *later(once.more_usd),
                *(each for why, n in sorted(found.left_out.items()) for each in are_left_out(n, "video", why)),
            ),
            counted=Extent(sum(len(each.objects) for each in copies), sum(each.size_bytes for each in items)),
            seen=fingerprint(seen_items(items), [[each.key, each.etag] for copy in copies for each in copy.objects]),
        )

    def look(self, action: Action, item: Item) -> State:
        """It is there as long as the catalogue knows of it."""
        with self._cloud.database.reading() as connection:
            return item.before if _copy_at(connection, item.key, action.place) else None

    def put(self, action: Action, item: Item, state: State) -> None:
        """Asks the migration for it once, and waits until that is over."""
        if state is not None:
            raise CannotReturn("The source's copy is gone.", "Migrate the video the other way.")
        now, name = self._cloud.clock(), (item.before or {})["migration"]
        with self._cloud.database.transaction() as connection:
            migration = store.migration_named(connection, name)
            moved = store.item(connection, migration.id, item.key)
            if moved.state is Moving.DONE:
                _ask(connection, migration, moved, now)
            elif moved.state is not Moving.RETIRING:
                raise ObjectChanged(f"The video is {moved.state} by now.", "Look at the migration.")
        raise TakesHours(
            moved.problem or f"{name!r} is removing the copies at {action.place}.", "It goes on by itself."
        )

    def undo(self, taken: Taken, items: Iterable[Item], now: datetime) -> Undo:
        return _UNDO

    def finished(self, action: Action, now: datetime) -> None:
        """The migration has recorded what it removed."""


def _migrations(connection: Connection, action: Action) -> tuple[Migration, ...]:
    """The one that is named, or all from the place. Raises MigrationNotFound, ActionRefused."""
    name = text_term(action, "migration")
    if not name:
        return store.migrations_from(connection, action.place)
    found = store.migration_named(connection, name)
    if found.source != action.place:
        raise ActionRefused(f"{name!r} moves from {found.source}, not from {action.place}.", "Name its source.")
    return (found,)


def _found(connection: Connection, action: Action, now: datetime) -> _Found:
    """Of a video that several have moved, what the first says that may retire it."""
    asked, held = frozenset(list_term(action, "videos")), held_videos(connection)
    may, why_not = dict[str, _Retirable](), dict[str, str]()
    for migration in _migrations(connection, action):
        for each in batches.choose(connection, migration.id, None, (Moving.DONE,), _BEFORE_ALL, _ALL):
            if asked and each.video_id not in asked:
                continue
            copy = _copy_at(connection, each.video_id, action.place)
            moved = store.item(connection, migration.id, each.video_id)
            why = _HELD if each.video_id in held else _why_not(each, moved, migration, now)
            if copy is None or why:
                why_not[each.video_id] = why or _NO_COPY
            else:
                may.setdefault(each.video_id, _Retirable(each.video_id, migration, copy))
    left_out = Counter(why for id, why in why_not.items() if id not in may)
    left_out.update([_NOT_MOVED] * len(asked - may.keys() - why_not.keys()))
    return _Found(list(may.values()), left_out)


def _item(each: _Retirable) -> Item:
    told = {"video_id": each.video_id, "migration": each.migration.name}
    return Item(each.video_id, each.copy.size_bytes, told, None)


def _why_not(each: batches.Chosen, moved: Moved, migration: Migration, now: datetime) -> str:
    """Empty where it may be retired."""
    if each.elsewhere:
        return _ELSEWHERE
    if each.cut_over_at is None:
        return _NOT_SERVED
    if now < each.cut_over_at + timedelta(days=migration.grace_days):
        return _IN_GRACE
    return _REFUSED if moved.problem else ""


def _ask(connection: Connection, migration: Migration, moved: Moved, now: datetime) -> None:
    """Raises ObjectChanged where the migration has refused it since, or may not retire it now."""
    if moved.problem:
        raise ObjectChanged(moved.problem, moved.advice)
    if moved.video_id in held_videos(connection):
        raise ObjectChanged("The video is on legal hold by now.", "Leave it.")
    chosen = batches.choose(connection, migration.id, moved.video_id, (Moving.DONE,), _BEFORE_ALL, 1)
    if not batches.retire(connection, _WORKER, chosen, now, timedelta(days=migration.grace_days)):
        raise ObjectChanged("The migration may not retire it now.", "Look at the migration.")


def _copy_at(connection: Connection, video_id: str, place: str) -> Copy | None:
    return next((each for each in copies_of(connection, video_id) if each.provider == place), None)


def _saving_usd(money: Money, copies: Iterable[Copy]) -> Decimal | None:
    sizes = by_class((each.storage_class, each.size_bytes) for copy in copies for each in copy.objects)
    return total(*(money.monthly_usd(each, those) for each, those in sizes.items()))


def _once(money: Money, source: StorageProvider, copies: Iterable[Copy], now: datetime) -> Once:
    """What is left of least days; only objects in classes that have some are asked for their age."""
    bound = [each for copy in copies for each in copy.objects if money.is_s3 and not each.storage_class.may_be_left]
    written = ((each, _written_at(source, each.key, now)) for each in bound)
    return money.leaving(stay(each.storage_class, each.size_bytes, at, now) for each, at in written)


def _written_at(source: StorageProvider, key: str, now: datetime) -> datetime:
    try:
        return source.head(key).modified_at
    except ObjectNotFound:
        return now


def _is_plan(money: Money) -> bool:
    return billed_as(money.provider) == "supabase"
