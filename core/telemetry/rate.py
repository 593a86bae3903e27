"""Rate: how much each sender may tell in a while, and all of them together."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import blake2b
from threading import Lock

_MOST_SENDERS = 10_000


@dataclass
class _Bucket:
    left: float
    at_s: float


@dataclass
class Rate:
    """A bucket of tokens for each sender and one for all; senders are known by a hash that ends with the process."""

    burst: int = 60
    a_second: float = 5.0
    burst_of_all: int = 2_000
    a_second_of_all: float = 300.0
    _buckets: OrderedDict[bytes, _Bucket] = field(default_factory=OrderedDict, init=False, repr=False)
    _all: _Bucket | None = field(default=None, init=False, repr=False)
    _salt: bytes = field(default_factory=lambda: secrets.token_bytes(16), init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    def allows(self, sender: str, now_s: float) -> bool:
        """Whether one more may be told now, by a clock that only goes forward."""
        name = blake2b(sender.encode("utf-8", "replace"), key=self._salt, digest_size=8).digest()
        with self._lock:
            self._all = self._all or _Bucket(self.burst_of_all, now_s)
            own = self._buckets.pop(name, None) or _Bucket(self.burst, now_s)
            self._buckets[name] = own
            if len(self._buckets) > _MOST_SENDERS:
                self._buckets.popitem(last=False)
            return _take(own, self.burst, self.a_second, now_s) and _take(
                self._all, self.burst_of_all, self.a_second_of_all, now_s
            )


def _take(bucket: _Bucket, most: float, a_second: float, now_s: float) -> bool:
    bucket.left = min(most, bucket.left + (now_s - bucket.at_s) * a_second)
    bucket.at_s = now_s
    if bucket.left < 1:
        return False
    bucket.left -= 1
    return True
