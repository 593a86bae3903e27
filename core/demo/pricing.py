"""Pricing: what AWS asks for each thing, and how a month's use runs through its price bands."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.billing.prices import load_prices
from core.units import GIB

#: A bill of AWS carries ten decimal places.
_PLACE = Decimal("1e-10")
#: What CloudFront's private pricing takes off data transfer from the price step on.
PRIVATE_DISCOUNT = Decimal("0.40")
#: Of CloudFront's and S3's usage, while the promotional credit lasts.
CREDIT_SHARE = Decimal("0.25")
TAX_RATE = Decimal("0.0625")

#: List prices of us-east-1 that the price catalogue does not hold.
OTHER_PRICES = {
    "cloudwatch_metric_month": Decimal("0.30"),
    "cloudwatch_logs_in_gb": Decimal("0.50"),
    "cloudwatch_logs_gb_month": Decimal("0.03"),
    "cloudwatch_request": Decimal("0.00001"),
    "kms_key_month": Decimal("1"),
    "kms_request": Decimal("0.000003"),
    "lambda_request": Decimal("0.0000002"),
    "lambda_gb_second": Decimal("0.0000166667"),
    "mediaconvert_hd_minute": Decimal("0.0150"),
    "mediaconvert_sd_minute": Decimal("0.0075"),
    "support_minimum_month": Decimal("29"),
    "support_share": Decimal("0.03"),
}

_PRICE_GROUPS = {
    "US": "US_MX_CA",
    "CA": "US_MX_CA",
    "EU": "EU_IL",
    "SA": "SA",
    "AP": "APAC",
    "AU": "AU_NZ",
    "JP": "JP",
    "IN": "IN",
}
_BAND_NAMES = (
    "first 10 TB / month",
    "next 40 TB / month",
    "next 100 TB / month",
    "next 350 TB / month",
    "next 524 TB / month",
    "next 4 PB / month",
    "over 5 PB / month",
)


def exact(amount: Decimal) -> Decimal:
    """The amount with the ten decimal places that a bill has."""
    return amount.quantize(_PLACE)


def gigabytes(size_bytes: int) -> Decimal:
    """Bytes in the GB of an AWS bill."""
    return exact(Decimal(size_bytes) / GIB)


@dataclass(frozen=True)
class Band:
    """One price, up to an amount used in the month."""

    upto: Decimal | None  #: None: without end
    rate: Decimal  #: USD a unit
    description: str


@dataclass
class Meter:
    """What was used so far in a month, and the band that comes next."""

    bands: tuple[Band, ...]
    used: Decimal = field(default=Decimal(0))

    def take(self, quantity: Decimal) -> Iterator[tuple[Decimal, Band]]:
        """The quantity cut where a band ends, each part with its band; what no band covers is left out."""
        for band in self.bands:
            room = quantity if band.upto is None else min(quantity, band.upto - self.used)
            if room > 0:
                self.used += room
                quantity -= room
                yield room, band


def cloudfront_free_tier() -> dict[str, Meter]:
    """What an account has free each month: `dto_gb` and `requests`."""
    free = _cloudfront()["free_tier_account_month"]
    transfer = "$0.000 per GB - data transfer out under the global monthly free tier"
    requests = "$0.0000 per request - HTTP or HTTPS requests under the global monthly free tier"
    return {
        "dto_gb": Meter((Band(Decimal(free["dto_gb"]), Decimal(0), transfer),)),
        "requests": Meter((Band(Decimal(free["requests"]), Decimal(0), requests),)),
    }


def cloudfront_transfer(prefix: str) -> Meter:
    """Data transfer out to one price region, per GB."""
    limits: list[Any] = _cloudfront()["bands_gb"]
    rates: list[Decimal] = _cloudfront()["dto_gb"][_PRICE_GROUPS[prefix]]
    return Meter(
        tuple(
            Band(None if limit is None else Decimal(limit), rate, f"${rate:.3f} per GB - {name} data transfer out")
            for limit, rate, name in zip(limits, rates, _BAND_NAMES, strict=True)
        )
    )


def cloudfront_requests(prefix: str, scheme: str) -> Band:
    """`http` or `https` requests from one price region, each."""
    rate = Decimal(_cloudfront()[f"{scheme}_10k"][_PRICE_GROUPS[prefix]])
    return Band(None, rate / 10_000, f"${rate:.4f} per 10,000 {scheme.upper()} Requests")


def s3_prices(storage_class: str) -> dict[str, Any]:
    """Prices of a storage class, which are the same in the two regions that the demo uses."""
    return load_prices().content["s3"]["us-east-1"][storage_class]


def s3_egress() -> Meter:
    """Data transfer from S3 to the internet: 100 GB a month are free."""
    prices = load_prices().content["s3"]["us-east-1"]
    free = Decimal(prices["egress_free_gb_month_account"])
    rate: Decimal = prices["egress_internet_gb"][0]["price"]
    return Meter(
        (
            Band(free, Decimal(0), "$0.000 per GB - data transfer out under the monthly global free tier"),
            Band(None, rate, f"${rate:.3f} per GB - first 10 TB / month data transfer out beyond the global free tier"),
        )
    )


def _cloudfront() -> dict[str, Any]:
    return load_prices().content["cloudfront_payg"]
