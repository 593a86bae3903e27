"""Segments: a period's facts in their place, and the pointer that makes them the truth."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.billing.columns import Kind
from core.billing.facts import Bill
from core.billing.overlaps import count_once
from core.checksums import Checksum
from core.database import Connection, Database, named_queries
from core.segments import Shelf, checksums, next_revision
from core.units import instant_text
from core.warehouse import FACTS

_queries: Any = named_queries(__file__)


@dataclass(frozen=True)
class Segment:
    """A period's facts, written and not yet pointed to."""

    export: str
    kind: Kind
    period: date
    execution: str
    delivered_at: datetime
    source: str
    complete: bool
    bills: tuple[Bill, ...]
    folder: Path  #: holds the files of warehouse.FACTS

    @property
    def row_count(self) -> int:
        return sum(bill.row_count for bill in self.bills)

    @property
    def totals(self) -> dict[str, Decimal]:
        """Billed cost by currency."""
        totals: dict[str, Decimal] = {}
        for bill in self.bills:
            totals[bill.currency] = totals.get(bill.currency, Decimal(0)) + bill.total
        return totals

    @property
    def main_total(self) -> tuple[Decimal, str]:
        """The total in the currency of the most money, which is nearly always the only one."""
        currency = max(self.totals, key=lambda name: abs(self.totals[name]), default="USD")
        return self.totals.get(currency, Decimal(0)), currency

    @property
    def key(self) -> dict[str, str]:
        return {"export": self.export, "kind": self.kind, "period": self.period.isoformat()}


@dataclass(frozen=True)
class Published:
    """Segments that were not made the truth, because another ingestion came in between."""

    overtaken: tuple[Segment, ...]  #: by a newer delivery
    known: tuple[Segment, ...]  #: from the same delivery


def holds(shelf: Shelf, connection: Connection, path: str) -> bool:
    """Whether a segment has its files as they were written: others are made again from the bills."""
    rows = _queries.files_of(connection, path=path)
    written = {row["name"]: Checksum(row["size_bytes"], row["sha256"]) for row in rows}
    return FACTS.keys() <= written.keys() and shelf.holds(path, written)


def publish(segments: list[Segment], shelf: Shelf, database: Database, now: datetime) -> Published:
    """Make the segments the truth, all at once; give those that are not."""
    placed = [(segment, shelf.place(segment.folder, f"{segment.period:%Y-%m}-{segment.kind}")) for segment in segments]
    written = {
        path: checksums(shelf.folder / path, FACTS) for _, path in placed
    }  # before anybody waits for the database
    with database.transaction() as connection:
        known = [segment for segment in segments if _is_known(connection, segment, shelf)]
        overtaken = [segment for segment in segments if segment not in known and _is_overtaken(connection, segment)]
        news = [(segment, path) for segment, path in placed if segment not in known and segment not in overtaken]
        for segment, path in news:
            _retire(connection, segment, shelf)
            _point(connection, segment, path, now)
            record(connection, segment.key, written[path])
        for period in {segment.period for segment in segments}:
            count_once(connection, period)
        if news:
            next_revision(connection)
    return Published(tuple(overtaken), tuple(known))


def _is_known(connection: Connection, segment: Segment, shelf: Shelf) -> bool:
    current = _queries.current_delivery(connection, **segment.key)
    return bool(current and current["execution"] == segment.execution and holds(shelf, connection, current["path"]))


def _is_overtaken(connection: Connection, segment: Segment) -> bool:
    current = _queries.current_delivery(connection, **segment.key)
    if current is None or current["execution"] == segment.execution:
        return False
    return (current["delivered_at"], unpriced(current["execution"])) > (
        instant_text(segment.delivered_at),
        unpriced(segment.execution),
    )


def unpriced(execution: str) -> str:
    """The execution without the prices it was loaded at: of one usage, the last prices count, whichever they are."""
    return execution.partition("/")[0]


def record(connection: Connection, key: dict[str, str], written: dict[str, Checksum]) -> None:
    """Keep how the files of the segment that is pointed to were written."""
    _queries.forget_files(connection, **key)
    for name, checksum in written.items():
        _queries.add_file(connection, **key, name=name, size_bytes=checksum.size_bytes, sha256=checksum.sha256)


def _retire(connection: Connection, segment: Segment, shelf: Shelf) -> None:
    if current := _queries.current_delivery(connection, **segment.key):
        shelf.retire(current["path"])


def _point(connection: Connection, segment: Segment, path: str, now: datetime) -> None:
    delivery_id = uuid.uuid4().hex
    total, currency = segment.main_total
    _queries.add_delivery(
        connection,
        **segment.key,
        id=delivery_id,
        execution=segment.execution,
        delivered_at=instant_text(segment.delivered_at),
        loaded_at=instant_text(now),
        source=segment.source,
        complete=segment.complete,
        row_count=segment.row_count,
        total=format(total, "f"),
        currency=currency,
    )
    _add_totals(connection, segment.totals or {currency: total}, delivery_id)
    _queries.remove_bills(connection, **segment.key)
    _queries.point_to(connection, **segment.key, delivery_id=delivery_id, path=path)
    for bill in segment.bills:
        _add_bill(connection, segment, bill)


def _add_totals(connection: Connection, totals: dict[str, Decimal], delivery_id: str) -> None:
    for currency, total in totals.items():
        _queries.add_delivery_total(connection, delivery_id=delivery_id, currency=currency, total=format(total, "f"))


def _add_bill(connection: Connection, segment: Segment, bill: Bill) -> None:
    _queries.add_bill(
        connection,
        **segment.key,
        provider_name=bill.provider_name,
        billing_account_id=bill.billing_account_id,
        sub_account_id=bill.sub_account_id,
        currency=bill.currency,
        row_count=bill.row_count,
        total=format(bill.total, "f"),
        usage_until=bill.usage_until and instant_text(bill.usage_until),
        estimated=bill.estimated,
    )
