"""Control: start, pause, go on, cancel, try again, move first, take back, retire; of a whole migration or one video."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from core.access.roles import Permission, User
from core.database import Connection
from core.errors import MigrationRefused
from core.jobs.work import enqueue
from core.migration import batches, store
from core.migration.batches import Chosen
from core.migration.handles import Handles
from core.migration.requiring import require_free, require_grace, require_ready, require_running
from core.migration.returning import losses
from core.migration.state import CANCELLABLE, MOVE, RETIRE, Item, Migration, Phase, State, startable
from core.migration.switching import roll_back, why_not_back
from core.migration.timetable import parse_timetable
from core.units import instant_text

#: So many videos are changed in one transaction, so that nobody else waits long.
_TOGETHER = 500
#: No video has a position as low as that.
_BEFORE_ALL = -(2**62)
#: What can be moved before all others.
_PUT_FIRST = (State.WAITING, State.FAILED, State.CANCELLED, State.ROLLED_BACK)
_RESTORE = "Restore it there as it was, and roll back again; until then viewers stay where they are."


class Migrations:
    """What people may do with migrations. Each asks for the permission to migrate, and is noted."""

    def __init__(self, handles: Handles) -> None:
        self.handles = handles

    def start(self, user: User, name: str, now: datetime, first: int | None = None) -> int:
        """Have what waits moved, the first so many or all; returns how many that are.

        It is how a paused or cancelled one goes on, too; what has arrived is not sent again.
        Raises PermissionDenied, MigrationNotFound, MigrationRefused.
        """
        with self._changing(user, "start migration", name, now) as (connection, migration):
            require_ready(connection, self.handles, migration)
            _enter(connection, migration, Phase.RUNNING, now)
            store.queries.note_start(
                connection, id=migration.id, started_by=user.name, started_via=user.via, at=instant_text(now)
            )
            store.note(connection, migration.id, None, "started", now, actor=user.name)
        states = startable(migration.phase)
        return self._each(migration, states, None, lambda c, some: batches.ask(c, some, now), first, Phase.RUNNING)

    def pause(self, user: User, name: str, now: datetime) -> None:
        """Let nothing further begin; what is on its way stops at its next part, and what has arrived stays."""
        with self._changing(user, "pause migration", name, now) as (connection, migration):
            if migration.phase is not Phase.RUNNING:
                raise MigrationRefused(f"{name} is {migration.phase}: there is nothing to pause.", "Start it first.")
            _enter(connection, migration, Phase.PAUSED, now)
            store.queries.forget_requests(connection, migration_id=migration.id)
            store.queries.forget_wishes(connection, migration_id=migration.id)
            store.note(connection, migration.id, None, "paused", now, actor=user.name)

    def cancel(self, user: User, name: str, now: datetime, video_id: str | None = None) -> int:
        """Give up what is not moved yet, and remove what has arrived of it; what is moved stays moved.

        Returns how many videos that are.
        """
        with self._changing(user, "cancel migration", name, now, video_id) as (connection, migration):
            if video_id is None:
                _enter(connection, migration, Phase.CANCELLED, now)
                store.note(connection, migration.id, None, "cancelled", now, actor=user.name)
        phase = Phase.CANCELLED if video_id is None else None
        return self._each(
            migration, CANCELLABLE, video_id, lambda c, some: batches.cancel(c, user, some, now), phase=phase
        )

    def retry(self, user: User, name: str, now: datetime, video_id: str | None = None) -> int:
        """Try again what was set aside, cancelled or, where it is one video, rolled back; returns how many that are."""
        states = (State.FAILED,) if video_id is None else (State.FAILED, State.CANCELLED, State.ROLLED_BACK)
        with self._changing(user, "retry migration", name, now, video_id) as (connection, migration):
            require_running(migration)
            require_free(connection, migration, video_id)
            store.note(connection, migration.id, video_id, "asked to try again", now, actor=user.name)
        return self._each(migration, states, video_id, lambda c, some: batches.ask(c, some, now), phase=Phase.RUNNING)

    def move_now(self, user: User, name: str, video_id: str, now: datetime) -> None:
        """Move this one before all others."""
        with self._changing(user, "move first", name, now, video_id) as (connection, migration):
            require_running(migration)
            require_free(connection, migration, video_id)
            state = store.item(connection, migration.id, video_id).state
            if state not in _PUT_FIRST:
                raise MigrationRefused(f"The video is {state}.", "Only what waits can be moved first.")
            first = store.queries.lowest_position(connection, migration_id=migration.id)["position"]
            chosen = batches.choose(connection, migration.id, video_id, _PUT_FIRST, _BEFORE_ALL, 1)
            if not batches.ask(connection, chosen, now, first - 1):
                raise MigrationRefused("A worker is about to move it.", "Look at its timeline.")
            store.note(connection, migration.id, video_id, "asked to move first", now, actor=user.name)

    def roll_back(self, user: User, name: str, now: datetime, video_ids: Iterable[str] | None = None) -> int:
        """Viewers get the source's copies again; no byte is moved. Returns how many videos that are.

        Of all, those whose source is not whole stay where they are, and why is on their timelines; MigrationRefused
        where that is so of one that is named, or of every one. Raises StorageError where the source does not answer.
        """
        with self._changing(user, "roll back migration", name, now) as (_, migration):
            chosen = [None] if video_ids is None else list(video_ids)
        lost = dict[str, str]()

        def change(connection: Connection, each: Item) -> bool:
            if video_ids is None and why_not_back(connection, migration, each):
                return False  # it does not hold up the others
            if loss := lost.get(each.video_id):
                _stay(connection, user, each, loss, now, video_ids is not None)
                return False
            roll_back(connection, user, migration, each, now)
            return True

        back = 0
        for video_id in chosen:
            for items in self._done(migration, video_id):
                lost.update(self._losses(migration, items))
                with self.handles.database.transaction() as connection:
                    current = [store.item(connection, migration.id, each.video_id) for each in items]
                    back += sum(each.state is State.DONE and change(connection, each) for each in current)
        if lost and not back:
            raise MigrationRefused(next(iter(lost.values())), _RESTORE)
        return back

    def retire(self, user: User, name: str, now: datetime, video_id: str | None = None) -> int:
        """Remove the source's copies of what was moved long enough ago; it cannot be undone. Returns how many.

        Raises MigrationRefused where the grace period of that video is not over.
        """
        with self._changing(user, "retire source", name, now, video_id) as (connection, migration):
            if video_id:
                require_grace(migration, store.item(connection, migration.id, video_id), now)
                require_free(connection, migration, video_id)
        grace = timedelta(days=migration.grace_days)
        return self._each(migration, (State.DONE,), video_id, lambda c, some: batches.retire(c, user, some, now, grace))

    def set_timetable(self, user: User, name: str, text: str, now: datetime) -> None:
        """Another bandwidth, from now on. Raises TimetableRefused."""
        parse_timetable(text)
        with self._changing(user, "limit migration", name, now, detail=text) as (connection, migration):
            store.queries.set_timetable(connection, id=migration.id, timetable=text)
            store.note(connection, migration.id, None, "bandwidth changed", now, text or "no limit", user.name)

    def ask_again(self, now: datetime) -> None:
        """Ask for every move that should go on and that no worker has: its request was lost with one."""
        while self._ask_for_lost(now) == _TOGETHER:
            pass

    def _ask_for_lost(self, now: datetime) -> int:
        with self.handles.database.transaction() as connection:
            lost = [store.item_of_row(row) for row in store.queries.unasked(connection, at_most=_TOGETHER)]
            for each in lost:
                work = RETIRE if each.state is State.RETIRING else MOVE
                request = enqueue(connection, work, each.argument, now, priority=each.position)
                store.queries.set_request(
                    connection, migration_id=each.migration_id, video_id=each.video_id, request=request
                )
        return len(lost)

    @contextmanager
    def _changing(
        self, user: User, action: str, name: str, now: datetime, video_id: str | None = None, detail: str = ""
    ) -> Iterator[tuple[Connection, Migration]]:
        subject = f"{name}, {video_id}" if video_id else name
        with self.handles.audit.change(user, Permission.MIGRATE, action, subject, now, detail) as connection:
            yield connection, store.migration_named(connection, name)

    def _each(
        self,
        migration: Migration,
        states: Sequence[State],
        video_id: str | None,
        change: Callable[[Connection, Sequence[Chosen]], int],
        first: int | None = None,
        phase: Phase | None = None,
    ) -> int:
        """Change the chosen videos, some hundreds in each transaction; returns how many were changed.

        Where a phase is given, only as long as the migration is in it: else somebody has asked for something else
        since, and sees to all videos.
        """
        changed, after = 0, _BEFORE_ALL
        while first is None or changed < first:
            at_most = _TOGETHER if first is None else min(_TOGETHER, first - changed)
            with self.handles.database.transaction() as connection:
                if phase and store.migration(connection, migration.id).phase is not phase:
                    break
                chosen = batches.choose(connection, migration.id, video_id, states, after, at_most)
                changed += change(connection, chosen)
            if len(chosen) < at_most:
                break
            after = chosen[-1].position
        return changed

    def _done(self, migration: Migration, video_id: str | None) -> Iterator[list[Item]]:
        """What could be taken back, some hundreds together."""
        after = _BEFORE_ALL
        while True:
            chosen = dict(migration_id=migration.id, video_id=video_id, states=f",{State.DONE},", after=after)
            with self.handles.database.reading() as connection:
                rows = store.queries.chosen(connection, **chosen, first=_TOGETHER)
                items = [store.item_of_row(row) for row in rows]
            if items:
                yield items
            if len(items) < _TOGETHER:
                return
            after = items[-1].position

    def _losses(self, migration: Migration, items: Sequence[Item]) -> dict[str, str]:
        """What stands in the way at the source, by video; the platform's rows of all others lead there again."""
        may = [each for each in items if not self._why_not_back(migration, each)]
        lost = losses(self.handles, migration, may)
        for each in may:
            if self.handles.rows and each.video_id not in lost:
                self.handles.rows.lead_back(each)
        return lost

    def _why_not_back(self, migration: Migration, item: Item) -> str:
        with self.handles.database.reading() as connection:
            return why_not_back(connection, migration, item)


def _enter(connection: Connection, migration: Migration, phase: Phase, now: datetime) -> None:
    changed_at = instant_text(now)
    store.queries.set_phase(connection, id=migration.id, before=migration.phase, after=phase, changed_at=changed_at)


def _stay(connection: Connection, user: User, of: Item, loss: str, now: datetime, named: bool) -> None:
    """Viewers stay where they are, as the source's copy is not whole. Raises MigrationRefused where it is named."""
    if named:
        raise MigrationRefused(loss, _RESTORE)
    store.note(connection, of.migration_id, of.video_id, "not rolled back", now, loss, user.name)
