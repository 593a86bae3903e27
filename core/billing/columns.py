"""Columns: what the files of a bill export hold, by the names they use."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from core.errors import DeliveryRefused
from core.sql import identifier


class Kind(StrEnum):
    """The kinds of bill that are understood."""

    CUR = "cur"  #: AWS Cost and Usage Report, legacy
    CUR2 = "cur2"  #: AWS CUR 2.0, by Data Exports
    FOCUS = "focus"  #: FinOps Open Cost and Usage Specification, 1.0 to 1.3, of any provider
    SUPABASE = "supabase"  #: measured bytes a day, priced by the configured plan


@dataclass(frozen=True)
class Columns:
    """The columns of one file: by normalised name, what DuckDB calls the column and its type."""

    file: str
    kind: Kind
    found: dict[str, tuple[str, str]]
    #: By normalised name, the headers of several columns that have it: nobody can tell which one is meant.
    shared: dict[str, tuple[str, ...]] = field(default_factory=dict)
    #: By normalised name, what the file itself calls the fields of a STRUCT.
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return name in self.found

    def sql(self, name: str) -> str:
        """The column as SQL; NULL where the file has no such column. Raises DeliveryRefused where it has several."""
        if name in self.shared:
            raise DeliveryRefused(
                f"{self.file} has several columns {' and '.join(self.shared[name])}.", "Export it anew with one."
            )
        return identifier(self.found[name][0]) if name in self.found else "NULL"

    def type(self, name: str) -> str:
        return self.found[name][1] if name in self.found else "NULL"

    def first(self, *names: str) -> str:
        """The first value that is stated among columns of one meaning."""
        present = [f"nullif(nullif({self.sql(name)}, ''), 'NULL')" for name in names if self.has(name)]
        return f"coalesce({', '.join(present)})" if present else "NULL::VARCHAR"

    def is_number(self, name: str) -> bool:
        return self.type(name).startswith(_NUMBERS)

    def text(self, name: str) -> str:
        return f"{self.sql(name)}::VARCHAR"

    def identifier(self, name: str) -> str:
        """The column as text, where a number means its digits only."""
        return f"{self.sql(name)}::DECIMAL(38,0)::VARCHAR" if self.is_number(name) else self.text(name)

    def money(self, name: str) -> str:
        """The column as DECIMAL(38,18), digit for digit what the file states."""
        return _exact(self.sql(name), self.type(name))

    def instant(self, name: str) -> str:
        """The column as a TIMESTAMP in UTC."""
        if self.type(name) == "VARCHAR":
            return f"nullif(nullif({self.sql(name)}, ''), 'NULL')::TIMESTAMPTZ::TIMESTAMP"
        if self.type(name).startswith("TIMESTAMP WITH"):
            return f"{self.sql(name)}::TIMESTAMPTZ::TIMESTAMP"
        return f"{self.sql(name)}::TIMESTAMP"

    def with_prefix(self, prefix: str) -> list[str]:
        return [name for name in self.found if name.startswith(prefix)]


_REQUIRED = {
    # without the payer, one bill that comes by two exports would count twice
    Kind.CUR: [
        "bill_payer_account_id",
        "bill_billing_period_start_date",
        "line_item_usage_start_date",
        "line_item_line_item_type",
        "line_item_unblended_cost",
    ],
    Kind.FOCUS: [
        "BilledCost",
        "BillingAccountId",
        "BillingCurrency",
        "BillingPeriodStart",
        "ChargePeriodStart",
        "ChargeCategory",
    ],
    Kind.SUPABASE: ["date", "storage_bytes", "egress_bytes", "cached_egress_bytes"],
}
_REQUIRED[Kind.CUR2] = _REQUIRED[Kind.CUR]
_NUMBERS = (
    "DOUBLE", "FLOAT", "DECIMAL", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT",
    "UINTEGER", "UBIGINT",
)  # fmt: skip
#: What the normalised names of a legacy report's tags begin with.
TAG_PREFIX = "resource_tags_"
#: What is read of a FOCUS file.
FOCUS_NAMES = (
    *_REQUIRED[Kind.FOCUS], "ServiceProviderName", "ProviderName", "PublisherName", "SubAccountId", "x_ServiceCode",
    "ServiceName", "RegionId", "RegionName", "x_UsageType", "x_Operation", "ConsumedUnit", "PricingUnit", "ResourceId",
    "Tags", "InvoiceId", "ConsumedQuantity", "PricingQuantity", "EffectiveCost", "ListCost", "ChargePeriodEnd",
)  # fmt: skip
#: Any of these tells who provides the service; FOCUS 1.3 renamed the column.
FOCUS_PROVIDER = ("ServiceProviderName", "ProviderName", "PublisherName")


@dataclass(frozen=True)
class Column:
    """One column of a file."""

    title: str  #: as the file's header has it
    place: str  #: what DuckDB calls it, which tells no names apart that differ in case only
    type: str  #: DuckDB's
    fields: tuple[str, ...] = ()  #: of a STRUCT without others in it, as the file's header has them


def recognise(file: str, described: Sequence[Column]) -> Columns:
    """The columns of a file, and so the kind of bill it belongs to.

    Raises DeliveryRefused when they are not those of a bill, or a required one is absent.
    """
    plain, snake = _named(described, lambda title: title), _named(described, snake_case)
    focus = _by_focus_names(plain)
    if _signs(focus, ("BilledCost", "ChargeCategory", "ChargePeriodStart", "BillingPeriodStart", "BillingCurrency")):
        return _complete(_columns(file, Kind.FOCUS, focus))
    if _signs(snake, ("line_item_unblended_cost", "line_item_line_item_type", "line_item_usage_start_date")):
        return _complete(_columns(file, _cur_generation(snake), _with_exact_tags(snake)))
    if _signs(plain, ("storage_bytes", "egress_bytes", "cached_egress_bytes")):
        return _complete(_columns(file, Kind.SUPABASE, plain))
    raise DeliveryRefused(f"{file} is not a bill: {_shown(list(plain))}.", "Remove it, or export it anew.")


def _shown(titles: Sequence[str]) -> str:
    """What its columns are called; nothing of a file that has no header may be told, as it may be a log with addresses
    of viewers."""
    words = [title for title in titles if _WORDS.fullmatch(title)]
    return f"its columns are {', '.join(words[:6])}" if len(words) == len(titles) else "its first line is no header"


_WORDS = re.compile(r"[A-Za-z][A-Za-z0-9_/ -]{0,60}")
_Named = dict[str, list[Column]]


def _named(described: Sequence[Column], normalise: Callable[[str], str]) -> _Named:
    named: _Named = defaultdict(list)
    for column in described:
        named[normalise(column.title)].append(column)
    return dict(named)


def _by_focus_names(plain: _Named) -> _Named:
    """FOCUS' columns by its own names: Athena writes them in small letters, and Snowflake in capitals."""
    any_case: _Named = defaultdict(list)
    for title, columns in plain.items():
        any_case[title.lower()] += columns
    return plain | {
        name: any_case[name.lower()] for name in FOCUS_NAMES if name not in plain and name.lower() in any_case
    }


def _with_exact_tags(named: _Named) -> _Named:
    """Tags whose keys differ in case only, each by the key that people gave it."""
    exact: _Named = {}
    for name, columns in named.items():
        if name.startswith(TAG_PREFIX) and len(columns) > 1:
            exact |= _named(columns, lambda title: TAG_PREFIX + re.sub("^resource(Tags/|_tags_)", "", title))
        else:
            exact[name] = columns
    return exact


def _columns(file: str, kind: Kind, named: _Named) -> Columns:
    found = {name: (columns[0].place, columns[0].type) for name, columns in named.items()}
    shared = {name: tuple(column.title for column in columns) for name, columns in named.items() if len(columns) > 1}
    fields = {name: columns[0].fields for name, columns in named.items() if columns[0].fields}
    return Columns(file, kind, found, shared, fields)


def snake_case(name: str) -> str:
    """`lineItem/UnblendedCost` and `user:CostCenter` as CUR 2.0 writes them."""
    parts = re.split(r"[/:]", name)
    return "_".join(re.sub(r"(?<=[^_])(?=[A-Z])", "_", part) for part in parts).lower().replace(" ", "_")


def _signs(found: _Named, names: tuple[str, ...]) -> bool:
    return sum(name in found for name in names) >= 2


def _cur_generation(found: _Named) -> Kind:
    modern = ("product", "resource_tags", "tags", "cost_category", "discount", "bill_payer_account_name")
    return Kind.CUR2 if any(name in found for name in modern) else Kind.CUR


def _complete(columns: Columns) -> Columns:
    absent = [name for name in _REQUIRED[columns.kind] if not columns.has(name)]
    if columns.kind is Kind.FOCUS and not any(columns.has(name) for name in FOCUS_PROVIDER):
        absent.append(FOCUS_PROVIDER[0])
    if absent:
        raise DeliveryRefused(
            f"{columns.file} lacks the column {', '.join(absent)}.", "Add it to the export and deliver it anew."
        )
    return columns


def _exact(column: str, type_: str) -> str:
    if type_ == "VARCHAR":
        # DuckDB reads 1_000 as a thousand
        number = f"CASE WHEN contains({column}, '_') THEN {column} || ' is no number' ELSE {column} END"
        return f"nullif(nullif({number}, ''), 'NULL')::DECIMAL(38,18)"
    if type_ not in ("DOUBLE", "FLOAT"):
        return f"{column}::DECIMAL(38,18)"
    # A double is read as the shortest decimal that gives it back. Below 4096 no two decimals of twelve places are
    # one double, so where twelve places give it back they are that decimal: ten times faster than by text.
    return (
        f"CASE WHEN abs({column}) < 4096 AND round({column} * 1e12) / 1e12 = {column} "
        f"THEN {column}::DECIMAL(18,12)::DECIMAL(38,18) ELSE {column}::VARCHAR::DECIMAL(38,18) END"
    )
