"""What if: a scenario changes what it says, and nothing else."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.billing.prices import load_prices
from core.costs.forecast import look_ahead
from core.costs.idle import refuse_idle
from core.costs.mix import Kind, Usage
from core.costs.period import add_months
from core.costs.scenario import Event, Move, Prices, Scenario
from core.costs.supposed import scenario_of
from core.costs.what_if import Base, what_if
from core.errors import WrongArguments
from core.storage.provider import StorageClass
from tests.costs.pasts import START, days, past_of
from tests.costs.test_forecast import TODAY, UNTIL, assert_parts_add_up

S3, CDN, SUPABASE = "Amazon Simple Storage Service", "Amazon CloudFront", "Supabase: Storage"
#: A price in Standard is 4, in Glacier IR 1; S3 stores at half of Supabase's price, CloudFront sends at a quarter.
PRICES = Prices({StorageClass.STANDARD: Decimal(4), StorageClass.GLACIER_IR: Decimal(1)}, 0.5, 0.25)


@pytest.fixture(scope="module")
def base():
    """10 a day: S3 stores for 4, grows by nothing, and encodes for none; CloudFront sends for 5; Supabase for 1."""
    past = past_of(
        {S3: days([4] * 161), CDN: days([5] * 161), SUPABASE: days([1] * 161)}, {"AWS": UNTIL, "Supabase": UNTIL}
    )
    mix = {
        S3: {Kind("AWS", S3, "storage", "STANDARD"): Usage(3, 0.1), Kind("AWS", S3, "transcoding", ""): Usage(1, 0)},
        CDN: {Kind("AWS", CDN, "transfer out", ""): Usage(5, 0)},
        SUPABASE: {Kind("Supabase", SUPABASE, "storage", ""): Usage(1, 0)},
    }
    return Base(look_ahead(past, TODAY, 30), mix, PRICES)


def changed(base, scenario, label="total", days=30):
    found = what_if(base, scenario).forecast
    assert_parts_add_up(found)
    return (found.total if label == "total" else found.part(label)).sum_of(days).expected


def test_nothing_supposed_changes_nothing(base):
    found = what_if(base, Scenario())

    assert found.forecast == base.forecast
    assert found.assumptions == ()


def test_more_is_watched_costs_more_where_it_is_sent(base):
    assert changed(base, Scenario(viewing=2)) == Decimal(300 + 150)
    assert changed(base, Scenario(viewing=2), S3) == Decimal(120)


def test_more_uploads_are_encoded_at_once_and_stored_ever_more(base):
    """A quarter of S3's 4 doubles; storage grows by another 0.1 each day: 0.1 x (1 + 2 + ... + 30) = 46.5."""
    assert changed(base, Scenario(uploads=2)) == pytest.approx(Decimal(300) + 30 + Decimal("46.5"))


def test_an_event_is_on_its_days_only(base):
    found = what_if(base, Scenario(events=(Event(UNTIL + timedelta(3), 3, 2),))).forecast

    assert [each.expected for each in found.part(CDN).days[2:6]] == [5, 15, 15, 5]


def test_bytes_in_another_class_cost_its_price(base):
    """Half of the 3 that Standard costs falls to a quarter: 1.5 + 0.375."""
    move = Move(0.5, StorageClass.STANDARD, StorageClass.GLACIER_IR)

    assert changed(base, Scenario(moves=(move,)), S3) == Decimal(30) * (1 + Decimal("1.875"))


def test_a_class_without_a_price_is_said_to_change_nothing(base):
    move = Move(0.5, StorageClass.STANDARD, StorageClass.DEEP_ARCHIVE)

    assert changed(base, Scenario(moves=(move,))) == Decimal(300)
    assert "no price of both" in what_if(base, Scenario(moves=(move,))).assumptions[0]


def test_a_service_gets_dearer(base):
    assert changed(base, Scenario(prices={CDN: 10})) == Decimal(300) + 15


def test_what_has_left_supabase_is_paid_for_at_its_target(base):
    """Over ten days it leaves evenly; then 1 a day has become half of that, at S3."""
    found = what_if(base, Scenario(migrated_by=UNTIL + timedelta(10))).forecast

    assert [each.expected for each in found.part(SUPABASE).days[:11]] == [
        *(Decimal(10 - n) / 10 for n in range(1, 11)),
        0,
    ]
    assert found.part(S3).days[-1].expected == Decimal("4.5")
    assert_parts_add_up(found)


def test_tax_goes_with_what_is_supposed():
    tax = {add_months(START, n): Decimal(length) for n, length in enumerate((31, 28, 31, 30, 31, 10))}
    past = past_of({CDN: days([5] * 161)}, UNTIL, tax={CDN: tax})
    base = Base(look_ahead(past, TODAY), {CDN: {Kind("AWS", CDN, "transfer out", ""): Usage(5, 0)}}, PRICES)

    july = what_if(base, Scenario(viewing=2)).forecast.total.months[1]

    assert july.expected == Decimal(310 + 62)


def test_what_is_assumed_is_said_in_words(base):
    scenario = Scenario(2, 1.5, (Event(date(2026, 12, 12), 3, 2),), (), {CDN: 10}, date(2027, 1, 31))

    assert what_if(base, scenario).assumptions == (
        "2 times as much is uploaded: transcoding and functions cost as many times as much, and storage grows as many "
        "times as fast.",
        "1.5 times as much is watched: bytes sent, requests and retrieval cost as many times as much, at the prices of "
        "the last four weeks.",
        "From 2026-12-12 on, 3 times as much is watched for 2 days.",
        "Amazon CloudFront costs +10 % from the first day on.",
        "All videos have left Supabase by 2027-01-31, evenly; at list price storing them costs 50% and sending them "
        "25% of what it did. The plan stays, and the move itself is not counted.",
    )


def test_an_event_of_one_day_is_said_as_one(base):
    assert what_if(base, Scenario(events=(Event(date(2026, 12, 12), 3),))).assumptions == (
        "From 2026-12-12 on, 3 times as much is watched for a day.",
    )


@pytest.mark.parametrize(
    ("word", "message", "advice"),
    [
        ("price=NoSuch:+10", "price=NoSuch:+10 changes nothing: no daily charge is of that service.",
         f"Give one of {CDN}, {S3}, {SUPABASE}."),
        ("event=2020-01-01:3x2", "event=2020-01-01:3x2 changes nothing: none of these days is forecast.",
         "Give days from 2026-06-11 to 2026-09-30."),
        ("event=2026-10-01:2", "event=2026-10-01:2 changes nothing: none of these days is forecast.",
         "Give days from 2026-06-11 to 2026-09-30."),
        ("migrated=2026-06-10", "migrated=2026-06-10 changes nothing: the bills reach beyond that day.",
         "Give a day from 2026-06-11 on."),
        ("move=0.5:GLACIER_IR>STANDARD",
         "move=0.5:GLACIER_IR>STANDARD changes nothing: no bytes in GLACIER_IR are billed.",
         "Move from one of STANDARD."),
        ("move=0.5:STANDARD>DEEP_ARCHIVE",
         "move=0.5:STANDARD>DEEP_ARCHIVE changes nothing: the catalogue has no price of DEEP_ARCHIVE.",
         "Move to one of GLACIER_IR, STANDARD."),
    ],
)  # fmt: skip
def test_what_changes_nothing_is_refused_with_what_would(base, word, message, advice):
    with pytest.raises(WrongArguments) as refused:
        refuse_idle(base, scenario_of([word]))

    assert (refused.value.message, refused.value.advice) == (f"--what-if {message}", advice)


def test_nothing_to_grow_with_is_said():
    past = past_of({CDN: days([5] * 161)}, UNTIL)
    sent = Base(look_ahead(past, TODAY), {CDN: {Kind("AWS", CDN, "transfer out", ""): Usage(5, 0)}}, PRICES)
    kept = Base(sent.outlook, {CDN: {Kind("AWS", CDN, "storage", "STANDARD"): Usage(5, 0)}}, PRICES)

    for base, word in ((sent, "uploads=2"), (kept, "viewing=2"), (sent, "migrated=2026-12-31")):
        with pytest.raises(WrongArguments, match=f"{word} changes nothing"):
            refuse_idle(base, scenario_of([word]))


def test_what_changes_something_is_let_through(base):
    words = ["uploads=2", "viewing=0.5", "event=2026-09-30:2", "event=2026-06-01:2x11", "move=0.5:STANDARD>GLACIER_IR",
             f"price={CDN}:+10", "migrated=2026-06-11"]  # fmt: skip

    refuse_idle(base, scenario_of(words))


def test_a_scenario_is_typed_in_words():
    words = ["uploads=2", "viewing=0.5", "event=2026-12-12:3x2", "event=2026-12-24:2", "move=0.5:standard>GLACIER_IR",
             "price=Amazon CloudFront:+10", "migrated=2027-01-31"]  # fmt: skip

    assert scenario_of(words) == Scenario(
        2,
        0.5,
        (Event(date(2026, 12, 12), 3, 2), Event(date(2026, 12, 24), 2, 1)),
        (Move(0.5, StorageClass.STANDARD, StorageClass.GLACIER_IR),),
        {"Amazon CloudFront": 10},
        date(2027, 1, 31),
    )


@pytest.mark.parametrize(
    "word",
    ["", "uploads", "uploads=many", "uploads=-1", "uploads=nan", "viewing=inf", "event=soon", "event=2026-02-30:2",
     "event=9999-01-01:2", "event=2026-12-12:2x0", "price=:5", "migrated=9999-01-01",
     "move=2:STANDARD>GLACIER_IR", "move=.5:STANDARD>NOWHERE", "price=S3:-200", "migrated=never", "rain=2"],
)  # fmt: skip
def test_what_is_no_change_is_refused_with_what_is_one(word):
    with pytest.raises(WrongArguments, match="uploads=2"):
        scenario_of([word])


@settings(deadline=None, max_examples=20)
@given(st.floats(0, 5), st.floats(0, 5), st.floats(-100, 100), st.integers(1, 60))
def test_parts_add_up_under_any_scenario(base, uploads, viewing, percent, gone):
    scenario = Scenario(uploads, viewing, prices={CDN: percent}, migrated_by=UNTIL + timedelta(gone))

    assert_parts_add_up(what_if(base, scenario).forecast)


def test_list_prices_of_the_catalogue_are_what_scenarios_need():
    """S3 Standard 0.023 beside Supabase's 0.0213; CloudFront 0.085 beside 0.09."""
    prices = Prices.of(load_prices())

    assert prices.by_class[StorageClass.GLACIER_IR] == Decimal("0.004")
    assert (prices.storage_after, prices.egress_after) == pytest.approx((0.023 / 0.0213, 0.085 / 0.09), rel=0.03)
