"""Routing: which provider a new video's bytes go to, and why."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import ResidencyRefused, StorageUnreachable
from core.storage.breaker import Condition, State
from core.storage.health import Health
from core.storage.provider import StorageProvider
from core.storage.providers import Providers

_LATER = "It is listed for migration, once that is well again."


@dataclass(frozen=True)
class Route:
    """Where a video goes; the reason is shown to the person and kept with the copy."""

    provider: StorageProvider
    reason: str


def choose_provider(providers: Providers, residency: str, health: Health, only_asking: bool = False) -> Route:
    """The first provider that may hold the video and is well; a residency comes before everything else.

    Whoever is only asking sends nothing there: it is not their turn to try one that was not well.

    Raises ResidencyRefused where a bound video could only go elsewhere, StorageUnreachable where no provider is well.
    """
    candidates = _bound(providers, residency) if residency else _free(providers)
    passed: list[Condition] = []
    for provider in candidates:
        well = health.condition(provider.name).state is State.CLOSED if only_asking else health.may_use(provider.name)
        if well:
            return Route(provider, _reason(provider, residency, passed))
        passed.append(health.condition(provider.name))
    raise _none_is_well(passed, residency)


def _bound(providers: Providers, residency: str) -> list[StorageProvider]:
    found = [each for each in providers.all if each.residency and each.residency == residency.upper()]
    if not found:
        raise ResidencyRefused(
            f"No storage provider keeps its data in {residency}.",
            f"Add a bucket there to S3_RESIDENCY_BUCKETS, like {residency}=bucket@region.",
        )
    return sorted(found, key=lambda each: each.name == "supabase")


def _free(providers: Providers) -> list[StorageProvider]:
    """S3 before Supabase; this machine's folder only while nothing else is configured.

    Buckets for a residency are for that, and a last resort; unless there is no other bucket.
    """
    has_s3 = any(each.name == "s3" for each in providers.all)
    ranks = {"s3": 0, "supabase": 2, "local": 4}
    ranked = sorted(providers.all, key=lambda each: ranks.get(each.name, 3 if has_s3 else 1))
    return [each for each in ranked if each.name != "local"] or ranked


def _reason(provider: StorageProvider, residency: str, passed: Iterable[Condition]) -> str:
    why = f"It must stay in {residency}, and {provider.name} does." if residency else _usual(provider)
    failing = " ".join(f"{each.provider} is not well: {each.error}" for each in passed)
    return f"{failing} So it goes to {provider.name} for now. {_LATER}" if failing else why


def _usual(provider: StorageProvider) -> str:
    if provider.name == "local":
        return "No storage account is connected, so it is kept on this machine."
    return f"{provider.name} is where new videos go."


def _none_is_well(passed: list[Condition], residency: str) -> ResidencyRefused | StorageUnreachable:
    failing = " ".join(f"{each.provider} is not well: {each.error}" for each in passed)
    retry = min(each.retry_at for each in passed if each.retry_at)
    advice = f"It is tried again at {retry:%H:%M} UTC. See Settings, Connections."
    if residency:
        return ResidencyRefused(f"The video must stay in {residency}, and {failing}", advice)
    return StorageUnreachable(f"No storage provider is well. {failing}", advice)
