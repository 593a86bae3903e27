"""CloudFront: what sending to viewers costs, by price region and hour."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from core.demo.lines import Item, Line, LineType, Product, hourly
from core.demo.pricing import (
    PRIVATE_DISCOUNT,
    Meter,
    cloudfront_free_tier,
    cloudfront_requests,
    cloudfront_transfer,
    gigabytes,
)
from core.demo.traffic import AUDIENCES, Audience, Traffic, hours_of

PRODUCT = Product("AmazonCloudFront", "Amazon CloudFront")
DISTRIBUTION = "arn:aws:cloudfront::222233334444:distribution/E2PHYGHT7MEDIA"
TAGS = (("content", "renditions"), ("environment", "production"), ("team", "delivery"))
#: Audiences with set-top boxes that ask by plain HTTP, and the part of requests that do.
PLAIN_HTTP = {"US": 3, "SA": 6, "IN": 8}
_LOCATIONS = {
    "US": "United States",
    "CA": "Canada",
    "EU": "Europe",
    "SA": "South America",
    "AP": "Asia Pacific",
    "AU": "Australia",
    "JP": "Japan",
    "IN": "India",
}


class CloudFrontMonth:
    """One month's CloudFront usage: the free tier first, then the price bands of each region."""

    def __init__(self, traffic: Traffic) -> None:
        self.traffic = traffic
        self.free = cloudfront_free_tier()
        self.transfer = {audience.prefix: cloudfront_transfer(audience.prefix) for audience in AUDIENCES}

    def lines(self, days: list[date], until: datetime) -> Iterator[Line]:
        """Usage of the days, hour by hour, as far as hours ended by then."""
        for day in days:
            if self.traffic.days[day].cdn:
                for hour in hours_of(day):
                    if hour + timedelta(hours=1) <= until:
                        yield from self._hour(hour)

    def _hour(self, hour: datetime) -> Iterator[Line]:
        for audience in AUDIENCES:
            taken = self.traffic.hour(hour, audience)
            yield from self._transfer(hour, audience, taken.sent_bytes)
            plain = taken.requests * PLAIN_HTTP.get(audience.prefix, 0) // 100
            yield from self._requests(hour, audience, "http", plain)
            yield from self._requests(hour, audience, "https", taken.requests - plain)

    def _transfer(self, hour: datetime, audience: Audience, size_bytes: int) -> Iterator[Line]:
        item = _TRANSFER[audience.prefix]
        private = hour.date() >= self.traffic.story.private_rates_start
        discount = PRIVATE_DISCOUNT if private else Decimal(0)
        left, free = _free_first(self.free["dto_gb"], item, hour, gigabytes(size_bytes))
        yield from free
        for quantity, band in self.transfer[audience.prefix].take(left):
            yield hourly(item, hour, quantity, band, discount)

    def _requests(self, hour: datetime, audience: Audience, scheme: str, count: int) -> Iterator[Line]:
        item = _REQUESTS[audience.prefix, scheme]
        left, free = _free_first(self.free["requests"], item, hour, Decimal(count))
        yield from free
        if left:
            yield hourly(item, hour, left, cloudfront_requests(audience.prefix, scheme))


def private_discount(line: Line) -> Line:
    """The line of its own that a private discount on usage has."""
    return Line(
        item=line.item,
        type=LineType.DISCOUNT,
        start=line.start,
        end=line.end,
        quantity=line.quantity,
        rate=Decimal(0),
        cost=line.discount,
        description=f"Private Rate Discount on {line.description}",
    )


def _free_first(meter: Meter, item: Item, hour: datetime, quantity: Decimal) -> tuple[Decimal, list[Line]]:
    free = [hourly(item, hour, part, band) for part, band in meter.take(quantity)]
    return quantity - sum(line.quantity for line in free), free


def _transfer_item(prefix: str) -> Item:
    return Item(
        product=PRODUCT,
        usage_type=f"{prefix}-DataTransfer-Out-Bytes",
        operation="GET",
        unit="GB",
        family="Data Transfer",
        resource=DISTRIBUTION,
        tags=TAGS,
        attributes=(
            ("from_location", _LOCATIONS[prefix]),
            ("to_location", "External"),
            ("transfer_type", "CloudFront Outbound"),
        ),
    )


def _request_item(prefix: str, scheme: str) -> Item:
    tier = {"http": "Tier1", "https": "Tier2-HTTPS"}[scheme]
    return Item(
        product=PRODUCT,
        usage_type=f"{prefix}-Requests-{tier}",
        operation="GET",
        unit="Requests",
        family="Request",
        resource=DISTRIBUTION,
        tags=TAGS,
        attributes=(("location", _LOCATIONS[prefix]), ("request_type", f"CloudFront-Request-{tier}")),
    )


_TRANSFER = {audience.prefix: _transfer_item(audience.prefix) for audience in AUDIENCES}
_REQUESTS = {
    (audience.prefix, scheme): _request_item(audience.prefix, scheme)
    for audience in AUDIENCES
    for scheme in ("http", "https")
}
