"""Batches: many videos of a migration asked for, called off or retired at once, in a few statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.access.roles import User
from core.database import Connection, Row
from core.jobs.work import call_off, enqueue_all
from core.migration import store
from core.migration.state import DISCARD, MOVE, RETIRE, State
from core.units import instant_text


@dataclass(frozen=True)
class Chosen:
    """A video of a migration, as the transaction that changes it finds it."""

    migration_id: str
    video_id: str
    position: int
    state: State
    began: bool  #: something of it may have arrived
    cut_over_at: datetime | None
    request: str  #: the work that moves or retires it and is not over; empty where there is none
    taken: bool  #: a worker has that
    elsewhere: bool  #: another migration has the video at work

    @property
    def argument(self) -> str:
        """What names it to the worker."""
        return f"{self.migration_id}/{self.video_id}"


def choose(
    connection: Connection, migration_id: str, video_id: str | None, states: Sequence[State], after: int, at_most: int
) -> list[Chosen]:
    """Those in some of the states, one of them where it is named, in order: so many behind a position."""
    asked = dict(migration_id=migration_id, video_id=video_id, states=f",{','.join(states)},", after=after)
    return [_chosen(row) for row in store.queries.standing(connection, **asked, first=at_most)]


def ask(connection: Connection, chosen: Sequence[Chosen], now: datetime, first: int | None = None) -> int:
    """Have them moved, but what a worker or another migration has already; returns how many that are.

    Where a position is given, the first gets it, and so on.
    """
    asked = [each for each in chosen if not (each.taken and each.state.moves) and not each.elsewhere]
    places = [each.position if first is None else first + number for number, each in enumerate(asked)]
    _drop_requests(connection, asked)
    # whoever still removes what it has left comes to its end first; then it is asked for like one that was lost
    free = [(each, place) for each, place in zip(asked, places, strict=True) if not each.taken]
    ids = enqueue_all(connection, MOVE, [(each.argument, place) for each, place in free], now)
    requests = {each.video_id: id for (each, _), id in zip(free, ids, strict=True)}
    store.queries.ask_for(
        connection,
        [
            _of(each) | {"request": requests.get(each.video_id, each.request), "changed_at": instant_text(now)}
            for each in asked
        ],
    )
    if first is not None:
        moved = zip(asked, places, strict=True)
        store.queries.set_position(connection, [_of(each) | {"position": place} for each, place in moved])
    return len(asked)


def cancel(connection: Connection, user: User, chosen: Sequence[Chosen], now: datetime) -> int:
    """Whoever has one removes what has arrived; where nobody has it, that is asked for. Returns how many they are."""
    _drop_requests(connection, chosen)
    at = instant_text(now)
    store.queries.call_off_video(connection, [_of(each) | {"changed_at": at} for each in chosen])
    _note(connection, user, chosen, "cancelled", now)
    for each in chosen:
        if each.taken:
            call_off(connection, each.request)
    _enqueue(connection, DISCARD, [each for each in chosen if each.began and not each.taken], now)
    return len(chosen)


def retire(connection: Connection, user: User, chosen: Sequence[Chosen], now: datetime, grace: timedelta) -> int:
    """Have the source's copies removed of what was cut over long enough ago; returns how many that are."""
    ended = now - grace
    due = [each for each in chosen if each.cut_over_at and each.cut_over_at <= ended and not each.elsewhere]
    _enqueue(connection, RETIRE, due, now, in_order=True)
    _note(connection, user, due, "asked to retire", now)
    at = instant_text(now)
    store.queries.enter_all(connection, [_of(each) | {"state": State.RETIRING, "changed_at": at} for each in due])
    return len(due)


def _drop_requests(connection: Connection, chosen: Sequence[Chosen]) -> None:
    store.queries.drop_request(connection, [{"id": each.request} for each in chosen if each.request and not each.taken])


def _enqueue(
    connection: Connection, workflow: str, chosen: Sequence[Chosen], now: datetime, in_order: bool = False
) -> None:
    asked = [(each.argument, each.position if in_order else 0) for each in chosen]
    ids = enqueue_all(connection, workflow, asked, now)
    requests = [_of(each) | {"request": id} for each, id in zip(chosen, ids, strict=True)]
    store.queries.set_requests(connection, requests)


def _note(connection: Connection, user: User, chosen: Sequence[Chosen], kind: str, now: datetime) -> None:
    told = {"at": instant_text(now), "kind": kind, "detail": "", "actor": user.name}
    store.queries.add_events(connection, [_of(each) | told for each in chosen])


def _of(each: Chosen) -> dict[str, object]:
    return {"migration_id": each.migration_id, "video_id": each.video_id}


def _chosen(row: Row) -> Chosen:
    return Chosen(
        migration_id=row["migration_id"],
        video_id=row["video_id"],
        position=row["position"],
        state=State(row["state"]),
        began=row["began_at"] is not None,
        cut_over_at=datetime.fromisoformat(row["cut_over_at"]) if row["cut_over_at"] else None,
        request=row["request"] or "",
        taken=bool(row["taken"]),
        elsewhere=bool(row["elsewhere"]),
    )
