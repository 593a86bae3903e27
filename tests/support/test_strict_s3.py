"""The stand-in for S3 is as strict as S3, and fails when it is told to."""

import base64
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError, ResponseStreamingError

from tests.support import s3_faults
from tests.support.s3_body import CHECKSUMS, checked_body, checksum
from tests.support.sigv4 import TRAILER, Key, Refused, Request
from tests.support.strict_s3 import KEY_ID, StrictS3

NIGHT = b"fight night " * 100


@pytest.fixture
def s3() -> Iterator[StrictS3]:
    with StrictS3() as server:
        yield server


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return error.value.response["Error"]["Code"]


@pytest.mark.parametrize("key", ["plain", "with space", "a+b", "ä/ö~.mp4", "100%25", "a=b&c", "semi;colon'*"])
def test_an_object_that_is_put_can_be_got_whatever_its_key(s3: StrictS3, key: str):
    s3.put(key, NIGHT)

    assert s3.client().get_object(Bucket=s3.bucket, Key=key)["Body"].read() == NIGHT
    assert s3.read_keys() == [key]


def test_a_wrong_secret_is_found_out(s3: StrictS3):
    s3.keys["AKIAOTHER"] = Key("one")
    client = s3.client("AKIAOTHER")
    s3.keys["AKIAOTHER"] = Key("another")

    with pytest.raises(ClientError) as error:
        client.list_objects_v2(Bucket=s3.bucket)
    assert code(error) == "SignatureDoesNotMatch"


def test_a_key_that_is_not_known_is_told_from_a_wrong_secret(s3: StrictS3):
    client = s3.client()
    del s3.keys[KEY_ID]

    with pytest.raises(ClientError) as error:
        client.list_objects_v2(Bucket=s3.bucket)
    assert code(error) == "InvalidAccessKeyId"


def test_a_temporary_key_needs_its_token(s3: StrictS3):
    s3.keys["ASIATEMPORARY"] = Key("secret", "token")
    client = s3.client("ASIATEMPORARY")
    assert client.list_objects_v2(Bucket=s3.bucket)["KeyCount"] == 0
    s3.keys["ASIATEMPORARY"] = Key("secret", "the next token")

    with pytest.raises(ClientError) as error:
        client.list_objects_v2(Bucket=s3.bucket)
    assert code(error) == "InvalidToken"


@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_clock_that_is_sixteen_minutes_off_is_refused(s3: StrictS3, minutes: int):
    s3.clock = lambda: datetime.now(UTC) + timedelta(minutes=minutes)

    with pytest.raises(ClientError) as error:
        s3.client().list_objects_v2(Bucket=s3.bucket)
    assert code(error) == "RequestTimeTooSkewed"


def test_another_region_is_refused_with_the_right_one(s3: StrictS3):
    client = s3.client()
    s3.region = "eu-west-1"

    assert client.list_objects_v2(Bucket=s3.bucket)["KeyCount"] == 0  # boto3 signs again for the region it was told

    codes = [request.headers["authorization"].split("/")[2] for request in s3.log]
    assert (codes[0], codes[-1]) == ("us-east-1", "eu-west-1")


def test_a_request_without_a_signature_is_refused(s3: StrictS3):
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(f"{s3.url}/{s3.bucket}/x", timeout=10)
    assert error.value.code == 403


def presigned(s3: StrictS3, seconds: int = 60) -> str:
    return s3.client(signature_version="s3v4").generate_presigned_url(
        "get_object", Params={"Bucket": s3.bucket, "Key": "night.mp4"}, ExpiresIn=seconds
    )


def test_a_presigned_url_works_until_it_expires(s3: StrictS3):
    s3.put("night.mp4", NIGHT)
    url = presigned(s3)

    with urllib.request.urlopen(url, timeout=10) as answer:
        assert answer.read() == NIGHT
    s3.clock = lambda: datetime.now(UTC) + timedelta(seconds=61)
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(url, timeout=10)
    assert b"Request has expired" in error.value.read()


def test_a_presigned_url_is_for_one_object(s3: StrictS3):
    s3.put("night.mp4", NIGHT)
    s3.put("other.mp4", NIGHT)

    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(presigned(s3).replace("night.mp4", "other.mp4"), timeout=10)
    assert b"SignatureDoesNotMatch" in error.value.read()


@pytest.mark.parametrize("algorithm", CHECKSUMS)
def test_a_checksum_is_verified_kept_and_answered_when_asked_for(s3: StrictS3, algorithm: str):
    name = f"Checksum{algorithm.upper()}"
    s3.put("night.mp4", NIGHT, **{name: checksum(algorithm, NIGHT)})

    client = s3.client(response_checksum_validation="when_required")
    assert client.head_object(Bucket=s3.bucket, Key="night.mp4", ChecksumMode="ENABLED")[name] == checksum(
        algorithm, NIGHT
    )
    assert name not in client.head_object(Bucket=s3.bucket, Key="night.mp4")
    with pytest.raises(ClientError) as error:
        s3.put("night.mp4", NIGHT + b"!", **{name: checksum(algorithm, NIGHT)})
    assert code(error) == "BadDigest"


def test_a_body_that_is_not_the_one_with_that_md5_is_refused(s3: StrictS3):
    with pytest.raises(ClientError) as error:
        s3.put("night.mp4", NIGHT, ContentMD5=base64.b64encode(bytes(16)).decode())
    assert code(error) == "BadDigest"


def chunked(body: bytes, crc: str, length: int | None = None) -> Request:
    stated = {
        "x-amz-content-sha256": TRAILER,
        "x-amz-decoded-content-length": str(len(NIGHT) if length is None else length),
    }
    return Request("PUT", "/bills/x", "", stated, body + f"0\r\nx-amz-checksum-crc32:{crc}\r\n\r\n".encode())


def test_a_chunked_body_is_put_together_and_compared_with_its_trailer():
    crc = checksum("crc32", NIGHT)
    body = b"3e8\r\n" + NIGHT[:1000] + b"\r\nc8\r\n" + NIGHT[1000:] + b"\r\n"

    assert checked_body(chunked(body, crc)) == (NIGHT, {"crc32": crc})
    for wrong in (
        chunked(body, checksum("crc32", b"")),
        chunked(body, crc, length=1201),
        chunked(body.replace(b"c8\r\n", b"c9\r\n"), crc),
        chunked(b"not a length\r\n", crc),
    ):
        with pytest.raises(Refused):
            checked_body(wrong)


def test_a_body_that_is_not_the_signed_one_is_refused():
    request = Request("PUT", "/bills/x", "", {"x-amz-content-sha256": "0" * 64}, NIGHT)

    with pytest.raises(Refused) as refused:
        checked_body(request)
    assert refused.value.code == "XAmzContentSHA256Mismatch"
    with pytest.raises(Refused):
        checked_body(replace(request, headers={"x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"}))


def test_a_listing_comes_in_pages(s3: StrictS3):
    for name in "abcde":
        s3.put(name, b"")
    s3.page_size = 2

    pages = list(s3.client().get_paginator("list_objects_v2").paginate(Bucket=s3.bucket))

    assert [[item["Key"] for item in page["Contents"]] for page in pages] == [["a", "b"], ["c", "d"], ["e"]]


def read(s3: StrictS3, **config: Any) -> bytes:
    client = s3.client(response_checksum_validation="when_required", **config)
    return client.get_object(Bucket=s3.bucket, Key="night.mp4")["Body"].read()


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        (s3_faults.cut_body(100), ResponseStreamingError),
        (s3_faults.lost_answer, ConnectionClosedError),
        (s3_faults.slow_down, ClientError),
        (s3_faults.denied("s3:GetObject"), ClientError),
        (s3_faults.slow, ReadTimeoutError),
    ],
    ids=["cut body", "lost answer", "slow down", "denied", "slow"],
)
def test_a_fault_happens_as_often_as_it_is_planned_and_no_more(
    s3: StrictS3, fault: s3_faults.Fault, seen: type[Exception]
):
    s3.put("night.mp4", NIGHT)
    s3.plan(fault, "night.mp4")

    with pytest.raises(seen):
        read(s3, read_timeout=0.3)
    assert read(s3) == NIGHT


def test_a_flipped_bit_comes_with_the_true_checksum(s3: StrictS3):
    s3.put("night.mp4", NIGHT)
    s3.plan(s3_faults.flip_bit(7), "night.mp4")

    assert read(s3) == NIGHT[:7] + bytes([NIGHT[7] ^ 1]) + NIGHT[8:]


def test_a_lost_answer_does_not_undo_what_was_done(s3: StrictS3):
    s3.plan(s3_faults.lost_answer, "night.mp4", "PUT")

    with pytest.raises(ConnectionClosedError):
        s3.put("night.mp4", NIGHT)
    assert read(s3) == NIGHT


def test_an_object_may_be_replaced_between_listing_and_reading(s3: StrictS3):
    s3.put("night.mp4", NIGHT)
    etag = s3.client().head_object(Bucket=s3.bucket, Key="night.mp4")["ETag"]
    s3.plan(s3_faults.after(lambda: s3.put("night.mp4", b"another night")), "night.mp4")

    with pytest.raises(ClientError) as error:
        s3.client().get_object(Bucket=s3.bucket, Key="night.mp4", IfMatch=etag)
    assert code(error) == "PreconditionFailed"


def in_parts(s3: StrictS3, *contents: bytes) -> dict[str, Any]:
    """An upload with these parts, as the parameters that complete it."""
    client, place = s3.client(), {"Bucket": s3.bucket, "Key": "night.mp4"}
    id = client.create_multipart_upload(**place, ChecksumAlgorithm="CRC64NVME", ChecksumType="FULL_OBJECT")["UploadId"]
    parts = []
    for number, content in enumerate(contents, 1):
        crc = checksum("crc64nvme", content)
        sent = client.upload_part(**place, UploadId=id, PartNumber=number, Body=content, ChecksumCRC64NVME=crc)
        assert sent["ChecksumCRC64NVME"] == crc
        parts.append({"PartNumber": number, "ETag": sent["ETag"], "ChecksumCRC64NVME": crc})
    return {**place, "UploadId": id, "MultipartUpload": {"Parts": parts}, "ChecksumType": "FULL_OBJECT"}


def test_the_checksum_of_the_whole_is_compared_with_that_of_the_parts(s3: StrictS3):
    told = in_parts(s3, NIGHT)
    client = s3.client()

    with pytest.raises(ClientError) as error:
        client.complete_multipart_upload(**told, ChecksumCRC64NVME=checksum("crc64nvme", NIGHT[:-1]))
    assert code(error) == "BadDigest"
    with pytest.raises(ClientError) as error:
        client.complete_multipart_upload(**told, MpuObjectSize=1201)
    assert code(error) == "InvalidRequest"
    client.complete_multipart_upload(**told, ChecksumCRC64NVME=checksum("crc64nvme", NIGHT), MpuObjectSize=1200)

    head = client.head_object(Bucket=s3.bucket, Key="night.mp4", ChecksumMode="ENABLED")
    assert (head["ChecksumCRC64NVME"], head["ChecksumType"]) == (checksum("crc64nvme", NIGHT), "FULL_OBJECT")


def test_an_upload_that_is_completed_is_gone(s3: StrictS3):
    told = in_parts(s3, NIGHT)
    s3.client().complete_multipart_upload(**told)

    with pytest.raises(ClientError) as error:
        s3.client().complete_multipart_upload(**told)
    assert code(error) == "NoSuchUpload"


def test_a_part_is_none_of_another_upload_and_keeps_to_its_checksum(s3: StrictS3):
    told = in_parts(s3, NIGHT)
    told["MultipartUpload"]["Parts"][0]["ChecksumCRC64NVME"] = checksum("crc64nvme", b"")

    with pytest.raises(ClientError) as error:
        s3.client().complete_multipart_upload(**told)
    assert code(error) == "InvalidPart"
    with pytest.raises(ClientError) as error:
        s3.client().upload_part(
            Bucket=s3.bucket, Key="night.mp4", UploadId=told["UploadId"], PartNumber=2, Body=NIGHT,
            ChecksumSHA256=checksum("sha256", NIGHT),
        )  # fmt: skip
    assert code(error) == "InvalidRequest"


def test_a_bit_that_turns_on_the_way_here_is_noticed(s3: StrictS3):
    s3.plan(s3_faults.garbled(7), "night.mp4", "PUT")

    with pytest.raises(ClientError) as error:
        s3.put("night.mp4", NIGHT, ChecksumCRC64NVME=checksum("crc64nvme", NIGHT))
    assert code(error) in ("BadDigest", "XAmzContentSHA256Mismatch")
    assert s3.stored("night.mp4") is None
