"""Search: the age rule that would have cost the least."""

from core.recommendations.policies.age_rule import AgeRule
from core.recommendations.simulator.catalogue import Catalogue
from core.recommendations.simulator.classes import INFREQUENT, INSTANT
from core.recommendations.simulator.cohorts import cohorts_of, meter_rule
from core.recommendations.simulator.prices import S3Prices
from core.recommendations.simulator.window import Window

_ALONE = (0, 7, 14, 30, 45, 60, 75, 90, 120, 150, 180, 270, 365)
_TO_INFREQUENT = (30, 45, 60, 90, 120, 180)
_TO_INSTANT = (60, 75, 90, 120, 150, 180, 270, 365)
#: Fifty rules of classes that can be read from at once.
RULES = (
    *(AgeRule(((days, INSTANT),)) for days in _ALONE),
    *(AgeRule(((days, INFREQUENT),)) for days in _TO_INFREQUENT),
    *(
        AgeRule(((first, INFREQUENT), (then, INSTANT)))
        for first in _TO_INFREQUENT
        for then in _TO_INSTANT
        if then >= first + 30
    ),
)[:50]


def best_rule(catalogue: Catalogue, window: Window, prices: S3Prices) -> AgeRule:
    """The one of RULES that costs the least in the window."""
    cohorts = cohorts_of(catalogue, window)
    return min(RULES, key=lambda rule: prices.daily_usd(meter_rule(cohorts, rule.steps)).sum())
