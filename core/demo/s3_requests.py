"""S3 requests: what asking for bytes and moving them costs, bucket by bucket and hour by hour."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache

from core.demo.buckets import BUCKETS, LOGS, ORIGINALS, STAGING, UPLOADS, Bucket
from core.demo.catalogue import Catalogue, Video
from core.demo.chance import wobble
from core.demo.lines import Item, Line, hourly
from core.demo.pricing import Band, Meter, gigabytes, s3_egress, s3_prices
from core.demo.s3_storage import SEGMENT_BYTES
from core.demo.traffic import Traffic, hours_of
from core.units import GB, MIB

#: Hours (UTC) in which people upload and the migration runs.
WORKING_HOURS = range(8, 20)
PART_BYTES = 16 * MIB
#: What partners fetch of the originals in a day.
PARTNER_BYTES = 9 * GB
_FREE_OUT = Band(None, Decimal(0), "$0.000 per GB - data transfer out to CloudFront")
_FREE_IN = Band(None, Decimal(0), "$0.000 per GB - data transfer in per month")


class S3RequestsMonth:
    """One month's requests and transfer."""

    def __init__(self, traffic: Traffic) -> None:
        self.traffic = traffic
        self.catalogue: Catalogue = traffic.catalogue
        self.story = traffic.story
        self.egress: Meter = s3_egress()

    def lines(self, days: list[date], until: datetime) -> Iterator[Line]:
        """Usage of the days, hour by hour, as far as hours ended by then."""
        for day in days:
            written = self._written(day)
            for hour in hours_of(day):
                if hour + timedelta(hours=1) <= until:
                    yield from self._hour(hour, written)

    def _hour(self, hour: datetime, written: dict[str, tuple[int, int]]) -> Iterator[Line]:
        if self.traffic.days[hour.date()].cdn:
            yield from self._fetched_by_cloudfront(hour)
        if hour.hour in WORKING_HOURS:
            yield from self._writing(hour, written)
            yield from self._leaving(hour)
        yield from self._background(hour)

    def _fetched_by_cloudfront(self, hour: datetime) -> Iterator[Line]:
        size, count = self.traffic.fetched_from_origin(hour)
        for bucket in BUCKETS.values():
            if bucket.origin_share:
                fetched = gigabytes(int(size * bucket.origin_share))
                yield _get(bucket, hour, int(count * bucket.origin_share))
                yield hourly(_out(bucket, "CloudFront-Out-Bytes"), hour, fetched, _FREE_OUT)

    def _writing(self, hour: datetime, written: dict[str, tuple[int, int]]) -> Iterator[Line]:
        for name, (size, objects) in written.items():
            bucket = BUCKETS[name]
            yield _put(bucket, hour, max(1, objects // len(WORKING_HOURS)))
            item = bucket.item("DataTransfer-In-Bytes", "PutObject", "GB", "Data Transfer", transfer_type="AWS Inbound")
            yield hourly(item, hour, gigabytes(size // len(WORKING_HOURS)), _FREE_IN)

    def _leaving(self, hour: datetime) -> Iterator[Line]:
        # to partners always; before the switch, new renditions also go out to Supabase
        day = hour.date()
        bucket, size = (ORIGINALS, PARTNER_BYTES) if day >= self.story.uploads_go_to_s3 else (UPLOADS, PARTNER_BYTES)
        if day < self.story.uploads_go_to_s3:
            size += sum(video.rendition_bytes for video in self.catalogue.published.get(day, []))
        yield _get(bucket, hour, size // PART_BYTES // len(WORKING_HOURS))
        for quantity, band in self.egress.take(gigabytes(size // len(WORKING_HOURS))):
            yield hourly(_out(bucket, "DataTransfer-Out-Bytes"), hour, quantity, band)

    def _background(self, hour: datetime) -> Iterator[Line]:
        cdn = 420 if self.traffic.days[hour.date()].cdn else 0
        yield _put(LOGS, hour, int((60 + cdn) * (1 + 0.1 * wobble(self.story.seed, "logs", hour))))
        yield _get(STAGING, hour, int(240 * (1 + 0.5 * wobble(self.story.seed, "staging", hour))))

    def _written(self, day: date) -> dict[str, tuple[int, int]]:
        """Bytes and objects that arrive in each bucket that day."""
        written: dict[str, tuple[int, int]] = {}
        for bucket, size, objects in self._arrivals(day):
            before = written.get(bucket, (0, 0))
            written[bucket] = (before[0] + size, before[1] + objects)
        return written

    def _arrivals(self, day: date) -> Iterator[tuple[str, int, int]]:
        for video in self.catalogue.arrived_on_s3.get(day, []):
            yield from _objects(video)
        for video in self.catalogue.published.get(day, []):
            yield UPLOADS.name, video.original_bytes, 1 + video.original_bytes // PART_BYTES


def _objects(video: Video) -> Iterator[tuple[str, int, int]]:
    region = "-eu" if video.european else ""
    yield f"phyght-originals{region}", video.original_bytes, 1 + video.original_bytes // PART_BYTES
    yield f"phyght-renditions{region}", video.rendition_bytes, 1 + video.rendition_bytes // SEGMENT_BYTES
    yield "phyght-thumbnails", video.thumbnail_bytes, 12


def _get(bucket: Bucket, hour: datetime, count: int) -> Line:
    return hourly(_requests(bucket, "Tier2", "GetObject"), hour, Decimal(count), _GET)


def _put(bucket: Bucket, hour: datetime, count: int) -> Line:
    return hourly(_requests(bucket, "Tier1", "PutObject"), hour, Decimal(count), _PUT)


def _get_price() -> Band:
    rate = s3_prices("STANDARD")["get_1k"]
    return Band(None, rate / 1000, f"${rate * 10:.3f} per 10,000 GET and all other requests")


def _put_price() -> Band:
    rate = s3_prices("STANDARD")["put_1k"]
    return Band(None, rate / 1000, f"${rate} per 1,000 PUT, COPY, POST, or LIST requests")


@cache
def _requests(bucket: Bucket, tier: str, operation: str) -> Item:
    return bucket.item(f"Requests-{bucket.request_class}{tier}", operation, "Requests", "API Request")


@cache
def _out(bucket: Bucket, core: str) -> Item:
    to = "CloudFront Outbound" if core.startswith("CloudFront") else "AWS Outbound"
    return bucket.item(core, "GetObject", "GB", "Data Transfer", transfer_type=to)


_GET, _PUT = _get_price(), _put_price()
