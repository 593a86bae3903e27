"""CloudWatch resources: what is configured that CloudWatch knows of, and which of its metrics are wanted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.settings import Settings
from core.telemetry.metric_document import GLOBAL

_HOUR, _DAY = 3600, 86400
_ADDITIONAL = ("CacheHitRate", "OriginLatency")
#: How each metric is asked for: over which seconds, and by which statistics.
_CDN: dict[str, tuple[int, tuple[str, ...]]] = {
    "Requests": (_HOUR, ("Sum",)),
    "BytesDownloaded": (_HOUR, ("Sum",)),
    "BytesUploaded": (_HOUR, ("Sum",)),
    "4xxErrorRate": (_HOUR, ("Average",)),
    "5xxErrorRate": (_HOUR, ("Average",)),
    "CacheHitRate": (_HOUR, ("Average",)),
    "OriginLatency": (_HOUR, ("Average", "p95")),
}
_STORAGE = {"BucketSizeBytes": (_DAY, ("Average",)), "NumberOfObjects": (_DAY, ("Average",))}
_SUMS = (
    "AllRequests", "GetRequests", "PutRequests", "ListRequests", "HeadRequests", "DeleteRequests", "PostRequests",
    "BytesDownloaded", "BytesUploaded", "4xxErrors", "5xxErrors",
)  # fmt: skip
_BUCKET = (
    _STORAGE
    | dict.fromkeys(_SUMS, (_HOUR, ("Sum",)))
    | dict.fromkeys(("FirstByteLatency", "TotalRequestLatency"), (_HOUR, ("Average",)))
)


@dataclass(frozen=True)
class Resource:
    """What CloudWatch is asked about."""

    region: str
    namespace: str
    dimension: str
    name: str
    wanted: Mapping[str, tuple[int, tuple[str, ...]]]

    def missing(self, found: Iterable[str]) -> str:
        """What is said where some of it is not measured; empty where all is."""
        names = set(found)
        if not names:
            return f"CloudWatch has nothing of {self.name}: either nothing happened, or it is not in {self.region}"
        if self.namespace == "AWS/CloudFront" and not names & set(_ADDITIONAL):
            return f"{self.name} has no cache hit rate and origin latency: turn on its additional metrics"
        if self.namespace == "AWS/S3" and not names - _STORAGE.keys():
            return f"{self.name} has no request metrics: turn them on where its requests matter"
        return ""


def cloudwatch_folder(home: Path) -> Path:
    """Where CloudWatch's answers are kept: a source like any other."""
    return home / "cloudwatch"


def resources(settings: Settings) -> list[Resource]:
    """What is configured that CloudWatch knows; buckets of other servers it does not."""
    found: list[Resource] = []
    if settings.cloudfront_distribution_id:
        found.append(Resource(GLOBAL, "AWS/CloudFront", "DistributionId", settings.cloudfront_distribution_id, _CDN))
    if settings.aws_endpoint_url:
        return found
    buckets = [(settings.s3_bucket, settings.aws_region)] if settings.s3_bucket else []
    for text in settings.s3_residency_buckets:
        bucket, _, region = text.partition("=")[2].partition("@")
        buckets.append((bucket, region))
    return found + [Resource(region, "AWS/S3", "BucketName", bucket, _BUCKET) for bucket, region in buckets]
