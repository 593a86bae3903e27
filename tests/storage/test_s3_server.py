"""S3Provider against a real S3 server, which keeps no checksums and does not look at If-None-Match."""

import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from core.errors import ObjectCorrupt, StorageDenied
from core.settings import load_settings
from core.storage.checksums import crc64nvme
from core.storage.provider import Attributes, StorageClass, StorageProvider
from core.storage.s3 import S3Provider
from core.storage.s3_bucket import S3Bucket
from core.units import MIB
from tests.storage.contract import FIGHT, VIDEO, MultipartContract, StorageContract, listed, written
from tests.support.juicefs import Gateway, juicefs_gateway


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with juicefs_gateway(tmp_path_factory.mktemp("juicefs")) as gateway:
        yield gateway


@pytest.fixture
def provider(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Provider]:
    monkeypatch.setenv("AWS_ENDPOINT_URL", gateway.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", gateway.key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", gateway.secret)
    provider = S3Provider("s3", S3Bucket(gateway.bucket, "us-east-1", load_settings()), lambda: datetime.now(UTC))
    yield provider
    for each in list(provider.list()):
        provider.delete(each.key)
    for upload in list(provider.unfinished_uploads()):
        provider.abort_upload(upload.key, upload.upload_id)


class TestS3Server(StorageContract, MultipartContract):
    def test_objects_are_listed_by_the_bytes_of_their_keys(self, provider: StorageProvider):
        """It keeps objects as files, so `a` and `a/b` cannot both be there."""
        written(provider, "b", "a/b/c", "a-b", "a/d", "a0", "B", "a.b")

        assert listed(provider) == ["B", "a-b", "a.b", "a/b/c", "a/d", "a0", "b"]
        assert listed(provider, "a/") == ["a/b/c", "a/d"]

    def test_parts_of_a_large_object_are_proven_by_what_was_sent(self, provider: S3Provider):
        piece = uuid.uuid4().bytes * (8 * MIB // 16)
        stored = provider.write("fight", [piece, piece, b"!"], VIDEO)

        assert (stored.size_bytes, stored.crc64nvme) == (16 * MIB + 1, None)
        assert stored.etag.endswith("-3")
        assert b"".join(provider.read("fight", 8 * MIB - 1, 8 * MIB + 1)) == piece[-1:] + piece[:1]

    def test_parts_that_a_browser_sent_are_read_back(self, provider: S3Provider):
        def upload(crc: int) -> int:
            id = provider.start_upload("fight", VIDEO)
            request = provider.sign_part("fight", id, 1, len(FIGHT), crc64nvme(FIGHT), 60)
            asked = urllib.request.Request(request.url, FIGHT, dict(request.headers), method="PUT")
            with urllib.request.urlopen(asked, timeout=30) as answer:
                assert answer.status == 200
            return provider.complete_upload("fight", id, provider.parts("fight", id), crc).size_bytes

        with pytest.raises(ObjectCorrupt):
            upload(crc64nvme(FIGHT) ^ 1)
        assert listed(provider) == []
        assert upload(crc64nvme(FIGHT)) == 19_000

    @pytest.mark.parametrize("size", [19, 9 * MIB])
    def test_without_storage_classes_what_asks_for_one_is_kept_all_the_same(self, provider: S3Provider, size: int):
        def content() -> list[bytes]:
            return [b"f" * size]

        renditions = Attributes("video/mp4", storage_class=StorageClass.INTELLIGENT_TIERING)
        kept = [provider.write(key, content(), renditions) for key in ("first", "second")]

        assert [each.storage_class for each in kept] == [StorageClass.STANDARD] * 2
        assert provider.set_storage_class("first", StorageClass.GLACIER_IR) == provider.head("first") == kept[0]
        assert listed(provider) == ["first", "second"]

    def test_an_object_that_the_server_cannot_move_stays_as_it_is(self, provider: S3Provider):
        before = provider.write("fight", [FIGHT], VIDEO)

        assert provider.set_storage_class("fight", StorageClass.GLACIER_IR) == before
        assert b"".join(provider.read("fight")) == FIGHT

    def test_an_address_to_read_an_object_works_for_anybody(self, provider: S3Provider):
        written(provider, "fight night.mp4")

        with urllib.request.urlopen(provider.url("fight night.mp4", 60), timeout=30) as answer:
            assert answer.read() == b"fight night.mp4"
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(provider.url("fight night.mp4", 60).replace("fight", "other"), timeout=30)

    def test_a_wrong_key_is_told(self, provider: S3Provider, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-the-secret")
        wrong = S3Provider("s3", S3Bucket("videos", "us-east-1", load_settings()), lambda: datetime.now(UTC))

        with pytest.raises(StorageDenied, match="Check AWS_SECRET_ACCESS_KEY"):
            wrong.check()
