"""Supabase tokens: JWTs of a project, made and verified."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any


def signed(claims: dict[str, Any], secret: bytes) -> str:
    text = f"{_encoded({'alg': 'HS256', 'typ': 'JWT'})}.{_encoded(claims)}"
    return f"{text}.{_signature(text, secret)}"


def verified(token: str, secret: bytes) -> dict[str, Any] | None:
    text, _, signature = token.rpartition(".")
    if not text or not hmac.compare_digest(signature, _signature(text, secret)):
        return None
    payload = text.partition(".")[2]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims if claims["exp"] > datetime.now(UTC).timestamp() else None


def _signature(text: str, secret: bytes) -> str:
    return _base64(hmac.digest(secret, text.encode(), hashlib.sha256))


def _encoded(part: dict[str, Any]) -> str:
    return _base64(json.dumps(part).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
