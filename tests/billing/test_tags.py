"""Every tag of a bill is kept under its own key, in whichever way the bill states tags."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from core.errors import UnknownDimension
from tests.billing.builders import (
    Row,
    athena,
    csv_gz,
    csv_text,
    cur2,
    deliver_cur2,
    deliver_legacy,
    focus,
    legacy,
    parquet,
    put,
    without,
)
from tests.billing.store import Store

VIDEO, LIVE = "resourceTags/user:Team", "resourceTags/user:team"
NOBODY = "not stated"


def tagged(cost: str, Team: str, team: str) -> Row:
    """A line of a legacy report on which two teams have tags that differ in case only."""
    return legacy(cost, **{VIDEO: Team, LIVE: team})


def test_tags_that_differ_in_case_only_are_two_tags(store: Store, bucket: Path):
    deliver_legacy(bucket, [tagged("1", "video", ""), tagged("2", "", "live"), tagged("4", "video", "live")])
    store.ingest(bucket)

    assert store.column("tags") == [
        {"user:Team": "video"},
        {"user:Team": "video", "user:team": "live"},
        {"user:team": "live"},
    ]
    assert store.costs("tag:Team") == {"video": Decimal(5), NOBODY: Decimal(2)}
    assert store.costs("tag:team") == {"live": Decimal(6), NOBODY: Decimal(1)}
    assert store.costs("tag:user:Team") == store.costs("tag:Team")
    assert store.costs("tag:user_team") == store.costs("tag:team")


@pytest.mark.parametrize("key", ["{", "{x}", "a}b{c}", "{{relation}}", "{relation}", "%s ? $1", 'say "hi"', "it's"])
def test_a_key_may_hold_what_means_something_to_a_program(store: Store, bucket: Path, key: str):
    deliver_legacy(bucket, [legacy("1", **{f"resourceTags/user:{key}": "video"}), legacy("2")])

    assert store.outcomes(bucket) == ["loaded"]
    assert store.column("tags") == [{f"user_{key.replace(' ', '_')}": "video"}, None]


def test_which_of_two_such_tags_is_meant_has_to_be_said(store: Store, bucket: Path):
    deliver_legacy(bucket, [tagged("1", "video", "live")])
    store.ingest(bucket)

    with pytest.raises(UnknownDimension) as error:
        store.costs("tag:TEAM")
    assert str(error.value) == "Several tags are called 'TEAM'. Ask for one of user:Team, user:team."


def test_a_key_that_is_asked_for_in_full_is_found_whatever_others_are_called(store: Store, bucket: Path):
    deliver_legacy(bucket, [tagged("1", "video", "live")])
    others = {"user_TEAM": "a", "user_tEAM": "b"}
    deliver_cur2(bucket, [cur2("2", bill_payer_account_id="2", resource_tags=others)])
    store.ingest(bucket)

    assert store.costs("tag:user:team") == {"live": Decimal(1), NOBODY: Decimal(2)}
    assert store.costs("tag:user_TEAM") == {"a": Decimal(2), NOBODY: Decimal(1)}
    with pytest.raises(UnknownDimension, match="Ask for one of user_TEAM, user_tEAM"):
        store.costs("tag:team")


def test_the_order_of_such_columns_means_nothing(store: Store, bucket: Path):
    row = tagged("1", "video", "live")
    put(bucket / "1.csv.gz", csv_gz([row]))
    put(bucket / "2.csv.gz", csv_gz([dict(reversed(row.items()))]))
    store.ingest(bucket)

    assert store.costs("tag:Team") == {"video": Decimal(2)}
    assert store.costs("tag:team") == {"live": Decimal(2)}


def test_so_are_those_of_a_report_in_parquet(store: Store, bucket: Path):
    """DuckDB calls the second one `resource_tags_user_team_1`, and there is a tag of that name too."""
    names = ["resource_tags_user_Team", "resource_tags_user_team", "resource_tags_user_team_1"]
    for file, (cost, *values) in enumerate([(1.0, "video", "live", "x"), (2.0, "sport", "news", "y")]):
        put(bucket / f"{file}.parquet", parquet([athena(cost) | dict(zip(names, values, strict=True))]))
    store.ingest(bucket)

    assert store.costs("tag:Team") == {"video": Decimal(1), "sport": Decimal(2)}
    assert store.costs("tag:team") == {"live": Decimal(1), "news": Decimal(2)}
    assert store.costs("tag:team_1") == {"x": Decimal(1), "y": Decimal(2)}


@pytest.mark.parametrize("write", [parquet, csv_gz])
@pytest.mark.parametrize("row", [cur2, focus])
def test_so_are_those_of_a_map_and_of_json(store: Store, bucket: Path, row: Any, write: Any):
    column = "Tags" if row is focus else "resource_tags"
    rows = [row("1", **{column: {"Team": "video"}}), row("2", **{column: {"team": "live"}})]
    put(bucket / f"bill.{'parquet' if write is parquet else 'csv.gz'}", write(rows))
    store.ingest(bucket)

    assert store.costs("tag:Team") == {"video": Decimal(1), NOBODY: Decimal(2)}
    assert store.costs("tag:team") == {"live": Decimal(2), NOBODY: Decimal(1)}


def test_so_are_the_fields_of_a_struct(store: Store, bucket: Path):
    """DuckDB calls `team` beside `Team` `team_1`, which is a tag of its own in the other file."""
    for number, tags in enumerate([{"Team": "video", "team": "live"}, {"Team": "sport", "team_1": "x"}]):
        type_ = pa.struct([(key, pa.string()) for key in tags])
        rows = [cur2(1.0, resource_tags=tags), cur2(2.0, resource_tags=None)]
        put(bucket / f"{number}.parquet", parquet(rows, resource_tags=type_))

    assert store.outcomes(bucket) == ["loaded"]
    assert store.costs("tag:Team") == {"video": Decimal(1), "sport": Decimal(1), NOBODY: Decimal(4)}
    assert store.costs("tag:team") == {"live": Decimal(1), NOBODY: Decimal(5)}
    assert store.costs("tag:team_1") == {"x": Decimal(1), NOBODY: Decimal(5)}


@pytest.mark.parametrize("asked", ["team", "Team", "TEAM", "user:Team", "user_team"])
def test_a_single_tag_is_found_however_it_is_written(store: Store, bucket: Path, asked: str):
    """A report, an export and a FOCUS file each write AWS's tag in a way of their own."""
    deliver_legacy(bucket, [legacy("1", **{VIDEO: "video"})])
    deliver_cur2(bucket, [cur2("2", bill_payer_account_id="2", resource_tags={"user_team": "video"})])
    put(bucket / "focus.csv", csv_gz([focus("4", BillingAccountId="3", Tags={"user:Team": "video"})]))
    store.ingest(bucket)

    assert store.costs(f"tag:{asked}") == {"video": Decimal(7)}


def test_a_tag_keeps_its_months_when_another_one_of_its_name_comes_up(store: Store, bucket: Path):
    months = {"2026-09": {VIDEO: "video"}, "2026-10": {VIDEO: "video", LIVE: "live"}}
    for month, tags in months.items():
        dates = {"bill/BillingPeriodStartDate": f"{month}-01", "lineItem/UsageStartDate": f"{month}-02"}
        put(bucket / f"{month}/bill.csv.gz", csv_gz([legacy("1", **dates, **tags)]))
    store.ingest(bucket)

    assert store.costs("tag:Team") == {"video": Decimal(2)}


def test_a_tag_of_another_provider_is_not_taken_for_one_of_aws(store: Store, bucket: Path):
    put(bucket / "a.csv.gz", csv_gz([focus("1", ProviderName="Microsoft", Tags={"user_id": "x", "id": ""})]))
    put(bucket / "b/b.csv.gz", csv_gz([focus("2", ProviderName="Oracle", BillingAccountId="2", Tags={"id": "y"})]))
    store.ingest(bucket)

    assert store.costs("tag:id") == {"y": Decimal(2), NOBODY: Decimal(1)}
    assert store.costs("tag:user_id") == {"x": Decimal(1), NOBODY: Decimal(2)}


def test_a_capital_within_a_key_is_an_underscore_where_aws_makes_it_one(store: Store, bucket: Path):
    deliver_legacy(bucket, [legacy("1", **{"resourceTags/user:CostCenter": "7"})])
    store.ingest(bucket)

    assert store.costs("tag:CostCenter") == store.costs("tag:cost_center") == {"7": Decimal(1)}


# --- the ways to write them ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", [parquet, csv_gz])
def test_cur_2_0_may_state_all_tags_in_one_column(store: Store, bucket: Path, write: Any):
    tags = {"resourceTags/user:team": "video", "accountTag/team": "media", "costCategory/team": "shows"}
    deliver_cur2(bucket, [write([without(cur2("1"), "resource_tags", "product") | {"tags": tags}])],
                 ending="snappy.parquet" if write is parquet else "csv.gz")  # fmt: skip
    store.ingest(bucket)

    assert store.column("tags") == [tags]
    assert store.costs("tag:team") == {"video": Decimal(1)}
    assert store.costs("tag:accountTag/team") == {"media": Decimal(1)}


@pytest.mark.parametrize("write", [parquet, csv_gz])
def test_a_tag_in_several_columns_of_an_export_has_its_key_in_each(store: Store, bucket: Path, write: Any):
    resource, all_tags = {"user_team": "video"}, {"resourceTags/team": "video", "accountTag/team": "media"}
    row = cur2("1", resource_tags=resource, tags=all_tags) | {"resource_tags_user_env": "live"}
    deliver_cur2(bucket, [write([row])], ending="snappy.parquet" if write is parquet else "csv.gz")
    store.ingest(bucket)

    assert store.column("tags") == [resource | all_tags | {"user_env": "live"}]
    assert store.costs("tag:team") == {"video": Decimal(1)}


LABELS = pa.list_(pa.struct([(name, pa.string()) for name in ("key", "value", "type")]))


def test_google_lists_its_labels(store: Store, bucket: Path):
    """A resource's own label stands before the one it inherits."""
    labels = [
        {"key": "Team", "value": "video", "type": "label"},
        {"key": "env", "value": "prod", "type": "label"},
        {"key": "Team", "value": "media", "type": "project_label"},
    ]
    put(bucket / "bill.parquet", parquet([focus(1.0, Tags=labels), focus(2.0, Tags=[])], Tags=LABELS))
    store.ingest(bucket)

    assert store.column("tags") == [{"Team": "video", "env": "prod"}, None]


@pytest.mark.parametrize(
    ("stated", "kept"),
    [
        ('{"a": "1", "A": "2"}', {"a": "1", "A": "2"}),
        ('{"a": true, "b": 7, "c": null, "d": ""}', {"a": "true", "b": "7"}),
        ('{"a": "1", "a": "2"}', {"a": "1"}),
        ('"env": "prod","org": "trey"', {"env": "prod", "org": "trey"}),
        ('[{"key": "a", "value": "1"}]', {"a": "1"}),
        ('{"a": "half \\ud800"}', {"a": "half ?"}),
        ("env=prod", {"Tags": "env=prod"}),
        ("{'env': 'prod'}", {"Tags": "{'env': 'prod'}"}),
        ('["env"]', {"Tags": '["env"]'}),
        ("[" * 5000, {"Tags": "[" * 5000}),
        ("{}", None),
        ("[]", None),
        ("null", None),
        ("NULL", None),
        ("", None),
    ],
    ids=[
        "case", "no text", "twice", "no braces", "list", "half a character", "no JSON", "Python", "a list of texts",
        "deep", "none", "empty list", "null", "NULL", "empty",
    ],
)  # fmt: skip
def test_what_is_no_object_of_json_is_told_or_kept_as_it_is(
    store: Store, bucket: Path, stated: str, kept: dict[str, str] | None
):
    put(bucket / "bill.csv.gz", csv_gz([focus("1", Tags=stated), focus("2", Tags='{"other": "x"}')]))
    store.ingest(bucket)

    assert store.total() == Decimal(3)
    assert store.warehouse.query("SELECT tags FROM resource_charges WHERE billed_cost = 1") == [(kept,)]


# --- other columns that differ in case only ------------------------------------------------------------------------


def header_and_line(row: Row) -> list[str]:
    return csv_text([row]).splitlines()


@pytest.mark.parametrize("again", ["lineItem/UnblendedCost", "lineItem/unblendedCost"])
def test_a_column_that_is_there_twice_is_refused_where_it_matters(store: Store, bucket: Path, again: str):
    header, values = header_and_line(legacy("1"))
    put(bucket / "bill.csv", f"{header},{again}\n{values},2\n")

    assert store.refusal(bucket) == (
        f"bill.csv has several columns lineItem/UnblendedCost and {again}. Export it anew with one."
    )


@pytest.mark.parametrize(
    ("row", "again"),
    [
        (focus("1"), "BilledCost"),
        (focus("1"), "Tags"),
        (cur2("1"), "bill_payer_account_id"),
        (legacy("1") | {VIDEO: "a"}, VIDEO),
    ],
    ids=["money", "tags", "payer", "a legacy tag"],
)
def test_the_same_header_twice_is_refused(store: Store, bucket: Path, row: Row, again: str):
    header, values = header_and_line(row)
    put(bucket / "bill.csv", f"{header},{again}\n{values},2\n")

    assert f"bill.csv has several columns {again} and {again}." in store.refusal(bucket)


@pytest.mark.parametrize("again", ["AvailabilityZone", "billedcost", "x_Own"])
def test_a_second_column_that_nobody_reads_does_no_harm(store: Store, bucket: Path, again: str):
    header, values = header_and_line(focus("1", AvailabilityZone="a", x_Own="b"))
    put(bucket / "bill.csv", f"{header},{again}\n{values},2\n")

    assert store.ingest(bucket).deliveries[0].total == Decimal(1)


def test_a_column_of_parquet_is_found_behind_one_that_differs_in_case_only(store: Store, bucket: Path):
    """DuckDB calls it `BilledCost_1`."""
    put(bucket / "bill.parquet", parquet([{"billedcost": "other"} | focus(1.0)], billedcost=pa.string()))

    assert store.ingest(bucket).deliveries[0].total == Decimal(1)
