"""The bill of a month: whole, priced as listed, and known later the more of it there is."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from core.demo.bill import Bill, make_bill
from core.demo.catalogue import Catalogue
from core.demo.lines import Line, LineType
from core.demo.story import Story
from core.demo.traffic import Traffic

BillOf = Callable[[date, datetime], Bill]
OCTOBER = date(2026, 10, 1)
INVOICED, SETTLED = datetime(2026, 11, 4, 5, tzinfo=UTC), datetime(2026, 11, 11, 5, tzinfo=UTC)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
#: Thousands of lines are rounded one by one.
TOLERANCE = Decimal("0.000001")


@pytest.fixture(scope="module")
def october(bill_of: BillOf) -> Bill:
    return bill_of(OCTOBER, SETTLED)


@pytest.fixture(scope="module")
def november(bill_of: BillOf) -> Bill:
    return bill_of(date(2026, 11, 1), NOW)


def of_type(bill: Bill, *types: LineType) -> list[Line]:
    return [line for line in bill.lines if line.type in types]


def cost(lines: list[Line]) -> Decimal:
    return sum((line.cost for line in lines), Decimal(0))


@pytest.mark.parametrize(
    ("month", "least", "most"),
    [
        (date(2025, 6, 1), 150, 400),  # transcoding only: everything is on Supabase
        (date(2026, 3, 1), 150, 400),
        (date(2026, 6, 1), 1300, 1800),  # list prices, less the credit
        (date(2026, 8, 1), 1800, 2600),  # the mishap
        (date(2026, 10, 1), 2000, 2800),
    ],
    ids=lambda value: f"{value:%Y-%m}" if isinstance(value, date) else str(value),
)
def test_a_month_costs_what_such_a_platform_would(bill_of: BillOf, month: date, least: int, most: int):
    assert least < bill_of(month, NOW).total < most


def test_a_storage_line_is_a_day_of_gigabyte_months(bill_of: BillOf):
    bill = bill_of(date(2025, 6, 1), NOW)
    line = next(line for line in bill.lines if line.item.resource == "phyght-logs" and line.item.unit == "GB-Mo")

    # 6 * 10^9 bytes / 2^30 = 5.587935447... GB; a day of June is 1/30 of a month; at $0.023
    assert line.quantity == Decimal("0.1862645149")
    assert line.cost == Decimal("0.0042840838")
    assert (line.start, line.end) == (datetime(2025, 6, 1, 0, tzinfo=UTC), datetime(2025, 6, 1, 1, tzinfo=UTC))


def test_every_line_of_usage_costs_its_quantity_at_its_rate(october: Bill):
    for line in of_type(october, LineType.USAGE):
        assert line.cost == (line.quantity * line.rate).quantize(Decimal("1e-10"))


def test_transfer_is_whole_bytes(october: Bill):
    fetched = [line for line in october.lines if line.item.usage_type == "CloudFront-Out-Bytes"]

    assert len(fetched) == 31 * 24 * 2  # two buckets of us-east-1
    for line in fetched:
        size_bytes = line.quantity * 2**30
        assert abs(size_bytes - round(size_bytes)) < Decimal("0.06")  # ten places of a GB are a tenth of a byte


def test_the_price_step_takes_forty_percent_off_cloudfronts_transfer(bill_of: BillOf):
    june, july = (bill_of(date(2026, month, 1), NOW) for month in (6, 7))
    of_cloudfront = [line for line in of_type(july, LineType.USAGE) if line.item.product.code == "AmazonCloudFront"]
    transfer = [line for line in of_cloudfront if line.item.usage_type.endswith("DataTransfer-Out-Bytes")]

    assert of_type(june, LineType.DISCOUNT) == []
    assert cost(of_type(july, LineType.DISCOUNT)) == pytest.approx(-cost(transfer) * Decimal("0.4"), abs=TOLERANCE)


def test_a_quarter_of_cloudfront_and_s3_is_credited_for_three_months(bill_of: BillOf):
    june, july = (bill_of(date(2026, month, 1), NOW) for month in (6, 7))
    usage = of_type(june, LineType.USAGE)
    helped = [line for line in usage if line.item.product.code in ("AmazonCloudFront", "AmazonS3")]

    assert cost(of_type(june, LineType.CREDIT)) == pytest.approx(-cost(helped) / 4, abs=TOLERANCE)
    assert of_type(july, LineType.CREDIT) == []


def test_the_refund_comes_once(bill_of: BillOf, october: Bill):
    september = bill_of(date(2026, 9, 1), NOW)

    assert [(line.start.date(), line.cost) for line in of_type(september, LineType.REFUND)] == [
        (date(2026, 9, 17), Decimal("-86.40"))
    ]
    assert of_type(october, LineType.REFUND) == []


def test_tax_spans_the_month(october: Bill):
    first, last = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC)

    assert {(line.start, line.end) for line in of_type(october, LineType.TAX)} == {(first, last)}


def test_settled_tax_is_a_sixteenth_of_everything_else(october: Bill):
    tax = of_type(october, LineType.TAX)
    taxed = [line for line in october.lines if line.type is not LineType.TAX]

    assert cost(tax) == pytest.approx(cost(taxed) / 16, abs=TOLERANCE)


def test_the_first_invoice_taxes_what_the_discount_takes_off(bill_of: BillOf, october: Bill):
    first = bill_of(OCTOBER, INVOICED)

    assert of_type(first, LineType.USAGE) == of_type(october, LineType.USAGE)
    assert first.invoice_id == october.invoice_id != ""
    assert first.total - october.total == pytest.approx(-cost(of_type(october, LineType.DISCOUNT)) / 16, abs=TOLERANCE)


def test_the_current_month_has_no_invoice_yet(november: Bill, october: Bill):
    assert november.invoice_id == ""
    assert october.invoice_id.isdigit()


@pytest.mark.parametrize(
    ("product", "until"),
    [("AmazonS3", 18), ("AmazonCloudFront", 9), ("AWSLambda", 15)],
)
def test_usage_reaches_as_far_as_each_service_lags_behind(november: Bill, product: str, until: int):
    ends = [line.end for line in of_type(november, LineType.USAGE) if line.item.product.code == product]

    assert max(ends) == datetime(2026, 11, 21, until, tzinfo=UTC)


def test_a_day_of_storage_is_billed_when_it_is_over(november: Bill):
    stored = [line.start.date() for line in november.lines if line.item.unit == "GB-Mo"]

    assert max(stored) == date(2026, 11, 20)


def test_nothing_is_billed_before_anything_is_known(traffic: Traffic):
    assert make_bill(traffic, date(2026, 11, 1), datetime(2026, 11, 1, tzinfo=UTC)).lines == ()


def test_the_mishap_shows_as_dear_days(bill_of: BillOf):
    august = bill_of(date(2026, 8, 1), NOW)

    def spent(day: date) -> Decimal:
        daily = of_type(august, LineType.USAGE, LineType.DISCOUNT)
        return cost([line for line in daily if line.start.date() == day])

    broken, sound = date(2026, 8, 19), date(2026, 8, 26)  # two Wednesdays
    assert spent(broken) / spent(sound) > Decimal("1.4")


def test_the_mishap_shows_in_s3_requests(bill_of: BillOf):
    august = bill_of(date(2026, 8, 1), NOW)

    def fetched(day: date) -> Decimal:
        gets = [line for line in august.lines if line.item.usage_type == "Requests-INT-Tier2"]
        return sum((line.quantity for line in gets if line.start.date() == day), Decimal(0))

    assert fetched(date(2026, 8, 18)) > 10 * fetched(date(2026, 8, 25))


def test_yesterdays_past_is_todays_past(traffic: Traffic, october: Bill):
    tomorrow = Story(traffic.story.today + timedelta(1), traffic.story.seed)

    assert make_bill(Traffic(tomorrow, Catalogue(tomorrow)), OCTOBER, SETTLED) == october
