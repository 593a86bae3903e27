"""Inventories: what lies in the demo's buckets, listed once a week as S3 delivers it."""

import gzip
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from core.costs.period import midnight
from core.demo.buckets import UPLOADS
from core.demo.catalogue import Video, tier_of
from core.demo.delivery import stamp, write_manifest
from core.demo.demand import Demand
from core.demo.identity import stable_uuid
from core.demo.library import RUNGS
from core.demo.s3_storage import REPLACED_BYTES, waiting_uploads

SUNDAY = 6
_SCHEMA = "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, StorageClass, IntelligentTieringAccessTier"
#: How inventories call what bills call a tier.
_CLASSES = {
    "STANDARD": ("STANDARD", ""),
    "GIR": ("GLACIER_IR", ""),
    "INT-FA": ("INTELLIGENT_TIERING", "FREQUENT"),
    "INT-IA": ("INTELLIGENT_TIERING", "INFREQUENT"),
    "INT-AIA": ("INTELLIGENT_TIERING", "ARCHIVE_INSTANT_ACCESS"),
}
#: Versions of uploads that are not current.
_REPLACED = 24
_PLAYLIST_BYTES, _MASTER_BYTES = 20_480, 900
_DESTINATION = "phyght-logs"


def write_inventories(folder: Path, demand: Demand, day: date) -> None:
    """The inventory of each bucket as of the beginning of a day: as many bytes in each class as the bill has."""
    for bucket, lines in _listed(demand, day).items():
        _deliver(folder, bucket, midnight(day) + timedelta(hours=1, minutes=30), lines)


def count_objects(demand: Demand, day: date) -> Counter[str]:
    """How many objects of videos each bucket has."""
    found: Counter[str] = Counter()
    for video in _there(demand, day):
        region = "-eu" if video.european else ""
        found[f"phyght-originals{region}"] += 1
        found[f"phyght-renditions{region}"] += 1 + 2 * len(RUNGS) if video.number in demand.ids else 1
        found["phyght-thumbnails"] += 1
    return found


def _there(demand: Demand, day: date) -> Iterator[Video]:
    videos = demand.traffic.catalogue.videos
    return (video for video in videos if video.on_s3_from <= day and video.published <= day)


def _listed(demand: Demand, day: date) -> Mapping[str, Sequence[str]]:
    listed: dict[str, list[str]] = {}
    for video in _there(demand, day):
        for bucket, key, size, tier in _objects(demand, video, day):
            kind, access = _CLASSES[tier]
            line = f'"{bucket}","{key}","","true","false","{size}","{kind}","{access}"\n'
            listed.setdefault(bucket, []).append(line)
    return listed | {UPLOADS.name: list(_uploads(demand, day))}


def _uploads(demand: Demand, day: date) -> Iterator[str]:
    """What was sent lately, and older versions of it, each by itself no video's."""
    for video in waiting_uploads(demand.traffic.catalogue, day):
        yield _upload(_incoming(f"{video.number}"), "true", video.original_bytes)
    for key, size in replaced():
        yield _upload(key, "false", size)


def replaced() -> Iterator[tuple[str, int]]:
    """Keys and sizes of what lies there noncurrent, all the time."""
    for number in range(_REPLACED):
        yield _incoming(f"replaced {number}"), REPLACED_BYTES // _REPLACED


def _incoming(name: str) -> str:
    return f"incoming/{stable_uuid('upload', name)}.mp4"


def _upload(key: str, is_latest: str, size: int) -> str:
    return f'"{UPLOADS.name}","{key}","","{is_latest}","false","{size}","STANDARD",""\n'


def _objects(demand: Demand, video: Video, day: date) -> Iterator[tuple[str, str, int, str]]:
    region = "-eu" if video.european else ""
    folder = f"videos/{stable_uuid('video', video.number)}"
    originals, renditions = f"phyght-originals{region}", f"phyght-renditions{region}"
    yield originals, f"{folder}/original.mp4", video.original_bytes, tier_of(video, originals, day)
    tier = tier_of(video, renditions, day)
    for name, size in rendition_files(demand, video):
        yield renditions, f"{folder}/hls/{name}", size, tier
    yield "phyght-thumbnails", f"{folder}/storyboard.jpg", video.thumbnail_bytes, "STANDARD"


def rendition_files(demand: Demand, video: Video) -> Iterator[tuple[str, int]]:
    """Files that have the bytes of the bill; of a video that nothing else was made of, the largest only."""
    left = video.rendition_bytes
    if video.number in demand.ids:
        left -= _MASTER_BYTES + _PLAYLIST_BYTES * len(RUNGS)
        yield "master.m3u8", _MASTER_BYTES
        for height, _, _, _ in RUNGS:
            yield f"{height}p.m3u8", _PLAYLIST_BYTES
        for height, _, part, _ in RUNGS[1:]:
            size = int(left * part)
            left -= size
            yield f"{height}p.mp4", size
    yield f"{RUNGS[0][0]}p.mp4", left


def _deliver(folder: Path, bucket: str, made_at: datetime, lines: Sequence[str]) -> None:
    root = folder / bucket / "weekly"
    content = gzip.compress("".join(lines).encode(), 6, mtime=0)
    name = f"{made_at.date()}-{stable_uuid('inventory', bucket, made_at)}.csv.gz"
    (root / "data").mkdir(parents=True, exist_ok=True)
    (root / "data" / name).write_bytes(content)
    delivered_at = midnight(made_at.date() + timedelta(1))
    stamp(root / "data" / name, delivered_at)
    told = {
        "sourceBucket": bucket,
        "destinationBucket": f"arn:aws:s3:::{_DESTINATION}",
        "version": "2016-11-30",
        "creationTimestamp": str(int(made_at.timestamp() * 1000)),
        "fileFormat": "CSV",
        "fileSchema": _SCHEMA,
        "files": [
            {"key": f"inventory/{bucket}/weekly/data/{name}", "size": len(content), "MD5checksum": _md5(content)}
        ],
    }
    manifest = root / f"{made_at:%Y-%m-%dT%H-%MZ}" / "manifest.json"
    write_manifest(manifest, told, delivered_at)
    manifest.with_suffix(".checksum").write_text(_md5(manifest.read_bytes()))
    stamp(manifest.with_suffix(".checksum"), delivered_at)


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
