"""Sealing: addresses of channels hold passwords and tokens, and are kept so that the database alone gives none away."""

import hmac
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from secrets import token_bytes
from typing import TYPE_CHECKING

from core.errors import ChannelRefused

if TYPE_CHECKING:  # it takes time to import
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


@dataclass(frozen=True)
class Sealing:
    """Seals with the installation's secret.key; every machine that sends needs the same one."""

    secret: bytes = field(repr=False)

    def seal(self, text: str, of: str) -> str:
        """The text for the database; it opens for nothing else than it was sealed for."""
        nonce = token_bytes(_NONCE_BYTES)
        return b64encode(nonce + self._cipher().encrypt(nonce, text.encode(), of.encode())).decode()

    def open(self, sealed: str, of: str) -> str:
        """Raises ChannelRefused where it was sealed with another key."""
        from cryptography.exceptions import InvalidTag

        raw = b64decode(sealed)
        try:
            return self._cipher().decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], of.encode()).decode()
        except InvalidTag:
            raise ChannelRefused(
                "The channel's address was sealed with another secret.key.",
                "Copy that file to the PHYGHT_HOME of every machine, or add the channel anew.",
            ) from None

    def _cipher(self) -> "AESGCM":
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return AESGCM(hmac.new(self.secret, b"alert channels", "sha256").digest())
