"""Catalogue: the tables that a query can use, their columns, and what each means."""

import re
from dataclasses import dataclass
from pathlib import Path

import core
from core.warehouse import Warehouse

_DEFINITIONS = (Path(core.__file__).parent / "warehouse.sql").read_text()
_TABLE = re.compile(r"TABLE (?:empty_)?(\w+) \(\n(.+?)\n\);", re.DOTALL)
_NOTE = re.compile(r"^ +(\w+) [^-\n]+-- (.+)$", re.MULTILINE)
#: What one row is.
TABLES = {
    "charges": "one row for each UTC day and kind of charge, without resource",
    "resource_charges": "one row for each UTC day, kind of charge, resource and its tags",
    "monthly_charges": "the same for each month, dated by its first day: the quickest for whole months",
    "bills": "one row for each account, month and export",
}
#: Columns of resource_charges beside those of charges.
_OF_RESOURCES = {"resource_id": "the provider's name of the resource", "tags": "user-defined tags, by key"}


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    table: str
    name: str
    type: str
    note: str  #: unit or meaning; empty where the name says it


def columns(warehouse: Warehouse) -> tuple[Column, ...]:
    """The columns of every table, in the tables' own order."""
    notes = {table: dict(_NOTE.findall(body)) for table, body in _TABLE.findall(_DEFINITIONS)}
    notes["resource_charges"] = notes["charges"] | _OF_RESOURCES
    notes["monthly_charges"] = notes["resource_charges"] | {"charge_period_start": "the month's first day"}
    return tuple(
        Column(table, name, type_, notes[table].get(name, ""))
        for table in TABLES
        for name, type_, *_ in warehouse.query(f"DESCRIBE {table}")
    )
