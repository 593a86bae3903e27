"""Prices come from the catalogue, and a month's use runs through the bands in order."""

from decimal import Decimal

from core.demo.pricing import (
    Band,
    Meter,
    cloudfront_free_tier,
    cloudfront_requests,
    cloudfront_transfer,
    exact,
    gigabytes,
    s3_egress,
)


def test_a_quantity_is_cut_where_a_band_ends():
    cheap, dear = Band(Decimal(10), Decimal("0.1"), "first"), Band(None, Decimal("0.2"), "beyond")
    meter = Meter((cheap, dear))

    assert list(meter.take(Decimal(7))) == [(Decimal(7), cheap)]
    assert list(meter.take(Decimal(5))) == [(Decimal(3), cheap), (Decimal(2), dear)]
    assert list(meter.take(Decimal(1))) == [(Decimal(1), dear)]


def test_a_free_tier_takes_no_more_than_it_has():
    free = cloudfront_free_tier()["dto_gb"]

    assert [quantity for quantity, _ in free.take(Decimal(1000))] == [1000]
    assert [quantity for quantity, _ in free.take(Decimal(1000))] == [24]  # of 1,024 GB a month
    assert list(free.take(Decimal(1000))) == []


def test_cloudfront_asks_less_beyond_ten_terabytes():
    meter = cloudfront_transfer("US")

    parts = [(quantity, band.rate, band.description) for quantity, band in meter.take(Decimal(12000))]
    assert parts == [
        (Decimal(10240), Decimal("0.085"), "$0.085 per GB - first 10 TB / month data transfer out"),
        (Decimal(1760), Decimal("0.08"), "$0.080 per GB - next 40 TB / month data transfer out"),
    ]


def test_requests_are_priced_each():
    assert cloudfront_requests("EU", "https").rate == Decimal("0.0000012")
    assert cloudfront_requests("EU", "https").description == "$0.0120 per 10,000 HTTPS Requests"


def test_s3_sends_a_hundred_gigabytes_a_month_for_nothing():
    assert [(q, band.rate) for q, band in s3_egress().take(Decimal(150))] == [(100, 0), (50, Decimal("0.09"))]


def test_amounts_have_ten_decimal_places():
    assert exact(Decimal(1) / 3) == Decimal("0.3333333333")
    assert gigabytes(1) == Decimal("0.0000000009")  # one byte in GB of 2^30
    assert gigabytes(2**30) == 1
