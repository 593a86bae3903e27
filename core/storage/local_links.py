"""Local links: signed addresses below /objects, with which anybody may do one thing until they expire."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote, urlencode

from core.errors import StorageDenied

PATH = "/objects/"  # /media/ is Streamlit's own, and it takes no route of ours there
_NEW_LINK = "Ask for a new link."


@dataclass(frozen=True)
class PartGrant:
    """The one part that a link lets somebody send."""

    upload_id: str
    number: int
    size_bytes: int
    crc64nvme: int


@dataclass(frozen=True)
class Grant:
    """What a link lets somebody do: read the object, or send a part of it."""

    key: str
    part: PartGrant | None = None


class LocalLinks:
    """Signs links with the installation's secret, and verifies them.

    Where there are several folders, those of each but the first name its provider, and open nothing elsewhere.
    """

    def __init__(self, secret: bytes, provider: str = "") -> None:
        self._secret = secret
        self._of = {"provider": provider} if provider else {}

    def sign(self, method: str, key: str, expires_at: datetime, **parameters: str | int) -> str:
        told = self._of | {name: str(value) for name, value in parameters.items()}
        told |= {"expires": str(int(expires_at.timestamp()))}
        path = PATH + quote(key)
        return f"{path}?{urlencode(told | {'signature': self._signature(method, key, told)})}"

    def verify(self, method: str, path: str, query: Mapping[str, str], now: datetime) -> Grant:
        """What the link grants; the path may be encoded or not. Raises StorageDenied."""
        key = unquote(path.removeprefix(PATH)) if path.startswith(PATH) else ""
        told = {name: value for name, value in query.items() if name != "signature"}
        if told.get("provider", "") != self._of.get("provider", ""):
            raise StorageDenied("This link leads to another folder.", _NEW_LINK)
        signed = self._signature("GET" if method == "HEAD" else method, key, told)
        if not hmac.compare_digest(signed.encode(), query.get("signature", "").encode()):
            raise StorageDenied("This link was not made here, or was changed.", _NEW_LINK)
        if now.timestamp() >= int(told["expires"]):
            raise StorageDenied("This link has expired.", _NEW_LINK)
        if method != "PUT":
            return Grant(key)
        part = PartGrant(told["uploadId"], int(told["partNumber"]), int(told["size"]), int(told["crc64nvme"]))
        return Grant(key, part)

    def _signature(self, method: str, key: str, parameters: Mapping[str, str]) -> str:
        # urlencode keeps names and values apart, whatever is in them
        text = urlencode([("method", method), ("key", key), *sorted(parameters.items())])
        return hmac.new(self._secret, text.encode(), "sha256").hexdigest()
