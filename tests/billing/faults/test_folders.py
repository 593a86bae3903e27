"""A folder is read whatever its files are called, and nothing outside of it is."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.__main__ import main
from core.billing import staging
from core.billing.files import Readable
from core.errors import DeliveryRefused, SourceUnreachable
from core.settings import load_settings
from core.sources.source import Folder, open_folder
from tests.billing.builders import DELIVERED, csv_gz, cur2, deliver_cur2, deliver_legacy, legacy, put
from tests.billing.store import Store
from tests.support.limits import without_privileges

NAMES = [
    "a b",
    "a*",
    "a?",
    "[a]",
    "a'b",
    'a"b',
    "a\nb",
    "a;b--",
    "$HOME",
    "ä",
    "a\\b",
    "-rf",
    "a%20b",
    os.fsdecode(b"a\xff"),
]


@pytest.mark.parametrize("name", NAMES, ids=[ascii(name) for name in NAMES])
def test_a_folder_and_a_file_may_have_any_name(store: Store, bucket: Path, name: str):
    """A second file would be read by whoever takes the first one's name for a pattern."""
    put(bucket / name / f"{name}.csv.gz", csv_gz([cur2("7")]))
    put(bucket / "ax" / "ax.csv.gz", csv_gz([cur2("2", bill_payer_account_id="999999999999")]))

    assert sorted(store.outcomes(bucket)) == ["loaded", "loaded"]
    assert store.total() == Decimal(9)
    assert set(store.outcomes(bucket)) == {"unchanged"}


@pytest.mark.parametrize("name", ["home [of] *bills*?", "o'home"])
def test_the_home_folder_may_have_any_name_too(
    tmp_path: Path, bucket: Path, monkeypatch: pytest.MonkeyPatch, name: str
):
    monkeypatch.setenv("PHYGHT_HOME", str(tmp_path / name))
    settings = load_settings()
    store = Store.fresh(settings.phyght_home, settings)
    deliver_cur2(bucket, [cur2("7")])

    assert store.outcomes(bucket) == ["loaded"]
    assert store.total() == Decimal(7)


def test_what_is_no_file_is_left_alone(store: Store, bucket: Path, tmp_path: Path):
    deliver_cur2(bucket, [cur2("7")])
    os.mkfifo(bucket / "pipe.csv")
    os.mkfifo(bucket / "x-Manifest.json")
    (bucket / "dangling.csv").symlink_to("nowhere")
    (bucket / "loop.csv").symlink_to("loop.csv")
    (bucket / "folder.csv").mkdir()
    (bucket / "again").symlink_to(bucket)
    report = store.ingest(bucket)

    assert [each.outcome for each in report.deliveries] == ["loaded"]
    assert report.left_alone == (
        "4 links or pipes, which lead to no files of the source, were left alone: dangling.csv, loop.csv, pipe.csv, ..."
    )
    (bucket / "dangling.csv").unlink()
    assert "3 links or pipes" in store.ingest(bucket).left_alone


def test_a_link_is_followed_within_the_folder_and_not_out_of_it(store: Store, bucket: Path, tmp_path: Path):
    put(bucket / "2026/bill.csv.gz", csv_gz([cur2("7")]))
    secret = put(tmp_path / "secret.csv", "hush:x:0:0\n")
    (bucket / "secret.csv").symlink_to(secret)
    (bucket / "outside").symlink_to(tmp_path)
    (bucket / "latest").mkdir()
    (bucket / "latest/bill.csv.gz").symlink_to("../2026/bill.csv.gz")

    report = store.ingest(bucket)

    assert [d.outcome.value for d in report.deliveries] == ["loaded", "loaded"]
    assert "hush" not in str(report)


def test_a_source_may_be_a_link_itself(store: Store, bucket: Path, tmp_path: Path):
    deliver_cur2(bucket, [cur2("7")])
    (tmp_path / "link").symlink_to(bucket)

    assert store.outcomes(tmp_path / "link") == ["loaded"]


@pytest.mark.parametrize("key", ["../../secret.csv.gz", "/secret.csv.gz", "cur/../../secret.csv.gz", "{outside}"])
def test_a_manifest_cannot_name_a_file_outside(store: Store, bucket: Path, tmp_path: Path, key: str):
    outside = put(tmp_path / "secret.csv.gz", csv_gz([cur2("1000")]))
    manifest = deliver_cur2(bucket, [cur2("7")], ending="csv.gz")
    listed = "cur/platform/data/BILLING_PERIOD=2026-10/platform-00001.csv.gz"
    manifest.write_text(manifest.read_text().replace(listed, key.format(outside=outside)))

    assert "is in the manifest and not there." in store.refusal(bucket)
    assert store.warehouse.query("FROM bills") == []


# --- files that change --------------------------------------------------------------------------------------------


def test_a_file_that_is_replaced_while_it_is_read_is_refused(
    store: Store, bucket: Path, monkeypatch: pytest.MonkeyPatch
):
    """Copying over a folder that is being ingested must not load half of one bill and half of another."""
    deliver_cur2(bucket, [cur2("7")], ending="csv.gz")
    file = next(bucket.rglob("*.csv.gz"))

    def read_while_it_is_replaced(*arguments: object) -> list[Readable]:
        put(file, csv_gz([cur2("9")]), DELIVERED + timedelta(hours=1))
        return real(*arguments)  # type: ignore[arg-type]

    real = staging.open_file
    monkeypatch.setattr(staging, "open_file", read_while_it_is_replaced)
    reason = store.refusal(bucket)
    monkeypatch.undo()

    assert reason.endswith("platform-00001.csv.gz was replaced while it was read. Run the ingestion again.")
    assert store.outcomes(bucket) == ["loaded"]
    assert store.total() == Decimal(9)


def test_a_file_that_goes_after_the_listing_is_refused(bucket: Path, tmp_path: Path):
    file = put(bucket / "bill.csv", "x")
    folder = Folder(bucket)
    (entry,) = folder.entries()
    file.unlink()

    with pytest.raises(DeliveryRefused) as error:
        folder.fetch(entry, tmp_path / "copy")
    assert str(error.value).startswith("bill.csv cannot be read: No such file or directory.")


# --- permissions --------------------------------------------------------------------------------------------------


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that everybody may enter; pytest's own is the user's alone."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("mode", [0o000, 0o600, 0o444], ids=["nothing", "owner", "no entry"])
def test_a_folder_that_may_not_be_read_is_told(public: Path, mode: int):
    deliver_cur2(public / "bills", [cur2("7")])
    (public / "bills/cur").chmod(mode)

    with without_privileges(), pytest.raises(SourceUnreachable) as error:
        Folder(public / "bills").entries()
    (public / "bills/cur").chmod(0o755)
    assert "cannot be read: Permission denied. Give this user read permission." in str(error.value)


def test_a_source_behind_a_folder_that_may_not_be_entered_is_told(public: Path):
    (public / "locked/bills").mkdir(parents=True)
    (public / "locked").chmod(0o000)

    with without_privileges(), pytest.raises(SourceUnreachable) as error:
        open_folder(str(public / "locked/bills")).entries()
    (public / "locked").chmod(0o755)
    assert "Permission denied" in str(error.value)


def test_a_file_that_may_not_be_read_is_refused(public: Path, tmp_path: Path):
    put(public / "bill.csv", "x").chmod(0o000)

    with without_privileges():
        folder = Folder(public)
        (entry,) = folder.entries()
        for read in (folder.read, folder.fingerprint, lambda entry: folder.fetch(entry, public / "copy")):
            with pytest.raises(DeliveryRefused) as error:
                read(entry)
            assert str(error.value).startswith("bill.csv cannot be read: Permission denied.")


@pytest.mark.parametrize("address", ["~nobody-of-that-name/bills", "a\0b", "no/such/folder", os.fsdecode(b"\xff")])
def test_an_address_that_can_be_no_folder_is_told(store: Store, address: str):
    with pytest.raises(SourceUnreachable) as error:
        store.ingest(address)
    assert str(error.value).startswith("There is no folder ")


# --- hostile text -------------------------------------------------------------------------------------------------

HOSTILE = "\x1b[31mred\x1b]0;title\x07[/bold](http://x)<b>\u202e\x9b"


COSTS = ["costs", "--from", "2026-10-01", "--to", "2026-11-01", "--by", "resource"]


@pytest.mark.parametrize("asked", ["ingest", "costs"])
def test_text_from_a_bill_cannot_steer_the_terminal(bucket: Path, capsys: pytest.CaptureFixture[str], asked: str):
    deliver_legacy(bucket, [legacy("7", **{"lineItem/ResourceId": HOSTILE, "lineItem/ProductCode": HOSTILE})])
    put(bucket / f"{HOSTILE.replace('/', '')}/bill.csv", "not a bill")
    main(["ingest", str(bucket)])
    if asked == "costs":
        capsys.readouterr()
        main(COSTS)

    printed = "".join(capsys.readouterr())

    assert "red" in printed
    assert not set(printed) & set("\x1b\x07\x9b\u202e")


def test_a_failure_cannot_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["ingest", str(tmp_path / "no\x1b[31mfolder")]) == 1

    assert "\x1b" not in "".join(capsys.readouterr())
