"""A plan says what moves, in which order, what that costs and saves, and why the rest stays: worked out by hand."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.billing.prices import load_prices
from core.billing.storage_prices import StoragePrices
from core.catalog.video import Kind
from core.errors import MigrationRefused
from core.migration.candidates import Candidate, SourceObject
from core.migration.estimate import estimate_from_json
from core.migration.obstacles import Way
from core.migration.options import Filters, Options, Order
from core.migration.places import Place
from core.migration.plan import Circumstances, MigrationPlan, plan
from core.migration.pricing import Pricing, egress_of
from core.migration.throughput import assumed
from core.migration.timetable import parse_timetable
from core.settings import Settings
from core.storage.provider import StorageClass
from core.units import GB, GIB, KIB, MIB
from tests.migration.conftest import NOW

SUPABASE = Place("supabase", "abcd")
S3 = Place("s3", "us-east-1", has_classes=True, largest_bytes=5 * 2**40)
OPTIONS = Options("supabase", "s3")


@pytest.fixture
def rates(settings: Settings) -> Settings:
    """The settings of a fresh installation: the Pro plan, classes as they come."""
    return settings


def object_(name: str, size: int, kind: Kind = Kind.ORIGINAL, key: str = "") -> SourceObject:
    return SourceObject(kind, name, key or name, size, StorageClass.STANDARD)


def video(id: str, size: int = GIB, days: int = 10, **changes: Any) -> Candidate:
    """A video of one object, published some days ago."""
    objects = (object_("original", size, key=f"fights/{id}.mp4"),)
    plain = Candidate(id, f"slug-{id}", f"Video {id}", "", NOW - timedelta(days), "supabase", objects)
    return replace(plain, **changes)


def packaged(id: str) -> Candidate:
    """A gigabyte of an original, another of renditions, and what is small."""
    return video(
        id,
        objects=(
            object_("original", GIB, key=f"{id}/original.mp4"),
            object_("720p", GIB, Kind.RENDITION, f"{id}/720p.mp4"),
            object_("720p.m3u8", 10 * KIB, Kind.PLAYLIST, f"{id}/720p.m3u8"),
            object_("master.m3u8", KIB, Kind.PLAYLIST, f"{id}/master.m3u8"),
            object_("poster", 100 * KIB, Kind.THUMBNAIL, f"{id}/poster.jpg"),
        ),
    )


def planned(settings: Settings, *videos: Candidate, options: Options = OPTIONS, **given: Any) -> MigrationPlan:
    source, target = given.get("source", SUPABASE), given.get("target", S3)
    storage = StoragePrices(load_prices(), given.get("supabase_plan", "pro"), GB)
    pricing = Pricing(storage, source, target)
    circumstances = Circumstances(
        Way(source, target, options, given.get("gone", frozenset())),
        pricing,
        egress_of(pricing, given.get("used")),
        assumed(),
        settings,
        given.get("views"),
    )
    return plan(list(videos), options, parse_timetable(given.get("timetable", "")), circumstances, NOW)


def order_of(made: MigrationPlan) -> list[str]:
    return [each.video_id for each in made.videos]


# --- money --------------------------------------------------------------------------------------------------------


def test_a_video_that_is_not_packaged_is_kept_as_a_rendition(rates: Settings):
    made = planned(rates, video("a", 100 * GIB))

    # Supabase: 100 * 1.073741824 GB * $0.021; S3 Intelligent-Tiering: 100 GB * $0.023
    (each,) = made.videos
    assert each.monthly_before_usd == Decimal("2.2548578304")
    assert each.monthly_after_usd == Decimal("2.3")
    # 12,800 parts of 8 MiB, a first and a last request, $0.005 a thousand
    assert each.one_off_usd == Decimal("0.06401")


def test_a_packaged_video_is_written_in_the_class_of_each_kind_at_once(rates: Settings):
    made = planned(rates, packaged("a"))

    # Glacier Instant Retrieval 1 GB * $0.004, Intelligent-Tiering 1 GB * $0.023, 111 KiB at $0.023
    small = Decimal("0.023") * 111 * KIB / GIB
    (each,) = made.videos
    assert each.monthly_after_usd == Decimal("0.027") + small
    # 130 requests at $0.02 a thousand, 130 at $0.005, and three small ones at $0.005
    assert each.one_off_usd == Decimal("0.0026") + Decimal("0.00065") + Decimal("0.000015")


def test_egress_within_the_quota_costs_nothing(rates: Settings):
    estimate = planned(rates, video("a", 250 * GB), used=0).estimate

    assert (estimate.egress_bytes, estimate.egress_usd) == (250 * GB, Decimal(0))


def test_egress_beyond_the_quota_is_paid_for_and_shared_by_bytes(rates: Settings):
    made = planned(rates, video("a", 300 * GB), video("b", 100 * GB), used=50 * GB)

    # 200 GB are left of 250, so 200 of 400 GB are paid for at $0.09
    assert made.estimate.egress_usd == Decimal("18")
    by_id = {each.video_id: each for each in made.videos}
    requests = {"a": Decimal(5) * (35_763 + 2) / 10**6, "b": Decimal(5) * (11_921 + 2) / 10**6}
    assert by_id["a"].one_off_usd == Decimal("13.5") + requests["a"]
    assert by_id["b"].one_off_usd == Decimal("4.5") + requests["b"]
    assert made.estimate.one_off_usd == Decimal("18") + requests["a"] + requests["b"]


def test_what_was_used_beyond_the_quota_already_leaves_nothing_of_it(rates: Settings):
    assert planned(rates, video("a", 10 * GB), used=400 * GB).estimate.egress_usd == Decimal("0.9")


def test_what_is_not_known_of_this_months_egress_is_said(rates: Settings):
    unknown, known = planned(rates, video("a")).estimate, planned(rates, video("a"), used=0).estimate

    said = "Of this month's egress nothing is known, so none of it counts as used."
    assert said in unknown.assumptions
    assert said not in known.assumptions


def test_the_free_plan_sells_no_egress_and_that_is_said(rates: Settings):
    estimate = planned(rates, video("a", 10 * GB), supabase_plan="free").estimate

    assert estimate.egress_usd == 0
    assert "Beyond it the free plan sells none: Supabase may restrict the project." in estimate.assumptions


def test_the_pay_back_is_what_the_savings_need(rates: Settings):
    estimate = planned(rates, packaged("a"), used=400 * GB).estimate

    before = Decimal("0.021") * (2 * GIB + 111 * KIB) / GB
    after = Decimal("0.027") + Decimal("0.023") * 111 * KIB / GIB
    one_off = Decimal("0.09") * (2 * GIB + 111 * KIB) / GB + Decimal("0.003265")
    assert estimate.monthly_saving_usd == before - after
    assert estimate.payback_months == one_off / (before - after)
    assert round(one_off / (before - after), 1) == Decimal("10.9")


def test_what_saves_nothing_is_never_paid_back(rates: Settings):
    assert planned(rates, video("a")).estimate.payback_months is None


def test_where_no_price_is_known_it_is_said(rates: Settings):
    estimate = planned(rates, video("a"), target=replace(S3, region="mars-north-1")).estimate

    assert estimate.monthly_after_usd == 0
    assert "The price of storage at s3 (mars-north-1) is not known, and counts as nothing." in estimate.assumptions


def test_other_regions_have_prices_of_their_own(rates: Settings):
    (each,) = planned(rates, video("a"), target=replace(S3, region="us-west-1")).videos

    assert each.monthly_after_usd == Decimal("0.026")
    assert each.one_off_usd == Decimal("0.0055") * 130 / 1000  # of 1.1 times the price of us-east-1


def test_bytes_that_leave_s3_are_paid_for(rates: Settings):
    made = planned(rates, video("a", served_from="s3"), source=S3, target=SUPABASE, options=Options("s3", "supabase"))

    assert made.estimate.egress_usd == Decimal("0.09")
    assert made.estimate.requests_usd == 0


def test_a_provider_without_classes_keeps_all_alike(rates: Settings):
    made = planned(rates, packaged("a"), target=Place("local", "local"), options=Options("supabase", "local"))

    assert (made.videos[0].monthly_after_usd, made.videos[0].one_off_usd) == (Decimal(0), Decimal(0))


def test_what_another_tool_moves_costs_no_egress_and_no_requests(rates: Settings):
    estimate = planned(rates, video("a", 400 * GB), options=replace(OPTIONS, adopts=True)).estimate

    assert (estimate.egress_bytes, estimate.one_off_usd, estimate.size_bytes) == (0, Decimal(0), 400 * GB)


# --- time ---------------------------------------------------------------------------------------------------------


def test_the_time_is_a_range_and_says_what_it_is_worked_out_from(rates: Settings):
    estimate = planned(rates, video("a", 36 * GB), video("b", 36 * GB)).estimate

    # 72 GB at 60 and at 20 MB/s, and 0.03 s for each of the two objects
    assert estimate.fastest == timedelta(seconds=1_200.06)
    assert estimate.slowest == timedelta(seconds=3_600.06)
    assert estimate.basis.startswith("Assumed: 40 MB/s, or half of it to half as much again")


def test_the_timetable_makes_it_longer(rates: Settings):
    limited = planned(rates, video("a", 3600 * MIB), timetable="12:00,1M 13:00,off").estimate

    assert limited.fastest == timedelta(hours=1, seconds=0.03)


# --- what is planned ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        (Filters(), "abcd"),
        (Filters(prefix="fights/a"), "a"),
        (Filters(min_age_days=30), "bc"),
        (Filters(max_age_days=29), "ad"),
        (Filters(min_age_days=30, max_age_days=30), "b"),
        (Filters(min_size_bytes=2 * GIB), "bc"),
        (Filters(max_size_bytes=GIB), "ad"),
        (Filters(min_views=1), "bc"),
        (Filters(max_views=4), "abd"),
        (Filters(residency="eu"), "d"),
        (Filters(residency=""), "abc"),
        (Filters(min_age_days=20, max_size_bytes=2 * GIB), "b"),
    ],
    ids=str,
)
def test_filters_let_through_what_they_describe(rates: Settings, filters: Filters, left: str):
    videos = (
        video("a", days=10), video("b", 2 * GIB, days=30), video("c", 3 * GIB, days=40),
        video("d", days=10, residency="EU"),
    )  # fmt: skip
    target = replace(S3, residency="EU")

    made = planned(
        rates, *videos, options=replace(OPTIONS, filters=filters), target=target, views={"b": 1, "c": 5, "x": 9}
    )

    assert sorted(order_of(made)) == list(left)
    assert made.estimate.filtered == 4 - len(left)


def test_a_filter_of_views_is_refused_while_none_are_known(rates: Settings):
    with pytest.raises(MigrationRefused):
        planned(rates, video("a"), options=replace(OPTIONS, filters=Filters(min_views=1)))


def test_what_viewers_get_from_elsewhere_is_left_out_and_counted(rates: Settings):
    made = planned(rates, video("a"), video("b", served_from="s3", at_target=True))

    assert (order_of(made), made.estimate.elsewhere, made.estimate.videos) == (["a"], 1, 1)


@pytest.mark.parametrize(
    ("order", "views", "ids"),
    [
        (Order.LARGEST, None, "cba"),
        (Order.COLDEST, None, "bca"),
        (Order.COLDEST, {"b": 7, "c": 2}, "acb"),
        (Order.MOST_WATCHED_LAST, None, "bca"),
        (Order.MOST_WATCHED_LAST, {"b": 7, "c": 2, "a": 3}, "cab"),
    ],
)
def test_the_order_is_the_one_that_was_asked_for(rates: Settings, order: Order, views: dict[str, int], ids: str):
    videos = video("a", 1 * GIB, days=10), video("b", 2 * GIB, days=30), video("c", 3 * GIB, days=20)

    assert order_of(planned(rates, *videos, options=replace(OPTIONS, order=order), views=views)) == list(ids)


def test_the_cheapest_wins_come_first(rates: Settings):
    # packaged originals go to Glacier Instant Retrieval and save most; the plain one is dearer at S3
    lean = replace(packaged("lean"), objects=packaged("lean").objects[0:1] + packaged("lean").objects[3:4])

    made = planned(rates, video("plain"), packaged("full"), lean, used=400 * GB)

    savings = {each.video_id: each.monthly_saving_usd / each.one_off_usd for each in made.videos}
    assert order_of(made) == ["lean", "full", "plain"]
    assert savings["lean"] > savings["full"] > 0 > savings["plain"]


def test_what_is_archived_or_large_or_misnamed_stays_with_a_reason(rates: Settings):
    archived = object_("original", 5)._replace(storage_class=StorageClass.DEEP_ARCHIVE)
    cases = {
        "archived": video("archived", objects=(archived,)),
        "large": video("large", 6 * 2**40),
        "name": video("name", objects=(object_("original", 5, key="ü" * 513),)),
        "slashes": video("slashes", objects=(object_("original", 5, key="a//b.mp4"),)),
        "empty": video("empty", objects=()),
        "gone": video("gone"),
        "eu": video("eu", residency="EU"),
        "busy": video("busy", is_packaged_now=True),
        "moving": video("moving", moves_in="the first thousand"),
        "nothing": video("nothing", served_from=None),
        "there": video("there", at_target=True),
    }

    made = planned(rates, *cases.values(), video("fine"), gone=frozenset({"fights/gone.mp4"}))

    assert {each.video_id: each.blocked for each in made.videos if each.blocked} == {
        "archived": "'original' is archived in DEEP_ARCHIVE.",
        "large": "'fights/large.mp4' has 6,144.0 GiB, and s3 takes no more than 5,120.0 GiB.",
        "name": "s3 does not take its name: '" + "\\xfc" * 100 + "...' cannot be a key: it is longer than 1024 bytes.",
        "slashes": "s3 does not take its name: 'a//b.mp4' cannot be a key: it is empty, or has an empty name between "
        "slashes.",
        "empty": "It is broken: nothing of it is recorded.",
        "gone": "It is broken: 'fights/gone.mp4' is not there any more at supabase.",
        "eu": "It must stay in EU, which s3 does not promise.",
        "busy": "Its renditions are being made.",
        "moving": "The migration 'the first thousand' has it at work.",
        "nothing": "Viewers get no copy of it.",
        "there": "A copy of it lies at s3 already, which viewers do not get.",
    }  # fmt: skip
    assert all(each.advice for each in made.videos if each.blocked)
    assert (made.videos[0].video_id, made.estimate.videos, made.estimate.blocked) == ("fine", 1, 11)
    assert made.estimate.size_bytes == GIB


def test_those_that_are_elsewhere_can_be_shown_with_the_reason(rates: Settings):
    options = replace(OPTIONS, filters=Filters(include_moved=True))

    made = planned(rates, video("b", served_from="s3", at_target=True), options=options)

    assert [each.blocked for each in made.videos] == ["Viewers get it from s3 already."]


def test_a_prefix_at_the_target_counts_for_the_name(rates: Settings):
    long = video("a", objects=(object_("original", 5, key="k" * 1_020),))

    assert not planned(rates, long).videos[0].blocked
    assert planned(rates, long, options=replace(OPTIONS, target_prefix="moved/")).videos[0].blocked


def test_an_estimate_survives_being_written_down(rates: Settings):
    estimate = planned(rates, video("a", 300 * GB), packaged("b")).estimate

    assert estimate_from_json(estimate.as_json()) == estimate


def test_nothing_to_move_is_a_plan_of_nothing(rates: Settings):
    estimate = planned(rates).estimate

    assert (estimate.videos, estimate.one_off_usd, estimate.payback_months) == (0, Decimal(0), None)
    assert estimate.fastest == timedelta()
