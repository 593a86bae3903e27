"""Copy retiring: what lies at the source of a migration is removed, of videos that viewers get from its target.

Terms: `migration`, its name, and `video_ids`; all that may be retired where none are named. The place is the source.
Each video is asked for of the migration, which proves the target's copy whole, object by object, before it removes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from core.access.roles import Role, User, Via
from core.actions.action import Action, Item, Kind, Preview, State, Taken, Undo
from core.actions.cloud import Cloud, list_term, text_term
from core.actions.handler import fingerprint, seen_items
from core.actions.kinds.words import are_left_out, number_of
from core.actions.money import Money, by_class, total
from core.billing.storage_prices import billed_as
from core.catalog.catalog import copies_of
from core.catalog.video import Copy
from core.database import Connection
from core.errors import ActionRefused, CannotReturn, ObjectChanged, ObjectNotFound, TakesHours
from core.migration import batches, store
from core.migration.state import Item as Moved
from core.migration.state import Migration
from core.migration.state import State as Moving
from core.storage.provider import StorageProvider

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
_NO_COPY, _NOT_SERVED = "nothing of them is recorded at the source", "viewers do not get the target's copy"


@dataclass(frozen=True)
class _Found:
    """What of a migration may be retired."""

    copies: Sequence[tuple[str, Copy]]  #: video id, what it has at the source
    left_out: Mapping[str, int]


class CopyRetiring:
    """Each of its items is the copy of one video."""

    kind = Kind.RETIRE_COPY

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def preview(self, action: Action, now: datetime) -> Preview:
        with self._cloud.database.reading() as connection:
            migration = _migration(connection, action)
            found = _found(connection, action, migration, now)
        if not found.copies:
            why = "; ".join(f"{number_of(count, 'video')}: {why}" for why, count in sorted(found.left_out.items()))
            raise ActionRefused(f"No copy at {action.place} may be retired{f' ({why})' if why else ''}.", "Wait.")
        money, copies = self._cloud.money(action), [copy for _, copy in found.copies]
        saving, once = _saving_usd(money, copies), _early_usd(money, self._cloud.place(action), copies, now)
        items = tuple(Item(id, copy.size_bytes, {"video_id": id}, None) for id, copy in found.copies)
        unknown = (("What it saves a month", saving), ("What it costs once", once))
        return Preview(
            action,
            f"Removes {number_of(len(items), 'copy', 'copies')} from {action.place} of videos that viewers get from "
            f"{migration.target} since {migration.name!r}.",
            items,
            saving_usd=saving,
            one_off_usd=once,
            undo=_UNDO,
            warnings=(
                "Each object at the target is compared with what was copied, right before the source's is removed; a "
                "video of which one is not whole keeps its source.",
                *(("What the plan includes costs nothing anyhow: the saving is at list price.",) * _is_plan(money)),
                *(money.unknown(what) for what, amount in unknown if amount is None),
                *(each for why, n in sorted(found.left_out.items()) for each in are_left_out(n, "video", why)),
            ),
            seen=fingerprint(seen_items(items), [[each.key, each.etag] for copy in copies for each in copy.objects]),
        )

    def look(self, action: Action, item: Item) -> State:
        """It is there as long as the catalogue knows of it."""
        with self._cloud.database.reading() as connection:
            return {"video_id": item.key} if _copy_at(connection, item.key, action.place) else None

    def put(self, action: Action, item: Item, state: State) -> None:
        """Asks the migration for it once, and waits until that is over."""
        if state is not None:
            raise CannotReturn("The source's copy is gone.", "Migrate the video the other way.")
        now = self._cloud.clock()
        with self._cloud.database.transaction() as connection:
            migration = _migration(connection, action)
            moved = store.item(connection, migration.id, item.key)
            if moved.state is Moving.DONE:
                _ask(connection, migration, moved, now)
            elif moved.state is not Moving.RETIRING:
                raise ObjectChanged(f"The video is {moved.state} by now.", "Look at the migration.")
        raise TakesHours(
            moved.problem or f"{migration.name!r} is removing the copies at {action.place}.", "It goes on by itself."
        )

    def undo(self, taken: Taken, items: Iterable[Item], now: datetime) -> Undo:
        return _UNDO

    def finished(self, action: Action, now: datetime) -> None:
        """The migration has recorded what it removed."""


def _migration(connection: Connection, action: Action) -> Migration:
    name = text_term(action, "migration")
    if not name:
        raise ActionRefused("It is not said of which migration.", "Name the one that moved the videos.")
    found = store.migration_named(connection, name)
    if found.source != action.place:
        raise ActionRefused(f"{name!r} moves from {found.source}, not from {action.place}.", "Name its source.")
    return found


def _found(connection: Connection, action: Action, migration: Migration, now: datetime) -> _Found:
    asked = frozenset(list_term(action, "video_ids"))
    done = batches.choose(connection, migration.id, None, (Moving.DONE,), _BEFORE_ALL, _ALL)
    copies, left_out = list[tuple[str, Copy]](), Counter[str]()
    for each in done:
        if asked and each.video_id not in asked:
            continue
        every = {copy.provider: copy for copy in copies_of(connection, each.video_id)}
        why = _why_not(each, store.item(connection, migration.id, each.video_id), migration, now)
        if why or action.place not in every:
            left_out[why or _NO_COPY] += 1
        else:
            copies.append((each.video_id, every[action.place]))
    return _Found(copies, left_out)


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
    chosen = batches.choose(connection, migration.id, moved.video_id, (Moving.DONE,), _BEFORE_ALL, 1)
    if not batches.retire(connection, _WORKER, chosen, now, timedelta(days=migration.grace_days)):
        raise ObjectChanged("The migration may not retire it now.", "Look at the migration.")


def _copy_at(connection: Connection, video_id: str, place: str) -> Copy | None:
    return next((each for each in copies_of(connection, video_id) if each.provider == place), None)


def _saving_usd(money: Money, copies: Iterable[Copy]) -> Decimal | None:
    sizes = by_class((each.storage_class, each.size_bytes) for copy in copies for each in copy.objects)
    return total(*(money.monthly_usd(each, those) for each, those in sizes.items()))


def _early_usd(money: Money, source: StorageProvider, copies: Iterable[Copy], now: datetime) -> Decimal | None:
    """What is left of least days; only objects in classes that have some are asked for their age."""
    bound = [each for copy in copies for each in copy.objects if money.is_s3 and not each.storage_class.may_be_left]
    ages = ((each, _age_days(source, each.key, now)) for each in bound)
    return total(*(money.early_deletion_usd(each.storage_class, each.size_bytes, age) for each, age in ages))


def _age_days(source: StorageProvider, key: str, now: datetime) -> int:
    try:
        return (now - source.head(key).modified_at).days
    except ObjectNotFound:
        return 0


def _is_plan(money: Money) -> bool:
    return billed_as(money.provider) == "supabase"
