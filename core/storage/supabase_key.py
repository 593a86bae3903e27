"""Supabase key: tell a key that sees everything from one that is shown empty lists."""

import base64
import json
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from core.errors import StorageDenied

#: What opaque secret keys begin with; the role behind one is known to Supabase only.
SECRET_PREFIX = "sb_secret_"
_HOSTED = ".supabase.co"
_CURE = "Set SUPABASE_SERVICE_ROLE_KEY to the service_role (or sb_secret_) key from the project's API settings."


def project_ref(url: str) -> str:
    """What Supabase calls the project: `abcd` of https://abcd.supabase.co; elsewhere, the host."""
    return (urlsplit(url).hostname or "").removesuffix(_HOSTED)


def require_service_key(key: str, url: str, today: date) -> None:
    """Refuse a key that is limited, expired or another project's, as far as the key itself shows that.

    Supabase answers limited keys with empty lists and no error. Raises StorageDenied, without the key in it.
    """
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise limited_key("it holds characters that no key has")
    if key.startswith(SECRET_PREFIX):
        return
    claims = _claims(key)
    if claims.get("role") != "service_role":
        raise limited_key("it is not the service role's")
    if _hosted(url) and claims.get("ref", project_ref(url)) != project_ref(url):
        raise limited_key("it is another project's")
    expires = claims.get("exp")
    if isinstance(expires, int) and datetime.fromtimestamp(expires, UTC).date() < today:
        raise limited_key("it has expired")


def limited_key(reason: str) -> StorageDenied:
    """The error for a key that must not be worked with; the reason continues its sentence."""
    return StorageDenied(f"SUPABASE_SERVICE_ROLE_KEY is a wrong or limited key: {reason}.", _CURE)


def _hosted(url: str) -> bool:
    return (urlsplit(url).hostname or "").endswith(_HOSTED)


def _claims(key: str) -> dict[str, Any]:
    """What a JWT says of itself; empty where the key is none. Its signature is for Supabase to check."""
    parts = key.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}
