"""S3 wire: what is asked of every object goes a shorter way, as well proven; else the library does it."""

import hashlib

import pytest

from core.errors import ObjectCorrupt, ObjectNotFound
from core.storage.checksums import crc64nvme
from core.storage.s3 import S3Provider
from tests.storage.contract import FIGHT, VIDEO, listed
from tests.support import s3_faults
from tests.support.strict_s3 import StrictS3


def asked(s3: StrictS3) -> list[tuple[str, str]]:
    """What was asked since the last time, with the hash that was signed."""
    told = [(each.method, each.headers["x-amz-content-sha256"]) for each in s3.log]
    s3.log.clear()
    return told


def test_what_s3_sums_up_itself_is_sent_once_and_not_hashed(s3_provider: S3Provider, s3: StrictS3):
    for key in ("first", "fight"):
        stored = s3_provider.write(key, [FIGHT], VIDEO)

    assert [sha256 for method, sha256 in asked(s3) if method == "PUT"] == ["UNSIGNED-PAYLOAD"] * 2
    assert (stored.crc64nvme, stored.sha256) == (crc64nvme(FIGHT), None)
    assert s3_provider.head("fight") == stored


def test_where_a_server_keeps_no_checksum_it_compares_the_hash_that_is_signed(s3_provider: S3Provider, s3: StrictS3):
    s3.modern = False
    s3_provider.write("first", [FIGHT], VIDEO)
    asked(s3)

    stored = s3_provider.write("fight", [FIGHT], VIDEO)

    sha256 = hashlib.sha256(FIGHT).hexdigest()
    assert asked(s3)[-1] == ("PUT", sha256)
    assert (stored.crc64nvme, stored.sha256) == (None, sha256)
    assert listed(s3_provider) == ["fight", "first"]  # nothing is left of what was tried


def test_where_it_is_signed_another_bit_is_refused(s3_provider: S3Provider, s3: StrictS3):
    s3.modern = False
    s3_provider.write("first", [FIGHT], VIDEO)
    s3_provider.write("second", [FIGHT], VIDEO)
    id = s3_provider.start_upload("parts", VIDEO)
    s3.plan(s3_faults.garbled(7), "fight", "PUT")
    s3.plan(s3_faults.garbled(7), "parts", "PUT")

    with pytest.raises(ObjectCorrupt):
        s3_provider.write("fight", [FIGHT], VIDEO)
    with pytest.raises(ObjectCorrupt):
        s3_provider.write_part("parts", id, 1, FIGHT)
    with pytest.raises(ObjectNotFound):
        s3_provider.head("fight")


def test_what_is_in_use_again_afterwards_may_be_sent(s3_provider: S3Provider):
    room = bytearray(FIGHT)

    s3_provider.write("fight", [memoryview(room)], VIDEO)

    assert b"".join(s3_provider.read("fight")) == FIGHT


def test_a_busy_server_is_asked_again_by_the_library(s3_provider: S3Provider, s3: StrictS3):
    s3.plan(s3_faults.refuse(503, "SlowDown"), "fight", "PUT")

    s3_provider.write("fight", [FIGHT], VIDEO)

    assert [method for method, _ in asked(s3)][:2] == ["PUT", "PUT"]
    assert b"".join(s3_provider.read("fight")) == FIGHT
