"""What holds for any bill: order and repetition mean nothing, and every split adds up."""

import itertools
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.billing.reports import DeliveryReport, Outcome
from core.billing.runs import _delivery, delivery_json
from core.commands.printing import plain
from core.costs.breakdown import break_down
from core.costs.dimensions import Dimension, Metric
from core.settings import Settings
from tests.billing.builders import DELIVERED, Row, csv_gz, cur2, deliver_cur2, put
from tests.billing.store import EVER, Store

FEW = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
MONEY = st.decimals(-(10**6), 10**6, places=10)


@contextmanager
def a_store(settings: Settings) -> Iterator[tuple[Store, Path]]:
    with TemporaryDirectory() as folder:
        yield Store.fresh(Path(folder) / "home", settings), Path(folder)


@FEW
@given(st.data())
def test_any_order_and_repetition_of_deliveries_gives_the_newest_bill(settings: Settings, data: st.DataObject):
    """Four executions of one month, of 10, 20, 30 and 40."""
    arrivals = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=5))
    with a_store(settings) as (store, folder):
        for number, arrival in enumerate(arrivals, start=1):
            shutil.rmtree(folder / "source", ignore_errors=True)
            moment = DELIVERED + timedelta(hours=arrival)
            row = cur2(str(arrival * 10))
            deliver_cur2(folder / "source", [row], execution=f"{9 - arrival}", delivered_at=moment, ending="csv.gz")
            store.ingest(folder / "source")

            assert store.total() == max(arrivals[:number]) * 10


VALUES = st.sampled_from(["a", "b", "", None, "NULL", "it's"])
TYPES = st.sampled_from(["Usage", "Tax", "Credit", "Fee", "EdpDiscount", "NotYetKnown"])


@st.composite
def lines(draw: st.DrawFn) -> Row:
    day = draw(st.dates(date(2026, 9, 20), date(2026, 11, 10)))
    return cur2(
        format(draw(MONEY), "f"),
        line_item_line_item_type=draw(TYPES),
        line_item_usage_start_date=f"{day}T{draw(st.integers(0, 23)):02}:00:00Z",
        line_item_usage_account_id=draw(VALUES),
        line_item_product_code=draw(VALUES),
        line_item_usage_type=draw(VALUES),
        line_item_resource_id=draw(VALUES),
        product_region_code=draw(VALUES),
        resource_tags={"user_team": draw(VALUES)},
    )


@FEW
@given(st.lists(lines(), min_size=1, max_size=30))
def test_lines_add_up_to_the_bill_by_every_dimension(settings: Settings, rows: list[Row]):
    expected = sum(Decimal(row["line_item_unblended_cost"]) for row in rows)
    tag = ["tag:team"] if any(row["resource_tags"]["user_team"] for row in rows) else []
    with a_store(settings) as (store, folder):
        put(folder / "source/bill.csv.gz", csv_gz(rows))
        (report,) = store.ingest(folder / "source").deliveries
        assert (report.total, report.rows) == (expected, len(rows))
        for by, metric in itertools.product([*Dimension, *tag], (Metric.BILLED, Metric.EFFECTIVE)):
            costs = break_down(store.warehouse, EVER, by, metric)
            assert sum(line.cost for line in costs.lines) == costs.total == expected


@given(st.decimals(-(10**15), 10**15, places=18))
def test_an_amount_survives_being_printed(amount: Decimal):
    assert Decimal(plain(amount)) == amount
    assert "E" not in plain(amount)
    assert not plain(amount).endswith(".")


@given(
    st.builds(
        DeliveryReport,
        export=st.text(),
        kind=st.sampled_from(["cur", "focus", None]),
        period=st.none() | st.dates(),
        execution=st.text(),
        outcome=st.sampled_from(Outcome),
        reason=st.text(),
        rows=st.none() | st.integers(0),
        total=st.none() | MONEY,
        currency=st.none() | st.just("USD"),
        complete=st.booleans(),
    )
)
def test_a_report_survives_the_database(report: DeliveryReport):
    told = json.loads(json.dumps(delivery_json(report)))

    assert _delivery(told) == report
