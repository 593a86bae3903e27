"""Facts: staged rows, given their meaning, as the Parquet files of a segment."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb

from core.billing.columns import Kind
from core.billing.meanings import charge_category, provider_name, service_name
from core.billing.stage import MEASURES
from core.billing.usage_types import classify
from core.errors import DeliveryRefused
from core.sql import literal

#: AWS restates a closed month for about two weeks; where a bill has no invoice ids, it is an estimate until then.
_SETTLED_AFTER = timedelta(days=14)


@dataclass(frozen=True)
class Bill:
    """What one account is billed in a segment, in one currency."""

    provider_name: str
    billing_account_id: str  #: who pays; empty: not stated
    sub_account_id: str  #: who uses; the payer where it is not stated
    currency: str
    row_count: int
    total: Decimal
    usage_until: datetime | None  #: end of the last usage; None where there is only tax and the like
    estimated: bool  #: some of it is on no invoice yet


def periods(kind: Kind, connection: duckdb.DuckDBPyConnection) -> list[date]:
    """First days of the months that the staged charges of a kind are billed in.

    Raises DeliveryRefused where one states none, or one that cannot be.
    """
    rows = connection.execute(
        "SELECT DISTINCT billing_period_start::VARCHAR, coalesce(billing_period_start BETWEEN $2 AND $3, false) "
        "FROM amounts SEMI JOIN (FROM dimensions WHERE kind = $1) USING (id) ORDER BY 1",
        [kind, *_POSSIBLE],
    ).fetchall()
    for month, possible in rows:
        if not possible:
            raise DeliveryRefused(_impossible(month), "Report it to the provider.")
    return [date.fromisoformat(month) for month, _ in rows]


#: Billing periods before the first cloud, or after anybody's plans, are mistakes.
_POSSIBLE = (date(2000, 1, 1), date(2099, 12, 31))


def _impossible(month: str | None) -> str:
    return f"It holds charges of the billing period {month}." if month else "It holds charges without a billing period."


def write_facts(
    period: date,
    export: str,
    kind: Kind,
    delivered_at: datetime,
    product_names: dict[str, str],
    folder: Path,
    connection: duckdb.DuckDBPyConnection,
) -> list[Bill]:
    """Write a period's facts, the files of warehouse.FACTS, into the folder; give what each account is billed."""
    # only the period's own: a download of years would work every month's out again for each month
    connection.execute(_STATED.format(kind=kind, period=period))
    _write_meanings(connection, product_names)
    unsettled = "true" if delivered_at.date() < _last_day(period) + _SETTLED_AFTER else "false"
    connection.execute(_MEANT.format(export=literal(export), kind=kind, unsettled=unsettled))
    connection.execute(_SUMMED.format(period=period))
    _copy(connection, _RESOURCE, folder / "resource.parquet", "zstd")
    # read for most questions that need days: a fourth larger, and read in four fifths of the time
    _copy(connection, _DAILY, folder / "daily.parquet", "snappy")
    _copy(connection, _MONTHLY, folder / "monthly.parquet", "zstd")
    return _bills(connection)


_STATED = """
    CREATE OR REPLACE TEMP VIEW stated AS
    FROM dimensions SEMI JOIN (FROM amounts WHERE billing_period_start = DATE '{period}') USING (id)
    WHERE kind = '{kind}'
"""
_WITHOUT_RESOURCE = """
    export, kind, provider_name, billing_account_id, sub_account_id, service_name, region_id, usage_type, operation,
    usage_family, storage_class, charge_category, line_item_type, billing_currency, consumed_unit, estimated
"""
_ORDER = "service_name, usage_type, operation"
#: Each staged combination with its meaning, and the numbers of the rows that it is summed into.
_MEANT = f"""
    CREATE OR REPLACE TEMP TABLE meant AS
    SELECT id, {_WITHOUT_RESOURCE}, resource_id, tags,
        dense_rank() OVER (ORDER BY {_ORDER}, {_WITHOUT_RESOURCE}, resource_id, tags) AS resource_row,
        dense_rank() OVER (ORDER BY {_ORDER}, {_WITHOUT_RESOURCE}) AS daily_row
    FROM (
        SELECT id, {{export}} AS export, stated.kind, p.meaning AS provider_name, billing_account_id, sub_account_id,
            s.meaning AS service_name, coalesce(region_id, u.region) AS region_id, usage_type, operation,
            coalesce(u.family, nullif(c.meaning, 'usage')) AS usage_family, u.storage_class,
            c.meaning AS charge_category, line_item_type, billing_currency, consumed_unit,
            coalesce(estimated, {{unsettled}}) AS estimated, resource_id, tags
        FROM stated
        LEFT JOIN provider_meanings p ON stated.provider_name IS NOT DISTINCT FROM p.stated
        LEFT JOIN service_meanings s
            ON service_code IS NOT DISTINCT FROM s.code AND stated.service_name IS NOT DISTINCT FROM s.stated
        LEFT JOIN category_meanings c ON line_item_type IS NOT DISTINCT FROM c.stated
        LEFT JOIN usage_meanings u ON s.meaning IS NOT DISTINCT FROM u.service AND usage_type = u.type
            AND operation IS NOT DISTINCT FROM u.action
    )
"""
_SUMS = (
    ", ".join(f"sum({name})::DECIMAL(38,18) AS {name}" for name in MEASURES) + ", sum(row_count)::BIGINT AS row_count"
)
_SUMMED = f"""
    CREATE OR REPLACE TEMP TABLE summed AS
    SELECT resource_row, daily_row, billing_period_start, charge_period_start, {_SUMS}, max(usage_until) AS usage_until
    FROM amounts JOIN meant USING (id)
    WHERE billing_period_start = DATE '{{period}}'
    GROUP BY ALL
    ORDER BY resource_row, charge_period_start
"""
_VALUES = f"billing_period_start, charge_period_start, {', '.join(MEASURES)}, row_count"
#: What each row of the resource facts means.
_OF_RESOURCE_ROW = "(SELECT DISTINCT ON (resource_row) * EXCLUDE (daily_row) FROM meant)"
_RESOURCE = f"""
    SELECT {_WITHOUT_RESOURCE}, {_VALUES}, resource_id, tags
    FROM summed JOIN {_OF_RESOURCE_ROW} USING (resource_row)
"""
_DAILY = f"""
    SELECT {_WITHOUT_RESOURCE}, {_VALUES}
    FROM (
        SELECT daily_row, billing_period_start, charge_period_start, {_SUMS}
        FROM summed GROUP BY ALL ORDER BY daily_row, charge_period_start
    )
    JOIN (SELECT DISTINCT ON (daily_row) * FROM meant) USING (daily_row)
"""
#: A month is dated by its first day.
_MONTHLY = f"""
    SELECT {_WITHOUT_RESOURCE}, {_VALUES}, resource_id, tags
    FROM (
        SELECT resource_row, billing_period_start, billing_period_start AS charge_period_start, {_SUMS}
        FROM summed GROUP BY ALL ORDER BY resource_row
    )
    JOIN {_OF_RESOURCE_ROW} USING (resource_row)
"""


def _write_meanings(connection: duckdb.DuckDBPyConnection, product_names: dict[str, str]) -> None:
    _meaning(connection, "provider", ["stated"], "SELECT DISTINCT provider_name FROM stated", provider_name)
    _meaning(connection, "category", ["stated"], "SELECT DISTINCT line_item_type FROM stated", charge_category)
    services = "SELECT DISTINCT service_code, service_name FROM stated"
    _meaning(
        connection, "service", ["code", "stated"], services,
        lambda code, stated: service_name(code, stated or product_names.get(code or "")),
    )  # fmt: skip
    _table(connection, "usage_meanings", ["service", "type", "action", "family", "storage_class", "region"])
    usage = connection.execute(
        "SELECT DISTINCT s.meaning, usage_type, operation FROM stated JOIN service_meanings s "
        "ON service_code IS NOT DISTINCT FROM s.code AND service_name IS NOT DISTINCT FROM s.stated "
        "WHERE usage_type IS NOT NULL"
    ).fetchall()
    _insert(connection, "usage_meanings", (_usage(*row) for row in usage))


def _usage(service: str | None, usage_type: str, operation: str | None) -> tuple[str | None, ...]:
    usage = classify(service or "", usage_type, operation)
    return (service, usage_type, operation, usage.family, usage.storage_class, usage.region)


def _meaning(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    keys: list[str],
    stated: str,
    mean: Callable[..., str | None],
) -> None:
    _table(connection, f"{name}_meanings", [*keys, "meaning"])
    _insert(connection, f"{name}_meanings", ((*row, mean(*row)) for row in connection.execute(stated).fetchall()))


def _table(connection: duckdb.DuckDBPyConnection, name: str, columns: list[str]) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({', '.join(f'{c} VARCHAR' for c in columns)})")


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[tuple[str | None, ...]]) -> None:
    found = list(rows)
    if found:
        columns = [list(column) for column in zip(*found, strict=True)]
        unnested = ", ".join("unnest(?::VARCHAR[])" for _ in columns)
        connection.execute(f"INSERT INTO {table} SELECT {unnested}", columns)


def _bills(connection: duckdb.DuckDBPyConnection) -> list[Bill]:
    rows = connection.execute(f"""
        SELECT coalesce(provider_name, ''), coalesce(billing_account_id, ''),
            coalesce(sub_account_id, billing_account_id, ''), coalesce(billing_currency, ''),
            sum(row_count)::BIGINT, sum(billed_cost)::DECIMAL(38,18),
            max(usage_until) FILTER (charge_category = 'usage'), bool_or(estimated)
        FROM summed JOIN {_OF_RESOURCE_ROW} USING (resource_row)
        GROUP BY ALL ORDER BY ALL
    """).fetchall()
    return [
        Bill(provider, payer, user, currency, count, total, until and until.replace(tzinfo=UTC), estimated)
        for provider, payer, user, currency, count, total, until, estimated in rows
    ]


def _copy(connection: duckdb.DuckDBPyConnection, query: str, target: Path, codec: str) -> None:
    connection.execute(f"COPY ({query}) TO {literal(target)} (FORMAT parquet, COMPRESSION {codec})")


def _last_day(period: date) -> date:
    return (period + timedelta(days=31)).replace(day=1) - timedelta(days=1)
