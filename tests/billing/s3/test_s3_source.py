"""Bills in S3 are compared with their size and checksum before they are read; each failure says its cure."""

import hashlib
import socket
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.errors import NoExportFound, SourceUnreachable
from tests.billing.builders import DELIVERED, csv_gz, cur2, deliver_cur2
from tests.billing.store import Store
from tests.support import s3_faults
from tests.support.s3_body import CHECKSUMS, checksum
from tests.support.strict_s3 import SECRET, StrictS3

LATER = DELIVERED + timedelta(hours=8)
KEY = "cur/platform/data/BILLING_PERIOD=2026-10/platform-00001.csv.gz"
MANIFEST = "cur/platform/metadata/BILLING_PERIOD=2026-10/platform-Manifest.json"
Upload = Callable[[Path], None]


@pytest.fixture
def delivered(bucket: Path, upload: Upload) -> Path:
    """October, 7 USD, in s3://bills/cur/."""
    deliver_cur2(bucket, [cur2("7")], ending="csv.gz")
    upload(bucket)
    return bucket


def deliver_again(bucket: Path, upload: Upload, cost: str) -> None:
    deliver_cur2(bucket, [cur2(cost)], ending="csv.gz", execution="b", delivered_at=LATER)
    upload(bucket)


def reason_of_failure(store: Store, address: str = "s3://bills/cur") -> str:
    with pytest.raises(SourceUnreachable) as error:
        store.ingest(address)
    assert SECRET not in str(error.value)
    assert "\n" not in str(error.value)
    return str(error.value)


# --- what is read -------------------------------------------------------------------------------------------------


def test_a_bill_in_s3_is_loaded(cloud_store: Store, delivered: Path):
    assert cloud_store.outcomes("s3://bills/cur") == ["loaded"]
    assert cloud_store.total() == Decimal(7)


@pytest.mark.parametrize("address", ["s3://bills", "s3://bills/", "s3://bills/cur/", "s3://bills/cur/platform"])
def test_a_prefix_may_be_written_with_or_without_its_slash(cloud_store: Store, delivered: Path, address: str):
    assert cloud_store.outcomes(address) == ["loaded"]


def test_a_prefix_is_a_folder_and_not_the_beginning_of_another_ones_name(
    cloud_store: Store, s3: StrictS3, delivered: Path
):
    s3.put("cur-old/data/BILLING_PERIOD=2026-09/old.csv.gz", csv_gz([cur2("1000")]))

    assert cloud_store.outcomes("s3://bills/cur") == ["loaded"]
    assert cloud_store.total() == Decimal(7)


def test_the_whole_listing_is_read_page_by_page(cloud_store: Store, s3: StrictS3, bucket: Path, upload: Upload):
    deliver_cur2(bucket, [csv_gz([cur2(str(n))]) for n in (1, 2, 4, 8, 16)], ending="csv.gz")
    upload(bucket)
    s3.page_size = 2

    assert cloud_store.outcomes("s3://bills/cur") == ["loaded"]
    assert cloud_store.total() == Decimal(31)


def test_only_new_executions_are_downloaded_the_second_time(
    cloud_store: Store, s3: StrictS3, bucket: Path, upload: Upload
):
    for execution, days, cost in (("a", 0, "7"), ("b", 1, "8")):
        moment = DELIVERED + timedelta(days=days)
        deliver_cur2(
            bucket, [cur2(cost)], execution=execution, delivered_at=moment, create_new=True, ending="csv.gz"
        )  # fmt: skip
        upload(bucket)
        s3.log.clear()
        cloud_store.ingest("s3://bills/cur")

    data = [key for key in s3.read_keys() if key.endswith(".csv.gz")]
    assert [key.split("/")[-2][-1] for key in data] == ["b"]
    s3.log.clear()
    assert cloud_store.outcomes("s3://bills/cur") == ["superseded", "unchanged"]
    assert not [key for key in s3.read_keys() if key.endswith(".csv.gz")]
    assert cloud_store.total() == Decimal(8)


def test_a_download_without_a_manifest_is_not_read_again_while_its_etags_stay(
    cloud_store: Store, s3: StrictS3, delivered: Path
):
    s3.client().delete_object(Bucket="bills", Key=MANIFEST)
    assert cloud_store.outcomes("s3://bills/cur") == ["loaded"]
    s3.log.clear()

    assert cloud_store.outcomes("s3://bills/cur") == ["unchanged"]
    assert s3.read_keys() == []


@pytest.mark.parametrize("fill", [False, True], ids=["nothing there", "only a folder's own key"])
def test_a_prefix_with_nothing_in_it_is_told(cloud_store: Store, s3: StrictS3, fill: bool):
    if fill:
        s3.put("cur/", b"")

    with pytest.raises(NoExportFound) as error:
        cloud_store.ingest("s3://bills/cur")
    assert str(error.value).startswith("s3://bills/cur holds no bill export.")


def test_keys_that_climb_out_of_folders_stay_what_they_are(cloud_store: Store, s3: StrictS3, delivered: Path):
    s3.put("cur/../../../../etc/passwd.csv.gz", csv_gz([cur2("1")]))

    assert cloud_store.outcomes("s3://bills/cur") == ["loaded", "loaded"]


# --- size and checksum --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", CHECKSUMS)
def test_a_bit_that_flips_in_transit_is_found_by_every_checksum(
    cloud_store: Store, s3: StrictS3, delivered: Path, upload: Upload, algorithm: str
):
    cloud_store.ingest("s3://bills/cur")
    deliver_again(delivered, upload, "9")
    content = (delivered / KEY).read_bytes()
    s3.checksums[KEY] = {f"x-amz-checksum-{algorithm}": checksum(algorithm, content)}
    s3.plan(s3_faults.flip_bit(len(content) // 2), KEY)

    assert "does not agree with its checksum in S3." in cloud_store.refusal("s3://bills/cur")
    assert cloud_store.total() == Decimal(7)
    assert cloud_store.outcomes("s3://bills/cur") == ["loaded"]
    assert cloud_store.total() == Decimal(9)


def test_a_bit_that_flips_in_transit_is_found_by_the_md5_where_there_is_no_checksum(
    cloud_store: Store, s3: StrictS3, delivered: Path
):
    s3.checksums.clear()
    s3.plan(s3_faults.flip_bit(40), KEY)

    assert cloud_store.refusal("s3://bills/cur") == (
        f"{KEY.removeprefix('cur/')} does not agree with its MD5 in S3. Run the ingestion again."
    )
    assert cloud_store.outcomes("s3://bills/cur") == ["loaded"]


def test_a_checksum_of_parts_is_none_of_the_whole(cloud_store: Store, s3: StrictS3, bucket: Path, upload: Upload):
    """S3 writes it with the number of parts; the size is compared all the same."""
    deliver_cur2(bucket, [cur2("7")], ending="csv.gz")
    upload(bucket)
    content = (bucket / KEY).read_bytes()
    upload_in_parts(s3, content)
    s3.checksums[KEY] = {"x-amz-checksum-crc32": "AAAAAA==-2", "x-amz-checksum-type": "COMPOSITE"}
    s3.plan(s3_faults.shorter(1), KEY)

    assert f"came with {len(content) - 1} of {len(content)} bytes." in cloud_store.refusal("s3://bills/cur")
    assert cloud_store.outcomes("s3://bills/cur") == ["loaded"]


def upload_in_parts(s3: StrictS3, content: bytes) -> None:
    client, place = s3.client(), {"Bucket": "bills", "Key": KEY}
    started = client.create_multipart_upload(**place)["UploadId"]
    etag = client.upload_part(**place, UploadId=started, PartNumber=1, Body=content)["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": etag}]}
    client.complete_multipart_upload(**place, UploadId=started, MultipartUpload=parts)
    assert client.head_object(**place)["ETag"] != f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'


def test_an_object_that_is_replaced_after_the_listing_is_refused_and_loads_next_time(
    cloud_store: Store, s3: StrictS3, delivered: Path, upload: Upload
):
    s3.plan(s3_faults.after(lambda: deliver_again(delivered, upload, "9")), KEY)

    assert cloud_store.refusal("s3://bills/cur") == (
        f"s3://bills/{KEY} was replaced or removed while it was read. Run the ingestion again."
    )
    assert cloud_store.outcomes("s3://bills/cur") == ["loaded"]
    assert cloud_store.total() == Decimal(9)


def test_a_manifest_that_is_replaced_after_the_listing_refuses_its_export_only(
    cloud_store: Store, s3: StrictS3, delivered: Path, upload: Upload
):
    deliver_cur2(delivered, [cur2("1")], export="cur/other", ending="csv.gz")
    upload(delivered)
    s3.plan(s3_faults.after(lambda: deliver_again(delivered, upload, "9")), MANIFEST)

    report = cloud_store.ingest("s3://bills/cur")

    assert "was replaced or removed while it was read" in report.refused[0].reason
    assert [d.export.rpartition("/")[2] for d in report.deliveries if d.outcome == "loaded"] == ["other"]


BUSY = "S3 is busy: run it again in a while."
NETWORK = "Check the network, and run it again."
NO_LISTING = "s3:ListBucket is denied. Allow s3:ListBucket on arn:aws:s3:::bills."
EXPIRED = "The temporary keys have expired: sign in to AWS again."

# --- the network --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (s3_faults.cut_body(100), "cannot be read: the connection broke. Check the network, and run it again."),
        (s3_faults.refuse(403, "InvalidObjectState"), "is archived. Restore it from Glacier"),
    ],
    ids=["cut", "archived"],
)
def test_a_file_that_does_not_come_whole_is_refused_and_loads_next_time(
    cloud_store: Store, s3: StrictS3, delivered: Path, fault: s3_faults.Fault, reason: str
):
    s3.plan(fault, KEY)

    assert cloud_store.refusal("s3://bills/cur").startswith(f"s3://bills/{KEY} {reason}")
    assert cloud_store.outcomes("s3://bills/cur") == ["loaded"]


@pytest.mark.parametrize("fault", [s3_faults.slow_down, s3_faults.lost_answer, s3_faults.refuse(500, "InternalError")])
def test_a_fault_that_passes_is_not_even_noticed(
    cloud_store: Store, s3: StrictS3, delivered: Path, fault: s3_faults.Fault
):
    s3.plan(fault, KEY)

    assert cloud_store.outcomes("s3://bills/cur") == ["loaded"]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (s3_faults.slow_down, f"SlowDown. {BUSY}"),
        (s3_faults.lost_answer, f"the connection broke. {NETWORK}"),
        (s3_faults.slow, f"S3 does not answer in time. {NETWORK}"),
        (s3_faults.denied("s3:ListBucket"), NO_LISTING),
        (s3_faults.refuse(403, "AccessDenied", "Access Denied"), NO_LISTING),
        (s3_faults.refuse(403, "RequestTimeTooSkewed"), "RequestTimeTooSkewed. Set this machine's clock."),
        (s3_faults.refuse(400, "ExpiredToken"), f"ExpiredToken. {EXPIRED}"),
    ],
    ids=["busy", "cut off", "slow", "denied", "denied without a word", "clock", "expired"],
)  # fmt: skip
def test_a_listing_that_fails_says_its_cure(
    cloud_store: Store, s3: StrictS3, delivered: Path, fault: s3_faults.Fault, reason: str
):
    s3.plan(fault, times=5)

    assert reason_of_failure(cloud_store) == f"s3://bills cannot be read: {reason}"


@pytest.mark.parametrize(
    ("action", "cure"),
    [
        ("s3:GetObject", "s3:GetObject is denied. Allow s3:GetObject on arn:aws:s3:::bills/*."),
        ("s3:GetObjectVersion", "s3:GetObjectVersion is denied. Allow s3:GetObjectVersion on arn:aws:s3:::bills/*."),
        ("kms:Decrypt", "kms:Decrypt is denied. Allow kms:Decrypt on its key."),
    ],
)
def test_the_permission_that_is_missing_is_named(
    cloud_store: Store, s3: StrictS3, delivered: Path, action: str, cure: str
):
    s3.plan(s3_faults.denied(action), KEY)

    assert cloud_store.refusal("s3://bills/cur") == f"s3://bills/{KEY} cannot be read: {cure}"


# --- the account --------------------------------------------------------------------------------------------------


def test_a_wrong_secret_is_told(configured: Callable[..., Store], delivered: Path):
    store = configured(AWS_SECRET_ACCESS_KEY="not-the-secret")

    assert reason_of_failure(store) == "s3://bills cannot be read: SignatureDoesNotMatch. Check AWS_SECRET_ACCESS_KEY."


def test_an_unknown_key_is_told(configured: Callable[..., Store], delivered: Path):
    store = configured(AWS_ACCESS_KEY_ID="AKIASTRANGER")

    assert reason_of_failure(store) == "s3://bills cannot be read: InvalidAccessKeyId. Check AWS_ACCESS_KEY_ID."


def test_a_bucket_that_is_not_there_is_told(cloud_store: Store):
    assert reason_of_failure(cloud_store, "s3://biils/cur") == (
        "s3://biils cannot be read: NoSuchBucket. Check the bucket's name."
    )


def test_another_region_is_found_by_itself(configured: Callable[..., Store], s3: StrictS3, delivered: Path):
    s3.region = "eu-west-1"

    assert configured(AWS_REGION="us-east-1").outcomes("s3://bills/cur") == ["loaded"]


def test_no_credentials_are_told(configured: Callable[..., Store], delivered: Path):
    store = configured(AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")

    assert reason_of_failure(store) == (
        "s3://bills cannot be read: no AWS credentials. "
        "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE."
    )


def test_a_network_that_is_down_is_told(configured: Callable[..., Store]):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        store = configured(AWS_ENDPOINT_URL=f"http://127.0.0.1:{taken.getsockname()[1]}")

        assert reason_of_failure(store) == (
            "s3://bills cannot be read: nothing answers at its address. Check the network, and run it again."
        )


def test_a_failure_is_kept_among_the_runs(cloud_store: Store, s3: StrictS3, delivered: Path):
    s3.plan(s3_faults.denied("s3:ListBucket"))
    reason_of_failure(cloud_store)

    with cloud_store.database.reading() as connection:
        (run,) = connection.execute("select outcome, report from ingestions").fetchall()
    assert run["outcome"] == "failed"
    assert "s3:ListBucket" in run["report"]
    assert SECRET not in run["report"]
