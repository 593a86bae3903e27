"""Services: the smaller lines of the bill, from transcoding to monitoring."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from core.costs.period import midnight
from core.demo.catalogue import Catalogue
from core.demo.chance import wobble
from core.demo.lines import PRODUCTION_ACCOUNT, STAGING_ACCOUNT, US, Item, Line, Product, daily, hourly
from core.demo.pricing import OTHER_PRICES, Band, exact, gigabytes
from core.demo.s3_requests import WORKING_HOURS
from core.demo.story import Story
from core.demo.traffic import Traffic, hours_of
from core.units import GB, GIB, hours_in_month

#: Bytes of an original that last one minute, and how many outputs of each quality are made of it.
MINUTE_BYTES, HD_OUTPUTS, SD_OUTPUTS = 38_000_000, 3, 3
METRICS, STAGING_METRICS, KEYS = 130, 22, 4


@dataclass(frozen=True)
class Offer:
    """Something to pay for, and its price."""

    item: Item
    band: Band

    def hour(self, hour: datetime, quantity: Decimal) -> Line:
        return hourly(self.item, hour, quantity, self.band)

    def day(self, day: date, quantity: Decimal) -> Line:
        return daily(self.item, day, exact(quantity), self.band)


def service_lines(traffic: Traffic, days: list[date], until: datetime) -> Iterator[Line]:
    """Usage of the days, as far as it ended by then."""
    for day in days:
        if midnight(day) + timedelta(days=1) <= until:
            yield from _kept_for_a_day(traffic.story, day)
        minutes = _published_minutes(traffic.catalogue, day)
        for hour in hours_of(day):
            if hour + timedelta(hours=1) <= until:
                yield from _running(traffic, hour)
                if minutes and hour.hour in WORKING_HOURS:
                    yield from _transcoding(hour, exact(minutes / len(WORKING_HOURS)))


def _kept_for_a_day(story: Story, day: date) -> Iterator[Line]:
    part = Decimal(24) / hours_in_month(day)
    logs = 18 * GB + (day - story.start).days * GB // 15
    yield _METRIC.day(day, METRICS * part)
    yield _STAGING_METRIC.day(day, STAGING_METRICS * part)
    yield _LOGS_KEPT.day(day, Decimal(logs) / GIB * part)
    yield _KEY.day(day, KEYS * part)


def _running(traffic: Traffic, hour: datetime) -> Iterator[Line]:
    busy = 1 + 0.12 * wobble(traffic.story.seed, "running", hour)
    calls = Decimal(int(5200 * busy))
    yield _LOGS_IN.hour(hour, gigabytes(int(0.022 * GB * busy)))
    yield _METRIC_REQUEST.hour(hour, Decimal(int(900 * busy)))
    yield _LAMBDA_REQUEST.hour(hour, calls)
    yield _LAMBDA_TIME.hour(hour, exact(calls * Decimal("0.12")))
    # every object is encrypted: each fetch from the origin decrypts once
    yield _DECRYPT.hour(hour, Decimal(400 + traffic.fetched_from_origin(hour)[1]))


def _transcoding(hour: datetime, minutes: Decimal) -> Iterator[Line]:
    yield _HD_MINUTE.hour(hour, minutes * HD_OUTPUTS)
    yield _SD_MINUTE.hour(hour, minutes * SD_OUTPUTS)


def _published_minutes(catalogue: Catalogue, day: date) -> Decimal:
    return Decimal(sum(video.original_bytes for video in catalogue.published.get(day, []))) / MINUTE_BYTES


def _offer(price: str, what: str, product: Product, usage: tuple[str, str, str], resource: str, team: str) -> Offer:
    """One of OTHER_PRICES; usage is its type, operation and unit, resource without `arn:aws:`."""
    rate = OTHER_PRICES[price]
    usage_type, operation, unit = usage
    account = PRODUCTION_ACCOUNT if team else STAGING_ACCOUNT
    item = Item(
        product=product,
        usage_type=usage_type,
        operation=operation,
        unit=unit,
        family=_FAMILIES[product.code],
        region=US,
        resource=f"arn:aws:{resource.format(account=account)}",
        account=account,
        tags=(("environment", "production"), ("team", team)) if team else (("environment", "staging"),),
    )
    return Offer(item, Band(None, rate, f"${rate:f} {what}"))


_CLOUDWATCH = Product("AmazonCloudWatch", "AmazonCloudWatch")
_KMS = Product("awskms", "AWS Key Management Service")
_LAMBDA = Product("AWSLambda", "AWS Lambda")
_MEDIACONVERT = Product("AWSElementalMediaConvert", "AWS Elemental MediaConvert")
_FAMILIES = {
    "AmazonCloudWatch": "Metric",
    "awskms": "Encryption Key",
    "AWSLambda": "Serverless",
    "AWSElementalMediaConvert": "Video Transcoding",
}
_METRICS_OF = "cloudwatch:us-east-1:{account}:metrics"
_LOG_GROUP = "logs:us-east-1:{account}:log-group:/phyght/platform"
_FUNCTION = "lambda:us-east-1:{account}:function:phyght-thumbnails"
_QUEUE = "mediaconvert:us-east-1:{account}:queues/Default"
_MASTER_KEY = "kms:us-east-1:{account}:key/7c0f5a52-5b1e-4c3e-9d7a-1f2e3d4c5b6a"

_METRIC_MONTH = ("cloudwatch_metric_month", "per metric-month for the first 10,000 metrics", _CLOUDWATCH)
_METRIC_USAGE = ("CW:MetricMonitorUsage", "MetricStorage", "Metrics")
_METRIC = _offer(*_METRIC_MONTH, _METRIC_USAGE, _METRICS_OF, "platform")
_STAGING_METRIC = _offer(*_METRIC_MONTH, _METRIC_USAGE, _METRICS_OF, "")
_METRIC_REQUEST = _offer(
    "cloudwatch_request",
    "per request to GetMetricData",
    _CLOUDWATCH,
    ("CW:GMD-Metrics", "GetMetricData", "Metrics"),
    _METRICS_OF,
    "platform",
)
_LOGS_IN = _offer(
    "cloudwatch_logs_in_gb",
    "per GB custom log data ingested in Standard log class",
    _CLOUDWATCH,
    ("USE1-DataProcessing-Bytes", "PutLogEvents", "GB"),
    _LOG_GROUP,
    "platform",
)
_LOGS_KEPT = _offer(
    "cloudwatch_logs_gb_month",
    "per GB-mo of log storage",
    _CLOUDWATCH,
    ("USE1-TimedStorage-ByteHrs", "HourlyStorageMetering", "GB-Mo"),
    _LOG_GROUP,
    "platform",
)
_KEY = _offer(
    "kms_key_month",
    "per customer managed KMS key version",
    _KMS,
    ("us-east-1-KMS-Keys", "Unknown", "Keys"),
    _MASTER_KEY,
    "platform",
)
_DECRYPT = _offer(
    "kms_request",
    "per KMS request",
    _KMS,
    ("us-east-1-KMS-Requests", "Decrypt", "Requests"),
    _MASTER_KEY,
    "platform",
)
_LAMBDA_REQUEST = _offer(
    "lambda_request", "per Lambda request", _LAMBDA, ("Request", "Invoke", "Requests"), _FUNCTION, "media"
)
_LAMBDA_TIME = _offer(
    "lambda_gb_second",
    "per GB-second",
    _LAMBDA,
    ("Lambda-GB-Second", "Invoke", "Lambda-GB-Second"),
    _FUNCTION,
    "media",
)
_HD_MINUTE = _offer(
    "mediaconvert_hd_minute",
    "per minute of Basic AVC HD output up to 30 fps",
    _MEDIACONVERT,
    ("IAD-B-AVC-HD-S-30", "", "minutes"),
    _QUEUE,
    "media",
)
_SD_MINUTE = _offer(
    "mediaconvert_sd_minute",
    "per minute of Basic AVC SD output up to 30 fps",
    _MEDIACONVERT,
    ("IAD-B-AVC-SD-S-30", "", "minutes"),
    _QUEUE,
    "media",
)
