"""Digest: what the week before came to, once a week, for the channels that want it."""

from datetime import datetime, timedelta
from decimal import Decimal

from core.actions.foreseen import known_changes
from core.alerts import digest_words, outbox, store
from core.alerts.alert import Alert
from core.alerts.channel import Kind
from core.alerts.channels import all_channels
from core.alerts.figure import Handles
from core.alerts.week import Digest, Spend
from core.catalog.names import names
from core.costs.attribution import attribute
from core.costs.breakdown import break_down
from core.costs.comparison import compare
from core.costs.currencies import usual_currency
from core.costs.dimensions import Dimension
from core.costs.forecast import forecast_costs
from core.costs.forecasted import ForecastMonth
from core.costs.latest import whole_days_until
from core.costs.period import Period, midnight
from core.database import Connection, Database
from core.errors import NoBillingData
from core.performance.delivery import delivered_total
from core.units import instant_text
from core.warehouse import Warehouse

#: After midnight on Monday, UTC; and how long bills that do not reach the week's end yet are waited for.
DUE_AFTER, WAITS = timedelta(hours=6), timedelta(days=2)
_MOST = 7


def week_before(now: datetime) -> Period:
    """The last week that is over, Monday to Monday, UTC."""
    monday = now.date() - timedelta(now.weekday())
    return Period(monday - timedelta(7), monday)


def make_digest(handles: Handles, week: Period, now: datetime) -> Digest:
    """What a week came to, as far as it is known, and where the month will end."""
    warehouse = handles.warehouse
    spend = _spend(warehouse, week)
    earlier = Period(week.start - timedelta(7), week.start)
    return Digest(
        week,
        spend,
        _month_end(handles, spend.currency, now) if spend else None,
        _dearest_videos(handles.database, warehouse, spend) if spend else (),
        delivered_total(warehouse, week).hit_ratio,
        delivered_total(warehouse, earlier).hit_ratio,
        _alerts(handles.database, week),
    )


def put_digest(handles: Handles, address: str, now: datetime) -> bool:
    """Put the digest of the week before on its way, once; whether that was done now.

    It waits for the bills to reach the week's end, but not for long. It is not made while no channel wants it.
    """
    week = week_before(now)
    if now < midnight(week.end) + DUE_AFTER or not _is_wanted(handles.database, week):
        return False
    if now < midnight(week.end) + WAITS and not _is_whole(handles.warehouse, week):
        return False
    digest = make_digest(handles, week, now)
    with handles.database.transaction() as connection:
        if store.queries.digest_of(connection, week=week.start.isoformat()):  # another worker was first
            return False
        store.queries.add_digest(connection, week=week.start.isoformat(), at=instant_text(now))
        _put(connection, digest, address, now)
    return True


def _put(connection: Connection, digest: Digest, address: str, now: datetime) -> None:
    title, body = digest_words.title(digest), digest_words.body(digest, address)
    message = outbox.new_message(Kind.DIGEST, "info", title, body, digest_words.html(digest, address), now)
    wanted = [each for each in all_channels(connection) if each.enabled and each.digest]
    outbox.put(connection, message, wanted, now)


def _is_wanted(database: Database, week: Period) -> bool:
    with database.reading() as connection:
        if store.queries.digest_of(connection, week=week.start.isoformat()):
            return False
        return any(each.enabled and each.digest for each in all_channels(connection))


def _is_whole(warehouse: Warehouse, week: Period) -> bool:
    try:
        return whole_days_until(warehouse, usual_currency(warehouse)) >= week.end
    except NoBillingData:
        return True  # there is nothing to wait for


def _spend(warehouse: Warehouse, week: Period) -> Spend | None:
    currency = usual_currency(warehouse)
    try:
        until = min(whole_days_until(warehouse, currency), week.end)
        if until <= week.start:
            return None
        days = Period(week.start, until)
        now = break_down(warehouse, days, Dimension.SERVICE, currency=currency)
    except NoBillingData:
        return None
    try:
        earlier = Period(days.start - timedelta(7), days.end - timedelta(7))
        before = break_down(warehouse, earlier, Dimension.SERVICE, currency=currency)
    except NoBillingData:
        before = None
    lines = compare(now, before).lines[:_MOST]
    return Spend(days, currency, now.total, before.total if before else None, lines)


def _month_end(handles: Handles, currency: str, now: datetime) -> ForecastMonth | None:
    known = known_changes(handles.database, handles.warehouse, handles.prices, now.date())
    total = forecast_costs(handles.warehouse, Dimension.SERVICE, now, known=known, currency=currency).total
    return total and total.this_month


def _dearest_videos(database: Database, warehouse: Warehouse, spend: Spend) -> tuple[tuple[str, Decimal], ...]:
    dearest = attribute(warehouse, spend.days, currency=spend.currency).titles[:_MOST]
    called = names(database, [each.title for each in dearest])
    return tuple((called[each.title].title, each.total) for each in dearest)


def _alerts(database: Database, week: Period) -> tuple[Alert, ...]:
    since = instant_text(midnight(week.start))
    with database.reading() as connection:
        rows = list(store.queries.latest_alerts(connection, since=since, first=50))
    found = [store.alert_of_row(row) for row in rows]
    return tuple(each for each in found if each.fired_at and each.fired_at < midnight(week.end))
