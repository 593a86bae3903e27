"""Stage: the SQL that turns files of any bill into the columns that all bills share, summed by UTC day and resource."""

from collections.abc import Callable
from dataclasses import dataclass

from core.billing.accounts import one_spelling
from core.billing.amortisation import amortisation
from core.billing.columns import FOCUS_PROVIDER, Columns, Kind
from core.billing.tags import clean_tags, stated_tags

#: What tells charges apart besides their day; text unless said otherwise.
DIMENSIONS = (
    "provider_name",
    "billing_account_id",
    "sub_account_id",
    "service_code",
    "service_name",
    "region_id",
    "usage_type",
    "operation",
    "line_item_type",
    "billing_currency",
    "consumed_unit",
    "resource_id",
    "tags",  # MAP(VARCHAR, VARCHAR)
    "estimated",  # BOOLEAN: on no invoice yet; NULL where the bill does not say
)
#: What is summed; DECIMAL(38,18).
MEASURES = ("consumed_quantity", "billed_cost", "effective_cost", "list_cost")

_DAYS = ("period_start", "charge_start")

_TYPES = dict.fromkeys(DIMENSIONS, "VARCHAR") | {"tags": "MAP(VARCHAR, VARCHAR)", "estimated": "BOOLEAN"}

#: Where staged charges are gathered: each combination of dimensions once, and its amounts by day.
CREATE_STAGED = f"""
    CREATE OR REPLACE TEMP TABLE dimensions (
        id BIGINT, kind VARCHAR,
        {", ".join(f"{name} {type_}" for name, type_ in _TYPES.items())}
    );
    CREATE OR REPLACE TEMP TABLE amounts (
        id BIGINT, billing_period_start DATE, charge_period_start DATE,
        {", ".join(f"{name} DECIMAL(38,18)" for name in MEASURES)}, row_count BIGINT, usage_until TIMESTAMP
    );
    CREATE OR REPLACE TEMP SEQUENCE dimension_ids;
"""


@dataclass(frozen=True)
class StageQueries:
    """SQL that stages files of one shape; what takes a relation, reads it.

    Rows are first summed by 64-bit hashes of what tells them apart, which is five times cheaper than by the texts
    themselves; a second look gives each hash its texts. The tags have a hash of their own, for they cost more to read
    than all other texts together: the second look asks for those of rows with new texts only. Then all moves to the
    tables of CREATE_STAGED.
    """

    create: Callable[[str], str]  #: the tables `sums` and `keys`, empty, with a relation's columns
    sums: Callable[[str], str]  #: adds a relation's rows to `sums`
    wanted: str  #: makes `wanted`, the hashes in `sums` without texts in `keys`
    keys: Callable[[str], str]  #: adds to `keys` the texts of wanted hashes that a relation's rows have
    clash: str  #: gives a row where different texts have one hash
    move: str  #: to `dimensions` and `amounts`


def stage_queries(columns: Columns) -> StageQueries:
    """How to stage files that have these columns."""
    dimensions, days, measures = (_focus if columns.kind is Kind.FOCUS else _cur)(columns)
    constants = {name: sql for name, sql in dimensions.items() if sql.startswith(("'", "NULL")) and name != "tags"}
    raw = {name: sql for name, sql in dimensions.items() if name not in constants}
    key = f"hash({', '.join(sql for name, sql in raw.items() if name != 'tags')}) AS key"
    measured = {name: f"sum({sql})" for name, sql in measures.items()}
    counted = {"row_count": "count(*)", "usage_until": f"max({_end(columns)})"}
    grouped = f"{key}, {_tags_key(raw['tags'])}, {_aliased(days)}"

    def summed(relation: str) -> str:
        return f"SELECT {grouped}, {_aliased(measured | counted)} FROM {relation} GROUP BY ALL"

    def keyed(relation: str, but: str = "") -> str:
        return f"SELECT {_tags_key('tags')}, * FROM (SELECT {key}, {_aliased(raw)} FROM {relation}) {but}"

    cleaned = {name: _cleaned(name, constants.get(name, name), columns) for name in DIMENSIONS}
    return StageQueries(
        create=lambda relation: (
            f"CREATE OR REPLACE TEMP TABLE sums AS {summed(relation)} LIMIT 0; "
            f"CREATE OR REPLACE TEMP TABLE keys AS {keyed(relation)} LIMIT 0"
        ),
        sums=lambda relation: f"INSERT INTO sums {summed(relation)}",
        wanted="CREATE OR REPLACE TEMP TABLE wanted AS "
        "SELECT DISTINCT key, tags_key FROM sums ANTI JOIN keys USING (key, tags_key)",
        keys=lambda relation: (
            "INSERT INTO keys SELECT DISTINCT * FROM "
            f"({keyed(relation, 'SEMI JOIN wanted USING (key)')}) SEMI JOIN wanted USING (key, tags_key)"
        ),
        clash="SELECT key FROM keys GROUP BY key, tags_key HAVING count(*) > 1 LIMIT 1",
        move=f"""
            CREATE OR REPLACE TEMP TABLE numbered AS
            SELECT key, tags_key, nextval('dimension_ids') AS id, '{columns.kind}' AS kind, {_aliased(cleaned)}
            FROM keys;
            INSERT INTO dimensions SELECT * EXCLUDE (key, tags_key) FROM numbered;
            INSERT INTO amounts SELECT id, {_BILLED_MONTH}, {_BILLED_DAY}, {_AMOUNTS}, row_count, {_USAGE_UNTIL}
            FROM sums JOIN numbered USING (key, tags_key);
            DROP TABLE sums; DROP TABLE wanted; DROP TABLE keys; DROP TABLE numbered;
        """,
    )


def row_print(columns: Columns) -> str:
    """SQL for what tells a row from all others, and the instants that its usage began and ended at."""
    dimensions, _, measures = (_focus if columns.kind is Kind.FOCUS else _cur)(columns)
    told = [sql for name, sql in dimensions.items() if name != "estimated"]
    told += [measures["quantity"], measures["billed"]]
    begun, ended = columns.instant(_usage_start(columns)), _end(columns)
    return f"hash({', '.join([*told, begun, ended])}) AS print, {begun} AS begun, {ended} AS ended"


def _tags_key(tags: str) -> str:
    # DuckDB hashes an empty map as it does NULL
    return f"CASE WHEN ({tags}) IS NULL THEN 0 ELSE hash({tags}) END AS tags_key"


_BILLED_MONTH = "date_trunc('month', period_start)::DATE"
# a charge from outside the billing period is billed in it all the same: months must add up to invoices
_BILLED_DAY = f"least(greatest(coalesce(charge_start, {_BILLED_MONTH}), {_BILLED_MONTH}), last_day({_BILLED_MONTH}))"
# nor can a bill tell of usage after its billing period
_USAGE_UNTIL = f"least(usage_until, last_day({_BILLED_MONTH}) + INTERVAL 1 DAY)"
_AMOUNTS = """
    coalesce(quantity, 0)::DECIMAL(38,18), coalesce(billed, 0)::DECIMAL(38,18),
    (coalesce(billed, 0) + coalesce(amortisation, 0))::DECIMAL(38,18), coalesce(list, 0)::DECIMAL(38,18)
"""


def _aliased(expressions: dict[str, str]) -> str:
    return ", ".join(f"{sql} AS {name}" for name, sql in expressions.items())


#: (dimensions, days, measures), each a name to SQL on the file's columns.
_Parts = tuple[dict[str, str], dict[str, str], dict[str, str]]


def _cur(columns: Columns) -> _Parts:
    dimensions = {
        "provider_name": "'AWS'",
        "billing_account_id": columns.identifier("bill_payer_account_id"),
        "sub_account_id": columns.identifier("line_item_usage_account_id"),
        "service_code": columns.text("line_item_product_code"),
        "service_name": "NULL::VARCHAR",
        "region_id": columns.text(_present(columns, "product_region_code", "product_region")),
        "usage_type": columns.text("line_item_usage_type"),
        "operation": columns.text("line_item_operation"),
        "line_item_type": columns.text("line_item_line_item_type"),
        "billing_currency": columns.text("line_item_currency_code")
        if columns.has("line_item_currency_code")
        else "'USD'",
        "consumed_unit": columns.text("pricing_unit"),
        "resource_id": columns.text("line_item_resource_id"),
        "tags": stated_tags(columns),
        "estimated": f"coalesce({columns.text('bill_invoice_id')}, '') = ''",
    }
    days = _days(columns, "bill_billing_period_start_date", "line_item_usage_start_date")
    return dimensions, days, {
        "quantity": _quantity(columns, "line_item_usage_amount"),
        "billed": columns.money("line_item_unblended_cost"),
        "amortisation": amortisation(columns),
        "list": columns.money("pricing_public_on_demand_cost"),
    }  # fmt: skip


def _focus(columns: Columns) -> _Parts:
    billed = columns.money("BilledCost")
    dimensions = {
        "provider_name": columns.first(*FOCUS_PROVIDER),
        "billing_account_id": columns.identifier("BillingAccountId"),
        "sub_account_id": columns.identifier("SubAccountId"),
        "service_code": columns.text("x_ServiceCode"),
        "service_name": columns.text("ServiceName"),
        "region_id": columns.text(_present(columns, "RegionId", "RegionName")),
        "usage_type": columns.text("x_UsageType"),
        "operation": columns.text("x_Operation"),
        "line_item_type": columns.text("ChargeCategory"),
        "billing_currency": columns.text("BillingCurrency"),
        "consumed_unit": columns.text(_present(columns, "ConsumedUnit", "PricingUnit")),
        "resource_id": columns.text("ResourceId"),
        "tags": stated_tags(columns),
        "estimated": f"coalesce({columns.text('InvoiceId')}, '') IN ('', 'NULL')"
        if columns.has("InvoiceId")
        else "NULL::BOOLEAN",
    }
    return dimensions, _days(columns, "BillingPeriodStart", "ChargePeriodStart"), {
        "quantity": _quantity(columns, _present(columns, "ConsumedQuantity", "PricingQuantity")),
        "billed": billed,
        # of a charge that states no effective cost, the billed one is it
        "amortisation": f"{columns.money('EffectiveCost')} - coalesce({billed}, 0)"
        if columns.has("EffectiveCost")
        else "NULL::DECIMAL(38,18)",
        "list": columns.money("ListCost"),
    }  # fmt: skip


def _days(columns: Columns, period_start: str, charge_start: str) -> dict[str, str]:
    # a month that begins at midnight in another time zone begins in the month before, in UTC
    period = f"({columns.instant(period_start)} + INTERVAL 14 HOURS)::DATE"
    return dict(zip(_DAYS, (period, f"({columns.instant(charge_start)})::DATE"), strict=True))


def _end(columns: Columns) -> str:
    name = "ChargePeriodEnd" if columns.kind is Kind.FOCUS else "line_item_usage_end_date"
    return columns.instant(name if columns.has(name) else _usage_start(columns))


def _usage_start(columns: Columns) -> str:
    return "ChargePeriodStart" if columns.kind is Kind.FOCUS else "line_item_usage_start_date"


def _present(columns: Columns, *names: str) -> str:
    return next((name for name in names if columns.has(name)), names[0])


def _quantity(columns: Columns, name: str) -> str:
    # quantities are large and need no exact text: the nearest decimal is the same in every run
    return f"{columns.sql(name)}::DECIMAL(38,18)" if columns.type(name) in ("DOUBLE", "FLOAT") else columns.money(name)


def _cleaned(name: str, sql: str, columns: Columns) -> str:
    if name == "tags":
        return clean_tags(columns, sql)
    return sql if name == "estimated" else one_spelling(name, f"nullif(nullif(trim({sql}), ''), 'NULL')", columns)
