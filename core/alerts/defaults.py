"""Defaults: the rules that an installation begins with; one that is removed does not come back."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from core.alerts import store
from core.alerts.rule import Comparison, Rule, Severity
from core.database import Connection
from core.units import instant_text

_ABOVE, _BELOW = Comparison.ABOVE, Comparison.BELOW
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)

DEFAULTS = (
    Rule(
        "provider-down", "A storage provider is down", "provider_down", _ABOVE, Decimal(0),
        hold=timedelta(minutes=10), severity=Severity.CRITICAL,
    ),
    Rule(
        "residency", "Objects lie outside their region", "residency_outside", _ABOVE, Decimal(0),
        severity=Severity.CRITICAL,
    ),
    Rule(
        "holds-threatened", "A lifecycle rule removes what is on legal hold", "holds_threatened", _ABOVE, Decimal(0),
        severity=Severity.CRITICAL,
    ),
    Rule("migration-stuck", "A migration does not get on", "migration_stuck", _ABOVE, Decimal(1)),
    Rule("migration-failed", "Videos could not be moved", "migration_failed_videos", _ABOVE, Decimal(0)),
    Rule(
        "budget-overrun", "A budget is overrun", "budget_used", _ABOVE, Decimal(1), severity=Severity.CRITICAL,
    ),
    Rule(
        "budget-overrunning", "A budget will not be enough", "budget_expected", _ABOVE, Decimal(1), Decimal("0.98"),
    ),
    Rule("odd-days", "A day cost more than expected", "odd_days", _ABOVE, Decimal(0), window=3 * _DAY),
    Rule("bill-late", "A bill is late", "bill_age", _ABOVE, Decimal(48)),
    Rule("ingestion-failed", "A source could not be read", "ingestion_failed", _ABOVE, Decimal(0)),
    Rule("ingestion-refused", "A delivery was refused", "ingestion_refused", _ABOVE, Decimal(0)),
    Rule("bills-apart", "Two exports do not agree", "bills_apart", _ABOVE, Decimal(0)),
    Rule("egress-unknown", "Supabase's egress has to be typed", "egress_unknown", _ABOVE, Decimal(0)),
    # these are shown, and nobody is told
    Rule(
        "service-rise", "A service costs more than a month before", "service_rise", _ABOVE, Decimal(0),
        severity=Severity.INFO, channels=(),
    ),
    Rule(
        "bill-restated", "A month's bill was changed", "bill_restated", _ABOVE, Decimal(0),
        severity=Severity.INFO, channels=(),
    ),
    Rule(
        "bill-unverified", "No manifest vouches for a bill", "bill_unverified", _ABOVE, Decimal(0),
        severity=Severity.INFO, channels=(),
    ),
    Rule(
        "data-disagreeing", "The bill and a measurement disagree", "data_disagreeing", _ABOVE, Decimal("0.05"),
        Decimal("0.02"), 7 * _DAY, severity=Severity.INFO,
    ),
    Rule("hit-ratio", "The cache misses a lot", "hit_ratio", _BELOW, Decimal("0.9"), Decimal("0.92"), _DAY),
    Rule("first-byte", "The first byte is slow", "first_byte_p95", _ABOVE, Decimal(1000), Decimal(800), _DAY),
    Rule(
        "errors", "The CDN answers with errors", "error_rate", _ABOVE, Decimal("0.02"), Decimal("0.01"), 6 * _HOUR,
        severity=Severity.CRITICAL,
    ),
    Rule("startup", "Videos start slowly", "startup_p95", _ABOVE, Decimal(3000), Decimal(2500), _DAY),
    Rule("rebuffering", "Videos stall", "rebuffering", _ABOVE, Decimal("0.02"), Decimal("0.015"), _DAY),
)  # fmt: skip


def add_defaults(connection: Connection, now: datetime) -> None:
    """Those that this installation was never given."""
    known = {row["origin"] for row in store.queries.origins(connection)}
    for rule in DEFAULTS:
        add_once(connection, rule, f"default:{rule.id}", known, now)


def add_once(connection: Connection, rule: Rule, origin: str, known: set[str], now: datetime) -> bool:
    """Keep a rule unless one of that origin was kept before; whether it was kept."""
    if origin in known:
        return False
    store.keep_rule(connection, replace(rule, origin=origin), now)
    store.queries.add_origin(connection, origin=origin, at=instant_text(now))
    return True
