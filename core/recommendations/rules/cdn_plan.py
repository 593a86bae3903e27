"""CDN plan: a flat-rate plan of CloudFront in the place of paying as you go, where the volume fits into one."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from core.billing.cdn_prices import requests_usd, transfer_usd
from core.costs.period import add_months
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

NAME = "cdn plan"
#: With a plan that is nearly used up, an ordinary good month would slow viewers down.
_ROOM = Decimal("0.8")
#: Its log would end, and with it all that is measured here.
_NEVER = ("Free",)
_BY_HAND = (
    "Choose the plan in the CloudFront console. Look at the plan's table of features first: what the distribution uses "
    "(signed URLs, policies, functions, logs) has to be in it."
)
_CATCH = (
    "A plan is for one distribution and has no overage fee; beyond its volume for longer, CloudFront may deliver more "
    "slowly. What the plan's own table of features lacks ceases to work."
)
_PLANS = """
    SELECT count(*) FROM charges
    WHERE charge_period_start >= $start AND usage_type LIKE '%CloudFrontPlan%' AND billed_cost > 0
"""


def find(grounds: Grounds) -> Iterator[Said]:
    """One for each distribution whose volume fits into a plan that costs less."""
    days = logged(grounds.warehouse, grounds.today)
    if days < LEAST_DAYS:
        yield Remark(NAME, f"The CDN's log has {days} of the last {DAYS} days: nobody knows how much a month is.")
        return
    month = grounds.today.replace(day=1)
    [(plans,)] = grounds.warehouse.query(_PLANS, {"start": add_months(month, -1)})
    if plans:
        yield Remark(NAME, "The bill has a flat-rate plan already, and does not say what it covers.")
        return
    share = billed_share(grounds.warehouse, grounds.today)
    for each in cdn_month(grounds.warehouse, grounds.today):
        if found := _of(grounds, each, share, days):
            yield found


def _of(grounds: Grounds, month: CdnMonth, share: Decimal, days: int) -> Recommendation | None:
    """Of the plans that it fits into, the cheapest."""
    sent = transfer_usd(grounds.prices, month.sizes) * share
    asked = requests_usd(grounds.prices, month.http, month.https) * share
    fitting = [each for each in _plans(grounds) if _fits(month, each)]
    if not fitting:
        return None
    plan = min(fitting, key=lambda each: each["month"])
    usd = Decimal(plan["month"])
    if usd >= sent + asked:
        return None
    sure, why = confidence(days)
    half = usd / 2
    room = min(Decimal(plan["gb"]) * GIB / month.size_bytes, Decimal(plan["requests"]) / month.requests)
    evidence = Evidence(
        objects=0,
        size_bytes=month.size_bytes,
        fees=(Fee("Sent to viewers", sent, half), Fee("Requests", asked, usd - half)),
        confidence=sure,
        because=f"{why} {priced_at(share)}",
        days=days,
        reads=month.requests,
        break_even=Line("Pays from a bill of", usd, Unit.MONTHLY_USD),
        if_doubled_usd=_doubled(grounds, month, share),
        besides=(Line("Fits until the volume is", room, Unit.TIMES),),
    )
    return Recommendation(
        NAME, month.distribution, "flat-rate plan", f"Take CloudFront's {plan['name']} plan",
        f"{month.size_bytes / GIB:,.0f} GB and {month.requests:,} requests in {DAYS} days fit into {plan['name']} for "
        f"{usd:,.2f} USD a month; paying as you go they come to {sent + asked:,.2f}.",
        NOTHING, evidence, None, _BY_HAND, _CATCH,
        ((f"{month.distribution} traffic", evidence.saving_usd),), sketch_of([plan["name"]]),
    )  # fmt: skip


def _doubled(grounds: Grounds, month: CdnMonth, share: Decimal) -> Decimal:
    """Saved by the plan that twice as much would fit into; nothing where it fits into none."""
    twice = replace(month, **{name: _times(getattr(month, name), 2) for name in ("sizes", "http", "https", "misses")})
    fitting = [Decimal(each["month"]) for each in _plans(grounds) if _fits(twice, each)]
    return max(_payg(grounds, twice, share) - min(fitting), NOTHING) if fitting else NOTHING


def _payg(grounds: Grounds, month: CdnMonth, share: Decimal) -> Decimal:
    sent, asked = transfer_usd(grounds.prices, month.sizes), requests_usd(grounds.prices, month.http, month.https)
    return share * (sent + asked)


def _times(amounts: Mapping[str, int], factor: int) -> dict[str, int]:
    return {region: factor * amount for region, amount in amounts.items()}


def _plans(grounds: Grounds) -> Iterator[Mapping[str, Any]]:
    """Each plan, and each level of those that have several."""
    for plan in grounds.prices.content["cloudfront_flat_rate_since_2025-11-18"]["plans"]:
        if plan["name"] not in _NEVER:
            for gb, requests, usd in plan.get("levels", [[plan["gb"], plan["requests"], plan["month"]]]):
                yield {"name": plan["name"], "gb": gb, "requests": requests, "month": usd}


def _fits(month: CdnMonth, plan: Mapping[str, Any]) -> bool:
    return month.size_bytes <= _ROOM * plan["gb"] * GIB and month.requests <= _ROOM * plan["requests"]
