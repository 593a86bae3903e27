"""Outcomes: the report on a delivery, by what became of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from core.billing.deliveries import Delivery
from core.billing.reports import DeliveryReport, Outcome
from core.billing.segments import Segment
from core.errors import DeliveryRefused, DiskFull, SourceUnreachable


def report(delivery: Delivery, outcome: Outcome, reason: str) -> DeliveryReport:
    """On a delivery whose files were not read, or not to the end."""
    return DeliveryReport(
        delivery.export, None, delivery.period, delivery.execution, outcome, reason, None, None, None, delivery.complete
    )  # fmt: skip


def refused(delivery: Delivery, error: DeliveryRefused | DiskFull | SourceUnreachable) -> DeliveryReport:
    return report(delivery, Outcome.REFUSED, str(error))


def loaded(delivery: Delivery, segment: Segment, notes: Sequence[str]) -> DeliveryReport:
    """On a month of a delivery that is the truth now."""
    total, currency = segment.main_total
    remark = "; ".join(filter(None, [_remark(segment), delivery.note, *notes]))
    return DeliveryReport(
        segment.export, segment.kind, segment.period, delivery.execution, Outcome.LOADED, remark,
        segment.row_count, total, currency, segment.complete,
    )  # fmt: skip


def overtaken(told: DeliveryReport) -> DeliveryReport:
    """On a month that was read, and of which another ingestion has loaded a newer delivery meanwhile."""
    return replace(told, outcome=Outcome.SUPERSEDED, reason="a newer delivery was loaded meanwhile")


def known_meanwhile(told: DeliveryReport) -> DeliveryReport:
    """On a month that was read, and that another ingestion has loaded from the same delivery meanwhile."""
    return replace(told, outcome=Outcome.UNCHANGED, reason="")


def stored(delivery: Delivery, row: Any, outcome: Outcome, reason: str) -> DeliveryReport:
    """On a delivery that the store's row tells of."""
    known = outcome is Outcome.UNCHANGED
    return DeliveryReport(
        delivery.export,
        row["kind"],
        date.fromisoformat(row["period"]),
        delivery.execution,
        outcome,
        reason,
        row["row_count"] if known else None,
        Decimal(row["total"]) if known else None,
        row["currency"] if known else None,
        delivery.complete,
    )


def is_newer(row: dict[str, Any]) -> str:
    """Why a delivery gives way to the one that is loaded."""
    damaged = "" if row["whole"] else ", and its files are damaged: give the source that it came from"
    return f"{row['execution']} is loaded and newer{damaged}"


def _remark(segment: Segment) -> str:
    remarks = [] if segment.complete else ["no manifest: completeness not verified"]
    others = {name: total for name, total in segment.totals.items() if name != segment.main_total[1]}
    remarks += [f"and {total.normalize():f} {name}" for name, total in others.items()]
    return "; ".join(remarks)
