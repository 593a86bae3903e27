"""Store: actions and their items in the database; each change joins a transaction."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from secrets import token_hex
from typing import Any

from core.access.roles import User, Via
from core.actions.action import Action, Event, Item, Kind, Phase, Preview, Promise, Step, Taken
from core.actions.expected import bare
from core.actions.told import differences_of, money, preview_text, state_of, state_text, undo_of
from core.database import Connection, Row, named_queries
from core.errors import ActionNotFound
from core.jobs.work import enqueue
from core.units import instant_text

queries: Any = named_queries(__file__)

#: What a worker does with actions.
ACTION = "action"


@dataclass(frozen=True)
class Recorded:
    """An item on record."""

    position: int
    item: Item
    step: Step
    problem: str


def add(connection: Connection, user: User, preview: Preview, promise: Promise, now: datetime) -> str:
    """Record an action with all that it changes, and ask for it; returns its id."""
    id, action = f"action-{token_hex(6)}", bare(preview.action)
    queries.add_action(
        connection,
        id=id,
        kind=action.kind,
        place=action.place,
        subject=action.subject,
        terms=json.dumps(action.terms, sort_keys=True),
        preview=preview_text(preview),
        recommendation=promise.recommendation,
        promised_usd=None if promise.monthly_usd is None else str(promise.monthly_usd),
        request=enqueue(connection, ACTION, id, now),
        asked_by=user.name,
        asked_via=user.via,
        at=instant_text(now),
    )
    queries.add_items(connection, list(_rows(id, preview.items)))
    note(connection, id, "asked for", now, preview.summary, user.name)
    return id


def taken(connection: Connection, id: str) -> Taken:
    """Raises ActionNotFound."""
    row = queries.action(connection, id=id)
    if row is None:
        raise ActionNotFound(f"There is no action {id!r}.", "See `python -m core actions list`.")
    return _taken(row, list(queries.counts(connection, id=id)))


def latest(connection: Connection, limit: int) -> tuple[Taken, ...]:
    """The newest first."""
    counts: dict[str, list[Row]] = {}
    for row in queries.counts(connection, id=None):
        counts.setdefault(row["action_id"], []).append(row)
    return tuple(_taken(row, counts.get(row["id"], [])) for row in queries.latest(connection, limit=limit))


def applied(connection: Connection) -> tuple[Taken, ...]:
    """All that were ever applied to their end, the oldest first, without counts of their items."""
    return tuple(_taken(row, []) for row in queries.applied(connection))


def standing_since(connection: Connection, at: datetime) -> tuple[Taken, ...]:
    """All that were asked for since then and not taken back, the newest first, without counts of their items."""
    return tuple(_taken(row, []) for row in queries.standing_since(connection, at=instant_text(at)))


def felt_since(connection: Connection, day: date) -> tuple[Taken, ...]:
    """All that were applied to their end, or undone after that, since the beginning of a day; the oldest first, without
    counts of their items.
    """
    return tuple(_taken(row, []) for row in queries.felt_since(connection, day=day.isoformat()))


def terms_in_force(connection: Connection, kind: Kind, place: str) -> tuple[Mapping[str, Any], ...]:
    """The terms of what is applied there, or being applied, and is not being undone."""
    rows = queries.terms_in_force(connection, kind=kind, place=place)
    return tuple(json.loads(row["terms"]) for row in rows)


def items_in(
    connection: Connection, id: str, steps: Iterable[Step], after: int = 0, first: int = 500
) -> tuple[Recorded, ...]:
    """Some of its items, in the order in which they are changed."""
    asked = "," + ",".join(steps) + ","
    return tuple(map(_recorded, queries.items_in(connection, action_id=id, steps=asked, after=after, first=first)))


def items_back(connection: Connection, id: str, before: int, first: int) -> tuple[Recorded, ...]:
    """What is to be undone next, before a position; 0: from the last on."""
    return tuple(map(_recorded, queries.items_back(connection, action_id=id, before=before, first=first)))


def enter(
    connection: Connection,
    id: str,
    before: Phase,
    after: Phase,
    now: datetime,
    problem: str = "",
    advice: str = "",
    request: str | None = None,
) -> bool:
    """Put an action into another phase; False where it has left the one that it was in."""
    changed = queries.enter(
        connection,
        id=id,
        phase_before=before,
        phase_after=after,
        request=request,
        problem=problem,
        advice=advice,
        at=instant_text(now),
    )
    return changed == 1


def note(connection: Connection, id: str, kind: str, now: datetime, detail: str = "", actor: str = "") -> None:
    """Write into its timeline what happened."""
    queries.add_event(connection, action_id=id, at=instant_text(now), kind=kind, detail=detail, actor=actor)


def events(connection: Connection, id: str) -> tuple[Event, ...]:
    """Its timeline, oldest first."""
    return tuple(
        Event(datetime.fromisoformat(row["at"]), row["kind"], row["detail"], row["actor"])
        for row in queries.events(connection, action_id=id)
    )


def _rows(id: str, items: Iterable[Item]) -> Iterable[dict[str, Any]]:
    for position, each in enumerate(items, 1):
        yield {
            "action_id": id,
            "position": position,
            "key": each.key,
            "size_bytes": each.size_bytes,
            "state_before": state_text(each.before),
            "state_after": state_text(each.after),
        }


def _recorded(row: Row) -> Recorded:
    states = state_of(row["state_before"]), state_of(row["state_after"])
    return Recorded(row["position"], Item(row["key"], row["size_bytes"], *states), Step(row["step"]), row["problem"])


def _taken(row: Row, counted: list[Row]) -> Taken:
    told: Mapping[str, Any] = json.loads(row["preview"])
    return Taken(
        id=row["id"],
        action=Action(Kind(row["kind"]), row["place"], json.loads(row["terms"]), row["subject"]),
        phase=Phase(row["phase"]),
        summary=told["summary"],
        saving_usd=money(told["saving_usd"]),
        one_off_usd=money(told["one_off_usd"]),
        undo=undo_of(told["undo"]),
        differences=differences_of(told),
        warnings=tuple(told["warnings"]),
        promise=Promise(row["recommendation"], money(row["promised_usd"])),
        asked_by=row["asked_by"],
        asked_via=Via(row["asked_via"]),
        asked_at=datetime.fromisoformat(row["asked_at"]),
        changed_at=datetime.fromisoformat(row["changed_at"]),
        applied_at=_instant(row["applied_at"]),
        undone_by=row["undone_by"],
        undone_via=Via(row["undone_via"]) if row["undone_via"] else None,
        undone_at=_instant(row["undone_at"]),
        problem=row["problem"],
        advice=row["advice"],
        request=row["request"] or "",
        attempts=row["attempts"],
        counts={Step(each["step"]): each["items"] for each in counted},
        size_bytes=sum(each["size_bytes"] for each in counted),
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
