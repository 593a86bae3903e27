"""Price class: viewers far away served from where CloudFront costs less, for who accepts that it takes longer."""

from collections.abc import Iterator
from decimal import Decimal

from core.actions.action import Action, Kind
from core.billing.cdn_prices import USUAL, first_usd_per_gb
from core.recommendations.cdn_month import (
    DAYS,
    LEAST_DAYS,
    CdnMonth,
    billed_share,
    cdn_month,
    confidence,
    logged,
    priced_at,
)
from core.recommendations.grounds import Grounds
from core.recommendations.recommendation import NOTHING, Evidence, Fee, Line, Recommendation, Remark, Said, Unit
from core.recommendations.sketch import sketch_of
from core.units import GIB

NAME = "price class"
#: The price regions that each class leaves out, as AWS tells them.
_LEFT_OUT = {
    "PriceClass_200": ("AU", "SA"),
    "PriceClass_100": ("AU", "SA", "AP", "IN", "JP", "KR", "ME", "ZA"),
}
_BY_HAND = "Set CLOUDFRONT_DISTRIBUTION_ID to this distribution to change it here."


def find(grounds: Grounds) -> Iterator[Said]:
    """One for each distribution and class that leaves out edges which send anything."""
    days = logged(grounds.warehouse, grounds.today)
    if days < LEAST_DAYS:
        yield Remark(NAME, f"The CDN's log has {days} of the last {DAYS} days: nobody knows what is sent from where.")
        return
    share = billed_share(grounds.warehouse, grounds.today)
    for month in cdn_month(grounds.warehouse, grounds.today):
        for name, regions in _LEFT_OUT.items():
            there = [region for region in regions if month.sizes.get(region)]
            if there:
                yield _recommended(grounds, month, name, there, days, share)


def _recommended(
    grounds: Grounds, month: CdnMonth, name: str, regions: list[str], days: int, billed: Decimal
) -> Recommendation:
    near = billed * first_usd_per_gb(grounds.prices, USUAL)
    fees = tuple(
        Fee(f"Sent by edges of {region}", billed * first_usd_per_gb(grounds.prices, region) * gb, near * gb)
        for region, gb in ((region, Decimal(month.sizes[region]) / GIB) for region in regions)
    )
    size = sum(month.sizes[region] for region in regions)
    sure, why = confidence(days)
    share = Decimal(size) / month.size_bytes
    evidence = Evidence(
        objects=0,
        size_bytes=size,
        fees=fees,
        confidence=sure,
        because=f"{why} {priced_at(billed)} In the first band, as if all of it were sent from {USUAL} instead.",
        days=days,
        reads=sum(month.http.get(region, 0) + month.https.get(region, 0) for region in regions),
        if_doubled_usd=2 * sum((each.saving_usd for each in fees), NOTHING),
        besides=(Line("Of all bytes", share, Unit.SHARE),),
    )
    own = month.distribution == grounds.settings.cloudfront_distribution_id
    terms = {"price_class": name}
    return Recommendation(
        NAME, month.distribution, name, f"Serve from fewer places: {name}",
        f"{share:.0%} of all bytes go out from edges of {', '.join(regions)}, where each GB costs more than from "
        f"{USUAL}; {name} leaves these out.",
        NOTHING, evidence,
        Action(Kind.PUT_DISTRIBUTION_SETTING, month.distribution, terms, "price class") if own else None,
        "" if own else _BY_HAND,
        "Viewers there are served from further away: start-up takes longer, and stalls may be more.",
        ((f"{month.distribution} traffic", evidence.saving_usd),), sketch_of(regions),
    )  # fmt: skip
