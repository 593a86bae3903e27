"""Access logs: what reaches the demo's originals past the CDN, as S3 writes it down: partners fetch, videos arrive."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from core.costs.period import midnight
from core.demo.buckets import ORIGINALS
from core.demo.catalogue import Video
from core.demo.delivery import stamp
from core.demo.demand import Demand
from core.demo.identity import stable_uuid
from core.demo.s3_requests import PART_BYTES, PARTNER_BYTES, WORKING_HOURS
from core.demo.traffic import hours_of

#: Of the days that are measured, the last ones: S3 writes a line for each request, and knows no sample.
LOGGED_DAYS = 3
_OWNER = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
_PARTNERS = (
    ("203.0.113.17", "arn:aws:iam::222233334444:user/partner-northcast", "rclone/v1.72.1"),
    ("198.51.100.40", "arn:aws:iam::222233334444:user/partner-telesur", "aws-cli/2.31.9 md/awscrt#0.27.6"),
)
_UPLOADER = ("10.0.3.21", "arn:aws:sts::222233334444:assumed-role/phyght/worker", "Boto3/1.42.3 md/Botocore#1.42.3")


@dataclass(frozen=True)
class _Asked:
    """One request to the bucket."""

    at: datetime
    operation: str
    video: Video
    part: int  #: of the file, from 1
    size: int  #: of it
    who: tuple[str, str, str]


def write_access_log(folder: Path, demand: Demand, day: date) -> None:
    """A day's requests past the CDN: as many, of as many bytes, as the bill has."""
    rng = Random(f"{demand.traffic.story.seed} access {day}")
    asked = [one for hour in hours_of(day) if hour.hour in WORKING_HOURS for one in _hour(demand, hour, rng)]
    lines = [_line(one, rng) for one in sorted(asked, key=lambda one: one.at)]
    file = folder / f"{day}-23-59-59-{rng.getrandbits(64):016X}"
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(lines))
    stamp(file, midnight(day + timedelta(1)))


def _hour(demand: Demand, hour: datetime, rng: Random) -> Iterator[_Asked]:
    catalogue = demand.traffic.catalogue
    fetched = PARTNER_BYTES // len(WORKING_HOURS)
    videos = [video for video in catalogue.videos if video.on_s3_from < hour.date() and not video.european]
    count = PARTNER_BYTES // PART_BYTES // len(WORKING_HOURS)
    yield from _parts(hour, "REST.GET.OBJECT", _fetched(videos, count, rng), fetched // count, rng.choice(_PARTNERS))
    arrived = [video for video in catalogue.arrived_on_s3.get(hour.date(), []) if not video.european]
    written = sum(1 + video.original_bytes // PART_BYTES for video in arrived)
    if arrived:
        count = max(1, written // len(WORKING_HOURS))
        yield from _parts(hour, "REST.PUT.PART", _fetched(arrived, count, rng), 0, _UPLOADER)


def _fetched(videos: Sequence[Video], count: int, rng: Random) -> Iterator[tuple[Video, int]]:
    """Parts of one video after the other."""
    while count:
        video = rng.choice(videos)
        for part in range(1, min(count, 1 + video.original_bytes // PART_BYTES) + 1):
            yield video, part
            count -= 1


def _parts(
    hour: datetime, operation: str, parts: Iterator[tuple[Video, int]], size: int, who: tuple[str, str, str]
) -> Iterator[_Asked]:
    for number, (video, part) in enumerate(parts):
        yield _Asked(hour + timedelta(seconds=40 + 70 * number % 3500), operation, video, part, size, who)


def _line(one: _Asked, rng: Random) -> str:
    """The fields of S3's server access logs."""
    address, requester, agent = one.who
    key = f"videos/{stable_uuid('video', one.video.number)}/original.mp4"
    is_read = one.operation == "REST.GET.OBJECT"
    asked = f"GET /{key}" if is_read else f"PUT /{key}?partNumber={one.part}&uploadId={one.video.number:08x}"
    sent, status = (str(one.size), 206) if is_read else ("-", 200)
    took = rng.randrange(90, 900)
    return (
        f"{_OWNER} {ORIGINALS.name} [{one.at:%d/%b/%Y:%H:%M:%S} +0000] {address} {requester} "
        f'{rng.getrandbits(64):016X} {one.operation} {key} "{asked} HTTP/1.1" {status} - {sent} '
        f'{one.video.original_bytes} {took} {took // 3} "-" "{agent}" - {rng.getrandbits(128):032x} SigV4 '
        f"TLS_AES_128_GCM_SHA256 AuthHeader {ORIGINALS.name}.s3.us-east-1.amazonaws.com TLSv1.3 - -\n"
    )
