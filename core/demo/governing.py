"""Governing: the rules that the demo's buckets have, some of them set by hand in S3's console."""

from core.demo.catalogue import GLACIER_AFTER
from core.storage.lifecycle import LifecycleRule, Transition
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
_TIDY = LifecycleRule("phyght-unfinished-uploads", abort_unfinished_after_days=7)


def write_rules(providers: Providers) -> None:
    """Where nobody has set any yet."""
    for name, rules in {"s3": [_ORIGINALS, _BY_HAND], "s3-eu": [_ORIGINALS, _TIDY]}.items():
        provider = providers.named(name)
        if isinstance(provider, LifecycleRules) and not provider.lifecycle_rules():
            provider.set_lifecycle_rules(rules)
