"""Actions: preview, apply, stop, go on, undo; what people may do with changes to the cloud."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from core.access.roles import Permission, User
from core.actions import store
from core.actions.action import NO_PROMISE, Action, Event, Phase, Preview, Promise, Step, Taken, Undo
from core.actions.expected import previewed
from core.actions.handles import Handles
from core.actions.store import Recorded
from core.database import Connection
from core.errors import ActionNotFound, ActionRefused, StateChanged
from core.jobs.work import call_off, enqueue

#: Where somebody may go on, and what it is then.
_GO_ON = {Phase.STOPPED: Phase.APPLYING, Phase.STUCK: Phase.UNDOING}
_AGAIN = "Look at the new preview."


class Actions:
    """Whoever may see costs may look; each change asks for its permission, and is noted in the audit log."""

    def __init__(self, handles: Handles) -> None:
        self.handles = handles

    def preview(self, user: User, action: Action, now: datetime) -> Preview:
        """What it would do as the cloud is now. Raises PermissionDenied, ActionRefused, StorageError."""
        user.require(Permission.CHANGE_CLOUD)
        return previewed(self.handles.handler(action.kind), action, now)

    def apply(
        self, user: User, seen: Preview, now: datetime, promise: Promise = NO_PROMISE, confirmed: str = ""
    ) -> str:
        """Have done what was previewed; returns the action's id.

        All that it changes is recorded first; a worker does it. `confirmed`: the name that the preview asks for. Raises
        StateChanged where the cloud is no longer as previewed, ActionRefused where the same is at work or that name is
        not given, PermissionDenied, StorageError.
        """
        return self.apply_seen(user, seen.action, seen.seen, now, promise, confirmed)

    def apply_seen(
        self,
        user: User,
        action: Action,
        seen: str,
        now: datetime,
        promise: Promise = NO_PROMISE,
        confirmed: str = "",
    ) -> str:
        """The same by the fingerprint of the preview that somebody saw."""
        user.require(Permission.CHANGE_CLOUD)
        fresh = previewed(self.handles.handler(action.kind), action, now)
        with self._changing(user, f"apply: {action.kind}", action.place, now, fresh.summary) as connection:
            self._require_free(connection, fresh.action)
            if fresh.seen != seen:
                raise StateChanged("It is not as it was when you looked.", _AGAIN)
            _require_confirmed(fresh, confirmed)
            return store.add(connection, user, fresh, promise, now)

    def stop(self, user: User, id: str, now: datetime) -> None:
        """Let nothing further be changed; what is changed stays, until somebody goes on or undoes it."""
        with self._changing(user, "stop action", id, now, self._summary(id)) as connection:
            taken = store.taken(connection, id)
            if not taken.phase.is_at_work or not taken.request:
                raise ActionRefused(f"It is {taken.phase}: there is nothing to stop.", "Look at it again.")
            call_off(connection, taken.request)
            store.note(connection, id, "asked to stop", now, actor=user.name)

    def go_on(self, user: User, id: str, now: datetime) -> None:
        """Go on with what stopped in the middle, either way."""
        with self._changing(user, "go on with action", id, now, self._summary(id)) as connection:
            taken = store.taken(connection, id)
            if taken.phase not in _GO_ON:
                raise ActionRefused(f"It is {taken.phase}: there is nothing to go on with.", "Look at it again.")
            self._ask(connection, taken, _GO_ON[taken.phase], now)
            store.note(connection, id, "asked to go on", now, actor=user.name)

    def preview_undo(self, user: User, id: str, now: datetime) -> Undo:
        """Whether and for what money it can be taken back now. Raises ActionNotFound, StorageError."""
        user.require(Permission.CHANGE_CLOUD)
        with self.handles.database.reading() as connection:
            taken = store.taken(connection, id)
        items = (each.item for each in self._each(id, (Step.DONE,)))
        return self.handles.handler(taken.action.kind).undo(taken, items, now)

    def undo(self, user: User, id: str, now: datetime) -> None:
        """Have all put back that can be. Raises ActionRefused where nothing can, or it is at work."""
        told = self.preview_undo(user, id, now)
        with self._changing(user, "undo action", id, now, self._summary(id)) as connection:
            taken = store.taken(connection, id)
            if taken.phase not in (Phase.APPLIED, Phase.STOPPED):
                raise ActionRefused(f"It is {taken.phase}: it cannot be undone now.", "Look at it again.")
            if not told.possible:
                raise ActionRefused(told.words, "Nothing was changed.")
            self._require_free(connection, taken.action, but=id)
            self._ask(connection, taken, Phase.UNDOING, now)
            store.queries.is_undone_by(connection, id=id, undone_by=user.name, undone_via=user.via)
            store.note(connection, id, "asked to undo", now, told.words, user.name)

    def taken(self, user: User, id: str) -> Taken:
        """One action that was applied. Raises ActionNotFound, PermissionDenied."""
        user.require(Permission.SEE_SAVINGS)
        with self.handles.database.reading() as connection:
            return store.taken(connection, id)

    def history(self, user: User, limit: int = 100) -> tuple[Taken, ...]:
        """What was applied, newest first."""
        user.require(Permission.SEE_SAVINGS)
        with self.handles.database.reading() as connection:
            return store.latest(connection, limit)

    def applied(self, user: User) -> tuple[Taken, ...]:
        """All that were ever applied to their end, also what was taken back since; without how far their items are."""
        user.require(Permission.SEE_SAVINGS)
        with self.handles.database.reading() as connection:
            return store.applied(connection)

    def events(self, user: User, id: str) -> tuple[Event, ...]:
        """What happened to one, oldest first."""
        user.require(Permission.SEE_SAVINGS)
        with self.handles.database.reading() as connection:
            return store.events(connection, id)

    def items(self, user: User, id: str, *steps: Step, first: int = 500) -> tuple[Recorded, ...]:
        """What it changes, and how far each is; all steps where none is named."""
        user.require(Permission.SEE_SAVINGS)
        with self.handles.database.reading() as connection:
            return store.items_in(connection, id, steps or tuple(Step), first=first)

    def ask_again(self, now: datetime) -> None:
        """Ask anew for what is at work and whose request was lost."""
        with self.handles.database.transaction() as connection:
            for row in list(store.queries.without_request(connection)):
                request = enqueue(connection, store.ACTION, row["id"], now)
                store.queries.set_request(connection, id=row["id"], request=request)

    def _summary(self, id: str) -> str:
        """For the audit log, which knows an action by its id only; empty where there is none of that id."""
        with self.handles.database.reading() as connection, suppress(ActionNotFound):
            return store.taken(connection, id).summary
        return ""

    def _ask(self, connection: Connection, taken: Taken, phase: Phase, now: datetime) -> None:
        request = enqueue(connection, store.ACTION, taken.id, now)
        store.enter(connection, taken.id, taken.phase, phase, now, request=request)

    def _require_free(self, connection: Connection, action: Action, but: str = "") -> None:
        row = store.queries.at_work(connection, kind=action.kind, place=action.place, subject=action.subject)
        if row is not None and row["id"] != but:
            raise ActionRefused(
                f"The same is {row['phase']} already, asked for by {row['asked_by']}.",
                "See in the history how far it is; undo it or go on with it first.",
            )

    def _each(self, id: str, steps: tuple[Step, ...]) -> Iterator[Recorded]:
        last = 0
        while True:
            with self.handles.database.reading() as connection:
                found = store.items_in(connection, id, steps, after=last)
            if not found:
                return
            yield from found
            last = found[-1].position

    @contextmanager
    def _changing(self, user: User, action: str, subject: str, now: datetime, detail: str = "") -> Iterator[Connection]:
        with self.handles.audit.change(user, Permission.CHANGE_CLOUD, action, subject, now, detail) as connection:
            yield connection


def _require_confirmed(preview: Preview, name: str) -> None:
    """Raises ActionRefused."""
    if preview.confirm and name.strip() != preview.confirm.name:
        raise ActionRefused(
            f"It has to be confirmed with the name {preview.confirm.name}, which was not given.",
            "Its preview says what it removes.",
        )
