"""Recommend: ask every rule, rank what they find by money, and count no saving twice."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from core.actions.action import Extent
from core.actions.expected import Expected, expecting
from core.errors import PhyghtError
from core.recommendations.grounds import Grounds
from core.recommendations.recommendation import NOTHING, Recommendation, Remark, Said
from core.recommendations.rules import (
    caching,
    cdn_plan,
    lost,
    noncurrent,
    origin_shield,
    originals,
    per_title,
    price_class,
    renditions,
    replicas,
    requests,
    retirable,
    rungs,
    supabase,
    unfinished,
    watched_again,
)

Rule = Callable[[Grounds], Iterable[Said]]
#: To add a rule, write it in a file of `rules`, and a line here.
_RULES = (
    renditions,
    watched_again,
    originals,
    unfinished,
    noncurrent,
    lost,
    retirable,
    rungs,
    per_title,
    caching,
    origin_shield,
    price_class,
    cdn_plan,
    supabase,
    replicas,
    requests,
)
RULES: Mapping[str, Rule] = {rule.NAME: rule.find for rule in _RULES}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Found:
    """What all rules say."""

    recommendations: tuple[Recommendation, ...]  #: most money a month first
    remarks: tuple[Remark, ...]


@dataclass(frozen=True)
class Counted:
    """A recommendation, and what of it is saved by no other one."""

    recommendation: Recommendation
    usd: Decimal  #: a month, of its saving; the rest is counted in those that come before it
    within: tuple[str, ...]  #: the ids of those


def recommend(grounds: Grounds, rules: Mapping[str, Rule] = RULES) -> Found:
    """What saves money, of all rules; one that fails is a remark, and the others are asked all the same."""
    said = [each for name, rule in rules.items() for each in _asked(name, rule, grounds)]
    found = [_expecting(each) for each in said if isinstance(each, Recommendation) and each.monthly_saving_usd > 0]
    return Found(ranked(found), tuple(each for each in said if isinstance(each, Remark)))


def ranked(found: Iterable[Recommendation]) -> tuple[Recommendation, ...]:
    """Most money a month first."""
    return tuple(sorted(found, key=lambda each: (-each.monthly_saving_usd, each.id)))


def counted(found: Iterable[Recommendation]) -> tuple[Counted, ...]:
    """Each portion of the bill is saved once: by what has no catch, and then by what saves most.

    In the order in which they were given. What is saved of a portion beside its winner counts nothing, although some of
    it may be saved if both are done: the sum is never more than what can be saved.
    """
    given = list(found)
    winners: dict[str, Recommendation] = {}
    for each in sorted(ranked(given), key=lambda each: bool(each.catch)):
        for name, _ in each.portions:
            winners.setdefault(name, each)
    return tuple(_counted(each, winners) for each in given)


def _counted(each: Recommendation, winners: Mapping[str, Recommendation]) -> Counted:
    lost = [(name, usd) for name, usd in each.portions if winners[name].id != each.id]
    within = dict.fromkeys(winners[name].id for name, _ in lost)
    usd = each.monthly_saving_usd - sum((usd for _, usd in lost), NOTHING)
    return Counted(each, usd, tuple(within))


def _expecting(each: Recommendation) -> Recommendation:
    """Its action with what the card says, so that the preview says the same."""
    if each.action is None:
        return each
    counted = Extent(each.evidence.objects, each.evidence.size_bytes)
    return replace(each, action=expecting(each.action, Expected(counted, each.monthly_saving_usd)))


def _asked(name: str, rule: Rule, grounds: Grounds) -> Iterator[Said]:
    try:
        yield from list(rule(grounds))
    except PhyghtError as error:
        yield Remark(name, str(error))
    except Exception:
        log.exception("The rule %s failed.", name)
        yield Remark(name, "It failed, and what went wrong is in the log of the worker.")
