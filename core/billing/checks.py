"""Checks: whether what is configured can be reached, and the cure for what cannot."""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.billing.deliveries import find_deliveries
from core.billing.ingest import open_source
from core.billing.prices import load_prices
from core.errors import PhyghtError, SourceUnreachable
from core.settings import Settings

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
        checks.append(_try(f"Supabase at {settings.supabase_url}", lambda: _supabase(settings)))
    checks.append(_try("Price catalogue", lambda: _prices(settings, today)))
    return tuple(checks)


def _try(name: str, check: Callable[[], str]) -> Check:
    try:
        return Check(name, True, check(), "")
    except PhyghtError as error:
        return Check(name, False, error.message, error.advice)


def _source(address: str, settings: Settings) -> str:
    """Lists the source and reads every manifest, so that both permissions are tried."""
    deliveries = find_deliveries(open_source(address, settings))
    if not deliveries:
        raise SourceUnreachable(
            "It can be read and holds no bill export.", "Check the path, or wait for the first delivery."
        )
    refused = [delivery.refusal for delivery in deliveries if delivery.refusal]
    if refused:
        raise refused[0]
    exports = {delivery.export for delivery in deliveries}
    return f"{len(exports)} export{'s' if len(exports) > 1 else ''}, {len(deliveries)} deliveries."


def _prices(settings: Settings, today: date) -> str:
    prices = load_prices(settings.phyght_price_catalog)
    age = prices.age_days(today)
    if age > _PRICES_OLD_AFTER_DAYS:
        raise SourceUnreachable(
            f"The list prices are of {prices.compiled}, {age} days ago.", "Set PHYGHT_PRICE_CATALOG to newer ones."
        )
    return f"List prices of {prices.compiled}."


def _supabase(settings: Settings) -> str:
    key = settings.supabase_service_role_key
    if key is None:
        raise SourceUnreachable(
            "There is no key for it.", "Set SUPABASE_SERVICE_ROLE_KEY to the project's service-role key."
        )
    _require_service_role(key.get_secret_value())
    buckets = _buckets(settings.supabase_url or "", key.get_secret_value())
    return f"{len(buckets)} bucket{'' if len(buckets) == 1 else 's'}."


def _require_service_role(key: str) -> None:
    """An anonymous key gets empty lists and no error: it must be told by its own words."""
    if key.startswith("sb_secret_") or _role(key) == "service_role":
        return
    raise SourceUnreachable(
        "The key is a limited one: with it, Supabase shows empty buckets instead of an error.",
        "Set SUPABASE_SERVICE_ROLE_KEY to the service_role (or sb_secret_) key from the project's API settings.",
    )


def _role(key: str) -> str | None:
    parts = key.split(".")
    if len(parts) != 3:
        return None
    try:
        return json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))).get("role")
    except (ValueError, binascii.Error, AttributeError):
        return None


def _buckets(url: str, key: str) -> list[Any]:
    import httpx  # here, with the client below: they take a second to import
    from storage3.exceptions import StorageApiError

    from supabase import create_client

    try:
        return create_client(url, key).storage.list_buckets()
    except StorageApiError as error:
        raise SourceUnreachable(
            f"It refused the key ({error.code}).", "Copy the service-role key from the project's API settings again."
        ) from error
    except httpx.HTTPError as error:
        raise SourceUnreachable(
            f"It cannot be reached ({type(error).__name__}).", "Check SUPABASE_URL and the network."
        ) from error
