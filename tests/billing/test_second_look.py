"""The second look at a bill: rows are summed by hashes, and each hash is given its texts, wherever they first stand."""

from decimal import Decimal
from pathlib import Path

import pytest

from core.billing import staging
from tests.billing.builders import csv_gz, cur2, parquet, put
from tests.billing.store import Store

FIRST = [cur2("1", resource_tags={"user_team": "video"}), cur2("2", resource_tags={"user_team": "live"})]
SECOND = [cur2("4", resource_tags={"user_team": "edge"}), cur2("8", resource_tags={"user_team": "video"})]


@pytest.mark.parametrize("teaching_rows", [1, 100])
@pytest.mark.parametrize(("ending", "packed"), [("parquet", parquet), ("csv.gz", csv_gz)])
def test_tags_that_change_within_the_month_are_found_in_any_row_of_any_file(
    store: Store, bucket: Path, monkeypatch: pytest.MonkeyPatch, ending: str, packed, teaching_rows: int
):
    monkeypatch.setattr(staging, "_TEACHING_ROWS", teaching_rows)
    for name, rows in (("1", FIRST), ("2", SECOND)):
        put(bucket / f"{name}.{ending}", packed(rows))
    store.ingest(bucket)

    assert store.costs("tag:team") == {"video": Decimal(9), "live": Decimal(2), "edge": Decimal(4)}


def test_no_tags_and_an_empty_map_of_tags_are_the_same_and_not_a_clash(store: Store, bucket: Path):
    put(bucket / "1.parquet", parquet([cur2("1", resource_tags={}), cur2("2", resource_tags=None)]))

    assert store.outcomes(bucket) == ["loaded"]
    assert store.total() == Decimal(3)


@pytest.mark.parametrize("teaching_rows", [1, 100])
@pytest.mark.parametrize(("ending", "packed"), [("parquet", parquet), ("csv.gz", csv_gz)])
def test_a_services_name_is_taken_from_the_first_file_that_states_it(
    store: Store, bucket: Path, monkeypatch: pytest.MonkeyPatch, ending: str, packed, teaching_rows: int
):
    monkeypatch.setattr(staging, "_TEACHING_ROWS", teaching_rows)
    unnamed, named = (
        {"line_item_product_code": "7abc", "product": product} for product in ({}, {"product_name": "Acme"})
    )
    put(bucket / f"1.{ending}", packed([cur2("1", **unnamed)]))
    put(bucket / f"2.{ending}", packed([cur2("2", **named)]))
    store.ingest(bucket)

    assert store.costs("service") == {"Acme": Decimal(3)}
