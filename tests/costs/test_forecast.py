"""Forecast: what costs will come to, from bills written by hand, and from real ones."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import isfinite
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.billing.prices import SHIPPED, PriceCatalog, load_prices
from core.costs.forecast import expect, forecast_costs
from core.costs.forecasted import OTHERS, Band, CostForecast, KnownChange, chance_above
from core.costs.period import add_months
from core.costs.price_steps import announced
from core.costs.spikes import spikes_share
from core.costs.stored_forecasts import store_forecasts, stored_months
from core.errors import NoBillingData, SettingsError
from tests.billing.builders import cur2, deliver_cur2
from tests.billing.store import Store
from tests.costs.pasts import START, days, past_of

UNTIL = date(2026, 6, 11)  #: 161 days after the first
TODAY = date(2026, 6, 12)


def months(amount, until=UNTIL):
    firsts = [add_months(START, n) for n in range(12)]
    return {first: Decimal(str(amount)) for first in firsts if first < until}


def every_amount(forecast: CostForecast):
    for part in (*forecast.parts, forecast.total):
        for each in (*part.days, *part.sums, *part.months):
            yield each.expected
            for band in each.bands.values():
                yield from (band.lo, band.hi)


def assert_parts_add_up(forecast: CostForecast):
    total = forecast.total
    for n, day in enumerate(total.days):
        assert day.expected == sum(part.days[n].expected for part in forecast.parts)
    for n, month in enumerate(total.months):
        assert month.billed == sum(part.months[n].billed for part in forecast.parts)
        assert month.expected == sum(part.months[n].expected for part in forecast.parts)
    for n, some in enumerate(total.sums):
        assert some.expected == sum(part.sums[n].expected for part in forecast.parts)
        assert some.expected == sum(day.expected for day in total.days[: some.days]) or some.days > len(total.days)
    for part in (*forecast.parts, total):
        for each in (*part.days, *part.sums, *part.months):
            assert all(band.lo <= each.expected <= band.hi for band in each.bands.values())
    assert all(amount.is_finite() for amount in every_amount(forecast))


def test_a_month_is_what_is_billed_and_what_its_other_days_come_to():
    """Ten days at 2 are billed, twenty are to come; July, August and September have 31, 31 and 30."""
    forecast = expect(past_of({"S3": days([2] * 161)}, UNTIL), TODAY)

    (part,) = forecast.parts
    assert forecast.first == UNTIL
    assert [(each.month, each.billed, each.to_come) for each in part.months] == [
        (date(2026, 6, 1), Decimal(20), Decimal(40)),
        (date(2026, 7, 1), Decimal(0), Decimal(62)),
        (date(2026, 8, 1), Decimal(0), Decimal(62)),
        (date(2026, 9, 1), Decimal(0), Decimal(60)),
    ]
    assert [(each.days, each.expected) for each in part.sums] == [(30, Decimal(60)), (90, Decimal(180))]
    assert forecast.total.this_month.bands == {80: Band(Decimal(60), Decimal(60)), 95: Band(Decimal(60), Decimal(60))}


def test_what_is_billed_is_exact_and_a_day_that_is_filling_is_forecast():
    costs = days([1] * 151 + ["0.123456789012345678"] * 10 + ["0.01"])  # the eleventh of June is filling

    month = expect(past_of({"S3": costs}, UNTIL), TODAY).total.this_month

    assert month.billed == Decimal("1.234567890123456780")


def test_fixed_fees_stay_as_they_were_and_stand_on_the_first():
    past = past_of({"S3": days([2] * 161)}, UNTIL, monthly={"Plan": months(25)})

    forecast = expect(past, TODAY, horizon=30)

    plan = forecast.part("Plan")
    assert [(each.billed, each.to_come, each.monthly_to_come) for each in plan.months[:2]] == [
        (Decimal(25), Decimal(0), Decimal(0)),
        (Decimal(0), Decimal(0), Decimal(25)),
    ]
    assert {each.day: each.expected for each in plan.days if each.expected} == {date(2026, 7, 1): Decimal(25)}
    assert "Plan: its monthly charge stays at 25.00 USD." in forecast.notes


def test_what_is_paid_up_front_once_is_not_expected_again():
    past = past_of({"S3": days([2] * 161)}, UNTIL, monthly={"Savings plan": {date(2026, 5, 1): Decimal(10_000)}})

    assert expect(past, TODAY).total.months[1].expected == Decimal(62)


def test_a_credit_for_whole_months_goes_on_below_zero():
    """A tenth of usage is given back each month; of June's, half a dollar is there already."""
    costs = [day for month, amount in enumerate((1, 2, 3, 4, 5)) for day in [amount] * (31, 28, 31, 30, 31)[month]]
    given = {add_months(START, n): -Decimal(amount) for n, amount in enumerate(("3.1", "5.6", "9.3", "12", "15.5"))}
    given[date(2026, 6, 1)] = Decimal("-0.5")
    past = past_of({"S3": days(costs + [5] * 10)}, UNTIL, monthly={"Credit": given})

    june, usage = expect(past, TODAY).part("Credit").this_month, expect(past, TODAY).part("S3").this_month

    assert june.monthly_to_come < 0
    assert june.expected == pytest.approx(-usage.expected / 10)


def test_a_provider_that_bills_by_the_month_only_holds_nobody_up():
    past = past_of(
        {"S3": days([2] * 161)}, {"AWS": UNTIL, "Market": date(2026, 6, 1)}, monthly={"Market: Tool": months(9)}
    )

    forecast = expect(past, TODAY)

    assert forecast.first == UNTIL
    assert forecast.total.this_month.expected == Decimal(60 + 9)


def test_a_fee_that_went_with_usage_goes_on_with_it():
    """Usage was 31, 56, 93, 120 and 155 in five months; the fee was a tenth of it."""
    costs = [day for month, amount in enumerate((1, 2, 3, 4, 5)) for day in [amount] * (31, 28, 31, 30, 31)[month]]
    fees = {add_months(START, n): Decimal(amount) for n, amount in enumerate(("3.1", "5.6", "9.3", "12", "15.5"))}
    past = past_of({"S3": days(costs + [5] * 10)}, UNTIL, monthly={"Support": fees | {date(2026, 6, 1): Decimal(5)}})

    june = expect(past, TODAY).part("Support").this_month
    usage = expect(past, TODAY).part("S3").this_month

    assert june.billed == Decimal(5)
    assert june.expected == pytest.approx(usage.expected / 10)


def test_tax_goes_with_what_it_is_on_at_its_rate():
    """A fifth of all that S3 has cost; of June's 60 a fifth is 12, of which 4 are billed."""
    tax = {add_months(START, n): Decimal(2 * length) / 5 for n, length in enumerate((31, 28, 31, 30, 31, 10))}
    past = past_of({"S3": days([2] * 161)}, UNTIL, tax={"S3": tax})

    june, july, *_ = expect(past, TODAY).total.months

    assert (june.billed, june.monthly_to_come) == (Decimal(24), Decimal(8))
    assert july.expected == Decimal("74.4")


def test_tax_that_stands_under_no_label_is_on_everything():
    tax = {add_months(START, n): Decimal(2 * length) / 5 for n, length in enumerate((31, 28, 31, 30, 31, 10))}
    past = past_of({"S3": days([2] * 161)}, UNTIL, tax={"not stated": tax})

    assert expect(past, TODAY).part("not stated").months[1].expected == Decimal("12.4")


def test_days_that_one_provider_has_billed_already_are_taken_from_its_bill():
    """Supabase's bill is three days ahead; its days are exact, and belong to the month's billed part."""
    past = past_of(
        {"S3": days([2] * 161), "Supabase: Storage": days([1] * 161 + [7, 8, 9])},
        {"AWS": UNTIL, "Supabase": UNTIL + timedelta(3)},
    )

    forecast = expect(past, TODAY)

    storage = forecast.part("Supabase: Storage")
    assert [each.expected for each in storage.days[:3]] == [7, 8, 9]
    assert storage.days[0].bands[80] == Band(Decimal(7), Decimal(7))
    assert storage.this_month.billed == Decimal(10 + 24)
    assert_parts_add_up(forecast)


def test_less_than_four_weeks_have_no_number_and_one_sentence():
    forecast = expect(past_of({"S3": days([2] * 27, UNTIL - timedelta(27))}, UNTIL), TODAY)

    assert (forecast.total, forecast.parts) == (None, ())
    assert forecast.left_out[0].reason == "The bills begin on 2026-05-15: 27 whole days are too few, 28 are needed."


def test_a_service_that_began_last_week_has_none_of_its_own_and_is_in_the_total():
    new = days([3] * 7, UNTIL - timedelta(7))
    forecast = expect(past_of({"S3": days([2] * 161), "Lambda": new}, UNTIL), TODAY)

    assert forecast.part("Lambda") is None
    assert [(each.unique_id, each.reason) for each in forecast.left_out] == [
        ("Lambda", "It begins on 2026-06-04: 7 days are too few, 28 are needed.")
    ]
    assert [each.label for each in forecast.parts] == ["S3", OTHERS]
    assert forecast.parts[-1].sum_of(30).expected == pytest.approx(Decimal(90), rel=Decimal("0.01"))
    assert_parts_add_up(forecast)


def test_a_service_that_ended_is_expected_to_cost_nothing():
    forecast = expect(past_of({"S3": days([2] * 161), "Old": days([50] * 100)}, UNTIL), TODAY)

    assert [each.label for each in forecast.parts] == ["S3"]
    assert forecast.total.sum_of(30).expected == Decimal(60)


def test_a_month_without_a_bill_is_not_known_rather_than_free():
    gap = date(2026, 4, 1)
    costs = {day: cost for day, cost in days([2] * 161).items() if day.month != 4}

    assert expect(past_of({"S3": costs}, UNTIL, gap=[gap]), TODAY).total.sum_of(30).expected == Decimal(60)


def test_bands_may_reach_below_zero_only_where_credits_did():
    wild = [10 + (n * 7919) % 13 for n in range(161)]
    usual = expect(past_of({"S3": days(wild)}, UNTIL), TODAY).total
    credit = expect(past_of({"S3": days([*wild[:-30], -40, *wild[-29:]])}, UNTIL), TODAY).total

    assert min(each.bands[95].lo for each in usual.days) >= 0
    assert usual.this_month.bands[95].lo >= usual.this_month.billed
    assert credit.this_month.expected.is_finite()


def test_a_single_spike_moves_nothing_and_nights_that_come_again_do():
    once, thrice = [10.0] * 161, [10.0] * 161
    once[100] = 500.0
    for night in (30, 60, 90, 120, 150):
        thrice[night] = 60.0

    assert expect(past_of({"S3": days(once)}, UNTIL), TODAY).total.sum_of(30).expected == Decimal(300)
    # four of the five spikes, 50 each, on 161 days that usually cost 10
    assert expect(past_of({"S3": days(thrice)}, UNTIL), TODAY).total.sum_of(30).expected == pytest.approx(
        Decimal(300) * (1 + Decimal(200) / 1610)
    )


def test_spikes_of_an_empty_or_constant_series_are_nothing():

    assert spikes_share(np.zeros(100)) == spikes_share(np.full(100, 3.0)) == 0.0


def test_known_changes_come_in_evenly_and_tax_follows():
    change = KnownChange(UNTIL, "S3 gets a tenth dearer.", {"service": "S3"}, factor=1.1)
    moved = KnownChange(UNTIL + timedelta(1), "4 a day go.", {"service": "Old"}, daily=Decimal(-1), ramp_days=1)
    past = past_of({"S3": days([2] * 161)}, UNTIL)

    forecast = expect(past, TODAY, known=[change, moved])

    assert [each.expected for each in forecast.part("S3").days[:2]] == [Decimal("2.2"), Decimal("2.2")]
    assert [each.expected for each in forecast.part(OTHERS).days[:4]] == [0, Decimal("-0.5"), -1, -1]
    assert forecast.known == ("S3 gets a tenth dearer.", "4 a day go.")
    assert_parts_add_up(forecast)


def priced(tmp_path: Path, *steps: dict[str, object]) -> PriceCatalog:
    file = tmp_path / "prices.json"
    file.write_text(json.dumps(json.loads(SHIPPED.read_text()) | {"price_steps": steps}))
    return load_prices(file)


def test_a_price_that_is_announced_counts_from_its_day_on(tmp_path):
    prices = priced(tmp_path, {"from": "2026-06-13", "service": "S3", "percent": 10})
    past = past_of({"S3": days([2] * 161), "CDN": days([5] * 161)}, UNTIL)

    forecast = expect(past, TODAY, known=announced(prices.steps))

    assert [each.expected for each in forecast.part("S3").days[:4]] == [2, 2, Decimal("2.2"), Decimal("2.2")]
    assert [each.expected for each in forecast.part("CDN").days[:4]] == [5] * 4
    assert forecast.known == ("S3 costs +10 % from 2026-06-13 on, as the price catalogue has it.",)
    assert_parts_add_up(forecast)


def test_a_price_that_the_bills_have_or_of_what_nobody_uses_changes_nothing_and_is_not_said(tmp_path):
    prices = priced(
        tmp_path,
        {"from": "2026-06-10", "service": "S3", "percent": 10},
        {"from": "2026-06-13", "service": "Nothing", "percent": "-5.5"},
    )
    past = past_of({"S3": days([2] * 161)}, UNTIL)

    forecast = expect(past, TODAY, known=announced(prices.steps))

    assert (forecast.known, forecast.total.sum_of(30).expected) == ((), 60)


@pytest.mark.parametrize(
    "step",
    [{"from": "soon", "service": "S3", "percent": 1}, {"service": "S3", "percent": 1}, "S3",
     {"from": "2026-06-10", "service": "S3", "percent": "NaN"}, {"from": "2026-06-10", "service": "", "percent": 1}],
)  # fmt: skip
def test_a_price_step_that_is_none_is_told_when_the_catalogue_is_read(tmp_path, step):
    with pytest.raises(SettingsError, match="PHYGHT_PRICE_CATALOG"):
        priced(tmp_path, step)


def test_the_catalogue_that_ships_announces_nothing():
    assert load_prices().steps == ()


def test_what_is_under_way_is_not_counted_twice():
    """A series that falls is held where it is, as the change says how far it will fall."""
    falling = [500 - 2 * n for n in range(161)]
    plain = past_of({"S3": days(falling)}, UNTIL)
    change = KnownChange(UNTIL, "It moves.", {"service": "S3"}, under_way=True)

    free, held = (expect(plain, TODAY, horizon=90, known=known).part("S3").days for known in ([], [change]))

    assert free[-1].expected < free[0].expected - 50
    assert held[-1].expected >= held[0].expected - 20


def test_ten_thousand_labels_are_the_dearest_and_all_others():
    many = {f"label {n:05}": days([n % 100 + 1] * 161) for n in range(10_000)}

    forecast = expect(past_of(many, UNTIL), TODAY)

    assert len(forecast.parts) == 31
    assert forecast.parts[-1].label == OTHERS
    assert forecast.total.sum_of(30).expected == pytest.approx(Decimal(30 * 505_000))


def test_what_was_known_earlier_holds_nothing_of_later_days():
    past = past_of({"S3": days([2] * 151 + [100] * 10)}, UNTIL, monthly={"Plan": months(25)})

    earlier = past.before(date(2026, 5, 20))

    assert expect(earlier, date(2026, 5, 20)).total.this_month.billed == Decimal(38)
    assert earlier.monthly[next(iter(earlier.monthly))] == {
        month: Decimal(25) for month in months(25) if month < date(2026, 5, 1)
    }


@pytest.mark.parametrize(
    ("amount", "chance"),
    [(100, 0.5), (110, 0.1), (90, 0.9), (120, 0.025), (80, 0.975),
     (115, 0.0526),  # half way from 1.2816 to 1.9600 standard deviations: 1.6208
     (140, 0.0000443), (60, 0.9999557)],  # as far again as the wide band: 2 x 1.9600
)  # fmt: skip
def test_how_likely_more_is_goes_with_every_band(amount, chance):
    bands = {95: Band(Decimal(80), Decimal(120)), 80: Band(Decimal(90), Decimal(110))}

    assert chance_above(Decimal(100), bands, Decimal(amount)) == pytest.approx(chance, abs=5e-5, rel=1e-2)


def test_bands_of_no_width_leave_no_doubt_but_for_the_amount_itself():
    certain = {80: Band(Decimal(100), Decimal(100)), 95: Band(Decimal(100), Decimal(100))}

    assert chance_above(Decimal(100), certain, Decimal(99)) == 1.0
    assert chance_above(Decimal(100), certain, Decimal(101)) == 0.0
    assert chance_above(Decimal(100), {80: certain[80], 95: Band(Decimal(90), Decimal(110))}, Decimal(100)) < 0.11


def test_a_band_that_is_cut_off_at_nothing_is_as_wide_as_above():
    bands = {80: Band(Decimal(0), Decimal(30)), 95: Band(Decimal(0), Decimal(40))}

    assert chance_above(Decimal(10), bands, Decimal(1)) == pytest.approx(0.7179, abs=1e-4)  # 1.2816 x 9 / 20


WIDTHS = st.decimals("0", "50", places=2)


@given(WIDTHS, WIDTHS, st.decimals("0", "300", places=2), st.decimals("0", "300", places=2))
def test_more_is_never_likelier_and_the_chance_agrees_with_both_bands(one, other, amount, further):
    near, far = sorted((one, other))
    bands = {80: Band(100 - near, 100 + near), 95: Band(100 - far, 100 + far)}
    chances = [chance_above(Decimal(100), bands, each) for each in sorted((amount, further))]

    assert chances[0] >= chances[1]
    for each, chance in zip(sorted((amount, further)), chances, strict=True):
        for level, outside in ((80, 0.1), (95, 0.025)):
            assert each <= bands[level].lo or chance <= 1 - outside + 1e-9
            assert each >= bands[level].hi or chance >= outside - 1e-9


AMOUNTS = st.lists(st.decimals("-50", "500", places=4), min_size=28, max_size=161)


@settings(deadline=None, max_examples=25)
@given(st.lists(AMOUNTS, min_size=1, max_size=4), st.decimals("0", "0.4", places=3))
def test_parts_always_add_up_and_nothing_is_ever_nan(series, rate):
    daily = {f"s{n}": days(values, UNTIL - timedelta(len(values))) for n, values in enumerate(series)}
    tax = {"s0": {add_months(START, 4): Decimal(100) * rate}} if rate else {}
    forecast = expect(past_of(daily, UNTIL, {"Plan": months(25)}, tax), TODAY)

    if forecast.total:
        assert_parts_add_up(forecast)
        assert all(isfinite(float(amount)) for amount in every_amount(forecast))


@pytest.fixture(scope="module")
def filling(shared_store: Store, shared_bucket: Path) -> Store:
    """2 a day from July to the tenth of October, tax of a fifth, and a few cents of the eleventh."""
    for month, length in ((7, 31), (8, 31), (9, 30), (10, 10)):
        period = f"2026-{month:02}"
        rows = [_row("2", month, day) for day in range(1, length + 1)]
        tax = _row(str(2 * length / 5), month, 1, line_item_line_item_type="Tax", line_item_usage_type="",
                   line_item_usage_end_date=f"2026-{month + 1:02}-01T00:00:00Z")  # fmt: skip
        filling = [_row("0.03", 10, 11, line_item_usage_end_date="2026-10-11T08:00:00Z")] if month == 10 else []
        moment = datetime(2026, 10, 11, 14, tzinfo=UTC) if month == 10 else datetime(2026, month + 1, 6, tzinfo=UTC)
        deliver_cur2(shared_bucket, [*rows, tax, *filling], period, delivered_at=moment, execution=period)
    shared_store.ingest(shared_bucket)
    return shared_store


def _row(cost: str, month: int, day: int, **columns):
    start = datetime(2026, month, day)
    named = {
        "bill_billing_period_start_date": f"2026-{month:02}-01T00:00:00Z",
        "line_item_usage_start_date": f"{start:%Y-%m-%d}T00:00:00Z",
        "line_item_usage_end_date": f"{start + timedelta(1):%Y-%m-%d}T00:00:00Z",
    }
    return cur2(cost, **named | columns)


@pytest.mark.parametrize("by", ["service", "provider", "region", "resource", "storage_class", "usage_family"])
def test_real_bills_are_forecast_by_any_dimension(filling: Store, by):
    forecast = forecast_costs(filling.warehouse, by, datetime(2026, 10, 11, 15, tzinfo=UTC))

    october, november, *_ = forecast.total.months
    # whatever was told by eight o'clock, the tenth is whole nine hours later only
    assert forecast.first == date(2026, 10, 10)
    assert (october.billed, october.expected) == (Decimal(22), pytest.approx(Decimal("74.4")))
    assert november.expected == pytest.approx(Decimal(72))
    assert_parts_add_up(forecast)


def test_real_bills_are_forecast_and_kept_once_a_day(filling: Store):
    now = datetime(2026, 10, 11, 15, tzinfo=UTC)

    assert [store_forecasts(filling.database, filling.warehouse, now) for _ in range(2)] == [1, 0]
    assert stored_months(filling.database, "USD")[0].expected == pytest.approx(Decimal("74.4"))


def test_without_a_bill_it_says_what_to_do(store: Store):
    with pytest.raises(NoBillingData, match="no bills yet"):
        forecast_costs(store.warehouse, "service", datetime(2026, 10, 11, tzinfo=UTC))
