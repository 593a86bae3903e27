"""Told distribution: the demo's CloudFront, of which all is known but what it sends: a file with its configuration.

It has an etag as CloudFront's interface gives it, and takes no configuration that was made of an older one.
"""

import fcntl
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from core.delivery.distribution import Configured
from core.demo.cloudfront import DISTRIBUTION
from core.errors import ObjectChanged
from core.storage import disk

_ORIGIN = "phyght-s3"
#: As CloudFront has it before anybody has changed it here.
_FIRST = {
    "CallerReference": "phyght-demo",
    "Comment": "Fights",
    "Enabled": True,
    "PriceClass": "PriceClass_All",
    "Origins": {"Quantity": 1, "Items": [
        {"Id": _ORIGIN, "DomainName": "phyght-renditions.s3.us-east-1.amazonaws.com", "OriginPath": "",
         "S3OriginConfig": {"OriginAccessIdentity": ""}, "OriginShield": {"Enabled": False}},
    ]},
    "OriginGroups": {"Quantity": 0},
    "DefaultCacheBehavior": {
        "TargetOriginId": _ORIGIN, "ViewerProtocolPolicy": "allow-all", "Compress": False,
        "MinTTL": 0, "DefaultTTL": 86_400, "MaxTTL": 31_536_000,
        "AllowedMethods": {"Quantity": 2, "Items": ["HEAD", "GET"]},
    },
    "CacheBehaviors": {"Quantity": 0},
}  # fmt: skip


@dataclass(frozen=True)
class ToldDistribution:
    """A distribution that is a file."""

    id: str
    file: Path
    is_told: bool = True

    def configured(self) -> Configured:
        config = json.loads(self.file.read_bytes()) if self.file.exists() else _FIRST
        return Configured(config, _etag(config))

    def configure(self, config: Mapping[str, Any], etag: str) -> None:
        """One at a time, in all processes."""
        with self._alone():
            if self.configured().etag != etag:
                raise ObjectChanged(f"The distribution {self.id} was changed at this moment.", "Look at it again.")
            new = self.file.with_name(f"distribution-{uuid.uuid4().hex}")
            try:
                disk.write_durably(new, [json.dumps(dict(config), indent=1).encode()])
                new.rename(self.file)
                disk.sync_folder(self.file.parent)
            finally:
                new.unlink(missing_ok=True)

    def invalidate(self, paths: Sequence[str]) -> None:
        """There are no edges that have anything: what they were asked to forget is on record, a line each."""
        with self._alone(), self.file.with_name("forgotten").open("a") as record:
            record.writelines(f"{path}\n" for path in paths)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with disk.explained(self.file):
            disk.make_folder(self.file.parent)
            with self.file.with_suffix(".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield


def told_distribution(home: Path) -> ToldDistribution:
    """That of the demo's bills and logs."""
    return ToldDistribution(DISTRIBUTION.rpartition("/")[2], home / "told-cloudfront" / "distribution.json")


def _etag(config: Mapping[str, Any]) -> str:
    return f"E{sha256(json.dumps(config, sort_keys=True).encode()).hexdigest()[:13].upper()}"
