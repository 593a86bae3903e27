"""Leftovers: uploads to the demo's place of S3 that nobody went on with, and a header that somebody set too short."""

import random
from datetime import datetime, timedelta
from pathlib import Path

from core.demo.demand import Demand
from core.demo.folders import open_target
from core.media.folder import MASTER
from core.storage.abilities import CacheControlled
from core.storage.checksums import crc64nvme
from core.storage.provider import Attributes
from core.storage.providers import Providers
from core.units import MIB

#: Days since each began, and the parts that had arrived.
_LEFT = ((74, 2), (51, 1), (33, 2), (12, 1))
_PART_BYTES = MIB
#: Of the one video whose playlist edges ask for each time.
_HEADER = "no-cache"


def leave_uploads(home: Path, now: datetime) -> None:
    """Begin each at its time, and send a few parts."""
    for number, (days, parts) in enumerate(_LEFT):
        began = now - timedelta(days=days)
        target, chance = open_target(home, lambda at=began: at), random.Random(number)
        key = f"incoming/fight-night-{began:%Y-%m-%d}.mp4"
        upload = target.start_upload(key, Attributes("video/mp4"))
        for part in range(1, parts + 1):
            content = chance.randbytes(_PART_BYTES)
            target.receive_part(key, upload, part, [content], crc64nvme(content))


def leave_header(providers: Providers, demand: Demand) -> None:
    """Unless somebody has said something else since."""
    provider, key = providers.named("s3"), f"videos/{demand.uncached}/hls/{MASTER}"
    if isinstance(provider, CacheControlled) and not provider.head(key).cache_control:
        provider.set_cache_control(key, _HEADER)
