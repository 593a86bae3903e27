"""Acting: what the demo's studio has changed in its buckets to save money, and what it did not want to."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from core.actions.action import NO_PROMISE, Action, Kind, Promise
from core.actions.actions import Actions
from core.actions.doing import Doer
from core.demo.alerting import STUDIO
from core.demo.catalogue import GLACIER_AFTER
from core.jobs.work import Requests
from core.lifecycle.templates import TEMPLATES
from core.recommendations.recommendations import Recommendations
from core.recommendations.rules import price_class
from core.storage.lifecycle import LifecycleRule, Transition
from core.storage.lifecycle_told import told
from core.storage.provider import LifecycleRules, StorageClass
from core.storage.providers import Providers

#: Originals go to Glacier Instant Retrieval at that age, as the bills have it.
_ORIGINALS = LifecycleRule(
    "phyght-originals",
    "videos/",
    {"phyght-kind": "original"},
    transitions=(Transition(GLACIER_AFTER, str(StorageClass.GLACIER_IR)),),
)
_BY_HAND = LifecycleRule("remove-exports", "exports/", expire_after_days=90)
_TEMPLATES = {each.rule.id: each.rule for each in TEMPLATES}
_TIDY, _THUMB = _TEMPLATES["phyght-unfinished-uploads"], _TEMPLATES["phyght-thumb"]
#: What was promised: too much where somebody took it that all originals are old at once.
_ALL_AT_ONCE, _A_LITTLE = Promise("original class", Decimal("21.90")), Promise("unfinished uploads", Decimal("0.40"))
_DISMISSED, _WHY_NOT = "PriceClass_100", "Viewers in Tokyo and Mumbai are why we moved to a CDN."

_Opened = Callable[[Callable[[], datetime]], Actions]


def write_acting(opened: _Opened, providers: Providers, recommendations: Recommendations, now: datetime) -> None:
    """Rules that were put weeks ago, one of them taken back, where nobody has changed anything yet; what could be saved
    as of now, and one way that nobody wants.
    """
    at_s3 = providers.named("s3")
    if isinstance(at_s3, LifecycleRules) and not at_s3.lifecycle_rules():
        at_s3.set_lifecycle_rules([_BY_HAND])
        _apply(opened, now - timedelta(60), "s3", _ORIGINALS, _ALL_AT_ONCE)
        _apply(opened, now - timedelta(45), "s3-eu", _TIDY, _A_LITTLE)
        id = _apply(opened, now - timedelta(20), "s3", _THUMB, NO_PROMISE)
        _undo(opened, now - timedelta(18), id)
    recommendations.refresh(now)
    _dismiss(recommendations, now)


def _apply(opened: _Opened, at: datetime, place: str, rule: LifecycleRule, promise: Promise) -> str:
    actions = opened(lambda: at)
    action = Action(Kind.PUT_LIFECYCLE_POLICY, place, {"rules": [told(rule)]})
    seen = actions.preview(STUDIO, action, at)
    id = actions.apply(STUDIO, seen, at, promise, confirmed=seen.confirm.name if seen.confirm else "")
    do_at_once(actions, id)
    return id


def _undo(opened: _Opened, at: datetime, id: str) -> None:
    actions = opened(lambda: at)
    actions.undo(STUDIO, id, at)
    do_at_once(actions, id)


def do_at_once(actions: Actions, id: str) -> None:
    """Have it done, as no worker runs at that time."""
    request = actions.taken(STUDIO, id).request
    Doer(actions.handles).do(id, lambda: False)
    Requests(actions.handles.database).over(request)


def _dismiss(recommendations: Recommendations, now: datetime) -> None:
    found = recommendations.kept(STUDIO)
    if found is None or found.dismissed or found.returned:
        return
    for each in found.counted:
        if (each.recommendation.rule, each.recommendation.about) == (price_class.NAME, _DISMISSED):
            recommendations.dismiss(STUDIO, each.recommendation.id, _WHY_NOT, now)
