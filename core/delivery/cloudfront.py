"""CloudFront: addresses in a distribution, plain, or signed with the key pair that it trusts."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, urlencode

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from core.errors import SettingsError
from core.settings import Settings

#: CloudFront's own letters for what a query cannot hold.
_SAFE = str.maketrans("+=/", "-_~")
_KEY_CURE = "Make one with `openssl genrsa 2048`, and give its public half to CloudFront."


@dataclass(frozen=True)
class KeyPair:
    """Signs what CloudFront answers only to those who have a signature."""

    id: str
    private_key: RSAPrivateKey = field(repr=False)

    def canned_url(self, url: str, expires_at: datetime) -> str:
        """This very address, until it expires; no query may be added to it."""
        signature = self._sign(_policy(url, expires_at))
        return _with_query(url, {"Expires": _epoch(expires_at), "Signature": signature, "Key-Pair-Id": self.id})

    def custom_query(self, resource: str, expires_at: datetime) -> str:
        """What to put behind any address that the resource, which may hold * and ?, stands for."""
        policy = _policy(resource, expires_at)
        return urlencode(
            {"Policy": _encoded(policy), "Signature": self._sign(policy), "Key-Pair-Id": self.id}, safe="~"
        )

    def canned_cookies(self, url: str, expires_at: datetime) -> dict[str, str]:
        """Names and values of the cookies for one address."""
        signature = self._sign(_policy(url, expires_at))
        return _cookies({"Expires": _epoch(expires_at), "Signature": signature, "Key-Pair-Id": self.id})

    def custom_cookies(self, resource: str, expires_at: datetime) -> dict[str, str]:
        """Names and values of the cookies for every address that the resource stands for."""
        policy = _policy(resource, expires_at)
        return _cookies({"Policy": _encoded(policy), "Signature": self._sign(policy), "Key-Pair-Id": self.id})

    def _sign(self, policy: bytes) -> str:
        # SHA-1 and this padding are what CloudFront checks; there is no choice
        return _encoded(self.private_key.sign(policy, PKCS1v15(), SHA1()))


@dataclass(frozen=True)
class Distribution:
    """The CloudFront distribution in front of a bucket."""

    domain: str
    key_pair: KeyPair | None = None  #: where it answers only what is signed

    def url(self, key: str) -> str:
        """Where the object is, for whoever is let in."""
        return f"https://{self.domain}/{quote(key)}"

    def signed_url(self, key: str, folder: str, expires_at: datetime) -> str:
        """The same with a signature for all that lies in the folder; another query may be added to it.

        The object's address alone where nothing is signed.
        """
        if self.key_pair is None:
            return self.url(key)
        return f"{self.url(key)}?{self.key_pair.custom_query(f'{self.url(folder)}/*', expires_at)}"

    def signed_object(self, key: str, expires_at: datetime) -> str:
        """The object's address with a signature for it alone; another query may be added to it."""
        if self.key_pair is None:
            return self.url(key)
        return f"{self.url(key)}?{self.key_pair.custom_query(f'{self.url(key)}*', expires_at)}"


def open_distribution(settings: Settings) -> Distribution | None:
    """The distribution that the settings name. Raises SettingsError where its key pair is incomplete or unreadable."""
    if not settings.cloudfront_domain:
        return None
    id, file = settings.cloudfront_key_pair_id, settings.cloudfront_private_key_file
    if bool(id) != bool(file):
        missing = "CLOUDFRONT_PRIVATE_KEY_FILE" if id else "CLOUDFRONT_KEY_PAIR_ID"
        raise SettingsError(f"{missing} should be set too: a key pair has two halves.", "Set both, or neither.")
    return Distribution(settings.cloudfront_domain, KeyPair(id, _private_key(file)) if id and file else None)


def _private_key(file: Path) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):  # its words may quote the key
        raise SettingsError(
            "CLOUDFRONT_PRIVATE_KEY_FILE holds no private key in PEM without a password.", _KEY_CURE
        ) from None
    if not isinstance(key, RSAPrivateKey):
        raise SettingsError("CLOUDFRONT_PRIVATE_KEY_FILE holds no RSA key.", _KEY_CURE)
    return key


def _policy(resource: str, expires_at: datetime) -> bytes:
    condition = {"DateLessThan": {"AWS:EpochTime": int(expires_at.timestamp())}}
    statement = {"Statement": [{"Resource": resource, "Condition": condition}]}
    return json.dumps(statement, separators=(",", ":")).encode()  # to the letter: CloudFront makes the canned one anew


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode().translate(_SAFE)


def _epoch(instant: datetime) -> str:
    return str(int(instant.timestamp()))


def _with_query(url: str, parameters: Mapping[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(parameters, safe='~')}"


def _cookies(values: Mapping[str, str]) -> dict[str, str]:
    return {f"CloudFront-{name}": value for name, value in values.items()}
