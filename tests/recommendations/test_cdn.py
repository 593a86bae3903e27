"""CDN: plans, price classes, Origin Shield, and requests, by what the log of a month says."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.actions.action import Action, Kind
from core.recommendations.rules import cdn_plan, origin_shield, price_class, requests
from tests.billing.builders import cur2, deliver_cur2
from tests.billing.conftest import bucket
from tests.costs.measurements import Row, accessed, measure
from tests.recommendations.small import Small, asked, fee, line, listed, only, remarks

__all__ = ["bucket"]
TIB = 1024


def sends(small: Small, gib: float, count: int, region: str = "US", **columns: Any) -> None:
    """In 30 days."""
    a_day = {"requests": count // 30, "gib": gib / 30, "price_region": region, "result": "hit"} | columns
    small.logs(*(asked("a", day, **a_day) for day in DAYS), days=())


DAYS = range(2, 32)


def test_pro_costs_less_than_two_terabytes_as_they_go(small: Small):
    sends(small, 3 * TIB, 6_000_000)

    found = only(list(cdn_plan.find(small.grounds())))

    # the free terabyte is taken off: 2,048 GB at 0.085; requests are below the free ten million
    assert found.monthly_saving_usd == pytest.approx(Decimal("159.08"), abs=Decimal("0.001"))
    assert found.title == "Take CloudFront's Pro plan"
    assert fee(found.evidence, "Sent to viewers").now_usd == pytest.approx(Decimal("174.08"), abs=Decimal("0.001"))
    assert line(found.evidence, "Fits until the volume is") == pytest.approx(Decimal("1.6667"), abs=Decimal("0.001"))
    # twice that is 12 million requests, which only Business takes: 5,120 GB at 0.085, 2 million requests at 0.01 / 10k
    assert found.evidence.if_doubled_usd == pytest.approx(Decimal("437.20") - 200, abs=Decimal("0.01"))
    assert found.action is None
    assert "table of features" in found.by_hand


def test_business_is_taken_where_requests_are_many(small: Small):
    sends(small, 10 * TIB, 39_999_990)

    found = only(list(cdn_plan.find(small.grounds())))

    # 9,216 GB at 0.085 and 30 million requests at 0.01 for ten thousand: the 813 USD that are known from AWS
    assert found.title == "Take CloudFront's Business plan"
    assert found.monthly_saving_usd == pytest.approx(Decimal("613.36"), abs=Decimal("0.01"))


def test_what_fits_into_the_free_tier_needs_no_plan(small: Small):
    sends(small, 500, 3_000_000)

    assert list(cdn_plan.find(small.grounds())) == []


def test_a_plan_that_would_be_nearly_used_up_is_not_advised(small: Small):
    sends(small, 3 * TIB, 8_500_000)  # Pro has ten million

    assert list(cdn_plan.find(small.grounds())) == []  # and Business costs more than 174.08


def traffic(cost: str, public: str) -> Row:
    return cur2(
        cost, line_item_product_code="AmazonCloudFront", line_item_usage_type="US-DataTransfer-Out-Bytes",
        line_item_operation="GET", product={"product_name": "Amazon CloudFront"},
        pricing_public_on_demand_cost=public,
    )  # fmt: skip


def test_a_discount_of_the_bill_makes_a_plan_worth_less(small: Small, bucket: Path):
    deliver_cur2(bucket, [traffic("60", "100")])
    small.store.ingest(bucket)
    sends(small, 3 * TIB, 6_000_000)

    found = only(list(cdn_plan.find(small.grounds())))

    assert found.monthly_saving_usd == pytest.approx(Decimal("0.6") * Decimal("174.08") - 15, abs=Decimal("0.001"))
    assert "by the list less 40%" in found.evidence.because


def test_an_account_that_has_a_plan_is_left_alone(small: Small, bucket: Path):
    plan = traffic("15", "15") | {
        "line_item_usage_type": "Global-CloudFrontPlan-Pro",
        "line_item_product_code": "CloudFrontPlans",
    }
    deliver_cur2(bucket, [plan])
    small.store.ingest(bucket)
    sends(small, 3 * TIB, 6_000_000)

    assert remarks(list(cdn_plan.find(small.grounds()))) == [
        "The bill has a flat-rate plan already, and does not say what it covers."
    ]


@pytest.mark.parametrize("rule", [cdn_plan, price_class, requests], ids=lambda rule: rule.NAME)
def test_with_ten_days_of_logs_nothing_is_said(small: Small, rule: Any):
    small.logs(days=range(22, 32))

    assert remarks(list(rule.find(small.grounds())))[0].startswith("The CDN's log has 10 of the last 30 days")


def test_far_viewers_cost_less_from_near_edges(small: Small):
    sends(small, 1500, 3_000_000, "SA")

    far, less_far = (each for each in price_class.find(small.grounds(cloudfront_distribution_id="E1")))

    for each in (far, less_far):
        found = only([each])
        assert found.monthly_saving_usd == pytest.approx(Decimal(1500) * Decimal("0.025"), abs=Decimal("0.0001"))
        assert found.catch
    assert {only([each]).about for each in (far, less_far)} == {"PriceClass_200", "PriceClass_100"}
    assert only([far]).action == Action(
        Kind.PUT_DISTRIBUTION_SETTING, "E1", {"price_class": "PriceClass_200"}, "price class"
    )


def test_where_nothing_is_sent_from_afar_no_class_is_advised(small: Small):
    sends(small, 1500, 3_000_000)

    assert list(price_class.find(small.grounds())) == []


def test_a_distribution_that_is_not_ours_is_changed_by_hand(small: Small):
    sends(small, 1500, 3_000_000, "JP")

    assert only(list(price_class.find(small.grounds()))).action is None


def test_a_shield_without_a_price_is_not_guessed(small: Small):
    assert remarks(list(origin_shield.find(small.grounds())))[0].startswith(
        "The price catalogue of 2026-11-22 has no price for Origin Shield."
    )


def test_a_shield_pays_where_reads_of_the_bucket_cost_more(small: Small):
    content = small.prices.content
    payg = content["cloudfront_payg"] | {"origin_shield_10k": "0.0075"}
    small.prices = replace(small.prices, content=content | {"cloudfront_payg": payg})
    small.lists(listed("a", 10, "1080p", storage_class="GLACIER_IR"))
    small.logs(
        *(asked("a", day, requests=50, gib=50, price_region=region) for day in DAYS for region in ("US", "EU")),
        days=(),
    )

    found = only(list(origin_shield.find(small.grounds(cloudfront_distribution_id="E1", aws_region="us-east-1"))))

    # each day 100 misses of 100 GiB, half of them of what the other region had missed too; half of those are spared
    assert fee(found.evidence, "Requests to buckets").now_usd == 30 * 25 * Decimal("0.00001")
    assert fee(found.evidence, "Retrieval").now_usd == 30 * 25 * Decimal("0.03")
    assert fee(found.evidence, "Origin Shield").then_usd == 3_000 * Decimal("0.00000075")
    assert found.action is not None
    assert found.action.terms == {"origin_shield": "us-east-1"}


def test_pieces_that_are_small_cost_requests(small: Small):
    """60 million requests for 64 KiB each: half as many would do."""
    sends(small, 60_000_000 * 64 / 1024 / 1024, 60_000_000)

    found = only(list(requests.find(small.grounds())))

    # 50 million beyond the free ones at 0.01 for ten thousand, instead of 20 million
    assert found.monthly_saving_usd == pytest.approx(Decimal(30), abs=Decimal("0.001"))
    assert line(found.evidence, "Mean piece") == pytest.approx(Decimal(64 * 1024), abs=Decimal(1))


def test_large_pieces_are_well(small: Small):
    sends(small, 60_000_000, 60_000_000)

    assert list(requests.find(small.grounds())) == []


def test_a_bucket_that_is_listed_all_the_time_costs_puts(small: Small):
    sends(small, 60_000_000, 60_000_000)
    small.lists(listed("a", 10))
    rows = [
        accessed("", 0, day, tier="1", bucket="local", operation="REST.GET.BUCKET", requests=20_000) for day in DAYS
    ]
    measure(small.store, "origin_requests", rows)

    found = only(list(requests.find(small.grounds())))

    # 20,000 lists a day, as of 30 days, at 0.005 for a thousand
    assert found.monthly_saving_usd == Decimal(3)
