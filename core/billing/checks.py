"""Checks: whether what is configured can be reached, and the cure for what cannot."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from core.billing.deliveries import find_deliveries
from core.billing.prices import load_prices
from core.billing.supabase_egress import egress_measured_until
from core.billing.supabase_measure import service_key
from core.errors import PhyghtError, SourceUnreachable
from core.settings import Settings
from core.sources.opening import open_source
from core.units import number_of

#: List prices older than this deserve a look at the providers' pages.
_PRICES_OLD_AFTER_DAYS = 180


@dataclass(frozen=True)
class Check:
    """One thing that was tried."""

    name: str
    ok: bool
    detail: str
    cure: str  #: what to do; empty where all is well


def check_connections(settings: Settings, today: date) -> tuple[Check, ...]:
    """Try every billing source, Supabase and the price catalogue; seconds, as it goes over the network."""
    checks = [
        _try(f"Bills in {address}", lambda a=address: _source(a, settings))
        for address in settings.phyght_billing_sources
    ]
    if settings.supabase_url:
        checks.append(_try(f"Supabase at {settings.supabase_url}", lambda: _supabase(settings, today)))
    checks.append(_try("Price catalogue", lambda: _prices(settings, today)))
    return tuple(checks)


def _try(name: str, check: Callable[[], str]) -> Check:
    try:
        return Check(name, True, check(), "")
    except PhyghtError as error:
        return Check(name, False, error.message, error.advice)


def _source(address: str, settings: Settings) -> str:
    """Lists the source and reads every manifest, so that both permissions are tried."""
    deliveries = find_deliveries(open_source(address, settings)).deliveries
    if not deliveries:
        raise SourceUnreachable(
            "It can be read and holds no bill export.", "Check the path, or wait for the first delivery."
        )
    refused = [delivery.refusal for delivery in deliveries if delivery.refusal]
    if refused:
        raise refused[0]
    exports = {delivery.export for delivery in deliveries}
    return f"{number_of(len(exports), 'export')}, {number_of(len(deliveries), 'delivery', 'deliveries')}."


def _prices(settings: Settings, today: date) -> str:
    prices = load_prices(settings.phyght_price_catalog)
    age = prices.age_days(today)
    if age > _PRICES_OLD_AFTER_DAYS:
        raise SourceUnreachable(
            f"The list prices are of {prices.compiled}, {age} days ago.", "Set PHYGHT_PRICE_CATALOG to newer ones."
        )
    return f"List prices of {prices.compiled}."


def _supabase(settings: Settings, today: date) -> str:
    url, key = service_key(settings, today)
    from core.billing.supabase_storage import open_storage  # here: its libraries take a second to import

    with open_storage(url, key, waits_s=()) as storage:  # somebody waits for the answer
        buckets = len(storage.buckets())
    until = egress_measured_until(settings.phyght_home)
    egress = f"Egress is known until {until}." if until else "Egress is not measured."
    return f"{number_of(buckets, 'bucket')}. {egress}"
