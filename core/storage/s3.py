"""S3: a bucket at AWS, or at another server that speaks S3, as a provider."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from core.errors import StorageUnreachable
from core.storage import s3_attributes, s3_lifecycle, s3_read, s3_replication, s3_tiers, s3_versions, s3_write
from core.storage.abilities import ObjectVersion
from core.storage.keys import check_key
from core.storage.lifecycle import LifecycleRule
from core.storage.provider import (
    Attributes,
    Part,
    SignedRequest,
    StorageClass,
    StoredObject,
    UnfinishedUpload,
)
from core.storage.replication import ObjectState, Replication, ReplicationRule
from core.storage.s3_bucket import S3Bucket, crc_text, described, storage_class
from core.storage.s3_uploads import LIMITS, S3Uploads

#: No signature lasts longer.
_LONGEST_S = 7 * 24 * 3600


class S3Provider:
    """One bucket. Where a server keeps no CRC64NVME, what arrived is proven by its MD5, or by reading it back."""

    part_limits = LIMITS
    needs_versions = True

    def __init__(self, name: str, bucket: S3Bucket, clock: Callable[[], datetime], residency: str = "") -> None:
        self.name = name
        self.residency = residency
        self._bucket = bucket
        self._clock = clock
        self._uploads = S3Uploads(bucket)
        self._lies_where_it_must = not residency

    @property
    def bucket(self) -> str:
        return self._bucket.name

    @property
    def region(self) -> str:
        return self._bucket.region

    def check(self) -> None:
        with self._bucket.asking():
            self._bucket.client.list_objects_v2(Bucket=self.bucket, MaxKeys=1)
        self._lies_where_it_must = not self.residency
        self._require_region()

    def head(self, key: str) -> StoredObject:
        return described(key, self._bucket.head_answer(key))

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        pages = self._bucket.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        with self._bucket.asking():
            for page in pages:
                yield from map(_listed, page.get("Contents", []))

    def read(self, key: str, start: int = 0, end: int | None = None, etag: str = "") -> Iterator[bytes]:
        return s3_read.read(self._bucket, key, start, end, etag)

    def write(self, key: str, chunks: Iterable[bytes], attributes: Attributes, if_absent: bool = False) -> StoredObject:
        check_key(key)
        self._require_region()
        return s3_write.write(self._bucket, key, chunks, attributes, if_absent)

    def delete(self, key: str) -> None:
        with self._bucket.asking(key):
            self._bucket.client.delete_object(**self._bucket.place(key))

    def url(self, key: str, expires_in_s: int) -> str:
        return self._signed("get_object", expires_in_s, Key=key)

    def head_url(self, key: str, expires_in_s: int) -> str:
        return self._signed("head_object", expires_in_s, Key=key)

    def start_upload(self, key: str, attributes: Attributes) -> str:
        check_key(key)
        self._require_region()
        return self._uploads.start(key, attributes)

    def write_part(self, key: str, upload_id: str, number: int, content: bytes) -> Part:
        return self._uploads.write_part(key, upload_id, number, content)

    def parts(self, key: str, upload_id: str) -> tuple[Part, ...]:
        return self._uploads.parts(key, upload_id)

    def complete_upload(
        self, key: str, upload_id: str, parts: Iterable[Part], crc64nvme: int, if_absent: bool = False
    ) -> StoredObject:
        return self._uploads.complete(key, upload_id, parts, crc64nvme, if_absent)

    def abort_upload(self, key: str, upload_id: str) -> None:
        self._uploads.abort(key, upload_id)

    def unfinished_uploads(self, prefix: str = "") -> Iterator[UnfinishedUpload]:
        return self._uploads.unfinished(prefix)

    def sign_part(
        self, key: str, upload_id: str, number: int, size_bytes: int, crc64nvme: int, expires_in_s: int
    ) -> SignedRequest:
        """Its length is signed too; browsers state that by themselves, and let nobody else do it."""
        crc = crc_text(crc64nvme)
        url = self._signed(
            "upload_part", expires_in_s, Key=key, UploadId=upload_id, PartNumber=number,
            ContentLength=size_bytes, ChecksumCRC64NVME=crc,
        )  # fmt: skip
        expires_at = self._clock() + timedelta(seconds=min(expires_in_s, _LONGEST_S))
        return SignedRequest("PUT", url, {"x-amz-checksum-crc64nvme": crc}, expires_at)

    def set_storage_class(self, key: str, storage_class: StorageClass) -> StoredObject:
        return s3_tiers.set_storage_class(self._bucket, key, storage_class)

    def restore(self, key: str, days: int) -> StoredObject:
        return s3_tiers.restore(self._bucket, key, days)

    def lifecycle_rules(self) -> tuple[LifecycleRule, ...]:
        return s3_lifecycle.lifecycle_rules(self._bucket)

    def set_lifecycle_rules(self, rules: Iterable[LifecycleRule]) -> None:
        s3_lifecycle.set_lifecycle_rules(self._bucket, rules)

    def tags(self, key: str) -> Mapping[str, str]:
        return s3_attributes.tags(self._bucket, key)

    def set_tags(self, key: str, tags: Mapping[str, str]) -> None:
        s3_attributes.set_tags(self._bucket, key, tags)

    def set_cache_control(self, key: str, cache_control: str) -> StoredObject:
        return s3_attributes.set_cache_control(self._bucket, key, cache_control)

    def keeps_versions(self) -> bool:
        return s3_versions.keeps_versions(self._bucket)

    def versions(self, prefix: str = "") -> Iterator[ObjectVersion]:
        return s3_versions.versions(self._bucket, prefix)

    def locks_versions(self) -> bool:
        return s3_versions.locks_versions(self._bucket)

    def is_locked(self, key: str, version_id: str, now: datetime) -> bool:
        return s3_versions.is_locked(self._bucket, key, version_id, now)

    def remove_version(self, key: str, version_id: str) -> None:
        s3_versions.remove_version(self._bucket, key, version_id)

    def replication(self) -> Replication | None:
        return s3_replication.replication(self._bucket)

    def put_replication(self, rule: ReplicationRule, role: str) -> None:
        s3_replication.put_replication(self._bucket, rule, role)

    def remove_replication(self, id: str) -> None:
        s3_replication.remove_replication(self._bucket, id)

    def keep_versions(self, keep: bool) -> None:
        s3_replication.keep_versions(self._bucket, keep)

    def copying_of(self, key: str) -> ObjectState:
        return s3_replication.copying_of(self._bucket, key)

    def why_not_copied_by(self, role: str) -> str:
        return s3_replication.why_not_copied_by(self._bucket, role)

    def beside(self, bucket: str, region: str) -> "S3Provider":
        found = region or s3_replication.region_of(self._bucket, bucket)
        return S3Provider(f"{self.name}: {bucket}", S3Bucket(bucket, found, self._bucket.settings), self._clock)

    def _signed(self, operation: str, expires_in_s: int, **parameters: Any) -> str:
        with self._bucket.asking(parameters["Key"]):
            return self._bucket.client.generate_presigned_url(
                operation, Params={"Bucket": self.bucket, **parameters}, ExpiresIn=min(expires_in_s, _LONGEST_S)
            )

    def _require_region(self) -> None:
        """A bucket for a residency must lie where the settings say; boto3 would follow it anywhere."""
        if self._lies_where_it_must:
            return
        with self._bucket.asking():
            region = self._bucket.client.head_bucket(Bucket=self.bucket).get("BucketRegion", self.region)
        if region != self.region:
            raise StorageUnreachable(
                f"s3://{self.bucket} lies in {region}, not in {self.region}: it may hold no {self.residency} data.",
                "Correct S3_RESIDENCY_BUCKETS.",
            )
        self._lies_where_it_must = True


def _listed(item: Any) -> StoredObject:
    etag = item["ETag"].strip('"')
    return StoredObject(item["Key"], item["Size"], etag, item["LastModified"], storage_class=storage_class(item))
