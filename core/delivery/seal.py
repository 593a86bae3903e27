"""Seal: links of ours that let whoever has them do one thing until they expire."""

import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import urlencode


class Purpose(StrEnum):
    """What a sealed link is for; one for one thing is no good for another."""

    WATCH = "watch"  #: a private video, by its slug
    PLAY = "play"  #: what a player asks for of a video, by its id
    PIECE = "piece"  #: one playlist of a video and what that names, by the video's id and the playlist's name


@dataclass(frozen=True)
class Seal:
    """Signs with the installation's own secret."""

    secret: bytes = field(repr=False)

    def query(self, purpose: Purpose, subject: str, expires_at: datetime) -> str:
        """The part of a link behind its question mark."""
        expires = str(int(expires_at.timestamp()))
        return urlencode({"expires": expires, "signature": self._signature(purpose, subject, expires)})

    def opens(self, purpose: Purpose, subject: str, expires: str, signature: str, now: datetime) -> datetime | None:
        """When the link expires; None for one that was not made here, was changed, or has expired."""
        right = self._signature(purpose, subject, expires)
        if not hmac.compare_digest(right.encode(), signature.encode("utf-8", "replace")):
            return None
        expires_at = datetime.fromtimestamp(int(expires), UTC)
        return expires_at if now < expires_at else None

    def _signature(self, purpose: Purpose, subject: str, expires: str) -> str:
        # urlencode keeps the parts apart, whatever is in them
        text = urlencode([("purpose", purpose), ("subject", subject), ("expires", expires)], errors="replace")
        return hmac.new(self.secret, text.encode(), "sha256").hexdigest()
