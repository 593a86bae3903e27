"""A key pair that CloudFront could trust, made once, and what it signs checked as CloudFront does."""

import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from core.catalog.catalog import Catalog
from core.database import Database
from core.delivery.cloudfront import KeyPair
from tests.catalog.conftest import catalog
from tests.support.databases import fresh_database

__all__ = ["Catalog", "catalog"]

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """The tables, empty."""
    return fresh_database(tmp_path / "phyght.db")


@pytest.fixture(scope="session")
def private_key() -> RSAPrivateKey:
    """What CloudFront has the public half of."""
    return generate_private_key(65_537, 2_048)


@pytest.fixture
def key_pair(private_key: RSAPrivateKey) -> KeyPair:
    """The pair under the id that CloudFront gave it."""
    return KeyPair("K2JCJMDEHXQW5F", private_key)


@pytest.fixture
def pem(private_key: RSAPrivateKey, tmp_path: Path) -> Path:
    """The private half as a file."""
    file = tmp_path / "key.pem"
    file.write_bytes(private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file


def decoded(text: str) -> bytes:
    """What CloudFront reads in its own letters."""
    return base64.b64decode(text.replace("-", "+").replace("_", "=").replace("~", "/"), validate=True)


def check_signature(private_key: RSAPrivateKey, signature: str, policy: bytes) -> None:
    """Raises InvalidSignature where the public key says that the policy was not signed."""
    private_key.public_key().verify(decoded(signature), policy, PKCS1v15(), SHA1())
