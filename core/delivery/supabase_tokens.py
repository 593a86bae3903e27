"""Supabase tokens: whether a signed link of Supabase Storage was signed by the project, and still holds."""

import base64
import binascii
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from core.settings import Settings


@dataclass(frozen=True)
class SupabaseProject:
    """The project that videos lie in, or lay in once."""

    reference: str  #: `abcd` of abcd.supabase.co; empty where it is not known
    bucket: str  #: of what is uploaded now; empty: none
    jwt_secret: bytes = field(repr=False)  #: empty where it is not known: then no token is believed

    def may_be(self, project: str) -> bool:
        """Whether a link to that project may be one to ours."""
        return not project or not self.reference or project == self.reference

    def signed(self, token: str, bucket: str, key: str, now: datetime) -> bool:
        """Whether the token lets whoever has it read that object."""
        claims = self._claims(token)
        expires = claims.get("exp")
        is_fresh = isinstance(expires, int | float) and now.timestamp() < expires
        return is_fresh and claims.get("url") == f"{bucket}/{key}"

    def _claims(self, token: str) -> dict[str, Any]:
        """What the token says, once its signature is right; nothing otherwise."""
        signed, _, signature = token.rpartition(".")
        head, _, body = signed.partition(".")
        if not self.jwt_secret or _json(head).get("alg") != "HS256":
            return {}
        right = hmac.new(self.jwt_secret, signed.encode("utf-8", "replace"), "sha256").digest()
        return _json(body) if hmac.compare_digest(right, _decoded(signature)) else {}


def supabase_project(settings: Settings) -> SupabaseProject:
    """The project that the settings name."""
    host = (urlsplit(settings.supabase_url or "").hostname or "").lower()
    reference = host.split(".")[0] if host.endswith((".supabase.co", ".supabase.in")) else ""
    secret = settings.supabase_jwt_secret
    return SupabaseProject(
        reference, settings.supabase_bucket or "", secret.get_secret_value().encode() if secret else b""
    )


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(_decoded(text))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _decoded(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        return b""
