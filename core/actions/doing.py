"""Doing: what a worker does with an action that somebody applied or undoes; safe to repeat after any crash."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

from core.access.audit import AuditEntry, Outcome, add_entry
from core.actions import store
from core.actions.action import Item, Phase, Step, Taken
from core.actions.handler import Handler, is_in
from core.actions.handles import Handles
from core.actions.store import Recorded
from core.database import Connection
from core.errors import (
    ActionNotFound,
    CannotReturn,
    DatabaseError,
    DiskFull,
    ObjectChanged,
    PhyghtError,
    StorageBusy,
    StorageUnreachable,
    TakesHours,
)
from core.jobs.work import enqueue
from core.units import instant_text

#: What may be over later: it is tried again after half a minute, and then after ever longer.
_PASSES = (StorageBusy, StorageUnreachable, DiskFull, DatabaseError)
ATTEMPTS = 8
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
#: What may take hours is looked at soon, and then ever more seldom, up to each half hour, for two days: the slowest
#: archive takes 12 hours, a viewer 24.
_FIRST_LOOK, _LOOKS_EVERY, _LOOKS = timedelta(seconds=10), timedelta(minutes=30), 104
#: So many items are looked up at once.
_TOGETHER = 100
#: Where an action ends, and where it stops on the way there.
_ENDS = {Phase.APPLYING: (Phase.APPLIED, Phase.STOPPED), Phase.UNDOING: (Phase.UNDONE, Phase.STUCK)}
_CHANGED = "Somebody has changed it since; it was left as it is."
_AGAIN = "It is tried again by and by."
_STOPPED, _ON = "Somebody stopped it.", "Go on, or undo what is done."

log = logging.getLogger(__name__)


class _CalledOff(Exception):
    """Somebody wants it stopped."""


class Doer:
    """Safe to repeat; of one action never two at once."""

    def __init__(self, handles: Handles) -> None:
        self._handles = handles

    def do(self, id: str, called_off: Callable[[], bool]) -> None:
        """Bring an action to its end, or as far as it goes."""
        try:
            with self._handles.database.transaction() as connection:
                taken = store.taken(connection, id)
                store.queries.begin_attempt(connection, id=id)
        except ActionNotFound:
            return
        if taken.phase.is_at_work:
            self._do(taken, called_off)

    def _do(self, taken: Taken, called_off: Callable[[], bool]) -> None:
        try:
            handler = self._handles.handler(taken.action.kind)
            self._all(taken, handler, called_off)
            handler.finished(taken.action, self._handles.clock())
        except _CalledOff:
            self._stop(taken, _STOPPED, _ON)
        except _PASSES as error:
            if called_off():  # whoever stopped it is not kept waiting for another attempt
                self._stop(taken, _STOPPED, _ON)
            else:
                self._put_off(taken, error)
        except PhyghtError as error:
            self._stop(taken, error.message, error.advice)
        except Exception as error:  # its own words may hold a signed address
            log.exception("%s", taken.id)
            self._stop(taken, f"Something unforeseen went wrong ({type(error).__name__}).", "Look into the log.")
        else:
            self._end(taken)

    def _all(self, taken: Taken, handler: Handler, called_off: Callable[[], bool]) -> None:
        """Raises TakesHours at the end where something has to be waited for: the rest is done meanwhile."""
        bring = _forward if taken.phase is Phase.APPLYING else _back
        last, waits = 0, None
        while batch := self._batch(taken, last):
            for each in batch:
                if called_off():
                    raise _CalledOff
                try:
                    self._mark(taken, each, *bring(handler, taken, each.item))
                except TakesHours as error:
                    waits = error
                last = each.position
        if waits:
            raise waits

    def _batch(self, taken: Taken, last: int) -> Sequence[Recorded]:
        """Those behind a position, in the order in which they are changed; 0: from the first on."""
        with self._handles.database.reading() as connection:
            if taken.phase is Phase.APPLYING:
                return store.items_in(connection, taken.id, [Step.WAITING], after=last, first=_TOGETHER)
            return store.items_back(connection, taken.id, last, _TOGETHER)

    def _mark(self, taken: Taken, each: Recorded, step: Step, problem: str) -> None:
        with self._handles.database.transaction() as connection:
            store.queries.set_step(connection, action_id=taken.id, position=each.position, step=step, problem=problem)

    def _end(self, taken: Taken) -> None:
        now, (end, _) = self._handles.clock(), _ENDS[taken.phase]
        noted = store.queries.was_applied if end is Phase.APPLIED else store.queries.was_undone
        with self._handles.database.transaction() as connection:
            if store.enter(connection, taken.id, taken.phase, end, now):
                noted(connection, id=taken.id, at=instant_text(now))
                self._tell(connection, taken, end, _result(store.taken(connection, taken.id)))

    def _stop(self, taken: Taken, problem: str, advice: str) -> None:
        with self._handles.database.transaction() as connection:
            _, stop = _ENDS[taken.phase]
            if store.enter(connection, taken.id, taken.phase, stop, self._handles.clock(), problem, advice):
                self._tell(connection, taken, stop, problem)

    def _tell(self, connection: Connection, taken: Taken, phase: Phase, detail: str) -> None:
        """In its timeline and in the audit log, as of who asked for it."""
        now = self._handles.clock()
        store.note(connection, taken.id, phase, now, detail)
        undoes = taken.phase is Phase.UNDOING and taken.undone_via is not None
        actor, via = (taken.undone_by, taken.undone_via) if undoes else (taken.asked_by, taken.asked_via)
        outcome = Outcome.DONE if phase in (Phase.APPLIED, Phase.UNDONE) else Outcome.FAILED
        kind = f"{phase}: {taken.action.kind}"
        add_entry(connection, AuditEntry(now, actor, via or taken.asked_via, kind, taken.id, outcome, detail))

    def _put_off(self, taken: Taken, error: PhyghtError) -> None:
        """Have it tried again by and by, or stopped after so many attempts."""
        now = self._handles.clock()
        with self._handles.database.transaction() as connection:
            current = store.taken(connection, taken.id)
            tried = current.attempts
            wait, waits = _wait(error, tried), isinstance(error, TakesHours)
            if wait and current.phase is taken.phase:
                request = enqueue(connection, store.ACTION, taken.id, now, now + wait)
                told = {"problem": error.message, "advice": error.advice if waits else _AGAIN}
                store.queries.put_off(connection, id=taken.id, request=request, **told)
                store.note(connection, taken.id, "put off", now, error.message)
                return
        self._stop(taken, error.message, error.advice)


def _wait(error: PhyghtError, tried: int) -> timedelta | None:
    """Until the next attempt; None where it is given up."""
    if isinstance(error, TakesHours):
        return _growing(_FIRST_LOOK, tried, _LOOKS_EVERY) if tried < _LOOKS else None
    return _growing(_FIRST_WAIT, tried, _LONGEST_WAIT) if tried < ATTEMPTS else None


def _growing(first: timedelta, tried: int, longest: timedelta) -> timedelta:
    return min(first * 2 ** min(tried - 1, 20), longest)


def _forward(handler: Handler, taken: Taken, item: Item) -> tuple[Step, str]:
    now = handler.look(taken.action, item)
    if is_in(now, item.after):
        return Step.DONE, ""
    if not is_in(now, item.before):
        return Step.CHANGED, _CHANGED
    try:
        handler.put(taken.action, item, item.after)
    except ObjectChanged as error:  # between the look and the change
        return Step.CHANGED, error.message
    return Step.DONE, ""


def _back(handler: Handler, taken: Taken, item: Item) -> tuple[Step, str]:
    now = handler.look(taken.action, item)
    if is_in(now, item.before):
        return Step.RETURNED, ""
    if not is_in(now, item.after):
        return Step.KEPT, _CHANGED
    try:
        handler.put(taken.action, item, item.before)
    except (ObjectChanged, CannotReturn) as error:
        return Step.KEPT, error.message
    return Step.RETURNED, ""


def _result(taken: Taken) -> str:
    """How many of its items are how far."""
    return ", ".join(f"{count:,} {step}" for step, count in sorted(taken.counts.items()))
