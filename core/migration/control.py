"""Control: start, pause, go on, cancel, try again, move first, take back, retire; of a whole migration or one video."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from core.access.roles import Permission, User
from core.database import Connection
from core.errors import MigrationRefused
from core.jobs.work import call_off, enqueue
from core.migration import store
from core.migration.handles import Handles
from core.migration.requiring import require_free, require_grace, require_ready, require_running
from core.migration.returning import losses
from core.migration.state import CANCELLABLE, DISCARD, MOVE, RETIRE, Item, Migration, Phase, State, startable
from core.migration.switching import roll_back, why_not_back
from core.migration.timetable import parse_timetable
from core.units import instant_text

#: So many videos are changed in one transaction, so that nobody else waits long.
_TOGETHER = 500
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
        return self._each(migration, states, None, lambda c, each: self._ask(c, each, now), first, Phase.RUNNING)

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
            migration, CANCELLABLE, video_id, lambda c, each: self._cancel(c, user, each, now), phase=phase
        )

    def retry(self, user: User, name: str, now: datetime, video_id: str | None = None) -> int:
        """Try again what was set aside, cancelled or, where it is one video, rolled back; returns how many that are."""
        states = (State.FAILED,) if video_id is None else (State.FAILED, State.CANCELLED, State.ROLLED_BACK)
        with self._changing(user, "retry migration", name, now, video_id) as (connection, migration):
            require_running(migration)
            require_free(connection, migration, video_id)
            store.note(connection, migration.id, video_id, "asked to try again", now, actor=user.name)
        return self._each(migration, states, video_id, lambda c, each: self._ask(c, each, now), phase=Phase.RUNNING)

    def move_now(self, user: User, name: str, video_id: str, now: datetime) -> None:
        """Move this one before all others."""
        with self._changing(user, "move first", name, now, video_id) as (connection, migration):
            require_running(migration)
            require_free(connection, migration, video_id)
            item = store.item(connection, migration.id, video_id)
            if item.state not in (State.WAITING, State.FAILED, State.CANCELLED, State.ROLLED_BACK):
                raise MigrationRefused(f"The video is {item.state}.", "Only what waits can be moved first.")
            first = store.queries.lowest_position(connection, migration_id=migration.id)["position"]
            if not self._ask(connection, item, now, first - 1):
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

        def prepare(items: Sequence[Item]) -> None:
            lost.update(self._losses(migration, items))

        back = sum(self._each(migration, (State.DONE,), each, change, prepare=prepare) for each in chosen)
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
        ended = now - timedelta(days=migration.grace_days)

        return self._each(migration, (State.DONE,), video_id, lambda c, each: self._retire(c, user, each, ended, now))

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
        change: Callable[[Connection, Item], bool],
        first: int | None = None,
        phase: Phase | None = None,
        prepare: Callable[[Sequence[Item]], object] = lambda _: None,
    ) -> int:
        """Change the chosen videos, some hundreds in each transaction; returns how many were changed.

        Where a phase is given, only as long as the migration is in it: else somebody has asked for something else
        since, and sees to all videos.
        """
        changed, after = 0, -(2**62)
        while first is None or changed < first:
            at_most = _TOGETHER if first is None else min(_TOGETHER, first - changed)
            chosen = dict(migration_id=migration.id, video_id=video_id, states=f",{','.join(states)},", after=after)
            with self.handles.database.reading() as connection:
                items = [store.item_of_row(row) for row in store.queries.chosen(connection, **chosen, first=at_most)]
            prepare(items)
            with self.handles.database.transaction() as connection:
                if phase and store.migration(connection, migration.id).phase is not phase:
                    break
                for item in items:
                    current = store.item(connection, migration.id, item.video_id)
                    changed += current.state in states and change(connection, current)
            if len(items) < at_most:
                break
            after = items[-1].position
        return changed

    def _ask(self, connection: Connection, item: Item, now: datetime, position: int | None = None) -> bool:
        """Have a video moved, unless a worker or another migration has it already."""
        of = dict(migration_id=item.migration_id, video_id=item.video_id)
        asked = store.queries.request_of(connection, **of)
        still = asked["id"] if asked is not None and asked["taken"] else None
        if (still and item.state.moves) or store.queries.under_way_elsewhere(connection, **of):
            return False
        if asked is not None:
            store.queries.drop_request(connection, id=asked["id"])
        place = item.position if position is None else position
        # whoever still removes what it has left comes to its end first; then it is asked for like one that was lost
        request = still or enqueue(connection, MOVE, item.argument, now, priority=place)
        store.queries.ask_for(connection, **of, request=request, position=place, changed_at=instant_text(now))
        return True

    def _cancel(self, connection: Connection, user: User, item: Item, now: datetime) -> bool:
        """Whoever has it removes what has arrived; where nobody has it, that is asked for."""
        of = dict(migration_id=item.migration_id, video_id=item.video_id)
        asked = store.queries.request_of(connection, **of)
        if asked is not None:
            store.queries.drop_request(connection, id=asked["id"])
        store.queries.call_off_video(connection, **of, changed_at=instant_text(now))
        store.note(connection, item.migration_id, item.video_id, "cancelled", now, actor=user.name)
        if asked is not None and asked["taken"]:
            call_off(connection, asked["id"])
        elif item.began_at:
            store.queries.set_request(connection, **of, request=enqueue(connection, DISCARD, item.argument, now))
        return True

    def _retire(self, connection: Connection, user: User, item: Item, before: datetime, now: datetime) -> bool:
        of = dict(migration_id=item.migration_id, video_id=item.video_id)
        if item.cut_over_at is None or item.cut_over_at > before:
            return False
        if store.queries.under_way_elsewhere(connection, **of):
            return False
        request = enqueue(connection, RETIRE, item.argument, now, priority=item.position)
        store.queries.set_request(connection, **of, request=request)
        store.note(connection, item.migration_id, item.video_id, "asked to retire", now, actor=user.name)
        return store.enter(connection, item, State.RETIRING, now)

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
