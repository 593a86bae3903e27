"""The tables beside the query are those that it can use, with what their columns mean."""

from core.explore.catalogue import TABLES, Column, columns
from core.warehouse import Warehouse


def test_every_column_of_every_table_is_listed_with_its_note(warehouse: Warehouse) -> None:
    listed = columns(warehouse)

    assert {column.table for column in listed} == set(TABLES)
    assert Column("charges", "billed_cost", "DECIMAL(38,18)", "in billing_currency, as invoiced") in listed
    assert Column("bills", "billed_cost", "DECIMAL(38,18)", "total of the bill") in listed
    assert Column("resource_charges", "resource_id", "VARCHAR", "the provider's name of the resource") in listed


def test_charges_of_resources_and_months_say_of_their_columns_what_charges_say(warehouse: Warehouse) -> None:
    notes = {(column.table, column.name): column.note for column in columns(warehouse)}

    assert notes["resource_charges", "billed_cost"] == notes["charges", "billed_cost"]
    assert notes["monthly_charges", "billed_cost"] == notes["charges", "billed_cost"]
    assert notes["monthly_charges", "charge_period_start"] == "the month's first day"
